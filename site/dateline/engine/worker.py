"""Tasks -> outputs in their places, and what became of each: a worker's half of a run."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from dateline.engine.application import Application, Failure, Job, Made, Manifest
from dateline.engine.digest import Value, digest
from dateline.engine.output import Output, remedy
from dateline.engine.parcel import Parcel
from dateline.engine.refusals import early
from dateline.engine.spool import Spool
from dateline.engine.store import Trace
from dateline.engine.task import Task

AT_ONCE = 50  # outputs whose bytes are in memory together, at most
ROOM = 6_000_000  # bytes of them, but for the last


class State:
    """A worker's own: the application's state, the output folder, the spool."""

    def __init__(self, context: tuple[Application, Any, Job, dict[str, Trace]]) -> None:
        self.app, inner, self.job, self.known = context
        self.inner = self.app.setup(inner)
        self.output = Output(self.job.folder, self.job.scratch, hidden=self.job.hidden)
        self.spool = Spool(self.job.scratch / "spool")
        self.gaps: frozenset[str] = frozenset()  # new outputs that are not there
        self._news = 0

    def warm(self, tasks: Sequence[Task]) -> None:
        """Make what every worker needs for *tasks*, before there are any."""
        if hasattr(self.inner, "warm"):
            self.inner.warm(tasks)

    def news(self, value: tuple[int, frozenset[str]]) -> None:
        """Read the spool's indexes again when others have put something in; learn what is not there."""
        number, self.gaps = value
        if number != self._news:
            self._news = number
            self.spool.refresh()


class Result(Struct, frozen=True, gc=False):
    """What became of one task: an output that was made, pieces that were put into the spool, or a failure."""

    key: str
    trace: Trace | None = None
    written: bool = False
    pieces: int | None = None  # how many were put into the spool
    failure: Failure | None = None
    beside: tuple[tuple[str, Trace, bool], ...] = ()  # key, trace, written
    made_of: Manifest | None = None


def work(state: State, tasks: Sequence[Task]) -> list[Result]:
    """Make some outputs, step by step for several at once: a step that is repeated finds its code near."""
    found = Parcel(Result)
    app = state.app
    for start in range(0, len(tasks), AT_ONCE):
        some = tasks[start : start + AT_ONCE]
        app.prepare(state.inner, some)
        while some:
            made = _some(state, some)
            now, some = some[: len(made)], some[len(made) :]
            spelled = [manifest(state, t) if isinstance(m, tuple) else None for t, m in zip(now, made, strict=True)]
            found += [settle(state, *each) for each in zip(now, made, spelled, strict=True)]
    return found


def _some(state: State, tasks: Sequence[Task]) -> list[Made | dict[str, bytes] | Failure]:
    """Make the first of *tasks*, as many as there is room for."""
    made: list[Made | dict[str, bytes] | Failure] = []
    room = ROOM
    for task in tasks:
        made.append(one := make(state.app, state.inner, state.spool, task, dry=state.job.dry))
        room -= len(one[0]) if isinstance(one, tuple) else 0
        if room < 0:
            break
    return made


def make(app: Application, inner: Any, spool: Spool, task: Task, *, dry: bool) -> Made | dict[str, bytes] | Failure:
    """Make an output's bytes, or pieces. Touches no output: this half of the work can be done anywhere."""
    try:
        if task.ingredient:
            return app.pieces(inner, task)
        data = app.make(inner, task, spool)
        return data, () if dry else tuple([app.pack(suffix, data) for suffix in task.beside])
    except OSError as error:
        return _failed(task, task.key, error)
    except Exception as error:
        failure = app.blame(task, error)
        if failure is None:
            raise
        return failure


def settle(
    state: State, task: Task, made: Made | dict[str, bytes] | Failure, made_of: Manifest | None = None
) -> Result:
    """Put what was made where it belongs."""
    if isinstance(made, Failure):
        return Result(task.key, failure=made)
    try:
        if isinstance(made, dict):
            state.spool.put(made)
            return Result(task.key, pieces=len(made))
        data, packed = made
        if state.job.dry:
            return Result(task.key, written=True)
        if state.gaps and state.app.waits(task) and (ahead := state.gaps & state.app.links(data)):
            return Result(task.key, failure=early(state.job.folder.name, task.key, min(ahead)))
        name = digest(made_of[1]) if made_of else task.digest
        trace, written = _put(state, task.key, name, data)
    except OSError as error:
        return Result(task.key, failure=_failed(task, f"{state.job.folder.name}/{task.key}", error))
    try:
        files = zip(task.beside, packed, strict=True)
        beside = tuple([(task.key + end, *_put(state, task.key + end, name, inside)) for end, inside in files])
    except OSError as error:
        for suffix in task.beside:  # what was made of other bytes must not be shown for these
            with contextlib.suppress(OSError):
                state.output.remove([task.key + suffix])
        return Result(task.key, failure=_failed(task, f"{state.job.folder.name}/{task.key}", error))
    return Result(task.key, trace, written, beside=beside, made_of=made_of)


def manifest(state: State, task: Task) -> Manifest:
    """Spell what an output is made of, where its inputs have just been used. A teaser stands on many pages."""
    inputs, name = task.inputs, state.app.name
    found = [value.name if type(value) is Value else name(value) for value in inputs]
    return "\n".join(found), b"".join([value.digest for value in inputs]), *state.app.memo(task)


def _put(state: State, key: str, name: bytes, data: bytes) -> tuple[Trace, bool]:
    """Have *data* stand at *key* and trace it to the inputs that *name* names; tell whether it had to be written."""
    trace, written = state.output.put(key, data, state.known.get(key))
    return Trace(name, trace.content, trace.stat), written


def _failed(task: Task, where: str, error: OSError) -> Failure:
    return Failure(task.key, where, error.strerror or str(error), remedy(error), refused=True)


def lost(task: Task) -> Result:
    """Say that *task* killed its worker."""
    return Result(
        task.key, failure=Failure(task.key, task.key, "the worker that made this died", "build again", lost=True)
    )
