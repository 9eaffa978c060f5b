"""A story's text -> its words, with what stands between them and how much each counts. One pass, linear."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container

from msgspec import Struct

from dateline.tagging.terms import TaggedText

_WORD = re.compile(r"((?:[A-Z]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*)([\W_]*)")
_ROMAN = re.compile(r"[IVX]+$")

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
    capitals: list[int]  # the words with a large first letter

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
    capitals: list[int] = []
    at = _first(joined)
    for word, gap in _WORD.findall(joined, at):
        starts.append(at)
        size = len(word)
        at += size + len(gap)
        kind = _GAPS.get(gap, BREAK)
        gaps.append(BREAK if kind == POINT and size > _SHORT_BEFORE_POINT else kind)
        if word[0].isupper():
            capitals.append(len(words))
            if size > _LONGEST_WORD:
                word = "-"  # noqa: PLW2901
            elif size > 2 and word.isupper() and word not in known and not _ROMAN.match(word):  # noqa: PLR2004 - "US" and "EU" are names
                word = word.capitalize()  # noqa: PLW2901
        words.append(word if size <= _LONGEST_WORD else "-")
    first, second = bisect_left(starts, title), bisect_left(starts, max(lead, title))
    weights = [3.0] * first + [2.0] * (second - first) + [1.0] * (len(words) - second)
    return Words(joined, words, starts, gaps, weights, capitals)


def _first(joined: str) -> int:
    found = _WORD.search(joined)
    return found.start() if found else len(joined)


def _lead_end(joined: str, title: int) -> int:
    """Where the first paragraph behind the title ends, at most 700 characters on."""
    start = title + 2 if title else 0
    end = joined.find("\n\n", start)
    return min(end if end >= 0 else len(joined), start + _LEAD)
