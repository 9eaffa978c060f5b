"""A place and some seconds -> an error at that place when they are over. The process's alarm clock."""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from types import FrameType, TracebackType
from typing import Self

from dateline.errors import DatelineError

_TICK = 0.25  # seconds between two looks at the clock, at most


class Deadline:
    """Stops what runs too long. A process has one alarm, so there is one of these: ``deadline``.

    What counts is the processor's time, not that of the clock on the wall: a machine that sleeps or has others to
    serve in the middle of a story is no fault of the story's. Only the main thread can be stopped (Python delivers signals there); elsewhere nothing is stopped.
    While there is work the alarm ticks four times a second and looks whether the time is over; a tick that
    finds nothing to guard is the last. So each of 20,000 stories costs a look at the clock, no system call.
    """

    def __init__(self) -> None:
        self.place = ""
        self.seconds = 0.0
        self._until = 0.0  # 0: nothing is guarded
        self._tick = 0.0  # 0: the alarm is off
        self._set = False
        self._thread = threading.main_thread().ident
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def __call__(self, place: str, seconds: float) -> Self:
        """Name the place and the time; to be entered with ``with``. Not to be nested."""
        if threading.get_ident() == self._thread:
            self.place, self.seconds = place, seconds
        return self

    def __enter__(self) -> None:
        if threading.get_ident() != self._thread:
            return
        self._until = time.thread_time() + self.seconds  # first: a tick that finds nothing to guard is the last
        tick = min(_TICK, self.seconds / 4)
        if not self._tick or self._tick > tick:
            self._start(tick)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if threading.get_ident() == self._thread:
                self._until = 0.0
        except DatelineError:  # the time was over just here: nothing that follows is to be stopped for it
            self._until = 0.0
            raise

    def off(self) -> None:
        """Let the alarm tick no more: a tick that finds no handler, as at the end of a process, would kill it."""
        self._until = 0.0
        if self._tick:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._tick = 0.0

    def _start(self, tick: float) -> None:
        if not hasattr(signal, "setitimer"):
            return
        if not self._set:
            signal.signal(signal.SIGALRM, self._look)
            atexit.register(self.off)
            self._set = True
        self._tick = tick
        signal.setitimer(signal.ITIMER_REAL, tick, tick)

    def _look(self, _number: int, _frame: FrameType | None) -> None:
        if not self._until:
            self.off()
        elif time.thread_time() >= self._until:
            problem = f"takes longer than {self.seconds:g} s to render"
            raise DatelineError(self.place, problem, "simplify it, or raise limits.seconds")

    def _forget(self) -> None:
        # A forked process inherits the handler, but no timer; the thread that forked is its main one.
        self._tick = self._until = 0.0
        self._thread = threading.get_ident()


deadline = Deadline()
