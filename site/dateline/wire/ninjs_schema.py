"""A ninjs document and the official schemas that a newsroom has brought -> what the schema of its version says against it.

Each set of schemas is compiled once a process (some milliseconds); a document then costs some microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from dateline.errors import DatelineError
from dateline.wire.jsontext import folded, text
from dateline.wire.ninjs_library import Schemas, Version, compiled, version_of
from dateline.wire.ninjs_rules import Fault, kind_of

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator


_OURS = re.compile(r"(?<![a-z])ninjs", re.IGNORECASE)  # some agencies have a format of their own beside it: ttninjs
_VERSION = re.compile(r"\D{0,20}(\d{1,3})(?:\.(\d{1,3}))?(?!\d)")
_MOST = 32  # faults of one document that are looked at to find the one to tell
_LONGEST = 200  # characters of a path or a problem

# Fields by which the lines differ; names of two words are written in small letters by ninjs 1 and 2.
_FIRST = frozenset({"headline", "byline", "person", "organisation", "place", "subject", "event", "object", "infosource", "genre"})  # fmt: skip
_LATER = frozenset({"by", "headlines", "bodies", "descriptions", "people", "organisations", "places", "subjects", "events", "objects", "genres"})  # fmt: skip
_WORDS = frozenset({"versioncreated", "firstcreated", "contentcreated", "embargoeduntil", "pubstatus", "copyrightholder", "copyrightnotice", "usageterms", "ednote", "representationtype", "infosources", "trustindicators", "altids", "rightsinfo", "digitalsourcetype", "contenttype", "sizeinbytes", "contactinfo"})  # fmt: skip
_PREFIXES = ("headline_", "body_", "description_")
_TYPES = {"string": "text", "object": "an object", "array": "a list", "boolean": "true or false", "number": "a number", "integer": "a whole number", "null": "nothing"}  # fmt: skip


def check(value: Mapping[str, Any], schemas: Schemas, place: str) -> None:
    """Hold a document, whose ``$schema`` is no field of it, against the schema of its version.

    A document of more than one version's shape passes where one of them allows it; else the newest speaks.
    Raises ``DatelineError`` with the path of a fault, and where no schema of its major version is there;
    ``SettingsError`` as ``compiled`` does. Linear in the document's size.
    """
    ready = compiled(schemas)
    versions = chosen(value, tuple(ready))
    if not versions:
        major = next(majors(value))
        raise DatelineError(
            place,
            f"is ninjs {major}, and {schemas.folder} holds no schema of ninjs {major}",
            f"put IPTC's ninjs-schema_{major}.….json there",
        )
    document = {key: inner for key, inner in value.items() if key != "$schema"}
    faults = [_fault(ready[version], document) for version in versions]
    fault = faults[0]
    if fault and all(faults):
        shown = f"not valid ninjs {versions[0][0]}.{versions[0][1]}: {fault.problem}"
        raise DatelineError(f"{place}: {fault.path}", shown, "ask the agency for a valid document")


# -- which version ----------------------------------------------------------------------------------------


def chosen(value: Mapping[str, Any], there: tuple[Version, ...]) -> list[Version]:
    """Choose of the versions that are *there* the one that the document names, else the nearest of the same major one.

    A document that names none gets the newest of each line whose shape it may have, mostly of one.
    """
    named = _named(value)
    minor = named[1] if named and named[1] is not None else 1_000
    lines = ([version for version in there if version[0] == major] for major in majors(value))
    return [min(line, key=lambda version: (abs(version[1] - minor), -version[1])) for line in lines if line]


def majors(value: Mapping[str, Any]) -> Iterator[int]:
    """Yield the major version that a document names, else those whose shape it may have, newest first."""
    named = _named(value)
    if named:
        yield named[0]
        return
    first = any(key in _FIRST or key.startswith(_PREFIXES) for key in value)
    first = first or any(isinstance(value.get(key), Mapping) for key in ("renditions", "associations"))
    later = any(key in _LATER for key in value)
    later = later or any(isinstance(value.get(key), list) for key in ("renditions", "associations"))
    keys = {*value, *(key for rows in value.values() if isinstance(rows, list) for row in rows if isinstance(row, Mapping) for key in row)}  # fmt: skip
    small = not keys.isdisjoint(_WORDS)
    if any(key.lower() in _WORDS for key in keys if key not in _WORDS):
        yield 3
    elif first:
        yield 1
    else:
        yield from (major for major in (3, 2, 1) if not (major == 3 and small) and not (major == 1 and later))


def _named(value: Mapping[str, Any]) -> tuple[int, int | None] | None:
    """The version in ``standard`` (``$standard`` in ninjs 1) or ``$schema``; its minor one may be left out."""
    standard = folded(value.get("standard") or value.get("$standard"))
    found = _VERSION.match(text(standard.get("version")))
    if found and _OURS.search(text(standard.get("name")) or "ninjs"):
        return int(found[1]), int(found[2]) if found[2] else None
    return version_of(text(standard.get("schema"))) or version_of(text(value.get("$schema")))


# -- what the schema says ---------------------------------------------------------------------------------


def _fault(validator: Validator, document: dict[str, Any]) -> Fault | None:
    try:
        if validator.is_valid(document):
            return None
        errors = list(islice(validator.iter_errors(document), _MOST))
    except ValueError:  # deeper than it looks
        return Fault("$", "nested too deeply")
    # Fields count as unknown where the part of the schema that knows them has found a fault: that one is meant.
    told = next((e for e in errors if type(e.kind).__name__ != "UnevaluatedProperties"), errors[0])
    return Fault(_path(told.instance_path), _problem(told)[:_LONGEST])


def _path(parts: list[str | int]) -> str:
    spelled = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in parts[:_MOST])
    return f"${spelled}"[:_LONGEST]


def _problem(error: ValidationError) -> str:
    from jsonschema_rs import ValidationErrorKind as Kind

    match error.kind:
        case Kind.Type(types):
            return f"{' or '.join(_TYPES.get(name, name) for name in types)} expected, found {kind_of(error.instance)}"
        case Kind.Required(name):
            return f"the field '{name}' is missing"
        case Kind.AdditionalProperties(names) | Kind.UnevaluatedProperties(names):
            shown = ", ".join(f"'{name[:60]}'" for name in names[:3])
            return f"no such field: {shown}" + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        case Kind.Enum(options):
            return f"{str(error.instance)[:40]!r} is none of {', '.join(map(str, options))}"
        case Kind.Format() | Kind.Pattern():
            wanted = error.kind.format if isinstance(error.kind, Kind.Format) else "text of the form that is asked for"
            return f"{str(error.instance)[:40]!r} is no {wanted}"
        case Kind.OneOfNotValid() | Kind.AnyOf():
            return "has none of the forms that are allowed here"
        case Kind.OneOfMultipleValid():
            return "has more than one of the forms of which one is allowed here"
        case _:
            return error.message.partition("\n")[0]
