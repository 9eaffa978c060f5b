"""Records and an instant -> Edition: who is visible, who comes first, who carries which tag."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import log
from operator import attrgetter
from zoneinfo import ZoneInfo

from msgspec import Struct, structs

from dateline.article import Term
from dateline.record import Record
from dateline.settings import Settings
from dateline.stories import places_of
from dateline.text import slugify

# How many earlier stories of each tag are looked at for "related": older ones are rarely the better reading.
RELATED_WINDOW = 12


class Group(Struct, frozen=True):
    """The stories that share a tag, a section, an author or an agency, newest first."""

    key: str
    label: str
    stories: Sequence[Record]
    kind: str = ""  # of a tag


class Edition(Struct, frozen=True):
    """What is visible in one language at one instant. All sequences newest first, ties broken by id."""

    lang: str
    stories: Sequence[Record]
    terms: dict[str, Group]
    sections: dict[str, Group]
    authors: dict[str, Group]
    agencies: dict[str, Group]
    days: dict[str, Sequence[Record]]  # "2025-12-03", or "2025-12" where the day is unknown
    withdrawn: Sequence[Record]
    expired: Sequence[Record]
    corrected: Sequence[Record]  # newest correction first
    alarms: Sequence[Record]  # those with a breaking label, whether it still shows or not
    breaking: frozenset[str]  # ids
    names: dict[str, str]  # slugs of the names that people, places, organisations and topics have -> id
    renamed: frozenset[str] = frozenset()  # paths of stories that carry other tags than their files say


class Front(Struct, frozen=True):
    """All editions, and when the next of them would look different without any file changing."""

    editions: dict[str, Edition]
    due: datetime | None
    why: str = ""  # "embargo", "expiry", "breaking label", "news sitemap"


_newest_first = attrgetter("published", "id")


def front(records: Iterable[Record], settings: Settings, now: datetime, *, drafts: bool = False) -> Front:
    """Sort *records* into the editions of *settings*' languages, as they stand at *now*.

    An article is visible from its embargo (inclusive) to its expiry (exclusive); its date does not hide
    it. A story in a language without edition goes into the default one. O(n log n) in records.
    """
    by_lang: dict[str, list[Record]] = {lang: [] for lang in settings.all_languages}
    default = by_lang[settings.language]
    due: list[tuple[datetime, str]] = []
    for record in records:
        if record.status == "draft" and not drafts:
            continue
        if record.embargo is not None and record.embargo > now:
            due.append((record.embargo, "embargo"))
            if not drafts or record.status == "withdrawn":
                continue
        by_lang.get(record.teaser.lang, default).append(record)
    editions = {lang: _edition(lang, found, settings, now, due) for lang, found in by_lang.items()}
    first = min(due, default=(None, ""))
    return Front(editions, *first)


def _edition(
    lang: str, records: list[Record], settings: Settings, now: datetime, due: list[tuple[datetime, str]]
) -> Edition:
    records.sort(key=_newest_first, reverse=True)
    stories, withdrawn, expired = [], [], []
    for record in records:
        if record.status == "withdrawn":
            withdrawn.append(record)
        elif record.expires is not None and record.expires <= now:
            expired.append(record)
        else:
            stories.append(record)
            if record.expires is not None:
                due.append((record.expires, "expiry"))
    names = _names(stories)
    named = _one_tag_a_name(stories, names)
    renamed = frozenset(new.path for old, new in zip(stories, named, strict=True) if new is not old)
    stories = named
    days = _days(stories, settings.zone)
    return Edition(
        lang=lang,
        stories=tuple(stories),
        terms=_terms(stories),
        sections=_groups((record.section, record) for record in stories),
        authors=_groups((name, record) for record in stories for name in record.teaser.authors),
        agencies=_groups((record.agency, record) for record in stories),
        days=days,
        withdrawn=tuple(withdrawn),
        expired=tuple(expired),
        corrected=tuple(sorted((r for r in stories if r.corrected), key=lambda r: (r.corrected, r.id), reverse=True)),
        alarms=tuple([r for r in stories if r.teaser.breaking]),
        breaking=breaking(stories, settings, now, due),
        names=names,
        renamed=renamed,
    )


def _names(stories: list[Record]) -> dict[str, str]:
    """Tell who has which name: of people, places, organisations and topics of one name the first by id."""
    found: dict[str, str] = {}
    for record in stories:
        for term in record.terms:
            if term.kind != "keyword":
                name = slugify(term.label)
                found[name] = min(found.get(name, term.id), term.id)
    return found


def _one_tag_a_name(stories: list[Record], found: dict[str, str]) -> list[Record]:
    """Let a keyword be the person, place, organisation or topic that has its name: one name, one page."""
    keywords = {t.id for record in stories for t in record.terms if t.kind == "keyword"} if found else ()
    same = {key: found[name] for key in keywords if (name := key.partition(":")[2]) in found}
    if not same:
        return stories
    terms = {t.id: t for record in stories for t in record.terms}
    return [_renamed(record, same, terms) for record in stories]


def _renamed(record: Record, same: dict[str, str], terms: dict[str, Term]) -> Record:
    if not any(t.id in same for t in record.terms):
        return record
    renamed = dict.fromkeys(same.get(t.id, t.id) for t in record.terms)
    own = {t.id: t for t in record.terms}
    return structs.replace(record, terms=tuple(own.get(key) or terms[key] for key in renamed))


def _terms(stories: Sequence[Record]) -> dict[str, Group]:
    found: dict[str, list[Record]] = defaultdict(list)
    term_of: dict[str, Term] = {}
    for record in stories:
        for term in record.terms:
            found[term.id].append(record)
            known = term_of.setdefault(term.id, term)
            if known is not term and term.label < known.label:  # the same label whatever was read first
                term_of[term.id] = term
    return {key: Group(key, term_of[key].label, tuple(found[key]), term_of[key].kind) for key in sorted(found)}


def _groups(pairs: Iterable[tuple[str, Record]]) -> dict[str, Group]:
    found: dict[str, list[Record]] = defaultdict(list)
    for label, record in pairs:
        if label:
            found[label].append(record)
    return {label: Group(label, label, tuple(found[label])) for label in sorted(found)}


def day_of(record: Record, zone: ZoneInfo) -> str:
    """The day a story is filed under: ``2025-12-03``, or ``2025-12`` where only the month is known."""
    local = record.published.astimezone(zone)
    return f"{local.year:04}-{local.month:02}" + ("" if record.teaser.precision == "month" else f"-{local.day:02}")


def _days(stories: Sequence[Record], zone: ZoneInfo) -> dict[str, Sequence[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in stories:
        found[day_of(record, zone)].append(record)
    return {day: tuple(found[day]) for day in sorted(found, reverse=True)}


def breaking(
    stories: Sequence[Record], settings: Settings, now: datetime, due: list[tuple[datetime, str]]
) -> frozenset[str]:
    """Tell whose label still shows, and note when labels and the news sitemap's window end."""
    label = timedelta(hours=settings.news.breaking_hours)
    window = timedelta(hours=settings.news.sitemap_hours)
    found = set()
    for record in stories:
        start = record.published
        if start <= now - window:
            break  # newest first: nothing after this is news
        due.append((start + window if start <= now else start, "news sitemap"))
        if record.teaser.breaking and now < start + label:
            found.add(record.id)
            due.append((start + label, "breaking label"))
    return frozenset(found)


