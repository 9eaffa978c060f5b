"""A story's text -> its words, with what stands between them and how much each counts. One pass, linear."""

from __future__ import annotations

import re
from collections.abc import Container

from msgspec import Struct

from dateline.tagging.terms import TaggedText

_WORD = re.compile(r"((?:[A-Z]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*)([\W_]*)")

# What stands after a word.
BREAK, SPACE, HYPHEN, POINT, COMMA, BRACKET, SLASH, AND = range(8)
_GAPS = {
    " ": SPACE, "\n": SPACE, "\u00a0": SPACE, "-": HYPHEN, "\u2011": HYPHEN, ". ": POINT, ".": POINT, ".\n": POINT, ".\u00a0": POINT,
    ", ": COMMA, ",\n": COMMA, " (": BRACKET, "\n(": BRACKET, "/": SLASH, " & ": AND,
}  # fmt: skip
JOINED = frozenset({SPACE, HYPHEN})
_SHORT_BEFORE_POINT = 3
_LEAD = 700  # characters
_LONGEST_WORD = 60


class Words(Struct, frozen=True):
    """Parallel lists: the words (in capitals only → first letter large), their offsets, the gaps after them, their weights."""

    text: str
    words: list[str]
    starts: list[int]
    gaps: list[int]
    weights: list[float]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters from word *first* to word *last*, inclusive."""
        return self.starts[first], self.starts[last] + len(self.words[last])


def split(text: TaggedText, known: Container[str]) -> Words:
    """Split *text* into words: a hyphen parts words, ``U.S.`` and ``AT&T`` stay whole.

    Words of three and more capitals that are not *known* are written ``Like`` this: headlines of English wires shout.
    Title ×3, first paragraph (and the summary) ×2, else ×1.
    """
    joined = text.joined
    title = len(text.title)
    lead = _lead_end(joined, title)
    words: list[str] = []
    starts: list[int] = []
    gaps: list[int] = []
    at = _first(joined)
    for word, gap in _WORD.findall(joined, at):
        starts.append(at)
        at += len(word) + len(gap)
        kind = _GAPS.get(gap, BREAK)
        if kind == POINT and len(word) > _SHORT_BEFORE_POINT:
            kind = BREAK
        gaps.append(kind)
        if len(word) > 2 and word not in known and word.isupper():  # noqa: PLR2004 - "US" and "EU" are names
            word = word.capitalize() if len(word) <= _LONGEST_WORD else "-"  # noqa: PLW2901
        words.append(word if len(word) <= _LONGEST_WORD else "-")
    weights = [3.0 if start < title else 2.0 if start < lead else 1.0 for start in starts]
    return Words(joined, words, starts, gaps, weights)


def _first(joined: str) -> int:
    found = _WORD.search(joined)
    return found.start() if found else len(joined)


def _lead_end(joined: str, title: int) -> int:
    """Where the first paragraph behind the title ends, at most 700 characters on."""
    start = title + 2 if title else 0
    end = joined.find("\n\n", start)
    return min(end if end >= 0 else len(joined), start + _LEAD)
