"""The server files: ``docs/deploy/nginx.conf`` in a real nginx, and what is written for other hosts."""

from __future__ import annotations

import gzip
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from conftest import Newsroom
from dateline.redirects import NGINX_MAP, address

CONF = Path(__file__).parents[1] / "docs" / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
OLD = "/old/address/"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A site with a story that has moved, served by nginx as our file configures it; only paths, name and port differ."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    newsroom = Newsroom(folder / "newsroom")
    newsroom.settle('[compress]\nformats = ["gz"]\n')
    newsroom.write("ship", aliases=[OLD, "/über/uns/"], tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.build()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    text = CONF.read_text(encoding="utf-8").replace("/srv/news/build", str(newsroom.root / "build"))
    text = re.sub(r"listen \[::\]:80;", "", text).replace("listen 80;", f"listen 127.0.0.1:{number};")
    temps = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
    (folder / "nginx.conf").write_text(f"{head}\nhttp {{ access_log off; {temps}\n{text}\n}}\n", encoding="utf-8")
    server = subprocess.Popen(
        [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")],
        stderr=subprocess.PIPE,
    )
    try:
        _wait_for(number, server)
        yield number
    finally:
        server.terminate()
        server.communicate(timeout=10)


def _wait_for(number: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                return
        assert server.poll() is None, server.stderr.read().decode() if server.stderr else ""
        time.sleep(0.02)
    pytest.fail("nginx does not answer")


def get(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/feed.xml", "application/rss+xml; charset=utf-8"),
        ("/tags/harbour/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/2026/11/20/ship/", "text/html; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ],
)
def test_everything_has_its_type_and_the_strict_headers(port: int, path: str, kind: str) -> None:
    answer, _ = get(port, path)

    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_reader_that_has_the_feed_is_told_so(port: int) -> None:
    answer, _ = get(port, "/feed.xml")

    again, body = get(port, "/feed.xml", If_None_Match=answer.headers["ETag"])

    assert (again.status, body) == (304, b"")
    assert get(port, "/feed.xml", If_Modified_Since=answer.headers["Last-Modified"])[0].status == 304


def test_assets_are_kept_for_a_year(port: int) -> None:
    _, home = get(port, "/")
    sheet = re.search(rb'href="(/assets/site[^"]+)"', home)
    assert sheet

    answer, _ = get(port, sheet[1].decode())

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


def test_a_missing_page_is_our_own_404_with_all_headers(port: int) -> None:
    answer, body = get(port, "/nowhere/")

    assert answer.status == 404
    assert b"Page not found" in body
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in answer.headers


def test_a_former_address_leads_on_for_good(port: int) -> None:
    for old in (OLD, "/%C3%BCber/uns/"):
        answer, _ = get(port, old)
        assert (answer.status, answer.headers["Location"]) == (301, "/2026/11/20/ship/")


def test_the_compressed_file_is_sent_as_it_lies_there(port: int) -> None:
    plain, text = get(port, "/2026/11/20/ship/")
    answer, body = get(port, "/2026/11/20/ship/", Accept_Encoding="gzip")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert body[4:8] == b"\0\0\0\0"
    assert answer.headers["Content-Length"] == str(
        len(body)
    )  # of a file: what nginx compresses itself goes out in chunks
    assert gzip.decompress(body) == text
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_what_is_for_servers_is_not_for_readers(port: int) -> None:
    for path in ("/_headers", "/_redirects", f"/{NGINX_MAP}", "/.git/config"):
        assert get(port, path)[0].status == 404


def test_other_hosts_get_headers_and_redirects(newsroom: Newsroom) -> None:
    newsroom.write("ship", aliases=[OLD, "old/page.html"])
    newsroom.build()

    assert newsroom.read("_redirects") == (
        f"/feed/ /feed.xml 301\n{OLD} /2026/11/20/ship/ 301\n/old/page.html /2026/11/20/ship/ 301\n"
    )
    assert "/feed.xml\n  Content-Type: application/rss+xml" in newsroom.read("_headers")
    assert "unsafe-inline" not in newsroom.read("_headers")
    newsroom.write("ship")
    newsroom.build()
    assert newsroom.read("_redirects") == "/feed/ /feed.xml 301\n"
    newsroom.settle("[feeds]\nsite = false\n")
    assert newsroom.build().removed >= {"_redirects", NGINX_MAP}
    newsroom.settle("[theme]\nserver_files = false\n")
    assert newsroom.build().removed == {"_headers"}


def test_a_site_below_a_path_says_so_to_its_host(newsroom: Newsroom) -> None:
    newsroom.settle()
    text = (newsroom.root / "dateline.toml").read_text().replace("harbour.example/", "harbour.example/news/")
    (newsroom.root / "dateline.toml").write_text(text)
    newsroom.write("ship", aliases=[OLD])
    newsroom.build()

    assert newsroom.read("_redirects") == (
        "/news/feed/ /news/feed.xml 301\n/news/old/address/ /news/2026/11/20/ship/ 301\n"
    )
    assert newsroom.read("_headers").startswith("/news/*\n")


@pytest.mark.parametrize(
    "alias",
    [
        "/../../etc/passwd",
        "/a/../b/",
        "/.git/x/",
        "/a b/",
        '/a"b/',
        "/x;y/",
        "/a$b/",
        "/a\\b/",
        "/<script>/",
        "/a//b/",
        "/" + "x" * 90,
        "",
        "/",
        "/a\nb/",
        "/a/" * 20,
    ],
)
def test_an_alias_that_is_no_plain_address_is_named_and_leads_nowhere(newsroom: Newsroom, alias: str) -> None:
    newsroom.write("ship", aliases=[alias, "/good/"])

    report = newsroom.build()

    assert address(alias) == ""
    if alias:
        assert any("is no plain address" in p.problem for p in report.problems)
    assert "good/index.html" in newsroom.tree()
    assert {p.name for p in newsroom.root.parent.iterdir()} == {"newsroom"}


@pytest.mark.parametrize(
    "alias", ["/feed.xml/x/", "/archive/2026/", "/2026/11/20/ship/index.html/x/", "/tags/x/", "/media/x/", "/404.html"]
)
def test_an_alias_cannot_take_the_place_of_a_page(newsroom: Newsroom, alias: str) -> None:
    newsroom.write("ship", aliases=[alias])
    newsroom.write("storm")

    report = newsroom.build()

    assert [p.place for p in report.problems] == ["content/ship.md"]
    assert newsroom.tree() == newsroom.clean_build()
    assert newsroom.build().made == frozenset()
