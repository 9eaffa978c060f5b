"""A site in an object store: whole, in order, and nobody else's files touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import Newsroom
from dateline import remote
from dateline.cli import run
from dateline.errors import DatelineError, SettingsError

fsspec = pytest.importorskip("fsspec")
URL = "memory://site/news"


@pytest.fixture(autouse=True)
def memory() -> Iterator[Any]:
    """An object store in memory, empty."""
    store = fsspec.filesystem("memory")
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    yield store
    store.store.clear()


def held(store: Any, at: str = "/site/news") -> dict[str, bytes]:
    found = {path: store.cat_file(path) for path in store.find(at)}
    names = {"/" + path.lstrip("/"): data for path, data in found.items()}
    return {path.removeprefix(f"{at}/"): data for path, data in names.items() if remote.MANIFEST not in path}


def build(newsroom: Newsroom, *more: str, url: str = URL) -> int:
    return run(["--root", str(newsroom.root), "build", "--clock", "2026-11-22T12:00Z", "-j1", "--publish", url, *more])


def small(newsroom: Newsroom) -> Newsroom:
    newsroom.settle('[theme]\npages = "minimal"\n[compress]\nformats = ["gz"]\n')
    newsroom.write("ship", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    return newsroom


def test_what_is_built_is_published_byte_for_byte(newsroom: Newsroom, memory: Any) -> None:
    assert build(small(newsroom)) == 0

    assert held(memory) == newsroom.tree()


def test_only_what_differs_is_sent(newsroom: Newsroom, memory: Any, capsys: pytest.CaptureFixture[str]) -> None:
    build(small(newsroom))
    capsys.readouterr()

    build(newsroom)
    again = capsys.readouterr().out
    newsroom.write("storm", "Other words.", tags=["harbour"])
    build(newsroom)

    assert f"published 0 of {len(newsroom.tree())} files to {URL} (0 removed)" in again
    assert held(memory) == newsroom.tree()


def test_new_stories_come_first_lists_that_link_to_them_later_and_removals_last(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(small(newsroom))
    (newsroom.root / "content" / "storm.md").unlink()
    newsroom.write("tide", tags=["harbour", "moon"])
    newsroom.write("ebb", tags=["moon"])
    order: list[str] = []
    pipe, rm = type(memory).pipe_file, type(memory).rm_file
    monkeypatch.setattr(
        type(memory), "pipe_file", lambda self, path, *a, **k: order.append(path) or pipe(self, path, *a, **k)
    )
    monkeypatch.setattr(type(memory), "rm_file", lambda self, path: order.append(f"-{path}") or rm(self, path))

    build(newsroom)

    def place(part: str) -> int:
        return next(n for n, path in enumerate(order) if part in path)

    assert place("tide/index.html") < place("tags/moon/index.html") < place("news/index.html") < place("-/")
    assert remote.MANIFEST in order[0]
    assert remote.MANIFEST in order[-1]
    assert held(memory) == newsroom.tree()


def test_a_run_that_was_killed_is_finished_by_the_next_and_leaves_nothing_behind(
    newsroom: Newsroom, memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(newsroom)

    def killed(_self: Any, files: Any) -> None:
        for key, data in list(files.items())[:1]:
            memory.pipe_file(f"/site/news/{key}", data)
        raise OSError("the cable was pulled")

    with monkeypatch.context() as patched:
        patched.setattr(remote._Store, "put", killed)
        assert build(newsroom) == 1
    assert held(memory)
    (newsroom.root / "content" / "storm.md").unlink()

    assert build(newsroom) == 0

    assert held(memory) == newsroom.tree()


def test_files_of_others_are_never_touched(newsroom: Newsroom, memory: Any) -> None:
    memory.pipe_file("/site/news/precious.txt", b"mine")
    small(newsroom)

    assert build(newsroom) == 2
    assert held(memory) == {"precious.txt": b"mine"}

    memory.rm_file("/site/news/precious.txt")
    build(newsroom)
    memory.pipe_file("/site/news/later.txt", b"mine too")
    newsroom.write("third")
    build(newsroom)
    assert held(memory)["later.txt"] == b"mine too"


def test_a_damaged_manifest_is_named(newsroom: Newsroom, memory: Any) -> None:
    memory.pipe_file(f"/site/news/{remote.MANIFEST}", b"{")

    with pytest.raises(SettingsError, match="is damaged"):
        remote.publish(newsroom.root / "build", URL, {}, {})


def test_a_manifest_cannot_lead_outside(newsroom: Newsroom, memory: Any) -> None:
    memory.pipe_file("/site/other.txt", b"not ours")
    memory.pipe_file(f"/site/news/{remote.MANIFEST}", json.dumps({"files": {"../other.txt": ""}}).encode())
    (newsroom.root / "build").mkdir()

    remote.publish(newsroom.root / "build", URL, {}, {})

    assert memory.cat_file("/site/other.txt") == b"not ours"


def test_a_file_that_somebody_else_removed_is_no_fault(newsroom: Newsroom, memory: Any) -> None:
    build(small(newsroom))
    gone = next(path for path in memory.find("/site/news") if "storm" in path)
    memory.rm_file(gone)
    (newsroom.root / "content" / "storm.md").unlink()

    assert build(newsroom) == 0
    assert held(memory) == newsroom.tree()


@pytest.mark.parametrize("url", ["nothing://x/y", "s4://bucket"])
def test_a_store_that_nobody_knows_is_named(newsroom: Newsroom, url: str) -> None:
    with pytest.raises(DatelineError, match="--publish"):
        remote.publish(newsroom.root, url, {}, {})


def test_without_the_package_it_is_named(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)

    with pytest.raises(SettingsError, match=r"dateline\[remote\]"):
        remote.publish(newsroom.root, URL, {}, {})


def test_a_dry_run_publishes_nothing(newsroom: Newsroom, memory: Any) -> None:
    assert build(small(newsroom), "--dry-run") == 0
    assert held(memory) == {}


# -- a real object store ------------------------------------------------------------------------------


@pytest.fixture
def bucket(object_store: Any) -> Any:
    """An S3 server on this machine, with one bucket."""
    object_store.makedirs("newspaper", exist_ok=True)
    return object_store


def test_a_site_in_s3_is_whole_has_its_media_types_and_follows_the_newsroom(newsroom: Newsroom, bucket: Any) -> None:
    url = "s3://newspaper/site"
    small(newsroom).settle('[theme]\npages = "minimal"\n')
    assert build(newsroom, url=url) == 0
    assert held(bucket, "/newspaper/site") == newsroom.tree()
    assert bucket.info("newspaper/site/feed.xml")["ContentType"] == "application/rss+xml; charset=utf-8"
    assert bucket.info("newspaper/site/index.html")["ContentType"] == "text/html; charset=utf-8"

    (newsroom.root / "content" / "storm.md").unlink()
    newsroom.write("tide", tags=["harbour"])
    assert build(newsroom, url=url) == 0

    assert held(bucket, "/newspaper/site") == newsroom.tree()


def test_a_bucket_that_is_not_there_is_named(
    newsroom: Newsroom, bucket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(small(newsroom), url="s3://nowhere/site") == 1
    assert "s3://nowhere/site cannot be written" in capsys.readouterr().err
