"""A reader asks the preview: what comes back, what never does, and how it ends."""

from __future__ import annotations

import errno
import gzip
import os
import socket
import threading
import time
from pathlib import Path

import httpx
import pytest

from dateline.errors import SettingsError
from dateline.serve import HANDED_ON, Server, forever, greeting, run
from dateline.serve_files import Folder

PAGE = "<!doctype html><html><head><title>Hafen</title></head><body><h1>Hafen für alle</h1></body></html>"


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("newsroom") / "build"
    files = {
        "index.html": PAGE,
        "404.html": "<html><body>Not here</body></html>",
        "de/404.html": "<html><body>Nicht hier</body></html>",
        "de/index.html": PAGE,
        "2025/12/03/hafen/index.html": PAGE,
        "feed.xml": "<rss/>",
        "atom.xml": "<feed/>",
        "feed.json": "{}",
        "manifest.webmanifest": "{}",
        "sitemap.xml": "<urlset/>",
        "site.css": "body { color: black } " * 50,
        "strange.qqq": "?",
        ".git/config": "secret",
        "über uns/index.html": PAGE,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "site.css.gz").write_bytes(gzip.compress((root / "site.css").read_bytes()))
    (root / "large.bin").write_bytes(os.urandom(700_000))
    (root / "empty").mkdir()
    (root.parent / "secret.txt").write_text("CANARY")
    (root / "leak.txt").symlink_to(root.parent / "secret.txt")
    (root / "out").symlink_to(root.parent)
    os.mkfifo(root / "pipe.txt")
    return root


@pytest.fixture(scope="module")
def server(build: Path):
    lines: list[str] = []
    server = Server(build, port=0, redirects={"/old/": "/2025/12/03/hafen/"}, log=lines.append)
    thread = server.start()
    yield server, lines
    server.stop()
    thread.join(2)
    assert not thread.is_alive()
    server.close()


@pytest.fixture(scope="module")
def reader(server):
    with httpx.Client(base_url=server[0].address) as client:
        yield client


def raw(address: str, data: bytes) -> bytes:
    host, port = address.removeprefix("http://").strip("/").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(data)
        out = b""
        while part := wire.recv(65536):
            out += part
        return out


def ask(address: str, target: str, extra: str = "") -> bytes:
    return raw(
        address, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{extra}\r\n".encode("latin-1")
    )


def test_a_page_arrives_whole_with_its_charset_and_its_own_tag(reader):
    answer = reader.get("/2025/12/03/hafen/")
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"].startswith('"')
    assert "GMT" in answer.headers["date"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("feed.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"),
        ("site.css", "text/css; charset=utf-8"),
        ("strange.qqq", "application/octet-stream"),
    ],
)
def test_feeds_and_files_say_what_they_are(reader, name, kind):
    assert reader.get(f"/{name}").headers["content-type"] == kind


def test_head_says_the_same_without_a_body(reader):
    answer = reader.head("/large.bin")
    assert answer.headers["content-length"] == "700000"
    assert answer.content == b""
    assert reader.head("/").headers["content-length"] == str(len(PAGE.encode()))


