"""A newsroom's folder -> its site kept up to date, and shown: the shell of ``watch`` and ``serve``."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from msgspec import structs

from dateline import content, newsroom, pipeline
from dateline.clock import wall
from dateline.desk_page import DeskView, Due, Ingest, Waiting, desk_page
from dateline.doorbell import Doorbell, Hints
from dateline.errors import DatelineError, Problem
from dateline.livereload import LiveReload
from dateline.lookout import Lookout
from dateline.pipeline import Memory
from dateline.recipes import ArticleRecipe
from dateline.request import Report, Request
from dateline.serve import Server, forever, greeting
from dateline.serve import run as serve_while
from dateline.serve_overlay import overlay
from dateline.settings import FILE, Settings
from dateline.touch import touch
from dateline.watch import Diary, Entry, Outcome, once, restart
from dateline.watch import run as watch_until

if TYPE_CHECKING:
    from dateline.desk import IngestReport
    from dateline.tagging.edits import Pair

CHECK_AFTER = 2.0  # seconds of silence after which a rebuild by hints is followed by a look at everything
LATELY = 50  # ingested stories that the desk page shows

Say = Callable[[str], None]


class Site:
    """One newsroom, rebuilt whenever something of it changes."""

    def __init__(
        self,
        request: Request,
        settings_of: Callable[[], Settings],
        summary: Callable[[Report, Settings], str],
        *,
        ingesting: bool = True,
        clock: Callable[[], datetime] = wall,
    ) -> None:
        self.request = request
        self.settings_of = settings_of
        self.summary = summary
        self.ingesting = ingesting
        self.clock = clock
        self.memory = Memory()
        self.report = Report()
        self.settings = settings_of()
        self.problems: tuple[Problem, ...] = ()
        self._lookout = Lookout()
        self.called: Callable[[], bool] = lambda: False  # whether somebody waits for us while we look
        self.ingests: deque[Ingest] = deque(maxlen=LATELY)
        self._wire: tuple[Problem, ...] = ()  # what was wrong with seeds, until they are looked at again
        self._files: tuple[Problem, ...] = ()
        self._afar: tuple[Problem, ...] = ()  # what was wrong with the bucket, or what came from it

    @property
    def due(self) -> datetime | None:
        """When the site changes next by itself."""
        return self.report.due

    def bring(self) -> bool:
        """Bring content/ up to the bucket that the settings name, if they do; whether something else is wrong than before.

        What it brings is heard like any other file that is saved.
        """
        if not self.settings.content.url:
            return False
        from dateline.mirror import mirror

        known = self._afar
        try:
            self._afar = mirror(self.request.root, self.settings, wait=self.request.wait).problems
        except DatelineError as error:
            self._afar = (error.problem,)
        except OSError as error:
            self._afar = (Problem(content.FOLDER, f"{error}", "make room or mend its rights"),)
        return self._afar != known

    def rebuild(self, hints: Hints) -> Outcome:
        """Take in what is new in seeds/, then build: by the hints where only bodies changed, else as a whole.

        In silence, all there is to do is to look whether any file stands otherwise than when it was read.
        """
        if silent := hints.silent:
            young = self._lookout.missed(self.called)
            if young is not None and not young:
                return Outcome(problems=self.problems)
            hints = Hints(full=True) if young is None else Hints(frozenset(map(Path, young)))
        now = self.clock().replace(microsecond=0)
        request = structs.replace(self.request, now=now)
        self.request = structs.replace(self.request, full=False)  # everything again: once, at the start
        paths = self._inside(hints.paths)
        if FILE in paths or hints.full:
            self.settings = self.settings_of()
        report: Report | None = None
        taken: tuple[str, ...] = ()
        if not hints.full and hints.paths and all(self._is_article(p) for p in paths):
            if not silent:  # what is read once more is not young again
                self._lookout.note(str(request.root / p) for p in paths)
            report = touch(request, self.memory, sorted(paths))
        if report is None:
            self._lookout.renew(newsroom.places(request.root, self.settings))
            taken = self._take_in(paths, hints, now)
            self._lookout.note(str(request.root / p) for p in taken)
            report = pipeline.build(request, self.settings, self.memory)
            self._files = report.problems
        self.report = report
        self.problems = (*self._afar, *self._wire, *self._files)
        changed = addresses(report.written | report.removed)
        return Outcome(
            changed=changed,
            problems=self.problems,
            summary=self.summary(report, self.settings) if changed else "",
            ingested=taken,
        )

    def _inside(self, paths: Iterable[Path | str]) -> set[str]:
        root = self.request.root.resolve()
        found = set()
        for path in paths:
            try:
                found.add(Path(os.path.abspath(path)).relative_to(root).as_posix())  # noqa: PTH100 - links stay as they are
            except ValueError:
                found.add(str(path))
        return found

    @staticmethod
    def _is_article(path: str) -> bool:
        return path.startswith(f"{content.FOLDER}/") and path.lower().endswith((".md", ".markdown"))

    def _take_in(self, paths: set[str], hints: Hints, now: datetime) -> tuple[str, ...]:
        """Ingest what was dropped into seeds/; look at all of it when nobody says what changed."""
        root, seeds = self.request.root, self.settings.ingest.seeds
        # What a schema refused may pass when another is brought.
        fed = [name for name in (seeds, self.settings.ingest.schemas) if name]
        dropped = [p for p in sorted(paths) if any(p == name or p.startswith(f"{name}/") for name in fed)]
        folder = root / seeds
        if (
            not self.ingesting
            or not self.settings.ingest.on_build
            or not folder.is_dir()
            or not (dropped or hints.full)
        ):
            return ()
        from dateline.desk import ingest

        report: IngestReport = ingest(root, (folder,), self.settings, now)
        self._wire = report.problems
        for path in report.written:
            self.ingests.appendleft(Ingest(now, Path(path).stem, "", ", ".join(Path(p).name for p in dropped) or seeds))
        return report.written

    # -- the desk ---------------------------------------------------------------------------------

    def desk(self, diary: Diary, path: str) -> bytes | None:
        """The desk page for "", a story that readers do not see yet for ``preview/…``; else None."""
        if path.startswith("preview/"):
            return self._preview(path.removeprefix("preview/"))
        if path:
            return None
        seen = self.memory.seen
        now = self.clock()
        records = seen.records if seen else []
        titles = {r.path: (r.teaser.title, r.teaser.url) for r in records}
        hidden = [r for r in records if r.status == "draft" or (r.embargo is not None and r.embargo > now)]
        view = DeskView(
            title=self.settings.title,
            now=now,
            zone=self.settings.zone,
            stories=seen.plan.articles if seen else 0,
            files=self.report.total,
            stylesheet=seen.sites[self.settings.language].stylesheet if seen else "",
            ingests=tuple(self._titled(i, titles) for i in self.ingests),
            rebuilds=tuple(structs.replace(e, paths=tuple(sorted(self._inside(e.paths)))) for e in diary.read()),
            problems=self.problems,
            due=tuple(Due(when, why, title) for when, why, title in pipeline.dues(seen, now)[:LATELY]) if seen else (),
            waiting=tuple(
                Waiting(
                    r.teaser.title,
                    "draft" if r.status == "draft" else "embargo",
                    r.path,
                    f"preview/{r.path}",
                    r.embargo,
                )
                for r in hidden
            ),
            tags=self._alike(),
        )
        return desk_page(view, live=True)

    @staticmethod
    def _titled(ingest: Ingest, titles: Mapping[str, tuple[str, str]]) -> Ingest:
        title, url = next((t for p, t in titles.items() if Path(p).stem == ingest.title), (ingest.title, ""))
        return structs.replace(ingest, title=title, url=url)

    def _alike(self) -> tuple[Pair, ...]:
        from collections import Counter

        from dateline.tagging.edits import near_duplicates

        seen = self.memory.seen
        terms = Counter(t for r in (seen.records if seen else ()) for t in r.terms)
        return tuple(near_duplicates(terms.items()))[:LATELY]

    def warm(self) -> None:
        """Import and compile what the first save is going to need, while nobody waits for it."""
        seen = self.memory.seen
        if seen is not None:
            self.memory.setup(pipeline.context_of(self.request.root, seen)).warm(seen.plan.tasks)

    def _preview(self, path: str) -> bytes | None:
        """Render an article that is not on the site, as it would look."""
        from dateline.press import Press

        seen = self.memory.seen
        record = next((r for r in seen.records if r.path == path), None) if seen else None
        if seen is None or record is None:
            return None
        press = Press(pipeline.context_of(self.request.root, seen))
        article, html = press.story(record)
        lang = record.teaser.lang if record.teaser.lang in seen.sites else self.settings.language
        recipe = ArticleRecipe(record, lang, None, None, (), (), None, None, (), None, (), breaking=False)
        return press.renderer.render(recipe.page(article, "preview.html"), html)


def addresses(files: frozenset[str]) -> frozenset[str]:
    """Root-relative addresses of output files."""
    return frozenset(
        "/" + (name.removesuffix("index.html") if name.rpartition("/")[2] == "index.html" else name) for name in files
    )


def bell_of(root: Path, settings: Settings, notice: Say) -> Doorbell:
    """Listen to everything that a site is made of, the package's own code included."""
    package = Path(newsroom.__file__).parent
    fed = [name for name in (settings.ingest.seeds, settings.ingest.schemas) if name]
    folders = [root / name for name in (*fed, content.FOLDER, "templates", "static")]
    return Doorbell([*folders, package], [root / FILE], notice=notice)


