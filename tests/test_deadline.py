"""The alarm clock: what runs too long is stopped, and nobody else is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from dateline.deadline import Deadline
from dateline.errors import DatelineError

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no alarm on this system")


@pytest.fixture
def alarm():
    before = signal.getsignal(signal.SIGALRM)
    yield Deadline()
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def busy(until):
    while not until():
        pass


def forever():
    busy(lambda: False)


def alarm_is_off():
    return signal.getitimer(signal.ITIMER_REAL)[1] == 0


def test_a_story_without_end_is_stopped_and_named(alarm):
    with pytest.raises(DatelineError, match=r"content/a.md: takes longer than 0.02 s"), alarm("content/a.md", 0.02):
        forever()


def test_the_second_story_is_stopped_as_the_first_was(alarm):
    for name in ("a.md", "b.md"):
        with pytest.raises(DatelineError, match=name), alarm(name, 0.02):
            forever()


def test_a_shorter_time_after_a_longer_one_holds(alarm):
    with alarm("a.md", 1000):
        pass
    with pytest.raises(DatelineError, match=r"b.md"), alarm("b.md", 0.02):
        forever()


def test_nothing_is_stopped_between_two_stories(alarm):
    with alarm("a.md", 0.01):
        pass
    end = time.monotonic() + 0.05
    busy(lambda: time.monotonic() > end)


def test_time_in_which_the_machine_did_other_things_does_not_count(alarm):
    with alarm("a.md", 0.02):
        time.sleep(0.2)  # the work stands still, as on a machine that was asleep or had others to serve


def test_an_idle_process_is_woken_no_more(alarm):
    with alarm("a.md", 0.01):
        assert not alarm_is_off()
    busy(alarm_is_off)


def test_a_story_is_guarded_though_the_alarm_ticks_before_all_is_set_up(alarm, monkeypatch):
    start = signal.setitimer

    def start_late(which, *times):
        start(which, *times)
        if any(times):
            signal.raise_signal(signal.SIGALRM)  # a machine with much to do: the first tick is there at once

    monkeypatch.setattr(signal, "setitimer", start_late)

    end = time.monotonic() + 5
    with pytest.raises(DatelineError, match=r"a\.md"), alarm("a.md", 0.02):
        busy(lambda: time.monotonic() > end)


def test_work_in_another_thread_stops_nobody_in_the_main_one(alarm):
    def work():
        with alarm("b.md", 0.01):
            time.sleep(0.05)

    with alarm("a.md", 1000):
        other = threading.Thread(target=work)
        other.start()
        other.join()
    assert alarm.place == "a.md"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_worker_has_an_alarm_of_its_own(alarm):
    with alarm("a.md", 1000):
        child = os.fork()
        if not child:
            try:
                with alarm("b.md", 0.02):
                    forever()
            except DatelineError as error:
                os._exit(7 if error.problem.place == "b.md" else 1)
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_process_ends_with_its_alarm_off():
    last = "import atexit, signal; atexit.register(lambda: print(signal.getitimer(signal.ITIMER_REAL)[1]))"
    work = "from dateline.deadline import deadline\nwith deadline('a.md', 1000): print(signal.getitimer(signal.ITIMER_REAL)[1])"
    done = subprocess.run([sys.executable, "-c", f"{last}\n{work}"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0.25", "0.0"]


def test_time_that_is_over_just_as_the_work_ends_stops_nothing_that_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Deadline()
    work = guard("a.md", 60)
    work.__enter__()
    work._until = -1.0
    with monkeypatch.context() as patch:
        patch.setattr(threading, "get_ident", lambda: guard._look(0, None))
        with pytest.raises(DatelineError):
            work.__exit__(None, None, None)

    guard._look(0, None)  # the next tick finds nothing to guard
