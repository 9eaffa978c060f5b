"""What any machine format says of a story, still in its own words -> a Story in ours.

A format's reader fills an ``Item`` with strings as they stand; everything that formats share is done once,
here: moments, names, addresses, subject codes, agencies, notes, and what to do where something is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from dateline.article import Article, Image, Note, Precision, Source, Story
from dateline.errors import DatelineError
from dateline.settings import Settings
from dateline.text import one_line
from dateline.wire import agencies, datelines, headline, language
from dateline.wire.escape import escape_paragraph
from dateline.wire.markdown import opened
from dateline.wire.plain import UNKNOWN_DATE

NoteKind = Literal["correction", "repeat", "update", "withdrawal", "note"]

_MOMENT = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?(?:[T ](\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?$",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:von|by|par|por|fr[ao]m|text:)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:;|/|,? und |,? and | et | y |&)\s*")
_ROLE = re.compile(r",? (?:dpa(?:-\w+)?|AFP|APA|AP|Reuters|awp|sda|Associated Press|Staff \w+|\(\w+\))$|,.*$")
_DRIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")
_TOPIC = re.compile(r"https?://cv\.iptc\.org/newscodes/(\w+)/(\w+)/?$")
_CVX = re.compile(r"https?://cvx?\.iptc\.org/(?:newscodes/)?([\w-]+)/?$")
_SCHEMES = {"mediatopic": "medtop", "subjectcode": "subj", "mediaTopic": "medtop"}
_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|weiterlesen|read more|mehr lesen|continue reading)\s*[»>]*\s*\]?$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w-]*")
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|(?<!\\)\*{1,2}")
_ESCAPED = re.compile(r"\\([^\w\s])")
_LINES = 4_000  # characters of a field that is one line on the page


class Item(Struct, kw_only=True):
    """One story as its format tells it; moments and names are unparsed strings, the body is Markdown."""

    body: str = ""
    headline: str = ""
    summary: str = ""
    kicker: str = ""
    id: str = ""
    version: str = ""
    url: str = ""
    created: str = ""  # first published
    changed: str = ""  # this version
    embargo: str = ""
    expires: str = ""
    byline: str = ""
    authors: tuple[str, ...] = ()
    place: str = ""
    agency: str = ""
    lang: str = ""
    section: str = ""
    rights: str = ""
    urgency: str = ""
    note: str = ""  # to editors
    signal: str = ""  # "update", "correction", "kill", …
    status: str = ""  # "usable", "withheld", "canceled"
    tags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    image: Image | None = None
    excerpt: bool = False
    release: bool = False


class Moment(Struct, frozen=True):
    """A point in time and how exactly it is known."""

    at: datetime  # aware, UTC
    precision: Precision


def story(item: Item, place: str, settings: Settings) -> Story:
    """Turn *item* into a Story without id; *place* names it in errors.

    The first of creation and version time is ``published``, a later version ``updated``; without any it is
    ``plain.UNKNOWN_DATE``. A story without text shows its summary or its headline and is an ``excerpt``; one
    without headline takes it from its lead. Cancelled and withheld stories are ``withdrawn``. Raises
    ``DatelineError`` where there are no words.
    """
    body, line = _parted(item.body.strip())
    known = agencies.agency_of(one_line(item.agency).rstrip(".")) or (line.found if line else None)
    agency = known.name if known else one_line(item.agency)[:80] or settings.ingest.agency
    zone = ZoneInfo(known.row.zone) if known and known.row else settings.zone
    moments = sorted(
        (found for text in (item.created, item.changed) if (found := moment(text, zone))), key=lambda found: found.at
    )
    first = moments[0] if moments else Moment(UNKNOWN_DATE, "day")
    note = _note(item)
    gone = note is not None and note.kind == "withdrawal"
    words = body or one_line(item.summary or item.headline)
    if not words and not gone:
        raise DatelineError(place, "neither text nor headline", "remove the file or ask the agency for the full story")
    lang = (
        _language(item.lang)
        or language.detect(f"{item.headline}\n{item.summary}\n{words[:2000]}")
        or settings.ingest.lang
    )
    lead = _lead(words)
    title = (
        one_line(item.headline)[:_LINES]
        or headline.from_lead(lead, lang)
        or one_line(item.kicker)[:200]
        or "Story without headline"
    )
    summary = one_line(item.summary)[:_LINES]
    limit = settings.limits.terms
    authors = names((*item.authors, *byline(item.byline)), 20)
    last = moments[-1].at if moments else first.at
    article = Article(
        id="",
        title=title,
        title_source="agency" if one_line(item.headline) else "lead",
        published=first.at,
        precision=first.precision,
        updated=last if last > first.at and moments[-1].precision == "minute" else None,
        summary=summary if not item.excerpt or body != summary else "",
        lang=lang,
        section=one_line(item.section)[:100] or settings.ingest.section,
        kicker=one_line(item.kicker)[:200],
        tags=names(item.tags, limit),
        topics=names(item.topics, limit),
        people=names(item.people, limit),
        places=names(item.places, limit),
        organisations=names(item.organisations, limit),
        subjects=names(item.subjects, limit),
        authors=authors,
        agency=agency,
        service=known.service if known else "",
        dateline=_cities(item.body.strip(), line) or _dateline(item.place, lead),
        kind="release" if item.release or (known and known.row and known.row.kind == "release") else "story",
        status="withdrawn" if gone else "published",
        excerpt=not gone and (item.excerpt or not body),
        embargo=_at(item.embargo, zone),
        expires=_at(item.expires, zone),
        image=item.image,
        rights=one_line(item.rights)[:_LINES],
        urgency=int(item.urgency) if re.fullmatch("[1-9]", item.urgency.strip()) else 0,
        source=Source(id=one_line(item.id)[:500], version=one_line(item.version)[:100], url=web(item.url)),
    )
    if gone and article.source and article.source.id:  # the desk knows the story by its id: not a word has to pass
        article = replace(article, summary="", image=None, tags=(), topics=(), people=(), places=(), organisations=())
        return Story(article, "", note=note)
    return Story(article, f"{body or escape_paragraph(words)}\n" if words else "", note=note)


def _parted(body: str) -> tuple[str, datelines.Dateline | None]:
    """Part a known agency's dateline from the text that it opens; the page shows it apart."""
    stop = body.find("\n")
    line = datelines.match(body, 0, stop if stop >= 0 else len(body))
    if not line or not line.found.row:
        return (body if any(map(str.isalnum, body)) else ""), None
    return opened(body[line.end :].lstrip()), line


