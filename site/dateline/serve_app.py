"""A request -> an answer from the built folder: the ASGI application of ``dateline serve``.

Plain ASGI, without a framework: a framework's static files answered a fourteenth of the requests here,
and know neither precompressed files nor our addresses. See docs/serve.md.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from email.utils import formatdate
from http import HTTPStatus
from time import perf_counter, time
from typing import Any
from urllib.parse import parse_qs, quote

from msgspec import Struct

from dateline.errors import printable
from dateline.livereload import DESK, LiveReload, Look, asset, dress, fingerprint, own_policy
from dateline.serve_files import Document, Folder, decode
from dateline.serve_http import accepted, http_date, unchanged, wanted
from dateline.serve_types import is_text, media_type

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Head = list[tuple[bytes, bytes]]
Desk = Callable[[str], bytes | None]
Log = Callable[[str], None]

# What a page may do that says nothing itself: our own files, pictures and players from elsewhere, Pagefind's WebAssembly.
STRICT = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' https: data:; media-src 'self' https:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
CHUNK = 256 * 1024
OWN = "/_dateline/"
# The desk and the overlay are ours alone: nothing inline, nothing from elsewhere, in no frame.
_OWN_POLICY = b"default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")
_NO_CACHE = (b"cache-control", b"no-cache")


class Answer(Struct, frozen=True):
    """Status, header fields and bytes; or, where there is a ``file``, the span of it to stream."""

    status: int
    head: Head
    body: bytes = b""
    file: Document | None = None
    span: tuple[int, int] = (0, 0)


class Site:
    """Answers every request for one built folder. Reads; never writes, never lists a folder."""

    def __init__(
        self,
        folder: Folder,
        *,
        root_path: str = "/",
        local: bool = True,
        live: LiveReload | None = None,
        redirects: Mapping[str, str] | None = None,
        desk: Desk | None = None,
        log: Log | None = None,
        policy: str = STRICT,
    ) -> None:
        self._folder = folder
        self._root = root_path.rstrip("/")  # "" or "/news"
        self._local = local
        self._live = live
        self._redirects: Mapping[str, str] = redirects if redirects is not None else {}
        self._desk = desk
        self._log = log
        self._policy = policy
        self._heads: dict[str, tuple[Document, Head]] = {}
        self._dressed: dict[str, tuple[Document, Answer]] = {}
        self._date: tuple[int, tuple[bytes, bytes]] = (0, (b"date", b""))  # made once a second
        if live is not None:
            live.attach(self.look)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, as ASGI hands it over: our own addresses first, then the site's."""
        started = perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method: str = scope["method"]
        raw: bytes = scope["raw_path"]
        if raw.startswith(b"/_") and self._addressed(headers) and method == "GET":
            if raw == b"/_dateline/events" and self._live is not None:
                await self._events(self._live, scope, receive, send)
                return
            if raw.startswith(b"/_desk") and self._desk is not None:
                answer = await self._desk_page(self._desk, raw)
                await self._reply(send, answer, head=False)
                return
        answer = self.answer(method, raw, scope["query_string"], headers)
        await self._reply(send, answer, head=method == "HEAD")
        if self._log is not None:
            size = answer.span[1] - answer.span[0] if answer.file else len(answer.body)
            took = (perf_counter() - started) * 1000
            self._log(f"{method} {printable(raw.decode('latin-1'))[:200]} {answer.status} {size} {took:.1f} ms")

    def answer(self, method: str, raw: bytes, query: bytes, headers: Mapping[bytes, bytes]) -> Answer:
        """The whole decision, synchronous: who may ask, what for, and in which form it goes out."""
        if method not in {"GET", "HEAD"}:
            return _plain(405, "Only GET and HEAD are served here.", ((b"allow", b"GET, HEAD"),))
        if not self._addressed(headers):
            return _plain(421, "This preview answers only to localhost. Use --host to serve other names.")
        path = decode(raw)
        if path is None:
            return _plain(400, "This is no address.") if b"%00" in raw or b"\0" in raw else self._missing("/", headers)
        if path.startswith(OWN) and (self._live is not None or self._desk is not None):
            return self._own(path)
        target = self._redirects.get(path)
        if target is not None:
            return _moved(target)
        inside = self._inside(path)
        if inside is None:
            return _moved(f"{self._root}/") if path == "/" else self._missing(path, headers)
        return self._at(inside, query, headers)

    def look(self, path: str) -> Look | None:
        """What a tab at *path* would get now, without the addresses of stylesheets; None where that is no page."""
        inside = self._inside(path)
        found = self._document(inside) if inside is not None else None
        found = found or self._not_found(path)
        if found is None or found.body is None or not found.name.endswith(".html"):
            return None
        return fingerprint(found.body)

    # Which document

    def _addressed(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether the client meant this machine: a foreign name that resolves to loopback is a rebinding attack."""
        if not self._local:
            return True
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
        return name in {"", "localhost", "[::1]"} or name.endswith(".localhost") or _is_loopback(name)

    def _inside(self, path: str) -> str | None:
        """*path* below the site's root, with its leading slash; None where it lies outside."""
        if not self._root:
            return path
        if path == self._root:
            return ""
        return path[len(self._root) :] if path.startswith(self._root + "/") else None

    def _at(self, inside: str, query: bytes, headers: Mapping[bytes, bytes]) -> Answer:
        found = self._document(inside)
        if found is not None:
            return self._found(found, headers)
        if not inside.endswith("/") and (inside == "" or self._folder.kind(inside[1:]) == "folder"):
            return _moved(f"{self._root}{inside}/", query)
        return self._missing(inside, headers)

    def _document(self, inside: str) -> Document | None:
        if not inside:
            return None
        name = inside[1:] + "index.html" if inside.endswith("/") else inside[1:]
        return self._folder.read(name)

    def _not_found(self, path: str) -> Document | None:
        """The site's own 404 page, of the language whose folder was asked for where it has one."""
        language = path.split("/", 2)[1] if path.count("/") > 1 else ""
        own = self._folder.read(f"{language}/404.html") if language and language != ".well-known" else None
        return own or self._folder.read("404.html")

    # In which form

    def _found(self, found: Document, headers: Mapping[bytes, bytes], status: int = 200) -> Answer:
        kind = media_type(found.name)
        if self._live is not None and kind.startswith("text/html") and found.body is not None:
            return self._live_page(found, status)
        ranged = b"range" in headers
        if not ranged and status == 200 and is_text(kind) and b"accept-encoding" in headers:
            for coding, suffix in accepted(headers[b"accept-encoding"].decode("latin-1")):
                packed = self._folder.read(found.name + suffix)
                if packed is not None:
                    return _conditional(
                        packed, [*self._head(packed, kind, found), (b"content-encoding", coding.encode())], headers
                    )
        head = self._head(found, kind, found)
        if status != 200:
            return _whole(found, head, status)
        if not ranged:
            return _conditional(found, head, headers)
        if unchanged(headers, found.etag, found.modified):
            return Answer(304, head)
        span = wanted(headers, found.size, found.etag, found.modified)
        if span is False:
            return _plain(416, "The file is shorter.", ((b"content-range", b"bytes */%d" % found.size),))
        return _conditional(found, head, headers) if span is None else _part(found, head, span)

    def _head(self, found: Document, kind: str, plain: Document) -> Head:
        """The header fields of *found*, kept while it is unchanged; *plain* is the same uncompressed."""
        kept = self._heads.get(found.name)
        if kept is not None and kept[0] is found:
            return kept[1]
        head = [
            (b"content-type", kind.encode()),
            (b"etag", found.etag.encode()),
            (b"last-modified", http_date(found.modified).encode()),
            _NO_CACHE,
            _NOSNIFF,
            (b"accept-ranges", b"bytes"),
        ]
        if is_text(kind):
            head.append((b"vary", b"accept-encoding"))
        if self._policy and kind.startswith("text/html") and not own_policy(plain.body or b"")[1]:
            head.append((b"content-security-policy", self._policy.encode()))
        if len(self._heads) >= 4096:
            self._heads.clear()
        self._heads[found.name] = (found, head)
        return head

    def _live_page(self, found: Document, status: int) -> Answer:
        key = f"{status} {found.name}"
        kept = self._dressed.get(key)
        if kept is not None and kept[0] is found:
            return kept[1]
        body, policy = dress(found.body or b"", self._policy)
        head = [(b"content-type", b"text/html; charset=utf-8"), _NO_STORE, _NOSNIFF]
        if policy:
            head.append((b"content-security-policy", policy))
        answer = Answer(status, head, body)
        if len(self._dressed) >= 256:
            self._dressed.clear()
        self._dressed[key] = (found, answer)
        return answer

    def _missing(self, path: str, headers: Mapping[bytes, bytes]) -> Answer:
        page = self._not_found(path)
        return self._found(page, headers, 404) if page is not None else _plain(404, "There is no such page.")

    # What is ours

    def _own(self, path: str) -> Answer:
        body = asset(path.removeprefix(OWN))
        if body is None:
            return _plain(404, "There is no such page.")
        return Answer(200, [(b"content-type", media_type(path).encode()), _NO_STORE, _NOSNIFF], body)

    async def _desk_page(self, desk: Desk, raw: bytes) -> Answer:
        path = decode(raw)
        if path == DESK[:-1]:
            return _moved(DESK)
        body = await asyncio.to_thread(desk, path.removeprefix(DESK)) if path and path.startswith(DESK) else None
        if body is None:
            return _plain(404, "There is nothing on the desk under this address.")
        head = [(b"content-type", b"text/html; charset=utf-8"), _NO_STORE, _NOSNIFF]
        if path == DESK:
            return Answer(200, [*head, (b"content-security-policy", _OWN_POLICY)], body)
        page, policy = dress(body, self._policy)
        return Answer(
            200, [*head, *([(b"content-security-policy", policy)] if policy else [])], page if self._live else body
        )

    async def _events(self, live: LiveReload, scope: Scope, receive: Receive, send: Send) -> None:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        head = [(b"content-type", b"text/event-stream; charset=utf-8"), _NO_STORE, _NOSNIFF]
        await send({"type": "http.response.start", "status": 200, "headers": self._dated(head)})
        path = decode(asked.get("path", ["/"])[0].encode("utf-8", "replace"))
        tab = live.join(path or "/", asked.get("digest", [""])[0])
        gone = asyncio.create_task(_disconnected(receive, tab.leave))
        try:
            async for event in tab.events():
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            live.part(tab)

    def _dated(self, head: Head) -> Head:
        now = int(time())
        if self._date[0] != now:
            self._date = (now, (b"date", formatdate(now, usegmt=True).encode()))
        return [self._date[1], *head]

    async def _reply(self, send: Send, answer: Answer, *, head: bool) -> None:
        length = answer.span[1] - answer.span[0] if answer.file else len(answer.body)
        fields = self._dated(answer.head)
        if answer.status != 304:
            fields.append((b"content-length", b"%d" % length))
        file = None
        if answer.file is not None and not head:
            file = self._folder.reopen(answer.file)
            if file is None:
                # Nothing has been promised to the client yet, and the tags it was chosen by are not its own.
                again = _plain(503, "The file was replaced just now. Ask again.", ((b"retry-after", b"1"),))
                await self._reply(send, again, head=False)
                return
        await send({"type": "http.response.start", "status": answer.status, "headers": fields})
        if file is None:
            await send({"type": "http.response.body", "body": b"" if head else answer.body})
            return
        try:
            await _stream(send, file, *answer.span)
        finally:
            os.close(file)


async def _stream(send: Send, file: int, start: int, end: int) -> None:
    while start < end:
        part = os.pread(file, min(CHUNK, end - start), start)
        start += len(part)
        if not part:
            return  # the file was cut: its length is promised, so the server breaks the connection off
        await send({"type": "http.response.body", "body": part, "more_body": start < end})


async def _disconnected(receive: Receive, leave: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    leave()


def _conditional(found: Document, head: Head, headers: Mapping[bytes, bytes]) -> Answer:
    if (b"if-none-match" in headers or b"if-modified-since" in headers) and unchanged(
        headers, found.etag, found.modified
    ):
        return Answer(304, head)
    return _whole(found, head, 200)


def _whole(found: Document, head: Head, status: int) -> Answer:
    if found.body is not None:
        return Answer(status, head, found.body)
    return Answer(status, head, file=found, span=(0, found.size))


def _part(found: Document, head: Head, span: tuple[int, int]) -> Answer:
    start, end = span
    fields = [*head, (b"content-range", b"bytes %d-%d/%d" % (start, end - 1, found.size))]
    if found.body is not None:
        return Answer(206, fields, found.body[start:end])
    return Answer(206, fields, file=found, span=span)


def _moved(target: str, query: bytes = b"") -> Answer:
    location = quote(target, safe="/:?#[]@!$&'()*+,;=%~").encode() + (b"?" + query if query else b"")
    head = [(b"location", location), (b"content-type", b"text/plain; charset=utf-8"), _NO_CACHE, _NOSNIFF]
    return Answer(301, head, b"Moved.\n")


def _plain(status: int, text: str, extra: tuple[tuple[bytes, bytes], ...] = ()) -> Answer:
    head = [(b"content-type", b"text/plain; charset=utf-8"), _NO_STORE, _NOSNIFF, *extra]
    return Answer(status, head, f"{status} {HTTPStatus(status).phrase}. {text}\n".encode())


def _is_loopback(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(p.isdigit() for p in parts)
