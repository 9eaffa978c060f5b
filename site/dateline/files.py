"""Names below a folder -> bytes of regular files: no link is followed, no pipe waited for, nothing read without end."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from dateline.errors import DatelineError, Problem, printable

SUFFIXES: Final = (".md", ".markdown")

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ROOT: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER: Final = _FLAGS | os.O_DIRECTORY
_KINDS: Final = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_EDITORS: Final = re.compile(
    r"[.#]|4913\Z|thumbs\.db\Z|desktop\.ini\Z|.*(?:~|\.(?:swp|swx|tmp|bak|part|crdownload))\Z",
    re.IGNORECASE | re.DOTALL,
).match
_name: Final = attrgetter("name")
_MOST_FOLDERS: Final = 60  # deep; a path longer than the system allows ends earlier


class FileRead(NamedTuple):
    """A file's bytes with the stamps it had when they were read."""

    data: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Found(NamedTuple):
    """A regular file: its path below the scanned root, with ``/``, and its stamps."""

    path: str
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0


Carried = FileRead | DatelineError  # a file on its way to another machine, or why it cannot be read


class Sent:
    """Files that came with the work: stands where a root stands, on a machine that has none."""

    def __init__(self) -> None:
        self.files: dict[str, Carried] = {}

    def read(self, path: str) -> FileRead:
        """Give the file *path* as it was read before it was sent. Raises ``DatelineError`` as reading did."""
        found = self.files.get(path)
        if found is None:
            raise DatelineError(path, "was not sent to the worker that needs it", "build without --executor dask")
        if isinstance(found, DatelineError):
            raise found
        return found


