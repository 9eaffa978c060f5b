"""A planned page -> its HTML: the theme's template, filled with exactly the values that the page holds."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import TypeAlias

from jinja2 import BytecodeCache, Template, TemplateError
from markupsafe import Markup, escape
from msgspec import Struct, structs

from dateline import jsonld
from dateline.article import Precision, Teaser
from dateline.errors import DatelineError
from dateline.i18n import Language, language, own_name
from dateline.page import (
    ArchivePage,
    ArticlePage,
    HomePage,
    IndexPage,
    ListPage,
    Month,
    PlainPage,
    RedirectPage,
    SiteView,
    TermLink,
)
from dateline.templating import Environment, environment, fault
from dateline.theme import PLACE, Theme

Page: TypeAlias = ArticlePage | HomePage | ListPage | IndexPage | ArchivePage | PlainPage | RedirectPage

WORDS_A_MINUTE = 220
HUES = 8  # colours of kickers that the style sheet knows
_PARTS = 12_000  # rendered cards and other parts a process keeps: some 12 MB
_FEED_NAMES = {"application/rss+xml": "RSS", "application/atom+xml": "Atom", "application/feed+json": "JSON Feed"}
_YEAR, _BARS = 12, 36  # months in a chart: fewer would be fat bars, more would be hairlines


class Bar(Struct, frozen=True):
    """One month of a chart: its place in a drawing 100 high and ``10 * n`` wide."""

    x: int
    y: int
    height: int
    month: Month


class Cell(Struct, frozen=True):
    """One square of a calendar: number 0 outside the month, ``heat`` 1 (few stories) to 4 (most)."""

    number: int = 0
    day: str = ""
    url: str = ""
    stories: int = 0
    heat: int = 0


class Renderer:
    """Renders the pages of one site. Templates are compiled once a language, shared parts rendered once.

    ``render`` is a function of theme, sites, page and body: what it remembers never shows. About 100 µs
    a page on one core of 2024. ``bytecode`` keeps compiled templates from one process to the next.
    """

    def __init__(self, theme: Theme, sites: Mapping[str, SiteView], bytecode: BytecodeCache | None = None) -> None:
        self.theme = theme
        self._sites = sites
        self._bytecode = bytecode
        self._presses: dict[str, _Press] = {}

    def render(self, page: Page, html: str = "") -> bytes:
        """Render *page* to UTF-8; *html* is the sanitised body of an article and is trusted.

        Raises ``TemplateError``, a ``DatelineError`` that names template and line.
        """
        press = self._presses.get(page.head.lang) or self._press(page.head.lang)
        return press.page(page, html).encode()

    def warm(self, kinds: Iterable[tuple[str, str]]) -> None:
        """Compile the templates of *kinds*, (language, kind) each: forked workers then share them.

        A broken one is named when a page wants it.
        """
        for lang, kind in sorted(kinds):
            press = self._presses.get(lang) or self._press(lang)
            for name in self.theme.reachable(f"{kind}.html"):
                with suppress(TemplateError):
                    press.template(name)

    def _press(self, lang: str) -> _Press:
        # A story in a language that the newsroom has no home for: the first site's pages around its own words.
        site = self._sites.get(lang) or next(iter(self._sites.values()), None)
        if site is None:
            raise DatelineError("language", "there is no site to render", "set language in dateline.toml")
        press = self._presses[lang] = _Press(self.theme, site, lang, self._bytecode)
        return press


class Day(Struct, frozen=True):
    """A day or a month of the archive: its address ("" where it has no page), how many stories, those shown."""

    when: str
    name: str
    url: str
    count: int
    stories: list[Teaser]


class _Script:
    """The JSON-LD of a page, made when a template asks for it."""

    def __init__(self, make: Callable[[], jsonld.Node]) -> None:
        self._make = make

    def __html__(self) -> Markup:
        return jsonld.script(self._make())

    __str__ = __html__


class _Press:
    """The templates of one language, with the functions and filters that docs/templates.md lists."""

    def __init__(self, theme: Theme, site: SiteView, lang: str, bytecode: BytecodeCache | None) -> None:
        self.site = site
        self.language = language(lang, site.timezone)
        self._environment = _furnished(environment(theme.texts, bytecode, PLACE), self)
        self._templates: dict[str, Template] = {}
        self._parts: dict[Hashable, Markup] = {}
        self._menu = frozenset(link.url for link in site.menu)
        self._hues = {link.title: n % HUES for n, link in enumerate(site.menu)}

    def page(self, page: Page, html: str) -> str:
        """Render the template that the page's head names."""
        name = f"{page.head.kind}.html"
        # The fields of the page are the template's variables, by their names.
        context = structs.asdict(page)
        context.update(page=page, current=self._current(page))
        context.update(self._data(page))
        if isinstance(page, ArticlePage):
            context.update(html=Markup(html), modified=jsonld.modified(page.article))  # noqa: S704 - sanitised by prose
        try:
            return self.template(name).render(context)
        except DatelineError:
            raise
        except Exception as error:
            raise fault(error, name) from error

    def _data(self, page: Page) -> dict[str, _Script]:
        """What machines are told of *page*; nothing of a story that was withdrawn."""
        site = self.site
        if isinstance(page, ArticlePage) and page.head.kind != "withdrawn":
            above = (page.section,) if page.section and page.section.url else ()
            return {
                "jsonld": _Script(lambda: jsonld.news_article(page, site, self.language)),
                "breadcrumbs": _Script(lambda: jsonld.breadcrumbs(page.head, site, above)),
            }
        if isinstance(page, HomePage):
            return {"jsonld": _Script(lambda: jsonld.website(page, site))}
        if isinstance(page, ListPage | IndexPage | ArchivePage):
            return {"jsonld": _Script(lambda: jsonld.collection(page, site))}
        return {}

    def part(self, name: str, *values: Hashable) -> Markup:
        """Render a template that sees ``values`` and the site and nothing else, once for the same values."""
        key = (name, *values)
        found = self._parts.get(key)
        return self._remember(key, name, {"values": values}) if found is None else found

    def card(self, story: Teaser, variant: str = "row", level: int = 2, breaking: bool = False) -> Markup:
        """Render ``partials/card.html`` for one story: once for each digest, variant, level and label."""
        key = (story.digest, variant, level, breaking)
        found = self._parts.get(key)
        if found is not None:
            return found
        values = {"story": story, "variant": variant, "level": level, "breaking": breaking}
        return self._remember(key, "partials/card.html", values)

    def _remember(self, key: Hashable, name: str, values: dict[str, object]) -> Markup:
        if len(self._parts) >= _PARTS:
            # The oldest half: pages come newest first, and what they share is near in time.
            for old in list(self._parts)[: _PARTS // 2]:
                del self._parts[old]
        made = self._parts[key] = Markup(self.template(name).render(values))  # noqa: S704 - a template's output
        return made

    def template(self, name: str) -> Template:
        """The compiled template *name*."""
        found = self._templates.get(name)
        if found is None:
            found = self._templates[name] = self._environment.get_template(name)
            found.globals = dict(found.globals)  # Jinja2's own chain of maps is copied key by key for every page
        return found

    def _current(self, page: Page) -> tuple[str, str]:
        """Which item of the menu this page is, or belongs to, and how: ``("/sections/x/", "page")``."""
        if page.head.url in self._menu:
            return page.head.url, "page"
        if isinstance(page, ArticlePage) and page.section and page.section.url in self._menu:
            return page.section.url, "true"
        return "", ""

    def stamp(self, moment: datetime, precision: Precision = "minute") -> Markup:
        """Make the ``<time>`` of a moment, as exact as it is known, with the machine's form inside."""
        return self.language.once(precision, moment, lambda: self._time(moment, precision))

    def _time(self, moment: datetime, precision: Precision) -> Markup:
        text = escape(self.language.datetime(moment, precision))
        return Markup(f'<time datetime="{self.language.iso(moment)}">{text}</time>')  # noqa: S704 - both are safe

    def url(self, address: str) -> str:
        """Put a root-relative address below the path of the site; others stay."""
        return self.site.root + address[1:] if address.startswith("/") and not address.startswith("//") else address

    def absurl(self, address: str) -> str:
        """Make a root-relative address absolute; others stay."""
        return jsonld.absolute(self.site, address)

    def hue(self, section: str) -> int:
        """Number the colour of a section: by its place in the menu, else by its name; 0 to 7."""
        found = self._hues.get(section)
        return zlib.crc32(section.casefold().encode()) % HUES if found is None else found

    def by_day(self, stories: Iterable[Teaser]) -> Iterator[tuple[str, list[Teaser]]]:
        """Group stories, newest first, under the days they appeared on: ``Freitag, 20. November 2026``."""
        return ((heading, list(group)) for heading, group in groupby(stories, self._heading))

    def _heading(self, story: Teaser) -> str:
        if story.precision == "month":
            return self.language.date(story.published, "month")
        return self.weekday(story.published)

    def days(self, stories: Iterable[Teaser], entries: tuple[tuple[str, str, int], ...]) -> Iterator[Day]:
        """Group stories, newest first, under those days or months of *entries* on which they appeared."""
        about = {when: (address, count) for when, address, count in entries}
        size = len(entries[0][0]) if entries else 10
        for when, group in groupby(stories, lambda story: self._filed(story)[:size]):
            found = list(group)
            name = span(self.language, when, "full")
            yield Day(when, name, *about.get(when, ("", len(found))), found)

    def _filed(self, story: Teaser) -> str:
        local = self.language.local(story.published)
        month = f"{local.year:04}-{local.month:02}"
        return month if story.precision == "month" else f"{month}-{local.day:02}"

    def weekday(self, moment: datetime) -> str:
        """Write a day with its weekday: ``Freitag, 20. November 2026``."""
        return self.language.day(self.language.local(moment).date(), "full")

    def calendar(self, year: int, month: int, entries: tuple[tuple[str, str, int], ...]) -> list[list[Cell]]:
        """Lay a month out in weeks, each day with its address and number of stories.

        *entries* may be those of a whole year: the fullest day of all is the darkest.
        """
        start = f"{year:04}-{month:02}-"
        days = {cell.number: cell for cell in _cells(entries) if cell.day.startswith(start)}
        return [[days.get(n) or Cell(n) for n in week] for week in self.language.weeks(year, month)]

    def months(self, year: str, entries: tuple[tuple[str, str, int], ...]) -> list[tuple[str, Cell]]:
        """Lay a year out in twelve months: the short name of each, its address and number of stories."""
        found = {cell.number: cell for cell in _cells(entries) if cell.day.startswith(f"{year}-")}
        return [(self.language.month_name(n), found.get(n) or Cell(n)) for n in range(1, 13)]

    def kind_name(self, kind: str) -> str:
        """Name the kind of a tag."""
        _ = self.language.words
        names = {"person": _("Person"), "place": _("Place"), "organisation": _("Organisation")}
        return names.get(kind) or _("Topic")

    def related_name(self, kind: str) -> str:
        """Head the list of tags that stand beside one of this kind."""
        _ = self.language.words
        names = {"person": _("Often named together with"), "place": _("Often in the news from here")}
        return names.get(kind) or (_("Often named together with") if kind == "organisation" else _("Related topics"))


def _furnished(made: Environment, press: _Press) -> Environment:
    words = press.language
    made.filters.update(
        date=words.date,
        datetime=words.datetime,
        time=words.time,
        iso=words.iso,
        stamp=press.stamp,
        number=words.number,
        month=lambda month: words.month(month.year, month.month),
        named=lambda day, form="long": span(words, day, form),
        weekday=press.weekday,
        url=press.url if press.site.root != "/" else str,
        absurl=press.absurl,
        src=lambda picture: jsonld.picture(picture if isinstance(picture, str) else picture.src),
        hue=press.hue,
        minutes=minutes,
        shortened=jsonld.shortened,
        tied=tied,
    )
    menu = frozenset(link.url for link in press.site.menu)
    made.globals.update(site=press.site, lang=words.tag, locale=words.og, menu_urls=menu)
    made.trust(
        {
            "_": words.words,
            "ngettext": words.plural,
            "card": press.card,
            "part": press.part,
            "by_day": press.by_day,
            "bars": bars,
            "letters": letters,
            "calendar": press.calendar,
            "months_of": press.months,
            "days": press.days,
            "weekdays": words.weekdays,
            "month_of": lambda month: words.month(month.year, month.month),
            "kind_name": press.kind_name,
            "related_name": press.related_name,
            "feed_name": lambda kind: _FEED_NAMES.get(kind, kind),
            "own_name": own_name,
            "say": lambda tag, text: language(tag, press.site.timezone).words(text),
        }
    )
    return made


@lru_cache(maxsize=8)
def _cells(entries: tuple[tuple[str, str, int], ...]) -> tuple[Cell, ...]:
    """Make squares of days or months, in four shades between one story and the most."""
    most = max((count for _, _, count in entries), default=1) or 1
    return tuple(Cell(int(when[-2:]), when, url, count, max(1, 4 * count // most)) for when, url, count in entries)


def span(words: Language, day: str, form: str = "long") -> str:
    """Name a year, a month or a day in words: ``2025``, ``Dezember 2025``, ``3. Dezember 2025``."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 1:
        return day
    return words.month(parts[0], parts[1]) if len(parts) == 2 else words.day(date(*parts), form)


def tied(headline: str) -> str:
    """Keep the dashes of a headline at the ends of its lines: ``Zinsen steigen –`` before ``Märkte ruhig``."""
    return headline.replace(" - ", "\u00a0- ").replace(" – ", "\u00a0– ")


def minutes(words: int) -> int:
    """Give the minutes that reading takes: 220 words a minute, rounded, at least 1."""
    return max(1, round(words / WORDS_A_MINUTE))


def bars(months: tuple[Month, ...]) -> tuple[Bar, ...]:
    """Lay out the last 12 to 36 months as bars, with those in between that have no story.

    The highest bar is 100 high; a month with a story is at least 3 high, so that it shows.
    """
    if not months:
        return ()
    by_number = {m.year * 12 + m.month - 1: m for m in months}
    last = max(by_number)
    first = max(min(*by_number, last - _YEAR + 1), last - _BARS + 1, 12)
    most = max(m.count for m in months) or 1
    line = [by_number.get(n) or Month(n // 12, n % 12 + 1, 0) for n in range(first, last + 1)]
    heights = [max(3, 100 * m.count // most) if m.count else 0 for m in line]
    return tuple(Bar(10 * x, 100 - height, height, m) for x, (m, height) in enumerate(zip(line, heights, strict=True)))


def letters(terms: Iterable[TermLink]) -> list[tuple[str, list[TermLink]]]:
    """Sort *terms* as a register does and group them by initial: ``Ö`` stands with ``O``, digits under ``#``."""
    ordered = sorted(terms, key=lambda term: (_initial(term.label) == "#", _folded(term.label), term.id))
    return [(letter, list(group)) for letter, group in groupby(ordered, lambda term: _initial(term.label))]


def _initial(label: str) -> str:
    first = _folded(label)[:1].upper()
    return first if first.isalpha() else "#"


def _folded(label: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", label).casefold() if not unicodedata.combining(c))


__all__ = ["Page", "Renderer", "bars", "letters", "minutes", "span"]
