"""A newsroom's folder and an instant -> its site: the whole story, top to bottom.

read → index → plan → render → publish. What was made before is remembered, and only what differs is made.
"""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field, structs

from dateline import compress, content, exports, icons, newsroom, pictures, search
from dateline.crew import crew
from dateline.edition import Front, front
from dateline.editors import vocabulary_of
from dateline.engine.digest import SIZE, digest, digest_all, digest_of
from dateline.engine.executors import ClusterError, Executor, Far, Pool, R, Serial, T, Waves
from dateline.engine.output import Output
from dateline.engine.run import Application, Away, Job, Outcome, run
from dateline.engine.store import Record as Kept
from dateline.engine.store import Stat, Store, Trace
from dateline.engine.task import Task
from dateline.errors import DatelineError, Problem, SettingsError
from dateline.files import Found, read_file, scan
from dateline.lock import locked
from dateline.page import SiteView
from dateline.plan import Plan, plan
from dateline.plan_edition import Materials
from dateline.quiet import KEY, Quiet, World, ours, world
from dateline.recipes import ArticleRecipe
from dateline.record import Record, decode, moved, named
from dateline.settings import Settings
from dateline.theme import Theme, assets

if TYPE_CHECKING:
    from dateline.press import Context, Press, Told
    from dateline.tagging.vocabulary import Vocabulary

STATE = ".dateline"
FEW = 48  # tasks that are done sooner here than in a pool
FEW_PICTURES = 3

Progress = Callable[[str, int, int], None]  # stage, done, all


class Request(Struct, frozen=True):
    """What a build is asked for."""

    root: Path
    now: datetime  # aware: the build's clock
    output: Path | None = None  # build/ in the newsroom
    jobs: int = 0  # all cores
    executor: str = ""  # who works: serial, pool:4, dask:tcp://…; a pool of `jobs`
    full: bool = False  # believe no trace
    drafts: bool = False
    dry: bool = False
    search: bool = False  # bring the search index up to date, too
    asked: str = ""  # names the options; "" where the next build is not to be spared
    world: World | None = None  # stats of all sources, if they were taken already
    wait: float = 60.0  # seconds for another builder to finish
    progress: Progress = lambda _stage, _done, _all: None


class Report(Struct, frozen=True):
    """What a build did."""

    total: int = 0  # outputs planned
    articles: int = 0
    made: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    read: tuple[str, ...] = ()  # content files read again
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # what is not there for want of an extra
    due: datetime | None = None
    why: str = ""
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)  # seconds

    @property
    def failed(self) -> bool:
        """Tell whether something of the user's is wrong."""
        return any(p.level == "error" for p in self.problems)


class _Clock:
    """Where the time goes."""

    def __init__(self) -> None:
        self.start = self.last = time.perf_counter()
        self.stages: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.stages[stage] = round(now - self.last, 4)
        self.last = now


class Memory:
    """What a watching process keeps from one build to the next: nothing that a build could not find again."""

    def __init__(self) -> None:
        self.seen: Prospect | None = None
        self.clean = False  # the last build did all there was to do
        self.traces: dict[str, Trace] | None = None
        self.press: Press | None = None
        self._name = b""
        self._of: dict[str, list[int]] | None = None
        self._at: dict[str, int] | None = None

    def remember(self, seen: Prospect, outcome: Outcome) -> None:
        """Note what a build saw and whether all of it was done."""
        self.seen = seen
        self.clean = not outcome.failures
        self._of = self._at = None
        gc.collect()
        gc.freeze()  # a site of 10,000 articles is not looked through again for every edit

    def setup(self, context: Context) -> Press:
        """Lend the press of the last build, if templates, settings and site are still the same."""
        from dateline.press import Press

        name = digest_of(
            (
                digest_of(context.settings),
                sorted(context.theme.texts.items()),
                [s.digest for s in context.sites.values()],
            )
        )
        if self.press is None or self._name != name:
            self.press = Press(context)
            self._name = name
        self.press.renew()
        return self.press

    def place(self, path: str) -> int | None:
        """Where the article at *path* stands among the records."""
        if self._at is None:
            self._at = {r.path: place for place, r in enumerate(self.seen.records if self.seen else ())}
        return self._at.get(path)

    def told(self, plan: Plan, path: str) -> Told:
        """What feeds tell of the article at *path*, by *plan*: the last one, but for what edits exchanged."""
        recipes = (plan.tasks[place].recipe for place in self.shown_by(path))
        recipe = next(r for r in recipes if isinstance(r, ArticleRecipe) and r.record.path == path)
        return recipe.record, recipe.terms

    def shown_by(self, path: str) -> list[int]:
        """Which tasks are made from the article at *path*: their places in the plan."""
        if self._of is None:
            self._of = {}
            for place, task in enumerate(self.seen.plan.tasks if self.seen else ()):
                for given in task.inputs:
                    if isinstance(given, Record):
                        self._of.setdefault(given.path, []).append(place)
        return self._of.get(path, [])


