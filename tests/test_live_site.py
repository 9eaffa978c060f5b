"""Watch and serve of a whole newsroom: what each change rebuilds, and what the desk page shows of it."""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from conftest import NOON, Newsroom
from dateline import live, lookout, pipeline
from dateline.doorbell import Doorbell, Hints
from dateline.errors import Problem
from dateline.request import Report, Request
from dateline.serve import Server
from dateline.settings import Settings
from dateline.watch import Diary, once

EVERYTHING = Hints(full=True)
SEED = """\
 date 2026-11-20 NORDHAVN (dpa-AFX) - Die Reederei Tidewerk hat am Freitag ein neues Dock eröffnet. Das sagte
Vorstandschefin Mara Lindqvist in Nordhavn.

Das Dock kostet 30 Millionen Euro. /abc/DP/def
"""


def summary(report: Report, _settings: Settings) -> str:
    return f"built {len(report.made)} of {report.total}"


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Watched:
    """A newsroom that is watched, and somebody who tells what has changed."""

    def __init__(self, newsroom: Newsroom, **options: object) -> None:
        self.newsroom = newsroom
        self.clock = Clock()
        request = Request(root=newsroom.root, now=NOON, jobs=1, search=False, **options)  # type: ignore[arg-type]
        self.site = live.Site(request, lambda: newsroom.settings, summary, clock=self.clock)

    def hear(self, *names: str) -> live.Outcome:
        return self.site.rebuild(Hints(frozenset(self.newsroom.root / name for name in names)))


