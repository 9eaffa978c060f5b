"""Planned articles and feeds -> what other programs take on: OPML, ninjs, the key for IndexNow, all as tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from dateline.engine.digest import Input, Value, digest
from dateline.engine.task import Task
from dateline.i18n import Language
from dateline.opml import Outline, opml
from dateline.page import FeedPage
from dateline.ping import Services, key_file
from dateline.recipes import ArticleRecipe, BytesRecipe, FeedRecipe, NinjsRecipe
from dateline.routes import Routes
from dateline.settings import Settings
from dateline.stages import ARTICLES, ASSETS, FEEDS

OPML = "feeds.opml"
NINJS = "index.ninjs.json"

_GROUPS = (("section", "Sections"), ("agency", "Agencies"), ("author", "Authors"), ("tag", "Topics A to Z"))


class Speaking(Protocol):
    """What is needed of a planned edition."""

    lang: str
    title: str
    say: Language
    routes: Routes
    settings: Settings
    base: tuple[Input, ...]


def exports(editions: Iterable[Speaking], planned: Sequence[Task], settings: Settings) -> list[Task]:
    """Plan what machines take on, from the articles and feeds that are *planned*. O(planned)."""
    pages = [t.recipe.page for t in planned if isinstance(t.recipe, FeedRecipe)]
    tasks = [made for edition in editions for made in _opml(edition, pages)]
    if settings.theme.ninjs:
        tasks += ninjs(editions, planned)
    if key := settings.feeds.indexnow_key:
        data = key_file(key)
        tasks.append(Task(f"{key}.txt", ASSETS, (Value("indexnow", digest(data)),), BytesRecipe(data)))
    return tasks


def opml_url(routes: Routes) -> str:
    """Address of the list of all feeds in one language."""
    return routes.home + OPML


def listed(settings: Settings) -> str:
    """Format of the feeds that OPML lists; "" where there is none."""
    return next((kind for kind in ("rss", "atom") if kind in settings.feeds.formats), "")


def _opml(edition: Speaking, pages: Sequence[FeedPage]) -> Iterator[Task]:
    """List every feed of a language once, in the format that most readers take; archives are none to subscribe to."""
    kind = listed(edition.settings)
    mine = [p for p in pages if p.lang == edition.lang and p.format == kind and not p.archive]
    if not mine:
        return
    root = edition.settings.base_url.rstrip("/")
    groups: dict[str, list[Outline]] = {"": [], **{heading: [] for _, heading in _GROUPS}}
    places = [(root + edition.routes.index(which), heading) for which, heading in _GROUPS]
    for page in mine:
        heading = next((heading for start, heading in places if page.url.startswith(start)), "")
        groups[heading].append(Outline(page.title, page.url, page.home, page.lang))
    say = edition.say.words
    data = opml(edition.title, [(say(heading) if heading else "", feeds) for heading, feeds in groups.items()])
    yield Task(opml_url(edition.routes).lstrip("/"), FEEDS, (Value("opml", digest(data)),), BytesRecipe(data))


def ninjs(editions: Iterable[Speaking], planned: Iterable[Task]) -> Iterator[Task]:
    """Plan a ninjs document beside each article's page, made from what the article itself says."""
    code, settings, _ = next(iter(editions)).base
    for page in planned:
        recipe = page.recipe
        if isinstance(recipe, ArticleRecipe):
            terms = Value("terms", digest(b"\0".join(f"{t.id}\0{t.label}".encode() for t in recipe.terms)))
            inputs = (code, settings, recipe.record, recipe.record.teaser, terms)
            key = page.key.removesuffix("index.html") + NINJS
            yield Task(key, ARTICLES, inputs, NinjsRecipe(recipe.record, recipe.terms))


def services(settings: Settings) -> Services:
    """Whom the settings want told of changes."""
    key = settings.feeds.indexnow_key
    return Services(settings.feeds.hub, key, f"{settings.base_url}{key}.txt" if key else "")


def changes(written: Iterable[str], planned: Iterable[Task], settings: Settings) -> tuple[list[str], list[str]]:
    """Pick from the *written* outputs what is worth telling: addresses of feeds, of article pages."""
    fresh = frozenset(written)
    feeds, pages = [], []
    for t in planned:
        if t.key in fresh:
            if isinstance(t.recipe, FeedRecipe) and not t.recipe.page.archive:
                feeds.append(t.recipe.page.url)
            elif isinstance(t.recipe, ArticleRecipe):
                pages.append(settings.base_url.rstrip("/") + t.recipe.record.teaser.url)
    return sorted(feeds), sorted(pages)
