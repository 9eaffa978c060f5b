"""An edition that was planned <-> a note of it: enough to plan what a few new stories change, without reading the others.

The note has the stories' order and who carries which tag, as places in that order; a story itself is fetched when it
is looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import overload

from msgspec import Struct, msgpack, structs

from dateline.article import Teaser, Term
from dateline.edition import Edition, Group
from dateline.plan_whole import Addresses
from dateline.record import Record
from dateline.text import slugify

KEY = "roll"

_Shown = tuple[Teaser, tuple[Term, ...]]


class Roll(Struct, frozen=True, array_like=True):
    """What a plan was made from, in one language, and the addresses that it gave."""

    lang: str
    paths: list[str]  # of the stories, newest first
    ids: list[str]
    published: list[datetime]
    terms: dict[str, tuple[str, str, list[int]]]  # key -> label, kind, places of the stories, newest first
    sections: dict[str, list[int]]
    authors: dict[str, list[int]]
    agencies: dict[str, list[int]]
    days: dict[str, list[int]]
    withdrawn: list[str]  # paths
    expired: list[str]
    corrected: list[int]
    breaking: frozenset[str]
    renamed: frozenset[str]  # paths
    altered: dict[str, _Shown]  # path -> what the site made of a story, where its file says other
    names: dict[str, str]  # slugs of the names that people, places, organisations and topics have -> id
    others: frozenset[str]  # ids and, in lower case, addresses of articles that are no stories now
    addresses: Addresses

    def encoded(self) -> bytes:
        """Spell it for the memory of builds."""
        return _encode(self)


_encode = msgpack.Encoder().encode
_roll = msgpack.Decoder(Roll).decode


def roll_of(data: bytes) -> Roll | None:
    """Read what ``Roll.encoded`` spelled; None where there is nothing."""
    return _roll(data) if data else None


def enrolled(edition: Edition, read: Iterable[Record], addresses: Addresses) -> Roll:
    """Note an *edition* and the *addresses* of its site; *read* are all records as their files say."""
    stories = edition.stories
    place = {r.path: i for i, r in enumerate(stories)}

    def groups(found: Mapping[str, Group]) -> dict[str, list[int]]:
        return {key: [place[r.path] for r in group.stories] for key, group in found.items()}

    own = {id(r) for r in read}
    tagged = groups(edition.terms)
    return Roll(
        lang=edition.lang,
        paths=[r.path for r in stories],
        ids=[r.id for r in stories],
        published=[r.published for r in stories],
        terms={key: (group.label, group.kind, tagged[key]) for key, group in edition.terms.items()},
        sections=groups(edition.sections),
        authors=groups(edition.authors),
        agencies=groups(edition.agencies),
        days={day: [place[r.path] for r in rs] for day, rs in edition.days.items()},
        withdrawn=[r.path for r in edition.withdrawn],
        expired=[r.path for r in edition.expired],
        corrected=[place[r.path] for r in edition.corrected],
        breaking=edition.breaking,
        renamed=edition.renamed,
        altered={
            r.path: (r.teaser, r.terms)
            for rs in (stories, edition.withdrawn, edition.expired)
            for r in rs
            if id(r) not in own
        },
        names=_names(stories),
        others=frozenset(word for r in read if r.path not in place for word in (r.id, r.teaser.url.casefold())),
        addresses=addresses,
    )


def _names(stories: Sequence[Record]) -> dict[str, str]:
    terms = {id(t): t for r in stories for t in r.terms if t.kind != "keyword"}
    return {slugify(t.label): t.id for t in terms.values()}


class Stories(Sequence[Record]):
    """Some stories, newest first: those that are noted by their place are fetched when they are looked at."""

    def __init__(self, found: Sequence[int | Record], fetch: Callable[[int], Record]) -> None:
        self._found = found
        self._fetch = fetch

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, place: int | slice) -> Record | tuple[Record, ...]:
        if isinstance(place, slice):
            return tuple([self._one(one) for one in self._found[place]])
        return self._one(self._found[place])

    def __iter__(self) -> Iterator[Record]:
        return map(self._one, self._found)

    def _one(self, found: int | Record) -> Record:
        return self._fetch(found) if isinstance(found, int) else found


class Joined(Struct, frozen=True):
    """An edition with some stories more, and where they stand in it, newest first."""

    edition: Edition
    places: tuple[int, ...]


def joined(roll: Roll, added: Iterable[Record], read: Callable[[str], Record], day: Callable[[Record], str]) -> Joined:
    """The edition of *roll* with the stories *added*. *read* gives a record as its file says, *day* a story's day.

    Only the stories that are added are looked at, and of the others their order.
    """
    new = sorted(added, key=lambda r: (r.published, r.id), reverse=True)
    count = len(roll.paths)
    befores = [bisect_left(range(count), True, key=_older_than(roll, r)) for r in new]

    def shown(path: str) -> Record:
        record = read(path)
        if path in roll.altered:
            teaser, terms = roll.altered[path]
            record = structs.replace(record, teaser=teaser, terms=terms)
        return record

    known: dict[int, Record] = {}

    def fetch(place: int) -> Record:
        if place not in known:
            known[place] = shown(roll.paths[place])
        return known[place]

    def stories(places: Sequence[int], mine: Callable[[Record], bool] = lambda _r: True) -> Stories:
        found: list[int | Record] = []
        start = 0
        for before, record in zip(befores, new, strict=True):
            if mine(record):
                end = bisect_left(places, before)
                found += (*places[start:end], record)
                start = end
        return Stories([*found, *places[start:]] if found else places, fetch)

    def groups(places: Mapping[str, list[int]], keys: Callable[[Record], Iterable[str]]) -> dict[str, Group]:
        every = sorted({*places, *(key for r in new for key in keys(r) if key)})
        return {key: Group(key, key, stories(places.get(key, ()), lambda r: key in keys(r))) for key in every}  # noqa: B023

    terms = {t.id: t for r in new for t in r.terms if t.id not in roll.terms}
    tags = {key: (label, kind, places) for key, (label, kind, places) in roll.terms.items()}
    tags |= {key: (t.label, t.kind, []) for key, t in terms.items()}
    days = {r.id: day(r) for r in new}
    return Joined(
        Edition(
            lang=roll.lang,
            stories=stories(range(count)),
            terms={
                key: Group(key, label, stories(places, lambda r: any(t.id == key for t in r.terms)), kind)  # noqa: B023
                for key, (label, kind, places) in sorted(tags.items())
            },
            sections=groups(roll.sections, lambda r: (r.section,)),
            authors=groups(roll.authors, lambda r: r.teaser.authors),
            agencies=groups(roll.agencies, lambda r: (r.agency,)),
            days={
                key: stories(roll.days.get(key, ()), lambda r: days[r.id] == key)  # noqa: B023
                for key in sorted({*roll.days, *days.values()}, reverse=True)
            },
            withdrawn=tuple(map(shown, roll.withdrawn)),
            expired=tuple(map(shown, roll.expired)),
            corrected=Stories(roll.corrected, fetch),
            breaking=roll.breaking,
            renamed=roll.renamed,
        ),
        tuple(before + i for i, before in enumerate(befores)),
    )


def _older_than(roll: Roll, record: Record) -> Callable[[int], bool]:
    key = (record.published, record.id)
    return lambda place: (roll.published[place], roll.ids[place]) < key
