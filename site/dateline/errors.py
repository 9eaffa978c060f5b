"""What a user can mend -> one line that names place, problem and remedy."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Problem(Struct, frozen=True, order=True):
    """Something of the user's that is wrong, where it is, and how to mend it.

    ``place`` is a file, ``file:line`` or a setting's name. A ``warning`` does not change the exit code.
    """

    place: str
    problem: str
    remedy: str = ""
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" + (f" ({self.remedy})" if self.remedy else "")


class DatelineError(Exception):
    """Wrong input that a user can mend; everything else is a bug and keeps its traceback."""

    def __init__(self, place: str, problem: str, remedy: str = "") -> None:
        super().__init__(place, problem, remedy)
        self.problem = Problem(printable(place), printable(problem), printable(remedy))

    def __str__(self) -> str:
        return str(self.problem)


class SettingsError(DatelineError):
    """A fault in the settings or in how the command was called: exit code 2."""


def printable(text: str) -> str:
    r"""Spell control characters, line ends and lone surrogates as escapes: ``a\nb``, ``\xff``.

    File names are bytes of a stranger's choice; shown raw they could forge a report or steer a terminal.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _spelled(c) for c in text)


def _spelled(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte of an undecodable file name
        return f"\\x{ord(character) - 0xDC00:02x}"
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


class Doubt(Exception):  # noqa: N818 - no error: a whole build looks
    """More may differ than what was noted of the site is enough for."""
