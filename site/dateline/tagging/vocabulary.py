"""A name in front matter, however it is spelled, and the editors' ``content/_tags.toml`` -> the canonical term."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args

from msgspec import Struct

from dateline.article import Kind, Term
from dateline.bounds import dotted
from dateline.errors import DatelineError
from dateline.tagging import labels, tables, topics
from dateline.tagging.terms import Found
from dateline.text import one_line, slugify

FILE: Final = "content/_tags.toml"
PREFIX: Final[Mapping[Kind, str]] = {
    "place": "place",
    "person": "person",
    "organisation": "org",
    "topic": "topic",
    "keyword": "keyword",
}
KINDS: Final[Mapping[str, Kind]] = {prefix: kind for kind, prefix in PREFIX.items()}
_MEMO: Final = 200_000  # resolved names kept by one vocabulary
_TOP: Final = ("denied", "listed", "merged", "terms")
_TERM: Final = ("aliases", "description", "label", "picture")


class Entry(Struct, frozen=True):
    """What editors say of one term; texts by language, ``""`` for every other one."""

    labels: Mapping[str, str]
    aliases: tuple[str, ...]
    descriptions: Mapping[str, str]
    picture: str


class Vocabulary:
    """Names → terms. Immutable but for a memo; equal files make equal vocabularies, and it can be pickled."""

    def __init__(self, entries: Mapping[str, Entry] | None = None, merges: Mapping[str, str] | None = None) -> None:
        self._entries = dict(entries or {})
        self._merges = dict(merges or {})
        self._aliases = {
            (KINDS[key.partition(":")[0]], fold): key
            for key, entry in self._entries.items()
            for name in (*entry.labels.values(), *entry.aliases)
            for fold in folds(name)
        }
        self._memo: dict[tuple[str, str, str], Term] = {}
        self.listed: frozenset[str] = frozenset()
        self.denied: frozenset[str] = frozenset()

    @classmethod
    def load(cls, text: str | None, place: str = FILE) -> Vocabulary:
        """Read the editors' file; ``None`` or an empty one gives what the tables know.

        Raises ``DatelineError`` naming file, key and remedy for what is no TOML, an unknown key, a wrong type,
        a term without kind, or merges that run in a circle.
        """
        data = _parsed(text or "", place)
        terms = _table(data, "terms", place)
        entries = {_id(key, place): _entry(key, value, place) for key, value in terms.items()}
        merges = {_id(key, place): _id(value, place) for key, value in _table(data, "merged", place).items()}
        vocabulary = cls(entries, {key: _end(key, merges, place) for key in merges})
        vocabulary.listed = frozenset(vocabulary._every(_strings(data, "listed", place)))
        vocabulary.denied = frozenset(vocabulary._every(_strings(data, "denied", place)))
        return vocabulary

    def resolve(self, kind: Kind, name: str, lang: str = "") -> Term:
        """Give the term that *name* (a label in any language, an alias, an id) means, labelled for *lang*.

        Spellings that differ in case, accents, punctuation or by an alias are one id; a name nobody knows gets
        its id from its slug and keeps its spelling as label. Below a microsecond for a name seen before.
        """
        memo = (kind, name, lang)
        term = self._memo.get(memo)
        if term is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            term = self._memo[memo] = self._resolved(kind, name, lang)
        return term

    def edited(self, found: Iterable[Found], lang: str) -> tuple[Found, ...]:
        """Apply the editors' words to what the tagger found: aliases, merges and labels; denied terms go.

        Two that are one add their weights. The weightiest stay first.
        """
        kept: dict[str, Found] = {}
        for item in found:
            term = self.resolve(item.term.kind, item.term.id, lang)
            if term.id == item.term.id and term.kind in {"person", "organisation"}:
                named = self.resolve(term.kind, item.term.label, lang)
                term = (
                    named
                    if named.id != term.id
                    else Term(term.kind, term.id, self._told(term.id, lang) or item.term.label)
                )
            if term.id in self.denied:
                continue
            other = kept.get(term.id)
            weight, evidence = (other.weight, other.evidence) if other else (0.0, ())
            kept[term.id] = Found(term, item.weight + weight, tuple(sorted({*evidence, *item.evidence})))
        return tuple(sorted(kept.values(), key=lambda item: (-item.weight, item.evidence[:1], item.term.id)))

    def label(self, key: str, lang: str = "") -> str:
        """The word for the id in *lang*: the editors', the tables', else made from the id's slug."""
        key = self._merges.get(key, key)
        return self._told(key, lang) or _known_label(key, lang) or _spelled(key)

    def description(self, key: str, lang: str = "") -> str:
        """What editors wrote for the term's page, in *lang* or for every language; else ""."""
        entry = self._entries.get(self._merges.get(key, key))
        return _in(entry.descriptions, lang) if entry else ""

    def pictures(self) -> dict[str, str]:
        """The pictures of terms' pages, by their ids."""
        return {key: entry.picture for key, entry in self._entries.items() if entry.picture}

    def _resolved(self, kind: Kind, name: str, lang: str) -> Term:
        name = one_line(name)
        prefix, colon, rest = name.partition(":")
        given = KINDS.get(prefix.casefold()) if colon and rest.strip() else None
        kind, name = (given, rest.strip()) if given else (kind, name)
        key = self._merges.get(key := self._found(kind, name, given is not None), key)
        kind = KINDS[key.partition(":")[0]]
        label = self._told(key, lang) or _known_label(key, lang)
        return Term(kind, key, label or (_spelled(key) if given or key != f"{PREFIX[kind]}:{slugify(name)}" else name))

    def _found(self, kind: Kind, name: str, is_id: bool) -> str:
        if is_id and (key := _canonical(kind, name)):
            return key
        for fold in folds(name):
            if named := self._aliases.get((kind, fold)) or known(kind).get(fold):
                return named
        if kind == "place":
            for fold in folds(name):
                if city := _cities().get(fold):
                    return city
        slug = slugify(name)
        return _canonical(kind, slug) or f"{PREFIX[kind]}:{slug}"

    def _told(self, key: str, lang: str) -> str:
        entry = self._entries.get(key)
        return _in(entry.labels, lang) if entry else ""

    def _every(self, names: Iterable[str]) -> Iterator[str]:
        """An id names one term; a word names the terms of every kind that it could be."""
        for name in names:
            for kind in get_args(Kind):
                yield self.resolve(kind, name).id


