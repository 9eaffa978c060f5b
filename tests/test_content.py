"""Content files as editors leave them: what is read, mended, or refused by name."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from msgspec import structs

from conftest import Newsroom
from dateline import content
from dateline.content import Reader, Reading
from dateline.errors import DatelineError
from dateline.settings import Limits

PATH = "content/a.md"


def reader(newsroom: Newsroom, vocabulary: str | None = None, **limits: int) -> Reader:
    settings = structs.replace(newsroom.settings, limits=Limits(**limits))
    return Reader(Reading(newsroom.root, settings, vocabulary, b"environment"))


def leave(newsroom: Newsroom, data: bytes) -> Path:
    path = newsroom.root / PATH
    path.write_bytes(data)
    return path


def test_a_file_that_is_not_utf_8_is_read_all_the_same(newsroom: Newsroom) -> None:
    leave(newsroom, "---\ntitle: Größe\ndate: 2026-11-20\n---\n\nÜber Öl für Nordhavn.\n".encode("cp1252"))

    parsed = content.read(reader(newsroom), PATH)

    assert parsed.record is not None
    assert parsed.record.teaser.title == "Größe"
    article, body = content.reload(newsroom.root, parsed.record, newsroom.settings, b"environment")
    assert (article.title, body) == ("Größe", "Über Öl für Nordhavn.")


def test_bytes_that_are_no_text_are_refused_by_name(newsroom: Newsroom) -> None:
    leave(newsroom, b"---\ntitle: A\n---\n\x00\x01\x02\xff\xfe\x00" * 50)

    (problem,) = content.read(reader(newsroom), PATH).problems

    assert problem.place.startswith(PATH)


def test_a_body_is_read_again_without_its_front_matter_unless_it_has_changed(newsroom: Newsroom) -> None:
    newsroom.write("a", "One.")
    record = content.read(reader(newsroom), PATH).record
    assert record is not None

    assert content.reload(newsroom.root, record, newsroom.settings, b"environment")[1] == "One."
    newsroom.write("a", "Two.", title="Another")
    article, body = content.reload(newsroom.root, record, newsroom.settings, b"environment")
    assert (article.title, body) == ("Another", "Two.")


def test_a_story_without_an_id_gets_one_that_is_made_from_its_path(newsroom: Newsroom) -> None:
    newsroom.write("a")
    first, again = (content.load(newsroom.root, PATH, newsroom.settings)[0].id for _ in range(2))

    made = uuid.UUID(first.removeprefix("urn:uuid:"))
    assert first == again
    assert (made.version, made.variant) == (5, uuid.RFC_4122)


def test_denied_words_are_no_tags(newsroom: Newsroom) -> None:
    newsroom.write("a", tags=["harbour", "spam"])

    parsed = content.read(reader(newsroom, 'denied = ["spam"]\n'), PATH)

    assert parsed.record is not None
    assert [term.id for term in parsed.record.terms] == ["keyword:harbour"]


def test_a_text_that_would_cost_too_much_is_refused_with_the_reason(newsroom: Newsroom) -> None:
    newsroom.write("a", "word " * 1000)

    (problem,) = content.read(reader(newsroom, line=2000), PATH).problems

    assert problem.place == PATH
    assert "[limits]" in problem.remedy


def test_a_file_that_kills_its_reader_is_named() -> None:
    (problem,) = content.lost(PATH).problems

    assert problem.place == PATH


def test_a_file_that_has_gone_is_a_problem_and_no_traceback(newsroom: Newsroom) -> None:
    assert content.read(reader(newsroom), PATH).problems
    with pytest.raises(DatelineError):
        content.load(newsroom.root, PATH, newsroom.settings)


def test_of_many_files_each_is_read_as_if_it_were_alone(newsroom: Newsroom) -> None:
    for n in range(70):
        newsroom.write(f"s{n:02}", f"Text {n}.", tags=["harbour"])
    for name, text in (
        ("s05", "no front matter"),
        ("s06", "---\ntitle: x\ndate: never\n---\n\nText.\n"),
        ("s07", "---\ntitle: [\n---\n"),
        ("s60", "---\ntitle: x\ndate: 2026-11-20\n---\n\n" + "x" * 3000),
    ):
        (newsroom.root / f"content/{name}.md").write_text(text, encoding="utf-8")
    (newsroom.root / "content/s08.md").write_bytes(b"\xff\xfe\0\x01" * 9)
    paths = [f"content/s{n:02}.md" for n in range(71)]  # the last one has gone
    at = reader(newsroom, article=2000)

    found = content.read_all(at, paths)

    assert found == [content.read(reader(newsroom, article=2000), path) for path in paths]
    assert [parsed.path for parsed in found] == paths
    assert [parsed.path[9:11] for parsed in found if parsed.problems] == ["05", "06", "07", "08", "60", "70"]
