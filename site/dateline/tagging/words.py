"""A story's text -> its words, with what stands between them and how much each counts. One pass, linear."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container
from itertools import accumulate
from operator import add

from msgspec import Struct

from dateline.tagging.terms import TaggedText

_WORD = re.compile(r"((?:[A-Z]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*)")
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
    title = len(text.heading)
    lead = _lead_end(joined, title)
    parts = _WORD.split(joined)
    words, between = parts[1::2], parts[2::2]
    sizes = list(map(len, words))
    starts = list(accumulate(map(add, sizes, map(len, between)), initial=len(parts[0])))[:-1]
    gaps = [_GAPS.get(gap, BREAK) for gap in between]
    capitals = [at for at, word in enumerate(words) if word[0].isupper()]
    for at in capitals:
        word = words[at]
        if (
            word[-1].isupper() and sizes[at] > 2 and word not in known and word.isupper() and not _ROMAN.match(word)
        ):  # "US" and "EU" are names
            words[at] = word.capitalize()
    if max(sizes, default=0) > _LONGEST_WORD:
        words = [word if len(word) <= _LONGEST_WORD else "-" for word in words]
        capitals = [at for at in capitals if words[at] != "-"]
    if POINT in gaps:
        gaps = [
            BREAK if gap == POINT and size > _SHORT_BEFORE_POINT else gap for gap, size in zip(gaps, sizes, strict=True)
        ]
    first, second = bisect_left(starts, title), bisect_left(starts, max(lead, title))
    weights = [3.0] * first + [2.0] * (second - first) + [1.0] * (len(words) - second)
    return Words(joined, words, starts, gaps, weights, capitals)


def _lead_end(joined: str, title: int) -> int:
    """Where the first paragraph behind the title ends, at most 700 characters on."""
    start = title + 2 if title else 0
    end = joined.find("\n\n", start)
    return min(end if end >= 0 else len(joined), start + _LEAD)
