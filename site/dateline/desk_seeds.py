"""Files and folders -> the copies in them, in the one order that does not depend on theirs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import structs

from dateline import files
from dateline.desk_copy import Copy, name_key
from dateline.desk_read import Job, Named, Place, Read, Spool, read_all
from dateline.desk_settle import Outcome
from dateline.desk_shelf import CONTENT
from dateline.editors import vocabulary_of
from dateline.errors import Problem, printable
from dateline.ledger import Ledger, Stat
from dateline.lock import FOLDER
from dateline.settings import Settings

_RACY = 2_000_000_000  # ns: what changed this shortly before it was read may change again under the same stamps
_OURS = (CONTENT, FOLDER, "build")


class Seeds:
    """The seed files of one ingest."""

    def __init__(self, root: Path, ledger: Ledger, settings: Settings, now: datetime, scratch: Path) -> None:
        self._root = root.resolve()
        self._ledger = ledger
        self._started = time.time_ns()
        self._stats = ledger.stats()
        self._done = ledger.done()
        self._job = Job(settings, now, str(scratch), frozenset(self._done))
        self._spool = Spool(scratch)
        self._roots: dict[Path, tuple[str, str]] = {}
        self._wanted: dict[bytes, Named] = {}
        self._places: list[Place] = []
        self._shown: dict[bytes, str] = {}
        self._fresh: list[tuple[bytes, Stat, bytes]] = []
        self._failed: set[bytes] = set()
        self._settled: set[tuple[bytes, int]] = set()
        self.outcomes: list[Outcome] = []
        self.problems: list[Problem] = []

    @property
    def stories(self) -> int:
        """How many there are to settle."""
        return len(self._places)

    def collect(self, paths: Sequence[Path]) -> None:
        """Find the files of *paths*; those whose size and stamps are known are not opened."""
        for path in paths:
            if self._is_ours(path):
                self._refuse(str(path), "is the newsroom's own", "give a file or folder of wire copy")
            elif path.is_dir():
                self._walk(path)
            elif os.path.lexists(path):
                self._want(path.parent.resolve(), path.name, str(path), None)
            else:
                self._refuse(str(path), "does not exist", "give a file or folder of wire copy")

    def _is_ours(self, path: Path) -> bool:
        real = path.resolve()
        return self._root.is_relative_to(real) or any(real.is_relative_to(self._root / name) for name in _OURS)

    def _refuse(self, place: str, problem: str, remedy: str) -> None:
        self._unreadable(Problem(printable(place), problem, remedy))

    def _unreadable(self, problem: Problem) -> None:
        self.problems.append(problem)
        self.outcomes.append(Outcome(problem.place, "unreadable", "", problem.problem))

    def _walk(self, folder: Path) -> None:
        real = folder.resolve()
        for found in files.scan(folder, suffixes=("",)):
            if isinstance(found, files.Found):
                stat = Stat(found.size, found.mtime_ns, found.ctime_ns, found.inode)
                self._want(real, found.path, f"{folder}/{found.path}", stat)
            elif not found.problem.startswith("is a folder"):
                self._unreadable(structs.replace(found, place=printable(f"{folder}/{found.place}")))

    def _want(self, folder: Path, relative: str, shown: str, stat: Stat | None) -> None:
        """Read this file, unless it is known by its stamps. *folder* is resolved."""
        above, below = self._roots.get(folder) or self._roots.setdefault(folder, self._inside(folder))
        key = name_key(above, f"{below}{relative}")
        known = self._stats.get(key)
        if stat is not None and known and known[0] == stat and known[1] in self._done:
            self.outcomes.append(Outcome(printable(shown), "unchanged"))
        elif key not in self._wanted:
            file = relative.rpartition("/")[2] if above else f"{below}{relative}"
            self._wanted[key] = Named(str(folder), relative, printable(shown), printable(file), key)

    def _inside(self, folder: Path) -> tuple[str, str]:
        """Split a folder into what lies outside the newsroom and what inside: a newsroom may move.

        A seed is named in front matter by its path below the newsroom, elsewhere by its name alone, so the
        same copy gives the same content file wherever it was dropped.
        """
        if not folder.is_relative_to(self._root):
            return f"{folder}/", ""
        below = folder.relative_to(self._root).as_posix()
        return "", "" if below == "." else f"{below}/"

    def read(self, jobs: int, progress: Callable[[str, int, int], None] | None) -> None:
        """Read all files that must be read; their copies wait in the spool."""
        if self._wanted and self._job.settings.taxonomies.detect:
            words, problems = vocabulary_of(self._root)
            self._job = structs.replace(self._job, words=words)
            self.problems += problems
        if self._wanted and self._job.settings.ingest.schemas:
            from dateline.schemas import schemas_of  # few newsrooms bring any

            self._job = structs.replace(self._job, schemas=schemas_of(self._root, self._job.settings))
        wanted = sorted(self._wanted.values(), key=lambda named: (named.folder, named.relative))
        done = 0

        def tick(count: int) -> None:
            nonlocal done
            done += count
            if progress:
                progress("reading", done, len(wanted))

        for read in read_all(wanted, self._job, jobs, tick):
            self._take(read)
        self._places.sort(key=lambda place: place.order)

    def _take(self, read: Read) -> None:
        if read.problem or read.stat is None:
            self._unreadable(read.problem or Problem(read.named.shown, "could not be read"))
            return
        if max(read.stat.mtime, read.stat.ctime) + _RACY < self._started:
            self._fresh.append((read.named.key, read.stat, read.sha256))
        for problem in read.problems:
            self._unreadable(problem)
        if read.unchanged:
            self.outcomes.append(Outcome(read.named.shown, "unchanged"))
        elif read.sha256 in self._shown:
            self.outcomes.append(
                Outcome(read.named.shown, "repeat", "", f"the same bytes as {self._shown[read.sha256]}")
            )
        self._shown[read.sha256] = min(self._shown.get(read.sha256, read.named.shown), read.named.shown)
        self._places.extend(read.places)

    def copies(self) -> Iterator[Copy]:
        """Yield all copies, oldest first."""
        for place in self._places:
            where = (place.order[5], place.order[6])
            if where not in self._settled:
                self._settled.add(where)
                yield self._spool.copy(place)

    def named(self, outcome: Outcome, copy: Copy) -> Outcome:
        """Name the outcome's file as the user did."""
        return structs.replace(outcome, file=self._shown.get(copy.arrived.input, outcome.file))

    def failed(self, copy: Copy) -> None:
        """Remember that the seed was not dealt with wholly: it is read again next time."""
        self._failed.add(copy.arrived.input)

    def remember(self) -> None:
        """Tell the ledger which seeds were dealt with."""
        self._spool.close()
        done = {place.order[5] for place in self._places} - self._failed
        rows = [row for row in self._fresh if row[2] in self._done or row[2] in done]
        if done or rows:
            with self._ledger.together():
                self._ledger.finish(sorted(done))
                self._ledger.put_stats(rows)
        self._ledger.save()
