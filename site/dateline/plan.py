"""Editions, settings and the theme -> every output there is to be, as tasks.

Cheap and always run in full: tasks are values with a digest of exactly what they show; rendering happens
elsewhere, for the stale ones only. A tag page is handed teasers, so a body edit cannot make it stale.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from dateline import cards, compress, exports, pictures, sitemaps
from dateline.article import Teaser
from dateline.edition import Edition, Front, Group, related
from dateline.engine.digest import Input, Value, digest, digest_of
from dateline.engine.task import Task, task
from dateline.errors import Problem
from dateline.i18n import Language, language, own_name
from dateline.page import (
    ArchivePage,
    Entry,
    FeedLink,
    FeedPage,
    HomePage,
    IndexPage,
    Link,
    ListPage,
    Month,
    PageHead,
    Pager,
    PlainPage,
    SiteView,
    TermLink,
)
from dateline.recipes import ArticleRecipe, BytesRecipe, CardRecipe, FeedRecipe, FileRecipe, SitemapRecipe
from dateline.record import Record
from dateline.redirects import redirects
from dateline.routes import FEED_TYPES, Routes, file_of
from dateline.settings import FILE, FeedFormat, Settings
from dateline.stages import ARTICLES, ASSETS, FEEDS, HOME, LISTS, SITEMAPS

LINKED_PAGES = 60  # of a long list: every nth page is linked from the first, so none is far
TICKER_TERMS = 12
RECENT = 200  # stories that "most used of late" looks at
ONE_SITEMAP = 40_000  # addresses that fit into one file by number and by size, whatever they are
NEWS_SITEMAP = 1000  # entries, the most that may be
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Materials(Struct, frozen=True):
    """Everything a plan is made from, besides the articles."""

    settings: Settings
    now: datetime
    sites: dict[str, SiteView]
    templates: Callable[[str], bytes]  # template name -> digest of all its texts
    code: bytes  # digest of the package and of the versions of what renders
    assets: tuple[tuple[str, bytes], ...]  # output path, bytes
    static: tuple[tuple[str, bytes], ...]  # path below static/, digest of its bytes
    about: Callable[[str, str], tuple[str, str, bool]]  # term id, language -> description, picture, listed
    pictures: dict[str, tuple[Task, ...]] = {}  # content file -> its picture's files
    icons: tuple[Task, ...] = ()


class Plan(Struct, frozen=True):
    """All tasks, the faults found while planning, and what a report says of the site."""

    tasks: tuple[Task, ...]
    problems: tuple[Problem, ...]
    articles: int
    feeds: int


def plan(front: Front, materials: Materials) -> Plan:
    """Plan every output of *front*. Two tasks with one key are an error that names both. O(articles × tags)."""
    problems: list[Problem] = []
    editions = {lang: _Edition(edition, front, materials, problems) for lang, edition in front.editions.items()}
    tasks: list[Task] = []
    for lang, edition in editions.items():
        edition.others = {code: other for code, other in editions.items() if code != lang}
    for edition in editions.values():
        tasks += edition.tasks()
    tasks += _whole(list(editions.values()), materials)
    tasks += pictures.published(front, materials.pictures)
    tasks += {key: card for edition in editions.values() for key, card in edition.drawn.items()}.values()
    tasks += materials.icons
    if materials.settings.images.cards and not cards.ready():
        problems.append(
            Problem(FILE, "images.cards needs the extra dateline[images]", "pip install 'dateline[images]'", "warning")
        )
    tasks += exports.exports(list(editions.values()), tasks, materials.settings)
    tasks += redirects(editions.values(), tasks, materials.settings)
    tasks = _unique(tasks, problems)
    if materials.settings.compress.formats:
        tasks = compress.packed(tasks, materials.settings.compress.formats)
    return Plan(
        tuple(tasks),
        tuple(problems),
        sum(len(e.stories) for e in front.editions.values()),
        sum(t.stage == FEEDS for t in tasks),
    )


def _unique(tasks: list[Task], problems: list[Problem]) -> list[Task]:
    """Keep one task a key, whatever case a file system sees; handed-through files give way to pages."""
    found: dict[str, Task] = {}
    for t in tasks:
        folded = t.key.casefold()
        rival = found.setdefault(folded, t)
        if rival is not t:
            low, high = (rival, t) if isinstance(t.recipe, FileRecipe) else (t, rival)
            problems.append(
                Problem(_source(high), f"wants the address of {_source(low)}: /{low.key}", "rename one of them")
            )
            found[folded] = low if isinstance(high.recipe, FileRecipe) else rival
    return list(found.values())


def _source(t: Task) -> str:
    recipe = t.recipe
    if isinstance(recipe, ArticleRecipe):
        return recipe.record.path
    return recipe.path if isinstance(recipe, FileRecipe) else t.key


def named(name: str, value: Any) -> Value:
    """Make *value* an input called *name*."""
    return Value(name, digest_of(value))


class _Edition:
    """The plan of one language's pages."""

    def __init__(self, edition: Edition, front: Front, materials: Materials, problems: list[Problem]) -> None:
        self.edition = edition
        self.front = front
        self.problems = problems
        self.materials = materials
        self.settings = materials.settings
        self.full = self.settings.theme.pages == "full"
        self.lang = edition.lang
        self.site = materials.sites[edition.lang]
        self.say: Language = language(edition.lang, self.settings.timezone)
        self.routes = Routes(self.settings, edition.lang)
        self.base: tuple[Input, ...] = (Value("code", materials.code), named("settings", self.settings), self.site)
        self.others: dict[str, _Edition] = {}
        self._templates: dict[str, tuple[Input, ...]] = {}
        self.cards = cards.tools() if self.settings.images.cards else ""
        self.drawn: dict[str, Task] = {}  # cards, each once
        self.pages: list[tuple[str, datetime]] = []  # address, last change: for the sitemap
        # Feeds of several languages are told apart by their titles too.
        several = len(self.settings.all_languages) > 1
        self.title = f"{self.site.title} ({own_name(self.lang)})" if several else self.site.title
        wanted = self.settings.feeds
        self.alarms = (
            [r for r in edition.stories if r.teaser.breaking][: wanted.limit] if self.full and wanted.breaking else []
        )
        self._links()

    # -- addresses and links --------------------------------------------------------------------

    def _links(self) -> None:
        settings, edition = self.settings, self.edition
        least = settings.taxonomies.min_stories
        listed = {name.casefold() for name in settings.taxonomies.listed}
        about = self.materials.about
        shown = [
            group
            for group in edition.terms.values()
            if len(group.stories) >= least
            or {group.key.casefold(), group.label.casefold()} & listed
            or about(group.key, self.lang)[2]
        ]
        self.term_urls = self.routes.groups("tag", shown)
        self.terms = {
            key: TermLink(group.kind or "keyword", key, group.label, self.term_urls.get(key, ""))  # type: ignore[arg-type]
            for key, group in edition.terms.items()
        }
        self.term_inputs = {key: named(f"tag:{key}", link) for key, link in self.terms.items()}
        # A tag is spelled alike everywhere: where that is not as the story itself spells it, its feeds depend on it.
        self.worded = {
            r.path: named(f"labels:{r.path}", labels)
            for r in edition.stories
            if (labels := [self.terms[t.id].label for t in r.terms]) != [t.label for t in r.terms]
        }
        self.sections, self.section_links = self._group_links("section", edition.sections)
        self.authors, self.author_links = self._group_links("author", edition.authors)
        self.agencies, self.agency_links = self._group_links("agency", edition.agencies)

    def _group_links(
        self, which: str, groups: dict[str, Group]
    ) -> tuple[dict[str, str], dict[str, tuple[Link, Value]]]:
        urls = self.routes.groups(which, groups.values()) if self.full else {}
        links = {key: Link(group.label, urls.get(key, "")) for key, group in groups.items()}
        return urls, {key: (link, named(f"{which}:{key}", link)) for key, link in links.items()}

    def template(self, kind: str, lang: str = "") -> tuple[Input, ...]:
        """The inputs that all pages of a kind share: code, settings, site, template."""
        site = self.materials.sites[lang or self.lang]
        found = self._templates.get(kind + site.lang)
        if found is None:
            name = f"{kind}.html"
            template = Value(f"template:{name}", self.materials.templates(name))
            found = self._templates[kind + site.lang] = (*self.base[:2], site, template)
        return found

    def speech(self, record: Record) -> str:
        """The language of an article's page: the article's own where the site speaks it, else the edition's."""
        lang = record.teaser.lang
        return lang if lang in self.materials.sites else self.lang

    def page(self, stage: int, page: Any, *, changed: datetime | None = None) -> Task:
        """Plan a page that shows teasers: they are inputs by their own digests, the rest by its values."""
        head = page.head
        if changed is not None and not head.noindex:
            self.pages.append((head.url, changed))
        stories = getattr(page, "stories", ())
        rest = structs.replace(page, stories=()) if stories else page
        inputs = (*self.template(head.kind), named("page", rest), *stories)
        return task(head.path, stage, inputs, page)

    def head(self, url: str, kind: str, title: str, description: str, **more: Any) -> PageHead:
        """Fill in what every page of this edition has in its head."""
        return PageHead(file_of(url), url, self.lang, title, description, kind, **more)

    def alternates(self, url_of: Callable[[_Edition], str]) -> tuple[Link, ...]:
        """The same page in all languages, this one included, where there are several."""
        if not self.others:
            return ()
        editions = {self.lang: self, **self.others}
        return tuple(Link(code, url_of(editions[code]), code) for code in self.settings.all_languages)

    # -- everything -----------------------------------------------------------------------------

    def tasks(self) -> Iterator[Task]:
        """Plan all pages and feeds of this language."""
        yield from self._articles()
        yield from self._lists("tag", [self.edition.terms[key] for key in self.term_urls], self.term_urls)
        if self.full:
            yield from self._lists("section", self.edition.sections.values(), self.sections)
            yield from self._lists("author", self.edition.authors.values(), self.authors)
            yield from self._lists("agency", self.edition.agencies.values(), self.agencies)
            yield from self._archive()
            yield from self._singles()
        yield self._tag_index()
        yield from self._home()
        yield from self._feeds()

    def _articles(self) -> Iterator[Task]:
        stories = self.edition.stories
        near = related(stories, self.settings.news.related) if self.full else {}
        days: dict[str, tuple[Link, Value]] = {}
        for key in self.edition.days if self.full else ():
            link = Link(self._day_title(key), self.routes.day(key))
            days[key] = (link, named(f"day:{key}", link))
        breaking = named("breaking", True)
        seen_day: dict[str, str] = {r.id: key for key, rs in self.edition.days.items() for r in rs} if self.full else {}
        translations = self._translations()
        last = len(stories) - 1
        for i, record in enumerate(stories):
            older = stories[i + 1].teaser if i < last else None
            newer = stories[i - 1].teaser if i else None
            similar = tuple([r.teaser for r in near.get(record.id, ())])
            section = self.section_links.get(record.section)
            agency = self.agency_links.get(record.agency)
            day = days[seen_day[record.id]] if self.full else None
            authors = [self.author_links[name] for name in record.teaser.authors]
            lang = self.speech(record)
            inputs: list[Input] = [*self.template("article", lang), record, record.teaser]
            if not self.full:
                older = newer = None
            recipe = ArticleRecipe(
                record=record,
                lang=lang,
                previous=older,
                next=newer,
                related=similar,
                terms=tuple([self.terms[t.id] for t in record.terms]),
                section=section[0] if section else None,
                agency=agency[0] if agency else None,
                authors=tuple([a[0] for a in authors]),
                archive=day[0] if day else None,
                alternates=translations.get(record.id, ()),
                breaking=record.id in self.edition.breaking,
                preview=self.preview(record),
            )
            inputs += [
                Value("older", older.digest if older else b"-" * 16),
                Value("newer", newer.digest if newer else b"-" * 16),
            ]
            inputs += similar
            inputs += [self.term_inputs[t.id] for t in record.terms]
            inputs += [link[1] for link in (section, agency, day, *authors) if link]
            if recipe.breaking:
                inputs.append(breaking)
            if recipe.preview:
                inputs.append(named("preview", recipe.preview))
            if recipe.alternates:
                inputs.append(named("translations", recipe.alternates))
            yield task(file_of(record.teaser.url), ARTICLES, tuple(inputs), recipe)
            self.pages.append((record.teaser.url, record.changed))
        for record in self.edition.withdrawn:
            lang = self.speech(record)
            gone = self.template("withdrawn", lang)
            recipe = ArticleRecipe(record, lang, None, None, (), (), None, None, (), None, (), breaking=False)
            yield task(file_of(record.teaser.url), ARTICLES, (*gone, record, record.teaser), recipe)

    def preview(self, record: Record) -> str:
        """Plan a picture to share a story with that has none of its own; its address, "" where there is none."""
        teaser = record.teaser
        if not self.cards or teaser.picture is not None:
            return ""
        date = self.say.date(teaser.published, teaser.precision)
        card = cards.Card(teaser.title, teaser.section, date, self.site.wordmark, self.settings.theme.accent)
        if not cards.legible(card):
            return ""
        words = Value("card", digest_of((card, cards.EDITION, self.cards)))
        key = f"{pictures.FOLDER}/card-{words.digest.hex()}.png"
        self.drawn[key] = task(key, ASSETS, (words,), CardRecipe(card))
        return f"/{key}"

    def _translations(self) -> dict[str, tuple[Link, ...]]:
        """For each story told in several languages: its addresses in all of them."""
        if not self.others:
            return {}
        by_key: dict[str, dict[str, Record]] = {}
        for edition in (self, *self.others.values()):
            for record in edition.edition.stories:
                if record.translation:
                    by_key.setdefault(record.translation, {}).setdefault(edition.lang, record)
        found = {}
        for versions in by_key.values():
            mine = versions.get(self.lang)
            if mine is not None and len(versions) > 1:
                found[mine.id] = tuple(
                    Link(versions[c].teaser.title, versions[c].teaser.url, c) for c in sorted(versions)
                )
        return found

    def _lists(self, kind: str, groups: Iterable[Group], urls: dict[str, str]) -> Iterator[Task]:
        for group in groups:
            url = urls[group.key]
            stories = group.stories
            first = self._group_page(kind, group, url)
            yield from self._paged(first, [r.teaser for r in stories], url, stories[0].changed)

    def _group_page(self, kind: str, group: Group, url: str) -> ListPage:
        stories = group.stories
        label = group.label
        term = self.terms[group.key] if kind == "tag" else None
        text, picture, _ = self.materials.about(group.key, self.lang) if term else ("", "", False)
        say = self.say.words
        title = self._heading(kind, label)
        heading = label if kind in {"tag", "section"} else title
        summary = text or say(
            "{heading}: all stories, the newest first: {newest}", heading=title, newest=stories[0].teaser.title
        )
        return ListPage(
            head=self.head(url, kind, title, summary, feeds=self._feed_links(url, label, kind)),
            heading=heading,
            stories=(),
            pager=None,
            count=len(stories),
            term=term,
            description=text,
            image=picture,
            related=self._neighbours(group) if term else (),
            first=stories[-1].published,
            last=stories[0].published,
            months=self._months(stories) if self.full and term else (),
            breaking=self._breaking(stories),
        )

    def _heading(self, kind: str, label: str) -> str:
        """Say what a list holds, so that no two lists of the site have the same title."""
        say = self.say.words
        return {
            "tag": say("{label}: news", label=label),
            "section": say("Section {name}", name=label),
            "author": say("Stories by {name}", name=label),
            "agency": say("Stories from {name}", name=label),
        }[kind]

    def _breaking(self, stories: Sequence[Record]) -> frozenset[str]:
        if not self.edition.breaking:
            return frozenset()
        return frozenset(r.id for r in stories[:50] if r.id in self.edition.breaking)

    def _neighbours(self, group: Group) -> tuple[TermLink, ...]:
        """The tags that go with this one most often in its newest stories."""
        if not self.full:
            return ()
        counts: dict[str, int] = {}
        for record in group.stories[:20]:
            for t in record.terms:
                counts[t.id] = counts.get(t.id, 0) + 1
        counts.pop(group.key, None)
        best = sorted((-n, key) for key, n in counts.items() if key in self.term_urls)[:8]
        return tuple(self.terms[key] for _, key in best)

    def _months(self, stories: Sequence[Record]) -> tuple[Month, ...]:
        """Stories a month over the last 24 months that had any."""
        zone = self.settings.zone
        counts: dict[tuple[int, int], int] = {}
        for record in stories:
            local = record.published.astimezone(zone)
            key = (local.year, local.month)
            counts[key] = counts.get(key, 0) + 1
        return tuple(
            Month(year, month, counts[year, month], self.routes.day(f"{year:04}-{month:02}"))
            for year, month in sorted(counts)[-24:]
        )

    def _paged(self, page: ListPage, stories: list[Teaser], url: str, changed: datetime) -> Iterator[Task]:
        """Spread a list over pages, numbered from the oldest so that addresses and contents stay.

        The list's own address shows the newest stories (what no full page holds yet); ``page/1/`` the oldest.
        """
        size = self.settings.pagination.size
        closed = max(0, (len(stories) - 1) // size)
        front = stories[: len(stories) - closed * size]
        address = f"{url}page/{{}}/"
        step = -(-closed // LINKED_PAGES) or 1
        window = tuple(Link(str(n), address.format(n)) for n in range(closed, 0, -step))
        pager = Pager(0, closed + 1, "", address.format(closed), window) if closed else None
        yield self.page(LISTS, structs.replace(page, stories=tuple(front), pager=pager), changed=changed)
        for n in range(1, closed + 1):
            start = len(stories) - n * size
            older = address.format(n - 1) if n > 1 else ""
            newer = address.format(n + 1) if n < closed else url
            head = structs.replace(
                page.head,
                path=file_of(address.format(n)),
                url=address.format(n),
                title=self.say.words("{title}, page {n}", title=page.head.title, n=n),
                description=self.say.words(
                    "{title}, page {n} of the archive, counted from the oldest", title=page.heading, n=n
                ),
                feeds=(),
                alternates=(),
            )
            slice_ = tuple(stories[start : start + size])
            full = ListPage(
                head, page.heading, slice_, Pager(n, 0, newer, older), 0, page.term, up=Link(page.heading, url)
            )
            yield self.page(LISTS, full, changed=slice_[0].updated or slice_[0].published)

    # -- time -----------------------------------------------------------------------------------

    def _day_title(self, day: str) -> str:
        moment = datetime.fromisoformat({4: day + "-01-01", 7: day + "-01"}.get(len(day), day))
        if len(day) == 4:
            return day
        return self.say.month(moment.year, moment.month) if len(day) == 7 else self.say.day(moment.date())

    def _archive(self) -> Iterator[Task]:
        days = self.edition.days
        years: dict[str, int] = {}
        months: dict[str, dict[str, int]] = {}
        newest: dict[str, datetime] = {}
        for day, stories in days.items():
            years[day[:4]] = years.get(day[:4], 0) + len(stories)
            months.setdefault(day[:7], {})[day] = len(stories)
            for key in (day[:4], day[:7]):
                newest[key] = max(newest.get(key, EPOCH), stories[0].changed)
        say = self.say.words
        top = self.routes.archive
        entries = tuple((year, self.routes.day(year), years[year]) for year in sorted(years, reverse=True))
        head = self.head(
            top,
            "archive",
            say("Archive"),
            say("All stories by year, month and day."),
            alternates=self.alternates(lambda e: e.routes.archive),
        )
        yield self.page(
            LISTS, ArchivePage(head, say("Archive"), 0, 0, entries), changed=max(newest.values(), default=EPOCH)
        )
        for year in years:
            url = self.routes.day(year)
            inside = tuple((m, self.routes.day(m), sum(months[m].values())) for m in sorted(months) if m[:4] == year)
            head = self.head(
                url,
                "year",
                say("Stories of {when}", when=year),
                say("All stories of {when}, month by month.", when=year),
            )
            yield self.page(
                LISTS, ArchivePage(head, year, int(year), 0, inside, up=Link(say("Archive"), top)), changed=newest[year]
            )
        for month, found in months.items():
            url = self.routes.day(month)
            name = self._day_title(month)
            inside = tuple((d, self.routes.day(d), found[d]) for d in sorted(found) if len(d) > 7)
            loose = tuple(r.teaser for r in days.get(month, ()))
            head = self.head(
                url,
                "month",
                say("Stories of {when}", when=name),
                say("All stories of {when}, day by day.", when=name),
                feeds=self._month_feeds(month),
            )
            page = ArchivePage(
                head, name, int(month[:4]), int(month[5:]), inside, loose, Link(month[:4], self.routes.day(month[:4]))
            )
            yield self.page(LISTS, page, changed=newest[month])
        for day, records in days.items():
            if len(day) > 7:
                yield self._day(day, records)

    def _month_feeds(self, month: str) -> tuple[FeedLink, ...]:
        """The archive documents of a month that is over."""
        if not (self.settings.feeds.archives and self.settings.feeds.site) or month not in self._closed():
            return ()
        title = f"{self.title}: {self._day_title(month)}"
        feeds = self.routes.feeds(self.routes.day(month))
        return tuple(FeedLink(f"{title} ({_NAMES[kind]})", url, FEED_TYPES[kind]) for kind, url in feeds.items())

    def _day(self, day: str, records: tuple[Record, ...]) -> Task:
        url = self.routes.day(day)
        name = self._day_title(day)
        say = self.say.words
        head = self.head(
            url,
            "day",
            say("Stories of {when}", when=name),
            say("All stories of {when}: {newest}", when=name, newest=records[0].teaser.title),
        )
        up = Link(self._day_title(day[:7]), self.routes.day(day[:7]))
        stories = tuple(r.teaser for r in records)
        page = ListPage(head, name, stories, None, len(stories), breaking=self._breaking(records), day=day, up=up)
        return self.page(LISTS, page, changed=max(r.changed for r in records))

    # -- pages that exist once ------------------------------------------------------------------

    def _tag_index(self) -> Task:
        say = self.say.words
        url = self.routes.index("tag")
        shown = [structs.replace(self.terms[k], count=len(self.edition.terms[k].stories)) for k in self.term_urls]
        shown.sort(key=lambda t: (t.label.casefold(), t.id))
        head = self.head(
            url,
            "tags",
            say("Topics A to Z"),
            say("All people, places, organisations and topics in the news, from A to Z."),
            alternates=self.alternates(lambda e: e.routes.index("tag")),
        )
        return self.page(LISTS, IndexPage(head, say("Topics A to Z"), tuple(shown)), changed=self._newest())

    def _newest(self) -> datetime:
        return self.edition.stories[0].changed if self.edition.stories else EPOCH

    def _singles(self) -> Iterator[Task]:
        say, routes = self.say.words, self.routes
        for which, title, text, links in (
            ("section", say("Sections"), say("All sections of the site."), self.section_links),
            ("author", say("Authors"), say("Everyone who has written for the site."), self.author_links),
            ("agency", say("Agencies"), say("All agencies whose copy the site carries."), self.agency_links),
        ):
            url = routes.index(which)
            head = self.head(url, "sections", title, text, alternates=self.alternates(_index(which)))
            yield self.page(
                LISTS, IndexPage(head, title, links=tuple(link for link, _ in links.values())), changed=self._newest()
            )
        yield self._corrections()
        for name, title, text, kind in (
            ("search", say("Search"), say("Search all stories."), "search"),
            ("about", say("About us"), say("Who makes {title}, and how.", title=self.site.title), "about"),
        ):
            url = routes.plain(name)
            head = self.head(
                url,
                kind,
                title,
                text,
                noindex=kind == "search",
                alternates=self.alternates(_plain(name)),
            )
            ways = (
                Link(say("Archive"), routes.archive),
                Link(say("Topics A to Z"), routes.index("tag")),
                Link(say("Sections"), routes.index("section")),
                Link(say("Authors"), routes.index("author")),
                Link(say("Agencies"), routes.index("agency")),
            )
            yield self.page(LISTS, PlainPage(head, title, ways), changed=self._newest())

    def _corrections(self) -> Task:
        say = self.say.words
        url = self.routes.plain("corrections")
        found = self.edition.corrected[:100]
        stories = tuple(r.teaser for r in found)
        head = self.head(
            url,
            "corrections",
            say("Corrections"),
            say("What we got wrong, and what is right."),
            feeds=self._feed_links(url, say("Corrections"), "corrections"),
            alternates=self.alternates(lambda e: e.routes.plain("corrections")),
        )
        page = ListPage(head, say("Corrections"), stories, None, len(stories))
        return self.page(LISTS, page, changed=found[0].corrected if found else self._newest())

    def _home(self) -> Iterator[Task]:
        records = self.edition.stories
        size = self.settings.pagination.home
        closed = max(0, (len(records) - 1) // size)
        front = (
            records[: max(size, len(records) - closed * size)] if self.full else records[: len(records) - closed * size]
        )
        address = f"{self.routes.home}page/{{}}/"
        step = -(-closed // LINKED_PAGES) or 1
        window = tuple(Link(str(n), address.format(n)) for n in range(closed, 0, -step))
        pager = Pager(0, closed + 1, "", address.format(closed), window) if closed else None
        title = self.site.title
        text = self.site.description or (records[0].teaser.title if records else title)
        alarms = self._feed_links(self.routes.plain("breaking"), self.say.words("Breaking news"), "breaking")
        head = self.head(
            self.routes.home, "home", title, text, feeds=alarms, alternates=self.alternates(lambda e: e.routes.home)
        )
        home = HomePage(head, tuple(r.teaser for r in front), self._blocks(), self._hot(), self._breaking(front), pager)
        yield (
            self.page(HOME, structs.replace(home, sections=()), changed=self._newest())
            if not home.sections
            else self._home_task(home)
        )
        say = self.say.words
        for n in range(1, closed + 1):
            start = len(records) - n * size
            url = address.format(n)
            stories = tuple(r.teaser for r in records[start : start + size])
            older = address.format(n - 1) if n > 1 else ""
            newer = address.format(n + 1) if n < closed else self.routes.home
            heading = say("All stories")
            head = self.head(
                url,
                "section",
                say("{title}, page {n}", title=heading, n=n),
                say("{title}, page {n} of the archive, counted from the oldest", title=heading, n=n),
            )
            page = ListPage(head, heading, stories, Pager(n, 0, newer, older), 0, up=Link(title, self.routes.home))
            yield self.page(LISTS, page, changed=stories[0].updated or stories[0].published)

    def _home_task(self, home: HomePage) -> Task:
        """Plan home; its section blocks show teasers too."""
        shown = [teaser for _, block in home.sections for teaser in block]
        rest = structs.replace(home, stories=(), sections=tuple((link, ()) for link, _ in home.sections))
        sizes = [len(block) for _, block in home.sections]
        inputs = (*self.template("home"), named("page", (rest, sizes)), *home.stories, *shown)
        self.pages.append((home.head.url, self._newest()))
        return task(home.head.path, HOME, inputs, home)

    def _blocks(self) -> tuple[tuple[Link, tuple[Teaser, ...]], ...]:
        """The sections shown on home, in the menu's order, four stories each."""
        if not self.full:
            return ()
        order = [link.url for link in self.site.menu]
        found = [(self.section_links[key][0], group) for key, group in self.edition.sections.items()]
        found.sort(key=lambda pair: (order.index(pair[0].url) if pair[0].url in order else len(order), pair[0].title))
        return tuple((link, tuple(r.teaser for r in group.stories[:4])) for link, group in found[:8])

    def _hot(self) -> tuple[TermLink, ...]:
        """The tags most used in the newest stories."""
        counts: dict[str, int] = {}
        for record in self.edition.stories[:RECENT]:
            for t in record.terms:
                counts[t.id] = counts.get(t.id, 0) + 1
        best = sorted((-n, key) for key, n in counts.items() if key in self.term_urls)[:TICKER_TERMS]
        return tuple(self.terms[key] for _, key in best)

    # -- feeds ----------------------------------------------------------------------------------

    def _feed_links(self, url: str, title: str, which: str) -> tuple[FeedLink, ...]:
        wanted = self.settings.feeds
        on = {
            "tag": wanted.tags,
            "section": wanted.sections,
            "author": wanted.authors,
            "agency": wanted.agencies,
            "corrections": wanted.corrections,
            "breaking": wanted.breaking,
        }
        empty = {"corrections": not self.edition.corrected, "breaking": not self.alarms}
        if not on[which] or empty.get(which) or (which != "tag" and not self.full):
            return ()
        full = f"{self.title}: {title}"
        return tuple(
            FeedLink(f"{full} ({_NAMES[kind]})", address, FEED_TYPES[kind])
            for kind, address in self.routes.feeds(url).items()
        )

    def _feeds(self) -> Iterator[Task]:
        wanted, edition, say = self.settings.feeds, self.edition, self.say.words
        site = self.site
        gone = edition.withdrawn
        if wanted.site or (wanted.languages and self.others):
            yield from self._feed(
                site.home, site.home, self.title, site.description or site.title, edition.stories, gone
            )
            if self.full and wanted.archives:
                yield from self._archives()
        if wanted.tags:
            for key, url in self.term_urls.items():
                group = edition.terms[key]
                yield from self._feed(
                    url,
                    url,
                    f"{self.title}: {group.label}",
                    say("News on {label}", label=group.label),
                    group.stories,
                    [r for r in gone if any(t.id == key for t in r.terms)],
                )
        if not self.full:
            return
        for on, which, groups, urls in (
            (wanted.sections, "section", edition.sections, self.sections),
            (wanted.authors, "author", edition.authors, self.authors),
            (wanted.agencies, "agency", edition.agencies, self.agencies),
        ):
            if on:
                for key, url in urls.items():
                    name = self._heading(which, groups[key].label)
                    dead = [r for r in gone if key in (r.section, r.agency, *r.teaser.authors)]
                    yield from self._feed(url, url, f"{self.title}: {name}", name, groups[key].stories, dead)
        if wanted.corrections and edition.corrected:
            url = self.routes.plain("corrections")
            yield from self._feed(
                url,
                url,
                f"{self.title}: {say('Corrections')}",
                say("What we got wrong, and what is right."),
                edition.corrected,
                [],
            )
        if self.alarms:
            yield from self._feed(
                self.routes.plain("breaking"),
                site.home,
                f"{self.title}: {say('Breaking news')}",
                say("Breaking news only."),
                self.alarms,
                [],
            )

    def _feed(
        self,
        base: str,
        home: str,
        title: str,
        text: str,
        stories: Sequence[Record],
        gone: Sequence[Record],
        **more: str,
    ) -> Iterator[Task]:
        limit = self.settings.feeds.limit
        shown = stories[:limit] if not more else stories
        tombs = tuple((r.id, r.changed) for r in gone[:limit]) if self.settings.feeds.tombstones else ()
        updated = max(
            [*(max(r.changed, r.corrected or EPOCH) for r in shown), *(when for _, when in tombs)], default=EPOCH
        )
        absolute = self.settings.base_url.rstrip("/")
        # Atom has tombstones; elsewhere a notice takes the place of the story, if the newsroom wants one.
        notices = list(gone[:limit]) if self.settings.feeds.withdrawal_notice else []
        noticed = sorted([*shown, *notices], key=lambda r: (r.published, r.id), reverse=True)[:limit]
        for kind, url in self.routes.feeds(base).items():
            entries = noticed if notices and kind != "atom" else shown
            page = FeedPage(
                path=file_of(url),
                url=absolute + url,
                format=kind,
                id=f"{absolute}{url}",
                title=title,
                description=text,
                lang=self.lang,
                home=absolute + home,
                updated=updated,
                entries=tuple(r.id for r in entries),
                tombstones=tombs,
                previous=self._previous(kind, base),
            )
            yield self._feed_task(page, entries)

    def _feed_task(self, page: FeedPage, shown: Sequence[Record]) -> Task:
        worded = [self.worded[r.path] for r in shown if r.path in self.worded]
        inputs = (*self.base, named("feed", page), *shown, *[r.teaser for r in shown], *worded)
        return task(page.path, FEEDS, inputs, FeedRecipe(page, tuple(r.path for r in shown)))

    def _previous(self, kind: FeedFormat, base: str) -> str:
        """The newest closed month, for the site's own feed (RFC 5005)."""
        closed = self._closed() if base == self.site.home and self.full and self.settings.feeds.archives else []
        return (
            self.settings.base_url.rstrip("/") + self.routes.feeds(self.routes.day(closed[-1]))[kind] if closed else ""
        )

    def _closed(self) -> list[str]:
        """Months that are over by the build's clock, oldest first."""
        current = self.materials.now.astimezone(self.settings.zone).strftime("%Y-%m")
        return sorted({day[:7] for day in self.edition.days if day[:7] < current})

    def _archives(self) -> Iterator[Task]:
        months = self._closed()
        absolute = self.settings.base_url.rstrip("/")
        by_month: dict[str, list[Record]] = {}
        for day, records in self.edition.days.items():
            by_month.setdefault(day[:7], []).extend(records)
        for i, month in enumerate(months):
            stories = sorted(by_month[month], key=lambda r: (r.published, r.id), reverse=True)
            for kind, url in self.routes.feeds(self.routes.day(month)).items():
                before = self.routes.feeds(self.routes.day(months[i - 1]))[kind] if i else ""
                page = FeedPage(
                    path=file_of(url),
                    url=absolute + url,
                    format=kind,
                    id=absolute + self.routes.feeds(self.site.home)[kind],  # RFC 5005: the feed's own
                    title=f"{self.title}: {self._day_title(month)}",
                    description=self.say.words("All stories of {when}, day by day.", when=self._day_title(month)),
                    lang=self.lang,
                    home=absolute + self.routes.day(month),
                    updated=max(r.changed for r in stories),
                    entries=tuple(r.id for r in stories),
                    archive=True,
                    current=absolute + self.routes.feeds(self.site.home)[kind],
                    # No link to the next: that month is not closed yet, and a closed document never changes.
                    previous=absolute + before if before else "",
                )
                yield self._feed_task(page, stories)


_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


# -- pages of the whole site ----------------------------------------------------------------------


def _index(which: str) -> Callable[[_Edition], str]:
    return lambda edition: edition.routes.index(which)


def _plain(name: str) -> Callable[[_Edition], str]:
    return lambda edition: edition.routes.plain(name)


def _whole(editions: list[_Edition], materials: Materials) -> Iterator[Task]:
    """Plan what exists once, whatever the languages: assets, 404, feeds page, sitemaps, robots."""
    for path, data in materials.assets:
        yield task(path, ASSETS, (Value("asset", digest(data)),), BytesRecipe(data))
    for path, name in materials.static:
        yield task(path, ASSETS, (Value("static", name),), FileRecipe(f"static/{path}"))
    first = editions[0]
    say = first.say.words
    links = (
        (Link(say("Archive"), first.site.archive), Link(say("Topics A to Z"), first.site.tags_index))
        if first.full
        else (Link(say("Topics A to Z"), first.site.tags_index),)
    )
    head = PageHead(
        "404.html",
        "/404.html",
        first.lang,
        say("Page not found"),
        say("This page does not exist."),
        "404",
        noindex=True,
    )
    yield first.page(LISTS, PlainPage(head, say("Page not found"), links))
    for edition in editions:
        yield edition.page(LISTS, feeds_page(edition), changed=edition._newest())  # noqa: SLF001
    yield from _sitemaps(editions, materials)


def feeds_page(edition: _Edition) -> IndexPage:
    """Plan the page that explains the feeds to people and links every one of them."""
    say, url = edition.say.words, edition.routes.plain("feeds")
    groups: list[tuple[str, tuple[FeedLink, ...]]] = [(edition.site.title, edition.site.feeds)]
    corrections = edition.routes.plain("corrections")
    groups += [
        (say("Corrections"), edition._feed_links(corrections, say("Corrections"), "corrections")),  # noqa: SLF001
        (say("Breaking news"), edition._feed_links(edition.routes.plain("breaking"), say("Breaking news"), "breaking")),  # noqa: SLF001
    ]
    for which, urls, found in (
        ("section", edition.sections, edition.edition.sections),
        ("agency", edition.agencies, edition.edition.agencies),
        ("author", edition.authors, edition.edition.authors),
        ("tag", edition.term_urls, edition.edition.terms),
    ):
        for key, address in urls.items():
            groups.append((found[key].label, edition._feed_links(address, found[key].label, which)))  # noqa: SLF001
    if edition.full and edition.settings.feeds.archives and edition.settings.feeds.site:
        groups += [(edition._day_title(month), edition._month_feeds(month)) for month in edition._closed()]  # noqa: SLF001
    head = edition.head(
        url,
        "feeds",
        say("Feeds"),
        say("All news feeds of {title}, and how to use them.", title=edition.site.title),
        alternates=edition.alternates(lambda e: e.routes.plain("feeds")),
    )
    lists = (Link("OPML", exports.opml_url(edition.routes)),) if exports.listed(edition.settings) else ()
    return IndexPage(head, say("Feeds"), feeds=tuple((name, links) for name, links in groups if links), links=lists)


def _sitemaps(editions: list[_Edition], materials: Materials) -> Iterator[Task]:
    settings = materials.settings
    absolute = settings.base_url.rstrip("/")
    urls = sorted({page for edition in editions for page in edition.pages})
    dated = tuple([(url, changed if changed > EPOCH else None) for url, changed in urls])
    files = {}
    if len(urls) <= ONE_SITEMAP:
        yield task("sitemap.xml", SITEMAPS, (*editions[0].base[:2], named("pages", dated)), SitemapRecipe(dated))
    else:
        listed = [sitemaps.Url(absolute + url, changed, group=_group(url)) for url, changed in dated]
        files = sitemaps.sitemaps(listed, settings.base_url)
    files["sitemap-news.xml"] = sitemaps.news_sitemap(_news(editions, materials), settings.title)
    files["robots.txt"] = sitemaps.robots([f"{absolute}/sitemap.xml", f"{absolute}/sitemap-news.xml"])
    for path, data in files.items():
        yield task(path, SITEMAPS, (Value("sitemap", digest(data)),), BytesRecipe(data))


def _group(url: str) -> str:
    """Keep the pages of a month together, so that a new story changes one part of a large sitemap."""
    month = re.search(r"/(\d{4})/(\d\d)/", url)
    return f"{month[1]}-{month[2]}" if month else "pages"


def _news(editions: list[_Edition], materials: Materials) -> list[Entry]:
    """Stories of the last 48 hours by the build's clock, as the news sitemap wants them."""
    settings, now = materials.settings, materials.now
    since = now - timedelta(hours=settings.news.sitemap_hours)
    found = [r for e in editions for r in e.edition.stories[:NEWS_SITEMAP] if since < r.published <= now]
    return [
        Entry(
            r.id,
            settings.base_url.rstrip("/") + r.teaser.url,
            r.teaser.title,
            "",
            "",
            r.published,
            r.changed,
            r.teaser.lang,
            (),
            (),
        )
        for r in found
    ]