@pytest.fixture
def watched(newsroom: Newsroom) -> Watched:
    (newsroom.root / "seeds").mkdir()
    newsroom.write("ship", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    return Watched(newsroom)


def test_the_first_look_builds_everything_and_the_second_nothing(watched: Watched) -> None:
    first = watched.site.rebuild(EVERYTHING)
    second = watched.site.rebuild(EVERYTHING)

    assert {"/", "/2026/11/20/ship/", "/feed.xml"} <= first.changed
    assert first.summary.startswith("built ")
    assert (second.changed, second.summary) == (frozenset(), "")


def test_everything_is_made_again_once_where_that_is_asked_for(newsroom: Newsroom) -> None:
    newsroom.write("ship")
    newsroom.build(search=False)
    watched = Watched(newsroom, full=True)

    watched.site.rebuild(EVERYTHING)
    assert "2026/11/20/ship/index.html" in watched.site.report.made
    watched.site.rebuild(EVERYTHING)
    assert not watched.site.report.made


def test_an_edited_body_rebuilds_its_page_and_its_feeds(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    watched.newsroom.write("ship", "Other words.", tags=["harbour"])

    outcome = watched.hear("content/ship.md")

    assert "/2026/11/20/ship/" in outcome.changed
    assert "/tags/harbour/" not in outcome.changed
    assert watched.newsroom.tree() == watched.newsroom.clean_build()


def test_new_settings_are_read_when_they_are_heard_of(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    watched.newsroom.settle('description = "All ships"\n')

    watched.hear("dateline.toml")

    assert watched.site.settings.description == "All ships"
    assert "All ships" in watched.newsroom.read("index.html")


def test_a_seed_that_is_dropped_in_is_ingested_and_shown_on_the_desk(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    (watched.newsroom.root / "seeds/one.txt").write_text(SEED)

    outcome = watched.hear("seeds/one.txt")

    assert len(outcome.ingested) == 1
    assert any("tidewerk" in url for url in outcome.changed)
    page = (watched.site.desk(Diary(), "") or b"").decode()
    assert "one.txt" in page
    assert "Tidewerk" in page


def test_a_seed_that_cannot_be_read_stays_a_problem_until_it_is_looked_at_again(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    (watched.newsroom.root / "seeds/one.txt").write_text("")

    assert [Path(p.place).name for p in watched.hear("seeds/one.txt").problems] == ["one.txt"]
    watched.newsroom.write("ship", "Other words.")
    assert [Path(p.place).name for p in watched.hear("content/ship.md").problems] == ["one.txt"]
    (watched.newsroom.root / "seeds/one.txt").unlink()
    assert watched.hear("seeds/one.txt").problems == ()


def test_copy_that_was_refused_comes_in_when_the_schema_for_it_is_brought(newsroom: Newsroom) -> None:
    pytest.importorskip("jsonschema_rs")
    for name in ("seeds", "schemas"):
        (newsroom.root / name).mkdir()
    newsroom.settle('[ingest]\nschemas = "schemas"\n')
    (newsroom.root / "schemas/ninjs-schema_1.6.json").write_text("{}")
    story = '{"uri": "urn:x:1", "headlines": [{"value": "A dock"}], "bodies": [{"value": "It is rebuilt."}]}'
    (newsroom.root / "seeds/one.json").write_text(story)
    watched = Watched(newsroom)
    refused = watched.site.rebuild(EVERYTHING)
    (newsroom.root / "schemas/ninjs-schema_2.2.json").write_text("{}")

    outcome = watched.hear("schemas/ninjs-schema_2.2.json")

    assert "holds no schema of ninjs 3" in str(refused.problems)
    assert len(outcome.ingested) == 1
    assert all(problem.level == "warning" for problem in outcome.problems)


def test_seeds_wait_where_nobody_ingests(newsroom: Newsroom) -> None:
    (newsroom.root / "seeds").mkdir()
    (newsroom.root / "seeds/one.txt").write_text(SEED)
    site = live.Site(
        Request(root=newsroom.root, now=NOON, jobs=1, search=False),
        lambda: newsroom.settings,
        summary,
        ingesting=False,
        clock=Clock(),
    )

    assert site.rebuild(EVERYTHING).ingested == ()


def test_a_change_outside_the_newsroom_means_a_look_at_everything(watched: Watched, tmp_path: Path) -> None:
    watched.site.rebuild(EVERYTHING)
    watched.newsroom.write("third")

    outcome = watched.site.rebuild(Hints(frozenset({tmp_path / "code.py"})))

    assert "/2026/11/20/third/" in outcome.changed


SILENCE = Hints(full=True, silent=True)


def aged(watched: Watched) -> None:
    """Let all files be older than any doubt about their stats."""
    for path in [*watched.newsroom.root.rglob("*.md"), watched.newsroom.root / "dateline.toml"]:
        os.utime(path, (1, 1))
    watched.site._lookout._young = set()
    watched.site._lookout._known = lookout._stats(watched.site._lookout._places)


def test_in_silence_nothing_is_built(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    (watched.newsroom.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")
    watched.site.rebuild(EVERYTHING)
    aged(watched)
    monkeypatch.setattr(pipeline, "build", None)

    outcome = watched.site.rebuild(SILENCE)

    assert outcome.changed == frozenset()
    assert [p.place for p in outcome.problems] == ["content/late.md:3"]


def test_in_silence_what_nobody_heard_of_is_found(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    aged(watched)
    watched.newsroom.write("third")
    assert "/2026/11/20/third/" in watched.site.rebuild(SILENCE).changed
    aged(watched)
    (watched.newsroom.root / "content/third.md").unlink()
    assert "/2026/11/20/third/" in watched.site.rebuild(SILENCE).changed


def test_in_silence_a_story_that_was_saved_twice_within_one_tick_of_the_clock_is_read_once_more(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.site.rebuild(EVERYTHING)
    aged(watched)
    path = watched.newsroom.write("ship", "First.", tags=["harbour"])
    watched.hear("content/ship.md")
    path.write_text(path.read_text().replace("First.", "Final."))
    monkeypatch.setattr(lookout, "_stats", lambda *_: watched.site._lookout._known)

    assert "/2026/11/20/ship/" in watched.site.rebuild(SILENCE).changed
    assert watched.site._lookout._young == set()
    assert watched.site.rebuild(SILENCE).changed == frozenset()
    assert "Final." in watched.newsroom.read("2026/11/20/ship/index.html")


def test_whoever_saves_during_a_look_round_is_served_first(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    watched.newsroom.write("third")
    watched.site.called = lambda: True

    assert watched.site.rebuild(SILENCE).changed == frozenset()
    watched.site.called = lambda: False
    assert "/2026/11/20/third/" in watched.site.rebuild(SILENCE).changed


def test_what_the_first_save_needs_is_there_before_it(watched: Watched) -> None:
    watched.site.warm()
    assert watched.site.memory.press is None

    watched.site.rebuild(EVERYTHING)
    watched.site.warm()
    press = watched.site.memory.press
    watched.newsroom.write("ship", "Other words.", tags=["harbour"])
    watched.hear("content/ship.md")

    assert press is not None
    assert watched.site.memory.press is press


def test_a_story_that_goes_while_it_is_looked_for_is_missed_like_any_other(watched: Watched) -> None:
    watched.site.rebuild(EVERYTHING)
    aged(watched)
    (watched.newsroom.root / "content/ship.md").unlink()
    watched.site._lookout.note([str(watched.newsroom.root / "content/ship.md")])

    assert watched.site._lookout.missed() == frozenset()


def test_an_embargo_ends_without_a_file_changing(watched: Watched) -> None:
    watched.newsroom.write("vote", embargo="2026-11-22T13:00:00Z")
    watched.site.rebuild(EVERYTHING)
    assert watched.site.due == NOON + timedelta(hours=1)

    watched.clock.now = NOON + timedelta(hours=1)

    assert "/2026/11/20/vote/" in watched.site.rebuild(Hints()).changed


# -- the desk -----------------------------------------------------------------------------------------


def test_the_desk_shows_what_waits_and_previews_it(watched: Watched) -> None:
    watched.newsroom.write("vote", "Secret **words**.", embargo="2026-11-23T06:00:00Z", title="The vote")
    watched.newsroom.write("sketch", draft=True, title="A sketch")
    (watched.newsroom.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")
    diary = Diary()
    diary.write(once(watched.site.rebuild, EVERYTHING, "start"))

    page = (watched.site.desk(diary, "") or b"").decode()

    for words in ("The vote", "A sketch", "preview/content/vote.md", "content/late.md:3"):
        assert words in page
    preview = (watched.site.desk(diary, "preview/content/vote.md") or b"").decode()
    assert "Secret <strong>words</strong>" in preview
    assert watched.site.desk(diary, "preview/content/nothing.md") is None
    assert watched.site.desk(diary, "elsewhere") is None


def test_a_desk_that_has_not_built_yet_is_empty_but_there(watched: Watched) -> None:
    assert b"<html" in (watched.site.desk(Diary(), "") or b"")
    assert watched.site.desk(Diary(), "preview/content/ship.md") is None


def test_the_desk_names_tags_that_look_alike(watched: Watched) -> None:
    watched.newsroom.write("third", tags=["harbours"])
    watched.site.rebuild(EVERYTHING)

    assert "harbours" in (watched.site.desk(Diary(), "") or b"").decode()


# -- watch and serve ----------------------------------------------------------------------------------


class Said:
    """Takes down what is said, and what is named."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.problems: list[Problem] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def name(self, problem: Problem) -> None:
        self.problems.append(problem)


def test_everything_that_a_site_is_made_of_is_listened_to(watched: Watched) -> None:
    with live.bell_of(watched.newsroom.root, watched.newsroom.settings, lambda _text: None) as bell:
        assert isinstance(bell, Doorbell)
        watched.newsroom.write("third")
        hints = bell.wait(60.0)

    assert hints is not None
    assert watched.newsroom.root / "content/third.md" in hints.paths


@pytest.mark.parametrize(("end", "restarts"), [("stopped", 0), ("restart", 1)])
def test_watch_builds_first_says_so_and_starts_again_for_new_code(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, end: str, restarts: int
) -> None:
    (watched.newsroom.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")
    said, restarted, dues = Said(), [], []

    def until(_rebuild: object, **tools: object) -> str:
        dues.append(tools["next_due"]())  # type: ignore[operator]
        return end

    monkeypatch.setattr(live, "watch_until", until)
    monkeypatch.setattr(live, "restart", lambda: restarted.append(True))

    live.watch(watched.site, said.line, said.name, said.line)

    assert said.lines[0].startswith("built ")
    assert [p.place for p in said.problems] == ["content/late.md:3"]
    assert dues == [watched.site.due]
    assert len(restarted) == restarts
    live.watch(watched.site, said.line, said.name, said.line)
    assert said.lines[1].startswith("built 0 of ")


def got(address: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.url, error.read().decode()


@pytest.mark.parametrize("watching", [False, True])
def test_serve_shows_the_site_and_its_former_addresses(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, watching: bool
) -> None:
    watched.newsroom.write("moved", aliases=["/old/place/"])
    (watched.newsroom.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")
    said, seen = Said(), {}

    def reader(*_: object, **tools: object) -> str:
        address = next(word for word in said.lines[0].split() if word.startswith("http://"))
        seen["home"] = got(address)
        seen["moved"] = got(address + "old/place/")
        seen["desk"] = got(address + "_desk/")
        if tools:
            assert tools["overlay"](watched.site.problems)  # type: ignore[operator]
        return "restart" if watching else ""

    restarted: list[bool] = []
    monkeypatch.setattr(live, "watch_until", reader)
    monkeypatch.setattr(live, "forever", reader)
    monkeypatch.setattr(live, "restart", lambda: restarted.append(True))
    handed: list[bool] = []
    monkeypatch.setattr(Server, "hand_on", lambda _server: handed.append(True))

    def server(folder: Path, **more: object) -> Server:
        return Server(folder, port=0, **more)  # type: ignore[arg-type]

    assert live.serve(watched.site, server, said.line, said.name, said.line, watching=watching) == 0

    assert seen["home"][0] == 200
    assert "The Harbour" in seen["home"][2]
    assert seen["moved"][1].endswith("/2026/11/20/moved/")
    assert (seen["desk"][0] == 200) is watching
    assert [p.place for p in said.problems] == ["content/late.md:3"]
    assert (len(restarted), len(handed)) == ((1, 1) if watching else (0, 0))
    assert threading.active_count() < 10


def test_former_addresses_are_those_of_the_site_as_it_stands(watched: Watched) -> None:
    moved = live._Moved(watched.site)
    assert (len(moved), list(moved)) == (0, [])
    watched.newsroom.write("moved", aliases=["/old/place/"])

    watched.site.rebuild(EVERYTHING)

    assert (len(moved), dict(moved)) == (1, {"/old/place/": "/2026/11/20/moved/"})
