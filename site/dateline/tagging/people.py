"""Words of a story -> people by their full names; later bare surnames count for them, inside this story only."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from dateline.tagging import tables
from dateline.tagging.places import Hit
from dateline.tagging.words import AND, HYPHEN, POINT, SPACE, Words

_PARTICLES = frozenset("von van vom zu zum zur de del della di da dos das du den der des la le ten ter bin ben ibn al el af av e y Von Van De Del Della Di Da Dos Du La Le Den Der Al El Bin Ben Ibn O".split())  # noqa: SIM905
_BEFORE = frozenset("San Santa Santo St Saint Port Fort Mount Lake Cape Hotel Villa Schloss Burg Sankt Camp Operation Taifun Hurrikan Hurricane Typhoon".split())  # noqa: SIM905
_JUNIOR = frozenset({"Jr", "Jun", "junior", "Junior"})
_NOUNS = ("ung", "ungen", "heit", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "ismus", "ität", "märkte", "markt", "preise", "zahlen", "partei", "fraktion", "chef", "minister", "präsident", "sprecher", "krieg", "straße", "platz", "stiftung", "bank", "konzern", "gruppe", "regierung", "gericht")
_MOST_PARTS = 7


class Person(Struct, frozen=True):
    """One person of the story: the full name and every mention."""

    name: str
    weight: float
    spans: tuple[tuple[int, int], ...]
    taken: tuple[tuple[int, int], ...]  # word ranges


class _Name(Struct, frozen=True):
    first: int
    last: int
    name: str
    surname: str


def people(words: Words, hits: Iterable[Hit], lang: str) -> list[Person]:
    """Find the people of a story in order of their first mention.

    A name is a known first name (or a role word: "Minister Kiichi Miyazawa"), further first names, initials and
    particles, and a surname; ambiguous first names ("Mark", "May") need a known surname. An organisation among *hits*
    begins no name, and one of several words is in none ("Robert Bosch"; but "Gerald Ford"). A genitive s falls where the bare form occurs too or is a known surname.
    """
    owned = [hit for hit in hits if hit.entry[0] == "o"]
    blocked = {at for hit in owned if hit.first < hit.last for at in range(hit.first, hit.last + 1)}
    finder = _Finder(words, frozenset(blocked), frozenset(hit.first for hit in owned), lang)
    names: list[_Name] = []
    at, end = 0, len(words.words)
    while at < end:
        found = finder.name_at(at)
        if found:
            names.append(found)
        at = found.last + 1 if found else at + 1
    return _linked(words, names, finder)


class _Finder:
    """Looks names up at a word; knows which words the story also writes small or without s."""

    def __init__(self, words: Words, blocked: frozenset[int], owned: frozenset[int], lang: str) -> None:
        self.words = words
        self.owned = owned
        self.blocked = blocked
        self.present = frozenset(words.words)
        self.german = lang == "de"
        self.given = tables.given_names()
        self.family = tables.family_names()
        self.doubtful = tables.words("given")
        self.nouns = tables.words("noun")
        self.titles = tables.words("title")
        self.roles = tuple(tables.words("role"))
        self.limit = len(words.words)

    def name_at(self, at: int) -> _Name | None:
        """The full name that begins at word *at*."""
        word = self.words.words[at]
        if not word[:1].isupper() or at in self.blocked or at in self.owned:
            return None
        anchored = word in self.given
        initial = len(word) == 1 and self.words.gaps[at] == POINT
        if not anchored and not initial and not (word.isalpha() and self._after_role(at) and self._plain(at)):
            return None
        if at and (self.words.gaps[at - 1] in (HYPHEN, AND) or (self.words.gaps[at - 1] == SPACE and self.words.words[at - 1] in _BEFORE)):
            return None
        last = self._surname_end(at)
        if last is None:
            return None
        strong = anchored and word not in self.doubtful and len(word) > 2 and word.lower() not in self.present  # noqa: PLR2004 - "Al", "Jo"
        surname = self._surname(at, last)
        if not strong and not self._after_role(at) and self._base(surname) not in self.family:
            return None
        return _Name(at, last, self._spelled(at, last, surname), self._base(surname))

    def _after_role(self, at: int) -> bool:
        if not at or self.words.gaps[at - 1] not in (SPACE, POINT):
            return False
        before = self.words.words[at - 1]
        return before in self.titles or (self.german and before.lower().endswith(self.roles))

    def _plain(self, at: int) -> bool:
        word = self.words.words[at]
        return word not in self.titles and word not in self.nouns and word.lower() not in self.present and not word.lower().endswith(self.roles + _NOUNS)

    def _surname_end(self, at: int) -> int | None:
        """Walk over first names, initials and particles to the last word of the surname."""
        here = at
        particle = False
        while here < min(at + _MOST_PARTS, self.limit - 1):
            gap, word, after = self.words.gaps[here], self.words.words[here], self.words.words[here + 1]
            initial = len(word) == 1 and gap == POINT
            if not (gap == SPACE or initial or (gap == HYPHEN and (particle or (here == at and after in self.given)))):
                return None
            here += 1
            if here in self.blocked:
                return None
            if after in _PARTICLES:
                particle = True
                continue
            if not after[:1].isupper():
                return None
            if len(after) == 1 and self.words.gaps[here] == POINT:
                continue
            if not particle and after in self.given and self._more(here):
                continue
            return self._double(here) if self._surname_like(here, particle) else None
        return None

    def _more(self, here: int) -> bool:
        """Does a surname follow the further first name at *here*?"""
        if here + 1 >= self.limit or self.words.gaps[here] not in (SPACE, HYPHEN):
            return False
        if self.words.gaps[here] == HYPHEN:
            return self.words.words[here + 1] in self.given
        after = self.words.words[here + 1]
        return after in _PARTICLES or (after[:1].isupper() and here + 1 not in self.blocked and self._surname_like(here + 1, False) and (not self.german or self._base(after) in self.family or self.words.words[here] not in self.family))

    def _surname_like(self, at: int, particle: bool) -> bool:
        word = self.words.words[at]
        if len(word) < 2 or not word.replace("'", "").replace("’", "").isalpha() or self.words.gaps[at] == AND:  # noqa: PLR2004
            return False
        if word in self.nouns or word in self.titles:
            return False
        base = self._base(word)
        if base in self.family or particle:
            return True
        lower = word.lower()
        follows = self.words.words[at + 1] if at + 1 < self.limit and self.words.gaps[at] == SPACE else ""
        return lower not in self.present and not (self.german and lower.endswith(_NOUNS)) and (follows not in self.nouns or not follows[:1].isupper() or len(follows) < 4)  # noqa: PLR2004

    def _double(self, at: int) -> int:
        """Extend by "-Karrenbauer", "Sánchez" or "Jr."."""
        words, gaps = self.words.words, self.words.gaps
        if at + 1 >= self.limit:
            return at
        after = words[at + 1]
        if gaps[at] == HYPHEN and after[:1].isupper() and (self._base(after) in self.family or not after.lower().endswith(_NOUNS)):
            return at + 1
        return at + 1 if after in _JUNIOR and gaps[at] == SPACE else at

    def _surname(self, first: int, last: int) -> str:
        words, gaps = self.words.words, self.words.gaps
        if words[last] in _JUNIOR:
            last -= 1
        start = last
        while start > first + 1 and gaps[start - 1] == HYPHEN:
            start -= 1
        return self.words.text[self.words.starts[start] : self.words.span(last, last)[1]] if start < last else words[last]

    def _base(self, word: str) -> str:
        """The surname without its genitive: "Trump's", "Putins"."""
        for mark in ("'s", "’s", "'", "’"):
            word = word.removesuffix(mark)
        if len(word) > 3 and word[-1] == "s" and (word[:-1] in self.present or (self.german and word not in self.family and word[:-1] in self.family)):  # noqa: PLR2004
            return word[:-1]
        return word

    def _spelled(self, first: int, last: int, surname: str) -> str:
        """The name as the text spells it, without genitive, on one line."""
        begin, end = self.words.span(first, last)
        raw = " ".join(self.words.text[begin:end].split())
        if raw.isupper():
            raw = raw.title()
        base = self._base(surname)
        return raw[: len(raw) - len(surname) + len(base)] if base != surname and raw.endswith(surname) else raw


def _linked(words: Words, names: list[_Name], finder: _Finder) -> list[Person]:
    """Join the mentions: the same first name and surname is one person, a bare surname is the last one who was named so."""
    keys: dict[tuple[str, str], str] = {}
    mentions: dict[str, list[tuple[int, int]]] = {}
    inside: set[int] = set()
    bearers: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        whole = keys.setdefault((name.name.split(" ")[0].casefold(), name.name.split(" ")[-1].casefold()), name.name)
        mentions.setdefault(whole, []).append((name.first, name.last))
        inside.update(range(name.first, name.last + 1))
        bearers.setdefault(name.surname, []).append((name.first, whole))
    for at, word in enumerate(words.words):
        if at in inside or not word[:1].isupper():
            continue
        named = bearers.get(word) or bearers.get(finder._base(word))  # noqa: SLF001 - one module
        if named and at not in finder.blocked:
            whole = next((who for first, who in reversed(named) if first < at), named[0][1])
            mentions[whole].append((at, at))
    return [
        Person(name, sum(words.weights[first] for first, _ in spans), tuple(words.span(*span) for span in sorted(spans)), tuple(spans))
        for name, spans in mentions.items()
    ]
