"""A fragment with full text -> the fragment that the same entry has where only summaries go out, byte for byte.

A feed over its budget is rare, so its short entries are cut from the long ones and nobody has to keep both.
"""

from __future__ import annotations

import html
from typing import Any

import msgspec

from dateline.feed_forms import escape
from dateline.feed_values import NOTES
from dateline.page import FeedFormat

_CONTENT = {"rss": (b"<content:encoded>", b"</content:encoded>"), "atom": (b'<content type="html">', b"</content>")}
_SUMMARY = {"rss": (b"<description>", b"</description>"), "atom": (b'<summary type="html">', b"</summary>")}
_NOTES = escape(NOTES[0]), escape(NOTES[1])


def shortened(fragment: bytes, kind: FeedFormat) -> bytes:
    """Take the full text out of *fragment*; corrections stay above the summary. One that is short comes back as it is."""
    if kind == "json":
        return _item(fragment)
    before, found, rest = fragment.partition(_CONTENT[kind][0])
    if not found:
        return fragment
    content, _, after = rest.partition(_CONTENT[kind][1])
    start, end = _SUMMARY[kind]
    head, _, rest = (before + after).partition(start)
    summary, _, tail = rest.partition(end)
    paragraph = escape("<p>") + summary + escape("</p>")
    return b"".join((head, start, _notes(content, *_NOTES), paragraph, end, tail))


def _item(fragment: bytes) -> bytes:
    item: dict[str, Any] = msgspec.json.decode(fragment)
    if "summary" not in item:
        return fragment
    notes = _notes(item["content_html"].encode(), *(mark.encode() for mark in NOTES)).decode()
    item["content_html"] = f"{notes}<p>{html.escape(item.pop('summary'), quote=False)}</p>"
    return msgspec.json.encode(item)


def _notes(content: bytes, start: bytes, end: bytes) -> bytes:
    """Cut the correction notes off the top of *content*; their text is escaped, so the first end is theirs."""
    return content[: content.find(end) + len(end)] if content.startswith(start) and end in content else b""
