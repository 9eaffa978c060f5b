"""A build that has nothing to do knows it by stats alone, and is never wrong about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import NOON, Newsroom
from dateline import cli, quiet
from dateline.__main__ import spared

LONG_AGO = 10_000_000_000  # ns
LATER = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def settled(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A newsroom whose sources have been left alone for a while, built twice."""
    monkeypatch.setattr(quiet, "RACY", -LONG_AGO)
    newsroom.write("ship", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.write("vote", embargo="2030-01-01T00:00:00Z")
    build(newsroom)
    return newsroom


def build(newsroom: Newsroom, *options: str) -> int:
    return cli.run(["--root", str(newsroom.root), "build", "--jobs", "1", "--clock", NOON.isoformat(), *options])


def asked_by_the_command(newsroom: Newsroom) -> str:
    from dateline.engine.store import Store

    with Store(newsroom.root / ".dateline/state.sqlite") as store:
        return quiet.Quiet.decoded(store.meta(quiet.KEY)).asked


def still_quiet(newsroom: Newsroom) -> bool:
    folder = str(newsroom.root / "build")
    asked = asked_by_the_command(newsroom)
    return quiet.nothing_to_do(str(newsroom.root), folder, asked, NOON.timestamp(), os.environ.items())[0] is not None


def test_nothing_new_is_known_without_reading_anything(settled: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    assert still_quiet(settled)
    assert build(settled) == 0
    assert capsys.readouterr().out.startswith("built 0 of ")


@pytest.mark.parametrize(
    "change",
    [
        "body",
        "same size and time",
        "new",
        "gone",
        "template",
        "static",
        "setting",
        "seed",
        "output",
        "stray",
        "output gone",
        "output folder",
        "memory",
    ],
)
def test_any_change_is_seen(settled: Newsroom, change: str) -> None:
    root = settled.root
    story = root / "content/ship.md"
    page = root / "build/2026/11/20/ship/index.html"
    before = story.stat()
    if change == "body":
        story.write_text(story.read_text() + "More.\n")
    elif change == "same size and time":
        story.write_text(story.read_text().replace("Words", "Swords"[:5]))
        os.utime(story, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "new":
        settled.write("flood")
    elif change == "gone":
        story.unlink()
    elif change == "template":
        settled.template("partials/foot.html", "<footer></footer>")
    elif change == "static":
        (root / "static").mkdir()
        (root / "static/x.txt").write_text("x")
    elif change == "setting":
        settled.settle("[pagination]\nsize = 3\n")
    elif change == "seed":
        (root / "seeds").mkdir()
        (root / "seeds/x.txt").write_text("x")
    elif change == "output":
        page.write_bytes(page.read_bytes() + b" ")
    elif change == "stray":
        (root / "build/tags/stray.txt").write_text("x")
    elif change == "output gone":
        page.unlink()
    elif change == "output folder":
        shutil.rmtree(root / "build")
    else:
        (root / ".dateline/state.sqlite").write_bytes(b"junk")
        assert quiet.nothing_to_do(str(root), str(root / "build"), "", NOON.timestamp(), [])[0] is None
        return

    assert not still_quiet(settled)


def test_other_options_another_environment_and_the_clock_are_changes_too(settled: Newsroom) -> None:
    root, folder, asked = str(settled.root), str(settled.root / "build"), asked_by_the_command(settled)
    environ = dict(os.environ)

    assert quiet.nothing_to_do(root, folder, asked + "x", NOON.timestamp(), environ.items())[0] is None
    assert (
        quiet.nothing_to_do(root, folder, asked, NOON.timestamp(), {**environ, "DATELINE_TITLE": "x"}.items())[0]
        is None
    )
    assert quiet.nothing_to_do(root, folder, asked, LATER.timestamp(), environ.items())[0] is None


def test_a_source_that_changed_just_now_is_looked_at_again(newsroom: Newsroom) -> None:
    newsroom.write("ship")
    build(newsroom)

    with pytest.raises(ValueError, match="unpack"):
        asked_by_the_command(newsroom)


def test_a_newsroom_with_something_wrong_says_so_every_time(
    settled: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    (settled.root / "content/bad.md").write_text("---\ntitle: [\n---\n")

    assert build(settled) == 1
    capsys.readouterr()
    assert build(settled) == 1
    assert "content/bad.md" in capsys.readouterr().err


def test_a_folder_that_cannot_be_seen_is_part_of_the_world(tmp_path: Path) -> None:
    assert quiet.world([str(tmp_path / "none")], []).digest != quiet.world([str(tmp_path)], []).digest


def test_a_plain_build_with_nothing_to_do_does_not_even_start_the_command_line(
    settled: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dateline.quiet.RACY", -LONG_AGO)
    cli.run(["--root", str(settled.root), "build", "--jobs", "1"])
    capsys.readouterr()
    plain = ["--root", str(settled.root), "build"]

    assert spared(plain)[0]
    assert capsys.readouterr().out.startswith("built 0 of ")
    assert spared([*plain, "-q"])[0]
    assert capsys.readouterr().out == ""
    for other in (
        [*plain, "--full"],
        ["--root", str(settled.root)],
        ["build", "build"],
        ["list", "build"],
        [*plain, "--no-ingest"],
    ):
        assert not spared(other)[0]
    settled.write("flood")
    assert not spared(plain)[0]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_look_by_two_leaves_no_child_behind_where_an_output_is_gone(
    settled: Newsroom, monkeypatch: pytest.MonkeyPatch, forked: list[int]
) -> None:
    monkeypatch.setattr(quiet, "_MANY", 0)
    plain = ["--root", str(settled.root), "build"]
    cli.run([*plain, "--jobs", "1"])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert spared(plain)[0]

    (settled.root / "build" / "index.html").unlink()
    forked.clear()

    assert not spared(plain)[0]
    assert len(forked) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(forked[0], os.WNOHANG)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.parametrize("harm", ["none", "changed", "gone", "stray"])
def test_a_look_before_an_edit_says_whether_the_outputs_need_another(
    settled: Newsroom, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setattr(quiet, "_MANY", 0)
    plain = ["--root", str(settled.root), "build"]
    cli.run([*plain, "--jobs", "1"])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = {p: p.read_bytes() for p in (settled.root / "build").rglob("*") if p.is_file()}
    settled.write("flood")
    page = settled.root / "build" / "index.html"
    if harm == "changed":
        page.write_text("harm")
    elif harm == "gone":
        page.unlink()
    elif harm == "stray":
        (page.parent / "stray.html").write_text("harm")

    nothing, look = spared(plain)

    assert not nothing
    assert look is not None
    assert look.stood() is (harm == "none")
    cli.run([*plain, "--jobs", "1"], look)
    (settled.root / "content" / "flood.md").unlink()
    cli.run([*plain, "--jobs", "1"])
    assert {p: p.read_bytes() for p in (settled.root / "build").rglob("*") if p.is_file()} == before


def test_a_build_at_an_earlier_moment_than_the_last_looks_for_itself(settled: Newsroom) -> None:
    asked, folder = asked_by_the_command(settled), str(settled.root / "build")
    environ = os.environ.items()
    earlier = NOON.timestamp() - 1

    assert quiet.nothing_to_do(str(settled.root), folder, asked, NOON.timestamp(), environ)[0] is not None
    assert quiet.nothing_to_do(str(settled.root), folder, asked, earlier, environ)[0] is None


def plain_is_quiet(newsroom: Newsroom) -> bool:
    return spared(["--root", str(newsroom.root), "build"])[0]


@pytest.fixture
def plainly_settled(settled: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    cli.run(["--root", str(settled.root), "build", "--jobs", "1"])
    assert plain_is_quiet(settled)
    return settled


def test_drafts_of_a_build_that_was_killed_do_not_stay_on_the_site(plainly_settled: Newsroom) -> None:
    plainly_settled.write("draft", status="draft")
    cli.run(["--root", str(plainly_settled.root), "build", "--jobs", "1"])
    page = plainly_settled.root / "build" / "2026/11/20/draft/index.html"
    assert plain_is_quiet(plainly_settled)

    def failing(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dateline.pipeline.note", failing)  # killed with its pages made, and before it could settle
        cli.run(["--root", str(plainly_settled.root), "build", "--jobs", "1", "--drafts"])
    assert page.exists()

    assert not plain_is_quiet(plainly_settled)
    cli.run(["--root", str(plainly_settled.root), "build", "--jobs", "1"])
    assert not page.exists()


def test_a_copy_of_a_newsroom_looks_at_itself(plainly_settled: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Newsroom(plainly_settled.root.parent / "copy")
    shutil.rmtree(copy.root)
    shutil.copytree(plainly_settled.root, copy.root, symlinks=True)
    copy.write("ship", "Other words.", tags=["harbour"])

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dateline.pipeline.rendered", killed)
        cli.run(["--root", str(copy.root), "build", "--jobs", "1"])

    assert not plain_is_quiet(copy)
    cli.run(["--root", str(copy.root), "build", "--jobs", "1"])
    assert "Other words." in copy.read("2026/11/20/ship/index.html")
    assert plain_is_quiet(copy)
    assert plain_is_quiet(plainly_settled)


def test_the_stats_of_a_story_that_was_saved_just_now_are_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "old.md").write_text("x")
    os.utime(tmp_path / "old.md", (1, 1))
    seen = quiet.world([str(tmp_path)], [])
    (line,) = seen.shelves[b""].split(b"/")

    assert line.startswith(b"old.md\0")
    assert seen.known() == {b"": b"old.md\0"}
    monkeypatch.setattr(quiet, "RACY", -LONG_AGO)
    assert seen.known() == {b"": line}


def test_a_build_with_nothing_to_do_imports_nothing_that_takes_long() -> None:
    place = str(Path(quiet.__file__).parents[1])
    said = f"import sys; sys.path.insert(0, {place!r}); import dateline.__main__, dateline.quiet; print(*sys.modules)"

    made = subprocess.run([sys.executable, "-I", "-S", "-c", said], capture_output=True, text=True, check=True)

    assert not set(made.stdout.split()) & {"typing", "re", "json", "enum", "pathlib", "msgspec", "click"}


def test_what_is_believed_is_read_as_it_was_written() -> None:
    places = ("/news\udcff/content", "/news/dateline.toml")
    known = quiet.Quiet(
        places, world="a b", asked="(False, '')", total=3, due=0.1, at=1e9 / 3, last="3 unchanged, next …"
    )

    again = quiet.Quiet.decoded(known.encoded())

    assert vars(again) == {**vars(known), "places": list(places)}
    with pytest.raises(ValueError, match="unpack"):
        quiet.Quiet.decoded(b"")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("gone", ["tags", "2026", "assets"])
def test_a_folder_that_is_gone_is_missed_by_whoever_looks_at_it(
    settled: Newsroom, monkeypatch: pytest.MonkeyPatch, gone: str, edited: bool
) -> None:
    monkeypatch.setattr(quiet, "_MANY", 0)
    plain = ["--root", str(settled.root), "build"]
    cli.run([*plain, "--jobs", "1"])
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = {p: p.read_bytes() for p in (settled.root / "build").rglob("*") if p.is_file()}
    shutil.rmtree(settled.root / "build" / gone)
    if edited:
        story = settled.root / "content" / "ship.md"
        story.write_bytes(story.read_bytes())

    nothing, look = spared(plain)

    assert not nothing
    assert look is not None
    assert not look.stood()
    assert cli.run([*plain, "--jobs", "1"], look) == 0
    assert {p: p.read_bytes() for p in (settled.root / "build").rglob("*") if p.is_file()} == before
