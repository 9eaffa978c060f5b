"""Articles that are new in content/, and a site that stands -> what of it is not as it was, from a cold start.

The whole site is not planned: who stands where was noted (``roll``), and what a plain new story changes follows from that
(``plan_added``). What may change more, a story that is not plain or any doubt, is left to a whole build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct, structs

from dateline import content
from dateline.edition import breaking, day_of
from dateline.editors import vocabulary_of
from dateline.engine.store import Record as Kept
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task
from dateline.errors import Doubt
from dateline.files import is_wanted
from dateline.i18n import catalogues
from dateline.memo import ROLL, Site
from dateline.page import TermLink
from dateline.plan_added import added
from dateline.plan_edition import EditionPlan, Materials
from dateline.prospect import Templates, about, code_of, words_of
from dateline.record import Record
from dateline.request import Request
from dateline.roll import Roll, joined, roll_of
from dateline.settings import Settings
from dateline.stages import FEEDS
from dateline.text import slugify
from dateline.theme import Theme

MOST = 24  # stories that are added to a roll; then a whole build writes another


class Arrivals(Struct, frozen=True):
    """What is to be remembered of the articles, what differs with them, and what then holds of the site."""

    rows: tuple[tuple[str, Kept], ...]
    tasks: list[Task]
    traces: dict[str, Trace]
    told: Callable[[str], tuple[Record, tuple[TermLink, ...]]]  # the article at a path as feeds show it
    site: Site


def arrivals(
    request: Request,
    settings: Settings,
    store: Store,
    site: Site,
    theme: Theme,
    paths: Sequence[str],
    edited: Mapping[str, Record],
) -> Arrivals:
    """Read the articles *paths*, new since *site* was known, and plan what they change. Raises ``Doubt``.

    Of the other articles, some may have been *edited* meanwhile, but for their front matter: here are their records.
    """
    roll = roll_of(store.meta(ROLL))
    if roll is None or len(site.added) + len(paths) > MOST:
        raise Doubt
    vocabulary, faults = vocabulary_of(request.root)
    words = words_of(vocabulary)
    if faults or (words and words.pictures()):
        raise Doubt
    reader = content.Reader(content.Reading(request.root, settings, vocabulary, site.environment))
    read = [(path, *_read(reader, path)) for path in paths]
    rows = tuple([(path, kept) for path, kept, _ in read])
    records = _Records(store)
    records.update(edited)
    records.update({path: record for path, _, record in read})
    new = [records[path] for path in paths]
    came = [*(records[path] for path in site.added), *new]
    _see_that_plain(new, came, roll, site)
    templates = Templates(theme, store)
    materials = Materials(
        settings=settings,
        now=request.now,
        sites=site.sites,
        templates=templates,
        code=code_of(store),
        assets=(),
        static=(),
        about=about(words),
    )
    edition = joined(roll, came, records.__getitem__, partial(day_of, zone=settings.zone))
    found = added(edition, materials, roll)
    templates.save()
    traces = store.traces([t.key + suffix for t in found.tasks for suffix in ("", *t.beside)])
    fresh = [t for t in found.tasks if t.key not in traces]
    if any(t.stage == FEEDS or not t.key.isascii() for t in fresh) or store.taken([t.key for t in fresh]):
        raise Doubt  # a feed is named by others; an address may be somebody's already
    due, why = min(_dues(new, site, settings, request.now), default=(None, ""))
    now = structs.replace(
        site,
        total=site.total + len(fresh),
        articles=site.articles + len(new),
        due=due,
        why=why,
        added=(*site.added, *paths),
    )
    return Arrivals(rows, found.tasks, traces, partial(_told, found.at, records), now)


class _Records(dict[str, Record]):
    """Records by their paths, as their files say; fetched when they are wanted."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def __missing__(self, path: str) -> Record:
        kept = self._store.record(path)
        found = content.record_of(kept.data) if kept else None
        if found is None:
            raise Doubt
        self[path] = found
        return found


def _read(reader: content.Reader, path: str) -> tuple[Kept, Record]:
    """Read a new article, if its name is that of one and nothing is wrong with it."""
    if not is_wanted(path.rpartition("/")[2]) or not path.isascii():
        raise Doubt
    parsed = content.read(reader, path)
    if parsed.problems or parsed.stat is None or parsed.record is None:
        raise Doubt
    return Kept(parsed.stat, parsed.digest, content.kept_of(parsed)), parsed.record


def _see_that_plain(new: Sequence[Record], came: Sequence[Record], roll: Roll, site: Site) -> None:
    """Doubt where a *new* article may change more than is planned, among those that *came* since the roll was written."""
    addresses = {url.casefold() for url, _ in roll.addresses}
    ids = {*roll.ids, *roll.others}
    for record in new:
        teaser = record.teaser
        shown = record.status == "published" and record.embargo is None and record.expires is None
        if not shown or record.aliases or record.corrected or record.translation or teaser.breaking or teaser.image:
            raise Doubt
        if teaser.lang not in site.sites and teaser.lang in catalogues():
            raise Doubt
        wanted = teaser.url.casefold()
        if record.id in ids or wanted in addresses or wanted in roll.others:
            raise Doubt
        if any(r is not record and (r.id == record.id or r.teaser.url.casefold() == wanted) for r in came):
            raise Doubt
    _see_that_named(came, roll)


def _see_that_named(came: Sequence[Record], roll: Roll) -> None:
    """Doubt where a tag is spelled otherwise than so far, or has the name of another."""
    names = dict(roll.names)
    terms = {key: (label, kind) for key, (label, kind, _) in roll.terms.items()}
    for term in (t for record in came for t in record.terms):
        if terms.setdefault(term.id, (term.label, term.kind)) != (term.label, term.kind):
            raise Doubt
        if term.kind != "keyword" and names.setdefault(slugify(term.label), term.id) != term.id:
            raise Doubt
    if any(f"keyword:{name}" in terms for name in names):
        raise Doubt


def _told(at: EditionPlan, records: _Records, path: str) -> tuple[Record, tuple[TermLink, ...]]:
    record = records[path]
    return record, tuple([at.terms[t.id] for t in record.terms])


def _dues(new: Sequence[Record], site: Site, settings: Settings, now: datetime) -> Iterator[tuple[datetime, str]]:
    """All that is known to change the site by itself: what was known before, and when *new* stories are no news any more."""
    if site.due is not None:
        yield site.due, site.why
    found: list[tuple[datetime, str]] = []
    breaking(sorted(new, key=lambda r: r.published, reverse=True), settings, now, found)
    yield from found
