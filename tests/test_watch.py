"""Somebody saves, or a moment falls due: who is woken, how often, and what can end the watch."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dateline import doorbell as module
from dateline import watch as watching
from dateline.clock import nap, spoken, wall
from dateline.doorbell import Doorbell, Hints
from dateline.errors import DatelineError, Problem
from dateline.watch import Diary, Entry, Outcome, once, startable, to_the_end, watch

NOON = datetime(2025, 12, 3, 12, 0, tzinfo=UTC)


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    (tmp_path / "content" / "2025").mkdir(parents=True)
    (tmp_path / "content" / "2025" / "a.md").write_text("old")
    (tmp_path / "dateline.toml").write_text("")
    return tmp_path


@pytest.fixture
def bell(newsroom: Path):
    with Doorbell([newsroom / "content", newsroom / "templates"], [newsroom / "dateline.toml"], health=0.2) as bell:
        yield bell


def heard(bell: Doorbell, within: float = 60.0) -> Hints:
    hints = bell.wait(within)
    assert hints is not None
    return hints


def silence(bell: Doorbell, seconds: float = 0.12) -> bool:
    return bell.wait(seconds) is None


# -- hearing


def plain(file: Path) -> None:
    file.write_text("new")


def atomic(file: Path) -> None:
    draft = file.with_name(f".{file.name}~")
    draft.write_text("new")
    draft.replace(file)


def vim(file: Path) -> None:
    probe = file.with_name("4913")
    probe.write_text("")
    probe.unlink()
    backup = file.with_name(file.name + "~")
    file.rename(backup)
    file.write_text("new")
    backup.unlink()


def slow(file: Path) -> None:
    with file.open("w") as out:
        for _ in range(6):
            out.write("new ")
            out.flush()
            time.sleep(0.03)


@pytest.mark.parametrize("save", [plain, atomic, vim, slow])
def test_every_way_of_saving_rings_once(newsroom, save):
    file = newsroom / "content" / "2025" / "a.md"
    with Doorbell([newsroom / "content"], quiet=0.3, most=30) as bell:
        writer = threading.Thread(target=save, args=(file,))
        writer.start()
        hints = heard(bell)
        writer.join()
        assert (hints.paths, hints.full) == (frozenset({file}), False)
        assert silence(bell)


def test_what_editors_leave_lying_and_reading_are_not_heard(newsroom, bell):
    folder = newsroom / "content" / "2025"
    (folder / ".a.md.swp").write_text("b0VIM")
    (folder / "a.md~").write_text("backup")
    (folder / "#a.md#").write_text("Emacs")
    (folder / ".#a.md").symlink_to("user@host.1")
    (newsroom / "notes.txt").write_text("beside the newsroom's folders")
    (folder / "a.md").read_text()
    assert silence(bell)


def test_a_burst_is_one_ring(newsroom):
    with Doorbell([newsroom / "content"], quiet=0.3, most=10) as bell:
        for number in range(50):
            (newsroom / "content" / f"{number}.md").write_text("x")
        assert len(heard(bell, 10).paths) == 50


def test_a_mass_change_is_given_four_times_the_silence(newsroom):
    with Doorbell([newsroom / "content"], quiet=0.1, most=10) as bell:
        began = time.monotonic()
        bell.ring([newsroom / "content" / f"{number}.md" for number in range(150)], full=False)
        assert bell.rung
        assert len(heard(bell).paths) == 150
        assert time.monotonic() - began >= 0.4
        assert not bell.rung


def test_a_burst_that_does_not_end_is_not_waited_out(newsroom):
    with Doorbell([newsroom / "content"], quiet=3600, most=0.2) as bell:
        (newsroom / "content" / "drip.md").write_text("x")
        heard(bell)


def test_new_folders_are_heard_from_then_on(newsroom, bell):
    away = newsroom / "incoming" / "x"
    away.mkdir(parents=True)
    (away / "b.md").write_text("b")
    (newsroom / "incoming").rename(newsroom / "content" / "in")
    heard(bell)
    (newsroom / "content" / "in" / "x" / "b.md").write_text("again")
    assert newsroom / "content" / "in" / "x" / "b.md" in heard(bell).paths


def test_a_folder_that_vanishes_and_comes_back_is_heard_again(newsroom, bell):
    shutil.rmtree(newsroom / "content")
    assert heard(bell)
    while bell.wait(0.15) is not None:
        pass
    (newsroom / "content").mkdir()
    hints = heard(bell)
    while not hints.full:
        hints = heard(bell)
    while bell.wait(0.15) is not None:
        pass
    (newsroom / "content" / "b.md").write_text("b")
    assert newsroom / "content" / "b.md" in heard(bell).paths


def test_a_folder_swapped_for_another_is_heard_too(newsroom, bell):
    (newsroom / "content").rename(newsroom / "old")
    (newsroom / "content").mkdir()
    hints = heard(bell)
    while not hints.full:
        hints = heard(bell)
    while bell.wait(0.15) is not None:
        pass
    (newsroom / "content" / "b.md").write_text("b")
    assert newsroom / "content" / "b.md" in heard(bell).paths
    while bell.wait(0.15) is not None:
        pass
    (newsroom / "old" / "2025" / "a.md").write_text("nobody listens here now")
    assert silence(bell)


def test_a_folder_made_later_is_heard_from_then_on(newsroom, bell):
    (newsroom / "templates").mkdir()
    assert heard(bell).full
    while bell.wait(0.15) is not None:
        pass
    (newsroom / "templates" / "base.html").write_text("x")
    assert newsroom / "templates" / "base.html" in heard(bell).paths


def test_the_settings_ring_also_when_replaced_in_one_go(newsroom, bell):
    atomic(newsroom / "dateline.toml")
    assert heard(bell).paths == {newsroom / "dateline.toml"}


def test_a_folder_behind_a_link_is_told_by_the_name_it_was_given(newsroom):
    (newsroom / "linked").symlink_to("content")
    with Doorbell([newsroom / "linked"]) as bell:
        (newsroom / "content" / "b.md").write_text("b")
        assert heard(bell).paths == {newsroom / "linked" / "b.md"}


def test_more_paths_than_are_worth_listing_mean_everything(newsroom, monkeypatch):
    monkeypatch.setattr(module, "MANY", 5)
    with Doorbell([newsroom / "content"]) as bell:
        for number in range(20):
            (newsroom / "content" / f"{number}.md").write_text("x")
        assert heard(bell).full


def test_lost_events_mean_everything(bell):
    import logging

    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert heard(bell) == Hints(full=True)


@pytest.mark.parametrize(
    ("number", "name"), [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances"), (errno.EIO, "")]
)
def test_without_watches_left_it_looks_for_itself_and_says_so(newsroom, monkeypatch, number, name):
    def none_left(_observer: object) -> None:
        raise OSError(number, "none left")

    monkeypatch.setattr(module, "_spare", none_left)
    said: list[str] = []
    with Doorbell([newsroom / "content"], [newsroom / "dateline.toml"], poll=0.05, notice=said.append) as bell:
        assert bell.polling
        assert heard(bell).full
        (newsroom / "content" / "2025" / "a.md").write_text("newer")
        assert newsroom / "content" / "2025" / "a.md" in heard(bell).paths
        (newsroom / "dateline.toml").write_text("title = 'x'")
        assert newsroom / "dateline.toml" in heard(bell).paths
    assert len(said) == 1
    assert name in said[0]


def test_watches_that_run_out_later_are_noticed_with_the_next_folder(newsroom, monkeypatch):
    said: list[str] = []
    with Doorbell([newsroom / "content"], poll=0.05, notice=said.append) as bell:

        def none_left(_observer: object) -> None:
            raise OSError(errno.ENOSPC, "none left")

        monkeypatch.setattr(module, "_spare", none_left)
        (newsroom / "content" / "new").mkdir()
        heard(bell)
        assert (bell.polling, len(said)) == (True, 1)
        assert heard(bell).full
        while bell.wait(0.2) is not None:
            pass
        (newsroom / "content" / "new" / "b.md").write_text("b")
        assert newsroom / "content" / "new" / "b.md" in heard(bell).paths


def test_waiting_ends_when_it_is_closed_or_nothing_comes(bell):
    assert bell.wait(0.0) is None
    threading.Timer(0.05, bell.close).start()
    assert bell.wait() is None
    assert bell.wait() is None


# -- the loop


class Newsroom:
    """A fake: what is due, what a rebuild says, and everything that happened."""

    def __init__(self, bell: Doorbell, *outcomes: Outcome | Exception) -> None:
        self.bell = bell
        self.stop = threading.Event()
        self.outcomes = list(outcomes)
        self.due: datetime | None = None
        self.entries: list[Entry] = []
        self.hints: list[Hints] = []
        self.silence = 0.0

    def rebuild(self, hints: Hints) -> Outcome:
        self.hints.append(hints)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def told(self, entry: Entry) -> None:
        self.entries.append(entry)
        if not self.outcomes:
            self.end()
        elif self.silence:
            threading.Timer(self.silence, self.end).start()

    def end_after_silence(self, seconds: float) -> None:
        """Go on for *seconds* after the first rebuild, to see that there is no second."""
        self.silence = seconds

    def end(self) -> None:
        self.stop.set()
        self.bell.close()

    def watch(self, **options):
        return watch(self.rebuild, lambda: self.due, wall, self.bell, self.stop, self.told, **options)


def test_a_save_is_followed_by_a_rebuild_that_is_told_where(newsroom, bell):
    room = Newsroom(bell, Outcome(summary="built"))
    file = newsroom / "content" / "2025" / "a.md"
    file.write_text("new")
    assert room.watch() == "stopped"
    assert [(e.why, e.paths, e.outcome.summary) for e in room.entries] == [("files", (str(file),), "built")]


def test_an_embargo_ends_on_the_second_without_any_file(bell):
    room = Newsroom(bell, Outcome())
    room.due = wall() + timedelta(seconds=0.4)
    assert room.watch() == "stopped"
    late = (room.entries[0].at - room.due).total_seconds()
    assert room.entries[0].why == "clock"
    assert 0 <= late < 20  # the clock is looked at again after 30 seconds in any case


def test_a_due_moment_that_does_not_move_on_is_tried_again_but_not_at_once(bell):
    room = Newsroom(bell, Outcome(), Outcome())
    room.due = wall() - timedelta(seconds=1)
    room.end_after_silence(0.3)
    room.watch()
    assert len(room.entries) == 1


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (DatelineError("templates/base.html:3", "unexpected '}'", "close the block"), "templates/base.html:3"),
        (OSError(errno.ENOSPC, "No space left on device", "build/index.html"), "build/index.html"),
        (OSError("strange"), "dateline"),
        (ZeroDivisionError("division by zero"), "test_watch.py:"),
    ],
)
def test_nothing_that_goes_wrong_ends_the_watch(newsroom, bell, monkeypatch, fault, place):
    monkeypatch.setattr(watching, "RETRY", (0.05, 0.05))
    room = Newsroom(bell, fault, fault, fault, Outcome(summary="good again"))
    (newsroom / "content" / "b.md").write_text("b")
    assert room.watch() == "stopped"
    assert [e.why for e in room.entries] == ["files", "again", "again", "again"]
    problem = room.entries[0].outcome.problems[0]
    assert problem.place.startswith(place)
    assert problem.remedy
    assert room.entries[-1].outcome.summary == "good again"


def test_problems_of_articles_are_not_tried_again_by_themselves(newsroom, bell):
    room = Newsroom(bell, Outcome(problems=(Problem("content/b.md:1", "no headline"),)), Outcome())
    (newsroom / "content" / "b.md").write_text("b")
    room.end_after_silence(0.3)
    room.watch()
    assert len(room.entries) == 1


def test_after_a_rebuild_by_hints_comes_one_that_looks_at_everything(newsroom, bell):
    room = Newsroom(bell, Outcome(), Outcome())
    (newsroom / "content" / "b.md").write_text("b")
    room.watch(check_after=0.05)
    assert [e.why for e in room.entries] == ["files", "check"]
    assert room.hints[-1] == Hints(full=True, silent=True)


def test_a_restart_is_handed_to_whoever_can(bell):
    room = Newsroom(bell, Outcome(restart=True), Outcome())
    bell.ring()
    assert room.watch() == "restart"


def test_a_stop_is_heard_at_once(bell):
    room = Newsroom(bell, Outcome())
    threading.Timer(0.05, room.end).start()
    assert room.watch() == "stopped"


def test_an_idle_watch_uses_no_time(bell):
    room = Newsroom(bell, Outcome())
    room.due = wall() + timedelta(hours=1)
    threading.Timer(0.7, room.end).start()
    before = time.thread_time()
    room.watch()
    assert time.thread_time() - before < 0.1


# -- as the commands use it


class Overlays:
    def __init__(self) -> None:
        self.seen: list[object] = []

    def publish(self, changed: frozenset[str]) -> None:
        self.seen.append(set(changed))

    def fail(self, errors: object) -> None:
        self.seen.append(errors)


def test_terminal_tabs_and_diary_are_told_the_same(newsroom, bell):
    warning = Problem("content/a.md", "no section", level="warning")
    fault = Problem("templates/base.html:3", "unexpected '}'")
    outcomes = [Outcome(frozenset({"/a/"}), (fault, warning), "built 1 of 9"), Outcome()]
    said, named, tabs, diary, stop = [], [], Overlays(), Diary(), threading.Event()

    def rebuild(_hints: Hints) -> Outcome:
        if len(outcomes) == 1:
            stop.set()
            bell.close()
        else:
            bell.ring()
        return outcomes.pop(0)

    bell.ring()
    end = watching.run(
        rebuild,
        doorbell=bell,
        next_due=lambda: None,
        say=said.append,
        name=named.append,
        live=tabs,
        overlay=list,
        diary=diary,
        stop=stop,
    )
    assert (end, said, named) == ("stopped", ["built 1 of 9"], [fault, warning])
    assert tabs.seen == [{"/a/"}, [fault], set(), []]
    assert [e.outcome.summary for e in diary.read()] == ["built 1 of 9"]


def test_new_code_that_starts_is_started_and_broken_code_is_not(bell, monkeypatch):
    code, faults = ["old"], [Problem("plan.py:3", "new code does not start"), None]
    monkeypatch.setattr(watching, "startable", lambda: faults.pop(0))
    named, said, ran = [], [], []

    def name(problem: Problem) -> None:
        named.append(problem.place)
        if len(named) == 2:
            code[0] = "mended"
        bell.ring()

    def rebuild(_hints: Hints) -> Outcome:
        ran.append(1)
        code[0] = "broken"
        bell.ring()
        return Outcome()

    bell.ring()
    end = watching.run(rebuild, doorbell=bell, next_due=lambda: None, say=said.append, name=name, code=lambda: code[0])
    assert (end, ran, named) == ("restart", [1], ["plan.py:3", "plan.py:3"])
    assert said == ["the code has changed: starting again"]


def test_whether_code_starts_is_tried_in_a_process_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "broken_desk.py").write_text("x = 1\ndef f(:\n")
    (tmp_path / "whole_desk.py").write_text("x = 1\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert startable("whole_desk") is None
    problem = startable("broken_desk")
    assert problem is not None
    assert problem.place.endswith("broken_desk.py:2")
    assert "SyntaxError" in problem.problem
    assert startable("no_such_desk").problem.endswith("No module named 'no_such_desk'")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert "does not start" in startable("whole_desk").problem


def test_a_restart_runs_the_same_command_again(monkeypatch):
    ran = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: ran.append((program, arguments)))
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "dateline", "serve", "--watch"])
    watching.restart()
    assert ran == [(sys.executable, [sys.executable, "-m", "dateline", "serve", "--watch"])]


def test_a_rebuild_says_when_why_and_how_long():
    entry = once(lambda _hints: Outcome(), Hints(frozenset({Path("b"), Path("a")})), "files", lambda: NOON)
    assert (entry.at, entry.why, entry.paths) == (NOON, "files", ("a", "b"))
    assert 0 <= entry.seconds < 1


def test_the_diary_forgets_the_oldest_and_what_was_nothing():
    diary = Diary(2)
    for number in range(4):
        diary.write(Entry(NOON, "files", (), 0.1, Outcome(summary=f"{number}" if number else "")))
    assert [e.outcome.summary for e in diary.read()] == ["3", "2"]


# -- the clock


def test_a_long_wait_is_taken_in_short_ones():
    assert nap(None, NOON) is None
    assert nap(NOON + timedelta(hours=2), NOON) == 30.0
    assert nap(NOON + timedelta(seconds=1.5), NOON) == 1.5
    assert nap(NOON - timedelta(days=1), NOON) == 0.0
    assert nap(NOON, NOON, tried=NOON) == 5.0


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (timedelta(seconds=90), "13:01:30 (in 90 s)"),
        (timedelta(minutes=25), "13:25 (in 25 min)"),
        (timedelta(hours=5), "18:00 (in 5 h)"),
        (timedelta(days=3), "2025-12-06 13:00 (in 3 d)"),
        (timedelta(seconds=-5), "12:59:55 (in 0 s)"),
    ],
)
def test_what_is_due_is_said_in_the_newsrooms_time(due, text):
    assert spoken(NOON + due, NOON, ZoneInfo("Europe/Berlin")) == text


def stopped(*, times: int, grace: float, rest: list[str]) -> None:
    with to_the_end(grace):
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
        if grace < 1:
            threading.Event().wait(5)
        rest.append("the rest")


@pytest.mark.parametrize(("times", "grace", "rest"), [(1, 2.0, ["the rest"]), (2, 2.0, []), (1, 0.05, [])])
def test_a_rebuild_under_way_is_finished_unless_it_takes_long_or_one_insists(times, grace, rest):
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        stopped(times=times, grace=grace, rest=done)
    assert done == rest
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_beside_the_main_thread_signals_are_left_alone():
    done = []

    def beside() -> None:
        with to_the_end():
            done.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=beside)
    thread.start()
    thread.join()
    assert done == [signal.default_int_handler]


def test_a_mass_change_is_given_more_time(newsroom, monkeypatch):
    monkeypatch.setattr(module, "MASS", 5)
    with Doorbell([newsroom / "content"], quiet=3600, most=0.05) as bell:
        began = time.monotonic()
        bell.ring([newsroom / "content" / f"{number}.md" for number in range(5)], full=False)
        heard(bell)
        assert time.monotonic() - began >= 0.2
