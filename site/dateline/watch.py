"""Rings and moments that fall due -> rebuilds, one after the other, until somebody stops it.

Nothing that a newsroom can break ends the loop: what goes wrong is reported and the last good site
stays. Only new code does, since a process cannot exchange its own: it is asked to start again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from dateline.clock import nap, wall
from dateline.deadline import deadline
from dateline.doorbell import Doorbell, Hints
from dateline.errors import DatelineError, Problem, printable

if TYPE_CHECKING:
    from dateline.livereload import LiveReload
    from dateline.serve_overlay import OverlayError

Why = Literal["start", "files", "clock", "again", "check"]
End = Literal["stopped", "restart"]

GRACE = 2.0  # seconds that a rebuild under way gets when somebody stops us
RETRY = (2.0, 5.0, 15.0, 60.0)  # seconds after a rebuild that could not be done at all: a full disk, a lock


class Outcome(Struct, frozen=True):
    """What a rebuild did. ``changed``: root-relative addresses of outputs written or removed."""

    changed: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    summary: str = ""  # one line for the terminal, empty where nothing was done
    ingested: tuple[str, ...] = ()  # stories taken from seeds/, for the desk
    restart: bool = False  # this process cannot go on: its code is not what is on disk
    undone: bool = False  # nothing could be built: worth another try without any event


class Entry(Struct, frozen=True):
    """One line of the diary: when, why, how long, and what came of it."""

    at: datetime
    why: Why
    paths: tuple[str, ...]  # what was heard, at most ten
    seconds: float
    outcome: Outcome


Rebuild = Callable[[Hints], Outcome]


def watch(
    rebuild: Rebuild,
    next_due: Callable[[], datetime | None],
    now: Callable[[], datetime],
    doorbell: Doorbell,
    stop: Event,
    on_outcome: Callable[[Entry], None],
    *,
    check_after: float | None = None,
) -> End:
    """Rebuild at every ring and whenever ``next_due`` falls due, until *stop* is set or a restart is asked for.

    Sleeps without waking while nothing is due; at most thirty seconds at a time otherwise, so that a clock
    that was set is noticed. Whoever sets *stop* closes the doorbell, too. *check_after*: seconds of silence
    after which a rebuild by hints is followed by a silent one that makes sure, for rebuilds that trust hints.
    """
    tried: datetime | None = None
    failures = 0
    check_at: float | None = None
    while not stop.is_set():
        naps = [nap(next_due(), now(), tried), RETRY[min(failures, len(RETRY)) - 1] if failures else None]
        naps.append(None if check_at is None else max(0.0, check_at - time.monotonic()))
        heard = doorbell.wait(min((n for n in naps if n is not None), default=None))
        if stop.is_set():
            break
        due = next_due()
        if heard is not None:
            why, hints = "files", heard
        elif due is not None and due <= now():
            why, hints, tried = "clock", Hints(), due
        elif failures:
            why, hints = "again", Hints(full=True)
        elif check_at is not None and time.monotonic() >= check_at:
            why, hints = "check", Hints(full=True, silent=True)
        else:
            continue
        entry = once(rebuild, hints, why, now)  # type: ignore[arg-type]
        check_at = time.monotonic() + check_after if check_after is not None and not hints.full else None
        failures = failures + 1 if entry.outcome.undone else 0
        on_outcome(entry)
        if entry.outcome.restart:
            return "restart"
    return "stopped"


def once(rebuild: Rebuild, hints: Hints, why: Why, now: Callable[[], datetime] = wall) -> Entry:
    """Rebuild, and turn whatever goes wrong into an outcome. Only an interruption gets through."""
    at, started = now(), time.perf_counter()
    try:
        outcome = rebuild(hints)
    except DatelineError as error:
        outcome = Outcome(problems=(error.problem,), undone=True)
    except OSError as error:
        place = printable(str(error.filename)) if error.filename else "dateline"
        fault = Problem(place, error.strerror or str(error), "it is tried again by itself")
        outcome = Outcome(problems=(fault,), undone=True)
    except Exception as error:  # noqa: BLE001 - a bug in a rebuild must not take the served site away
        outcome = Outcome(problems=(_bug(error),), undone=True)
    paths = tuple(sorted(map(str, hints.paths))[:10])
    return Entry(at, why, paths, round(time.perf_counter() - started, 4), outcome)


class Diary:
    """The last rebuilds, newest first, for the desk. One thread writes, any may read."""

    def __init__(self, most: int = 50) -> None:
        self._entries: deque[Entry] = deque(maxlen=most)
        self._problems: tuple[Problem, ...] = ()

    def write(self, entry: Entry) -> None:
        """Note *entry*; what did nothing and found nothing new leaves no trace."""
        known, self._problems = self._problems, entry.outcome.problems
        if entry.outcome.summary or entry.outcome.changed or (self._problems and self._problems != known):
            self._entries.appendleft(entry)

    def read(self) -> tuple[Entry, ...]:
        """All entries, newest first."""
        return tuple(self._entries.copy())


def run(
    rebuild: Rebuild,
    *,
    doorbell: Doorbell,
    next_due: Callable[[], datetime | None],
    say: Callable[[str], None],
    name: Callable[[Problem], None],
    code: Callable[[], object] = lambda: None,
    live: LiveReload | None = None,
    overlay: Callable[[Iterable[Problem]], Iterable[OverlayError]] = lambda _problems: (),
    diary: Diary | None = None,
    stop: Event | None = None,
    now: Callable[[], datetime] = wall,
    check_after: float | None = None,
) -> End:
    """``watch`` as the commands use it: speaks to the terminal, tells the open tabs, restarts for new code.

    *doorbell* is already open, so that nothing is missed between the first build and here. *code* gives a
    value that differs when the package on disk does; it is asked before every rebuild, since old code must
    not record its work as the new one's. Run it in the main thread: Ctrl-C ends it by ``KeyboardInterrupt``.
    """
    began = code()
    broken: Problem | None = None
    last: tuple[Problem, ...] = ()

    def rebuilt(hints: Hints) -> Outcome:
        nonlocal began, broken
        here = code()
        if here == began:
            if broken:
                return Outcome(problems=(broken,))
            with to_the_end():
                return rebuild(hints)
        broken, began = startable(), here
        return (
            Outcome(problems=(broken,))
            if broken
            else Outcome(summary="the code has changed: starting again", restart=True)
        )

    def told(entry: Entry) -> None:
        nonlocal last
        known, last = last if entry.why in {"again", "check"} else (), entry.outcome.problems
        for problem in dict.fromkeys(last):
            if problem not in known:  # what is looked at again unasked is not complained of again
                name(problem)
        if entry.outcome.summary:
            say(entry.outcome.summary)
        if diary is not None:
            diary.write(entry)
        if live is not None:
            live.publish(entry.outcome.changed)
            errors = tuple(p for p in entry.outcome.problems if p.level == "error")
            live.fail(overlay(errors))

    return watch(rebuilt, next_due, now, doorbell, stop or Event(), told, check_after=check_after)


def startable(modules: str = "dateline.cli, dateline.pipeline, dateline.press, dateline.plan") -> Problem | None:
    """Whether the code on disk would start; else what is wrong with it. Costs a start of Python."""
    command = [sys.executable, "-W", "ignore", "-c", f"import {modules}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, errors="replace")  # noqa: S603 - ourselves
    except (OSError, subprocess.TimeoutExpired) as error:
        return Problem(
            "dateline", f"new code does not start: {printable(str(error))}", "mend it; the old one goes on serving"
        )
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
    files = [line for line in lines if line.startswith("File ")]
    place = files[-1].split('"')[1] + ":" + files[-1].partition(", line ")[2].partition(",")[0] if files else "dateline"
    return Problem(place, f"new code does not start: {printable(lines[-1])}", "mend it; the old one goes on serving")


def restart() -> None:
    """Replace this process by a new one with the same command. Does not return."""
    sys.stdout.flush()
    sys.stderr.flush()
    deadline.off()  # an alarm outlives what was set to hear it
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves, with our own arguments


@contextmanager
def to_the_end(grace: float = GRACE) -> Iterator[None]:
    """Let what is under way finish when somebody stops us, *grace* seconds at most; then ``KeyboardInterrupt``.

    Half a build is mended by the next one, but readers need not look at it until then. A second signal
    breaks off at once. Signals that are ignored (``nohup``) stay so; outside the main thread it does nothing.
    """
    main = threading.main_thread()
    if threading.current_thread() is not main:
        yield
        return
    asked: list[int] = []
    late = threading.Timer(grace, lambda: signal.pthread_kill(main.ident or 0, signal.SIGINT))
    late.daemon = True

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        if len(asked) > 1:
            raise KeyboardInterrupt
        late.start()

    before = {s: h for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if callable(h := signal.getsignal(s))}
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        late.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt


def _bug(error: Exception) -> Problem:
    frames = traceback.extract_tb(error.__traceback__)
    at = frames[-1] if frames else None
    place = f"{Path(at.filename).name}:{at.lineno}" if at else "dateline"
    cause = printable(f"{type(error).__name__}: {error}"[:500])
    return Problem(place, cause, "a fault in dateline itself: `dateline build` shows where; please report it")
