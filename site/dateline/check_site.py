"""A built folder -> dead links, missing anchors and pictures, feeds and sitemaps that lead nowhere or do not parse."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

from msgspec import Struct, ValidationError, msgpack

from dateline.check_page import Facts, Reader, Site, holds, ids, look, lost, read
from dateline.engine.digest import SIZE, digest_of
from dateline.engine.executors import Pool, Serial
from dateline.engine.store import Stat
from dateline.errors import Problem, printable
from dateline.settings import Settings

_READ: Final = (".html", ".xml", ".json", ".rss", ".atom", ".txt", "_redirects")
_FEW: Final = 1000  # files: fewer are read sooner than a pool is there
_CHUNK: Final = 250
_GRAIN: Final = 2_000_000_000  # ns: a file may change again, unseen, within the clock's grain of being read


class Memory(Struct, frozen=True):
    """What an earlier check knew: the files by the digests of their names, with the stats that were found sound."""

    of: bytes = b""
    files: dict[bytes, bytes] = {}


class Links:
    """What files refer to, gathered file by file: each is read once, and not again while it is as it was.

    A sound file stays sound for as long as nothing vanishes. *of* names what else a verdict depends on;
    without it everything is read and nothing remembered.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        memory: bytes = b"",
        of: bytes = b"",
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.folder = folder
        self.base = settings.base_url
        found = frozenset(_files(folder))
        self.files = frozenset(filter(_spelled, found))
        self._nameless = sorted(found - self.files)
        self.elsewhere: dict[str, str] = {}  # address -> the first page that has it
        self.memory = b""
        self._clock = clock
        self._of = of and digest_of((of, self.base, os.fspath(folder.absolute())))
        self._before = _remembered(memory, self._of)

    def problems(self) -> Iterator[Problem]:
        """Read what may differ from the last time. O(bytes of it), and O(1) for each file that is as it was."""
        for name in self._nameless:
            yield Problem(
                printable(name), "has a name that is not UTF-8, so no link can lead to it", "rename it", "warning"
            )
        names = {name: _named(name) for name in self.files}
        known = self._before.files
        if not known.keys() <= set(names.values()):
            known = {}
        wanted = sorted(name for name in self.files if name.endswith(_READ))
        sound = {
            name for name in wanted if (mark := known.get(names[name])) and mark == _mark(_stat(self.folder, name))
        }
        found = self._read([name for name in wanted if name not in sound])
        yield from self._said(found)
        if self._of:
            now = self._clock()
            marks = {digest: known[digest] for name in sound if (digest := names[name])}
            marks |= {names[f.name]: _mark(f.stat) for f in found if f.sound and f.stat and f.stat.ctime < now - _GRAIN}
            self.memory = msgpack.encode(Memory(self._of, dict.fromkeys(names.values(), b"") | marks))

    def _read(self, names: list[str]) -> list[Facts]:
        chunks = [names[i : i + _CHUNK] for i in range(0, len(names), _CHUNK)]
        crew = Pool() if len(names) > _FEW else Serial()
        site = Site(self.folder, self.base, self.files)
        return sorted(crew.run(Reader, site, look, [chunks], lost, lambda: None), key=lambda facts: facts.name)

    def _said(self, found: Iterable[Facts]) -> Iterator[Problem]:
        dead: dict[str, list[str]] = {}
        anchors: dict[tuple[str, str], str] = {}
        for facts in found:
            for target in facts.dead:
                dead.setdefault(target, []).append(facts.name)
            for anchor in facts.anchors:
                anchors.setdefault(anchor, facts.name)
            for url in facts.elsewhere:
                self.elsewhere.setdefault(url, facts.name)
            if facts.fault:
                yield Problem(printable(facts.name), printable(facts.fault), "build again; if it stays so, report it")
        yield from self._missing(anchors)
        for target, pages in sorted(dead.items()):
            more = f" and {len(pages) - 1:,} more" if len(pages) > 1 else ""
            yield Problem(
                printable(pages[0]),
                f"leads to {printable(target)}, which is not there{more}",
                "mend the link, or build again",
            )

    def _missing(self, anchors: dict[tuple[str, str], str]) -> Iterator[Problem]:
        held: dict[str, set[bytes]] = {}
        for (file, anchor), page in sorted(anchors.items()):
            if file not in held:
                held[file] = ids(read(self.folder, file)[0])
            if not holds(held[file], anchor):
                yield Problem(
                    printable(page),
                    f"leads to #{printable(anchor)} in {printable(file)}, which is not there",
                    "mend the link",
                )


def _files(folder: Path) -> Iterator[str]:
    """Name all regular files below *folder*; nothing is followed."""
    top = os.fspath(folder)
    stack = [""]
    while stack:
        at = stack.pop()
        try:
            with os.scandir(f"{top}/{at}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(f"{at}{entry.name}/")
                    elif entry.is_file(follow_symlinks=False):
                        yield at + entry.name
        except OSError:
            continue


def _spelled(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _stat(folder: Path, name: str) -> Stat | None:
    try:
        found = os.lstat(f"{os.fspath(folder)}/{name}")
    except OSError:
        return None
    return Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _named(name: str) -> bytes:
    # A withdrawn story's address must not be found in what is remembered.
    return blake2b(name.encode(), digest_size=SIZE).digest()


def _mark(stat: Stat | None) -> bytes:
    return b"" if stat is None else b"%d %d %d %d" % (stat.size, stat.mtime, stat.ctime, stat.inode)


def _remembered(memory: bytes, of: bytes) -> Memory:
    try:
        known = msgpack.decode(memory, type=Memory)
    except (ValidationError, ValueError):
        return Memory()
    return known if of and known.of == of else Memory()
