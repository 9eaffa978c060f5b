"""``dateline build``, ``ping`` and ``clean``: the site, made, told of, and cleared away."""

from __future__ import annotations

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dateline.command import (
    Desk,
    build_options,
    clock,
    json_option,
    mirrored,
    named,
    speaking,
    tuned,
    write_json,
)
from dateline.errors import SettingsError, printable
from dateline.leave import OK

if TYPE_CHECKING:
    from dateline.settings import Settings


def _executor(_context: click.Context, _option: click.Parameter, spec: str) -> str:
    """See that somebody is called like that, before anything else is begun."""
    if spec:
        from dateline.crew import crew

        crew(spec, 0)
    return spec


@click.command()
@build_options
@speaking
@click.option(
    "--executor",
    default="",
    metavar="WHO",
    callback=_executor,
    help="Who works: serial, pool, pool:N, or a Dask cluster: dask:tcp://HOST:PORT.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--dry-run", is_flag=True, help="Say what would be made; write nothing.")
@click.option("--search/--no-search", default=True, help="Bring the search index up to date, too.")
@click.option("--publish", metavar="URL", help="Then bring an object store up to date: s3://BUCKET/PREFIX.")
@click.option("--ping", "tell", is_flag=True, help="Then tell the hub and IndexNow what has changed.")
@click.option("--profile", is_flag=True, help="Show where the time goes.")
@json_option
@click.pass_context
def build(
    context: click.Context,
    at: str | None,
    jobs: int,
    full: bool,
    drafts: bool,
    base_url: str | None,
    output: Path | None,
    no_ingest: bool,
    executor: str,
    strict: bool,
    dry_run: bool,
    search: bool,
    publish: str | None,
    tell: bool,
    profile: bool,
    as_json: bool,
    more_quiet: bool,
    more_verbose: bool,
) -> int:
    """Ingest what is new in seeds/, then make the site in build/. Only what differs is made."""
    from dateline.quiet import asked as options_named
    from dateline.quiet import nothing_to_do

    desk = tuned(context, more_quiet, more_verbose)
    when = clock(at)
    asked = options_named(
        drafts=drafts, output=str(output or ""), base_url=base_url or "", ingest=not no_ingest, search=search
    )
    seen = desk.looked
    if seen is None and not (full or dry_run):
        folder, alone = output or desk.root / "build", threading.active_count() == 1
        same, seen = nothing_to_do(
            str(desk.root), str(folder), asked, when.timestamp(), os.environ.items(), alone=alone
        )
        if same is not None and not (publish or tell or profile or as_json):
            desk.terminal.line(f"built 0 of {same.total} files in {desk.terminal.seconds:.2f} s ({same.last})")
            return OK
    from dateline.request import Request, summary
    from dateline.retouch import retouch

    desk.address(base_url)
    settings = desk.settings
    code, changed = (OK, False) if dry_run else _brought(desk, settings, as_json=as_json, strict=strict)
    if not (no_ingest or dry_run):
        taken = _take_in(desk, settings, when, jobs, as_json=as_json)
        code, changed = max(code, taken[0]), changed or taken[1]
    request = Request(
        root=desk.root,
        now=when,
        output=output,
        jobs=jobs,
        executor=executor,
        full=full,
        drafts=drafts,
        dry=dry_run,
        search=search,
        asked="" if code or dry_run or settings.content.url else asked,  # a bucket is not known by stats
        world=None if changed or not seen else seen.world,
        stood=seen.stood if seen else None,
        progress=desk.terminal.progress,
    )
    report = retouch(request, settings)
    if report is None:
        from dateline.pipeline import build as make

        report = make(request, settings)
    desk.terminal.done()
    code = max(code, named(desk, report.problems, strict=strict))
    if publish and not dry_run:
        _published(desk, request, settings, publish, as_json=as_json)
    if tell and not dry_run:
        _announced(desk, settings)
    if as_json:
        write_json(report)
    else:
        for key in sorted(report.made) if desk.terminal.verbose else ():
            desk.terminal.line(f"{'wrote' if key in report.written else 'same '} {key}")
        desk.terminal.line(summary(report, settings, dry=dry_run))
        for note in report.notes if report.made else ():
            desk.terminal.line(note)
        if profile:
            for stage, seconds in report.stages.items():
                desk.terminal.line(f"  {stage:<10} {seconds * 1000:9.1f} ms")
    return code


def _brought(desk: Desk, settings: Settings, *, as_json: bool, strict: bool) -> tuple[int, bool]:
    """Say what the bucket brought; exit code, and whether content/ has changed."""
    done = mirrored(desk, settings)
    if done is None:
        return OK, False
    changed = bool(done.fetched or done.removed)
    if changed and not as_json:
        desk.terminal.line(str(done))
    return named(desk, done.problems, strict=strict), changed


def _take_in(desk: Desk, settings: Settings, when: datetime, jobs: int, *, as_json: bool) -> tuple[int, bool]:
    """Ingest what is new in seeds/, so that dropping a file there is all a newcomer needs."""
    seeds = desk.root / settings.ingest.seeds
    if not settings.ingest.on_build or not seeds.is_dir():
        return OK, False
    from dateline.desk import ingest as take_in

    report = take_in(desk.root, (seeds,), settings, when, jobs=jobs, progress=desk.terminal.progress)
    desk.terminal.done()
    code = named(desk, report.problems)
    if report.written and not as_json:
        desk.terminal.line(str(report))
    return code, bool(report.written)


def _published(desk: Desk, request: Any, settings: Settings, url: str, *, as_json: bool) -> None:
    """Bring the object store at *url* up to what was built."""
    from dateline.pipeline import planned
    from dateline.remote import publish

    with planned(request, settings) as seen:
        stages = {task.key: task.stage for task in seen.prospect.plan.tasks}
        done = publish(seen.folder, url, stages, seen.store.traces())
    if not as_json:
        desk.terminal.line(
            f"published {len(done.written)} of {done.total} files to {printable(url)} ({len(done.removed)} removed)"
        )


def _announced(desk: Desk, settings: Settings) -> None:
    """Tell whom the settings name; what cannot be told is a warning and waits."""
    from dateline.exports import services
    from dateline.ping import announce
    from dateline.request import STATE

    named(desk, announce(desk.root / STATE, services(settings)))


@click.command()
@click.pass_obj
def ping(desk: Desk) -> int:
    """Tell the WebSub hub and IndexNow what builds have changed; what cannot be told waits for the next time."""
    settings = desk.settings
    if not (settings.feeds.hub or settings.feeds.indexnow_key):
        raise SettingsError("dateline.toml", "there is nobody to tell", "set feeds.hub or feeds.indexnow_key")
    _announced(desk, settings)
    return OK


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also what ingest remembers (.dateline/ as a whole).")
@click.pass_obj
def clean(desk: Desk, everything: bool) -> int:
    """Remove build/ and what builds remember. Articles and seeds stay."""
    from dateline.pipeline import sweep

    _ = desk.settings  # only in a newsroom
    removed = sweep(desk.root, everything=everything)
    desk.terminal.line(f"removed {', '.join(removed)}" if removed else "nothing to remove")
    return OK
