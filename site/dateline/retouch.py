"""A site that stands, and articles that were added or whose bodies were saved since -> the same site with them, from a cold start.

For a body nothing is planned: what an article shows on, and how that is made, was noted when it was made. For a new
article only what it changes is. Whatever is more (a headline, a file that has gone, a template, a moment that has come) is
left to a whole build, and so is any doubt.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from dateline import compress, content, newsroom
from dateline.engine.application import Job
from dateline.engine.digest import Value, digest
from dateline.engine.executors import FEW, Serial
from dateline.engine.output import Output, parents
from dateline.engine.run import Outcome, run
from dateline.engine.store import OF_SOURCES, Store, Trace
from dateline.engine.store import Record as Kept
from dateline.engine.task import Task
from dateline.errors import Doubt
from dateline.lock import locked
from dateline.memo import Site, recalled, site_of
from dateline.quiet import World
from dateline.recipes import ArticleRecipe
from dateline.record import Record, decode, same_but_body
from dateline.request import STATE, Laps, Report, Request
from dateline.settings import Settings
from dateline.settled import note, settle
from dateline.theme import Theme
from dateline.trade import application, context

if TYPE_CHECKING:
    from dateline.press import Told


_Change = tuple[Record, Record]  # before and now


class _Work(Struct, frozen=True):
    """What there is to do: what to remember of articles that were read, what to make, and what then holds of the site."""

    rows: tuple[tuple[str, Kept], ...]
    records: dict[str, Record]  # of articles whose bodies differ, by path
    tasks: list[Task]
    traces: dict[str, Trace]
    told: Callable[[str], Told]
    site: Site


def retouch(request: Request, settings: Settings) -> Report | None:
    """Build after bodies of articles were edited, or articles added, at the cost of a look at all sources and of that.

    None where more may differ: then a whole build must look. What is made is what a whole build would make: after an
    edit every output is made from the same inputs as last time but for the digests of those bodies.
    """
    world = request.world
    if world is None or request.stood is None or not request.asked:
        return None
    if request.full or request.dry or (request.search and settings.search.enabled):
        return None
    clock = Laps()
    folder = request.output or request.root / "build"
    with locked(request.root, request.wait), Store(request.root / STATE / "state.sqlite") as store:
        try:
            site = _known(request, world, store, folder)
            saved, new = _differing(site.shelves, world.shelves)
            theme = _theme(request)
            work = _saved(request, settings, store, site, saved)
            clock.lap("read")
            if new:
                work = _arrived(request, settings, store, theme, new, work)
            clock.lap("plan")
            make = _ready(request, settings, store, theme, work) if work.tasks else partial(Outcome, 0)
            _stand(request)
            store.save_records(work.rows)  # before any output: a build that is killed from here on leaves doubt
            outcome = make()
        except (Doubt, sqlite3.DatabaseError, msgspec.MsgspecError):  # a damaged memory, or another version's
            return None
        if outcome.failures:
            return None  # the whole build says what is wrong
        output = Output(folder, folder)
        store.save_folders(output.folder_stats(parents(outcome.written)))
        site = structs.replace(work.site, at=request.now, shelves=world.known())
        store.keep(OF_SOURCES, site.encoded())
        clock.lap("render")
        report = Report(
            total=site.total,
            articles=site.articles,
            made=outcome.made,
            written=outcome.written,
            read=tuple(path for path, _ in work.rows),
            due=site.due,
            why=site.why,
            seconds=round(time.perf_counter() - clock.start, 4),
            stages=clock.stages,
        )
        settle(request, settings, store, folder, report)
    note(request, settings, work.tasks, outcome)
    return report


def _stand(request: Request) -> None:
    """See that outputs stand as they were written: asked as late as can be, for somebody else is still looking."""
    if request.stood is None or not request.stood():
        raise Doubt


def _known(request: Request, world: World, store: Store, folder: Path) -> Site:
    """What the last build knew, if it still holds and its outputs stand."""
    site = None if store.fresh else site_of(store.meta(OF_SOURCES))
    if site is None:
        raise Doubt
    if (site.frame, site.asked) != (world.frame, request.asked):
        raise Doubt
    if request.now < site.at or (site.due is not None and site.due <= request.now):
        raise Doubt
    if store.meta("folder") != str(folder.resolve()).encode():
        raise Doubt
    return site


def _differing(known: Mapping[bytes, bytes], seen: Mapping[bytes, bytes]) -> tuple[list[str], list[str]]:
    """Name the articles whose stats differ from those that are known, and those that are new. 10,000 cost a millisecond."""
    if known.keys() != seen.keys():
        raise Doubt
    saved: list[str] = []
    new: list[str] = []
    for at, shelf in seen.items():
        if shelf != known[at]:
            were, are = known[at].split(b"/"), shelf.split(b"/")
            gone = {_name(line) for line in set(were).difference(are)}
            came = {_name(line) for line in set(are).difference(were)}
            if not gone <= came or len(came) > FEW:
                raise Doubt
            for name in came:
                (saved if name in gone else new).append(f"{content.FOLDER}{os.fsdecode(at)}/{os.fsdecode(name)}")
    return sorted(saved), sorted(new)


def _name(line: bytes) -> bytes:
    return line.partition(b"\0")[0]


def _theme(request: Request) -> Theme:
    theme, faults = newsroom.theme_of(request.root)
    if faults:
        raise Doubt
    return theme


def _arrived(
    request: Request, settings: Settings, store: Store, theme: Theme, paths: Sequence[str], edited: _Work
) -> _Work:
    """Plan what new articles change, besides what was *edited*. What that takes is only imported where there are some."""
    from dateline.additions import arrivals

    found = arrivals(request, settings, store, edited.site, theme, paths, edited.records)
    tasks = {t.key: t for t in (*edited.tasks, *found.tasks)}  # what both concern, the new plan knows better
    return _Work(
        (*edited.rows, *found.rows),
        edited.records,
        list(tasks.values()),
        edited.traces | found.traces,
        found.told,
        found.site,
    )


def _saved(request: Request, settings: Settings, store: Store, site: Site, todo: Sequence[str]) -> _Work:
    """Read the articles *todo* again. Front matter has to be what it was, so tags are what they were as well."""
    reader = content.Reader(content.Reading(request.root, settings, None, site.environment))
    rows, changed = [], {}
    for path in todo:
        was = store.record(path)
        old = content.record_of(was.data) if was else None
        if old is None:
            raise Doubt
        parsed = content.read(reader, path, old.terms)
        if parsed.problems or parsed.stat is None or not parsed.data:
            raise Doubt
        new = decode(parsed.data)
        if not same_but_body(new, old):
            raise Doubt
        rows.append((path, Kept(parsed.stat, parsed.digest, content.kept_of(parsed))))
        if new != old:
            changed[path] = old, new
    tasks, traces = _tasks(store, changed)
    known = {
        t.recipe.record.path: (t.recipe.record, t.recipe.terms) for t in tasks if isinstance(t.recipe, ArticleRecipe)
    }

    def told(path: str) -> Told:
        if path not in known:  # a feed as it stands does not hold the entry of another article
            raise Doubt
        return known[path]

    return _Work(tuple(rows), {path: new for path, (_, new) in changed.items()}, tasks, traces, told, site)


def _tasks(store: Store, changed: Mapping[str, _Change]) -> tuple[list[Task], dict[str, Trace]]:
    """Plan what the *changed* articles show on, and return what it was made from before."""
    named = {f"article:{path}": new.digest for path, (_, new) in changed.items()}
    rows = {row[0]: row for path, (old, _) in changed.items() for row in store.made_from(f"article:{path}", old.digest)}
    traces = store.traces(list(rows))
    tasks = []
    for key, inputs, memo in rows.values():
        if not memo or key not in traces or digest(b"".join(d for _, d in inputs)) != traces[key].digest:
            raise Doubt
        values = tuple(Value(name, named.get(name, was)) for name, was in inputs)
        tasks.append(_renewed(recalled(key, values, memo), changed))
    beside = [task.key + suffix for task in tasks for suffix in task.beside]
    return tasks, traces | store.traces(beside)


def _renewed(task: Task, changed: Mapping[str, _Change]) -> Task:
    """Put the new record in; address, picture and tags stay as the whole site has them."""
    old = getattr(task.recipe, "record", None)
    if old is None:
        return task
    if old.path not in changed:
        raise Doubt
    new = structs.replace(changed[old.path][1], teaser=old.teaser, terms=old.terms)
    return structs.replace(task, recipe=structs.replace(task.recipe, record=new))


def _ready(request: Request, settings: Settings, store: Store, theme: Theme, work: _Work) -> Callable[[], Outcome]:
    """Lay out all that it takes to do the *work*."""
    from dateline import bytecode, feeds, pages, prose  # noqa: F401 - a tenth of a second, while outputs are looked at

    compress.ready(settings)
    site = work.site
    situation = context(request.root, settings, theme, site.sites, site.stylesheet, site.environment)
    job = Job(request.output or request.root / "build", request.root / STATE / "tmp")
    app = application(settings, work.told)
    return partial(run, work.tasks, app, situation, store, job, Serial(), traces=work.traces, tidy=False, stood=True)
