"""Forms of feeds are kept from build to build, and whatever is wrong with one that was kept does not show in a feed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Newsroom
from dateline import feeds, form_files
from dateline.feed_forms import Form
from dateline.form_files import FormFiles

FORM = Form((b"<item>", b"</item>"), ((0, False),))
SHAPE = b"0123456789abcdef"


class Maker:
    """Makes a form and counts how often it is asked to."""

    def __init__(self, made: Form = FORM) -> None:
        self.made = made
        self.calls = 0

    def __call__(self) -> Form:
        self.calls += 1
        return self.made


def test_a_form_that_was_kept_is_not_made_again(tmp_path: Path) -> None:
    maker = Maker()

    assert FormFiles(tmp_path / "forms", b"code")(SHAPE, maker) == FORM
    assert FormFiles(tmp_path / "forms", b"code")(SHAPE, maker) == FORM

    assert maker.calls == 1


def test_forms_of_another_version_of_the_code_are_not_used_and_give_way(tmp_path: Path) -> None:
    FormFiles(tmp_path, b"old")(SHAPE, Maker())
    other = Maker(Form((b"<entry>",), ()))

    for _ in range(2):
        assert FormFiles(tmp_path, b"new")(SHAPE, other) == other.made

    assert other.calls == 1
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "of another shape", "a folder"])
def test_a_damaged_form_is_made_again(tmp_path: Path, harm: str) -> None:
    files = FormFiles(tmp_path, b"code")
    files(SHAPE, Maker())
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    if harm == "of another shape":
        FormFiles(tmp_path, b"code")(b"another shape...", Maker(Form((b"<entry>",), ())))
        (other,) = set(tmp_path.iterdir()) - {path}
        other.replace(path)
    elif harm == "a folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes({"cut": data[:-1], "changed": data[:-1] + b"x", "empty": b""}[harm])
    maker = Maker()

    assert files(SHAPE, maker) == FORM

    assert maker.calls == 1


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "forms").write_text("no folder")
    maker = Maker()

    assert FormFiles(tmp_path / "forms", b"code")(SHAPE, maker) == FORM
    assert maker.calls == 1


def test_no_more_forms_are_kept_than_a_newsroom_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_files, "MOST", 2)
    files = FormFiles(tmp_path, b"code")
    for i in range(5):
        files(bytes([i]) * 16, Maker())

    assert len(list(tmp_path.iterdir())) == 2


def test_a_build_with_kept_forms_has_feedgen_make_nothing_and_makes_the_same_feeds(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("a", tags=["harbour"])
    newsroom.build()
    before = newsroom.tree()
    feeds._entry_form.cache_clear()
    feeds._head_form.cache_clear()

    def unwanted(*_: object) -> str:
        pytest.fail("feedgen was asked")

    monkeypatch.setattr("dateline.feed_maker.document", unwanted)
    newsroom.build(full=True)

    assert newsroom.tree() == before
