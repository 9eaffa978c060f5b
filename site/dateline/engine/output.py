"""Bytes -> files of the output folder: whole or not at all, and never touched when they are right."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat as st
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from dateline.engine.digest import digest
from dateline.engine.store import Stat, Trace

_TOP = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def stat_of(result: os.stat_result) -> Stat:
    """Keep what tells one state of a file from another."""
    return Stat(result.st_size, result.st_mtime_ns, result.st_ctime_ns, result.st_ino)


class Output:
    """The output folder, as one builder sees it. Workers each open their own.

    Files are written beside the folder first (``scratch``, same file system) and then renamed over the
    old ones: a reader sees the old bytes or the new. Symlinks inside are replaced, never followed. A new file of a
    *hidden* folder, which has no readers yet, is written in its place: two names are looked up less.
    """

    def __init__(self, folder: Path, scratch: Path, *, hidden: bool = False) -> None:
        self.folder = folder
        self.scratch = scratch
        self.hidden = hidden
        self._at = str(folder)
        self._scratch = (str(scratch), f"{folder}/.dateline-scratch")  # the second for a folder on another file system
        self._folders: dict[str, bool] = {}  # those that are there; True: made by us just now, so nothing lies in it
        self._count = 0

    def put(self, key: str, data: bytes, known: Trace | None) -> tuple[Trace, bool]:
        """Make the file *key* hold *data*; tell whether it had to be written.

        *known* is believed only while the file's stat is the one it remembers. Raises ``OSError``.
        """
        path = f"{self._at}/{key}"
        if ".." in key and ".." in key.split("/"):  # names are made portable long before; this is the last gate
            raise OSError(errno.EINVAL, "leads out of its folder", path)
        name = digest(data)
        above = key.rpartition("/")[0]
        if above and above not in self._folders:
            self._make(above)
        if not self._folders.get(above):
            there = self._there(path, data, name, known)
            if there is not None:
                return Trace(b"", name, there), False
        return Trace(b"", name, self._write(path, data)), True

    def _there(self, path: str, data: bytes, name: bytes, known: Trace | None) -> Stat | None:
        """The stat of the file at *path* if it holds *data* already; a folder that stands in its place goes."""
        try:
            result = os.lstat(path)
        except OSError:
            return None
        if st.S_ISDIR(result.st_mode):
            shutil.rmtree(path)
        elif st.S_ISREG(result.st_mode) and result.st_size == len(data):
            there = stat_of(result)
            if (known is not None and known.stat == there and known.content == name) or self._holds(path, data):
                return there
        return None

    def stat(self, key: str) -> Stat | None:
        """The stat of the regular file *key*, or None where there is none."""
        try:
            result = os.lstat(f"{self._at}/{key}")
        except OSError:
            return None
        return stat_of(result) if st.S_ISREG(result.st_mode) else None

    @staticmethod
    def _holds(path: str, data: bytes) -> bool:
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return False
        with open(fd, "rb") as file:  # noqa: PTH123 - a descriptor
            return file.read(len(data) + 1) == data

    def _write(self, path: str, data: bytes) -> Stat:
        if self.hidden:
            with contextlib.suppress(FileExistsError):
                return self._written(os.open(path, _NEW, 0o666), data, path, path)
        self._count += 1
        for scratch in self._scratch:
            temporary = f"{scratch}/{os.getpid()}-{self._count}"
            try:
                return self._written(self._create(temporary), data, temporary, path)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), path)

    @staticmethod
    def _written(fd: int, data: bytes, made: str, path: str) -> Stat:
        """Put *data* into the new file *made* and that to *path*; a half goes."""
        try:
            done = os.write(fd, data)
            while done < len(data):
                done += os.write(fd, memoryview(data)[done:])
            if made != path:
                os.replace(made, path)  # noqa: PTH105
            return stat_of(os.fstat(fd))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(made)  # noqa: PTH108
            raise
        finally:
            os.close(fd)

    @staticmethod
    def _create(temporary: str) -> int:
        try:
            return os.open(temporary, _NEW, 0o666)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(temporary), exist_ok=True)  # noqa: PTH103, PTH120
        except FileExistsError:  # left by a killed builder that had our process id
            os.unlink(temporary)  # noqa: PTH108
        return os.open(temporary, _NEW, 0o666)

    def _make(self, folder: str) -> None:
        """Make *folder* and those above it; whatever stands in the way of one goes, links are never followed."""
        above = folder.rpartition("/")[0]
        if above and above not in self._folders:
            self._make(above)
        path = f"{self._at}/{folder}"
        made = True
        try:
            os.mkdir(path)  # noqa: PTH102 - this runs 10,000 times a build
        except FileExistsError:
            made = not st.S_ISDIR(os.lstat(path).st_mode)
            if made:
                os.unlink(path)  # noqa: PTH108
                os.mkdir(path)  # noqa: PTH102
        self._folders[folder] = made

    def remove(self, keys: Iterable[str]) -> list[str]:
        """Remove files, links or folders named by *keys* and the folders that this empties; return the files that went."""
        gone = []
        for key in keys:
            if ".." in key.split("/"):
                continue
            path = self.folder / key
            if path.is_dir() and not path.is_symlink():
                inside = [
                    p.relative_to(self.folder).as_posix() for p in path.rglob("*") if p.is_symlink() or not p.is_dir()
                ]
                shutil.rmtree(path)
                gone += inside
            else:
                try:
                    path.unlink()
                except (FileNotFoundError, NotADirectoryError):
                    continue
                gone.append(key)
            for parent in path.parents:
                if parent == self.folder:
                    break
                try:
                    parent.rmdir()
                except OSError:
                    break
        return gone

    def files(self, keys: Iterable[str]) -> Iterator[str]:
        """Name the files and links that *keys* stand for, those in folders among them one by one; an empty folder stays."""
        for key in keys:
            path = self.folder / key
            inside = path.rglob("*") if path.is_dir() and not path.is_symlink() else ()
            names = [p.relative_to(self.folder).as_posix() for p in inside if p.is_symlink() or not p.is_dir()]
            yield from names or (key,)

    def strays(self, planned: AbstractSet[str], folders: Iterable[str]) -> Iterator[str]:
        """Name what lies directly in *folders* and is no planned file and no folder of one."""
        needed = parents(planned)
        for folder in folders:
            try:
                entries = list(os.scandir(self.folder / folder))
            except OSError:
                continue
            for entry in sorted(entries, key=lambda e: e.name):
                key = f"{folder}/{entry.name}" if folder else entry.name
                if key not in planned and not (key in needed and entry.is_dir(follow_symlinks=False)):
                    yield key

    def empty(self) -> bool:
        """Tell whether there is nothing yet."""
        try:
            with os.scandir(self._at) as entries:
                return next(entries, None) is None
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def folder_stats(self, folders: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Modification time and inode of those output *folders* that are there: they move when an entry comes or goes."""
        try:
            top = os.open(self._at, _TOP)  # names are then looked up from there, not from the root of the disk
        except OSError:
            return {}
        look = partial(os.stat, dir_fd=top, follow_symlinks=False)
        names = sorted(folders)  # neighbours are found sooner one after the other
        try:
            found = list(zip(names, map(look, [name or "." for name in names]), strict=True))
        except OSError:  # one of them is gone
            found = list(_there(look, names))
        finally:
            os.close(top)
        return {name: (s.st_mtime_ns, s.st_ino) for name, s in found if st.S_ISDIR(s.st_mode)}


def _there(look: Callable[[str], os.stat_result], names: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for name in names:
        with contextlib.suppress(OSError):
            yield name, look(name or ".")


def remedy(error: OSError) -> str:
    """Say what helps against *error*."""
    return {
        errno.ENOSPC: "make room on the disk and build again",
        errno.EDQUOT: "make room within the quota and build again",
        errno.EFBIG: "raise the limit on the size of files and build again",
        errno.EACCES: "let this user write there and build again",
        errno.EPERM: "let this user write there and build again",
        errno.EROFS: "the file system is read-only: build somewhere else with -o",
    }.get(error.errno or 0, "mend it and build again")


def parents(keys: Iterable[str]) -> set[str]:
    """All folders above *keys*, the top one ("") included."""
    found = {""}
    for key in keys:
        above = key.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found
