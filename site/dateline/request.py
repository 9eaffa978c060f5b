"""What a build is asked for, and what it says that it did."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from dateline.errors import Problem
from dateline.quiet import World

if TYPE_CHECKING:
    from dateline.settings import Settings

STATE = ".dateline"  # where a newsroom keeps what builds and ingest remember

Progress = Callable[[str, int, int], None]  # stage, done, all


class Request(Struct, frozen=True):
    """What a build is asked for."""

    root: Path
    now: datetime  # aware: the build's clock
    output: Path | None = None  # build/ in the newsroom
    jobs: int = 0  # all cores
    executor: str = ""  # who works: serial, pool:4, dask:tcp://…; a pool of `jobs`
    full: bool = False  # believe no trace
    drafts: bool = False
    dry: bool = False
    search: bool = False  # bring the search index up to date, too
    asked: str = ""  # names the options; "" where the next build is not to be spared
    world: World | None = None  # stats of all sources, if they were taken already
    stood: Callable[[], bool] | None = None  # whether all outputs stand as they were written, if somebody looked
    wait: float = 60.0  # seconds for another builder to finish
    progress: Progress = lambda _stage, _done, _all: None


class Report(Struct, frozen=True):
    """What a build did."""

    total: int = 0  # outputs planned
    articles: int = 0
    made: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    read: tuple[str, ...] = ()  # content files read again
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # what is not there for want of an extra
    due: datetime | None = None
    why: str = ""
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)  # seconds

    @property
    def failed(self) -> bool:
        """Tell whether something of the user's is wrong."""
        return any(p.level == "error" for p in self.problems)


class Laps:
    """Where the time goes."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Note that *stage* has ended."""
        now = time.perf_counter()
        self.stages[stage] = round(now - self.last, 4)
        self.last = now


def summary(report: Report, settings: Settings, *, dry: bool) -> str:
    """One line in the reader's terms: ``built 3 of 2021 pages in 0.2 s (2018 unchanged, …)``."""
    from dateline.settled import next_due

    rest = [f"{report.total - len(report.made)} unchanged"]
    if report.removed:
        rest.append(f"{len(report.removed)} {'to remove' if dry else 'removed'}")
    if report.due:
        rest.append(next_due(report.due, report.why, settings.zone))
    verb = "would build" if dry else "built"
    return f"{verb} {len(report.made)} of {report.total} files in {report.seconds:.2f} s ({', '.join(rest)})"
