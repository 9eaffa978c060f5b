"""Pages of a small newsroom, made by hand: builders that name only what matters."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from dateline.article import Article, Picture, Rendition, Teaser, Variant
from dateline.page import (
    ArchivePage,
    ArticlePage,
    FeedLink,
    HomePage,
    IndexPage,
    Link,
    ListPage,
    Month,
    PageHead,
    Pager,
    PlainPage,
    RedirectPage,
    SiteView,
    TermLink,
)
from dateline.pages import Renderer
from dateline.theme import Theme, default_theme_folder, theme

NOON = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)  # 14:05 in Berlin
PHOTO = Picture(
    Variant("/media/x-480.jpg", 480, 320),
    Variant("/media/x-960.jpg", 960, 640),
    "image/jpeg",
    20_000,
    (
        Rendition("image/avif", (Variant("/media/x-480.avif", 480, 320),)),
        Rendition("image/jpeg", (Variant("/media/x-480.jpg", 480, 320), Variant("/media/x-960.jpg", 960, 640))),
    ),
    alt="Ein Deich",
)
STORMY = TermLink("topic", "topic:weather", "Wetter", "/tags/wetter/", 7)


def files() -> dict[str, bytes]:
    folder = default_theme_folder()
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


OURS = theme(files())


def site(lang="de", **more) -> SiteView:
    under = "/" if lang == "de" else f"/{lang}/"
    values = {
        "title": "Hafenkurier",
        "description": "Nachrichten von der Küste",
        "base_url": "https://kurier.example/",
        "root": "/",
        "lang": lang,
        "timezone": "Europe/Berlin",
        "author": "",
        "copyright": "",
        "wordmark": "",
        "logo": "",
        "home": under,
        "menu": (Link("Küste", f"{under}sections/kueste/"),),
        "languages": (),
        "tags_index": f"{under}tags/",
        "archive": f"{under}archive/",
        "search": f"{under}search/",
        "search_ready": True,
        "icons": (),
        "manifest": "/manifest.json",
        "feeds_page": f"{under}feeds/",
        "about": f"{under}about/",
        "corrections": f"{under}corrections/",
        "stylesheet": "/assets/site.0.css",
        "icon": "/assets/icon.0.svg",
        "card": "https://kurier.example/assets/card.0.png",
        "scripts": {"search": "/assets/search.0.js"},
        "feeds": (FeedLink("Hafenkurier (RSS)", f"{under}feed.xml", "application/rss+xml"),),
        "generator": "dateline",
        "extra": {},
        "digest": b"site",
    }
    return SiteView(**(values | more))


def renderer(texts: Theme = OURS, **more) -> Renderer:
    return Renderer(texts, {"de": site("de", **more), "en": site("en", **more)})


def own(**templates: str) -> Theme:
    """The default theme with templates of the newsroom's own: ``own(article="…")``."""
    return theme(files(), {f"{name}.html": text.encode() for name, text in templates.items()})


def head(kind, url="/x/", **more) -> PageHead:
    path = "404.html" if kind == "404" else f"{url[1:]}index.html"
    values = {
        "path": path,
        "url": url,
        "lang": "de",
        "title": f"Titel {url}",
        "description": "Eine Beschreibung, die lang genug ist.",
        "kind": kind,
    }
    return PageHead(**(values | more))


def article(**more) -> Article:
    values = {
        "id": "tag:kurier.example,2026:1",
        "title": "Fähre fährt",
        "published": NOON,
        "lang": "de",
        "summary": "Wieder nach Plan.",
    }
    return Article(**(values | more))


def article_page(story: Article | None = None, **more) -> ArticlePage:
    story = story or article()
    values = {
        "head": head("article", "/2026/11/20/faehre/", title=story.title, description=story.summary),
        "article": story,
        "section": None,
        "agency": None,
        "authors": (),
        "terms": (),
        "previous": None,
        "next": None,
        "related": (),
        "words": 300,
        "breaking": False,
    }
    return ArticlePage(**(values | more))


