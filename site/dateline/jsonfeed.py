"""Entries and a feed -> JSON Feed 1.1, by msgspec.

Source: https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, field

from dateline.feed_values import FeedOptions, Shown
from dateline.page import FeedPage

_VERSION = "https://jsonfeed.org/version/1.1"


class _Author(Struct, frozen=True):
    name: str


class _Hub(Struct, frozen=True):
    type: str
    url: str


class _Attachment(Struct, frozen=True):
    url: str
    mime_type: str
    size_in_bytes: int


class _More(Struct, frozen=True, omit_defaults=True):
    """Our extension object: what JSON Feed has no member for."""

    source_url: str = ""
    rights: str = ""
    image_alt: str = ""
    image_credit: str = ""


class _Item(Struct, frozen=True, omit_defaults=True):
    id: str
    url: str
    title: str
    content_html: str
    date_published: str
    summary: str = ""
    date_modified: str = ""
    language: str = ""
    image: str = ""
    authors: tuple[_Author, ...] = ()
    tags: tuple[str, ...] = ()
    attachments: tuple[_Attachment, ...] = ()
    more: _More | None = field(default=None, name="_dateline")


class _Head(Struct, frozen=True, omit_defaults=True):
    title: str
    version: str
    home_page_url: str
    feed_url: str
    description: str = ""
    language: str = ""
    icon: str = ""
    favicon: str = ""
    authors: tuple[_Author, ...] = ()
    hubs: tuple[_Hub, ...] = ()


_encode = msgspec.json.Encoder().encode


def item(shown: Shown) -> bytes:
    """Encode one entry. Without full text the summary is its content, for an item must have one."""
    image = shown.image
    return _encode(
        _Item(
            id=shown.id,
            url=shown.url,
            title=shown.title,
            content_html=shown.content or shown.summary,
            date_published=shown.published.isoformat(),
            summary=shown.plain if shown.content else "",
            date_modified=shown.updated.isoformat() if shown.updated > shown.published else "",
            language=shown.lang,
            image=image.url if image else "",
            authors=tuple(map(_Author, shown.authors)),
            tags=tuple(category.label for category in shown.categories),
            attachments=(_Attachment(image.url, image.type, int(image.length)),) if image and image.attached else (),
            more=_more(shown),
        )
    )


def _more(shown: Shown) -> _More | None:
    image = shown.image
    given = shown.source_url, shown.rights, image.alt if image else "", image.credit if image else ""
    return _More(*given) if any(given) else None


def head(feed: FeedPage, options: FeedOptions) -> bytes:
    """Encode what stands before the items, up to and with the bracket that opens them."""
    start = _encode(
        _Head(
            title=feed.title,
            version=_VERSION,
            home_page_url=feed.home,
            feed_url=feed.url,
            description=feed.description,
            language=feed.lang,
            icon=options.logo,
            favicon=options.icon,
            authors=(_Author(options.author),),
            hubs=(_Hub("WebSub", options.hub),) if options.hub else (),
        )
    )
    return start[:-1] + b',"items":['


TAIL = b"]}\n"
