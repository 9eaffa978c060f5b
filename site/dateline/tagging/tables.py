"""The tables beside this module -> what the finders look names up in, read once and only when needed.

An entry is a string, ``kind:id``: ``c`` country, ``a`` its adjective or inhabitants, ``r`` region, ``q`` its adjective,
``0`` to ``3`` city by rank, ``o`` organisation, ``-`` a word that is none of these.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from msgspec import Struct

FULL = frozenset({"de", "en"})  # languages with adjectives, people, organisations and topics


class Organisation(Struct, frozen=True):
    """A row of ``organisations.tsv``; the first form of a language is its label. ``kind`` ``a`` is a news agency."""

    id: str
    kind: str
    german: tuple[str, ...]
    english: tuple[str, ...]
    isin: str = ""


class Lexicon(Struct, frozen=True):
    """Names of one language: ``phrases`` maps words joined by blanks to entries, ``longest`` a first word to the most words."""

    phrases: dict[str, str]
    longest: dict[str, int]


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of a table, comments and blank lines left out."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.split("\n") if line and line[0] != "#")


def forms(cell: str) -> tuple[str, ...]:
    """The names in a cell."""
    return tuple(cell.split("|")) if cell else ()


@cache
def words(kind: str) -> frozenset[str]:
    """The words of one list of ``words.tsv``."""
    return frozenset(word for row in rows("words.tsv") if row[0] == kind for word in row[1].split())


@cache
def given_names() -> frozenset[str]:
    """Known first names."""
    return frozenset(row[0] for name in ("given.txt", "given_more.txt") for row in rows(name))


@cache
def family_names() -> frozenset[str]:
    """Known surnames."""
    return frozenset(row[0] for row in rows("family.txt"))


@cache
def organisations() -> dict[str, Organisation]:
    """Every curated organisation by id."""
    found = {}
    for row in rows("organisations.tsv"):
        key, kind, german, english, isin = (*row, "", "")[:5]
        found[key] = Organisation(key, kind, forms(german), forms(german) if english == "=" else forms(english), isin)
    return found


@cache
def organisation_names() -> dict[str, str]:
    """Name in small letters → id of every curated organisation."""
    return {name.casefold(): item.id for item in organisations().values() for name in (*item.german, *item.english)}


@cache
def by_isin() -> dict[str, str]:
    """ISIN → id of the curated companies whose ISIN is known."""
    return {item.isin: item.id for item in organisations().values() if item.isin}


@cache
def cities() -> dict[str, tuple[str, str]]:
    """City id -> German and English label."""
    return {row[0]: (row[2], row[3]) for row in rows("cities.tsv")}


@cache
def towns() -> dict[str, str]:
    """Name → country of towns, the larger of two equal names; for datelines."""
    return {row[0]: row[1] for row in reversed(rows("towns.tsv"))}


def is_place(name: str) -> bool:
    """Whether *name*, in whatever capitals, is a city, town, region or country that the tables know."""
    titled = " ".join(word.capitalize() for word in re.split(r"\s+", name.strip()))
    if titled in towns():
        return True
    known = (lexicon(lang).phrases.get(key(titled), "-") for lang in ("de", "en"))
    return any(entry[0] in "0123cr" for entry in known)


@cache
def lexicon(lang: str) -> Lexicon:
    """Everything with a name in *lang* (``de`` or ``en``; any other: countries by CLDR). About 40 ms once."""
    phrases = dict(_names(lang) if lang in FULL else _territories(lang))
    longest: dict[str, int] = {}
    for phrase in phrases:
        if " " in phrase:
            first, *rest = phrase.split(" ")
            if longest.get(first, 0) <= len(rest):
                longest[first] = len(rest) + 1
    return Lexicon(phrases, longest)


_PARTS = re.compile(r"(?:[A-Z]\.){2,}|[^\W_]+(?:['’&][^\W_]+)*")


def key(name: str) -> str:
    """A name as ``phrases`` knows it: its words joined by blanks."""
    return name if name.isalpha() else " ".join(_PARTS.findall(name))


def _territories(lang: str) -> list[tuple[str, str]]:
    """CLDR's names of countries in any language that Babel knows."""
    from babel import Locale, UnknownLocaleError  # slow to import, needed for rare languages only

    try:
        names = Locale.parse(lang, sep="-").territories
    except (UnknownLocaleError, ValueError):
        return []
    known = {row[0] for row in rows("territories.tsv")}
    return [(key(name), f"c:{code}") for code, name in names.items() if code in known and len(name) > 2]


def _names(lang: str) -> list[tuple[str, str]]:
    """All names of one language; what comes later wins."""
    column = 0 if lang == "de" else 1
    found: list[tuple[str, str]] = []
    for city, rank, _, _, german, english in rows("cities.tsv"):
        cell = english if column and english != "=" else german
        found += [(name if name.isalpha() else key(name), f"{rank}:{city}") for name in forms(cell)]
    for row in rows("regions.tsv"):
        for name in forms(row[1 + column]):
            found += (
                [(key(form), f"q:{row[0]}") for form in _declined(name[:-1])]
                if name[-1] == "*"
                else [(key(name), f"r:{row[0]}")]
            )
    found += [(key(name), f"c:{row[0]}") for row in rows("territories.tsv") for name in _cldr(row[1 + column])]
    for row in rows("countries.tsv"):
        code, stems, people, english, *more = (*row, "", "", "", "", "")[:6]
        if column:
            found += [(key(form), f"a:{code}") for name in forms(english) for form in (name, f"{name}s")]
        else:
            found += [(key(form), f"a:{code}") for stem in forms(stems) for form in _declined(stem)]
            found += [(key(form), f"a:{code}") for name in forms(people) for form in _inhabitants(name)]
        found += [(key(name), f"c:{code}") for name in forms(more[column])]
    found += [(key(name), "-:") for row in rows("words.tsv") if row[0] == f"none-{lang}" for name in forms(row[1])]
    for organisation in organisations().values():
        for name in organisation.english if column else organisation.german:
            found.append((key(name), f"o:{organisation.id}"))
    return found


def _cldr(name: str) -> list[str]:
    """CLDR writes "Myanmar (Birma)" and "Congo - Kinshasa"; both halves of the first are names."""
    return [part for part in re.split(r" ?[()]", name) if part and " - " not in part and "SVR" not in part]


def _declined(stem: str) -> list[str]:
    """A German adjective in every case; with a capital only where it cannot be the name of a language."""
    small = [stem + ending for ending in ("", "e", "en", "er", "es", "em")]
    return small + [form[0].upper() + form[1:] for form in small[1:]]


def _inhabitants(name: str) -> list[str]:
    """German names of inhabitants, men and women, one and many."""
    base = name.removesuffix("e")
    return [name, f"{name}n", f"{name}s", f"{base}in", f"{base}innen"]
