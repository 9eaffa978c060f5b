"""Tasks and traces -> the output folder: makes what is stale, in an order that never shows a dead link.

Stale = the inputs' digest differs from the trace's, or the output is not what the trace says was written.
New files come first, then changed ones, each stage by stage; removals last. The trace of an output is kept
after its file is in place, so a killed build only does some work again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, msgpack

from dateline.engine.digest import Value, digest
from dateline.engine.executors import Executor, Far, Serial
from dateline.engine.output import Output, parents
from dateline.engine.salvage import Salvage, nothing, salvaged
from dateline.engine.spool import Spool
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task

SAVE_EVERY = 4000  # traces
CHUNK = 200  # tasks a worker gets at once, at most
NAMES = 50_000  # of inputs, that a worker remembers
AT_ONCE = 20  # outputs whose bytes are in memory together
MANY = 40  # new pages that are worth making together with their pieces

Manifest = tuple[str, bytes, bytes, bytes]  # names of inputs, their digests, and what ``Application.memo`` says
Made = tuple[bytes, tuple[bytes, ...]]  # an output, and what lies beside it
Make = Callable[[Any, Task, Spool], bytes]
Pieces = Callable[[Any, Task], dict[str, bytes]]


class Failure(Struct, frozen=True):
    """A product that could not be made, or not be written; its last good version stays."""

    key: str
    place: str
    problem: str
    remedy: str = ""
    level: str = "error"


class Outcome(Struct, frozen=True):
    """What a run did, by output key."""

    total: int
    made: frozenset[str] = frozenset()  # rendered
    written: frozenset[str] = frozenset()  # and their bytes differed
    removed: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()


def _as_it_is(_suffix: str, data: bytes) -> bytes:
    return data


def _no_memo(_task: Task) -> tuple[bytes, bytes]:
    return b"", b""


def _unprepared(_state: Any, _tasks: Sequence[Task]) -> None:
    """Nothing is to be made ready."""


class Away(Struct, frozen=True):
    """What the engine needs to know of the trade to have it done by workers that share no disk with us."""

    setup: Callable[[Any], Any]  # context -> state, there
    context: Any  # can be sent
    receive: Callable[[Any, dict[str, Any]], None]  # state, files by name: there, before they are needed
    sources: Callable[[Task], tuple[Mapping[str, Any], int] | None]  # files of a task, their bytes; None: make it here
    seconds: float = 0.0  # see ``Far``


class Application(Struct, frozen=True):
    """What the engine needs to know of the trade. All are functions of modules, so that they can be sent."""

    setup: Callable[[Any], Any]  # context -> state, once a worker
    make: Make  # (state, task, spool) -> the output's bytes
    pieces: Pieces  # (state, ingredient) -> what outputs are made of, by name
    needs: Callable[[Task], Iterable[str]]  # names of the pieces that an output is made of
    arrange: Callable[[set[str], list[Task]], list[list[Task]]]  # pieces, new outputs of stage 1 -> chunks
    blame: Callable[[Task, BaseException], Failure | None]  # what the user can mend; None: a bug
    name: Callable[[Any], str]  # input -> its name in manifests
    pack: Callable[[str, bytes], bytes] = _as_it_is  # a suffix of ``Task.beside``, an output -> what lies beside it
    prepare: Callable[[Any, Sequence[Task]], None] = _unprepared  # (state, tasks): make ready what they are made of
    memo: Callable[[Task], tuple[bytes, bytes]] = _no_memo  # sources by which an output is found, and what it takes to
    # make it again when nothing is planned
    salvage: Salvage = nothing  # what an output that stands holds of the pieces of the one that takes its place
    away: Away | None = None


class Job(Struct, frozen=True):
    """Where a run works."""

    folder: Path
    scratch: Path
    dry: bool = False


class _State:
    """A worker's own: the application's state, the output folder, the spool."""

    def __init__(self, context: tuple[Application, Any, Job, dict[str, Trace]]) -> None:
        self.app, inner, self.job, self.known = context
        self.inner = self.app.setup(inner)
        self.output = Output(self.job.folder, self.job.scratch)
        self.spool = Spool(self.job.scratch / "spool")
        self.names: dict[int, str] = {}  # of inputs
        self._news = 0

    def warm(self, tasks: Sequence[Task]) -> None:
        """Make what every worker needs for *tasks*, before there are any."""
        if hasattr(self.inner, "warm"):
            self.inner.warm(tasks)

    def news(self, number: int) -> None:
        """Read the spool's indexes again when others have put something in."""
        if number != self._news:
            self._news = number
            self.spool.refresh()


