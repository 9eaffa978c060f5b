"""Reuters-21578 SGML -> Items: the collection that classifiers have been measured on since 1987.

A tolerant scan for its fixed set of tags; the document type in its first line is passed over, never read.
Source: the README of Reuters-21578, distribution 1.0.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dateline.text import clean
from dateline.wire.item import Item
from dateline.wire.markdown import from_text

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DATE = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4}) (\d\d):(\d\d)")
_ATTRIBUTE = re.compile(r'(\w+)="([^"<>]*)"')
_TAG = re.compile(r"<[^<>]*>")


def read(text: str) -> Iterator[Item]:
    """Read each ``<REUTERS>`` element. Linear: every search ends at the element's own end."""
    at = text.find("<REUTERS")
    while at >= 0:
        following = text.find("<REUTERS", at + 8)
        yield _item(text[at : following if following >= 0 else len(text)])
        at = following


def _item(element: str) -> Item:
    attributes = dict(_ATTRIBUTE.findall(element[: element.find(">") + 1]))
    number = attributes.get("NEWID", "")
    content = _inside(element, "TEXT")
    place = _text(_inside(content, "DATELINE"))
    headed = "<BODY" in content or "<TITLE" in content
    body = _inside(content, "BODY") if headed else _TAG.sub("", content)
    return Item(
        id=f"reuters-21578:{number}" if number else "",
        headline=_text(_inside(content, "TITLE")).strip("* "),
        body=from_text(_without_end(_text(body))),
        byline=_text(_inside(content, "AUTHOR")),
        place=re.split(r",\s+(?:[A-Z][a-z]{2,8}\.? \d)", place)[0].strip(" -"),
        created=_date(_inside(element, "DATE")),
        lang="en",
        agency="Reuters",
        tags=_names(element, "TOPICS"),
        places=_names(element, "PLACES"),
        people=_names(element, "PEOPLE"),
        organisations=_names(element, "ORGS"),
    )


def _inside(element: str, name: str) -> str:
    start = element.find(f"<{name}")
    start = element.find(">", start) + 1 if start >= 0 else 0
    end = element.find(f"</{name}>", start)
    return element[start:end] if start and end >= 0 else ""


def _text(source: str) -> str:
    return clean(html.unescape(source)).strip("\n ")


def _without_end(text: str) -> str:
    """Take the end mark off that closes every story."""
    return text.rstrip().removesuffix("REUTER").removesuffix("Reuter").rstrip()


def _names(element: str, name: str) -> tuple[str, ...]:
    return tuple(_text(part.partition("</D>")[0]) for part in _inside(element, name).split("<D>")[1:])


def _date(source: str) -> str:
    found = _DATE.search(source)
    if not found or found[2] not in _MONTHS:
        return ""
    return f"{found[3]}-{_MONTHS.index(found[2]) + 1:02}-{int(found[1]):02}T{found[4]}:{found[5]}Z"
