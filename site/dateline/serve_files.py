"""A requested path -> a file inside the built folder, or nothing: the only module that opens what a stranger asks for."""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path
from typing import Literal
from urllib.parse import unquote_to_bytes

from msgspec import Struct

KEEP_FILE = 512 * 1024  # bytes; larger files are streamed, never held
KEEP_ALL = 48 * 1024 * 1024  # bytes held over all files
LONGEST = 2048  # bytes of a path; ours are far shorter

Stamp = tuple[int, int, int, int, int]  # device, inode, size, mtime and ctime in ns


class Document(Struct, frozen=True):
    """One file as it was when it was opened. ``body`` is None where it is too large to hold."""

    name: str  # below the folder, "/"-separated
    stamp: Stamp
    size: int
    modified: float
    etag: str
    body: bytes | None


def decode(raw: bytes) -> str | None:
    """Decode the path of a request once, and refuse what no address of ours contains.

    None for: more than 2048 bytes, anything but UTF-8, control characters, backslashes, ``.`` and
    ``..`` and empty segments, hidden names (``.git``; ``.well-known`` is public). So the result, joined
    to a folder, cannot leave it but by a symlink, and those are refused on opening. O(n).
    """
    if not raw.startswith(b"/") or len(raw) > LONGEST:
        return None
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if "\\" in path or any(c < " " or c == "\x7f" for c in path):
        return None
    segments = path[1:].split("/")
    if segments[-1] == "":
        segments.pop()
    if any(not s or (s.startswith(".") and s != ".well-known") for s in segments):
        return None
    return path


class Folder:
    """The built site, read only. Small files are held, and believed only while ``stat`` says the same."""

    def __init__(self, root: Path, keep: int = KEEP_ALL) -> None:
        self.root = root
        self._base = os.fspath(root)
        self._keep = keep
        self._held: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0

    def kind(self, name: str) -> Literal["file", "folder"] | None:
        """What *name* is; None where it is missing or a symlink."""
        info = self._stat(name)
        if info is None:
            return None
        return "file" if stat.S_ISREG(info.st_mode) else "folder" if stat.S_ISDIR(info.st_mode) else None

    def read(self, name: str) -> Document | None:
        """The regular file *name* (already decoded), or None. One ``stat`` where the file is held and unchanged.

        Whoever replaces a file gives it another inode or ctime, so a held body is never stale.
        """
        info = self._stat(name)
        if info is None:
            return None
        held = self._held.get(name)
        if held is not None:
            if held.stamp == _stamp(info):
                self._held.move_to_end(name)
                return held
            self._forget(name)
        return self._load(name) if stat.S_ISREG(info.st_mode) else None

    def open(self, name: str) -> int | None:
        """A descriptor of the regular file *name*, reached without following any symlink below the root."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            at = os.open(self._base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return None
        *above, last = name.split("/")
        try:
            for part in above:
                below = os.open(part, flags | os.O_DIRECTORY, dir_fd=at)
                os.close(at)
                at = below
            file = os.open(last, flags, dir_fd=at)
        except (OSError, ValueError):
            return None
        finally:
            os.close(at)
        if stat.S_ISREG(os.fstat(file).st_mode):
            return file
        os.close(file)
        return None

    def reopen(self, found: Document) -> int | None:
        """A descriptor of *found*, or None where another file has taken its name."""
        file = self.open(found.name)
        if file is not None and _stamp(os.fstat(file)) != found.stamp:
            os.close(file)
            return None
        return file

    def _stat(self, name: str) -> os.stat_result | None:
        try:
            return os.lstat(f"{self._base}/{name}")
        except (OSError, ValueError):
            return None

    def _load(self, name: str) -> Document | None:
        file = self.open(name)
        if file is None:
            return None
        try:
            info = os.fstat(file)
            body = _all(file, info.st_size) if info.st_size <= KEEP_FILE else None
        except OSError:
            return None
        finally:
            os.close(file)
        stamp = _stamp(info)
        # A large file's bytes are not read for a tag: its inode and times tell versions apart as well.
        tag = blake2b(body if body is not None else repr(stamp).encode(), digest_size=9).hexdigest()
        size = info.st_size if body is None else len(body)
        found = Document(name, stamp, size, info.st_mtime, f'"{tag}"', body)
        if body is not None:
            self._hold(name, found, len(body))
        return found

    def _hold(self, name: str, found: Document, size: int) -> None:
        self._held[name] = found
        self._bytes += size
        while self._bytes > self._keep:
            self._forget(next(iter(self._held)))

    def _forget(self, name: str) -> None:
        gone = self._held.pop(name)
        self._bytes -= len(gone.body or b"")


def _stamp(info: os.stat_result) -> Stamp:
    return (info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def _all(file: int, size: int) -> bytes:
    """Read up to *size* bytes and a little more: a file that grows while it is read is not cut at a stale size."""
    parts = []
    left = size + 1
    while left > 0 and (part := os.read(file, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
