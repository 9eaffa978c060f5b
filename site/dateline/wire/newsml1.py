"""NewsML 1.0 to 1.2 -> Items, one for each NewsItem. Source: IPTC NewsML 1.2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dateline.article import Image
from dateline.errors import DatelineError
from dateline.wire import item as items
from dateline.wire import nitf
from dateline.wire.item import Item
from dateline.wire.markdown import from_html, from_text
from dateline.wire.xml import child, markup, named, said, value, words

if TYPE_CHECKING:
    from dateline.wire.xml import Element

_STATUS = {"canceled": "canceled", "cancelled": "canceled", "withheld": "withheld", "embargoed": ""}
_SUBJECTS = ("Subject", "SubjectMatter", "SubjectDetail", "SubjectQualifier")


def read(root: Element, place: str) -> Iterator[Item]:
    """Read every NewsItem of the document. Raises ``DatelineError`` where there is none."""
    found = list(named(root, "NewsItem"))
    if not found:
        raise DatelineError(place, "no NewsItem in this NewsML document", "ask the agency for the full document")
    envelope = child(root, "NewsEnvelope")
    yield from (_item(each, envelope) for each in found)


def _item(root: Element, envelope: Element | None) -> Item:
    identity, management = child(root, "Identification", "NewsIdentifier"), child(root, "NewsManagement")
    component = next(named(root, "NewsComponent"), None)
    lines, inner = _first(component, "NewsLines"), _first(component, "nitf")
    story = nitf.read(inner) if inner is not None else Item()
    return Item(
        id=said(identity, "PublicIdentifier") or said(identity, "NewsItemId"),
        version=said(identity, "RevisionId"),
        headline=said(lines, "HeadLine") or story.headline,
        summary=said(lines, "SubHeadLine") or story.summary,
        body=_body(component) or story.body,
        byline=said(lines, "ByLine") or story.byline,
        place=_place(component) or story.place,
        kicker=said(lines, "SlugLine") or said(root, "Identification", "NameLabel"),
        created=said(management, "FirstCreated") or said(identity, "DateId"),
        changed=said(management, "ThisRevisionCreated"),
        embargo=said(management, "StatusWillChange", "DateAndTime") if _status(management) == "embargoed" else "",
        lang=value(_first(component, "Language"), "FormalName") or value(root, "lang"),
        urgency=value(child(management, "Urgency"), "FormalName"),
        status=_STATUS.get(_status(management), ""),
        signal=value(child(management, "Instruction"), "FormalName")
        or value(child(identity, "RevisionId"), "Update").replace("N", ""),
        rights=said(lines, "CopyrightLine") or said(lines, "RightsLine"),
        agency=_agency(component, envelope),
        tags=tuple(words(found) for found in _all(lines, "KeywordLine")),
        topics=story.topics,
        subjects=tuple(
            f"subj:{value(found, 'FormalName')}"
            for name in _SUBJECTS
            for found in _all(component, name)
            if value(found, "FormalName").isdigit()
        ),
        people=story.people,
        organisations=story.organisations,
        places=story.places,
        image=_image(component) or story.image,
    )


def _all(element: Element | None, name: str) -> list[Element]:
    return [] if element is None else list(named(element, name))


def _first(element: Element | None, name: str) -> Element | None:
    return next(iter(_all(element, name)), None)


def _status(management: Element | None) -> str:
    return value(child(management, "Status"), "FormalName").lower()


def _place(component: Element | None) -> str:
    line = said(_first(component, "NewsLines"), "DateLine")
    return line.partition("(")[0].partition(",")[0].strip(" -") or next(
        (
            value(found, "Value")
            for found in _all(_first(component, "Location"), "Property")
            if value(found, "FormalName") == "City"
        ),
        "",
    )


def _agency(component: Element | None, envelope: Element | None) -> str:
    party = _first(_first(component, "Provider"), "Party")
    return (
        value(party, "FormalName")
        or value(_first(child(envelope, "SentFrom"), "Party"), "FormalName")
        or said(_first(component, "NewsLines"), "CreditLine")
    )


def _body(component: Element | None) -> str:
    """The first content that has words: NITF, XHTML or other XML, else plain text."""
    for found in _all(component, "DataContent"):
        content = next(named(found, "body.content"), None)
        if content is not None:
            body = nitf.body_text(content)
        elif len(found):
            body = from_html(
                markup(next(named(found, "body"), found), {}, frozenset({"head", "script", "style", "media-caption"}))
            )
        else:
            text = str(found.text or "")
            body = from_html(text) if text.lstrip().startswith("<") else from_text(text)
        if body:
            return body
    return ""


def _image(component: Element | None) -> Image | None:
    """Pictures are components of their own, beside the text's."""
    return items.largest(
        items.picture(
            value(found, "Href"),
            caption=_caption(component),
            size=(_property(found, "Width"), _property(found, "Height")),
        )
        for found in _all(component, "ContentItem")
        if value(child(found, "MediaType"), "FormalName") in {"Photo", "Picture", "Image", "Graphic", "ComplexData"}
    )


def _caption(component: Element | None) -> str:
    return next((words(found) for found in _all(component, "media-caption")), "")


def _property(content: Element, name: str) -> str:
    return next(
        (value(found, "Value") for found in _all(content, "Property") if value(found, "FormalName") == name), ""
    )
