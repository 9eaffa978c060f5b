"""Search: an index of the stories that readers can see, made when they change and never in the way of a build."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Newsroom, tree
from dateline import cli, search
from dateline.compress import pack

needs_pagefind = pytest.mark.skipif(search.executable() is None, reason="Pagefind is not installed")


@pytest.fixture(autouse=True)
def fresh_eyes() -> Iterator[None]:
    search.executable.cache_clear()
    yield
    search.executable.cache_clear()


@pytest.fixture
def newsroom(newsroom: Newsroom) -> Newsroom:
    """A newsroom that wants to be searched."""
    newsroom.settle("[search]\nenabled = true\n")
    return newsroom


def fake(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, script: str = "") -> Path:
    """A Pagefind that counts its runs and writes what it was shown."""
    tool = newsroom.root.parent / "pagefind.sh"
    usual = 'mkdir -p "$4/index" && (cd "$2" && find . -name "*.html" | sort) > "$4/index/x.pf_index" && echo ui > "$4/pagefind-ui.js" && echo {} > "$4/pagefind-entry.json"'
    tool.write_text(f'#!/bin/sh\necho run >> "{tool}.runs"\n{script or usual}\n', encoding="utf-8")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(search, "executable", lambda: tool)
    return tool


def runs(tool: Path) -> int:
    log = tool.with_name(tool.name + ".runs")
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_the_stories_are_indexed_and_nothing_else(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(newsroom, monkeypatch)
    newsroom.write("ship", tags=["harbour"])
    newsroom.write("gone", status="withdrawn")
    newsroom.write("draft", status="draft")
    newsroom.build(search=True)

    assert newsroom.read("pagefind/index/x.pf_index").splitlines() == [
        "./2026/11/20/gone/index.html",
        "./2026/11/20/ship/index.html",
    ]
    assert "pagefind/pagefind-ui.js" not in newsroom.tree()
    assert 'class="search"' in newsroom.read("search/index.html")


def test_the_index_is_made_again_only_when_a_story_changes(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = fake(newsroom, monkeypatch)
    newsroom.write("ship")
    newsroom.build(search=True)
    before = {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")}

    assert newsroom.build(search=True).made == frozenset()
    assert runs(tool) == 1
    assert {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")} == before
    newsroom.template("tags.html", "{{ heading }}")
    newsroom.build(search=True)
    assert runs(tool) == 1
    newsroom.write("ship", body="Other words.")
    newsroom.build(search=True)
    assert runs(tool) == 2


def test_a_build_without_search_leaves_the_index_and_the_next_one_catches_up(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = fake(newsroom, monkeypatch)
    newsroom.write("ship")
    newsroom.build(search=True)
    newsroom.write("storm")

    assert "pagefind/pagefind-entry.json" not in newsroom.build().removed
    assert "storm" not in newsroom.read("pagefind/index/x.pf_index")
    newsroom.build(search=True)
    assert "storm" in newsroom.read("pagefind/index/x.pf_index")
    assert runs(tool) == 2


def test_the_newsroom_may_be_named_from_where_one_stands(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(newsroom, monkeypatch)
    newsroom.write("ship")
    monkeypatch.chdir(newsroom.root.parent)
    newsroom.root = Path("newsroom")

    assert not newsroom.build(search=True).problems
    assert "ship" in newsroom.read("pagefind/index/x.pf_index")


@pytest.mark.parametrize("damage", ["remove", "alter", "stray", "folder"])
def test_a_damaged_index_is_made_again(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    import shutil

    tool = fake(newsroom, monkeypatch)
    newsroom.write("ship")
    newsroom.build(search=True)
    good = newsroom.tree()
    top = newsroom.root / "build" / "pagefind"
    if damage == "remove":
        (top / "pagefind-entry.json").unlink()
    elif damage == "alter":
        (top / "pagefind-entry.json").write_bytes(b"[]\n")
    elif damage == "stray":
        (top / "old").mkdir()
        (top / "old" / "stray.txt").write_text("x")
    else:
        shutil.rmtree(top)
        top.write_text("no folder")

    newsroom.build(search=True)

    assert newsroom.tree() == good
    assert runs(tool) == 2


@pytest.mark.parametrize("script", ["echo 'no space left' >&2; exit 3", "exit 3", "kill -9 $$"])
def test_an_index_that_cannot_be_made_is_a_warning_and_tried_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    tool = fake(newsroom, monkeypatch, script)
    newsroom.write("ship")

    for n in (1, 2):
        report = newsroom.build(search=True)
        assert [(p.place, p.level) for p in report.problems] == [("pagefind", "warning")]
        assert runs(tool) == n
    assert "2026/11/20/ship/index.html" in newsroom.tree()
    assert not (newsroom.root / ".dateline" / "tmp" / "search").exists()


def test_a_tool_that_is_no_program_is_a_warning(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = fake(newsroom, monkeypatch)
    tool.chmod(0o644)
    newsroom.write("ship")

    assert "could not be made" in newsroom.build(search=True).problems[0].problem


def test_a_tool_that_does_not_end_is_stopped(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(newsroom, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(search, "_SECONDS", 0.05)
    newsroom.write("ship")

    assert "not done within" in newsroom.build(search=True).problems[0].problem


def test_without_the_extra_the_site_says_so_and_works(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(search, "executable", lambda: None)
    newsroom.write("ship")

    assert cli.run(["--root", str(newsroom.root), "build", "-j1", "--clock", newsroom.now.isoformat()]) == cli.OK
    assert "dateline[search]" in capsys.readouterr().out
    assert not [name for name in newsroom.tree() if name.startswith("pagefind/")]
    page = newsroom.read("search/index.html")
    assert "not available" in page
    assert "<form" not in page
    assert 'href="/archive/"' in page
    cli.run(["--root", str(newsroom.root), "build", "-j1", "--clock", newsroom.now.isoformat()])
    assert "dateline[search]" not in capsys.readouterr().out  # nothing new to search


def test_search_switched_off_takes_the_index_away(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(newsroom, monkeypatch)
    newsroom.write("ship")
    newsroom.build(search=True)

    newsroom.settle("[search]\nenabled = false\n")
    newsroom.build(search=True)

    assert not (newsroom.root / "build" / "pagefind").exists()
    assert newsroom.tree() == newsroom.clean_build()


def test_the_index_goes_with_the_last_story(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(newsroom, monkeypatch)
    path = newsroom.write("ship")
    newsroom.build(search=True)
    path.unlink()

    newsroom.build(search=True)

    assert not (newsroom.root / "build" / "pagefind").exists()


def test_the_program_is_found_in_the_extra_or_on_the_path_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(search, "find_spec", lambda _name: None)
    monkeypatch.setattr(search.shutil, "which", lambda _name: None)
    assert search.executable() is None
    search.executable.cache_clear()
    monkeypatch.setattr(search.shutil, "which", lambda _name: str(tmp_path / "pagefind"))
    assert search.executable() == tmp_path / "pagefind"


def test_an_index_laid_out_in_another_way_is_left_as_it_is() -> None:
    from dateline.search_order import ordered

    odd = ({}, {"pagefind-entry.json": b"{}"}, {"filter/x.pf_filter": b"?"}, {"filter/x.pf_filter": pack(".gz", b"?")})
    for files in (*odd, {"pagefind.x.pf_meta": pack(".gz", b"pagefind_dcd\x80")}):
        assert ordered(files) == files


def test_without_its_decoder_the_index_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dateline.search_order.find_spec", lambda _name: None)
    assert search.ordered({"pagefind-entry.json": b"{ }"}) == {"pagefind-entry.json": b"{ }"}


@needs_pagefind
def test_pagefind_finds_german_and_english_stories_by_section_and_tag_and_writes_the_same_bytes_twice(
    newsroom: Newsroom,
) -> None:
    newsroom.settle('languages = ["en", "de"]\n[search]\nenabled = true\n')
    for n, lang in enumerate(("en", "de", "de")):
        newsroom.write(
            f"story{n}", lang=lang, section="Port", tags=["harbour"], body="Words about ships, Schiffe und Häfen."
        )
    newsroom.build(search=True)

    top = newsroom.root / "build" / "pagefind"
    entry = json.loads((top / "pagefind-entry.json").read_bytes())
    assert {lang: about["page_count"] for lang, about in entry["languages"].items()} == {"en": 1, "de": 2}
    assert {"pagefind.js", "wasm.de.pagefind", "wasm.en.pagefind"} <= {p.name for p in top.iterdir()}
    assert not list(top.glob("*ui*"))
    assert list((top / "filter").iterdir())
    first = tree(top)
    newsroom.write("story0", lang="en", body="Other words.")
    newsroom.build(search=True)
    newsroom.write("story0", lang="en", section="Port", tags=["harbour"], body="Words about ships, Schiffe und Häfen.")
    newsroom.build(search=True)
    assert tree(top) == first
