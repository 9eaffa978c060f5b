"""Tasks and traces -> the output folder: makes what is stale, in an order that never shows a dead link.

Stale = the inputs' digest differs from the trace's, or the output is not what the trace says was written.
New files come first, then changed ones, each stage by stage; removals last. An empty folder is filled at once
(``staging``). The trace of an output is kept after its file is in place, so a killed build only does some work
again. Where the disk refuses an output, what its last version leads to is not removed, and what leads to a new one
that is not there is not published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from msgspec import Struct, structs

from dateline.engine.application import Application, Failure, Job
from dateline.engine.digest import digest
from dateline.engine.executors import Executor, Far, Serial
from dateline.engine.output import Output, parents, remedy
from dateline.engine.refusals import Refusals
from dateline.engine.salvage import salvaged
from dateline.engine.spool import Spool
from dateline.engine.staging import dropped, publish, staged
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task
from dateline.engine.worker import Result, State, lost, work

SAVE_EVERY = 4000  # traces
CHUNK = 200  # tasks a worker gets at once, at most
Rank = tuple[int, int, int]  # stood before, stage, not pieces
MANY = 40  # new pages that are worth making together with their pieces


class Outcome(Struct, frozen=True):
    """What a run did, by output key."""

    total: int
    made: frozenset[str] = frozenset()  # rendered
    written: frozenset[str] = frozenset()  # and their bytes differed
    removed: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    shown: bool = True  # or nothing at all was published


def stale(
    tasks: Iterable[Task], traces: dict[str, Trace], output: Output | None
) -> tuple[list[Task], dict[str, Trace]]:
    """Tell which outputs must be made, and which traces merely need a new stat (same bytes, touched file).

    Without an *output* folder to look at, all that has a trace stands as it was written.
    """
    found: list[Task] = []
    refreshed: dict[str, Trace] = {}
    for task in tasks:
        if task.key not in traces:
            found.append(task)
            continue
        name = task.digest
        whole = [_fresh(task.key + suffix, name, traces, output, refreshed) for suffix in ("", *task.beside)]
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

    Outputs that no task plans are removed, but those that *keep* claims and those of tasks that failed. Where the
    disk refused something, those wait that outputs which failed still lead to: the next build tries again.
    With *full*, traces are not believed. O(tasks) stats; the rest in proportion to what is stale. Who keeps
    the *traces* in memory hands them in, and finds the new ones in them afterwards. Without *tidy* the tasks
    are only some of all: nothing else is looked at, and nothing removed. All outputs *stood* as the store says
    when somebody looked a moment ago: they are not looked at again.
    """
    place, job = job, (staged(job) if tidy else None) or job
    keys = {t.key + suffix for t in tasks for suffix in ("", *t.beside)}
    output = Output(job.folder, job.scratch)
    untouched = output.empty()
    keeps = traces is not None
    traces = store.traces() if traces is None else traces
    wanted, refreshed = stale(tasks, {} if full else traces, None if stood else output)
    made, written, saved = set[str](), set[str](), list(refreshed.items())
    traces.update(refreshed)
    failures: dict[tuple[str, str], Failure] = {}
    manifests: list[tuple[str, str, bytes, bytes, bytes]] = []
    if wanted and not job.dry:
        job.folder.mkdir(parents=True, exist_ok=True)
    there = set() if full or app.away else _salvaged(wanted, app, traces, store, output)
    waves = _waves(wanted, app, None if untouched else output, there)
    refusals = Refusals(output, app.links, partial(_new, waves), first=untouched or job.hidden)
    own = {t.key: t.key for t in wanted}  # what workers name is another string that says the same
    running = _run_waves(
        [waves[rank] for rank in sorted(waves)],
        app, context, job, traces, executor or Serial(), refusals.gaps, salvaged=bool(there),
    )  # fmt: skip
    for result in running:
        if result.failure is not None:
            failures.setdefault((result.failure.place, result.failure.problem), result.failure)
            refusals.note(result.failure, result.key)
        elif result.pieces is None:
            made.add(key := own[result.key])
            progress(len(made), len(wanted))
            written.update((key,) if result.written else ())
            if result.trace is not None:
                saved.append((result.key, result.trace))
            if result.made_of is not None:
                manifests.append((result.key, *result.made_of))
            saved += [(beside, trace) for beside, trace, _ in result.beside]
            written.update(beside for beside, _, changed in result.beside if changed)
        if len(saved) >= SAVE_EVERY:
            store.save_traces(saved, manifests)
            traces.update(saved if keeps else ())
            saved, manifests = [], []
    if job.dry:
        return Outcome(
            len(tasks), frozenset(made), frozenset(written), frozenset(traces.keys() - keys), tuple(failures.values())
        )
    if taken := refusals.taken_back():
        failures |= {(f.place, f.problem): f for f in taken.values()}
        made, written = made - taken.keys(), written - taken.keys()
        _forget(taken, store, saved, manifests)
    if saved:
        store.save_traces(saved, manifests)
        traces.update(saved if keeps else ())
    if not tidy:
        return Outcome(len(tasks), frozenset(made), frozenset(written), frozenset(), tuple(failures.values()))
    dropped(output, wanted if job.hidden else (), refusals.failed)
    folders = store.folders()
    removed, problems = _tidy(
        output, store, keys, traces, keep, folders,
        folders.keys() - parents(written) if stood else frozenset(), refusals, foreign=not untouched,
    )  # fmt: skip
    for key in [key for key in traces.keys() - keys - {p.key for p in problems} if not keep(key)]:
        del traces[key]
    outcome = Outcome(len(tasks), frozenset(made), frozenset(written), removed, (*failures.values(), *problems))
    return _shown(outcome, job, place, store, keys, refusals, traces) if job.hidden else outcome


