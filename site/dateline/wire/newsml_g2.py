"""NewsML-G2 news items, packages and messages -> Items.

Source: IPTC NewsML-G2 2.35. A message's items become a story each; a package that comes alone becomes one
story that lists what it refers to. Concept, knowledge and planning items are no stories and refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dateline.article import Image
from dateline.errors import DatelineError
from dateline.wire import item as items
from dateline.wire import nitf
from dateline.wire.item import Item
from dateline.wire.markdown import from_html, from_text
from dateline.wire.xml import child, children, local, markup, named, said, value, words

if TYPE_CHECKING:
    from dateline.wire.xml import Element

ROOTS = frozenset(
    {"newsItem", "packageItem", "newsMessage", "itemSet", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"}
)
_PEOPLE = ("cpnat:person",)
_ORGANISATIONS = ("cpnat:organisation", "cpnat:organization")
_PLACES = ("cpnat:geoArea", "cpnat:poi")
_PREFIXES = {"mediatopic": "medtop", "cat": "subj"}


def read(root: Element, place: str) -> Iterator[Item]:
    """Read every story of the document. Raises ``DatelineError`` where there is none."""
    found = [root] if local(root) == "newsItem" else list(named(root, "newsItem"))
    if found:
        yield from map(_item, found)
        return
    packages = [root] if local(root) == "packageItem" else list(named(root, "packageItem"))
    if not packages:
        raise DatelineError(
            place,
            f"no news in this {local(root)}: concepts, plans and catalogues are no stories",
            "remove it from the seeds",
        )
    yield from map(_package, packages)


def _item(root: Element) -> Item:
    meta, content = child(root, "itemMeta"), child(root, "contentMeta")
    kind = _code(child(meta, "itemClass")).rpartition(":")[2]
    inner = _inner(root)
    body = _body(root)
    picture = _image(root, content, kind)
    caption = _described(content, ("caption", "dopesheet", "")) or " ".join(
        words(found) for found in children(content, "description")
    )
    return Item(
        id=value(root, "guid"),
        version=value(root, "version"),
        url=_link(meta),
        headline=_headline(content) or said(meta, "title") or (inner.headline if inner else ""),
        summary=""
        if kind == "picture"
        else _described(content, ("summary", "abstract", "")) or (inner.summary if inner else ""),
        body=body or (from_text(caption) if kind in {"picture", "graphic", "video", "audio"} else ""),
        byline=said(content, "by") or (inner.byline if inner else ""),
        authors=()
        if said(content, "by") or (inner and inner.byline)
        else tuple(map(_name, children(content, "creator"))),
        place=_name(child(content, "located")) or (inner.place if inner else ""),
        kicker=said(content, "slugline"),
        created=said(meta, "firstCreated") or said(content, "contentCreated") or said(meta, "versionCreated"),
        changed=said(meta, "versionCreated"),
        embargo=said(meta, "embargoed"),
        expires=value(child(root, "rightsInfo"), "validto") or said(meta, "expires"),
        lang=value(child(content, "language"), "tag") or value(root, "lang"),
        urgency=said(content, "urgency"),
        status=_status(meta),
        signal=" ".join(_code(found).rpartition(":")[2] for found in children(meta, "signal")),
        note=" ".join(words(found) for found in children(meta, "edNote")),
        rights=_rights(root),
        agency=_agency(root, meta, content),
        section=_name(child(meta, "service")),
        tags=(
            *(words(found) for found in children(content, "keyword")),
            *_subjects(content, ("cpnat:event", "cpnat:object")),
        ),
        topics=_subjects(content, ("cpnat:abstract", "")),
        people=_subjects(content, _PEOPLE),
        organisations=_subjects(content, _ORGANISATIONS),
        places=_subjects(content, _PLACES),
        subjects=tuple(_codes(content)),
        image=picture or (inner.image if inner else None),
    )


def _package(root: Element) -> Item:
    """A package alone: its references are all that there is to read."""
    item = _item(root)
    parts: list[str] = []
    for found in named(root, "itemRef"):
        title, text = said(found, "title") or said(found, "headline"), said(found, "description")
        parts += [f"<h2>{_escaped(title)}</h2>" if title else "", f"<p>{_escaped(text)}</p>"]
    item.body = from_html("".join(parts))
    item.note = ""
    return item


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _inner(root: Element) -> Item | None:
    found = next(named(root, "nitf"), None)
    return nitf.read(found) if found is not None else None


def _body(root: Element) -> str:
    """The first inline content that has words: XHTML, NITF or other XML, then plain data."""
    for found in named(root, "inlineXML"):
        content = next(named(found, "body.content"), None)
        if content is not None:
            body = nitf.body_text(content)
        else:
            inside = next(named(found, "body"), found)
            body = from_html(markup(inside, {}, frozenset({"head", "script", "style"})))
        if body:
            return body
    for found in named(root, "inlineData"):
        text = "".join(str(piece) for piece in found.itertext())
        body = from_html(text) if "html" in value(found, "contenttype") else from_text(text)
        if body and value(found, "encoding") == "":
            return body
    return ""


def _headline(content: Element | None) -> str:
    found = children(content, "headline")
    main = next((each for each in found if value(each, "role").rpartition(":")[2] in {"", "main"}), None)
    return words(main if main is not None else found[0]) if found else ""


def _described(content: Element | None, roles: tuple[str, ...]) -> str:
    """The description with the first of these roles that there is."""
    found = {value(each, "role").rpartition(":")[2]: words(each) for each in reversed(children(content, "description"))}
    return next((found[role] for role in roles if found.get(role)), "")


def _code(element: Element | None) -> str:
    """A code as ``alias:value``, from a QCode or from the URI of an IPTC vocabulary."""
    code = value(element, "qcode") or items.subject(value(element, "uri")) or value(element, "literal")
    alias, colon, rest = code.partition(":")
    return f"{_PREFIXES.get(alias, alias)}{colon}{rest}"


def _name(element: Element | None) -> str:
    return said(element, "name")


def _status(meta: Element | None) -> str:
    return _code(child(meta, "pubStatus")).rpartition(":")[2]


def _link(meta: Element | None) -> str:
    links = children(meta, "link")
    return next(
        (
            value(found, "href")
            for found in links
            if value(found, "rel").rpartition(":")[2] in {"permalink", "canonical"}
        ),
        "",
    )


def _rights(root: Element) -> str:
    found = child(root, "rightsInfo")
    return " ".join(filter(None, (said(found, "copyrightNotice"), said(found, "usageTerms"))))


def _agency(root: Element, meta: Element | None, content: Element | None) -> str:
    """Who made it: the information source's name, the provider's, the copyright holder's, the provider's code."""
    provider = child(meta, "provider")
    return (
        _name(child(content, "infoSource"))
        or _name(provider)
        or value(provider, "literal")
        or value(provider, "qcode").rpartition(":")[2]
        or _name(child(root, "rightsInfo", "copyrightHolder"))
    )


def _subjects(content: Element | None, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the subjects of these kinds; a subject without kind counts as a topic."""
    return tuple(_name(found) for found in children(content, "subject") if _kind(found) in kinds)


def _kind(subject: Element) -> str:
    kind = value(subject, "type") or items.subject(value(subject, "typeuri")).replace("cpnature:", "cpnat:")
    return kind if kind.startswith("cpnat:") else ""


def _codes(content: Element | None) -> Iterator[str]:
    for found in children(content, "subject"):
        if _kind(found) in {"", "cpnat:abstract"}:
            yield _code(found)


def _image(root: Element, content: Element | None, kind: str) -> Image | None:
    """Pictures among the renditions; those of a video are its stills."""
    caption, credit = (
        _described(content, ("caption", "")),
        said(content, "creditline") or _name(child(content, "creator")),
    )
    return items.largest(
        items.picture(
            value(found, "href"),
            alt=_headline(content),
            caption=caption if kind == "picture" else "",
            credit=credit,
            size=(value(found, "width"), value(found, "height")),
        )
        for found in named(root, "remoteContent")
        if value(found, "contenttype").startswith("image/")
    )
