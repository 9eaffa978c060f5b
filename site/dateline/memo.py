"""A task, or all that a build knew of the site -> a note by which an edit can do without a plan.

What an article's body shows on is remembered with each output that was made from it: enough to make it again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, msgpack, structs

from dateline.engine.digest import Value
from dateline.engine.task import Task
from dateline.page import SiteView
from dateline.recipes import ArticleRecipe, FeedRecipe, NinjsRecipe
from dateline.record import Record

ROLL = "roll"  # kept under this key: who stands where, as ``roll.Roll`` has it

_KINDS: tuple[type[Any], ...] = (FeedRecipe, ArticleRecipe, NinjsRecipe)
_KIND = {kind: number for number, kind in enumerate(_KINDS)}


class Site(Struct, frozen=True, array_like=True):
    """What holds of a site as long as no source changes but articles' bodies, and as articles are added."""

    frame: str  # digest of the stats of all sources but the articles
    asked: str  # what the build was asked for
    at: datetime  # its clock
    environment: bytes
    total: int
    articles: int
    due: datetime | None
    why: str
    sites: dict[str, SiteView]
    stylesheet: str
    shelves: dict[bytes, bytes]  # stats of the articles, as ``quiet.World`` has them
    added: tuple[str, ...] = ()  # articles that came after the site's roll was written

    def encoded(self) -> bytes:
        """Spell it for the memory of builds."""
        return _encode(self)


class _Memo(Struct, frozen=True, array_like=True):
    kind: int
    stage: int
    beside: tuple[str, ...]
    recipe: msgspec.Raw


_encode = msgpack.Encoder().encode
_site = msgpack.Decoder(Site).decode
_memo = msgpack.Decoder(_Memo).decode
_recipes = tuple(msgpack.Decoder(kind).decode for kind in _KINDS)


def site_of(data: bytes) -> Site | None:
    """Read what ``Site.encoded`` spelled; None where there is nothing."""
    return _site(data) if data else None


def memo(made: Task) -> tuple[bytes, bytes]:
    """Note which articles' bodies are part of *made*, by their digests, and how it is made; else nothing."""
    recipe = made.recipe
    # An article is an input as its record, or by its name where an output was made again from its note.
    sources = b"".join(
        [
            value.digest
            for value in made.inputs
            if type(value) is Record or (type(value) is Value and value.name.startswith("article:"))
        ]
    )
    kind = _KIND.get(type(recipe))
    if kind is None:
        return sources, b""
    if kind:  # its front matter stands in the index
        recipe = structs.replace(recipe, record=structs.replace(recipe.record, front=b""))
    return sources, _encode((kind, made.stage, made.beside, recipe))


def recalled(key: str, inputs: tuple[Value, ...], data: bytes) -> Task:
    """Plan the output *key* again, as it was noted, from *inputs*."""
    found = _memo(data)
    return Task(key, found.stage, inputs, _recipes[found.kind](found.recipe), beside=found.beside)
