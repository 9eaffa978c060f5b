"""A body -> why it would cost too much to render, told before it does.

Python-Markdown takes quadratic time over open brackets, unclosed fences, blocks of many headings, rules or
references, and much time for each element. What is counted here is what such texts are made of; the
figures are set so that a body which passes renders in about two seconds at most on a slow machine.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final

from dateline.settings import Limits

_MOST_PIECES: Final = 20_000  # lines and items; links, marks and cells count twice
_MOST_COLUMNS: Final = 100
_MOST_NESTED: Final = 30
_MOST_STEPS: Final = 300_000  # characters passed over in search of closing brackets
_MOST_COPIED: Final = 1_000_000_000  # characters copied as a paragraph's marks are replaced one by one
_MOST_SPLIT: Final = 2_000_000  # characters looked at again as a block falls apart line by line
_MOST_FENCED: Final = 3_000_000  # characters passed over in search of the end of code
_MOST_TAGGED: Final = 50_000_000  # characters looked at for the ends of tags

_PREFIX: Final = re.compile(r"^[ \t]*(?:(?:[-+*>]|\d{1,9}\.)[ \t]*)+", re.MULTILINE)
_INDENTED: Final = re.compile(rf"^(?:\t|  ){{{_MOST_NESTED * 2}}}[ \t]*(?:[-+*>]|\d{{1,9}}\.)[ \t]", re.MULTILINE)
_SPLITTING: Final = re.compile(r"^[ ]{0,3}(?:#|\[[^\]\n]*\]:|[-=_*][-=_* ]*$)", re.MULTILINE)
_FENCE: Final = re.compile(r"^(```+|~~~+)([^\n]*)", re.MULTILINE)
# Each step is taken back by nobody: the search is linear whatever the text.
_DOTTED: Final = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){16}""")
_BRACKET: Final = re.compile(r"\\.|[\[\]()]", re.DOTALL)


def dotted(toml: str) -> bool:
    """Whether *toml* has a key of more than 16 parts, ``a.b.c…``: Python reads those in quadratic time. Linear."""
    return _DOTTED.search(toml) is not None


def costly(body: str, limits: Limits) -> str | None:
    """Say in a reader's words what makes any *body* too dear to read; ``None`` where nothing does. Linear."""
    if len(body) > limits.article:
        return f"a text of {len(body):,} characters is longer than {limits.article:,}"
    if len(body) > limits.line and (longest := max(map(len, body.split("\n")))) > limits.line:
        return f"a line of {longest:,} characters is longer than {limits.line:,}"
    return None


def tangled(text: str, *, html: bool = False) -> str | None:
    """Say what makes *text* too dear for Python-Markdown; ``None`` where nothing does.

    Linear: a few microseconds for a paragraph, a millisecond for 50 KB.
    """
    size = len(text)
    if (reason := _crowded(text)) or size < 500:
        return reason
    if html and (tags := text.count("<")) * size > _MOST_TAGGED:
        return f"{tags:,} tags in a text of {size:,} characters"
    if _unclosed(text) > _MOST_FENCED:
        return "many beginnings of code blocks that have no end"
    copied = split = steps = 0
    for block in _blocks(text):
        size = len(block)
        copied += sum(map(block.count, "\\*_`[<&")) * size
        split += len(_SPLITTING.findall(block)) * size if size > 500 else 0
        steps += _steps(block) if block.count("[") * size > 10_000 else 0
        if copied > _MOST_COPIED:
            return f"marks too dense in a paragraph of {size:,} characters"
        if split > _MOST_SPLIT:
            return "many headings, rules or references without a blank line between them"
        if steps > _MOST_STEPS:
            return f"{block.count('['):,} brackets, many of them open"
    return None


def _crowded(text: str) -> str | None:
    items = [sum(map(prefix.count, "-+*>.")) for prefix in _PREFIX.findall(text)]
    if max(items, default=0) > _MOST_NESTED or _INDENTED.search(text):
        return f"lists or quotes nested more than {_MOST_NESTED} deep"
    counts = {
        "lines of Markdown": text.count("\n"),
        "list items and quotes": sum(items),
        "links and marks": 2 * (text.count("[") + text.count("<"))
        + text.count("*")
        + text.count("_")
        + text.count("`"),
        "table cells": 2 * (cells := text.count("|")),
    }
    if sum(counts.values()) > _MOST_PIECES:
        name = max(counts, key=lambda key: counts[key])
        return f"{counts[name] // (2 if name in _TWICE else 1):,} {name} are too many"
    if cells > _MOST_COLUMNS and (columns := max(line.count("|") for line in text.split("\n"))) > _MOST_COLUMNS:
        return f"a table of {columns:,} columns"
    return None


_TWICE: Final = {"links and marks", "table cells"}


def _blocks(text: str) -> list[str]:
    return ["\n".join(lines) for blank, lines in groupby(text.split("\n"), lambda line: not line.strip()) if not blank]


def _unclosed(text: str) -> int:
    """Count what a search for the end of each code block passes over where there is none."""
    fences = [(match.start(), match[1], not match[2].strip()) for match in _FENCE.finditer(text)]
    last = {ticks: at for at, ticks, bare in fences if bare}
    steps = 0
    inside = ""
    for at, ticks, bare in fences:
        if inside:
            inside = "" if bare and ticks == inside else inside
        elif last.get(ticks, -1) > at:
            inside = ticks
        else:
            steps += len(text) - at
    return steps


def _steps(block: str) -> int:
    """Count what a search for the other end of each bracket passes over; to the block's end where there is none."""
    steps = 0
    squares: list[int] = []
    rounds: list[int] = []
    for match in _BRACKET.finditer(block):
        sign, at = match[0], match.start()
        if sign == "[":
            squares.append(at)
        elif sign == "(" and block[at - 1 : at] == "]":
            rounds.append(at)
        elif sign == "]" and squares:
            steps += at - squares.pop()
        elif sign == ")" and rounds:
            steps += at - rounds.pop()
    return steps + sum(len(block) - at for at in squares) + sum(len(block) - at for at in rounds)
