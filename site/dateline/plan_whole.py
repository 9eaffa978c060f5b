"""All editions -> what exists once: assets, 404, the page of feeds, redirects, sitemaps, robots.txt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

from dateline import exports, sitemaps
from dateline.engine.digest import Value, digest
from dateline.engine.task import Task
from dateline.page import (
    Entry,
    FeedLink,
    IndexPage,
    Link,
    PageHead,
    PlainPage,
)
from dateline.plan_edition import EPOCH, EditionPlan, Materials, named
from dateline.plan_lists import most_used
from dateline.recipes import BytesRecipe, FileRecipe, SitemapRecipe
from dateline.stages import ASSETS, LISTS, SITEMAPS

ONE_SITEMAP = 40_000  # addresses that fit into one file by number and by size, whatever they are
FED = 100  # tags and other lists of a kind that the page of feeds names
FED_MONTHS = 24
NEWS_SITEMAP = 1000  # entries, the most that may be

Addresses = tuple[tuple[str, datetime | None], ...]


def whole(editions: list[EditionPlan], materials: Materials) -> Iterator[Task]:
    """Plan what exists once, whatever the languages: assets, 404, feeds page, sitemaps, robots."""
    for path, data in materials.assets:
        yield Task(path, ASSETS, (Value("asset", digest(data)),), BytesRecipe(data))
    for path, name in materials.static:
        yield Task(path, ASSETS, (Value("static", name),), FileRecipe(f"static/{path}"))
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
        yield edition.page(LISTS, feeds_page(edition), changed=edition.newest())
    yield from sitemap_files(addresses(editions), editions, materials)


def feeds_page(edition: EditionPlan) -> IndexPage:
    """Plan the page that explains the feeds to people and links them; of very many the most used, OPML names all."""
    say, url = edition.say.words, edition.routes.plain("feeds")
    groups: list[tuple[str, tuple[FeedLink, ...]]] = [(edition.site.title, edition.site.feeds)]
    corrections = edition.routes.plain("corrections")
    groups += [
        (say("Corrections"), edition.feed_links(corrections, say("Corrections"), "corrections")),
        (say("Breaking news"), edition.feed_links(edition.routes.plain("breaking"), say("Breaking news"), "breaking")),
    ]
    for which, urls, found in (
        ("section", edition.sections, edition.edition.sections),
        ("agency", edition.agencies, edition.edition.agencies),
        ("author", edition.authors, edition.edition.authors),
        ("tag", {key: edition.term_urls[key] for key in sorted(most_used(edition, FED))}, edition.edition.terms),
    ):
        for key, address in islice(urls.items(), FED):
            groups.append((found[key].label, edition.feed_links(address, found[key].label, which)))
    groups += [(kept.label, edition.feed_links(kept.url, kept.label, kept.which)) for kept in edition.kept_feeds[:FED]]
    if edition.full and edition.settings.feeds.archives and edition.settings.feeds.site:
        groups += [
            (edition.day_title(month), edition.month_feeds(month)) for month in edition.closed_months()[-FED_MONTHS:]
        ]
    head = edition.head(
        url,
        "feeds",
        say("Feeds"),
        say("All news feeds of {title}, and how to use them.", title=edition.site.title),
        alternates=edition.alternates(lambda e: e.routes.plain("feeds")),
    )
    lists = (Link("OPML", exports.opml_url(edition.routes)),) if exports.listed(edition.settings) else ()
    feeds = tuple((name, links) for name, links in groups if links)
    return IndexPage(head, say("Feeds"), feeds=feeds, links=lists)


def addresses(editions: Iterable[EditionPlan]) -> Addresses:
    """The addresses of all pages that were planned, sorted, and when each was last changed."""
    urls = sorted({page for edition in editions for page in edition.pages})
    return tuple([(url, changed if changed > EPOCH else None) for url, changed in urls])


def sitemap_files(dated: Addresses, editions: list[EditionPlan], materials: Materials) -> Iterator[Task]:
    """Plan the sitemap of all addresses, or several and an index of them, that of the news, and robots.txt."""
    settings = materials.settings
    absolute = settings.base_url.rstrip("/")
    files = {}
    if len(dated) <= ONE_SITEMAP:
        yield Task("sitemap.xml", SITEMAPS, (*editions[0].base[:2], named("pages", dated)), SitemapRecipe(dated))
    else:
        listed = [sitemaps.Url(absolute + url, changed, group=_group(url)) for url, changed in dated]
        files = sitemaps.sitemaps(listed, settings.base_url)
    files["sitemap-news.xml"] = sitemaps.news_sitemap(_news(editions, materials), settings.title)
    files["robots.txt"] = sitemaps.robots([f"{absolute}/sitemap.xml", f"{absolute}/sitemap-news.xml"])
    for path, data in files.items():
        yield Task(path, SITEMAPS, (Value("sitemap", digest(data)),), BytesRecipe(data))


def _group(url: str) -> str:
    """Keep the pages of a month together, so that a new story changes one part of a large sitemap."""
    month = re.search(r"/(\d{4})/(\d\d)/", url)
    return f"{month[1]}-{month[2]}" if month else "pages"


def _news(editions: list[EditionPlan], materials: Materials) -> list[Entry]:
    """Stories of the last 48 hours by the build's clock, as the news sitemap wants them."""
    settings, now = materials.settings, materials.now
    since = now - timedelta(hours=settings.news.sitemap_hours)
    recent = (takewhile(lambda r: since < r.published, islice(e.edition.stories, NEWS_SITEMAP)) for e in editions)
    found = [r for stories in recent for r in stories if r.published <= now]
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
