"""Words of a story and its dateline -> countries, and the regions and cities that are frequent enough for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from dateline.tagging import tables
from dateline.tagging.words import JOINED, Words

DATELINE = 1.5
ENOUGH = 1.5  # weight from which a country counts in a story of usual length
ENOUGH_SHORT = 1.0  # in a story of at most 130 words one mention is a tenth of it
SHORT = 130
SHARE = 0.1  # of the weightiest country: below, it is mentioned in passing
_ADJECTIVE, _CITY = 0.8, 0.7
_NEAR = frozenset("in aus nach bei nahe um vor near from at of outside around to im".split())
_STATES = frozenset(
    "Ala Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Ky La Md Mass Mich Minn Miss Mo Mont Neb Nev Okla Ore Pa Tenn Tex Vt Va Wash Wis Wyo "
    "N.H. N.J. N.M. N.Y. N.C. N.D. R.I. S.C. S.D. W.Va D.C.".split()
)


_MONEY = frozenset(
    "franc francs dlr dlrs dollar dollars mark marks yen pound pounds won peso pesos crown crowns krona kronor kroner lira lire rupee rupees rand rouble roubles ruble rubles guilder guilders schilling schillings yuan baht real reais Dollar Dollars Franken Pfund Kronen Rubel Lira Lire Peso Pesos Yen Yuan Rupien Złoty Zloty Forint Schilling Mark Gulden Dinar Real Won".split()
)


class Hit(Struct, frozen=True):
    """An entry of the lexicon, found at words *first* to *last*."""

    entry: str
    first: int
    last: int


class Score:
    """What speaks for one place: weight, count and spans."""

    def __init__(self) -> None:
        self.weight = 0.0
        self.count = 0
        self.titled = False
        self.spans: list[tuple[int, int]] = []

    def add(self, weight: float, span: tuple[int, int], *, titled: bool = False) -> None:
        """Count one mention."""
        self.weight += weight
        self.count += 1
        self.titled = self.titled or titled
        self.spans.append(span)


def places(words: Words, hits: Iterable[Hit], dateline: str, lexicon: tables.Lexicon) -> dict[str, Score]:
    """Score the places among *hits*: id (``RU``, ``DE-BY``, ``DE-munich``) → score, only those that count.

    A region or city counts for its country, and for itself when the title names it and the text does so twice,
    or the text does so four times; a capital is often a name for a government and needs one mention more.
    """
    countries: dict[str, Score] = {}
    parts: dict[str, Score] = {}
    ranks: dict[str, str] = {}
    for hit in hits:
        kind, place = hit.entry[0], hit.entry[2:]
        if kind in "o-" or (kind in "01" and not (kind == "1" and _located(words, hit.first))):
            continue
        after = hit.last + 1
        if (
            kind in "ac"
            and after < len(words.words)
            and words.words[after] in _MONEY
            and words.gaps[hit.last] in JOINED
        ):
            continue  # "Swiss francs" and "US-Dollar" are money, not places
        weight, span = words.weights[hit.first], words.span(hit.first, hit.last)
        factor = _ADJECTIVE if kind in "aq" else 1.0 if kind == "c" else _CITY
        countries.setdefault(place[:2], Score()).add(weight * factor, span)
        if kind not in "ca":
            parts.setdefault(place, Score()).add(weight * factor, span, titled=weight == 3.0)  # the title's weight
            ranks[place] = kind
    _georgia(countries, words)
    home = set(_dateline(dateline, lexicon))
    for country in home:
        countries.setdefault(country, Score()).weight += DATELINE
    enough = ENOUGH_SHORT if len(words.words) <= SHORT else ENOUGH
    most = max((score.weight for score in countries.values()), default=0.0)
    kept = {key: score for key, score in countries.items() if key in home or score.weight >= max(enough, most * SHARE)}
    for key, score in parts.items():
        more = ranks[key] == "3"
        if score.count >= 4 + more or (score.titled and score.count >= 3 + more):
            kept[key] = score
    return kept


def _located(words: Words, first: int) -> bool:
    return first > 0 and words.gaps[first - 1] == 1 and words.words[first - 1].lower() in _NEAR


def _georgia(countries: dict[str, Score], words: Words) -> None:
    """English "Georgia" is the American state unless the story speaks of the Caucasus."""
    score, american = countries.get("GE"), countries.get("US")
    if score and american and not {"Georgian", "Georgians", "Tbilisi", "Georgien", "Tiflis"}.intersection(words.words):
        del countries["GE"]
        american.weight += score.weight
        american.spans += score.spans


def _dateline(dateline: str, lexicon: tables.Lexicon) -> Iterable[str]:
    """The countries of the cities that stand before the agency; of "CAMBRIDGE, Mass." the state decides."""
    parts = [part.strip() for part in re.split(r"/|,| und | and |;", dateline[:200])]
    if any(_american(part, lexicon) for part in parts[1:]):
        yield "US"
        return
    for part in parts:
        name = (
            " ".join(word.title() if word.isupper() else word for word in part.split())
            .replace(" Am ", " am ")
            .replace(" An Der ", " an der ")
        )
        entry = lexicon.phrases.get(tables.key(name), "-")
        if entry[0] not in "o-":
            yield entry[2:4]
        elif country := tables.towns().get(name):
            yield country
        else:
            yield from _first_words(name, lexicon)


def _american(part: str, lexicon: tables.Lexicon) -> bool:
    return part.rstrip(".") in _STATES or lexicon.phrases.get(tables.key(part), "-").startswith("r:US")


def _first_words(name: str, lexicon: tables.Lexicon) -> Iterable[str]:
    """ "Frankfurt/Main" and "St. Paul Minn" begin with the city."""
    parts = tables.key(name).split(" ")
    for count in range(len(parts) - 1, 0, -1):
        entry = lexicon.phrases.get(" ".join(parts[:count]), "-")
        if entry[0] in "23cr":
            yield entry[2:4]
            return
