"""What a build changed -> a word to the WebSub hub and to IndexNow; what failed waits in a small file.

Part of the shell: it talks to the network, within ten seconds, and never stops a build.
Source: W3C WebSub, section 6; https://www.indexnow.org/documentation
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from dateline.errors import Problem

FILE = "pings.json"  # below .dateline/
SECONDS = 10.0  # that all pings of one build may take
INDEXNOW = "https://api.indexnow.org/indexnow"

_PATIENCE = 4.0  # seconds that one answer may take
_SENDERS = 8
_BATCH = 10_000  # addresses in one IndexNow request, by its protocol


class Waiting(Struct, frozen=True):
    """What has still to be told: addresses of feeds (to the hub) and of pages (to IndexNow)."""

    feeds: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


class Services(Struct, frozen=True):
    """Whom to tell; an empty ``hub`` or ``key`` means nobody."""

    hub: str = ""
    key: str = ""  # of IndexNow
    key_location: str = ""  # absolute address of the file that proves it
    indexnow: str = INDEXNOW


class Failure(Struct, frozen=True):
    """An address that could not be told, and why."""

    url: str
    problem: str


class _Request(Struct, frozen=True):
    """One POST, and the addresses that it tells of."""

    target: str
    body: bytes
    type: str
    urls: tuple[str, ...]


def changed_feeds(written: Iterable[str], feeds: Mapping[str, str]) -> list[str]:
    """Pick the addresses of the feeds among the output paths *written*; *feeds* maps path to address."""
    return sorted({feeds[path] for path in written if path in feeds})


def key_file(key: str) -> bytes:
    """Make the file ``<key>.txt`` that proves to IndexNow whose site it is."""
    return key.encode()


def parse(data: bytes) -> Waiting:
    """Read the file of what waits; a damaged one is as good as none: the next change is told anyway."""
    try:
        return msgspec.json.decode(data, type=Waiting)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Waiting()


def due(before: Waiting, services: Services, feeds: Iterable[str], pages: Iterable[str]) -> Waiting:
    """Add what has changed to what waits, each once; nothing waits for a service that is not configured."""
    return Waiting(
        feeds=tuple(sorted({*before.feeds, *feeds})) if services.hub else (),
        pages=tuple(sorted({*before.pages, *pages})) if services.key else (),
    )


def note(folder: Path, services: Services, feeds: Iterable[str], pages: Iterable[str]) -> None:
    """Add what has changed to what waits in *folder*, for whoever announces once the site is in place."""
    file = folder / FILE
    before = parse(file.read_bytes()) if file.exists() else Waiting()
    after = due(before, services, feeds, pages)
    if after != before:
        _write(file, after)


def announce(
    folder: Path, services: Services, feeds: Iterable[str] = (), pages: Iterable[str] = (), seconds: float = SECONDS
) -> list[Problem]:
    """Tell of the *feeds* and *pages* that changed and of those that waited; what fails waits in *folder*.

    Nothing changed and nothing waiting: nothing is sent, nothing written. Failures come back as warnings.
    """
    file = folder / FILE
    before = parse(file.read_bytes()) if file.exists() else Waiting()
    now = due(before, services, feeds, pages)
    end = time.monotonic() + seconds
    lost = ping(services.hub, now.feeds, seconds)
    missed = submit(services, now.pages, max(end - time.monotonic(), 0))
    after = Waiting(tuple(failure.url for failure in lost), tuple(failure.url for failure in missed))
    if after != before:
        _write(file, after)
    remedy = "it is tried again after the next build, or now by 'dateline ping'"
    return [Problem(failure.url, failure.problem, remedy, "warning") for failure in (*lost, *missed)]


def ping(hub: str, urls: Sequence[str], seconds: float = SECONDS) -> list[Failure]:
    """Tell *hub* that each of *urls* has changed, one request a feed, a few at a time; returns the failures.

    Only 2xx is success; a redirect is a failure, for the hub would not get the news. After *seconds* in all,
    what has no answer yet has failed.
    """
    form = "application/x-www-form-urlencoded"
    return _send(
        [_Request(hub, urlencode({"hub.mode": "publish", "hub.url": url}).encode(), form, (url,)) for url in urls],
        seconds,
    )


def submit(services: Services, urls: Sequence[str], seconds: float = SECONDS) -> list[Failure]:
    """Tell IndexNow of *urls*, all of one host, ten thousand a request; returns the failures."""
    return _send(
        [
            _Request(services.indexnow, _submission(services, batch), "application/json", batch)
            for batch in (tuple(urls[i : i + _BATCH]) for i in range(0, len(urls), _BATCH))
        ],
        seconds,
    )


def _submission(services: Services, urls: Sequence[str]) -> bytes:
    host = urlsplit(urls[0]).netloc
    location = services.key_location
    return msgspec.json.encode({"host": host, "key": services.key, "keyLocation": location, "urlList": urls})


def _send(requests: list[_Request], seconds: float) -> list[Failure]:
    """POST all *requests* from daemon threads: an answer that drips in byte by byte cannot hold up the build."""
    jobs: queue.SimpleQueue[_Request] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[_Request, str]] = queue.SimpleQueue()
    for request in requests:
        jobs.put(request)
    end = time.monotonic() + seconds

    def work() -> None:
        with contextlib.suppress(queue.Empty):
            while time.monotonic() < end:
                request = jobs.get_nowait()
                answers.put((request, _post(request)))

    for _ in range(min(_SENDERS, len(requests))):
        threading.Thread(target=work, daemon=True).start()
    outcome = dict.fromkeys(requests, f"not answered within {seconds:g} seconds")
    with contextlib.suppress(queue.Empty):
        for _ in requests:
            request, problem = answers.get(timeout=max(end - time.monotonic(), 0.001))
            outcome[request] = problem
    return [Failure(url, problem) for request, problem in outcome.items() if problem for url in request.urls]


def _post(request: _Request) -> str:
    """POST *request*; returns "" on success, else what went wrong."""
    import http.client  # the network is seldom needed
    import urllib.error
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Follow none: what is left of a POST after a redirect is a GET that tells nothing."""

    if not request.target.startswith(("http://", "https://")):
        return f"{request.target!r} is no web address"
    headers = {"Content-Type": request.type, "User-Agent": "dateline"}
    try:
        made = urllib.request.Request(request.target, request.body, headers)  # noqa: S310 - http or https, see above
        with urllib.request.build_opener(NoRedirect).open(made, timeout=_PATIENCE):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"{request.target} answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"{request.target} cannot be reached: {getattr(error, 'reason', None) or error or type(error).__name__}"


def _write(file: Path, waiting: Waiting) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(f".{os.getpid()}.tmp")
    beside.write_bytes(msgspec.json.encode(waiting))
    beside.replace(file)
