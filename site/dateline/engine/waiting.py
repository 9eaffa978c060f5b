"""Outputs that were refused -> removals that have to wait: what stands as it was leads to nothing that has just gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from dateline.engine.output import Output

Links = Callable[[bytes], AbstractSet[str]]  # an output's bytes -> the outputs that they lead to, by key


def nowhere(_data: bytes) -> frozenset[str]:
    """Lead to nothing."""
    return frozenset()


def waiting(doomed: Iterable[str], refused: Iterable[str], links: Links, output: Output) -> dict[str, str]:
    """Tell which of the *doomed* files *refused* outputs still lead to, each with the first that does.

    What waits is read itself, so what it leads to waits as well. What nobody refused leads to goes at once: a
    story that has to go must not wait for an output that never named it. O(bytes of what is read), and nothing is
    read where nothing is doomed. An output that cannot be read cannot be shown either.
    """
    left, found, queue = set(doomed), dict[str, str](), sorted(refused)
    for key in queue:  # grows while it is worked through
        if not left:
            break
        try:
            data = (output.folder / key).read_bytes()
        except OSError:
            continue
        more = sorted(left & links(data))
        left.difference_update(more)
        found.update(dict.fromkeys(more, key))
        queue += more
    return found
