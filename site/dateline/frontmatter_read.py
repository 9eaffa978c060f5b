"""Front matter as text -> its keys and values, where text stays text: no booleans, no numbers, no dates, no objects.

A value is a string, ``None`` where nothing was written, a list of values or a table of values. The plain
subset that ``dateline`` writes itself is read by hand; everything else by libyaml's event parser, which
gives the same, refuses anchors and tags, and costs ten times as much.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from dateline.bounds import dotted
from dateline.errors import DatelineError

if TYPE_CHECKING:
    import yaml

Value = str | list["Value"] | dict[str, "Value"] | None
Table = dict[str, Value]

_DEEPEST: Final = 6
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,80}\Z").match
# Signs that mean something at the start of a value, and those that are doubtful there.
_INDICATORS: Final = frozenset("?:,[]{}#&*!|>'\"%@`~=<.- \xa0")
_FLOW: Final = re.compile(r"""\[(?:(?:\w[\w ./'’&+()-]*|"[^"\\]*")(?:, (?=\w|")|(?=\])))*\]\Z""").match
_ESCAPES_ONLY: Final = re.compile(r"""(?:[^"\\]|\\["\\])*\Z""").match
_ESCAPE: Final = re.compile(r"""\\(["\\])""")
_FLOW_ITEM: Final = re.compile(r"""\w[\w ./'’&+()-]*|"[^"\\]*\"""").findall


def read_yaml(text: str, place: str) -> Table:
    """Read the cleaned YAML *text* that begins in line 2 of *place*.

    Raises ``DatelineError`` with the line: no YAML, no table, a key given twice, an anchor, a tag, too deep.
    """
    table = plain_yaml(text)
    return full_yaml(text, place) if table is None else table


def plain_yaml(text: str) -> Table | None:
    """Read the subset of YAML that needs no parser; ``None`` where *text* is beyond it. Linear."""
    if "\t" in text:
        return None
    table: Table = {}
    key = ""  # of a value that may still come, line by line
    indent = ""  # of its items
    for line in text.split("\n"):
        if line[:1] in _CONTINUED:
            bare = line.lstrip(" ")
            prefix = line[: len(line) - len(bare)]
            if not key or not bare or (table[key] is not None and prefix != indent):
                return None
            indent = prefix
            if not (_item(table, key, bare) if bare[0] == "-" else prefix and _entry(table, key, bare)):
                return None
            continue
        name, colon, rest = line.partition(":")
        if not colon or name in table or not _KEY(name):
            return None
        if not rest.rstrip(" "):
            key = name
            table[name] = None
        elif rest[0] != " " or (value := _scalar(rest.strip(" "))) is _BEYOND:
            return None
        else:
            key = ""
            table[name] = value
    return table


def is_plain(text: str) -> bool:
    """Whether YAML reads *text*, one line that begins with a letter or digit, as itself."""
    return text[-1] != " " and text != "null" and not _has_structure(text)


_BEYOND: Final[Any] = object()
_CONTINUED: Final = frozenset({"", " ", "-"})


def _scalar(text: str) -> Any:
    first = text[0]
    if first not in _INDICATORS:
        return _BEYOND if _has_structure(text) else None if text == "null" else text
    if first == '"':
        inner = text[1:-1]
        if len(text) < 2 or text[-1] != '"':
            return _BEYOND
        if "\\" in inner:
            return _ESCAPE.sub(r"\1", inner) if _ESCAPES_ONLY(inner) else _BEYOND
        return _BEYOND if '"' in inner else inner
    if first == "'" and len(text) > 1 and text[-1] == "'" and "'" not in text[1:-1].replace("''", ""):
        return text[1:-1].replace("''", "'")
    if first == "[" and _FLOW(text):
        return [item[1:-1] if item[0] == '"' else _word(item) for item in _FLOW_ITEM(text)]
    return _BEYOND


def _has_structure(text: str) -> bool:
    return (":" in text and (": " in text or text[-1] == ":")) or ("#" in text and " #" in text)


def _word(text: str) -> str | None:
    return None if text == "null" else text.strip(" ")


def _item(table: Table, key: str, bare: str) -> bool:
    text = bare[1:].strip(" ")
    if bare[1:2] != " " or not text or text[0] == "[":
        return False
    items = table[key]
    if items is None:
        items = table[key] = []
    value = _scalar(text)
    if value is _BEYOND or not isinstance(items, list):
        return False
    items.append(value)
    return True


def _entry(table: Table, key: str, bare: str) -> bool:
    name, _, rest = bare.partition(": ")
    text = rest.strip(" ")
    entries = table[key]
    if entries is None:
        entries = table[key] = {}
    if not text or text[0] == "[" or not isinstance(entries, dict) or name in entries or not _KEY(name):
        return False
    entries[name] = value = _scalar(text)
    return value is not _BEYOND


def full_yaml(text: str, place: str) -> Table:
    """Read any YAML *text* by libyaml's events; see ``read_yaml`` for what is refused."""
    import yaml

    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        value = _Events(events, place).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise DatelineError(f"{place}:{line}", f"not YAML: {error.problem or error.context}", _QUOTE) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DatelineError(f"{place}:1", f"not YAML: {error}", _QUOTE) from None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DatelineError(f"{place}:2", "front matter is not a table of keys", 'write lines like "title: Words"')
    return value


_QUOTE: Final = 'put values with signs like ":" or "[" between quotation marks'
_UNUSUAL: Final = "front matter needs plain values only"


class _Events:
    """Builds one document from parser events, keys in their order."""

    def __init__(self, events: Any, place: str) -> None:
        self.events = events
        self.place = place

    def document(self) -> Value:
        value: Value = None
        documents = 0
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self.refused(event, "a second document in the front matter", "leave out the line ---")
            elif kind in {"ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"}:
                value = self.value(event, 0)
        return value

    def value(self, event: Any, depth: int) -> Value:
        kind = type(event).__name__
        if kind == "AliasEvent" or event.anchor is not None:
            raise self.refused(event, "an anchor or alias (& or *)", "write the value out, or between quotation marks")
        if event.tag is not None:
            raise self.refused(event, f"the tag {event.tag[:80]}", _UNUSUAL)
        if kind == "ScalarEvent":
            plain = event.style is None or event.style == ""
            return None if plain and event.value in {"", "~", "null"} else str(event.value)
        if depth >= _DEEPEST:
            raise self.refused(event, f"nested more than {_DEEPEST} deep", _UNUSUAL)
        return self.items(depth) if kind == "SequenceStartEvent" else self.table(depth)

    def items(self, depth: int) -> list[Value]:
        items: list[Value] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            items.append(self.value(event, depth + 1))
        return items

    def table(self, depth: int) -> Table:
        table: Table = {}
        while type(event := next(self.events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                self.value(event, _DEEPEST)  # an alias, a tag, or nesting: each refused
            if event.anchor is not None or event.tag is not None:
                self.value(event, depth)
            key = str(event.value)
            if key in table:
                raise self.refused(event, f"{key[:80]!r} is given twice", "keep one of them")
            if len(key) > 100:
                raise self.refused(event, f"a key of {len(key):,} characters", "shorten it")
            table[key] = self.value(next(self.events), depth + 1)
        return table

    def refused(self, event: yaml.Event, problem: str, remedy: str) -> DatelineError:
        mark: Any = event.start_mark
        return DatelineError(f"{self.place}:{mark.line + 2}", f"front matter: {problem}", remedy)


def read_toml(text: str, place: str) -> Table:
    """Read the cleaned TOML *text* that begins in line 2 of *place*; numbers and dates become their text.

    Raises ``DatelineError`` with the line where there is one.
    """
    import tomllib  # few newsrooms write it

    if dotted(text):
        raise DatelineError(f"{place}:1", "front matter: a key of too many parts", _UNUSUAL)
    try:
        return {key: _as_text(value, place, 0) for key, value in tomllib.loads(text).items()}
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        raise DatelineError(f"{place}:{int(line[1]) + 1 if line else 1}", f"not TOML: {error}", _QUOTE) from None
    except RecursionError:
        raise DatelineError(f"{place}:1", "front matter: nested too deeply", _UNUSUAL) from None


def _as_text(value: object, place: str, depth: int) -> Value:
    if depth > _DEEPEST:
        raise DatelineError(f"{place}:1", f"front matter: nested more than {_DEEPEST} deep", _UNUSUAL)
    if isinstance(value, dict):
        return {str(key): _as_text(inner, place, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner, place, depth + 1) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)
