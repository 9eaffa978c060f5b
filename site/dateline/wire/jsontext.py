"""Bytes -> a JSON value of bounded depth; and safe ways to look into values of unknown shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from dateline.errors import DatelineError
from dateline.wire import xml


def parse(data: bytes, place: str) -> Any:
    """Read *data* as JSON in any Unicode encoding. Raises ``DatelineError`` with the parser's word on where."""
    text = xml.text(data, place).lstrip("\ufeff")
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except RecursionError:
        raise DatelineError(place, "JSON nested too deeply", "no news format needs more than a few levels") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise DatelineError(place, f"this is no JSON: {error}", "ask the agency for it again") from None


def folded(value: Any) -> dict[str, Any]:
    """A mapping's items under small letters: ninjs 2 says ``versioncreated``, ninjs 3 ``versionCreated``."""
    return {str(key).lower(): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def text(value: Any) -> str:
    """The value if it is text or a number, else ""."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def rows(value: Any) -> list[dict[str, Any]]:
    """The mappings of a list, keys in small letters; a mapping alone counts as a list of one."""
    if isinstance(value, Mapping):
        value = [value]
    return (
        [folded(item) for item in value if isinstance(item, Mapping)]
        if isinstance(value, Sequence) and not isinstance(value, str)
        else []
    )


def texts(value: Any) -> list[str]:
    """The texts of a list; one text counts as a list of one."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, Sequence) else []
