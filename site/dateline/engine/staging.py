"""An empty output folder -> a first build made where nobody sees it, and put in place at once.

Home links to the feeds, feeds to home, articles to both: published one by one, there is always one that leads
to another that is not there yet. Where something stood before, new outputs come first and nobody is led to them;
where nothing stood, they are made beside the folder and moved there in an instant. A first build that is killed
shows nothing, and the next one goes on where it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from msgspec import structs

from dateline.engine.application import Failure, Job
from dateline.engine.output import Output, remedy
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task


def staged(job: Job) -> Job | None:
    """The same job beside its folder, where that is empty; None where it is not, or nothing can be moved there.

    Outputs are published one by one where the folder is mounted from elsewhere, must not be written, or gives what
    is made in it another owner, other rights or attributes than it would have beside it.
    """
    if job.dry:
        return None
    base, scratch = _base(job), job.folder / ".dateline-scratch"
    with contextlib.suppress(OSError):
        scratch.rmdir()  # the probe of a build that was killed just then
    if not Output(job.folder, job.scratch).empty():
        shutil.rmtree(base, ignore_errors=True)  # of a build that was killed while it moved them
        return None
    aside = base / "made" / (job.folder.resolve().name or "site")  # the name is said where something goes wrong
    try:
        aside.mkdir(parents=True, exist_ok=True)
        probe = base / "probe"
        probe.mkdir(exist_ok=True)
        scratch.mkdir(parents=True)
        alike = _nature(probe) == _nature(scratch)
        probe.rename(scratch)
        scratch.rmdir()
    except OSError:
        alike = False
    if not alike:
        shutil.rmtree(base, ignore_errors=True)
        with contextlib.suppress(OSError):
            scratch.rmdir()
        return None
    return structs.replace(job, folder=aside, hidden=True)


def dropped(output: Output, tasks: Iterable[Task], failed: set[str]) -> None:
    """Remove what stands of *tasks* that *failed*: it was never shown, and may be half a file."""
    for task in tasks:
        for end in ("", *task.beside) if task.key in failed else ():
            with contextlib.suppress(OSError):
                output.remove([task.key + end])


def publish(aside: Job, job: Job, store: Store, keys: Iterable[str], traces: dict[str, Trace]) -> list[Failure]:
    """Move what was made *aside* into the job's folder: all of it or, with the reason that is given back, nothing.

    To be moved changes the stat of what lies at the top, among it some of *keys*, and of nothing below.
    """
    names = [entry.name for entry in sorted(os.scandir(aside.folder), key=_home_last)]
    moved: list[str] = []
    try:
        for name in names:
            (aside.folder / name).rename(job.folder / name)
            moved.append(name)
    except OSError as error:
        for name in reversed(moved):
            with contextlib.suppress(OSError):
                (job.folder / name).rename(aside.folder / name)
        where = f"{aside.folder.name}/{names[len(moved)]}"
        return [Failure(where, where, error.strerror or str(error), remedy(error), refused=True)]
    shutil.rmtree(_base(job), ignore_errors=True)
    output = Output(job.folder, job.scratch)
    top = store.traces([key for key in keys if "/" not in key])
    again = {key: Trace(t.digest, t.content, output.stat(key) or t.stat) for key, t in top.items()}
    store.save_traces(list(again.items()))
    traces.update((key, trace) for key, trace in again.items() if key in traces)
    store.save_folders(output.folder_stats(["", *names]))
    return []


def _base(job: Job) -> Path:
    """Where all of it lies; nothing in this path is named by whoever asks for a build."""
    return job.scratch.with_name(f"{job.scratch.name}-first")


def _nature(folder: Path) -> tuple[int, int, int, dict[str, bytes]]:
    """What a new folder has from the one that it was made in: rights, owner, group, attributes."""
    about = folder.stat()
    names = os.listxattr(folder) if hasattr(os, "listxattr") else ()
    return about.st_mode, about.st_uid, about.st_gid, {name: os.getxattr(folder, name) for name in names}


def _home_last(entry: os.DirEntry[str]) -> tuple[bool, bool, str]:
    """Folders first: feeds and home lead into them."""
    return entry.name == "index.html", entry.is_file(), entry.name