def build(request: Request, settings: Settings, memory: Memory | None = None) -> Report:
    """Bring the output folder to what the newsroom says at ``request.now``.

    Everything of the user's that is wrong is in the report, and the rest is built all the same. Raises
    ``SettingsError`` where nothing can be built: another builder, a folder that is not ours.
    """
    with locked(request.root, request.wait):
        try:
            return _build(request, settings, memory)
        except (sqlite3.DatabaseError, msgspec.MsgspecError):
            # The memory is damaged in a way that showed only now: everything in it can be made again.
            for path in (request.root / STATE).glob("state.sqlite*"):
                path.unlink(missing_ok=True)
            if memory is not None:
                memory.traces = None
            return _build(request, settings, memory)
        except ClusterError as error:
            raise SettingsError("--executor", *error.args) from None


def _build(request: Request, settings: Settings, memory: Memory | None) -> Report:
    clock = _Clock()
    folder = request.output or request.root / "build"
    gc.disable()  # what a build makes lives as long as the build
    try:
        with Store(request.root / STATE / "state.sqlite") as store:
            _own(folder, store, request)
            return _steps(request, settings, store, folder, clock, memory)
    finally:
        gc.enable()


def _own(folder: Path, store: Store, request: Request) -> None:
    """Make sure that the output folder is ours to tidy: new, empty, or made by us."""
    place = str(folder.resolve())
    if folder.is_symlink() and not folder.exists():
        raise SettingsError(str(folder), "is a broken link", "remove it")
    if folder.exists() and not folder.is_dir():
        raise SettingsError(str(folder), "is not a folder", "move it away, or choose another with -o")
    known = store.meta("folder").decode()
    if known == place:
        return
    empty = not folder.is_dir() or not any(folder.iterdir())
    if not empty and not _ours(folder):
        raise SettingsError(
            str(folder), "holds files that dateline did not make", "choose an empty folder with -o, or empty it"
        )
    if known and not store.fresh:
        store.forget_outputs()
    if not request.dry:
        store.keep("folder", place.encode())


def _ours(folder: Path) -> bool:
    """Tell a folder that an earlier build made, though nothing is remembered of it."""
    for name in ("index.html", "404.html"):
        try:
            head = (folder / name).read_bytes()[:4000]
        except OSError:
            continue
        if b'name="generator" content="dateline' in head:
            return True
    return (folder / "assets").is_dir() and all(p.is_dir() for p in folder.iterdir())


class Prospect(Struct, frozen=True):
    """Everything that is known before the first page is made: what would be built, and from what."""

    settings: Settings
    records: list[Record]
    read: list[str]
    front: Front
    plan: Plan
    theme: Theme
    sites: dict[str, SiteView]
    stylesheet: str  # address of the feeds' style sheet
    environment: bytes  # what records depend on besides their files
    problems: list[Problem]