def related(stories: Sequence[Record], most: int) -> dict[str, tuple[Record, ...]]:
    """For each story, up to *most* **earlier** ones that share its rarest tags.

    A shared tag weighs 1 / log(2 + stories that carried it before), so a rare one counts for more than a
    common one. Only earlier stories are looked at, and a tag is as rare as it was on the day: a new story
    never changes the page of an older one. The last 12 of each tag are candidates: O(n) in stories.
    """
    if not most:
        return {}
    oldest_first = stories[::-1]
    seen: dict[str, list[int]] = defaultdict(list)
    found: dict[str, tuple[Record, ...]] = {}
    for number, record in enumerate(oldest_first):
        scores: dict[int, float] = {}
        for term in record.terms:
            earlier = seen[term.id]
            if earlier:
                weight = 1 / log(2 + len(earlier))
                for other in earlier[-RELATED_WINDOW:]:
                    scores[other] = scores.get(other, 0.0) + weight
            earlier.append(number)
        found[record.id] = tuple([oldest_first[other] for other in _best(scores, most)])
    return found


def related_to(edition: Edition, place: int, most: int) -> tuple[Record, ...]:
    """The same of the one story at *place* of an edition that was noted: nothing is fetched but what is found."""
    scores: dict[int, float] = {}
    for term in edition.stories[place].terms if most else ():
        carriers = places_of(edition.terms[term.id].stories)
        earlier = carriers[bisect_right(carriers, place) :]
        weight = 1 / log(2 + len(earlier))
        for other in reversed(earlier[:RELATED_WINDOW]):
            scores[-other] = scores.get(-other, 0.0) + weight
    return tuple([edition.stories[-other] for other in _best(scores, most)])


def _best(scores: dict[int, float], most: int) -> list[int]:
    """Those with the highest scores; of equals the newer first, whose numbers are higher."""
    return [other for _, other in sorted(zip(scores.values(), scores, strict=True), reverse=True)[:most]]
