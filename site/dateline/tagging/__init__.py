"""A story -> its places, people, organisations and topics, without downloads. Start at ``find``."""

from __future__ import annotations

from dateline.tagging.find import find, limit
from dateline.tagging.terms import Found, TaggedText

__all__ = ["Found", "TaggedText", "find", "limit"]