def prospect(request: Request, settings: Settings, store: Store, clock: _Clock | None = None) -> Prospect:
    """Read what has changed, and plan. Writes nothing but what it remembers of the sources."""
    clock = clock or _Clock()
    root = request.root
    compress.ready(settings)
    code = _code(store)
    theme, faults = newsroom.theme_of(root)
    vocabulary, more = vocabulary_of(root)
    problems = [*faults, *more]
    environment = digest_of((code, digest_of(settings), vocabulary))
    clock.lap("settings")

    records, read, more = _index(request, store, content.Reading(root, settings, vocabulary, environment))
    problems += more
    clock.lap("read")

    placed = _placed(records, problems)
    words = _words(vocabulary)
    shown = _pictured(request, placed, read, store, settings, words.pictures() if words else {})
    placed = shown.records
    problems += shown.problems
    found = front(placed, settings, request.now, drafts=request.drafts)
    clock.lap("index")

    made = assets(theme, settings.theme)
    addresses = {name: "/" + path for name, (path, _) in made.items()}
    marks = icons.icons(root, settings)
    problems += marks.problems
    sites = newsroom.sites(settings, found, addresses, marks.addresses)
    home = sites[settings.language]
    templates = _Templates(theme, store)
    static, more = _static(root, store, settings.limits.picture)
    problems += more
    planned = plan(
        found,
        Materials(
            settings=settings,
            now=request.now,
            sites=sites,
            templates=templates,
            code=code,
            assets=tuple(made.values()),
            static=static,
            about=_about(words),
            pictures=shown.tasks,
            faces=shown.terms,
            icons=(*marks.tasks, icons.manifest(settings, home.root, marks.addresses, home.icon)),
        ),
    )
    templates.save()
    problems += planned.problems
    clock.lap("plan")
    sheet = addresses.get("assets/feed.css", "")
    return Prospect(settings, placed, read, found, planned, theme, sites, sheet, environment, problems)


def _steps(
    request: Request, settings: Settings, store: Store, folder: Path, clock: _Clock, memory: Memory | None
) -> Report:
    looked = request.world or (
        world(newsroom.places(request.root, settings), ours(os.environ.items())) if request.asked else None
    )
    seen = prospect(request, settings, store, clock)
    job = Job(folder, request.root / STATE / "tmp", request.dry)
    outcome = _rendered(request, seen, store, job, memory, seen.plan.tasks)
    if memory is not None:
        memory.remember(seen, outcome)
    clock.lap("render")
    _note(request, seen, outcome)
    searched = _searched(request, seen, store, folder)
    clock.lap("search")
    report = _report(seen, outcome, clock, searched)
    if looked is not None and looked.settled and not report.problems:
        _settle(request, settings, store, folder, report, looked)
    return report


def _settle(request: Request, settings: Settings, store: Store, folder: Path, report: Report, looked: World) -> None:
    """Write down that nothing is left to do, so that the next build can tell by stats alone."""
    store.save_folders([("", *stat)] if (stat := Output(folder, folder).folder_stat("")) else [])
    due = report.due
    last = f"{report.total} unchanged" + (f", {next_due(due, report.why, settings.zone)}" if due else "")
    quiet = Quiet(
        places=newsroom.places(request.root, settings),
        world=looked.digest,
        asked=request.asked,
        total=report.total,
        due=due.timestamp() if due else 0.0,
        last=last,
    )
    store.keep(KEY, quiet.encoded())


def next_due(due: datetime, why: str, zone: ZoneInfo) -> str:
    """Say when the site changes next by itself, and why."""
    return f"next {why} {due.astimezone(zone):%Y-%m-%d %H:%M}"


def _report(seen: Prospect, outcome: Outcome, clock: _Clock, searched: search.Done | None = None) -> Report:
    return Report(
        total=outcome.total,
        articles=seen.plan.articles,
        made=outcome.made,
        written=outcome.written,
        removed=outcome.removed,
        read=tuple(seen.read),
        problems=(
            *seen.problems,
            *(Problem(f.place, f.problem, f.remedy) for f in outcome.failures),
            *((searched.problem,) if searched and searched.problem else ()),
        ),
        notes=(searched.note,) if searched and searched.note else (),
        due=seen.front.due,
        why=seen.front.why,
        seconds=round(time.perf_counter() - clock.start, 4),
        stages=clock.stages,
    )


def touch(request: Request, memory: Memory, paths: Sequence[str]) -> Report | None:
    """Build after the bodies of the articles at *paths* were edited, without looking at anything else.

    None where more may differ than bodies: a headline, a tag, a new file, a fault. Then a whole build must
    look. What is planned for a body is a matter of passing its digest on: tasks are the same but for that
    input, so the result is the whole build's, in proportion to the edit.
    """
    seen = memory.seen
    if (
        seen is None
        or not memory.clean
        or memory.traces is None
        or (seen.front.due is not None and seen.front.due <= request.now)
    ):
        return None
    clock = _Clock()
    with locked(request.root, request.wait), Store(request.root / STATE / "state.sqlite") as store:
        if store.fresh or store.meta("folder") != str((request.output or request.root / "build").resolve()).encode():
            return None
        swapped = _swapped(seen, memory, store, paths, request)
        if swapped is None:
            return None
        clock.lap("read")
        places = sorted({place for old, _ in swapped.values() for place in memory.shown_by(old.path)})
        tasks = list(seen.plan.tasks)
        for place in places:
            tasks[place] = exchanged(tasks[place], swapped)
        records = list(seen.records)
        for path, (_, new) in swapped.items():
            records[memory.place(path) or 0] = new
        now = structs.replace(
            seen,
            records=records,
            read=list(paths),
            plan=structs.replace(seen.plan, tasks=tuple(tasks)),
        )
        clock.lap("plan")
        job = Job(request.output or request.root / "build", request.root / STATE / "tmp")
        outcome = _rendered(request, now, store, job, memory, [tasks[place] for place in places])
        memory.seen, memory.clean = now, not outcome.failures
        clock.lap("render")
    _note(request, now, outcome)
    return structs.replace(_report(now, outcome, clock), total=len(tasks))


def _swapped(
    seen: Prospect, memory: Memory, store: Store, paths: Sequence[str], request: Request
) -> dict[str, tuple[Record, Record]] | None:
    """Read the articles at *paths*; old and new record of each, or None where more than bodies differ."""
    if not paths or len(paths) > FEW:
        return None
    kept = {path: seen.records[place] for path in paths if (place := memory.place(path)) is not None}
    if len(kept) < len(paths):
        return None
    environment = store.meta("environment")
    reader = content.Reader(content.Reading(request.root, seen.settings, vocabulary_of(request.root)[0], environment))
    swapped, fresh = {}, []
    for path in paths:
        parsed = content.read(reader, path)
        new, old = parsed.record, kept[path]
        if new is None or parsed.problems or parsed.stat is None:
            return None
        if _same_but_address(new, old):
            new = structs.replace(new, teaser=old.teaser)
        if structs.replace(new, digest=old.digest, words=old.words) != old:
            return None
        if new != old:
            swapped[path] = (old, new)
            fresh.append((path, Kept(parsed.stat, parsed.digest, _kept(parsed))))
    store.save_records(fresh)
    return swapped


def _same_but_address(new: Record, old: Record) -> bool:
    """Tell whether *new* differs from *old* by what a build gave it alone: a rival's mark on its address, a picture."""
    return named(structs.replace(new.teaser, url=old.teaser.url, picture=old.teaser.picture)) == old.teaser


def exchanged(task: Task, swapped: dict[str, tuple[Record, Record]]) -> Task:
    """Put new records in the place of old ones that differ from them by their bodies only."""

    def new(value: Any) -> Any:
        if isinstance(value, Record) and value.path in swapped:
            return structs.replace(swapped[value.path][1], terms=value.terms)  # tags as the edition has them
        return value

    recipe = task.recipe
    if hasattr(recipe, "record"):
        recipe = structs.replace(recipe, record=new(recipe.record))
    inputs = tuple([new(value) for value in task.inputs])
    return structs.replace(task, inputs=inputs, digest=digest_all(inputs), recipe=recipe)


def _note(request: Request, seen: Prospect, outcome: Outcome) -> None:
    """Keep what changed for ``dateline ping``: hubs are told once the site is where its readers are."""
    services = exports.services(seen.settings)
    if outcome.written and not request.dry and (services.hub or services.key):
        from dateline import ping

        feeds, pages = exports.changes(outcome.written, seen.plan.tasks, seen.settings)
        ping.note(request.root / STATE, services, feeds, pages)


