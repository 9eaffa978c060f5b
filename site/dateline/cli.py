"""Words on the command line -> what the newsroom does, and an exit code.

0 done; 1 something of the user's is wrong (everything else was still built); 2 usage or settings; 130 interrupted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from dateline import __version__
from dateline.errors import DatelineError, Problem, SettingsError, printable
from dateline.terminal import Terminal

if TYPE_CHECKING:
    from types import FrameType

    from dateline.settings import Settings

OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


class Desk:
    """What every command knows: the newsroom's folder and how to speak."""

    def __init__(self, root: Path, terminal: Terminal) -> None:
        self.root = root
        self.terminal = terminal

    @property
    def settings(self) -> Settings:
        """The newsroom's settings, the environment's overrides included."""
        from dateline.newsroom import settings_of

        return settings_of(self.root, os.environ)


def run(arguments: Sequence[str]) -> int:
    """Run one command; never a traceback for what a user can cause."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = main.main(list(arguments), prog_name="dateline", standalone_mode=False)
    except SettingsError as error:
        _say(str(error))
        return USAGE
    except DatelineError as error:
        _say(str(error))
        return WRONG
    except click.UsageError as error:
        error.show()
        return USAGE
    except (KeyboardInterrupt, click.exceptions.Abort):
        _say("stopped; what was written stays, the next run goes on from here")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing left to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        place = printable(str(error.filename)) if error.filename else "dateline"
        _say(f"{place}: {error.strerror or error} (mend it and run again)")
        return WRONG
    return code if isinstance(code, int) else OK


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
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
    from dateline.pipeline import now

    if given:
        return moment(given)
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise SettingsError("SOURCE_DATE_EPOCH", f"{epoch!r} is no number of seconds", "unset it") from None
    return now()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The newsroom's folder (default: here).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every file.")
@click.version_option(__version__, prog_name="dateline")
@click.pass_context
def main(context: click.Context, root: Path, quiet: bool, verbose: bool) -> None:
    """Turn raw wire copy into a published news site with feeds."""
    context.obj = Desk(root, Terminal(quiet=quiet, verbose=verbose))


def _json(value: Any) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2).decode())


def _problems(desk: Desk, problems: Sequence[Problem], *, strict: bool = False) -> int:
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


def _tuned(context: click.Context, quiet: bool, verbose: bool) -> Desk:
    desk: Desk = context.obj
    desk.terminal = Terminal(quiet=desk.terminal.quiet or quiet, verbose=desk.terminal.verbose or verbose)
    return desk


# -- build ------------------------------------------------------------------------------------------


def build_options(command: Any) -> Any:
    """Options that build, watch and serve share."""
    for option in reversed((
        click.option("--clock", "at", metavar="ISO", help="Build as of this moment (default: now, or SOURCE_DATE_EPOCH)."),
        click.option("--jobs", "-j", type=click.IntRange(0, 256), default=0, help="Processes (default: all cores)."),
        click.option("--full", is_flag=True, help="Make everything again, whatever is remembered."),
        click.option("--drafts", is_flag=True, help="Show drafts and embargoed stories too."),
        click.option("--base-url", metavar="URL", help="Public address of the site, over the settings'."),
        click.option("-o", "--output", type=click.Path(path_type=Path), help="Build into this folder."),
        click.option("--no-ingest", is_flag=True, help="Leave seeds/ alone."),
    )):
        command = option(command)
    return command


@main.command()
@build_options
@speaking
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--dry-run", is_flag=True, help="Say what would be made; write nothing.")
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
    strict: bool,
    dry_run: bool,
    profile: bool,
    as_json: bool,
    more_quiet: bool,
    more_verbose: bool,
) -> int:
    """Ingest what is new in seeds/, then make the site in build/. Only what differs is made."""
    from dateline.pipeline import Request
    from dateline.pipeline import build as make
    from dateline.settings import load

    desk = _tuned(context, more_quiet, more_verbose)
    if base_url:
        load(f"base_url = {msgspec.json.encode(base_url).decode()}", place="--base-url")
        os.environ["DATELINE_BASE_URL"] = base_url
    settings = desk.settings
    when = clock(at)
    request = Request(
        root=desk.root, now=when, output=output, jobs=jobs, full=full, drafts=drafts, dry=dry_run, progress=desk.terminal.progress
    )
    report = make(request, settings)
    desk.terminal.done()
    code = _problems(desk, report.problems, strict=strict)
    if as_json:
        _json(report)
    else:
        for key in sorted(report.made) if desk.terminal.verbose else ():
            desk.terminal.line(f"{'wrote' if key in report.written else 'same '} {key}")
        desk.terminal.line(_summary(report, settings, dry_run))
        if profile:
            for stage, seconds in report.stages.items():
                desk.terminal.line(f"  {stage:<10} {seconds * 1000:9.1f} ms")
    return code


def _summary(report: Any, settings: Settings, dry: bool) -> str:
    """One line in the reader's terms: ``built 3 of 2021 pages in 0.2 s (2018 unchanged, …)``."""
    rest = [f"{report.total - len(report.made)} unchanged"]
    if report.removed:
        rest.append(f"{len(report.removed)} {'to remove' if dry else 'removed'}")
    if report.due:
        local = report.due.astimezone(settings.zone)
        rest.append(f"next {report.why} {local:%Y-%m-%d %H:%M}")
    verb = "would build" if dry else "built"
    return f"{verb} {len(report.made)} of {report.total} files in {report.seconds:.2f} s ({', '.join(rest)})"
