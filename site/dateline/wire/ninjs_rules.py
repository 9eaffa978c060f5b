"""A JSON value -> the first thing in it that is not ninjs: path and problem. No schema engine, no network.

Holds what ninjs 1.6, 2.2 and 3.1 ask of the fields that are read here: types, closed lists of values, dates,
and what a list's members must be. Unknown fields pass, as new versions add some every year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

_TEXTS = frozenset(
    {
        "uri", "mimetype", "profile", "version", "copyrightholder", "copyrightnotice", "usageterms", "ednote", "language",
        "title", "by", "byline", "headline", "slugline", "located", "representationtype",
    }
)  # fmt: skip
_MOMENTS = frozenset({"firstcreated", "versioncreated", "contentcreated", "embargoed", "embargoeduntil", "expires"})
_NUMBERS = frozenset({"urgency", "charcount", "wordcount"})
_LISTS = frozenset(
    {
        "person", "people", "organisation", "organisations", "place", "places", "subject", "subjects", "event", "events", "object",
        "objects", "infosource", "infosources", "genre", "genres", "trustindicator", "trustindicators", "headlines", "bodies", "descriptions",
    }
)  # fmt: skip
_VALUED = frozenset({"headlines", "bodies", "descriptions"})
_LABELS = frozenset(
    {"name", "rel", "uri", "code", "scheme", "literal", "role", "contenttype", "value", "href", "title"}
)
_TYPES = frozenset({"text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"})
_STATUSES = frozenset({"usable", "withheld", "canceled"})
_PREFIXED = re.compile(r"(?:headline|body|description)_\w")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$")
_DEEPEST = 4  # associations within associations


class Fault(Struct, frozen=True):
    """What is wrong and where: ``$.person[0].name``, ``text expected, found a number``."""

    path: str
    problem: str


def check(value: Any) -> Fault | None:
    """Name the first fault of a document, or None. Linear in its size."""
    return next(_document(value, "$", 0), None)


def _document(value: Any, path: str, depth: int) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(path, f"an object expected, found {kind_of(value)}")
        return
    if not depth and not any(str(key).lower() == "uri" for key in value):
        yield Fault(path, "the field 'uri' is missing")
    for key, inner in value.items():
        yield from _field(str(key).lower(), inner, f"{path}.{str(key)[:60]}", depth)


def _field(key: str, value: Any, path: str, depth: int) -> Iterator[Fault]:
    if key in _TEXTS or _PREFIXED.match(key):
        yield from _text(value, path)
    elif key in _MOMENTS:
        yield from _text(value, path) if not isinstance(value, str) else _moment(value, path)
    elif key in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield Fault(path, f"a number expected, found {kind_of(value)}")
    elif key == "type":
        yield from _choice(value, _TYPES, path)
    elif key == "pubstatus":
        yield from _choice(value, _STATUSES, path)
    elif key in _LISTS:
        yield from _list(value, path, valued=key in _VALUED)
    elif key in {"renditions", "associations"}:
        yield from _named(value, path, depth, documents=key == "associations")


def _text(value: Any, path: str) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(path, f"text expected, found {kind_of(value)}")


def _moment(value: str, path: str) -> Iterator[Fault]:
    found = _MOMENT.match(value)
    try:
        good = bool(found and datetime.fromisoformat(f"{found[1]}T{found[2]}"))
    except ValueError:
        good = False
    if not good:
        yield Fault(path, f"{value[:40]!r} is no moment such as 2026-11-20T09:30:00+01:00")


def _choice(value: Any, allowed: frozenset[str], path: str) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in allowed:
        yield Fault(path, f"{str(value)[:40]!r} is none of {', '.join(sorted(allowed))}")


def _list(value: Any, path: str, *, valued: bool) -> Iterator[Fault]:
    if not isinstance(value, list):
        yield Fault(path, f"a list expected, found {kind_of(value)}")
        return
    for number, row in enumerate(value):
        place = f"{path}[{number}]"
        if not isinstance(row, Mapping):
            yield Fault(place, f"an object expected, found {kind_of(row)}")
            continue
        labels = {str(key).lower(): inner for key, inner in row.items()}
        if valued and "value" not in labels:
            yield Fault(place, "the field 'value' is missing")
        for key, inner in labels.items():
            if key in _LABELS:
                yield from _text(inner, f"{place}.{key}")


def _named(value: Any, path: str, depth: int, *, documents: bool) -> Iterator[Fault]:
    """Renditions and associations: an object of objects in ninjs 1, a list of them from ninjs 2 on."""
    if isinstance(value, Mapping):
        rows = [(f"{path}.{str(key)[:60]}", row) for key, row in value.items()]
    elif isinstance(value, list):
        rows = [(f"{path}[{number}]", row) for number, row in enumerate(value)]
    else:
        yield Fault(path, f"a list or an object expected, found {kind_of(value)}")
        return
    for place, row in rows:
        if documents and depth < _DEEPEST:
            yield from _document(row, place, depth + 1)
        elif not isinstance(row, Mapping):
            yield Fault(place, f"an object expected, found {kind_of(row)}")
        elif "href" in row:
            yield from _text(row["href"], f"{place}.href")


def kind_of(value: Any) -> str:
    """Name what a JSON value is: ``text``, ``a number``, ``nothing``."""
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "nothing")
