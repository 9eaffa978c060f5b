"""Pings against a real hub: a small server on loopback."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.ping import FILE, Failure, Services, Waiting, announce, changed_feeds, due, key_file, parse, ping, submit

FEED = "https://news.example/feed.xml"
TAG = "https://news.example/tags/hafen/feed.xml"


class Hub(ThreadingHTTPServer):
    """Remembers what it was told and answers as the test wants."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told: list[tuple[str, str]] = []  # content type, body
        self.status = 204
        self.stalled = threading.Event()  # while set, answers drip in
        self.url = f"http://127.0.0.1:{self.server_port}/hub"

    def feeds(self) -> list[str]:
        return sorted(parse_qs(body)["hub.url"][0] for _, body in self.told)


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append((self.headers["Content-Type"], body))
        while self.server.stalled.is_set():
            self.wfile.write(b"H")
            self.server.stalled.wait(0.01)
            time.sleep(0.05)
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stalled.clear()
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_hub_hears_of_each_changed_feed_once(hub):
    assert ping(hub.url, [FEED, TAG]) == []

    assert hub.feeds() == [FEED, TAG]
    kind, body = hub.told[0]
    assert kind == "application/x-www-form-urlencoded"
    assert parse_qs(body)["hub.mode"] == ["publish"]


def test_only_feeds_are_told_of():
    addresses = {"feed.xml": FEED, "tags/hafen/feed.xml": TAG}

    assert changed_feeds(["index.html", "tags/hafen/feed.xml", "tags/hafen/feed.xml"], addresses) == [TAG]
    assert changed_feeds([], addresses) == []


def test_a_build_without_change_tells_nobody_and_writes_nothing(hub, tmp_path):
    assert announce(tmp_path / ".dateline", Services(hub.url)) == []

    assert hub.told == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500, 503])
def test_any_answer_but_success_is_a_failure(hub, status):
    hub.status = status

    assert ping(hub.url, [FEED]) == [Failure(FEED, f"{hub.url} answered {status}")]
    assert len(hub.told) == 1


def test_what_failed_is_reported_and_tried_again(hub, tmp_path):
    hub.status = 503
    problems = announce(tmp_path / ".dateline", Services(hub.url), [FEED])

    assert [(p.place, p.level) for p in problems] == [(FEED, "warning")]
    assert "answered 503" in str(problems[0])
    assert "tried again" in str(problems[0])
    assert json.loads((tmp_path / ".dateline" / FILE).read_bytes()) == {"feeds": [FEED], "pages": []}

    hub.status = 202
    hub.told.clear()
    assert announce(tmp_path / ".dateline", Services(hub.url), [TAG]) == []
    assert hub.feeds() == [FEED, TAG]

    hub.told.clear()
    assert announce(tmp_path / ".dateline", Services(hub.url)) == []
    assert hub.told == []


def test_a_hub_that_is_not_there_is_a_failure_and_no_traceback():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"  # bound, but nobody listens

        (failure,) = ping(url, [FEED])

    assert "cannot be reached" in failure.problem


def test_a_hub_that_speaks_no_http_is_a_failure():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        (failure,) = ping(f"http://127.0.0.1:{server.getsockname()[1]}/", [FEED])
        thread.join()

    assert "cannot be reached" in failure.problem


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://hub.example/", "hub.example", "http://[bad", "http://hub.example:port/"]
)
def test_an_address_that_is_none_of_the_web_is_refused(address):
    (failure,) = ping(address, [FEED])

    assert failure.url == FEED
    assert failure.problem


def test_a_hub_that_drips_its_answer_cannot_hold_up_the_build(hub):
    hub.stalled.set()

    failures = ping(hub.url, [FEED, TAG], seconds=0.3)

    assert failures == [Failure(url, "not answered within 0.3 seconds") for url in (FEED, TAG)]


def test_time_that_is_up_leaves_the_rest_waiting(hub):
    assert {failure.url for failure in ping(hub.url, [FEED, TAG], seconds=0)} == {FEED, TAG}


def test_many_feeds_are_told_by_few_senders(hub):
    feeds = [f"https://news.example/{i}/feed.xml" for i in range(60)]

    assert ping(hub.url, feeds) == []
    assert hub.feeds() == sorted(feeds)


def test_indexnow_hears_of_pages_with_the_key(hub):
    services = Services(key="abcdef12", key_location="https://news.example/abcdef12.txt", indexnow=hub.url)

    assert submit(services, ["https://news.example/a/"]) == []

    kind, body = hub.told[0]
    assert kind == "application/json"
    assert json.loads(body) == {
        "host": "news.example",
        "key": "abcdef12",
        "keyLocation": "https://news.example/abcdef12.txt",
        "urlList": ["https://news.example/a/"],
    }
    assert key_file("abcdef12") == b"abcdef12"


def test_pages_that_indexnow_refused_wait_as_feeds_do(hub, tmp_path):
    hub.status = 422
    services = Services(key="abcdef12", indexnow=hub.url)

    (problem,) = announce(tmp_path, services, [FEED], ["https://news.example/a/"])

    assert problem.place == "https://news.example/a/"
    assert parse((tmp_path / FILE).read_bytes()) == Waiting((), ("https://news.example/a/",))


def test_nothing_waits_for_a_service_that_is_not_configured():
    assert due(Waiting((FEED,), ("p",)), Services(), [TAG], ["q"]) == Waiting()


@given(st.lists(st.text()), st.lists(st.text()))
def test_what_waits_and_what_changed_is_told_once(before, changed):
    told = due(Waiting(tuple(before)), Services(hub="h"), changed, ())

    assert told.feeds == tuple(sorted({*before, *changed}))


@pytest.mark.parametrize("damage", [b"", b"[", b"\xff\xfe", b'{"feeds": 1}', b"[]", b"null"])
def test_a_damaged_file_of_what_waits_is_as_good_as_none(damage, tmp_path: Path):
    (tmp_path / FILE).write_bytes(damage)

    assert announce(tmp_path, Services()) == []
    assert parse(damage) == Waiting()
