"""What the engine is told of the trade: how a newsroom's outputs are made, and what whoever makes them has to know."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dateline import compress
from dateline.engine.application import Application
from dateline.memo import memo
from dateline.page import SiteView
from dateline.settings import Settings
from dateline.theme import Theme

if TYPE_CHECKING:
    from dateline.press import Context, Told


def application(settings: Settings, told: Callable[[str], Told]) -> Application:
    """What the engine is told of the trade; *told*: the article at a path as feeds show it."""
    from dateline import press

    return Application(
        setup=press.Press,
        make=press.make,
        pieces=press.pieces,
        needs=press.needs,
        arrange=partial(press.arrange, told=told),
        blame=press.blame,
        name=press.name,
        pack=compress.pack,
        prepare=press.prepare,
        memo=memo,
        salvage=partial(press.salvage, full=settings.feeds.content == "full"),
        links=partial(_links, base=settings.base_url),
        waits=press.waits,
    )


def load() -> None:
    """Import what makes pages and feeds. Whoever is going to fork workers does so once for all of them."""
    from dateline import feed_maker, feeds, pages, press, prose  # noqa: F401 - to have them


def _links(data: bytes, base: str) -> set[str]:
    from dateline.linked import linked

    return linked(data, base)


def context(
    root: Path, settings: Settings, theme: Theme, sites: dict[str, SiteView], stylesheet: str, environment: bytes
) -> Context:
    """What a press is told."""
    from dateline import feeds
    from dateline.press import Context

    sheet = urlsplit(settings.base_url).path.rstrip("/") + stylesheet if stylesheet else ""
    options = feeds.options(settings, sites[settings.language].generator, sheet)
    return Context(root, settings, theme, sites, options, environment)
