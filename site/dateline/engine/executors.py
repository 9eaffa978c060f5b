"""A list of tasks and a worker function -> their results, in this process, in a pool, or on a cluster.

The seam is small on purpose: ``Executor.run`` yields results in any order, chunk by chunk. Work is handed a chunk at
once: what does one step for many items and then the next is a third faster than what does all steps for each. Under ``fork``
the workers see the parent's tasks as they are and get a number; elsewhere tasks are pickled.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct

if TYPE_CHECKING:  # 25 ms that a build of a few tasks does without
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")
Waves = Sequence[Sequence[Sequence[T]]]  # waves of chunks of items
FEW = 48  # items that are done sooner in one process than in a pool, however many cores there are
_EACH = 480  # items that a pool has to share out: it takes its start, and a plan that each worker copies as it reads it

# Set up once in each worker process: (state made by `setup`, chunks seen through fork, worker function).
_worker: dict[str, Any] = {}


class ClusterError(Exception):
    """Workers on other machines cannot be used: problem and remedy."""


class Far(Struct, frozen=True):
    """How the same work is done by workers that share no disk with us. The first three fields are sent, the rest stays.

    The state that ``setup`` makes there is told ``news(value)`` before a wave's items, and ``receive(contents)``,
    what they were packed with. An item that packs to None is done here.
    """

    setup: Callable[[Any], Any]  # context -> state, there
    context: Any
    work: Callable[[Any, Any], Any]  # (state, item) -> an answer, there
    news: Callable[[], bytes]  # before each wave
    pack: Callable[[Any], tuple[dict[Any, Any], int] | None]  # item -> what it needs, by name, and its bytes
    settle: Callable[[Any, Any], Any]  # item, answer -> result
    local: Callable[[Any], Any]  # item -> result
    seconds: float = 0.0  # an item that takes longer ends its worker; 0: as long as it likes


class Executor(Protocol):
    """Where work is done. ``work(state, items)`` must be a function of a module; ``setup(context)`` makes the state."""

    def run(
        self,
        setup: Callable[[Any], Any],
        context: Any,
        work: Callable[[Any, Sequence[T]], Sequence[R]],
        waves: Waves[T],
        lost: Callable[[T], R],
        between: Callable[[], Any],
        far: Callable[[], Far] | None = None,
    ) -> Iterator[R]:
        """Yield the result of each item; all of a wave before the next is begun.

        ``between`` is called before each wave; what it returns reaches the workers as ``state.news(value)``.
        An item whose worker died gives ``lost(item)``. Executors whose workers are on other machines do the
        work as *far* says instead; the others never ask for it.
        """


def each(work: Callable[[Any, T], R], state: Any, items: Sequence[T]) -> list[R]:
    """Make of *work* on one item, with ``partial``, work on many: for what has one step only."""
    return [work(state, item) for item in items]


class Serial:
    """In this process, one after the other."""

    def run(
        self,
        setup: Callable[[Any], Any],
        context: Any,
        work: Callable[[Any, Sequence[T]], Sequence[R]],
        waves: Waves[T],
        lost: Callable[[T], R],  # noqa: ARG002 - nobody is lost here
        between: Callable[[], Any],
        far: Callable[[], Far] | None = None,  # noqa: ARG002 - nobody is far
    ) -> Iterator[R]:
        """See ``Executor.run``."""
        state = setup(context)
        for wave in waves:
            state.news(between())
            for chunk in wave:
                yield from work(state, chunk)


class Pool:
    """Processes on this machine. A worker that dies takes only its item with it."""

    def __init__(self, jobs: int = 0) -> None:
        self.jobs = jobs or cores()

    def run(
        self,
        setup: Callable[[Any], Any],
        context: Any,
        work: Callable[[Any, Sequence[T]], Sequence[R]],
        waves: Waves[T],
        lost: Callable[[T], R],
        between: Callable[[], Any],
        far: Callable[[], Far] | None = None,  # noqa: ARG002 - nobody is far
    ) -> Iterator[R]:
        """See ``Executor.run``."""
        from concurrent.futures import Future
        from concurrent.futures.process import BrokenProcessPool
        from queue import SimpleQueue

        chunks = [chunk for wave in waves for chunk in wave]
        begin = _before(setup, context, work, chunks)
        start = 0
        pool = self._pool(begin, self.jobs)
        try:
            for wave in waves:
                news = between()
                numbers = range(start, start := start + len(wave))
                done: SimpleQueue[Future[Sequence[R]]] = SimpleQueue()
                pending, left = {}, []
                for number in numbers:
                    try:
                        future = pool.submit(_chunk, news, number)
                    except BrokenProcessPool:
                        left.append(number)
                    else:
                        pending[future] = number
                        future.add_done_callback(done.put)
                while pending:
                    future = done.get()
                    number = pending.pop(future)
                    try:
                        yield from future.result()
                    except BrokenProcessPool:
                        left.append(number)
                if left:
                    pool.shutdown(wait=True)
                    yield from self._one_by_one(
                        begin, [(n, i) for n in sorted(left) for i in range(len(chunks[n]))], news, lost
                    )
                    pool = self._pool(begin, self.jobs)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    @staticmethod
    def _pool(begin: tuple[Any, ...], jobs: int) -> ProcessPoolExecutor:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        method = "fork" if _forks() else "spawn"
        workers = min(jobs, max(1, len(begin[3])))
        return ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context(method), initializer=_begin, initargs=begin
        )

    def _one_by_one(
        self, begin: tuple[Any, ...], places: Sequence[tuple[int, int]], news: Any, lost: Callable[[Any], R]
    ) -> Iterator[R]:
        """Do again what a broken pool left, item by item, so that only the culprit is lost.

        One worker, for there is never more than one item: an idle second, told to end while it is being
        forked, can miss that and be waited for without end.
        """
        from concurrent.futures.process import BrokenProcessPool

        pool = self._pool(begin, 1)
        for number, index in places:
            try:
                yield from pool.submit(_chunk, news, number, index).result()
            except BrokenProcessPool:
                yield lost(begin[3][number][index])
                pool.shutdown(wait=True)
                pool = self._pool(begin, 1)
        pool.shutdown(wait=True)


def _forks() -> bool:
    import multiprocessing

    return "fork" in multiprocessing.get_all_start_methods()


def _before(
    setup: Callable[[Any], Any], context: Any, work: Callable[..., Any], chunks: list[Any]
) -> tuple[Callable[[Any], Any], Any, Callable[..., Any], list[Any]]:
    """Where workers are forked, make and warm their state once, before there are any: they share it."""
    if not _forks():
        return setup, context, work, chunks
    state = setup(context)
    if hasattr(state, "warm"):
        state.warm([item for chunk in chunks for item in chunk])
    gc.freeze()  # what is there stays: the collector must not touch, and so copy, shared pages
    return _as_it_is, state, work, chunks


def _as_it_is(state: Any) -> Any:
    return state


def _begin(setup: Callable[[Any], Any], context: Any, work: Callable[..., Any], chunks: list[Any]) -> None:
    import multiprocessing

    # Ctrl-C reaches the whole group: the parent decides, workers just go on until they are told to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    gc.disable()  # a worker lives for one build and makes no cycles worth looking for
    _worker.update(state=setup(context), work=work, chunks=chunks)


def _end_with(sentinel: int) -> None:
    """End this worker when its parent is gone, however it went: a killed builder leaves nobody behind."""
    from multiprocessing.connection import wait as wait_for

    wait_for([sentinel])
    os._exit(1)


def _chunk(news: Any, number: int, index: int | None = None) -> Sequence[Any]:
    state, work, chunk = _worker["state"], _worker["work"], _worker["chunks"][number]
    state.news(news)
    found: Sequence[Any] = work(state, chunk if index is None else chunk[index : index + 1])
    return found


def few(processes: int) -> int:
    """How many items are done in one process as soon as by so many: 240 by two, where a pool takes a third more CPU."""
    return max(FEW, _EACH // max(1, processes))


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