def _shown(
    outcome: Outcome,
    aside: Job,
    job: Job,
    store: Store,
    keys: AbstractSet[str],
    refusals: Refusals,
    traces: dict[str, Trace],
) -> Outcome:
    """Publish a first build, if the disk took all of it, and say what readers see of it: what stands is new to them, or nothing is there."""
    if refusals.refused:
        here = f"{aside.folder.name}/"
        problem = "stays empty: a first build is shown whole, and not all of it could be written"
        refused = [Failure(here, here, problem, "mend what is named here and build again: it goes on from there")]
    else:
        refused = publish(aside, job, store, keys, traces)
    if refused:
        return Outcome(outcome.total, failures=(*outcome.failures, *refused), shown=False)
    return structs.replace(outcome, written=frozenset(keys - refusals.failed), removed=frozenset())


def _forget(
    taken: Mapping[str, Failure],
    store: Store,
    saved: list[tuple[str, Trace]],
    manifests: list[tuple[str, str, bytes, bytes, bytes]],
) -> None:
    saved[:] = [row for row in saved if row[0] not in taken]
    manifests[:] = [row for row in manifests if row[0] not in taken]
    store.save_traces([], gone=taken)


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
    wanted: list[Task], app: Application, output: Output | None, there: set[str]
) -> dict[Rank, list[list[Task]]]:
    """Sort stale tasks into chunks: pieces first, then new outputs by stage, then changed ones by stage.

    Without an *output* folder all are new. Pieces that are *there* are not made.
    """
    ranks: dict[Rank, list[Task]] = {}
    needed: set[str] = set()
    first = (1, 9, 0)
    for t in wanted:
        rank = (0 if output is None or output.stat(t.key) is None else 1, t.stage, 1)
        ranks.setdefault(rank, []).append(t)
        if (pieces := app.needs(t)) and not there.issuperset(pieces):
            needed.update(pieces)
            first = min(first, (*rank[:2], 0))
    needed -= there
    waves = {rank: _chunks(found) for rank, found in ranks.items()}
    if needed:
        pages = ranks.get((0, 1, 1), [])
        if len(pages) >= MANY:  # a first build: an article's pieces are made where its page is
            waves[0, 1, 1] = app.arrange(needed, pages)
        else:  # after an edit its page comes first, and its pieces just before what needs them
            waves[first] = app.arrange(needed, [])
    return waves


