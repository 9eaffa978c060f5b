"""Request headers and a document -> what HTTP answers: encodings, conditions and ranges, without any I/O.

Source: RFC 9110 sections 12.5.3 (Accept-Encoding), 13 (conditions), 14 (ranges).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from typing import Literal

ENCODINGS = (("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz"))  # smallest first

_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


def accepted(header: str) -> tuple[tuple[str, str], ...]:
    """The content codings (name, suffix) that *header* allows, best first by our taste, not by its weights.

    ``q=0`` forbids; ``*`` allows what is not named. An absent header allows none, so that a plain client gets plain bytes.
    """
    if not header:
        return ()
    weights: dict[str, bool] = {}
    for item in header.lower().split(","):
        name, _, weight = item.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(?:\.0*)?\s*", weight)
    return tuple(pair for pair in ENCODINGS if weights.get(pair[0], weights.get("*", False)))


def unchanged(headers: Mapping[bytes, bytes], etag: str, modified: float) -> bool:
    """Whether the client's copy is still good. ``If-None-Match`` decides where it is sent, else the date.

    A date that cannot be read is ignored. Dates count in whole seconds.
    """
    tags = headers.get(b"if-none-match")
    if tags is not None:
        names = {t.strip().removeprefix("W/") for t in tags.decode("latin-1").split(",")}
        return etag in names or "*" in names
    since = headers.get(b"if-modified-since")
    moment = _moment(since.decode("latin-1")) if since is not None else None
    return moment is not None and int(modified) <= moment


def wanted(
    headers: Mapping[bytes, bytes], size: int, etag: str, modified: float
) -> tuple[int, int] | Literal[False] | None:
    """The half-open span of bytes asked for; None for all of them; False where it lies outside.

    Several ranges, other units and nonsense mean all of them, as RFC 9110 14.2 allows: many small
    ranges are an old way to exhaust a server.
    """
    field = headers.get(b"range")
    if field is None or not _same(headers, etag, modified):
        return None
    match = _RANGE.fullmatch(field.decode("latin-1"))
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        last = int(match[2])
        return (max(0, size - last), size) if last and size else False
    start, end = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
    if match[2] and int(match[2]) < start:
        return None
    return (start, end) if start < size else False


def http_date(seconds: float) -> str:
    """``Wed, 03 Dec 2025 09:30:00 GMT``, as RFC 9110 section 5.6.7 wants it."""
    return formatdate(seconds, usegmt=True)


def _same(headers: Mapping[bytes, bytes], etag: str, modified: float) -> bool:
    condition = headers.get(b"if-range")
    if condition is None:
        return True
    text = condition.decode("latin-1").strip()
    return text == etag if text.startswith(('"', "W/")) else _moment(text) == int(modified)


def _moment(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None
