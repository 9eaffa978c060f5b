"""An edition's days -> years, months and days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dateline.engine.task import Task
from dateline.page import (
    ArchivePage,
    Link,
    ListPage,
)
from dateline.plan_edition import EPOCH, EditionPlan
from dateline.record import Record
from dateline.stages import LISTS


def archive(at: EditionPlan) -> Iterator[Task]:
    """Plan the list of years, each year, each month as a calendar, and each day."""
    days = at.edition.days
    years: dict[str, int] = {}
    months: dict[str, dict[str, int]] = {}
    newest: dict[str, datetime] = {}
    for day, stories in days.items():
        years[day[:4]] = years.get(day[:4], 0) + len(stories)
        months.setdefault(day[:7], {})[day] = len(stories)
        for key in (day[:4], day[:7]):
            newest[key] = max(newest.get(key, EPOCH), stories[0].changed)
    say = at.say.words
    top = at.routes.archive
    entries = tuple((year, at.routes.day(year), years[year]) for year in sorted(years, reverse=True))
    head = at.head(
        top,
        "archive",
        say("Archive"),
        say("All stories by year, month and day."),
        alternates=at.alternates(lambda e: e.routes.archive),
    )
    yield at.page(LISTS, ArchivePage(head, say("Archive"), 0, 0, entries), changed=max(newest.values(), default=EPOCH))
    for year in years:
        url = at.routes.day(year)
        inside = tuple((m, at.routes.day(m), sum(months[m].values())) for m in sorted(months) if m[:4] == year)
        head = at.head(
            url,
            "year",
            say("Stories of {when}", when=year),
            say("All stories of {when}, month by month.", when=year),
        )
        yield at.page(
            LISTS, ArchivePage(head, year, int(year), 0, inside, up=Link(say("Archive"), top)), changed=newest[year]
        )
    for month, found in months.items():
        url = at.routes.day(month)
        name = at.day_title(month)
        inside = tuple((d, at.routes.day(d), found[d]) for d in sorted(found) if len(d) > 7)
        loose = tuple(r.teaser for r in days.get(month, ()))
        head = at.head(
            url,
            "month",
            say("Stories of {when}", when=name),
            say("All stories of {when}, day by day.", when=name),
            feeds=at.month_feeds(month),
        )
        page = ArchivePage(
            head, name, int(month[:4]), int(month[5:]), inside, loose, Link(month[:4], at.routes.day(month[:4]))
        )
        yield at.page(LISTS, page, changed=newest[month])
    for day, records in days.items():
        if len(day) > 7:
            yield _day(at, day, records)


def _day(at: EditionPlan, day: str, records: tuple[Record, ...]) -> Task:
    url = at.routes.day(day)
    name = at.day_title(day)
    say = at.say.words
    head = at.head(
        url,
        "day",
        say("Stories of {when}", when=name),
        say("All stories of {when}: {newest}", when=name, newest=records[0].teaser.title),
    )
    up = Link(at.day_title(day[:7]), at.routes.day(day[:7]))
    stories = tuple(r.teaser for r in records)
    page = ListPage(head, name, stories, None, len(stories), breaking=at.breaking_among(records), day=day, up=up)
    return at.page(LISTS, page, changed=max(r.changed for r in records))
