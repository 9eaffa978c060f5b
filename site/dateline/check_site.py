"""A built folder -> dead links, missing anchors and pictures, feeds and sitemaps that lead nowhere or do not parse."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from dateline.errors import Problem, printable
from dateline.settings import Settings

_REFERENCE: Final = re.compile(rb'\s(?:href|src|srcset|poster)="([^"]*)"')
_ID: Final = re.compile(rb'\sid="([^"]*)"')
# Quotation marks in text look like attributes; only what stands in a tag counts, and only doubt asks for it.
_TAG: Final = re.compile(rb'<[a-zA-Z][^<>"]*(?:"[^"]*"[^<>"]*)*>')
_ASIDE: Final = ("mailto:", "tel:", "data:")
_LARGEST: Final = 50_000_000


class Links:
    """What pages refer to, gathered file by file: every address is looked up once."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.base = settings.base_url
        self.root = urlsplit(settings.base_url).path
        self.host = settings.base_url.removesuffix(self.root) + "/"
        self.files = frozenset(_files(folder))
        self._share = quote(settings.base_url, safe="")
        self.elsewhere: dict[str, str] = {}  # address -> the first page that has it
        addresses = {quote(_address(name)).encode() for name in self.files}
        starts = (self.root.encode(), self.base.encode())
        self._good = {start + address for start in starts for address in addresses}
        self._dead: dict[str, list[str]] = {}
        self._anchors: dict[tuple[str, str], str] = {}  # (file, anchor) -> the first page that wants it

    def problems(self) -> Iterator[Problem]:
        """Read every file once. O(bytes built)."""
        for name in sorted(self.files):
            if name.endswith(".html"):
                self._page(name, _read(self.folder, name))
            elif name.endswith((".xml", ".json", ".rss", ".atom", ".txt", "_redirects")):
                yield from self._machine(name, _read(self.folder, name))
        yield from self._missing_anchors()
        for target, pages in sorted(self._dead.items()):
            more = f" and {len(pages) - 1:,} more" if len(pages) > 1 else ""
            yield Problem(
                printable(pages[0]),
                f"leads to {printable(target)}, which is not there{more}",
                "mend the link, or build again",
            )

    def _page(self, name: str, data: bytes) -> None:
        found = set(_REFERENCE.findall(data))
        for reference in found - self._good:
            if reference.startswith(b"#"):
                if len(reference) > 1 and not self._has_id(data, reference[1:]) and _in_tag(data, reference):
                    self._dead.setdefault(reference.decode("utf-8", "replace"), []).append(name)
                continue
            for url in _addresses(html.unescape(reference.decode("utf-8", "replace"))):
                dead = self._dead_end(url, name)
                if not dead and reference.startswith((b"/", b"http")) and b"#" not in reference:
                    self._good.add(reference)
                if dead and _in_tag(data, reference):
                    self._dead.setdefault(dead, []).append(name)

    def _dead_end(self, url: str, page: str, *, anchors: bool = True) -> str:
        """The address that *url* on *page* means where nothing is there, else ""; notes anchors and other sites."""
        if url.startswith(_ASIDE) or not url:
            return ""
        if url.startswith(("http://", "https://")) and not url.startswith(self.host):
            if self._share not in url:  # a button that hands our own address on leads to no source
                self.elsewhere.setdefault(url.partition("#")[0], page)
            return ""
        try:
            full = urljoin(urljoin(self.base, _address(page)), url)
        except ValueError:
            return url
        if not full.startswith(self.base):
            return full if full.startswith(self.host) else ""
        path, _, anchor = full.removeprefix(self.base).partition("#")
        file = self._file(unquote(path.partition("?")[0]))
        if not file:
            return self.root + path
        if anchor and anchors and file.endswith(".html"):
            self._anchors.setdefault((file, unquote(anchor)), page)
        return ""

    def _file(self, path: str) -> str:
        for name in (path, f"{path}index.html", f"{path}/index.html"):
            if name in self.files and not (name == path and path.endswith("/")):
                return name
        return ""

    def _missing_anchors(self) -> Iterator[Problem]:
        held: dict[str, frozenset[bytes]] = {}
        for (file, anchor), page in sorted(self._anchors.items()):
            if file not in held:
                held[file] = frozenset(_ID.findall(_read(self.folder, file)))
            if html.escape(anchor).encode() not in held[file] and anchor.encode() not in held[file]:
                yield Problem(
                    printable(page),
                    f"leads to #{printable(anchor)} in {printable(file)}, which is not there",
                    "mend the link",
                )

    @staticmethod
    def _has_id(data: bytes, anchor: bytes) -> bool:
        return (
            b' id="' + anchor + b'"' in data
            or b' id="' + unquote(anchor.decode("utf-8", "replace")).encode() + b'"' in data
        )

    def _machine(self, name: str, data: bytes) -> Iterator[Problem]:
        if name.endswith((".xml", ".rss", ".atom")) and (fault := _not_xml(data)):
            yield Problem(printable(name), f"is not XML: {fault}", "build again; if it stays so, report it")
        if name.endswith(".json") and (fault := _not_json(data)):
            yield Problem(printable(name), f"is not JSON: {fault}", "build again; if it stays so, report it")
        if name == "_redirects":
            self._redirects(name, data)
        elif not name.endswith(".txt") or name == "robots.txt":
            for reference in set(re.findall(re.escape(self.base.encode()) + rb"[^\s\"'<>&\\)\]}]*", data)) - self._good:
                url = reference.decode("utf-8", "replace")
                if dead := self._dead_end(url, name, anchors=False):
                    self._dead.setdefault(dead, []).append(name)
                else:
                    self._good.add(reference)

    def _redirects(self, name: str, data: bytes) -> None:
        for line in data.decode("utf-8", "replace").split("\n"):
            parts = line.split()
            fixed = len(parts) > 1 and not line.startswith("#") and not set("*:") & set(parts[1])
            if fixed and (dead := self._dead_end(parts[1], name)):
                self._dead.setdefault(dead, []).append(name)


def _files(folder: Path) -> Iterator[str]:
    """Name all regular files below *folder*; nothing is followed."""
    top = os.fspath(folder)
    stack = [""]
    while stack:
        at = stack.pop()
        try:
            with os.scandir(os.path.join(top, at)) as entries:  # noqa: PTH118 - Path costs more than the rest
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(f"{at}{entry.name}/")
                    elif entry.is_file(follow_symlinks=False):
                        yield at + entry.name
        except OSError:
            continue


def _read(folder: Path, name: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _address(file: str) -> str:
    return file.removesuffix("index.html")


def _addresses(value: str) -> list[str]:
    if ", " in value and re.search(r"\s[\d.]+[wx](?:,|$)", value):  # srcset
        return [part.split()[0] for part in value.split(", ") if part.split()]
    return [re.sub(r"\s[\d.]+[wx]$", "", value.strip())]


def _in_tag(data: bytes, reference: bytes) -> bool:
    wanted = b'="' + reference + b'"'
    return any(wanted in tag for tag in _TAG.findall(data))


def _not_xml(data: bytes) -> str:
    from lxml import etree  # only feeds and sitemaps need it

    try:
        etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        return str(error)[:200]
    return ""


def _not_json(data: bytes) -> str:
    import msgspec

    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)[:200]
    return ""
