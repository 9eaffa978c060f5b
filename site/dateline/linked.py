"""An output's bytes -> the outputs that they lead to. Asked only where the disk has refused something."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from dateline.routes import file_of

# Whatever ends an address in markup, style sheets and JSON, entities included; what follows ? or # names no file.
_WORD = re.compile(rb"""[^\s"'<>()\[\]{}&;,=?#|\\]+""")


def linked(data: bytes, base: str) -> set[str]:
    """Name the outputs whose addresses stand in *data*, whole or from the root of *base*. O(bytes).

    Names too much rather than too little: any text that looks like an address is one. Addresses relative to a page
    are not seen; no template that comes with dateline writes any.
    """
    home, root = base.encode(), urlsplit(base).path.encode()
    found = set()
    for word in set(_WORD.findall(data)):
        start = home if word.startswith(home) else root
        if word.startswith(start):
            address = unquote(word[len(start) :].decode(errors="replace"))
            found |= {file_of(address), file_of(f"{address}/")}
    return found
