"""An address of a stranger's choice -> whether it may stand in a link."""

from __future__ import annotations

import re
from typing import Final

from dateline.text import clean

SCHEMES: Final = {"http", "https", "mailto", "tel"}

_SCHEME: Final = re.compile(r"([^:/?#]*):")


def is_address(url: str) -> bool:
    """Whether *url* is relative or of a scheme that cannot run: what browsers skip over is skipped here too."""
    seen = "".join(c for c in clean(url) if c > " " and c.isprintable())
    scheme = _SCHEME.match(seen)
    return scheme is None or scheme[1].lower() in SCHEMES
