"""A newsroom's folder and an instant -> all that is known before the first page is made: what there is, what is planned.

read → index → plan. Files that have not changed are not read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from dateline import compress, content, icons, newsroom, pictures
from dateline.article import Term
from dateline.crew import crew
from dateline.edition import Front, front
from dateline.editors import vocabulary_of
from dateline.engine.digest import SIZE, digest, digest_of
from dateline.engine.executors import FEW, Executor, Far, Pool, Serial, cores, each, few
from dateline.engine.store import Record as Kept
from dateline.engine.store import Stat, Store
from dateline.errors import DatelineError, Problem
from dateline.files import Found, read_file, scan
from dateline.page import SiteView
from dateline.plan import Plan, plan
from dateline.plan_edition import Materials
from dateline.record import Record, moved
from dateline.request import Laps, Request
from dateline.settings import Settings
from dateline.theme import Theme, assets
from dateline.trade import load

if TYPE_CHECKING:
    from dateline.tagging.vocabulary import Vocabulary

FEW_PICTURES = 3
_AT_ONCE = 4000  # records that are kept in one go


class Prospect(Struct, frozen=True):
    """Everything that is known before the first page is made: what would be built, and from what."""

    settings: Settings
    as_read: list[Record]  # as their files say
    records: list[Record]  # as the site has them
    read: list[str]
    front: Front
    plan: Plan
    theme: Theme
    sites: dict[str, SiteView]
    stylesheet: str  # address of the feeds' style sheet
    environment: bytes  # what records depend on besides their files
    problems: list[Problem]


def prospect(request: Request, settings: Settings, store: Store, clock: Laps | None = None) -> Prospect:
    """Read what has changed, and plan. Writes nothing but what it remembers of the sources."""
    clock = clock or Laps()
    root = request.root
    compress.ready(settings)
    code = code_of(store)
    theme, faults = newsroom.theme_of(root)
    vocabulary, more = vocabulary_of(root)
    problems = [*faults, *more]
    environment = digest_of((code, digest_of(settings), vocabulary))
    clock.lap("settings")

    records, read, more = _index(request, store, content.Reading(root, settings, vocabulary, environment))
    problems += more
    clock.lap("read")

    placed = _placed(records, problems)
    words = words_of(vocabulary)
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
    templates = Templates(theme, store)
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
            about=about(words),
            pictures=shown.tasks,
            faces=shown.terms,
            icons=(*marks.tasks, icons.manifest(settings, home.root, marks.addresses, home.icon)),
        ),
    )
    templates.save()
    problems += planned.problems
    clock.lap("plan")
    sheet = addresses.get("assets/feed.css", "")
    return Prospect(settings, records, placed, read, found, planned, theme, sites, sheet, environment, problems)


def code_of(store: Store) -> bytes:
    """Digest of the code; read again only when a stat says that it may differ."""
    stats = digest_of(newsroom.code_stats())
    kept = store.meta("code")
    if kept[: len(stats)] == stats:
        return kept[len(stats) :]
    name = newsroom.code_digest()
    store.keep("code", stats + name)
    return name


def _index(request: Request, store: Store, reading: content.Reading) -> tuple[list[Record], list[str], list[Problem]]:
    """Read what differs from the last time; keep it; return all records, in the order of their paths.

    What is kept is never in memory as a whole: a record is decoded from it, or written to it, as it comes.
    """
    problems: list[Problem] = []
    there: dict[str, Stat] = {}
    if (request.root / content.FOLDER).is_dir():
        for found in scan(request.root, content.FOLDER, stamps=not store.fresh):
            if isinstance(found, Found):
                there[found.path] = Stat(found.size, found.mtime_ns, found.ctime_ns, found.inode)
            else:
                problems.append(found)
    same = store.meta("environment") == reading.environment
    racy = time.time_ns() - 2_000_000_000
    shelf = _Shelf(there)
    before: dict[str, Kept] = {}
    gone = []
    for path, known in store.records():
        stat = there.get(path)
        if stat is None:
            gone.append(path)
        # A file that changed within the clock's grain of being read may have changed again unseen.
        elif same and known.digest and known.stat == stat and stat.ctime <= racy:
            shelf.put(path, known.data)
        else:
            before[path] = structs.replace(known, digest=known.digest if same else b"")
    todo = [path for path in there if path not in shelf.told]
    changed: list[tuple[str, Kept]] = []
    for p in _parsed(todo, reading, request):
        now = Kept(p.stat or Stat(0, 0, 0, 0), p.digest, content.kept_of(p))
        shelf.put(p.path, now.data)
        if before.get(p.path) != now:
            changed.append((p.path, now))
        if len(changed) >= _AT_ONCE:
            store.save_records(changed)
            changed = []
    if changed or gone or not same:
        store.save_records(changed, gone)
        store.keep("environment", reading.environment)
    found_, faults = shelf.sorted(there)
    return found_, todo, [*problems, *faults]


class _Shelf:
    """Records by the path of their article, and what was wrong with it: said again at every build, until it is mended."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.told: dict[str, tuple[Record | None, Sequence[Problem]]] = {}
        self._paths = {path: path for path in paths}
        self._terms: dict[Term, Term] = {}

    def put(self, path: str, data: bytes) -> None:
        """Take what is kept of the article at *path*."""
        path = self._paths[path]
        record, faults = content.told_of(data)
        if record is not None:
            # Articles have few tags among them, and a tag is most of what is known of some: each stands here once, and so does a path.
            once = self._terms.setdefault
            structs.force_setattr(record, "terms", tuple([once(term, term) for term in record.terms]))
            structs.force_setattr(record, "path", path)
        self.told[path] = record, faults

    def sorted(self, paths: Iterable[str]) -> tuple[list[Record], list[Problem]]:
        """Give all records and all faults in the order of *paths*."""
        told = [self.told[path] for path in paths]
        return [record for record, _ in told if record], [fault for _, faults in told for fault in faults]


