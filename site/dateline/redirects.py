"""Aliases of stories -> pages that lead on, and the same as lists for servers.

Aliases come from content and become names of files: what is no plain address is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol
from urllib.parse import quote

from dateline.edition import Edition
from dateline.engine.digest import Value, digest
from dateline.engine.output import parents
from dateline.engine.task import Task
from dateline.errors import Problem, printable
from dateline.page import PageHead, RedirectPage
from dateline.recipes import BytesRecipe
from dateline.routes import Routes, file_of, reserved
from dateline.settings import Settings
from dateline.stages import ASSETS, LISTS

NGINX_MAP = "nginx-redirects.map"

# No dot first (hidden, "..") or last, nothing that a shell, a server's configuration or a file system reads as more than a name.
# Nor what Windows takes for a device.
_SEGMENT = re.compile(
    r"(?![.]|(?i:con|prn|aux|nul|com\d|lpt\d)(?:[.]|\Z))[^\s/\\\"'<>|?#%*:;{}$`~&\x00-\x1f\x7f]{1,80}(?<![.])\Z"
)
_DEEPEST = 12
_YEAR = "public, max-age=31536000, immutable"
_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' https: data:; "
    "media-src 'self' https:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
_TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
    "feeds.opml": "text/x-opml; charset=utf-8",
}


class Planned(Protocol):
    """What is needed of a planned edition."""

    lang: str
    edition: Edition
    problems: list[Problem]
    full: bool
    settings: Settings
    routes: Routes

    def page(self, stage: int, page: RedirectPage) -> Task:
        """Plan a page."""


def address(alias: str) -> str:
    """Spell a former address as a page's: ``old/x`` → ``/old/x/``, ``/old/x.html`` stays; "" for what is none."""
    parts = alias.strip("/").split("/")
    if len(parts) > _DEEPEST or not all(map(_SEGMENT.match, parts)):
        return ""
    return "/" + "/".join(parts) + ("" if parts[-1].endswith((".html", ".htm")) else "/")


def redirects(editions: Collection[Planned], planned: Sequence[Task], settings: Settings) -> list[Task]:
    """Plan a page for each former address that nothing *planned* takes, and what servers make of them."""
    site = _Taken(planned, settings)
    found: dict[str, tuple[str, Planned, str]] = {}
    for edition in editions:
        for record in edition.edition.stories:
            for alias in record.aliases:
                url = address(alias)
                if url == record.teaser.url:
                    continue
                if reason := site.refuses(url):
                    edition.problems.append(
                        Problem(record.path, f"alias {printable(alias)!r} {reason}", "choose another, as /old/address/")
                    )
                else:
                    found.setdefault(url, (record.teaser.url, edition, record.teaser.title))
    for edition in editions:
        if edition.full and "rss" in edition.settings.feeds.formats and edition.settings.feeds.site:
            url = f"{edition.routes.home}feed/"  # where other systems have it: readers that come from there find us
            if not site.refuses(url):
                feed = edition.routes.feeds(edition.routes.home)["rss"]
                found.setdefault(url, (feed, edition, edition.settings.title))
    tasks = []
    for alias, (target, edition, title) in sorted(found.items()):
        head = PageHead(file_of(alias), alias, edition.lang, title, title, "redirect", noindex=True)
        tasks.append(edition.page(LISTS, RedirectPage(head, target)))
    if settings.theme.server_files:
        tasks += _server_files({alias: target for alias, (target, _, _) in sorted(found.items())}, settings)
    return tasks


class _Taken:
    """The addresses that are taken; all of them are looked up only where a story had another before."""

    def __init__(self, planned: Sequence[Task], settings: Settings) -> None:
        self.own = reserved(settings)
        self.planned = planned

    @cached_property
    def files(self) -> set[str]:
        """All outputs, in one case."""
        return {t.key.casefold() for t in self.planned}

    @cached_property
    def folders(self) -> set[str]:
        """All that they lie in."""
        return parents(self.files)

    def refuses(self, url: str) -> str:
        """Say why nothing can stand at *url*; nothing where something can."""
        if not url:
            return "is no plain address"
        if url.split("/")[1] in self.own:
            return "is an address of the site itself"
        key = file_of(url).casefold()
        if key in self.files:
            return "is the address of another page"
        if key in self.folders or not self.files.isdisjoint(parents([key])):
            return "crosses another address of the site"
        return ""


def _server_files(moved: Mapping[str, str], settings: Settings) -> Iterator[Task]:
    path = settings.base_url.split("/", 3)[3].rstrip("/")
    root = f"/{path}" if path else ""
    made = {"_headers": headers(root)}
    if moved:
        made["_redirects"] = "".join(f"{root}{quote(old)} {root}{quote(new)} 301\n" for old, new in moved.items())
        made[NGINX_MAP] = "".join(f'"{root}{old}" "{root}{quote(new)}";\n' for old, new in moved.items())
    for path, text in made.items():
        data = text.encode()
        yield Task(path, ASSETS, (Value("server", digest(data)),), BytesRecipe(data))


def headers(root: str = "") -> str:
    """Write ``_headers`` as Netlify and Cloudflare Pages read it; *root* is the path of the site, without a slash.

    A header stands in one rule only: where two rules set it, Cloudflare joins the values. So pages keep
    the hosts' own ``max-age=0, must-revalidate``, which is what news needs.
    """
    everywhere = {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    rules = {"/*": everywhere, **{f"/{folder}/*": {"Cache-Control": _YEAR} for folder in ("assets", "media")}}
    for name, kind in _TYPES.items():
        rules[f"/{name}"] = rules[f"/*/{name}"] = {"Content-Type": kind}
    return "\n".join(
        f"{root}{path}\n" + "".join(f"  {k}: {v}\n" for k, v in found.items()) for path, found in rules.items()
    )
