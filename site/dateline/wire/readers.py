"""Readers that other packages bring: entry points of the group ``dateline.readers``, by file suffix."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Protocol, cast

from dateline.article import Story
from dateline.settings import Settings

GROUP = "dateline.readers"


class Reader(Protocol):
    """Turns a file's bytes into stories; raises ``DatelineError`` naming *name* where it cannot."""

    def __call__(self, data: bytes, *, name: str, settings: Settings) -> Iterable[Story]:
        """Read every story in *data*."""


def reader(suffix: str) -> Reader | None:
    """Load the reader whose entry point is called *suffix* (``docx``); the first by package name if several are."""
    found = sorted(entry_points(group=GROUP, name=suffix), key=lambda point: point.value) if suffix else []
    return cast("Reader", found[0].load()) if found else None
