"""An application and a run -> how the same is made by workers that share no disk with us.

There, a task becomes bytes. Here, its sources are read before and its bytes are published after: the output
folder has one writer, which keeps the order and the atomicity of a run on one machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import structs

from dateline.engine import worker
from dateline.engine.application import Application, Away, Failure, Made
from dateline.engine.executors import Far
from dateline.engine.spool import NOTHING, Spool
from dateline.engine.task import Task


class Sent(Spool):
    """Pieces that came with the work, and the lengths of all there are."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.pieces: dict[str, bytes] = {}

    def sizes(self, keys: Iterable[str]) -> list[int]:
        """See ``Spool.sizes``."""
        return [self.known.get(key, NOTHING) for key in keys]

    def some(self, keys: Iterable[str]) -> list[bytes]:
        """See ``Spool.some``."""
        return [piece for piece in map(self.pieces.__getitem__, keys) if piece]


class There:
    """A far worker's own: the application's state and what was sent with the work."""

    def __init__(self, context: tuple[Application, Away, bool]) -> None:
        self.app, self.away, self.dry = context
        self.inner = self.away.setup(self.away.context)
        self.spool = Sent()
        self._news = b""

    def news(self, value: bytes) -> None:
        """Learn which pieces there are."""
        if value != self._news:
            self._news = value
            self.spool.known = msgspec.msgpack.decode(value, type=dict[str, int])

    def receive(self, contents: dict[tuple[str, str], Any]) -> None:
        """Take what the next items need."""
        self.spool.pieces = {name: data for (kind, name), data in contents.items() if kind == "piece"}
        self.away.receive(self.inner, {name: file for (kind, name), file in contents.items() if kind == "file"})


def make(there: There, task: Task) -> Made | dict[str, bytes] | Failure:
    """Make one output or some pieces, there."""
    return worker.make(there.app, there.inner, there.spool, task, dry=there.dry)


def far(here: worker.State, away: Away, between: Callable[[], tuple[int, frozenset[str]]]) -> Far:
    """Lay out a run for workers elsewhere; *here* is the parent's own state, told what happens *between* waves."""
    app = structs.replace(here.app, setup=away.setup, arrange=_nowhere, away=None)
    known = here.spool

    def pack(task: Task) -> tuple[dict[tuple[str, str], Any], int] | None:
        found = away.sources(task)
        if found is None:
            return None
        files, weight = found
        wanted = here.app.needs(task)
        pieces = {name: size for name, size in zip(wanted, known.sizes(wanted), strict=True) if size != NOTHING}
        contents: dict[tuple[str, str], Any] = {("file", name): file for name, file in files.items()}
        contents.update({("piece", name): known.get(name) for name in pieces})
        return contents, weight + sum(pieces.values())

    def news() -> bytes:
        here.gaps = between()[1]
        return msgspec.msgpack.encode(known.lengths())

    return Far(
        setup=There,
        context=(app, structs.replace(away, sources=_nowhere), here.job.dry),
        work=make,
        news=news,
        pack=pack,
        settle=lambda task, made: worker.settle(
            here, task, made, worker.manifest(here, task) if isinstance(made, tuple) else None
        ),
        local=lambda task: worker.work(here, [task])[0],
        seconds=away.seconds,
    )


def _nowhere(*_: Any) -> Any:
    """Stand for what is decided here alone and is not sent."""
    raise NotImplementedError
