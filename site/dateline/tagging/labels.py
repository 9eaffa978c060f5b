"""A canonical id and a language -> the word a reader sees."""

from __future__ import annotations

from functools import cache

from dateline.tagging import tables


def place(place: str, lang: str) -> str:
    """Label a country (``RU``), region (``DE-BY``) or city (``DE-munich``); English where *lang* is unknown."""
    if len(place) == 2:  # a country's code
        return _territories(lang).get(place, place)
    column = 0 if lang == "de" else 1
    region = _regions().get(place)
    return region[column] if region else tables.cities().get(place, (place, place))[column]


@cache
def _territories(lang: str) -> dict[str, str]:
    column = {"de": 1, "en": 2}.get(lang)
    if column:
        return {row[0]: _SHORT.get((row[0], lang), row[column]) for row in tables.rows("territories.tsv")}
    from babel import Locale, UnknownLocaleError  # slow to import, needed for rare languages only

    try:
        return {**_territories("en"), **Locale.parse(lang, sep="-").territories}
    except (UnknownLocaleError, ValueError):
        return _territories("en")


_SHORT = {
    ("US", "de"): "USA",
    ("GB", "de"): "Großbritannien",
    ("HK", "de"): "Hongkong",
    ("HK", "en"): "Hong Kong",
    ("PS", "de"): "Palästina",
    ("PS", "en"): "Palestine",
    ("CD", "de"): "Kongo",
    ("CD", "en"): "DR Congo",
    ("CG", "de"): "Republik Kongo",
    ("CG", "en"): "Congo",
    ("CI", "de"): "Elfenbeinküste",
    ("CI", "en"): "Ivory Coast",
    ("MM", "de"): "Myanmar",
    ("MM", "en"): "Myanmar",
    ("TR", "en"): "Turkey",
    ("BA", "en"): "Bosnia and Herzegovina",
    ("VA", "de"): "Vatikan",
    ("VA", "en"): "Vatican",
    ("MO", "en"): "Macao",
    ("MO", "de"): "Macau",
}


@cache
def _regions() -> dict[str, tuple[str, str]]:
    found = {}
    for row in tables.rows("regions.tsv"):
        german = tables.forms(row[1])[0]
        found[row[0]] = german, (tables.forms(row[2]) or (german,))[0]
    return found


def organisation(key: str, lang: str) -> str:
    """Label a curated organisation; "" for any other."""
    known = tables.organisations().get(key)
    if known is None:
        return ""
    return (known.german if lang == "de" else known.english or known.german)[0]
