"""Words of a story -> people by their full names; later bare surnames count for them, inside this story only."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from dateline.tagging import tables
from dateline.tagging.places import Hit
from dateline.tagging.words import AND, HYPHEN, POINT, SPACE, Words

_PARTICLES = frozenset(
    "von van vom zu zum zur Graf Gräfin Freiherr Freifrau Fürst Fürstin de del della di da dos das du den der des la le ten ter bin ben ibn al el ul ur av af e y Von Van De Del Della Di Da Dos Du La Le Den Der Al El Bin Ben Ibn".split()
)
_NOBLE = frozenset("von van de da di del dos du bin ibn al ul el".split())
_ARABIC = frozenset("al el ul ur as ad ash Al El".split())
_BEFORE = frozenset(
    "San Santa Santo St Saint Port Fort Mount Lake Cape Hotel Villa Schloss Burg Sankt Camp Operation Taifun Hurrikan Hurricane Typhoon".split()
)
_LEGAL = frozenset(
    "AG SE GmbH Gmbh KGaA KG OHG Inc Corp Corporation Plc PLC plc Ltd Limited LLC Co Cos Bancorp SpA SA NV".split()
)
_NAMED = frozenset(
    "Trust Club Bank Society Council Committee Association Fund Oil Industries Laboratories Brothers Partners Associates Energy Steel Motors Foods Products International Financial Systems Resources Bancorp Company Group Holding Holdings Stiftung Foundation Institut Institute Museum Verlag University Universität Klinik Klinikum Hospital Schule School Gymnasium Preis Prize Award Straße Street Platz Stadion Stadium Halle Arena Airport Flughafen Medaille Haus Song Album Film Denkmal Turm Brücke Weg Ring Park Quartett Orchester Band Show Store Stores Securities Department".split()
)
_COMPANY = _LEGAL | _NAMED
_JUNIOR = frozenset("Jr Jun junior Junior jr".split())
_REGNAL = re.compile(r"[IVX]{1,5}$")
_NOUNS = ("ung", "ungen", "heit", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "ismus", "ität", "märkte", "markt", "preise", "preis", "zahlen", "partei", "fraktion", "minister", "präsident", "sprecher", "krieg", "straße", "strasse", "platz", "stiftung", "bank", "konzern", "gruppe", "regierung", "gericht", "schule", "verlag", "allee", "brücke", "medaille", "minuten", "stunden", "zeit", "jahre", "punkte", "tore")  # fmt: skip
_SURNAMES = ("berg", "mann", "stein", "ski", "sky", "skij", "ow", "ov", "ew", "ić", "ić", "ic", "ez", "son", "oglu", "dze", "enko", "eff", "off", "itz", "itsch", "idis", "akis", "poulos", "quist", "ström", "gaard", "cke", "elli", "etti", "ini", "escu", "yan")  # fmt: skip
_PATRONYMS = ("witsch", "jitsch", "ovich", "evich", "owna", "ewna", "ovna", "evna")
_SPANISH = ("ez", "és", "ão", "ín", "ña", "ño", "ón")
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
    surnames: tuple[str, ...]


def people(words: Words, hits: Iterable[Hit], lang: str) -> list[Person]:
    """Find the people of a story in order of their first mention.

    A name is a known first name (or a role word: "Minister Kiichi Miyazawa"), further first names, initials and
    particles, and a surname; first names that are words too ("Mark", "May") need a surname that can be nothing else.
    An organisation among *hits* begins no name, and one of several words is in none ("Robert Bosch"; but "Gerald
    Ford"); nor is what stands before a legal form. A genitive s falls where the bare form occurs too or is a known surname.
    """
    finder = _Finder(words, list(hits), lang)
    names: list[_Name] = []
    free = 0
    for at in words.capitals:
        if at >= free and (found := finder.name_at(at)):
            names.append(found)
            free = found.last + 1
    return _linked(words, names, finder)


class _Finder:
    """Finds the name that begins at a word; knows which words the story also writes small or without s."""

    def __init__(self, words: Words, hits: list[Hit], lang: str) -> None:
        self.words = words
        self.end = len(words.words)
        self.blocked = frozenset(at for hit in hits if hit.first < hit.last for at in range(hit.first, hit.last + 1))
        self.known = {hit.first: hit.entry[0] for hit in hits if hit.first == hit.last and hit.entry[0] not in "01"}
        self.counts = Counter(words.words)
        self.present = self.counts.keys()
        self.german = lang == "de"
        self.given = tables.given_names()
        self.family = tables.family_names()
        self.doubtful = tables.words("given") | tables.words(f"given-{lang}")
        self.nouns = tables.words("noun")
        self.titles = tables.words("title")
        self.east = tables.words("east")
        self.firms = frozenset(
            tuple(words.words[at - 2 : at]) for at in words.capitals if at > 1 and words.words[at] in _LEGAL
        )

    def name_at(self, at: int) -> _Name | None:
        """The full name that begins at word *at*; none inside a compound ("Willy-Brandt-Schule")."""
        words, gaps = self.words.words, self.words.gaps
        if (
            at in self.blocked
            or self.known.get(at) == "o"
            or (
                (
                    at
                    and (gaps[at - 1] in (HYPHEN, AND) or (gaps[at - 1] == SPACE and words[at - 1] in _BEFORE | _NAMED))
                )
                or words[at] in _BEFORE
            )
        ):
            return None
        word = words[at]
        if word in self.east and (eastern := self._eastern(at)):
            return eastern
        last = self._group(at) if gaps[at] == HYPHEN else at
        anchored = (
            word in self.given
            and (last == at or all(part in self.given or len(part) == 1 for part in words[at + 1 : last + 1]))
            and word not in self.titles
        )
        role = self._after_role(at)
        if not anchored and not (len(word) == 1 and gaps[at] == POINT) and not (role and self._plain(at)):
            return self._recurring(at) if last == at and not self.german else None
        found = self._walk(at, last, titled=role)
        if (
            not found
            or tuple(words[at : at + 2]) in self.firms
            or (found.last + 1 < self.end and words[found.last + 1] in _COMPANY and gaps[found.last] in (SPACE, AND))
        ):
            return None
        strong = (
            anchored
            and word not in self.doubtful
            and word not in self.nouns
            and at not in self.known
            and len(word) > 2
            and word.lower() not in self.present
        )  # "Al", "Jo"
        return found if strong or role or self._certain(found) else None

    def _group(self, at: int) -> int:
        """The last word of the hyphenated group that begins at *at*."""
        while at + 1 < self.end and self.words.gaps[at] == HYPHEN and self.words.words[at + 1][:1].isupper():
            at += 1
        return at

    def _after_role(self, at: int) -> bool:
        if not at or self.words.gaps[at - 1] not in (SPACE, POINT):
            return False
        before = self.words.words[at - 1]
        return (before[0].isupper() or not self.german) and self._role(before)

    def _plain(self, at: int) -> bool:
        word = self.words.words[at]
        return (
            word.isalpha()
            and len(word) > 1
            and at not in self.known
            and not self._common(word)
            and not self._role(word)
        )

    def _role(self, word: str) -> bool:
        return _is_role(word, self.german)

    def _common(self, word: str) -> bool:
        lower = word.lower()
        return word in self.nouns or lower in self.present or (self.german and lower.endswith(_NOUNS))

    def _certain(self, found: _Name) -> bool:
        """Tell whether the surname behind a doubtful first name can be nothing else."""
        surname = found.surnames[0]
        last = self.known.get(found.last, "")
        if last:
            return False
        between = self.words.words[found.first + 1 : found.last]
        if any(word in _PARTICLES for word in between):
            return False
        if surname in self.family or between:
            return True
        if self.german:
            return surname.endswith(_SURNAMES)
        return (
            self.words.weights[found.first] < 3.0
            and len(surname) > 4
            and not self._common(surname)
            and not self._follows_capital(found.last)
        )  # titles are in capitals

    def _follows_capital(self, at: int) -> bool:
        return at + 1 < self.end and self.words.gaps[at] == SPACE and self.words.words[at + 1][:1].isupper()

    def _eastern(self, at: int) -> _Name | None:
        """ "Xi Jinping", "Kim Jong Un", "Kim Jong-un": the surname comes first."""
        words, gaps = self.words.words, self.words.gaps
        if (
            at + 1 >= self.end
            or gaps[at] != SPACE
            or at + 1 in self.blocked
            or not self._plain(at + 1)
            or (
                words[at] in self.given
                and words[at + 1] in self.family
                and gaps[at + 1] != HYPHEN
                and not self._short(at + 2)
            )
        ):
            return None
        last = at + 1
        if (gaps[last] == HYPHEN and last + 1 < self.end and len(words[last + 1]) < 6) or (
            gaps[last] == SPACE and self._short(last + 1)
        ):  # a syllable
            last += 1
        elif (
            len(words[last]) < 3
            or (self.german and words[at] in ("He", "Sun", "Ma", "To", "Le"))
            or not self._unheard(words[last])
        ):
            return None
        return _Name(
            at,
            last,
            self._spelled(at, last, words[last]),
            (words[at], words[last]) if words[at] in self.given else (words[at],),
        )

    def _short(self, at: int) -> bool:
        """A syllable with a capital, as in "Roh Tae Woo"."""
        return (
            at < self.end
            and self.words.words[at][:1].isupper()
            and len(self.words.words[at]) < 6
            and len(self.words.words[at - 1]) < 6
            and self._plain(at)
        )

    def _unheard(self, word: str) -> bool:
        return bool(
            re.match(
                r"(?:[A-Z](?:h|i)?(?:[aeiou]{1,3}|[aeiou]+ng?|[aeiou]n)){1}(?:[bcdfghjklmnpqrstwxyz]{0,2}[aeiou]{1,3}(?:ng|n|r)?){0,2}$",
                word,
            )
        )

    def _recurring(self, at: int) -> _Name | None:
        """An unknown first name before a known surname that stands alone later on: "Xabi Alonso … Alonso".

        In English only: German nouns are capitals too ("Landwirt Müller … Müller").
        """
        words, gaps = self.words.words, self.words.gaps
        if gaps[at] != SPACE or at + 1 >= self.end or not words[at + 1][0].isupper() or self._follows_capital(at + 1):
            return None
        surname = self.base(words[at + 1])
        if surname not in self.family or at + 1 in self.blocked or not self._plain(at) or not self._plain(at + 1):
            return None
        if (
            self.counts[words[at]] > 1
            or self.counts[surname] + self.counts[surname + "s"] < 2
            or (at and gaps[at - 1] == SPACE and words[at - 1][0].isupper() and words[at - 1] not in self.nouns)
        ):
            return None
        return _Name(at, at + 1, self._spelled(at, at + 1, words[at + 1]), (surname,))

    def _walk(self, at: int, last: int, *, titled: bool) -> _Name | None:
        """Walk from the first name over further ones, initials and particles to the surname."""
        words, gaps = self.words.words, self.words.gaps
        particle = False
        here = last
        for _ in range(_MOST_PARTS):
            gap = gaps[here]
            if here + 1 >= self.end or not (
                gap == SPACE or (gap == POINT and len(words[here]) == 1) or (gap == HYPHEN and words[here] in _ARABIC)
            ):
                return None
            here += 1
            word = words[here]
            if here in self.blocked:
                return None
            if word in _PARTICLES:
                particle = True
                continue
            if not word[:1].isupper():
                return None
            if len(word) == 1 and gaps[here] == POINT:
                continue
            if _REGNAL.match(word) and titled and here > at:
                return _Name(at, here, self._spelled(at, here, word), (words[at],))
            end = self._group(here)
            if not particle and self._middle(here, end):
                here = end
                continue
            return self._ended(at, here, end, particle=particle)
        return None

    def _middle(self, here: int, end: int) -> bool:
        """Tell whether more of the name follows the known first name at *here*."""
        words, gaps = self.words.words, self.words.gaps
        if (
            not all(word in self.given or word.endswith(_PATRONYMS) for word in words[here : end + 1])
            or end + 1 >= self.end
            or gaps[end] != SPACE
            or end + 1 in self.blocked
        ):
            return False
        after = words[end + 1]
        if _REGNAL.match(after):
            return True
        if after in _PARTICLES:
            return after in _NOBLE and end + 2 < self.end and words[end + 2][:1].isupper()
        if not after[:1].isupper() or not self._surname_like(end + 1, self._group(end + 1)):
            return False
        if self.base(after) in self.family or after in self.given:
            return True
        return not (end + 1 in self.known or self._common(after) or self._follows_capital(self._group(end + 1)))

    def _surname_like(self, at: int, end: int) -> bool:
        word, last = self.words.words[at], self.words.words[end]
        if (
            len(word) < 2
            or not word.replace("'", "").replace("’", "").isalpha()
            or self.words.gaps[end] == AND
            or word in self.nouns
            or self._role(word)
        ):
            return False
        if at < end and last.lower().endswith(_NOUNS) and last not in self.family:
            return False
        return self.base(last) in self.family or not (
            word.lower() in self.present or (self.german and last.lower().endswith(_NOUNS))
        )

    def _ended(self, at: int, here: int, end: int, *, particle: bool) -> _Name | None:
        """The name with its last word at *end*, a second surname or "Jr." behind it."""
        words, gaps = self.words.words, self.words.gaps
        if not particle and not self._surname_like(here, end):
            return None
        if words[here] in self.nouns or self.words.gaps[end] == AND:
            return None
        surnames = [self._owner(end)] if here == end else [self._joined(here, end), self._owner(end)]
        if end + 1 < self.end and gaps[end] == SPACE:
            after = words[end + 1]
            if after in _JUNIOR or (_REGNAL.match(after) and len(after) > 1):
                return _Name(at, end + 1, self._spelled(at, end + 1, after), tuple(surnames))
            if after in _ARABIC and end + 2 < self.end and gaps[end + 1] == HYPHEN:
                return _Name(at, end + 2, self._spelled(at, end + 2, words[end + 2]), (words[end + 2],))
            if (
                words[end].lower().endswith(_SPANISH)
                and after[:1].isupper()
                and self._plain(end + 1)
                and not self._follows_capital(end + 1)
            ):
                return _Name(at, end + 1, self._spelled(at, end + 1, after), (self.base(after), surnames[0]))
        return _Name(at, end, self._spelled(at, end, words[end]), tuple(surnames))

    def _joined(self, here: int, end: int) -> str:
        begin, stop = self.words.span(here, end)
        return self.words.text[begin:stop]

    def base(self, word: str) -> str:
        """The surname without its genitive: "Trump's", "Putins"."""
        for mark in ("'s", "’s", "'", "’"):
            word = word.removesuffix(mark)
        if (
            len(word) > 3
            and word[-1] == "s"
            and (word[:-1] in self.present or (self.german and word not in self.family and word[:-1] in self.family))
        ):
            return word[:-1]
        return word

    def _owner(self, at: int) -> str:
        """The surname at *at*; "Bölls Roman" is of Böll, "Engels Roman" cannot be told."""
        word = self.words.words[at]
        base = self.base(word)
        if (
            base == word
            and self.german
            and word not in self.family
            and re.search(r"[^uszxß]s$", word)
            and self._follows_capital(at)
        ):
            return word[:-1]
        return base

    def _spelled(self, first: int, last: int, surname: str) -> str:
        """The name as the text spells it, without genitive, on one line; shouted names as ``words`` has them."""
        begin, end = self.words.span(first, last)
        raw = " ".join(self.words.text[begin:end].split())
        if raw.isupper():
            raw = raw.title()
        base = self._owner(last)
        return raw[: len(raw) - len(surname) + len(base)] if base != surname and raw.endswith(surname) else raw


@lru_cache(maxsize=20_000)
def _is_role(word: str, german: bool) -> bool:
    """Tell whether the word says what somebody is, as "Kremlsprecher" and "chairman" do."""
    if german:
        return word in tables.words("title") or word.lower().endswith(tuple(tables.words("role")))
    return word in tables.words("title") or word in tables.words("title-small")


def _linked(words: Words, names: list[_Name], finder: _Finder) -> list[Person]:
    """Join the mentions: the same first name and surname is one person, a bare surname is the last one who was named so."""
    keys: dict[tuple[str, str], str] = {}
    mentions: dict[str, list[tuple[int, int]]] = {}
    inside: set[int] = set()
    bearers: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        parts = name.name.casefold().split(" ")
        whole = keys.setdefault((parts[0], parts[-1]), name.name)
        mentions.setdefault(whole, []).append((name.first, name.last))
        inside.update(range(name.first, name.last + 1))
        for surname in name.surnames:
            for form in (surname, f"{surname}s", f"{surname}'s", f"{surname}’s"):
                bearers.setdefault(form, []).append((name.first, whole))
    for at in words.capitals if names else ():
        named = bearers.get(words.words[at])
        if (
            named
            and at not in inside
            and at not in finder.blocked
            and (at == 0 or words.gaps[at - 1] != HYPHEN or at - 1 in inside)
        ):
            whole = _latest(named, at)
            mentions[whole].append((at, at))
    return [
        Person(
            name,
            sum(words.weights[first] for first, _ in spans),
            tuple(words.span(*span) for span in sorted(spans)),
            tuple(spans),
        )
        for name, spans in mentions.items()
    ]


def _latest(named: list[tuple[int, str]], at: int) -> str:
    """Who was last named in full before word *at*; before any, who is first."""
    return named[max(bisect_left(named, (at, "")) - 1, 0)][1]
