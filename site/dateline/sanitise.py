"""HTML that a stranger had a hand in -> HTML of an allow-list, with nothing in it that runs."""

from __future__ import annotations

import re
from typing import Final

import nh3

from dateline.prose_links import SCHEMES, is_address
from dateline.text import clean

_TEXT: Final = "a abbr b bdi br cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var wbr"
_BLOCKS: Final = (
    "blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr img li ol p pre summary "
    "table tbody td tfoot th thead tr ul"
)
_TAGS: Final = {*_TEXT.split(), *_BLOCKS.split()}
_ATTRIBUTES: Final = {
    "a": {"href", "hreflang", "title", "class"},
    "abbr": {"title"},
    "bdi": {"dir"},
    "blockquote": {"cite", "lang"},
    "code": {"class"},
    "del": {"datetime"},
    "div": {"class", "lang", "dir"},
    "img": {"alt", "height", "src", "title", "width"},
    "ins": {"datetime"},
    "li": {"id"},
    "ol": {"start"},
    "p": {"lang", "dir"},
    "q": {"cite", "lang"},
    "span": {"lang", "dir"},
    "sup": {"id"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
    "time": {"datetime"},
}
_VALUES: Final = {
    "align": re.compile(r"(?:left|center|right)\Z"),
    "class": re.compile(r"(?:footnote|footnote-ref|footnote-backref|language-[A-Za-z0-9_+-]{1,30})\Z"),
    "colspan": re.compile(r"[1-9]\d{0,2}\Z"),
    "datetime": re.compile(r"[0-9T:.+Z-]{4,35}\Z"),
    "dir": re.compile(r"(?:ltr|rtl|auto)\Z"),
    "height": re.compile(r"[1-9]\d{0,4}\Z"),
    "hreflang": re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z"),
    # Footnotes only: an id of a writer's choice could shadow one that the page's own parts go by.
    "id": re.compile(r"fn(?:ref\d*)?:[A-Za-z0-9_-]{1,60}\Z"),
    "lang": re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z"),
    "rowspan": re.compile(r"[1-9]\d{0,2}\Z"),
    "start": re.compile(r"\d{1,6}\Z"),
    "width": re.compile(r"[1-9]\d{0,4}\Z"),
}


def sanitise(html: str) -> str:
    """Keep of *html* what the allow-list names, balanced and without characters that no page may carry.

    Addresses are relative or of http, https, mailto, tel. Character references can stand for what
    ``clean`` drops, and dropping can join the halves of a scheme, so what was cleaned is sanitised again.
    Linear in the length of *html*.
    """
    once = _sanitise(html)
    washed = clean(once)
    return once if washed == once else clean(_sanitise(washed))


def _sanitise(html: str) -> str:
    safe = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )
    # One spelling of the no-break space, XML's too. The combining solidus would eat the end of a tag in NFC.
    return safe.replace("&nbsp;", "\xa0").replace(">\u0338", ">&#824;")


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name in {"href", "src", "cite"}:
        return value if is_address(value) else None
    pattern = _VALUES.get(name)
    return value if pattern is None or pattern.match(value) else None
