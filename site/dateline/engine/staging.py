"""An empty output folder -> a first build made where nobody sees it, and put in place at once.

Home links to the feeds, the feeds to home, articles to both: published one by one, there is always one that leads
to another that is not there yet. Where something stood before, new outputs come first and nobody is led to them;
where nothing stood, they are made beside the folder and moved there in an instant. A first build that is killed
shows nothing, and the next one goes on where it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable

from msgspec import structs

from dateline.engine.application import Failure, Job
from dateline.engine.output import Output, remedy
from dateline.engine.store import Store, Trace


def staged(job: Job) -> Job | None:
    """The same job beside its folder, where that is empty; None where it is not, or nothing can be moved there.

    Where the build folder is mounted from elsewhere, or must not be written, outputs are published one by one.
    """
    aside = job.scratch.with_name(f"{job.scratch.name}-first") / job.folder.name
    if job.dry:
        return None
    if not Output(job.folder, job.scratch).empty():
        shutil.rmtree(aside.parent, ignore_errors=True)  # of a build that was killed while it moved them
        return None
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        aside.mkdir(parents=True, exist_ok=True)
        probe = aside.with_name("probe")
        probe.mkdir(exist_ok=True)
        there = probe.rename(job.folder / ".dateline-scratch")
        there.rmdir()
    except OSError:
        shutil.rmtree(aside.parent, ignore_errors=True)
        return None
    return structs.replace(job, folder=aside, hidden=True)


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
        where = f"{job.folder.name}/{names[len(moved)]}"
        return [Failure(where, where, error.strerror or str(error), remedy(error), refused=True)]
    shutil.rmtree(aside.folder.parent, ignore_errors=True)
    output = Output(job.folder, job.scratch)
    top = store.traces([key for key in keys if "/" not in key])
    again = {key: Trace(t.digest, t.content, output.stat(key) or t.stat) for key, t in top.items()}
    store.save_traces(list(again.items()))
    traces.update((key, trace) for key, trace in again.items() if key in traces)
    store.save_folders(output.folder_stats(["", *names]))
    return []


def _home_last(entry: os.DirEntry[str]) -> tuple[bool, bool, str]:
    """Folders first: feeds and home lead into them."""
    return entry.name == "index.html", entry.is_file(), entry.name
