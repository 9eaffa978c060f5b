"""Places in an order -> stories, newest first, each fetched when it is looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import overload

from msgspec import Struct

from dateline.errors import Doubt
from dateline.record import Record


class Order(Struct, frozen=True):
    """All stories of an edition, newest first: what is known of each by its place, and how it is fetched.

    Some were added: *befores* are the places, in the order without them, of the stories that they stand before.
    """

    befores: Sequence[int]
    published: Sequence[datetime]
    changed: Sequence[datetime]
    fetch: Callable[[int], Record]


class Stories(Sequence[Record]):
    """Some stories of an order: those at the places *old* of the order as it was, and those added at the places *new*."""

    def __init__(self, order: Order, old: Sequence[int], new: Sequence[int] = ()) -> None:
        self._order = order
        self._old = old
        self._new = new

    @cached_property
    def places(self) -> list[int]:
        """Where they stand among all."""
        befores = self._order.befores
        old = [place + bisect_right(befores, place) for place in self._old]
        return sorted([*old, *self._new]) if self._new else old

    @property
    def published(self) -> list[datetime]:
        """When each was published."""
        return [self._order.published[place] for place in self.places]

    @property
    def changed(self) -> datetime:
        """When the first was last changed."""
        return self._order.changed[self.places[0]]

    def __len__(self) -> int:
        return len(self._old) + len(self._new)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, place: int | slice) -> Record | tuple[Record, ...]:
        found = self.places[place]
        return self._order.fetch(found) if isinstance(found, int) else tuple(map(self._order.fetch, found))

    def __iter__(self) -> Iterator[Record]:
        return map(self._order.fetch, self.places)


def places_of(stories: Sequence[Record]) -> list[int]:
    """Where *stories* of an edition that was noted stand among all. Raises ``Doubt`` of any others."""
    if not isinstance(stories, Stories):
        raise Doubt
    return stories.places


def published(stories: Sequence[Record]) -> Sequence[datetime]:
    """When each of *stories* was published; nothing is fetched for it."""
    return stories.published if isinstance(stories, Stories) else [r.published for r in stories]


def changed(stories: Sequence[Record]) -> datetime:
    """When the first of *stories* was last changed; nothing is fetched for it."""
    return stories.changed if isinstance(stories, Stories) else stories[0].changed
