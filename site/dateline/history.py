"""A story's id -> its former versions, for the newsroom's eyes: ``.dateline/versions/``, never on the site."""

from __future__ import annotations

import contextlib
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from dateline.lock import FOLDER

if TYPE_CHECKING:
    from dateline.desk_shelf import Shelf
    from dateline.ledger import Version as Known

VERSIONS = f"{FOLDER}/versions"


class Version(Struct, frozen=True):
    """One version of a story. ``file`` holds its text; "" for a repeat, which has the text of another."""

    n: int  # 1 is the first that arrived
    sent: datetime  # aware, UTC
    role: str  # "new", "update", "repeat", "correction", "older", "conflict", "withdrawal", "held"
    file: str
    current: bool  # what content/ shows, or would show had nobody edited it

    def __str__(self) -> str:
        """One line: ``2  2025-12-03T10:00:00+00:00  update  content/2025/12/03-kreml.md  (current)``."""
        mark = "  (current)" if self.current else ""
        return f"{self.n:<3} {self.sent.isoformat()}  {self.role:<10}  {self.file}".rstrip() + mark


class History:
    """The folder of former versions. A version is kept when the next takes its place."""

    def __init__(self, root: Path, shelf: Shelf, *, dry: bool = False) -> None:
        self._root = root
        self._shelf = shelf
        self._dry = dry

    def keep(self, permanent: str, n: int, data: bytes) -> None:
        """Keep version *n* of a story. Raises ``DatelineError`` where the disk refuses."""
        self._shelf.write(kept(permanent, n), data)

    def forget(self, permanent: str) -> None:
        """Remove every version of a story that was withdrawn."""
        if not self._dry:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                shutil.rmtree(self._root / folder(permanent))


def folder(permanent: str) -> str:
    """Return where the versions of a story lie, without a word of it in the name."""
    return f"{VERSIONS}/{sha256(permanent.encode()).hexdigest()[:32]}"


def kept(permanent: str, n: int) -> str:
    """Return the file of version *n*."""
    return f"{folder(permanent)}/{n:04d}.md"


def versions(root: Path, permanent: str, known: list[Known], current: int, path: str) -> list[Version]:
    """List what the ledger knows of a story, with the files that still hold its words."""
    return [
        Version(
            n=v.n,
            sent=datetime.fromtimestamp(v.start, UTC),
            role=v.role,
            file=path if v.version == current else _present(root, kept(permanent, v.n)),
            current=v.version == current,
        )
        for v in known
    ]


def _present(root: Path, file: str) -> str:
    return file if (root / file).is_file() else ""
