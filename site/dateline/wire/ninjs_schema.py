"""A ninjs document and the official schemas that a newsroom has brought -> what the schema of its version says against it.

The schemas come as values, nothing is opened or fetched here: what a schema refers to elsewhere counts as anything,
unless a file for it came along. Each set is compiled once a process (a few milliseconds); a document then costs
some microseconds. Source: JSON Schema, drafts 6 to 2020-12; the file names and ``$id`` that IPTC gives its schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

import msgspec
from msgspec import Struct

from dateline.errors import DatelineError, SettingsError
from dateline.wire.jsontext import folded, text
from dateline.wire.ninjs_rules import Fault, kind_of

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

SETTING = "ingest.schemas"
PUBLISHED = "ninjs-schema_3.1.json"  # what such a file is called by IPTC
Version = tuple[int, int]

_OURS = re.compile(r"(?<![a-z])ninjs", re.IGNORECASE)  # some agencies have a format of their own beside it: ttninjs
_NAMED = re.compile(r"(?<![a-z])ninjs-schema_(\d{1,3})\.(\d{1,3})")
_VERSION = re.compile(r"\D{0,20}(\d{1,3})(?:\.(\d{1,3}))?(?!\d)")
_MOMENTS = frozenset({"date-time", "date", "time"})
_DATA = frozenset({"const", "default", "enum", "examples"})
_NAMES = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_NOWHERE = "https://schemas.invalid/"  # base of files that do not say where they are from; never asked
_MOST = 32  # faults of one document that are looked at to find the one to tell
_LONGEST = 200  # characters of a path or a problem

# Fields by which the lines differ; names of two words are written in small letters by ninjs 1 and 2.
_FIRST = frozenset({"headline", "byline", "person", "organisation", "place", "subject", "event", "object", "infosource", "genre"})  # fmt: skip
_LATER = frozenset({"by", "headlines", "bodies", "descriptions", "people", "organisations", "places", "subjects", "events", "objects", "genres"})  # fmt: skip
_WORDS = frozenset({"versioncreated", "firstcreated", "contentcreated", "embargoeduntil", "pubstatus", "copyrightholder", "copyrightnotice", "usageterms", "ednote", "representationtype", "infosources", "trustindicators", "altids", "rightsinfo", "digitalsourcetype", "contenttype", "sizeinbytes", "contactinfo"})  # fmt: skip
_PREFIXES = ("headline_", "body_", "description_")
_TYPES = {"string": "text", "object": "an object", "array": "a list", "boolean": "true or false", "number": "a number", "integer": "a whole number", "null": "nothing"}  # fmt: skip


class SchemaFile(Struct, frozen=True):
    """A file of the newsroom's folder of schemas: its name there, and its bytes."""

    name: str
    data: bytes


class Schemas(Struct, frozen=True):
    """All files of that folder. A value: it goes to the processes that read, and each compiles it for itself."""

    folder: str
    files: tuple[SchemaFile, ...]


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
    return _version_of(text(standard.get("schema"))) or _version_of(text(value.get("$schema")))


def _version_of(name: str) -> Version | None:
    found = _NAMED.search(name[:_LONGEST])
    return (int(found[1]), int(found[2])) if found else None


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


# -- the schemas, compiled --------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def compiled(schemas: Schemas) -> dict[Version, Validator]:
    """Make a validator of each ninjs schema, by its version.

    Raises ``SettingsError``: the package is missing, a file is broken, two are of one version, or none is there.
    """
    try:
        import jsonschema_rs
    except ImportError:
        raise SettingsError(
            SETTING, "the package jsonschema-rs is missing", "pip install 'dateline[schema]', or empty the setting"
        ) from None
    library = _Library(schemas)
    ready: dict[Version, Validator] = {}
    names: dict[Version, str] = {}
    for name, schema in library.files.items():
        version = _version_of(_id(schema)) or _version_of(name)
        if version is None:
            continue
        if version in ready:
            both = f"{names[version]} and {name} are both of ninjs {version[0]}.{version[1]}"
            raise SettingsError(schemas.folder, both, "keep one of them")
        base = None if _id(schema) else f"{_NOWHERE}{name}"
        with _naming(schemas, name):
            ready[version] = jsonschema_rs.validator_for(
                schema, validate_formats=True, retriever=library.get, base_uri=base
            )
        names[version] = name
    if not ready:
        raise SettingsError(
            schemas.folder, "there is no ninjs schema in it", f"put IPTC's files there, such as {PUBLISHED}"
        )
    return ready


