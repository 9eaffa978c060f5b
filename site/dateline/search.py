"""Published article pages -> the search index in ``pagefind/``, by Pagefind's command line.

The last step of a build, taken only when an article page differs from the last time. A search that cannot be
made never fails a build: the pages are there, and the next build tries again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

from dateline.engine.digest import digest_of
from dateline.engine.output import Output
from dateline.engine.store import Stat
from dateline.errors import Problem
from dateline.search_order import ENTRY, ordered
from dateline.settings import Settings

FOLDER = "pagefind"
MISSING = "search: not made; pip install 'dateline[search]' adds it"

_SECONDS = 900  # that indexing may take; 5,000 pages need 6
_UNUSED = ("pagefind-ui.", "pagefind-modular-ui.", "pagefind-component-ui.", "pagefind-highlight.")


class Index(Struct, frozen=True, array_like=True):
    """What the index was made of, and its files as they were written."""

    name: bytes = b""
    files: dict[str, Stat] = {}


class Done(Struct, frozen=True):
    """What became of the index."""

    made: bool = False
    problem: Problem | None = None
    note: str = ""


@lru_cache(maxsize=1)
def executable() -> Path | None:
    """Find Pagefind: from the extra ``dateline[search]``, else on the path."""
    spec = find_spec("pagefind_bin")
    if spec is not None and spec.origin:
        for name in ("pagefind_extended", "pagefind"):
            path = Path(spec.origin).with_name(name)
            if path.is_file():
                return path
    found = shutil.which("pagefind")
    return Path(found) if found else None


def wanted(settings: Settings) -> bool:
    """Tell whether the settings want a search."""
    return settings.search.enabled and settings.theme.pages == "full"


def ready(settings: Settings) -> bool:
    """Tell whether readers will find a search."""
    return wanted(settings) and executable() is not None


def ours(settings: Settings, key: str) -> bool:
    """Tell whether the output *key* belongs to the index, which no task plans."""
    return (key == FOLDER or key.startswith(f"{FOLDER}/")) and ready(settings)


def refresh(
    settings: Settings, folder: Path, scratch: Path, pages: Mapping[str, bytes], kept: bytes
) -> tuple[Done, bytes]:
    """Bring the index in *folder* up to *pages*: output keys of articles and digests of their bytes.

    *kept* is what this returned the last time; a stat of each file of the index says whether it is still true.
    About 1.3 s for 1,000 pages, and nothing where no page has changed.
    """
    tool = executable() if wanted(settings) else None
    output = Output(folder, scratch)
    if tool is None or not pages:
        missing = wanted(settings) and tool is None
        if kept:
            output.remove([FOLDER])
        return Done(note=MISSING if missing else ""), b""
    about = tool.stat()
    name = digest_of((sorted(pages.items()), about.st_size, about.st_mtime_ns))
    known = _decoded(kept)
    if known.name == name and known.files and known.files == {key: output.stat(key) for key in _files(folder)}:
        return Done(), kept
    try:
        written = _made(tool, folder, scratch / "search", sorted(pages), output)
    except (OSError, subprocess.SubprocessError) as error:
        return Done(
            problem=Problem(
                FOLDER,
                f"the search index could not be made: {_reason(error)}",
                "the next build tries again; search.enabled = false goes without",
                "warning",
            )
        ), b""
    return Done(made=True), msgspec.msgpack.encode(Index(name, written))


def _decoded(kept: bytes) -> Index:
    try:
        return msgspec.msgpack.decode(kept, type=Index)
    except msgspec.DecodeError:
        return Index()


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.TimeoutExpired):
        return f"not done within {_SECONDS} seconds"
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:200] if lines else f"Pagefind ended with {error.returncode}"
    return getattr(error, "strerror", None) or str(error)


def _made(tool: Path, folder: Path, scratch: Path, pages: list[str], output: Output) -> dict[str, Stat]:
    """Index *pages*; put what a search page needs in place, the list of languages last; take away what was."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch = scratch.absolute()  # Pagefind runs in it
    site, index = scratch / "site", scratch / "index"
    try:
        _staged(folder, site, pages)
        subprocess.run(  # noqa: S603 - our own tool, our own folders
            [tool, "--site", site, "--output-path", index, "--silent"],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
            cwd=scratch,
        )
        found = [p for p in index.rglob("*") if p.is_file() and not p.name.startswith(_UNUSED)]
        files = ordered({p.relative_to(index).as_posix(): p.read_bytes() for p in found})
        written = {}
        for name in sorted(files, key=lambda name: (name == ENTRY, name)):
            trace, _ = output.put(f"{FOLDER}/{name}", files[name], None)
            written[f"{FOLDER}/{name}"] = trace.stat
        output.remove(key for key in list(_files(folder)) if key not in written)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return written


def _staged(folder: Path, site: Path, pages: list[str]) -> None:
    """Show Pagefind the article pages alone: reading thousands of lists only to leave them out takes its time.

    By symlinks: a hard link would change the page's ctime, which says that nobody has touched it.
    """
    home = folder.resolve()
    for key in pages:
        link = site / key
        link.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(home / key, link)  # noqa: PTH211 - thousands of them


def _files(folder: Path) -> Iterator[str]:
    top = folder / FOLDER
    if top.is_symlink() or not top.is_dir():
        return
    for path in top.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()
