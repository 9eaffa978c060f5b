"""What one planned output shows: exactly these values, and nothing that is not among its inputs.

The plan (and nobody else) fills these in, with every address already made; renderers only read them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from dateline.article import Article, Kind, Picture, Precision, Teaser

FeedFormat = Literal["rss", "atom", "json"]


class Link(Struct, frozen=True, array_like=True):
    """A title and a root-relative address; ``lang`` where it differs from the page's."""

    title: str
    url: str
    lang: str = ""


_FORMATS = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
}


class FeedLink(Struct, frozen=True):
    """A feed for autodiscovery: title, root-relative address, MIME type."""

    title: str
    url: str
    type: str

    @property
    def format(self) -> str:
        """What readers call the format."""
        return _FORMATS.get(self.type, self.type)


class SiteView(Struct, frozen=True):
    """What every page of one language may show of the site."""

    title: str
    description: str
    base_url: str  # absolute, ends with "/"
    root: str  # path of base_url: "/" or "/news/"
    lang: str
    timezone: str
    author: str
    copyright: str
    wordmark: str
    logo: str
    home: str  # root-relative
    menu: tuple[Link, ...]
    languages: tuple[Link, ...]  # homes of all languages, this one included, when more than one
    tags_index: str
    archive: str
    search: str  # "" where the site has no search page
    search_ready: bool  # an index will be there
    feeds_page: str
    about: str
    corrections: str
    stylesheet: str  # address with a content hash
    icon: str
    icons: tuple[tuple[int, str], ...]  # the site's own, by size; empty: the theme's
    manifest: str
    card: str  # default preview picture, absolute
    scripts: dict[str, str]  # own scripts by name: {"search": "/assets/search.….js"}
    feeds: tuple[FeedLink, ...]
    generator: str
    extra: dict[str, object]
    digest: bytes


class TermLink(Struct, frozen=True, array_like=True):
    """A tag as a page shows it; ``url`` is "" while it has no page of its own."""

    kind: Kind
    id: str
    label: str
    url: str
    count: int = 0  # stories, 0 where the page does not show it


class Pager(Struct, frozen=True):
    """Where this page stands in a list. Pages are numbered from the oldest, so addresses stay.

    The list's own address shows the newest stories; ``/page/1/`` the oldest.
    """

    number: int  # of this page, counted for people: 1 is the newest
    total: int
    newer: str  # root-relative, "" at the end
    older: str
    pages: tuple[Link, ...] = ()  # all pages or a window of them


class PageHead(Struct, frozen=True):
    """What stands in the head of every page."""

    path: str  # output file: "tags/hafen/index.html"
    url: str  # root-relative address
    lang: str
    title: str  # unique over the site, without the site's name
    description: str
    kind: str  # template name without ".html"
    noindex: bool = False
    alternates: tuple[Link, ...] = ()  # this page in other languages (lang set), this one included
    feeds: tuple[FeedLink, ...] = ()  # besides the site's
    trail: tuple[Link, ...] = ()  # the way here: from below the home page down to the page above this one


class ArticlePage(Struct, frozen=True):
    """``article.html`` and ``withdrawn.html``."""

    head: PageHead
    article: Article
    section: Link | None
    agency: Link | None
    authors: tuple[Link, ...]  # url "" where there is no page
    terms: tuple[TermLink, ...]
    previous: Teaser | None  # older
    next: Teaser | None  # newer
    related: tuple[Teaser, ...]
    words: int
    breaking: bool  # at the build's clock
    archive: Link | None = None  # the day it was published
    picture: Picture | None = None
    preview: str = ""  # root-relative address of the picture made to share this story with
    mark: str = ""  # for the title, where an earlier story has the same headline: its day


class HomePage(Struct, frozen=True):
    """``home.html``. ``stories`` newest first; the first is the lead."""

    head: PageHead
    stories: tuple[Teaser, ...]
    sections: tuple[tuple[Link, tuple[Teaser, ...]], ...]
    terms: tuple[TermLink, ...]  # most used of late
    breaking: frozenset[str]  # ids whose label has not expired
    pager: Pager | None = None


