"""All feeds of a site -> OPML 2.0, to subscribe to them in one go.

Source: http://opml.org/spec2.opml
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from dateline.feed_forms import escape, escape_attribute


class Outline(Struct, frozen=True):
    """One feed: title, absolute addresses of the feed and of its page, language."""

    title: str
    feed: str
    home: str
    lang: str = ""


def opml(title: str, groups: Iterable[tuple[str, Sequence[Outline]]]) -> bytes:
    """List the feeds of each group (heading, feeds) below its heading; without a heading at the top level.

    Only feeds that readers subscribe to by OPML belong here, RSS or Atom, one format of each. No date: the same
    feeds give the same bytes.
    """
    body = b"".join(_group(heading, feeds) for heading, feeds in groups)
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head><title>%b</title></head>\n'
        b"<body>\n%b</body>\n</opml>\n" % (escape(title), body)
    )


def _group(heading: str, feeds: Sequence[Outline]) -> bytes:
    lines = b"".join(map(_outline, feeds))
    if not heading or not feeds:
        return lines
    text = escape_attribute(heading)
    return b'<outline text="%b" title="%b">\n%b</outline>\n' % (text, text, lines)


def _outline(feed: Outline) -> bytes:
    attributes = {"text": feed.title, "title": feed.title, "xmlUrl": feed.feed, "htmlUrl": feed.home}
    if feed.lang:
        attributes["language"] = feed.lang
    spelled = b"".join(b' %b="%b"' % (name.encode(), escape_attribute(value)) for name, value in attributes.items())
    return b'<outline type="rss"%b/>\n' % spelled
