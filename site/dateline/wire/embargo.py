"""A line that asks to hold a story -> the instant until which it is held. In doubt it is held."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dateline.wire import moments
from dateline.wire.moments import Day, Time

# A leap year no newsroom will see: the copy asks to hold and names no year, so nothing is shown before
# the desk has found one with ``in_year_near``.
YEAR_UNKNOWN = 9996
UNTIL_TOLD = datetime(YEAR_UNKNOWN, 12, 31, tzinfo=UTC)

_ASKS = re.compile(
    r"\W{0,4}(?:(?:achtung|bitte|hinweis|redaktionshinweis|eilt|redaktionen)\W{1,3}){0,3}(?:mit\s|bitte\s|es\sgilt\s(?:eine|die)\s|beachten\ssie\s(?:bitte\s)?(?:die|unsere)\s)?"
    r"(?:sperrfrist|embargo(?:ed)?\b|hold\s(?:for\s(?:release|publication)|until)|not\sfor\s(?:release|publication)\s(?:before|until)|"
    r"frei\s(?:ab|für)|gesperrt\sbis|sous\sembargo|embargado)",
    re.IGNORECASE,
)
_LIFTED = re.compile(r"aufgehoben|entfällt|lifted|no longer|keine sperrfrist|levé|gegenstandslos", re.IGNORECASE)


def asks(line: str) -> bool:
    """Tell whether *line* is an embargo notice; only its first words count."""
    return bool(_ASKS.match(line))


def until(line: str, zone: str, near: datetime | None) -> datetime | None:
    """Read the instant out of the embargo *line*, in *zone* where it names none.

    A missing year is the one that brings the instant nearest to *near*; without *near* it is
    ``YEAR_UNKNOWN``. A missing time is the end of the day, a missing day ``UNTIL_TOLD``: never too early.
    None where the notice says that the embargo is lifted.
    """
    if _LIFTED.search(line):
        return None
    day = moments.find_day(line)
    if day is None:
        return UNTIL_TOLD
    time = moments.find_time(line, day.end) or moments.find_time(line, 0, day.start) or Time(24, 0)
    if day.year:
        return moments.instant(day, time, zone) or UNTIL_TOLD
    held = moments.instant(Day(YEAR_UNKNOWN, day.month, day.day), time, zone) or UNTIL_TOLD
    return in_year_near(held, near, zone) if near else held


def in_year_near(held: datetime, near: datetime, zone: str) -> datetime:
    """Move *held*, whose year is unknown, into the year that brings it nearest to *near*; others stay.

    The time of day stays what it is in *zone*, whatever that year's summer time.
    """
    if held.year < YEAR_UNKNOWN or held == UNTIL_TOLD:
        return held
    local = held.astimezone(moments.zone(zone))
    found = [_in_year(local, year) for year in range(max(1, near.year - 1), near.year + 2)]
    return min(found, key=lambda moment: (abs(moment - near), moment))


def _in_year(local: datetime, year: int) -> datetime:
    try:
        return local.replace(year=year).astimezone(UTC)
    except ValueError:  # 29 February in a common year: the day after
        return local.replace(year=year, month=3, day=1).astimezone(UTC)
