"""A feed's document -> the entries it was assembled from: the way back from ``feeds.assemble``."""

from __future__ import annotations

import msgspec
from msgspec import Raw, Struct

from dateline.page import FeedFormat

_ENDS = {"rss": (b"\n<item", b"</item>"), "atom": (b"\n<entry", b"</entry>")}
_FULL: dict[FeedFormat, bytes] = {"rss": b"<content:encoded>", "atom": b'<content type="html">', "json": b'"summary":'}


class _Items(Struct):
    items: list[Raw]


def entries(document: bytes, kind: FeedFormat, *, full: bool) -> list[bytes]:
    """Cut the entries out of *document*, in their order and as they were put in; text is escaped, so tags are tags.

    Where entries should have their *full* text and one has not, none is given: the feed was over its budget.
    Linear. Raises ``msgspec.DecodeError`` for JSON that we did not write.
    """
    if kind == "json":
        found = [bytes(item) for item in msgspec.json.decode(document, type=_Items).items]
    else:
        start, end = _ENDS[kind]
        first, last = document.find(start), document.rfind(end)
        parts = document[first + 1 : last].split(end + b"\n") if 0 <= first < last else []
        found = [part + end for part in parts]
    return [] if full and not all(_FULL[kind] in entry for entry in found) else found
