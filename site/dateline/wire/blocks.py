"""The words of a story -> Markdown that shows them: paragraphs, subheads, tables and agendas."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from dateline.wire import datelines, escape, isin, moments

StoryKind = Literal["story", "table", "agenda", "release"]

_COLUMNS = re.compile(r"\S(?:[ \xa0]{3,}|\t)\S")
_OPENS = re.compile(r"(?<!\S)\^")
_CLOSES = re.compile(r"°(?=[\s/]|$)")
_BULLET = re.compile(r"(?:[-–—*•·+◦▪]\s|\d{1,2}[.)]\s|\(\d{1,2}\)\s|\d{1,2}[:.]\d{2}(?:\sUhr)?\s)")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}\b")
_ITEM = re.compile(
    r"(?<=\s)(?=\d{1,2}[:.]\d{2}(?:\sUhr)?\s(?:[A-Z]{2,3}\b|[A-ZÄÖÜ\"„]|-|–))|(?<=\s)(?=(?:MONTAG|DIENSTAG|MITTWOCH|DONNERSTAG|FREITAG|SAMSTAG|SONNTAG),?\s)"
)
_GAP = re.compile(r"(?<=\w) (?=[,.](?: |$))")
_HEADING = re.compile(r"#{1,6}\s{1,4}(\S.*)$")
_SENTENCE_END = (".", "!", "?", ":", '."', '!"', '?"', ".“", "!“", "?“", ".”", "!”", "?”", ")", "…", '"', "“", "”")


class Block(Struct, frozen=True):
    """A run of lines that belong together, ``pre`` where their spacing is meant."""

    lines: tuple[str, ...]
    pre: bool = False


class Body(Struct, frozen=True):
    """The Markdown, what kind of story it is, and the paragraphs a headline and a summary are taken from."""

    markdown: str
    kind: StoryKind
    lead: tuple[str, ...]
    rules: tuple[str, ...] = ()  # lines of asterisks or strokes between parts: marks, not words


def read(text: str, start: int, end: int, kind: StoryKind) -> Body:
    """Turn ``text[start:end]`` into Markdown. Linear."""
    lines = [part for line in text[start:end].split("\n") for part in _unflattened(line)]
    if lines[-1].endswith(" °") and lines[-1] != " °":
        lines[-1:] = [lines[-1][:-2], "°"]
    rules = tuple(line.strip() for line in lines if _is_rule(line))
    found = _blocks(["" if _is_rule(line) else line for line in lines])
    if kind == "story" and _is_agenda(text[start:end]):
        kind = "agenda"
    if kind == "agenda":
        parts, lead = _agenda(found)
        return Body(_joined(parts), kind, lead, rules)
    parts, lead = _story(found)
    if kind == "story" and _is_mostly_table(found):
        kind = "table"
    return Body(_joined(parts), kind, lead, rules)


def _is_mostly_table(found: list[Block]) -> bool:
    fenced = sum(len("".join(line.split())) for block in found if block.pre for line in block.lines)
    return fenced > 0 and fenced > sum(len("".join(line.split())) for block in found for line in block.lines) // 2


def _joined(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n" if parts else ""


def _unflattened(line: str) -> list[str]:
    """Give the marks of a preformatted block that was flattened into a line their own lines again."""
    if "°" not in line:
        return [line]
    found: list[str] = []
    at = 0
    while opens := _OPENS.search(line, at):
        closes = _CLOSES.search(line, opens.end())
        if not closes:
            break
        found.extend((line[at : opens.start()], "^", line[opens.end() : closes.start()].strip(), "°"))
        at = closes.end()
    rest = line[at:]
    if rest.endswith("°") and rest[-2:-1] in {*'.!?"“”»)'}:
        return [*found, rest[:-1], "°"]
    return [*found, rest] if found else [line]


def _is_rule(line: str) -> bool:
    return line.lstrip()[:1] in "_*" and line.count("_") + line.count("*") >= 3 and not line.strip("_* \t\xa0")


def _blocks(lines: list[str]) -> list[Block]:
    """Part *lines* at blank ones; ``^`` opens and ``°`` closes a preformatted block."""
    closing = [
        i for i, line in enumerate(lines) if line.rstrip().endswith("°") and (line.strip() == "°" or "^" not in line)
    ]
    found: list[Block] = []
    current: list[str] = []
    i, close = 0, 0
    while i < len(lines):
        while close < len(closing) and closing[close] <= i:
            close += 1
        if lines[i].lstrip().startswith("^") and close < len(closing):
            _flush(found, current)
            i = _caret(found, lines, i, closing[close])
            continue
        if lines[i].strip() not in {"", "^", "°"}:
            current.append(lines[i])
        else:
            _flush(found, current)
        i += 1
    _flush(found, current)
    return found


def _caret(found: list[Block], lines: list[str], opens: int, closes: int) -> int:
    inner = [lines[opens].lstrip()[1:], *lines[opens + 1 : closes], lines[closes].rstrip()[:-1]]
    while inner and not inner[0].strip():
        inner.pop(0)
    while inner and not inner[-1].strip():
        inner.pop()
    if inner:
        found.append(Block(tuple(inner), pre=True))
    return closes + 1


def _flush(found: list[Block], current: list[str]) -> None:
    if not current:
        return
    if _is_table(current):
        found.append(Block(tuple(current), pre=True))
    else:
        found.extend(Block((paragraph,)) for paragraph in _paragraphs([" ".join(line.split()) for line in current]))
    current.clear()


def _is_table(lines: list[str]) -> bool:
    if len(lines) < 2:
        return False
    columns = sum(bool(_COLUMNS.search(line)) for line in lines if "   " in line or "\t" in line or "\xa0" in line)
    return columns >= 2 and columns * 5 >= len(lines) * 3


def _paragraphs(lines: list[str]) -> list[str]:
    """Join lines that a sentence runs across; keep list items and lines that are paragraphs apart."""
    if len(lines) == 1:
        return lines
    wide = max(len(line) for line in lines)
    found = [[lines[0]]]
    for before, line in pairwise(lines):
        if _parts(before, line, wide):
            found.append([line])
        else:
            found[-1].append(line)
    return [" ".join(part) for part in found]


def _parts(before: str, line: str, wide: int) -> bool:
    """Tell whether *line* starts a paragraph of its own below *before*."""
    first = line[0]
    if first == "#" or before[0] == "#" or _BULLET.match(line):
        return True
    if first.islower() or first in ",.;:)":
        return False
    if before.endswith(_SENTENCE_END):
        # In text wrapped at a width, a line stays short only where a paragraph ends.
        return wide > 120 or len(before) + 1 + len(line.split(" ", 1)[0]) <= wide
    return wide > 120 and len(before) <= 95 and " " in before and before[-1] not in ",;-–" and _could_head(before)


def _could_head(line: str) -> bool:
    return (line[:1].isupper() or line[:1].isdigit() or line[:1] in '"„“«') and line.rsplit(" ", 1)[
        -1
    ].casefold() not in {
        "der",
        "die",
        "das",
        "und",
        "the",
        "a",
        "of",
        "in",
        "von",
        "mit",
        "den",
        "dem",
    }


def _is_agenda(text: str) -> bool:
    """Many times, close together: a diary and not a story."""
    if len(_TIME.findall(text[:20_000])) < 6:
        return False
    times = len(_ITEM.findall(text[:20_000]))
    return times >= 6 and times * 150 > min(len(text), 20_000)


def _agenda(found: list[Block]) -> tuple[list[str], tuple[str, ...]]:
    parts: list[str] = []
    leads: list[str] = []
    pending: list[str] = []
    for block in found:
        lines = (
            [piece.strip() for line in block.lines for piece in _ITEM.split(line)]
            if not block.pre or len(block.lines) == 1
            else list(block.lines)
        )
        if block.pre or len(lines) > 1 or _BULLET.match(lines[0]):
            pending.extend(lines)
            continue
        if pending:
            parts.append(escape.preformatted(pending))
            pending = []
        parts.append(_paragraph(lines[0]))
        leads.append(lines[0])
    if pending:
        parts.append(escape.preformatted(pending))
    return parts, tuple(leads[:2])


def _story(found: list[Block]) -> tuple[list[str], tuple[str, ...]]:
    parts: list[str] = []
    leads: list[str] = []
    size = 0
    for index, block in enumerate(found):
        if block.pre:
            parts.append(escape.preformatted(block.lines))
            continue
        line = block.lines[0]
        title = _HEADING.match(line) if line[0] == "#" else None
        if title and len(line) < 100:
            parts.append(escape.heading(title[1]))
        elif 0 < index < len(found) - 1 and _is_subhead(line, found[index + 1]):
            parts.append(escape.heading(line))
        else:
            parts.append(_paragraph(line))
            if size < 1_500:
                leads.append(line[:6_000])
                size += len(line)
    return parts, tuple(_closed(lead) for lead in leads[:4])


def _paragraph(line: str) -> str:
    return escape.escape_paragraph(_closed(line))


def _closed(line: str) -> str:
    """Where a page's link was removed a blank was left: "Dax , MDax ,"."""
    return _GAP.sub("", line) if " ," in line or " ." in line else line


def _is_subhead(line: str, following: Block) -> bool:
    """A short line with a capital, above a paragraph long enough to need it."""
    below = len(following.lines[0])
    if following.pre or below < 80 or not 3 <= len(line) <= 95 or below < 1.3 * len(line) or len(line.split()) > 13:
        return False
    if not (line[0].isupper() or line[0].isdigit() or line[0] in "\"„“«‚'") or line[-1] in ".…;,":
        return False
    day = moments.find_day(line)
    ordinal = day is not None and not day.start  # "3. Dezember" is no third point
    return not (
        (_BULLET.match(line) and not ordinal)
        or _TIME.match(line)
        or isin.find(line)
        or datelines.match(line, 0, len(line))
    )