def test_a_reader_with_a_good_copy_gets_no_second_one(reader):
    first = reader.get("/")
    assert reader.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert reader.get("/", headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'}).status_code == 304
    assert reader.get("/", headers={"If-None-Match": '"x"'}).status_code == 200
    assert reader.get("/", headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
    for date in ("Sat, 01 Jan 2000 00:00:00 GMT", "garbage", "Sat, 01 Jan 99999 00:00:00 GMT"):
        assert reader.get("/", headers={"If-Modified-Since": date}).status_code == 200
    etag = {"If-None-Match": first.headers["etag"], "Range": "bytes=0-3"}
    assert reader.get("/", headers=etag).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, 700_000),
        ("bytes=-5", 206, 699_995, 700_000),
        ("bytes=699990-99999999", 206, 699_990, 700_000),
        ("bytes=0-1,5-6", 200, 0, 700_000),
        ("bytes=9-0", 200, 0, 700_000),
        ("bytes=-", 200, 0, 700_000),
        ("lines=1-2", 200, 0, 700_000),
        ("bytes=700000-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_a_part_of_a_recording_can_be_had(reader, build, asked, status, start, end):
    answer = reader.get("/large.bin", headers={"Range": asked})
    assert answer.status_code == status
    if status == 206:
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/700000"
    if status == 416:
        assert answer.headers["content-range"] == "bytes */700000"
    else:
        assert answer.content == (build / "large.bin").read_bytes()[start:end]


def test_a_part_of_another_version_is_not_mixed_in(reader):
    tag = reader.get("/site.css", headers={"Accept-Encoding": "identity"}).headers["etag"]
    span = {"Range": "bytes=0-3"}
    assert reader.get("/site.css", headers={**span, "If-Range": tag}).status_code == 206
    assert reader.get("/site.css", headers={**span, "If-Range": '"other"'}).status_code == 200
    assert reader.get("/site.css", headers={**span, "If-Range": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200


def test_a_precompressed_file_is_sent_to_whoever_can_read_it(reader, build):
    packed = reader.get("/site.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "accept-encoding"
    assert packed.headers["content-type"] == "text/css; charset=utf-8"
    assert packed.content == (build / "site.css").read_bytes()
    for refuses in ("identity", "gzip;q=0", "gzip;q=0.000, br", "*;q=0"):
        assert "content-encoding" not in reader.get("/site.css", headers={"Accept-Encoding": refuses}).headers
    assert reader.get("/site.css", headers={"Accept-Encoding": "*"}).headers["content-encoding"] == "gzip"
    whole = reader.get("/site.css", headers={"Accept-Encoding": "identity"}).headers["etag"]
    assert packed.headers["etag"] != whole


def test_a_missing_page_is_the_sites_own_in_the_readers_language(reader):
    assert (reader.get("/no/such/").status_code, reader.get("/no/such/").text) == (
        404,
        "<html><body>Not here</body></html>",
    )
    assert (reader.get("/de/weg/").status_code, reader.get("/de/weg/").text) == (
        404,
        "<html><body>Nicht hier</body></html>",
    )


def test_a_folder_is_a_page_and_never_a_listing(reader):
    moved = reader.get("/2025/12/03/hafen?from=feed")
    assert (moved.status_code, moved.headers["location"]) == (301, "/2025/12/03/hafen/?from=feed")
    assert reader.get("/empty/").status_code == 404
    assert reader.get("/index.html/").status_code == 404


def test_names_in_any_script_are_found(reader):
    assert reader.get("/über uns/").status_code == 200
    assert reader.get("/über uns").headers["location"] == "/%C3%BCber%20uns/"


def test_a_former_address_leads_to_the_present_one(reader):
    moved = reader.get("/old/")
    assert (moved.status_code, moved.headers["location"]) == (301, "/2025/12/03/hafen/")


OUTSIDE = [
    "/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/..%252fsecret.txt", "/..\\secret.txt", "/..%5csecret.txt",
    "//etc/passwd", "/%2fetc/passwd", "/./../secret.txt", "/de/../../secret.txt", "/%c0%ae%c0%ae/secret.txt", "/.git/config",
    "/index.html/../../secret.txt", "/leak.txt", "/out/secret.txt", "/pipe.txt", "/%", "/%zz", "/%ff%fe", "/\xe9",
    "/" + "a" * 5000, "/" + "a/" * 3000, "/<script>alert(1)</script>", "/%00", "/index.html%00.txt", "*", "file:///etc/passwd",
    "/%0d%0aX-Evil:%201",
]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_outside_the_built_site_can_be_had(server, target):
    answer = ask(server[0].address, target)
    assert answer.split(b" ")[1] in {b"400", b"404"}
    assert b"CANARY" not in answer
    assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1]
    assert b"<script>alert" not in answer
    assert b"\r\nX-Evil" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_only_reading_is_allowed(reader, method):
    answer = reader.request(method, "/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


def test_a_foreign_name_for_this_machine_is_turned_away(server, reader):
    for host in ("evil.example", "evil.example:8000", "[::2]", "127.0.0.1.evil.example"):
        assert reader.get("/", headers={"Host": host}).status_code == 421
    for host in ("localhost:1", "127.0.0.1", "news.localhost", "[::1]:80"):
        assert reader.get("/", headers={"Host": host}).status_code == 200
    assert raw(server[0].address, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_a_connection_is_kept_for_the_next_request(server):
    answer = raw(
        server[0].address,
        b"GET /feed.xml HTTP/1.1\r\nHost: localhost\r\n\r\nGET /feed.xml HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    )
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def test_an_endless_request_is_refused_and_the_others_go_on(server, reader):
    try:
        answer = raw(server[0].address, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 2_000_000)
    except ConnectionError:
        answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")
    assert raw(server[0].address, bytes(range(256))).startswith(b"HTTP/1.1 400")
    assert reader.get("/").status_code == 200


def test_a_rebuilt_page_is_seen_at_once_even_within_the_same_second(tmp_path):
    (tmp_path / "index.html").write_text("one")
    server = Server(tmp_path, port=0)
    thread = server.start()
    seen = []
    for text in ("one", "two", "ten"):
        new = tmp_path / "new"
        new.write_text(text)
        os.utime(new, (1e9, 1e9))
        new.replace(tmp_path / "index.html")
        seen.append(httpx.get(server.address).text)
    assert seen == ["one", "two", "ten"]
    server.stop()
    thread.join(2)
    server.close()


def test_every_request_leaves_a_line_that_cannot_forge_another(server, reader):
    _, lines = server
    lines.clear()
    reader.get("/%0aGET%20/fake")
    ask(server[0].address, "/x\x1b[2J")
    reader.get("/")
    end = time.monotonic() + 5
    while len(lines) < 2 and time.monotonic() < end:  # a line is written after its answer
        time.sleep(0.01)
    assert len(lines) >= 2
    assert all(line.isprintable() for line in lines)
    assert lines[-1].startswith(f"GET / 200 {len(PAGE.encode())} ")


def test_a_site_below_a_path_is_served_there(build):
    server = Server(build, port=0, root_path="/news/")
    thread = server.start()
    with httpx.Client(base_url=server.address.removesuffix("/news/")) as client:
        assert server.address.endswith("/news/")
        assert client.get("/").headers["location"] == "/news/"
        assert client.get("/news").headers["location"] == "/news/"
        assert client.get("/news/").text == PAGE
        assert client.get("/news/2025/12/03/hafen").headers["location"] == "/news/2025/12/03/hafen/"
        assert client.get("/2025/12/03/hafen/").status_code == 404
    server.stop()
    thread.join(2)
    server.close()


def test_a_site_without_a_404_page_still_says_so_plainly(tmp_path):
    server = Server(tmp_path, port=0)
    thread = server.start()
    answer = httpx.get(server.address)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")
    server.stop()
    thread.join(2)
    server.close()


def test_a_taken_default_port_moves_on_and_says_so(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        server = Server(tmp_path, port=taken)
        address = server.bind()
        assert str(taken) not in address
        assert server.moved.startswith(f"port {taken} is taken, using ")
        server.close()


def test_a_taken_port_that_was_asked_for_is_an_error_with_a_remedy(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SettingsError, match="another program uses"):
        Server(tmp_path, port=other.getsockname()[1], port_explicit=True).bind()


def test_an_unknown_host_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(SettingsError, match="no address of this machine"):
        Server(tmp_path, "192.0.2.1", 0).bind()


def test_a_restarted_server_goes_on_with_the_same_socket(tmp_path, monkeypatch):
    first = Server(tmp_path, port=0)
    address = first.bind()
    monkeypatch.setenv(HANDED_ON, "x")
    first.hand_on()
    assert os.environ[HANDED_ON] != "x"
    second = Server(tmp_path, port=0)
    assert second.bind() == address
    assert HANDED_ON not in os.environ
    monkeypatch.setenv(HANDED_ON, "987654")
    third = Server(tmp_path, port=0)
    assert third.bind() != address
    for server in (first, second, third):
        server.close()


def test_wildcard_addresses_are_shown_as_something_to_click_on(tmp_path):
    server = Server(tmp_path, "0.0.0.0", 0)
    assert server.bind().startswith("http://127.0.0.1:")
    server.close()
    assert server.moved == ""
    with pytest.raises(RuntimeError):
        _ = server.address


def test_the_first_line_says_where_to_click():
    assert greeting("http://127.0.0.1:8000/", 1.234, 2021) == "http://127.0.0.1:8000/ · 2021 pages built in 1.2 s"
    assert greeting("http://127.0.0.1:8001/", 0.1, 1, "port 8000 is taken, using 8001").endswith(
        "(port 8000 is taken, using 8001)"
    )


def test_it_ends_though_a_reader_never_reads(build):
    server = Server(build, port=0)
    thread = server.start()
    host, port = server.address.removeprefix("http://").strip("/").split(":")
    with socket.create_connection((host, int(port))) as slow, socket.create_connection((host, int(port))) as half:
        slow.sendall(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        half.sendall(b"GET / HT")
        slow.recv(10)
        threading.Thread(target=server.stop).start()
        thread.join(30)
        assert not thread.is_alive()
    server.close()


def test_a_server_stopped_before_it_ran_does_not_run(tmp_path):
    server = Server(tmp_path, port=0)
    server.bind()
    server.stop()
    server.run()
    server.close()


def test_serving_ends_with_ctrl_c_and_with_the_work_beside_it(tmp_path):
    def interrupted() -> str:
        raise KeyboardInterrupt

    for work, end in ((interrupted, None), (lambda: "restart", "restart")):
        server = Server(tmp_path, port=0)
        address = server.bind()
        after = []
        assert run(server, work, after=after.append) == end
        assert after == [end]
        assert address.startswith("http://127.0.0.1:")


def test_while_only_serving_nothing_is_done(monkeypatch):
    waited = []
    monkeypatch.setattr("dateline.serve.Event", type("Waiting", (), {"wait": lambda _self: waited.append(1)}))
    forever()
    assert waited == [1]


def test_when_ten_more_ports_are_taken_it_says_so(tmp_path, monkeypatch):
    def taken(_host: str, _port: int) -> None:
        raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr("dateline.serve._open", taken)
    with pytest.raises(SettingsError, match="this port and the next 10 are taken"):
        Server(tmp_path).bind()


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "only the administrator"), (errno.EADDRNOTAVAIL, "no address"), (errno.EINVAL, "Invalid argument")],
)
def test_a_port_that_cannot_be_had_is_an_error_with_a_remedy(tmp_path, monkeypatch, number, words):
    def refused(_host: str, _port: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr("dateline.serve._open", refused)
    with pytest.raises(SettingsError, match=words):
        Server(tmp_path, port=80, port_explicit=True).bind()


def test_a_socket_that_does_not_listen_is_not_taken_over(tmp_path, monkeypatch):
    with socket.socket() as other:
        monkeypatch.setenv(HANDED_ON, str(os.dup(other.fileno())))
        server = Server(tmp_path, port=0)
        server.bind()
        server.close()


def test_a_named_host_is_local_only_when_it_is_this_machine(build):
    for host, status in (("localhost", 421), ("0.0.0.0", 200)):
        server = Server(build, host, 0)
        thread = server.start()
        assert httpx.get(server.address, headers={"Host": "news.example"}).status_code == status
        server.stop()
        thread.join(2)
        server.close()


def test_a_large_file_replaced_since_it_was_chosen_is_not_mixed_up(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"a" * 600_000)
    folder = Folder(tmp_path)
    found = folder.read("a.bin")
    os.close(folder.reopen(found))
    (tmp_path / "b.bin").write_bytes(b"b" * 600_000)
    (tmp_path / "b.bin").replace(tmp_path / "a.bin")
    assert folder.reopen(found) is None
    (tmp_path / "a.bin").unlink()
    assert folder.reopen(found) is None
    assert Folder(tmp_path / "gone").open("a.bin") is None


def test_little_is_held_and_the_oldest_goes_first(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name * 40)
    folder = Folder(tmp_path, keep=100)
    first = folder.read("a")
    assert folder.read("a") is first
    folder.read("b")
    folder.read("c")
    assert folder.read("a") is not first


def test_a_half_request_is_closed_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr("dateline.serve_protocol.PATIENCE", 0.1)
    server = Server(tmp_path, port=0)
    thread = server.start()
    assert raw(server.address, b"GET / HTTP/1.1\r\n").startswith(b"HTTP/1.1 408")
    assert raw(server.address, b"") == b""
    server.stop()
    thread.join(2)
    server.close()


def test_a_page_without_a_policy_gets_a_strict_one_and_one_with_keeps_its_own(tmp_path):
    (tmp_path / "index.html").write_text("<p>bare")
    (tmp_path / "own.html").write_text("<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><p>own")
    (tmp_path / "own.html.gz").write_bytes(gzip.compress((tmp_path / "own.html").read_bytes()))
    for policy, sent in (
        (None, "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'"),
        ("", ""),
    ):
        server = Server(tmp_path, port=0, **({} if policy is None else {"policy": policy}))
        thread = server.start()
        assert httpx.get(server.address).headers.get("content-security-policy", "").startswith(sent)
        assert bool(httpx.get(server.address).headers.get("content-security-policy")) is bool(sent)
        for coding in ("gzip", "identity"):
            assert (
                "content-security-policy"
                not in httpx.get(server.address + "own.html", headers={"Accept-Encoding": coding}).headers
            )
        server.stop()
        thread.join(2)
        server.close()