class _Result(Struct, frozen=True, gc=False):
    key: str
    trace: Trace | None = None
    written: bool = False
    pieces: int | None = None  # how many were put into the spool
    failure: Failure | None = None
    beside: tuple[tuple[str, Trace, bool], ...] = ()  # key, trace, written
    made_of: Manifest | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Thousands travel from worker to parent: as msgpack they cost a tenth of what pickle takes.
        return _unpacked, (_pack(self),)


_pack = msgpack.Encoder().encode
_unpack = msgpack.Decoder(_Result).decode


def _unpacked(data: bytes) -> _Result:
    return _unpack(data)


def _work(state: _State, tasks: Sequence[Task]) -> list[_Result]:
    """Make some outputs, step by step for several at once: a step that is repeated finds its code near."""
    found: list[_Result] = []
    app, dry = state.app, state.job.dry
    for start in range(0, len(tasks), AT_ONCE):
        some = tasks[start : start + AT_ONCE]
        app.prepare(state.inner, some)
        made = [_make(app, state.inner, state.spool, task, dry=dry) for task in some]
        spelled = [_manifest(state, t) if isinstance(m, tuple) else None for t, m in zip(some, made, strict=True)]
        found += [_settle(state, *each) for each in zip(some, made, spelled, strict=True)]
    return found


def _make(app: Application, inner: Any, spool: Spool, task: Task, *, dry: bool) -> Made | dict[str, bytes] | Failure:
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


def _settle(
    state: _State, task: Task, made: Made | dict[str, bytes] | Failure, made_of: Manifest | None = None
) -> _Result:
    """Put what was made where it belongs."""
    if isinstance(made, Failure):
        return _Result(task.key, failure=made)
    try:
        if isinstance(made, dict):
            state.spool.put(made)
            return _Result(task.key, pieces=len(made))
        data, packed = made
        if state.job.dry:
            return _Result(task.key, written=True)
        trace, written = state.output.put(task.key, data, state.known.get(task.key))
        beside = tuple([_beside(state, task, suffix, data) for suffix, data in zip(task.beside, packed, strict=True)])
    except OSError as error:
        return _Result(task.key, failure=_failed(task, f"{state.job.folder.name}/{task.key}", error))
    return _Result(task.key, Trace(task.digest, trace.content, trace.stat), written, beside=beside, made_of=made_of)


def _manifest(state: _State, task: Task) -> Manifest:
    """Spell what an output is made of, where its inputs have just been used. A teaser stands on many pages."""
    names, inputs = state.names, task.inputs
    try:
        found = [value.name if type(value) is Value else names[id(value)] for value in inputs]
    except KeyError:
        if len(names) > NAMES:
            names.clear()
        names.update({id(value): state.app.name(value) for value in inputs if id(value) not in names})
        found = [names[id(value)] for value in inputs]
    return "\n".join(found), b"".join([value.digest for value in inputs]), *state.app.memo(task)


def _beside(state: _State, task: Task, suffix: str, data: bytes) -> tuple[str, Trace, bool]:
    key = task.key + suffix
    trace, written = state.output.put(key, data, state.known.get(key))
    return key, Trace(task.digest, trace.content, trace.stat), written


def _failed(task: Task, where: str, error: OSError) -> Failure:
    return Failure(task.key, where, error.strerror or str(error), _remedy(error))


def _remedy(error: OSError) -> str:
    import errno

    return {
        errno.ENOSPC: "make room on the disk and build again",
        errno.EDQUOT: "make room within the quota and build again",
        errno.EFBIG: "raise the limit on the size of files and build again",
        errno.EACCES: "let this user write there and build again",
        errno.EPERM: "let this user write there and build again",
        errno.EROFS: "the file system is read-only: build somewhere else with -o",
    }.get(error.errno or 0, "mend it and build again")


def _lost(task: Task) -> _Result:
    return _Result(task.key, failure=Failure(task.key, task.key, "the worker that made this died", "build again"))


def stale(
    tasks: Iterable[Task], traces: dict[str, Trace], output: Output | None
) -> tuple[list[Task], dict[str, Trace]]:
    """Tell which outputs must be made, and which traces merely need a new stat (same bytes, touched file).

    Without an *output* folder to look at, all that has a trace stands as it was written.
    """
    found: list[Task] = []
    refreshed: dict[str, Trace] = {}
    for task in tasks:
        whole = [_fresh(task.key + suffix, task.digest, traces, output, refreshed) for suffix in ("", *task.beside)]
        if not all(whole):
            found.append(task)
    return found, refreshed


