"""Records that were just read -> their bodies, rendered while the builder still plans, for whoever makes pages.

How a body is rendered depends on settings alone, and to plan is one process's work: the others would have nothing to do.
It is a cache and nothing else: what is not in it, or damaged, is made where it is wanted, and what is wrong is told there.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import MsgspecError, Struct

from dateline.content import body
from dateline.crew import crew
from dateline.deadline import deadline
from dateline.engine.aside import Aside
from dateline.engine.digest import SIZE, digest
from dateline.engine.executors import Pool, forks
from dateline.engine.spool import Spool
from dateline.errors import DatelineError
from dateline.files import Pass
from dateline.record import Record
from dateline.request import STATE, Request
from dateline.settings import Settings

MANY = 2000  # bodies that are worth a process
_AT_ONCE = 20  # that are in memory together


def _scratch(root: Path) -> Path:
    return root / STATE / "tmp"


def _folder(root: Path) -> Path:
    return _scratch(root) / "ahead"


class Ahead:
    """One build's bodies: begun when articles have been read, ended when pages are made, gone after the build."""

    def __init__(self, request: Request, settings: Settings) -> None:
        self.request = request
        self.settings = settings
        self._aside: Aside | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._aside is not None:
            self._aside.end()
            shutil.rmtree(_folder(self.request.root), ignore_errors=True)
            with contextlib.suppress(OSError):
                _scratch(self.request.root).rmdir()

    def begin(self, records: Sequence[Record], environment: bytes) -> None:
        """Have bodies rendered by the processors that are idle now: all but ours, where they are many."""
        if len(records) < MANY:
            return
        hands = crew(self.request.executor, self.request.jobs)
        count = min(hands.jobs - 1, len(records) // MANY) if isinstance(hands, Pool) and forks() else 0
        if count < 1:
            return
        from dateline import prose as _prose  # noqa: F401 - so that forked processes have it

        root = self.request.root
        shutil.rmtree(_folder(root), ignore_errors=True)  # of a builder that was killed
        shown = [r for r in records if r.status == "published"]
        parts = [_Part(root, self.settings, environment, shown[n::count]) for n in range(count)]
        self._aside = Aside(render, parts)

    def until(self, setup: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Give *setup*, but let it be the end of rendering ahead where that was begun."""
        if self._aside is None:
            return setup

        def then(context: Any) -> Any:
            if self._aside is not None:
                self._aside.end()
            return setup(context)

        return then


class _Part(Struct, frozen=True):
    """One process's part of the work."""

    root: Path
    settings: Settings
    environment: bytes
    records: Sequence[Record]


def render(part: _Part) -> None:
    """Read and render bodies in the order of their articles, some at once, until there is no room for more."""
    from dateline.prose import Prose

    settings = part.settings
    root, spool = Pass(part.root), Spool(_folder(part.root))
    prose = Prose(settings.markdown, settings.base_url, settings.limits)
    for start in range(0, len(part.records), _AT_ONCE):
        found = []
        for record in part.records[start : start + _AT_ONCE]:
            with contextlib.suppress(DatelineError):
                text = body(root, record, settings, part.environment)
                if text is not None:
                    found.append((record, text))
        pieces = {}
        for record, text in found:
            with contextlib.suppress(DatelineError), deadline(record.path, settings.limits.seconds):
                html = prose.render(text, record.path).encode()
                pieces[record.path] = digest(record.digest + html) + html
        spool.put(pieces)


class Shelf:
    """What has been rendered ahead in the newsroom at *root*; nothing, most of the time."""

    def __init__(self, root: Path) -> None:
        self._spool = Spool(_folder(root))
        with contextlib.suppress(*_DAMAGED):
            self._spool.refresh()

    def take(self, record: Record) -> str | None:
        """Give the body of *record* if it is there, made of the very file that the record is of, and whole."""
        if not self._spool.has(record.path):
            return None
        with contextlib.suppress(*_DAMAGED):
            piece = self._spool.get(record.path)
            html = piece[SIZE:]
            if digest(record.digest + html) == piece[:SIZE]:
                return html.decode()
        return None

    def close(self) -> None:
        """Let go of the files: what was taken from them need not be in memory any more."""
        self._spool.close()


_DAMAGED = (OSError, ValueError, MsgspecError)
