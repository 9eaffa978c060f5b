"""ANPA 1312 frames of American circuits -> Stories.

The header holds service level and number, priority, category, slug, date and word count; lines of the text
between ``^`` and ``<`` are headline, byline and notes; the trailer is ``ap-ny-11-20-26 0930EST``.
Source: ANPA 1312 and AP's use of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from msgspec import structs

from dateline.article import Source, Story
from dateline.errors import DatelineError
from dateline.settings import Settings
from dateline.text import one_line
from dateline.wire import item as items
from dateline.wire import plain
from dateline.wire.decode import decode
from dateline.wire.frames import Frame, frames
from dateline.wire.markdown import paragraphs

_FIRST = re.compile(rb"\s*([A-Za-z])(\d{3,4})(?![0-9])")
_SECOND = re.compile(
    r"(?:^|\s)([A-Za-z]) ([A-Za-z]) (?:(?:am|pm|bc|ap)-)?([A-Za-z][^\s]{0,40}(?: [^\s\d][^\s]{0,40}){0,5})"
)
_MARKED = re.compile(r"\^(.*)[<=]\s*$")
_NO_TITLE = re.compile(r"by |eds:|\(|(?:bc|am|pm|ap)-", re.IGNORECASE)
_TRAILER = re.compile(r"(\d\d)-(\d\d)-(\d\d)\s+(\d\d)(\d\d)([A-Za-z]{3,4})?")
_ZONES = {
    "e": "America/New_York",
    "c": "America/Chicago",
    "m": "America/Denver",
    "p": "America/Los_Angeles",
    "g": "UTC",
    "u": "UTC",
}
_PRIORITIES = {"f": 1, "u": 2, "b": 3, "r": 4, "d": 5, "s": 6, "w": 7}
_SECTIONS = {
    "a": "Domestic news", "e": "Entertainment", "f": "Business", "i": "International news", "l": "Lifestyle", "p": "Politics",
    "s": "Sports", "t": "Travel", "w": "Washington",
}  # fmt: skip


def is_anpa(data: bytes) -> bool:
    """Tell ANPA's header from IPTC's: one letter and a number, where IPTC has a source of several letters."""
    return bool(_FIRST.match(data.lstrip(b"\x00\x16\x7f\r\n \t\x01")[:40]))


def read(data: bytes, place: str, settings: Settings) -> Iterator[Story]:
    """Read every frame. Raises ``DatelineError`` where none holds a story."""
    found = list(frames(data))
    if not found:
        raise DatelineError(place, "a news circuit's frame that never begins its text", "ask the agency for it again")
    for frame in found:
        yield _story(frame, place, settings)


def _story(frame: Frame, place: str, settings: Settings) -> Story:
    header = re.sub(r"[\x00-\x1f^]+", " ", frame.header.decode("latin-1")[:500])
    first, second = _FIRST.match(frame.header[:100]), _SECOND.search(header)
    slug = second[3].split(" ")[0] if second else ""
    marked, text = _parted(decode(frame.text, place))
    title = next((line for line in marked if not _NO_TITLE.match(line)), "")
    author = next((line for line in marked if line.lower().startswith("by ")), "")
    defaults = plain.PlainDefaults(settings.ingest.agency, settings.ingest.section, settings.ingest.lang)
    story = plain.read("\n\n".join(filter(None, (title, text))), name=place, zone=settings.timezone, defaults=defaults)
    at = _moment(frame.trailer)
    known = {"published": at, "precision": "minute"} if at else {}
    article = structs.replace(
        story.article,
        **known,
        kicker=story.article.kicker or slug,
        authors=items.names((*story.article.authors, *items.byline(author)), 20),
        section=_SECTIONS.get(second[2].lower(), story.article.section) if second else story.article.section,
        urgency=_PRIORITIES.get(second[1].lower(), 0) if second else 0,
        source=Source(id=f"{first[1].decode()}{first[2].decode()}-{at:%Y-%m-%d}" if first and at else ""),
    )
    dropped = tuple(line for line in marked if line not in {title, author})
    return structs.replace(story, article=article, dropped=(*story.dropped, *dropped))


def _parted(text: str) -> tuple[list[str], str]:
    """Lines between ``^`` and ``<``, and the text without them, a paragraph for each indent."""
    marked: list[str] = []
    lines: list[str] = []
    for line in text.split("\n"):
        found = _MARKED.match(line.strip())
        (marked if found else lines).append(
            one_line(found[1].rstrip("<=")) if found else line.replace("<", "").rstrip()
        )
    return [line for line in marked if line], "\n\n".join(map(one_line, paragraphs("\n".join(lines))))


def _moment(trailer: bytes) -> datetime | None:
    found = _TRAILER.search(trailer[:100].decode("latin-1"))
    if not found:
        return None
    month, day, year, hour, minute, zone = found.groups()
    name = _ZONES.get((zone or "e")[0].lower(), "America/New_York")
    try:
        return datetime(
            2000 + int(year), int(month), int(day), int(hour), int(minute), tzinfo=ZoneInfo(name)
        ).astimezone(UTC)
    except ValueError:
        return None
