"""A bucket, and what was fetched from it before -> content/ as the bucket has it, and nothing of the newsroom's lost.

The bucket is listed once, and only what differs by its tag is fetched. What is known of each file is its tag there, the
digest of its bytes, and the stat of ours when it last held them: the digest decides, the stat saves reading. A file
that was edited here, or never came from there, is named and stays.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from dateline import editors
from dateline.bucket import Bucket, Held
from dateline.content import FOLDER, VOCABULARY
from dateline.engine.digest import digest
from dateline.engine.output import stat_of
from dateline.engine.store import Stat
from dateline.errors import DatelineError, Problem, SettingsError, printable
from dateline.files import SUFFIXES, is_editors, read_file
from dateline.landing import put, remove, stands
from dateline.lock import locked
from dateline.request import STATE, Progress
from dateline.settings import Limits, Settings

FILE = "mirror.msgpack"
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff", ".bmp")
GIVE_UP = 3  # files that cannot be fetched, after which nobody is asked for more
_BATCH, _BYTES = 200, 64_000_000  # objects and bytes fetched before they are put in their places
_LONGEST = 200  # bytes of one part of a name
_ODD = re.compile(r'[<>:"|?*\\]|[. ](?:/|\Z)|(?:\A|/) ')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


class Known(Struct, frozen=True, array_like=True, gc=False):
    """One of the bucket's files as it was last fetched."""

    tag: str
    digest: bytes
    stat: Stat | None  # of ours when it last held these bytes; None where it does not
    brought: bool  # ours was the bucket's, once


class Mirrored(Struct, frozen=True):
    """What a look at the bucket came to."""

    url: str
    total: int = 0
    fetched: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        return f"fetched {len(self.fetched):,} of {self.total:,} files from {self.url} ({len(self.removed):,} removed)"


class _Memory(Struct, frozen=True):
    url: str = ""
    files: dict[str, Known] = {}


class _Here(Struct, frozen=True):
    """A file of ours: what it holds, and the stat it had then. No digest: nothing that a mirror makes."""

    digest: bytes
    stat: Stat


def mirror(
    root: Path, settings: Settings, *, wait: float = 60.0, progress: Progress = lambda _stage, _done, _all: None
) -> Mirrored:
    """Bring content/ below *root* to what ``content.url`` holds; whatever is wrong is in the answer.

    Where nothing has changed: one listing and one stat a file. Listing needs no lock, so a slow store holds nobody up.
    Raises ``SettingsError``: a package is missing, nobody knows such a URL, another dateline does not let go.
    """
    bucket = Bucket(settings.content.url, settings.content.seconds)
    memory = root / STATE / FILE
    try:
        before = _bytes(memory)
        listing = bucket.listing()
        with locked(root, wait):
            if _bytes(memory) != before:  # somebody else has mirrored meanwhile: what we were told may be older
                before, listing = _bytes(memory), bucket.listing()
            return _Mirror(root, settings, bucket, _decoded(before), progress).brought(listing)
    except SettingsError:
        raise
    except DatelineError as error:
        return Mirrored(bucket.name, problems=(error.problem,))


def _bytes(memory: Path) -> bytes:
    try:
        return memory.read_bytes()
    except OSError:
        return b""


def _decoded(data: bytes) -> _Memory:
    try:
        return msgspec.msgpack.decode(data, type=_Memory)
    except msgspec.MsgspecError:
        return _Memory()  # none yet, or damaged: all is fetched once more, and what is the same is known again


# -- names --------------------------------------------------------------------------------------------


def limit_of(name: str, limits: Limits) -> int | None:
    """How many bytes the object *name* may have; None where it is nothing that a newsroom reads."""
    low = name.lower()
    if low.endswith(SUFFIXES):
        return limits.article
    if f"{FOLDER}/{name}" == VOCABULARY:
        return editors.LONGEST
    return limits.picture if low.endswith(PICTURES) else None


def fault(name: str) -> str:
    """Say why *name* cannot be a file's on every system, below a folder; "" where it can."""
    parts = name.split("/")
    if {"", ".", ".."} & set(parts):
        return "has a name that leads elsewhere"
    if not name.isprintable():
        return "has characters in its name that nobody sees"
    if _ODD.search(name) or any(map(_DEVICE.match, parts)):
        return "has a name that some systems do not allow"
    if max(len(part.encode()) for part in parts) > _LONGEST or len(name.encode()) > 5 * _LONGEST:
        return "has too long a name"
    return ""


