"""Days and times as agencies write them, in four languages -> numbers, and with a zone -> instants.

Nothing here invents a day: a part that the copy does not name stays zero.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

_NAMES = (
    "januar jänner jan jän january janvier janv enero ene",
    "februar feber feb february février févr fév fevrier febrero",
    "märz mär mrz maerz march mar mars marzo",
    "april apr avril avr abril abr",
    "mai may mayo",
    "juni jun june juin junio",
    "juli jul july juillet juil julio",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre setiembre",
    "oktober okt october oct octobre octubre",
    "november nov novembre noviembre",
    "dezember dez december dec décembre déc decembre diciembre dic",
)
MONTHS = MappingProxyType({name: month for month, names in enumerate(_NAMES, 1) for name in names.split()})
_ZONES = MappingProxyType(
    {
        "gmt": "UTC", "utc": "UTC", "cet": "Europe/Berlin", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
        "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York", "bst": "Europe/London", "msk": "Europe/Moscow", "jst": "Asia/Tokyo",
    }
)  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = re.compile(
    rf"(?<![\w.])(?:(?P<d>\d{{1,2}})(?:\.|er|st|nd|rd|th)?\s(?:de\s)?(?P<m>{_MONTH})\b\.?(?:,?\s(?:de\s)?(?P<y>\d{{4}})\b)?"
    rf"|(?P<m2>{_MONTH})\b\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<y2>\d{{4}})\b)?"
    r"|(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>\d{4}|\d{2})?(?!\d)"
    r"|(?P<y4>\d{4})-(?P<m4>\d{2})-(?P<d4>\d{2})(?!\d))",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d.,:])(?P<h>2[0-4]|[01]?\d)(?!\d)(?:[:.](?P<m>[0-5]\d)(?::[0-5]\d)?)?\s{0,2}(?P<u>Uhr|h\b|[ap]\.?m\b\.?)?(?:\s{0,2}\(?(?P<z>GMT|UTC|CES?T|MES?Z|E[SD]?T|BST|MSK|JST|Eastern(?:\s(?:Standard|Daylight))?(?:\sTime)?)\b)?",
    re.IGNORECASE,
)


class Day(NamedTuple):
    """A calendar day, or what the copy says of it: ``year`` is 0 where it names none."""

    year: int
    month: int
    day: int
    start: int = 0  # span in the text that was searched
    end: int = 0


class Time(NamedTuple):
    """A time of day and the name of its zone, empty where the copy names none."""

    hour: int
    minute: int
    zone: str = ""
    start: int = 0
    end: int = 0


def find_day(text: str, start: int = 0, end: int | None = None) -> Day | None:
    """Find the first day in *text*: ``3. Dezember 2025``, ``Dec. 3, 2025``, ``21 ene``, ``01.12.25``, ``2025-12-01``."""
    for match in _DAY.finditer(text, start, len(text) if end is None else end):
        found = match.groupdict()
        day = int(found["d"] or found["d2"] or found["d3"] or found["d4"])
        name = found["m"] or found["m2"]
        month = MONTHS[name.casefold()] if name else int(found["m3"] or found["m4"])
        year = found["y"] or found["y2"] or found["y3"] or found["y4"] or "0"
        if 1 <= day <= 31 and 1 <= month <= 12:
            return Day(int(year) + (2000 if len(year) == 2 else 0), month, day, match.start(), match.end())
    return None


def find_time(text: str, start: int = 0, end: int | None = None) -> Time | None:
    """Find the first time in *text*: ``16:45 Uhr``, ``19.00 Uhr``, ``19 Uhr``, ``9:21 GMT``, ``6 p.m.``."""
    for match in _TIME.finditer(text, start, len(text) if end is None else end):
        hour, minute = int(match["h"]), int(match["m"] or 0)
        unit = (match["u"] or "").casefold()
        if not (match["m"] or unit or match["z"]):
            continue
        if unit[:1] == "p" and hour < 12:
            hour += 12
        if unit[:1] == "a" and hour == 12:
            hour = 0
        return Time(
            hour, minute, _ZONES.get((match["z"] or "").casefold().split(" ")[0], ""), match.start(), match.end()
        )
    return None


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    """Look the zone *name* up, once."""
    return ZoneInfo(name)


def instant(day: Day, time: Time | None, zone_name: str) -> datetime | None:
    """Place *day* and *time* in their zone, as UTC; none where there is no such moment. 24.00 is midnight.

    Without a time it is midnight UTC: a day or a month is a date, and the same date everywhere.
    """
    try:
        if time is None:
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        hour = 0 if time.hour == 24 else time.hour
        local = datetime(day.year, day.month, day.day, hour, time.minute, tzinfo=zone(time.zone or zone_name))
        late = local.fold + (time.hour == 24)
        moment = local.astimezone(UTC)
        return moment if not late else moment.fromtimestamp(moment.timestamp() + 86_400, UTC)
    except (ValueError, OverflowError, OSError):
        return None
