"""Items and a Dask scheduler's address -> their results, made by processes on other machines.

Nothing is scattered. What an item needs travels as an argument of its task: arguments live in the scheduler until
the result is here, so Dask can give a lost worker's tasks to another; scattered data die with their worker.
"""

from __future__ import annotations

import os
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, cast
from uuid import uuid4

from dateline.engine.digest import digest
from dateline.engine.executors import ClusterError, Far, R, Serial, T, Waves

PARCEL = 4_000_000  # bytes that a worker is sent at once; Dask warns at ten million
LOOK = 64  # parcels after which the cluster's size is looked at again

_here = threading.local()  # in a worker: what this thread has begun with
_process = uuid4().hex  # tells a worker that is the builder itself


class Cluster:
    """The workers of a Dask scheduler. They need not share a disk with us: all they need is sent to them.

    A worker that is lost costs time only. An item on which workers die again and again (as often as Dask allows,
    ``distributed.scheduler.allowed-failures``) is given up by itself, and its neighbours are made.
    Raises ``ClusterError`` where nobody answers within *patience* seconds, or nobody is left.
    """

    def __init__(self, address: str, patience: float = 10.0) -> None:
        self.address = address
        self.patience = patience

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
        """See ``Executor.run``. Work that does not say how it is done *far* away is done here."""
        if far is None:
            yield from Serial().run(setup, context, work, waves, lost, between)
            return
        how = far()
        begin = pickle.dumps((how.setup, how.context, how.work, how.seconds, _process))
        with _Crew(self.address, self.patience, begin) as crew:
            for wave in waves:
                crew.tell(how.news())
                left: list[T] = []
                yield from _wave(crew, wave, how, left)
                for item in left:  # alone, so that only the culprit is lost
                    packed = how.pack(item)
                    answer = crew.alone(packed[0] if packed else {}, item)
                    yield lost(item) if answer is None else how.settle(item, answer[0])


def _wave(crew: _Crew, wave: Sequence[Sequence[T]], far: Far, left: list[T]) -> Iterator[Any]:
    """Keep all workers busy with one parcel more than they are at; never hold the whole wave in memory."""
    todo = _parcels(wave, far)
    pending: dict[str, tuple[Any, list[T]]] = {}
    more = True
    while more or pending:
        while more and len(pending) < crew.room():
            items, contents = next(todo, ([], {}))
            if contents is None:
                yield from map(far.local, items)
            elif items:
                future = crew.send(contents, items)
                pending[future.key] = (future, items)
            else:
                more = False
        if pending:
            future = crew.next()
            _, items = pending.pop(future.key)
            answers = crew.answers(future)
            if answers is None:
                left += items
            else:
                yield from map(far.settle, items, answers)


def _parcels(wave: Sequence[Sequence[T]], far: Far) -> Iterator[tuple[list[T], dict[Any, Any] | None]]:
    """Items that go together and what they need, once; None beside an item that is made here."""
    for chunk in wave:
        items: list[T] = []
        contents: dict[Any, Any] = {}
        weight = 0
        for item in chunk:
            packed = far.pack(item)
            if packed is None:
                yield [item], None
                continue
            if items and weight + packed[1] > PARCEL:
                yield items, contents
                items, contents, weight = [], {}, 0
            items.append(item)
            contents.update(packed[0])
            weight += packed[1]
        if items:
            yield items, contents


