"""A small newsroom, byte for byte: whatever changes what readers get shows here first.

`DATELINE_GOLDEN=write pytest tests/test_golden.py` writes the files anew; look at the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import Newsroom

WRITE = os.environ.get("DATELINE_GOLDEN") == "write"  # asked before the tests are shielded from the environment
GOLDEN = Path(__file__).parent / "golden"
SHOWN = (
    "index.html",
    "2026/11/20/ship/index.html",
    "2026/11/19/notice/index.html",
    "tags/harbour/index.html",
    "archive/2026/11/index.html",
    "404.html",
    "feed.xml",
    "atom.xml",
    "feed.json",
    "sitemap.xml",
    "sitemap-news.xml",
    "robots.txt",
)


def printed(newsroom: Newsroom) -> dict[str, bytes]:
    """What is built of three stories with all that a story can have."""
    newsroom.settle(
        'timezone = "Europe/Berlin"\ndescription = "News from the coast"\nauthor = "The desk"\n[search]\nenabled = false\n'
    )
    newsroom.write(
        "ship",
        "MOSKAU is *far* & the ship is <near>.\n\n## All aboard\n\nA [link](https://elsewhere.example/) and “quotes”.",
        title="A ship comes in",
        slug="ship",
        id="tag:harbour.example,2026:ship",
        date="2026-11-20T10:00:00+01:00",
        updated="2026-11-20T12:30:00+01:00",
        summary="After eleven months at sea.",
        tags=["harbour"],
        people=["Jana Beispiel"],
        section="Port",
        authors=["Ole Muster"],
        agency="dpa",
        dateline="NORDERFLETH",
        corrections=[{"date": "2026-11-20T12:30:00+01:00", "text": "It was eleven months, not ten."}],
    )
    newsroom.write(
        "storm",
        "Wind.",
        title="A storm goes out",
        slug="storm",
        id="tag:harbour.example,2026:storm",
        date="2026-11-21",
        tags=["harbour"],
    )
    newsroom.write(
        "notice",
        "",
        title="Withdrawn",
        slug="notice",
        id="tag:harbour.example,2026:gone",
        date="2026-11-19",
        status="withdrawn",
    )
    newsroom.build()
    built = newsroom.tree()
    return {name: built[name] for name in SHOWN}


def test_a_small_newsroom_is_printed_as_it_always_was(newsroom: Newsroom) -> None:
    now = printed(newsroom)
    if WRITE:
        for name, data in now.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(data)
        pytest.skip("written anew")

    assert {name: (GOLDEN / name).read_bytes() for name in SHOWN} == now
