"""What all commands share: the newsroom's folder, how to speak, the clock, the options that mean the same everywhere."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from dateline.errors import Problem, SettingsError
from dateline.leave import OK, WRONG
from dateline.terminal import Terminal

if TYPE_CHECKING:
    from dateline.mirror import Mirrored
    from dateline.quiet import Look
    from dateline.settings import Settings


class Desk:
    """What every command knows: the newsroom's folder and how to speak."""

    def __init__(self, root: Path, terminal: Terminal, looked: Look | None = None) -> None:
        self.root = root
        self.terminal = terminal
        self.looked = looked  # at the newsroom, a moment ago, and found something to do
        self.base_url = ""  # from the command line, over all settings

    @property
    def settings(self) -> Settings:
        """The newsroom's settings, the environment's overrides included."""
        from dateline.newsroom import settings_of

        environ = os.environ
        return settings_of(self.root, {**environ, "DATELINE_BASE_URL": self.base_url} if self.base_url else environ)

    def address(self, base_url: str | None) -> None:
        """Take ``--base-url``. Raises ``SettingsError`` where it is none."""
        from dateline.settings import load

        if base_url:
            load(f"base_url = {msgspec.json.encode(base_url).decode()}", place="--base-url")
            self.base_url = base_url


def say(text: str) -> None:
    """Say on the error output what went wrong."""
    with contextlib.suppress(OSError):  # who listens no more, or has no room, still gets the exit code
        click.echo(text, err=True)


def moment(text: str) -> datetime:
    """Read a moment for ``--clock``: ISO 8601, UTC where no zone is given. Raises ``SettingsError``."""
    try:
        found = datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise SettingsError("--clock", f"{text!r} is not a moment", "write it as 2026-11-22T14:00:00+01:00") from None


def clock(given: str | None) -> datetime:
    """The build's clock: ``--clock``, else ``SOURCE_DATE_EPOCH``, else the wall's."""
    from dateline.clock import now

    if given:
        return moment(given)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise SettingsError("SOURCE_DATE_EPOCH", f"{epoch!r} is no number of seconds", "unset it") from None
    return now()


def write_json(value: Any) -> None:
    """Report for machines."""
    click.echo(msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2).decode())


def named(desk: Desk, problems: Sequence[Problem], *, strict: bool = False) -> int:
    """Name what is wrong, once each; give the exit code."""
    for problem in dict.fromkeys(problems):
        desk.terminal.problem(problem)
    return WRONG if any(p.level == "error" or strict for p in problems) else OK


json_option = click.option("--json", "as_json", is_flag=True, help="Report for machines.")
verbosity = [
    click.option("-q", "--quiet", "more_quiet", is_flag=True, help="Say nothing but what is wrong."),
    click.option("-v", "--verbose", "more_verbose", is_flag=True, help="Say more: every file."),
]


def speaking(command: Any) -> Any:
    """Let ``-q`` and ``-v`` stand behind the command as well as before it."""
    for option in verbosity:
        command = option(command)
    return command


def tuned(context: click.Context, quiet: bool, verbose: bool) -> Desk:
    """Take ``-q`` and ``-v`` from behind the command, too."""
    desk: Desk = context.obj
    desk.terminal = Terminal(quiet=desk.terminal.quiet or quiet, verbose=desk.terminal.verbose or verbose)
    return desk


def mirrored(desk: Desk, settings: Settings) -> Mirrored | None:
    """Bring content/ up to the bucket that the settings name; None where they name none."""
    if not settings.content.url:
        return None
    from dateline.mirror import mirror

    done = mirror(desk.root, settings, progress=desk.terminal.progress)
    desk.terminal.done()
    return done


def planned(desk: Desk, at: str | None = None, output: Path | None = None, *, drafts: bool = False) -> Any:
    """Plan without making anything, from what is remembered; the memory itself stays untouched."""
    from dateline.pipeline import planned as plan
    from dateline.request import Request

    return plan(Request(root=desk.root, now=clock(at), output=output, drafts=drafts), desk.settings)


def build_options(command: Any) -> Any:
    """Options that build, watch and serve share."""
    for option in reversed(
        (
            click.option(
                "--clock", "at", metavar="ISO", help="Build as of this moment (default: now, or SOURCE_DATE_EPOCH)."
            ),
            click.option(
                "--jobs", "-j", type=click.IntRange(0, 256), default=0, help="Processes (default: all cores)."
            ),
            click.option("--full", is_flag=True, help="Make everything again, whatever is remembered."),
            click.option("--drafts", is_flag=True, help="Show drafts and embargoed stories too."),
            click.option("--base-url", metavar="URL", help="Public address of the site, over the settings'."),
            click.option("-o", "--output", type=click.Path(path_type=Path), help="Build into this folder."),
            click.option("--no-ingest", is_flag=True, help="Leave seeds/ alone."),
        )
    ):
        command = option(command)
    return command
