"""An edition that was planned <-> a note of it: enough to plan what a few new stories change, without reading the others.

The note has the stories' order and who carries which tag, as places in that order; a story itself is fetched when it
is looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, msgpack, structs

from dateline.article import Teaser, Term
from dateline.edition import Edition, Group
from dateline.engine.digest import digest
from dateline.plan_articles import headline
from dateline.plan_whole import Addresses
from dateline.record import Record
from dateline.stories import Order, Stories

HEADLINE = 8  # bytes that name a headline

_Shown = tuple[Teaser, tuple[Term, ...]]


class Roll(Struct, frozen=True, array_like=True):
    """What a plan was made from, in one language, and the addresses that it gave."""

    lang: str
    paths: list[str]  # of the stories, newest first
    ids: list[str]
    published: list[datetime]
    changed: list[datetime]
    terms: dict[str, tuple[str, str, list[int]]]  # key -> label, kind, places of the stories, newest first
    sections: dict[str, list[int]]
    authors: dict[str, list[int]]
    agencies: dict[str, list[int]]
    days: dict[str, list[int]]
    withdrawn: list[str]  # paths
    expired: list[str]
    corrected: list[int]  # newest correction first
    alarms: list[int]
    marks: dict[str, str]  # id -> what tells a story from another of one headline
    headlines: bytes  # digests of the beginnings of all headlines, one after the other
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


def enrolled(
    edition: Edition, read: Iterable[Record], addresses: Addresses, marks: Mapping[str, str], *, full: bool = False
) -> Roll:
    """Note an *edition* and the *addresses* of its site; *read* are all records as their files say.

    *marks* are what tells stories of one headline apart, where pages show it: on a site with *full* pages.
    """
    stories = edition.stories
    # One pass over all stories, for everybody waits: half the time of one pass a field.
    place: dict[str, int] = {}
    ids: list[str] = []
    published: list[datetime] = []
    changed: list[datetime] = []
    tagged: dict[str, list[int]] = {key: [] for key in edition.terms}
    for i, record in enumerate(stories):
        teaser = record.teaser
        place[record.path] = i
        ids.append(teaser.id)
        published.append(teaser.published)
        changed.append(teaser.updated or teaser.published)
        for term in record.terms:
            tagged[term.id].append(i)

    def places(stories: Iterable[Record]) -> list[int]:
        return [place[r.path] for r in stories]

    def groups(found: Mapping[str, Group]) -> dict[str, list[int]]:
        return {key: places(group.stories) for key, group in found.items()}

    own = {id(r) for r in read}
    gone = (*edition.withdrawn, *edition.expired)
    return Roll(
        lang=edition.lang,
        paths=list(place),
        ids=ids,
        published=published,
        changed=changed,
        terms={key: (group.label, group.kind, tagged[key]) for key, group in edition.terms.items()},
        sections=groups(edition.sections),
        authors=groups(edition.authors),
        agencies=groups(edition.agencies),
        days={day: places(rs) for day, rs in edition.days.items()},
        withdrawn=[r.path for r in edition.withdrawn],
        expired=[r.path for r in edition.expired],
        corrected=places(edition.corrected),
        alarms=places(edition.alarms),
        marks=dict(marks),
        headlines=b"".join([spelled(r) for r in stories]) if full else b"",
        breaking=edition.breaking,
        renamed=edition.renamed,
        altered={r.path: (r.teaser, r.terms) for rs in (stories, gone) for r in rs if id(r) not in own},
        names=edition.names,
        others=frozenset(word for r in read if r.path not in place for word in (r.id, r.teaser.url.casefold())),
        addresses=addresses,
    )


def spelled(record: Record) -> bytes:
    """Name a story's headline as far as pages' titles have it."""
    return digest(headline(record).encode())[:HEADLINE]


class Joined(Struct, frozen=True):
    """An edition with some stories more, and where they stand in it, newest first."""

    edition: Edition
    places: tuple[int, ...]


def joined(roll: Roll, added: Iterable[Record], read: Callable[[str], Record], day: Callable[[Record], str]) -> Joined:
    """The edition of *roll* with the stories *added*. *read* gives a record as its file says, *day* a story's day.

    Only the stories that are added are looked at, and of the others their order.
    """
    new = sorted(added, key=lambda r: (r.published, r.id), reverse=True)
    befores = [bisect_left(range(len(roll.paths)), True, key=_older_than(roll, r)) for r in new]
    places = [before + i for i, before in enumerate(befores)]
    order = _ordered(roll, new, befores, places, read)

    def some(known: Mapping[str, list[int]], of: Callable[[Record], Iterable[str]]) -> dict[str, Stories]:
        mine: dict[str, list[int]] = {}
        for place, record in zip(places, new, strict=True):
            for key in filter(None, of(record)):
                mine.setdefault(key, []).append(place)
        return {key: Stories(order, known.get(key, ()), mine.get(key, ())) for key in sorted({*known, *mine})}

    def groups(known: Mapping[str, list[int]], of: Callable[[Record], Iterable[str]]) -> dict[str, Group]:
        return {key: Group(key, key, stories) for key, stories in some(known, of).items()}

    named: dict[str, tuple[str, str]] = {t.id: (t.label, t.kind) for r in new for t in r.terms}
    named |= {key: (label, kind) for key, (label, kind, _) in roll.terms.items()}
    tagged = some({key: old for key, (_, _, old) in roll.terms.items()}, lambda r: [t.id for t in r.terms])
    days = some(roll.days, lambda r: (day(r),))
    edition = Edition(
        lang=roll.lang,
        stories=Stories(order, range(len(roll.paths)), places),
        terms={key: Group(key, named[key][0], stories, named[key][1]) for key, stories in tagged.items()},
        sections=groups(roll.sections, lambda r: (r.section,)),
        authors=groups(roll.authors, lambda r: r.teaser.authors),
        agencies=groups(roll.agencies, lambda r: (r.agency,)),
        days={key: days[key] for key in reversed(days)},
        withdrawn=tuple([_as_shown(roll, read(path)) for path in roll.withdrawn]),
        expired=tuple([_as_shown(roll, read(path)) for path in roll.expired]),
        corrected=Stories(order, roll.corrected),
        alarms=Stories(order, roll.alarms),
        breaking=roll.breaking,
        renamed=roll.renamed,
        names=roll.names,
    )
    return Joined(edition, tuple(places))


def _ordered(
    roll: Roll, new: Sequence[Record], befores: Sequence[int], places: Sequence[int], read: Callable[[str], Record]
) -> Order:
    """Put *new* stories in their *places* among all."""
    published, changed = list(roll.published), list(roll.changed)
    for place, record in zip(places, new, strict=True):
        published.insert(place, record.published)
        changed.insert(place, record.changed)
    known = dict(zip(places, new, strict=True))

    def fetch(place: int) -> Record:
        if place not in known:
            known[place] = _as_shown(roll, read(roll.paths[place - bisect_left(places, place)]))
        return known[place]

    return Order(befores, published, changed, fetch)


def _as_shown(roll: Roll, record: Record) -> Record:
    """What the site makes of a story that its file says otherwise."""
    if record.path not in roll.altered:
        return record
    teaser, terms = roll.altered[record.path]
    return structs.replace(record, teaser=teaser, terms=terms)


def _older_than(roll: Roll, record: Record) -> Callable[[int], bool]:
    key = (record.published, record.id)
    return lambda place: (roll.published[place], roll.ids[place]) < key