def _searched(request: Request, seen: Prospect, store: Store, folder: Path) -> search.Done:
    """Bring the search index up to the pages that are published now, where this build is asked to."""
    if request.dry or not request.search:
        return search.Done()
    contents = store.contents()
    keys = [t.key for t in seen.plan.tasks if isinstance(t.recipe, ArticleRecipe)]
    kept = store.meta("search")
    pages = {key: contents[key] for key in keys if key in contents}
    done, new = search.refresh(seen.settings, folder, request.root / STATE / "tmp", pages, kept)
    if new != kept:
        store.keep("search", new)
    return done


class Seen(Struct, frozen=True):
    """A plan and what it is compared with."""

    prospect: Prospect
    store: Store
    folder: Path


@contextmanager
def planned(request: Request, settings: Settings) -> Iterator[Seen]:
    """Plan as a build would, and make nothing. The newsroom's lock is held meanwhile."""
    with locked(request.root, request.wait), Store(request.root / STATE / "state.sqlite") as store:
        yield Seen(prospect(request, settings, store), store, request.output or request.root / "build")


def dues(seen: Prospect, now: datetime) -> list[tuple[datetime, str, str]]:
    """All that is going to change the site by itself, soonest first: moment, why, headline."""
    news = seen.settings.news
    found = []
    for r in seen.records:
        title = r.teaser.title
        if r.status == "published":
            found += [(r.embargo, "embargo", title), (r.expires, "expiry", title)]
            if r.teaser.breaking:
                found.append((r.published + timedelta(hours=news.breaking_hours), "breaking label", title))
            out = r.published + timedelta(hours=news.sitemap_hours)
            if r.embargo is None or r.embargo < out:
                found.append((out, "news sitemap", title))
    return sorted((when, why, title) for when, why, title in found if when is not None and when > now)


def sweep(root: Path, *, everything: bool) -> list[str]:
    """Remove ``build/`` and what builds remember; with *everything* what ingest remembers too."""
    removed = []
    with locked(root, 5.0):
        build = root / "build"
        if build.is_symlink():
            raise SettingsError("build", "is a link", "remove it by hand")
        if build.is_dir():
            if any(build.iterdir()) and not _ours(build):
                raise SettingsError("build", "holds files that dateline did not make", "remove them by hand")
            shutil.rmtree(build)
            removed.append("build/")
        state = root / STATE
        for path in sorted(state.iterdir()) if state.is_dir() else ():
            if path.name == "lock" or not (everything or path.name.startswith(("state.sqlite", "templates", "tmp"))):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            removed.append(f"{STATE}/{path.name}")
    return removed


# -- code, theme, vocabulary ----------------------------------------------------------------------


def _code(store: Store) -> bytes:
    """Digest of the code; read again only when a stat says that it may differ."""
    stats = digest_of(newsroom.code_stats())
    kept = store.meta("code")
    if kept[: len(stats)] == stats:
        return kept[len(stats) :]
    name = newsroom.code_digest()
    store.keep("code", stats + name)
    return name


# -- read -----------------------------------------------------------------------------------------


def _index(request: Request, store: Store, reading: content.Reading) -> tuple[list[Record], list[str], list[Problem]]:
    """Read what differs from the last time; keep it; return all records, in the order of their paths."""
    kept = store.records()
    if store.meta("environment") != reading.environment:
        kept = {path: structs.replace(k, digest=b"") for path, k in kept.items()}
    problems: list[Problem] = []
    there: dict[str, Stat] = {}
    if (request.root / content.FOLDER).is_dir():
        for found in scan(request.root, content.FOLDER):
            if isinstance(found, Found):
                there[found.path] = Stat(found.size, found.mtime_ns, found.ctime_ns, found.inode)
            else:
                problems.append(found)
    racy = time.time_ns() - 2_000_000_000
    todo = []
    for path, stat in there.items():
        known = kept.get(path)
        # A file that changed within the clock's grain of being read may have changed again unseen.
        if known is None or not known.digest or known.stat != stat or stat.ctime > racy:
            todo.append(path)
    parsed = _parsed(todo, reading, request)
    fresh: dict[str, Kept] = {}
    for p in parsed:
        fresh[p.path] = Kept(p.stat or Stat(0, 0, 0, 0), p.digest, _kept(p))
    changed = [(path, k) for path, k in fresh.items() if path not in kept or kept[path] != k]
    gone = kept.keys() - there.keys()
    if changed or gone or store.meta("environment") != reading.environment:
        store.save_records(changed, gone)
        store.keep("environment", reading.environment)
    records = []
    for path in there:
        data = (fresh.get(path) or kept[path]).data
        if data[:1] == b"\1":
            records.append(decode(data[1:]))
        else:
            record, faults = msgspec.msgpack.decode(data, type=tuple[bytes, list[Problem]])
            problems += faults  # said again at every build, until they are mended
            records += [decode(record)] if record else []
    return records, todo, problems


