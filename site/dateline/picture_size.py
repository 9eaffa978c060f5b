"""First bytes of a web picture -> its kind and size, without an image library."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ISPE: Final = re.compile(rb"ispe\x00{4}(.{4})(.{4})", re.DOTALL)  # image spatial extents, ISO 23008-12 section 6.5.3


class Kind(NamedTuple):
    """A picture that browsers show as it is."""

    suffix: str
    type: str
    width: int
    height: int


def kind(data: bytes) -> Kind | None:
    """Tell the kind and the size in pixels of a JPEG, PNG, GIF, WebP or AVIF; None for anything else. O(header)."""
    found: tuple[str, tuple[int, int]] | None = None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        found = "png", (_big(data[16:20]), _big(data[20:24]))
    elif data.startswith((b"GIF87a", b"GIF89a")):
        found = "gif", (_little(data[6:8]), _little(data[8:10]))
    elif data.startswith(b"\xff\xd8\xff"):
        found = "jpeg", _jpeg(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = "webp", _webp(data)
    elif data[4:12] == b"ftypavif":
        extents = [(_big(w), _big(h)) for w, h in _ISPE.findall(data[:100_000])]
        found = "avif", max(extents, default=(0, 0))
    if found is None or not all(0 < side < 1 << 16 for side in found[1]):
        return None
    name, (width, height) = found
    return Kind("jpg" if name == "jpeg" else name, f"image/{name}", width, height)


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk the segments to the frame header. Source: ITU-T T.81, B.2.2."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], _big(data[at + 2 : at + 4])
        if marker in {0xC0, 0xC1, 0xC2, 0xC3}:
            return _big(data[at + 7 : at + 9]), _big(data[at + 5 : at + 7])
        at += 2 + max(length, 2)
    return 0, 0


def _webp(data: bytes) -> tuple[int, int]:
    """Source: RFC 9649, sections 2.5 to 2.7; RFC 6386, section 9.1."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if chunk == b"VP8L":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
