"""Bytes of a picture -> what it is, and the same picture in other sizes and formats. Needs Pillow.

The same bytes, sizes and version of Pillow give the same result: one thread, no clock, no metadata but credit
and copyright.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, cast

from msgspec import Struct

from dateline.errors import DatelineError
from dateline.text import one_line

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

Format = Literal["avif", "webp", "jpeg"]

EDITION = "1"  # of what is made here: another number, other addresses
PIXELS = 50_000_000  # of one picture: 200 MB while it is read
SUFFIXES: dict[Format, str] = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
TYPES: dict[Format, str] = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}

# Decoders that the web and agencies need, and none that starts another program.
_READ = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP")
_OPTIONS: dict[Format, dict[str, Any]] = {
    "avif": {"quality": 55, "speed": 8, "max_threads": 1, "autotiling": False},
    "webp": {"quality": 76, "method": 4},
    "jpeg": {"quality": 80, "progressive": True, "optimize": True, "subsampling": "4:2:0"},
}
_ARTIST, _COPYRIGHT, _ORIENTATION = 0x013B, 0x8298, 0x0112
_BYLINE, _CREDIT, _NOTICE = (2, 80), (2, 110), (2, 116)  # IPTC-IIM
_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF orientation -> Pillow's transposition
_SIDEWAYS = frozenset({2, 4, 5, 6})  # transpositions that swap width and height
_REMEDY = "save it as a JPEG or PNG, or take it out of the article"


class Sight(Struct, frozen=True):
    """What there is to know of a picture before any size of it is made."""

    width: int  # upright
    height: int
    credit: str = ""
    copyright: str = ""
    animated: bool = False


class Opened(Struct, frozen=True):
    """A picture ready to be made smaller: upright, sRGB, no wider than asked for."""

    image: Any  # PIL.Image.Image
    sight: Sight


def version() -> str:
    """Name the library that makes the bytes."""
    import PIL

    return f"{EDITION} {PIL.__version__}"


def formats(wanted: Sequence[Format]) -> tuple[Format, ...]:
    """The *wanted* formats that this Pillow can write, best first, and JPEG, which everybody can show."""
    order: tuple[Format, ...] = ("avif", "webp")
    return (*(name for name in order if name in wanted and find_spec(f"PIL._{name}")), "jpeg")


def opened(data: bytes, place: str, most: int) -> Opened:
    """Decode *data* and bring it upright, into sRGB and to at most *most* pixels of width.

    Of an animated picture the first frame is taken. Raises ``DatelineError`` at *place* for what is no picture,
    is damaged or has more than 50 million pixels. About 60 ms for 12 million pixels.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise DatelineError(place, "is SVG or another text, not a photograph", _REMEDY)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged metadata: none of it is kept
        try:
            return _opened(data, place, most)
        except DatelineError:
            raise
        except Exception as error:  # noqa: BLE001 - decoders raise whatever damaged bytes drive them to
            reason = (
                str(error)
                if isinstance(error, (OSError, SyntaxError)) and "BytesIO" not in str(error)
                else "its format is unknown"
            )
            raise DatelineError(place, f"cannot be read as a picture: {reason}", _REMEDY) from None


def _opened(data: bytes, place: str, most: int) -> Opened:
    from PIL import Image

    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=_READ)
    except Image.DecompressionBombError:
        raise _huge(place) from None
    if image.width * image.height > PIXELS:
        raise _huge(place)
    exif = image.getexif()
    turn = _TURNS.get(exif.get(_ORIENTATION, 1))
    width, height = image.size
    if turn in _SIDEWAYS:
        width, height = height, width
    sight = _sight(image, width, height)
    image.draft("RGB", _fitted(image.size, 2 * most))  # JPEG only: decodes at an eighth, a quarter or a half
    image.load()
    image = _plain(image)
    if turn is not None:
        image = image.transpose(Image.Transpose(turn))
    size = _fitted((width, height), most)
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Opened(image, sight)


def _huge(place: str) -> DatelineError:
    return DatelineError(place, f"has more than {PIXELS // 1_000_000} million pixels", "make it smaller")


def _fitted(size: tuple[int, int], most: int) -> tuple[int, int]:
    width, height = size
    return (most, max(1, round(height * most / width))) if width > most else size


def _sight(image: Image, width: int, height: int) -> Sight:
    """Read what is kept of the metadata: whoever made the picture and whose it is."""
    from PIL import IptcImagePlugin

    exif = image.getexif()
    iptc: dict[tuple[int, int], Any] = {}
    with contextlib.suppress(Exception):  # damaged metadata is as good as none
        iptc = IptcImagePlugin.getiptcinfo(cast("ImageFile", image)) or {}
    moving = bool(getattr(image, "is_animated", False)) and image.format != "MPO"  # whose frames are views, not moments
    credit = _text(exif.get(_ARTIST)) or " / ".join(filter(None, (_text(iptc.get(_BYLINE)), _text(iptc.get(_CREDIT)))))
    notice = _text(exif.get(_COPYRIGHT)) or _text(iptc.get(_NOTICE))
    return Sight(width, height, credit, notice, moving)


def _text(value: object) -> str:
    if isinstance(value, list):
        value = b", ".join(v for v in value if isinstance(v, bytes))
    if isinstance(value, bytes):
        with contextlib.suppress(UnicodeDecodeError):
            return _text(value.decode())
        return _text(value.decode("latin-1"))
    return one_line(str(value).strip(" \0"))[:300] if value else ""


def _plain(image: Image) -> Image:
    """Bring a picture of whatever kind to sRGB, with an alpha channel where it is transparent."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:  # more than 8 bits of grey
        image = image.convert("F").point(lambda v: v * (1 / 256) + 0).convert("L")
    transparent = "transparency" in image.info or image.mode in {"RGBA", "LA", "PA", "RGBa", "La"}
    wanted: Literal["RGBA", "RGB"] = "RGBA" if transparent else "RGB"
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        image = _managed(image, profile, wanted)
    return image if image.mode == wanted else image.convert(wanted)


def _managed(image: Image, profile: bytes, wanted: str) -> Image:
    """Convert from the picture's own colours to sRGB; a damaged profile is as good as none."""
    from PIL import ImageCms

    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = image.mode if image.mode != "CMYK" else wanted
        made = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
        return made or image
    return image


def made(picture: Opened, width: int, kind: Format) -> bytes:
    """Encode *picture* at *width*, never larger than it is; what JPEG cannot show transparent stands on white."""
    from PIL import Image

    size = _fitted(picture.image.size, width)
    image: Image.Image = (
        picture.image if size == picture.image.size else picture.image.resize(size, Image.Resampling.LANCZOS)
    )
    if kind == "jpeg" and image.mode == "RGBA":
        paper = Image.new("RGB", size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    image.info = {}
    exif = Image.Exif()
    sight = picture.sight
    exif.update({tag: text.encode() for tag, text in ((_ARTIST, sight.credit), (_COPYRIGHT, sight.copyright)) if text})
    file = io.BytesIO()
    image.save(file, kind.upper(), **_OPTIONS[kind], **({"exif": exif.tobytes()} if len(exif) else {}))
    return file.getvalue()


def icon(picture: Opened, size: int) -> bytes:
    """Make a square PNG: the picture's middle where it is not square."""
    from PIL import Image, ImageOps

    made = ImageOps.fit(picture.image, (size, size), Image.Resampling.LANCZOS)
    made.info = {}
    file = io.BytesIO()
    made.save(file, "PNG", optimize=True)
    return file.getvalue()
