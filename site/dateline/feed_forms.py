"""A document of placeholders -> a form -> the same document with other texts, byte for byte as lxml writes it.

feedgen takes 100 to 300 µs to make an entry or a head; two of the same shape differ in their texts only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

_MARK = re.compile("\ue000(\\d+)\ue001")  # private-use characters: no setting holds them


class Form(Struct, frozen=True):
    """Literal texts, and between them which value stands there and whether in an attribute."""

    literals: tuple[bytes, ...]
    fields: tuple[tuple[int, bool], ...]


def marks(present: Sequence[object]) -> list[str]:
    """Make one placeholder a value, ``""`` where the value is empty: emptiness is a matter of shape."""
    return [f"\ue000{i}\ue001" if value else "" for i, value in enumerate(present)]


def form(document: str, stand_ins: Mapping[str, int]) -> Form:
    """Cut *document* at its placeholders; *stand_ins* are texts that stand for what cannot be a mark: moments."""
    for text, i in stand_ins.items():
        document = document.replace(text, f"\ue000{i}\ue001")
    literals, numbers = _MARK.split(document)[::2], _MARK.findall(document)
    fields = tuple((int(i), before.endswith('"')) for before, i in zip(literals, numbers, strict=False))
    return Form(tuple(literal.encode() for literal in literals), fields)


def fill(form: Form, values: Sequence[str]) -> bytes:
    """Put *values* in, escaped for where they stand. Linear in the result. Raises ``UnicodeEncodeError``."""
    pieces = [form.literals[0]]
    for (i, attribute), literal in zip(form.fields, form.literals[1:], strict=True):
        pieces += (escape_attribute(values[i]) if attribute else escape(values[i]), literal)
    return b"".join(pieces)


def escape(text: str) -> bytes:
    """Escape *text* for an element as lxml does: quotes stay. Bytes are four times as fast as text here."""
    return text.encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def escape_attribute(text: str) -> bytes:
    """Escape *text* for an attribute as lxml does."""
    return escape(text).replace(b'"', b"&quot;").replace(b"\n", b"&#10;").replace(b"\t", b"&#9;")
