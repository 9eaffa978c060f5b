"""Laws of the desk: neither order nor repetition nor a kill shows in what it leaves."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline import desk
from dateline.desk_shelf import Shelf
from dateline.ledger import Ledger
from deskroom import DOCK, MEMORY, NOW, SETTINGS, Newsroom, copy, in_memory, other

NOTES = ["", "", "", "Wiederholung", "Berichtigung: Die Zahl der Lehrlinge wurde korrigiert"]
HEADS = ["Musterwerft erneuert Trockendock", "Musterwerft: Neues Dock", "Hafenfest"]


@st.composite
def seeds(draw):
    """Copy about a few stories, in several versions, under names that say nothing."""
    found = {}
    for i in range(draw(st.integers(2, 7))):
        story, version = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        text = f"{other(story)} {DOCK if story else ''} Stand {version}."
        date = draw(st.sampled_from(["2026-11-18", "2026-11-18", "2026-11-19", "2026-11"]))
        name = f"{draw(st.sampled_from('abc'))}/{draw(st.sampled_from('xyz'))}{i}.txt"
        found[name] = copy(text, date=date, head=HEADS[draw(st.integers(0, 2))], note=draw(st.sampled_from(NOTES)))
    return found


@contextmanager
def room(files: dict[str, str]):
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        newsroom = Newsroom(Path(made))
        for name, text in files.items():
            newsroom.seed(name, text)
        yield newsroom


@settings(deadline=None, max_examples=12)
@given(files=seeds(), data=st.data())
def test_neither_the_order_of_files_nor_their_repetition_shows(files, data):
    with room(files) as one, room(files) as other_room:
        one.ingest()
        names = data.draw(st.permutations([*files, *data.draw(st.lists(st.sampled_from(list(files))))]))

        other_room.ingest(*names)
        other_room.ingest(*data.draw(st.lists(st.sampled_from(list(files)), min_size=1)))
        other_room.ingest()

        assert one.articles() == other_room.articles()


@settings(deadline=None, max_examples=8)
@given(versions=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(NOTES)), min_size=2, max_size=6), data=st.data())
def test_copy_that_comes_day_by_day_ends_as_copy_that_comes_at_once(versions, data):
    files = {
        f"{i}.txt": copy(f"{other(story)} {DOCK} Stand {i}.", date=f"2026-11-{10 + i}", note=note)
        for i, (story, note) in enumerate(versions)
    }
    names = list(files)
    with room(files) as one, room(files) as other_room:
        one.ingest()
        while names:
            part = data.draw(st.integers(1, len(names)))
            other_room.ingest(*data.draw(st.permutations(names[:part])))
            del names[:part]

        assert one.articles() == other_room.articles()


@settings(deadline=None, max_examples=6)
@given(files=seeds(), order=st.randoms())
def test_a_lost_ledger_adds_and_changes_nothing(files, order):
    with room(files) as newsroom:
        newsroom.ingest()
        before = newsroom.articles()
        shutil.rmtree(newsroom.root / ".dateline")
        names = list(files)
        order.shuffle(names)

        newsroom.ingest(*names)

        after = newsroom.articles()
        assert {path: text for path, text in after.items() if not path.endswith(".agency")} == before


@pytest.fixture
def folder():
    yield from in_memory()


STEPS = ((Shelf, "_fresh"), (Shelf, "_rename"), (Shelf, "remove"), (Ledger, "pend"), (Ledger, "put_entry"), (Ledger, "put_version"), (Ledger, "finish"))  # fmt: skip


def _killed(root: Path, at: int) -> bool:
    """Ingest in a child that dies before its step *at* on the disk; tell whether it got that far."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = at
    for kind, name in STEPS:
        real = getattr(kind, name)

        def step(self, *args, real=real, **kw):
            nonlocal left
            left -= 1
            if left == 0:
                os._exit(9)
            return real(self, *args, **kw)

        setattr(kind, name, step)
    try:
        desk.ingest(root, [root / "seeds"], SETTINGS, NOW, jobs=1)
    finally:
        os._exit(0)


@pytest.mark.parametrize(("late", "stride"), [(False, 1), (True, 4)])
def test_killed_at_any_step_the_next_ingest_ends_as_an_undisturbed_one(folder, late, stride):
    files = {
        "1.txt": copy(),
        "2.txt": copy(DOCK.replace("zwanzig", "dreißig"), date="2026-11-19"),
        "3.txt": copy(
            DOCK.replace("zwanzig", "vierzig"), date="2026-11-20", note="Berichtigung: Die Zahl wurde korrigiert"
        ),
        "5.txt": copy(other(5), date=""),
        "6.txt": copy(other(6), head="Wird gestrichen"),
        "7.txt": copy(other(6), head="Wird gestrichen", date="2026-11-19", note="Die Meldung wird zurückgezogen"),
    }
    calm = Newsroom(folder / "calm")
    for name, text in files.items():
        calm.seed(name, text)
    calm.ingest()
    at, killed = 1 - stride, True
    while killed:
        at += stride
        stormy = Newsroom(folder / f"{at}")
        for i, (name, text) in enumerate(files.items()):
            stormy.seed(name, text)
            if late and i == 1:
                stormy.ingest()
        killed = _killed(stormy.root, at)

        report = stormy.ingest()

        assert stormy.articles() == calm.articles(), f"killed before step {at}"
        assert not [p for p in report.problems if p.level == "error"]
        assert stormy.grep("Wird gestrichen") == []
        assert not any((stormy.root / ".dateline/tmp").iterdir())
        shutil.rmtree(stormy.root)
    assert at > 10
