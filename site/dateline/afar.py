"""Content files, settings and theme -> what workers on other machines are sent, and how they use it.

A far worker reads no file of the newsroom: its tools are given a root that holds what came with the work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from msgspec import structs

from dateline import content, newsroom
from dateline.engine.application import Away
from dateline.engine.digest import digest_of
from dateline.engine.executors import Far
from dateline.engine.task import Task
from dateline.errors import SettingsError
from dateline.files import Carried, Sent, carried
from dateline.press import Context, Press
from dateline.recipes import ArticleRecipe, BytesRecipe, FileRecipe, NinjsRecipe, PictureRecipe, PiecesRecipe
from dateline.settings import Settings

PATIENCE = 10  # times limits.seconds: an alarm clock rings in main threads alone, and Dask works in others
_MAKERS = ("pillow", "brotli", "zstandard")


def makers() -> bytes:
    """Name all code that the bytes of outputs depend on. Equal on two machines: they make equal sites."""
    from importlib.metadata import PackageNotFoundError, version

    found = []
    for name in _MAKERS:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append("")
    return digest_of((newsroom.code_digest(), found))


def _alike(ours: bytes) -> None:
    """Make sure that this worker would make what the builder makes. Raises ``SettingsError``."""
    if makers() != ours:
        raise SettingsError(
            "--executor", "a worker has other versions of dateline or its libraries", "install the same on all machines"
        )


# -- reading ------------------------------------------------------------------------------------------


class FarReader(content.Reader):
    """Reads content files that came with the work."""

    def __init__(self, sent: tuple[bytes, content.Reading]) -> None:
        _alike(sent[0])
        super().__init__(sent[1])

    def receive(self, files: dict[str, Carried]) -> None:
        """Take the files of the next paths."""
        cast("Sent", self.reading.root).files = files


def reading(here: content.Reading) -> Far:
    """Lay out the reading of content files for workers elsewhere."""
    root = cast("Path", here.root)
    limit = here.settings.limits.article

    def pack(path: str) -> tuple[dict[str, Carried], int]:
        file, size = carried(root, path, limit)
        return {path: file}, size

    local = content.Reader(here)
    return Far(
        setup=FarReader,
        context=(makers(), structs.replace(here, root=Sent())),
        work=content.read,
        news=bytes,
        pack=pack,
        settle=lambda _path, parsed: parsed,
        local=lambda path: content.read(local, path),
        seconds=PATIENCE * here.settings.limits.seconds,
    )


# -- rendering ----------------------------------------------------------------------------------------


def _press(sent: tuple[bytes, Context]) -> Press:
    _alike(sent[0])
    return Press(sent[1])


def _receive(press: Press, files: dict[str, Carried]) -> None:
    cast("Sent", press.context.root).files = files


def rendering(context: Context) -> Away:
    """Say how pages are rendered elsewhere."""
    return Away(
        setup=_press,
        context=(makers(), structs.replace(context, root=Sent())),
        receive=_receive,
        sources=_sources(cast("Path", context.root), context.settings),
        seconds=PATIENCE * context.settings.limits.seconds,
    )


def _sources(root: Path, settings: Settings) -> Callable[[Task], tuple[Mapping[str, Carried], int] | None]:
    """Give the files that a task reads, as they are; None where the bytes are at hand."""
    limits = settings.limits

    def sources(task: Task) -> tuple[Mapping[str, Carried], int] | None:
        recipe: Any = task.recipe
        if isinstance(recipe, (BytesRecipe, FileRecipe)):
            return None
        if isinstance(recipe, PictureRecipe):
            wanted = {recipe.path: limits.picture}
        elif isinstance(recipe, (ArticleRecipe, NinjsRecipe)):
            wanted = {recipe.record.path: limits.article}
        elif isinstance(recipe, PiecesRecipe):
            wanted = {record.path: limits.article for record, _ in recipe.records}
        else:
            return {}, 0
        found = {path: carried(root, path, limit) for path, limit in wanted.items()}
        return {path: file for path, (file, _) in found.items()}, sum(size for _, size in found.values())

    return sources
