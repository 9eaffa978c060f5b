"""Entries -> fragments; a feed and its fragments -> the document. RSS and Atom by feedgen, JSON Feed by msgspec.

An entry stands in many feeds, so it is serialised once a format and its bytes are spliced into each of them.
feedgen makes one head and one entry of each shape, of placeholders; the texts of all others are filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from html import escape

import msgspec

from dateline import jsonfeed
from dateline.engine.digest import digest_of
from dateline.feed_forms import Form, Keep, anew, escape_attribute, escaped, fill, form, marks
from dateline.feed_short import shortened
from dateline.feed_values import (
    Content,
    FeedOptions,
    Picture,
    Shown,
    cleaned,
    last_change,
    options,
    rfc822,
    rfc3339,
    shown,
)
from dateline.page import Category, Entry, FeedFormat, FeedPage
from dateline.text import clean

__all__ = ["FeedOptions", "assemble", "fragments", "last_change", "options", "shell"]

FLOOR = 10  # entries kept before full text goes

_HEAD = 4096  # bytes set aside for a head, the same in all formats so that they list the same entries
_BOUNDS: dict[FeedFormat, tuple[str, str]] = {"rss": ("<item", "</item>"), "atom": ("<entry", "</entry>")}
_END: dict[FeedFormat, str] = {"rss": "</channel></rss>", "atom": "</feed>"}
_NEVER = datetime(1900, 1, 1, tzinfo=UTC)  # stands where a moment will; no story is that old
_LATER = _NEVER + timedelta(days=1)
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})


def fragments(
    entries: Sequence[Entry], kind: FeedFormat, options: FeedOptions, content: Content | None = None
) -> list[bytes]:
    """Serialise each of *entries* once: ``<item>…``, ``<entry>…`` or a JSON object, in the order given.

    *content* overrides the options'; ``"summary"`` leaves the full text out. Text that no document
    can carry is cleaned first. About 30 µs an entry of 3 KB; the first of a shape costs feedgen's 0.5 ms.
    Raises ``ValueError`` for a moment without time zone.
    """
    return [_fragment(entry, kind, options, content or options.content) for entry in entries]


def in_formats(
    entries: Sequence[Entry], kinds: Sequence[FeedFormat], options: FeedOptions, keep: Keep = anew
) -> list[dict[FeedFormat, bytes]]:
    """Serialise entries in several formats, each as ``fragments`` does; what formats share is made once. *keep*: forms.

    Step by step for all of them: a step that is repeated finds its code near.
    """
    ready = [shown(entry, options, options.content) for entry in entries]
    values = [_fit(each) for each in ready]
    found: list[dict[FeedFormat, bytes]] = [{} for _ in entries]
    for kind in kinds:
        for entry, each, leaves, made in zip(entries, ready, values, found, strict=True):
            data = b"" if leaves is None else _serialised(each, kind, leaves, keep)
            if not data or (kind == "json" and _unfit(data)):
                data = _fragment(entry, kind, options, options.content)
            made[kind] = data
    return found


def _fit(entry: Shown) -> list[bytes] | None:
    """List the texts of *entry* where a document can carry all of them: they are looked at once for all formats of XML."""
    try:
        values = _leaves(entry)
    except UnicodeEncodeError:  # a lone surrogate
        return None
    return None if _unfit(b"".join(values)) else values


def _fragment(entry: Entry, kind: FeedFormat, options: FeedOptions, content: Content) -> bytes:
    try:
        ready = shown(entry, options, content)
        made = _serialised(ready, kind, _leaves(ready))
    except UnicodeEncodeError:  # a lone surrogate
        made = b"\0"
    # Text is cleaned when it comes in; one that escaped must cost a second round, never a whole feed.
    if _unfit(made):
        ready = shown(cleaned(entry), options, content)
        made = _serialised(ready, kind, _leaves(ready))
    return made


def _unfit(made: bytes) -> bool:
    """Tell whether a control character, bare or as JSON spells it, or U+FFFE or U+FFFF is in *made*."""
    if len(made.translate(None, _CONTROLS)) != len(made):
        return True
    # One byte is ten times as fast to search for as three.
    return (b"\xef" in made and (b"\xef\xbf\xbe" in made or b"\xef\xbf\xbf" in made)) or (
        b"\\" in made and b"\\u00" in made
    )


def _serialised(entry: Shown, kind: FeedFormat, values: list[bytes], keep: Keep = anew) -> bytes:
    if kind == "json":
        return jsonfeed.item(entry)
    published = rfc822(entry.published) if kind == "rss" else entry.published.isoformat()
    counts = len(entry.authors), len(entry.categories)
    changed = entry.updated > entry.published
    return fill(_entry_form(keep, kind, counts, changed, tuple(map(bool, values))), [published.encode(), *values[1:]])


def _leaves(entry: Shown) -> list[bytes]:
    """List all texts of *entry*, escaped, in the order in which ``_blank`` takes them back; each format has its first."""
    image = entry.image
    values = ["-", entry.updated.isoformat(), entry.id, entry.url, entry.lang, entry.title]
    values += (entry.summary, entry.content, entry.rights, entry.source_url, *entry.authors)
    for category in entry.categories:
        values += (category.label, category.term, category.scheme)
    if image:
        values += (image.url, image.type, image.length, image.width, image.height, image.alt, image.credit)
    return escaped(values)


def _blank(tokens: Sequence[str], counts: tuple[int, int], changed: bool) -> Shown:
    """Build an entry of placeholders, the reverse of ``_leaves``."""
    first = 10 + counts[0]
    last = first + 3 * counts[1]
    return Shown(
        published=_NEVER,
        updated=_LATER if changed else _NEVER,
        id=tokens[2],
        url=tokens[3],
        lang=tokens[4],
        title=tokens[5],
        plain="",
        summary=tokens[6],
        content=tokens[7],
        rights=tokens[8],
        source_url=tokens[9],
        authors=tuple(tokens[10:first]),
        categories=tuple(Category(*tokens[i : i + 3]) for i in range(first, last, 3)),
        image=Picture(*tokens[last:]) if tokens[last:] else None,
    )


@lru_cache(maxsize=1024)
def _entry_form(
    keep: Keep, kind: FeedFormat, counts: tuple[int, int], changed: bool, present: tuple[bool, ...]
) -> Form:
    """Have feedgen make an entry of this shape and cut out its element. The head around it is no matter."""

    def make() -> Form:
        from dateline.feed_maker import document

        around = _blank_feed(kind, ())
        made = document(around, FeedOptions(author="x", generator="x"), [_blank(marks(present), counts, changed)])
        start, end = _BOUNDS[kind]
        element = made[made.index(start) : made.index(end) + len(end)]
        return form(element, {rfc822(_NEVER): 0, _NEVER.isoformat(): 0, _LATER.isoformat(): 1})

    return keep(digest_of((kind, counts, changed, present)), make)


def assemble(
    feed: FeedPage,
    fragments: Sequence[bytes],
    options: FeedOptions,
    short: Sequence[bytes] | None = None,
    sizes: Sequence[int] | None = None,
    keep: Keep = anew,
) -> bytes:
    """Join the head of *feed* and its *fragments*, newest first as the feed names them, into the document.

    Over ``max_bytes`` the oldest entries go, down to ten; if that is not enough the full texts go instead, and of
    the *short* entries (cut from the full ones if not given), too, the newest that fit stay, at least one. An archive
    keeps all its entries.
    *sizes* are what the budget counts instead of the fragments' own lengths: hand all formats of a feed the same
    (an entry's largest over the formats) and they list the same entries. About 30 µs and one copy of the bytes.
    """
    if feed.format == "json":
        head, tail, separator = jsonfeed.head(_safe(feed), options), jsonfeed.TAIL, b","
    else:
        head, tail, separator = shell(feed, options, keep), f"{_END[feed.format]}\n".encode(), b"\n"
    room = options.max_bytes - max(_HEAD, len(head) + len(tail))
    kept = _kept(fragments, room, sizes)
    floor = len(fragments) if feed.archive else min(FLOOR, len(fragments))
    if kept < floor:
        fragments = short or [shortened(fragment, feed.format) for fragment in fragments]
        kept = _kept(fragments, room, None)
    if feed.archive:
        kept = len(fragments)
    return _joined(head, fragments[: max(kept, 1)], separator, tail)


def _joined(head: bytes, fragments: Sequence[bytes], separator: bytes, tail: bytes) -> bytes:
    """Copy the bytes once: two joins would copy them twice."""
    pieces = [separator] * (2 * len(fragments) + 1)
    pieces[1::2] = fragments
    pieces[-1] = tail
    return b"".join((head, *(pieces[1:] if fragments else pieces)))


def _kept(fragments: Sequence[bytes], room: int, sizes: Sequence[int] | None) -> int:
    """Count the newest entries that fit into *room* with their separators."""
    sizes = sizes or [len(fragment) for fragment in fragments]
    kept = len(sizes)
    total = sum(sizes) + kept
    while kept and total > room:
        kept -= 1
        total -= sizes[kept] + 1
    return kept


_TEXTS = ("url", "id", "title", "description", "lang", "home", "current", "previous", "next")


def shell(feed: FeedPage, options: FeedOptions, keep: Keep = anew) -> bytes:
    """Make the head of an RSS or Atom document: all that stands before the first entry, tombstones included.

    The same bytes as feedgen makes of the same values, at a fiftieth of its cost.
    """
    moment = rfc822(feed.updated) if feed.format == "rss" else rfc3339(feed.updated)
    texts = _texts(feed)
    shape = _head_form(keep, feed.format, feed.archive, tuple(map(bool, texts)), options)
    stones = (
        b'<at:deleted-entry ref="%b" when="%b"/>\n' % (escape_attribute(_text(id_)), rfc3339(when).encode())
        for id_, when in (feed.tombstones if feed.format == "atom" else ())
    )
    return b"".join((fill(shape, escaped([*texts, moment])), b"\n", *stones))


@lru_cache(maxsize=256)
def _head_form(keep: Keep, kind: FeedFormat, archive: bool, present: tuple[bool, ...], options: FeedOptions) -> Form:
    def make() -> Form:
        from dateline.feed_maker import document

        made = document(_blank_feed(kind, present, archive), options)
        if options.stylesheet:  # feedgen cannot
            link = f'<?xml-stylesheet type="text/css" href="{escape_attribute(options.stylesheet).decode()}"?>'
            made = made.replace("\n", f"\n{link}\n", 1)
        return form(made.removesuffix(_END[kind]), {rfc822(_NEVER): len(_TEXTS), _NEVER.isoformat(): len(_TEXTS)})

    return keep(digest_of((kind, archive, present, options)), make)


def _blank_feed(kind: FeedFormat, present: Sequence[bool], archive: bool = False) -> FeedPage:
    tokens = marks(present or [True] * len(_TEXTS))
    texts = dict(zip(_TEXTS, tokens, strict=True))
    values = {"path": "", "format": kind, "updated": _NEVER, "entries": (), "archive": archive, **texts}
    return msgspec.convert(values, FeedPage)


def _texts(feed: FeedPage) -> list[str]:
    """List the feed's texts, cleaned; its address stands in for a title, its title for a description."""
    title = _text(feed.title) or feed.url
    description = _text(feed.description) or title
    if feed.format == "rss":
        description = escape(description, quote=False)  # as in feed_maker
    given = (feed.url, feed.id, title, description, feed.lang, feed.home)
    return [_text(text) for text in (*given, feed.current, feed.previous, feed.next)]


def _safe(feed: FeedPage) -> FeedPage:
    return msgspec.structs.replace(feed, **dict(zip(_TEXTS, _texts(feed), strict=True)))


def _text(text: str) -> str:
    return text if text.isprintable() else clean(text)
