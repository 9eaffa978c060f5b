"""The output folder and a URL (``s3://bucket/prefix``) -> the same files in an object store.

The site is built on a disk and only then published, so a build needs no network and compares no listings. What
lies in the store is told by a manifest in it, which names what we wrote there: nothing else is ever removed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dateline.engine.digest import digest
from dateline.engine.output import stat_of
from dateline.engine.store import Trace
from dateline.errors import DatelineError, SettingsError
from dateline.serve_types import media_type

PLACE = "--publish"
MANIFEST = ".dateline-manifest.json"
BATCH = 64  # files sent at once
LAST = 99  # what no task plans: the search index
_TYPES = {"s3": "ContentType", "s3a": "ContentType", "gs": "content_type", "gcs": "content_type"}


class Published(Struct, frozen=True):
    """What publishing did, by output key."""

    written: tuple[str, ...]  # in the order in which they appeared
    removed: tuple[str, ...]
    total: int


class _Manifest(Struct, frozen=True):
    files: dict[str, str]  # output key -> digest of its bytes; "" while it is being changed


def publish(folder: Path, url: str, stages: Mapping[str, int], traces: Mapping[str, Trace]) -> Published:
    """Bring what lies at *url* to what lies in *folder*; *stages* order it as a build does.

    New files come before changed ones, each stage by stage, then removals: no page in the store links to a missing
    one. Before the first byte is sent the manifest names all that is going to be touched, so whatever is killed in
    between, the next run finishes. Files whose stat is the *traces*' are not read unless they are sent.
    Raises ``DatelineError``: a package or a right is missing, nobody answers, the place holds others' files.
    """
    with _named(url):
        store = _Store(url)
        there = store.manifest()
        here = dict(_digests(folder, traces))
        if there and not here:  # a first build that could not be put in place: what readers have stays
            raise DatelineError(f"{folder.name}/", "is empty, and so nothing was published", "build again")
        new = [key for key in here if key not in there]
        changed = [key for key in here if key in there and there[key] != here[key]]
        gone = sorted(there.keys() - here.keys())
        if not (new or changed or gone):
            return Published((), (), len(here))
        store.note(
            {
                **{key: name for key, name in there.items() if here.get(key) == name},
                **dict.fromkeys([*new, *changed, *gone], ""),
            }
        )
        written = []
        for keys in (new, changed):
            for batch in _batches(sorted(keys, key=lambda key: (_stage(key, stages), media_type(key), key)), stages):
                store.put({key: (folder / key).read_bytes() for key in batch})
                written += batch
        store.remove(gone)
        store.note(here)
    return Published(tuple(written), tuple(gone), len(here))


def _digests(folder: Path, traces: Mapping[str, Trace]) -> Iterator[tuple[str, str]]:
    """Name the bytes of every file that is meant for readers."""
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder).as_posix()
        if key.startswith(".dateline") or path.is_symlink() or not path.is_file():
            continue
        known = traces.get(key)
        same = known is not None and known.stat == stat_of(path.stat())
        yield key, (known.content if known is not None and same else digest(path.read_bytes())).hex()


def _stage(key: str, stages: Mapping[str, int]) -> int:
    """When *key* is published; what lies beside an output (``.gz``) goes with it."""
    return stages.get(key, stages.get(key.rpartition(".")[0], LAST))


def _batches(keys: Sequence[str], stages: Mapping[str, int]) -> Iterator[list[str]]:
    """Put neighbours of one stage and media type together."""
    batch: list[str] = []
    last: object = None
    for key in keys:
        kind = (_stage(key, stages), media_type(key))
        if batch and (kind != last or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append(key)
        last = kind
    if batch:
        yield batch


class _Store:
    """A prefix of an object store."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        self._fs, path = url_to_fs(url, use_listings_cache=False, skip_instance_cache=True)
        self._at = path.rstrip("/")
        self._type = _TYPES.get(url.partition(":")[0], "")

    def manifest(self) -> dict[str, str]:
        """What we wrote here before. Raises ``SettingsError`` where somebody else did."""
        try:
            data = self._fs.cat_file(f"{self._at}/{MANIFEST}")
        except FileNotFoundError:
            with contextlib.suppress(FileNotFoundError):
                if self._fs.ls(self._at, detail=False):
                    raise SettingsError(
                        PLACE, f"{self._at} holds files that dateline did not make", "choose an empty place"
                    ) from None
            return {}
        return {k: v for k, v in msgspec.json.decode(data, type=_Manifest).files.items() if ".." not in k.split("/")}

    def note(self, files: Mapping[str, str]) -> None:
        """Write the manifest."""
        self._put({MANIFEST: msgspec.json.encode(_Manifest(dict(files)), order="sorted")}, "application/json")

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files of one media type, each as a whole."""
        self._put(files, media_type(next(iter(files))))

    def _put(self, files: Mapping[str, bytes], kind: str) -> None:
        more = {self._type: kind} if self._type else {}
        self._fs.pipe({f"{self._at}/{key}": data for key, data in files.items()}, **more)

    def remove(self, keys: Iterable[str]) -> None:
        """Remove files; those that are gone already are no fault."""
        paths = [f"{self._at}/{key}" for key in keys]
        for start in range(0, len(paths), BATCH):
            some = paths[start : start + BATCH]
            try:
                self._fs.rm(some)
            except FileNotFoundError:
                for path in some:
                    with contextlib.suppress(FileNotFoundError):
                        self._fs.rm_file(path)


@contextlib.contextmanager
def _named(url: str) -> Iterator[Any]:
    """Turn what any store may raise into a line that names the URL."""
    try:
        yield
    except DatelineError:
        raise
    except ImportError as error:
        raise SettingsError(PLACE, f"{url} needs a package: {error}", "pip install 'dateline[remote]'") from None
    except msgspec.MsgspecError:
        raise SettingsError(PLACE, f"{url}/{MANIFEST} is damaged", "publish to an empty place") from None
    except Exception as error:  # noqa: BLE001 - every store has errors of its own
        raise DatelineError(
            PLACE,
            f"{url} cannot be written: {error or type(error).__name__}",
            "mend it and build again: it goes on from there",
        ) from None
