"""Builders for the tests of feeds: a test names only what matters to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from dateline.feeds import FeedOptions
from dateline.page import Category, Entry, FeedPage, Media

SITE = "https://news.example/"
MORNING = datetime(2025, 12, 3, 9, 30, tzinfo=UTC)
HARBOUR = Category("Hafen", "keyword:hafen", f"{SITE}tags/#keyword")
CRANE = Media(f"{SITE}assets/kran.jpg", "image/jpeg", 4321, 800, 600, "Ein Kran", "Hafenamt")
OPTIONS = FeedOptions(author="Hafenblatt", generator="dateline 1")
FILES = {"rss": "feed.xml", "atom": "atom.xml", "json": "feed.json"}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def entry(name: str = "a", **values: Any) -> Entry:
    published = values.setdefault("published", MORNING)
    given: dict[str, Any] = {
        "id": f"tag:news.example,2025:{name}",
        "url": f"{SITE}2025/12/03/{name}/",
        "title": f"Story {name}",
        "summary": f"In short: {name}.",
        "html": f"<p>All of {name}.</p>",
        "updated": published,
        "lang": "de",
        "authors": ("Eva Muster",),
        "categories": (HARBOUR,),
    }
    return Entry(**(given | values))


def feed(kind: str = "rss", **values: Any) -> FeedPage:
    given: dict[str, Any] = {
        "path": FILES[kind],
        "url": SITE + FILES[kind],
        "format": kind,
        "id": "tag:news.example,2025:feed",
        "title": "Hafenblatt",
        "description": "News from the harbour",
        "lang": "de",
        "home": SITE,
        "updated": MORNING,
        "entries": (),
    }
    return FeedPage(**(given | values))
