"""A newsroom's folder and an instant -> its site: the whole story, top to bottom.

read → index → plan → render → publish. What was made before is remembered, and only what differs is made.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from dateline import roll, search
from dateline.engine.application import Away, Job
from dateline.engine.digest import digest_of
from dateline.engine.executors import ClusterError, Far, R, Serial, T, Waves
from dateline.engine.run import Outcome, run
from dateline.engine.store import OF_SOURCES, Store, Trace
from dateline.engine.task import Task
from dateline.errors import Problem, SettingsError
from dateline.lock import locked
from dateline.memo import ROLL, Site
from dateline.plan import Plan
from dateline.prospect import Prospect, executor_for, prospect
from dateline.quiet import World, ours, world
from dateline.recipes import ArticleRecipe, SitemapRecipe
from dateline.record import Record
from dateline.request import STATE, Laps, Report, Request
from dateline.settings import Settings
from dateline.settled import everything, note, settle, unsettle
from dateline.trade import application, context

if TYPE_CHECKING:
    from dateline.press import Context, Press, Told


class Memory:
    """What a watching process keeps from one build to the next: nothing that a build could not find again."""

    def __init__(self) -> None:
        self.seen: Prospect | None = None
        self.clean = False  # the last build did all there was to do
        self.traces: dict[str, Trace] | None = None
        self.press: Press | None = None
        self._name = b""
        self._of: dict[str, list[int]] | None = None
        self._at: dict[str, int] | None = None

    def remember(self, seen: Prospect, outcome: Outcome) -> None:
        """Note what a build saw and whether all of it was done."""
        self.seen = seen
        self.clean = not outcome.failures
        self._of = self._at = None
        gc.collect()
        gc.freeze()  # a site of 10,000 articles is not looked through again for every edit

    def setup(self, context: Context) -> Press:
        """Lend the press of the last build, if templates, settings and site are still the same."""
        from dateline.press import Press

        name = digest_of(
            (
                digest_of(context.settings),
                sorted(context.theme.texts.items()),
                [s.digest for s in context.sites.values()],
            )
        )
        if self.press is None or self._name != name:
            self.press = Press(context)
            self._name = name
        self.press.renew()
        return self.press

    def place(self, path: str) -> int | None:
        """Where the article at *path* stands among the records."""
        if self._at is None:
            self._at = {r.path: place for place, r in enumerate(self.seen.records if self.seen else ())}
        return self._at.get(path)

    def told(self, plan: Plan, path: str) -> Told:
        """What feeds tell of the article at *path*, by *plan*: the last one, but for what edits exchanged."""
        recipes = (plan.tasks[place].recipe for place in self.shown_by(path))
        recipe = next(r for r in recipes if isinstance(r, ArticleRecipe) and r.record.path == path)
        return recipe.record, recipe.terms

    def shown_by(self, path: str) -> list[int]:
        """Which tasks are made from the article at *path*: their places in the plan."""
        if self._of is None:
            self._of = {}
            for place, task in enumerate(self.seen.plan.tasks if self.seen else ()):
                for given in task.inputs:
                    if isinstance(given, Record):
                        self._of.setdefault(given.path, []).append(place)
        return self._of.get(path, [])


def build(request: Request, settings: Settings, memory: Memory | None = None) -> Report:
    """Bring the output folder to what the newsroom says at ``request.now``.

    Everything of the user's that is wrong is in the report, and the rest is built all the same. Raises
    ``SettingsError`` where nothing can be built: another builder, a folder that is not ours.
    """
    with locked(request.root, request.wait):
        try:
            return _build(request, settings, memory)
        except (sqlite3.DatabaseError, msgspec.MsgspecError):
            # The memory is damaged in a way that showed only now: everything in it can be made again.
            for path in (request.root / STATE).glob("state.sqlite*"):
                path.unlink(missing_ok=True)
            if memory is not None:
                memory.traces = None
            return _build(request, settings, memory)
        except ClusterError as error:
            raise SettingsError("--executor", *error.args) from None


def _build(request: Request, settings: Settings, memory: Memory | None) -> Report:
    clock = Laps()
    folder = request.output or request.root / "build"
    gc.disable()  # what a build makes lives as long as the build
    try:
        with Store(request.root / STATE / "state.sqlite") as store:
            if not request.dry:
                unsettle(store)
            _own(folder, store, request)
            return _steps(request, settings, store, folder, clock, memory)
    finally:
        gc.enable()


def _own(folder: Path, store: Store, request: Request) -> None:
    """Make sure that the output folder is ours to tidy: new, empty, or made by us."""
    place = str(folder.resolve())
    if folder.is_symlink() and not folder.exists():
        raise SettingsError(str(folder), "is a broken link", "remove it")
    if folder.exists() and not folder.is_dir():
        raise SettingsError(str(folder), "is not a folder", "move it away, or choose another with -o")
    known = store.meta("folder").decode()
    if known == place:
        return
    empty = not folder.is_dir() or not any(folder.iterdir())
    if not empty and not _ours(folder):
        raise SettingsError(
            str(folder), "holds files that dateline did not make", "choose an empty folder with -o, or empty it"
        )
    if known and not store.fresh:
        store.forget_outputs()
    if not request.dry:
        store.keep("folder", place.encode())


def _ours(folder: Path) -> bool:
    """Tell a folder that an earlier build made, though nothing is remembered of it."""
    for name in ("index.html", "404.html"):
        try:
            head = (folder / name).read_bytes()[:4000]
        except OSError:
            continue
        if b'name="generator" content="dateline' in head:
            return True
    return (folder / "assets").is_dir() and all(p.is_dir() for p in folder.iterdir())


def _steps(
    request: Request, settings: Settings, store: Store, folder: Path, clock: Laps, memory: Memory | None
) -> Report:
    looked = request.world or (
        world(everything(request.root, settings), ours(os.environ.items())) if request.asked else None
    )
    seen = prospect(request, settings, store, clock)
    job = Job(folder, request.root / STATE / "tmp", request.dry)
    outcome = rendered(request, seen, store, job, memory, seen.plan.tasks)
    if memory is not None:
        memory.remember(seen, outcome)
    clock.lap("render")
    note(request, settings, seen.plan.tasks, outcome)
    searched = _searched(request, seen, store, folder) if outcome.shown else search.Done()
    clock.lap("search")
    report = report_of(seen, outcome, clock, searched)
    if looked is not None and not report.problems:
        if looked.frame_settled:
            store.keep(ROLL, _rolled(seen))
            store.keep(OF_SOURCES, _site(request, seen, report, looked).encoded())
        settle(structs.replace(request, world=looked), settings, store, folder, report)
    return report


def _site(request: Request, seen: Prospect, report: Report, looked: World) -> Site:
    return Site(
        frame=looked.frame,
        asked=request.asked,
        at=request.now,
        environment=seen.environment,
        total=report.total,
        articles=report.articles,
        due=report.due,
        why=report.why,
        sites=seen.sites,
        stylesheet=seen.stylesheet,
        shelves=looked.known(),
    )


def _rolled(seen: Prospect) -> bytes:
    """Note who stands where, for builds that only add articles; nothing where there are several languages or sitemaps."""
    editions = list(seen.front.editions.values())
    tasks = seen.plan.tasks
    sitemap = next((t.recipe.urls for t in reversed(tasks) if isinstance(t.recipe, SitemapRecipe)), None)
    if len(editions) != 1 or sitemap is None:
        return b""
    full = seen.settings.theme.pages == "full"
    recipes = (t.recipe for t in tasks if full)
    marks = {r.record.id: r.mark for r in recipes if isinstance(r, ArticleRecipe) and r.mark}
    return roll.enrolled(editions[0], seen.as_read, sitemap, marks, full=full).encoded()


def report_of(seen: Prospect, outcome: Outcome, clock: Laps, searched: search.Done | None = None) -> Report:
    """Say what a build found, made, and could not make."""
    return Report(
        total=outcome.total,
        articles=seen.plan.articles,
        made=outcome.made,
        written=outcome.written,
        removed=outcome.removed,
        read=tuple(seen.read),
        problems=(
            *seen.problems,
            *(Problem(f.place, f.problem, f.remedy) for f in outcome.failures),
            *((searched.problem,) if searched and searched.problem else ()),
        ),
        notes=(searched.note,) if searched and searched.note else (),
        due=seen.front.due,
        why=seen.front.why,
        seconds=round(time.perf_counter() - clock.start, 4),
        stages=clock.stages,
    )


def _searched(request: Request, seen: Prospect, store: Store, folder: Path) -> search.Done:
    """Bring the search index up to the pages that are published now, where this build is asked to."""
    kept = store.meta("search")
    if request.dry or not request.search or not (kept or search.wanted(seen.settings)):
        return search.Done()
    contents = store.contents()
    keys = [t.key for t in seen.plan.tasks if isinstance(t.recipe, ArticleRecipe)]
    pages = {key: contents[key] for key in keys if key in contents}
    done, new = search.refresh(seen.settings, folder, request.root / STATE / "tmp", pages, kept)
    if new != kept:
        store.keep("search", new)
    return done


class Seen(Struct, frozen=True):
    """A plan and what it is compared with."""

    prospect: Prospect
    store: Store
    folder: Path


@contextmanager
def planned(request: Request, settings: Settings) -> Iterator[Seen]:
    """Plan as a build would, and make nothing. The newsroom's lock is held meanwhile."""
    with locked(request.root, request.wait), Store(request.root / STATE / "state.sqlite") as store:
        yield Seen(prospect(request, settings, store), store, request.output or request.root / "build")


