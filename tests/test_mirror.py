"""Content that lies in an object store: brought whole, only what differs, and never over the newsroom's own work."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Newsroom, tree
from dateline import bucket, landing, mirror
from dateline.cli import run
from dateline.errors import DatelineError, Problem, SettingsError
from dateline.live import Site, polled
from dateline.lock import locked
from dateline.mirror import Mirrored, fault
from dateline.request import Request

fsspec = pytest.importorskip("fsspec")
URL = "memory://desk/content"
STORY = "---\ntitle: {0}\ndate: 2026-11-20T10:00:00Z\ntags: [harbour]\n---\n\n{1}\n"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(30)


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An object store in memory, empty; nobody pauses before asking again."""
    monkeypatch.setattr(bucket, "PAUSES", (0, 0))
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    yield store
    store.store.clear()


def story(title: str, body: str = "Words.") -> bytes:
    return STORY.format(title, body).encode()


def hold(store: Any, **files: bytes) -> None:
    """Put stories into the store: ``ship=…`` is ``2026/ship.md``."""
    for name, data in files.items():
        store.pipe_file(f"/desk/content/2026/{name}.md", data)


def afar(newsroom: Newsroom, more: str = "", url: str = URL) -> Newsroom:
    newsroom.settle(f'[content]\nurl = "{url}"\n{more}')
    return newsroom


def bring(newsroom: Newsroom) -> Mirrored:
    return mirror.mirror(newsroom.root, newsroom.settings)


def ours(newsroom: Newsroom) -> dict[str, bytes]:
    return tree(newsroom.root / "content")


def said(done: Mirrored) -> str:
    return "\n".join(map(str, done.problems))


def build(newsroom: Newsroom, *more: str) -> int:
    return run(["--root", str(newsroom.root), "build", "--clock", "2026-11-22T12:00Z", "-j1", *more])


