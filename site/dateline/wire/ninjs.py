"""ninjs 1.x, 2.x and 3.x (IPTC's news in JSON) -> Item.

The three spell their fields differently (``headline_main``, ``headlines[].value``; ``versioncreated``,
``versionCreated``); names are compared in small letters and both shapes are read.
Source: IPTC ninjs 1.6, 2.2 and 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dateline.article import Image
from dateline.errors import DatelineError
from dateline.text import one_line
from dateline.wire import item as items
from dateline.wire.item import Item
from dateline.wire.jsontext import folded, rows, text
from dateline.wire.markdown import from_html, from_text
from dateline.wire.ninjs_rules import check

if TYPE_CHECKING:
    from dateline.wire.ninjs_library import Schemas

_PICTURES = frozenset({"picture", "graphic"})
_SILENT = frozenset({"audio", "video", "component"})


def is_ninjs(value: Any) -> bool:
    """Tell ninjs by its ``uri`` beside any field that only news has."""
    keys = folded(value)
    named = keys.keys() & {
        "versioncreated",
        "headline",
        "headlines",
        "bodies",
        "pubstatus",
        "standard",
        "$standard",
        "type",
        "associations",
    }
    return "uri" in keys and (bool(named) or any(key.startswith(("body_", "headline_")) for key in keys))


def read(value: Any, place: str, schemas: Schemas | None = None) -> Item:
    """Read one document, held against our own rules and, where they are given, IPTC's *schemas*.

    Raises ``DatelineError`` with the path of the first fault, and for events.
    """
    fault = check(value)
    if fault:
        raise DatelineError(
            f"{place}: {fault.path}", f"not valid ninjs: {fault.problem}", "ask the agency for a valid document"
        )
    if schemas is not None:
        from dateline.wire import ninjs_schema  # few newsrooms bring any

        ninjs_schema.check(value, schemas, place)
    doc = folded(value)
    if text(doc.get("type")) in {"event", "planning"}:
        raise DatelineError(place, "an event or a plan, not a story", "remove it from the seeds")
    pictures = [found for found in _pictures(doc) if found]
    return Item(
        id=text(doc.get("uri")),
        version=text(doc.get("version")),
        url=text(doc.get("uri")),
        headline=_one(doc, "headline") or text(doc.get("title")),
        summary=one_line(_one(doc, "description", "summary")) if text(doc.get("type")) not in _PICTURES else "",
        body=_body(doc),
        byline=text(doc.get("by") or doc.get("byline")),
        place=text(doc.get("located")),
        kicker=text(doc.get("slugline")),
        created=text(doc.get("firstcreated")),
        changed=text(doc.get("versioncreated") or doc.get("contentcreated")),
        embargo=text(doc.get("embargoeduntil") or doc.get("embargoed")),
        expires=text(doc.get("expires")),
        lang=text(doc.get("language")),
        urgency=text(doc.get("urgency")).removesuffix(".0"),
        status=text(doc.get("pubstatus")),
        note=text(doc.get("ednote")),
        rights=" ".join(filter(None, (text(doc.get("copyrightnotice")), text(doc.get("usageterms"))))),
        agency=_agency(doc),
        tags=tuple(filter(None, (*_keywords(doc), *_names(doc, "event"), *_names(doc, "object")))),
        topics=tuple(_names(doc, "subject")),
        people=tuple(_names(doc, "person", "people")),
        places=tuple(_names(doc, "place")),
        organisations=tuple(_names(doc, "organisation")),
        subjects=tuple(_codes(doc)),
        image=pictures[0] if pictures else None,
    )


def _agency(doc: Mapping[str, Any]) -> str:
    sources = (text(row.get("name")) for row in rows(doc.get("infosource") or doc.get("infosources")))
    return next(filter(None, sources), "") or text(doc.get("copyrightholder"))


def _keywords(doc: Mapping[str, Any]) -> Iterator[str]:
    given = doc.get("keywords")
    if isinstance(given, list):
        yield from (text(word) or text(folded(word).get("name")) for word in given)


def _list(doc: Mapping[str, Any], *keys: str) -> list[dict[str, Any]]:
    return [row for key in keys for name in (key, f"{key}s") for row in rows(doc.get(name))]


def _names(doc: Mapping[str, Any], *keys: str) -> Iterator[str]:
    return filter(None, (text(row.get("name")) for row in _list(doc, *keys)))


def _codes(doc: Mapping[str, Any]) -> Iterator[str]:
    for row in _list(doc, "subject"):
        yield items.subject(text(row.get("uri") or row.get("code") or row.get("literal")), text(row.get("scheme")))


def _texts(doc: Mapping[str, Any], kind: str) -> list[tuple[str, str, str]]:
    """All versions of a text as (role, content type, value), of ``headlines`` as of ``headline_main``."""
    plural = "bodies" if kind == "body" else f"{kind}s"
    found = [
        (text(row.get("role")).lower(), text(row.get("contenttype")).lower(), text(row.get("value")))
        for row in rows(doc.get(plural))
    ]
    if text(doc.get(kind)):
        found.append(("main", "", text(doc.get(kind))))
    found += [(key.removeprefix(f"{kind}_"), "", text(doc[key])) for key in doc if key.startswith(f"{kind}_")]
    return [row for row in found if row[2].strip()]


def _one(doc: Mapping[str, Any], kind: str, preferred: str = "main") -> str:
    found = _texts(doc, kind)
    chosen = next((row for row in found if row[0] == preferred), None) or (found[0] if found else None)
    if chosen is None:
        return ""
    return from_html(chosen[2]) if _is_html(chosen) else chosen[2]


def _is_html(row: tuple[str, str, str]) -> bool:
    role, kind, value = row
    if kind == "text/plain":
        return False
    marked = "html" in kind or "html" in role or "rich" in role
    return marked or (value.lstrip().startswith("<") and value.rstrip().endswith(">"))


def _body(doc: Mapping[str, Any]) -> str:
    """Prefer the text with markup; a picture's caption is its body; audio and video show their description."""
    for kind in ("body", "description") if text(doc.get("type")) in _PICTURES | _SILENT else ("body",):
        found = _texts(doc, kind)
        best = (
            next((row for row in found if _is_html(row)), None)
            or next((row for row in found if row[0] == "main"), None)
            or (found[0] if found else None)
        )
        if best:
            body = from_html(best[2]) if _is_html(best) else from_text(best[2])
            if body:
                return body
    return ""