def _parsed(todo: Sequence[str], reading: content.Reading, request: Request) -> Iterator[content.Parsed]:
    if not todo:
        return
    step = max(1, min(250, len(todo) // 8))
    chunks = [todo[i : i + step] for i in range(0, len(todo), step)]
    executor = executor_for(request, len(todo))
    far = partial(_far_reading, reading)
    found = executor.run(content.Reader, reading, content.read_all, [chunks], content.lost, lambda: None, far)
    for n, parsed in enumerate(found, 1):
        if n == FEW:  # others are at work, and there will be much to make
            load()
        yield parsed
        request.progress("read", n, len(todo))


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
            pictures.Looker,
            looking,
            partial(each, pictures.look),
            [[[path] for path in todo]],
            pictures.lost,
            lambda: None,
        )

    found = pictures.pictured(records, frozenset(read), looking, known, look_at, terms)
    if found.looks != known:
        store.keep("pictures", pictures.encode(found.looks))
    return found


def executor_for(request: Request, tasks: int) -> Executor:
    """Who does so many tasks: this process a few, whom the request names many."""
    enough = FEW if request.executor else few(request.jobs or cores())
    return Serial() if tasks < enough else crew(request.executor, request.jobs)


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


class Templates:
    """Digests of templates with all they include; parsed again only when a text of the theme has changed."""

    def __init__(self, theme: Theme, store: Store) -> None:
        self.theme = theme
        self.store = store
        self.texts = digest_of(sorted(theme.texts.items()))
        kept = store.meta("templates")
        self.known = msgspec.msgpack.decode(kept[SIZE:], type=dict[str, bytes]) if kept[:SIZE] == self.texts else {}
        self.kept = len(self.known)

    def __call__(self, name: str) -> bytes:
        """Name all texts that the template *name* is made of."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = self.theme.digest(name)
        return found

    def save(self) -> None:
        """Keep what was found out."""
        if len(self.known) != self.kept:
            self.store.keep("templates", self.texts + msgspec.msgpack.encode(self.known))


def words_of(vocabulary: str | None) -> Vocabulary | None:
    """Read the editors' own *vocabulary*, where there is one."""
    if vocabulary is None:
        return None
    from dateline.tagging.vocabulary import Vocabulary

    return Vocabulary.load(vocabulary)


def about(words: Vocabulary | None) -> Callable[[str, str], tuple[str, bool]]:
    """What the editors' *words* say of a tag in a language: its description, and whether it is listed in any case."""
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
