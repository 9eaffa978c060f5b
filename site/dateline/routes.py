"""Names of pages -> addresses and files. With ``record.permalink``, the only home of URLs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from dateline.edition import Group
from dateline.engine.digest import digest
from dateline.settings import FeedFormat, Permalinks, Settings
from dateline.text import slugify

FEED_FILES: Mapping[FeedFormat, str] = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}
FEED_TYPES: Mapping[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def file_of(url: str) -> str:
    """Name the output file of a root-relative address: ``/tags/x/`` → ``tags/x/index.html``."""
    path = url.lstrip("/")
    return path + "index.html" if not path or path.endswith("/") else path


class Routes:
    """The addresses of one language's pages, all root-relative and ending in a slash."""

    def __init__(self, settings: Settings, lang: str) -> None:
        self.settings = settings
        self.lang = lang
        self.home = "/" if lang == settings.language else f"/{lang}/"
        self._prefix = self.home.rstrip("/")

    def _under(self, pattern: str, slug: str = "") -> str:
        values = {"slug": slug, "lang": self.lang, "year": "", "month": "", "day": "", "section": slug, "id": slug}
        return self._prefix + pattern.format_map(values)

    def index(self, which: str) -> str:
        """Address of the list of all tags, sections, authors or agencies: the pattern up to its slug."""
        pattern: str = getattr(self.settings.permalinks, which)
        return self._prefix + pattern.partition("{")[0]

    @property
    def archive(self) -> str:
        """Address of the list of years."""
        return self._prefix + self.settings.permalinks.archive

    def day(self, day: str) -> str:
        """Address of a year, month or day: ``2025-12-03`` → ``/archive/2025/12/03/``, where no story can be."""
        return f"{self.archive}{day.replace('-', '/')}/"

    def plain(self, name: str) -> str:
        """Address of a page that exists once: search, feeds, about, corrections, breaking."""
        return f"{self._prefix}/{name}/"

    def groups(self, which: str, groups: Iterable[Group]) -> dict[str, str]:
        """Give each group an address by its label's slug.

        Where two want the same, the one with the oldest story keeps it (it was there first) and the others
        get a mark made from their key, so that neither reading order nor a later namesake moves an address.
        """
        pattern = getattr(self.settings.permalinks, which)
        wanted: dict[str, list[Group]] = {}
        for group in groups:
            wanted.setdefault(slugify(group.label), []).append(group)
        found = {}
        for slug, rivals in wanted.items():
            if len(rivals) > 1:
                rivals.sort(key=_seniority)
            for place, group in enumerate(rivals):
                found[group.key] = self._under(pattern, slug if not place else f"{slug}-{mark(group.key)}")
        return found

    def feeds(self, base: str) -> dict[FeedFormat, str]:
        """Addresses of the feeds of the page at *base*."""
        return {kind: base + FEED_FILES[kind] for kind in self.settings.feeds.formats}


def _seniority(group: Group) -> tuple[datetime, str]:
    return min(s.published for s in group.stories), group.key


def mark(key: str) -> str:
    """Make a short mark that tells namesakes apart."""
    return digest(key.encode()).hex()[:6]


def reserved(settings: Settings) -> frozenset[str]:
    """First path segments that belong to the site itself: no article and no alias may take them."""
    links: Permalinks = settings.permalinks
    own = {getattr(links, name).split("/")[1] for name in ("tag", "section", "author", "agency", "archive")}
    own |= {
        "assets",
        "media",
        "page",
        "search",
        "feeds",
        "about",
        "corrections",
        "breaking",
        "pagefind",
        "index.html",
        "_desk",
    }
    return frozenset(own | {lang for lang in settings.all_languages if lang != settings.language})
