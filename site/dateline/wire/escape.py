"""Plain words -> Markdown that shows exactly these words, escaped only where Markdown would take them as markup.

Each paragraph becomes one line: tables, underlined headings and hard breaks need two, so they cannot arise.
Held against Python-Markdown with ``tables``, ``fenced_code`` and ``sane_lists``; ``footnotes``, ``abbr``,
``attr_list`` and ``def_list`` find nothing either.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# ``&`` where a character reference would follow, ``<`` where a tag or address would, a backslash before
# what it could escape, and every mark of emphasis, code, link or attribute.
_INLINE = re.compile(r"&(?=#|[0-9A-Za-z]+;)|<(?=\S)|\\(?=[\\`*_{}\[\]()>#+.!<&|~:-]|$)|[`*_\[{]")
_START = re.compile(r"(\d+)\.(?= |$)|[#>]|[+-](?= |$)|-(?=[ -]+$)|:(?= )|~(?=~~)")
_ENTITIES = {"<": "&lt;", "&": "&amp;", ":": "&#58;", "~": "&#126;"}
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
    return _INLINE.sub(_mark, line)


def _mark(match: re.Match[str]) -> str:
    mark = match[0]
    if mark == "_" and _inside_word(match):
        return mark
    return _ENTITIES.get(mark) or "\\" + mark


def _inside_word(match: re.Match[str]) -> bool:
    line, at = match.string, match.start()
    return line[at - 1 : at].isalnum() and line[at + 1 : at + 2].isalnum()


def _start(line: str) -> str:
    match = _START.match(line)
    if not match:
        return line
    if match[1]:
        return f"{match[1]}\\{line[match.end(1) :]}"
    return (_ENTITIES.get(match[0]) or "\\" + match[0]) + line[1:]
