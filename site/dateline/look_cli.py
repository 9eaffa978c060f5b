"""``dateline list``, ``explain`` and ``status``: what there is, why, and what comes next. Nothing is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dateline.command import Desk, clock, json_option, named, planned, write_json
from dateline.errors import DatelineError
from dateline.leave import OK


@click.command("list")
@click.argument("which", type=click.Choice(["drafts", "future", "embargoed", "expired", "withdrawn"]), required=False)
@click.option("--clock", "at", metavar="ISO", help="As of this moment.")
@json_option
@click.pass_obj
def list_(desk: Desk, which: str | None, at: str | None, as_json: bool) -> int:
    """List all stories, or those in one state."""
    when = clock(at)
    tests: dict[str | None, Any] = {
        None: lambda _: True,
        "drafts": lambda r: r.status == "draft",
        "future": lambda r: r.published > when,
        "embargoed": lambda r: r.embargo is not None and r.embargo > when,
        "expired": lambda r: r.expires is not None and r.expires <= when,
        "withdrawn": lambda r: r.status == "withdrawn",
    }
    with planned(desk, at) as seen:
        found = sorted(
            (r for r in seen.prospect.records if tests[which](r)), key=lambda r: (r.published, r.id), reverse=True
        )
        problems = seen.prospect.problems
        zone = seen.prospect.settings.zone
    if as_json:
        write_json(
            [
                {
                    "id": r.id,
                    "path": r.path,
                    "url": r.teaser.url,
                    "title": r.teaser.title,
                    "date": r.published,
                    "status": r.status,
                    "embargo": r.embargo,
                    "expires": r.expires,
                }
                for r in found
            ]
        )
    for r in () if as_json else found:
        desk.terminal.line(f"{r.published.astimezone(zone):%Y-%m-%d %H:%M}  {r.status:<9}  {r.path}  {r.teaser.title}")
    return named(desk, problems)


@click.command()
@click.argument("output")
@click.option("--clock", "at", metavar="ISO", help="As of this moment.")
@click.option("-o", "--output-folder", type=click.Path(path_type=Path), help="The folder that was built into.")
@json_option
@click.pass_obj
def explain(desk: Desk, output: str, at: str | None, output_folder: Path | None, as_json: bool) -> int:
    """Say why OUTPUT (build/…) was or would be made, or what a content file affects and where its fields come from."""
    from dateline.engine.output import Output
    from dateline.explain import affected, why
    from dateline.record import article_of

    with planned(desk, at, output_folder) as seen:
        folder = seen.folder
        path = _relative(output, desk.root)
        tasks = seen.prospect.plan.tasks
        if path.startswith("content/"):
            rows = affected(path, tasks)
            if not rows:
                raise DatelineError(output, "affects nothing", "it is no article, or it is not visible")
            record = next(r for r in seen.prospect.records if r.path == path)
            fields = _sources(desk, path) if article_of(record.front).source else []  # hand-written copy has no seed
            if as_json:
                write_json({"affects": [{"output": key, "by": by} for key, by in rows], "fields": fields})
            for key, by in () if as_json else rows:
                desk.terminal.line(f"{by:<7} {folder.name}/{key}")
            for field in () if as_json else fields:
                desk.terminal.line(str(field))
            return OK
        key = path.removeprefix(f"{folder.name}/")
        answer = why(key, tasks, seen.store, Output(folder, desk.root))
    if as_json:
        write_json(answer)
    for line in () if as_json else answer.lines():
        desk.terminal.line(line)
    return OK


def _relative(path: str, root: Path) -> str:
    try:
        return (
            Path(path).absolute().relative_to(root.absolute()).as_posix()
            if Path(path).exists()
            else Path(path).as_posix().lstrip("/")
        )
    except ValueError:
        return Path(path).as_posix()


def _sources(desk: Desk, path: str) -> Sequence[Any]:
    """Which rule gave each field, from which characters of the source."""
    from dateline.desk import explain_content

    return explain_content(desk.root, path, desk.settings)


@click.command()
@click.option("--next", "next_", is_flag=True, help="Only the moment of the next change, for machines.")
@click.option("--clock", "at", metavar="ISO", help="As of this moment.")
@json_option
@click.pass_obj
def status(desk: Desk, next_: bool, at: str | None, as_json: bool) -> int:
    """Show what is on the site and what falls due next."""
    from dateline.pipeline import dues

    with planned(desk, at) as seen:
        front = seen.prospect.front
        due = dues(seen.prospect, clock(at))
        zone = seen.prospect.settings.zone
        counts = {lang: len(edition.stories) for lang, edition in front.editions.items()}
    if as_json:
        write_json({"next": front.due, "why": front.why, "stories": counts, "due": due})
    elif next_:
        desk.terminal.line(front.due.isoformat() if front.due else "")
    else:
        for lang, count in counts.items():
            desk.terminal.line(f"{count} {'story' if count == 1 else 'stories'} on the site ({lang})")
        for moment_, why_, title in due[:20]:
            desk.terminal.line(f"{moment_.astimezone(zone):%Y-%m-%d %H:%M}  {why_:<15}  {title}")
        if not due:
            desk.terminal.line("nothing falls due: the site changes only when its files do")
    return OK
