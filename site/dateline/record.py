"""A content file -> what the index keeps of it: enough for every other page, never the body."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, msgpack, structs

from dateline.article import Article, Precision, Status, Story, Teaser, Term
from dateline.engine.digest import digest_of
from dateline.text import slugify

if TYPE_CHECKING:
    from collections.abc import Callable

    from dateline.settings import Settings

NO_DIGEST = b""


class Record(Struct, frozen=True, array_like=True, gc=False):
    """What the index knows of one article. ``digest`` names the whole article, body included."""

    path: str  # of the content file, relative to the newsroom
    digest: bytes
    teaser: Teaser
    terms: tuple[Term, ...]
    section: str
    agency: str
    status: Status
    embargo: datetime | None
    expires: datetime | None
    corrected: datetime | None  # of the newest correction
    aliases: tuple[str, ...]
    translation: str
    words: int
    front: bytes = b""  # the whole article as msgpack, so that its front matter is parsed once
    start: int = -1  # where the body begins in the file's text; -1 where the text had to be mended

    @property
    def id(self) -> str:
        """The article's id."""
        return self.teaser.id

    @property
    def published(self) -> datetime:
        """When it was published."""
        return self.teaser.published

    @property
    def changed(self) -> datetime:
        """When its text was last changed: ``updated`` or, where there is none, ``published``."""
        return self.teaser.updated or self.teaser.published


def record(
    path: str, story: Story, terms: tuple[Term, ...], source: bytes, settings: Settings, start: int = -1
) -> Record:
    """Keep of *story* what other pages show; *source* is the digest of its file and of all that read it."""
    article = story.article
    slug = slugify(article.slug, "") or slugify(article.title)
    return Record(
        path=path,
        digest=source,
        teaser=named(_teaser(article, address(article, slug, settings), settings)),
        terms=terms,
        section=article.section,
        agency=article.agency,
        status=article.status,
        embargo=article.embargo,
        expires=article.expires,
        corrected=max((c.date for c in article.corrections), default=None),
        aliases=article.aliases,
        translation=article.translation,
        words=_words(story.body),
        front=_encode_article(article),
        start=start,
    )


def _words(text: str) -> int:
    """Count words by the gaps between them: a tenth of the cost of taking them apart."""
    return text.count(" ") + text.count("\n") - text.count("\n\n") + bool(text)


def _teaser(article: Article, url: str, settings: Settings) -> Teaser:
    return Teaser(
        id=article.id,
        url=url,
        title=article.title,
        summary=article.summary,
        published=article.published,
        precision=article.precision,
        updated=article.updated,
        lang=article.lang or settings.language,
        section=article.section,
        kicker=article.kicker,
        agency=article.agency,
        authors=article.authors,
        breaking=article.breaking,
        corrected=bool(article.corrections),
        image=article.image,
        digest=NO_DIGEST,
    )


def named(teaser: Teaser) -> Teaser:
    """Put the digest of all its values into *teaser*."""
    bare = structs.replace(teaser, digest=NO_DIGEST) if teaser.digest else teaser
    return structs.replace(teaser, digest=digest_of(bare))


def same_but_body(new: Record, old: Record) -> bool:
    """Tell whether two records of an article differ by nothing that shows elsewhere than with its body."""
    return structs.replace(new, digest=old.digest, words=old.words) == old


def moved(old: Record, url: str) -> Record:
    """Give *old* another address: two stories wanted the same."""
    return structs.replace(old, teaser=named(structs.replace(old.teaser, url=url)))


def address(article: Article, slug: str, settings: Settings) -> str:
    """Make the article's address, root-relative, by ``[permalinks]``; the day is the newsroom's day."""
    return permalink(article.published, article.precision, slug, article, settings)


def permalink(published: datetime, precision: Precision, slug: str, article: Article, settings: Settings) -> str:
    """Fill ``[permalinks]`` in: ``month`` where only the month is known, else ``article``."""
    links = settings.permalinks
    local = published.astimezone(settings.zone)
    lang = settings.language
    if article.lang and article.lang != lang and article.lang in settings.all_languages:
        lang = article.lang
    pattern = links.month if precision == "month" else links.article
    values = {
        "year": f"{local.year:04}",
        "month": f"{local.month:02}",
        "day": f"{local.day:02}",
        "slug": slug,
        "lang": lang,
    }
    if "{section}" in pattern:
        values["section"] = slugify(article.section, "news")
    if "{id}" in pattern:
        values["id"] = slugify(article.id)
    prefix = "" if lang == settings.language else f"/{lang}"
    return prefix + pattern.format_map(values)


encode: Callable[[Record], bytes] = msgpack.Encoder().encode
_decoder = msgpack.Decoder(Record)
_encode_article = msgpack.Encoder().encode
article_of: Callable[[bytes], Article] = msgpack.Decoder(Article).decode


def decode(data: bytes) -> Record:
    """Read what ``encode`` wrote. Raises ``msgspec.DecodeError``."""
    return _decoder.decode(data)
