"""A page is open while the newsroom works: what its tab is told, and what stands on the desk."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from dateline import livereload
from dateline.article import Term
from dateline.desk_page import DeskView, Due, Ingest, Waiting, desk_page
from dateline.errors import Problem
from dateline.livereload import LiveReload, dress, fingerprint
from dateline.serve import Server
from dateline.serve_overlay import OverlayError, overlay
from dateline.tagging.edits import Pair
from dateline.watch import Entry, Outcome

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"
NOON = datetime(2025, 12, 3, 12, 0, tzinfo=UTC)


def page(text: str, css: str = "/assets/site.aaaa.css") -> str:
    return (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="preload" as="style" href="{css}"><link rel="stylesheet" href="{css}"><link rel="icon" href="/icon.svg">'
        f"</head><body><p>{text}</p></body></html>"
    )


class Tab:
    """A browser's tab as far as the server can tell: it holds a stream open and notes what it is told."""

    def __init__(self, address: str, path: str, digest: str | None = None) -> None:
        host, port = address.removeprefix("http://").strip("/").split(":")
        if digest is None:
            found = re.search(r'data-digest="(\w*)"', httpx.get(address.rstrip("/") + path).text)
            digest = found[1] if found else ""
        self.wire = socket.create_connection((host, int(port)), timeout=30)
        self.wire.sendall(
            f"GET /_dateline/events?path={path}&digest={digest} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        )
        self.lines = self.wire.makefile("rb")
        self.hello = self.told()

    def told(self) -> tuple[str, object]:
        kind = ""
        for raw in self.lines:
            line = raw.decode().strip()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return kind, json.loads(line.removeprefix("data: "))
        return "end", None

    def close(self) -> None:
        self.lines.close()
        self.wire.close()


class Newsroom:
    def __init__(self, folder: Path, desk=None) -> None:
        self.folder = folder
        self.live = LiveReload()
        self.server = Server(folder, port=0, live=self.live, desk=desk)
        self.thread = self.server.start()
        self.address = self.server.address
        self.tabs: list[Tab] = []

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        new = self.folder / "new"
        new.write_text(text)
        new.replace(self.folder / name)

    def open(self, path: str, digest: str | None = None) -> Tab:
        self.tabs.append(Tab(self.address, path, digest))
        return self.tabs[-1]

    def close(self) -> None:
        self.server.stop()
        self.thread.join(2)
        assert not self.thread.is_alive()
        for tab in self.tabs:
            tab.close()
        self.server.close()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, {"": b"<p>desk</p>", "preview/a/": page("draft").encode()}.get)
    room.write("index.html", page("home"))
    room.write("a/index.html", page("a"))
    room.write("404.html", page("nothing here"))
    room.write("assets/site.aaaa.css", "p {}")
    yield room
    room.close()


