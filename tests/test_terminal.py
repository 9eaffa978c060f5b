"""What is said, where, and in which colour."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest

from dateline import terminal
from dateline.errors import Problem
from dateline.terminal import Terminal

ERROR = Problem("content/a.md:3", "'31 Feb' is not a date", "write it as 2025-12-03")
WARNING = Problem("content/a.md", "has no headline", level="warning")


class Screen(io.TextIOWrapper):
    """Somebody sits before it."""

    def __init__(self) -> None:
        self.raw_bytes = io.BytesIO()
        super().__init__(self.raw_bytes, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> str:
        self.flush()
        return self.raw_bytes.getvalue().decode()


@pytest.fixture
def sit_down(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Screen]:
    """Put a screen in place: from within the test, since pytest puts its own there before."""

    def sat() -> Screen:
        made = Screen()
        monkeypatch.setattr(sys, "stderr", made)
        return made

    monkeypatch.setattr(terminal, "PATIENCE", 0.0)
    return sat


def test_results_go_to_standard_output_unless_one_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().line("built")
    Terminal(quiet=True).line("built")

    assert capsys.readouterr() == ("built\n", "")


def test_problems_go_to_standard_error_even_for_the_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(quiet=True).problem(ERROR)
    Terminal(quiet=True).problem(WARNING)

    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [str(ERROR), f"warning: {WARNING}"]


def test_errors_are_red_and_warnings_yellow_for_who_sits_before_it(sit_down: Callable[[], Screen]) -> None:
    screen = sit_down()
    Terminal().problem(ERROR)
    Terminal().problem(WARNING)

    assert screen.shown.splitlines() == [f"\x1b[31m{ERROR}\x1b[0m", f"\x1b[33mwarning: {WARNING}\x1b[0m"]


def test_who_wants_no_colour_gets_none(sit_down: Callable[[], Screen], monkeypatch: pytest.MonkeyPatch) -> None:
    screen = sit_down()
    monkeypatch.setenv("NO_COLOR", "1")

    Terminal().problem(ERROR)

    assert screen.shown == f"{ERROR}\n"


def test_a_name_that_is_no_text_is_shown_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal().problem(Problem("content/\udcff.md", "is odd"))

    assert "is odd" in capsys.readouterr().err


def test_long_work_shows_bars_until_it_is_done(sit_down: Callable[[], Screen]) -> None:
    screen = sit_down()
    speaking = Terminal()

    for done in (1, 500):
        speaking.progress("reading", done, 1000)
        speaking.progress("writing", done, 2000)
    speaking.done()
    speaking.done()

    assert "reading" in screen.shown
    assert "2000" in screen.shown


@pytest.mark.parametrize("quiet", [True, False])
def test_no_bars_for_the_quiet_nor_where_nobody_looks(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    speaking = Terminal(quiet=quiet)

    speaking.progress("reading", 1, 2)
    speaking.done()

    assert capsys.readouterr() == ("", "")


def test_short_work_shows_no_bar(sit_down: Callable[[], Screen], monkeypatch: pytest.MonkeyPatch) -> None:
    screen = sit_down()
    monkeypatch.setattr(terminal, "PATIENCE", 60.0)

    Terminal().progress("reading", 1, 2)

    assert screen.shown == ""
