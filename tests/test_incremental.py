"""The law over everything: after any edits, an incremental build equals a clean one, byte for byte."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conftest import LONG_AGO, Newsroom
from dateline import quiet

NAMES = st.sampled_from(["ship", "strike", "storm", "vote", "match", "bridge"])
TAGS = st.lists(st.sampled_from(["harbour", "trade", "weather", "Sport", "C++", "sport"]), max_size=3)
DAYS = st.integers(1, 28).map(lambda day: f"2026-11-{day:02}T10:00:00Z")


def test_a_second_build_of_nothing_new_makes_nothing_and_touches_no_file(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["harbour"])
    newsroom.build()
    before = {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")}

    report = newsroom.build()

    assert report.made == frozenset()
    assert {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")} == before


def test_editing_a_body_leaves_the_tag_page_alone(newsroom: Newsroom) -> None:
    for name in ("ship", "strike"):
        newsroom.write(name, tags=["harbour"], body="One.")
    newsroom.build()

    newsroom.write("ship", tags=["harbour"], body="Two words.")

    made = newsroom.build().made
    pages = {key for key in made if not key.endswith((".xml", ".json"))}
    assert pages == {"2026/11/20/ship/index.html"}
    assert {key for key in made if key.startswith("tags/")} == {
        "tags/harbour/feed.xml",
        "tags/harbour/atom.xml",
        "tags/harbour/feed.json",
    }


def test_a_new_story_touches_only_its_own_tags_and_its_neighbour(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["harbour"], date="2026-11-01T10:00:00Z")
    newsroom.write("strike", tags=["harbour"], date="2026-11-02T10:00:00Z")
    newsroom.write("storm", tags=["weather"], date="2026-11-03T10:00:00Z")
    newsroom.write("flood", tags=["weather"], date="2026-11-04T10:00:00Z")
    newsroom.build()

    newsroom.write("rain", tags=["weather"], date="2026-11-05T10:00:00Z")

    made = newsroom.build().made
    assert not [key for key in made if "harbour" in key]
    assert [key for key in sorted(made) if key.startswith("2026/11/0") and key.count("/") == 4] == [
        "2026/11/04/flood/index.html",
        "2026/11/05/rain/index.html",
    ]


def test_touching_a_file_without_changing_it_makes_nothing(newsroom: Newsroom) -> None:
    path = newsroom.write("ship")
    newsroom.build()

    os.utime(path, (1, 1))

    assert newsroom.build().made == frozenset()


def test_a_former_output_is_removed_when_its_story_goes(newsroom: Newsroom) -> None:
    path = newsroom.write("ship", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.build()

    path.unlink()
    report = newsroom.build()

    assert "2026/11/20/ship/index.html" in report.removed
    assert newsroom.tree() == newsroom.clean_build()


def test_a_story_appears_at_its_embargo_and_goes_at_its_expiry_without_a_file_changing(newsroom: Newsroom) -> None:
    newsroom.write("ship", embargo="2026-11-22T13:00:00Z", expires="2026-11-22T14:00:00Z")
    page = "2026/11/20/ship/index.html"
    newsroom.write("storm")

    assert newsroom.build().due == datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert not any(b"Ship" in data for data in newsroom.tree().values())
    newsroom.now = datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert page in newsroom.build().made
    newsroom.now = datetime(2026, 11, 22, 14, tzinfo=UTC)
    assert page in newsroom.build().removed
    assert newsroom.tree() == newsroom.clean_build()


def test_a_month_is_closed_by_the_first_story_of_a_later_one_and_not_by_the_clock(newsroom: Newsroom) -> None:
    newsroom.write("ship", date="2026-11-01T10:00:00Z")
    assert newsroom.build().due is None
    newsroom.now = datetime(2027, 11, 1, tzinfo=UTC)
    assert newsroom.build().written == frozenset()
    newsroom.now = datetime(2020, 11, 1, tzinfo=UTC)
    assert "archive/2026/11/feed.xml" not in newsroom.tree()

    newsroom.write("train", date="2026-12-01T10:00:00Z")
    assert "archive/2026/11/feed.xml" in newsroom.build().written
    assert newsroom.tree() == newsroom.clean_build()
    assert "archive/2026/12/feed.xml" not in newsroom.tree()


class Edits(RuleBasedStateMachine):
    """A desk at work: whatever it does, in whatever order, the site is what a clean build would make."""

    @initialize(pages=st.sampled_from(["full", "minimal"]))
    def open_newsroom(self, pages: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-"))
        self.newsroom = Newsroom(self.folder / "newsroom")
        self.pages = pages
        self.arrived = 0
        self.change_setting(2)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(quiet, "RACY", -LONG_AGO)
        self.patch.setattr(quiet, "_MANY", 0)

    @rule(name=NAMES, tags=TAGS, date=DAYS, body=st.sampled_from(["One.", "Two *words*.", "Three\n\n## Sub\n\nwords."]))
    def write(self, name: str, tags: list[str], date: str, body: str) -> None:
        self.newsroom.write(name, tags=tags, date=date, body=body, section="Port", authors=["Jana Beispiel"])

    @rule(tags=TAGS, places=st.sampled_from([[], ["Harbour"], ["Port"]]), date=DAYS, count=st.integers(1, 3))
    def arrive(self, tags: list[str], places: list[str], date: str, count: int) -> None:
        for _ in range(count):
            self.arrived += 1
            self.newsroom.write(f"new{self.arrived}", tags=tags, places=places, date=date, agency="dpa")

    @rule(name=NAMES)
    def edit_body(self, name: str) -> None:
        path = self.newsroom.root / "content" / f"{name}.md"
        if path.exists():
            path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")

    @rule(name=NAMES, other=NAMES)
    def rename(self, name: str, other: str) -> None:
        path = self.newsroom.root / "content" / f"{name}.md"
        if path.exists():
            path.rename(path.with_name(f"{other}.md"))

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        (self.newsroom.root / "content" / f"{name}.md").unlink(missing_ok=True)

    @rule(name=NAMES, status=st.sampled_from(["withdrawn", "draft", "published"]))
    def set_status(self, name: str, status: str) -> None:
        self.newsroom.write(name, tags=["trade"], status=status)

    @rule(name=NAMES, hours=st.integers(-3, 30))
    def embargo(self, name: str, hours: int) -> None:
        until = self.newsroom.now + timedelta(hours=hours)
        self.newsroom.write(
            name, tags=["trade"], embargo=until.isoformat(), expires=(until + timedelta(hours=5)).isoformat()
        )

    @rule(name=NAMES, hours=st.integers(0, 3))
    def break_news(self, name: str, hours: int) -> None:
        self.newsroom.write(name, date=(self.newsroom.now - timedelta(hours=hours)).isoformat(), breaking=True)

    @rule(hours=st.integers(0, 400))
    def wait(self, hours: int) -> None:
        self.newsroom.now += timedelta(hours=hours)

    @rule(text=st.sampled_from(["a", "b"]))
    def edit_partial(self, text: str) -> None:
        self.newsroom.template("partials/foot.html", f"<footer><p>{text}</p></footer>")

    @rule(size=st.integers(1, 3))
    def change_setting(self, size: int) -> None:
        lists = f"[pagination]\nsize = {size}\nhome = 2\n[theme]\npages = '{self.pages}'\n"
        self.newsroom.settle(f"{lists}[feeds]\nlimit = 3\nformats = ['rss', 'json']\n")

    @rule(text=st.sampled_from(["", '[terms."keyword:trade"]\nlabels = { en = "Commerce" }\n']))
    def edit_vocabulary(self, text: str) -> None:
        (self.newsroom.root / "content" / "_tags.toml").write_text(text, encoding="utf-8")

    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        files = sorted(p for p in (self.newsroom.root / "build").rglob("*") if p.is_file())
        if files:
            victim = data.draw(st.sampled_from(files))
            victim.write_bytes(victim.read_bytes()[:50])

    @rule()
    def lose_the_memory(self) -> None:
        for path in (self.newsroom.root / ".dateline").glob("state.sqlite*"):
            path.write_bytes(b"no database")

    @rule()
    def build_twice(self) -> None:
        self.newsroom.build()
        assert self.newsroom.build().made == frozenset()

    @invariant()
    def equals_a_clean_build(self) -> None:
        if hasattr(self, "newsroom"):
            self.newsroom.build_after_a_look()
            assert self.newsroom.tree() == self.newsroom.clean_build()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            shutil.rmtree(self.folder)


Edits.TestCase.settings = settings(
    max_examples=int(os.environ.get("DATELINE_EXAMPLES", "8")),
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
test_whatever_the_desk_does_the_site_equals_a_clean_build = Edits.TestCase
