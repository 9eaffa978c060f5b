"""RSS 0.9x, 1.0, 2.0 and Atom -> Items, by feedparser; ids kept, full text preferred to summaries.

feedparser gets bytes that libxml2 and expat have accepted, in a stream (a string it would take for an address
or a file to open), and neither sanitises nor resolves: its sanitiser costs quadratic time on hostile HTML, and
``markdown.from_html`` keeps nothing but words, links and pictures anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from dateline.article import Image
from dateline.errors import DatelineError
from dateline.wire import item as items
from dateline.wire.item import Item
from dateline.wire.jsontext import rows, text, texts
from dateline.wire.markdown import from_html, from_text
from dateline.wire.markup import tokens

if TYPE_CHECKING:
    from dateline.wire.xml import Element

ROOTS = frozenset({"rss", "feed", "RDF", "channel"})
_SPACE = re.compile(r"\s+")
_BLANKS = 100  # characters of white space in a row that mean something
_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")
_MARKED = re.compile(r"<[a-zA-Z/!]|&#?\w+;")


def read(root: Element, place: str) -> Iterator[Item]:
    """Read every entry of the feed that *root* is. Raises ``DatelineError`` where there is none."""
    import feedparser  # 100 ms that plain copy need not pay
    from lxml import etree

    # feedparser takes leading blank lines off one by one, each at the cost of all the others.
    written: str = etree.tostring(root, encoding="unicode").replace("&#13;", "\n")
    data = _SPACE.sub(lambda run: run[0][:_BLANKS], written).encode("utf-8")
    _well_formed(data, place)
    parsed = feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries:
        raise DatelineError(place, "a feed without entries", "remove it from the seeds, or fetch it again")
    # As plain mappings: feedparser's own warn where an entry has no ``updated``.
    feed = dict(parsed.feed)
    for entry in parsed.entries:
        yield _entry(dict(entry), feed)


def _well_formed(data: bytes, place: str) -> None:
    """Refuse what expat refuses: feedparser would fall back to a parser that is not linear."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DatelineError(
            f"{place}:{error.lineno}",
            f"XML that is not well formed: {expat.ErrorString(error.code)}",
            "ask for the feed again",
        ) from None


def _entry(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> Item:
    link = items.web(text(entry.get("link")))
    summary = text(entry.get("summary"))
    contents = [(text(found.get("value")), text(found.get("type"))) for found in entry.get("content", [])]
    full = max(contents, key=lambda found: len(found[0]), default=("", ""))
    short = len(full[0]) < len(summary)
    source, kind = (summary, text((entry.get("summary_detail") or {}).get("type"))) if short else full
    body = _markdown(source, kind, link)
    teaser = "" if short or summary == full[0] else _words(summary)
    return Item(
        id=text(entry.get("id")) or link,
        url=link,
        headline=_words(text(entry.get("title"))),
        summary=teaser,
        body=body,
        excerpt=(short or not full[0].strip()) and items.is_cut(body),
        authors=tuple(filter(None, (text(found.get("name")) for found in entry.get("authors", [])))),
        created=_created(entry, feed),
        changed=_moment(entry, "updated"),
        expires=_moment(entry, "expired"),
        lang=text(entry.get("language"))
        or text((entry.get("title_detail") or {}).get("language"))
        or text(feed.get("language")),
        agency=text((entry.get("source") or {}).get("title")) or text(feed.get("title")),
        rights=_words(text(entry.get("rights")) or text(feed.get("rights"))),
        tags=tuple(text(found.get("label")) or text(found.get("term")) for found in entry.get("tags", [])),
        image=_image(entry, source),
    )


def _created(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> str:
    """Date an entry by itself, else by its feed: RSS 0.91 dates nothing else."""
    own = next(filter(None, (_moment(entry, key) for key in ("published", "created", "updated"))), "")
    return own or _moment(feed, "updated") or _moment(feed, "published")


def _moment(source: Mapping[str, Any], key: str) -> str:
    """Take what feedparser makes of a date; where it gives up, the text itself is tried."""
    parsed = source.get(f"{key}_parsed")
    if parsed and not _DAY.fullmatch(text(source.get(key)).strip()):
        year, month, day, hour, minute, second = parsed[:6]
        return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    return text(source.get(key))


def _words(source: str) -> str:
    """Titles and summaries are words only, whichever markup they came in."""
    return (
        " ".join(piece.text for piece in tokens(source) if piece.kind == "text") if _MARKED.search(source) else source
    )


def _markdown(source: str, kind: str, base: str) -> str:
    """RSS never says whether a description is text or HTML; a tag or a character reference in it does."""
    plain = kind == "text/plain" and not _MARKED.search(source)
    return from_text(source) if plain else from_html(source, base=base)


def _image(entry: Mapping[str, Any], source: str) -> Image | None:
    found = items.largest(_pictures(entry))
    if found:
        return found
    for piece in tokens(source[:100_000]):
        if piece.name == "img" and piece.kind == "start":
            return items.picture(items.web(piece.attributes.get("src", "")), alt=piece.attributes.get("alt", ""))
    return None


def _pictures(entry: Mapping[str, Any]) -> Iterator[Image | None]:
    credit = " ".join(filter(None, (text(found.get("content")) for found in entry.get("media_credit", []))))
    for found in (*entry.get("media_content", []), *entry.get("media_thumbnail", [])):
        if text(found.get("medium")) in {"", "image"} and (text(found.get("type")) or "image/").startswith("image/"):
            yield items.picture(
                items.web(text(found.get("url"))), credit=credit, size=(found.get("width"), found.get("height"))
            )
    for found in entry.get("links", []):
        if text(found.get("rel")) == "enclosure" and text(found.get("type")).startswith("image/"):
            yield items.picture(items.web(text(found.get("href"))), credit=credit)


def is_json_feed(value: Any) -> bool:
    """Tell a JSON Feed by the address of its version."""
    return isinstance(value, Mapping) and "jsonfeed.org/version/" in str(value.get("version", ""))


def read_json(value: Any, place: str) -> Iterator[Item]:
    """Read a JSON Feed 1.0 or 1.1. Raises ``DatelineError`` where ``items`` is missing or empty."""
    found = rows(value.get("items"))
    if not found:
        raise DatelineError(
            f"{place}: $.items", "a feed without entries", "remove it from the seeds, or fetch it again"
        )
    for row in found:
        yield _json_entry(row, value)


def _json_entry(row: Mapping[str, Any], feed: Mapping[str, Any]) -> Item:
    link = items.web(text(row.get("url")))
    html, plain, summary = (text(row.get(key)) for key in ("content_html", "content_text", "summary"))
    body = from_html(html, base=link) if html else from_text(plain)
    people = rows(row.get("authors") or row.get("author") or feed.get("authors") or feed.get("author"))
    return Item(
        id=text(row.get("id")) or link,
        url=link or items.web(text(row.get("external_url"))),
        headline=text(row.get("title")),
        summary=summary,
        body=body,
        excerpt=items.is_cut(body),
        authors=tuple(text(found.get("name")) for found in people),
        created=text(row.get("date_published")),
        changed=text(row.get("date_modified")),
        lang=text(row.get("language")) or text(feed.get("language")),
        agency=text(feed.get("title")),
        tags=tuple(texts(row.get("tags"))),
        image=items.picture(items.web(text(row.get("image")) or text(row.get("banner_image")))),
    )
