"""A plain build after a body was saved does without the command line, and nobody can tell but by the time it takes."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import signal
from collections.abc import Callable, Iterator

import pytest

from conftest import Newsroom
from dateline import __main__ as start
from dateline import cli
from dateline.__main__ import spared
from dateline.errors import DatelineError, SettingsError

pytestmark = pytest.mark.usefixtures("left_alone", "as_before")


@pytest.fixture
def as_before(forked: list[int]) -> Iterator[None]:
    """Leave signals as they were and no child behind, and let rubbish be collected again."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)
    gc.enable()
    for child in forked:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


@pytest.fixture
def filled(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    newsroom.settle("[search]\nenabled = false\n")
    newsroom.write("ship", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    (newsroom.root / "seeds").mkdir()
    command_line(newsroom)
    command_line(newsroom)
    return newsroom


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time the command line proper is started leaves a mark here."""
    marks: list[str] = []
    run = cli.run
    monkeypatch.setattr(cli, "run", lambda *given: (marks.append("started"), run(*given))[1])
    return marks


def words(newsroom: Newsroom, *options: str) -> list[str]:
    return ["--root", str(newsroom.root), "build", *options]


def command_line(newsroom: Newsroom, *options: str) -> int:
    return cli.run([*words(newsroom, *options), "--jobs", "1"])


def plainly(newsroom: Newsroom, *options: str) -> int:
    """Build as ``main`` does."""
    given = words(newsroom, *options)
    nothing, looked = spared(given)
    assert not nothing
    return start._run(given, looked)


def edit(newsroom: Newsroom) -> None:
    with (newsroom.root / "content" / "ship.md").open("a", encoding="utf-8") as story:
        story.write("\nMore.\n")


def test_a_saved_body_is_built_without_the_command_line_and_said_in_its_words(
    filled: Newsroom, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for build in (plainly, command_line):
        edit(filled)
        capsys.readouterr()
        assert build(filled) == 0
        out, err = capsys.readouterr()
        said.append(re.sub(r"in \d+\.\d\d s", "in no time", out) + err)
        assert "More." in filled.read("2026/11/20/ship/index.html")
        assert len(command) == (build is command_line)

    assert said[0] == said[1]
    assert said[0].startswith("built ")


def test_a_quiet_build_says_nothing(filled: Newsroom, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    edit(filled)
    capsys.readouterr()

    assert plainly(filled, "-q") == 0

    assert not command
    assert capsys.readouterr() == ("", "")


def test_a_build_that_leaves_seeds_alone_is_another_one(filled: Newsroom, command: list[str]) -> None:
    command_line(filled, "--no-ingest")
    command_line(filled, "--no-ingest")
    edit(filled)
    command.clear()

    assert plainly(filled, "--no-ingest") == 0

    assert not command


def link(newsroom: Newsroom) -> None:
    (newsroom.root / "seeds" / "link.txt").symlink_to("nowhere")


def seed(newsroom: Newsroom) -> None:
    (newsroom.root / "seeds" / "new.md").write_text("---\ntitle: New\ndate: 2026-11-20\n---\n\nNews of it.\n")


def headline(newsroom: Newsroom) -> None:
    newsroom.write("ship", title="Another")


def bucket(newsroom: Newsroom) -> None:
    newsroom.settle("[search]\nenabled = false\n[content]\nurl = 's3://none/none'\n")


def setting(newsroom: Newsroom) -> None:
    newsroom.settle("[search]\nenabled = maybe\n")


@pytest.mark.parametrize("change", [link, seed, headline, bucket])
def test_whatever_is_more_than_a_body_is_left_to_the_command_line(
    filled: Newsroom, command: list[str], change: Callable[[Newsroom], None]
) -> None:
    change(filled)
    edit(filled)

    plainly(filled)

    assert command


def test_what_ingest_says_at_every_build_is_said_again(
    filled: Newsroom, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    link(filled)
    command_line(filled)
    command_line(filled)
    edit(filled)
    capsys.readouterr()

    assert plainly(filled) == 0

    assert command
    assert "link.txt" in capsys.readouterr().err


def test_copy_that_was_taken_in_before_does_not_ask_for_the_command_line(filled: Newsroom, command: list[str]) -> None:
    seed(filled)
    command_line(filled)
    command_line(filled)
    edit(filled)
    command.clear()

    assert plainly(filled) == 0

    assert not command


def refused(error: BaseException) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise error

    return refuse


@pytest.mark.parametrize(
    "error",
    [
        SettingsError("here", "is locked", "wait"),
        DatelineError("here", "is wrong", "mend it"),
        OSError(28, "No space left on device", "here"),
        KeyboardInterrupt(),
    ],
    ids=["settings", "wrong", "full disk", "interrupted"],
)
def test_what_goes_wrong_is_said_as_the_command_line_says_it(
    filled: Newsroom,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
) -> None:
    monkeypatch.setattr("dateline.retouch.locked", refused(error))
    answers = []
    for build in (plainly, command_line):
        edit(filled)
        capsys.readouterr()
        answers.append((build(filled), *capsys.readouterr()))

    assert answers[0] == answers[1]
    assert answers[0][0]
    assert len(command) == 1


def test_settings_that_are_wrong_are_named_by_either_way(
    filled: Newsroom, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    setting(filled)
    answers = []
    for build in (plainly, command_line):
        capsys.readouterr()
        answers.append((build(filled), *capsys.readouterr()))

    assert answers[0] == answers[1]
    assert answers[0][0] == 2
