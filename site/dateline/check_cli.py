"""``dateline check``: what an editor should mend, on the terminal, for machines and for code hosts."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import click

from dateline.command import Desk, clock, mirrored, write_json
from dateline.leave import OK, WRONG

MEMORY = "check"


@click.command()
@click.option("--external", is_flag=True, help="Ask other sites whether links to them still lead somewhere.")
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--clock", "at", metavar="ISO", help="As of this moment.")
@click.option("-o", "--output-folder", type=click.Path(path_type=Path), help="The folder that was built into.")
@click.option("--json", "as_json", is_flag=True, help="Report for machines.")
@click.option("--sarif", "log", type=click.Path(path_type=Path), help="Write a SARIF log to this file, for code hosts.")
@click.option("-q", "--quiet", is_flag=True, help="Name errors only, not warnings.")
@click.pass_obj
def check(
    desk: Desk,
    *,
    external: bool,
    strict: bool,
    at: str | None,
    output_folder: Path | None,
    as_json: bool,
    log: Path | None,
    quiet: bool,
) -> int:
    """Look for what should be mended: links, anchors, pictures, feeds, doubles, gaps, templates."""
    from dateline.check import Built
    from dateline.check import check as look
    from dateline.check_external import external as ask
    from dateline.check_external import head
    from dateline.pipeline import planned
    from dateline.request import STATE, Request

    now, settings = clock(at), desk.settings
    brought = mirrored(desk, settings)
    gc.disable()  # what is looked at lives until the end
    with planned(Request(root=desk.root, now=now, output=output_folder), settings) as seen:
        ahead = seen.prospect
        # Links to other sites are only known of pages that are read.
        before, of = (b"", b"") if external else (seen.store.meta(MEMORY), seen.store.meta("code"))
        found = look(ahead.records, ahead.theme, Built(seen.folder, before, of), ahead.settings, now)
        if found.memory not in {b"", before}:
            seen.store.keep(MEMORY, found.memory)
        problems = sorted({*(brought.problems if brought else ()), *found.problems, *ahead.problems})
    gc.enable()
    if external:
        problems += ask(found.elsewhere, desk.root / STATE / "links.json", time.time(), head)
    if log:
        from dateline.sarif import sarif

        log.write_bytes(sarif(problems))
    errors = sum(p.level == "error" for p in problems)
    if as_json:
        write_json({"problems": problems, "errors": errors})
    for problem in () if as_json else problems:
        if problem.level == "error" or not (quiet or desk.terminal.quiet):
            desk.terminal.problem(problem)
    if not as_json:
        desk.terminal.line(f"checked: {_counted(errors, 'error')}, {_counted(len(problems) - errors, 'warning')}")
    return WRONG if errors or (strict and problems) else OK


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
