"""An edition's groups -> pages of tags, sections, authors and agencies, and the indexes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from dateline.edition import Group
from dateline.engine.task import Task
from dateline.page import (
    IndexPage,
    Link,
    ListPage,
    Month,
    Pager,
    PlainPage,
    TermLink,
)
from dateline.plan_edition import EditionPlan
from dateline.record import Record
from dateline.routes import file_of
from dateline.stages import LISTS
from dateline.stories import published

INDEXED = 1000  # tags on the list from A to Z: some 90 KB
LINKED_PAGES = 60  # of a long list: every nth page is linked from the first, so none is far


class Reach(Struct, frozen=True):
    """Where the oldest of some added stories stands in a list, and how many were added."""

    place: int
    count: int

    def first(self, stories: int, size: int, closed: int) -> int:
        """The first page, counted from the oldest, that is not as it was: an older story moves to no other page.

        Of the *closed* ones that there were, the newest leads on to a newer one now.
        """
        return max(1, min(-((self.place - stories) // size), closed))


NOTHING: Mapping[str, Reach] = {}


def lists(
    at: EditionPlan, kind: str, groups: Iterable[Group], urls: dict[str, str], since: Mapping[str, Reach] = NOTHING
) -> Iterator[Task]:
    """Plan the pages of *groups* of a kind: tags, sections, authors or agencies; or what stories *since* can reach."""
    for group in groups:
        url = urls[group.key]
        stories = group.stories
        first = _group_page(at, kind, group, url)
        yield from paged(at, first, stories, url, stories[0].changed, at.settings.pagination.size, since.get(group.key))


def _group_page(at: EditionPlan, kind: str, group: Group, url: str) -> ListPage:
    stories = group.stories
    label = group.label
    term = at.terms[group.key] if kind == "tag" else None
    text, _ = at.materials.about(group.key, at.lang) if term else ("", False)
    say = at.say.words
    title = at.heading(kind, label)
    heading = label if kind in {"tag", "section"} else title
    summary = text or say(
        "{heading}: all stories, the newest first: {newest}", heading=title, newest=stories[0].teaser.title
    )
    return ListPage(
        head=at.head(url, kind, title, summary, feeds=at.feed_links(url, label, kind), trail=(_above(at, kind),)),
        heading=heading,
        stories=(),
        pager=None,
        count=len(stories),
        term=term,
        description=text,
        picture=at.materials.faces[group.key][0] if term and group.key in at.materials.faces else None,
        related=_neighbours(at, group),
        first=stories[-1].published,
        last=stories[0].published,
        months=_months(at, stories) if at.full else (),
        breaking=at.breaking_among(stories),
    )


def _above(at: EditionPlan, kind: str) -> Link:
    """The list of all groups of a kind."""
    say = at.say.words
    name = {
        "tag": say("Topics A to Z"),
        "section": say("Sections"),
        "author": say("Authors"),
        "agency": say("Agencies"),
    }
    return Link(name[kind], at.routes.index(kind))


def _neighbours(at: EditionPlan, group: Group) -> tuple[TermLink, ...]:
    """The tags that go most often with the newest stories of *group*."""
    if not at.full:
        return ()
    counts: dict[str, int] = {}
    for record in group.stories[:20]:
        for t in record.terms:
            counts[t.id] = counts.get(t.id, 0) + 1
    counts.pop(group.key, None)
    best = sorted((-n, key) for key, n in counts.items() if key in at.term_urls)[:8]
    return tuple(at.terms[key] for _, key in best)


def _months(at: EditionPlan, stories: Sequence[Record]) -> tuple[Month, ...]:
    """Stories a month over the last 24 months that had any."""
    zone = at.settings.zone
    counts: dict[tuple[int, int], int] = {}
    for moment in published(stories):
        local = moment.astimezone(zone)
        key = (local.year, local.month)
        counts[key] = counts.get(key, 0) + 1
    return tuple(
        Month(year, month, counts[year, month], at.routes.day(f"{year:04}-{month:02}"))
        for year, month in sorted(counts)[-24:]
    )


def paged(
    at: EditionPlan,
    page: ListPage,
    stories: Sequence[Record],
    url: str,
    changed: datetime,
    size: int,
    since: Reach | None = None,
) -> Iterator[Task]:
    """Spread a list over pages of *size*, numbered from the oldest so that addresses and contents stay.

    The list's own address shows the newest stories, what no full page holds yet; ``page/1/`` the oldest. A page
    is only full once as many newer stories are there, so the front is never nearly empty.
    """
    closed = _closed(at, len(stories), size)
    front = stories[: len(stories) - closed * size]
    address = f"{url}page/{{}}/"
    step = -(-closed // LINKED_PAGES) or 1
    window = tuple(Link(str(n), address.format(n)) for n in range(closed, 0, -step))
    pager = Pager(0, closed + 1, "", address.format(closed), window) if closed else None
    shown = tuple([r.teaser for r in front])
    yield at.page(LISTS, structs.replace(page, stories=shown, pager=pager), changed=changed)
    before = _closed(at, len(stories) - since.count, size) if since else 0
    for n in range(since.first(len(stories), size, before) if since else 1, closed + 1):
        start = len(stories) - n * size
        older = address.format(n - 1) if n > 1 else ""
        newer = address.format(n + 1) if n < closed else url
        head = structs.replace(
            page.head,
            path=file_of(address.format(n)),
            url=address.format(n),
            title=at.say.words("{title}, page {n}", title=page.head.title, n=n),
            description=at.say.words(
                "{title}, page {n} of the archive, counted from the oldest", title=page.heading, n=n
            ),
            feeds=(),
            alternates=(),
            trail=(*page.head.trail, Link(page.heading, url)),
        )
        slice_ = tuple([r.teaser for r in stories[start : start + size]])
        full = ListPage(head, page.heading, slice_, Pager(n, 0, newer, older), 0, page.term, day=page.day)
        yield at.page(LISTS, full, changed=slice_[0].updated or slice_[0].published)


def _closed(at: EditionPlan, stories: int, size: int) -> int:
    """How many full pages are behind the first."""
    return max(0, stories // size - 1 if at.full else (stories - 1) // size)


def tag_index(at: EditionPlan) -> Task:
    """Plan the list of the tags that have a page, from A to Z: all, or as many as a page can bear."""
    say = at.say.words
    url = at.routes.index("tag")
    shown = [structs.replace(at.terms[k], count=len(at.edition.terms[k].stories)) for k in most_used(at, INDEXED)]
    shown.sort(key=lambda t: (t.label.casefold(), t.id))
    head = at.head(
        url,
        "tags",
        say("Topics A to Z"),
        say("All people, places, organisations and topics in the news, from A to Z."),
        alternates=at.alternates(lambda e: e.routes.index("tag")),
    )
    return at.page(
        LISTS, IndexPage(head, say("Topics A to Z"), tuple(shown), count=len(at.term_urls)), changed=at.newest()
    )


def most_used(at: EditionPlan, most: int) -> list[str]:
    """The ids of the tags with the most stories, those that have a page."""
    terms = at.edition.terms
    return sorted(at.term_urls, key=lambda key: (-len(terms[key].stories), key))[:most]


def singles(at: EditionPlan) -> Iterator[Task]:
    """Plan the pages that exist once: indexes, corrections, search, about."""
    say, routes = at.say.words, at.routes
    for which, title, text, links in (
        ("section", say("Sections"), say("All sections of the site."), at.section_links),
        ("author", say("Authors"), say("Everyone who has written for the site."), at.author_links),
        ("agency", say("Agencies"), say("All agencies whose copy the site carries."), at.agency_links),
    ):
        url = routes.index(which)
        head = at.head(url, "sections", title, text, alternates=at.alternates(_index(which)))
        yield at.page(
            LISTS, IndexPage(head, title, links=tuple(link for link, _ in links.values())), changed=at.newest()
        )
    yield _corrections(at)
    for name, title, text, kind in (
        ("search", say("Search"), say("Search all stories."), "search"),
        ("about", say("About us"), say("Who makes {title}, and how.", title=at.site.title), "about"),
    ):
        url = routes.plain(name)
        head = at.head(
            url,
            kind,
            title,
            text,
            noindex=kind == "search",
            alternates=at.alternates(_plain(name)),
        )
        ways = (
            Link(say("Archive"), routes.archive),
            Link(say("Topics A to Z"), routes.index("tag")),
            Link(say("Sections"), routes.index("section")),
            Link(say("Authors"), routes.index("author")),
            Link(say("Agencies"), routes.index("agency")),
        )
        yield at.page(LISTS, PlainPage(head, title, ways), changed=at.newest())


def _corrections(at: EditionPlan) -> Task:
    say = at.say.words
    url = at.routes.plain("corrections")
    found = at.edition.corrected[:100]
    stories = tuple(r.teaser for r in found)
    head = at.head(
        url,
        "corrections",
        say("Corrections"),
        say("What we got wrong, and what is right."),
        feeds=at.feed_links(url, say("Corrections"), "corrections"),
        alternates=at.alternates(lambda e: e.routes.plain("corrections")),
    )
    page = ListPage(head, say("Corrections"), stories, None, len(stories))
    return at.page(LISTS, page, changed=found[0].corrected if found else at.newest())


def _index(which: str) -> Callable[[EditionPlan], str]:
    return lambda edition: edition.routes.index(which)


def _plain(name: str) -> Callable[[EditionPlan], str]:
    return lambda edition: edition.routes.plain(name)