def _fresh(key: str, name: bytes, traces: dict[str, Trace], output: Output | None, refreshed: dict[str, Trace]) -> bool:
    trace = traces.get(key)
    if trace is None or trace.digest != name:
        return False
    there = output.stat(key) if output else trace.stat
    if there == trace.stat:
        return True
    if output is None or there is None or there.size != trace.stat.size or not _same(output, key, trace):
        return False
    refreshed[key] = Trace(trace.digest, trace.content, there)
    return True


def _same(output: Output, key: str, trace: Trace) -> bool:
    try:
        return digest((output.folder / key).read_bytes()) == trace.content
    except OSError:
        return False


def run(
    tasks: Sequence[Task],
    app: Application,
    context: Any,
    store: Store,
    job: Job,
    executor: Executor | None = None,
    *,
    full: bool = False,
    traces: dict[str, Trace] | None = None,
    tidy: bool = True,
    stood: bool = False,
    keep: Callable[[str], bool] = lambda _key: False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Outcome:
    """Bring the output folder to what *tasks* say. Writes nothing where nothing differs.

    Outputs that no task plans are removed, but those that *keep* claims and those of tasks that failed.
    With *full*, traces are not believed. O(tasks) stats; the rest in proportion to what is stale. Who keeps
    the *traces* in memory hands them in, and finds the new ones in them afterwards. Without *tidy* the tasks
    are only some of all: nothing else is looked at, and nothing removed. All outputs *stood* as the store says
    when somebody looked a moment ago: they are not looked at again.
    """
    keys = {t.key + suffix for t in tasks for suffix in ("", *t.beside)}
    output = Output(job.folder, job.scratch)
    untouched = output.empty()
    keeps = traces is not None
    traces = store.traces() if traces is None else traces
    wanted, refreshed = stale(tasks, {} if full else traces, None if stood else output)
    made, written, saved = set(), set(), list(refreshed.items())
    traces.update(refreshed)
    failures: dict[tuple[str, str], Failure] = {}
    manifests: list[tuple[str, str, bytes, bytes, bytes]] = []
    if wanted and not job.dry:
        job.folder.mkdir(parents=True, exist_ok=True)
    there = set() if full or app.away else _salvaged(wanted, app, traces, store, output)
    waves = _waves(wanted, app, None if untouched else output, there)
    for result in _run_waves(waves, app, context, job, traces, executor or Serial(), salvaged=bool(there)):
        if result.failure is not None:
            failures.setdefault((result.failure.place, result.failure.problem), result.failure)
        elif result.pieces is None:
            made.add(result.key)
            progress(len(made), len(wanted))
            if result.written:
                written.add(result.key)
            if result.trace is not None:
                saved.append((result.key, result.trace))
            if result.made_of is not None:
                manifests.append((result.key, *result.made_of))
            for key, trace, changed in result.beside:
                saved.append((key, trace))
                if changed:
                    written.add(key)
        if len(saved) >= SAVE_EVERY:
            store.save_traces(saved, manifests)
            traces.update(saved if keeps else ())
            saved, manifests = [], []
    if job.dry:
        return Outcome(
            len(tasks), frozenset(made), frozenset(written), frozenset(traces.keys() - keys), tuple(failures.values())
        )
    if saved:
        store.save_traces(saved, manifests)
        traces.update(saved if keeps else ())
    if not tidy:
        return Outcome(len(tasks), frozenset(made), frozenset(written), frozenset(), tuple(failures.values()))
    folders = store.folders()
    trusted = folders.keys() - parents(written) if stood else frozenset()
    removed, problems = _tidy(output, store, keys, traces, keep, folders, trusted, foreign=not untouched)
    for key in traces.keys() - keys:
        if not keep(key):
            del traces[key]
    return Outcome(len(tasks), frozenset(made), frozenset(written), removed, (*failures.values(), *problems))


def _salvaged(wanted: list[Task], app: Application, traces: dict[str, Trace], store: Store, output: Output) -> set[str]:
    spool = Spool(output.scratch / "spool")
    shutil.rmtree(spool.folder, ignore_errors=True)
    try:
        return salvaged(
            [t for t in wanted if t.key in traces and app.needs(t)], app.salvage, traces, store, output, spool
        )
    finally:
        spool.close()


def _waves(
    wanted: list[Task], app: Application, output: Output | None, there: AbstractSet[str]
) -> list[list[list[Task]]]:
    """Sort stale tasks into chunks: pieces first, then new outputs by stage, then changed ones by stage.

    Without an *output* folder all are new. Pieces that are *there* are not made.
    """
    ranks: dict[tuple[int, int, int], list[Task]] = {}
    needed: set[str] = set()
    first = (1, 9, 0)
    for t in wanted:
        rank = (0 if output is None or output.stat(t.key) is None else 1, t.stage, 1)
        ranks.setdefault(rank, []).append(t)
        if pieces := {name for name in app.needs(t) if name not in there}:
            needed |= pieces
            first = min(first, (*rank[:2], 0))
    waves = {rank: _chunks(found) for rank, found in ranks.items()}
    if needed:
        pages = ranks.get((0, 1, 1), [])
        if len(pages) >= MANY:  # a first build: an article's pieces are made where its page is
            waves[0, 1, 1] = app.arrange(needed, pages)
        else:  # after an edit its page comes first, and its pieces just before what needs them
            waves[first] = app.arrange(needed, [])
    return [waves[rank] for rank in sorted(waves)]


def _chunks(tasks: list[Task]) -> list[list[Task]]:
    size = max(1, min(CHUNK, len(tasks) // 16))
    return [tasks[i : i + size] for i in range(0, len(tasks), size)]


def _run_waves(
    waves: list[list[list[Task]]],
    app: Application,
    context: Any,
    job: Job,
    traces: dict[str, Trace],
    executor: Executor,
    *,
    salvaged: bool,
) -> Iterable[_Result]:
    if not waves:
        return
    news = [int(salvaged), 0]  # the spool's number, and pieces that were put in since it was told

    def between() -> int:
        if news[1]:
            news[:] = [news[0] + 1, 0]
        return news[0]

    try:
        begin = (app, context, job, traces)
        for result in executor.run(_State, begin, _work, waves, _lost, between, partial(_far, begin)):
            news[1] += result.pieces or 0
            yield result
    finally:
        shutil.rmtree(job.scratch, ignore_errors=True)
        shutil.rmtree(job.folder / ".dateline-scratch", ignore_errors=True)


def _far(begin: tuple[Application, Any, Job, dict[str, Trace]]) -> Far:
    from dateline.engine.far import far

    if begin[0].away is None:
        raise TypeError("this application has not said how it is made far away")
    return far(_State(begin), begin[0].away)


def _tidy(
    output: Output,
    store: Store,
    keys: set[str],
    traces: dict[str, Trace],
    keep: Callable[[str], bool],
    known: dict[str, tuple[int, int]],
    trusted: AbstractSet[str],
    *,
    foreign: bool,
) -> tuple[frozenset[str], list[Failure]]:
    """Remove what no task plans, and remember how the folders stand, so that strays are noticed.

    *known* is how they stood; the *trusted* ones still do. Where the folder was empty before, nothing *foreign*
    is looked for.
    """
    needed = parents(keys)
    now = {folder: known[folder] if folder in trusted else output.folder_stat(folder) for folder in needed}
    suspects = [folder for folder, stat in now.items() if known.get(folder) != stat]
    gone = [key for key in traces.keys() - keys if not keep(key)]
    suspects += [f for f in known.keys() - needed if output.folder_stat(f) is not None]
    strays = output.strays(keys, suspects) if foreign else ()
    doomed = {key for key in strays if not keep(key)} | set(gone)
    problems: list[Failure] = []
    removed: list[str] = []
    if doomed:
        for key in sorted(doomed):
            try:
                removed += output.remove([key])
            except OSError as error:
                where = f"{output.folder.name}/{key}"
                problems.append(Failure(key, where, f"cannot be removed: {error.strerror}", _remedy(error)))
        store.save_traces([], gone=[key for key in gone if not any(p.key == key for p in problems)])
    if suspects or removed:
        again = parents(doomed) if doomed else ()  # removing has changed them
        seen = {f: output.folder_stat(f) if f in again else now.get(f) for f in {*suspects, *(set(again) & needed)}}
        # What could not be removed still lies there: its folder is looked through again.
        right = needed - {p.key.rpartition("/")[0] for p in problems}
        store.save_folders(
            [(f, *stat) for f, stat in seen.items() if stat is not None and f in right],
            [f for f, stat in seen.items() if stat is None or f not in right] + list(known.keys() - needed),
        )
    return frozenset(removed), problems
