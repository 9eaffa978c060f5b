"""HTML or plain text of an agency -> Markdown that shows the same words, and nothing of the page's code.

Only paragraphs, headings, lists, quotes, tables, preformatted text, links (http, https, mailto), emphasis
and pictures elsewhere are kept. The words are escaped so that none becomes markup by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote, urljoin

from msgspec import Struct, field

from dateline.text import clean
from dateline.wire.escape import escape_paragraph, preformatted
from dateline.wire.markup import Token, tokens

_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_SPECIAL = re.compile(r"[\\*_\[\]<{`]|&(?=[#0-9A-Za-z]|$)|!$")
_REFERENCES = {"<": "&lt;", "&": "&amp;", "`": "&#96;"}
_START = re.compile(r"(\d+)\.|[#>+-]|[:=~]")
_SCHEME = re.compile(r"(?:https?://[^/]|mailto:.)", re.IGNORECASE)
_REFERENCE = re.compile(r"&(#?\w+);")
# A browser shows every other element within the line.
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
        "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li",
        "main", "menu", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody",
        "td", "tfoot", "th", "thead", "tr", "ul"
    }
)  # fmt: skip
_HIDDEN = frozenset({"template", "svg", "math", "object", "select"})
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"i", "em"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_DEEPEST = 3  # levels of lists that are shown
_WIDEST = 30  # columns of a table


class _Run(Struct):
    """Words that look the same: their emphasis, the address they link to; or markup that is ready."""

    text: str
    mark: str = ""
    href: str = ""
    ready: bool = False


_BREAK = _Run("\n", ready=True)


class _Block(Struct):
    """One block of Markdown and what parts it from the one before."""

    kind: str  # "text", "item", "quote"
    text: str
    before: str = "\n\n"


class _State(Struct):
    """Where the writer is: every counter survives tags that are never closed or never opened."""

    runs: list[_Run] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    strong: int = 0
    emphasis: int = 0
    href: str = ""
    quote: int = 0
    heading: str = ""
    lists: list[list[int]] = field(default_factory=list)  # [next number or 0]
    item: bool = False
    signs: list[str] = field(default_factory=list)  # of the lists that the last block was an item of
    hidden: str = ""
    hiding: int = 0
    pre: int = 0
    tables: int = 0
    rows: list[list[list[_Run]]] = field(default_factory=list)


def from_html(html: str, *, base: str = "") -> str:
    """Write *html* as Markdown; rendered, it shows the words that a browser would show. Linear.

    Scripts, styles, forms and frames go without trace; links and pictures keep only addresses of http, https
    and mailto, relative ones are resolved against *base* or dropped. Lists keep three levels; a table whose
    rows differ in length becomes preformatted text.
    """
    return from_tokens(tokens(html), base=base)


def from_tokens(found: Iterable[Token], *, base: str = "") -> str:
    """Write HTML that is split into tokens already, as ``from_html`` does."""
    state = _State()
    for token in found:
        if state.hidden:
            _hide(state, token)
        elif token.kind == "text":
            _words(state, token.text)
        elif token.kind == "start":
            _open(state, token, base)
        elif token.kind == "end":
            _close(state, token.name)
    _end_table(state)
    _flush(state)
    return "".join(block.before + block.text for block in state.blocks).lstrip("\n")


def from_text(text: str) -> str:
    """Write plain *text* as Markdown: paragraphs are parted by blank lines, else by lines or indents."""
    return "\n\n".join(filter(None, (escape_paragraph(part) for part in paragraphs(clean(text)))))


def paragraphs(text: str) -> list[str]:
    """Part *text* at blank lines; where there are none, at each line, or at indents if lines are wrapped."""
    parts = [part for part in re.split(r"\n\s*\n", text.strip("\n")) if part.strip()]
    if len(parts) != 1 or "\n" not in parts[0]:
        return parts
    lines = parts[0].split("\n")
    indented = [line.startswith((" ", "\t")) for line in lines[1:]]
    ended = sum(line.rstrip().endswith((".", "!", "?", '"', "“", "”")) for line in lines)
    if all(indented) or (not any(indented) and (max(map(len, lines)) > 100 or ended * 2 > len(lines))):
        return lines
    wrapped: list[list[str]] = []
    for line in lines:
        if line.startswith((" ", "\t")) or not wrapped:
            wrapped.append([])
        wrapped[-1].append(line)
    return [" ".join(part) for part in wrapped]


def address(href: str, base: str = "") -> str:
    """Make *href* safe to stand in a link: http, https or mailto, percent-encoded; "" for anything else."""
    href = "".join(clean(href).split())
    base = base if href else ""
    try:
        href = href if _SCHEME.match(href) or not base or ":" in href.split("/")[0] else urljoin(base, href)
    except ValueError:
        return ""
    if not _SCHEME.match(href) or len(href) > 2_000:
        return ""
    return _REFERENCE.sub(r"&\1%3B", quote(href, safe="-._~:/?#@!$&'+,;=%"))


def _hide(state: _State, token: Token) -> None:
    if token.name == state.hidden and token.kind in {"start", "end"}:
        state.hiding += 1 if token.kind == "start" else -1
        if not state.hiding:
            state.hidden = ""


def _words(state: _State, text: str) -> None:
    state.runs.append(_Run(text, "**" if state.strong else "*" if state.emphasis else "", state.href))


def _open(state: _State, token: Token, base: str) -> None:
    name = token.name
    if name in _HIDDEN:
        state.hidden, state.hiding = name, 1
    elif name in _STRONG:
        state.strong += 1
    elif name in _EMPHASIS:
        state.emphasis += 1
    elif name == "a":
        state.href = address(token.attributes.get("href", ""), base)
    elif name == "img":
        _picture(state, token, base)
    elif name == "br":
        state.runs.append(_BREAK)
    elif state.tables:
        _open_in_table(state, name)
    elif name in _BLOCKS:
        _open_block(state, name)


def _open_in_table(state: _State, name: str) -> None:
    if name == "table":
        state.tables += 1
    elif state.tables > 1 or name not in {"tr", "td", "th"}:
        if name in _BLOCKS:
            state.runs.append(_Run(" "))
    elif name == "tr":
        _end_cell(state)
        state.rows.append([])
    else:
        _end_cell(state)
        if not state.rows:
            state.rows.append([])
        state.rows[-1].append([])


def _open_block(state: _State, name: str) -> None:
    if _soft(state, name):
        state.runs.append(_Run(" "))
        return
    _flush(state)
    if name in _LISTS:
        if len(state.lists) < 100:  # deeper ones are shown at the third level anyway
            state.lists.append([1 if name == "ol" else 0])
        state.item = False
    elif name == "li":
        state.item = True
    elif name == "blockquote":
        state.quote += 1
    elif name == "pre":
        state.pre += 1
    elif name == "table":
        state.tables = 1
    elif level := _level(name):
        state.heading = level


def _soft(state: _State, name: str) -> bool:
    """Tell whether *name* only parts words, because an item of a list is one line here."""
    return state.item and name not in {"li", "table", "pre", "blockquote"} and name not in _LISTS


def _level(name: str) -> str:
    if len(name) == 2 and name[0] == "h" and name[1] in "123456":
        return "##" if name in {"h1", "h2"} else "###"
    return ""


def _close(state: _State, name: str) -> None:
    if name in _STRONG:
        state.strong = max(0, state.strong - 1)
    elif name in _EMPHASIS:
        state.emphasis = max(0, state.emphasis - 1)
    elif name == "a":
        state.href = ""
    elif state.tables:
        _close_in_table(state, name)
    elif name in _BLOCKS:
        _close_block(state, name)


def _close_in_table(state: _State, name: str) -> None:
    if name == "table":
        state.tables -= 1
        if not state.tables:
            _end_table(state)
    elif state.tables == 1 and name in {"td", "th", "tr"}:
        _end_cell(state)
    elif name == "caption":
        _add(state, "text", _paragraph(state.runs))
        state.runs = []
    elif name in _BLOCKS:
        state.runs.append(_Run(" "))


def _close_block(state: _State, name: str) -> None:
    if _soft(state, name):
        state.runs.append(_Run(" "))
        return
    _flush(state)
    if name in _LISTS and state.lists:
        state.lists.pop()
        state.item = False
    elif name == "li":
        state.item = False
    elif name == "blockquote":
        state.quote = max(0, state.quote - 1)
    elif name == "pre":
        state.pre = max(0, state.pre - 1)


def _picture(state: _State, token: Token, base: str) -> None:
    src = address(token.attributes.get("src", ""), base)
    if src.lower().startswith("http"):
        alt = _escape(_fold(token.attributes.get("alt", "")).strip())
        state.runs.append(_Run(f"![{alt}]({src})", ready=True))


def _end_cell(state: _State) -> None:
    """Give the words since the cell began to it; words between cells go to the last one, none is lost."""
    if not any(run.text.strip() for run in state.runs):
        state.runs = []
        return
    if not state.rows:
        state.rows.append([])
    if not state.rows[-1]:
        state.rows[-1].append([])
    state.rows[-1][-1] += [*state.runs, _Run(" ")]
    state.runs = []


def _end_table(state: _State) -> None:
    if not state.tables and not state.rows:
        return
    _end_cell(state)
    rows = [row for row in state.rows if any(map(_plain, row))]
    state.tables, state.rows = 0, []
    width = max(map(len, rows), default=0)
    if width == 1:
        for row in rows:
            _add(state, "text", _paragraph(row[0]))
    elif 1 < width <= _WIDEST:
        lines = [f"| {' | '.join(map(_cell, row))} |" + "  |" * (width - len(row)) for row in rows]
        _add(state, "text", "\n".join((lines[0], "|" + " --- |" * width, *lines[1:])))
    elif rows:
        _add(state, "text", preformatted(["  ".join(filter(None, map(_plain, row))) for row in rows]))


def _flush(state: _State) -> None:
    """End the block that the words since the last one make."""
    runs, heading = state.runs, state.heading
    state.runs, state.heading = [], ""
    if state.pre:
        raw = _shown(runs).expandtabs(4)
        if raw.strip():
            _add(state, "text", preformatted(raw.strip("\n").split("\n")))
        return
    if state.item and state.lists:
        _item(state, opened(_line(runs)))
    elif heading:
        text = _line(runs).replace("#", r"\#")  # a closing row of them would be cut
        _add(state, "text", f"{heading} {text}" if text else "")
    else:
        _add(state, "quote" if state.quote else "text", _paragraph(runs))


def _item(state: _State, text: str) -> None:
    if not text:
        return
    depth = min(len(state.lists), len(state.signs) + 1, _DEEPEST)  # without a parent it would be a code block
    counter = state.lists[-1]
    sign = f"{counter[0]}." if counter[0] else "-"
    counter[0] += bool(counter[0])
    # A list of the other kind needs a blank line, or its items are words of the item before; inside
    # another list not even that helps.
    other = len(state.signs) >= depth and (state.signs[depth - 1] == "-") != (sign == "-")
    sign = state.signs[depth - 1] if other and depth > 1 else sign
    before = "\n" if state.signs and not (other and depth == 1) else "\n\n"
    state.signs[depth - 1 :] = [sign]
    state.blocks.append(_Block("item", "    " * (depth - 1) + f"{sign} {text}", before))


def _add(state: _State, kind: str, text: str) -> None:
    if not text:
        return
    quoted = kind == "quote" and state.blocks and state.blocks[-1].kind == "quote"
    text = "\n".join(f"> {line}" for line in text.split("\n")) if kind == "quote" else text
    state.blocks.append(_Block(kind, text, "\n>\n" if quoted else "\n\n"))
    state.signs = []


def _paragraph(runs: list[_Run]) -> str:
    """Write runs as the lines of a paragraph; each hard break begins a line."""
    lines: list[list[_Run]] = [[]]
    for run in runs:
        if run is _BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return "  \n".join(filter(None, (opened(_line(line)) for line in lines)))


def opened(line: str) -> str:
    """Escape what would make a list, a heading or a quote of *line*, which is Markdown within the line already."""
    match = _START.match(line)
    if not match:
        return line
    if match[1]:
        return f"{match[1]}\\{line[match.end(1) :]}"
    return f"&#{ord(match[0])};{line[1:]}" if match[0] in ":=~" else "\\" + line


def _cell(runs: list[_Run]) -> str:
    return _line(runs).replace("|", "&#124;")


def _plain(runs: list[_Run]) -> str:
    return _fold(_shown(runs)).strip()


def _shown(runs: list[_Run]) -> str:
    return "".join(run.text for run in runs if run is _BREAK or not run.ready)


def _line(runs: list[_Run]) -> str:
    """Write runs on one line, breaks as blanks; emphasis that Markdown could misread is left out."""
    out, last = [], ""
    for run in _merged(runs):
        core = run.text.strip()
        if core and not run.ready:
            at = run.text.index(core)
            mark = "" if last == "*" else run.mark
            words = f"{mark}{_escape(core)}{mark}"
            words = f"[{words}]({run.href})" if run.href else words
            out.append(run.text[:at] + words + run.text[at + len(core) :])
        else:
            out.append(run.text)
        last = out[-1][-1]
    return "".join(out).strip()


def _merged(runs: list[_Run]) -> list[_Run]:
    """Join neighbours that look the same and fold white space, also across their borders."""
    merged: list[_Run] = []
    for looks, group in groupby(runs, key=_looks):
        first, *others = group
        if looks != _READY:
            text = _fold("".join((first.text, *(other.text for other in others))))
            blank = not merged or merged[-1].text.endswith(" ")
            text = text[1:] if blank and text.startswith(" ") else text
            merged += [_Run(text, first.mark, first.href)] if text else []
        else:
            merged += [first, *others]
    return merged


_READY = ("", "", True)


def _looks(run: _Run) -> tuple[str, str, bool]:
    return _READY if run.ready and run is not _BREAK else (run.mark, run.href, False)


def _fold(text: str) -> str:
    return _BLANKS.sub(" ", text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(lambda match: _REFERENCES.get(match[0]) or "\\" + match[0], text)
