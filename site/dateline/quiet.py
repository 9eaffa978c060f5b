"""Stats of everything, and what the last build left -> whether there is anything to do at all.

Most builds find nothing new. To know that, nothing has to be read, planned or even imported: if every source has
the stat it had when it was last read, every output the stat it had when it was written, and nothing has fallen
due, then a build would do nothing. On any doubt the answer is no, and the build looks for itself.
"""

from __future__ import annotations

# Imported before anything else at every start, so nothing here is imported that takes long.
import os
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from hashlib import blake2b
from operator import attrgetter

TYPE_CHECKING = False  # as of typing, which is slow to import
if TYPE_CHECKING:
    from typing import NoReturn, Self

KEY = "quiet"
ARTICLES = (".md", ".markdown")  # what the names of articles end with
RACY = 2_000_000_000  # ns: a file that changed this shortly before it was read may change again under the same stat


class Quiet:
    """What a build that left nothing undone wrote down.

    *places* are the folders and files that a site is made of, from the root of the disk, content/ first; *world* is the
    digest of their stats; *asked* is what the build was asked for, *at* its clock and *due* when something falls due, both in
    seconds since 1970, 0 for never; *last* is the rest of the line that a build without work prints.
    """

    def __init__(
        self, places: Sequence[str], *, world: str, asked: str, total: int, due: float, at: float, last: str
    ) -> None:
        self.places = places
        self.world = world
        self.asked = asked
        self.total = total
        self.due = due
        self.at = at
        self.last = last

    @classmethod
    def decoded(cls, data: bytes) -> Self:
        """Read what ``encoded`` spelled. Raises ``ValueError``."""
        world, asked, total, due, at, last, *places = data.decode("utf-8", "surrogateescape").split("\0")
        return cls(places, world=world, asked=asked, total=int(total), due=float(due), at=float(at), last=last)

    def encoded(self) -> bytes:
        """Spell it for the memory of builds; none of its texts holds a NUL."""
        spelled = (self.world, self.asked, f"{self.total}", f"{self.due!r}", f"{self.at!r}", self.last, *self.places)
        return "\0".join(spelled).encode("utf-8", "surrogateescape")


class World:
    """The stats of all sources at one moment, *taken* in ns since 1970.

    *frame* is a digest of the stats of all but the articles, *digest* of all; *newest* is the latest change of any of them,
    *frame_newest* of any but the articles; *shelves* are the names and stats of what looks like articles, parted by slashes,
    by folder from the first place.
    """

    def __init__(
        self,
        frame: str,
        digest: str,
        newest: int,
        frame_newest: int,
        taken: int,
        shelves: dict[bytes, bytes],
    ) -> None:
        self.frame = frame
        self.digest = digest
        self.newest = newest
        self.frame_newest = frame_newest
        self.taken = taken
        self.shelves = shelves

    @property
    def frame_settled(self) -> bool:
        """Tell it of all sources but the articles."""
        return self.frame_newest < self.taken - RACY

    @property
    def settled(self) -> bool:
        """Tell whether no source changed so shortly before that it might change again unseen."""
        return self.newest < self.taken - RACY

    def known(self) -> dict[bytes, bytes]:
        """The shelves, but without the stats of articles that might change again unseen."""
        if self.settled:
            return self.shelves
        late = self.taken - RACY
        return {at: b"/".join([_vague(line, late) for line in s.split(b"/")]) for at, s in self.shelves.items()}


def _vague(line: bytes, late: int) -> bytes:
    name, _, stats = line.partition(b"\0")
    return line if stats and int(stats.split()[3]) < late else name + b"\0"


def asked(
    *, drafts: bool = False, output: str = "", base_url: str = "", ingest: bool = True, search: bool = True
) -> str:
    """Name the options of a build that decide what it makes."""
    return repr((drafts, output, base_url, ingest, search))


