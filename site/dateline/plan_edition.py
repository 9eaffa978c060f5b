"""One edition and the site's materials -> what all of its pages share: links, heads, inputs, addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct, structs

from dateline import cards
from dateline.article import Picture
from dateline.edition import Edition, Front, Group
from dateline.engine.digest import Input, Value, digest_of
from dateline.engine.task import Task
from dateline.errors import Problem
from dateline.i18n import Language, language, own_name
from dateline.page import (
    FeedLink,
    Link,
    PageHead,
    SiteView,
    TermLink,
)
from dateline.record import Record
from dateline.routes import FEED_TYPES, Routes, file_of
from dateline.settings import Settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FEED_NAMES = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}


class Materials(Struct, frozen=True):
    """Everything a plan is made from, besides the articles."""

    settings: Settings
    now: datetime
    sites: dict[str, SiteView]
    templates: Callable[[str], bytes]  # template name -> digest of all its texts
    code: bytes  # digest of the package and of the versions of what renders
    assets: tuple[tuple[str, bytes], ...]  # output path, bytes
    static: tuple[tuple[str, bytes], ...]  # path below static/, digest of its bytes
    about: Callable[[str, str], tuple[str, bool]]  # term id, language -> description, listed
    pictures: dict[str, tuple[Task, ...]] = {}  # content file -> its picture's files
    faces: dict[str, tuple[Picture, tuple[Task, ...]]] = {}  # term id -> its picture and the files of it
    icons: tuple[Task, ...] = ()


def named(name: str, value: Any) -> Value:
    """Make *value* an input called *name*."""
    return Value(name, digest_of(value))


class KeptFeed(Struct, frozen=True):
    """A feed whose page is gone with its stories: subscribers still find it, and what became of them."""

    which: str
    label: str
    url: str
    home: str
    stories: Sequence[Record]
    gone: Sequence[Record]


class EditionPlan:
    """The plan of one language's pages, as far as they have it in common."""

    def __init__(
        self,
        edition: Edition,
        front: Front,
        materials: Materials,
        problems: list[Problem],
        fed: Iterable[Record] | None = None,
    ) -> None:
        """Begin. Where not all stories are looked at, *fed* are those that stand in the feeds that are planned."""
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
        self.others: dict[str, EditionPlan] = {}
        self._templates: dict[str, tuple[Input, ...]] = {}
        self.cards = cards.tools() if self.settings.images.cards else ""
        self.drawn: dict[str, Task] = {}  # cards, each once
        self.pages: list[tuple[str, datetime]] = []  # address, last change: for the sitemap
        # Feeds of several languages are told apart by their titles too.
        several = len(self.settings.all_languages) > 1
        self.title = f"{self.site.title} ({own_name(self.lang)})" if several else self.site.title
        wanted = self.settings.feeds
        self.alarms = edition.alarms[: wanted.limit] if self.full and wanted.breaking else ()
        self._links(edition.stories if fed is None else fed)

    def _links(self, fed: Iterable[Record]) -> None:
        settings, edition = self.settings, self.edition
        least = settings.taxonomies.min_stories
        listed = {name.casefold() for name in settings.taxonomies.listed}
        about = self.materials.about
        shown = [
            group
            for group in edition.terms.values()
            if len(group.stories) >= least
            or {group.key.casefold(), group.label.casefold()} & listed
            or about(group.key, self.lang)[1]
        ]
        self.term_urls = self.routes.groups("tag", shown)
        self.terms = {
            key: TermLink(group.kind or "keyword", key, group.label, self.term_urls.get(key, ""))  # type: ignore[arg-type]
            for key, group in edition.terms.items()
        }
        self.term_inputs = {key: named(f"tag:{key}", link) for key, link in self.terms.items()}
        # A tag is spelled alike everywhere: where that is not as the story itself spells it, its feeds depend on it.
        renamed = edition.renamed
        self.worded = {
            r.path: named(f"labels:{r.path}", (labels, [t.id for t in r.terms]))
            for r in fed
            if (labels := [self.terms[t.id].label for t in r.terms]) != [t.label for t in r.terms] or r.path in renamed
        }
        self.sections, self.section_links = self._group_links("section", edition.sections)
        self.authors, self.author_links = self._group_links("author", edition.authors)
        self.agencies, self.agency_links = self._group_links("agency", edition.agencies)
        self.kept_feeds = tuple(self._kept())

    def _kept(self) -> Iterator[KeptFeed]:
        """Name the feeds of lists that withdrawal or expiry has taken from the site; their addresses stay."""
        edition = self.edition
        gone = (*edition.withdrawn, *edition.expired)
        kinds: tuple[
            tuple[str, dict[str, str], dict[str, Group], Callable[[Record], Iterable[tuple[str, str]]]], ...
        ] = (
            ("tag", self.term_urls, edition.terms, lambda r: [(t.id, t.label) for t in r.terms]),
            ("section", self.sections, edition.sections, lambda r: [(r.section, r.section)]),
            ("author", self.authors, edition.authors, lambda r: [(name, name) for name in r.teaser.authors]),
            ("agency", self.agencies, edition.agencies, lambda r: [(r.agency, r.agency)]),
        )
        for which, urls, groups, names_of in kinds[: 4 if self.full else 1] if gone else ():
            lost: dict[str, Group] = {}
            for record in gone:
                for key, label in names_of(record):
                    if key and key not in urls:
                        known = lost.get(key) or Group(key, label, ())
                        lost[key] = structs.replace(known, stories=(*known.stories, record))
            least = self.settings.taxonomies.min_stories if which == "tag" else 1
            for key, url in self.routes.groups(which, lost.values()).items():
                visible = groups[key].stories if key in groups else ()
                if len(visible) + len(lost[key].stories) >= least and url not in urls.values():
                    yield KeptFeed(which, lost[key].label, url, self.routes.index(which), visible, lost[key].stories)

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
        return Task(head.path, stage, inputs, page)

    def head(self, url: str, kind: str, title: str, description: str, **more: Any) -> PageHead:
        """Fill in what every page of this edition has in its head."""
        return PageHead(file_of(url), url, self.lang, title, description, kind, **more)

    def alternates(self, url_of: Callable[[EditionPlan], str]) -> tuple[Link, ...]:
        """The same page in all languages, this one included, where there are several."""
        if not self.others:
            return ()
        editions = {self.lang: self, **self.others}
        return tuple(Link(code, url_of(editions[code]), code) for code in self.settings.all_languages)

    def heading(self, kind: str, label: str) -> str:
        """Say what a list holds, so that no two lists of the site have the same title."""
        say = self.say.words
        return {
            "tag": say("{label}: news", label=label),
            "section": say("Section {name}", name=label),
            "author": say("Stories by {name}", name=label),
            "agency": say("Stories from {name}", name=label),
        }[kind]

    def breaking_among(self, stories: Sequence[Record]) -> frozenset[str]:
        """Ids of those among the first *stories* whose breaking label still shows."""
        if not self.edition.breaking:
            return frozenset()
        return frozenset(r.id for r in stories[:50] if r.id in self.edition.breaking)

    def day_title(self, day: str) -> str:
        """Name a year, month or day: ``2025``, ``Dezember 2025``, ``3. Dezember 2025``."""
        moment = datetime.fromisoformat({4: day + "-01-01", 7: day + "-01"}.get(len(day), day))
        if len(day) == 4:
            return day
        return self.say.month(moment.year, moment.month) if len(day) == 7 else self.say.day(moment.date())

    def newest(self) -> datetime:
        """When the edition last changed."""
        return self.edition.stories[0].changed if self.edition.stories else EPOCH

    def feed_links(self, url: str, title: str, which: str) -> tuple[FeedLink, ...]:
        """The feeds of the page at *url*, for autodiscovery; none where the settings or the list want none."""
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
            FeedLink(f"{full} ({FEED_NAMES[kind]})", address, FEED_TYPES[kind])
            for kind, address in self.routes.feeds(url).items()
        )

    def month_feeds(self, month: str) -> tuple[FeedLink, ...]:
        """The archive documents of a closed month."""
        if not (self.settings.feeds.archives and self.settings.feeds.site) or month not in self.closed_months():
            return ()
        title = f"{self.title}: {self.day_title(month)}"
        feeds = self.routes.feeds(self.routes.day(month))
        return tuple(FeedLink(f"{title} ({FEED_NAMES[kind]})", url, FEED_TYPES[kind]) for kind, url in feeds.items())

    def closed_months(self) -> list[str]:
        """Months after which there are stories, oldest first: told by the stories and not by the clock, which shows nowhere else."""
        return sorted({day[:7] for day in self.edition.days})[:-1]
