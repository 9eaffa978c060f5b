"""A newsroom's folder -> the right to write below it, for one process at a time."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from dateline.errors import SettingsError

FOLDER = ".dateline"
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_PAUSE = 0.05  # seconds between two tries


@contextlib.contextmanager
def locked(root: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold ``.dateline/lock`` below *root*; wait up to *wait* seconds for another process to let go.

    An advisory lock of the kernel, so a killed process leaves none behind; the file itself stays.
    Not reentrant. Raises ``SettingsError`` where another holds it or the folder cannot be written.
    """
    place = f"{FOLDER}/lock"
    try:
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(root / place, _FLAGS, 0o666)
        except OSError as error:
            if error.errno not in {errno.EISDIR, errno.ELOOP}:
                raise
            _cleared(root / place)
            handle = os.open(root / place, _FLAGS, 0o666)
    except OSError as error:
        problem = f"cannot be opened: {error.strerror or error}"
        raise SettingsError(place, problem, "make the newsroom's folder writable") from None
    try:
        _take(handle, place, wait)
        yield
    finally:
        os.close(handle)


def _cleared(path: Path) -> None:
    """Remove the folder or link that stands where the lock belongs: in our own folder it can only be a stray."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)


def _take(handle: int, place: str, wait: float) -> None:
    end = time.monotonic() + wait
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise SettingsError(place, "another dateline is running (locked)", "wait until it ends") from None
        time.sleep(_PAUSE)
