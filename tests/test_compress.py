"""Compressed files beside the text files: the same text, made once, gone with it."""

from __future__ import annotations

import gzip
import importlib.util

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from conftest import Newsroom
from dateline.compress import pack, packed, ready
from dateline.engine.task import Task
from dateline.errors import SettingsError

ALL = '[compress]\nformats = ["gz", "br", "zst"]\n'
SUFFIXES = (".gz", ".br", ".zst")
UNPACK = {
    ".gz": gzip.decompress,
    ".br": brotli.decompress,
    ".zst": lambda data: zstandard.ZstdDecompressor().decompress(data),
}


@given(st.binary(max_size=5000), st.sampled_from(SUFFIXES))
def test_what_is_unpacked_is_what_was_packed_and_packing_is_a_function(data: bytes, suffix: str) -> None:
    made = pack(suffix, data)

    assert UNPACK[suffix](made) == data
    assert pack(suffix, data) == made


def test_gzip_names_neither_time_nor_machine() -> None:
    assert pack(".gz", b"x")[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"


def test_every_text_has_its_compressed_files_and_nothing_else_has(newsroom: Newsroom) -> None:
    newsroom.settle(ALL)
    (newsroom.root / "static").mkdir()
    (newsroom.root / "static" / "x.bin").write_bytes(b"x")
    newsroom.write("ship")
    newsroom.build()

    found = newsroom.tree()
    for name in ("index.html", "feed.xml", "atom.xml", "feed.json", "feeds.opml", "robots.txt", "404.html"):
        for suffix in SUFFIXES:
            assert UNPACK[suffix](found[name + suffix]) == found[name]
    assert not [name for name in found if name.endswith(SUFFIXES) and name.rpartition(".")[0] not in found]
    assert not [name for name in found if name.startswith(("x.bin.", "assets/card")) and name.endswith(SUFFIXES)]


def test_a_second_build_makes_nothing_and_an_edit_only_what_it_touches(newsroom: Newsroom) -> None:
    newsroom.settle(ALL)
    newsroom.write("ship")
    newsroom.build()
    before = {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")}

    assert newsroom.build().made == frozenset()
    assert {p: p.stat().st_mtime_ns for p in (newsroom.root / "build").rglob("*")} == before

    newsroom.write("ship", body="Other words.")
    written = newsroom.build().written
    assert {"2026/11/20/ship/index.html", "2026/11/20/ship/index.html.gz", "feed.xml.zst"} <= written
    assert "index.html.gz" not in written
    assert newsroom.tree() == newsroom.clean_build()


@pytest.mark.parametrize("damage", ["remove", "truncate", "alter", "touch"])
def test_damage_is_repaired(newsroom: Newsroom, damage: str) -> None:
    newsroom.settle(ALL)
    newsroom.write("ship")
    newsroom.build()
    good = newsroom.tree()
    path = newsroom.root / "build" / "index.html.br"
    if damage == "remove":
        path.unlink()
    elif damage == "truncate":
        path.write_bytes(b"")
    elif damage == "alter":
        path.write_bytes(bytes(len(path.read_bytes())))
    else:
        path.touch()

    report = newsroom.build()

    assert newsroom.tree() == good
    assert report.made == (frozenset() if damage == "touch" else {"index.html"})
    assert newsroom.build().made == frozenset()


def test_files_go_with_their_page_and_with_the_setting(newsroom: Newsroom) -> None:
    newsroom.settle(ALL)
    path = newsroom.write("ship")
    newsroom.write("storm")
    newsroom.build()

    path.unlink()
    assert {f"2026/11/20/ship/index.html{suffix}" for suffix in ("", *SUFFIXES)} <= newsroom.build().removed
    newsroom.settle()
    newsroom.build()
    assert not [name for name in newsroom.tree() if name.endswith(SUFFIXES)]
    assert newsroom.tree() == newsroom.clean_build()


def test_formats_named_twice_are_made_once() -> None:
    (made,) = packed([Task("index.html", 0, (), None)], ["gz", "gz"])

    assert made.beside == (".gz",)


def test_a_missing_package_is_named_before_anything_is_built(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr("dateline.compress.find_spec", lambda name: None if name == "brotli" else find(name))
    newsroom.settle(ALL)

    with pytest.raises(SettingsError, match="'br' needs the package brotli"):
        newsroom.build()
    assert not (newsroom.root / "build").exists()
    newsroom.settle('[compress]\nformats = ["gz"]\n')
    ready(newsroom.settings)
