"""The schemas that a newsroom has brought, as values -> a validator of each version of ninjs, closed to the world outside.

What a schema refers to elsewhere counts as anything, unless a file for it came along: nothing is opened or fetched.
Source: JSON Schema, drafts 4 to 2020-12; the names and the ``$id`` that IPTC gives its schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin

import msgspec
from msgspec import Struct

from dateline.errors import SettingsError
from dateline.wire.jsontext import text

if TYPE_CHECKING:
    from jsonschema_rs import Validator

SETTING = "ingest.schemas"
PUBLISHED = "ninjs-schema_3.1.json"  # what such a file is called by IPTC
Version = tuple[int, int]

_NAMED = re.compile(r"(?<![a-z])ninjs-schema_(\d{1,3})\.(\d{1,3})")
_MOMENTS = frozenset({"date-time", "date", "time"})
_DATA = frozenset({"const", "default", "enum", "examples"})
_NAMES = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_NOWHERE = "https://schemas.invalid/"  # base of files that do not say where they are from; never asked
_LONGEST = 200  # characters of a reason, or of an address that is looked at


class SchemaFile(Struct, frozen=True):
    """A file of the newsroom's folder of schemas: its name there, and its bytes."""

    name: str
    data: bytes


class Schemas(Struct, frozen=True):
    """All files of that folder. A value: it goes to the processes that read, and each compiles it for itself."""

    folder: str
    files: tuple[SchemaFile, ...]


def version_of(name: str) -> Version | None:
    """Tell the version of ninjs in the address or the name of a schema."""
    found = _NAMED.search(name[:_LONGEST])
    return (int(found[1]), int(found[2])) if found else None


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
        version = version_of(_id(schema)) or version_of(name)
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
