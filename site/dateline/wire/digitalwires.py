"""dpa digitalwires JSON -> Item. The non-public part of dpa's notebook is never read.

Source: documents of the format ``digitalwires@0.9``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dateline.article import Image
from dateline.errors import DatelineError
from dateline.text import one_line
from dateline.wire import item as items
from dateline.wire.item import Item
from dateline.wire.jsontext import folded, rows, text, texts
from dateline.wire.markdown import from_html, from_text

_TEXTS = (
    "headline",
    "teaser",
    "byline",
    "kicker",
    "article_html",
    "version_created",
    "urn",
    "language",
    "copyrightnotice",
)


def is_digitalwires(value: Any) -> bool:
    """Tell the format by its name, or by a ``urn`` beside an ``article_html``."""
    return isinstance(value, Mapping) and (
        str(value.get("format", "")).startswith("digitalwires") or ("urn" in value and "article_html" in value)
    )


def read(value: Any, place: str) -> Item:
    """Read one entry. Raises ``DatelineError`` with the field that has the wrong type."""
    doc = folded(value)
    for key in _TEXTS:
        if doc.get(key) is not None and not isinstance(doc[key], str):
            raise DatelineError(
                f"{place}: $.{key}", "not valid digitalwires: text expected", "ask the agency for a valid document"
            )
    kinds = list(_categories(doc))
    return Item(
        id=text(doc.get("urn")) or text(doc.get("entry_id")),
        version=text(doc.get("version")),
        headline=text(doc.get("headline")),
        summary=from_html(text(doc.get("teaser"))) if "<" in text(doc.get("teaser")) else text(doc.get("teaser")),
        body="\n\n".join(filter(None, (_body(doc), from_html(text(doc.get("infobox_html")))))),
        byline=text(doc.get("byline")),
        place=_city(text(doc.get("dateline"))),
        kicker=text(doc.get("kicker")),
        created=text(doc.get("content_created")),
        changed=text(doc.get("version_created")) or text(doc.get("updated")),
        embargo=text(doc.get("embargoed")),
        expires=text(doc.get("expires")),
        lang=text(doc.get("language")),
        urgency=text(doc.get("urgency")),
        status=text(doc.get("pubstatus")),
        signal=" ".join(texts(doc.get("signal")) or texts(doc.get("signals"))).rpartition(":")[2],
        note=_ednote(doc),
        rights=" ".join(filter(None, (text(doc.get("copyrightnotice")), text(doc.get("usageterms"))))),
        agency=next((name for kind, name, _ in kinds if kind == "provider"), "")
        or text(doc.get("creditline"))
        or "dpa",
        section=next((name for kind, name, _ in kinds if kind == "ressort"), ""),
        tags=tuple(name for kind, name, _ in kinds if kind == "keyword"),
        topics=tuple(name for kind, name, _ in kinds if kind == "dpasubject"),
        people=tuple(name for kind, name, _ in kinds if kind == "person"),
        organisations=tuple(name for kind, name, _ in kinds if kind in {"organisation", "company"}),
        places=tuple(name for kind, name, _ in kinds if kind in {"geosubject", "poi"}),
        subjects=tuple(code for _, _, code in kinds if code.startswith(("medtop:", "subj:", "dpasubject:"))),
        image=next(filter(None, map(_picture, rows(doc.get("associations")))), None),
    )


def _body(doc: Mapping[str, Any]) -> str:
    return from_html(text(doc.get("article_html"))) or from_text(text(doc.get("article_text")))


def _city(dateline: str) -> str:
    return dateline.partition("(")[0].strip(" -")


def _categories(doc: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Categories as (kind, name, code), by rank."""
    found = sorted(
        rows(doc.get("categories")), key=lambda row: row["rank"] if isinstance(row.get("rank"), int) else 999
    )
    for row in found:
        yield text(row.get("type")).rpartition(":")[2], text(row.get("name")), text(row.get("qcode"))


def _ednote(doc: Mapping[str, Any]) -> str:
    """Only what says something of this version: contacts and closing lines are the agency's own business."""
    kinds = ("dpaednotetype:correction", "dpaednotetype:withdrawal", "correction", "withdrawal")
    return " ".join(
        text(row.get("ednote") or row.get("text"))
        for row in rows(doc.get("ednotes"))
        if text(row.get("role") or row.get("type")).startswith(kinds)
    ).strip()


def _picture(row: Mapping[str, Any]) -> Image | None:
    if text(row.get("type")) not in {"image", "picture", "graphic"}:
        return None
    alt = one_line(text(row.get("headline")))
    caption, credit = (
        one_line(text(row.get("caption"))),
        one_line(text(row.get("creditline")) or text(row.get("byline"))),
    )
    shown = [found for found in rows(row.get("renditions")) if text(found.get("role")) != "thumbnail"]
    return items.largest(
        items.picture(
            text(found.get("url") or found.get("href")),
            alt=alt,
            caption=caption,
            credit=credit,
            size=(found.get("width"), found.get("height")),
        )
        for found in shown
    )