def folds(name: str) -> tuple[str, ...]:
    """What spellings have in common: without case, punctuation and accents; ``ü`` both as ``ue`` and as ``u``."""
    if name.isascii():
        return (
            ("".join(c if c.isalnum() else " " for c in name).casefold().strip(),)
            if not name.isalnum()
            else (name.casefold(),)
        )
    low = unicodedata.normalize("NFKC", name).casefold()
    plain = _bare(low)
    spelled = _bare(low.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
    return (spelled, plain) if spelled != plain else (plain,)


def _bare(low: str) -> str:
    letters = (c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in letters).strip()


@cache
def known(kind: Kind) -> Mapping[str, str]:
    """Fold → id of every known term of *kind* but cities; the first of two equal names wins. Some ms once."""
    found: dict[str, str] = {}
    for key, name in _names(kind):
        for fold in folds(name):
            found.setdefault(fold, key)
    return found


def _names(kind: Kind) -> Iterator[tuple[str, str]]:
    if kind == "place":
        for row in tables.rows("territories.tsv"):
            yield from ((f"place:{row[0]}", name) for name in row[1:])
            yield from ((f"place:{row[0]}", labels.place(row[0], lang)) for lang in ("de", "en"))
        for row in tables.rows("countries.tsv"):
            yield from ((f"place:{row[0]}", name) for cell in row[4:] for name in tables.forms(cell))
        for row in tables.rows("regions.tsv"):
            yield from ((f"place:{row[0]}", name) for cell in row[1:] for name in tables.forms(cell) if name[-1] != "*")
    if kind == "organisation":
        for organisation in tables.organisations().values():
            yield from ((f"org:{organisation.id}", name) for name in (*organisation.german, *organisation.english))
    if kind == "topic":
        for topic, names in topics.names():
            yield f"topic:{topic}", topic
            yield from ((f"topic:{topic}", name) for name in names)


@cache
def _cities() -> Mapping[str, str]:
    """Fold → id of the cities, the larger of two equal names: read only for a place that is no country or region."""
    found: dict[str, str] = {}
    regions = known("place")
    for city, _, german, english, *cells in tables.rows("cities.tsv"):
        for name in {german: None, english: None} | dict.fromkeys(
            name for cell in cells if cell != "=" for name in cell.split("|")
        ):
            for fold in folds(name):
                found.setdefault(fold, regions.get(fold, f"place:{city}"))
    return found


def _canonical(kind: Kind, rest: str) -> str:
    """The id of a known term however its letters are cased; "" where no table has it."""
    key = f"{PREFIX[kind]}:{rest}"
    for candidate in (
        (key, f"place:{rest.upper()}", f"place:{rest[:2].upper()}{rest[2:].lower()}")
        if kind == "place"
        else (key, key.lower())
    ):
        if _known_label(candidate, "en"):
            return candidate
    return ""


def _known_label(key: str, lang: str) -> str:
    prefix, _, rest = key.partition(":")
    lang = lang.partition("-")[0].lower()
    if prefix == "place":
        return label if (label := labels.place(rest, lang)) != rest else ""
    if prefix == "org":
        return labels.organisation(rest, lang)
    return topics.label(rest, lang) if prefix == "topic" else ""


def _spelled(key: str) -> str:
    """ "keyword:neuer-hafen" → "Neuer Hafen": better than an id on a page."""
    return " ".join(word[:1].upper() + word[1:] for word in key.partition(":")[2].split("-"))


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or texts.get(lang.partition("-")[0]) or texts.get("") or ""


def _parsed(text: str, place: str) -> dict[str, Any]:
    if dotted(text):
        raise DatelineError(place, "a key of too many parts", "see docs/tagging.md for its form")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise DatelineError(f"{place}:{line[1]}" if line else place, f"not TOML: {error}", "mend this line") from None
    except RecursionError:
        raise DatelineError(place, "nested too deeply", "see docs/tagging.md for its form") from None
    _only(data, _TOP, place, "")
    return data


def _only(data: Mapping[str, Any], keys: tuple[str, ...], place: str, where: str) -> None:
    for key in data:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            raise DatelineError(
                place,
                f"unknown key {where + key!r}",
                f"did you mean {near[0]}?" if near else f"known here: {', '.join(keys)}",
            )


def _table(data: Mapping[str, Any], key: str, place: str) -> dict[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise DatelineError(place, f"{key}: not a table", f"write it as [{key}]")
    return value


def _strings(data: Mapping[str, Any], key: str, place: str, where: str = "") -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise DatelineError(place, f"{where}{key}: not a list of words", f'write it as {key} = ["one", "two"]')
    return tuple(value)


def _texts(data: Mapping[str, Any], key: str, place: str, where: str) -> dict[str, str]:
    value = data.get(key, {})
    texts = {"": value} if isinstance(value, str) else value
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise DatelineError(
            place, f"{where}{key}: not a text", f'write it as {key} = "…" or {key} = {{ de = "…", en = "…" }}'
        )
    return {lang: one_line(text) for lang, text in texts.items()}


def _entry(key: str, value: Any, place: str) -> Entry:
    where = f'terms."{key}".'
    if not isinstance(value, dict):
        raise DatelineError(place, f"{where[:-1]}: not a table", f'write it as [terms."{key}"]')
    _only(value, _TERM, place, where)
    picture = value.get("picture", "")
    if not isinstance(picture, str):
        raise DatelineError(place, f"{where}picture: not a path", 'write it as picture = "pictures/name.jpg"')
    return Entry(
        _texts(value, "label", place, where),
        _strings(value, "aliases", place, where),
        _texts(value, "description", place, where),
        picture,
    )


def _id(key: Any, place: str) -> str:
    """Check that *key* is an id with a kind; a known one comes back in its canonical spelling."""
    prefix, _, rest = key.partition(":") if isinstance(key, str) else ("", "", "")
    if prefix.casefold() not in KINDS or not rest.strip():
        raise DatelineError(
            place,
            f"{key!r} is no id of a term",
            f'write it with its kind, as in "person:jana-beispiel"; kinds: {", ".join(KINDS)}',
        )
    return Vocabulary().resolve("keyword", key).id


def _end(key: str, merges: Mapping[str, str], place: str) -> str:
    """Where a chain of merges ends."""
    seen = [key]
    while (into := merges.get(seen[-1])) is not None:
        if into in seen:
            raise DatelineError(place, f"merged: {' → '.join([*seen, into])} is a circle", "take one of them out")
        seen.append(into)
    return seen[-1]
