"""How long is too long on a machine that nobody knows? What is tried is compared with itself, or with plain work."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

REPORT = "Der Hafen bleibt *gesperrt*, sagte die [Hafenmeisterin](https://example.org/a_b) am Mittwoch. " * 4 + "\n\n"


def effort(work: Callable[[], object]) -> float:
    """Seconds of the processor that *work* takes; waiting for others does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def linear(work: Callable[[int], object], size: int) -> bool:
    """Whether four times the size takes about four times as long; quadratic would be sixteen.

    Who else uses the machine can make one try look slow, not three.
    """
    for _ in range(3):
        small, large = effort(lambda: work(size)), effort(lambda: work(4 * size))
        if large < 10 * small + 0.05:
            return True
    return False


@cache
def ordinary() -> float:
    """Seconds that a long, honest report takes to render here: half a second where this was written."""
    from dateline.prose import Prose
    from dateline.settings import Markdown

    prose = Prose(Markdown())
    return min(effort(lambda: prose.html(REPORT * 500, "a.md")) for _ in range(2))
