"""What an editor types, what the terminal answers, and the exit code that a script gets."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import Newsroom
from dateline import __version__, cli, command
from dateline.errors import SettingsError

NOON = "2026-11-22T12:00:00Z"
SEED = """\
 date 2025-12-03 NORDHAVN (dpa-AFX) - Die Reederei Tidewerk hat am Mittwoch ein neues Dock eröffnet. Das sagte
Vorstandschefin Mara Lindqvist in Nordhavn.

Das Dock kostet 30 Millionen Euro. Es soll 200 Menschen Arbeit geben. /abc/DP/def
"""


class Answer(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


class Typist:
    """Types commands in one newsroom; what its terminal says is kept apart."""

    def __init__(self, newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
        self.newsroom = newsroom
        self.root = newsroom.root
        self.capsys = capsys

    def __call__(self, *words: str) -> Answer:
        return self.anywhere("--root", str(self.root), *words)

    def anywhere(self, *words: str) -> Answer:
        self.capsys.readouterr()
        code = cli.run(words)
        return Answer(code, *self.capsys.readouterr())

    def build(self, *words: str) -> Answer:
        return self("build", "--jobs", "1", "--clock", NOON, "--no-search", *words)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave signals as they were: a command line of its own process sets them."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def typing(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> Typist:
    return Typist(newsroom, capsys)


# -- build --------------------------------------------------------------------------------------------


def test_a_build_says_one_line_on_standard_output_and_nothing_on_standard_error(typing: Typist) -> None:
    typing.newsroom.write("ship", date="2020-01-01T10:00:00Z")  # nothing is due for it

    first, second = typing.build(), typing.build()

    assert (first.code, first.err) == (0, "")
    assert re.fullmatch(r"built (\d+) of \1 files in \d+\.\d\d s \(0 unchanged\)\n", first.out)
    assert re.fullmatch(r"built 0 of (\d+) files in \d+\.\d\d s \(\1 unchanged\)\n", second.out)


def test_a_bad_article_is_named_on_standard_error_and_the_exit_code_is_1(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")

    answer = typing.build()

    assert answer.code == 1
    assert answer.err.startswith("content/late.md:3: date: '31 Feb' is not a date")
    assert answer.out.startswith("built ")
    assert (typing.root / "build/2026/11/20/ship/index.html").exists()


def test_quiet_says_only_what_is_wrong_and_verbose_names_every_file(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")

    loud = typing.build("-v")
    assert "wrote 2026/11/20/ship/index.html\n" in loud.out
    again = typing.build("--full", "-v")
    assert "same  2026/11/20/ship/index.html\n" in again.out
    quiet = typing.build("--full", "-q")
    assert (quiet.code, quiet.out) == (1, "")
    assert "content/late.md:3" in quiet.err


def test_q_may_stand_before_the_command_too(typing: Typist) -> None:
    answer = typing.anywhere("-q", "--root", str(typing.root), "build", "--clock", NOON, "--jobs", "1", "--no-search")

    assert answer == (0, "", "")


def test_warnings_count_as_errors_only_where_one_is_strict(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "static/2026/11/20/ship").mkdir(parents=True)
    (typing.root / "static/2026/11/20/ship/index.html").write_text("mine")

    lax, strict = typing.build(), typing.build("--strict")

    assert lax.err == strict.err
    assert lax.err
    assert (lax.code, strict.code) == (1 if not lax.err.startswith("warning") else 0, 1)


def test_a_dry_run_says_what_would_be_made_and_writes_nothing(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)

    answer = typing.build("--dry-run", "-v")

    assert answer.code == 0
    assert re.search(r"^would build (\d+) of \1 files", answer.out, re.MULTILINE)
    assert "2026/11/20/ship/index.html" in answer.out
    assert not (typing.root / "build").exists()
    assert [p.name for p in (typing.root / "content").iterdir()] == ["ship.md"]


def test_a_dry_run_counts_what_it_would_remove(typing: Typist) -> None:
    gone = typing.newsroom.write("ship")
    typing.newsroom.write("storm")
    typing.build()
    gone.unlink()

    assert re.search(r"\d+ to remove", typing.build("--dry-run").out)
    assert re.search(r"\d+ removed", typing.build().out)


def test_a_report_for_machines_is_json_and_nothing_else(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)

    answer = typing.build("--json")

    report = json.loads(answer.out)
    assert "2026/11/20/ship/index.html" in report["made"]
    assert report["problems"] == []


def test_a_profile_shows_the_stages(typing: Typist) -> None:
    typing.newsroom.write("ship")

    assert re.search(r"^  \w+ +\d+\.\d ms$", typing.build("--profile").out, re.MULTILINE)


def test_what_lies_in_seeds_is_ingested_first_unless_one_says_no(typing: Typist) -> None:
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)

    assert "1" not in typing.build("--no-ingest").out.splitlines()[0].partition(" of ")[0].split()[:1]
    assert not list((typing.root / "content").rglob("*.md"))
    answer = typing.build()
    assert len(list((typing.root / "content").rglob("*.md"))) == 1
    assert len(answer.out.splitlines()) == 2
    assert answer.code == 0


def test_seeds_are_left_alone_where_the_settings_say_so(typing: Typist) -> None:
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)
    typing.newsroom.settle("[ingest]\non_build = false\n")

    typing.build()

    assert not list((typing.root / "content").rglob("*.md"))


def test_an_unreadable_seed_is_named_and_the_site_is_built(typing: Typist) -> None:
    typing.newsroom.write("ship")
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/empty.txt").write_text("")

    answer = typing.build()

    assert answer.code == 1
    assert "seeds/empty.txt" in answer.err
    assert (typing.root / "build/index.html").exists()


def test_the_clock_is_an_input(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    typing.newsroom.write("vote", embargo="2026-11-23T06:00:00Z")
    page = typing.root / "build/2026/11/20/vote/index.html"

    assert "next embargo 2026-11-23 06:00" in typing.build().out
    assert not page.exists()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(datetime(2026, 11, 24, tzinfo=UTC).timestamp())))
    assert typing("build", "--jobs", "1", "--no-search").code == 0
    assert page.exists()


def test_a_clock_without_a_zone_is_utc(typing: Typist) -> None:
    assert command.moment("2026-11-22T12:00") == datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert command.moment("2026-11-22T12:00+01:00") == datetime(2026, 11, 22, 11, tzinfo=UTC)
    with pytest.raises(SettingsError, match="is not a moment"):
        command.moment("0001-01-01T00:00+14:00")


@pytest.mark.parametrize("epoch", ["noon", "9" * 30])
def test_a_wrong_clock_is_a_matter_of_usage(typing: Typist, monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    assert typing("build", "--clock", "noon").code == 2
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    answer = typing("build")
    assert answer.code == 2
    assert answer.err.startswith("SOURCE_DATE_EPOCH: ")


def test_without_any_clock_it_is_now() -> None:
    assert abs((command.clock(None) - datetime.now(UTC)).total_seconds()) < 60


def test_the_public_address_may_come_from_the_command_line(typing: Typist) -> None:
    typing.newsroom.write("ship")

    assert typing.build("--base-url", "https://preview.example/").code == 0
    assert "https://preview.example/2026/11/20/ship/" in typing.newsroom.read("feed.xml")
    assert "DATELINE_BASE_URL" not in os.environ
    wrong = typing.build("--base-url", "nowhere")
    assert wrong.code == 2
    assert wrong.err.startswith("--base-url")


def test_a_site_may_be_built_elsewhere(typing: Typist, tmp_path: Path) -> None:
    typing.newsroom.write("ship")

    assert typing.build("-o", str(tmp_path / "elsewhere")).code == 0
    assert (tmp_path / "elsewhere/index.html").exists()
    assert not (typing.root / "build").exists()


def test_drafts_show_where_they_are_asked_for(typing: Typist) -> None:
    typing.newsroom.write("ship", draft=True)

    typing.build("--drafts")

    assert (typing.root / "build/2026/11/20/ship/index.html").exists()


# -- usage, settings, faults --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["bild"],
        ["build", "--jbos", "1"],
        ["build", "--jobs", "many"],
        ["list", "everything"],
        ["withdraw"],
        ["explain"],
    ],
)
def test_a_wrong_word_is_a_matter_of_usage(typing: Typist, words: list[str]) -> None:
    answer = typing(*words)

    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: dateline" in answer.err


def test_help_and_version_are_no_errors(typing: Typist) -> None:
    assert typing.anywhere("--version") == (0, f"dateline, version {__version__}\n", "")
    assert typing.anywhere("--help").code == 0
    assert "build" in typing.anywhere("-h").out
    assert typing("build", "--help").code == 0


def test_a_folder_that_is_no_newsroom_is_told_so(typing: Typist, tmp_path: Path) -> None:
    answer = typing.anywhere("--root", str(tmp_path), "build")

    assert answer.code == 2
    assert "no newsroom here" in answer.err
    assert "dateline init" in answer.err


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("titel = 'x'\n", "did you mean"),
        ("title = 'x\n", "dateline.toml:"),
        ("[pagination]\nsize = 0\n", "pagination.size"),
    ],
)
def test_wrong_settings_are_a_matter_of_usage(typing: Typist, settings: str, said: str) -> None:
    (typing.root / "dateline.toml").write_text(settings)

    for words in (["build"], ["list"], ["ingest"], ["status"], ["clean"]):
        answer = typing(*words)
        assert answer.code == 2, words
        assert said in answer.err


def test_settings_that_are_not_utf_8_or_a_folder_are_told_so(typing: Typist) -> None:
    (typing.root / "dateline.toml").write_bytes(b'title = "\xff"\n')
    answer = typing.build()
    assert (answer.code, answer.err) == (2, "dateline.toml: is not UTF-8 (save it as UTF-8)\n")

    (typing.root / "dateline.toml").unlink()
    (typing.root / "dateline.toml").mkdir()
    answer = typing.build()
    assert answer.code == 2
    assert answer.err.startswith("dateline.toml: ")


def test_the_environment_overrides_a_setting(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_TITLE", "The Lighthouse")
    typing.newsroom.write("ship")

    typing.build()

    assert "The Lighthouse" in typing.newsroom.read("index.html")


def test_an_interruption_says_that_nothing_is_lost(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("dateline.pipeline.build", interrupted)

    answer = typing.build()

    assert answer.code == 143
    assert answer.err == "\nstopped; what was written stays, the next run goes on from here\n"


def test_a_job_in_the_background_can_be_interrupted(typing: Typist) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    typing("status", "--clock", NOON)

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "content/ship.md"), "content/ship.md: Permission denied"),
        (OSError("odd"), "dateline: odd"),
    ],
)
def test_a_disk_that_refuses_gives_no_traceback(
    typing: Typist, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
) -> None:
    def refusing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dateline.pipeline.build", refusing)

    answer = typing.build()

    assert answer.code == 1
    assert answer.err.startswith(said)


def test_a_reader_who_has_gone_ends_a_command_without_noise(
    typing: Typist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise BrokenPipeError

    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr("dateline.pipeline.build", gone)
        monkeypatch.setattr(sys, "stdout", out)
        assert cli.run(["--root", str(typing.root), "build", "--clock", NOON]) == 0
        assert os.fstat(out.fileno()).st_rdev == Path(os.devnull).stat().st_rdev


# -- init and new -------------------------------------------------------------------------------------


def test_a_newcomer_gets_a_newsroom_that_builds(typing: Typist, tmp_path: Path) -> None:
    answer = typing.anywhere("init", str(tmp_path / "my news"), "--language", "de", "--timezone", "Europe/Berlin")

    assert answer.code == 0
    assert answer.out.splitlines()[0].endswith(
        "my news: seeds/, content/, templates/, static/, dateline.toml, .gitignore"
    )
    assert "next: cd" in answer.out
    (tmp_path / "my news/seeds/one.txt").write_text(SEED)
    built = typing.anywhere("--root", str(tmp_path / "my news"), "build", "--clock", NOON, "--jobs", "1", "--no-search")
    assert (built.code, built.err) == (0, "")
    assert '<html lang="de"' in (tmp_path / "my news/build/index.html").read_text()


def test_a_folder_that_is_there_keeps_what_it_has(typing: Typist, tmp_path: Path) -> None:
    room = tmp_path / "room"
    (room / "content").mkdir(parents=True)
    (room / ".gitignore").write_text("mine\n")

    answer = typing.anywhere("init", str(room))

    assert answer.out.splitlines()[0].endswith("room: seeds/, templates/, static/, dateline.toml")
    assert (room / ".gitignore").read_text() == "mine\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["{room}"], "is there already"),
        (["{file}"], "cannot be made"),
        (["{new}", "--language", "Klingon!"], "language"),
        (["{new}", "--timezone", "Mars/Olympus"], "timezone"),
    ],
)
def test_what_cannot_be_a_newsroom_is_a_matter_of_usage(
    typing: Typist, tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "file").write_text("words")
    places = {"room": typing.root, "file": tmp_path / "file", "new": tmp_path / "new"}

    answer = typing.anywhere("init", *(word.format(**places) for word in words))

    assert answer.code == 2
    assert said in answer.err
    assert not (tmp_path / "new").exists()


def test_new_begins_a_draft_with_an_id_of_its_own(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")
    typing.newsroom.settle('author = "Jana Beispiel"\n')

    answer = typing("new", "A", "ship", "comes in")

    (path,) = (typing.root / "content").rglob("*.md")
    assert answer.code == 0
    assert answer.out == f"made {path}\n"
    assert path.name.endswith("-a-ship-comes-in.md")
    text = path.read_text()
    assert "title: A ship comes in\n" in text
    assert "status: draft" in text
    assert "Jana Beispiel" in text
    assert re.search(r"id: .?tag:harbour\.example,2026:[0-9a-f]{12}", text)
    assert typing.build().err == ""
    again = typing("new", "A ship comes in")
    assert again.code == 1
    assert "is there already" in again.err


def test_an_article_needs_a_title(typing: Typist) -> None:
    answer = typing("new")

    assert answer.code == 1
    assert "needs a title" in answer.err


def test_a_template_is_copied_for_editing_once(typing: Typist) -> None:
    answer = typing("new", "--template", "article")

    assert answer.code == 0
    assert (typing.root / "templates/article.html").read_text().startswith("{% extends")
    assert typing("new", "--template", "article.html").code == 1
    unknown = typing("new", "--template", "nothing")
    assert unknown.code == 1
    assert "there are:" in unknown.err
    assert "article.html" in unknown.err
    assert typing.build().code == 0


# -- ingest, withdraw, history ------------------------------------------------------------------------


def test_wire_copy_becomes_an_article_and_is_told_once(typing: Typist) -> None:
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)

    first = typing("ingest", "--jobs", "1", "--clock", NOON, "-v")
    second = typing("ingest", "--jobs", "1", "--clock", NOON)

    assert (first.code, first.err) == (0, "")
    assert len(first.out.splitlines()) == 2
    assert len(second.out.splitlines()) == 1
    assert second.code == 0
    (path,) = (typing.root / "content").rglob("*.md")
    assert "Tidewerk" in path.read_text()


def test_an_ingest_may_be_tried_without_writing_and_told_to_machines(typing: Typist) -> None:
    (typing.root / "one.txt").write_text(SEED)

    answer = typing("ingest", str(typing.root / "one.txt"), "--dry-run", "--json", "--jobs", "1")

    assert answer.code == 0
    assert json.loads(answer.out)
    assert not list((typing.root / "content").rglob("*.md"))


def test_a_path_that_is_not_there_is_named(typing: Typist) -> None:
    answer = typing("ingest", "nowhere.txt")

    assert answer.code == 1
    assert answer.err.startswith("nowhere.txt: is not there")


@pytest.fixture
def ingested(typing: Typist) -> Path:
    """The one article of a newsroom, as ingest wrote it."""
    (typing.root / "seeds").mkdir()
    (typing.root / "seeds/one.txt").write_text(SEED)
    typing("ingest", "--jobs", "1", "--clock", "2025-12-03T12:00:00Z")
    (path,) = (typing.root / "content/2025").rglob("*.md")
    return path


def test_a_withdrawn_story_leaves_the_site_and_stays_in_the_history(typing: Typist, ingested: Path) -> None:
    name = ingested.relative_to(typing.root).as_posix()
    typing.build()

    answer = typing("withdraw", name)

    assert answer.code == 0
    assert answer.out.startswith("withdrawn: ")
    assert "Millionen" not in ingested.read_text()
    assert [name in typing("list", "withdrawn", "--clock", NOON).out, typing.build().code] == [True, 0]
    told = typing("history", name)
    assert told.code == 0
    assert told.out.splitlines()
    assert len(json.loads(typing("history", name, "--json").out)) == len(told.out.splitlines())


@pytest.mark.parametrize("command", ["withdraw", "history"])
def test_a_story_that_nobody_knows_is_named(typing: Typist, command: str) -> None:
    answer = typing(command, "content/nowhere.md")

    assert answer.code == 1
    assert "content/nowhere.md" in answer.err


# -- list, status, explain, tags ----------------------------------------------------------------------


@pytest.fixture
def stories(typing: Typist) -> Typist:
    """One story in each state."""
    typing.newsroom.settle("[taxonomies]\nmin_stories = 1\n")
    write = typing.newsroom.write
    write("ship", tags=["harbour"], people=["Mara Lindqvist"])
    write("sketch", draft=True)
    write("later", date="2026-12-24T10:00:00Z")
    write("vote", embargo="2026-11-23T06:00:00Z")
    write("offer", expires="2026-11-21T10:00:00Z", date="2026-11-19T10:00:00Z")
    write("mistake", status="withdrawn")
    return typing


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("drafts", ["sketch"]),
        ("future", ["later"]),
        ("embargoed", ["vote"]),
        ("expired", ["offer"]),
        ("withdrawn", ["mistake"]),
        ("", ["later", "mistake", "offer", "ship", "sketch", "vote"]),
    ],
)
def test_stories_are_listed_by_state(stories: Typist, state: str, names: list[str]) -> None:
    words = ["list", *([state] if state else []), "--clock", NOON]

    plain, machine = stories(*words), stories(*words, "--json")

    assert plain.code == machine.code == 0
    assert sorted(re.findall(r"content/(\w+)\.md", plain.out)) == names
    assert sorted(Path(s["path"]).stem for s in json.loads(machine.out)) == names
    assert not (stories.root / "build").exists()


def test_a_list_names_what_cannot_be_read(stories: Typist) -> None:
    (stories.root / "content/late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")

    answer = stories("list", "--clock", NOON)

    assert answer.code == 1
    assert "content/late.md:3" in answer.err
    assert "content/ship.md" in answer.out


def test_the_status_says_what_falls_due_next(stories: Typist) -> None:
    plain = stories("status", "--clock", NOON)
    only = stories("status", "--clock", NOON, "--next")
    machine = json.loads(stories("status", "--clock", NOON, "--json").out)

    assert plain.code == 0
    assert plain.out.splitlines()[0] == "2 stories on the site (en)"
    assert re.search(r"2026-11-23 06:00  embargo +Vote", plain.out)
    assert datetime.fromisoformat(only.out.strip()) == datetime.fromisoformat(machine["next"])
    assert machine["stories"] == {"en": 2}


def test_a_site_on_which_nothing_falls_due_says_so(typing: Typist) -> None:
    typing.newsroom.write("ship", date="2020-01-01T00:00:00Z")

    assert typing("status", "--clock", NOON).out.splitlines() == [
        "1 story on the site (en)",
        "nothing falls due: the site changes only when its files do",
    ]
    assert typing("status", "--clock", NOON, "--next").out == "\n"


def test_explain_says_which_inputs_of_a_page_have_changed(stories: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "2026/11/20/ship/index.html"
    assert "would be made: it was never made" in stories("explain", f"build/{key}", "--clock", NOON).out
    stories.build()

    fresh = stories("explain", f"build/{key}", "--clock", NOON)
    monkeypatch.chdir(stories.root)
    by_path = stories.anywhere("explain", f"build/{key}", "--clock", NOON)
    assert fresh.code == 0
    assert fresh.out.startswith(f"{key}: is as it should be: all ")
    assert by_path == fresh

    stories.newsroom.write("ship", "Other words.", tags=["harbour"])
    stale = stories("explain", f"build/{key}", "--clock", NOON)
    assert re.match(rf"{key}: would be made: \d+ of its inputs differ\n  changed  article:content/ship.md\n", stale.out)
    machine = json.loads(stories("explain", key, "--clock", NOON, "--json").out)
    assert machine["stale"] is True
    assert {"input": "article:content/ship.md", "state": "changed"} in machine["inputs"]


def test_explain_notices_a_file_that_somebody_else_has_written(stories: Typist) -> None:
    stories.build()
    (stories.root / "build/index.html").write_text("mine")

    assert "the file is not what was written" in stories("explain", "build/index.html", "--clock", NOON).out


def test_explain_names_inputs_that_came_and_went(stories: Typist) -> None:
    stories.build()
    (stories.root / "content/ship.md").unlink()
    stories.newsroom.write("storm", tags=["harbour"])

    told = stories("explain", "build/tags/harbour/index.html", "--clock", NOON).out

    assert re.search(r"^  new ", told, re.MULTILINE)
    assert re.search(r"^  gone ", told, re.MULTILINE)


def test_explain_knows_no_output_that_nothing_plans(stories: Typist) -> None:
    stories.build()
    never = stories("explain", "build/never.html", "--clock", NOON)
    (stories.root / "content/ship.md").unlink()
    gone = stories("explain", "build/2026/11/20/ship/index.html", "--clock", NOON)

    assert (never.code, gone.code) == (1, 1)
    assert "is planned by nothing" in never.err
    assert "a build removes it" in gone.err


def test_explain_of_a_content_file_names_what_it_affects(stories: Typist, ingested: Path) -> None:
    hand = stories("explain", "content/ship.md", "--clock", NOON)
    wire = stories("explain", ingested.relative_to(stories.root).as_posix(), "--clock", NOON)
    machine = stories("explain", "content/ship.md", "--clock", NOON, "--json")

    assert hand.code == wire.code == 0
    assert "text    build/2026/11/20/ship/index.html\n" in hand.out
    assert re.search(r"^teaser  build/tags/harbour/index.html$", hand.out, re.MULTILINE)
    assert re.search(r"^dateline: .*Nordhavn.* <- ", wire.out, re.MULTILINE | re.IGNORECASE)
    assert " <- " not in hand.out
    assert {"output": "2026/11/20/ship/index.html", "by": "text"} in json.loads(machine.out)["affects"]


def test_explain_of_a_hidden_story_says_that_it_affects_nothing(stories: Typist) -> None:
    answer = stories("explain", "content/sketch.md", "--clock", NOON)

    assert answer.code == 1
    assert "affects nothing" in answer.err


def test_explain_of_a_file_outside_is_no_traceback(stories: Typist, tmp_path: Path) -> None:
    (tmp_path / "stray").write_text("x")

    assert stories("explain", str(tmp_path / "stray"), "--clock", NOON).code == 1


def test_tags_are_counted_merged_and_denied(stories: Typist) -> None:
    stories.newsroom.write("storm", tags=["harbour", "harbours"])

    plain = stories("tags")
    assert plain.code == 0
    assert re.search(r"^ +2  keyword:harbour +", plain.out, re.MULTILINE)
    assert "alike: " in plain.out
    machine = json.loads(stories("tags", "--json").out)
    assert {"id": "keyword:harbour", "kind": "keyword", "label": "harbour", "stories": 2} in machine["tags"]
    assert machine["alike"]

    merged = stories("tags", "--merge", "keyword:harbours", "keyword:harbour")
    assert (merged.code, merged.out.startswith("wrote content/_tags.toml")) == (0, True)
    assert "harbours" not in stories("tags").out
    assert stories("tags", "--deny", "person:mara-lindqvist").code == 0
    assert "mara-lindqvist" not in stories("tags").out


# -- clean, ping, check -------------------------------------------------------------------------------


def test_clean_takes_what_was_built_and_nothing_else(typing: Typist) -> None:
    typing.newsroom.write("ship")
    typing.build()

    assert typing("clean").out.startswith("removed build")
    assert not (typing.root / "build").exists()
    assert (typing.root / "content/ship.md").exists()
    typing("clean", "--all")
    assert [p.name for p in (typing.root / ".dateline").iterdir()] == ["lock"]
    assert typing("clean").out == "nothing to remove\n"


def test_a_newsroom_that_names_nobody_has_nobody_to_tell(typing: Typist) -> None:
    answer = typing("ping")

    assert answer.code == 2
    assert "there is nobody to tell" in answer.err


def test_whoever_is_named_is_told_after_a_build_and_on_its_own(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Path] = []

    def announce(state: Path, _services: object) -> tuple[()]:
        told.append(state)
        return ()

    monkeypatch.setattr("dateline.ping.announce", announce)
    typing.newsroom.settle('[feeds]\nhub = "https://hub.example/"\n')

    assert typing("ping").code == 0
    assert typing.build("--ping").code == 0
    assert typing.build("--ping", "--dry-run").code == 0
    assert told == [typing.root / ".dateline"] * 2


# -- live ---------------------------------------------------------------------------------------------


def test_watch_ends_as_told(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dateline.live.watch", stopped)

    assert typing("watch") == (0, "stopped\n", "")
    monkeypatch.setattr("dateline.live.watch", lambda *_: None)
    assert typing("watch", "--clock", NOON, "--base-url", "https://preview.example/") == (0, "", "")


def test_serve_opens_a_browser_where_it_is_asked_to(typing: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)

    def serve(site: object, server: object, say: object, *_: object, watching: bool) -> int:
        made = server(typing.root / "build")  # type: ignore[operator]
        say(f"ready at {made.bind()} watching={watching}")  # type: ignore[operator]
        say("nothing to open")  # type: ignore[operator]
        made.close()
        return 0

    monkeypatch.setattr("dateline.live.serve", serve)

    answer = typing("serve", "--port", "0", "--open", "-v", "--watch")

    assert answer.code == 0
    assert "watching=True" in answer.out
    assert opened == [re.findall(r"http://\S+", answer.out)[0]]
