"""A place and some seconds -> an error at that place when they are over. The process's alarm clock."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

from dateline.errors import DatelineError


class Deadline:
    """Stops what runs too long. A process has one alarm, so there is one of these: ``deadline``.

    Only the main thread can be stopped (Python delivers signals there); elsewhere nothing is stopped.
    The handler is set once and the timer alone for each use: 1 µs instead of 8 for each of 20,000 stories.
    """

    def __init__(self) -> None:
        self.place = ""
        self.seconds = 0.0
        self._set = False
        self._main = False

    def __call__(self, place: str, seconds: float) -> Self:
        """Name the place and the time; to be entered with ``with``. Not to be nested."""
        self.place, self.seconds = place, seconds
        return self

    def __enter__(self) -> None:
        self._main = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
        if self._main:
            if not self._set:
                signal.signal(signal.SIGALRM, self._late)
                self._set = True
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._main:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _late(self, _number: int, _frame: FrameType | None) -> None:
        problem = f"takes longer than {self.seconds:g} s to render"
        raise DatelineError(self.place, problem, "simplify it, or raise limits.seconds")


deadline = Deadline()
