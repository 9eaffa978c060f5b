"""File events -> one ring per burst: "look again", with a hint where.

watchdog is the ear. Its events are never believed: they are merged, lost at an overflow, and doubled by
every editor in its own way. So an event only means "dirty", and whoever is rung for compares for
himself. A hint names the paths that were heard; ``full`` says that some may have been missed.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver, ObservedWatch

QUIET = 0.025  # seconds of silence that end a burst
MOST = 0.5  # seconds after which a burst that does not end is rung for
HEALTH = 30.0  # seconds between looks at whether the watched folders are still the same
POLL = 1.0  # seconds between two scans where the system gives no events
MASS = 100  # paths of one burst that make it a mass change (a checkout, a batch of copy), worth four times the patience
MANY = 4000  # paths of one burst; beyond, a full scan is cheaper than a list


class Hints(Struct, frozen=True):
    """What was heard. ``full``: anything may have changed, the paths are not all."""

    paths: frozenset[Path] = frozenset()
    full: bool = False
    silent: bool = False  # nothing was heard: has anything been missed?


class Doorbell:
    """Listens to *folders*, with all that is in them, and to single *files*; ``wait`` returns when it rang.

    Folders and files may be missing, vanish and come back: their parents are heard, too. Hidden names
    and editors' own files are not. *notice* is told once where the system cannot help and it must poll.
    Use it as a context manager, and from one thread; only ``close`` and ``ring`` may come from others.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        files: Iterable[Path] = (),
        *,
        quiet: float = QUIET,
        most: float = MOST,
        poll: float = POLL,
        health: float = HEALTH,
        notice: Callable[[str], None] = lambda _text: None,
    ) -> None:
        deep = {Path(os.path.abspath(f)) for f in folders}  # noqa: PTH100 - symlinks are kept in what is told
        single = {Path(os.path.abspath(f)) for f in files}  # noqa: PTH100 - as above
        self._posts = [_Post(folder, None) for folder in sorted(deep)]
        for parent in sorted({p.parent for p in deep | single}):
            if not any(parent == d or d in parent.parents for d in deep):
                self._posts.append(_Post(parent, frozenset(p for p in deep | single if p.parent == parent)))
        self._quiet, self._most, self._poll, self._health = quiet, most, poll, health
        self._notice = notice
        self._bell = threading.Condition()
        self._heard: set[Path] = set()
        self._writing: set[Path] = set()
        self._full = False
        self._first = self._last = 0.0  # of this burst
        self._grown = False  # folders appeared: is there a watch left for them?
        self._closed = False
        self._observer: BaseObserver | None = None
        self.polling = False

    def __enter__(self) -> Self:
        self._ledger = _Ledger(self)
        logging.getLogger("watchdog").addHandler(self._ledger)
        self._listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        logging.getLogger("watchdog").removeHandler(self._ledger)
        self._deafen()

    def ring(self, paths: Iterable[Path] = (), *, full: bool = True) -> None:
        """Ring as if something had been heard."""
        with self._bell:
            self._hear(paths, full=full)

    @property
    def rung(self) -> bool:
        """Tell whether ``wait`` would have something to tell."""
        return bool(self._first)

    def close(self) -> None:
        """Let ``wait`` return None, now and always."""
        with self._bell:
            self._closed = True
            self._bell.notify_all()

    def wait(self, timeout: float | None = None) -> Hints | None:
        """Sleep until a burst of events has ended, at most *timeout* seconds; None where nothing was heard.

        A burst ends after a short silence, and not while a file that was written to is still open (so
        that a slow save is one ring), but after *most* seconds in any case, or four times as many where a
        hundred files change: building half of a checkout is work for nothing. Costs one look at the watched
        folders every thirty seconds, and nothing else.
        """
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._bell:
                if self._closed:
                    return None
                if not self._first:
                    left = self._health if until is None else min(self._health, until - time.monotonic())
                    if left > 0:
                        self._bell.wait(left)
                    if not self._first and (until is not None and time.monotonic() >= until):
                        return None
                hints = self._burst() if self._first and not self._closed else None
            self._mend()
            if hints is not None:
                return hints

    # Hearing: on watchdog's threads

    def heard(self, path: Path, kind: str, *, folder: bool) -> None:
        """Note one event; the ears call it."""
        with self._bell:
            if kind == "modified":
                self._writing.add(path)
            elif kind in {"closed", "deleted"}:
                self._writing.discard(path)
            if folder:
                self._grown = True
            self._hear((path,), full=False)

    def _hear(self, paths: Iterable[Path], *, full: bool) -> None:
        self._last = time.monotonic()
        self._first = self._first or self._last
        self._heard.update(paths)
        if len(self._heard) > MANY:
            self._heard.clear()
            full = True
        self._full = self._full or full
        self._bell.notify_all()

    def _burst(self) -> Hints | None:
        while not self._closed:
            now = time.monotonic()
            patience = 4 if len(self._heard) >= MASS else 1
            end = self._first + patience * self._most
            if not self._writing or self.polling:
                end = min(end, self._last + patience * self._quiet)
            if now >= end:
                hints = Hints(frozenset(self._heard), self._full)
                self._heard.clear()
                self._writing.clear()
                self._full, self._first = False, 0.0
                return hints
            self._bell.wait(end - now)
        return None

    # The watched folders

    def _mend(self) -> None:
        """Watch again what was replaced, and fall back to polling where watches ran out."""
        observer = self._observer
        if observer is None:
            return
        grown, self._grown = self._grown, False
        try:
            changed = [p for p in self._posts if p.mend(observer, self)]
            if grown and not self.polling:
                _spare(observer)
        except OSError as error:
            self._fall_back(error)
            return
        if changed:
            self.ring()

    def _listen(self) -> None:
        from watchdog.observers import Observer  # 30 ms that no other command should pay

        try:
            observer = self._observer = Observer()
            observer.start()
            for post in self._posts:
                post.mend(observer, self)
            _spare(observer)
        except OSError as error:
            self._fall_back(error)

    def _fall_back(self, error: OSError) -> None:
        from watchdog.observers.polling import PollingObserver  # rarely needed

        limit = {errno.ENOSPC: "fs.inotify.max_user_watches", errno.EMFILE: "fs.inotify.max_user_instances"}
        remedy = f"; raise {limit[error.errno]} to hear of changes at once" if error.errno in limit else ""
        self._notice(f"no file events here ({error.strerror}), looking every {self._poll:g} s instead{remedy}")
        self._deafen()
        self.polling = True
        observer = self._observer = PollingObserver(timeout=self._poll)
        observer.start()
        for post in self._posts:
            post.mend(observer, self)
        self.ring()

    def _deafen(self) -> None:
        observer, self._observer = self._observer, None
        for post in self._posts:
            post.leave()
        if observer is not None and observer.is_alive():
            observer.stop()
            observer.join(2)


