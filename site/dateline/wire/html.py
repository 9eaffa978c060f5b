"""A news page with schema.org JSON-LD -> Item; ``og:`` tags and ``<article>`` where it has none."""

from __future__ import annotations

import html as characters
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct, field

from dateline.article import Image
from dateline.wire import item as items
from dateline.wire.item import Item
from dateline.wire.jsontext import text, texts
from dateline.wire.markdown import address, from_html, from_text, from_tokens
from dateline.wire.markup import Token, tokens

_ARTICLES = frozenset(
    {
        "NewsArticle",
        "Article",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "BackgroundNewsArticle",
        "OpinionNewsArticle",
        "LiveBlogPosting",
        "BlogPosting",
        "Report",
    }
)
_CHROME = frozenset({"nav", "aside", "footer", "form", "button", "header", "h1", "dialog"})


class _Page(Struct):
    """What one pass over a page finds."""

    scripts: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    title: str = ""
    lang: str = ""
    url: str = ""
    html: list[Token] = field(default_factory=list)  # of the first article, else of the whole body
    article: bool = False
    json: bool = False  # the script whose text comes next is JSON-LD


def read(source: str) -> Item:
    """Read one page; the text is the ``articleBody``, else the first ``<article>`` or the page without its chrome."""
    page = _scan(source)
    data = next(_articles(page.scripts), {})
    about, mentions = _named(data.get("about")), _named(data.get("mentions"))
    url = items.web(
        _address(data.get("url")) or _address(data.get("mainEntityOfPage")) or page.url or page.meta.get("og:url", "")
    )
    body = text(data.get("articleBody"))
    meta = page.meta
    return Item(
        id=text(data.get("@id")) or _address(data.get("identifier")) or url,
        url=url,
        headline=characters.unescape(text(data.get("headline")))
        or text(data.get("name"))
        or meta.get("og:title", "")
        or page.title,
        summary=characters.unescape(text(data.get("description")))
        or meta.get("og:description", "")
        or meta.get("description", ""),
        body=(from_html(body, base=url) if "</" in body else from_text(body)) or from_tokens(page.html, base=url),
        excerpt=items.is_cut(body),
        kicker=text(data.get("alternativeHeadline")),
        authors=tuple(_names(data.get("author"))) or tuple(filter(None, (meta.get("author", ""),))),
        created=text(data.get("datePublished"))
        or text(data.get("dateCreated"))
        or meta.get("article:published_time", "")
        or meta.get("date", ""),
        changed=text(data.get("dateModified")) or meta.get("article:modified_time", ""),
        expires=text(data.get("expires")),
        place=text(data.get("dateline")) or next(iter(_names(data.get("locationCreated"))), ""),
        agency=next(iter(_names(data.get("sourceOrganization"))), "")
        or next(iter(_names(data.get("publisher"))), "")
        or meta.get("og:site_name", ""),
        lang=text(data.get("inLanguage")) or page.lang,
        section=next(iter(texts(data.get("articleSection"))), "") or meta.get("article:section", ""),
        rights=text(data.get("copyrightNotice")) or next(iter(_names(data.get("copyrightHolder"))), ""),
        tags=tuple(_keywords(data.get("keywords"))) or tuple(meta.get("news_keywords", "").split(",")),
        people=tuple(name for kind, name in (*about, *mentions) if kind == "Person"),
        organisations=tuple(
            name for kind, name in (*about, *mentions) if kind.endswith(("Organization", "Corporation"))
        ),
        places=tuple(name for kind, name in (*about, *mentions) if kind in {"Place", "Country", "City", "State"}),
        topics=tuple(name for kind, name in about if kind in {"", "Thing"}),
        image=_image(data.get("image"), url)
        or items.picture(items.web(meta.get("og:image", "")), alt=meta.get("og:image:alt", "")),
    )


def _scan(source: str) -> _Page:
    page, hidden, depth, inside = _Page(), "", 0, 0
    for token in tokens(source):
        name, opens = token.name, token.kind == "start"
        _head(page, token)
        if hidden:
            depth += (opens - (token.kind == "end")) * (name == hidden)
            hidden = hidden if depth else ""
        elif opens and name in _CHROME:
            hidden, depth = name, 1
        else:
            if name == "article" and (inside or not page.article):
                inside += 1 if opens else -1
                if not page.article:
                    page.html, page.article = [], True
            if inside or not page.article:
                page.html.append(token)
    return page


def _head(page: _Page, token: Token) -> None:
    """Note what a page says of itself: language, title, address, meta tags, JSON-LD."""
    attributes = token.attributes
    if token.kind == "raw" and token.name == "title":
        page.title = page.title or characters.unescape(token.text)
    elif token.kind == "raw" and page.json:
        page.scripts.append(token.text)
    elif token.kind != "start":
        return
    page.json = token.name == "script" and "ld+json" in attributes.get("type", "").lower()
    if token.name == "html":
        page.lang = page.lang or attributes.get("lang", "")
    elif token.name == "meta":
        key = attributes.get("property") or attributes.get("name") or ""
        page.meta.setdefault(key.lower(), attributes.get("content", ""))
    elif token.name == "link" and attributes.get("rel", "").lower() == "canonical":
        page.url = page.url or attributes.get("href", "")


def _articles(scripts: list[str]) -> Iterator[dict[str, Any]]:
    """Every article of the scripts' JSON-LD, also those in a ``@graph``; broken scripts are passed over."""
    for script in scripts:
        try:
            found = msgspec.json.decode(script) if script.lstrip()[:1] in {"{", "["} else None
        except (msgspec.DecodeError, ValueError, RecursionError):
            continue
        graph = found.get("@graph", found) if isinstance(found, dict) else found
        for row in graph if isinstance(graph, list) else [graph]:
            if isinstance(row, dict) and _ARTICLES.intersection(texts(row.get("@type"))):
                yield row


def _named(value: Any) -> list[tuple[str, str]]:
    listed = value if isinstance(value, list) else [value]
    return [
        (next(iter(texts(row.get("@type"))), ""), text(row.get("name"))) if isinstance(row, dict) else ("", text(row))
        for row in listed
        if row
    ]


def _names(value: Any) -> list[str]:
    return [name for _, name in _named(value) if name]


def _keywords(value: Any) -> list[str]:
    return [part for word in texts(value) for part in word.split(",")] or _names(value)


def _address(value: Any) -> str:
    if isinstance(value, dict):
        return text(value.get("@id")) or text(value.get("url")) or text(value.get("value"))
    return value if isinstance(value, str) else ""


def _image(value: Any, base: str) -> Image | None:
    found = []
    for row in value if isinstance(value, list) else [value]:
        rich = row if isinstance(row, dict) else {}
        src = address(_address(rich.get("contentUrl") or rich.get("url") or row), base)
        found.append(
            items.picture(
                items.web(src),
                caption=text(rich.get("caption")),
                credit=text(rich.get("creditText")) or next(iter(_names(rich.get("creator"))), ""),
                size=(rich.get("width"), rich.get("height")),
            )
        )
    return items.largest(found)
