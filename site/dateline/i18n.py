"""A language and a time zone -> the words, dates and numbers that a page of that language shows.

Words come from the gettext catalogues in ``locale/``; dates and numbers from CLDR through Babel. Adding a
language is adding a catalogue: what it lacks is shown in English, dates and numbers are right without one.
"""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from dateline.article import Precision

if TYPE_CHECKING:
    from babel import Locale

DOMAIN = "dateline"
FOLDER = Path(__file__).parent / "locale"

_REMEMBERED = 50_000  # formatted values a process keeps: some 10 MB at most
_TERRITORY = {"en": "US", "de": "DE"}
_ORIGIN = dt.date(2024, 1, 1)  # a Monday

Value = TypeVar("Value")


class Language:
    """Everything that depends on the language of a page; remembers what it has formatted.

    An unknown language tag is shown with English words and dates. Babel takes 30 µs for a date, so dates
    are formatted once a day and times once a minute of the clock, and put together by the catalogue.
    """

    def __init__(self, tag: str, zone: str = "UTC") -> None:
        self.tag = tag
        self.zone = ZoneInfo(zone)
        self._catalogue = catalogue(tag)
        self._locale = _locale(tag)
        self._memo: dict[tuple[str, object], object] = {}
        self._said: dict[str, str] = {}
        self.gettext = self._catalogue.gettext

    def words(self, text: str, **values: object) -> str:
        """Translate *text* and fill in its ``{names}``."""
        said = self._said.get(text)
        if said is None:
            # What is asked for are the phrases of templates: some hundred.
            said = self._said[text] = self.gettext(text)
        return said.format(**values) if values else said

    def plural(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate the phrase that fits the count *n*, which is ``{n}`` in it, written as a number."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, value: float) -> str:
        """Write a number with the separators of the language: ``1.234``, ``1,234``."""
        from babel.numbers import format_decimal

        return self.once("number", value, lambda: format_decimal(value, locale=self._locale))

    def local(self, moment: dt.datetime) -> dt.datetime:
        """Show *moment* on the clocks of the newsroom."""
        return self.once("local", moment, lambda: moment.astimezone(self.zone))

    def iso(self, moment: dt.datetime) -> str:
        """Write *moment* for machines, with the newsroom's offset: ``2026-11-20T14:05:00+01:00``."""
        return self.once("iso", moment, lambda: self.local(moment).isoformat(timespec="seconds"))

    def date(self, moment: dt.datetime, precision: Precision = "day") -> str:
        """Write the day: ``20. November 2026``; only the month where only the month is known."""
        day = self.local(moment).date()
        return self.month(day.year, day.month) if precision == "month" else self.day(day)

    def datetime(self, moment: dt.datetime, precision: Precision = "minute") -> str:
        """Write day and time: ``20. November 2026, 14:05 Uhr``; less where less is known."""
        if precision != "minute":
            return self.date(moment, precision)
        local = self.local(moment)
        return self.gettext("{date}, {time}").format(date=self.day(local.date()), time=self._clock(local))

    def time(self, moment: dt.datetime) -> str:
        """Write the time of day alone: ``14:05``."""
        return self._clock(self.local(moment))

    def _clock(self, local: dt.datetime) -> str:
        from babel.dates import format_time

        clock = local.timetz().replace(tzinfo=None, second=0, microsecond=0, fold=0)
        return self.once("clock", clock, lambda: format_time(clock, "short", locale=self._locale))

    def day(self, day: dt.date, form: str = "long") -> str:
        """Write a calendar day in a CLDR form: ``long``, ``full`` (with its weekday), ``medium``."""
        from babel.dates import format_date

        return self.once(form, day, lambda: format_date(day, form, self._locale))

    def month(self, year: int, month: int) -> str:
        """Write a month and its year: ``November 2026``."""
        return self.pattern("yMMMM", dt.date(year, month, 1))

    def month_name(self, month: int) -> str:
        """Write a month alone, short: ``Nov``, ``März``."""
        return self.pattern("LLL", dt.date(2001, month, 1)).rstrip(".")

    def pattern(self, skeleton: str, day: dt.date) -> str:
        """Write *day* after a CLDR skeleton or pattern of letters: ``yMMMM``, ``LLLL``, ``ccc``."""
        from babel.dates import format_date, format_skeleton

        def written() -> str:
            if skeleton in self._locale.datetime_skeletons:
                return format_skeleton(skeleton, day, locale=self._locale)
            return format_date(day, skeleton, self._locale)

        return self.once(skeleton, day, written)

    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """Short and full names of the weekdays, in the order in which the language's calendars have them."""
        days = (_ORIGIN + dt.timedelta(days=(self._locale.first_week_day + i) % 7) for i in range(7))
        return tuple((self.pattern("ccc", d).rstrip("."), self.pattern("cccc", d)) for d in days)

    def weeks(self, year: int, month: int) -> list[list[int]]:
        """Lay a month out in weeks of seven days, 0 where a day belongs to its neighbours."""
        from calendar import Calendar

        return Calendar(self._locale.first_week_day).monthdayscalendar(year, month)

    @property
    def og(self) -> str:
        """The locale as OpenGraph wants it: ``de_DE``."""
        return f"{self._locale.language}_{self._locale.territory or _likely(self._locale.language)}"

    def once(self, kind: str, key: object, make: Callable[[], Value]) -> Value:
        """Remember what *make* gives for *key*."""
        # A plain dict emptied when full: cheaper than any LRU, and the next page fills it again.
        try:
            return self._memo[kind, key]  # type: ignore[return-value]
        except KeyError:
            if len(self._memo) > _REMEMBERED:
                self._memo.clear()
            value = self._memo[kind, key] = make()
            return value


@lru_cache(maxsize=64)
def language(tag: str, zone: str = "UTC") -> Language:
    """The ``Language`` of *tag* in *zone*, one for each process: what it has formatted is shared."""
    return Language(tag, zone)


@lru_cache(maxsize=256)
def own_name(tag: str) -> str:
    """Name a language in its own words: ``Deutsch``, ``English``; the tag itself where CLDR knows none."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(tag, sep="-").get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag
    return name[0].upper() + name[1:]


def catalogue(tag: str) -> gettext.NullTranslations:
    """Load the words of a language: ``de-AT`` has those of ``de_AT``, then of ``de``, then English."""
    names = [tag.replace("-", "_"), tag.partition("-")[0], "en"]
    return gettext.translation(DOMAIN, FOLDER, names, fallback=True)


@lru_cache(maxsize=1)
def catalogues() -> frozenset[str]:
    """Tags of the languages that have a catalogue, and English, which needs none."""
    return frozenset({"en", *(path.name.replace("_", "-") for path in FOLDER.iterdir() if path.is_dir())})


def _locale(tag: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    for name in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(name, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def _likely(code: str) -> str:
    from babel.core import get_global

    return _TERRITORY.get(code) or get_global("likely_subtags").get(code, "en_Latn_US").rpartition("_")[2]
