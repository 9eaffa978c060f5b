"""``dateline init``, ``new``, ``ingest``, ``withdraw``, ``history`` and ``tags``: what an editor does with stories."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
import msgspec

from dateline.command import Desk, clock, json_option, named, planned, speaking, tuned, write_json
from dateline.errors import DatelineError, printable
from dateline.leave import OK


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--language", default="en", help="Language of the site, as de or pt-BR.")
@click.option("--timezone", default="UTC", help="Time zone of the newsroom, as Europe/Berlin.")
@click.pass_obj
def init(desk: Desk, folder: Path, language: str, timezone: str) -> int:
    """Make a newsroom in FOLDER."""
    from dateline.settings import load
    from dateline.starter import begin

    load(
        f"language = {msgspec.json.encode(language).decode()}\ntimezone = {msgspec.json.encode(timezone).decode()}",
        place="init",
    )
    made = begin(folder, language=language, timezone=timezone)
    desk.terminal.line(f"made {printable(str(folder))}: {', '.join(made)}")
    desk.terminal.line(f"next: cd {printable(str(folder))}; drop wire copy into seeds/; dateline build; dateline serve")
    return OK


@click.command()
@click.argument("title", nargs=-1)
@click.option("--template", "template", metavar="NAME", help="Copy a template of the theme for editing instead.")
@click.pass_obj
def new(desk: Desk, title: tuple[str, ...], template: str | None) -> int:
    """Begin an article called TITLE, as a draft; `new template NAME` copies a template for editing."""
    from dateline.starter import copy_template, write_new

    if len(title) == 2 and title[0] == "template":
        template = title[1]
    path = (
        copy_template(desk.root, template)
        if template
        else write_new(desk.root, " ".join(title), desk.settings, clock(None))
    )
    desk.terminal.line(f"made {printable(str(path))}")
    return OK


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option("--jobs", "-j", type=click.IntRange(0, 256), default=0, help="Processes (default: all cores).")
@click.option("--clock", "at", metavar="ISO", help="Ingest as of this moment.")
@json_option
@speaking
@click.pass_context
def ingest(
    context: click.Context,
    paths: tuple[Path, ...],
    dry_run: bool,
    jobs: int,
    at: str | None,
    as_json: bool,
    more_quiet: bool,
    more_verbose: bool,
) -> int:
    """Turn wire copy into articles in content/. PATHS are files and folders (default: seeds/)."""
    from dateline.desk import ingest as take_in

    desk = tuned(context, more_quiet, more_verbose)
    settings = desk.settings
    wanted = paths or (desk.root / settings.ingest.seeds,)
    missing = [path for path in wanted if not os.path.lexists(path)]
    if missing:
        raise DatelineError(printable(str(missing[0])), "is not there", "name a file or a folder of wire copy")
    report = take_in(
        desk.root, wanted, settings, clock(at), jobs=jobs, dry_run=dry_run, progress=desk.terminal.progress
    )
    return _ingested(desk, report, as_json=as_json)


def _ingested(desk: Desk, report: Any, *, as_json: bool = False) -> int:
    desk.terminal.done()
    code = named(desk, report.problems)
    if as_json:
        write_json(report)
        return code
    if desk.terminal.verbose:
        for outcome in report.outcomes:
            desk.terminal.line(str(outcome))
    desk.terminal.line(str(report))
    return code


@click.command()
@click.argument("story")
@click.pass_obj
def withdraw(desk: Desk, story: str) -> int:
    """Withdraw STORY (an id or a content file): a short notice stays, its text goes everywhere."""
    from dateline.desk import withdraw as take_back

    result = take_back(desk.root, story, desk.settings, clock(None))
    desk.terminal.line(f"withdrawn: {result}; run `dateline build` to take it off the site")
    return OK


@click.command()
@click.argument("story")
@json_option
@click.pass_obj
def history(desk: Desk, story: str, as_json: bool) -> int:
    """Show the versions of STORY (an id or a content file)."""
    from dateline.desk import history as versions

    found = versions(desk.root, story, desk.settings)
    if as_json:
        write_json(found)
    else:
        for version in found:
            desk.terminal.line(str(version))
    return OK


@click.command()
@click.option("--merge", nargs=2, metavar="FROM INTO", help="Make FROM another name for INTO (ids).")
@click.option("--deny", metavar="WORD", help="Never show this tag (an id or a word).")
@json_option
@click.pass_obj
def tags(desk: Desk, merge: tuple[str, str] | None, deny: str | None, as_json: bool) -> int:
    """List all tags, how often they are used and which look alike; merge or deny one."""
    from collections import Counter

    from dateline import content
    from dateline.tagging import edits

    path = desk.root / content.VOCABULARY
    if merge or deny:
        _ = desk.settings  # only in a newsroom
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        text = edits.merged(text, *merge) if merge else edits.denied(text, deny or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        desk.terminal.line(f"wrote {content.VOCABULARY}; run `dateline build` to see it on the site")
        return OK
    with planned(desk) as seen:
        counts = Counter(t for r in seen.prospect.records for t in r.terms)
    pairs = edits.near_duplicates(counts.items())
    if as_json:
        write_json(
            {
                "tags": [{"id": t.id, "kind": t.kind, "label": t.label, "stories": n} for t, n in counts.most_common()],
                "alike": pairs,
            }
        )
        return OK
    for term, count in counts.most_common():
        desk.terminal.line(f"{count:6}  {term.id:<40} {term.label}")
    for pair in pairs:
        desk.terminal.line(
            f"alike: {pair.other.id} and {pair.keep.id}; one tag: dateline tags --merge {pair.other.id} {pair.keep.id}"
        )
    return OK
