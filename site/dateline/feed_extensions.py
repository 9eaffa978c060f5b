"""What news feeds say beyond feedgen: Media RSS, Dublin Core, RFC 5005 and 6721, hubs, links with all attributes.

Registered through feedgen's public ``register_extension``; imported only when a feed is made.
"""

from __future__ import annotations

from typing import Any

import feedgen.feed  # noqa: F401 - the modules below cannot be imported before it
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from dateline.feed_values import FeedOptions, Picture, Shown, rfc822
from dateline.page import FeedPage

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class NewsFeed(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """The head of a feed: hub, archive links, ``fh:archive``. Set ``feed`` and ``options`` before use."""

    feed: FeedPage
    options: FeedOptions

    def extend_ns(self) -> dict[str, str]:
        """Name the prefixes of all fragments, so that none has to declare its own."""
        spaces = {"media": MEDIA, "fh": HISTORY}
        return spaces | ({"dc": DC} if self.feed.format == "rss" else {"at": TOMBSTONES})

    def extend_rss(self, rss: Any) -> Any:
        """Add what Atom calls links as ``atom:link``."""
        for rel, href in self._links():
            etree.SubElement(rss[0], f"{{{ATOM}}}link", href=href, rel=rel)
        if self.feed.archive:
            etree.SubElement(rss[0], f"{{{HISTORY}}}archive")
        return rss

    def extend_atom(self, root: Any) -> Any:
        """Add links; their element carries no namespace in feedgen's tree."""
        for rel, href in self._links():
            etree.SubElement(root, "link", href=href, rel=rel)
        if self.feed.archive:
            etree.SubElement(root, f"{{{HISTORY}}}archive")
        return root

    def _links(self) -> list[tuple[str, str]]:
        feed = self.feed
        links = (
            ("hub", self.options.hub),
            ("current", feed.current),
            ("prev-archive", feed.previous),
            ("next-archive", feed.next),
        )
        return [(rel, href) for rel, href in links if href]


class NewsEntry(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """One entry: names, picture, source, language. Set ``shown`` before use."""

    shown: Shown

    def extend_rss(self, item: Any) -> Any:
        """Add ``pubDate`` here: feedgen would switch the locale of the process for it."""
        shown = self.shown
        for name in shown.authors:
            _add(item, f"{{{DC}}}creator", name)
        image = shown.image
        if image and image.attached:
            etree.SubElement(item, "enclosure", url=image.url, length=image.length, type=image.type)
        _add(item, "pubDate", rfc822(shown.published))
        if shown.updated > shown.published:
            _add(item, f"{{{ATOM}}}updated", shown.updated.isoformat())
        for tag, value in (("language", shown.lang), ("rights", shown.rights), ("source", shown.source_url)):
            if value:
                _add(item, f"{{{DC}}}{tag}", value)
        _media(item, image)
        return item

    def extend_atom(self, entry: Any) -> Any:
        """Add links with all their attributes, which feedgen drops.

        Each entry names its own language: it stands in feeds of several.
        """
        shown, image = self.shown, self.shown.image
        if shown.lang:
            entry.set(_LANG, shown.lang)
        alternate = entry.find("link")
        alternate.set("rel", "alternate")
        alternate.set("type", "text/html")
        if shown.source_url:
            etree.SubElement(entry, "link", href=shown.source_url, rel="via")
        if image and image.attached:
            link = {"href": image.url, "rel": "enclosure", "type": image.type, "length": image.length}
            etree.SubElement(entry, "link", link)
        _media(entry, image)
        return entry


def _add(parent: Any, tag: str, text: str) -> None:
    etree.SubElement(parent, tag).text = text


def _media(parent: Any, image: Picture | None) -> None:
    if image is None:
        return
    facts = {"fileSize": image.length, "width": image.width, "height": image.height}
    attributes = {"url": image.url, "type": image.type, "medium": "image", **facts}
    content = etree.SubElement(parent, f"{{{MEDIA}}}content", {k: v for k, v in attributes.items() if v})
    if image.alt:
        etree.SubElement(content, f"{{{MEDIA}}}description", type="plain").text = image.alt
    if image.credit:
        _add(content, f"{{{MEDIA}}}credit", image.credit)