def _cities(body: str, line: datelines.Dateline | None) -> str:
    return one_line(body[slice(*line.cities)].replace("\\", "")) if line else ""


def _lead(words: str) -> str:
    """The first paragraph of a Markdown body, without links, emphasis and escapes: good enough to take words from."""
    paragraph = next((part for part in words[:20_000].split("\n\n") if part and part[0] not in "#|>`!"), "")
    return one_line(_ESCAPED.sub(r"\1", _MARKUP.sub(r"\1", paragraph[:3_000]))).lstrip("-–—• ")


def _dateline(place: str, lead: str) -> str:
    """Leave the place out where the text opens with it: the page would show it twice."""
    place = one_line(place)[:200]
    return "" if place and lead.casefold().startswith(place.casefold()) else place


def moment(text: str, zone: ZoneInfo) -> Moment | None:
    """Read an ISO 8601 moment, basic or extended, or one of RFC 822; a date without time is midnight UTC.

    Moments without zone are in *zone*. None for anything else, and for years outside 1800 to 2200.
    """
    text = one_line(text)[:64]
    found = _MOMENT.match(text)
    try:
        if not found:
            at = parsedate_to_datetime(text)
            return _bounded(at if at.tzinfo else at.replace(tzinfo=zone), "minute")
        year, month, day, hour, minute, second, offset = found.groups()
        if not month:
            return None
        if not hour:
            return _bounded(datetime(int(year), int(month), int(day or 1), tzinfo=UTC), "day" if day else "month")
        at = datetime(
            int(year),
            int(month),
            int(day or 0),
            int(hour),
            int(minute),
            min(int(second or 0), 59),
            tzinfo=_zone(offset) or zone,
        )
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _bounded(at, "minute")


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _bounded(at: datetime, precision: Precision) -> Moment | None:
    return Moment(at.astimezone(UTC), precision) if 1800 < at.year < 2200 else None


