"""A moment that falls due and the present one -> how long to sleep, and how to say it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

RECHECK = 30.0  # seconds: clocks are set and machines sleep, so a long wait is taken in short ones
AGAIN = 5.0  # seconds until a moment that is past, but did not move on, is tried again


def wall() -> datetime:
    """The clock on the wall, in UTC, with its microseconds: an embargo ends on the second."""
    return datetime.now(UTC)


def now() -> datetime:
    """The clock on the wall, in UTC and whole seconds: a build's clock."""
    return wall().replace(microsecond=0)


def nap(due: datetime | None, now: datetime, tried: datetime | None = None) -> float | None:
    """Seconds to sleep until *due*, at most 30; None where nothing is due, and one may sleep for ever.

    A moment that was *tried* and is still due (somebody else holds the lock) is tried again in five seconds.
    """
    if due is None:
        return None
    left = (due - now).total_seconds()
    return min(left, RECHECK) if left > 0 else AGAIN if due == tried else 0.0


def spoken(due: datetime, now: datetime, zone: ZoneInfo) -> str:
    """When *due* is, for people: ``14:00 (in 25 min)``, with the date where it is another day."""
    local, here = due.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    day = "" if local.date() == here.date() else f"{local:%Y-%m-%d} "
    left = max(0, round((due - now).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if left >= 2 * size:
            return f"{day}{clock} (in {left // size} {unit})"
    return f"{day}{clock} (in {left} s)"
