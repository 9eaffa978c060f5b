"""Words on the command line -> what the newsroom does, and an exit code.

0 done; 1 something of the user's is wrong (everything else was still built); 2 usage or settings; 130 interrupted
(143, 129 by SIGTERM, SIGHUP: 128 and the signal, as shells count).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dateline import __version__, build_cli, check_cli, desk_cli, live_cli, look_cli
from dateline.command import INTERRUPTED, OK, USAGE, WRONG, Desk, say
from dateline.errors import DatelineError, SettingsError, printable
from dateline.terminal import Terminal

if TYPE_CHECKING:
    from types import FrameType

    from dateline.quiet import Look


def run(arguments: Sequence[str], looked: Look | None = None) -> int:
    """Run one command; never a traceback for what a user can cause. *looked*: a look at the newsroom a moment ago."""
    signals: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        signals.append(number)
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = main.main(list(arguments), prog_name="dateline", standalone_mode=False, obj=looked)
    except SettingsError as error:
        say(str(error))
        return USAGE
    except DatelineError as error:
        say(str(error))
        return WRONG
    except click.UsageError as error:
        error.show()
        return USAGE
    except (KeyboardInterrupt, click.exceptions.Abort):
        say("stopped; what was written stays, the next run goes on from here")
        return 128 + signals[0] if signals else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing left to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        place = printable(str(error.filename)) if error.filename else "dateline"
        say(f"{place}: {error.strerror or error} (mend it and run again)")
        return WRONG
    return code if isinstance(code, int) else OK


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
