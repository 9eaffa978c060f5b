"""A build that is done -> what is written down of it: that nothing is left to do, and whom to tell of what changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from dateline import newsroom
from dateline.engine.output import Output
from dateline.engine.run import Outcome
from dateline.engine.store import OF_SOURCES, Store
from dateline.engine.task import Task
from dateline.memo import ROLL
from dateline.quiet import KEY, Quiet
from dateline.request import STATE, Report, Request
from dateline.settings import Settings


def everything(root: Path, settings: Settings) -> tuple[str, ...]:
    """All that a site is made of, from the root of the disk: a copy of the newsroom is another one."""
    return tuple(map(os.path.abspath, newsroom.places(root, settings)))


def unsettle(store: Store) -> None:
    """Take back what was written down: until it is again, a build is under way, or one has failed."""
    for key in (KEY, OF_SOURCES, ROLL):
        if store.meta(key):
            store.keep(key, b"")


def settle(request: Request, settings: Settings, store: Store, folder: Path, report: Report) -> None:
    """Write down that nothing is left to do, so that the next build can tell by stats alone.

    Not while a source has changed so shortly before it was looked at that it might change again unseen.
    """
    looked = request.world
    if looked is None or not looked.settled:
        return
    store.save_folders(Output(folder, folder).folder_stats([""]))
    due = report.due
    last = f"{report.total} unchanged" + (f", {next_due(due, report.why, settings.zone)}" if due else "")
    quiet = Quiet(
        places=everything(request.root, settings),
        world=looked.digest,
        asked=request.asked,
        total=report.total,
        due=due.timestamp() if due else 0.0,
        at=request.now.timestamp(),
        last=last,
    )
    store.keep(KEY, quiet.encoded())


def next_due(due: datetime, why: str, zone: ZoneInfo) -> str:
    """Say when the site changes next by itself, and why."""
    return f"next {why} {due.astimezone(zone):%Y-%m-%d %H:%M}"


def note(request: Request, settings: Settings, tasks: Sequence[Task], outcome: Outcome) -> None:
    """Keep what changed for ``dateline ping``: hubs are told once the site is where its readers are."""
    if outcome.written and not request.dry and (settings.feeds.hub or settings.feeds.indexnow_key):
        from dateline import exports, ping

        services = exports.services(settings)
        feeds, pages = exports.changes(outcome.written, tasks, settings)
        ping.note(request.root / STATE, services, feeds, pages)