def watch(site: Site, say: Say, name: Callable[[Problem], None], notice: Say) -> None:
    """Keep the site up to date until somebody stops it."""
    with bell_of(site.request.root, site.settings, notice) as bell, polled(site, bell):
        site.called = lambda: bell.rung
        first = _begin(site, name)
        say(first.outcome.summary or site.summary(site.report, site.settings))
        site.warm()
        end = watch_until(
            site.rebuild,
            doorbell=bell,
            next_due=lambda: site.due,
            say=say,
            name=name,
            code=newsroom.code_stats,
            check_after=CHECK_AFTER,
        )
    if end == "restart":
        restart()


@contextmanager
def polled(site: Site, bell: Doorbell) -> Iterator[None]:
    """Look at the bucket that the settings name now and then: a slow one holds nobody up."""
    over = Event()

    def poll() -> None:
        while not over.wait(site.settings.content.poll):
            if site.bring():
                bell.ring()

    if site.settings.content.url:
        Thread(target=poll, daemon=True).start()  # the process ends though a store does not answer
    try:
        yield
    finally:
        over.set()


def _begin(site: Site, name: Callable[[Problem], None]) -> Entry:
    site.bring()
    entry = once(site.rebuild, Hints(full=True), "start")
    for problem in dict.fromkeys(entry.outcome.problems):
        name(problem)
    return entry


