"""Articles <-> files below ``content/``: where each belongs, written whole or not at all, found again by id."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from dateline import files
from dateline.article import Article
from dateline.errors import DatelineError
from dateline.lock import FOLDER
from dateline.settings import Settings
from dateline.text import SLUG_LENGTH

CONTENT = "content"
AGENCY = ".agency"  # behind the name of a file edited by hand: the agency's later version beside it
TEMPORARY = f"{FOLDER}/tmp/desk"  # noqa: S108 - the newsroom's own


class Shelf:
    """The content files of the newsroom at *root*; with *dry*, nothing is written and writes are only remembered."""

    def __init__(self, root: Path, settings: Settings, *, dry: bool = False) -> None:
        self._root = root
        self._at = str(root)
        self._settings = settings
        self._dry: dict[str, bytes | None] | None = {} if dry else None
        self._folders: set[str] = set()
        self._count = 0

    def place(self, article: Article, slug: str) -> str:
        """Return where *article* belongs: ``content/2025/12/03-kreml.md``; ``content/2025/12/kreml.md`` for a month.

        The day is the newsroom's day.
        """
        day = article.published.astimezone(self._settings.zone)
        name = slug if article.precision == "month" else f"{day.day:02d}-{slug}"
        return f"{CONTENT}/{day.year:04d}/{day.month:02d}/{name}.md"

    def exists(self, path: str) -> bool:
        """Tell whether anything at all bears this name."""
        if self._dry is not None and path in self._dry:
            return self._dry[path] is not None
        return os.path.lexists(f"{self._at}/{path}")

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a regular file; ``None`` where there is none. Symlinks are not followed."""
        if self._dry is not None and path in self._dry:
            return self._dry[path]
        limits = self._settings.limits
        try:
            return files.read_file(self._root, path, limits.article + limits.front_matter).data
        except DatelineError:
            return None

    def write(self, path: str, data: bytes) -> None:
        """Put *data* at *path* in one step: a reader sees the old bytes or the new ones.

        Raises ``DatelineError`` where the disk refuses.
        """
        if self._dry is not None:
            self._dry[path] = data
            return
        try:
            self._folder(path.rpartition("/")[0])
            self._replace(data, path)
        except OSError as error:
            raise DatelineError(
                path, f"cannot be written: {error.strerror or error}", "make room or mend its rights, then ingest again"
            ) from None

    def _replace(self, data: bytes, path: str) -> None:
        self._count += 1
        self._folder(TEMPORARY)
        temporary = f"{TEMPORARY}/{self._count}"
        self._fresh(temporary, data)
        try:
            self._rename(temporary, path)
        except OSError as error:
            (self._root / temporary).unlink()
            if error.errno != errno.EXDEV:
                raise
            folder, _, name = path.rpartition("/")
            temporary = f"{folder}/.{name}.tmp"
            (self._root / temporary).unlink(missing_ok=True)
            self._fresh(temporary, data)
            self._rename(temporary, path)

    def _rename(self, temporary: str, path: str) -> None:
        os.replace(f"{self._at}/{temporary}", f"{self._at}/{path}")  # noqa: PTH105 - for each of thousands: pathlib takes longer than the disk

    def _fresh(self, path: str, data: bytes) -> None:
        handle = os.open(
            f"{self._at}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666
        )
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 - the descriptor just made: 0666 under the umask
                file.write(data)
        except OSError:
            (self._root / path).unlink()
            raise

    def _folder(self, folder: str) -> None:
        """Make *folder* and those above it, each a real folder: a symlink could lead anywhere."""
        if folder in self._folders:
            return
        parts = folder.split("/")
        for end in range(1, len(parts) + 1):
            step = self._root / "/".join(parts[:end])
            with contextlib.suppress(FileExistsError):
                step.mkdir()
            if not stat.S_ISDIR(step.lstat().st_mode):
                raise NotADirectoryError(errno.ENOTDIR, "a file or link stands where a folder belongs", str(step))
        self._folders.add(folder)

    def remove(self, path: str) -> None:
        """Take a file away, should it be there."""
        if self._dry is not None:
            self._dry[path] = None
            return
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            (self._root / path).unlink()

    def paths(self) -> Iterator[str]:
        """Yield every Markdown file below ``content/`` in the order of names, without following links."""
        if (self._root / CONTENT).is_dir():
            yield from (found.path for found in files.scan(self._root, CONTENT) if isinstance(found, files.Found))

    def mentions(self, text: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files that hold *text* in their first 100 kB: an editor may have moved a story."""
        needle = text.encode()
        for path in self.paths():
            data = self.read(path)
            if data and needle in data[:100_000]:
                yield path, data


def digest(data: bytes) -> bytes:
    """Name the bytes of a file."""
    return sha256(data).digest()


def lengthened(slug: str, suffix: str) -> str:
    """Add *suffix* to a slug that another story has, within the length that slugs may have."""
    return f"{slug[: SLUG_LENGTH - len(suffix) - 1].rstrip('-')}-{suffix}"