def world(places: Iterable[str], environ: Iterable[tuple[str, str]]) -> World:
    """Take the stats of all that lies in *places*: links themselves, not what they lead to. 3 µs a file.

    The first place is the one with the articles.
    """
    taken = time.time_ns()
    frame = blake2b(repr((sys.version, sorted(environ))).encode("utf-8", "surrogateescape"), digest_size=16)
    articles = blake2b(digest_size=16)
    newest = [0, 0]
    shelves = {}
    home, *others = places
    stack = [*others, home]
    while stack:
        at = stack.pop()
        try:
            about = os.lstat(at)
            names = sorted(os.listdir(at)) if _is_folder(about.st_mode) else []  # noqa: PTH208 - pathlib costs 7 ms
            inside = zip(names, _stats(at, names), strict=True) if names else ()
        except OSError as error:
            frame.update(f"{at}!{error.errno}".encode("utf-8", "surrogateescape"))
            continue
        written = at == home or at.startswith(f"{home}{os.sep}")
        lines: tuple[list[str], list[str]] = ([], [])  # of articles, of all else
        lines[1].append(f"{at}\0{about.st_mode}" if _is_folder(about.st_mode) else _line(at, about))
        newest[1] = newest[1] if _is_folder(about.st_mode) else max(newest[1], about.st_ctime_ns)
        for name, about in inside:
            if name == "__pycache__":
                continue
            if _is_folder(about.st_mode):
                stack.append(f"{at}{os.sep}{name}")
            else:
                kind = 0 if written and name.endswith(ARTICLES) else 1
                lines[kind].append(_line(name, about))
                newest[kind] = max(newest[kind], about.st_ctime_ns)
        frame.update("\n".join(lines[1]).encode("utf-8", "surrogateescape"))
        if lines[0]:
            shelf = "/".join(lines[0]).encode("utf-8", "surrogateescape")
            shelves[at[len(home) :].encode("utf-8", "surrogateescape")] = shelf
            articles.update(f"{at}\n".encode("utf-8", "surrogateescape"))
            articles.update(shelf)
    stable = frame.hexdigest()
    return World(stable, f"{stable} {articles.hexdigest()}", max(newest), newest[1], taken, shelves)


def _is_folder(mode: int) -> bool:
    return mode & 0o170000 == 0o040000


def _line(name: str, s: os.stat_result) -> str:
    return f"{name}\0{s.st_mode} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns} {s.st_ino}"


