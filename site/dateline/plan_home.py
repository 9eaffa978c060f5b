"""An edition -> its front page: lead, sections, most used topics, and all older stories behind it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from dateline.article import Teaser
from dateline.engine.task import Task
from dateline.page import (
    HomePage,
    Link,
    ListPage,
    Pager,
    TermLink,
)
from dateline.plan_edition import EditionPlan, named
from dateline.plan_lists import LINKED_PAGES, Reach
from dateline.stages import HOME, LISTS

TICKER_TERMS = 12
BLOCK = 12  # stories handed over of each section
RECENT = 200  # stories that "most used of late" looks at


def home(at: EditionPlan, since: Reach | None = None) -> Iterator[Task]:
    """Plan the front page and, behind it, all older stories, numbered from the oldest; or what stories *since* can reach."""
    records = at.edition.stories
    size = at.settings.pagination.home
    closed = max(0, (len(records) - 1) // size)
    front = records[: max(size, len(records) - closed * size)] if at.full else records[: len(records) - closed * size]
    address = f"{at.routes.home}page/{{}}/"
    step = -(-closed // LINKED_PAGES) or 1
    window = tuple(Link(str(n), address.format(n)) for n in range(closed, 0, -step))
    pager = Pager(0, closed + 1, "", address.format(closed), window) if closed else None
    title = at.site.title
    text = at.site.description or (records[0].teaser.title if records else title)
    alarms = at.feed_links(at.routes.plain("breaking"), at.say.words("Breaking news"), "breaking")
    head = at.head(at.routes.home, "home", title, text, feeds=alarms, alternates=at.alternates(lambda e: e.routes.home))
    home = HomePage(head, tuple(r.teaser for r in front), _blocks(at), _hot(at), at.breaking_among(front), pager)
    yield (
        at.page(HOME, structs.replace(home, sections=()), changed=at.newest())
        if not home.sections
        else _home_task(at, home)
    )
    say = at.say.words
    for n in range(
        since.first(len(records), size, (len(records) - since.count - 1) // size) if since else 1, closed + 1
    ):
        start = len(records) - n * size
        url = address.format(n)
        stories = tuple(r.teaser for r in records[start : start + size])
        older = address.format(n - 1) if n > 1 else ""
        newer = address.format(n + 1) if n < closed else at.routes.home
        heading = say("All stories")
        head = at.head(
            url,
            "section",
            say("{title}, page {n}", title=heading, n=n),
            say("{title}, page {n} of the archive, counted from the oldest", title=heading, n=n),
        )
        page = ListPage(head, heading, stories, Pager(n, 0, newer, older), 0)
        yield at.page(LISTS, page, changed=stories[0].updated or stories[0].published)


def _home_task(at: EditionPlan, home: HomePage) -> Task:
    """Plan home; its section blocks show teasers too."""
    shown = [teaser for _, block in home.sections for teaser in block]
    rest = structs.replace(home, stories=(), sections=tuple((link, ()) for link, _ in home.sections))
    sizes = [len(block) for _, block in home.sections]
    inputs = (*at.template("home"), named("page", (rest, sizes)), *home.stories, *shown)
    at.pages.append((home.head.url, at.newest()))
    return Task(home.head.path, HOME, inputs, home)


def _blocks(at: EditionPlan) -> tuple[tuple[Link, tuple[Teaser, ...]], ...]:
    """The sections shown on home, in the menu's order, with more stories than it shows: the first may stand above."""
    if not at.full:
        return ()
    order = [link.url for link in at.site.menu]
    found = [(at.section_links[key][0], group) for key, group in at.edition.sections.items()]
    found.sort(key=lambda pair: (order.index(pair[0].url) if pair[0].url in order else len(order), pair[0].title))
    return tuple((link, tuple(r.teaser for r in group.stories[:BLOCK])) for link, group in found[:8])


def _hot(at: EditionPlan) -> tuple[TermLink, ...]:
    """The tags most used in the newest stories."""
    counts: dict[str, int] = {}
    for record in at.edition.stories[:RECENT]:
        for t in record.terms:
            counts[t.id] = counts.get(t.id, 0) + 1
    best = sorted((-n, key) for key, n in counts.items() if key in at.term_urls)[:TICKER_TERMS]
    return tuple(at.terms[key] for _, key in best)
