"""A problem of the last build -> what the overlay shows: the place, five lines of source, the way there, the remedy."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from dateline.errors import Problem

LARGEST = 2_000_000  # bytes; the source of a larger file is not shown

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::\d+)?$")
_USES = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")


class OverlayError(Struct, frozen=True):
    """One problem as the overlay shows it. ``line`` is 0 and ``source`` empty where no line is known."""

    file: str
    line: int
    cause: str
    hint: str = ""
    source: tuple[tuple[int, str], ...] = ()  # line number, text
    chain: tuple[str, ...] = ()  # templates, from the page's own to the one at fault


def overlay(
    problems: Iterable[Problem], root: Path, templates: Mapping[str, str] | None = None
) -> tuple[OverlayError, ...]:
    """The errors among *problems*, worst place first as they came; warnings stay in the terminal.

    A place is ``file:line`` below *root*; *templates* (name -> text) tells how a page comes to a template.
    At most 20 are shown: who breaks the base template breaks every page, and the first one says it all.
    """
    return tuple(_one(p, root, templates or {}) for p in problems if p.level == "error")[:20]


def chain(templates: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The shortest way from a template that nobody includes to *name*: ``home.html``, ``base.html``, ``partials/card.html``.

    Only names written out are followed. The alphabetically first of equals; () where nothing leads there.
    O(size of the templates).
    """
    users: dict[str, list[str]] = {}
    for user in sorted(templates):
        for used in _USES.findall(templates[user]):
            users.setdefault(used, []).append(user)
    ways = [(name,)]
    seen = {name}
    for way in ways:
        above = [u for u in users.get(way[0], ()) if u not in seen]
        if not users.get(way[0]):
            return way if len(way) > 1 else ()
        seen.update(above)
        ways.extend((user, *way) for user in above)
    return ()


def _one(problem: Problem, root: Path, templates: Mapping[str, str]) -> OverlayError:
    match = _PLACE.match(problem.place)
    file, line = (match[1], int(match[2])) if match else (problem.place, 0)
    name = next((n for n in sorted(templates, key=len, reverse=True) if file == n or file.endswith("/" + n)), "")
    source = _lines(root / file, line) if line else ()
    return OverlayError(file, line, problem.problem, problem.remedy, source, chain(templates, name) if name else ())


def _lines(path: Path, line: int) -> tuple[tuple[int, str], ...]:
    """The line and two on each side; () where the file cannot be read any more."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return ()
    with os.fdopen(file, "rb") as source:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return ()
        text = source.read(LARGEST).decode("utf-8", "replace").split("\n")
    first = max(0, line - 3)
    return tuple((first + i + 1, t[:400].rstrip("\r")) for i, t in enumerate(text[first : line + 2]))
