"""Products that other products are made of: written by one worker, read by all, gone after the build."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

_INDEX = ".index"  # ends the name of the file that tells what is in the file beside it
_LENGTH = 32  # bits
_START = 48
_LENGTHS = (1 << _LENGTH) - 1
_STARTS = (1 << _START) - 1
NOTHING = -1
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
        self._read: dict[int, int] = {}  # files that are open, by their number

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

    def sizes(self, keys: Iterable[str]) -> list[int]:
        """Length of what is under each of *keys*; ``NOTHING`` where nothing was put."""
        find = self._index.get
        return [NOTHING if (place := find(key)) is None else place & _LENGTHS for key in keys]

    def lengths(self) -> dict[str, int]:
        """Length of everything there is."""
        return {key: place & _LENGTHS for key, place in self._index.items()}

    def get(self, key: str) -> bytes:
        """Return what was put under *key*. Raises ``KeyError``."""
        return next(iter(self.some([key])), b"")

    def some(self, keys: Iterable[str]) -> list[bytes]:
        """Return what was put under each of *keys*, but for what is empty. Raises ``KeyError``.

        Read piece by piece: a file that is mapped takes as long, and what lies around a piece counts as memory.
        """
        found: list[bytes] = []
        index, files = self._index, self._read
        for key in keys:
            place = index[key]
            length = place & _LENGTHS
            if not length:
                continue
            start, number = place >> _LENGTH & _STARTS, place >> (_START + _LENGTH)
            file = files.get(number)
            if file is None:
                file = files[number] = os.open(self.folder / self._files[number], os.O_RDONLY | os.O_CLOEXEC)
            data = os.pread(file, length, start)
            found.append(data if len(data) == length else _rest(file, data, length, start))
        return found

    def close(self) -> None:
        """Let go of all files."""
        self._forget()
        for file in self._file or ():
            os.close(file)
        self._file = None

    def _forget(self) -> None:
        for file in self._read.values():
            os.close(file)
        self._read = {}


def _rest(file: int, data: bytes, length: int, start: int) -> bytes:
    while len(data) < length:
        more = os.pread(file, length - len(data), start + len(data))
        if not more:
            raise OSError(errno.EIO, "is shorter than it was")
        data += more
    return data


def _write(file: int, data: bytes, start: int) -> None:
    view = memoryview(data)
    while view:
        done = os.pwrite(file, view, start)
        view, start = view[done:], start + done
