"""Words on the command line -> what the newsroom does, and an exit code.

0 done; 1 something of the user's is wrong (everything else was still built); 2 usage or settings; 130 interrupted
(143, 129 by SIGTERM, SIGHUP: 128 and the signal, as shells count).
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from dateline import __version__
from dateline.check_cli import check
from dateline.errors import DatelineError, Problem, SettingsError, printable
from dateline.terminal import Terminal

if TYPE_CHECKING:
    from types import FrameType

    from dateline.quiet import Look
    from dateline.settings import Settings

OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


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
        return 128 + signals[0] if signals else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing left to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        place = printable(str(error.filename)) if error.filename else "dateline"
        _say(f"{place}: {error.strerror or error} (mend it and run again)")
        return WRONG
    return code if isinstance(code, int) else OK


def _say(text: str) -> None:
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


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The newsroom's folder (default: here).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but what is wrong.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every file.")
@click.version_option(__version__, prog_name="dateline")
@click.pass_context
def main(context: click.Context, root: Path, quiet: bool, verbose: bool) -> None:
    """Turn raw wire copy into a published news site with feeds."""
    context.obj = Desk(root, Terminal(quiet=quiet, verbose=verbose), context.obj)


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


def _executor(_context: click.Context, _option: click.Parameter, spec: str) -> str:
    """See that somebody is called like that, before anything else is begun."""
    if spec:
        from dateline.crew import crew

        crew(spec, 0)
    return spec


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


@main.command()
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

    desk = _tuned(context, more_quiet, more_verbose)
    when = clock(at)
    asked = options_named(
        drafts=drafts, output=str(output or ""), base_url=base_url or "", ingest=not no_ingest, search=search
    )
    seen = desk.looked
    if seen is None and not (full or dry_run or publish or tell or profile or as_json):
        folder = output or desk.root / "build"
        same, seen = nothing_to_do(str(desk.root), str(folder), asked, when.timestamp(), os.environ.items())
        if same is not None:
            desk.terminal.line(f"built 0 of {same.total} files in {desk.terminal.seconds:.2f} s ({same.last})")
            return OK
    from dateline.pipeline import build as make
    from dateline.request import Request
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
    report = retouch(request, settings) or make(request, settings)
    desk.terminal.done()
    code = max(code, _problems(desk, report.problems, strict=strict))
    if publish and not dry_run:
        _published(desk, request, settings, publish, as_json=as_json)
    if tell and not dry_run:
        _announced(desk, settings)
    if as_json:
        _json(report)
    else:
        for key in sorted(report.made) if desk.terminal.verbose else ():
            desk.terminal.line(f"{'wrote' if key in report.written else 'same '} {key}")
        desk.terminal.line(_summary(report, settings, dry_run))
        for note in report.notes if report.made else ():
            desk.terminal.line(note)
        if profile:
            for stage, seconds in report.stages.items():
                desk.terminal.line(f"  {stage:<10} {seconds * 1000:9.1f} ms")
    return code


def _brought(desk: Desk, settings: Settings, *, as_json: bool, strict: bool) -> tuple[int, bool]:
    """Bring content/ up to the bucket that the settings name, if they do."""
    if not settings.content.url:
        return OK, False
    from dateline.mirror import mirror

    done = mirror(desk.root, settings, progress=desk.terminal.progress)
    desk.terminal.done()
    changed = bool(done.fetched or done.removed)
    if changed and not as_json:
        desk.terminal.line(str(done))
    return _problems(desk, done.problems, strict=strict), changed


def _take_in(desk: Desk, settings: Settings, when: datetime, jobs: int, *, as_json: bool) -> tuple[int, bool]:
    """Ingest what is new in seeds/, so that dropping a file there is all a newcomer needs."""
    seeds = desk.root / settings.ingest.seeds
    if not settings.ingest.on_build or not seeds.is_dir():
        return OK, False
    from dateline.desk import ingest as take_in

    report = take_in(desk.root, (seeds,), settings, when, jobs=jobs, progress=desk.terminal.progress)
    desk.terminal.done()
    code = _problems(desk, report.problems)
    if report.written and not as_json:
        desk.terminal.line(str(report))
    return code, bool(report.written)


def _summary(report: Any, settings: Settings, dry: bool) -> str:
    """One line in the reader's terms: ``built 3 of 2021 pages in 0.2 s (2018 unchanged, …)``."""
    from dateline.pipeline import next_due

    rest = [f"{report.total - len(report.made)} unchanged"]
    if report.removed:
        rest.append(f"{len(report.removed)} {'to remove' if dry else 'removed'}")
    if report.due:
        rest.append(next_due(report.due, report.why, settings.zone))
    verb = "would build" if dry else "built"
    return f"{verb} {len(report.made)} of {report.total} files in {report.seconds:.2f} s ({', '.join(rest)})"


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

    _problems(desk, announce(desk.root / STATE, services(settings)))