# -- one run ------------------------------------------------------------------------------------------


class _Mirror:
    """One run, under the newsroom's lock."""

    def __init__(self, root: Path, settings: Settings, bucket: Bucket, memory: _Memory, progress: Progress) -> None:
        self.root = root
        self.settings = settings
        self.bucket = bucket
        self.memory = memory
        self.progress = progress
        self.moved = bool(memory.files) and memory.url != settings.content.url
        # Tags of another bucket say nothing of this one's files.
        self.known = {k: structs.replace(v, tag="") for k, v in memory.files.items()} if self.moved else memory.files
        self.new = dict(self.known)
        self.fetched: list[str] = []
        self.removed: list[str] = []
        self.problems: list[Problem] = []

    def brought(self, listing: Mapping[str, Held]) -> Mirrored:
        """Do all there is to do: fetch, then remove, so that a file that was renamed is never missing."""
        good = self._accepted(listing)
        try:
            self._fetch(self._wanted(good))
            self._tidy(listing, good)
        finally:
            self._save()
        return Mirrored(
            self.bucket.name, len(good), tuple(self.fetched), tuple(self.removed), tuple(sorted(self.problems))
        )

    def _accepted(self, listing: Mapping[str, Held]) -> dict[str, Held]:
        """Leave out what a newsroom does not read, and name what cannot be a file here."""
        good: dict[str, Held] = {}
        names: dict[str, str] = {}
        for name in sorted(listing):
            limit = limit_of(name, self.settings.limits)
            reason = fault(name) if limit is not None else ""
            if limit is None or (not reason and any(map(is_editors, name.split("/")))):
                continue
            size = listing[name].size
            twin = names.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
            if reason:
                self._wrong(f"{self.bucket.name}/{name}", f"{reason} and was not fetched", "rename it there")
            elif twin != name:
                self._wrong(
                    f"{self.bucket.name}/{name}", f"differs from {twin} by case alone and was not fetched", "rename it"
                )
            elif size > limit:
                self._wrong(
                    f"{self.bucket.name}/{name}",
                    f"is larger than {limit:,} bytes ({size:,}) and was not fetched",
                    "split it, or raise [limits] in dateline.toml",
                )
            else:
                good[name] = listing[name]
        return good

    def _wanted(self, good: Mapping[str, Held]) -> dict[str, Held]:
        """Which files differ there from what we know; what differs here alone is looked into at once."""
        wanted = {}
        for name, held in good.items():
            known = self.known.get(name)
            if known is None or not held.tag or known.tag != held.tag:
                wanted[name] = held
                continue
            about = stands(self.root, f"{FOLDER}/{name}")
            if about is None:
                wanted[name] = held
            elif stat_of(about) != known.stat:
                self._compared(name, known)
        return wanted

    def _compared(self, name: str, known: Known) -> None:
        here = self._here(name)
        if here is not None and here.digest == known.digest:
            self.new[name] = structs.replace(known, stat=here.stat, brought=True)
        else:
            self._conflict(name, known)

    def _here(self, name: str) -> _Here | None:
        """Read our file; None where there is nothing of this name."""
        path = f"{FOLDER}/{name}"
        if stands(self.root, path) is None:
            return None
        try:
            file = read_file(self.root, path, limit_of(name, self.settings.limits) or 0)
        except DatelineError:  # a link, a folder, too large: the newsroom's own in any case
            return _Here(b"", Stat(-1, 0, 0, 0))
        return _Here(digest(file.data), Stat(file.size, file.mtime_ns, file.ctime_ns, file.inode))

    # -- fetching -----------------------------------------------------------------------------------

    def _fetch(self, wanted: Mapping[str, Held]) -> None:
        done = failures = 0
        for batch in _batches(wanted):
            if failures >= GIVE_UP:
                self._wrong(self.bucket.name, f"{len(wanted) - done:,} more files were not fetched", "build again")
                return
            got = self.bucket.fetch({name: wanted[name].size for name in batch})
            for name in batch:
                data = got.get(name)
                if isinstance(data, bytes):
                    self._land(name, data, wanted[name].tag)
                elif data is not None:
                    failures += 1
                    self._wrong(f"{self.bucket.name}/{name}", f"was not fetched: {data}", "build again")
            done += len(batch)
            self.progress("fetch", done, len(wanted))

    def _land(self, name: str, data: bytes, tag: str) -> None:
        """Put fetched bytes in their place, unless something of the newsroom's stands there."""
        path, name_of_data, known = f"{FOLDER}/{name}", digest(data), self.known.get(name)
        here = self._here(name)
        if here is not None and here.digest == name_of_data:
            self.new[name] = Known(tag, name_of_data, here.stat, brought=True)
            return
        brought = known is not None and known.brought
        if here is None or (brought and known is not None and here.digest == known.digest):
            try:
                stat = put(self.root, path, data, here.stat if here else None)
            except OSError as error:
                self._wrong(path, f"cannot be written: {error.strerror or error}", "make room or mend its rights")
                return
            if stat is not None:
                self.new[name] = Known(tag, name_of_data, stat, brought=True)
                self.fetched.append(name)
                return
        self.new[name] = Known(tag, name_of_data, None, brought=brought)
        self._conflict(name, self.new[name])

    # -- what is gone -------------------------------------------------------------------------------

    def _tidy(self, listing: Mapping[str, Held], good: Mapping[str, Held]) -> None:
        """Remove what vanished from the bucket, if it is byte for byte what came from there."""
        gone = sorted(self.known.keys() - listing.keys())
        if not good and not self.known:
            self._wrong(self.bucket.name, "holds no content", "is content.url right?", "warning")
        elif gone and self.moved:
            self._left_behind(gone)
        elif gone and not good and not self.settings.content.empty:
            self._wrong(
                self.bucket.name,
                f"holds no content, though {len(gone):,} files came from there: nothing was removed",
                "if it is meant to be empty, run once with DATELINE_CONTENT__EMPTY=true",
            )
        else:
            for name in gone:
                self._remove(name, self.known[name])

    def _left_behind(self, gone: list[str]) -> None:
        """Leave what came from another bucket: nobody knows whether it is still there."""
        for name in gone:
            del self.new[name]
        left = [name for name in gone if stands(self.root, f"{FOLDER}/{name}")]
        if left:
            self._wrong(
                FOLDER,
                f"{len(left):,} files came from another bucket and are not in {self.bucket.name} "
                f"({', '.join(left[:3])}{' …' if len(left) > 3 else ''}): they stay",
                "remove them, or put them there",
            )

    def _remove(self, name: str, known: Known) -> None:
        path, here = f"{FOLDER}/{name}", self._here(name)
        try:
            if here is None or not known.brought:
                del self.new[name]
            elif here.digest == known.digest and remove(self.root, path, here.stat):
                del self.new[name]
                self.removed.append(name)
            else:
                self._wrong(
                    path,
                    f"is gone from {self.bucket.name}, but was edited here, and stays",
                    "remove it, or put it there",
                )
        except OSError as error:
            self._wrong(path, f"cannot be removed: {error.strerror or error}", "mend its rights")

    # -- saying and remembering ---------------------------------------------------------------------

    def _conflict(self, name: str, known: Known) -> None:
        problem = "was edited here since it came from" if known.brought else "is another file than that of"
        self._wrong(
            f"{FOLDER}/{name}",
            f"{problem} {self.bucket.name}, and stays as it is",
            "put it there to keep it, or remove it here to have the bucket's",
        )

    def _wrong(self, place: str, problem: str, remedy: str, level: str = "error") -> None:
        self.problems.append(
            Problem(printable(place), printable(problem), remedy, "warning" if level == "warning" else "error")
        )

    def _save(self) -> None:
        memory = _Memory(self.settings.content.url, self.new)
        if memory == self.memory:
            return
        file = self.root / STATE / FILE
        beside = file.with_suffix(".new")
        beside.write_bytes(msgspec.msgpack.encode(memory))
        beside.replace(file)


def _batches(wanted: Mapping[str, Held]) -> Iterator[list[str]]:
    """Put so many files together as fit into memory."""
    batch: list[str] = []
    size = 0
    for name, held in wanted.items():
        if batch and (len(batch) == _BATCH or size + held.size > _BYTES):
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += held.size
    if batch:
        yield batch
