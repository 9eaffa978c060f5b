"""NITF 3.x -> Item; also the NITF that NewsML-G2 and NewsML 1.2 carry inside.

Source: IPTC News Industry Text Format 3.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dateline.article import Image
from dateline.wire import item as items
from dateline.wire.item import Item
from dateline.wire.markdown import from_html
from dateline.wire.xml import child, local, markup, named, said, value, words

if TYPE_CHECKING:
    from dateline.wire.xml import Element

# NITF's blocks under HTML's names; its inline elements (person, org, location …) only mark words.
_HTML = {
    "hl1": "h2", "hl2": "h2", "hedline": "div", "block": "div", "bq": "blockquote", "nitf-table": "div", "note": "div",
    "nitf-table-metadata": "", "body": "div", "pronounce": "", "lang": "", "fn": "div", "nitf-col": "", "nitf-colgroup": "", "credit": "p",
}  # fmt: skip
_HIDDEN = frozenset({"media", "nitf-table-metadata", "pronounce", "custom-table"})
_STATUS = {"canceled": "canceled", "killed": "canceled", "withheld": "withheld"}


def read(root: Element) -> Item:
    """Read one ``nitf`` element; every field is optional, so nothing is refused here."""
    head, body = child(root, "head"), child(root, "body")
    data, top = child(head, "docdata"), child(body, "body.head")
    content = child(body, "body.content")
    issued, released = value(child(data, "date.issue"), "norm"), value(child(data, "date.release"), "norm")
    identity = child(data, "doc-id")
    return Item(
        id=value(identity, "id-string"),
        version=value(child(data, "du-key"), "version"),
        url=value(child(data, "doc.rights"), "href") or value(child(head, "pubdata"), "ex-ref"),
        headline=said(top, "hedline", "hl1") or said(top, "headline", "hl1") or said(head, "title"),
        summary=said(top, "abstract") or said(top, "hedline", "hl2"),
        body=body_text(content),
        byline=_byline(child(top, "byline")),
        place=_place(top),
        kicker=value(child(data, "du-key"), "key") or value(child(head, "pubdata"), "position.section"),
        created=issued or value(child(top, "dateline", "story.date"), "norm") or released,
        changed=released if issued and released > issued else "",
        expires=value(child(data, "date.expire"), "norm"),
        lang=value(root, "lang") or value(body, "lang"),
        urgency=value(child(data, "urgency"), "ed-urg"),
        status=_STATUS.get(value(child(data, "del-list"), "status") or value(child(data, "doc-scope"), "scope"), ""),
        note=" ".join(filter(None, (value(found, "info") for found in _of(data, "ed-msg")))),
        agency=said(top, "distributor") or value(identity, "regsrc") or value(child(data, "doc.copyright"), "holder"),
        rights=said(top, "rights")
        or " ".join(
            filter(None, (value(child(data, "doc.copyright"), "holder"), value(child(data, "doc.copyright"), "year")))
        ),
        tags=tuple(value(found, "key") for found in _of(head, "keyword")),
        topics=tuple(value(found, "tobject.subject.type") for found in _of(head, "tobject.subject")),
        subjects=tuple(_code(value(found, "tobject.subject.refnum")) for found in _of(head, "tobject.subject")),
        people=_marked(root, "person"),
        organisations=_marked(root, "org", skip="distributor"),
        places=_places(content, data),
        image=_image(root),
    )


def body_text(content: Element | None) -> str:
    """The text of a ``body.content`` as Markdown."""
    return "" if content is None else from_html(markup(content, _HTML, _HIDDEN))


def _of(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else list(named(element, name))


def _code(number: str) -> str:
    return f"subj:{number}" if number else ""


def _byline(element: Element | None) -> str:
    people = [words(found) for found in _of(element, "person")]
    return " und ".join(people) if people else " ".join(words(element).split(",")[:1])


def _place(top: Element | None) -> str:
    location = child(top, "dateline", "location")
    return said(location, "city") or words(location)


def _marked(root: Element, name: str, skip: str = "") -> tuple[str, ...]:
    """Names marked in the text and in the head; who wrote it and who sent it are no subjects."""
    found = (each for each in named(root, name) if _parent(each) not in {"byline", skip})
    return tuple(words(each) or value(each, "value") for each in found)


def _parent(element: Element) -> str:
    parent = element.getparent()
    return "" if parent is None else local(parent)


def _places(content: Element | None, data: Element | None) -> tuple[str, ...]:
    about = [value(found, "city") or value(found, "country") for found in _of(data, "evloc")]
    return (*about, *(said(found, "city") or words(found) for found in _of(content, "location")))


def _image(root: Element) -> Image | None:
    return items.largest(_pictures(root))


def _pictures(root: Element) -> Iterator[Image | None]:
    for media in named(root, "media"):
        if value(media, "media-type") in {"image", "photo", "picture", ""}:
            for found in named(media, "media-reference"):
                yield items.picture(
                    value(found, "source"),
                    alt=value(found, "alternate-text"),
                    caption=said(media, "media-caption"),
                    credit=said(media, "media-producer") or value(found, "copyright"),
                    size=(value(found, "width"), value(found, "height")),
                )
