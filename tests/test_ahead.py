"""Bodies rendered while the builder plans: worth time, never a byte; gone when the build is, however it went."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import Newsroom
from dateline import ahead, content, pipeline, prospect
from dateline.engine.aside import Aside
from dateline.request import Report, Request

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
STORIES = 24


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prospect, "FEW", 10)
    monkeypatch.setattr(ahead, "MANY", 10)


class Done:
    """Helpers that have done all there is to do before the builder plans; then *meanwhile* happens."""

    begun = 0
    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def __init__(self, work: Callable[[Any], None], parts: Sequence[Any]) -> None:
        type(self).begun += len(parts)
        for part in parts:
            work(part)
        self.meanwhile()

    def end(self) -> None:
        """They have ended already."""


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> type[Done]:
    class Helpers(Done):
        pass

    monkeypatch.setattr(ahead, "Aside", Helpers)
    return Helpers


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    for n in range(STORIES):
        newsroom.write(
            f"story-{n}", f"Ship *{n}* & [more](https://else.example/) “here”.\n\n- one\n- two", tags=["harbour"]
        )
    newsroom.write("gone", "Nobody reads this.", status="withdrawn")
    newsroom.write("later", "Not yet.", status="draft")
    (newsroom.root / "content" / "old.md").write_bytes(
        "---\ntitle: Größe\ndate: 2026-11-20\n---\n\nÖl.\n".encode("cp1252")
    )
    return newsroom


def build(newsroom: Newsroom, jobs: int = 3, **options: Any) -> Report:
    return pipeline.build(Request(root=newsroom.root, now=newsroom.now, jobs=jobs, **options), newsroom.settings)


def spool(newsroom: Newsroom) -> list[Path]:
    return sorted((newsroom.root / ".dateline/tmp/ahead").iterdir())


def leaves_nothing(newsroom: Newsroom) -> bool:
    return not (newsroom.root / ".dateline" / "tmp").exists() and not multiprocessing.active_children()


def test_pages_take_the_bodies_that_are_there_and_are_the_same(
    filled: Newsroom, helpers: type[Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = []

    def reload(_root: Any, record: Any, *_: Any) -> Any:
        again.append(record.path)
        return content.load(filled.root, record.path, filled.settings)

    monkeypatch.setattr(content, "reload", reload)
    helpers.meanwhile = staticmethod(lambda: monkeypatch.setattr(prospect, "FEW", 10_000))  # pages in this process

    report = build(filled)

    assert not report.problems
    assert helpers.begun == 2  # one idle processor beside the two
    assert sorted(set(again)) == ["content/gone.md", "content/old.md"]  # has no body; had to be mended
    assert filled.tree() == filled.clean_build()


def test_real_helpers_change_no_byte_and_leave_nothing(filled: Newsroom) -> None:
    assert not build(filled).problems

    assert filled.tree() == filled.clean_build()
    assert leaves_nothing(filled)


def damaged(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))


@pytest.mark.parametrize(
    "harm",
    [damaged, Path.unlink, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"[1, 2]\n" * 9)],
    ids=["other bytes", "gone", "empty", "no index"],
)
def test_a_damaged_spool_costs_nothing_but_time(
    filled: Newsroom, helpers: type[Done], harm: Callable[[Path], object]
) -> None:
    clean = filled.clean_build()
    for which in ("", ".index"):
        helpers.meanwhile = staticmethod(lambda s=which: [harm(p) for p in spool(filled) if p.suffix == s])

        assert not build(filled, full=True).problems

        assert filled.tree() == clean
        (filled.root / ".dateline/state.sqlite").unlink()


def test_a_story_that_changes_before_its_body_is_rendered_is_shown_as_it_is_now(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch, helpers: type[Done]
) -> None:
    begin = ahead.Ahead.begin

    def late(self: ahead.Ahead, *known: Any) -> None:
        filled.write("story-1", "Changed meanwhile.")
        begin(self, *known)

    with monkeypatch.context() as patch:
        patch.setattr(ahead.Ahead, "begin", late)
        build(filled)

    assert helpers.begun
    assert "Changed meanwhile." in filled.read("2026/11/20/story-1/index.html")
    build(filled)
    assert filled.tree() == filled.clean_build()


def test_a_story_that_changes_after_its_body_was_rendered_is_made_by_the_next_build(
    filled: Newsroom, helpers: type[Done]
) -> None:
    helpers.meanwhile = staticmethod(lambda: filled.write("story-1", "Changed meanwhile."))
    build(filled)
    assert "<em>1</em>" in filled.read("2026/11/20/story-1/index.html")  # of the file that the rest of the site is of

    build(filled)

    assert "Changed meanwhile." in filled.read("2026/11/20/story-1/index.html")
    assert filled.tree() == filled.clean_build()


def test_what_a_killed_builder_left_is_not_believed_of_another_text(filled: Newsroom, helpers: type[Done]) -> None:
    kept: dict[str, bytes] = {}
    helpers.meanwhile = staticmethod(lambda: kept.update({p.name: p.read_bytes() for p in spool(filled)}))
    build(filled)
    for n in range(STORIES):
        filled.write(f"story-{n}", f"Another text, {n}.")
    folder = filled.root / ".dateline/tmp/ahead"
    folder.mkdir(parents=True)
    for name, data in kept.items():
        (folder / name).write_bytes(data)

    assert not build(filled, jobs=1).problems  # nobody helps: what lies there lies there

    assert filled.tree() == filled.clean_build()


def test_a_refused_body_is_told_once_where_it_stands(filled: Newsroom, helpers: type[Done]) -> None:
    filled.write("story-7", "[" * 20_000 + "(" * 20_000)

    (problem,) = build(filled).problems

    assert helpers.begun
    assert problem.place == "content/story-7.md"
    assert (filled.root / "build/2026/11/20/story-8/index.html").is_file()


def test_a_story_that_vanishes_is_left_to_its_page(filled: Newsroom, helpers: type[Done]) -> None:
    filled.settle("[limits]\nseconds = 9\n")
    begun = ahead.Ahead(Request(root=filled.root, now=filled.now, jobs=2), filled.settings)
    reading = content.Reader(content.Reading(filled.root, filled.settings, None, b"environment"))
    paths = [f"content/story-{n}.md" for n in range(STORIES)]
    records = [parsed.record for parsed in content.read_all(reading, paths) if parsed.record]
    (filled.root / paths[3]).unlink()

    with begun:
        begun.begin(records, b"environment")
        shelf = ahead.Shelf(filled.root)
        missing = [record.path for record in records if shelf.take(record) is None]

    assert missing == [paths[3]]
    assert leaves_nothing(filled)


@pytest.mark.parametrize("real", [True, False])
def test_nothing_is_left_after_an_error(
    filled: Newsroom, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, *, real: bool
) -> None:
    if not real:
        request.getfixturevalue("helpers")
    with monkeypatch.context() as patch:
        patch.setattr(prospect, "plan", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            build(filled)

    assert leaves_nothing(filled)


@pytest.mark.parametrize("options", [{"jobs": 1}, {"executor": "serial"}])
def test_one_process_has_no_helpers(filled: Newsroom, helpers: type[Done], options: dict[str, Any]) -> None:
    build(filled, **options)

    assert not helpers.begun


@pytest.mark.parametrize(("name", "value"), [("MANY", 1000), ("forks", lambda: False)])
def test_few_stories_have_none_nor_has_a_system_that_cannot_fork(
    filled: Newsroom, helpers: type[Done], monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setattr(ahead, name, value)

    build(filled)

    assert not helpers.begun


def test_stories_that_are_read_again_and_are_what_they_were_need_no_helpers(
    filled: Newsroom, helpers: type[Done]
) -> None:
    build(filled)
    helpers.begun = 0
    filled.write("story-1", "Another word.")

    assert len(build(filled).read) > STORIES  # files that changed a moment ago are not believed

    assert not helpers.begun


# -- the processes ------------------------------------------------------------------------------------


def never_ends(tell: int) -> None:
    os.write(tell, b"%d\n" % os.getpid())
    signal.pause()


def test_a_helper_whose_work_has_no_end_is_not_waited_for() -> None:
    hear, tell = os.pipe()
    aside = Aside(never_ends, [tell, tell])
    os.close(tell)
    first = os.read(hear, 1)

    aside.end()

    while os.read(hear, 100):
        pass  # until nobody is left who could write
    os.close(hear)
    assert first
    assert not multiprocessing.active_children()


def test_a_builder_that_is_killed_leaves_no_helper_behind() -> None:
    hear, tell = os.pipe()
    builder = os.fork()
    if not builder:
        _aside = Aside(never_ends, [tell])
        signal.pause()
    os.close(tell)
    assert os.read(hear, 100)  # the helper is at work

    os.kill(builder, signal.SIGKILL)
    os.waitpid(builder, 0)

    assert os.read(hear, 100) == b""  # and now it is gone: nobody is left who could write
    os.close(hear)


def fails(_part: None) -> None:
    raise MemoryError


def test_a_helper_that_fails_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    aside = Aside(fails, [None])
    for process in multiprocessing.active_children():
        process.join()
    aside.end()
    assert capfd.readouterr() == ("", "")


def test_where_no_process_can_be_had_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_self: Any) -> None:
        raise BlockingIOError

    monkeypatch.setattr("multiprocessing.context.ForkProcess.start", refused)
    Aside(fails, [None]).end()
