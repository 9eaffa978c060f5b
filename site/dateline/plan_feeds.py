"""An edition -> its feeds: site, tags, sections, people, agencies, corrections, breaking news, closed months."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from dateline.engine.digest import Input
from dateline.engine.task import Task
from dateline.page import (
    FeedPage,
)
from dateline.plan_edition import EPOCH, EditionPlan, named
from dateline.recipes import FeedRecipe
from dateline.record import Record
from dateline.routes import file_of
from dateline.settings import FeedFormat
from dateline.stages import FEEDS


class Lists(Struct, frozen=True):
    """Some lists, by the keys of what they are lists of, and months."""

    tag: Collection[str]
    section: Collection[str]
    author: Collection[str]
    agency: Collection[str]
    months: Collection[str]


def feeds(at: EditionPlan, some: Lists | None = None) -> Iterator[Task]:
    """Plan every feed of the edition, or the site's own and those of *some* lists, in every format that the settings ask for."""
    wanted, edition, say = at.settings.feeds, at.edition, at.say.words
    site = at.site
    gone = edition.withdrawn
    if wanted.site or (wanted.languages and at.others):
        yield from _feed(at, site.home, site.home, at.title, site.description or site.title, edition.stories, gone)
        if at.full and wanted.archives:
            yield from _archives(at, some.months if some else None)
    if wanted.tags:
        for key in at.term_urls if some is None else some.tag:
            url, group = at.term_urls[key], edition.terms[key]
            yield from _feed(
                at,
                url,
                url,
                f"{at.title}: {group.label}",
                say("News on {label}", label=group.label),
                group.stories,
                [r for r in gone if any(t.id == key for t in r.terms)],
            )
    for kept in at.kept_feeds:
        name = at.heading(kept.which, kept.label)
        title = f"{at.title}: {kept.label if kept.which == 'tag' else name}"
        if at.feed_links(kept.url, name, kept.which):
            yield from _feed(
                at, kept.url, kept.home, title, name, kept.stories, [r for r in kept.gone if r.status == "withdrawn"]
            )
    if not at.full:
        return
    for on, which, groups, urls in (
        (wanted.sections, "section", edition.sections, at.sections),
        (wanted.authors, "author", edition.authors, at.authors),
        (wanted.agencies, "agency", edition.agencies, at.agencies),
    ):
        if on:
            for key in urls if some is None else getattr(some, which):
                url = urls[key]
                name = at.heading(which, groups[key].label)
                dead = [r for r in gone if key in (r.section, r.agency, *r.teaser.authors)]
                yield from _feed(at, url, url, f"{at.title}: {name}", name, groups[key].stories, dead)
    if wanted.corrections and edition.corrected:
        url = at.routes.plain("corrections")
        yield from _feed(
            at,
            url,
            url,
            f"{at.title}: {say('Corrections')}",
            say("What we got wrong, and what is right."),
            edition.corrected,
            [],
        )
    if at.alarms:
        yield from _feed(
            at,
            at.routes.plain("breaking"),
            site.home,
            f"{at.title}: {say('Breaking news')}",
            say("Breaking news only."),
            at.alarms,
            [],
        )


def _feed(
    at: EditionPlan,
    base: str,
    home: str,
    title: str,
    text: str,
    stories: Sequence[Record],
    gone: Sequence[Record],
) -> Iterator[Task]:
    limit = at.settings.feeds.limit
    shown = stories[:limit]
    tombs = tuple((r.id, r.changed) for r in gone[:limit]) if at.settings.feeds.tombstones else ()
    absolute = at.settings.base_url.rstrip("/")
    # Atom has tombstones; elsewhere a notice takes the place of the story, if the newsroom wants one.
    notices = list(gone[:limit]) if at.settings.feeds.withdrawal_notice else []
    noticed = sorted([*shown, *notices], key=lambda r: (r.published, r.id), reverse=True)[:limit] if notices else shown
    told = _told(at, shown)
    noted = told if noticed is shown else _told(at, noticed)
    for kind, url in at.routes.feeds(base).items():
        entries = told if kind == "atom" else noted
        moment = entries.newest
        if tombs and (kind == "atom" or not entries.paths):
            moment = max(moment, *[when for _, when in tombs])
        page = FeedPage(
            path=file_of(url),
            url=absolute + url,
            format=kind,
            id=f"{absolute}{url}",
            title=title,
            description=text,
            lang=at.lang,
            home=absolute + home,
            updated=moment,
            entries=entries.ids,
            tombstones=tombs,
            previous=_previous(at, kind, base),
        )
        yield _feed_task(at, page, entries)


def _newest(entries: Sequence[Record]) -> datetime:
    """When the last of *entries* changed or was corrected; the beginning of time where there is none."""
    return max([max(r.changed, r.corrected) if r.corrected else r.changed for r in entries], default=EPOCH)


class _Told(Struct, frozen=True):
    """The stories of a feed, spelled once for all its formats."""

    inputs: tuple[Input, ...]
    paths: tuple[str, ...]
    ids: tuple[str, ...]
    newest: datetime


def _told(at: EditionPlan, shown: Sequence[Record]) -> _Told:
    worded = [at.worded[r.path] for r in shown if r.path in at.worded] if at.worded else ()
    teasers = [r.teaser for r in shown]
    return _Told(
        (*shown, *teasers, *worded), tuple([r.path for r in shown]), tuple([t.id for t in teasers]), _newest(shown)
    )


def _feed_task(at: EditionPlan, page: FeedPage, told: _Told) -> Task:
    inputs = (*at.base, named("feed", page), *told.inputs)
    return Task(page.path, FEEDS, inputs, FeedRecipe(page, told.paths, at.settings.feeds.formats))


def _previous(at: EditionPlan, kind: FeedFormat, base: str) -> str:
    """The newest closed month, for the site's own feed (RFC 5005)."""
    closed = at.closed_months() if base == at.site.home and at.full and at.settings.feeds.archives else []
    return at.settings.base_url.rstrip("/") + at.routes.feeds(at.routes.day(closed[-1]))[kind] if closed else ""


def _archives(at: EditionPlan, some: Collection[str] | None) -> Iterator[Task]:
    months = at.closed_months()
    absolute = at.settings.base_url.rstrip("/")
    by_month: dict[str, list[Record]] = {}
    for day, records in at.edition.days.items():
        if some is None or day[:7] in some:
            by_month.setdefault(day[:7], []).extend(records)
    for i, month in enumerate(months):
        if month not in by_month:
            continue
        stories = sorted(by_month[month], key=lambda r: (r.published, r.id), reverse=True)
        told = _told(at, stories)
        for kind, url in at.routes.feeds(at.routes.day(month)).items():
            before = at.routes.feeds(at.routes.day(months[i - 1]))[kind] if i else ""
            page = FeedPage(
                path=file_of(url),
                url=absolute + url,
                format=kind,
                id=absolute + at.routes.feeds(at.site.home)[kind],  # RFC 5005: the feed's own
                title=f"{at.title}: {at.day_title(month)}",
                description=at.say.words("All stories of {when}, day by day.", when=at.day_title(month)),
                lang=at.lang,
                home=absolute + at.routes.day(month),
                updated=max(r.changed for r in stories),
                entries=told.ids,
                archive=True,
                current=absolute + at.routes.feeds(at.site.home)[kind],
                # No link to the next: that month is not closed yet, and a closed document never changes.
                previous=absolute + before if before else "",
            )
            yield _feed_task(at, page, told)
