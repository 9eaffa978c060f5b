"""Bytes from afar -> a file below a folder: whole or not at all, through no link, over nothing that has changed."""

from __future__ import annotations

import contextlib
import os
import stat as st
from collections.abc import Iterator
from pathlib import Path

from dateline.engine.output import stat_of
from dateline.engine.store import Stat

TEMPORARY = ".dateline-fetched"  # beside its goal, for that is on the same disk; hidden, so that nobody reads it
_TOP = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _TOP | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def stands(root: Path, path: str) -> os.stat_result | None:
    """Stat of what bears the name *path* below *root*, a link itself rather than its goal; None where nothing does."""
    try:
        return os.lstat(f"{root}/{path}")
    except (FileNotFoundError, NotADirectoryError):
        return None


def put(root: Path, path: str, data: bytes, before: Stat | None) -> Stat | None:
    """Put *data* at *path* below *root* if the file there is still as *before*; None where it is not.

    Folders are made, and each on the way is a real one. Between the look and the renaming lie microseconds.
    Raises ``OSError``: a link or a file stands where a folder belongs, no room, no right.
    """
    folder, _, name = path.rpartition("/")
    with _opened(root, folder) as here:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(TEMPORARY, dir_fd=here)  # of a run that was killed
        handle = os.open(TEMPORARY, _NEW, 0o666, dir_fd=here)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                if _stat(here, name) != before:
                    os.unlink(TEMPORARY, dir_fd=here)
                    return None
                os.rename(TEMPORARY, name, src_dir_fd=here, dst_dir_fd=here)
                return stat_of(os.fstat(handle))
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(TEMPORARY, dir_fd=here)
            raise


def remove(root: Path, path: str, before: Stat) -> bool:
    """Remove the file *path* below *root* if it is still as *before*; tell whether it was. Raises ``OSError``."""
    folder, _, name = path.rpartition("/")
    with _opened(root, folder) as here:
        if _stat(here, name) != before:
            return False
        os.unlink(name, dir_fd=here)
        return True


def _stat(here: int, name: str) -> Stat | None:
    try:
        about = os.stat(name, dir_fd=here, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return stat_of(about) if st.S_ISREG(about.st_mode) else Stat(-1, 0, 0, 0)


@contextlib.contextmanager
def _opened(root: Path, folder: str) -> Iterator[int]:
    """Open a folder step by step, so that none on the way can be a link, not even for an instant."""
    here = os.open(root, _TOP)
    try:
        for part in folder.split("/"):
            with contextlib.suppress(FileExistsError):
                os.mkdir(part, dir_fd=here)
            below = os.open(part, _FOLDER, dir_fd=here)
            os.close(here)
            here = below
        yield here
    finally:
        os.close(here)
