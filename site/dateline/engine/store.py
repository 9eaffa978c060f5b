"""What was read and made before <-> one SQLite file, believed only while it is whole.

On any doubt the file is thrown away: everything in it can be made again.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from msgspec import Struct

VERSION = 7

# Rows of records and manifests are long: in a table without rowid each would spill into a page of its own.
_TABLES = f"""
pragma user_version = {VERSION};
create table record (path text primary key, size int, mtime int, ctime int, inode int, digest blob, data blob);
create table trace (key text primary key, digest blob, content blob, size int, mtime int, ctime int, inode int) without rowid;
create table manifest (key text primary key, names text, digests blob, sources blob, memo blob);
create index made_from on manifest (sources) where sources != x'';
create table folder (path text primary key, mtime int, inode int) without rowid;
create table meta (key text primary key, value blob) without rowid;
"""


class Stat(Struct, frozen=True, gc=False, array_like=True):
    """What a file system says of a file: enough to save reading it again, never the truth itself."""

    size: int
    mtime: int  # ns
    ctime: int  # ns: moves with every change of bytes, even where size and mtime are put back
    inode: int


class Record(Struct, frozen=True, gc=False):
    """A source as it was last read: its stat, the digest of its bytes, and what was made of it."""

    stat: Stat
    digest: bytes
    data: bytes


class Trace(Struct, frozen=True, gc=False):
    """What an output was last made from, and what was written."""

    digest: bytes  # of the inputs
    content: bytes  # of the bytes
    stat: Stat


OF_SOURCES = "of the sources"  # kept under this key: what is true only while no source was read again

_key = itemgetter(0)
_PATIENCE = 10.0  # seconds: a look lasts milliseconds


class Store:
    """The memory of former builds. One process at a time, under the newsroom's lock.

    A store that cannot be written (a read-only disk) still works within one run, in memory.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fresh = True  # nothing is remembered
        try:
            self._db = self._open()
        except (sqlite3.Error, OSError):
            self._discard()
            try:
                self._db = self._open()
            except (sqlite3.Error, OSError):
                self._db = sqlite3.connect(":memory:", isolation_level=None)
                self._db.executescript(_TABLES)

    def _open(self) -> sqlite3.Connection:
        # The path may hold bytes that are no UTF-8; SQLite takes them as they are.
        # Whoever only looks (a build by the clock, somebody's own query) is waited for.
        name = bytes(self.path).decode("utf-8", "surrogateescape")
        db = sqlite3.connect(name, isolation_level=None, timeout=_PATIENCE)
        try:
            db.execute("pragma page_size = 16384")
            # One builder at a time: a write-ahead log would only copy everything twice.
            db.execute("pragma journal_mode = delete")
            db.execute("pragma synchronous = off")  # a crash of the machine may lose it: then all is made again
            db.execute("pragma secure_delete = on")  # a withdrawn story leaves no byte behind
            version = db.execute("pragma user_version").fetchone()[0]
            if version == VERSION:
                db.execute("select count(*) from meta").fetchone()
                self.fresh = False
            elif version == 0:
                db.executescript(f"begin immediate;{_TABLES}commit;")
            else:
                raise sqlite3.DatabaseError("another version")
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _discard(self) -> None:
        for path in (self.path, *(self.path.with_name(self.path.name + end) for end in ("-wal", "-shm", "-journal"))):
            with contextlib.suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        self.fresh = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def meta(self, key: str) -> bytes:
        """What was kept under *key*; empty where nothing was."""
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return bytes(row[0]) if row else b""

    def keep(self, key: str, value: bytes) -> None:
        """Keep *value* under *key*."""
        with self._change() as db:
            db.execute("insert or replace into meta values (?, ?)", (key, value))

    def records(self) -> Iterator[tuple[str, Record]]:
        """Give all that is known of the sources, one after the other."""
        rows = self._db.execute("select path, size, mtime, ctime, inode, digest, data from record")
        return ((p, Record(Stat(s, m, c, i), d, data)) for p, s, m, c, i, d, data in rows)

    def record(self, path: str) -> Record | None:
        """Return what is known of the source at *path*."""
        row = self._db.execute(
            "select size, mtime, ctime, inode, digest, data from record where path = ?", (path,)
        ).fetchone()
        return Record(Stat(*row[:4]), *row[4:]) if row else None

    def traces(self, keys: Sequence[str] | None = None) -> dict[str, Trace]:
        """Return what is known of the outputs, of all or of *keys*."""
        ask = "select key, digest, content, size, mtime, ctime, inode from trace"
        if keys is None:
            rows = self._db.execute(ask)
        else:
            rows = (self._db.execute(f"{ask} where key = ?", (key,)).fetchone() for key in keys)  # type: ignore[assignment]
        return {k: Trace(d, c, Stat(*stat)) for k, d, c, *stat in filter(None, rows)}

    def taken(self, keys: Sequence[str]) -> bool:
        """Tell whether an output has one of *keys*, where capital and small letters are one."""
        low = [key.lower() for key in keys]
        marks = ", ".join("?" * len(low))
        ask = f"select 1 from trace where lower(key) in ({marks}) limit 1"  # noqa: S608 - question marks
        return self._db.execute(ask, low).fetchone() is not None

    def contents(self) -> dict[str, bytes]:
        """Return the digests of the bytes of all outputs."""
        return dict(self._db.execute("select key, content from trace").fetchall())

    def folders(self) -> dict[str, tuple[int, int]]:
        """Return modification time and inode of each output folder when it was last known to be right."""
        return {p: (m, i) for p, m, i in self._db.execute("select path, mtime, inode from folder")}

    def manifest(self, key: str) -> list[tuple[str, bytes]]:
        """Return the inputs that *key* was last made from: name and digest."""
        row = self._db.execute("select names, digests from manifest where key = ?", (key,)).fetchone()
        return _inputs(*row) if row else []

    def made_from(self, name: str, source: bytes) -> list[tuple[str, list[tuple[str, bytes]], bytes]]:
        """Return the outputs that have the input *name*, whose digest is *source*: key, all inputs, the memo of each.

        One pass over the digests of sources alone, 4 ms for 10,000; what has them by chance is told by its names.
        """
        rows = self._db.execute(
            "select key, names, digests, memo from manifest indexed by made_from"
            " where sources != x'' and instr(sources, ?)",
            (source,),
        )
        return [(key, _inputs(names, digests), memo) for key, names, digests, memo in rows if name in names.split("\n")]

    def save_records(self, records: Iterable[tuple[str, Record]], gone: Iterable[str] = ()) -> None:
        """Remember sources; forget those that are *gone*, and what was said of them all. All or nothing."""
        with self._change() as db:
            db.execute("delete from meta where key = ?", (OF_SOURCES,))
            db.executemany("delete from record where path = ?", [(path,) for path in gone])
            db.executemany(
                "insert or replace into record values (?, ?, ?, ?, ?, ?, ?)",
                [(p, r.stat.size, r.stat.mtime, r.stat.ctime, r.stat.inode, r.digest, r.data) for p, r in records],
            )

    def save_traces(
        self,
        traces: Sequence[tuple[str, Trace]],
        manifests: Iterable[tuple[str, str, bytes, bytes, bytes]] = (),
        gone: Iterable[str] = (),
    ) -> None:
        """Remember outputs and what they were made from; forget those that are *gone*. All or nothing.

        They are put in by the order of their keys, as they lie: that takes a fifth less time.
        """
        with self._change() as db:
            for table in ("trace", "manifest"):
                db.executemany(f"delete from {table} where key = ?", [(key,) for key in gone])  # noqa: S608 - two literals
            db.executemany(
                "insert or replace into trace values (?, ?, ?, ?, ?, ?, ?)",
                [
                    (k, t.digest, t.content, t.stat.size, t.stat.mtime, t.stat.ctime, t.stat.inode)
                    for k, t in sorted(traces, key=_key)
                ],
            )
            db.executemany("insert or replace into manifest values (?, ?, ?, ?, ?)", sorted(manifests, key=_key))

    def save_folders(self, folders: Mapping[str, tuple[int, int]], gone: Iterable[str] = ()) -> None:
        """Remember how the output folders stood when they were right."""
        with self._change() as db:
            db.executemany("delete from folder where path = ?", [(path,) for path in gone])
            rows = [(path, *folders[path]) for path in sorted(folders)]
            db.executemany("insert or replace into folder values (?, ?, ?)", rows)

    def forget_outputs(self) -> None:
        """Forget every output: another folder is built."""
        with self._change() as db:
            for table in ("trace", "manifest", "folder"):
                db.execute(f"delete from {table}")  # noqa: S608 - three literals

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute("begin immediate")
            yield self._db
            self._db.execute("commit")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):  # where the disk is full, SQLite has done so itself
                self._db.execute("rollback")
            if isinstance(error, sqlite3.Error):  # what is not remembered is made again: only this build ends
                raise OSError(errno.ENOSPC, f"cannot be written: {error}", str(self.path)) from None
            raise


def _inputs(names: str, digests: bytes) -> list[tuple[str, bytes]]:
    each = names.split("\n")
    size = len(digests) // len(each)
    return [(name, digests[i * size : (i + 1) * size]) for i, name in enumerate(each)]
