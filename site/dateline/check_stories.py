"""What the index knows of the stories -> what an editor would want to know: doubles, gaps, things past their day."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

from dateline.errors import Problem
from dateline.record import Record

_WORD: Final = re.compile(r"\w{3,}")
_ALIKE: Final = 0.8  # of all words of two stories, shared
_CROWD: Final = 40  # stories of one day that share a rare word: more is a form, not a double
_SHOWN: Final = 8
_SUMMARY: Final = "add one: lists, feeds and search engines show it"


def stories(records: Sequence[Record], now: datetime) -> Iterator[Problem]:
    """Say what is doubtful about *records* at *now*. Near-linear: pairs are only made of stories that share rare words."""
    yield from _twice(records, lambda r: r.id, "has the id of", "give it an id of its own", "error")
    visible = [r for r in records if r.status == "published"]
    yield from _twice(
        visible, lambda r: f"{r.teaser.lang} {r.teaser.title.casefold()}", "has the headline of", "change one of them"
    )
    yield from _twice(
        visible, lambda r: r.teaser.url.casefold(), "has the address of", "give it a slug of its own", "error"
    )
    yield from _alike(visible)
    yield from _unsummed([r for r in visible if not r.teaser.summary])
    for r in visible:
        yield from _one(r, now)
    yield from _lonely(visible)
    yield from _aliases(records)


def _warning(place: str, problem: str, remedy: str) -> Problem:
    return Problem(place, problem, remedy, "warning")


def _twice(
    records: Iterable[Record], key: Callable[[Record], str], problem: str, remedy: str, level: str = "warning"
) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for r in sorted(records, key=lambda r: (r.published, r.path)):
        other = first.setdefault(key(r), r.path)
        if other != r.path:
            yield Problem(r.path, f"{problem} {other}", remedy, "error" if level == "error" else "warning")


def _one(r: Record, now: datetime) -> Iterator[Problem]:
    if r.published > now and r.embargo is None:
        yield _warning(
            r.path, f"is dated {r.published:%Y-%m-%d %H:%M}, in the future", "mend its date, or give it an embargo"
        )
    if r.expires is not None and r.expires <= now:
        yield _warning(r.path, "is past its expiry and no longer shown", "remove it, or its expiry")


def _unsummed(records: Sequence[Record]) -> Iterator[Problem]:
    for r in records[:_SHOWN]:
        yield _warning(r.path, "has no summary", _SUMMARY)
    if len(records) > _SHOWN:
        yield _warning("content", f"{len(records) - _SHOWN:,} more stories have no summary", _SUMMARY)


def _lonely(records: Sequence[Record]) -> Iterator[Problem]:
    used = Counter(term.id for r in records for term in r.terms)
    labels = {term.id: term.label for r in records for term in r.terms}
    lonely = sorted(labels[name] for name, count in used.items() if count == 1)
    if lonely:
        more = f" and {len(lonely) - _SHOWN:,} more" if len(lonely) > _SHOWN else ""
        yield _warning(
            "content",
            f"tags with one story only: {', '.join(lonely[:_SHOWN])}{more}",
            "join them with others, or let them grow",
        )


def _aliases(records: Sequence[Record]) -> Iterator[Problem]:
    pages = {r.teaser.url: r.path for r in records if r.status != "draft"}
    taken: dict[str, str] = {}
    for r in sorted(records, key=lambda r: r.path):
        for alias in r.aliases:
            address = f"/{alias.strip('/')}/"
            other = pages.get(address) or taken.setdefault(address, r.path)
            if other != r.path:
                yield _warning(r.path, f"its alias {alias} is the address of {other}", "remove the alias")
            elif address == r.teaser.url:
                yield _warning(r.path, f"its alias {alias} is its own address", "remove the alias")


def _alike(records: Sequence[Record]) -> Iterator[Problem]:
    days: defaultdict[tuple[str, object], list[Record]] = defaultdict(list)
    for r in records:
        days[r.teaser.lang, r.published.date()].append(r)
    for day in days.values():
        words = {r.path: frozenset(_WORD.findall(f"{r.teaser.title} {r.teaser.summary}".casefold())) for r in day}
        for one, two in sorted(_pairs(words)):
            shared = len(words[one] & words[two])
            if shared >= 6 and shared >= _ALIKE * len(words[one] | words[two]):
                yield _warning(two, f"says nearly what {one} says", "withdraw one of them, or make one an update")


def _pairs(words: dict[str, frozenset[str]]) -> set[tuple[str, str]]:
    """Pairs of stories that share one of their three rarest words: doubles share nearly all of them."""
    common = Counter(word for found in words.values() for word in found)
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for path, found in sorted(words.items()):
        for word in sorted(found, key=lambda word: (common[word] == 1, common[word], word))[:3]:
            holders[word].append(path)
    return {pair for paths in holders.values() if len(paths) <= _CROWD for pair in combinations(paths, 2)}