def _at(text: str, zone: ZoneInfo) -> datetime | None:
    found = moment(text, zone) if text else None
    return found.at if found else None


def _note(item: Item) -> Note | None:
    """Say what this version is: its status first, then its signal, then the words of the note to editors."""
    text = one_line(item.note)[:_LINES]
    if item.status.lower() in {"canceled", "cancelled", "withheld", "withdrawn"}:
        return Note("withdrawal", text)
    for words in (item.signal, text):
        for word in _WORD.findall(words[:200]):
            flag = agencies.FLAGS.get(word.upper()) or agencies.FLAGS.get(word.upper().removesuffix("S"))
            if flag and flag.note and not (flag.note == "withdrawal" and words is text):
                return Note(flag.note, text)
    return Note("note", text) if text else None


def _language(tag: str) -> str:
    tag = one_line(tag).replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else ""


def byline(text: str) -> tuple[str, ...]:
    """Take the names out of ``Von Jana Reetz und Tom Brinkmeyer, dpa``."""
    text = _BY.sub("", one_line(text)[:500], count=1)
    return tuple(_ROLE.sub("", part).strip(" ,;") for part in _AND.split(text))


def names(found: Iterable[str], limit: int) -> tuple[str, ...]:
    """Each name once, cleaned, in order; empty and overlong ones go."""
    lines = (one_line(name) for name in found if name)
    return tuple(dict.fromkeys(line for line in lines if line and len(line) <= 200))[:limit]


def web(address: str) -> str:
    """Keep an address only if it is one of http or https."""
    address = one_line(address)
    try:
        good = urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).netloc)
    except ValueError:
        return ""
    return address if good and " " not in address and len(address) <= 2_000 else ""


def picture(
    src: str, *, alt: str = "", caption: str = "", credit: str = "", size: tuple[object, object] = (0, 0)
) -> Image | None:
    """Describe a picture on the web or beside the file; none for other schemes and for paths that climb."""
    src = one_line(src)
    if not web(src):
        src = src.removeprefix("./")
        if not src or _DRIVE.match(src) or ".." in src.split("/") or len(src) > 500:
            return None
    width, height = (_pixels(side) for side in size)
    return Image(src, one_line(alt)[:1_000], one_line(caption)[:_LINES], one_line(credit)[:300], width, height)


def _pixels(side: object) -> int:
    text = str(side or 0).split(".")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def largest(pictures: Iterable[Image | None]) -> Image | None:
    """Choose the picture with the most pixels, the first of equals."""
    return max((found for found in pictures if found), key=lambda found: found.width * found.height, default=None)


def subject(code: str, scheme: str = "") -> str:
    """Write a subject as ``medtop:04000000``, whatever address or scheme it came with; "" for none."""
    code = one_line(code)
    if found := _TOPIC.match(code):
        return f"{_SCHEMES.get(found[1], found[1])}:{found[2]}"
    if not code or not scheme or ":" in code:
        return code
    short = _CVX.match(one_line(scheme))
    return f"{_SCHEMES.get(short[1], short[1])}:{code}" if short else code


def is_cut(text: str) -> bool:
    """Tell whether *text* ends as teasers end: an ellipsis, ``weiterlesen``, ``read more``."""
    return bool(_CUT.search(text.rstrip()[-40:]))
