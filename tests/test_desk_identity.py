"""What tells one story from another."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline import desk, identity
from dateline.errors import DatelineError, SettingsError
from dateline.identity import hashed, likeness, mint, names_story, sketch, source_key, text_key
from dateline.ledger import Ledger
from deskroom import DOCK, NOW, Newsroom, copy, in_memory, other

DAY = date(2026, 11, 18)


@pytest.fixture
def newsroom():
    for folder in in_memory():
        yield Newsroom(folder / "room")


def test_an_id_with_a_colon_is_one_story_whoever_sends_it():
    assert source_key("dpa", "urn:x:1", DAY) == source_key("APA", "urn:x:1", None)


def test_an_id_without_a_colon_counts_within_its_agency():
    assert source_key("dpa", "brand-im-hafen", DAY) != source_key("APA", "brand-im-hafen", DAY)


def test_a_message_counter_counts_within_a_day_and_names_no_story():
    assert source_key("dpa-AFX", "AXC0153", DAY) == source_key("dpa-AFX", "AXC0153", DAY)
    assert source_key("dpa-AFX", "AXC0153", DAY) != source_key("dpa-AFX", "AXC0153", date(2026, 11, 19))
    assert source_key("dpa-AFX", "AXC0153", None) is None
    assert not names_story("AXC0153")
    assert source_key("dpa", "", DAY) is None


@given(st.text(max_size=30))
def test_an_id_that_can_no_longer_be_read_is_still_recognised(source_id):
    assert hashed(hashed(source_id)) == hashed(source_id)
    assert source_key("dpa", hashed(source_id), DAY) == source_key("dpa", source_id, DAY)


def test_white_space_is_no_difference_and_a_comma_is():
    assert text_key("Ein  Titel", "Ein\nText") == text_key("Ein Titel", "Ein Text")
    assert text_key("Titel", "1,5 Prozent") != text_key("Titel", "1.5 Prozent")
    assert text_key("ab", "c") != text_key("a", "bc")


@given(
    st.lists(st.sampled_from(["Hafen", "Werft", "Dock", "Stadt", "Fähre", "Wind"]), min_size=30, max_size=200),
    st.integers(0, 29),
)
def test_likeness_of_short_texts_is_exact(words, at):
    changed = [*words[:at], "Neuwort", *words[at + 1 :]]
    one, two = ({tuple(w[i : i + 3]) for i in range(len(w) - 2)} for w in (words, changed))

    found = likeness(sketch(" ".join(words)), sketch(" ".join(changed)))

    exact = len(one & two) / len(one | two)
    assert found == pytest.approx(exact if min(len(one), len(two)) >= identity.FEWEST else 0.0)


def test_likeness_of_long_texts_is_near_the_truth():
    parts = [other(n) for n in range(30)]
    one, two = " ".join(parts), " ".join([*parts[:27], other(91), other(92), other(93)])

    assert likeness(sketch(one), sketch(one)) == 1.0
    assert likeness(sketch(one), sketch(two)) == pytest.approx(27 / 33, abs=0.06)


def test_a_paragraph_said_twice_says_no_more():
    assert (
        sketch(DOCK) == sketch(DOCK + " " + DOCK)[: len(sketch(DOCK))]
        or likeness(sketch(DOCK), sketch(DOCK + " " + DOCK)) > 0.95
    )


@pytest.mark.parametrize("text", ["", "ein", "ein Wort", "drei Wörter hier"])
def test_a_few_words_are_like_nothing(text):
    assert likeness(sketch(text), sketch(text)) == 0.0


def test_ids_are_tag_uris_of_the_site():
    assert mint("https://news.example:8000/x/", datetime(2026, 1, 1, tzinfo=UTC), "ab") == "tag:news.example,2026:ab"


def test_boilerplate_shared_by_many_costs_little(newsroom):
    rules = "Diese Meldung wurde automatisch erstellt und von der Redaktion nicht geprüft, alle Angaben sind daher ohne Gewähr. "
    for i in range(60):
        newsroom.seed(f"{i:02d}.txt", copy(rules + other(i), head=f"Meldung {i}"))

    assert newsroom.ingest().new == 60


def test_a_ledger_damaged_inside_is_made_again_in_the_middle_of_an_ingest(newsroom):
    for i in range(40):
        newsroom.seed(f"{i:02d}.txt", copy(other(i), head=f"Meldung {i}"))
    newsroom.ingest()
    before = newsroom.articles()
    ledger = newsroom.root / ".dateline/desk.sqlite"
    data = bytearray(ledger.read_bytes())
    data[4096 * 10 :] = b"\xa5" * (len(data) - 4096 * 10)
    ledger.write_bytes(data)
    newsroom.seed("new.txt", copy())

    newsroom.ingest()

    assert set(before) < set(newsroom.articles())
    assert len(newsroom.articles()) == 41


def test_a_full_disk_under_the_ledger_is_said_and_mended(newsroom, monkeypatch):
    newsroom.seed("a.txt", copy())

    def full(self, version):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "put_version", full)
        with pytest.raises(DatelineError, match="disk is full"):
            newsroom.ingest()

    assert newsroom.ingest().new == 1
    assert len(newsroom.articles()) == 1


def test_damage_found_on_the_way_is_mended_on_the_way(newsroom, monkeypatch):
    newsroom.seed("a.txt", copy())
    newsroom.ingest()
    newsroom.seed("b.txt", copy(other(1)))
    by_text, times = Ledger.by_text, iter([True])

    def once(self, text):
        if next(times, False):
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error
        return by_text(self, text)

    monkeypatch.setattr(Ledger, "by_text", once)

    assert newsroom.ingest().new == 1
    assert len(newsroom.articles()) == 2


def test_history_and_withdrawal_mend_a_damaged_ledger(newsroom):
    for i in range(40):
        newsroom.seed(f"{i:02d}.txt", copy(other(i), head=f"Meldung {i}"))
    newsroom.ingest()
    ledger = newsroom.root / ".dateline/desk.sqlite"
    whole = ledger.read_bytes()
    path = newsroom.root / "content/2026/11/18-meldung-7.md"
    for work in (
        lambda: desk.history(newsroom.root, path),
        lambda: desk.withdraw(newsroom.root, path, newsroom.settings, NOW),
    ):
        ledger.write_bytes(whole[: 4096 * 10] + b"\xa5" * (len(whole) - 4096 * 10))
        assert work()
    assert "status: withdrawn" in path.read_text()


def test_a_seed_with_an_odd_name_is_read(newsroom):
    odd = newsroom.root / "seeds" / os.fsdecode(b"br\xfcnn\n.txt")
    odd.write_text(copy())

    report = desk.ingest(newsroom.root, [odd], newsroom.settings, NOW)

    assert report.new == 1
    assert report.outcomes[0].file.endswith("br\\xfcnn\\n.txt")
    assert newsroom.ingest().unreadable == 1  # in a folder, a name that is no text is refused


def test_a_ledger_that_cannot_be_opened_is_a_fault_of_the_place(newsroom):
    (newsroom.root / ".dateline/desk.sqlite").mkdir(parents=True)

    with pytest.raises(SettingsError, match="cannot be used"):
        newsroom.ingest()


def test_a_scratch_folder_that_cannot_be_made_is_said(newsroom):
    (newsroom.root / ".dateline").mkdir()
    (newsroom.root / ".dateline/tmp").write_text("")

    with pytest.raises(Exception, match="cannot be written"):
        desk.history(newsroom.root, "x")
