"""A site in memory and the articles whose bodies were saved -> the same site with them, at the cost of the edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from dateline import content
from dateline.editors import vocabulary_of
from dateline.engine.application import Job
from dateline.engine.executors import FEW
from dateline.engine.store import Record as Kept
from dateline.engine.store import Store
from dateline.engine.task import Task
from dateline.lock import locked
from dateline.pipeline import Memory, rendered, report_of
from dateline.prospect import Prospect
from dateline.record import Record, named, same_but_body
from dateline.request import STATE, Laps, Report, Request
from dateline.settled import note


def touch(request: Request, memory: Memory, paths: Sequence[str]) -> Report | None:
    """Build after the bodies of the articles at *paths* were edited, without looking at anything else.

    None where more may differ than bodies: a headline, a tag, a new file, a fault. Then a whole build must
    look. What is planned for a body is a matter of passing its digest on: tasks are the same but for that
    input, so the result is the whole build's, in proportion to the edit.
    """
    seen = memory.seen
    if (
        seen is None
        or not memory.clean
        or memory.traces is None
        or (seen.front.due is not None and seen.front.due <= request.now)
    ):
        return None
    clock = Laps()
    with locked(request.root, request.wait), Store(request.root / STATE / "state.sqlite") as store:
        if store.fresh or store.meta("folder") != str((request.output or request.root / "build").resolve()).encode():
            return None
        swapped = _swapped(seen, memory, store, paths, request)
        if swapped is None:
            return None
        clock.lap("read")
        places = sorted({place for old, _ in swapped.values() for place in memory.shown_by(old.path)})
        tasks = list(seen.plan.tasks)
        for place in places:
            tasks[place] = exchanged(tasks[place], swapped)
        records = list(seen.records)
        for path, (_, new) in swapped.items():
            records[memory.place(path) or 0] = new
        now = structs.replace(
            seen,
            records=records,
            read=list(paths),
            plan=structs.replace(seen.plan, tasks=tuple(tasks)),
        )
        clock.lap("plan")
        job = Job(request.output or request.root / "build", request.root / STATE / "tmp")
        outcome = rendered(request, now, store, job, memory, [tasks[place] for place in places])
        memory.seen, memory.clean = now, not outcome.failures
        clock.lap("render")
    note(request, now.settings, now.plan.tasks, outcome)
    return structs.replace(report_of(now, outcome, clock), total=len(tasks))


def _swapped(
    seen: Prospect, memory: Memory, store: Store, paths: Sequence[str], request: Request
) -> dict[str, tuple[Record, Record]] | None:
    """Read the articles at *paths*; old and new record of each, or None where more than bodies differ."""
    if not paths or len(paths) > FEW:
        return None
    kept = {path: seen.records[place] for path in paths if (place := memory.place(path)) is not None}
    if len(kept) < len(paths):
        return None
    environment = store.meta("environment")
    reader = content.Reader(content.Reading(request.root, seen.settings, vocabulary_of(request.root)[0], environment))
    swapped, fresh = {}, []
    for path in paths:
        parsed = content.read(reader, path)
        new, old = parsed.record, kept[path]
        if new is None or parsed.problems or parsed.stat is None:
            return None
        if _same_but_address(new, old):
            new = structs.replace(new, teaser=old.teaser)
        if not same_but_body(new, old):
            return None
        if new != old:
            swapped[path] = (old, new)
            fresh.append((path, Kept(parsed.stat, parsed.digest, content.kept_of(parsed))))
    store.save_records(fresh)
    return swapped


def _same_but_address(new: Record, old: Record) -> bool:
    """Tell whether *new* differs from *old* by what a build gave it alone: a rival's mark on its address, a picture."""
    return named(structs.replace(new.teaser, url=old.teaser.url, picture=old.teaser.picture)) == old.teaser


def exchanged(task: Task, swapped: dict[str, tuple[Record, Record]]) -> Task:
    """Put new records in the place of old ones that differ from them by their bodies only."""

    def new(value: Any) -> Any:
        if isinstance(value, Record) and value.path in swapped:
            return structs.replace(swapped[value.path][1], terms=value.terms)  # tags as the edition has them
        return value

    recipe = task.recipe
    if hasattr(recipe, "record"):
        recipe = structs.replace(recipe, record=new(recipe.record))
    inputs = tuple([new(value) for value in task.inputs])
    return structs.replace(task, inputs=inputs, recipe=recipe)
