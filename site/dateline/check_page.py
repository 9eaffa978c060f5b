"""One built file and the names of all others -> what in it leads nowhere or does not parse."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from msgspec import Struct

from dateline.engine.parcel import Parcel
from dateline.engine.store import Stat

_LEADS: Final = (b'href="', b'src="', b'srcset="', b'poster="')
# Quotation marks in text look like attributes; only what stands in a tag counts, and only doubt asks for it.
_TAG: Final = re.compile(rb'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_SIZES: Final = re.compile(r"\s[\d.]+[wx](?:,|$)")
_ASIDE: Final = ("mailto:", "tel:", "data:")
_XML: Final = (".xml", ".rss", ".atom")
_LARGEST: Final = 50_000_000


class Site(Struct, frozen=True):
    """What a reader of pages has to know: where they are, their names, and the address that they are published at."""

    folder: Path
    base: str
    files: frozenset[str]


class Facts(Struct, frozen=True):
    """One file as read: addresses with nothing behind them, anchors it wants of other files, other sites, its own fault."""

    name: str
    stat: Stat | None = None
    dead: tuple[str, ...] = ()
    anchors: tuple[tuple[str, str], ...] = ()  # (file, anchor)
    elsewhere: tuple[str, ...] = ()
    fault: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing has to be said, whatever the bytes of other files."""
        return not (self.dead or self.anchors or self.fault)


class Reader:
    """Reads one file after the other and remembers which references are good: most pages share them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.root = urlsplit(site.base).path
        self.host = site.base.removesuffix(self.root) + "/"
        self._share = quote(site.base, safe="")
        self._base = re.compile(re.escape(site.base.encode()) + rb"[^\s\"'<>&\\)\]}]*")

    def news(self, _value: object) -> None:
        """Nothing happens between files."""

    @cached_property
    def _good(self) -> set[bytes]:
        addresses = {quote(_address(name)).encode() for name in self.site.files}
        starts = (self.root.encode(), self.site.base.encode())
        return {start + address for start in starts for address in addresses}

    def warm(self, _names: list[str]) -> None:
        """Make once what forked workers share."""
        _ = self._good

    def facts(self, name: str) -> Facts:
        """Read the file *name*. O(its bytes), however many of its links are dead."""
        data, stat = read(self.site.folder, name)
        at = self.site.base + quote(_address(name))
        if name.endswith(".html"):
            found = self._page(name, at, data)
            return Facts(name, stat, *found)
        if fault := _fault(name, data):
            return Facts(name, stat, fault=fault)
        urls = _redirected(data) if name == "_redirects" else self._absolute(name, data)
        dead = (self._dead_end(url, at, [], []) for url in urls)
        return Facts(name, stat, tuple(dict.fromkeys(filter(None, dead))))

    def _page(
        self, name: str, at: str, data: bytes
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]:
        dead: list[str] = []
        anchors: list[tuple[str, str]] = []
        elsewhere: list[str] = []
        page = _Parts(data)
        for reference in sorted(values(data, _LEADS) - self._good):
            if reference.startswith(b"#"):
                if len(reference) > 1 and not page.has(_text(reference[1:])) and reference in page.attributes:
                    dead.append(_text(reference))
                continue
            wrong = False
            for url in _addresses(html.unescape(_text(reference))):
                end = self._dead_end(url, at, anchors, elsewhere)
                wrong = wrong or bool(end)
                if end and reference in page.attributes:
                    dead.append(end)
            if not wrong and reference.startswith((b"/", b"http")) and b"#" not in reference:
                self._good.add(reference)
        own = {anchor for file, anchor in anchors if file == name and page.has(anchor)}
        others = (pair for pair in anchors if not (pair[0] == name and pair[1] in own))
        return tuple(dict.fromkeys(dead)), tuple(dict.fromkeys(others)), tuple(dict.fromkeys(elsewhere))

    def _absolute(self, name: str, data: bytes) -> Iterator[str]:
        if not name.endswith(".txt") or name == "robots.txt":
            yield from map(_text, sorted(set(self._base.findall(data)) - self._good))

    def _dead_end(self, url: str, at: str, anchors: list[tuple[str, str]], elsewhere: list[str]) -> str:
        """The address that *url* means on the page *at* where nothing is there, else ""; notes anchors and other sites."""
        if url.startswith(_ASIDE) or not url:
            return ""
        if url.startswith(("http://", "https://")) and not url.startswith(self.host):
            if self._share not in url:  # a button that hands our own address on leads to no source
                elsewhere.append(url.partition("#")[0])
            return ""
        base = self.site.base
        try:
            full = urljoin(at, url)
        except ValueError:
            return url
        if not full.startswith(base):
            return full if full.startswith(self.host) else ""
        path, _, anchor = full.removeprefix(base).partition("#")
        file = self._file(unquote(path.partition("?")[0]))
        if not file:
            return self.root + path
        if anchor and file.endswith(".html"):
            anchors.append((file, unquote(anchor)))
        return ""

    def _file(self, path: str) -> str:
        for name in (path, f"{path}index.html", f"{path}/index.html"):
            if name in self.site.files and not (name == path and path.endswith("/")):
                return name
        return ""


class _Parts:
    """A page's ids and the values that stand in its tags: found once, and only where there is doubt."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def attributes(self) -> set[bytes]:
        return {value for tag in _TAG.findall(self.data) for value in values(tag, _LEADS)}

    @cached_property
    def ids(self) -> set[bytes]:
        return ids(self.data)

    def has(self, anchor: str) -> bool:
        return holds(self.ids, anchor) or holds(self.ids, unquote(anchor))


