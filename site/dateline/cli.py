"""Words on the command line -> what the newsroom does, and an exit code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline import __version__, build_cli, check_cli, desk_cli, live_cli, look_cli
from dateline.command import Desk
from dateline.leave import OK, USAGE, leave
from dateline.terminal import Terminal

if TYPE_CHECKING:
    from dateline.quiet import Look


def run(arguments: Sequence[str], looked: Look | None = None) -> int:
    """Run one command; never a traceback for what a user can cause. *looked*: a look at the newsroom a moment ago."""

    def work() -> int:
        try:
            code = main.main(list(arguments), prog_name="dateline", standalone_mode=False, obj=looked)
        except click.UsageError as error:
            error.show()
            return USAGE
        except click.exceptions.Abort:
            raise KeyboardInterrupt from None
        return code if isinstance(code, int) else OK

    return leave(work)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The newsroom's folder (default: here).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every file.")
@click.version_option(__version__, prog_name="dateline")
@click.pass_context
def main(context: click.Context, root: Path, quiet: bool, verbose: bool) -> None:
    """Turn raw wire copy into a published news site with feeds."""
    context.obj = Desk(root, Terminal(quiet=quiet, verbose=verbose), context.obj)


for room in (build_cli, live_cli, desk_cli, look_cli, check_cli):
    for command in vars(room).values():
        if isinstance(command, click.Command):
            main.add_command(command)
