"""A plan and what was made before -> why an output is as it is, or what a story affects.

What is printed is the manifest that was hashed to decide: the explanation cannot drift from the decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from dateline.engine.output import Output
from dateline.engine.store import Store
from dateline.engine.task import Task
from dateline.errors import DatelineError
from dateline.press import name


class Line(Struct, frozen=True):
    """One input of an output: how it stands against the last time."""

    input: str
    state: str  # "same", "changed", "new", "gone"


class Why(Struct, frozen=True):
    """Why an output would, or would not, be made by the next build."""

    output: str
    stale: bool
    reason: str
    inputs: tuple[Line, ...]

    def lines(self) -> Iterable[str]:
        """Say it in words, what differs first."""
        yield f"{self.output}: {'would be made' if self.stale else 'is as it should be'}: {self.reason}"
        order = {"changed": 0, "new": 1, "gone": 2, "same": 3}
        for line in sorted(self.inputs, key=lambda i: order[i.state]):
            yield f"  {line.state:<8} {line.input}"


def why(key: str, tasks: Sequence[Task], store: Store, output: Output) -> Why:
    """Explain the output *key*. Raises ``DatelineError`` where no task plans it."""
    planned = next((t for t in tasks if t.key == key), None)
    if planned is None:
        remedy = (
            "a build removes it" if store.manifest(key) else "look at `dateline build --dry-run -v` for what there is"
        )
        raise DatelineError(key, "is planned by nothing", remedy)
    before = dict(store.manifest(key))
    now = {name(i): i.digest for i in planned.inputs}
    inputs = [Line(n, "new" if n not in before else "same" if before[n] == d else "changed") for n, d in now.items()]
    inputs += [Line(n, "gone") for n in before if n not in now]
    trace = store.traces().get(key)
    if trace is None:
        reason = "it was never made"
    elif trace.digest != planned.digest:
        differ = [i.input for i in inputs if i.state != "same"]
        reason = f"{len(differ)} of its inputs differ" if differ else "its inputs come in another order"
    elif output.stat(key) != trace.stat:
        reason = "the file is not what was written"
    else:
        return Why(key, stale=False, reason=f"all {len(inputs)} inputs are the same", inputs=tuple(inputs))
    return Why(key, stale=True, reason=reason, inputs=tuple(inputs))


def affected(path: str, tasks: Sequence[Task]) -> list[tuple[str, str]]:
    """Name the outputs that the content file *path* affects, and by what: its whole text, or its teaser only."""
    wanted = f"article:{path}"
    id_ = next((i.teaser.id for t in tasks for i in t.inputs if name(i) == wanted and hasattr(i, "teaser")), None)
    found = []
    for task in tasks:
        names = {name(i) for i in task.inputs}
        if wanted in names:
            found.append((task.key, "text"))
        elif id_ is not None and f"teaser:{id_}" in names:
            found.append((task.key, "teaser"))
    return found
