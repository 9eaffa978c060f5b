"""dateline.toml and the environment -> Settings: every key typed, unknown keys refused with a suggestion."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field

from dateline.errors import SettingsError

FILE = "dateline.toml"

Positive = Annotated[int, Meta(ge=1, le=10_000_000)]
Natural = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Line = Annotated[str, Meta(max_length=500)]
FeedFormat = Literal["rss", "atom", "json"]


class _Section(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the settings file."""


class Feeds(_Section, frozen=True):
    """``[feeds]``: which feeds exist and what they carry."""

    formats: tuple[FeedFormat, ...] = ("rss", "atom", "json")
    content: Literal["full", "summary"] = "full"
    limit: Annotated[int, Meta(ge=1, le=100)] = 50  # entries
    max_bytes: Positive = 512 * 1024  # of one feed: oldest entries go first, then full text
    site: bool = True
    languages: bool = True
    tags: bool = True
    sections: bool = True
    authors: bool = True
    agencies: bool = True
    breaking: bool = True
    corrections: bool = True
    archives: bool = True  # RFC 5005, one document a month
    tombstones: bool = True  # RFC 6721, in Atom
    withdrawal_notice: bool = False  # an entry that says so, in RSS and JSON
    stylesheet: bool = True  # a CSS instruction, so that a browser shows something readable
    hub: Line = ""  # WebSub hub address
    indexnow_key: Annotated[str, Meta(pattern=r"^([A-Za-z0-9-]{8,128})?$")] = ""  # tells search engines of changes
    ttl: Positive = 60  # minutes, RSS


class Pagination(_Section, frozen=True):
    """``[pagination]``: stories a page."""

    size: Annotated[int, Meta(ge=1, le=500)] = 20
    home: Annotated[int, Meta(ge=1, le=500)] = 30


class Permalinks(_Section, frozen=True):
    """``[permalinks]``: where pages live; ``{year} {month} {day} {slug} {section} {lang} {id}``."""

    article: Line = "/{year}/{month}/{day}/{slug}/"
    month: Line = "/{year}/{month}/{slug}/"  # where only the month is known
    tag: Line = "/tags/{slug}/"
    section: Line = "/sections/{slug}/"
    author: Line = "/authors/{slug}/"
    agency: Line = "/agencies/{slug}/"
    archive: Line = "/archive/"


class Taxonomies(_Section, frozen=True):
    """``[taxonomies]``: what becomes a tag and when a tag has a page."""

    min_stories: Positive = 2
    detect: bool = True  # find places, people, organisations and topics in the text at ingest
    max_places: Natural = 5
    max_people: Natural = 8
    max_organisations: Natural = 5
    max_topics: Natural = 2
    listed: tuple[Line, ...] = ()  # ids or labels that have a page from the first story on


class Markdown(_Section, frozen=True):
    """``[markdown]``: how bodies are rendered."""

    extensions: tuple[
        Literal["tables", "fenced_code", "footnotes", "def_list", "abbr", "attr_list", "smarty", "sane_lists"], ...
    ] = ("tables", "fenced_code", "sane_lists")
    html: bool = False  # let an allow-list of HTML written in Markdown through


class Content(_Section, frozen=True):
    """``[content]``: a bucket that content/ is kept up to (extra ``dateline[remote]``)."""

    url: Line = ""  # s3://bucket/prefix
    poll: Annotated[int, Meta(ge=1, le=86_400)] = 60  # seconds between two looks of a watch
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 60.0  # for a listing, or a file
    empty: bool = False  # an empty bucket is meant to be so, and empties content/


class Ingest(_Section, frozen=True):
    """``[ingest]``: where wire copy is picked up."""

    on_build: bool = True
    seeds: Line = "seeds"
    agency: Line = ""  # where a file names none
    section: Line = ""
    lang: Line = ""  # where it cannot be told
    schemas: Line = ""  # a folder with IPTC's schemas, against which ninjs is held (extra ``dateline[schema]``)


class News(_Section, frozen=True):
    """``[news]``: how long news is new."""

    breaking_hours: Annotated[int, Meta(ge=0, le=168)] = 6
    sitemap_hours: Annotated[int, Meta(ge=1, le=168)] = 48
    related: Annotated[int, Meta(ge=0, le=10)] = 4