def dues(seen: Prospect, now: datetime) -> list[tuple[datetime, str, str]]:
    """All that is going to change the site by itself, soonest first: moment, why, headline."""
    news = seen.settings.news
    found = []
    for r in seen.records:
        title = r.teaser.title
        if r.status == "published":
            found += [(r.embargo, "embargo", title), (r.expires, "expiry", title)]
            if r.teaser.breaking:
                found.append((r.published + timedelta(hours=news.breaking_hours), "breaking label", title))
            out = r.published + timedelta(hours=news.sitemap_hours)
            if r.embargo is None or r.embargo < out:
                found.append((out, "news sitemap", title))
    return sorted((when, why, title) for when, why, title in found if when is not None and when > now)


def sweep(root: Path, *, everything: bool) -> list[str]:
    """Remove ``build/`` and what builds remember; with *everything* what ingest remembers too."""
    removed = []
    with locked(root, 5.0):
        build = root / "build"
        if build.is_symlink():
            raise SettingsError("build", "is a link", "remove it by hand")
        if build.is_dir():
            if any(build.iterdir()) and not _ours(build):
                raise SettingsError("build", "holds files that dateline did not make", "remove them by hand")
            shutil.rmtree(build)
            removed.append("build/")
        state = root / STATE
        for path in sorted(state.iterdir()) if state.is_dir() else ():
            if path.name == "lock" or not (
                everything or path.name.startswith(("state.sqlite", "templates", "forms", "tmp"))
            ):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed.append(f"{STATE}/{path.name}")
    return removed


