"""A file of any format that news arrives in -> its Stories.

``read`` is the one way in. It looks at the content, not at the suffix; formats are modules of this package, loaded
when the first file needs them. Nothing here touches the network or the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dateline.article import Story
from dateline.errors import DatelineError, Problem
from dateline.settings import Settings
from dateline.wire.sniff import sniff

if TYPE_CHECKING:
    from dateline.wire.item import Item
    from dateline.wire.ninjs_library import Schemas
    from dateline.wire.readers import Reader

_OWN = frozenset(
    (
        "",
        "txt",
        "text",
        "md",
        "xml",
        "json",
        "rss",
        "atom",
        "rdf",
        "nitf",
        "html",
        "htm",
        "xhtml",
        "sgm",
        "sgml",
        "iptc",
        "anpa",
    )
)


class Parcel(Struct, frozen=True):
    """The stories of one file, and what is wrong with those that could not be read."""

    stories: tuple[Story, ...]
    problems: tuple[Problem, ...] = ()


def read(data: bytes, *, name: str, settings: Settings, schemas: Schemas | None = None) -> list[Story]:
    """Read every story in *data*, which came under *name*; ids and slugs stay empty, the desk mints them.

    Of a file with many stories the good ones are given even if others are broken; ``unpack`` tells of those.
    Raises ``DatelineError`` with file, problem and remedy where there is none: an empty, oversized, binary,
    broken or unknown file. Linear in its size.
    """
    parcel = unpack(data, name=name, settings=settings, schemas=schemas)
    if not parcel.stories:
        problem = parcel.problems[0]
        raise DatelineError(problem.place, problem.problem, problem.remedy)
    return list(parcel.stories)


def unpack(data: bytes, *, name: str, settings: Settings, schemas: Schemas | None = None) -> Parcel:
    """Read as ``read`` does, and report the stories that could not be read beside those that could.

    A parcel without stories has at least one problem. ninjs is held against *schemas*, where they are given.
    """
    stories: list[Story] = []
    problems: list[Problem] = []
    try:
        _bounded(data, name, settings)
        for each in _attempts(data, name, settings, schemas):
            try:
                stories += each()
            except DatelineError as error:
                problems.append(error.problem)
    except DatelineError as error:
        problems.append(error.problem)
    if not stories and not problems:
        problems.append(DatelineError(name, "no story in it", "remove it from the seeds").problem)
    return Parcel(tuple(stories), tuple(problems))


def _bounded(data: bytes, name: str, settings: Settings) -> None:
    if not data.strip():
        raise DatelineError(name, "the file is empty", "remove it from the seeds")
    if len(data) > settings.limits.seed:
        raise DatelineError(
            name,
            f"{len(data):,} bytes are more than limits.seed allows ({settings.limits.seed:,})",
            "split it or raise the limit",
        )


Attempt = Callable[[], Iterable[Story]]


def _attempts(data: bytes, name: str, settings: Settings, schemas: Schemas | None) -> Iterator[Attempt]:
    """One attempt for each story, so that a broken one does not stop the others."""
    found = _plugged(name)
    if found:
        yield lambda: found(data, name=name, settings=settings)
        return
    kind = sniff(data, name)
    if kind == "plain":
        yield lambda: [_plain(data, name, settings)]
    elif kind == "frame":
        yield from _framed(data, name, settings)
    else:
        yield from (_one(item, name, settings) for item in _items(kind, data, name, schemas))


def is_plain(data: bytes, name: str) -> bool:
    """Whether *data* is read as plain copy: people wrote it, and no reader of its own has taken its suffix."""
    return not _plugged(name) and sniff(data, name) == "plain"


def _plugged(name: str) -> Reader | None:
    suffix = name.rpartition("/")[2].rpartition(".")[2].lower() if "." in name.rpartition("/")[2] else ""
    if suffix in _OWN:
        return None
    from dateline.wire.readers import reader  # looking for plug-ins costs milliseconds

    return reader(suffix)


def _one(item: Item | DatelineError, name: str, settings: Settings) -> Attempt:
    def attempt() -> list[Story]:
        from dateline.wire import item as items  # only machine formats need it

        if isinstance(item, DatelineError):
            raise item
        return [items.story(item, f"{name} ({item.id})" if item.id else name, settings)]

    return attempt


def _plain(data: bytes, name: str, settings: Settings) -> Story:
    from dateline.wire import plain  # loaded by the first file that needs it, as all formats are
    from dateline.wire.decode import decode

    defaults = plain.PlainDefaults(settings.ingest.agency, settings.ingest.section, settings.ingest.lang)
    return plain.read(decode(data, name), name=name, zone=settings.timezone, defaults=defaults)


def _framed(data: bytes, name: str, settings: Settings) -> Iterator[Attempt]:
    from dateline.wire import anpa, iptc7901
    from dateline.wire.frames import SOH

    module = anpa if anpa.is_anpa(data) else iptc7901
    for part in data.split(SOH)[1:]:
        yield lambda part=part: module.read(SOH + part, name, settings)  # type: ignore[misc]


def _items(kind: str, data: bytes, name: str, schemas: Schemas | None) -> Iterator[Item | DatelineError]:
    if kind == "json":
        yield from _json(data, name, schemas)
    elif kind == "xml":
        yield from _xml(data, name)
    else:
        from dateline.wire import html, reuters21578, xml

        text = xml.text(data, name) if kind == "html" else data.decode("latin-1")
        yield from reuters21578.read(text) if kind != "html" else [html.read(text)]


def _json(data: bytes, name: str, schemas: Schemas | None) -> Iterator[Item | DatelineError]:
    """One document, a list of documents, or a feed."""
    from dateline.wire import digitalwires, feeds, jsontext, ninjs

    value = jsontext.parse(data, name)
    if feeds.is_json_feed(value):
        yield from feeds.read_json(value, name)
        return
    entries = value.get("entries") if isinstance(value, dict) else value
    documents = entries if isinstance(entries, list) else [value]
    for number, document in enumerate(documents):
        place = name if len(documents) == 1 else f"{name}[{number}]"
        try:
            if digitalwires.is_digitalwires(document):
                yield digitalwires.read(document, place)
            elif ninjs.is_ninjs(document):
                yield ninjs.read(document, place, schemas)
            else:
                yield DatelineError(
                    place, "JSON of no known news format", "known are ninjs, dpa digitalwires and JSON Feed"
                )
        except DatelineError as error:
            yield error


def _xml(data: bytes, name: str) -> Iterator[Item | DatelineError]:
    from dateline.wire import feeds, newsml1, newsml_g2, nitf, xml

    root = xml.parse(data, name)
    kind = xml.local(root)
    if kind in feeds.ROOTS:
        yield from feeds.read(root, name)
    elif kind in newsml_g2.ROOTS:
        yield from newsml_g2.read(root, name)
    elif kind == "NewsML":
        yield from newsml1.read(root, name)
    elif kind == "nitf":
        yield nitf.read(root)
    elif kind == "html":
        from dateline.wire import html

        yield html.read(xml.text(data, name))
    else:
        raise DatelineError(
            name, f"XML of no known news format: <{kind}>", "known are RSS, Atom, NewsML-G2, NITF and NewsML 1.2"
        )