class _Crew:
    """A connection to the scheduler for one run."""

    def __init__(self, address: str, patience: float, begin: bytes) -> None:
        self.patience = patience
        self._begin = begin
        self._news = b""
        self._done: SimpleQueue[Any] = SimpleQueue()
        self._sent = self._look = 0
        self._client = _client(address, patience)
        try:
            self._client.wait_for_workers(1, timeout=patience)
        except (TimeoutError, OSError):
            self._client.close(timeout=2)
            raise ClusterError(
                f"no worker at {address} within {patience:g} s", "start some: dask worker ADDRESS"
            ) from None
        self._begun = self._client.submit(_same, begin, pure=False)
        self._told = self._client.submit(_same, b"", pure=False)
        self._room = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close(timeout=2)

    def tell(self, news: bytes) -> None:
        """Give all that is sent from now on this news."""
        if news != self._news:
            self._news = news
            self._told = self._client.submit(_same, news, pure=False)

    def room(self) -> int:
        """How many parcels may be under way: two a thread, so that none waits for its next one."""
        if self._sent >= self._look:
            self._look = self._sent + LOOK
            self._room = 2 * max(1, sum(self._threads().values()))
        return self._room

    def send(self, contents: dict[Any, Any], items: Sequence[Any]) -> Any:
        """Send a parcel; ``next`` gives its future back when it is done."""
        self._sent += 1
        future = self._submit(self._begun, self._told, contents, items)
        future.add_done_callback(self._done.put)
        return future

    def next(self) -> Any:
        """Wait for any parcel. Raises ``ClusterError`` when nobody is left to make it."""
        absent = 0
        while absent < 3:
            try:
                return self._done.get(timeout=self.patience)
            except Empty:
                absent = 0 if self._threads() else absent + 1
        raise ClusterError("all workers have gone", "start some and build again: what was made stays")

    def answers(self, future: Any) -> list[Any] | None:
        """What a parcel has come to; None where its workers died."""
        from concurrent.futures import CancelledError

        from distributed.scheduler import KilledWorker

        try:
            found: list[Any] = pickle.loads(future.result())  # noqa: S301 - made by our own workers, whom Dask trusts alike
        except KilledWorker:
            return None
        except (CancelledError, OSError, TimeoutError) as error:
            raise ClusterError(
                f"the scheduler has gone ({type(error).__name__})", "build again: what was made stays"
            ) from None
        except ImportError as error:
            raise ClusterError(
                f"a worker lacks {error.name or error}", "install the same dateline on all machines"
            ) from None
        return found

    def alone(self, contents: dict[Any, Any], item: Any) -> list[Any] | None:
        """Make one item while nothing else is under way, owing nothing to what a lost worker may have held."""
        future = self._submit(self._begin, self._news, contents, [item])
        future.add_done_callback(self._done.put)
        return self.answers(self.next())

    def _submit(self, begun: Any, told: Any, contents: dict[Any, Any], items: Sequence[Any]) -> Any:
        parcel = pickle.dumps((contents, list(items)))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # one picture may be larger than Dask likes
            return self._client.submit(_errand, begun, told, parcel, pure=False)

    def _threads(self) -> dict[str, int]:
        try:
            return dict(self._client.nthreads())
        except (OSError, TimeoutError):
            raise ClusterError("the scheduler has gone", "build again: what was made stays") from None


def _client(address: str, patience: float) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("the package distributed is missing", "pip install 'dateline[dask]'") from None
    try:
        return cast("Any", Client)(address, timeout=patience, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise ClusterError(
            f"no scheduler answers at {address} within {patience:g} s", "start one: dask scheduler"
        ) from None


def _same(data: bytes) -> bytes:
    """Hold what all tasks of a run need: one worker gets it from the scheduler, the others from each other."""
    return data


def _within(seconds: float, work: Callable[[Any, T], R], state: Any, item: T) -> R:
    """End this worker when an item takes longer: it will be given up like any on which workers die."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
    try:
        return work(state, item)
    finally:
        timer.cancel()


def _errand(begun: bytes, news: bytes, parcel: bytes) -> bytes:
    """Do a parcel's work, in a worker. State is made once a thread and run."""
    name = digest(begun)
    if getattr(_here, "name", None) != name:
        setup, context, work, seconds, process = pickle.loads(begun)  # noqa: S301 - from the builder, who sent this function, too
        _here.state = setup(context)
        _here.work = partial(_within, seconds, work) if seconds and process != _process else work
        _here.name = name
    contents, items = pickle.loads(parcel)  # noqa: S301 - as above
    state = _here.state
    state.news(news)
    state.receive(contents)
    return pickle.dumps([_here.work(state, item) for item in items])