@main.command()
@click.pass_obj
def ping(desk: Desk) -> int:
    """Tell the WebSub hub and IndexNow what builds have changed; what cannot be told waits for the next time."""
    settings = desk.settings
    if not (settings.feeds.hub or settings.feeds.indexnow_key):
        raise SettingsError("dateline.toml", "there is nobody to tell", "set feeds.hub or feeds.indexnow_key")
    _announced(desk, settings)
    return OK


# -- beginning ----------------------------------------------------------------------------------------


@main.command()
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


@main.command()
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


# -- ingest ---------------------------------------------------------------------------------------------


@main.command()
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

    desk = _tuned(context, more_quiet, more_verbose)
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
    code = _problems(desk, report.problems)
    if as_json:
        _json(report)
        return code
    if desk.terminal.verbose:
        for outcome in report.outcomes:
            desk.terminal.line(str(outcome))
    desk.terminal.line(str(report))
    return code


@main.command()
@click.argument("story")
@click.pass_obj
def withdraw(desk: Desk, story: str) -> int:
    """Withdraw STORY (an id or a content file): a short notice stays, its text goes everywhere."""
    from dateline.desk import withdraw as take_back

    result = take_back(desk.root, story, desk.settings, clock(None))
    desk.terminal.line(f"withdrawn: {result}; run `dateline build` to take it off the site")
    return OK


@main.command()
@click.argument("story")
@json_option
@click.pass_obj
def history(desk: Desk, story: str, as_json: bool) -> int:
    """Show the versions of STORY (an id or a content file)."""
    from dateline.desk import history as versions

    found = versions(desk.root, story, desk.settings)
    if as_json:
        _json(found)
    else:
        for version in found:
            desk.terminal.line(str(version))
    return OK


# -- looking ----------------------------------------------------------------------------------------------


def _seen(desk: Desk, at: str | None = None, output: Path | None = None, *, drafts: bool = False) -> Any:
    """Plan without making anything, from what is remembered; the memory itself stays untouched."""
    from dateline.pipeline import planned
    from dateline.request import Request

    return planned(Request(root=desk.root, now=clock(at), output=output, drafts=drafts), desk.settings)


