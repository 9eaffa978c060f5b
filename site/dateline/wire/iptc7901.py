"""IPTC 7901 frames of a news circuit -> Stories: the header's fields around what ``plain`` reads in the text.

A header is ``bdt0123 3 pl 204 dpa 0345``: source and number, priority, category, words, free text. dpa opens
its text with a slug line (``Wetter/Ostsee/``) and ends the headline with `` =``; the trailer is ``201030 Nov 26``.
Source: IPTC 7901, and dpa's use of it.
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
from dateline.wire import plain
from dateline.wire.decode import decode
from dateline.wire.frames import Frame, frames, unwrap
from dateline.wire.item import names

_HEADER = re.compile(r"([A-Za-z]{1,8})[ -]?(\d{1,6})\s+(\d)\s+([A-Za-z]{1,4})(?:\s+\d{1,6}\b)?")
_SLUG = re.compile(r"[^\s/][^/\n]{0,60}(?:/[^/\n]{1,60})*/$")
_TRAILER = re.compile(r"(?:^|\n)\s*(\d\d)(\d\d)(\d\d)\s+([A-Za-z]{3})[a-z]*\s+(\d\d(?:\d\d)?)\s*$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_GERMAN = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}
_SECTIONS = {"pl": "Politik", "wi": "Wirtschaft", "sp": "Sport", "ku": "Kultur", "vm": "Vermischtes"}
_ENDED = 6  # lines that a headline may have


def read(data: bytes, place: str, settings: Settings) -> Iterator[Story]:
    """Read every frame. Raises ``DatelineError`` where none holds a story."""
    found = list(frames(data))
    if not found:
        raise DatelineError(place, "a news circuit's frame that never begins its text", "ask the agency for it again")
    for frame in found:
        yield _story(frame, place, settings)


def _story(frame: Frame, place: str, settings: Settings) -> Story:
    head = _HEADER.search(decode(frame.header, place)[:500]) if frame.header.strip() else None
    text = decode(frame.text, place)
    trailer = _TRAILER.search(decode(frame.trailer, place)[:200]) if frame.trailer.strip() else None
    if not trailer and (trailer := _TRAILER.search(text.rstrip()[-60:])):
        text = text.rstrip()[: -len(trailer[0])]
    slug, text, dropped = _opened(text)
    defaults = plain.PlainDefaults(settings.ingest.agency, settings.ingest.section, settings.ingest.lang)
    story = plain.read(unwrap(text), name=place, zone=settings.timezone, defaults=defaults)
    article = story.article
    at = moment(trailer, settings.zone) if trailer else None
    known = {"published": at, "precision": "minute"} if at else {}
    number = f"{head[1]}{head[2]}" if head else ""
    article = structs.replace(
        article,
        **known,
        kicker=article.kicker or slug,
        tags=names((*article.tags, *slug.split("/")), settings.limits.terms),
        section=_SECTIONS.get(head[4].lower(), article.section) if head else article.section,
        urgency=int(head[3]) if head else article.urgency,
        # Numbers start again every day: without its day one would name many stories.
        source=Source(id=f"{number}-{at:%Y-%m-%d}" if at and number else "", version=""),
    )
    return structs.replace(story, article=article, dropped=(*story.dropped, *dropped))


def _opened(text: str) -> tuple[str, str, tuple[str, ...]]:
    """Take the slug line off, and the headline's `` =`` and notes; the headline stays the first paragraph."""
    lines = text.strip("\n").split("\n")
    slug = lines.pop(0).strip() if lines and _SLUG.match(lines[0].strip()) else ""
    end = next((index for index, line in enumerate(lines[:_ENDED]) if line.rstrip().endswith("=")), None)
    if end is None:
        return slug.strip("/"), "\n".join(lines).strip("\n"), ()
    headline = one_line(" ".join(lines[: end + 1]).rstrip().removesuffix("="))
    dropped: tuple[str, ...] = ()
    if headline.endswith(")") and " (" in headline:
        headline, _, note = headline.rpartition(" (")
        dropped = (f"({note}",)
    return slug.strip("/"), "\n\n".join((headline, "\n".join(lines[end + 1 :]).strip("\n"))), dropped


def moment(trailer: re.Match[str], zone: ZoneInfo) -> datetime | None:
    """Read ``201030 Nov 26``: day, hour, minute, month, year."""
    day, hour, minute, month, year = trailer.groups()
    name = month.lower()
    number = _GERMAN.get(name) or (_MONTHS.index(name) + 1 if name in _MONTHS else 0)
    try:
        return datetime(
            int(year) + (2000 if len(year) == 2 else 0), number, int(day), int(hour), int(minute), tzinfo=zone
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