def look(reader: Reader, names: Sequence[str]) -> list[Facts]:
    """Read some files: what workers do."""
    found = Parcel(Facts)
    found += map(reader.facts, names)
    return found


def lost(name: str) -> Facts:
    """Say of a file that its worker died of it."""
    return Facts(name, fault="cannot be checked: it ended the process that read it")


def read(folder: Path, name: str) -> tuple[bytes, Stat | None]:
    """Bytes of a file, and its stat before they were read; nothing where it cannot be read."""
    try:
        with open(f"{os.fspath(folder)}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 - Path costs more than the rest
            found = os.fstat(file.fileno())
            data = file.read(_LARGEST) or b""
    except OSError:
        return b"", None
    return data, Stat(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def values(data: bytes, names: tuple[bytes, ...]) -> set[bytes]:
    """What stands in quotes after these *names*, where white space comes before: `` href="/a/"``. O(bytes)."""
    found = set()
    for name in names:  # half the time of a regular expression
        before = b""
        for part in data.split(name):
            if before[-1:].isspace() and (end := part.find(b'"')) >= 0:
                found.add(part[:end])
            before = part
    return found


def ids(data: bytes) -> set[bytes]:
    """All anchors of a page."""
    return values(data, (b'id="',))


def holds(found: set[bytes], anchor: str) -> bool:
    """Whether *anchor* is among the ids *found*, spelled plainly or as HTML wants it."""
    return html.escape(anchor).encode("utf-8", "replace") in found or anchor.encode("utf-8", "replace") in found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _address(file: str) -> str:
    return file.removesuffix("index.html")


def _addresses(value: str) -> list[str]:
    if ", " in value and _SIZES.search(value):  # srcset
        return [part.split()[0] for part in value.split(", ") if part.split()]
    return [re.sub(r"\s[\d.]+[wx]$", "", value.strip())]


def _redirected(data: bytes) -> Iterator[str]:
    for line in _text(data).split("\n"):
        parts = line.split()
        if len(parts) > 1 and not line.startswith("#") and not set("*:") & set(parts[1]):
            yield parts[1]


def _fault(name: str, data: bytes) -> str:
    if name.endswith(_XML) and (fault := _not_xml(data)):
        return f"is not XML: {fault}"
    if name.endswith(".json") and (fault := _not_json(data)):
        return f"is not JSON: {fault}"
    return ""


def _not_xml(data: bytes) -> str:
    from xml.parsers import expat  # it builds no tree and, without handlers, expands and fetches nothing

    try:
        expat.ParserCreate(namespace_separator=" ").Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        return str(error)[:200]
    return ""


def _not_json(data: bytes) -> str:
    import msgspec

    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)[:200]
    return ""
