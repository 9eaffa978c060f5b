"""What is to be said -> lines and bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from dateline.errors import Problem

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

MANY, STEP = 5000, 16  # of many files only some move the bar
PATIENCE = 0.7  # seconds before a bar is worth drawing


class Terminal:
    """Speaks to whoever called. Results go to standard output, problems and progress to standard error."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet = quiet
        self.verbose = verbose
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long we have been at it."""
        return time.monotonic() - self._begun

    def line(self, text: str) -> None:
        """Say one line, unless quiet."""
        if not self.quiet:
            print(text, flush=True)  # noqa: T201 - this is where it speaks

    def problem(self, problem: Problem) -> None:
        """Name what is wrong; red for an error where colours are welcome."""
        text = str(problem)
        if problem.level == "warning":
            text = f"warning: {text}"
        if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
            text = f"\x1b[{31 if problem.level == 'error' else 33}m{text}\x1b[0m"
        # File names may hold bytes that are no text of this locale.
        with contextlib.suppress(OSError):  # a report that has no room stops no build; the exit code tells
            sys.stderr.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
            sys.stderr.flush()

    def progress(self, stage: str, done: int, of: int) -> None:
        """Move a bar; drawn only on a terminal and only for work that takes a while."""
        if self.quiet or (of > MANY and done % STEP and done < of):  # thousands of calls that nobody could see
            return
        if not sys.stderr.isatty() or time.monotonic() - self._begun < PATIENCE:
            return
        bars = self._bars
        if bars is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            bars = self._bars = Progress(
                TextColumn("{task.description:<8}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            bars.start()
        if stage not in self._tasks:
            self._tasks[stage] = bars.add_task(stage, total=of)
        bars.update(self._tasks[stage], completed=done, total=of)

    def done(self) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
            self._tasks = {}
