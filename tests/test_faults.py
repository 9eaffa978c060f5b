"""What went wrong once and must not again: faults found by trying to break the command line."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dateline import cli
from dateline.check_external import external
from dateline.engine.output import Output
from dateline.engine.store import Store
from dateline.lock import locked
from dateline.redirects import address

if TYPE_CHECKING:
    from conftest import Newsroom


def test_check_is_a_command_of_the_desk() -> None:
    done = CliRunner().invoke(cli.main, ["check", "--help"])
    assert done.exit_code == 0
    assert "--external" in done.output


@pytest.mark.parametrize(
    "slug", ["../../../../old", "/abs/x", "CON", "x.", "a b/c", "..", "é" * 400, "<b>", "a/../b", "Ünï"]
)
def test_a_slug_written_by_hand_is_a_plain_name_whatever_it_says(newsroom: Newsroom, slug: str) -> None:
    newsroom.write("good", "Good words.")
    newsroom.write("odd", "Odd words.", slug=slug)
    newsroom.build()
    made = {p.relative_to(newsroom.root / "build").as_posix() for p in (newsroom.root / "build").rglob("index.html")}
    assert "2026/11/20/good/index.html" in made
    (odd,) = (p for p in made if p.startswith("2026/11/20/") and p.count("/") == 4 and "good" not in p)
    assert odd.split("/")[3].replace("-", "").isalnum()
    assert odd.isascii()
    assert odd == odd.casefold()


def test_nothing_leads_out_of_the_output_folder(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    output = Output(tmp_path / "build", tmp_path / "scratch")
    with pytest.raises(OSError, match="out of its folder"):
        output.put("a/../../kept", b"gone", None)
    assert output.remove(["../kept"]) == []
    assert (tmp_path / "kept").read_text() == "kept"


def test_an_address_that_is_none_is_a_missing_picture_and_no_crash(newsroom: Newsroom) -> None:
    newsroom.write("six", "![a](http://[::1/x.png) [b](http://[::1) <http://[::1>", image="http://[::1")
    report = newsroom.build()
    assert any("picture" in p.problem for p in report.problems)
    assert (newsroom.root / "build/2026/11/20/six/index.html").is_file()


def test_an_address_that_is_none_can_be_asked_for_nothing_else(tmp_path: Path) -> None:
    (found,) = external({"http://[::1/x": "a.html"}, tmp_path / "links.json", 0.0, lambda _: "no address", pause=0)
    assert "no address" in found.problem


def test_what_a_page_says_of_its_feeds_holds_no_words_of_the_copy(newsroom: Newsroom) -> None:
    for name in ("one", "two", "three"):
        newsroom.write(name, tags=["<b onclick=x()>Harbour</b>"], section="<script>x()</script>")
    newsroom.build()
    (page,) = (newsroom.root / "build/sections").glob("*/index.html")
    titles = re.findall(r'<link rel="alternate"[^>]* title="([^"]*)"', page.read_text())
    assert set(titles) == {
        f"{which} ({kind})" for which in ("All stories", "This page") for kind in ("RSS", "Atom", "JSON Feed")
    }
    feed = (page.parent / "feed.xml").read_text()
    assert "&amp;lt;script&amp;gt;" in feed.partition("<description>")[2].partition("</description>")[0]


def test_pages_of_days_never_stand_where_a_story_can(newsroom: Newsroom) -> None:
    newsroom.write("twenty", date="2026-11", slug="20")
    newsroom.write("other")
    report = newsroom.build()
    assert not report.problems
    assert "twenty" in newsroom.read("2026/11/20/index.html").casefold()
    assert newsroom.read("archive/2026/11/20/index.html")


def test_a_folder_or_a_link_in_the_place_of_the_lock_is_put_right(newsroom: Newsroom) -> None:
    place = newsroom.root / ".dateline/lock"
    place.mkdir(parents=True)
    (place / "stray").write_text("x")
    with locked(newsroom.root):
        assert place.is_file()
    place.unlink()
    place.symlink_to(newsroom.root / "elsewhere")
    with locked(newsroom.root):
        assert place.is_file()
    assert not (newsroom.root / "elsewhere").exists()


def test_a_memory_that_has_no_room_ends_in_a_reason_and_no_traceback(tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        store._db.execute("pragma max_page_count = 1")
        with pytest.raises(OSError, match="full"):
            store.keep("large", b"x" * 100_000)
        assert store.meta("large") == b""


def test_reports_that_have_no_room_stop_no_build(tmp_path: Path) -> None:
    room = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10));"
    code = (
        f"{room} from dateline.__main__ import main; import sys; sys.argv[1:] = ['--root', 'nowhere', 'build']; main()"
    )
    with (tmp_path / "said").open("wb") as said:
        done = subprocess.run([sys.executable, "-c", code], stdout=said, stderr=said, cwd=tmp_path, check=False)
    assert done.returncode in {1, 2}


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_is_told_by_the_exit_code_as_shells_count(newsroom: Newsroom, name: str) -> None:
    code = (
        "import os, signal, sys; from dateline import cli, pipeline;"
        f"pipeline.build = lambda *a, **k: os.kill(os.getpid(), signal.{name});"
        f"sys.exit(cli.run(['--root', {str(newsroom.root)!r}, 'build']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 128 + getattr(signal, name), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("alias", ["CON", "old/nul.html", "com1.x/a"])
def test_a_former_address_that_windows_cannot_hold_is_refused_by_name(alias: str) -> None:
    assert address(alias) == ""
    assert address("conference/auxiliary/com10x") == "/conference/auxiliary/com10x/"
