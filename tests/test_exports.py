"""What other programs take on: OPML, ninjs, the key for IndexNow; and whom a build tells of changes."""

from __future__ import annotations

import json
import socket
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Newsroom
from dateline import cli
from test_ping import Hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    import threading

    server = Hub()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def outlines(newsroom: Newsroom, name: str = "feeds.opml") -> list[dict[str, str]]:
    return [o.attrib for o in ET.fromstring(newsroom.read(name)).iter("outline") if "xmlUrl" in o.attrib]


def run(newsroom: Newsroom, *words: str) -> int:
    return cli.run(["--root", str(newsroom.root), *words])


def build(newsroom: Newsroom, *words: str) -> int:
    return run(newsroom, "build", "--clock", newsroom.now.isoformat(), "-j1", "--no-search", *words)


def test_opml_lists_every_feed_once_and_only_feeds_that_are_there(newsroom: Newsroom) -> None:
    for name in ("ship", "strike"):
        newsroom.write(name, tags=["harbour"], section="Port", agency="dpa", authors=["Jana Beispiel"])
    newsroom.write("old", date="2026-09-01T10:00:00Z")
    newsroom.build()

    found = [o["xmlUrl"].removeprefix("https://harbour.example/") for o in outlines(newsroom)]

    built = {p.relative_to(newsroom.root / "build").as_posix() for p in (newsroom.root / "build").rglob("feed.xml")}
    assert len(found) == len(set(found))
    assert set(found) == built - {"archive/2026/09/feed.xml"}
    assert all(
        (newsroom.root / "build" / o["htmlUrl"].removeprefix("https://harbour.example/")).is_dir()
        for o in outlines(newsroom)
    )


def test_each_language_lists_its_own_feeds_and_its_feeds_page_links_the_list(newsroom: Newsroom) -> None:
    newsroom.settle('languages = ["en", "de"]\n')
    newsroom.write("ship", lang="en")
    newsroom.write("schiff", lang="de")
    newsroom.build()

    assert [o["xmlUrl"] for o in outlines(newsroom, "de/feeds.opml")] == ["https://harbour.example/de/feed.xml"]
    assert 'href="/de/feeds.opml"' in newsroom.read("de/feeds/index.html")


def test_a_site_with_json_feeds_alone_has_no_opml(newsroom: Newsroom) -> None:
    newsroom.settle('[feeds]\nformats = ["json"]\n')
    newsroom.write("ship")
    newsroom.build()

    assert "feeds.opml" not in newsroom.tree()
    assert "opml" not in newsroom.read("feeds/index.html")


def test_ninjs_stands_beside_each_story_where_it_is_wanted(newsroom: Newsroom) -> None:
    newsroom.settle("[theme]\nninjs = true\n")
    newsroom.write("ship", body="Words of the *story*.", tags=["harbour"], id="tag:one")
    newsroom.write("gone", status="withdrawn", body="Secret.")
    newsroom.build()

    item = json.loads(newsroom.read("2026/11/20/ship/index.ninjs.json"))
    assert (item["uri"], item["pubStatus"], item["subjects"][0]["name"]) == ("tag:one", "usable", "harbour")
    assert "<em>story</em>" in item["bodies"][0]["value"]
    gone = json.loads(newsroom.read("2026/11/20/gone/index.ninjs.json"))
    assert gone["pubStatus"] == "canceled"
    assert "Secret" not in str(gone)
    newsroom.settle()
    newsroom.build()
    assert not [name for name in newsroom.tree() if "ninjs" in name]


def test_a_newer_story_leaves_the_ninjs_of_the_others_alone(newsroom: Newsroom) -> None:
    newsroom.settle("[theme]\nninjs = true\n")
    newsroom.write("ship", date="2026-11-01T10:00:00Z")
    newsroom.build()

    newsroom.write("storm")

    assert {key for key in newsroom.build().made if key.endswith("ninjs.json")} == {"2026/11/20/storm/index.ninjs.json"}


def test_the_key_of_indexnow_is_a_file_of_the_site(newsroom: Newsroom) -> None:
    newsroom.settle('[feeds]\nindexnow_key = "abcdefgh"\n')
    newsroom.build()

    assert newsroom.tree()["abcdefgh.txt"] == b"abcdefgh"


def test_the_hub_hears_of_each_changed_feed_once_and_of_nothing_when_nothing_changed(
    newsroom: Newsroom, hub: Hub
) -> None:
    newsroom.settle(f'[feeds]\nhub = "{hub.url}"\nformats = ["rss"]\ncorrections = false\n')
    newsroom.write("ship")
    newsroom.write("old", date="2026-09-01T10:00:00Z")

    assert build(newsroom, "--ping") == cli.OK
    assert hub.feeds() == ["https://harbour.example/feed.xml"]  # and no closed month
    build(newsroom, "--ping")
    assert len(hub.told) == 1


def test_what_a_build_changed_is_told_later_once_the_site_has_been_uploaded(newsroom: Newsroom, hub: Hub) -> None:
    newsroom.settle(f'[feeds]\nhub = "{hub.url}"\nformats = ["rss", "atom"]\n')
    newsroom.write("ship")
    build(newsroom)
    newsroom.write("storm")
    build(newsroom)
    assert not hub.told

    assert run(newsroom, "ping") == cli.OK
    assert hub.feeds() == ["https://harbour.example/atom.xml", "https://harbour.example/feed.xml"]
    run(newsroom, "ping")
    assert len(hub.told) == 2


def test_a_hub_that_is_down_is_a_warning_and_is_told_the_next_time(
    newsroom: Newsroom, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        newsroom.settle(f'[feeds]\nhub = "http://127.0.0.1:{closed.getsockname()[1]}/"\nformats = ["rss"]\n')
    newsroom.write("ship")

    assert build(newsroom, "--ping") == cli.OK
    assert "cannot be reached" in capsys.readouterr().err
    newsroom.settle(f'[feeds]\nhub = "{hub.url}"\nformats = ["rss"]\n')
    assert run(newsroom, "ping") == cli.OK
    assert hub.feeds() == ["https://harbour.example/feed.xml"]


def test_indexnow_is_told_of_changed_stories(newsroom: Newsroom) -> None:
    newsroom.settle('[feeds]\nindexnow_key = "abcdefgh"\n')
    newsroom.write("ship")
    build(newsroom)

    waiting = json.loads((newsroom.root / ".dateline" / "pings.json").read_bytes())
    assert waiting == {"feeds": [], "pages": ["https://harbour.example/2026/11/20/ship/"]}


def test_pinging_with_nobody_to_tell_is_a_fault_of_the_settings(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(newsroom, "ping") == cli.USAGE
    assert "feeds.hub" in capsys.readouterr().err


def test_a_dry_run_tells_nobody(newsroom: Newsroom, hub: Hub) -> None:
    newsroom.settle(f'[feeds]\nhub = "{hub.url}"\n')
    newsroom.write("ship")

    build(newsroom, "--ping", "--dry-run")

    assert not hub.told
    assert not (newsroom.root / ".dateline" / "pings.json").exists()


def test_the_output_folder_is_no_part_of_what_waits(newsroom: Newsroom) -> None:
    newsroom.settle('[feeds]\nhub = "http://127.0.0.1:9/"\n')
    newsroom.write("ship")
    newsroom.build()

    assert not list(Path(newsroom.root / "build").rglob("pings*"))