def test_a_page_carries_the_script_while_served_live_and_never_on_disk(newsroom):
    answer = httpx.get(newsroom.address + "a/")
    assert re.search(r'<script src="/_dateline/live.js" data-digest="\w{18}" defer></script></body>', answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert (newsroom.folder / "a/index.html").read_text() == page("a")
    assert httpx.get(newsroom.address + "_dateline/live.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert httpx.get(newsroom.address + "_dateline/dev.css").status_code == 200
    assert httpx.get(newsroom.address + "_dateline/../livereload.py").status_code == 404
    assert httpx.get(newsroom.address + "_dateline/other.js").status_code == 404


def test_the_pages_strict_policy_moves_into_the_header_and_grows_only_by_our_own(newsroom):
    answer = httpx.get(newsroom.address + "a/")
    assert "http-equiv" not in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'"
    )


@pytest.mark.parametrize(
    ("policy", "grown"),
    [
        ("default-src 'self'", "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'"),
        (
            "script-src 'none'; style-src x.org 'self'",
            "script-src 'self'; style-src x.org 'self'; connect-src * 'self'",
        ),
        ("DEFAULT-SRC 'none';; ", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"),
    ],
)
def test_policies_grow_from_what_they_allow(policy, grown):
    html = f"<meta content='{policy.replace(chr(39), '&#39;')}' http-equiv=content-security-policy><p>x"
    body, header = dress(html.encode())
    assert header.decode() == grown
    assert body.startswith(b"<p>x<script ")


def test_a_page_without_policy_gets_the_servers(newsroom):
    assert dress(b"<html></html>")[1] == b""
    assert dress(b"<html></html>", "default-src 'self'")[1].startswith(b"default-src 'self'; script-src 'self'")


def test_only_the_tab_concerned_is_told_to_reload(newsroom):
    home, story = newsroom.open("/"), newsroom.open("/a/")
    assert home.hello == ("hello", {"stale": False, "styles": ["/assets/site.aaaa.css"]})
    newsroom.write("a/index.html", page("changed"))
    newsroom.live.publish({"/a/", "/picture.jpg"})
    assert story.told() == ("reload", {"page": True, "changed": []})
    assert home.told() == ("reload", {"page": False, "changed": ["/picture.jpg"]})


def test_a_new_stylesheet_is_swapped_though_every_page_names_it(newsroom):
    tabs = [newsroom.open("/"), newsroom.open("/a/")]
    for name in ("index.html", "a/index.html"):
        newsroom.write(name, page("home" if name == "index.html" else "a", "/assets/site.bbbb.css"))
    newsroom.live.publish({"/", "/a/", "/assets/site.aaaa.css", "/assets/site.bbbb.css"})
    for tab in tabs:
        assert tab.told() == ("css", {"/assets/site.aaaa.css": "/assets/site.bbbb.css"})


def test_a_stylesheet_that_keeps_its_name_is_swapped_too(newsroom):
    tab = newsroom.open("/")
    newsroom.live.publish({"/assets/site.aaaa.css"})
    assert tab.told() == ("css", {"/assets/site.aaaa.css": "/assets/site.aaaa.css"})


def test_a_tab_on_a_missing_page_is_told_when_it_appears(newsroom):
    tab = newsroom.open("/b/")
    assert tab.hello[1]["stale"] is False
    newsroom.write("b/index.html", page("b"))
    newsroom.live.publish({"/b/"})
    assert tab.told() == ("reload", {"page": True, "changed": []})


def test_a_tab_that_was_away_learns_on_its_return_that_it_is_stale(newsroom):
    digest = fingerprint(page("a").encode()).digest
    newsroom.write("a/index.html", page("changed meanwhile"))
    assert newsroom.open("/a/", digest).hello[1]["stale"] is True
    assert newsroom.open("/a/", "").hello[1]["stale"] is False
    assert newsroom.open("/%ff/", "").hello[0] == "hello"


def test_a_problem_lies_over_open_tabs_and_those_opened_later_until_it_is_mended(newsroom):
    problem = OverlayError(
        "templates/base.html", 3, "unexpected '}'", "close it", ((3, "{{ x }"),), ("templates/home.html:1",)
    )
    early = newsroom.open("/")
    newsroom.live.fail([problem])
    late = newsroom.open("/a/")
    shown = {"file": "templates/base.html", "line": 3, "cause": "unexpected '}'", "hint": "close it"}
    for tab in (early, late):
        kind, (told,) = tab.told()
        assert kind == "problems"
        assert {key: told[key] for key in shown} == shown
    newsroom.live.clear()
    newsroom.live.clear()
    assert early.told() == late.told() == ("problems", [])


def test_publishing_nothing_says_nothing(newsroom):
    tab = newsroom.open("/")
    newsroom.live.publish(set())
    newsroom.live.fail(())
    newsroom.live.publish({"/x.jpg"})
    assert tab.told() == ("reload", {"page": False, "changed": ["/x.jpg"]})


def test_a_tab_that_hangs_up_is_forgotten(newsroom):
    newsroom.open("/").close()
    gone = threading.Event()
    for _ in range(200):
        if not newsroom.live.tabs:
            break
        gone.wait(0.01)
    assert newsroom.live.tabs == 0


def test_signs_of_life_keep_the_stream_open(newsroom, monkeypatch):
    monkeypatch.setattr(livereload, "BEAT", 0.02)
    tab = newsroom.open("/")
    tab.lines.readline()
    assert b": here" in tab.lines.readline() + tab.lines.readline() + tab.lines.readline() + tab.lines.readline()


def test_a_stop_says_good_bye_to_open_tabs(newsroom):
    tab = newsroom.open("/")
    newsroom.server.stop()
    assert tab.told() == ("end", None)


def test_strangers_get_neither_stream_nor_desk(newsroom):
    for path in ("_dateline/events", "_desk/"):
        assert httpx.get(newsroom.address + path, headers={"Host": "evil.example"}).status_code == 421
        assert httpx.post(newsroom.address + path).status_code == 405


# -- the desk


def test_the_desk_is_served_but_never_built(newsroom):
    answer = httpx.get(newsroom.address + "_desk/")
    assert (answer.status_code, answer.text) == (200, "<p>desk</p>")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.get(newsroom.address + "_desk").headers["location"] == "/_desk/"
    assert httpx.get(newsroom.address + "_desk/nothing/").status_code == 404
    assert httpx.get(newsroom.address + "_deskx").status_code == 404


def test_a_draft_can_be_looked_at_under_its_own_policy(newsroom):
    answer = httpx.get(newsroom.address + "_desk/preview/a/")
    assert "draft" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")


def test_an_open_desk_follows_the_newsroom(newsroom):
    tab = newsroom.open("/_desk/", "")
    newsroom.live.publish({"/x/"})
    assert tab.told() == ("reload", {"page": True, "changed": []})
    newsroom.live.fail([OverlayError("a.md", 0, "no headline")])
    assert tab.told() == ("reload", {"page": True, "changed": []})


def test_the_desk_of_a_quiet_newsroom_says_so():
    html = desk_page(DeskView("Hafenbote", NOON, ZoneInfo("UTC"))).decode()
    for line in (
        "Nothing is due.",
        "Nothing is wrong.",
        "No drafts",
        "Nothing has come in",
        "Nothing has been rebuilt",
        "No two tags",
    ):
        assert line in html
    assert "<script" not in html


def test_the_desk_tells_what_came_in_what_is_due_and_what_is_wrong():
    term = Term("keyword", "keyword:hafen", "Hafen")
    view = DeskView(
        title="Hafenbote <b>",
        now=NOON,
        zone=ZoneInfo("Europe/Berlin"),
        stories=3,
        files=40,
        stylesheet="/assets/site.css",
        ingests=(Ingest(NOON, "Kran <script>", "/a/", "seeds/1.txt"), Ingest(NOON, "Ohne Seite", "", "seeds/2.txt")),
        rebuilds=(
            Entry(NOON, "files", ("a", "b", "c", "d"), 0.0123, Outcome(summary="built 2 of 40 files")),
            Entry(NOON - timedelta(days=1), "clock", (), 1.5, Outcome(changed=frozenset({"/a/"}))),
        ),
        problems=tuple(Problem(f"content/{n}.md", "no headline", "write one") for n in range(60)),
        due=(Due(NOON + timedelta(minutes=25), "embargo", "Haushalt"), Due(NOON + timedelta(hours=3), "news sitemap")),
        waiting=(
            Waiting("Entwurf", "draft", "content/d.md", "preview/d/"),
            Waiting("Haushalt", "embargo", "content/h.md", "", NOON),
        ),
        tags=(Pair(term, Term("keyword", "keyword:haefen", "Häfen"), 90.0),),
    )
    html = desk_page(view, live=True).decode()
    assert "Kran &lt;script&gt;" in html
    assert "<b>" not in html
    for text in (
        "13:25 (in 25 min): embargo – Haushalt",
        '<a href="/_desk/preview/d/">Entwurf</a>',
        "12 ms",
        "and more",
        "built 2 of 40 files",
        "1 files changed",
        "And 10 more.",
        "Häfen <code>keyword:haefen</code> looks like Hafen",
        '<time datetime="2025-12-03T12:00:00+00:00">13:00:00</time>',
        '<time datetime="2025-12-02T12:00:00+00:00">2025-12-02 13:00:00</time>',
        "1.5 s",
        "(write one)",
        '<script src="/_dateline/live.js" defer></script>',
    ):
        assert text in html


# -- the overlay


def test_an_overlay_shows_five_lines_the_cause_the_way_there_and_the_remedy(tmp_path):
    (tmp_path / "templates/partials").mkdir(parents=True)
    (tmp_path / "templates/partials/card.html").write_text("".join(f"line {n}\n" for n in range(1, 10)))
    problem = Problem(
        "templates/partials/card.html:4",
        "'storry' is undefined, from templates/base.html:9, from templates/home.html:2",
        "story?",
    )
    warning = Problem("content/a.md", "no section", level="warning")
    (shown,) = overlay([problem, warning], tmp_path)
    assert shown == OverlayError(
        file="templates/partials/card.html",
        line=4,
        cause="'storry' is undefined",
        hint="story?",
        source=tuple((n, f"line {n}") for n in range(2, 7)),
        chain=("templates/home.html:2", "templates/base.html:9", "templates/partials/card.html:4"),
    )


def test_an_overlay_shows_the_beginning_and_the_end_of_a_file(tmp_path):
    (tmp_path / "a.md").write_text("one\ntwo\nthree")
    assert [n for n, _ in overlay([Problem("a.md:1", "x")], tmp_path)[0].source] == [1, 2, 3]
    assert [n for n, _ in overlay([Problem("a.md:3", "x")], tmp_path)[0].source] == [1, 2, 3]
    assert overlay([Problem("a.md:999999999", "x")], tmp_path)[0].source == ()


def test_an_overlay_finds_the_default_theme_and_opens_nothing_odd(tmp_path):
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme/base.html").write_text("theirs")
    (tmp_path / "link.md").symlink_to("theme/base.html")
    assert overlay([Problem("templates/base.html:1", "x")], tmp_path, tmp_path / "theme")[0].source == ((1, "theirs"),)
    for place in ("link.md:1", "theme:1", "gone.md:1", "a\\x00b:1", "dateline.toml"):
        assert overlay([Problem(place, "x")], tmp_path)[0].source == ()


def test_an_overlay_stops_at_twenty():
    assert len(overlay([Problem(f"{n}.html", "x") for n in range(50)], Path())) == 20
