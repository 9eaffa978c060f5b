"""A problem of the last build -> what the overlay shows: the place, five lines of source, the way there, the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from dateline.errors import DatelineError, Problem
from dateline.files import read_file

LARGEST = 2_000_000  # bytes; the source of a larger file is not shown

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::\d+)?$")
_FROM = re.compile(r", from (?=templates/)")
_TEMPLATES = "templates/"


class OverlayError(Struct, frozen=True):
    """One problem as the overlay shows it. ``line`` is 0 and ``source`` empty where no line is known."""

    file: str
    line: int
    cause: str
    hint: str = ""
    source: tuple[tuple[int, str], ...] = ()  # line number, text
    chain: tuple[str, ...] = ()  # templates, from the page's own to the one at fault


def overlay(problems: Iterable[Problem], root: Path, theme: Path | None = None) -> tuple[OverlayError, ...]:
    """The errors among *problems* as they came; warnings stay in the terminal.

    A place is ``file:line`` below *root*; templates that are not the newsroom's own are in *theme*. Of a
    template's fault the text tells the way there (``, from templates/base.html:9``). At most 20 are shown:
    who breaks the base template breaks every page, and the first one says it all.
    """
    errors = [p for p in problems if p.level == "error"]
    return tuple(_one(p, root, theme) for p in errors[:20])


def _one(problem: Problem, root: Path, theme: Path | None) -> OverlayError:
    match = _PLACE.match(problem.place)
    file, line = (match[1], int(match[2])) if match else (problem.place, 0)
    cause, *way = _FROM.split(problem.problem)
    source = _lines(root, file, line) if line else ()
    if line and not source and theme is not None and file.startswith(_TEMPLATES):
        source = _lines(theme, file.removeprefix(_TEMPLATES), line)
    return OverlayError(file, line, cause, problem.remedy, source, (*reversed(way), problem.place) if way else ())


def _lines(folder: Path, file: str, line: int) -> tuple[tuple[int, str], ...]:
    """The line and two on each side; () where the file cannot be read any more."""
    try:
        text = read_file(folder, file, LARGEST).data.decode("utf-8", "replace").split("\n")
    except DatelineError:
        return ()
    first = max(0, line - 3)
    return tuple((first + i + 1, t[:400].rstrip("\r")) for i, t in enumerate(text[first : line + 2]))
