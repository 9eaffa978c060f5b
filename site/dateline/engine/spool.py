"""Products that other products are made of: written by one worker, read by all, gone after the build."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

Place = tuple[str, int, int]  # file, offset, length
_Index = dict[str, Place]

_INDEX = "index"


class Spool:
    """A folder of append-only files, one a process, and an index that the parent writes between waves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None
        self._name = ""
        self._end = 0
        self._index: _Index = {}
        self._maps: dict[str, mmap.mmap] = {}

    def put(self, pieces: Mapping[str, bytes]) -> dict[str, Place]:
        """Append *pieces* in one go; the places returned are for the index."""
        if not pieces:
            return {}
        if self._file is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._name = str(os.getpid())
            self._file = os.open(self.folder / self._name, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            self._end = os.fstat(self._file).st_size
        view = memoryview(b"".join(pieces.values()))
        while view:
            view = view[os.write(self._file, view) :]
        places: dict[str, Place] = {}
        for key, data in pieces.items():
            places[key] = (self._name, self._end, len(data))
            self._end += len(data)
        self._index.update(places)
        return places

    def index(self, places: Mapping[str, Place]) -> None:
        """Tell all workers where everything is (the parent, between waves)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / _INDEX).write_bytes(msgspec.msgpack.encode(places))

    def refresh(self) -> None:
        """Read the index again (a worker, when told that there is news)."""
        self._index = msgspec.msgpack.decode((self.folder / _INDEX).read_bytes(), type=_Index)
        for file in self._maps.values():
            file.close()
        self._maps = {}

    def has(self, key: str) -> bool:
        """Tell whether there is anything under *key*."""
        return key in self._index

    def size(self, key: str) -> int:
        """Length of what is under *key*; 0 where there is nothing."""
        return self._index.get(key, ("", 0, 0))[2]

    def lengths(self) -> dict[str, int]:
        """Length of everything there is."""
        return {key: length for key, (_, _, length) in self._index.items()}

    def get(self, key: str) -> bytes:
        """Return what was put under *key*. Raises ``KeyError``."""
        name, start, length = self._index[key]
        if not length:
            return b""
        file = self._maps.get(name)
        if file is None or len(file) < start + length:
            with (self.folder / name).open("rb") as opened:
                file = self._maps[name] = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        return file[start : start + length]

    def close(self) -> None:
        """Let go of all files."""
        for file in self._maps.values():
            file.close()
        if self._file is not None:
            os.close(self._file)
