"""Pictures to share stories with, icons and the manifest: drawn alike on every machine, and only where they are wanted."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from conftest import Newsroom
from dateline import cards, pictures
from dateline.cards import Card, drawn, legible
from photos import photo, put, read

WORDS = Card("Ferry back on schedule", "Port", "November 20, 2026", "The Harbour")


def shared(newsroom: Newsroom, name: str) -> str:
    found = re.search(
        r'property="og:image" content="https://harbour.example/([^"]+)"', newsroom.read(f"2026/11/20/{name}/index.html")
    )
    assert found
    return found[1]


def made(newsroom: Newsroom) -> list[str]:
    return [name for name in newsroom.tree() if name.startswith("media/card-")]


def test_a_story_without_a_picture_is_shared_with_a_card_of_its_own(newsroom: Newsroom) -> None:
    newsroom.settle("[images]\ncards = true\nwidths = [40]\nformats = ['jpeg']\n")
    put(newsroom.root / "content", "photo.jpg", photo((60, 40)))
    newsroom.write("ship", section="Port")
    newsroom.write("storm", image="photo.jpg")
    newsroom.build()

    card = read(newsroom.tree()[shared(newsroom, "ship")])
    assert (card.format, card.size) == ("PNG", (1200, 630))
    assert made(newsroom) == [shared(newsroom, "ship")]
    assert shared(newsroom, "storm").endswith("-40.jpg")
    assert f'"image":["https://harbour.example/{shared(newsroom, "ship")}"]' in newsroom.read(
        "2026/11/20/ship/index.html"
    )


def test_a_card_is_made_again_when_its_words_change_and_only_then(newsroom: Newsroom) -> None:
    newsroom.settle("[images]\ncards = true\n")
    newsroom.write("ship")
    newsroom.build()
    before = made(newsroom)

    newsroom.write("ship", body="Other words.")
    assert not [key for key in newsroom.build().made if "card-" in key]
    newsroom.write("ship", title="Another headline")
    newsroom.build()
    assert made(newsroom) != before
    assert len(made(newsroom)) == 1
    assert newsroom.build().made == frozenset()
    assert newsroom.tree() == newsroom.clean_build()


def test_letters_that_the_typeface_lacks_make_no_card(newsroom: Newsroom) -> None:
    newsroom.settle("[images]\ncards = true\n")
    newsroom.write("ship", title="新闻", slug="ship")
    newsroom.build()

    assert not made(newsroom)
    assert "assets/card" in shared(newsroom, "ship")


def test_every_letter_that_is_called_legible_is_one_that_the_typeface_has() -> None:
    font = cards._font(40)
    empty = bytes(font.getmask("\uffff"))
    missing = [
        c
        for c in map(chr, range(0x21, 0x2213))
        if legible(Card(c, "", "", "")) and not c.isspace() and bytes(font.getmask(c)) == empty
    ]
    assert missing == []


def test_the_same_words_give_the_same_bytes_and_other_words_others() -> None:
    assert drawn(WORDS) == drawn(WORDS)
    assert drawn(WORDS) != drawn(Card("Ferry late", *[getattr(WORDS, f) for f in ("section", "date", "wordmark")]))


@given(st.text("abcdefgh äöüß–„“.,", max_size=400), st.text("abc ", max_size=120), st.text("abc ", max_size=120))
@settings(deadline=None, max_examples=25)
@example("aaaaaaaaaaaaaaaaaaaaaa", "", "")
def test_no_words_leave_the_card(title: str, section: str, wordmark: str) -> None:
    image = Image.open(io.BytesIO(drawn(Card(title, section, "1", wordmark)))).convert("L")

    for edge in ((0, 20, 60, 630), (1140, 20, 1200, 630), (0, 600, 1200, 630)):
        low, high = image.crop(edge).getextrema()
        assert low == high


@pytest.mark.parametrize(
    ("accent", "top"),
    [
        ("", (11, 85, 99)),
        ("#aa0000", (170, 0, 0)),
        ("rebeccapurple", (102, 51, 153)),
        ("oklch(50% 0.1 200)", (11, 85, 99)),
    ],
)
def test_the_card_has_the_colour_of_the_site(accent: str, top: tuple[int, int, int]) -> None:
    found = read(drawn(Card("x", "y", "z", "w", accent))).convert("RGB").getpixel((5, 5))
    assert all(abs(a - b) < 4 for a, b in zip(found, top, strict=True))


def test_cards_without_the_extra_are_a_warning_and_the_site_is_built(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "_folder", lambda: None)
    newsroom.settle("[images]\ncards = true\n")
    newsroom.write("ship")

    report = newsroom.build()

    assert [(p.level, "dateline[images]" in p.problem) for p in report.problems] == [("warning", True)]
    assert not made(newsroom)


def test_one_picture_gives_the_icons_in_all_sizes_and_the_manifest_lists_them(newsroom: Newsroom) -> None:
    newsroom.settle('[images]\nicon = "logo.png"\n')
    put(newsroom.root / "static", "logo.png", photo((700, 600), "PNG", "RGBA"))
    newsroom.write("ship")
    newsroom.build()

    icons = {name: read(data).size for name, data in newsroom.tree().items() if name.startswith("assets/icon-")}
    assert sorted(icons.values()) == [(32, 32), (180, 180), (192, 192), (512, 512)]
    page = newsroom.read("index.html")
    assert 'rel="apple-touch-icon" type="image/png" sizes="180x180"' in page
    assert 'rel="manifest" href="/manifest.json"' in page
    listed = json.loads(newsroom.read("manifest.json"))["icons"]
    assert {(i["src"].lstrip("/"), i["sizes"]) for i in listed} == {
        (n, f"{w}x{w}") for n, (w, _) in icons.items() if w > 180
    }
    assert newsroom.build().made == frozenset()


def test_without_one_the_icon_of_the_theme_is_used(newsroom: Newsroom) -> None:
    newsroom.write("ship")
    newsroom.build()

    assert json.loads(newsroom.read("manifest.json"))["icons"][0]["type"] == "image/svg+xml"
    assert "apple-touch-icon" not in newsroom.read("index.html")


@pytest.mark.parametrize("there", [b"", b"<svg/>", None])
def test_an_icon_that_cannot_be_used_is_named_and_left_out(newsroom: Newsroom, there: bytes | None) -> None:
    newsroom.settle('[images]\nicon = "logo.png"\n')
    if there is not None:
        put(newsroom.root / "static", "logo.png", there)
    newsroom.write("ship")

    report = newsroom.build()

    assert [p.problem.startswith("images.icon") for p in report.problems] == [True]
    assert "image/svg+xml" in newsroom.read("index.html")


def test_an_icon_without_the_extra_is_a_warning(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ready", lambda: False)
    newsroom.settle('[images]\nicon = "logo.png"\n')

    assert "dateline[images]" in newsroom.build().problems[0].problem
