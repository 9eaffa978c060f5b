"""What the disk refused, or died with its worker -> what has to wait for it: nothing leads to a page that has just gone or is not there yet.

Two rules, each the other's mirror. An output that is not published leads to what it led to before: that is not
removed. An output that is new and not there is led to by nobody: what would lead to it is not published. So a site
stays in part as it was, and whole in itself, and the next build does the rest.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence

from dateline.engine.application import Failure, Links
from dateline.engine.output import Output
from dateline.engine.task import Task


class Refusals:
    """What failed in a run. Costs nothing until the disk refuses something; then a look at what may be concerned.

    Faults of a product alone make nobody wait: they may stand for days, and there is other news. A worker that died
    may have died of a story or of something else, so what its outputs still lead to stays, but no news waits. Nor does
    anything on a *first* build, which leaves nothing as it was and is shown whole where that can be.
    """

    def __init__(self, output: Output, links: Links, new: Callable[[], Iterable[Task]], *, first: bool) -> None:
        self.output = output
        self.links = links
        self.new = new
        self.first = first
        self.failed: set[str] = set()
        self.refused = False  # any, by the disk
        self.lost = False  # any, with their workers
        self._taken: dict[str, Failure] = {}
        self._gaps: frozenset[str] = frozenset()

    def note(self, failure: Failure, key: str) -> None:
        """Take to the books that the output *key* was not published."""
        self.failed.add(key)
        self.refused = self.refused or failure.refused
        self.lost = self.lost or failure.lost

    def gaps(self) -> frozenset[str]:
        """Name the new outputs that are not there: workers write nothing that leads to them.

        What was written in the same wave and leads to them is taken back; nothing that stood before leads to it
        yet. O(bytes of new outputs) where there are more gaps than before.
        """
        if not self.refused or self.first:
            return self._gaps
        missing = {key for key in self.failed if self.output.stat(key) is None}
        if missing - self._gaps:
            tasks = {task.key: task for task in self.new() if task.key not in missing}
            for key, to in leading(sorted(tasks), missing, self.links, self.output).items():
                for suffix in ("", *tasks[key].beside):
                    with contextlib.suppress(OSError):
                        self.output.remove([key + suffix])
                self._taken[key] = early(self.output.folder.name, key, to)
            self.failed |= self._taken.keys()
            self._gaps |= missing | self._taken.keys()
        return self._gaps

    def taken_back(self) -> dict[str, Failure]:
        """Tell, when all is done, which outputs were taken back and why."""
        self.gaps()
        return self._taken

    def part(self, doomed: Iterable[str]) -> tuple[set[str], list[Failure]]:
        """Part the *doomed* into those that go and those that wait, and say why. O(bytes of what failed)."""
        if not (self.refused or self.lost):
            return set(doomed), []
        files = set(self.output.files(doomed))
        later = led_to(files, self.failed, self.links, self.output)
        return files - later.keys(), [late(self.output.folder.name, key, by) for key, by in sorted(later.items())]


def led_to(doomed: Iterable[str], failed: Iterable[str], links: Links, output: Output) -> dict[str, str]:
    """Tell which of the *doomed* files outputs that *failed* still lead to, each with the first that does.

    What waits is read itself, so what it leads to waits as well. What none of them leads to goes at once: a story
    that has to go must not wait for an output that never named it.
    """
    left, found, queue = set(doomed), dict[str, str](), sorted(failed)
    for key in queue:  # grows while it is worked through
        if not left:
            break
        more = sorted(left & links(_read(output, key)))
        left.difference_update(more)
        found.update(dict.fromkeys(more, key))
        queue += more
    return found


def leading(keys: Sequence[str], missing: Iterable[str], links: Links, output: Output) -> dict[str, str]:
    """Tell which outputs lead to *missing* ones, or to others of these; each with the first that it leads to."""
    found, queue = dict[str, str](), sorted(missing)
    concerned, to = {*keys, *queue}, dict[str, list[str]]()
    for key in keys:
        for target in concerned & links(_read(output, key)):
            to.setdefault(target, []).append(key)
    for target in queue:  # grows while it is worked through
        more = [key for key in to.get(target, ()) if key not in found]
        found.update(dict.fromkeys(more, target))
        queue += more
    return found


def _read(output: Output, key: str) -> bytes:
    """What stands there; what cannot be read cannot be shown to readers either."""
    try:
        return (output.folder / key).read_bytes()
    except OSError:
        return b""


def early(folder: str, key: str, to: str) -> Failure:
    """Say that an output waits for a new one that it leads to."""
    return Failure(
        key,
        f"{folder}/{key}",
        f"is not published yet: it links to {folder}/{to}, which could not be written",
        "it follows with the next build that can",
        refused=True,
    )


def late(folder: str, key: str, by: str) -> Failure:
    """Say that a file that has to go waits for an output that still leads to it."""
    return Failure(
        key,
        f"{folder}/{key}",
        f"cannot be removed yet: {folder}/{by} still links to it",
        "it goes with the next build that can write that",
        refused=True,
    )
