"""Markdown -> HTML that is safe on a page and in a feed, whoever wrote it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from dateline import prose_plain
from dateline.bounds import costly, tangled
from dateline.errors import DatelineError
from dateline.prose_finish import absolute, finish, words
from dateline.settings import Limits, Markdown
from dateline.text import clean

if TYPE_CHECKING:
    import markdown

__all__ = ["Html", "Prose", "absolute"]

_NO_LIMITS: Final = Limits()


class Html(Struct, frozen=True):
    """A rendered body: ``html`` has no script, no handler and no ``h1``."""

    html: str
    words: int


class Prose:
    """Renders bodies by one set of settings; links that leave the site of *base* are marked.

    Text with nothing to interpret takes a short way that gives the same bytes as the long one
    through Python-Markdown and nh3: 20 µs instead of 1 ms for an article. Not for threads to share.
    """

    def __init__(self, settings: Markdown, base: str = "", limits: Limits = _NO_LIMITS) -> None:
        self.settings = settings
        self.base = base
        self.limits = limits
        self._traps = prose_plain.traps(settings.extensions, html=settings.html)
        self._definitions = "def_list" in settings.extensions

    def html(self, body: str, place: str = "article") -> Html:
        """Render *body*. Linear in its length.

        Raises ``DatelineError`` at *place* where it would cost more than the limits allow.
        """
        html = self.render(clean(body), place)
        return Html(html, words(html))

    def render(self, body: str, place: str = "article") -> str:
        """Render a *body* that is ``clean`` as ``html`` does, without counting its words."""
        if reason := costly(body, self.limits):
            raise DatelineError(place, reason, "shorten it, or raise [limits] in dateline.toml")
        blocks = self._blocks(body)
        if blocks is None:
            self._bounded(body, place)
            html = self._long_way(body, place)
        else:
            written = [prose_plain.block(block) for block in blocks]
            if None in written:
                self._bounded("\n\n".join(b for b, html in zip(blocks, written, strict=True) if html is None), place)
            parts = (html or self._long_way(b, place) for b, html in zip(blocks, written, strict=True))
            html = "\n".join(filter(None, parts))
        return finish(html, self.base)

    def _bounded(self, markdown: str, place: str) -> None:
        if reason := tangled(markdown, html=self.settings.html):
            raise DatelineError(place, reason, "simplify the text or divide it")

    def _blocks(self, body: str) -> list[str] | None:
        if self._traps is None:
            return None
        return prose_plain.blocks(body, self._traps, definitions=self._definitions)

    def _long_way(self, body: str, place: str) -> str:
        from dateline.sanitise import sanitise  # most bodies need neither it nor Markdown

        try:
            return sanitise(self._markdown.reset().convert(body)).strip()
        except DatelineError:  # out of time
            del self._markdown
            raise
        except RecursionError:
            reason = "its Markdown is nested too deeply"
        except Exception as error:  # noqa: BLE001 - a fault of the renderer on a stranger's text costs that text only
            reason = f"its Markdown cannot be rendered ({type(error).__name__}: {error})"
        del self._markdown  # it may have stopped halfway through
        raise DatelineError(place, reason, "simplify the text")

    @cached_property
    def _markdown(self) -> markdown.Markdown:
        import markdown  # 30 ms that a body of plain paragraphs does not need

        names: list[Any] = list(self.settings.extensions)
        configs: dict[str, dict[str, Any]] = {"tables": {"use_align_attribute": True}} if "tables" in names else {}
        made = markdown.Markdown(extensions=names, extension_configs=configs, output_format="html")
        if not self.settings.html:
            made.preprocessors.deregister("html_block")
            made.inlinePatterns.deregister("html")
            made.inlinePatterns.deregister("entity")
        return made