class Counted:
    """Counts what a store is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: Any) -> None:
        self.calls: list[str] = []
        for verb in ("find", "cat_file"):
            real = getattr(type(store), verb)

            def counted(this: Any, path: str, *a: Any, real: Any = real, verb: str = verb, **k: Any) -> Any:
                self.calls.append(verb)
                return real(this, path, *a, **k)

            monkeypatch.setattr(type(store), verb, counted)


# -- bringing -----------------------------------------------------------------------------------------


def test_stories_pictures_and_the_editors_words_come_and_nothing_else(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"))
    for name in ("2026/ship.png", "_tags.toml", "2026/_tags.toml", "notes.txt", ".git/x.md", "2026/draft.md~"):
        memory.pipe_file(f"/desk/content/{name}", b"" if name.endswith("toml") else PICTURE)

    done = bring(afar(newsroom))

    assert set(ours(newsroom)) == {"2026/ship.md", "2026/storm.md", "2026/ship.png", "_tags.toml"}
    assert (len(done.fetched), done.total, done.problems) == (4, 4, ())
    assert str(done) == f"fetched 4 of 4 files from {URL} (0 removed)"


def test_a_site_from_afar_is_the_site_of_the_same_files_copied_by_hand(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm", "Wind."))
    assert build(afar(newsroom)) == 0

    other = Newsroom(newsroom.root.parent / "by-hand")
    for name in ("ship", "storm"):
        path = other.root / "content/2026" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(memory.cat_file(f"/desk/content/2026/{name}.md"))
    assert build(other) == 0

    assert newsroom.tree() == other.tree()


def test_without_changes_the_store_is_asked_once_and_no_file_is_touched(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"))
    bring(afar(newsroom))
    before = [(p.stat().st_mtime_ns, p.stat().st_ino) for p in sorted((newsroom.root / "content").rglob("*.md"))]
    note = (newsroom.root / ".dateline" / mirror.FILE).stat()
    counted = Counted(monkeypatch, memory)

    done = bring(newsroom)

    assert (done.fetched, done.removed, done.problems) == ((), (), ())
    assert counted.calls == ["find"]
    assert before == [
        (p.stat().st_mtime_ns, p.stat().st_ino) for p in sorted((newsroom.root / "content").rglob("*.md"))
    ]
    assert (newsroom.root / ".dateline" / mirror.FILE).stat().st_ino == note.st_ino


def test_only_what_changed_is_fetched_and_what_is_gone_goes(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"), tide=story("Tide"))
    bring(afar(newsroom))
    hold(memory, storm=story("Storm", "New words."))
    memory.rm_file("/desk/content/2026/tide.md")
    counted = Counted(monkeypatch, memory)

    done = bring(newsroom)

    assert (done.fetched, done.removed) == (("2026/storm.md",), ("2026/tide.md",))
    assert counted.calls == ["find", "cat_file"]
    assert ours(newsroom) == {"2026/ship.md": story("Ship"), "2026/storm.md": story("Storm", "New words.")}


def test_a_file_that_was_sent_again_with_the_same_bytes_is_not_touched(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    before = (newsroom.root / "content/2026/ship.md").stat()
    hold(memory, ship=story("Ship"))

    assert bring(newsroom).fetched == ()
    after = (newsroom.root / "content/2026/ship.md").stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_ino,
    )


def test_a_file_that_was_removed_here_comes_back(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    (newsroom.root / "content/2026/ship.md").unlink()

    assert bring(newsroom).fetched == ("2026/ship.md",)


def test_a_store_without_tags_and_moments_is_read_anew_each_time(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    find = type(memory).find
    bare = lambda *a, **k: {n: {"type": "file", "size": i["size"]} for n, i in find(*a, **k).items()}  # noqa: E731
    monkeypatch.setattr(type(memory), "find", bare)
    bring(afar(newsroom))
    hold(memory, ship=story("Ship").replace(b"Words", b"Tides"))

    assert bring(newsroom).fetched == ("2026/ship.md",)


def test_an_empty_file_is_one(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=b"")

    assert bring(afar(newsroom)).fetched == ("2026/ship.md",)
    assert ours(newsroom) == {"2026/ship.md": b""}


def test_a_folder_of_another_disk_will_do_as_well(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "far/2026").mkdir(parents=True)
    (tmp_path / "far/2026/ship.md").write_bytes(story("Ship"))
    (tmp_path / "secret").write_bytes(b"nobody's business")
    (tmp_path / "far/2026/link.md").symlink_to(tmp_path / "secret")
    (tmp_path / "far/all").symlink_to(tmp_path)

    assert bring(afar(newsroom, url=f"file://{tmp_path}/far")).fetched == ("2026/ship.md",)
    assert ours(newsroom) == {"2026/ship.md": story("Ship")}


def test_a_folder_that_is_not_mounted_is_named_and_one_that_cannot_be_read_takes_no_story_away(
    newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DatelineError, match="cannot be listed"):
        bucket.Bucket(f"file://{tmp_path}/none", 5).listing()
    for name in ("2025", "2026"):
        (tmp_path / "far" / name).mkdir(parents=True)
        (tmp_path / "far" / name / "ship.md").write_bytes(story("Ship"))
    bring(afar(newsroom, url=f"file://{tmp_path}/far"))
    ls = fsspec.implementations.local.LocalFileSystem.ls

    def refused(this: Any, path: str, **more: Any) -> Any:
        if path.endswith("far/2025"):
            raise PermissionError(13, "Permission denied", path)
        return ls(this, path, **more)

    monkeypatch.setattr(fsspec.implementations.local.LocalFileSystem, "ls", refused)

    assert "cannot be listed" in said(bring(newsroom))
    assert set(ours(newsroom)) == {"2025/ship.md", "2026/ship.md"}


names = st.sampled_from(["a.md", "b.md", "2026/a.md", "2026/11/c.md", "d.png"])
edits = st.lists(
    st.tuples(st.sampled_from(["put", "put", "drop", "edit", "lose", "bring", "forget"]), names, st.binary(max_size=3)),
    max_size=12,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_content_equals_the_bucket_but_for_what_the_newsroom_wrote(
    tmp_path_factory: pytest.TempPathFactory, memory: Any, edits: list[tuple[str, str, bytes]]
) -> None:
    """The law: whatever happens on both sides, the bucket's files are here, and the newsroom's edits are, too."""
    memory.store.clear()
    newsroom = afar(Newsroom(tmp_path_factory.mktemp("law") / "newsroom"), "empty = true\n")
    there: dict[str, bytes] = {}
    mine: dict[str, bytes] = {}  # what was written here, as long as it differs from the bucket's
    for verb, name, data in edits:
        path = newsroom.root / "content" / name
        if verb == "put":
            there[name] = data
            memory.pipe_file(f"/desk/content/{name}", data)
        elif verb == "drop" and name in there:
            del there[name]
            memory.rm_file(f"/desk/content/{name}")
        elif verb == "edit":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"mine" + data)
            mine[name] = b"mine" + data
        elif verb == "lose":
            path.unlink(missing_ok=True)
            mine.pop(name, None)
        elif verb == "bring":
            bring(newsroom)
        elif verb == "forget":  # what changed before that could as well be the newsroom's own
            bring(newsroom)
            (newsroom.root / ".dateline" / mirror.FILE).unlink()
            bring(newsroom)

    done = bring(newsroom)

    found = ours(newsroom)
    assert all(found[name] == data for name, data in mine.items())
    assert all(found[name] == data for name, data in there.items() if name not in mine)
    assert {p.place for p in done.problems if "stays as it is" in p.problem} == {
        f"content/{name}" for name in mine if name in there
    }


# -- nothing of the newsroom's is lost ------------------------------------------------------------------


def test_a_file_that_did_not_come_from_there_is_never_touched(newsroom: Newsroom, memory: Any) -> None:
    newsroom.write("mine")
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    memory.rm_file("/desk/content/2026/ship.md")
    hold(memory, storm=story("Storm"))

    bring(newsroom)

    assert set(ours(newsroom)) == {"mine.md", "2026/storm.md"}


@pytest.mark.parametrize("there", ["same", "changed", "gone"])
def test_a_file_that_was_edited_here_is_named_and_stays_until_somebody_decides(
    newsroom: Newsroom, memory: Any, there: str
) -> None:
    hold(memory, ship=story("Ship"), other=story("Other"))
    bring(afar(newsroom))
    path = newsroom.root / "content/2026/ship.md"
    path.write_bytes(b"my own words")
    if there == "changed":
        hold(memory, ship=story("Ship", "Their words."))
    elif there == "gone":
        memory.rm_file("/desk/content/2026/ship.md")

    for _ in range(2):
        done = bring(newsroom)
        assert path.read_bytes() == b"my own words"
        assert [p.place for p in done.problems] == ["content/2026/ship.md"]
        assert "edited here" in said(done)

    if there == "gone":
        path.unlink()
        assert bring(newsroom).problems == ()
        assert not path.exists()
    else:
        hold(memory, ship=b"my own words")  # the newsroom's version goes there
        assert bring(newsroom).problems == ()
        hold(memory, ship=story("Ship", "Later."))
        bring(newsroom)
        assert path.read_bytes() == story("Ship", "Later.")


def test_whoever_wants_the_buckets_version_removes_his_own(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    path = newsroom.root / "content/2026/ship.md"
    path.write_bytes(b"my own words")
    assert bring(newsroom).problems
    path.unlink()

    assert bring(newsroom).problems == ()
    assert path.read_bytes() == story("Ship")


def test_a_touched_file_with_the_same_bytes_is_not_an_edited_one(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    os.utime(newsroom.root / "content/2026/ship.md", ns=(1, 1))

    assert bring(newsroom).problems == ()
    assert (newsroom.root / "content/2026/ship.md").stat().st_mtime_ns == 1


def test_a_file_of_the_same_name_that_was_here_before_stays_and_is_named(newsroom: Newsroom, memory: Any) -> None:
    newsroom.write("2026/ship", "Mine.")
    before = ours(newsroom)
    hold(memory, ship=story("Ship"), other=story("Other"))

    done = bring(afar(newsroom))

    assert "content/2026/ship.md: is another file than that of" in said(done)
    memory.rm_file("/desk/content/2026/ship.md")
    assert bring(newsroom).problems == ()
    assert ours(newsroom)["2026/ship.md"] == before["2026/ship.md"]


def test_a_lost_memory_costs_fetching_and_nothing_else(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    (newsroom.root / ".dateline" / mirror.FILE).write_bytes(b"junk")

    assert (bring(newsroom).fetched, bring(newsroom).problems) == ((), ())
    hold(memory, ship=story("Ship", "Later."))
    assert bring(newsroom).fetched == ("2026/ship.md",)


def test_an_edit_in_the_last_instant_is_not_overwritten(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    bring(afar(newsroom))
    hold(memory, ship=story("Ship", "Theirs."))
    path = newsroom.root / "content/2026/ship.md"

    def late(root: Path, name: str, data: bytes, before: Any) -> Any:
        path.write_bytes(b"saved just now")
        return landing.put(root, name, data, before)

    monkeypatch.setattr(mirror, "put", late)

    assert "edited here" in said(bring(newsroom))
    assert path.read_bytes() == b"saved just now"
    assert not (path.parent / landing.TEMPORARY).exists()


def test_an_edit_in_the_last_instant_is_not_removed(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"), other=story("Other"))
    bring(afar(newsroom))
    memory.rm_file("/desk/content/2026/ship.md")
    path = newsroom.root / "content/2026/ship.md"

    def late(root: Path, name: str, before: Any) -> bool:
        path.write_bytes(b"saved just now")
        return landing.remove(root, name, before)

    monkeypatch.setattr(mirror, "remove", late)

    assert "was edited here, and stays" in said(bring(newsroom))
    assert path.read_bytes() == b"saved just now"


def test_an_empty_bucket_empties_nothing_unless_it_is_meant_to(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"))
    bring(afar(newsroom))
    memory.rm("/desk", recursive=True)

    done = bring(newsroom)
    assert "holds no content, though 2 files came from there: nothing was removed" in said(done)
    assert len(ours(newsroom)) == 2

    assert bring(afar(newsroom, "empty = true\n")).removed == ("2026/ship.md", "2026/storm.md")
    assert ours(newsroom) == {}


def test_a_bucket_that_never_held_anything_is_worth_a_warning(newsroom: Newsroom) -> None:
    (problem,) = bring(afar(newsroom)).problems

    assert (problem.place, problem.level) == (URL, "warning")


def test_from_another_bucket_nothing_is_removed(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"))
    bring(afar(newsroom))
    memory.pipe_file("/new/2026/ship.md", story("Ship", "Moved."))

    done = bring(afar(newsroom, url="memory://new"))

    assert done.fetched == ("2026/ship.md",)
    assert "1 files came from another bucket and are not in memory://new (2026/storm.md): they stay" in said(done)
    assert ours(newsroom) == {"2026/ship.md": story("Ship", "Moved."), "2026/storm.md": story("Storm")}
    assert bring(newsroom).problems == ()

    (newsroom.root / "content/2026/ship.md").unlink()
    assert bring(afar(newsroom, url="memory://third")).problems == ()


# -- strangers' names and sizes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../x.md", "a/../../x.md", "/x.md", "a//x.md", "./x.md", "a/./x.md", "a\nb.md", "a\u202eb.md", "a\x00.md",
        "a\\b.md", "c:x.md", "a?.md", "con.md", "2026/aux/x.md", "a. /x.md", " x.md", "x./y.md", "é" * 120 + ".md",
        "/".join("a" * 190 for _ in range(7)) + ".md", "\ud800.md",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_or_is_odd_is_refused(name: str) -> None:
    assert fault(name)


@pytest.mark.parametrize("name", ["x.md", "2026/11/20-ship.md", "Größe und Maß.md", "2026/console.md", "日本.md"])
def test_an_ordinary_name_is_not(name: str) -> None:
    assert not fault(name)


class Forged:
    """A store that says what it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: Any, files: dict[str, bytes]) -> None:
        self.read: list[str] = []
        here = {f"/desk/content/{name}": data for name, data in files.items()}
        monkeypatch.setattr(
            type(store),
            "find",
            lambda *_a, **_k: {n: {"type": "file", "size": len(d), "created": 1} for n, d in here.items()},
        )

        def cat(_self: Any, path: str, start: int = 0, end: int | None = None) -> bytes:
            self.read.append(path)
            return here[path][start:end]

        monkeypatch.setattr(type(store), "cat_file", cat)


