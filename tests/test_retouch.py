"""A one-shot build after a body was saved: no plan, the same site; whatever is more than a body gets a whole build."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import NOON, Newsroom
from dateline import retouch as module
from dateline.engine.store import Store
from dateline.request import Report
from dateline.retouch import retouch

pytestmark = pytest.mark.usefixtures("left_alone")
DAY = "2026-11-13T10:00:00Z"


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    for i in range(6):
        newsroom.write(f"s{i}", f"Words of {i}.", tags=["harbour", f"t{i % 2}"], date=f"2026-11-{10 + i}T10:00:00Z")
    newsroom.write("vote", embargo="2026-11-23T12:00:00Z", expires="2026-11-25T12:00:00Z")
    newsroom.build_after_a_look()
    newsroom.build_after_a_look()
    return newsroom


def edit(newsroom: Newsroom, name: str = "s3", text: str = "More.") -> None:
    path = newsroom.root / "content" / f"{name}.md"
    path.write_text(path.read_text(encoding="utf-8") + f"\n{text}\n", encoding="utf-8")


def test_saved_bodies_need_no_plan_and_give_what_a_clean_build_gives(filled: Newsroom, planned: list[str]) -> None:
    for names in (["s3"], ["s1", "s5"], ["s3"]):
        for name in names:
            edit(filled, name)
        report = filled.build_after_a_look()

        assert not planned
        assert {key for key in report.made if key.endswith(".html")} == {
            f"2026/11/1{name[1]}/{name}/index.html" for name in names
        }
        assert any(key.endswith(".xml") for key in report.made)
        assert filled.tree() == filled.clean_build()
        planned.clear()
    assert filled.build().made == frozenset()


def test_the_report_is_a_whole_builds(filled: Newsroom) -> None:
    edit(filled)
    soon = filled.build_after_a_look()
    (filled.root / ".dateline" / "state.sqlite").unlink()

    whole = filled.build_after_a_look()

    assert (soon.total, soon.articles, soon.due, soon.why) == (whole.total, whole.articles, whole.due, whole.why)
    assert soon.due == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_file_that_was_saved_unchanged_needs_nothing(filled: Newsroom, planned: list[str]) -> None:
    edit(filled, text="")
    filled.build_after_a_look()
    path = filled.root / "content" / "s3.md"
    path.write_bytes(path.read_bytes())

    assert filled.build_after_a_look().made == frozenset()
    assert not planned


def headline(newsroom: Newsroom) -> None:
    newsroom.write("s3", "Words of 3.", title="Another", tags=["harbour", "t1"], date=DAY)


def tag(newsroom: Newsroom) -> None:
    newsroom.write("s3", "Words of 3.", tags=["harbour"], date=DAY)


def deletion(newsroom: Newsroom) -> None:
    (newsroom.root / "content" / "s1.md").unlink()


def renaming(newsroom: Newsroom) -> None:
    path = newsroom.root / "content" / "s1.md"
    path.rename(path.with_name("s9.md"))


def moving(newsroom: Newsroom) -> None:
    path = newsroom.root / "content" / "s1.md"
    (path.parent / "old").mkdir()
    path.rename(path.parent / "old" / "s1.md")


def picture(newsroom: Newsroom) -> None:
    (newsroom.root / "content" / "x.jpg").write_bytes(b"x")


def template(newsroom: Newsroom) -> None:
    newsroom.template("partials/foot.html", "<footer><p>a</p></footer>")


def setting(newsroom: Newsroom) -> None:
    newsroom.settle("[pagination]\nsize = 2\n")


def embargo(newsroom: Newsroom) -> None:
    newsroom.now += timedelta(days=1)


def clock_back(newsroom: Newsroom) -> None:
    newsroom.now -= timedelta(days=1)


def damage(newsroom: Newsroom) -> None:
    (newsroom.root / "build" / "index.html").write_text("harm")


def stray(newsroom: Newsroom) -> None:
    (newsroom.root / "build" / "stray.html").write_text("harm")


def lost_memory(newsroom: Newsroom) -> None:
    (newsroom.root / ".dateline" / "state.sqlite").write_bytes(b"no database")


def broken(newsroom: Newsroom) -> None:
    (newsroom.root / "content" / "s1.md").write_text("---\ntitle: [\n---\n")


def many(newsroom: Newsroom) -> None:
    for i in range(60):
        newsroom.write(f"m{i}")


@pytest.mark.parametrize(
    "change",
    [
        headline,
        tag,
        deletion,
        renaming,
        moving,
        picture,
        template,
        setting,
        embargo,
        clock_back,
        damage,
        stray,
        lost_memory,
        broken,
        many,
    ],
)
def test_whatever_is_more_than_a_body_gets_a_whole_build(
    filled: Newsroom, planned: list[str], change: Callable[[Newsroom], None]
) -> None:
    edit(filled, "s5")
    change(filled)

    filled.build_after_a_look()

    assert planned
    assert filled.tree() == filled.clean_build()
    if change is not broken:
        edit(filled, "s5")
        filled.build_after_a_look()
        planned.clear()
        edit(filled, "s5")
        filled.build_after_a_look()
        assert not planned
        assert filled.tree() == filled.clean_build()


def test_a_story_that_another_command_read_again_is_still_made(filled: Newsroom, planned: list[str]) -> None:
    from dateline import pipeline
    from dateline.request import Request

    edit(filled)
    with pipeline.planned(Request(root=filled.root, now=filled.now), filled.settings):
        planned.clear()

    filled.build_after_a_look()

    assert planned
    assert filled.tree() == filled.clean_build()


def test_a_build_that_is_killed_before_it_has_remembered_is_made_up_for(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for method in ("save_folders", "save_records", "keep"):
        edit(filled)
        with monkeypatch.context() as patch:

            def killed(*_: object) -> None:
                raise KeyboardInterrupt

            patch.setattr(Store, method, killed)
            with pytest.raises(KeyboardInterrupt):
                filled.build_after_a_look()

        filled.build_after_a_look()
        assert filled.tree() == filled.clean_build()
        filled.build_after_a_look()


@pytest.mark.parametrize("method", ["save_traces", "save_records", "save_folders", "keep"])
@pytest.mark.parametrize("text", ["More.", ""])
def test_a_story_that_is_edited_again_after_a_killed_build_is_found_by_what_it_was(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch, method: str, text: str
) -> None:
    edit(filled, text=text)
    called = getattr(Store, method)

    def killed(*given: object, **named: object) -> None:
        called(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, method, killed)
        with pytest.raises(KeyboardInterrupt):
            filled.build_after_a_look()
    edit(filled, text="Again.")

    filled.build_after_a_look()

    assert filled.tree() == filled.clean_build()


def test_stories_in_folders_are_told_apart_by_their_folders(newsroom: Newsroom, planned: list[str]) -> None:
    for place in ("a", "north/a", "south/a", "south/b"):
        newsroom.write(place, f"Of {place}.")
    newsroom.build_after_a_look()
    newsroom.build_after_a_look()
    planned.clear()
    edit(newsroom, "south/a")

    report = newsroom.build_after_a_look()

    assert not planned
    assert report.read == ("content/south/a.md",)
    assert newsroom.tree() == newsroom.clean_build()


def test_a_body_that_cannot_be_made_is_named_by_the_whole_build(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.settle("[limits]\nseconds = 0.05\n")
    filled.build_after_a_look()
    edit(filled, text="*a **b " * 60_000)

    report: Report = filled.build_after_a_look()

    assert any("s3.md" in p.place for p in report.problems)


def test_an_entry_that_no_standing_feed_holds_is_left_to_a_whole_build(newsroom: Newsroom, planned: list[str]) -> None:
    newsroom.settle("[feeds]\ncontent = 'summary'\n")
    newsroom.write("a")
    newsroom.write("b")
    newsroom.build_after_a_look()
    edit(newsroom, "a")

    newsroom.build_after_a_look()

    assert newsroom.tree() == newsroom.clean_build()


def test_where_nobody_looked_nothing_is_retouched(filled: Newsroom, tmp_path: Path) -> None:
    from dateline.request import Request

    assert module.retouch is retouch
    edit(filled)
    assert retouch(Request(root=filled.root, now=NOON, asked="x"), filled.settings) is None


def test_what_lies_beside_a_page_comes_with_it(newsroom: Newsroom, planned: list[str]) -> None:
    newsroom.settle("[compress]\nformats = ['gz']\n[theme]\nninjs = true\n")
    newsroom.write("a")
    newsroom.write("b")
    newsroom.build_after_a_look()
    newsroom.build_after_a_look()
    planned.clear()
    edit(newsroom, "a")

    report = newsroom.build_after_a_look()

    assert not planned
    assert "2026/11/20/a/index.html.gz" in report.written
    assert newsroom.tree() == newsroom.clean_build()


def test_whoever_is_to_be_told_hears_of_an_edited_body(newsroom: Newsroom, planned: list[str]) -> None:
    newsroom.settle("[feeds]\nhub = 'https://hub.example/'\n")
    newsroom.write("a")
    newsroom.build_after_a_look()
    newsroom.build_after_a_look()
    (newsroom.root / ".dateline" / "pings.json").unlink(missing_ok=True)
    planned.clear()
    edit(newsroom, "a")

    newsroom.build_after_a_look()

    assert not planned
    assert "https://harbour.example/feed.xml" in (newsroom.root / ".dateline" / "pings.json").read_text()


@pytest.mark.parametrize(
    "harm",
    [
        "update meta set value = x'93' where key = 'of the sources'",
        "update meta set value = x'9301' where key = 'of the sources'",
        "update manifest set memo = x'c1' where memo != x''",
        "update manifest set digests = x'00'",
        "update record set data = x'0193'",
        "drop table manifest",
    ],
)
def test_a_damaged_memory_is_left_to_a_whole_build(filled: Newsroom, harm: str) -> None:
    with sqlite3.connect(filled.root / ".dateline" / "state.sqlite") as memory:
        memory.execute(harm)
    edit(filled)

    filled.build_after_a_look()

    assert filled.tree() == filled.clean_build()
