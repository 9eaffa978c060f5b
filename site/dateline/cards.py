"""A headline, its section and its date -> a picture to share the story with, in the look of the site. Needs Pillow.

The typeface comes with the extra ``dateline[images]``, so the machine's own fonts never show: the same words
give the same bytes.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

EDITION = "1"  # of the look: another number, other addresses
WIDTH, HEIGHT = 1200, 630

_PAPER, _INK, _SECONDARY, _RULE, _ACCENT = "#fdfcf9", "#191b1f", "#555a61", "#d8d4c8", "#0b5563"
_MARGIN = 72
_SIZES = (88, 80, 72, 64, 56, 50)  # of headlines: the largest that fits
_ROOM = 330  # pixels of height for the headline
_BREADTH = WIDTH - 2 * _MARGIN - 16  # of its lines: letters are drawn a little wider than they are measured
_LINES = 1.12
# What the typeface has: a card of empty boxes is worse than none.
_WRITTEN = re.compile(
    r"[ -~\u00a0-\u012b\u012e-\u0131\u0134-\u0149\u014c-\u0165\u0168-\u017f\u0218-\u021b"
    r"\u2010\u2012-\u2015\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2025\u2026\u2030\u2039\u203a\u20ac\u2212]*\Z"
)


class Card(Struct, frozen=True):
    """The words on a card."""

    title: str
    section: str
    date: str
    wordmark: str
    accent: str = ""  # CSS colour


def ready() -> bool:
    """Tell whether cards can be made: Pillow and the typeface are there."""
    return find_spec("PIL") is not None and _folder() is not None


def tools() -> str:
    """Name what makes cards; "" where it is not there."""
    if not ready():
        return ""
    import PIL

    return f"{EDITION} {PIL.__version__}"


def legible(card: Card) -> bool:
    """Tell whether the typeface has all letters of *card*."""
    return all(map(_WRITTEN.match, (card.title, card.section, card.date, card.wordmark)))


def _folder() -> Path | None:
    spec = find_spec("font_source_serif_pro")
    return Path(spec.origin).parent / "files" if spec is not None and spec.origin else None


def drawn(card: Card) -> bytes:
    """Draw *card* as a PNG of 1200 × 630 pixels. About 40 ms and 20 KB."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    accent = _colour(card.accent)
    draw.rectangle((0, 0, WIDTH, 13), fill=accent)
    top = 84
    if card.section:
        draw.text((_MARGIN, top), _fitting(card.section, _font(36), WIDTH - 2 * _MARGIN), font=_font(36), fill=accent)
    lines, font = _headline(card.title)
    step = round(font.size * _LINES)
    at = top + 64 + max(0, (_ROOM - step * len(lines)) // 2)
    for line in lines:
        draw.text((_MARGIN, at), line, font=font, fill=_INK)
        at += step
    _foot(draw, card)
    file = io.BytesIO()
    image.quantize(48, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _foot(draw: ImageDraw, card: Card) -> None:
    """Close the card with the double rule, wordmark and date, as the site's masthead does."""
    for y, width in ((HEIGHT - 124, 4), (HEIGHT - 115, 1)):
        draw.rectangle((_MARGIN, y, WIDTH - _MARGIN, y + width - 1), fill=_INK)
    small, large = _font(32, "Regular"), _font(44)
    date = small.getlength(card.date)
    base = HEIGHT - 52
    draw.text((WIDTH - _MARGIN - date, base), card.date, font=small, fill=_SECONDARY, anchor="ls")
    name = _fitting(card.wordmark, large, WIDTH - 2 * _MARGIN - date - 40)
    draw.text((_MARGIN, base), name, font=large, fill=_INK, anchor="ls")


def _headline(title: str) -> tuple[list[str], FreeTypeFont]:
    """Set the headline as large as it fits; what is too long even for the smallest size ends in an ellipsis."""
    lines: list[str] = []
    font = _font(_SIZES[-1])
    for size in _SIZES:
        font = _font(size)
        most = int(_ROOM / (size * _LINES))
        lines = _wrapped(title, font)
        if len(lines) <= most:
            return lines, font
    most = int(_ROOM / (_SIZES[-1] * _LINES))
    return [*lines[: most - 1], _fitting(" ".join(lines[most - 1 :]), font, _BREADTH)], font


def _wrapped(title: str, font: FreeTypeFont) -> list[str]:
    lines = [""]
    for word in title.split()[:80]:
        fuller = f"{lines[-1]} {word}".strip()
        if _extent(fuller, font) <= _BREADTH or not lines[-1]:
            lines[-1] = fuller
        else:
            lines.append(word)
    return [_fitting(line, font, _BREADTH) for line in lines]


def _fitting(text: str, font: FreeTypeFont, width: float) -> str:
    """Cut *text* to *width* pixels."""
    text = text[:300]
    if _extent(text, font) <= width:
        return text
    while text and _extent(text + "…", font) > width:
        text = text[:-1]
    return text.rstrip(" ,;:–-") + "…"


def _extent(text: str, font: FreeTypeFont) -> float:
    """How far *text* reaches: its ink may pass the sum of its letters' widths, which are rounded one by one."""
    return max(font.getlength(text), font.getbbox(text)[2])


@lru_cache(maxsize=32)
def _font(size: int, weight: str = "Bold") -> FreeTypeFont:
    from PIL import ImageFont

    folder = _folder()
    assert folder is not None, "asked for only where ready() says so"
    # The basic layout needs no library of the system, whose version would show.
    return ImageFont.truetype(folder / f"SourceSerifPro-{weight}.ttf", size, layout_engine=ImageFont.Layout.BASIC)


def _colour(css: str) -> tuple[int, ...] | str:
    from PIL import ImageColor

    try:
        return ImageColor.getrgb(css)[:3] if css else _ACCENT
    except ValueError:  # a colour that only browsers know
        return _ACCENT