@contextmanager
def _naming(schemas: Schemas, name: str) -> Iterator[None]:
    """Whatever is wrong with a schema is said of its file."""
    try:
        yield
    except (ValueError, RecursionError) as error:
        problem = f"is no schema that can be used: {getattr(error, 'message', str(error))[:_LONGEST]}"
        raise SettingsError(f"{schemas.folder}/{name}", problem, "bring the file again, or take it away") from None


class _Library:
    """The files of a folder as schemas, so that each reference leads to one of them or to nothing."""

    def __init__(self, schemas: Schemas) -> None:
        self.files: dict[str, dict[str, Any]] = {}
        self._places: dict[str, dict[str, Any]] = {}
        self._known: set[str] = set()
        for file in schemas.files:
            with _naming(schemas, file.name):
                schema = msgspec.json.decode(file.data.removeprefix(b"\xef\xbb\xbf"), type=dict[str, Any])
                self._known.update(_places(schema, _own(schema, file.name)))
            self.files[file.name] = schema
        for name, schema in self.files.items():
            own, old = _own(schema, name), "draft-0" in text(schema.get("$schema"))
            with _naming(schemas, name):
                self.files[name] = self._places[own] = self._closed(schema, own, old=old)

    def get(self, address: str) -> dict[str, Any]:
        """Give what lies at *address*: by its ``$id``, else by the file's name."""
        return self._places.get(urldefrag(address).url) or self.files[_name(address)]

    def _has(self, address: str) -> bool:
        return address in self._known or _name(address) in self.files

    def _closed(self, value: Any, base: str, *, old: bool, named: bool = False) -> Any:
        """Copy a schema without references that lead out of the folder, and without formats that are only hints.

        JSON Schema leaves formats to whoever reads; of IPTC's own examples one has a ``uri`` that is none.
        *named*: the keys are names of fields or parts, not words of the schema's language.
        """
        if isinstance(value, list):
            return [self._closed(inner, base, old=old) for inner in value]
        if not isinstance(value, dict):
            return value
        if named:
            return {key: self._closed(inner, base, old=old) for key, inner in value.items()}
        base = urljoin(base, value["$id"]) if isinstance(value.get("$id"), str) else base
        away = isinstance(value.get("$ref"), str) and not self._has(urldefrag(urljoin(base, value["$ref"])).url)
        if away and old:  # what stands beside a reference did not count until draft 2019-09
            return {}
        hint = isinstance(value.get("format"), str) and value["format"] not in _MOMENTS
        made = {
            key: inner if key in _DATA else self._closed(inner, base, old=old, named=key in _NAMES)
            for key, inner in value.items()
            if not (away and key == "$ref") and not (hint and key == "format")
        }
        if "$id" in value:
            self._places[urldefrag(base).url] = made
        return made


def _id(schema: dict[str, Any]) -> str:
    """Where a schema says that it is from; draft 4 spells it without the sign."""
    return text(schema.get("$id")) or text(schema.get("id"))


def _own(schema: dict[str, Any], name: str) -> str:
    return urldefrag(urljoin(f"{_NOWHERE}{name}", _id(schema))).url


def _places(value: Any, base: str) -> Iterator[str]:
    """Yield the address of a schema, and those of the parts of it that have one of their own."""
    if isinstance(value, dict):
        base = urljoin(base, value["$id"]) if isinstance(value.get("$id"), str) else base
        yield urldefrag(base).url
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _places(inner, base)


def _name(address: str) -> str:
    return urldefrag(address).url.rpartition("/")[2]
