"""What changed -> the tabs concerned: server-sent events, and the script that a page carries while it is served live.

An event only says "look again". What a tab shows is known by a fingerprint of its page, taken without
the addresses of stylesheets: where it differs the tab reloads, where only those addresses differ it swaps
them in place, and where nothing differs it is left alone. So lost events, restarts and changes that
touch every page (a new hash in the name of the stylesheet) need no special case.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from hashlib import blake2b
from html import unescape
from importlib.resources import files
from threading import Lock
from typing import Any

import msgspec
from msgspec import Struct

from dateline.serve_overlay import OverlayError

SCRIPT = "/_dateline/live.js"
DESK = "/_desk/"
BEAT = 25.0  # seconds between signs of life, so that a tab that went away is noticed
_ASSETS = {"live.js": "livereload.js", "dev.css": "dev.css", "desk.css": "desk.css"}

_LINK = re.compile(rb"<link\b[^>]{0,2000}>", re.IGNORECASE)
_STYLE = re.compile(rb"""\brel\s*=\s*["']?stylesheet\b""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,4000}>", re.IGNORECASE)
_POLICY = re.compile(rb"""\bhttp-equiv\s*=\s*["']?content-security-policy\b""", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class Look(Struct, frozen=True):
    """A page as far as a tab must know it: its digest without stylesheet addresses, and those addresses."""

    digest: str
    styles: tuple[str, ...]


Looking = Callable[[str], Look | None]


class _Done(Struct, frozen=True):
    changed: frozenset[str]


class _Failed(Struct, frozen=True):
    problems: tuple[OverlayError, ...]


class Tab:
    """One open tab: what it shows, and a queue of what it has not been told yet."""

    def __init__(self, path: str, digest: str, loop: asyncio.AbstractEventLoop, look: Looking) -> None:
        self._path = path
        self._digest = digest
        self._loop = loop
        self._look = look
        self._styles = self._now().styles
        self._queue: asyncio.Queue[_Done | _Failed | None] = asyncio.Queue()

    def tell(self, news: _Done | _Failed | None) -> None:
        """Queue *news* (None: good-bye); from any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._queue.put_nowait, news)

    def leave(self) -> None:
        """The client hung up."""
        self._queue.put_nowait(None)

    async def events(self) -> AsyncIterator[bytes]:
        """The stream itself: a greeting, then what concerns this tab, and a comment now and then."""
        now = self._now()
        yield b"retry: 500\n\n" + _event("hello", {"stale": self._stale(now), "styles": now.styles})
        while True:
            try:
                news = await asyncio.wait_for(self._queue.get(), BEAT)
            except TimeoutError:
                yield b": here\n\n"
                continue
            if news is None:
                return
            if self._path.startswith(DESK):
                yield _event("reload", {"page": True, "changed": []})
            elif isinstance(news, _Failed):
                yield _event("problems", news.problems)
            else:
                for event in self._concerned(news.changed):
                    yield event

    def _concerned(self, changed: frozenset[str]) -> Iterable[bytes]:
        now = self._now()
        if self._stale(now):
            yield _event("reload", {"page": True, "changed": []})
            return
        swaps = dict(zip(self._styles, now.styles, strict=False)) if len(self._styles) == len(now.styles) else {}
        swaps = {old: new for old, new in swaps.items() if old != new or new in changed}
        self._styles = now.styles
        if swaps:
            yield _event("css", swaps)
        # Pictures and the like: only the tab knows which of them it shows.
        others = sorted(a for a in changed if not a.endswith(("/", ".html", ".css")))
        if others:
            yield _event("reload", {"page": False, "changed": others})

    def _stale(self, now: Look) -> bool:
        return bool(self._digest and now.digest and self._digest != now.digest)

    def _now(self) -> Look:
        return self._look(self._path) or Look("", ())


class LiveReload:
    """The open tabs, and what they are told. Publishing is allowed from any thread and never waits for a tab."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tabs: set[Tab] = set()
        self._problems: tuple[OverlayError, ...] = ()
        self._look: Looking = lambda _path: None
        self._closed = False

    def attach(self, look: Looking) -> None:
        """Say how to look at a page; the server does."""
        self._look = look

    def publish(self, changed: Iterable[str]) -> None:
        """The files at the root-relative addresses *changed* are new, changed or gone. O(tabs)."""
        news = _Done(frozenset(changed))
        if news.changed:
            self._tell(news)

    def fail(self, problems: Iterable[OverlayError]) -> None:
        """Lay *problems* over every tab, also over those opened later, until the next ``fail`` or ``clear``."""
        before, self._problems = self._problems, tuple(problems)
        if before or self._problems:
            self._tell(_Failed(self._problems))

    def clear(self) -> None:
        """The last build was good: take the overlay away. Costs nothing where there is none."""
        self.fail(())

    def close(self) -> None:
        """Say good-bye to every tab, so that the server can stop; they reconnect by themselves."""
        self._closed = True
        self._tell(None)

    def join(self, path: str, digest: str) -> Tab:
        """A tab at *path*, whose page had *digest* when it was served, wants to know. On the event loop."""
        tab = Tab(path, digest, asyncio.get_running_loop(), self._look)
        with self._lock:
            self._tabs.add(tab)
        if self._problems and not path.startswith(DESK):
            tab.tell(_Failed(self._problems))
        if self._closed:
            tab.tell(None)
        return tab

    def part(self, tab: Tab) -> None:
        """*tab* is gone."""
        with self._lock:
            self._tabs.discard(tab)

    @property
    def tabs(self) -> int:
        """How many tabs are open and visible."""
        return len(self._tabs)

    def _tell(self, news: _Done | _Failed | None) -> None:
        with self._lock:
            tabs = tuple(self._tabs)
        for tab in tabs:
            tab.tell(news)


def asset(name: str) -> bytes | None:
    """The script or stylesheet called *name* that exists only while serving; None for any other name."""
    return (files("dateline") / "assets_dev" / _ASSETS[name]).read_bytes() if name in _ASSETS else None


def fingerprint(page: bytes) -> Look:
    """*page* as a tab must know it. Stylesheet addresses are left out wherever they stand (preloads too). O(n)."""
    styles = []
    for link in _LINK.findall(page):
        href = _HREF.search(link) if _STYLE.search(link) else None
        if href is not None:
            styles.append(href[1] or href[2] or href[3] or b"")
    for address in set(styles) - {b""}:
        page = page.replace(address, b"")
    digest = blake2b(page, digest_size=9).hexdigest()
    return Look(digest, tuple(unescape(s.decode("utf-8", "replace")) for s in styles))


def own_policy(page: bytes) -> tuple[bytes, str]:
    """The ``<meta>`` with which *page* sets its own Content-Security-Policy, and that policy; empty where it has none."""
    for meta in _META.findall(page):
        content = _CONTENT.search(meta) if _POLICY.search(meta) else None
        if content is not None:
            return meta, unescape((content[1] or content[2] or b"").decode("utf-8", "replace"))
    return b"", ""


def dress(page: bytes, default: str = "") -> tuple[bytes, bytes]:
    """*page* with the reload script before ``</body>``, and the policy to send with it: its own, else *default*.

    A policy in the page's own ``<meta>`` would forbid the script, since policies only ever add up. So it
    moves into the header, widened by our own script, stylesheet and event stream and by nothing else.
    """
    digest = fingerprint(page).digest
    meta, policy = own_policy(page)
    if meta:
        page = page.replace(meta, b"", 1)
    policy = policy or default
    tag = f'<script src="{SCRIPT}" data-digest="{digest}" defer></script>'.encode()
    at = page.rfind(b"</body>")
    return (page[:at] + tag + page[at:] if at >= 0 else page + tag), _widened(policy) if policy else b""


def _widened(policy: str) -> bytes:
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        name, *sources = rule.split() or [""]
        if name:
            rules.setdefault(name.lower(), sources)
    for name in ("script-src", "style-src", "connect-src"):
        sources = rules.get(name, rules.get("default-src", ["*"]))
        rules[name] = [*(s for s in sources if s not in {"'none'", "'self'"}), "'self'"]
    text = "; ".join(" ".join([name, *sources]) for name, sources in rules.items())
    return " ".join(text.split()).encode("ascii", "ignore")


def _event(kind: str, data: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(data) + b"\n\n"
