"""Products that other products are made of: written by one worker, read by all, gone after the build."""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

_INDEX = ".index"  # ends the name of the file that tells what is in the file beside it
_LENGTH = 32  # bits
_START = 48
_lines = msgspec.json.Decoder(dict[str, tuple[int, int]]).decode_lines


class Spool:
    """A folder of append-only files, one a process, each with an index beside it that is as long as the file is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: tuple[int, int] | None = None  # of pieces, of the index
        self._name = ""
        self._ends = (0, 0)  # of what is whole in them: what a full disk took half of is written over
        self._files: list[str] = []
        self._index: dict[str, int] = {}  # file, start and length in one number: there are hundreds of thousands
        self._maps: dict[int, mmap.mmap] = {}

    def put(self, pieces: Mapping[str, bytes]) -> None:
        """Append *pieces* in one go."""
        if not pieces:
            return
        if self._file is None:
            self._file = self._opened()
        lengths: dict[str, tuple[int, int]] = {}
        end = self._ends[0]
        for key, data in pieces.items():
            lengths[key] = (end, len(data))
            end += len(data)
        line = msgspec.json.encode(lengths) + b"\n"
        _write(self._file[0], b"".join(pieces.values()), self._ends[0])
        _write(self._file[1], line, self._ends[1])
        self._ends = (end, self._ends[1] + len(line))
        self._learn(self._name, lengths)

    def _opened(self) -> tuple[int, int]:
        self.folder.mkdir(parents=True, exist_ok=True)
        n = 0
        while (self.folder / f"{os.getpid()}-{n}").exists():  # of a process that had this number, or this one's before
            n += 1
        self._name = f"{os.getpid()}-{n}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        pieces, index = (os.open(self.folder / (self._name + end), flags, 0o600) for end in ("", _INDEX))
        return pieces, index

    def _learn(self, name: str, places: Mapping[str, tuple[int, int]]) -> None:
        if name not in self._files:
            self._files.append(name)
        file = self._files.index(name) << (_START + _LENGTH)
        for key, (start, length) in places.items():
            self._index[key] = file | start << _LENGTH | length

    def refresh(self) -> None:
        """Read the indexes again: there is news."""
        self._forget()
        self._index.clear()
        for path in sorted(self.folder.glob(f"*{_INDEX}")):
            data = path.read_bytes()
            for places in _lines(data[: data.rfind(b"\n") + 1]):  # another may be writing
                self._learn(path.name.removesuffix(_INDEX), places)

    def has(self, key: str) -> bool:
        """Tell whether there is anything under *key*."""
        return key in self._index

    def size(self, key: str) -> int:
        """Length of what is under *key*; 0 where there is nothing."""
        return self._index.get(key, 0) & ((1 << _LENGTH) - 1)

    def lengths(self) -> dict[str, int]:
        """Length of everything there is."""
        return {key: self.size(key) for key in self._index}

    def get(self, key: str) -> bytes:
        """Return what was put under *key*. Raises ``KeyError``."""
        place = self._index[key]
        length = place & ((1 << _LENGTH) - 1)
        if not length:
            return b""
        start = place >> _LENGTH & ((1 << _START) - 1)
        number = place >> (_START + _LENGTH)
        file = self._maps.get(number)
        if file is None or len(file) < start + length:
            with (self.folder / self._files[number]).open("rb") as opened:
                file = self._maps[number] = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        return file[start : start + length]

    def close(self) -> None:
        """Let go of all files."""
        self._forget()
        for file in self._file or ():
            os.close(file)
        self._file = None

    def _forget(self) -> None:
        for file in self._maps.values():
            file.close()
        self._maps = {}


def _write(file: int, data: bytes, start: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, start)
        view, start = view[done:], start + done