@main.command("list")
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
    with _seen(desk, at) as seen:
        found = sorted(
            (r for r in seen.prospect.records if tests[which](r)), key=lambda r: (r.published, r.id), reverse=True
        )
        problems = seen.prospect.problems
        zone = seen.prospect.settings.zone
    if as_json:
        _json(
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
    return _problems(desk, problems)


@main.command()
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

    with _seen(desk, at, output_folder) as seen:
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
                _json({"affects": [{"output": key, "by": by} for key, by in rows], "fields": fields})
            for key, by in () if as_json else rows:
                desk.terminal.line(f"{by:<7} {folder.name}/{key}")
            for field in () if as_json else fields:
                desk.terminal.line(str(field))
            return OK
        key = path.removeprefix(f"{folder.name}/")
        answer = why(key, tasks, seen.store, Output(folder, desk.root))
    if as_json:
        _json(answer)
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


@main.command()
@click.option("--next", "next_", is_flag=True, help="Only the moment of the next change, for machines.")
@click.option("--clock", "at", metavar="ISO", help="As of this moment.")
@json_option
@click.pass_obj
def status(desk: Desk, next_: bool, at: str | None, as_json: bool) -> int:
    """Show what is on the site and what falls due next."""
    from dateline.pipeline import dues

    with _seen(desk, at) as seen:
        front = seen.prospect.front
        due = dues(seen.prospect, clock(at))
        zone = seen.prospect.settings.zone
        counts = {lang: len(edition.stories) for lang, edition in front.editions.items()}
    if as_json:
        _json({"next": front.due, "why": front.why, "stories": counts, "due": due})
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


@main.command()
@click.option("--all", "everything", is_flag=True, help="Also what ingest remembers (.dateline/ as a whole).")
@click.pass_obj
def clean(desk: Desk, everything: bool) -> int:
    """Remove build/ and what builds remember. Articles and seeds stay."""
    from dateline.pipeline import sweep

    _ = desk.settings  # only in a newsroom
    removed = sweep(desk.root, everything=everything)
    desk.terminal.line(f"removed {', '.join(removed)}" if removed else "nothing to remove")
    return OK


# -- live -------------------------------------------------------------------------------------------------


def _site(
    desk: Desk,
    jobs: int,
    *,
    full: bool,
    drafts: bool,
    no_ingest: bool,
    base_url: str | None,
    output: Path | None,
    at: str | None,
) -> Any:
    from dateline.clock import wall
    from dateline.live import Site
    from dateline.request import Request

    desk.address(base_url)
    fixed = moment(at) if at else None
    request = Request(root=desk.root, now=clock(at), output=output, jobs=jobs, full=full, drafts=drafts)
    return Site(
        request,
        lambda: desk.settings,
        lambda report, settings: _summary(report, settings, dry=False),
        ingesting=not no_ingest,
        clock=(lambda: fixed) if fixed else wall,
    )


@main.command()
@build_options
@speaking
@click.pass_context
def watch(
    context: click.Context,
    at: str | None,
    jobs: int,
    full: bool,
    drafts: bool,
    base_url: str | None,
    output: Path | None,
    no_ingest: bool,
    more_quiet: bool,
    more_verbose: bool,
) -> int:
    """Make the site again whenever something of it changes, or falls due. Ctrl-C ends it."""
    from dateline import live

    desk = _tuned(context, more_quiet, more_verbose)
    site = _site(desk, jobs, full=full, drafts=drafts, no_ingest=no_ingest, base_url=base_url, output=output, at=at)
    try:
        live.watch(site, desk.terminal.line, desk.terminal.problem, _say)
    except KeyboardInterrupt:
        desk.terminal.line("stopped")
    return OK


@main.command()
@build_options
@speaking
@click.option("--watch", "watching", is_flag=True, help="Follow every change, with live reload.")
@click.option("--host", default="127.0.0.1", help="Address to listen on (default: this machine only).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: 8000, or the next that is free).")
@click.option("--open", "open_", is_flag=True, help="Open the site in a browser.")
@click.pass_context
def serve(
    context: click.Context,
    at: str | None,
    jobs: int,
    full: bool,
    drafts: bool,
    base_url: str | None,
    output: Path | None,
    no_ingest: bool,
    watching: bool,
    host: str,
    port: int | None,
    open_: bool,
    more_quiet: bool,
    more_verbose: bool,
) -> int:
    """Make the site and serve it on this machine, for work and previews. Ctrl-C ends it."""
    from dateline import live
    from dateline.serve import PORT, Server

    desk = _tuned(context, more_quiet, more_verbose)
    site = _site(desk, jobs, full=full, drafts=drafts, no_ingest=no_ingest, base_url=base_url, output=output, at=at)
    path = "/" + site.settings.base_url.split("/", 3)[3]

    def server(folder: Path, **more: Any) -> Server:
        log = desk.terminal.line if desk.terminal.verbose else None
        return Server(
            folder,
            host,
            PORT if port is None else port,
            port_explicit=port is not None,
            root_path=path,
            log=log,
            **more,
        )

    def say(text: str) -> None:
        desk.terminal.line(text)
        address = re.search(r"https?://\S+", text) if open_ else None
        if address:
            import webbrowser

            webbrowser.open(address[0])

    live.serve(site, server, say, desk.terminal.problem, _say, watching=watching)
    return OK


@main.command()
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
    with _seen(desk) as seen:
        counts = Counter(t for r in seen.prospect.records for t in r.terms)
    pairs = edits.near_duplicates(counts.items())
    if as_json:
        _json(
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


main.add_command(check)
