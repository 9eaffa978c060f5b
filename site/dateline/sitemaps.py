"""Addresses -> sitemaps, their index, the news sitemap, robots.txt.

Source: https://www.sitemaps.org/protocol.html; hreflang and news extensions: developers.google.com/search/docs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from dateline.feed_forms import escape, escape_attribute
from dateline.feed_values import rfc3339
from dateline.page import Entry

URLS = 50_000  # of one sitemap, by the protocol
BYTES = 50 * 1024 * 1024
NEWS = 1_000

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_END = b"</urlset>\n"
_MARGIN = 1_000  # bytes of declaration, root element and end


class Url(Struct, frozen=True):
    """One page: absolute address; ``alternates`` are (language, address) of all its translations, its own included.

    ``group`` keeps together what changes together, a month of stories say, where the sitemap is in parts: it is
    made of ``[a-z0-9-]``.
    """

    loc: str
    lastmod: datetime | None = None
    alternates: tuple[tuple[str, str], ...] = ()
    group: str = "pages"


class _Row(Struct, frozen=True):
    loc: str
    lastmod: datetime | None
    xml: bytes


def sitemap(urls: Iterable[Url]) -> bytes:
    """Make one sitemap of *urls*, in their order. About 3 µs an address."""
    return _document(map(_xml, urls))


def sitemaps(urls: Sequence[Url], base: str, limit: int = URLS, max_bytes: int = BYTES) -> dict[str, bytes]:
    """Make ``sitemap.xml`` of *urls*, or above *limit* or *max_bytes* an index and its parts; paths to bytes.

    *base* is the absolute address of the site. A part holds one group; one too large is halved by the hash of its
    addresses as often as needed. So a new story changes its own part and the index, at the worst splitting its
    part in two, and parts depend on the set of addresses only, not on their history.
    """
    groups: dict[str, dict[str, _Row]] = {}
    for url in urls:
        groups.setdefault(url.group, {}).setdefault(url.loc, _row(url))
    rows = [row for group in groups.values() for row in group.values()]
    if _fits(rows, limit, max_bytes):
        return {"sitemap.xml": _document(row.xml for row in rows)}
    parts = dict(
        part
        for name, group in sorted(groups.items())
        for part in _parts(f"sitemap-{name}", list(group.values()), limit, max_bytes)
    )
    return {"sitemap.xml": _index(parts, base)} | {
        path: _document(row.xml for row in rows) for path, rows in parts.items()
    }


def _parts(name: str, rows: list[_Row], limit: int, max_bytes: int, bit: int = 0) -> Iterator[tuple[str, list[_Row]]]:
    if not rows:
        return
    if _fits(rows, limit, max_bytes) or bit == 64:  # 2^64 halves separate any two addresses
        yield f"{name}.xml", rows
        return
    halves: tuple[list[_Row], list[_Row]] = ([], [])
    for row in rows:
        halves[int.from_bytes(hashlib.sha256(row.loc.encode()).digest()[:8]) >> bit & 1].append(row)
    separator = "" if bit else "_"
    for digit, half in enumerate(halves):
        yield from _parts(f"{name}{separator}{digit}", half, limit, max_bytes, bit + 1)


def _fits(rows: list[_Row], limit: int, max_bytes: int) -> bool:
    return len(rows) <= limit and sum(len(row.xml) for row in rows) + _MARGIN <= max_bytes


def _row(url: Url) -> _Row:
    return _Row(url.loc, url.lastmod, _xml(url))


def _xml(url: Url) -> bytes:
    last = b"<lastmod>%b</lastmod>" % rfc3339(url.lastmod).encode() if url.lastmod else b""
    if not url.alternates:
        return b"<url><loc>%b</loc>%b</url>\n" % (escape(url.loc), last)
    links = b"".join(
        b'<xhtml:link rel="alternate" hreflang="%b" href="%b"/>' % (escape_attribute(lang), escape_attribute(address))
        for lang, address in url.alternates
    )
    return b"<url><loc>%b</loc>%b%b</url>\n" % (escape(url.loc), last, links)


def _document(rows: Iterable[bytes]) -> bytes:
    root = f'<urlset xmlns="{_SPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'.encode()
    return b"".join((_DECLARATION, root, *rows, _END))


def _index(parts: dict[str, list[_Row]], base: str) -> bytes:
    def entry(path: str, rows: list[_Row]) -> bytes:
        newest = max((row.lastmod for row in rows if row.lastmod), default=None)
        last = b"<lastmod>%b</lastmod>" % rfc3339(newest).encode() if newest else b""
        return b"<sitemap><loc>%b</loc>%b</sitemap>\n" % (escape(base + path), last)

    root = f'<sitemapindex xmlns="{_SPACE}">\n'.encode()
    return b"".join((_DECLARATION, root, *(entry(*part) for part in parts.items()), b"</sitemapindex>\n"))


def news_sitemap(entries: Sequence[Entry], name: str) -> bytes:
    """Make the news sitemap of *entries*, which the plan has chosen: published in the last 48 hours.

    Newest first; of more than a thousand the newest stay. *name* is the publication's.
    """
    chosen = sorted(entries, key=lambda entry: (entry.published, entry.id), reverse=True)[:NEWS]
    rows = (
        b"<url><loc>%b</loc><news:news><news:publication><news:name>%b</news:name><news:language>%b</news:language>"
        b"</news:publication><news:publication_date>%b</news:publication_date><news:title>%b</news:title>"
        b"</news:news></url>\n"
        % tuple(map(escape, (e.url, name, _language(e.lang), rfc3339(e.published), e.title or e.url)))
        for e in chosen
    )
    root = f'<urlset xmlns="{_SPACE}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n'.encode()
    return b"".join((_DECLARATION, root, *rows, _END))


def _language(tag: str) -> str:
    """Name the language without its region, but for Chinese, as the news extension wants it."""
    tag = tag.lower()
    return {"zh": "zh-cn", "zh-cn": "zh-cn", "zh-hans": "zh-cn", "zh-tw": "zh-tw", "zh-hant": "zh-tw"}.get(
        tag, tag.partition("-")[0] or "en"
    )


def robots(sitemaps: Iterable[str], disallow: Iterable[str] = ()) -> bytes:
    """Make ``robots.txt``: all may read all but *disallow* (root-relative); *sitemaps* are absolute addresses.

    Source: RFC 9309.
    """
    rules = [f"Disallow: {path}" for path in disallow] or ["Disallow:"]
    lines = ["User-agent: *", *rules, "", *(f"Sitemap: {address}" for address in sitemaps)]
    return ("\n".join(lines) + "\n").encode()
