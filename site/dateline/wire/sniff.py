"""Bytes -> which format they are in, by what they say and not by what their file is called."""

from __future__ import annotations

import re
from typing import Literal

from dateline.wire.frames import is_framed

Format = Literal["plain", "frame", "json", "xml", "html", "reuters-21578"]

_HEAD = 4_096  # bytes that decide
_SKIPPED = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[[^\]]*\])?[^>]*>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w-]*)(?=[\s/>])")
_HTML = frozenset(
    {
        "html",
        "head",
        "body",
        "article",
        "div",
        "p",
        "main",
        "section",
        "meta",
        "title",
        "h1",
        "h2",
        "span",
        "table",
        "header",
        "script",
    }
)
_KNOWN = frozenset({"rss", "feed", "RDF", "nitf", "NewsML", "newsItem", "packageItem", "newsMessage", "itemSet"})
_DOCTYPE = re.compile(r"<!doctype\s+([A-Za-z][\w:.-]*)", re.IGNORECASE)


def sniff(data: bytes, name: str = "") -> Format:
    """Tell the format of *data*; *name* only decides whether something odd was meant to be JSON or XML.

    A line that opens with ``<EURUS.FX1>`` or ``[Update]`` is copy, not markup. Looks at 4 kB.
    """
    if is_framed(data[: 16 * _HEAD]):
        return "frame"
    head = _decoded(data[:_HEAD])
    suffix = name.rpartition(".")[2].lower()
    text = head.lstrip("\ufeff \t\r\n\x0b\x0c")
    if re.match(r"[{\[]\s*[\[{\"}\]]", text) or (suffix == "json" and text[:1] != "<"):
        return "json"
    if not text.startswith("<"):
        return "plain"
    doctype = _DOCTYPE.search(text)
    if "<REUTERS" in text and (not doctype or doctype[1].lower() == "lewis"):
        return "reuters-21578"
    skipped = _SKIPPED.match(text)
    root = _ROOT.match(text, skipped.end() if skipped else 0)
    if (doctype and doctype[1].lower() == "html") or (root and root[2].lower() in _HTML and not root[1]):
        return "html"
    if (
        text[:5].lower() == "<?xml"
        or doctype
        or suffix in {"xml", "rss", "atom", "rdf", "nitf"}
        or (root and (root[2] in _KNOWN or _closes(data, root[0][1:])))
    ):
        return "xml"
    return "plain"


def _decoded(head: bytes) -> str:
    if head[:4] in {b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"}:
        return head.decode("utf-32", "replace")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head.decode("utf-16", "replace")
    if b"\x00" in head[:4]:
        return head.decode("utf-16-be" if head[:1] == b"\x00" else "utf-16-le", "replace")
    return head.decode("utf-8", "replace")


def _closes(data: bytes, name: str) -> bool:
    """Tell markup from a RIC in pointed brackets: markup is closed again."""
    tail = data[-_HEAD:].replace(b"\x00", b"").rstrip()  # UTF-16 parts letters by zeros
    return f"</{name}".encode() in tail or tail.endswith(b"/>")
