"""An entry and the feed options -> the texts and moments that every format shows, none of them empty."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from dateline.page import Category, Entry, Media
from dateline.settings import Settings
from dateline.text import clean

Content = Literal["full", "summary"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WORDS = {  # correction, breaking news
    "de": ("Korrektur", "Eilmeldung"),
    "en": ("Correction", "Breaking news"),
    "es": ("Corrección", "Última hora"),
    "fr": ("Correction", "Flash info"),
    "it": ("Correzione", "Ultima ora"),
    "nl": ("Correctie", "Laatste nieuws"),
    "pl": ("Sprostowanie", "Z ostatniej chwili"),
    "pt": ("Correção", "Última hora"),
}
NOTES = "<div><p><strong>", "</div>"  # how correction notes begin and end, nothing else at the top of an entry
_TITLE_LENGTH = 100  # of a title made from other text

_T = TypeVar("_T")


class FeedOptions(Struct, frozen=True):
    """What all feeds of a site share. ``author`` is never empty; addresses are absolute but the stylesheet's."""

    author: str
    generator: str
    content: Content = "full"
    max_bytes: int = 512 * 1024
    ttl: int = 60
    hub: str = ""
    stylesheet: str = ""  # root-relative
    rights: str = ""
    email: str = ""
    logo: str = ""  # PNG, JPEG or GIF
    icon: str = ""
    breaking_scheme: str = ""  # absolute IRI of the category that marks breaking news
    timezone: str = "UTC"  # of the dates in correction notes


class Picture(Struct, frozen=True):
    """A picture as attributes show it: "" where unknown."""

    url: str
    type: str
    length: str
    width: str
    height: str
    alt: str
    credit: str

    @property
    def attached(self) -> bool:
        """An enclosure needs type and exact length."""
        return bool(self.type and self.length)


class Shown(Struct, frozen=True):
    """One entry with every gap filled. ``content`` and ``summary`` are HTML; ``content`` is "" where only a summary goes out."""

    id: str
    url: str
    lang: str
    title: str
    plain: str  # the summary as plain text
    summary: str
    content: str
    published: datetime  # UTC, whole seconds, as is the next
    updated: datetime
    authors: tuple[str, ...]
    categories: tuple[Category, ...]
    image: Picture | None
    rights: str
    source_url: str


def options(settings: Settings, generator: str, stylesheet: str = "", logo: str = "", icon: str = "") -> FeedOptions:
    """Gather what the *settings* say of feeds; the addresses of assets are the plan's."""
    feeds = settings.feeds
    return FeedOptions(
        author=settings.author or settings.title,
        generator=generator,
        content=feeds.content,
        max_bytes=feeds.max_bytes,
        ttl=feeds.ttl,
        hub=feeds.hub,
        stylesheet=stylesheet if feeds.stylesheet else "",
        rights=settings.copyright,
        email=settings.email,
        logo=logo,
        icon=icon,
        breaking_scheme=f"{settings.base_url}#breaking",
        timezone=settings.timezone,
    )


def rfc822(moment: datetime) -> str:
    """Format *moment* as RSS wants it, in UTC and English in every locale: ``Wed, 03 Dec 2025 09:30:00 +0000``.

    Raises ``ValueError`` if *moment* has no time zone.
    Source: RSS 2.0, ``pubDate``; RFC 822 section 5, with four-digit years.
    """
    m = utc(moment)
    return f"{_DAYS[m.weekday()]}, {m.day:02} {_MONTHS[m.month - 1]} {m.year:04} {m.hour:02}:{m.minute:02}:{m.second:02} +0000"


def rfc3339(moment: datetime) -> str:
    """Format *moment* as Atom and JSON Feed want it, in UTC and whole seconds: ``2025-12-03T09:30:00+00:00``.

    Raises ``ValueError`` if *moment* has no time zone.
    """
    return utc(moment).isoformat()


def utc(moment: datetime) -> datetime:
    """Bring *moment* to UTC and whole seconds. Raises ``ValueError`` if it has no time zone."""
    if moment.tzinfo is UTC and not moment.microsecond:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def last_change(entry: Entry) -> datetime:
    """Tell when *entry* last changed for its readers: published, updated or corrected, whichever came last.

    A feed's ``updated`` is the newest of these over its entries and tombstones.
    """
    return utc(max(entry.published, entry.updated, *(date for date, _ in entry.corrections)))


def shown(entry: Entry, options: FeedOptions, content: Content) -> Shown:
    """Fill the gaps of *entry*: a title from the summary, a summary from the title, an author from agency or site.

    Corrections stand at the top of what is shown, newest first. Breaking news carries a category and no
    mark in its title: a label that expires must not change an entry whose ``updated`` stays.
    """
    title = " ".join(entry.title.split()) or _shortened(entry.summary) or entry.url
    plain = entry.summary.strip() or title
    summary = html.escape(plain, quote=False)
    paragraph = f"<p>{summary}</p>"
    notes = _notes(entry, options.timezone) if entry.corrections else ""
    full = content == "full"
    return Shown(
        id=entry.id,
        url=entry.url,
        lang=entry.lang,
        title=title,
        plain=plain,
        summary=summary if full else notes + paragraph,
        content=notes + (entry.html.strip() or paragraph) if full else "",
        published=utc(entry.published),
        updated=last_change(entry),
        authors=tuple(filter(None, map(str.strip, entry.authors))) or (entry.agency or options.author,),
        categories=_categories(entry, options),
        image=_picture(entry.image) if entry.image else None,
        rights=entry.rights,
        source_url=entry.source_url,
    )


def _picture(image: Media) -> Picture:
    length, width, height = (str(number or "") for number in (image.length, image.width, image.height))
    return Picture(image.url, image.type, length, width, height, image.alt, image.credit)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[:_TITLE_LENGTH].rsplit(" ", 1)[0] + " …"


def _notes(entry: Entry, timezone: str) -> str:
    word, zone = _words(entry.lang)[0], ZoneInfo(timezone)
    notes = (
        f"<p><strong>{word} ({utc(date).astimezone(zone).date()}):</strong> {html.escape(text, quote=False)}</p>"
        for date, text in sorted(entry.corrections, reverse=True)
    )
    return "".join((NOTES[0].removesuffix("<p><strong>"), *notes, NOTES[1]))


def _categories(entry: Entry, options: FeedOptions) -> tuple[Category, ...]:
    """Keep one category a label: readers show labels, whatever the scheme."""
    kept: dict[str, Category] = {}
    if entry.breaking:
        label = _words(entry.lang)[1]
        kept[label] = Category(label, "breaking", options.breaking_scheme)
    for category in entry.categories:
        label = category.label.strip() or category.term
        if label:
            scheme = category.scheme if ":" in category.scheme else ""
            kept.setdefault(label, Category(label, category.term or label, scheme))
    return tuple(kept.values())


def _words(lang: str) -> tuple[str, str]:
    return _WORDS.get(lang.partition("-")[0].lower(), _WORDS["en"])


def cleaned(value: _T) -> _T:
    """Clean every text in *value*, through tuples and structs, of what no document can carry."""
    result: Any = value
    if isinstance(value, str):
        result = clean(value)
    elif isinstance(value, tuple):
        result = tuple(cleaned(item) for item in value)
    elif isinstance(value, Struct):
        fields = {name: cleaned(getattr(value, name)) for name in value.__struct_fields__}
        result = msgspec.structs.replace(value, **fields)
    return result  # type: ignore[no-any-return]