def rendered(
    request: Request, seen: Prospect, store: Store, job: Job, memory: Memory | None, tasks: Sequence[Task]
) -> Outcome:
    """Have *tasks* made, all that the prospect plans or those that an edit touches, and published."""
    few = memory is not None and len(tasks) < len(seen.plan.tasks)
    if memory is not None and memory.traces is None:
        memory.traces = store.traces()
    context = context_of(request.root, seen)
    app = application(seen.settings, partial(memory.told, seen.plan) if memory and few else _told(seen.plan))
    app = structs.replace(app, away=_away(request, context))
    if memory is not None:
        app = structs.replace(app, setup=memory.setup)
    return run(
        tasks,
        app,
        context,
        store,
        job,
        Serial() if few else _Chosen(request),
        full=request.full,
        traces=memory.traces if memory is not None else None,
        tidy=not few,
        stood=request.stood is not None and request.stood(),
        keep=lambda key: search.ours(seen.settings, key),
        progress=lambda done, of: request.progress("render", done, of),
    )


def context_of(root: Path, seen: Prospect) -> Context:
    """What a press is told, to make what was planned."""
    return context(root, seen.settings, seen.theme, seen.sites, seen.stylesheet, seen.environment)


def _told(plan: Plan) -> Callable[[str], Told]:
    """All that feeds tell of articles, by path; looked up only where somebody asks."""
    known: dict[str, Told] = {}

    def told(path: str) -> Told:
        if not known:
            recipes = [t.recipe for t in plan.tasks if isinstance(t.recipe, ArticleRecipe)]
            known.update((r.record.path, (r.record, r.terms)) for r in recipes)
        return known[path]

    return told


def _away(request: Request, context: Context) -> Away | None:
    if not request.executor.startswith("dask:"):
        return None
    from dateline import afar

    return afar.rendering(context)


class _Chosen:
    """In this process for a few tasks, in a pool for many."""

    def __init__(self, request: Request) -> None:
        self.request = request

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
        """See ``Executor.run``."""
        tasks = sum(len(chunk) for wave in waves for chunk in wave)
        return executor_for(self.request, tasks).run(setup, context, work, waves, lost, between, far)