def ours(environ: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The part of the environment that a build depends on."""
    return [(k, v) for k, v in environ if k.startswith(("DATELINE_", "SOURCE_DATE_EPOCH"))]


class Look:
    """What a look at a newsroom found: the stats of its sources, and whether its outputs stand as they were written.

    The outputs may still be looked at by a forked process: whoever asks waits for it.
    """

    def __init__(self, world: World, child: int = 0, *, stood: bool = False) -> None:
        self.world = world
        self._child = child
        self._stood = stood

    def stood(self) -> bool:
        """Tell whether all outputs, and the folders they lie in, stand as they were left; no where nobody looked."""
        if self._child:
            child, self._child = self._child, 0
            self._stood = os.waitpid(child, 0)[1] == 0 and self._stood
        return self._stood


def nothing_to_do(
    root: str, folder: str, asked: str, now: float, environ: Iterable[tuple[str, str]], *, alone: bool = False
) -> tuple[Quiet | None, Look | None]:
    """Answer whether a build *asked* for at *now* would do nothing; None where it must look for itself.

    What was seen comes with the answer. O(files) stats and nothing else: 0.2 s for 10,000 articles and
    their 25,000 files and folders. A process that is *alone*, without threads, may fork: one looks at sources
    and folders, the other at outputs; where a source has changed, the other has all folders, too, and whoever
    asked goes on meanwhile.
    """
    look = None
    try:
        db = sqlite3.connect(_memory(root), uri=True, timeout=0)
    except sqlite3.Error:
        return None, None
    try:
        row = db.execute("select value from meta where key = ?", (KEY,)).fetchone()
        known = Quiet.decoded(row[0]) if row else None
        if known is None or known.asked != asked or known.places[0] != os.path.abspath(f"{root}/content"):  # noqa: PTH100
            return None, None  # another build, or a newsroom that was copied: what is known is of the other one
        by_two = alone and known.total > _MANY and hasattr(os, "fork")
        child, tell = _other(root, folder) if by_two else (0, -1)
        try:
            seen = world(known.places, ours(environ))
            look = Look(seen, child)
            changed = seen.digest != known.world or now < known.at or (bool(known.due) and known.due <= now)
            if child:
                os.write(tell, _ALL if changed else _PART)
                look = Look(seen, child, stood=changed or _folders_stand(db, folder, ours=True))
            elif not changed:
                look = Look(seen, stood=_outputs_stand(db, folder) and _folders_stand(db, folder))
        except BaseException:
            if child:
                os.close(tell)
                os.waitpid(child, 0)
                look = look and Look(look.world)
            raise
        if child:
            os.close(tell)
        return (None if changed or not look.stood() else known), look
    except (sqlite3.Error, ValueError, TypeError, OSError):
        return None, look
    finally:
        db.close()


def _memory(root: str) -> str:
    return f"file:{_quoted(root)}/.dateline/state.sqlite?mode=ro"


def _quoted(path: str) -> str:
    """Spell a path for an SQLite address."""
    plain = os.fsencode(os.path.abspath(path))  # noqa: PTH100 - pathlib costs 7 ms
    return "".join(chr(c) if (chr(c).isalnum() and c < 128) or c in b"/-_." else f"%{c:02X}" for c in plain)


def _outputs_stand(db: sqlite3.Connection, folder: str) -> bool:
    keys = [path for (path,) in db.execute("select key from trace")]
    were = db.execute("select inode, mtime, size, ctime from trace").fetchall()
    return list(map(_stamps, _stats(folder, keys))) == were


def _folders_stand(db: sqlite3.Connection, folder: str, *, ours: bool | None = None) -> bool:
    """Tell it of all folders, or of one process's part of them: the other has the outputs, too."""
    (count,) = db.execute("select count(*) from folder").fetchone()
    part = {None: (count, 0), True: (count * 3 // 5, 0), False: (count, count * 3 // 5)}[ours]
    paths = [path or "." for (path,) in db.execute("select path from folder limit ? offset ?", part)]
    were = db.execute("select inode, mtime from folder limit ? offset ?", part).fetchall()
    return [(s.st_ino, s.st_mtime_ns) if _is_folder(s.st_mode) else None for s in _stats(folder, paths)] == were


def _stats(folder: str, names: list[str]) -> Iterable[os.stat_result]:
    """Take the stats of what has *names* in *folder*. Raises ``OSError`` where something is gone."""
    top = os.open(folder, os.O_RDONLY)  # names are then looked up from there, not from the root of the disk
    try:
        return list(map(partial(os.stat, dir_fd=top, follow_symlinks=False), names))
    finally:
        os.close(top)


def _other(root: str, folder: str) -> tuple[int, int]:
    """Fork a process that looks at outputs, and at the folders that it is told to; its id, and where to tell it."""
    hear, tell = os.pipe()
    child = os.fork()
    if not child:
        os.close(tell)
        _leave(root, folder, hear)
    os.close(hear)
    return child, tell


def _leave(root: str, folder: str, hear: int) -> NoReturn:
    """End the forked process: 0 where all outputs stand. The connection is its own: SQLite's are not to be shared."""
    code = 1
    try:
        db = sqlite3.connect(_memory(root), uri=True, timeout=5)  # meanwhile somebody may write
        if _outputs_stand(db, folder) and (told := os.read(hear, 1)):
            code = 0 if _folders_stand(db, folder, ours=None if told == _ALL else False) else 1
    finally:
        os._exit(code)


# Stats are taken and compared by the thousand without a step of Python's between: half the time of a loop.
_stamps = attrgetter("st_ino", "st_mtime_ns", "st_size", "st_ctime_ns")
_ALL, _PART = b"a", b"p"  # of the folders
_MANY = 2000  # outputs that are worth a fork
