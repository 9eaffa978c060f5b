"""What the engine is told: of the trade, of a run, and of what went wrong. All values that can be sent to a worker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from msgspec import Struct

from dateline.engine.salvage import Salvage, nothing
from dateline.engine.spool import Spool
from dateline.engine.task import Task

Manifest = tuple[str, bytes, bytes, bytes]  # names of inputs, their digests, and what ``Application.memo`` says
Made = tuple[bytes, tuple[bytes, ...]]  # an output, and what lies beside it
Make = Callable[[Any, Task, Spool], bytes]
Links = Callable[[bytes], AbstractSet[str]]  # an output's bytes -> the outputs that they lead to, by key
Pieces = Callable[[Any, Task], dict[str, bytes]]


class Failure(Struct, frozen=True):
    """A product that could not be made, or not be written; its last good version stays."""

    key: str
    place: str
    problem: str
    remedy: str = ""
    level: str = "error"
    refused: bool = False  # by the disk: nothing is wrong with the product
    lost: bool = False  # its worker died, of it or of something else


def _as_it_is(_suffix: str, data: bytes) -> bytes:
    return data


def _no_memo(_task: Task) -> tuple[bytes, bytes]:
    return b"", b""


def _unprepared(_state: Any, _tasks: Sequence[Task]) -> None:
    """Nothing is to be made ready."""


def _nowhere(_data: bytes) -> frozenset[str]:
    return frozenset()


def _always(_task: Task) -> bool:
    return True


class Away(Struct, frozen=True):
    """What the engine needs to know of the trade to have it done by workers that share no disk with us."""

    setup: Callable[[Any], Any]  # context -> state, there
    context: Any  # can be sent
    receive: Callable[[Any, dict[str, Any]], None]  # state, files by name: there, before they are needed
    sources: Callable[[Task], tuple[Mapping[str, Any], int] | None]  # files of a task, their bytes; None: make it here
    seconds: float = 0.0  # see ``Far``


class Application(Struct, frozen=True):
    """What the engine needs to know of the trade. All are functions of modules, so that they can be sent."""

    setup: Callable[[Any], Any]  # context -> state, once a worker
    make: Make  # (state, task, spool) -> the output's bytes
    pieces: Pieces  # (state, ingredient) -> what outputs are made of, by name
    needs: Callable[[Task], Collection[str]]  # names of the pieces that an output is made of
    arrange: Callable[[set[str], list[Task]], list[list[Task]]]  # pieces, new outputs of stage 1 -> chunks
    blame: Callable[[Task, BaseException], Failure | None]  # what the user can mend; None: a bug
    name: Callable[[Any], str]  # input -> its name in manifests
    pack: Callable[[str, bytes], bytes] = _as_it_is  # a suffix of ``Task.beside``, an output -> what lies beside it
    prepare: Callable[[Any, Sequence[Task]], None] = _unprepared  # (state, tasks): make ready what they are made of
    memo: Callable[[Task], tuple[bytes, bytes]] = _no_memo  # sources by which an output is found, and what it takes to
    # make it again when nothing is planned
    salvage: Salvage = nothing  # what an output that stands holds of the pieces of the one that takes its place
    links: Links = _nowhere  # asked where the disk refused something
    waits: Callable[[Task], bool] = _always  # for a new output that it leads to, where that was refused
    away: Away | None = None


class Job(Struct, frozen=True):
    """Where a run works."""

    folder: Path
    scratch: Path
    dry: bool = False
    hidden: bool = False  # the folder: nobody reads in it yet