class _Moved(Mapping[str, str]):
    """Former addresses of the site as it stands: they change with it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def _all(self) -> dict[str, str]:
        seen = self._site.memory.seen
        return {alias: r.teaser.url for r in (seen.records if seen else ()) for alias in r.aliases}

    def __getitem__(self, key: str) -> str:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def serve(
    site: Site, server: Callable[..., Server], say: Say, name: Callable[[Problem], None], notice: Say, *, watching: bool
) -> int:
    """Build, serve, and with *watching* follow every change; the number of errors that the first build found."""
    folder = site.request.output or site.request.root / "build"
    if not watching:
        made = server(folder, redirects=_Moved(site))
        made.bind()
        first = _begin(site, name)
        say(greeting(made.address, first.seconds, site.report.total, made.moved))
        serve_while(made, forever)
        return 0
    live, diary = LiveReload(), Diary()
    made = server(folder, live=live, redirects=_Moved(site), desk=lambda path: site.desk(diary, path))
    root = site.request.root
    with bell_of(root, site.settings, notice) as bell, polled(site, bell):
        site.called = lambda: bell.rung
        made.bind()
        first = _begin(site, name)
        diary.write(first)
        errors = overlay([p for p in first.outcome.problems if p.level == "error"], root)
        if errors:
            live.fail(errors)
        say(greeting(made.address, first.seconds, site.report.total, made.moved))

        def work() -> str:
            site.warm()
            return watch_until(
                site.rebuild,
                doorbell=bell,
                next_due=lambda: site.due,
                say=say,
                name=name,
                code=newsroom.code_stats,
                live=live,
                overlay=lambda problems: overlay(list(problems), root),
                diary=diary,
                check_after=CHECK_AFTER,
            )

        end = serve_while(made, work, after=lambda end: made.hand_on() if end == "restart" else None)
    if end == "restart":
        restart()
    return 0
