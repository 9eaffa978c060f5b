"""What the desk has seen <-> one SQLite file that holds digests and dates, never a word of a story.

A content file's path is the one exception: it is the story's address, which outlives the story.
On any doubt the file is thrown away and made again from ``content/``.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from dateline import identity
from dateline.article import Precision
from dateline.errors import SettingsError

FILE = "desk.sqlite"
SCHEMA = 1
REBUILT = -1  # the index of a version that was found in content/, not in a seed

Role = Literal["new", "update", "repeat", "correction", "withdrawal", "older", "conflict", "held"]
State = Literal["published", "withdrawn"]

_TABLES = f"""
pragma user_version = {SCHEMA};
create table files (name blob primary key, size int, mtime int, ctime int, inode int, sha256 blob) without rowid;
create table inputs (sha256 blob primary key) without rowid;
create table stories (
  story integer primary key, id text unique, path text, published text, precision text,
  written blob, offered blob, state text, current int
);
create index stories_path on stories (path);
create table versions (
  version integer primary key, story int, n int, input blob, position int, role text, said int, number int,
  start int, until int, undated int, text blob, title blob, source blob, named int, agency blob, sketch blob
);
create unique index versions_input on versions (input, position, story);
create index versions_story on versions (story, n);
create index versions_text on versions (text);
create index versions_title on versions (title);
create index versions_source on versions (source) where source is not null;
create table marks (hash int, version int, primary key (hash, version)) without rowid;
create table pending (path text, sha256 blob, primary key (path, sha256)) without rowid;
"""
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_POSTINGS = 32  # of the newest texts that share a mark: boilerplate shared by thousands stays cheap
_LIKELY = 16  # candidates that are compared
_SHARED = 2  # marks of a candidate: texts alike by 0.85 share fewer once in 80,000
_NEWEST = f"select version from (select version from marks where hash = ? order by version desc limit {_POSTINGS})"  # noqa: S608 - a constant


class Stat(Struct, frozen=True, gc=False, array_like=True):
    """What a file system says of a file: may save reading it again."""

    size: int
    mtime: int  # ns
    ctime: int  # ns
    inode: int


class Entry(Struct, frozen=True, gc=False):
    """A story as the ledger knows it."""

    story: int
    id: str
    path: str  # below the root; "" where none was ever written
    published: str  # ISO 8601
    precision: Precision
    written: bytes  # SHA-256 of what ingest last wrote there; empty where that is not known
    offered: bytes  # SHA-256 of the agency's version beside it
    state: State
    current: int  # the version that it shows


class Version(Struct, frozen=True, gc=False):
    """One version of a story: digests and dates only."""

    version: int
    story: int
    n: int  # 1 is the first that arrived
    input: bytes  # SHA-256 of the seed
    position: int  # in the seed
    role: Role
    said: bool  # the copy calls itself another version
    number: int  # the agency's, 0 where it gives none
    start: int  # seconds: the moment, or the begin of the day or month that is known
    until: int
    undated: bool
    text: bytes
    title: bytes
    source: bytes | None
    named: bool  # the agency's id names the story, not the message
    agency: bytes
    sketch: bytes


_ENTRY = ", ".join(Entry.__struct_fields__)
_VERSION = ", ".join(Version.__struct_fields__)


class Ledger:
    """The desk's memory; ``fresh`` where there was none. One process at a time, under the newsroom's lock."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.fresh = False
        try:
            self._base = self._opened()
        except sqlite3.DatabaseError as error:
            _mendable(error, file)
            discard(file)
            self._base = self._opened()

    def _opened(self) -> sqlite3.Connection:
        base = sqlite3.connect(self.file, isolation_level=None)
        try:
            # WAL without a sync a commit: a killed process loses nothing; after a power cut the ledger is old, not broken.
            base.executescript("pragma journal_mode = wal; pragma synchronous = normal; pragma secure_delete = on;")
            self._prepared(base)
            base.execute("select count(*) from stories, pending").fetchone()
        except BaseException:
            base.close()
            raise
        return base

    def _prepared(self, base: sqlite3.Connection) -> None:
        version = base.execute("pragma user_version").fetchone()[0]
        if version == SCHEMA:
            return
        if base.execute("select count(*) from sqlite_master").fetchone()[0]:
            raise sqlite3.DatabaseError("of another version")
        base.executescript(f"begin; {_TABLES} commit;")
        self.fresh = True

    def close(self) -> None:
        """Save what can be saved and let go of the file; what cannot is done again by the next ingest."""
        with contextlib.suppress(sqlite3.DatabaseError):
            self.save()
        self._base.close()

    def save(self) -> None:
        """Make sure that what was written is kept, whatever comes."""
        if self._base.in_transaction:
            self._base.execute("commit")

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Write all that follows or nothing; kept from the next ``save`` or ``pend`` on."""
        if not self._base.in_transaction:
            self._base.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._base.execute("rollback")
            raise

    # Seeds

    def stats(self) -> dict[bytes, tuple[Stat, bytes]]:
        """Return every file seen: digest of its name, stat and SHA-256."""
        rows = self._base.execute("select name, size, mtime, ctime, inode, sha256 from files")
        return {name: (Stat(*stat), sha) for name, *stat, sha in rows}

    def put_stats(self, rows: Iterable[tuple[bytes, Stat, bytes]]) -> None:
        """Remember stats."""
        flat = ((name, s.size, s.mtime, s.ctime, s.inode, sha) for name, s, sha in rows)
        self._base.executemany("insert or replace into files values (?, ?, ?, ?, ?, ?)", flat)

    def done(self) -> set[bytes]:
        """Return the SHA-256 of every seed that was dealt with wholly."""
        return {sha for (sha,) in self._base.execute("select sha256 from inputs")}

    def finish(self, inputs: Iterable[bytes]) -> None:
        """Remember that these seeds were dealt with wholly."""
        self._base.executemany("insert or ignore into inputs values (?)", ((sha,) for sha in inputs))

    # Stories

    def entry(self, story: int) -> Entry:
        """Return a story by its key."""
        return self._entry("story = ?", story)[0]

    def by_id(self, permanent: str) -> Entry | None:
        """Find a story by its permanent id."""
        return next(iter(self._entry("id = ?", permanent)), None)

    def by_path(self, path: str) -> Entry | None:
        """Find a story by its content file."""
        return next(iter(self._entry("path = ?", path)), None)

    def _entry(self, where: str, *values: object) -> list[Entry]:
        rows = self._base.execute(f"select {_ENTRY} from stories where {where} order by story", values)  # noqa: S608 - constants
        return [Entry(*row) for row in rows]

    def put_entry(self, entry: Entry) -> int:
        """Add a story (key 0) or change it; return its key."""
        row = (
            entry.story or None,
            entry.id,
            entry.path,
            entry.published,
            entry.precision,
            entry.written,
            entry.offered,
            entry.state,
            entry.current,
        )
        sql = f"insert or replace into stories ({_ENTRY}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - constants
        return int(self._base.execute(sql, row).lastrowid or 0)

    def show(self, story: int, version: int) -> None:
        """Say which version a story shows."""
        self._base.execute("update stories set current = ? where story = ?", (version, story))

    # Versions

    def version(self, key: int) -> Version:
        """Return a version by its key."""
        return self._versions("version = ?", key)[0]

    def versions(self, story: int) -> list[Version]:
        """Return all versions of a story, in the order of arrival."""
        return sorted(self._versions("story = ?", story), key=lambda version: version.n)

    def known(self, sha256: bytes, position: int) -> Version | None:
        """Find the version that came from this place of this seed, else one rebuilt from it."""
        found = self._versions("input = ? and position in (?, ?)", sha256, position, REBUILT)
        return max(found, key=lambda version: version.position, default=None)

    def by_source(self, source: bytes) -> list[Version]:
        """Find versions by the agency's own id, newest arrival first."""
        return self._versions("source = ?", source)[::-1][:_POSTINGS]

    def by_text(self, text: bytes) -> list[Version]:
        """Find versions by their exact text, newest arrival first."""
        return self._versions("text = ?", text)[::-1][:_POSTINGS]

    def by_title(self, title: bytes) -> list[Version]:
        """Find versions by their exact headline, newest arrival first."""
        return self._versions("title = ?", title)[::-1][:_POSTINGS]

    def alike(self, sketch: bytes) -> list[Version]:
        """Find versions whose text may be like this one, likeliest first.

        At most 16, however many there are: of those that share two of the eight smallest hashes.
        """
        marks = identity.marks(sketch)
        if not marks:
            return []
        rows = self._base.execute(" union all ".join([_NEWEST] * len(marks)), marks)
        shared = Counter(version for (version,) in rows)
        likely = sorted((key for key in shared if shared[key] >= _SHARED), key=lambda key: (-shared[key], -key))
        return [self.version(key) for key in likely[:_LIKELY]]

    def _versions(self, where: str, *values: object) -> list[Version]:
        rows = self._base.execute(f"select {_VERSION} from versions where {where} order by version", values)  # noqa: S608 - constants
        return [Version(*row) for row in rows]

    def put_version(self, v: Version) -> int:
        """Add a version and return its key; without a number of its own it gets the story's next."""
        n = (
            v.n
            or self._base.execute(
                "select coalesce(max(n), 0) + 1 from versions where story = ?", (v.story,)
            ).fetchone()[0]
        )
        row = (
            None, v.story, n, v.input, v.position, v.role, v.said, v.number, v.start, v.until,
            v.undated, v.text, v.title, v.source, v.named, v.agency, v.sketch,
        )  # fmt: skip
        sql = f"insert into versions ({_VERSION}) values ({', '.join('?' * len(row))})"  # noqa: S608 - constants
        key = int(self._base.execute(sql, row).lastrowid or 0)
        marks = ((mark, key) for mark in identity.marks(v.sketch)) if len(v.sketch) >= 4 * identity.FEWEST else ()
        self._base.executemany("insert into marks values (?, ?)", marks)
        return key

    # What is about to be written

    def pend(self, path: str, sha256: bytes) -> None:
        """Say before writing *path* which bytes will be ours, should nobody be left to say so after."""
        self._base.execute("insert or ignore into pending values (?, ?)", (path, sha256))
        self.save()

    def pending(self) -> set[tuple[str, bytes]]:
        """Return what a killed ingest may have written."""
        return {(path, sha) for path, sha in self._base.execute("select path, sha256 from pending")}

    def landed(self, path: str) -> None:
        """Forget that *path* was pending."""
        self._base.execute("delete from pending where path = ?", (path,))


def discard(file: Path) -> None:
    """Throw the ledger away."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _mendable(error: sqlite3.DatabaseError, file: Path) -> None:
    """Return where *file* is damaged or another version's; a full or read-only disk is the user's to mend."""
    if not damaged(error):
        raise SettingsError(
            f".dateline/{file.name}", f"cannot be used: {error}", "make .dateline writable, with room"
        ) from None


def damaged(error: sqlite3.DatabaseError) -> bool:
    """Tell a broken ledger from a disk that is full or read-only."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _DAMAGED or "no such" in str(error)
