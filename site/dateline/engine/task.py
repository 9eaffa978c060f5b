"""One planned product: its name, what it is made from, and when it may appear."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from dateline.engine.digest import Input, digest_all

# mypy and readers alike: a recipe is any picklable value that the application's `make` understands.
Recipe = Any


class Task(Struct, frozen=True, gc=False):
    """A product ``key`` made from exactly ``inputs``; ``recipe`` is handed to the maker.

    ``stage`` orders publishing: no product of a stage links to one of a later stage alone.
    An ``ingredient`` makes pieces for other products and is never published itself.
    """

    key: str
    stage: int
    inputs: tuple[Input, ...]
    recipe: Recipe
    ingredient: bool = False
    beside: tuple[str, ...] = ()  # suffixes of files made from the product's bytes alone, which come and go with it

    @property
    def digest(self) -> bytes:
        """Name all inputs; the manifest that is hashed is the one that ``explain`` prints.

        Made when it is asked for: of an output that was never there before it is not asked while everybody waits.
        """
        return digest_all(self.inputs)


def ingredient(key: str, recipe: Recipe) -> Task:
    """Plan pieces that stale products need; what they are made from is in those products' inputs."""
    return Task(key, 0, (), recipe, ingredient=True)
