"""An edition's days -> years, months and days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from msgspec import Struct

from dateline.article import Teaser
from dateline.engine.task import Task
from dateline.page import ArchivePage, Link, ListPage
from dateline.plan_edition import EPOCH, EditionPlan
from dateline.plan_lists import paged
from dateline.record import Record
from dateline.stages import LISTS
from dateline.stories import changed

HEADLINES = 200  # on a page of the archive: some 70 KB
LAST = 4  # headlines of each month on the page of its year

_Entries = tuple[tuple[str, str, int], ...]


class _Span(Struct):
    """A year or a month: its days, newest first, its stories counted, and when it last changed."""

    days: list[str] = []
    stories: int = 0
    changed: datetime = EPOCH


def archive(at: EditionPlan, days: Collection[str] | None = None) -> Iterator[Task]:
    """Plan the list of years, each year, each month with its calendar and headlines, and each day. O(stories).

    Or only those of *days*.
    """
    wanted = at.edition.days.keys() if days is None else days
    years, months = _spans(at, 4), _spans(at, 7)
    top = Link(at.say.words("Archive"), at.routes.archive)
    yield _years(at, top, years, months)
    for year in dict.fromkeys(day[:4] for day in wanted):
        span = years[year]
        yield _year(at, top, year, span, {m: months[m] for m in sorted(months) if m[:4] == year})
    for month in dict.fromkeys(day[:7] for day in wanted):
        yield _month(at, top, month, months[month])
    for day in wanted:
        if len(day) > 7:
            yield from _day(at, top, day, at.edition.days[day])


def _spans(at: EditionPlan, size: int) -> dict[str, _Span]:
    """Gather the days under the first *size* characters of their names."""
    found: dict[str, _Span] = {}
    for day, stories in at.edition.days.items():
        span = found.setdefault(day[:size], _Span())
        span.days.append(day)
        span.stories += len(stories)
        span.changed = max(span.changed, changed(stories))
    return found


def _entries(at: EditionPlan, counts: Iterable[tuple[str, int]]) -> _Entries:
    return tuple((when, at.routes.day(when), count) for when, count in counts)


def _counted(spans: dict[str, _Span]) -> Iterator[tuple[str, int]]:
    return ((when, span.stories) for when, span in spans.items())


def _days_of(at: EditionPlan, span: _Span) -> Iterator[tuple[str, int]]:
    return ((day, len(at.edition.days[day])) for day in reversed(span.days) if len(day) > 7)


def _years(at: EditionPlan, top: Link, years: dict[str, _Span], months: dict[str, _Span]) -> Task:
    head = at.head(
        top.url,
        "archive",
        top.title,
        at.say.words("All stories by year, month and day."),
        alternates=at.alternates(lambda e: e.routes.archive),
    )
    inside = _entries(at, sorted(_counted(months)))
    page = ArchivePage(head, top.title, 0, 0, _entries(at, _counted(years)), inside=inside)
    return at.page(LISTS, page, changed=max((span.changed for span in years.values()), default=EPOCH))


def _year(at: EditionPlan, top: Link, year: str, span: _Span, months: dict[str, _Span]) -> Task:
    """Plan the page of a year: for each month its days and its last headlines."""
    say = at.say.words
    head = at.head(
        at.routes.day(year),
        "year",
        say("Stories of {when}", when=year),
        say("All stories of {when}, month by month.", when=year),
        trail=(top,),
    )
    stories = chain.from_iterable(_newest(at, months[m], LAST) for m in reversed(months))
    inside = _entries(at, _days_of(at, span))
    page = ArchivePage(head, year, int(year), 0, _entries(at, _counted(months)), tuple(stories), inside)
    return at.page(LISTS, page, changed=span.changed)


def _month(at: EditionPlan, top: Link, month: str, span: _Span) -> Task:
    """Plan the page of a month: its calendar and, day by day, as many headlines as a page can bear."""
    say, name = at.say.words, at.day_title(month)
    head = at.head(
        at.routes.day(month),
        "month",
        say("Stories of {when}", when=name),
        say("All stories of {when}, day by day.", when=name),
        feeds=at.month_feeds(month),
        trail=(top, Link(month[:4], at.routes.day(month[:4]))),
    )
    most = _fair([len(at.edition.days[day]) for day in span.days], HEADLINES)
    stories = tuple(r.teaser for day in span.days for r in at.edition.days[day][:most])
    page = ArchivePage(head, name, int(month[:4]), int(month[5:]), _entries(at, _days_of(at, span)), stories)
    return at.page(LISTS, page, changed=span.changed)


def _newest(at: EditionPlan, span: _Span, most: int) -> list[Teaser]:
    found: list[Teaser] = []
    for day in span.days:
        found += [r.teaser for r in at.edition.days[day][: most - len(found)]]
        if len(found) == most:
            break
    return found


def _fair(counts: list[int], room: int) -> int:
    """The largest number that each may have so that all together have no more than *room*; at least 1."""
    ordered = sorted(counts)
    for i, count in enumerate(ordered):
        share = room // (len(ordered) - i)
        if count > share:
            return max(1, share)
        room -= count
    return max(1, *counts)


def _day(at: EditionPlan, top: Link, day: str, records: Sequence[Record]) -> Iterator[Task]:
    url = at.routes.day(day)
    name = at.day_title(day)
    say = at.say.words
    above = (Link(at.day_title(when), at.routes.day(when)) for when in (day[:4], day[:7]))
    head = at.head(
        url,
        "day",
        say("Stories of {when}", when=name),
        say("All stories of {when}: {newest}", when=name, newest=records[0].teaser.title),
        trail=(top, *above),
    )
    page = ListPage(head, name, (), None, len(records), breaking=at.breaking_among(records), day=day)
    yield from paged(at, page, records, url, max(r.changed for r in records), HEADLINES // 2)
