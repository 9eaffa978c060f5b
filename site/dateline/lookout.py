"""Stats of all sources -> which have changed that nobody heard of: how a watch makes sure, at the cost of stats alone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable

from dateline.quiet import RACY

About = tuple[int, int, int, int]  # size, mtime, ctime, inode


class Lookout:
    """Knows how all files below some places stood when they were last read.

    Look before reading: what changes meanwhile then shows at the next look. A file that changed so shortly
    before it was read that it might change again under the same stat is *young*, and must be read once more.
    """

    def __init__(self) -> None:
        self._places: tuple[str, ...] = ()
        self._known: dict[str, About] = {}
        self._young: set[str] = set()

    def renew(self, places: Iterable[str]) -> None:
        """Note how everything in *places* stands. 4 µs a file."""
        self._places = tuple(places)
        taken = time.time_ns()
        self._known = _stats(self._places) or {}
        self._young = {path for path, about in self._known.items() if about[2] > taken - RACY}

    def note(self, paths: Iterable[str]) -> None:
        """Note how the single files at *paths* stand: they are read next."""
        for path in paths:
            about = _stat(path)
            if about is None:
                self._known.pop(path, None)
            else:
                self._known[path] = about
                self._young.add(path)

    def missed(self, called: Callable[[], bool] = lambda: False) -> frozenset[str] | None:
        """Files to be read once more, since they were young; None where any file is not as it is known.

        Whoever is *called* away meanwhile gives the look up: somebody has just saved, and waits.
        """
        found = _stats(self._places, called)
        if found is None:
            return frozenset()
        if found != self._known:
            return None
        young, self._young = frozenset(self._young), set()
        return young


def _stats(places: Iterable[str], called: Callable[[], bool] = lambda: False) -> dict[str, About] | None:
    found: dict[str, About] = {}
    stack = list(places)
    while stack:
        at = stack.pop()
        try:
            with os.scandir(at) as entries:
                for entry in entries:
                    if not len(found) % 100 and called():
                        return None
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            stack.append(entry.path)
                    elif (about := _about(entry)) is not None:
                        found[entry.path] = about
        except OSError:  # a file, or nothing
            if (about := _stat(at)) is not None:
                found[at] = about
    return found


def _about(entry: os.DirEntry[str]) -> About | None:
    try:
        s = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino


def _stat(path: str) -> About | None:
    try:
        s = os.lstat(path)
    except OSError:
        return None
    return s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino
