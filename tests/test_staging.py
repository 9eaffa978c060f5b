"""A first build: readers see nothing of it, and then all."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from conftest import Newsroom
from dateline import remote
from dateline.engine.executors import Executor, Pool, Serial
from dateline.engine.output import Output
from dateline.errors import DatelineError
from test_engine import APP, Shop, word, words

SITE = [word("index.html", "feed tags/a", 3), word("tags/a", "index.html", 2), word("feed", "index.html", 4)]


class Killed(BaseException):
    """Nobody catches a SIGKILL."""


def killed_after(count: int, patch: pytest.MonkeyPatch) -> None:
    """Have a build end where it has put *count* outputs."""
    left, put = [count], Output.put

    def dying(self: Output, *args: Any) -> Any:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return put(self, *args)

    patch.setattr(Output, "put", dying)


def refuse_to_move(name: str, patch: pytest.MonkeyPatch, code: int = errno.EIO) -> None:
    """Have the disk refuse to move anything to *name*."""
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if target.name == name:
            raise OSError(code, os.strerror(code), str(target))
        return rename(self, target)

    patch.setattr(Path, "rename", refusing)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, structs.replace(APP, links=words))


@pytest.mark.parametrize("executor", [Serial(), Pool(2)])
def test_a_first_build_is_seen_whole(shop: Shop, executor: Executor) -> None:
    seen: list[int] = []

    outcome = shop.run(*SITE, executor=executor, progress=lambda *_: seen.append(len(shop.files())))

    assert seen == [0, 0, 0]
    assert shop.files() == {"index.html": "feed tags/a", "tags/a": "index.html", "feed": "index.html"}
    assert outcome.written == {"index.html", "tags/a", "feed"}
    assert sorted(p.name for p in shop.root.iterdir()) == ["out", "state"]
    assert shop.run(*SITE, stood=True).made == frozenset()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_first_build_that_is_killed_shows_nothing_and_the_next_goes_on(shop: Shop, count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_after(count, patch)
        with pytest.raises(Killed):
            shop.run(*SITE)
    assert shop.files() == {}
    made = {p.stat().st_ino for p in (shop.root / "tmp-first" / "made" / "out").rglob("*") if p.is_file()}
    assert len(made) == count

    again = shop.run(*SITE)

    assert made <= {p.stat().st_ino for p in shop.folder.rglob("*")}
    assert again.written == {"index.html", "tags/a", "feed"}  # all is news to readers
    assert shop.files() == {"index.html": "feed tags/a", "tags/a": "index.html", "feed": "index.html"}
    assert sorted(p.name for p in shop.root.iterdir()) == ["out", "state"]


def test_what_a_killed_first_build_made_and_nobody_plans_any_more_is_never_shown(shop: Shop) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_after(3, patch)
        with pytest.raises(Killed):
            shop.run(word("draft/page", "not yet"), *SITE)
    made = shop.root / "tmp-first" / "made" / "out" / "draft" / "page"
    assert made.read_text() == "not yet"

    with pytest.MonkeyPatch.context() as patch:
        refuse_to_move("index.html", patch)
        shop.run(*SITE)
    assert not made.parent.exists()
    shop.run(*SITE)

    assert shop.files().keys() == {"index.html", "tags/a", "feed"}


def test_what_was_never_shown_keeps_nothing_on_the_site(shop: Shop) -> None:
    with pytest.MonkeyPatch.context() as patch:
        killed_after(2, patch)
        with pytest.raises(Killed):
            shop.run(word("old", "x"), word("list", "old", 2), *SITE[:1])

    shop.run(word("list", "broken", 2), *SITE)

    assert shop.files().keys() == {"index.html", "tags/a", "feed"}


@pytest.mark.parametrize("torn", [word("index.html", "feed tags/a", 3), word("index.html", "broken", 3)])
def test_half_a_file_of_a_killed_first_build_is_never_shown(shop: Shop, torn: Any) -> None:
    aside = shop.root / "tmp-first" / "made" / "out"
    aside.mkdir(parents=True)
    (aside / "index.html").write_text("fee")

    outcome = shop.run(torn, *SITE[1:])

    assert shop.files().get("index.html") == (None if outcome.failures else "feed tags/a")


@pytest.mark.parametrize("name", ["feed", "index.html", "tags"])
def test_a_disk_that_refuses_to_move_one_thing_keeps_all_unseen_until_it_does(shop: Shop, name: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        refuse_to_move(name, patch)
        outcome = shop.run(*SITE)

    assert [(f.place, f.problem) for f in outcome.failures] == [(f"out/{name}", "Input/output error")]
    assert (shop.files(), outcome.made, outcome.written, outcome.shown) == ({}, frozenset(), frozenset(), False)
    again = shop.run(*SITE)
    assert (again.made, again.failures, again.shown) == (frozenset(), (), True)
    assert again.written == {"index.html", "tags/a", "feed"}
    assert shop.files().keys() == {"index.html", "tags/a", "feed"}


def test_what_lies_beside_an_output_that_fails_is_never_shown_without_it(shop: Shop) -> None:
    packed = structs.replace(SITE[0], beside=(".gz",))
    with pytest.MonkeyPatch.context() as patch:
        killed_after(2, patch)
        with pytest.raises(Killed):
            shop.run(packed, word("late", "x", 4))
    assert (shop.root / "tmp-first" / "made" / "out" / "index.html.gz").is_file()

    shop.run(structs.replace(packed, inputs=(), recipe=("broken", ())), *SITE[1:])

    assert shop.files().keys() == {"tags/a", "feed"}


@pytest.mark.parametrize("left", [False, True])
def test_a_folder_that_gives_others_rights_is_filled_one_by_one(shop: Shop, *, left: bool) -> None:
    shop.folder.mkdir()
    shop.folder.chmod(0o2775)  # a group's web root: what is made in it is the group's, too
    if left:  # by a build that was killed as it tried
        (shop.folder / ".dateline-scratch").mkdir()

    shop.run(*SITE)

    assert (shop.folder / "tags").stat().st_mode & 0o2000
    assert sorted(p.name for p in shop.root.iterdir()) == ["out", "state"]


def test_a_probe_that_was_left_keeps_no_first_build_from_being_seen_whole(shop: Shop) -> None:
    (shop.folder / ".dateline-scratch").mkdir(parents=True)
    seen: list[int] = []

    shop.run(*SITE, progress=lambda *_: seen.append(len(shop.files())))

    assert (seen, len(shop.files())) == ([0, 0, 0], 3)


@pytest.mark.parametrize("name", [".", "probe", "made"])
def test_no_name_of_an_output_folder_costs_what_the_newsroom_remembers(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    newsroom.write("ship")
    ledger = newsroom.root / ".dateline" / "ledger"
    ledger.parent.mkdir()
    ledger.write_text("precious")
    here = newsroom.root.parent / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    for _ in range(2):
        assert not newsroom.build(output=Path(name)).problems
        newsroom.write("ship", title="Another")

    assert ledger.read_text() == "precious"
    assert (here / name / "index.html").is_file()
    assert not list(newsroom.root.glob(".dateline/tmp*"))


def test_a_site_that_could_not_be_put_in_place_is_announced_and_published_nowhere(newsroom: Newsroom) -> None:
    newsroom.settle('[feeds]\nhub = "https://hub.example/"\n')
    newsroom.write("ship")
    store = "memory://put-in-place/site"
    newsroom.build()
    remote.publish(newsroom.root / "build", store, {}, {})
    pings = newsroom.root / ".dateline" / "pings.json"
    pings.unlink()
    shutil.rmtree(newsroom.root / "build")

    with pytest.MonkeyPatch.context() as patch:
        refuse_to_move("feed.xml", patch)
        report = newsroom.build()

    assert [p.problem for p in report.problems] == ["Input/output error"]
    assert not pings.exists()
    with pytest.raises(DatelineError, match="build/: is empty, and so nothing was published"):
        remote.publish(newsroom.root / "build", store, {}, {})
    newsroom.build()
    assert b"feed.xml" in pings.read_bytes()


def test_a_folder_that_nothing_can_be_moved_to_is_filled_one_by_one(shop: Shop, monkeypatch: Any) -> None:
    refuse_to_move(".dateline-scratch", monkeypatch, errno.EXDEV)
    seen: list[int] = []

    shop.run(*SITE, progress=lambda *_: seen.append(len(shop.files())))

    assert seen == [1, 2, 3]
    assert sorted(p.name for p in shop.root.iterdir()) == ["out", "state"]


def test_what_was_left_by_a_build_that_was_killed_while_it_moved_things_goes(shop: Shop) -> None:
    aside = shop.root / "tmp-first" / "made" / "out"
    aside.mkdir(parents=True)
    (aside / "index.html").write_text("old")
    shop.folder.mkdir()
    (shop.folder / "feed").write_text("index.html")

    shop.run(*SITE)

    assert shop.files() == {"index.html": "feed tags/a", "tags/a": "index.html", "feed": "index.html"}
    assert not (shop.root / "tmp-first").exists()


def test_a_newsroom_whose_first_build_was_killed_anywhere_has_a_whole_site_or_none(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["harbour"])
    count, done = 0, False
    while not done:
        with pytest.MonkeyPatch.context() as patch:
            killed_after(count, patch)
            try:
                newsroom.build()
                done = True
            except Killed:
                assert newsroom.tree() == {}
        count = 2 * count + 1
    assert newsroom.tree() == newsroom.clean_build()
    assert newsroom.build().made == frozenset()
