"""The nouns of the trade: a story, its parts, and the part of it that other pages may show."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

Precision = Literal["month", "day", "minute"]
Status = Literal["published", "draft", "withdrawn"]
Kind = Literal["place", "person", "organisation", "topic", "keyword"]
StoryKind = Literal["story", "table", "agenda", "release"]
TitleSource = Literal["agency", "lead", "hand"]


class Correction(Struct, frozen=True):
    """A dated note that says what was wrong; the reader sees it."""

    date: datetime  # aware, UTC
    text: str


class Image(Struct, frozen=True, omit_defaults=True):
    """A picture: ``src`` is a path below ``content/`` or ``static/``, or an address elsewhere."""

    src: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    width: int = 0  # pixels, 0 where unknown
    height: int = 0


class Source(Struct, frozen=True, omit_defaults=True):
    """Where a story came from; ``id`` and ``version`` are the agency's own."""

    file: str = ""
    sha256: str = ""  # of the seed file's bytes
    id: str = ""
    version: str = ""
    url: str = ""


class Term(Struct, frozen=True, order=True, array_like=True):
    """A tag resolved by the vocabulary: the same id whatever language or spelling it was written in.

    ``id`` is canonical, with its kind: ``place:RU``, ``person:wladimir-putin``, ``org:ezb``,
    ``topic:economy``, ``keyword:hafen``. ``label`` is the word for it in the article's language.
    """

    kind: Kind
    id: str
    label: str


class Article(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One story without its body: what front matter says, typed. Moments are aware and in UTC."""

    id: str  # minted once, never changed: "tag:" URI or any IRI
    title: str  # the headline
    published: datetime
    precision: Precision = "minute"
    updated: datetime | None = None  # moves only when the text does
    title_source: TitleSource = "hand"
    slug: str = ""
    summary: str = ""
    lang: str = ""  # BCP 47
    section: str = ""
    kicker: str = ""  # the agency's flag or slug line, shown small above the headline
    flags: tuple[str, ...] = ()  # headline flags as the agency wrote them: "ROUNDUP 2"
    tags: tuple[str, ...] = ()  # given by hand or by the agency: keywords
    places: tuple[str, ...] = ()  # labels or ids ("place:RU"), as are the next three
    people: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    agency: str = ""  # "dpa-AFX", "APA/AFP"
    service: str = ""  # "Analyser"
    dateline: str = ""  # cities as the agency wrote them: "MOSKAU"
    signoff: str = ""  # "fko/DP/nas"
    kind: StoryKind = "story"
    status: Status = "published"
    breaking: bool = False
    excerpt: bool = False  # only a teaser arrived
    embargo: datetime | None = None
    expires: datetime | None = None
    corrections: tuple[Correction, ...] = ()
    aliases: tuple[str, ...] = ()  # former addresses: "/old/path/"
    translation: str = ""  # articles of different languages with the same key are one story
    image: Image | None = None
    rights: str = ""
    urgency: int = 0  # 1 (most) to 9, 0 where unknown
    isins: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()  # subject codes of machine formats: "medtop:04000000"
    source: Source | None = None


class Story(Struct, frozen=True):
    """An article with its body in Markdown, as it is read from ``content/`` or from the wire."""

    article: Article
    body: str
    dropped: tuple[str, ...] = ()  # words of the source that are in no field and not in the body
    evidence: tuple[Evidence, ...] = ()
    note: Note | None = None


class Evidence(Struct, frozen=True):
    """Which rule gave a field, from which characters of the decoded source (half-open span)."""

    field: str
    rule: str
    start: int
    end: int


class Note(Struct, frozen=True):
    """What the agency says of this version: a correction, a repeat, an update, a withdrawal."""

    kind: Literal["correction", "repeat", "update", "withdrawal", "note"]
    text: str


class Variant(Struct, frozen=True, array_like=True):
    """One file of a picture: root-relative address, size in pixels."""

    url: str
    width: int
    height: int


class Rendition(Struct, frozen=True, array_like=True):
    """A picture in one format, in several widths, the smallest first."""

    type: str  # MIME
    files: tuple[Variant, ...]


class Picture(Struct, frozen=True, array_like=True):
    """A picture as pages and feeds show it: all its files are there, none is larger than the original."""

    shown: Variant  # of middle width, in a format that everybody can show
    largest: Variant  # the same format
    type: str  # of these two
    length: int  # bytes of ``shown``
    renditions: tuple[Rendition, ...]  # best format first, ``shown``'s last; empty where the original is all there is
    alt: str = ""
    caption: str = ""
    credit: str = ""


class Teaser(Struct, frozen=True, array_like=True):
    """The part of an article that other pages may show. ``digest`` names exactly these values."""

    id: str
    url: str  # root-relative: "/2025/12/03/kreml/"
    title: str
    summary: str
    published: datetime
    precision: Precision
    updated: datetime | None
    lang: str
    section: str
    kicker: str
    agency: str
    authors: tuple[str, ...]
    breaking: bool
    corrected: bool
    image: Image | None  # as the article names it
    digest: bytes
    picture: Picture | None = None  # what there is to show of it
