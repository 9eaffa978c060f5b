"""A date as people write it -> a moment in UTC and how exactly it is known; and back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from dateline.article import Precision

WRITE_IT: Final = "write it as 2025-12-03T09:30:00+01:00"

_DATE: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?) ?(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?\Z"
)
# A day's room on both sides, so that every time zone can show every moment.
_FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LAST: Final = datetime(9998, 12, 31, tzinfo=UTC)


def moment(text: str, zone: tzinfo) -> tuple[datetime, Precision] | None:
    """Read an ISO date: ``2025-12``, ``2025-12-03``, ``2025-12-03 09:30``, with seconds and zone or without.

    Without one it is in *zone*: a local time that the clocks skip or repeat is taken with the offset
    before the change. ``None`` for anything else, for days that do not exist and years beyond 1 to 9998.
    """
    match = _DATE.match(text)
    if not match:
        return None
    year, month, day, clock, offset = match.groups()
    try:
        if clock:
            when = datetime.fromisoformat(f"{year}-{month}-{day}T{_microseconds(clock)}{_offset(offset)}")
        else:
            when = datetime(int(year), int(month), int(day or 1))  # noqa: DTZ001 - the zone follows
        when = (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _FIRST <= when < _LAST:
        return None
    return when, "minute" if clock else "day" if day else "month"


def _microseconds(clock: str) -> str:
    whole, point, fraction = clock.partition(".")
    return f"{whole}.{fraction[:6]:0<6}" if point else whole


def _offset(offset: str | None) -> str:
    return (
        "" if offset is None else "+00:00" if offset[0] not in "+-" else offset if len(offset) > 3 else f"{offset}:00"
    )


def written(when: datetime, zone: tzinfo, precision: Precision = "minute") -> str:
    """Write the moment *when* as ``moment`` reads it, in *zone* and with its offset."""
    local = when.astimezone(zone)
    if precision == "month":
        return local.strftime("%Y-%m").rjust(7, "0")
    if precision == "day":
        return local.date().isoformat()
    offset = local.utcoffset() or timedelta()
    if offset.microseconds or offset.seconds % 60:
        local = when.astimezone(UTC)  # local mean time of the 19th century has seconds
    return local.isoformat()
