"""Bytes of a news circuit -> its frames: header, text and trailer between SOH, STX and ETX."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

SOH, STX, ETX, EOT, SYN = b"\x01", b"\x02", b"\x03", b"\x04", b"\x16"
_PADDING = b"\x00\x16\x7f\r\n \t"


class Frame(Struct, frozen=True):
    """One message: bytes before STX, between STX and ETX, and after ETX."""

    header: bytes
    text: bytes
    trailer: bytes


def is_framed(data: bytes) -> bool:
    """Tell a frame by its SOH at the start and an STX behind it."""
    return data.lstrip(_PADDING)[:1] == SOH and STX in data


def frames(data: bytes) -> Iterator[Frame]:
    """Split *data* at each SOH; a missing ETX lets the text run to the end."""
    for part in data.split(SOH)[1:]:
        header, _, rest = part.partition(STX)
        text, _, trailer = rest.partition(ETX)
        if rest:
            yield Frame(header, text, trailer.rstrip(EOT + _PADDING))


def unwrap(text: str) -> str:
    """Join the lines that a 69-column printer broke; tables, lists and indents stay as they are."""
    out: list[str] = []
    for line in text.split("\n"):
        before = out[-1] if out else ""
        if (
            before
            and line
            and len(before.rsplit("\n", 1)[-1]) >= 45
            and line[:1] not in " \t-*#|^"
            and before[:1] not in " \t-*#|^"
        ):
            joint = "" if before.endswith("-") and not before.endswith(" -") else " "
            out[-1] = f"{before}{joint}{line}"
        else:
            out.append(line)
    return "\n".join(out)
