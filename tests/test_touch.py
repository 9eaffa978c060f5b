"""A watching process: an edited body reaches the disk without a look at anything else, and nothing is ever wrong."""

from __future__ import annotations

from conftest import Newsroom
from dateline import pipeline
from dateline.pipeline import Memory
from dateline.request import Request
from dateline.touch import touch


def watching(newsroom: Newsroom) -> tuple[Memory, Request]:
    memory, request = Memory(), Request(root=newsroom.root, now=newsroom.now, jobs=1)
    pipeline.build(request, newsroom.settings, memory)
    return memory, request


def filled(newsroom: Newsroom) -> None:
    for i in range(6):
        newsroom.write(
            f"s{i}",
            f"Words of {i}.",
            tags=["harbour", f"t{i % 2}"],
            authors=["Jana Beispiel"],
            date=f"2026-11-{10 + i}T10:00:00Z",
        )


def test_an_edited_body_gives_what_a_clean_build_gives(newsroom: Newsroom) -> None:
    filled(newsroom)
    memory, request = watching(newsroom)

    for text in ("Other words.", "Still *other* words, and more of them.", "Words of 3."):
        newsroom.write("s3", text, tags=["harbour", "t1"], authors=["Jana Beispiel"], date="2026-11-13T10:00:00Z")
        report = touch(request, memory, ["content/s3.md"])
        assert report is not None
        assert {key for key in report.made if key.endswith(".html")} == {"2026/11/13/s3/index.html"}
        assert newsroom.tree() == newsroom.clean_build()
    assert newsroom.build().made == frozenset()


def test_whatever_is_more_than_a_body_is_left_to_a_whole_build(newsroom: Newsroom) -> None:
    filled(newsroom)
    memory, request = watching(newsroom)

    newsroom.write("s3", "Words.", title="Another headline", tags=["harbour"], date="2026-11-13T10:00:00Z")
    assert touch(request, memory, ["content/s3.md"]) is None
    assert touch(request, memory, ["content/unknown.md"]) is None
    newsroom.write("new", "Words.")
    assert touch(request, memory, ["content/new.md"]) is None
    (newsroom.root / "content/s3.md").write_text("---\ntitle: [\n---\n")
    assert touch(request, memory, ["content/s3.md"]) is None
    pipeline.build(request, newsroom.settings, memory)
    assert newsroom.tree() == newsroom.clean_build()


def test_a_whole_build_with_memory_gives_what_a_clean_build_gives(newsroom: Newsroom) -> None:
    filled(newsroom)
    memory, request = watching(newsroom)

    newsroom.write("s9", "New words.", tags=["harbour"])
    (newsroom.root / "content/s0.md").unlink()
    pipeline.build(request, newsroom.settings, memory)
    assert newsroom.tree() == newsroom.clean_build()
    newsroom.settle("[pagination]\nsize = 2\n")
    pipeline.build(request, newsroom.settings, memory)
    assert newsroom.tree() == newsroom.clean_build()


def test_two_stories_with_one_address_stay_apart_when_one_is_edited(newsroom: Newsroom) -> None:
    newsroom.write("a", "One.", slug="ship", id="urn:x:1", date="2026-11-20T08:00:00Z")
    newsroom.write("b", "Two.", slug="ship", id="urn:x:2", date="2026-11-20T09:00:00Z")
    memory, request = watching(newsroom)

    newsroom.write("b", "Three.", slug="ship", id="urn:x:2", date="2026-11-20T09:00:00Z")

    assert touch(request, memory, ["content/b.md"]) is not None
    assert newsroom.tree() == newsroom.clean_build()