class Month(Struct, frozen=True):
    """Stories in a month, for a bar chart."""

    year: int
    month: int
    count: int
    url: str = ""


class ListPage(Struct, frozen=True):
    """``tag.html``, ``section.html``, ``author.html``, ``agency.html``, ``day.html``, ``corrections.html``."""

    head: PageHead
    heading: str
    stories: tuple[Teaser, ...]
    pager: Pager | None
    count: int
    term: TermLink | None = None
    description: str = ""  # from the vocabulary
    picture: Picture | None = None  # of a tag, from the vocabulary
    related: tuple[TermLink, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    months: tuple[Month, ...] = ()
    breaking: frozenset[str] = frozenset()
    day: str = ""  # "2025-12-03", "2025-12" or "2025" where the list is of a time


class IndexPage(Struct, frozen=True):
    """``tags.html`` (A to Z), ``feeds.html``, ``sections.html``: lists of links."""

    head: PageHead
    heading: str
    terms: tuple[TermLink, ...] = ()
    feeds: tuple[tuple[str, tuple[FeedLink, ...]], ...] = ()  # heading, feeds
    links: tuple[Link, ...] = ()
    count: int = 0  # all that there are, where only the most used are shown


class ArchivePage(Struct, frozen=True):
    """``archive.html`` (years), ``year.html`` (months), ``month.html`` (days as a calendar, and its stories).

    ``entries`` are ("2025", "2025-12" or "2025-12-03"; address; stories); ``inside`` are those one step below:
    months of the years, days of the months.
    """

    head: PageHead
    heading: str
    year: int
    month: int
    entries: tuple[tuple[str, str, int], ...]
    stories: tuple[Teaser, ...] = ()  # newest first: the last few of each month, of a month as many as fit
    inside: tuple[tuple[str, str, int], ...] = ()


class PlainPage(Struct, frozen=True):
    """``404.html``, ``search.html``, ``about.html``."""

    head: PageHead
    heading: str
    links: tuple[Link, ...] = ()


class RedirectPage(Struct, frozen=True):
    """``redirect.html``: a former address."""

    head: PageHead
    target: str  # root-relative


class FeedPage(Struct, frozen=True):
    """One feed in one format. ``entries`` newest first; the whole articles are read by the maker."""

    path: str  # "tags/hafen/feed.xml"
    url: str  # absolute
    format: FeedFormat
    id: str  # permanent, unique over the feeds of the site
    title: str
    description: str
    lang: str
    home: str  # absolute address of the HTML page
    updated: datetime  # of the newest entry or tombstone
    entries: tuple[str, ...]  # article ids
    tombstones: tuple[tuple[str, datetime], ...] = ()  # article id, when withdrawn
    archive: bool = False  # RFC 5005: a closed month
    current: str = ""  # absolute, of an archive document
    previous: str = ""  # absolute, prev-archive
    next: str = ""


Stamp = tuple[datetime, Precision]


class Category(Struct, frozen=True):
    """A feed category: ``scheme`` is an absolute IRI, ``term`` the canonical id."""

    label: str
    term: str
    scheme: str


class Media(Struct, frozen=True):
    """A picture of a feed entry: absolute address, MIME type, exact length in bytes (0: elsewhere, unknown)."""

    url: str
    type: str
    length: int
    width: int = 0
    height: int = 0
    alt: str = ""
    credit: str = ""


class Entry(Struct, frozen=True):
    """One story as feeds show it. ``html`` is sanitised and has absolute addresses only."""

    id: str
    url: str  # absolute
    title: str  # plain text
    summary: str  # plain text
    html: str
    published: datetime
    updated: datetime
    lang: str
    authors: tuple[str, ...]  # names; the agency or the site where there is no byline
    categories: tuple[Category, ...]
    image: Media | None = None
    corrections: tuple[tuple[datetime, str], ...] = ()
    agency: str = ""
    rights: str = ""
    source_url: str = ""
    breaking: bool = False