def _kept(parsed: content.Parsed) -> bytes:
    """Spell what is remembered of a file: its record alone, or whatever there is to say of it."""
    if parsed.data and not parsed.problems:
        return b"\1" + parsed.data
    return msgspec.msgpack.encode((parsed.data, parsed.problems))


def _parsed(todo: Sequence[str], reading: content.Reading, request: Request) -> list[content.Parsed]:
    if not todo:
        return []
    step = max(1, min(250, len(todo) // 8))
    chunks = [todo[i : i + step] for i in range(0, len(todo), step)]
    executor = _executor(request, len(todo))
    found = []
    far = partial(_far_reading, reading)
    for parsed in executor.run(content.Reader, reading, content.read, [chunks], content.lost, lambda: None, far):
        found.append(parsed)
        request.progress("read", len(found), len(todo))
    return found


def _far_reading(reading: content.Reading) -> Far:
    from dateline import afar

    return afar.reading(reading)


def _pictured(
    request: Request,
    records: list[Record],
    read: Sequence[str],
    store: Store,
    settings: Settings,
    terms: dict[str, str],
) -> pictures.Pictured:
    """Look at the pictures of stories and *terms* that differ from the last time, and remember what they are."""
    if not terms and not any(r.teaser.image for r in records):
        return pictures.Pictured(records, {}, [], {})
    looking = pictures.Looking(request.root, settings, pictures.tools(settings))
    known = pictures.decode(store.meta("pictures"))

    def look_at(todo: list[str]) -> Iterator[tuple[str, pictures.Look]]:
        executor = Pool(request.jobs) if len(todo) > FEW_PICTURES and request.jobs != 1 else Serial()
        return executor.run(
            pictures.Looker, looking, pictures.look, [[[path] for path in todo]], pictures.lost, lambda: None
        )

    found = pictures.pictured(records, frozenset(read), looking, known, look_at, terms)
    if found.looks != known:
        store.keep("pictures", pictures.encode(found.looks))
    return found


def _executor(request: Request, tasks: int) -> Executor:
    return Serial() if tasks < FEW else crew(request.executor, request.jobs)


def _placed(records: list[Record], problems: list[Problem]) -> list[Record]:
    """Leave out copies of an id, and give each story an address of its own.

    Of two stories that want one address, the one published first keeps it; the other gets a mark made
    from its id: the order of reading does not show, and a later namesake never moves a story.
    """
    by_id: dict[str, Record] = {}
    by_url: dict[str, list[Record]] = {}
    for record in records:
        rival = by_id.setdefault(record.id, record)
        if rival is not record:
            problems.append(
                Problem(
                    record.path,
                    f"has the id of {rival.path}: {record.id}",
                    "give one of them another id; an id is minted once",
                )
            )
            continue
        by_url.setdefault(record.teaser.url.casefold(), []).append(record)
    placed = []
    for rivals in by_url.values():
        rivals.sort(key=lambda r: (r.published, r.id))
        placed.append(rivals[0])
        placed += [moved(r, f"{r.teaser.url.rstrip('/')}-{digest(r.id.encode()).hex()[:6]}/") for r in rivals[1:]]
    return placed


# -- plan and render ------------------------------------------------------------------------------


class _Templates:
    """Digests of templates with all they include; parsed again only when a text of the theme has changed."""

    def __init__(self, theme: Theme, store: Store) -> None:
        self.theme = theme
        self.store = store
        self.texts = digest_of(sorted(theme.texts.items()))
        kept = store.meta("templates")
        self.known = msgspec.msgpack.decode(kept[SIZE:], type=dict[str, bytes]) if kept[:SIZE] == self.texts else {}
        self.kept = len(self.known)

    def __call__(self, name: str) -> bytes:
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = self.theme.digest(name)
        return found

    def save(self) -> None:
        """Keep what was found out."""
        if len(self.known) != self.kept:
            self.store.keep("templates", self.texts + msgspec.msgpack.encode(self.known))


def _words(vocabulary: str | None) -> Vocabulary | None:
    if vocabulary is None:
        return None
    from dateline.tagging.vocabulary import Vocabulary

    return Vocabulary.load(vocabulary)


def _about(words: Vocabulary | None) -> Callable[[str, str], tuple[str, bool]]:
    if words is None:
        return lambda _id, _lang: ("", False)
    listed = frozenset(words.listed)
    return lambda key, lang: (words.description(key, lang), key in listed)


def _static(root: Path, store: Store, limit: int) -> tuple[tuple[tuple[str, bytes], ...], list[Problem]]:
    """Name the files of static/ by digest; a file is read only when its stat has changed."""
    kept = msgspec.msgpack.decode(store.meta("static") or b"\x80", type=dict[str, tuple[Stat, bytes]])
    found: dict[str, tuple[Stat, bytes]] = {}
    problems: list[Problem] = []
    for path, stat in newsroom.static_files(root):
        known = kept.get(path)
        try:
            data = b"" if known and known[0] == stat else read_file(root, path, limit).data
        except DatelineError as error:
            problems.append(error.problem)
            continue
        found[path] = known if known and known[0] == stat else (stat, digest(data))
    if found != kept:
        store.keep("static", msgspec.msgpack.encode(found))
    return tuple((path.removeprefix("static/"), name) for path, (_, name) in sorted(found.items())), problems


def _rendered(
    request: Request, seen: Prospect, store: Store, job: Job, memory: Memory | None, tasks: Sequence[Task]
) -> Outcome:
    from dateline import press

    few = memory is not None and len(tasks) < len(seen.plan.tasks)
    if memory is not None and memory.traces is None:
        memory.traces = store.traces()
    context = context_of(request.root, seen)
    app = Application(
        setup=memory.setup if memory is not None else press.Press,
        make=press.make,
        pieces=press.pieces,
        needs=press.needs,
        arrange=partial(press.arrange, told=partial(memory.told, seen.plan) if memory and few else _told(seen.plan)),
        blame=press.blame,
        name=press.name,
        pack=compress.pack,
        salvage=partial(press.salvage, full=seen.settings.feeds.content == "full"),
        away=_away(request, context),
    )
    return run(
        tasks,
        app,
        context,
        store,
        job,
        Serial() if few else _Chosen(request),
        full=request.full,
        traces=memory.traces if memory is not None else None,
        tidy=not few,
        keep=lambda key: search.ours(seen.settings, key),
        progress=lambda done, of: request.progress("render", done, of),
    )


def context_of(root: Path, seen: Prospect) -> Context:
    """What a press is told, to make what was planned."""
    from dateline import feeds
    from dateline.press import Context

    settings = seen.settings
    sheet = urlsplit(settings.base_url).path.rstrip("/") + seen.stylesheet if seen.stylesheet else ""
    options = feeds.options(settings, seen.sites[settings.language].generator, sheet)
    return Context(root, settings, seen.theme, seen.sites, options, seen.environment)


def _told(plan: Plan) -> Callable[[str], Told]:
    """All that feeds tell of articles, by path."""
    recipes = [t.recipe for t in plan.tasks if isinstance(t.recipe, ArticleRecipe)]
    return {r.record.path: (r.record, r.terms) for r in recipes}.__getitem__


def _away(request: Request, context: Context) -> Away | None:
    if not request.executor.startswith("dask:"):
        return None
    from dateline import afar

    return afar.rendering(context)


class _Chosen:
    """In this process for a few tasks, in a pool for many."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def run(
        self,
        setup: Callable[[Any], Any],
        context: Any,
        work: Callable[[Any, T], R],
        waves: Waves[T],
        lost: Callable[[T], R],
        between: Callable[[], Any],
        far: Callable[[], Far] | None = None,
    ) -> Iterator[R]:
        """See ``Executor.run``."""
        tasks = sum(len(chunk) for wave in waves for chunk in wave)
        return _executor(self.request, tasks).run(setup, context, work, waves, lost, between, far)