class _Post:
    """One folder to watch: deep, or (with *only*) just for some of its own entries."""

    def __init__(self, folder: Path, only: frozenset[Path] | None) -> None:
        self.folder = folder
        self.only = only
        self._identity: tuple[int, int] | None = None
        self._watch: ObservedWatch | None = None

    def mend(self, observer: BaseObserver, bell: Doorbell) -> bool:
        """Watch the folder that is there now; whether it is another one than before.

        Raises ``OSError`` where there are no watches left.
        """
        from watchdog import events  # with watchdog itself

        real = os.path.realpath(self.folder)
        identity = _identity(real)
        alive = any(e.watch is self._watch and e.is_alive() for e in observer.emitters)
        if identity == self._identity and (alive or identity is None):
            return False
        if self._watch is not None:
            observer.unschedule(self._watch)
        self.leave()
        if identity is not None:
            kinds: list[type[FileSystemEvent]] = [
                events.FileCreatedEvent,
                events.FileModifiedEvent,
                events.FileAttribEvent,
                events.FileMovedEvent,
                events.FileDeletedEvent,
                events.FileClosedEvent,
                events.DirCreatedEvent,
                events.DirMovedEvent,
                events.DirDeletedEvent,
            ]
            ear = _Ear(bell, self.folder, real, self.only)
            try:
                self._watch = observer.schedule(ear, real, recursive=self.only is None, event_filter=kinds)  # type: ignore[arg-type]
            except (FileNotFoundError, NotADirectoryError):
                return True  # gone again; its parent will tell
            self._identity = identity
        return True

    def leave(self) -> None:
        """Forget the watch, as its observer ends."""
        self._identity = self._watch = None


class _Ear:
    """What watchdog calls, for one watch: says which paths count."""

    def __init__(self, bell: Doorbell, folder: Path, real: str, only: frozenset[Path] | None) -> None:
        self._bell = bell
        self._folder = folder
        self._real = real
        self._only = only

    def dispatch(self, event: FileSystemEvent) -> None:
        """Tell the doorbell of the event's paths: a move is heard at both ends."""
        moved = event.event_type == "moved"
        self._tell(os.fsdecode(event.src_path), "deleted" if moved else event.event_type, folder=event.is_directory)
        if moved and event.dest_path:
            self._tell(os.fsdecode(event.dest_path), "created", folder=event.is_directory)

    def _tell(self, path: str, kind: str, *, folder: bool) -> None:
        inside = path[len(self._real) + 1 :]
        shown = self._folder / inside
        if self._only is None and not any(_foreign(part) for part in inside.split("/")):
            self._bell.heard(shown, kind, folder=folder)
        elif self._only is not None and shown in self._only:
            # A watched folder itself came or went: what is in it may have been missed.
            self._bell.ring((shown,), full=folder)


class _Ledger(logging.Handler):
    """watchdog's own warnings (an overflow of the kernel's queue): events were lost, so everything may have changed."""

    def __init__(self, bell: Doorbell) -> None:
        super().__init__(logging.WARNING)
        self._bell = bell

    def emit(self, record: logging.LogRecord) -> None:
        """Ring; the text is of no use to a newsroom."""
        del record
        self._bell.ring()


def _foreign(name: str) -> bool:
    """Whether *name* is hidden or an editor's own: swap, backup, lock and probe files of vim, Emacs and others."""
    return (
        (name.startswith(".") and name != ".well-known")
        or name.endswith(("~", ".swp", ".pyc"))
        or (name.startswith("#") and name.endswith("#"))
        or name in {"4913", "__pycache__"}
    )


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        info = os.stat(folder)  # noqa: PTH116 - a str, and this runs before every ring
    except OSError:
        return None
    return info.st_dev, info.st_ino


def _spare(observer: BaseObserver) -> None:
    """Raise ``OSError`` where there is not one watch left.

    watchdog says nothing where a *sub*folder could not be watched, so ask for one more elsewhere:
    where that works, all before it did.
    """
    from watchdog.events import DirDeletedEvent, FileSystemEventHandler  # with watchdog itself

    observer.unschedule(observer.schedule(FileSystemEventHandler(), os.sep, event_filter=[DirDeletedEvent]))
