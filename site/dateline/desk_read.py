"""Seed files -> copies, in worker processes, spooled to disk: however many there are, memory stays flat."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from dateline import files
from dateline.article import Story
from dateline.desk_copy import Copy, Order, Seed, copy_of
from dateline.errors import DatelineError, Problem
from dateline.ledger import Stat
from dateline.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from dateline.wire.ninjs_library import Schemas

_CHUNK = 64  # files a task
_FEW = 48  # files that are read here: starting processes takes longer


class Named(Struct, frozen=True, gc=False):
    """A seed file: the folder it is read from, its path below that, and its name in reports and in front matter."""

    folder: str
    relative: str
    shown: str
    file: str
    key: bytes


class Place(Struct, frozen=True, gc=False):
    """Where a copy lies in the spool, and where it stands among all copies."""

    order: Order
    file: str
    offset: int
    length: int


class Read(Struct, frozen=True, gc=False):
    """What became of one seed file. ``stat`` is ``None`` where it must be read again next time."""

    named: Named
    stat: Stat | None = None
    sha256: bytes = b""
    places: tuple[Place, ...] = ()
    unchanged: bool = False
    problem: Problem | None = None
    problems: tuple[Problem, ...] = ()  # of single stories, beside others that are good


class Job(Struct, frozen=True):
    """What every worker needs to know."""

    settings: Settings
    now: datetime
    spool: str
    done: frozenset[bytes]
    words: str | None = None  # the editors' own: the text of content/_tags.toml
    schemas: Schemas | None = None  # IPTC's, as the newsroom brought them


def read_all(seeds: Sequence[Named], job: Job, jobs: int, tick: Callable[[int], None]) -> Iterator[Read]:
    """Read *seeds* on *jobs* processes (0: all cores); *tick* is told how many files each step read.

    A seed that kills its reader (out of memory, a crash in C) is found out and reported alone.
    """
    workers = jobs or len(os.sched_getaffinity(0))
    if workers == 1 or len(seeds) <= _FEW:
        for i in range(0, len(seeds), _CHUNK):
            yield from _counted(_chunk(seeds[i : i + _CHUNK], job, i), tick)
        return
    from concurrent.futures import as_completed  # where nothing is new, nothing of this is loaded
    from concurrent.futures.process import BrokenProcessPool

    broken = []
    pool = _pool(workers, job)
    whole = False
    try:
        chunks = {pool.submit(_work, seeds[i : i + _CHUNK], i): i for i in range(0, len(seeds), _CHUNK)}
        for future in as_completed(chunks):
            at = chunks.pop(future)
            try:
                yield from _counted(future.result(), tick)
            except BrokenProcessPool:
                broken.append(at)
        whole = True
    finally:
        pool.shutdown(wait=whole, cancel_futures=True)  # who interrupts does not wait for what is queued
    for at in sorted(broken):
        yield from _counted(_again(seeds[at : at + _CHUNK], job, at), tick)


def _counted(reads: Sequence[Read], tick: Callable[[int], None]) -> Sequence[Read]:
    tick(len(reads))
    return reads


def _again(chunk: Sequence[Named], job: Job, number: int) -> list[Read]:
    """Read a chunk whose pool broke by a pool of its own; should that break too, halve it."""
    from concurrent.futures.process import BrokenProcessPool

    with _pool(1, job) as pool:
        try:
            return pool.submit(_work, chunk, number).result()
        except BrokenProcessPool:
            if len(chunk) == 1:
                problem = Problem(
                    chunk[0].shown, "the reader died over it", "it may be malformed or too large; take it out"
                )
                return [Read(chunk[0], problem=problem)]
    half = len(chunk) // 2
    return _again(chunk[:half], job, number) + _again(chunk[half:], job, number + half)


_job: Job | None = None  # of this worker process, set once when it starts


def _start(job: Job) -> None:
    global _job  # noqa: PLW0603 - a worker serves one job; sending it with each chunk would cost more than the chunk
    _job = job
    gc.disable()  # see ``_work``


def _pool(workers: int, job: Job) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor as Pool

    from dateline.tagging import TaggedText, find
    from dateline.wire import plain  # noqa: F401 - loaded once, before the workers are forked

    # Forking shares all that is loaded, but not safely beside other threads.
    method = "fork" if threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "fork" and job.settings.taxonomies.detect:
        find(TaggedText(lang=job.settings.language))  # its tables, too
    return Pool(workers, mp_context=context, initializer=_start, initargs=(job,))


def _work(chunk: Sequence[Named], number: int) -> list[Read]:
    if _job is None:
        raise RuntimeError
    reads = _chunk(chunk, _job, number)
    # What stays after a chunk are tables: looked through once, not with every thousandth object made.
    gc.collect()
    gc.freeze()
    return reads


def _chunk(chunk: Sequence[Named], job: Job, number: int) -> list[Read]:
    """Read one *chunk*; its copies go into one spool file."""
    file = Path(job.spool) / f"{number:08d}"
    with file.open("wb") as spool:
        return [_read(named, job, spool.write, f"{number:08d}", spool.tell) for named in chunk]


def _read(named: Named, job: Job, write: Callable[[bytes], int], file: str, tell: Callable[[], int]) -> Read:
    try:
        got = files.read_file(Path(named.folder), named.relative, job.settings.limits.seed)
    except DatelineError as error:
        return Read(named, problem=msgspec.structs.replace(error.problem, place=named.shown))
    stat = Stat(got.size, got.mtime_ns, got.ctime_ns, got.inode)
    sha = sha256(got.data).digest()
    if sha in job.done:
        return Read(named, stat, sha, unchanged=True)
    try:
        copies, problems = _copies(got.data, named, sha, job)
    except DatelineError as error:
        return Read(named, problem=error.problem)
    except Exception as error:  # noqa: BLE001 - one odd seed must not stop the others; the report names it and the fault
        what = f"could not be read: {type(error).__name__}: {error}"[:300]
        return Read(named, problem=DatelineError(named.shown, what, "a fault of dateline: please report it").problem)
    places = []
    for copy in copies:
        start = tell()
        places.append(Place(copy.order, file, start, write(msgspec.msgpack.encode(copy))))
    return Read(named, stat, sha, tuple(places), problems=problems)


def _copies(data: bytes, named: Named, sha: bytes, job: Job) -> tuple[list[Copy], tuple[Problem, ...]]:
    """Make the copies in one seed, with what is wrong with those that could not be made."""
    from dateline import wire

    parcel = wire.unpack(data, name=named.shown, settings=job.settings, schemas=job.schemas)
    if not parcel.stories:
        first = parcel.problems[0]
        raise DatelineError(first.place, first.problem, first.remedy)
    of = len(parcel.stories)
    seeds = (Seed(named.file, sha, i, of) for i in range(of))
    copies = [_copy(story, seed, data, job) for story, seed in zip(parcel.stories, seeds, strict=True)]
    return copies, parcel.problems


def _copy(story: Story, seed: Seed, data: bytes, job: Job) -> Copy:
    from dateline.wire import is_plain, plain
    from dateline.wire.decode import decode

    undated = story.article.published == plain.UNKNOWN_DATE
    if undated and seed.of == 1 and is_plain(data, seed.file):
        # Its dateline may name a day whose year the moment of receipt tells.
        ingest = job.settings.ingest
        received = job.now.astimezone(job.settings.zone)
        defaults = plain.PlainDefaults(ingest.agency, ingest.section, ingest.lang, received)
        story = plain.read(decode(data, seed.file), name=seed.file, zone=job.settings.timezone, defaults=defaults)
    return copy_of(story, seed, job.settings, job.now, undated=undated, words=job.words)


class Spool:
    """The folder of spool files, read back in any order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._decoder = msgspec.msgpack.Decoder(Copy)
        self._open: dict[str, int] = {}

    def copy(self, place: Place) -> Copy:
        """Read one copy back."""
        if place.file not in self._open:
            if len(self._open) >= 128:
                self.close()
            self._open[place.file] = os.open(self._folder / place.file, os.O_RDONLY | os.O_CLOEXEC)
        return self._decoder.decode(os.pread(self._open[place.file], place.length, place.offset))

    def close(self) -> None:
        """Let go of all files."""
        while self._open:
            os.close(self._open.popitem()[1])
