"""Outputs that stand -> pieces for those that take their place: what has not changed need not be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from dateline.engine.digest import digest
from dateline.engine.output import Output
from dateline.engine.spool import Spool
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task

# (task, what its output was made from: names and digests, the output's bytes where it stands as written) -> pieces
Salvage = Callable[[Task, Sequence[tuple[str, bytes]], Callable[[], bytes]], Mapping[str, bytes]]


def nothing(_task: Task, _was: Sequence[tuple[str, bytes]], _read: Callable[[], bytes]) -> dict[str, bytes]:
    """Salvage nothing."""
    return {}


def salvaged(
    tasks: Iterable[Task], salvage: Salvage, traces: Mapping[str, Trace], store: Store, output: Output, spool: Spool
) -> set[str]:
    """Put into the *spool* what the former outputs of stale *tasks* hold of their pieces; name these.

    An output is believed only while it holds the bytes that its trace says were written.
    """
    names: set[str] = set()
    for task in tasks:
        trace = traces.get(task.key)
        if trace is None:
            continue
        was = store.manifest(task.key)
        if digest(b"".join(d for _, d in was)) != trace.digest:
            continue  # what was remembered last is older than what stands: there was no room on the disk
        found = salvage(task, was, lambda key=task.key, trace=trace: _whole(output, key, trace))  # type: ignore[misc]
        spool.put({name: data for name, data in found.items() if name not in names})
        names |= found.keys()
    return names


def _whole(output: Output, key: str, trace: Trace) -> bytes:
    try:
        data = (output.folder / key).read_bytes()
    except OSError:
        return b""
    return data if digest(data) == trace.content else b""
