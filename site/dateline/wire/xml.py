"""XML of a stranger -> an element tree, without DTDs, entities, includes or any look outside.

Every document is decoded here and handed to libxml2 as plain UTF-8, so that no encoding trick can hide a
document type; libxml2's own bounds (256 levels, 10 MB a text) stay on.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dateline.errors import DatelineError

if TYPE_CHECKING:
    from lxml.etree import _Element

    Element = _Element

_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_PROLOG = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PREFIX = re.compile(r"xmlns:([\w.-]{1,80})")
_NAMES = 256  # attributes of an element, namespaces of a document: looking one up costs all of them
_OWN = frozenset({"amp", "lt", "gt", "quot", "apos"})
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_CHARSETS = re.compile(r"(?:utf-?8|us-?ascii|ascii|iso-?8859-?\d+|latin-?\d|windows-?125\d|cp125\d|cp850|mac-?roman)$")


def text(data: bytes, place: str) -> str:
    """Decode *data* by its byte order mark, as UTF-8, by its XML declaration, or else as cp1252."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace")
    declared = _ENCODING.match(data.lstrip()[:400])
    name = declared[1].decode("ascii").lower().replace("_", "-") if declared else "utf-8"
    if name.startswith("utf-16"):
        name = "utf-8"  # a label left over from a conversion: real UTF-16 was found above
    if not _CHARSETS.match(name):
        raise DatelineError(place, f"the encoding {name!r} is not known here", "save it as UTF-8")
    for wanted in ("utf-8", name):  # bytes that happen to be UTF-8 are UTF-8, whatever an old label says
        try:
            return data.decode(wanted)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def parse(data: bytes, place: str) -> Element:
    """Parse *data*; names of HTML's characters (``&nbsp;``) are known, every other entity is an error.

    Raises ``DatelineError`` naming place and line for what is not well formed, and for any document type
    declaration: it could read files, call servers, or blow a few bytes up to gigabytes.
    """
    from lxml import etree

    source = _FORBIDDEN.sub("", text(data, place))
    source = source.lstrip("\ufeff")
    declaration = _DECLARATION.match(source)
    source = source[declaration.end() :] if declaration else source
    prolog = _PROLOG.match(source)
    if prolog and source[prolog.end() : prolog.end() + 9].upper() == "<!DOCTYPE":
        raise DatelineError(
            place,
            "a document type (<!DOCTYPE …>) is not accepted: it could read files or call servers",
            "remove that declaration",
        )
    if len(set(_PREFIX.findall(source))) > _NAMES:
        raise DatelineError(place, f"more than {_NAMES} namespaces", "no news format needs so many: remove the file")
    source = _ENTITY.sub(_character, source)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(source.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise DatelineError(
            f"{place}:{line}", f"XML that is not well formed: {error.msg}", "ask the agency for it again"
        ) from None
    if root is None or _declared(root):
        raise DatelineError(place, "a document type or an empty document", "remove the declaration or the file")
    if root.xpath(f"boolean(//*[count(@*) > {_NAMES}])"):
        raise DatelineError(
            place,
            f"an element with more than {_NAMES} attributes",
            "no news format needs so many: remove the file",
        )
    return root


def _declared(root: Element) -> bool:
    document: Any = root.getroottree().docinfo  # the stubs know only half of it
    return bool(document.doctype)


def _character(match: re.Match[str]) -> str:
    name = match[1]
    return match[0] if name in _OWN else html.entities.html5.get(f"{name};", match[0])


def local(element: Element) -> str:
    """The element's name without its namespace; "" for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def named(element: Element, name: str) -> Iterator[Element]:
    """Every descendant of that local name, in document order."""
    return element.iter(f"{{*}}{name}")


def child(element: Element | None, *path: str) -> Element | None:
    """Follow *path* from child to first child of that local name."""
    for name in path:
        if element is None:
            return None
        element = next((found for found in element if local(found) == name), None)
    return element


def children(element: Element | None, name: str) -> list[Element]:
    """All children of that local name."""
    return [] if element is None else [found for found in element if local(found) == name]


def words(element: Element | None) -> str:
    """All text inside *element*, white space folded, tags as blanks."""
    return "" if element is None else " ".join(" ".join(str(piece) for piece in element.itertext()).split())


def said(element: Element | None, *path: str) -> str:
    """The words of the element at *path*."""
    return words(child(element, *path))


def value(element: Element | None, name: str) -> str:
    """An attribute by its local name, "" where there is none."""
    if element is None:
        return ""
    found: object = element.get(name)
    if found is None:
        found = next((text for key, text in element.attrib.items() if str(key).endswith(f"}}{name}")), "")
    return str(found).strip()


def markup(element: Element, names: dict[str, str], hidden: frozenset[str] = frozenset()) -> str:
    """Write the inside of *element* as HTML whose tags are *names*' values; other tags keep their local name.

    Elements in *hidden* go with all that they hold. Attributes but ``href``, ``src``, ``alt``, ``colspan`` go.
    One pass, no recursion.
    """
    from lxml import etree

    out = [html.escape(element.text or "")]
    skipping: Element | None = None
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if inner is element:
            continue
        if skipping is None and event == "start":
            name = local(inner)
            if name in hidden:
                skipping = inner
                continue
            name = names.get(name, name)
            kept = "".join(
                f' {key}="{html.escape(str(inner.get(key)))}"' for key in ("href", "src", "alt") if inner.get(key)
            )
            out += [f"<{name}{kept}>" if name else "", html.escape(inner.text or "")]
        elif event == "end":
            if skipping is None:
                name = names.get(local(inner), local(inner))
                out.append(f"</{name}>" if name else "")
            if skipping is None or skipping is inner:
                skipping = None
                out.append(html.escape(inner.tail or ""))
    return "".join(out)