Bytes = Annotated[int, Meta(ge=1, le=100_000_000_000)]


class Limits(_Section, frozen=True):
    """``[limits]``: what one file may cost, in bytes unless said otherwise."""

    article: Bytes = 2_000_000
    seed: Bytes = 20_000_000
    front_matter: Bytes = 100_000
    line: Positive = 200_000  # characters
    picture: Bytes = 40_000_000
    terms: Positive = 200  # tags, people, places … of one article
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 10.0  # to render one article


class Images(_Section, frozen=True):
    """``[images]``: responsive pictures (extra ``dateline[images]``)."""

    enabled: bool = True
    widths: tuple[Annotated[int, Meta(ge=16, le=8000)], ...] = (480, 960, 1440)
    formats: tuple[Literal["avif", "webp", "jpeg"], ...] = ("avif", "webp", "jpeg")
    cards: bool = False  # a preview picture for sharing, per article
    icon: Line = ""  # source picture of the icons


class Search(_Section, frozen=True):
    """``[search]``: full-text search by Pagefind (extra ``dateline[search]``)."""

    enabled: bool = False


class Compress(_Section, frozen=True):
    """``[compress]``: precompressed files beside the text files."""

    formats: tuple[Literal["gz", "br", "zst"], ...] = ()


class Theme(_Section, frozen=True):
    """``[theme]``: the look without touching a template."""

    wordmark: Line = ""  # defaults to the title
    logo: Line = ""  # path below static/
    accent: Line = ""  # CSS colour, light scheme
    accent_dark: Line = ""
    menu: tuple[tuple[Line, Line], ...] = ()  # [["Title", "/address/"], …]; defaults to the sections
    ninjs: bool = False  # index.ninjs.json beside each article
    pages: Literal["full", "minimal"] = "full"  # minimal: home, articles, tags, feeds, sitemap only
    server_files: bool = True  # _headers, _redirects, nginx map


class Settings(_Section, frozen=True):
    """All of ``dateline.toml``; each key has a default that works."""

    title: Annotated[str, Meta(min_length=1, max_length=200)] = "dateline"
    description: Line = ""
    base_url: Line = "http://127.0.0.1:8000/"
    language: Line = "en"
    languages: tuple[Line, ...] = ()  # more than one: a home, tags and feeds for each
    timezone: Line = "UTC"
    author: Line = ""
    email: Line = ""
    copyright: Line = ""
    feeds: Feeds = field(default_factory=Feeds)
    pagination: Pagination = field(default_factory=Pagination)
    permalinks: Permalinks = field(default_factory=Permalinks)
    taxonomies: Taxonomies = field(default_factory=Taxonomies)
    markdown: Markdown = field(default_factory=Markdown)
    content: Content = field(default_factory=Content)
    ingest: Ingest = field(default_factory=Ingest)
    news: News = field(default_factory=News)
    limits: Limits = field(default_factory=Limits)
    images: Images = field(default_factory=Images)
    search: Search = field(default_factory=Search)
    compress: Compress = field(default_factory=Compress)
    theme: Theme = field(default_factory=Theme)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The newsroom's time zone: moments without zone are in it, pages show it."""
        return ZoneInfo(self.timezone)

    @property
    def all_languages(self) -> tuple[str, ...]:
        """The default language, then the others."""
        return (self.language, *(lang for lang in self.languages if lang != self.language))


