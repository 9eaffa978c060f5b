"""A page -> its JSON-LD for search engines: values that agree with what the reader sees.

Source: schema.org NewsArticle, CollectionPage, BreadcrumbList; Google Search Central, "Structured data".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from markupsafe import Markup

from dateline.article import Article
from dateline.i18n import Language
from dateline.page import ArchivePage, ArticlePage, HomePage, IndexPage, Link, ListPage, PageHead, SiteView, TermLink

Node = dict[str, object]

_TYPES = {"person": "Person", "place": "Place", "organisation": "Organization"}
_BYLINE = re.compile(r"\s*(?:von|by|par|di|por)\s+", re.IGNORECASE)
_HEADLINE = 110  # characters: what Google shows
_LISTED = 40  # stories that a list names to machines


def script(node: Node) -> Markup:
    """Encode *node* for a ``<script>``: no ``<``, ``>`` or ``&`` is left that could end it or start an entity."""
    text = msgspec.json.encode(node).decode()
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704 - escaped here


def news_article(page: ArticlePage, site: SiteView, language: Language) -> Node:
    """Describe one story as a ``NewsArticle``; a key without a value is left out."""
    story = page.article
    url = absolute(site, page.head.url)
    node: Node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{url}#article",
        "mainEntityOfPage": url,
        "url": url,
        "headline": shortened(story.title, _HEADLINE, ""),
        "description": page.head.description,
        "inLanguage": story.lang or page.head.lang,
        "datePublished": language.iso(story.published),
        "dateModified": language.iso(modified(story)),
        "author": list(_authors(page, site)),
        "publisher": publisher(site),
        "image": list(_images(page, site)),
        "articleSection": page.section.title if page.section else story.section,
        "keywords": [term.label for term in page.terms],
        "about": [_about(term, site) for term in page.terms if term.kind in _TYPES],
        "dateline": story.dateline,
        "wordCount": page.words,
        "correction": [correction.text for correction in story.corrections],
        "sourceOrganization": _organisation(story.agency) if story.agency and story.authors else {},
        "copyrightNotice": story.rights,
        "isAccessibleForFree": True,
    }
    return {key: value for key, value in node.items() if value not in ("", [], {}, 0)}


def breadcrumbs(head: PageHead, site: SiteView, above: Iterable[Link]) -> Node:
    """The way from the home page over *above* to this page, as a ``BreadcrumbList``."""
    way = [Link(site.title, site.home), *above]
    steps: list[Node] = [
        {"@type": "ListItem", "position": n, "name": link.title, "item": absolute(site, link.url)}
        for n, link in enumerate(way, 1)
    ]
    steps.append({"@type": "ListItem", "position": len(way) + 1, "name": shortened(head.title, _HEADLINE)})
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": steps}


def website(page: HomePage, site: SiteView) -> Node:
    """Describe the front page: the site's name is what search engines show above each result."""
    url = absolute(site, page.head.url)
    node: Node = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "@id": f"{url}#website",
        "url": url,
        "name": site.title,
        "description": site.description,
        "inLanguage": page.head.lang,
        "publisher": publisher(site),
    }
    return {key: value for key, value in node.items() if value}


def collection(page: ListPage | IndexPage | ArchivePage, site: SiteView) -> Node:
    """Describe a list as a ``CollectionPage`` with its place on the site and its first 40 stories."""
    head = page.head
    url = absolute(site, head.url)
    trail = breadcrumbs(head, site, head.trail)
    del trail["@context"]
    node: Node = {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": url,
        "url": url,
        "name": head.title,
        "description": head.description,
        "inLanguage": head.lang,
        "isPartOf": {"@type": "WebSite", "name": site.title, "url": absolute(site, site.home)},
        "breadcrumb": trail,
    }
    if not isinstance(page, ListPage):
        return node
    stories = page.stories[:_LISTED]
    items = [{"@type": "ListItem", "position": n, "url": absolute(site, s.url)} for n, s in enumerate(stories, 1)]
    node["mainEntity"] = {"@type": "ItemList", "itemListElement": items}
    if page.term is not None and page.term.kind in _TYPES:
        node["about"] = {"@type": _TYPES[page.term.kind], "name": page.term.label}
    return node


def modified(story: Article) -> datetime:
    """When the text last changed; never before it was published."""
    return max(story.published, story.updated or story.published)


def publisher(site: SiteView) -> Node:
    """The newsroom itself, with its logo."""
    logo = site.logo or site.icon
    node = _organisation(site.title, absolute(site, site.home))
    return {**node, "logo": {"@type": "ImageObject", "url": absolute(site, logo)}} if logo else node


def absolute(site: SiteView, url: str) -> str:
    """Make a root-relative address absolute; others stay."""
    return site.base_url + url[1:] if url.startswith("/") and not url.startswith("//") else url


def shortened(text: str, limit: int, mark: str = "…") -> str:
    """Cut *text* at a blank before *limit* characters and say so with a *mark*."""
    if len(text) <= limit:
        return text
    return text[: limit - len(mark)].rsplit(" ", 1)[0].rstrip(" ,;:–-") + mark


def _authors(page: ArticlePage, site: SiteView) -> Iterator[Node]:
    story = page.article
    people = page.authors or tuple(Link(name, "") for name in story.authors)
    for link in people:
        node: Node
        name = _BYLINE.sub("", link.title, count=1) if _BYLINE.match(link.title) else link.title
        node = _organisation(name) if name in {story.agency, site.title} else {"@type": "Person", "name": name}
        yield {**node, "url": absolute(site, link.url)} if link.url else node
    if not people and story.agency:
        yield _organisation(story.agency, absolute(site, page.agency.url) if page.agency else "")
    elif not people:
        yield _organisation(site.author or site.title, absolute(site, site.home))


def _organisation(name: str, url: str = "") -> Node:
    node: Node = {"@type": "Organization", "name": name}
    return {**node, "url": url} if url else node


def _about(term: TermLink, site: SiteView) -> Node:
    node: Node = {"@type": _TYPES[term.kind], "name": term.label}
    return {**node, "url": absolute(site, term.url)} if term.url else node


def _images(page: ArticlePage, site: SiteView) -> Iterator[Node | str]:
    """The story's picture, else what was made to share it with, else the site's own."""
    shown = page.picture
    if shown is None:
        if preview := page.preview or site.card:
            yield absolute(site, preview)
        return
    file = shown.largest
    node: Node = {"@type": "ImageObject", "url": absolute(site, file.url), "caption": shown.caption or shown.alt}
    node |= {"creditText": shown.credit, "width": file.width, "height": file.height}
    yield {key: value for key, value in node.items() if value}


def picture(src: str) -> str:
    """Give the address of a picture: paths below ``static/`` and ``content/`` are served from the site's root."""
    if src.startswith("/") or "://" in src:
        return src
    return "/" + src.removeprefix("./").removeprefix("static/")
