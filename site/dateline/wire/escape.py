"""Plain words -> Markdown that shows exactly these words, escaped only where Markdown would take them as markup.

Each paragraph becomes one line: tables, underlined headings and hard breaks need two, so they cannot arise.
Held against Python-Markdown with ``tables``, ``fenced_code`` and ``sane_lists``; ``footnotes``, ``abbr``,
``attr_list`` and ``def_list`` find nothing either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# ``&`` where a character reference would follow, ``<`` where a tag or address would.
_REFERENCE = re.compile(r"&(?=#|[0-9A-Za-z]+;)")
_TAG = re.compile(r"<(?=\S)")
_BACKSLASH = re.compile(r"\\(?=[\\`*_{}\[\]()>#+.!<&|~:-]|$)")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word it is no emphasis
_MARKS = "`*[{"  # of code, emphasis, links and attributes
_START = re.compile(r"(\d+)\.(?= |$)|[#>]|[+-](?= |$)|-(?=[ -]+$)|:(?= )|~(?=~~)")
_ENTITIES = {":": "&#58;", "~": "&#126;"}
_TICKS = re.compile("`+")


def escape_paragraph(text: str) -> str:
    """Write *text* as one Markdown paragraph, white space folded into single blanks. Linear."""
    return _start(_inline(" ".join(text.split())))


def heading(text: str) -> str:
    """Write *text* as a second-level heading: the headline above it is the first."""
    line = _inline(" ".join(text.split()))
    bare = line.rstrip("#")
    return f"## {bare}" + "\\#" * (len(line) - len(bare))


def preformatted(lines: Sequence[str]) -> str:
    """Write *lines* as a fenced block whose fence is longer than any that they contain."""
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *(line.rstrip() for line in lines), fence))


def _inline(line: str) -> str:
    if "&" in line:
        line = _REFERENCE.sub("&amp;", line)
    if "<" in line:
        line = _TAG.sub("&lt;", line)
    if "\\" in line:
        line = _BACKSLASH.sub(r"\\\\", line)
    for mark in _MARKS:
        if mark in line:
            line = line.replace(mark, "\\" + mark)
    return _UNDERSCORE.sub(r"\\_", line) if "_" in line else line


def _start(line: str) -> str:
    match = _START.match(line)
    if not match:
        return line
    if match[1]:
        return f"{match[1]}\\{line[match.end(1) :]}"
    return (_ENTITIES.get(match[0]) or "\\" + match[0]) + line[1:]
