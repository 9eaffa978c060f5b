"""A story's words -> what tells it from others: keys, a sketch of its text, its permanent id.

Everything here is a digest: nothing that the ledger keeps can be read back as text.
"""

from __future__ import annotations

import re
import struct
from datetime import date, datetime
from hashlib import blake2b, sha256
from urllib.parse import urlsplit
from zlib import crc32

NEAR = 0.85  # share of equal shingles from which two texts are one story
SAID = 0.60  # the same where the copy itself says that it is another version
FEWEST = 12  # shingles: below this, likeness means nothing and only equal texts are one
WINDOW = 48 * 3600  # seconds between two versions that only their text holds together

_MIX = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)  # a factor for each word of a shingle: their order counts
_WORDS = 20_000  # of a text that are looked at
_SKETCH = 256  # smallest shingle hashes kept: exact up to this length, within 0.03 beyond
_MARKS = 8  # of those, how many find candidates
_WORD = re.compile(r"[^\W_]+")
_COUNTER = re.compile(r"[A-Za-z]{0,4}[ -]?\d{1,6}$")  # AXC0153, APA077: numbers that come again
_HASHED = ("sha256:", "sha256-")  # the first for ids that are unique in the world


def digest(*parts: str) -> bytes:
    """Digest *parts* so that no two different tuples look alike; 16 bytes."""
    return blake2b(
        "\0".join(f"{len(part)}:{part}" for part in parts).encode("utf-8", "surrogatepass"), digest_size=16
    ).digest()


def text_key(title: str, body: str) -> bytes:
    """Name the exact text that a reader sees, white space aside."""
    return digest(" ".join(title.split()), " ".join(body.split()))


def source_key(agency: str, source_id: str, day: date | None) -> bytes | None:
    """Name a story by its agency's own id; ``None`` where that says nothing.

    An id with a colon (URN, tag, address) is unique in the world; another is so within its agency;
    a message counter (``AXC0153``) only within its agency and *day*, and not at all where the day is unknown.
    """
    if not source_id:
        return None
    if ":" in source_id:
        return digest("iri", hashed(source_id))
    if names_story(source_id):
        return digest("id", agency, hashed(source_id))
    return digest("counter", agency, source_id, day.isoformat()) if day else None


def names_story(source_id: str) -> bool:
    """Tell an id of a story from none and from a counter that names only one message (``AXC0153``)."""
    return bool(source_id) and not _COUNTER.match(source_id)


def hashed(source_id: str) -> str:
    """Spell an agency's id so that it is still recognised and no longer read; a counter stays. Idempotent."""
    if not names_story(source_id) or source_id.startswith(_HASHED):
        return source_id
    kind = _HASHED[0] if ":" in source_id else _HASHED[1]
    return kind + sha256(source_id.encode("utf-8", "surrogatepass")).hexdigest()


def sketch(body: str) -> bytes:
    """Keep the smallest hashes of the three-word shingles of *body*, sorted, 4 bytes each.

    Sets, not counts: a paragraph repeated says no more than once. O(n log n) in at most 20,000 words.
    """
    words = _WORD.findall(body.casefold().encode("utf-8", "replace").decode())[:_WORDS]
    smallest = sorted(set(_shingles(list(map(crc32, map(str.encode, words))))))[:_SKETCH]
    return struct.pack(f"<{len(smallest)}I", *smallest)


def _shingles(words: list[int]) -> tuple[int, ...]:
    """Mix each three hashes in a row into one of 32 bits.

    All at once, as digits of one long number: each has 96 bits of room, so that no product runs into the next.
    """
    count = len(words) - 2
    if count < 1:
        return ()
    lanes = [0] * (3 * len(words))
    lanes[::3] = words
    row = int.from_bytes(struct.pack(f"<{len(lanes)}I", *lanes), "little")
    mixed = sum((row >> 96 * place) * factor for place, factor in enumerate(_MIX))
    return struct.unpack(f"<{len(lanes)}I", mixed.to_bytes(4 * len(lanes), "little"))[: 3 * count : 3]


def hashes(sketched: bytes) -> tuple[int, ...]:
    """Unpack a sketch."""
    return struct.unpack(f"<{len(sketched) // 4}I", sketched)


def marks(sketched: bytes) -> tuple[int, ...]:
    """Return the few hashes by which candidates for likeness are looked up."""
    return hashes(sketched[: 4 * _MARKS])


def likeness(one: bytes, other: bytes) -> float:
    """Estimate the share of shingles that two texts have in common (Jaccard), from their sketches.

    0 where either is shorter than 12 shingles. Source: Broder 1997, bottom-k sketches.
    """
    if min(len(one), len(other)) < 4 * FEWEST:
        return 0.0
    left, right = set(hashes(one)), set(hashes(other))
    union = left | right
    if len(union) <= _SKETCH:
        return len(left & right) / len(union)
    last = sorted(union)[_SKETCH - 1]
    return sum(h <= last for h in left & right) / _SKETCH


def token(source: bytes | None, text: bytes, agency: str, day: date | None) -> str:
    """The stable part of an id: from the agency's own id, else from the first text and its *day*."""
    seed = b"source" + source if source else b"text" + text + digest(agency, day.isoformat() if day else "")
    return sha256(seed).hexdigest()[:16]


def mint(base_url: str, published: datetime, stable: str) -> str:
    """Make a permanent id: ``tag:example.org,2025:3f2a…``. Source: RFC 4151."""
    host = urlsplit(base_url).hostname or "localhost"
    return f"tag:{host},{published.year:04d}:{stable}"