def teaser(title="Deich hält", **more) -> Teaser:
    values = {
        "id": f"tag:{title}",
        "url": "/2026/11/19/deich/",
        "title": title,
        "summary": "Kein Schaden.",
        "published": NOON,
        "precision": "minute",
        "updated": None,
        "lang": "de",
        "section": "Küste",
        "kicker": "",
        "agency": "",
        "authors": (),
        "breaking": False,
        "corrected": False,
        "image": None,
    } | more
    return Teaser(**values, digest=hashlib.blake2b(repr(values).encode(), digest_size=16).digest())


def list_page(kind="tag", **more) -> ListPage:
    values = {
        "head": head(kind, f"/{kind}/x/"),
        "heading": "Wetter",
        "stories": (teaser(),),
        "pager": None,
        "count": 1,
        "term": STORMY if kind == "tag" else None,
    }
    return ListPage(**(values | more))


def home_page(*stories: Teaser, **more) -> HomePage:
    values = {
        "head": head("home", "/", title="Hafenkurier"),
        "stories": stories or (teaser(),),
        "sections": (),
        "terms": (STORMY,),
        "breaking": frozenset(),
    }
    return HomePage(**(values | more))


def every_kind() -> list[tuple[object, str]]:
    """One page of each template, filled as far as it goes."""
    trail = (Link("Archiv", "/archive/"),)
    many = tuple(teaser(f"Meldung {n}", id=str(n)) for n in range(20))
    pager = Pager(0, 3, "", "/tag/x/page/2/", (Link("2", "/tag/x/page/2/"), Link("1", "/tag/x/page/1/")))
    months = (Month(2026, 9, 1), Month(2026, 11, 4, "/2026/11/"))
    month, days = (("2026-11", "/2026/11/", 3),), (("2026-11-20", "/2026/11/20/", 3),)
    feeds = (FeedLink("Wetter (Atom)", "/tag/x/atom.xml", "application/atom+xml"),)
    lists = [
        list_page(
            kind,
            head=head(kind, f"/{kind}/x/", feeds=feeds, trail=trail),
            pager=pager,
            months=months,
            related=(STORMY,),
            first=NOON,
            last=NOON,
            picture=PHOTO if kind == "tag" else None,
            description="Über das Wetter.",
        )
        for kind in ("tag", "section", "author", "agency", "day", "corrections")
    ]
    return [
        (home_page(*many, sections=((Link("Küste", "/sections/kueste/"), many[4:8]),)), ""),
        (article_page(), "<p>Die Fähre fährt.</p>"),
        (article_page(article(title="", updated=NOON.replace(day=21)), head=head("withdrawn")), ""),
        *[(page, "") for page in lists],
        (IndexPage(head("tags", "/tags/"), "Themen", terms=(STORMY,)), ""),
        (
            IndexPage(
                head("sections", "/sections/"), "Ressorts", terms=(STORMY,), links=(Link("Küste", "/sections/kueste/"),)
            ),
            "",
        ),
        (IndexPage(head("feeds", "/feeds/"), "Feeds", feeds=(("Alle", feeds),)), ""),
        (ArchivePage(head("archive", "/archive/"), "Archiv", 0, 0, (("2026", "/2026/", 3),), inside=month), ""),
        (ArchivePage(head("year", "/2026/", trail=trail), "2026", 2026, 0, month, many[:1], days), ""),
        (
            ArchivePage(
                head("month", "/2026/11/", trail=trail),
                "November 2026",
                2026,
                11,
                days,
                many[:1],
            ),
            "",
        ),
        (PlainPage(head("404", "/404.html"), "Nicht da", (Link("Themen", "/tags/"),)), ""),
        (PlainPage(head("search", "/search/", noindex=True), "Suche", (Link("Themen", "/tags/"),)), ""),
        (PlainPage(head("about", "/about/"), "Über uns", (Link("Themen", "/tags/"),)), ""),
        (RedirectPage(head("redirect", "/alt/"), "/2026/11/20/faehre/"), ""),
    ]