class Pass:
    """A root for one pass over many files: the folder that was read from last stays open, so the next is one step away.

    Not to be kept longer than the pass: a folder that somebody puts in its place meanwhile is not noticed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._above = ""
        self._folder = -1

    def open(self, path: str) -> int:
        """Open the file *path*, as ``read_file`` does."""
        above, _, name = path.rpartition("/")
        if self._folder < 0 or above != self._above:
            opened = _walked(self.root, _parts(path)[:-1])
            self.close()
            self._above, self._folder = above, opened
        elif name in {"", ".."} or "\0" in name:
            raise _outside(path)
        return os.open(name, _FLAGS, dir_fd=self._folder)

    def close(self) -> None:
        """Let go of the folder."""
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    __del__ = close


def carried(root: Path, path: str, limit: int) -> tuple[Carried, int]:
    """Read a file to be sent, and tell its size; what is wrong with it is sent instead."""
    try:
        file = read_file(root, path, limit)
    except DatelineError as error:
        return error, 0
    return file, len(file.data)


def read_file(root: Path | Pass | Sent, relative: str | bytes | Path, limit: int) -> FileRead:
    """Read the regular file *relative* below *root*, at most *limit* bytes of it.

    *root* may be a link, nothing below it. Raises ``DatelineError`` that names the file: a link, a
    folder, a pipe, a device, unreadable, gone, too large. Never waits and never reads elsewhere.
    """
    path = os.fsdecode(relative)
    if isinstance(root, Sent):
        return root.read(path)
    descriptor = -1
    try:
        descriptor = root.open(path) if isinstance(root, Pass) else _opened(root, path)
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise _odd(path, about.st_mode)
        if about.st_size > limit:
            raise _large(path, about.st_size, limit)
        data = os.read(descriptor, about.st_size + 1)
        if len(data) != about.st_size:  # it grows or shrinks as we read, or comes in parts
            data += _rest(descriptor, limit + 1 - len(data))
        if len(data) > limit:
            raise _large(path, len(data), limit)
    except OSError as error:
        raise _unreadable(root.root if isinstance(root, Pass) else root, path, error) from None
    except UnicodeEncodeError:
        raise DatelineError(path, "its name is not UTF-8", "rename it") from None
    finally:
        if descriptor >= 0:
            os.close(descriptor)
    return FileRead(data, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def _rest(descriptor: int, most: int) -> bytes:
    parts = []
    while most > 0 and (part := os.read(descriptor, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _opened(root: Path, path: str) -> int:
    parts = _parts(path)
    here = _walked(root, parts[:-1])
    try:
        return os.open(parts[-1], _FLAGS, dir_fd=here)
    finally:
        os.close(here)


def _parts(path: str) -> list[str]:
    parts = path.split("/")
    if ".." in parts or "" in parts or "\0" in path:
        raise _outside(path)
    return parts


def _outside(path: str) -> DatelineError:
    return DatelineError(path or ".", "leads out of the newsroom", "name a file inside it")


def _walked(root: Path, folders: list[str]) -> int:
    """Open a folder step by step, so that none on the way can be a link, not even for an instant."""
    here = os.open(root, _ROOT)
    try:
        for folder in folders:
            below = os.open(folder, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
    except BaseException:
        os.close(here)
        raise
    return here


def _odd(path: str, mode: int) -> DatelineError:
    kind = next((name for test, name in _KINDS if test(mode)), "no regular file")
    return DatelineError(path, f"is {kind} and was not read", "put a regular file there")


def _large(path: str, size: int, limit: int) -> DatelineError:
    return DatelineError(
        path, f"is larger than {limit:,} bytes ({size:,})", "split it, or raise [limits] in dateline.toml"
    )


def _unreadable(root: Path, path: str, error: OSError) -> DatelineError:
    try:
        mode = os.lstat(os.path.join(root, path)).st_mode  # noqa: PTH118 - an undecodable name survives
    except OSError:
        mode = 0
    if mode and not stat.S_ISREG(mode):
        return _odd(path, mode)
    return DatelineError(path, f"cannot be read: {error.strerror}", "mend it, or remove the file")


def scan(
    root: Path, folder: str = "", suffixes: tuple[str, ...] = SUFFIXES, *, stamps: bool = True
) -> Iterator[Found | Problem]:
    """Find the regular files below *root*/*folder* whose names end in *suffixes*, in the order of their names.

    Links are named and never followed. Objects that are no files though their names say so, files without
    any suffix, folders that cannot be read and names that are no text are named as well. Files of editors are left out, and a
    *folder* that is not there has no files. One ``stat`` a file, 10,000 files cost 50 ms; whoever has nothing to
    compare its *stamps* with gets none, for half of that.
    """
    if folder and os.path.islink(os.path.join(root, folder)):  # noqa: PTH114, PTH118 - as below
        yield Problem(printable(folder), "is a link and was not followed", "put the folder itself there")
        return
    stack = [folder]
    while stack:
        path = stack.pop()
        folders: list[str] = []
        prefix = f"{path}/" if path else ""
        try:
            with os.scandir(os.path.join(root, path)) as entries:  # noqa: PTH118 - Path drops what names may hold
                found = sorted(entries, key=_name)
        except FileNotFoundError:
            continue  # gone since it was seen, or there is none yet
        except OSError as error:
            yield Problem(printable(path or "."), f"cannot be read: {error.strerror}", "mend the folder's permissions")
            continue
        ascii_ = path.isascii()
        for entry in found:
            name = entry.name
            if is_wanted(name, suffixes) and entry.is_file(follow_symlinks=False):  # nearly all
                known = ascii_ and name.isascii()
                yield _found(entry, prefix + name, known=known) if stamps or not known else Found(prefix + name)
            elif name == "4913" or not _EDITORS(name):  # it is gone in a moment, or it is somebody's
                if entry.is_dir(follow_symlinks=False):
                    folders.append(prefix + name)
                if seen := _odd_one(entry, prefix + name, suffixes):
                    yield seen
        if folders and path.count("/") >= _MOST_FOLDERS:
            yield Problem(printable(path), f"holds folders nested deeper than {_MOST_FOLDERS}", "move them up")
        else:
            stack += reversed(folders)


def _found(entry: os.DirEntry[str], path: str, *, known: bool) -> Found | Problem:
    if not known and not _is_text(path):
        return Problem(printable(path), "its name is not UTF-8", "rename it")
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Problem(printable(path), f"cannot be read: {error.strerror}", "mend it, or remove the file")
    return Found(path, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def _odd_one(entry: os.DirEntry[str], path: str, suffixes: tuple[str, ...]) -> Found | Problem | None:
    if entry.is_symlink():
        return Problem(printable(path), "is a link and was not followed", "put the file itself there", "warning")
    if not entry.name.lower().endswith(suffixes):
        if "." in entry.name or not entry.is_file(follow_symlinks=False):
            return None
        return Problem(
            printable(path),
            "has no suffix and was not read",
            f"call it {printable(entry.name)}.md if it is copy",
            "warning",
        )
    if entry.is_file(follow_symlinks=False):
        return _found(entry, path, known=False)
    try:
        problem = _odd(path, entry.stat(follow_symlinks=False).st_mode).problem
    except OSError:
        return None  # gone
    return Problem(problem.place, problem.problem, problem.remedy, "warning")


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_wanted(name: str, suffixes: tuple[str, ...] = SUFFIXES) -> bool:
    """Whether a file with this *name* is one to read: it ends as it should, and no editor hid it."""
    return name.endswith(suffixes) and name[0] not in ".#"


def is_editors(name: str) -> bool:
    """Whether *name* is of a file that editors, version control and desktops leave about."""
    return _EDITORS(name) is not None
