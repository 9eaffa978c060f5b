"""Pictures made for tests: small, of any kind, and broken in any way."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from PIL import Image


def photo(size: tuple[int, int] = (1200, 800), kind: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture with a dark left and a light right half, so that one sees how it lies."""
    image = Image.new("RGB", size, (200, 180, 160))
    image.paste((40, 60, 80), (0, 0, size[0] // 2, size[1]))
    if mode in {"RGBA", "LA"}:
        image.putalpha(Image.linear_gradient("L").resize(size))
    file = io.BytesIO()
    image.convert(mode).save(file, kind, **options)
    return file.getvalue()


def turned(orientation: int, size: tuple[int, int] = (600, 400)) -> bytes:
    """A JPEG as a telephone writes it, held in some way."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return photo(size, exif=exif.tobytes())


def animated() -> bytes:
    frames = [Image.new("P", (64, 64), n) for n in (0, 1)]
    file = io.BytesIO()
    frames[0].putpalette([255, 0, 0, 0, 255, 0])
    frames[1].putpalette([255, 0, 0, 0, 255, 0])
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def read(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
