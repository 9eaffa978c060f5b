"""An edition that some stories were added to -> the outputs that are not as they were, as tasks, and the site's addresses.

What the plan of the whole site would say, but only of what can differ: the stories' pages, those that lead to them or name them,
their lists and feeds, home, and what counts or names all. A law holds the two plans against each other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from dateline import compress, exports
from dateline.edition import Edition, Front, Group, day_of
from dateline.engine.task import Task
from dateline.errors import Doubt
from dateline.plan_archive import archive
from dateline.plan_articles import Some, articles
from dateline.plan_edition import EditionPlan, Materials
from dateline.plan_feeds import Lists, feeds
from dateline.plan_home import home
from dateline.plan_lists import Reach, lists, singles, tag_index
from dateline.plan_whole import ONE_SITEMAP, addresses, feeds_page, sitemap_files
from dateline.record import Record
from dateline.roll import HEADLINE, Joined, Roll, spelled
from dateline.stages import LISTS
from dateline.stories import places_of
from dateline.text import slugify

NEWER = 500  # pages of newer stories that may name an added one as related; more are as soon planned as all


class Added(Struct, frozen=True):
    """What differs, as tasks, and the plan that knows what all pages share."""

    at: EditionPlan
    tasks: list[Task]


def added(joined: Joined, materials: Materials, roll: Roll) -> Added:
    """Plan what the stories *joined* to the edition of *roll* change.

    In proportion to the stories, to what their lists show, and to the number of tags and addresses. Raises ``Doubt``
    where a list comes to the site or may get another address, a headline is used again, or a month begins: that closes another.
    """
    edition, settings = joined.edition, materials.settings
    new = [edition.stories[place] for place in joined.places]
    days = sorted({day_of(r, settings.zone) for r in new}, reverse=True)
    keys = {which: sorted({key for r in new for key in of(r) if key}) for which, of in _KEYS.items()}
    at = EditionPlan(
        edition, Front({edition.lang: edition}, None), materials, [], _fed(edition, keys, days, settings.feeds.limit)
    )
    rows = dict(roll.addresses)
    urls = {"tag": at.term_urls, "section": at.sections, "author": at.authors, "agency": at.agencies}
    shown = {which: [key for key in found if key in urls[which]] for which, found in keys.items()}
    groups = _groups(edition)
    for which, found in shown.items():
        if any(urls[which][key] not in rows for key in found) or _rivals(groups[which], urls[which], found):
            raise Doubt
    if at.full and (_used_again(new, roll.headlines) or _begun(edition, new, days)):
        raise Doubt
    pages = list(articles(at, Some(_pages(at, joined.places), roll.marks)))
    tasks = [*pages, tag_index(at)]
    for which, found in shown.items():
        since = {key: _reach(groups[which][key].stories, joined.places) for key in found}
        tasks += lists(at, which, [groups[which][key] for key in found], urls[which], since)
    if at.full:
        tasks += [*archive(at, days), *singles(at)]
    tasks += home(at, Reach(max(joined.places), len(new)))
    tasks += feeds(at, Lists(**shown, months=sorted({day[:7] for day in days})))
    tasks.append(at.page(LISTS, feeds_page(at), changed=at.newest()))
    tasks += at.drawn.values()
    tasks += exports.ninjs([at], pages) if settings.theme.ninjs else ()
    rows |= dict(addresses([at]))
    if len(rows) > ONE_SITEMAP or at.problems:
        raise Doubt
    tasks += sitemap_files(tuple(sorted(rows.items())), [at], materials)
    if settings.compress.formats:
        tasks = compress.packed(tasks, settings.compress.formats)
    return Added(at, tasks)


_KEYS: Mapping[str, Callable[[Record], Iterable[str]]] = {
    "tag": lambda r: [t.id for t in r.terms],
    "section": lambda r: (r.section,),
    "author": lambda r: r.teaser.authors,
    "agency": lambda r: (r.agency,),
}


def _begun(edition: Edition, new: Sequence[Record], days: Iterable[str]) -> bool:
    """Tell whether there is a month of which only *new* stories are."""
    months, came = {day[:7] for day in days}, {r.path for r in new}
    old = {day[:7] for day, stories in edition.days.items() if any(r.path not in came for r in stories)}
    return not months <= old


def _groups(edition: Edition) -> dict[str, dict[str, Group]]:
    return {
        "tag": edition.terms,
        "section": edition.sections,
        "author": edition.authors,
        "agency": edition.agencies,
    }


def _fed(edition: Edition, keys: Mapping[str, Collection[str]], days: Iterable[str], limit: int) -> Iterator[Record]:
    """The stories in the feeds that are planned: of the site, of lists, of lists whose stories have gone, of whole months."""
    yield from edition.stories[:limit]
    gone = (*edition.withdrawn, *edition.expired)
    for which, groups in _groups(edition).items():
        for key in sorted({*keys[which], *(key for r in gone for key in _KEYS[which](r))} & groups.keys()):
            yield from groups[key].stories[:limit]
    months = {day[:7] for day in days}
    for day, stories in edition.days.items():
        if day[:7] in months:
            yield from stories


def _pages(at: EditionPlan, places: Sequence[int]) -> list[int]:
    """Where the stories stand whose pages show one of those at *places*: itself, its neighbours, what may name it as related."""
    if not at.full:
        return list(places)
    found = {near for place in places for near in (place - 1, place, place + 1) if 0 <= near < len(at.edition.stories)}
    for place in places if at.settings.news.related else ():
        for term in at.edition.stories[place].terms:
            carriers = places_of(at.edition.terms[term.id].stories)
            found.update(carriers[: bisect_left(carriers, place)])
    if len(found) > NEWER:
        raise Doubt
    return sorted(found)


def _reach(stories: Sequence[Record], places: Collection[int]) -> Reach:
    """Where the oldest of those at *places* stands in a list, and how many of them do."""
    mine = [i for i, place in enumerate(places_of(stories)) if place in places]
    return Reach(mine[-1], len(mine))


def _rivals(groups: Mapping[str, Group], urls: Iterable[str], keys: Iterable[str]) -> bool:
    """Tell whether another list wants the address of one of *keys*: an older story may hand it over."""
    slugs = Counter(slugify(groups[key].label) for key in urls)
    return any(slugs[slugify(groups[key].label)] > 1 for key in keys)


def _used_again(new: Sequence[Record], headlines: bytes) -> bool:
    """Tell whether a headline is used again: then it depends on all others that use it by what pages tell them apart."""
    known = {headlines[i : i + HEADLINE] for i in range(0, len(headlines), HEADLINE)}
    mine = [spelled(r) for r in new]
    return len(set(mine)) < len(mine) or not known.isdisjoint(mine)
