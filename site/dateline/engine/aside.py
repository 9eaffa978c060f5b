"""Work that can be done without -> processes beside this one, which do it until they are let go."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from dateline.engine.executors import employed

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

T = TypeVar("T")
_LAST = 10  # how much sooner than they anybody else has the processor: they are to use what is idle


class Aside:
    """Processes that do *work*, one on each of *parts*. What they make must be of use however little of it there is.

    They are forked, so they see all that is in memory: only where processes can be (``forks``).
    """

    def __init__(self, work: Callable[[T], None], parts: Sequence[T]) -> None:
        import multiprocessing

        self._at_work: list[BaseProcess] = []
        with contextlib.suppress(OSError):  # there may be no more processes
            for part in parts:
                process = multiprocessing.get_context("fork").Process(target=_do, args=(work, part), daemon=True)
                process.start()
                self._at_work.append(process)

    def end(self) -> None:
        """Stop them, wherever they are: nobody waits for one whose work has no end."""
        for process in self._at_work:
            process.kill()
        for process in self._at_work:
            process.join()
            process.close()
        self._at_work = []


def _do(work: Callable[[T], None], part: T) -> None:
    employed()
    os.nice(_LAST)
    with contextlib.suppress(Exception):  # whoever could not do without would hear of it where he does it himself
        work(part)
