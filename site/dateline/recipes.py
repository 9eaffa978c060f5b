"""What tasks are made from, as values that can be sent to a worker."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from dateline.article import Article, Teaser
from dateline.cards import Card
from dateline.page import ArticlePage, FeedPage, Link, PageHead, TermLink
from dateline.record import Record
from dateline.settings import FeedFormat


class ArticleRecipe(Struct, frozen=True, gc=False, array_like=True):
    """An article's page; the body is read from the content file when it is made."""

    record: Record
    lang: str  # of the edition
    previous: Teaser | None
    next: Teaser | None
    related: tuple[Teaser, ...]
    terms: tuple[TermLink, ...]
    section: Link | None
    agency: Link | None
    authors: tuple[Link, ...]
    archive: Link | None
    alternates: tuple[Link, ...]
    breaking: bool
    preview: str = ""  # root-relative
    mark: str = ""

    def page(self, article: Article, path: str) -> ArticlePage:
        """Put the page together from what the index knows and what the file says."""
        withdrawn = article.status == "withdrawn"
        teaser = self.record.teaser
        head = PageHead(
            path=path,
            url=teaser.url,
            lang=self.lang,
            title=article.title,
            description=article.summary or article.title,
            kind="withdrawn" if withdrawn else "article",
            noindex=withdrawn or article.status == "draft",
            alternates=self.alternates,
        )
        return ArticlePage(
            head=head,
            article=article,
            section=self.section,
            agency=self.agency,
            authors=self.authors,
            terms=self.terms,
            previous=self.previous,
            next=self.next,
            related=self.related,
            words=self.record.words,
            breaking=self.breaking,
            archive=self.archive,
            picture=None if withdrawn else teaser.picture,
            preview=self.preview,
            mark=self.mark,
        )


class FeedRecipe(Struct, frozen=True, gc=False, array_like=True):
    """A feed; ``paths`` are the content files of its entries, newest first."""

    page: FeedPage
    paths: tuple[str, ...]
    formats: tuple[FeedFormat, ...]  # all that the site has: where a feed is cut by size, all are cut alike


class PiecesRecipe(Struct, frozen=True, gc=False):
    """Feed entries of some articles, in some formats."""

    records: tuple[tuple[Record, tuple[TermLink, ...]], ...]
    formats: tuple[FeedFormat, ...]


class NinjsRecipe(Struct, frozen=True, gc=False, array_like=True):
    """An article for other newsrooms' machines."""

    record: Record
    terms: tuple[TermLink, ...]


class PictureRecipe(Struct, frozen=True, gc=False):
    """The picture at ``path``, whose bytes have ``digest``, in one width and format; ``most`` is the largest width made of it."""

    path: str
    digest: bytes
    most: int
    width: int
    kind: Literal["avif", "webp", "jpeg"]


class IconRecipe(Struct, frozen=True, gc=False):
    """The picture at ``path``, whose bytes have ``digest``, as a square icon."""

    path: str
    digest: bytes
    size: int


class CardRecipe(Struct, frozen=True, gc=False):
    """A picture to share a story with."""

    card: Card


class SitemapRecipe(Struct, frozen=True, gc=False):
    """One sitemap: root-relative addresses and when each was last changed."""

    urls: tuple[tuple[str, datetime | None], ...]


class BytesRecipe(Struct, frozen=True, gc=False):
    """An output whose bytes the plan has made."""

    data: bytes


class FileRecipe(Struct, frozen=True, gc=False):
    """A file that is handed through as it is: ``path`` is relative to the newsroom."""

    path: str