def _pictures(doc: Mapping[str, Any]) -> Iterator[Image | None]:
    """The document's own renditions if it is a picture, else those of its associations, the main one first."""
    if text(doc.get("type")) in _PICTURES:
        yield _picture(doc)
    given = doc.get("associations")
    named = (
        [{"name": name, **folded(row)} for name, row in given.items()] if isinstance(given, Mapping) else rows(given)
    )
    for row in sorted(
        named, key=lambda row: not any(word in text(row.get("name")).lower() for word in ("main", "feature"))
    ):
        if text(row.get("type")) in _PICTURES:
            yield _picture(row)


def _picture(doc: Mapping[str, Any]) -> Image | None:
    given = doc.get("renditions")
    listed = [folded(row) for row in given.values()] if isinstance(given, Mapping) else rows(given)
    images = [
        row
        for row in listed
        if not (mime := text(row.get("contenttype") or row.get("mimetype"))) or mime.startswith("image/")
    ]
    caption = one_line(_one(doc, "description", "caption"))
    alt = _one(doc, "headline") or text(doc.get("title"))
    credit = text(doc.get("by") or doc.get("byline")) or text(doc.get("copyrightholder"))
    return items.largest(
        items.picture(
            text(row.get("href")), alt=alt, caption=caption, credit=credit, size=(row.get("width"), row.get("height"))
        )
        for row in images
    )
