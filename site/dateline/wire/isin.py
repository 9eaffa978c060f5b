"""Text -> the securities numbers in it whose check digit is right."""

from __future__ import annotations

import re

SHAPE = r"[A-Z]{2}[A-Z0-9]{9}\d"
# What stands before is looked at behind the first letter: a pattern that opens with a class is searched for faster.
_FOUND = re.compile(r"[A-Z](?<![A-Za-z0-9][A-Z])[A-Z][A-Z0-9]{9}\d(?![A-Za-z0-9])")


def find(text: str) -> list[tuple[str, int]]:
    """List each valid ISIN once, with where it first stands. Linear."""
    found: dict[str, int] = {}
    for match in _FOUND.finditer(text):
        if match[0] not in found and valid(match[0]):
            found[match[0]] = match.start()
    return list(found.items())


def valid(isin: str) -> bool:
    """Check the last digit: Luhn over the digits, letters as 10 to 35. Source: ISO 6166."""
    digits = "".join(str(int(c, 36)) for c in isin)
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
