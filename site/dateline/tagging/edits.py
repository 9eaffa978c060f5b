"""The editors' tag file and an editing wish -> the file's new text, comments and order kept; terms -> near-duplicates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from dateline.article import Term
from dateline.errors import DatelineError
from dateline.tagging.vocabulary import FILE, Vocabulary, folds

if TYPE_CHECKING:
    from tomlkit.items import Table

NEAR = 88.0  # of 100, rapidfuzz token_sort_ratio: "Selenskyj" and "Selenski" are near, "Nord" and "Nordsee" are not
_WINDOW = 6  # neighbours in each sorted order that are compared


class Pair(Struct, frozen=True):
    """Two terms that may be one; ``keep`` is the one that more stories carry."""

    keep: Term
    other: Term
    score: float


def near_duplicates(terms: Iterable[tuple[Term, int]]) -> list[Pair]:
    """Find pairs of terms (each with its number of stories) that look alike, the likest first.

    Each is compared with its neighbours in three sorted orders (name, words of the name, name from behind), within
    a kind and between a keyword and any kind, so the cost is O(n log n), not n². Numbers must agree: "G7" is not "G20".
    """
    from rapidfuzz import fuzz  # only the command needs it

    counted = {term.id: (term, count) for term, count in terms}
    names = {key: folds(term.label)[0] for key, (term, _) in counted.items()}
    pairs = []
    for one, two in sorted(_neighbours(names)):
        kinds = {counted[one][0].kind, counted[two][0].kind}
        if (len(kinds) > 1 and "keyword" not in kinds) or _digits(names[one]) != _digits(names[two]):
            continue
        score = fuzz.token_sort_ratio(names[one], names[two])
        if score >= (NEAR if len(kinds) == 1 else 100.0):
            keep, other = sorted((one, two), key=lambda key: (-counted[key][1], key.startswith("keyword:"), key))
            pairs.append(Pair(counted[keep][0], counted[other][0], round(score, 1)))
    return sorted(pairs, key=lambda pair: (-pair.score, pair.keep.id, pair.other.id))


def _neighbours(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    orders = (lambda n: n, lambda n: " ".join(sorted(n.split())), lambda n: n[::-1])
    seen: set[tuple[str, str]] = set()
    for order in orders:
        ranked = sorted(names, key=lambda key: (order(names[key]), key))
        for step in range(1, _WINDOW + 1):
            seen.update((min(pair), max(pair)) for pair in zip(ranked, ranked[step:], strict=False))
    same = defaultdict(list)
    for key, name in names.items():
        same[name].append(key)
    for keys in same.values():
        seen.update((min(pair), max(pair)) for pair in pairwise(sorted(keys)))
    yield from seen


def _digits(name: str) -> str:
    return "".join(c for c in name if c.isdigit())


def merged(text: str, from_id: str, into_id: str, place: str = FILE) -> str:
    """Add to the file that *from_id* is *into_id* from now on. Raises ``DatelineError`` where that makes a circle."""
    import tomlkit

    vocabulary = Vocabulary.load(text, place)
    for key in (from_id, into_id):
        if ":" not in key:
            raise DatelineError(
                place, f"{key!r} is no id of a term", 'write it with its kind, as in "person:jana-beispiel"'
            )
    into = vocabulary.resolve("keyword", into_id).id
    if into == from_id:
        raise DatelineError(place, f"{from_id} and {into_id} are one already", "merge it into another")
    document = tomlkit.parse(text)
    if "merged" not in document:
        document["merged"] = tomlkit.table()
    cast("Table", document["merged"])[from_id] = into
    return _checked(tomlkit.dumps(document), place)


def denied(text: str, name: str, place: str = FILE) -> str:
    """Add an id or a word to the file's denied ones; the text is unchanged where it is denied already."""
    import tomlkit

    Vocabulary.load(text, place)
    document = tomlkit.parse(text)
    words = document.get("denied")
    if words is None:
        words = tomlkit.array()
        fresh = tomlkit.document()
        fresh["denied"] = words
        words.append(name)
        return _checked(tomlkit.dumps(fresh) + ("\n" if text.strip() else "") + text, place)
    if name in words:
        return text
    words.append(name)
    return _checked(tomlkit.dumps(document), place)


def _checked(text: str, place: str) -> str:
    Vocabulary.load(text, place)
    return text
