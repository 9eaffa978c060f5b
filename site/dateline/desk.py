"""Seeds and what is known of them -> content/: ingest, withdrawal, history. The life of a story, for the newsroom."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, structs

from dateline import history as past
from dateline.desk_rebuild import rebuild
from dateline.desk_revise import parsed
from dateline.desk_seeds import Seeds
from dateline.desk_settle import Desk, OnDisk, Outcome
from dateline.desk_shelf import CONTENT, TEMPORARY, Shelf
from dateline.errors import DatelineError, Problem
from dateline.history import History, Version
from dateline.ledger import FILE, Entry, Ledger, damaged, discard
from dateline.lock import FOLDER, locked
from dateline.settings import Settings
from dateline.withdraw import Notice

if TYPE_CHECKING:
    from dateline.desk_explain import Explained

Progress = Callable[[str, int, int], None]
Done = TypeVar("Done")

_COUNTS = {
    "new": "new", "update": "updated", "repeat": "repeats", "older": "repeats", "held": "repeats", "correction": "corrections",
    "withdrawal": "withdrawn", "conflict": "conflicts", "unchanged": "unchanged", "unreadable": "unreadable",
}  # fmt: skip


class IngestReport(Struct, frozen=True):
    """What an ingest did. Stories are counted, but ``unchanged`` and ``unreadable`` count files."""

    new: int = 0
    updated: int = 0
    repeats: int = 0
    corrections: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    conflicts: int = 0
    unreadable: int = 0
    outcomes: tuple[Outcome, ...] = ()  # sorted by file
    problems: tuple[Problem, ...] = ()
    written: tuple[str, ...] = ()  # files below content/, sorted

    def __str__(self) -> str:
        """One line: ``ingested 412: 380 new, 20 updated, 6 repeats, 3 corrections, 1 withdrawn, 2 unreadable``."""
        names = ("new", "updated", "repeats", "corrections", "withdrawn", "conflicts", "unreadable")
        counts = {name: getattr(self, name) for name in names}
        parts = [f"{count} {_one(name) if count == 1 else name}" for name, count in counts.items() if count]
        unchanged = f"{self.unchanged} unchanged"
        if not parts:
            return f"ingested 0: {unchanged}"
        return f"ingested {sum(counts.values())}: {', '.join(parts)}" + (f" ({unchanged})" if self.unchanged else "")


def _one(name: str) -> str:
    return name.removesuffix("s") if name in {"repeats", "corrections", "conflicts"} else name


class Newsroom(Struct, frozen=True):
    """An open newsroom: its ledger, its shelf, and a folder for what lasts only as long as this run."""

    root: Path
    settings: Settings
    ledger: Ledger
    shelf: Shelf
    history: History
    scratch: Path

    @property
    def desk(self) -> Desk:
        """A desk over it all."""
        return Desk(self.shelf, self.ledger, self.history, self.settings)


def ingest(
    root: Path,
    paths: Sequence[Path],
    settings: Settings,
    now: datetime,
    *,
    jobs: int = 0,
    dry_run: bool = False,
    progress: Progress | None = None,
    wait: float = 0.0,
    held: bool = False,
) -> IngestReport:
    """Bring the stories of *paths* (files, or folders that are walked) into ``content/``.

    The same seeds give the same tree, in whatever order and however often they come; only the address
    of a story that is here stays what it is, even where an earlier version arrives later. A seed that
    cannot be read is reported and the others go through. Killed at any moment, the next ingest ends
    as an undisturbed one. *now* dates copy without any date; *wait* is for the lock, which the caller
    may hold already (*held*). Writes below ``content/`` and ``.dateline/`` only, with *dry_run* nowhere.

    Cost: seeds whose size and stamps are known are not opened; the others are read on *jobs* processes
    (0: all cores). Memory does not grow with the bodies. Raises ``SettingsError`` where the lock is taken.
    """
    with _lock(root, wait, held=held or dry_run):
        return _mended(root, lambda: _ingest(root, paths, settings, now, jobs, dry_run, progress))


def _mended(root: Path, work: Callable[[], Done]) -> Done:
    """Do *work*; where the ledger turns out to be damaged, throw it away and do it again on one made from ``content/``."""
    try:
        return work()
    except sqlite3.DatabaseError:  # the others were told from these by ``opened``
        discard(root / FOLDER / FILE)
        return work()


def _ingest(
    root: Path,
    paths: Sequence[Path],
    settings: Settings,
    now: datetime,
    jobs: int,
    dry_run: bool,
    progress: Progress | None,
) -> IngestReport:
    with opened(root, settings, dry=dry_run) as room:
        seeds = Seeds(root, room.ledger, settings, now, room.scratch)
        seeds.collect(paths)
        seeds.read(jobs, progress)
        desk = room.desk
        outcomes = [*seeds.outcomes]
        problems = [*seeds.problems]
        for done, copy in enumerate(seeds.copies()):
            if progress:
                progress("settling", done + 1, seeds.stories)
            try:
                outcomes.append(seeds.named(desk.settle(copy), copy))
            except DatelineError as error:
                problems.append(error.problem)
                seeds.failed(copy)
        seeds.remember()
        return _report(outcomes, [*problems, *desk.problems], desk.written)


def _report(outcomes: list[Outcome], problems: list[Problem], written: list[str]) -> IngestReport:
    counts = Counter(_COUNTS[outcome.role] for outcome in outcomes)
    return IngestReport(
        **counts,
        outcomes=tuple(sorted(outcomes, key=lambda o: (o.file, o.path, o.role))),
        problems=tuple(problems),
        written=tuple(sorted({path for path in written if path.startswith(f"{CONTENT}/")})),
    )


def withdraw(
    root: Path, story: str | Path, settings: Settings, now: datetime, *, wait: float = 0.0, held: bool = False
) -> Outcome:
    """Leave of *story* (an id, or its file) a notice at its address, and of its words nothing below the newsroom.

    What a build made of it goes with the next build. Seeds are not touched, and do not bring it back.
    Raises ``DatelineError`` where no such story is here.
    """
    with _lock(root, wait, held=held):
        return _mended(root, lambda: _withdraw(root, str(story), settings, now))


def _withdraw(root: Path, story: str, settings: Settings, now: datetime) -> Outcome:
    with opened(root, settings) as room:
        desk = room.desk
        entry, found = _wanted(room, desk, story)
        if entry.state == "withdrawn" and found and _is_notice(room, found):
            return Outcome("", "unchanged", found.path)
        digests = tuple(v.input for v in room.ledger.versions(entry.story) if v.input)
        path = desk.kill(entry, found, Notice(now, digests), "the newsroom")
        closed = structs.replace(entry, path=path, state="withdrawn", written=b"", offered=b"")
        with room.ledger.together():
            room.ledger.put_entry(closed)
            room.ledger.landed(path)
        room.ledger.save()
        return Outcome("", "withdrawal", path)


def _is_notice(room: Newsroom, found: OnDisk) -> bool:
    story = parsed(found.data, found.path, room.settings)
    return bool(story and story.article.status == "withdrawn" and not story.body.strip())


def _wanted(room: Newsroom, desk: Desk, story: str) -> tuple[Entry, OnDisk | None]:
    """Find a story by id or file; one written by hand is entered here, so that it can be withdrawn like any other."""
    path = _inside(room.root, story)
    entry = room.ledger.by_id(story) or (room.ledger.by_path(path) if path else None)
    if entry:
        return entry, desk.on_disk(entry)
    files = [(path, room.shelf.read(path) or b"")] if path else room.shelf.mentions(story)
    for at, data in files:
        article = written.article if (written := parsed(data, at, room.settings)) else None
        if article and (path or article.id == story):
            permanent = article.id or at  # the id of a hand-written article may be left to its path
            known = room.ledger.by_id(permanent)
            entry = known or Entry(
                0, permanent, at, article.published.isoformat(), article.precision, b"", b"", "published", 0
            )
            entry = structs.replace(entry, story=room.ledger.put_entry(entry), path=at)
            return entry, OnDisk(at, data, ours=True)
    raise DatelineError(
        story, "no such story is here", "give its id or its file below content/; dateline list shows both"
    )


def _inside(root: Path, story: str) -> str:
    """Return *story* as a path below *root*, "" where it is none."""
    for base in (Path.cwd(), root):
        with contextlib.suppress(ValueError, OSError):
            path = (base / story).resolve()
            if path.is_file():
                return path.relative_to(root.resolve()).as_posix()
    return ""


def history(root: Path, story: str | Path, settings: Settings | None = None, *, wait: float = 0.0) -> list[Version]:
    """List the versions of *story* (an id, or its file) in the order of their arrival.

    Raises ``DatelineError`` where no such story is here.
    """
    with _lock(root, wait, held=False):
        return _mended(root, lambda: _history(root, str(story), settings or Settings()))


def _history(root: Path, story: str, settings: Settings) -> list[Version]:
    with opened(root, settings) as room:
        path = _inside(root, story)
        entry = room.ledger.by_id(story) or (room.ledger.by_path(path) if path else None)
        if entry is None:
            raise DatelineError(story, "no such story came from the wire", "give its id or its file below content/")
        found = room.desk.on_disk(entry)
        return past.versions(
            root, entry.id, room.ledger.versions(entry.story), entry.current, found.path if found else ""
        )


def explain_content(root: Path, path: str, settings: Settings) -> list[Explained]:
    """Tell of each field of the content file *path* which rule gave it; see ``desk_explain``."""
    from dateline import desk_explain  # it loads the readers, which nothing else here needs

    return desk_explain.explain_content(root, path, settings)


@contextlib.contextmanager
def opened(root: Path, settings: Settings, *, dry: bool = False) -> Iterator[Newsroom]:
    """Open the newsroom at *root*; a ledger that was lost is made again from ``content/``.

    With *dry*, on a copy of the ledger elsewhere, and nothing below *root* is written.
    """
    with _scratch(root, dry=dry) as scratch:
        file = root / FOLDER / FILE
        if dry:
            file = _copied(file, scratch)
        shelf = Shelf(root, settings, dry=dry)
        ledger = Ledger(file)
        try:
            if ledger.fresh:
                rebuild(ledger, shelf, root, settings)
            yield Newsroom(root, settings, ledger, shelf, History(root, shelf, dry=dry), scratch)
        except sqlite3.DatabaseError as error:
            if damaged(error):
                raise
            raise DatelineError(
                f"{FOLDER}/{FILE}", f"cannot be used: {error}", "make .dateline writable, with room"
            ) from None
        finally:
            ledger.close()


@contextlib.contextmanager
def _scratch(root: Path, *, dry: bool) -> Iterator[Path]:
    """A folder for this run; words of a withdrawn story may lie in what a killed run left there."""
    if dry:
        with tempfile.TemporaryDirectory(prefix="dateline-") as elsewhere:
            yield Path(elsewhere)
        return
    folder = root / TEMPORARY
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except OSError as error:
        raise DatelineError(
            f"{FOLDER}", f"cannot be written: {error.strerror or error}", "make room or mend its rights"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(file: Path, folder: Path) -> Path:
    for suffix in ("", "-wal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(file.with_name(file.name + suffix), folder / (FILE + suffix))
    return folder / FILE


@contextlib.contextmanager
def _lock(root: Path, wait: float, *, held: bool) -> Iterator[None]:
    with contextlib.nullcontext() if held else locked(root, wait):
        yield