def _new(waves: Mapping[Rank, list[list[Task]]]) -> Iterator[Task]:
    return (t for rank, chunks in waves.items() if not rank[0] for chunk in chunks for t in chunk if not t.ingredient)


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
    gaps: Callable[[], frozenset[str]],
    *,
    salvaged: bool,
) -> Iterable[Result]:
    if not waves:
        return
    news = [int(salvaged), 0]  # the spool's number, and pieces that were put in since it was told

    def between() -> tuple[int, frozenset[str]]:
        if news[1]:
            news[:] = [news[0] + 1, 0]
        return news[0], gaps()

    try:
        begin = (app, context, job, traces)
        for result in executor.run(State, begin, work, waves, lost, between, partial(_far, begin, between)):
            news[1] += result.pieces or 0
            yield result
    finally:
        shutil.rmtree(job.scratch, ignore_errors=True)
        shutil.rmtree(job.folder / ".dateline-scratch", ignore_errors=True)


def _far(
    begin: tuple[Application, Any, Job, dict[str, Trace]], between: Callable[[], tuple[int, frozenset[str]]]
) -> Far:
    from dateline.engine.far import far

    if begin[0].away is None:
        raise TypeError("this application has not said how it is made far away")
    return far(State(begin), begin[0].away, between)


def _tidy(
    output: Output,
    store: Store,
    keys: AbstractSet[str],
    traces: dict[str, Trace],
    keep: Callable[[str], bool],
    known: dict[str, tuple[int, int]],
    trusted: AbstractSet[str],
    refusals: Refusals,
    *,
    foreign: bool,
) -> tuple[frozenset[str], list[Failure]]:
    """Remove what no task plans, and remember how the folders stand, so that strays are noticed.

    *known* is how they stood; the *trusted* ones still do. Where the folder was empty before, nothing *foreign*
    is looked for. What has to wait for *refusals* keeps its trace, and its folders stay suspect.
    """
    needed = parents(keys)
    now = {folder: known[folder] for folder in needed & trusted}
    now |= output.folder_stats(needed - trusted)
    suspects = [folder for folder in needed if known.get(folder) != now.get(folder)]
    gone = [key for key in traces.keys() - keys if not keep(key)]
    suspects += output.folder_stats(known.keys() - needed)
    strays = output.strays(keys, suspects) if foreign else ()
    doomed = {key for key in strays if not keep(key)} | set(gone)
    problems: list[Failure] = []
    removed: list[str] = []
    if doomed:
        doomed, problems = refusals.part(doomed)
        for key in sorted(doomed):
            try:
                removed += output.remove([key])
            except OSError as error:
                where = f"{output.folder.name}/{key}"
                problems.append(Failure(key, where, f"cannot be removed: {error.strerror}", remedy(error)))
        stay = {p.key for p in problems}
        store.save_traces([], gone=[key for key in gone if key not in stay])
    if suspects or removed:
        again = parents(doomed) if doomed else set()  # removing has changed them
        seen = {folder: now.get(folder) for folder in suspects}
        seen |= dict.fromkeys(again & (needed | seen.keys())) | output.folder_stats(again & (needed | seen.keys()))
        # What could not be removed still lies there: the folders above it are looked through again.
        right = needed - (parents(p.key for p in problems) if problems else set())
        store.save_folders(
            {f: stat for f, stat in seen.items() if stat is not None and f in right},
            [f for f, stat in seen.items() if stat is None or f not in right] + list(known.keys() - needed),
        )
    return frozenset(removed), problems