def load(text: str, environ: Mapping[str, str] | None = None, place: str = FILE) -> Settings:
    """Read settings from the TOML *text*, then from ``DATELINE_…`` variables, which win.

    ``DATELINE_FEEDS__LIMIT=20`` sets ``feeds.limit``. Raises ``SettingsError`` naming key and remedy.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise SettingsError(f"{place}:{line[1]}" if line else place, f"not TOML: {error}", "mend this line") from None
    except RecursionError:
        raise SettingsError(place, "nested too deeply", "settings need no more than three levels") from None
    for name, value in sorted((environ or {}).items()):
        if name.startswith("DATELINE_"):
            _override(data, name, value)
    _known(data, Settings, place, "")
    try:
        settings = msgspec.convert(data, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise SettingsError(place, _plainly(str(error)), "see docs/settings.md for its type") from None
    return _checked(settings, place)


def _override(data: dict[str, Any], name: str, value: str) -> None:
    path = name.removeprefix("DATELINE_").lower().split("__")
    if path[0] not in Settings.__struct_fields__:
        return  # other DATELINE_ variables are not ours
    for key in path[:-1]:
        data = data.setdefault(key, {})
        if not isinstance(data, dict):
            raise SettingsError(name, f"{key!r} is not a table", "remove the variable or the key")
    try:
        data[path[-1]] = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        data[path[-1]] = value


def _known(data: Mapping[str, Any], table: type[Struct], place: str, prefix: str) -> None:
    kinds = {f.name: f.type for f in msgspec.structs.fields(table)}
    for key, value in data.items():
        if key not in kinds:
            import difflib  # only for who has mistyped

            near = difflib.get_close_matches(key, kinds, n=1)
            remedy = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(sorted(kinds))}"
            raise SettingsError(place, f"unknown setting {prefix + key!r}", remedy)
        kind = kinds[key]
        if isinstance(kind, type) and issubclass(kind, _Section) and isinstance(value, dict):
            _known(value, kind, place, f"{prefix}{key}.")


def _plainly(message: str) -> str:
    return message.replace("`", "'").replace(" - at '$.", " at '")


_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}$|[a-z]+$|(?:rgb|hsl|oklch)\([0-9., %/a-z-]+\)$")


def _checked(settings: Settings, place: str) -> Settings:
    """Refuse what types cannot: addresses, zones, languages, permalinks."""
    url = urlsplit(settings.base_url)
    if (
        url.scheme not in {"http", "https"}
        or not url.netloc
        or url.query
        or url.fragment
        or re.search(r"[\s<>\"']", settings.base_url)
    ):
        raise SettingsError(
            place, f"base_url: {settings.base_url!r} is no address", 'write it as "https://example.org/"'
        )
    try:
        ZoneInfo(settings.timezone)
    except (KeyError, ValueError, OSError):
        raise SettingsError(
            place, f"timezone: {settings.timezone!r} is unknown", 'write it as "Europe/Berlin"'
        ) from None
    for lang in settings.all_languages:
        if not _LANGUAGE.match(lang):
            raise SettingsError(place, f"language: {lang!r} is no language tag", 'write it as "de" or "pt-BR"')
    for name in ("accent", "accent_dark"):
        value = getattr(settings.theme, name)
        if value and not _COLOUR.match(value):
            raise SettingsError(place, f"theme.{name}: {value!r} is no colour", 'write it as "#0b5563"')
    if settings.content.url and not re.match(r"[a-z][a-z0-9+.:-]*://\S+\Z", settings.content.url):
        raise SettingsError(
            place, f"content.url: {settings.content.url!r} is no address", 'write it as "s3://bucket/prefix"'
        )
    for name in settings.permalinks.__struct_fields__:
        _permalink(f"permalinks.{name}", getattr(settings.permalinks, name), place)
    for name in ("seeds", "schemas"):
        folder = getattr(settings.ingest, name)
        if folder.startswith("/") or ".." in folder.split("/"):
            raise SettingsError(place, f"ingest.{name}: {folder!r} leaves the newsroom", "name a folder inside it")
    if settings.ingest.schemas and not settings.ingest.schemas.strip("./"):
        raise SettingsError(place, "ingest.schemas is the newsroom itself", "name a folder inside it")
    return msgspec.structs.replace(settings, base_url=settings.base_url.rstrip("/") + "/")


def _permalink(name: str, pattern: str, place: str) -> None:
    keys = set(re.findall(r"{(\w*)}", pattern))
    unknown = keys - {"year", "month", "day", "slug", "section", "lang", "id"}
    literal = re.sub(r"{\w*}", "x", pattern)
    if unknown or not re.fullmatch(r"/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*", literal):
        raise SettingsError(place, f"{name}: {pattern!r} is no permalink", 'write it as "/{year}/{month}/{slug}/"')
    if not name.endswith("archive") and "slug" not in keys and "id" not in keys:
        raise SettingsError(place, f"{name}: {pattern!r} is the same for every page", "put {slug} into it")
