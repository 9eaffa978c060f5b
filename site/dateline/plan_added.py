"""An edition that some stories were added to -> the outputs that are not as they were, as tasks, and the site's addresses.

What the plan of the whole site would say, but only of what can differ: the stories' pages, their tags' lists and feeds,
home, and what counts or names all. A test holds the two plans against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from dateline import compress, exports
from dateline.edition import Edition, Front
from dateline.engine.task import Task
from dateline.errors import Problem
from dateline.memo import Doubt
from dateline.plan_articles import articles
from dateline.plan_edition import EditionPlan, Materials
from dateline.plan_feeds import feeds
from dateline.plan_home import Reach, home
from dateline.plan_lists import lists, tag_index
from dateline.plan_whole import ONE_SITEMAP, Addresses, addresses, feeds_page, sitemap_files
from dateline.record import Record
from dateline.roll import Joined
from dateline.stages import LISTS
from dateline.text import slugify


class Added(Struct, frozen=True):
    """What differs: tasks, and all addresses of the site."""

    at: EditionPlan
    tasks: list[Task]
    addresses: Addresses


def added(joined: Joined, materials: Materials, known: Addresses) -> Added:
    """Plan what the stories *joined* to an edition change; *known* are the addresses that the site had.

    In proportion to the stories, to what their tags show, and to the number of tags and addresses. Raises ``Doubt``
    where a tag gets a page, or another address.
    """
    edition, settings = joined.edition, materials.settings
    new = [edition.stories[place] for place in joined.places]
    tags = sorted({t.id for r in new for t in r.terms})
    problems: list[Problem] = []
    front = Front({edition.lang: edition}, None)
    at = EditionPlan(edition, front, materials, problems, _fed(edition, tags, settings.feeds.limit))
    rows = dict(known)
    shown = [key for key in tags if key in at.term_urls]
    if any(at.term_urls[key] not in rows for key in shown) or _rivals(at, shown):
        raise Doubt
    pages = list(articles(at, joined.places))
    tasks = [
        *pages,
        *lists(at, "tag", [edition.terms[key] for key in shown], at.term_urls),
        tag_index(at),
        *home(at, Reach(max(joined.places), len(new))),
        *feeds(at, shown),
        at.page(LISTS, feeds_page(at), changed=at.newest()),
        *at.drawn.values(),
        *(exports.ninjs([at], pages) if settings.theme.ninjs else ()),
    ]
    rows |= dict(addresses([at]))
    if len(rows) > ONE_SITEMAP or problems:
        raise Doubt
    dated = tuple(sorted(rows.items()))
    tasks += sitemap_files(dated, [at], materials)
    if settings.compress.formats:
        tasks = compress.packed(tasks, settings.compress.formats)
    return Added(at, tasks, dated)


def _fed(edition: Edition, tags: Iterable[str], limit: int) -> Iterator[Record]:
    """The stories in the feeds that are planned: of the site, of *tags*, and of tags whose stories have gone."""
    yield from edition.stories[:limit]
    gone = {t.id for r in (*edition.withdrawn, *edition.expired) for t in r.terms}
    for key in sorted({*tags, *gone} & edition.terms.keys()):
        yield from edition.terms[key].stories[:limit]


def _rivals(at: EditionPlan, tags: Iterable[str]) -> bool:
    """Tell whether another tag wants the address of one of *tags*: an older story may hand it over."""
    slugs = Counter(slugify(at.terms[key].label) for key in at.term_urls)
    return any(slugs[slugify(at.terms[key].label)] > 1 for key in tags)
