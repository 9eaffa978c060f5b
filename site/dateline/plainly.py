"""A plain ``dateline build`` and a look that found something to do -> done and said as the command line does, or left to it.

Most of what is found is a body that was saved. To make that needs neither the command line nor a plan, and to import
them would take as long as to make it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dateline.leave import OK, leave
from dateline.quiet import Look


def retouched(root: str, asked: str, looked: Look, *, quiet: bool, ingest: bool) -> int | None:
    """Build what was *asked* for, where nothing but bodies was edited since; the exit code, or None where more may differ.

    With *ingest*, files in seeds of which ingest says the same at every build are left to the command line.
    """
    done = False

    def work() -> int:
        nonlocal done
        try:
            done = _build(Path(root), asked, looked, quiet=quiet, ingest=ingest)
        except KeyboardInterrupt:
            print(file=sys.stderr)  # noqa: T201 - closes the line on which a terminal shows ^C
            raise
        return OK

    code = leave(work)
    return None if code == OK and not done else code


def _build(root: Path, asked: str, looked: Look, *, quiet: bool, ingest: bool) -> bool:
    from dateline.clock import now
    from dateline.newsroom import settings_of
    from dateline.request import Request, summary
    from dateline.retouch import retouch
    from dateline.terminal import Terminal

    when, settings = now(), settings_of(root, os.environ)
    if settings.content.url or (ingest and settings.ingest.on_build and _odd(root / settings.ingest.seeds)):
        return False
    terminal = Terminal(quiet=quiet)
    report = retouch(Request(root=root, now=when, asked=asked, world=looked.world, stood=looked.stood), settings)
    if report is None:
        return False
    terminal.line(summary(report, settings, dry=False))
    return True


def _odd(seeds: Path) -> bool:
    """Tell whether there is anything but plain files. Those are the same as at the last build, or nothing is retouched."""
    from dateline.files import Found, scan

    return seeds.is_dir() and not all(isinstance(found, Found) for found in scan(seeds, suffixes=("",)))
