"""A headline line -> its flags and where the headline proper begins: ``WDH/ROUNDUP 2: …``."""

from __future__ import annotations

import re
from typing import NamedTuple

from dateline.wire.agencies import FLAGS, Flag

_MARKET = re.compile(
    r"(?:Aktien|Devisen|Anleihen|Deutsche Anleihen|US-Anleihen|Rohstoffe|Ölpreise|Börse|Börsen)(?:[ /][A-ZÄÖÜ0-9][\w/-]{0,20}){0,4}$"
)
_NUMBER = re.compile(r"\s?\(?\d{1,2}\)?$")
_CAPITALS = re.compile(r"[A-ZÄÖÜ0-9][A-ZÄÖÜß0-9-]+(?: [A-ZÄÖÜ0-9][A-ZÄÖÜß0-9/-]*){1,5}$")
_ENGLISH = re.compile(r"([A-Z][A-Z ]{2,20}(?: \d{1,2})?)-(?=[^\s\d-])")
_BEFORE_NAME = re.compile(r"([A-ZÄÖÜ][A-ZÄÖÜ-]{2,20}(?: \d{1,2})?)/(?=\S)")  # "ROUNDUP/Musterwerft: …"
_PLUSES = re.compile(r"\+{2,4}\s?([^+]{3,30}?)\s?\+{2,4}\s{0,2}")
_WINDOW = 70


class Flags(NamedTuple):
    """The flags as the agency wrote them, what they mean, and where the headline begins."""

    words: tuple[str, ...]
    meanings: tuple[Flag, ...]
    end: int


def split(text: str, start: int, end: int) -> Flags:
    """Read the flags that open the line ``text[start:end]``; none leaves ``end`` of the result at *start*."""
    words: list[str] = []
    meanings: list[Flag] = []
    at = start
    while len(words) < 6:
        step = _one(text, at, end)
        if step is None:
            break
        for word in step[0]:
            words.append(word)
            meaning = _known(word)
            if meaning:
                meanings.append(meaning)
        at = step[1]
    return Flags(tuple(words), tuple(meanings), at)


def alone(line: str) -> Flags | None:
    """Read a line that is nothing but flags in capitals, the headline's or the story's below it: ``KILL``, ``+++ EIL +++``."""
    bare = line.strip(" \t\xa0*+:!.=()-–")
    if not bare.isupper() or len(bare) > 60:
        return None
    words = [bare] if _known(bare) else [part.strip() for part in bare.split("/")]
    meanings = [meaning for word in words if (meaning := _known(word))]
    return Flags(tuple(words), tuple(meanings), 0) if len(meanings) == len(words) else None


def _one(text: str, at: int, end: int) -> tuple[list[str], int] | None:
    window = text[at : min(end, at + _WINDOW)]
    pluses = _PLUSES.match(window)
    if pluses and _known(pluses[1].strip(" :")):
        return [pluses[1].strip(" :")], at + pluses.end()
    if window.startswith("DJ ") and len(window) > 3:
        return ["DJ"], at + 3
    for mark in (":", " - ", " – "):
        stop = window.find(mark)
        if stop > 0 and window[stop + len(mark) :].strip():
            found = _flags(window[:stop].strip(), colon=mark == ":")
            if found:
                rest = window[stop + len(mark) :]
                return found, at + stop + len(mark) + len(rest) - len(rest.lstrip())
    for pattern in (_ENGLISH, _BEFORE_NAME):
        opening = pattern.match(window)
        if opening and _known(opening[1]):
            return [opening[1]], at + opening.end()
    return None


def _flags(prefix: str, *, colon: bool) -> list[str]:
    if not prefix or len(prefix) > 60:
        return []
    if _known(prefix) or (colon and _MARKET.match(prefix)):
        return [prefix]
    parts = [part.strip() for part in prefix.split("/")]
    if (
        len(parts) > 1
        and _known(parts[0])
        and all(_known(part) or _MARKET.match(part) or part.isupper() for part in parts)
    ):
        return parts
    return [prefix] if colon and _CAPITALS.match(prefix) and len(prefix) >= 8 else []


def _known(word: str) -> Flag | None:
    """Find the flag; one in small letters counts only where the word could not open a headline by itself."""
    flag = FLAGS.get(word.upper()) or FLAGS.get(_NUMBER.sub("", word).upper())
    if flag is None or word.isupper() or word[:7] == "dpa-AFX":
        return flag
    return flag if flag.note or flag.breaking or flag.kind != "story" or "-" in flag.words else None