def test_nothing_is_written_outside_whatever_a_listing_says(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = ["../../evil.md", "a/../../evil.md", "/etc/evil.md", "a//evil.md", "e\x1bvil.md"]
    Forged(monkeypatch, memory, {**dict.fromkeys(bad, b"x"), "good.md": story("Good")})
    before = {p for p in newsroom.root.parent.rglob("*") if "content" not in p.parts}

    done = bring(afar(newsroom))

    assert set(ours(newsroom)) == {"good.md"}
    assert len(done.problems) == len(bad)
    assert "\x1b" not in said(done)
    assert {p for p in newsroom.root.parent.rglob("*") if not {"content", ".dateline"} & set(p.parts)} == before


def test_what_is_too_large_is_named_and_not_even_fetched(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Forged(monkeypatch, memory, {"big.md": b"x" * 101, "big.png": b"x" * 201, "small.md": b"x" * 99})

    done = bring(afar(newsroom, "[limits]\narticle = 100\npicture = 200\n"))

    assert store.read == ["/desk/content/small.md"]
    assert "big.md: is larger than 100 bytes (101) and was not fetched" in said(done)
    assert "big.png: is larger than 200 bytes (201)" in said(done)


def test_what_turns_out_to_be_larger_than_the_listing_said_is_not_taken(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    find = type(memory).find
    less = lambda *a, **k: {n: {**i, "size": 5} for n, i in find(*a, **k).items()}  # noqa: E731
    monkeypatch.setattr(type(memory), "find", less)

    assert "changed while it was fetched" in said(bring(afar(newsroom)))
    assert ours(newsroom) == {}


def test_of_two_names_that_differ_by_case_one_comes(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Forged(monkeypatch, memory, {"Ship.md": b"one", "ship.md": b"two"})

    assert "ship.md: differs from Ship.md by case alone" in said(bring(afar(newsroom)))
    assert set(ours(newsroom)) == {"Ship.md"}


@pytest.mark.parametrize("where", ["content/2026", "content"])
def test_no_link_is_written_through(newsroom: Newsroom, memory: Any, tmp_path: Path, where: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    if where == "content":
        (newsroom.root / "content").rmdir()
    (newsroom.root / where).symlink_to(outside, target_is_directory=True)
    hold(memory, ship=story("Ship"))

    assert "content/2026/ship.md: cannot be written" in said(bring(afar(newsroom)))
    assert tree(outside) == {}


def test_a_link_in_the_place_of_a_file_stays_and_so_does_its_goal(
    newsroom: Newsroom, memory: Any, tmp_path: Path
) -> None:
    goal = tmp_path / "goal.md"
    goal.write_bytes(b"precious")
    (newsroom.root / "content/2026").mkdir()
    link = newsroom.root / "content/2026/ship.md"
    link.symlink_to(goal)
    hold(memory, ship=story("Ship"))

    assert "content/2026/ship.md" in said(bring(afar(newsroom)))
    assert link.is_symlink()
    assert goal.read_bytes() == b"precious"


def test_what_a_killed_run_left_half_written_is_cleared_away(newsroom: Newsroom, memory: Any) -> None:
    half = newsroom.root / "content/2026" / landing.TEMPORARY
    half.parent.mkdir()
    half.write_bytes(b"half")
    hold(memory, ship=story("Ship"))

    bring(afar(newsroom))

    assert set(ours(newsroom)) == {"2026/ship.md"}


def test_a_disk_that_refuses_is_named(newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(memory, ship=story("Ship"), storm=story("Storm"))
    bring(afar(newsroom))
    hold(memory, ship=story("Ship", "Later."))
    memory.rm_file("/desk/content/2026/storm.md")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", full)
        text = said(bring(newsroom))
    assert "content/2026/ship.md: cannot be written: No space left on device" in text
    assert ours(newsroom) == {"2026/ship.md": story("Ship")}  # nothing half written stays

    hold(memory, storm=story("Storm"))
    bring(newsroom)
    memory.rm_file("/desk/content/2026/storm.md")
    monkeypatch.setattr(os, "unlink", full)
    text = said(bring(newsroom))
    assert "content/2026/storm.md: cannot be removed: No space left on device" in text


# -- stores that do not answer --------------------------------------------------------------------------


def broken(monkeypatch: pytest.MonkeyPatch, store: Any, verb: str, error: Exception, times: int = 99) -> list[str]:
    """A store whose *verb* fails so many times."""
    real, asked = getattr(type(store), verb), []

    def fails(this: Any, path: str, *a: Any, **k: Any) -> Any:
        asked.append(path)
        if len(asked) <= times:
            raise error
        return real(this, path, *a, **k)

    monkeypatch.setattr(type(store), verb, fails)
    return asked


def test_a_store_that_cannot_be_listed_leaves_the_site_as_it_is_and_says_so(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(memory, ship=story("Ship"))
    assert build(afar(newsroom)) == 0
    before = newsroom.tree()
    asked = broken(monkeypatch, memory, "find", OSError("the cable was pulled"))

    assert build(newsroom) == 1
    assert len(asked) == 3
    assert newsroom.tree() == before
    assert f"{URL}: cannot be listed: the cable was pulled (content/ stays as it is" in capsys.readouterr().err


def test_who_answers_at_the_third_time_of_asking_is_believed(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    broken(monkeypatch, memory, "find", OSError("busy"), times=2)
    broken(monkeypatch, memory, "cat_file", OSError("busy"), times=2)

    assert bring(afar(newsroom)).fetched == ("2026/ship.md",)


def test_who_may_not_is_not_asked_again(newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = broken(monkeypatch, memory, "find", PermissionError())

    assert f"{URL}: cannot be listed: PermissionError" in said(bring(afar(newsroom)))
    assert len(asked) == 1


def test_files_that_cannot_be_fetched_are_named_and_after_a_few_nobody_is_asked(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "_BATCH", 3)
    hold(memory, **{f"s{n}": story(f"S{n}") for n in range(9)})
    asked = broken(monkeypatch, memory, "cat_file", OSError("no route"))

    text = said(bring(afar(newsroom)))

    assert f"{URL}/2026/s0.md: was not fetched: no route (build again)" in text
    assert f"{URL}: 6 more files were not fetched" in text
    assert len(asked) == 9


def test_a_file_that_vanishes_between_listing_and_fetching_is_no_fault(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    broken(monkeypatch, memory, "cat_file", FileNotFoundError("gone"))

    assert bring(afar(newsroom)) == Mirrored(URL, 1)


def test_a_store_that_never_answers_is_not_waited_for(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    monkeypatch.setattr(type(memory), "find", lambda *_a, **_k: gate.wait(5) and {})

    done = bring(afar(newsroom, "seconds = 0.05\n"))
    gate.set()

    assert "cannot be listed: no answer within 0.05 s" in said(done)


def test_what_was_brought_is_known_even_where_the_rest_was_broken_off(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, a=story("A"), b=story("B"))

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(mirror._Mirror, "_tidy", stop)
        with pytest.raises(KeyboardInterrupt):
            bring(afar(newsroom))
    counted = Counted(monkeypatch, memory)
    bring(newsroom)

    assert counted.calls == ["find"]


def test_who_was_overtaken_looks_again(newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(memory, ship=story("Ship"))
    afar(newsroom)
    real, looks = bucket.Bucket.listing, []

    def slow(this: Any) -> Any:
        found = real(this)
        looks.append(found)
        if len(looks) == 1:  # meanwhile somebody else hears of a new story, and brings it
            hold(memory, storm=story("Storm"))
            bring(newsroom)
        return found

    monkeypatch.setattr(bucket.Bucket, "listing", slow)

    bring(newsroom)

    assert len(looks) == 3
    assert set(ours(newsroom)) == {"2026/ship.md", "2026/storm.md"}


def test_who_finds_the_newsroom_locked_waits_and_says_so(newsroom: Newsroom, memory: Any) -> None:
    hold(memory, ship=story("Ship"))

    with locked(newsroom.root), pytest.raises(SettingsError, match="another dateline is running"):
        mirror.mirror(afar(newsroom).root, newsroom.settings, wait=0)


@pytest.mark.parametrize("url", ["nothing://x/y", "s4://bucket"])
def test_a_store_that_nobody_knows_is_a_fault_of_the_settings(newsroom: Newsroom, url: str) -> None:
    assert build(afar(newsroom, url=url)) == 2


@pytest.mark.parametrize("url", ["newsroom/content", "s3:/x", "s3://a b"])
def test_an_address_that_is_none_is_refused(newsroom: Newsroom, url: str) -> None:
    with pytest.raises(SettingsError, match=r"content\.url"):
        _ = afar(newsroom, url=url).settings


def test_without_the_package_it_is_named(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)

    with pytest.raises(SettingsError, match=r"dateline\[remote\]"):
        bring(afar(newsroom))


def test_a_password_in_the_address_is_not_said(newsroom: Newsroom) -> None:
    assert bucket.Bucket("memory://who:secret@desk/content", 1).name == "memory://desk/content"


# -- commands -----------------------------------------------------------------------------------------------


def test_a_build_brings_new_stories_though_nothing_here_has_changed(
    newsroom: Newsroom, memory: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.quiet.RACY", -10_000_000_000)
    hold(memory, ship=story("Ship"))
    build(afar(newsroom))
    build(newsroom)
    hold(memory, storm=story("Storm"))
    capsys.readouterr()

    assert build(newsroom) == 0

    assert f"fetched 1 of 2 files from {URL} (0 removed)" in capsys.readouterr().out
    assert "2026/11/20/storm/index.html" in newsroom.tree()


def test_a_dry_run_asks_no_store(newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch, memory)

    assert build(afar(newsroom), "--dry-run") == 0
    assert counted.calls == []


def test_strictness_and_machines_are_served(
    newsroom: Newsroom, memory: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(afar(newsroom), "--strict") == 1
    hold(memory, ship=story("Ship"))
    capsys.readouterr()

    assert build(newsroom, "--json") == 0
    assert capsys.readouterr().out.startswith("{")


def test_a_check_looks_at_what_the_bucket_holds_now(
    newsroom: Newsroom, memory: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hold(memory, ship=story("Ship"))
    build(afar(newsroom))
    hold(memory, storm=b"---\ntitle: [\n---\n")

    assert run(["--root", str(newsroom.root), "check"]) == 1
    assert "content/2026/storm.md" in capsys.readouterr().err


def test_a_newsroom_without_a_bucket_never_imports_fsspec(newsroom: Newsroom) -> None:
    import subprocess
    import sys

    newsroom.write("ship")
    asked = f"import sys; from dateline.cli import run; run(['--root', {str(newsroom.root)!r}, 'build', '-q', '-j1']); sys.exit('fsspec' in sys.modules or 'dateline.mirror' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


class Bell:
    """Says when it was rung."""

    def __init__(self) -> None:
        self.rang = threading.Event()

    def ring(self) -> None:
        self.rang.set()


def site_of(newsroom: Newsroom) -> Site:
    request = Request(root=newsroom.root, now=newsroom.now, jobs=1)
    return Site(request, lambda: newsroom.settings, lambda *_: "", clock=lambda: newsroom.now)


def test_a_watch_looks_now_and_then_and_rings_where_something_else_is_wrong(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(memory, ship=story("Ship"))
    site, bell = site_of(afar(newsroom)), Bell()
    assert not site.bring()
    assert "2026/ship.md" in ours(newsroom)
    broken(monkeypatch, memory, "find", OSError("the cable was pulled"))
    monkeypatch.setattr(site, "settings", _hasty(site))

    with polled(site, bell):  # type: ignore[arg-type]
        assert bell.rang.wait(5)

    from dateline.doorbell import Hints

    (problem,) = site.rebuild(Hints(full=True)).problems
    assert "the cable was pulled" in problem.problem


def _hasty(site: Site) -> Any:
    import msgspec

    return msgspec.structs.replace(
        site.settings,
        content=msgspec.structs.replace(site.settings.content, poll=0.01),  # type: ignore[arg-type]
    )


def test_a_watch_survives_whatever_keeps_it_from_looking(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    site = site_of(afar(newsroom))
    for error in (OSError(28, "No space left on device"), SettingsError("lock", "locked")):

        def fails(*_: Any, error: Exception = error, **__: Any) -> None:
            raise error

        monkeypatch.setattr(mirror, "mirror", fails)
        assert site.bring()
        assert not site.bring()


def test_a_watch_without_a_bucket_does_not_look(newsroom: Newsroom) -> None:
    site = site_of(newsroom)
    before = threading.active_count()

    with polled(site, Bell()):  # type: ignore[arg-type]
        assert threading.active_count() == before
    assert not site.bring()


# -- a real object store ------------------------------------------------------------------------------


@pytest.fixture
def s3(object_store: Any) -> Any:
    """An S3 server on this machine, with one bucket."""
    object_store.makedirs("desk", exist_ok=True)
    return object_store


def test_a_newsroom_follows_its_bucket_in_s3(newsroom: Newsroom, s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    afar(newsroom, url="s3://desk/content")
    there = {f"2026/11/{n:02d}-ship.md": story(f"Ship {n}") for n in range(12)}
    there |= {"2026/11/ship.png": PICTURE, "empty.md": b"", "2026/Größe und Maß + 50%.md": story("Größe")}
    s3.pipe({f"desk/content/{name}": data for name, data in there.items()})
    s3.call_s3("put_object", Bucket="desk", Key="content/2026/", Body=b"")  # a folder, as consoles make them
    s3.pipe_file("desk/content-of-others/x.md", b"not ours")
    s3.call_s3("put_object", Bucket="desk", Key="content/../evil.md", Body=b"x")

    done = bring(newsroom)
    assert ours(newsroom) == there
    assert [p.place for p in done.problems] == ["s3://desk/content/../evil.md"]

    s3.call_s3("delete_object", Bucket="desk", Key="content/../evil.md")
    s3.rm("desk/content/2026/11/03-ship.md")
    s3.pipe_file("desk/content/2026/11/04-ship.md", story("Ship 4", "Afloat."))
    done = bring(newsroom)
    assert (done.fetched, done.removed) == (("2026/11/04-ship.md",), ("2026/11/03-ship.md",))
    assert ours(newsroom) == {name: s3.cat_file(f"desk/content/{name}") for name in there if "03-" not in name}

    (newsroom.root / "content/empty.md").unlink()  # it is copy without a headline
    s3.rm("desk/content/empty.md")
    assert build(newsroom) == 0
    assert newsroom.tree() == newsroom.clean_build()


def test_a_bucket_that_is_not_there_or_nobody_who_answers_is_named(
    newsroom: Newsroom, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("mine")
    assert "s3://nowhere/x: cannot be listed" in said(bring(afar(newsroom, url="s3://nowhere/x")))

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    (problem,) = bring(afar(newsroom, "seconds = 1\n", url="s3://desk/content")).problems
    assert isinstance(problem, Problem)
    assert problem.level == "error"
    assert set(ours(newsroom)) == {"mine.md"}


def test_a_listing_of_several_pages_is_read_to_its_end(
    newsroom: Newsroom, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")
    s3.pipe({f"desk/content/{n:04d}.md": b"%d" % n for n in range(23)})

    assert len(bring(afar(newsroom, url="s3://desk/content")).fetched) == 23
    assert bring(newsroom).fetched == ()
