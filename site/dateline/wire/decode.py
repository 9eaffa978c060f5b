"""Bytes of any encoding that wire copy comes in -> clean text; what is no text is refused."""

from __future__ import annotations

import codecs
import re

from dateline import text as _text
from dateline.errors import DatelineError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3", "a database"),
)
# Frames of news circuits use SOH, STX, ETX, EOT, SO, SI, DC1-4, NAK and US here and there; text never uses many.
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1b")) + b"\x7f"
_SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_HIGH = bytes(range(0x80, 0x100))
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UNDECODED = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_SAMPLE = 65_536  # bytes looked at to tell text from binary
_GUESS = 8_192  # bytes shown to charset-normalizer, whose cost grows with every encoding it tries
# Only what newsrooms send: a free guess takes short German for Baltic, Vietnamese or Russian.
_LATIN = ["cp1252", "latin_1", "cp850"]
_OTHER = ["cp1251", "koi8_r", "iso8859_7", "cp1253", "cp1252"]


def decode(data: bytes, place: str = "wire copy") -> str:
    """Turn *data* into the text that ``dateline.text.clean`` allows.

    A byte order mark wins; then UTF-16 told by its zero bytes; then UTF-8, where a few stray bytes are
    read as cp1252; then charset-normalizer's choice of single-byte encodings. Linear, with a bounded guess.
    Raises ``DatelineError`` for pictures, archives, programs and other binary data.
    """
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise DatelineError(place, f"this is {what}, not text", "remove it from the seeds")
    return _text.clean(_decoded(data, place))


def _decoded(data: bytes, place: str) -> str:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace") if name != "utf-8" else _eight(data[len(bom) :], place)
    sixteen = _utf16(data[:_SAMPLE])
    return data.decode(sixteen, "replace") if sixteen else _eight(data, place)


def _utf16(sample: bytes) -> str:
    """Name the UTF-16 of a text without mark: Latin letters leave every other byte zero."""
    half = len(sample) // 2
    if half < 2 or not sample.count(0):
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * half and odd < 0.05 * half else ""


def _eight(data: bytes, place: str) -> str:
    sample = data[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > max(16, len(sample) // 10):
        raise DatelineError(place, "this is binary data, not text", "remove it from the seeds")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = _SURROGATES.sub(b"", data).decode("utf-8", "surrogateescape")
    bad = len(_UNDECODED.findall(text))
    good = len(_BEYOND_ASCII.findall(text)) - bad
    if good >= bad:  # UTF-8 into which a page or an editor put a few bytes of something else
        return text.translate(_STRAY)
    name = _guess(data)
    return data.decode("latin-1").translate(_C1) if name in {"cp1252", "latin_1", ""} else data.decode(name, "replace")


def _cp1252(byte: int) -> str:
    # Five bytes mean nothing in cp1252; ``clean`` removes the controls that Latin-1 has there.
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


_C1 = {byte: _cp1252(byte) for byte in range(0x80, 0xA0)}
_STRAY = {0xDC00 + byte: _cp1252(byte) for byte in range(0x80, 0x100)}


def _guess(data: bytes) -> str:
    """Ask charset-normalizer about the neighbourhood of the first byte that is not ASCII."""
    from charset_normalizer import from_bytes  # 30 ms that UTF-8 need not pay

    first = _NOT_ASCII.search(data)
    start = max(0, first.start() - 400) if first else 0
    sample = data[start : start + _GUESS]
    latin = len(sample.translate(None, _HIGH)) > len(sample) // 2
    best = from_bytes(sample, cp_isolation=_LATIN if latin else _OTHER, preemptive_behaviour=False).best()
    return best.encoding if best else ""
