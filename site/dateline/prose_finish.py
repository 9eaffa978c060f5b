"""Sanitised HTML -> HTML that fits into a page, or into a feed: outline, anchors, tables, pictures, links."""

from __future__ import annotations

import html as entities
import re
from collections import Counter
from typing import Final
from urllib.parse import urljoin, urlsplit

from dateline.text import slugify

# The sanitiser writes every tag and attribute in this one way, and no other "<" at all.
_TAG: Final = re.compile(r'<(/?)(h[1-6]|a|img|table|thead|td|th)((?: [a-zA-Z-]+="[^"]*")*)>')
_ATTRIBUTE: Final = re.compile(r' ([a-zA-Z-]+)="([^"]*)"')
_ANY_TAG: Final = re.compile(r"<[^>]*>")
_EMPTY_HEADING: Final = re.compile(r"<(h[1-6])>\s*</\1>\n?")
_ADDRESSED: Final = re.compile(r'<[a-z][a-z0-9]*(?: [a-zA-Z-]+="[^"]*")*>')
_ADDRESS: Final = re.compile(r' (href|src|srcset|cite)="([^"]*)"')
_ELSEWHERE: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)


def words(html: str) -> int:
    """Count the words a reader sees in *html*; a blank that does not break joins two."""
    text = _ANY_TAG.sub("", html.replace("</p>\n<p>", " ")).replace("\n", " ")
    while "  " in text:  # each turn halves the longest run
        text = text.replace("  ", " ")
    text = text.strip(" ")
    return text.count(" ") + 1 if text else 0


def finish(html: str, base: str) -> str:
    """Fit sanitised *html* under the page's one ``h1``.

    Headings begin at ``h2`` and never jump; each has an id ``s-…`` of its own words, numbered where it
    repeats. Pictures have an ``alt`` and load late, wide tables scroll by keyboard too, links that
    leave the site of *base* do not hand themselves over. Linear.
    """
    if not _TAG.search(html):
        return html
    html = _EMPTY_HEADING.sub("", html)
    return _TAG.sub(_Finish(html, base), html)


class _Finish:
    """One walk over the tags of one body."""

    def __init__(self, html: str, base: str) -> None:
        self.html = html
        self.host = urlsplit(base).netloc.lower()
        self.outline: list[int] = []
        self.open: list[int] = []
        self.ids: Counter[str] = Counter()
        self.taken: set[str] = set()

    def __call__(self, match: re.Match[str]) -> str:
        closing, name, attributes = match.groups()
        if name[0] == "h":
            return self.end() if closing else self.heading(int(name[1]), match.end())
        if name == "table":
            return "</table></div>" if closing else '<div class="table" tabindex="0"><table>'
        if closing or name == "thead":
            return match[0]
        found: dict[str, str] = dict(_ATTRIBUTE.findall(attributes))
        if name == "a":
            return self.link(found)
        return _image(found) if name == "img" else _cell(name, found)

    def heading(self, level: int, start: int) -> str:
        while self.outline and self.outline[-1] >= level:
            self.outline.pop()
        self.outline.append(level)
        shown = min(6, len(self.outline) + 1)
        self.open.append(shown)
        inner = self.html[start : self.html.find(f"</h{level}>", start)]
        return f'<h{shown} id="{self.anchor(_ANY_TAG.sub("", inner))}">'

    def end(self) -> str:
        return f"</h{self.open.pop()}>"

    def anchor(self, title: str) -> str:
        name = f"s-{_slug(entities.unescape(title))}"
        anchor = name
        while anchor in self.taken:
            self.ids[name] += 1
            anchor = f"{name}-{self.ids[name] + 1}"
        self.taken.add(anchor)
        return anchor

    def link(self, found: dict[str, str]) -> str:
        url = entities.unescape(found.get("href", ""))
        if _ELSEWHERE.match(url) and _host(url) != self.host:
            found["rel"] = "noopener"
        return _tag("a", found)


_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")


def _slug(title: str) -> str:
    plain = title.translate(_UMLAUTS)
    return (
        (_NO_SLUG.sub("-", plain.lower()).strip("-")[:80] or "section")
        if plain.isascii()
        else slugify(title, "section")
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _image(found: dict[str, str]) -> str:
    if not found.get("src"):
        return entities.escape(entities.unescape(found.get("alt", "")), quote=False)
    return _tag("img", {"src": found.pop("src"), "alt": found.pop("alt", ""), **found, "loading": "lazy"})


def _cell(name: str, found: dict[str, str]) -> str:
    align = found.pop("align", "")
    if align in {"center", "right"}:
        found["class"] = align
    if name == "th":
        found["scope"] = "col"
    return _tag(name, found)


def _tag(name: str, attributes: dict[str, str]) -> str:
    return "".join((f"<{name}", *(f' {key}="{value}"' for key, value in attributes.items()), ">"))


def absolute(html: str, base_url: str, page_url: str) -> str:
    """Make every address in finished *html* absolute, as feeds need it; fragments point into *page_url*.

    Both addresses are absolute. Costs two searches where *html* has no address.
    """
    if ' href="' not in html and ' src="' not in html and ' cite="' not in html:
        return html
    page = urljoin(base_url, page_url)

    def join(match: re.Match[str]) -> str:
        name, value = match.groups()
        parts = value.split(", ") if name == "srcset" else [value]
        return f' {name}="{", ".join(_join(page, part) for part in parts)}"'

    return _ADDRESSED.sub(lambda tag: _ADDRESS.sub(join, tag[0]), html)


def _join(page: str, value: str) -> str:
    url, blank, size = value.strip().partition(" ")
    try:
        return entities.escape(urljoin(page, entities.unescape(url)), quote=True) + blank + size
    except ValueError:
        return entities.escape(page, quote=True)
