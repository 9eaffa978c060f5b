"""After an edit a feed takes the entries of all other stories from the feed that stands."""

from __future__ import annotations

import feedparser
import pytest

from conftest import Newsroom
from dateline import press
from dateline.page import Entry, TermLink
from dateline.record import Record


def test_after_an_edit_feeds_keep_the_entries_of_all_other_stories(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ship", "storm", "crane"):
        newsroom.write(name, tags=["harbour"])
    newsroom.build()
    newsroom.write("storm", "Other words.", tags=["harbour"])
    told, honest = [], press.entry

    def entry(at: press.Press, record: Record, terms: tuple[TermLink, ...]) -> Entry:
        told.append(record.path)
        return honest(at, record, terms)

    monkeypatch.setattr(press, "entry", entry)
    newsroom.build()

    assert told == ["content/storm.md"]
    kept = [e.title for e in feedparser.parse(newsroom.read("feed.xml").encode()).entries]
    assert sorted(kept) == ["Crane", "Ship", "Storm"]
