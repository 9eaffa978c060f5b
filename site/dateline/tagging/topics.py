"""Words, subject codes and keywords of a story -> at most a few of the 17 top IPTC Media Topics; rather none than a wrong one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from msgspec import Struct

from dateline.tagging import tables
from dateline.tagging.words import Words

GIVEN = 100.0  # weight of what machine formats bring along: it wins
ENOUGH = 10.0  # points in a hundred words; longer stories need less than in proportion
DISTINCT = 3  # words that speak for a topic
SECOND = 0.62  # of the first topic's points
_MOST = 3.0  # times that one word counts: an often repeated word is no proof
_SHORTEST, _LONGEST = 2, 18  # letters of a trigger that other letters follow


class Topic(Struct, frozen=True):
    """Points and evidence for one topic."""

    weight: float
    spans: tuple[tuple[int, int], ...] = ()


class Triggers(Struct, frozen=True):
    """Trigger words of a language: whole words, beginnings and endings → (topic, weight) pairs."""

    whole: Mapping[str, tuple[tuple[str, float], ...]]
    begins: Mapping[str, tuple[tuple[str, float], ...]]
    ends: Mapping[str, tuple[tuple[str, float], ...]]


def label(topic: str, lang: str) -> str:
    """Label a topic in German or, for any other language, English; "" for none of the 17."""
    row = _topics().get(topic)
    return row[2 if lang == "de" else 3] if row else ""


def names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each topic with the names that feeds use for it."""
    for key, row in _topics().items():
        yield key, (f"medtop {row[0]}", row[0], row[2], row[3], *tables.forms(row[4]))


def given(subjects: Iterable[str]) -> dict[str, Topic]:
    """Map subject codes (``medtop:04000000``, ``medtop:20000170`` has no known parent) and names to topics."""
    found = {}
    for subject in subjects:
        topic = _given().get(subject.strip().rpartition(":")[2].casefold())
        if topic:
            found[topic] = Topic(GIVEN)
    return found


def topics(words: Words, lang: str) -> dict[str, Topic]:
    """Score the topics of *words*: one counts from ten points in a hundred words, three different words speaking for it.

    The second must reach 0.62 of the first. One word counts at most three times; title and lead count more.
    """
    counts = Counter(words.words)
    for word, weight in zip(words.words, words.weights, strict=True):
        if weight == 1.0:
            break
        counts[word] += int(weight) - 1
    points: dict[str, float] = {}
    evidence: dict[str, list[str]] = {}
    for word, count in counts.items():
        for topic, weight in _speaks(word, lang):
            points[topic] = points.get(topic, 0.0) + weight * min(count, _MOST)
            evidence.setdefault(topic, []).append(word)
    return _chosen(points, evidence, words)


def _chosen(points: dict[str, float], evidence: dict[str, list[str]], words: Words) -> dict[str, Topic]:
    hundreds = max(len(words.words), 80) / 100
    ranked = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:2]
    kept: dict[str, Topic] = {}
    firsts: dict[str, int] = {}
    for topic, sum_ in ranked:
        if len(evidence[topic]) < DISTINCT or sum_ < ENOUGH * hundreds**0.7 or sum_ < ranked[0][1] * SECOND:
            break
        firsts = firsts or dict(zip(reversed(words.words), range(len(words.words) - 1, -1, -1), strict=True))
        spans = tuple(words.span(at, at) for at in sorted(firsts[word] for word in evidence[topic]))
        kept[topic] = Topic(round(sum_ / hundreds, 2), spans)
    return kept


@lru_cache(maxsize=50_000)
def _speaks(word: str, lang: str) -> tuple[tuple[str, float], ...]:
    """What the longest trigger in *word* speaks for; a whole word before a beginning, a beginning before an ending."""
    triggers, word = _triggers(lang), word.lower()
    if word in triggers.whole:
        return triggers.whole[word]
    for size in range(min(len(word), _LONGEST), _SHORTEST, -1):
        if word[:size] in triggers.begins:
            return triggers.begins[word[:size]]
    for start in range(1, max(len(word) - _SHORTEST, 1)):
        if word[start:] in triggers.ends:
            return triggers.ends[word[start:]]
    return ()


@cache
def _triggers(lang: str) -> Triggers:
    found: tuple[dict[str, dict[str, float]], ...] = ({}, {}, {})
    for topic, language, weight, cell in tables.rows("triggers.tsv"):
        for word in cell.split() if language == lang else ():
            which = 1 if word[-1] == "*" else 2 if word[0] == "*" else 0
            found[which].setdefault(word.strip("*"), {})[topic] = float(weight)
    return Triggers(*({word: tuple(speaks.items()) for word, speaks in table.items()} for table in found))


@cache
def _topics() -> Mapping[str, tuple[str, ...]]:
    return {row[1]: row for row in tables.rows("topics.tsv")}


@cache
def _given() -> Mapping[str, str]:
    return {name.casefold(): key for key, all_names in names() for name in (key, *all_names)}
