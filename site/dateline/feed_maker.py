"""A feed and its entries -> XML by feedgen, through its public API and our extensions.

Slow and right: ``feeds`` calls it once a shape. The traps that the order of calls avoids: docs/feeds.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from feedgen.feed import FeedGenerator

from dateline.feed_extensions import NewsEntry, NewsFeed
from dateline.feed_values import FeedOptions, Shown
from dateline.page import FeedFormat, FeedPage

TYPES: dict[FeedFormat, str] = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


def document(feed: FeedPage, options: FeedOptions, entries: Sequence[Shown] = ()) -> str:
    """Have feedgen serialise *feed* with *entries*, in the order given.

    feedgen switches the locale of the process to write ``lastBuildDate``: call it from one thread at a time.
    """
    generator = FeedGenerator()
    generator.register_extension("news", NewsFeed, NewsEntry)
    generator.news.feed, generator.news.options = feed, options
    _head(generator, feed, options)
    for entry in entries:
        _entry(generator.add_entry(order="append"), entry, feed.format)
    made: bytes = generator.rss_str() if feed.format == "rss" else generator.atom_str()
    return made.decode()


def _head(generator: Any, feed: FeedPage, options: FeedOptions) -> None:
    generator.id(feed.id)
    generator.title(feed.title)
    # What RSS calls a description is HTML for most readers; Atom says that a subtitle is text.
    generator.subtitle(escape(feed.description, quote=False) if feed.format == "rss" else feed.description)
    generator.updated(feed.updated)
    generator.generator(options.generator)
    generator.language(feed.lang)
    generator.ttl(options.ttl)
    author = {"name": options.author}
    if options.email:
        author["email"] = options.email
        generator.managingEditor(f"{options.email} ({options.author})")
    generator.author(author)
    if options.rights:
        generator.rights(options.rights)
    if options.logo:
        generator.logo(options.logo)
    if options.icon:
        generator.icon(options.icon)
    generator.link(href=feed.url, rel="self", type=TYPES[feed.format])
    generator.link(href=feed.home, rel="alternate", type="text/html")  # last: RSS takes the last for its link


def _entry(made: Any, entry: Shown, kind: FeedFormat) -> None:
    made.news.shown = entry
    made.title(entry.title)
    made.guid(entry.id, permalink=False)
    made.link(href=entry.url)
    made.summary(entry.summary, type="html")  # without a type it would be plain text in Atom
    if entry.content:
        made.content(entry.content, type="html")
    for category in entry.categories:
        scheme = {"scheme": category.scheme} if category.scheme else {}
        made.category(term=category.term, label=category.label, **scheme)
    if kind == "atom":  # in RSS the extension does it
        made.updated(entry.updated)
        made.published(entry.published)
        made.author([{"name": name} for name in entry.authors])
        if entry.rights:
            made.rights(entry.rights)
