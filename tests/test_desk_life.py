"""The life of a story: first version, update, repeat, correction, hand edit, conflict, withdrawal."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from dateline import desk, wire
from dateline.errors import DatelineError
from deskroom import DOCK, NOW, SECRET, SETTINGS, Newsroom, copy, in_memory, ninjs, other

CHANGED = DOCK.replace("zwanzig", "dreißig")


@pytest.fixture
def folder():
    yield from in_memory()


@pytest.fixture
def newsroom(folder):
    return Newsroom(folder / "room")


def head(text: str, key: str) -> str:
    return next((line.partition(": ")[2] for line in text.splitlines() if line.startswith(f"{key}: ")), "")


def test_the_whole_life_of_a_story(newsroom):
    # The first version arrives in the morning.
    newsroom.seed("1.txt", copy(DOCK + "\n\n" + SECRET + ".", head="Musterwerft: " + SECRET))
    assert str(newsroom.ingest()) == "ingested 1: 1 new"
    path, first = newsroom.path(), newsroom.only()

    # An update follows: one article, the same address, a later `updated`.
    newsroom.seed("2.txt", copy(CHANGED + "\n\n" + SECRET + ".", date="2026-11-19", head="Musterwerft: " + SECRET))
    assert str(newsroom.ingest()) == "ingested 1: 1 updated (1 unchanged)"
    assert newsroom.path() == path
    second = newsroom.only()
    assert "dreißig" in second
    assert [head(second, key) for key in ("id", "date", "slug")] == [head(first, key) for key in ("id", "date", "slug")]
    assert head(second, "updated") == "2026-11-19T00:00:00+01:00"

    # It is sent again, which changes nothing.
    newsroom.seed(
        "3.txt",
        copy(CHANGED + "\n\n" + SECRET + ".", date="2026-11-19", head="Musterwerft: " + SECRET, note="Wiederholung"),
    )
    assert str(newsroom.ingest()) == "ingested 1: 1 repeat (2 unchanged)"
    assert newsroom.only() == second

    # A figure was wrong: the reader sees a dated note.
    right = CHANGED.replace("40 Millionen", "44 Millionen")
    newsroom.seed(
        "4.txt",
        copy(
            right + "\n\n" + SECRET + ".",
            date="2026-11-20",
            head="Musterwerft: " + SECRET,
            note="Berichtigung: Im ersten Absatz muss es heißen: 44 Millionen",
        ),
    )
    assert str(newsroom.ingest()) == "ingested 1: 1 correction (3 unchanged)"
    assert "Im ersten Absatz muss es heißen: 44 Millionen" in newsroom.only()
    assert "44 Millionen Euro" in newsroom.only()

    # An editor adds a sentence, and then the agency sends more: both are kept, the editor's is published.
    newsroom.edit("Der Betriebsrat", "Unser Reporter war dabei. Der Betriebsrat")
    edited = newsroom.only()
    newsroom.seed(
        "5.txt",
        copy(right.replace("März", "April") + "\n\n" + SECRET + ".", date="2026-11-20", head="Musterwerft: " + SECRET),
    )
    conflict = newsroom.ingest()
    assert str(conflict) == "ingested 1: 1 conflict (4 unchanged)"
    assert "edited by hand" in str(conflict.problems[0])
    assert newsroom.only() == edited
    beside = path.with_name(path.name + ".agency")
    assert "im April" in beside.read_text()

    # The newsroom can look back at all of it.
    told = desk.history(newsroom.root, head(first, "id"), newsroom.settings)
    assert [v.role for v in told] == ["new", "update", "repeat", "correction", "conflict"]
    assert (newsroom.root / told[0].file).read_text() == first
    assert (newsroom.root / told[1].file).read_text() == second
    assert newsroom.grep(SECRET)

    # It must go. What stays is an address.
    newsroom.seed(
        "6.txt",
        copy(
            right + "\n\n" + SECRET + ".",
            date="2026-11-21",
            head="Musterwerft: " + SECRET,
            note="Diese Meldung wird zurückgezogen",
        ),
    )
    assert "1 withdrawn" in str(newsroom.ingest())
    notice = newsroom.only()
    assert newsroom.path() == path
    assert head(notice, "status") == "withdrawn"
    assert head(notice, "id") == head(first, "id")
    assert head(notice, "title") == "Zurückgezogene Meldung"
    assert not beside.exists()
    words = [
        SECRET,
        "Trockendock",
        "Geheimrat",
        "Maschinenschaden",
        "Vorstandschefin",
        "Millionen",
        "Betriebsrat",
        "seeds/",
    ]
    assert newsroom.grep(*words) == []

    # And it does not come back: not from the seeds, not where the ledger is lost, not under another name.
    assert str(newsroom.ingest()) == "ingested 0: 6 unchanged"
    shutil.rmtree(newsroom.root / ".dateline")
    newsroom.ingest()
    assert newsroom.only() == notice
    assert newsroom.grep(*words) == []


def test_a_story_withdrawn_by_the_newsroom(newsroom):
    newsroom.seed("1.txt", copy(SECRET + ". " + DOCK))
    newsroom.ingest()
    path = newsroom.path()

    outcome = desk.withdraw(newsroom.root, path, newsroom.settings, NOW)

    assert outcome.role == "withdrawal"
    assert head(newsroom.only(), "updated") == "2026-11-22T13:00:00+01:00"
    assert newsroom.grep(SECRET, "Trockendock") == []
    assert (
        desk.withdraw(newsroom.root, head(newsroom.only(), "id"), newsroom.settings, NOW + timedelta(days=1)).role
        == "unchanged"
    )


def test_a_withdrawn_story_that_is_sent_again_stays_withdrawn_and_says_so(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    desk.withdraw(newsroom.root, newsroom.path(), newsroom.settings, datetime(2026, 11, 18, 12, tzinfo=UTC))
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-20"))

    report = newsroom.ingest()

    assert "stays withdrawn" in str(report.problems[0])
    assert head(newsroom.only(), "status") == "withdrawn"
    assert newsroom.ingest().problems == ()


def test_a_hand_written_article_can_be_withdrawn(newsroom):
    path = newsroom.root / "content/2026/11/18-hand.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"---\ntitle: {SECRET}\ndate: 2026-11-18\nid: tag:hand,2026:1\n---\n{SECRET}\n")

    desk.withdraw(newsroom.root, "tag:hand,2026:1", newsroom.settings, NOW)

    assert head(newsroom.only(), "id") == "tag:hand,2026:1"
    assert newsroom.grep(SECRET) == []


def test_the_agency_withdraws_by_its_own_id(newsroom):
    newsroom.seed("1.json", ninjs(SECRET + ". " + DOCK))
    newsroom.ingest()
    newsroom.seed("2.json", ninjs("", version="2", versioncreated="2026-11-18T10:00:00Z", pubstatus="canceled"))

    assert newsroom.ingest().withdrawn == 1
    assert newsroom.grep(SECRET, "urn:newsml") == []

    newsroom.seed("3.json", ninjs(DOCK, version="1", versioncreated="2026-11-18T09:30:00Z"))
    shutil.rmtree(newsroom.root / ".dateline")
    newsroom.ingest()
    assert head(newsroom.only(), "status") == "withdrawn"


def test_a_kill_that_comes_before_its_story_still_holds(newsroom):
    newsroom.seed("2.json", ninjs("", version="2", versioncreated="2026-11-18T10:00:00Z", pubstatus="canceled"))
    report = newsroom.ingest()
    assert "not here" in str(report.problems[0])

    newsroom.seed("1.json", ninjs(SECRET))
    newsroom.ingest()

    assert newsroom.articles() == {}


def test_a_kill_without_id_finds_its_story_by_the_headline(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed(
        "2.txt",
        copy("Bitte verwenden Sie diese Meldung nicht.", date="2026-11-19", note="Diese Meldung wird zurückgezogen"),
    )

    assert newsroom.ingest().withdrawn == 1
    assert head(newsroom.only(), "status") == "withdrawn"


def test_one_kill_is_not_taken_for_another(newsroom):
    text = "Bitte verwenden Sie diese Meldung nicht. Sie entspricht nicht den Tatsachen und wird von der Redaktion ohne Ersatz zurückgezogen."
    newsroom.seed("1.txt", copy(head="Erste Meldung"))
    newsroom.seed("2.txt", copy(other(2), head="Zweite Meldung"))
    newsroom.seed("3.txt", copy(text, head="Erste Meldung", note="Wird zurückgezogen"))
    newsroom.ingest()
    newsroom.seed("4.txt", copy(text, head="Zweite Meldung", note="Wird zurückgezogen"))
    newsroom.ingest()

    assert all(head(text, "status") == "withdrawn" for text in newsroom.articles().values())
    assert len(newsroom.articles()) == 2


def test_a_kill_of_nothing_is_said_and_not_remembered(newsroom):
    newsroom.seed("1.txt", copy("Bitte nicht verwenden.", note="Diese Meldung wird zurückgezogen"))

    report = newsroom.ingest()

    assert "not here" in str(report.problems[0])
    assert newsroom.articles() == {}


def test_the_agency_id_holds_a_story_together_whatever_the_text(newsroom):
    newsroom.seed("1.json", ninjs(DOCK))
    newsroom.seed("2.json", ninjs(other(9), version="2", versioncreated="2026-12-24T10:00:00Z", headline="Alles neu"))

    assert str(newsroom.ingest()) == "ingested 2: 1 new, 1 updated"
    assert head(newsroom.only(), "title") == "Alles neu"
    assert "18-musterwerft" in newsroom.path().name


def test_two_ids_of_the_agency_are_two_stories_however_alike(newsroom):
    newsroom.seed("1.json", ninjs(DOCK))
    newsroom.seed("2.json", ninjs(CHANGED, uri="urn:newsml:example.com:20261118:other"))

    assert newsroom.ingest().new == 2


def test_alike_texts_three_days_apart_are_two_stories(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-22"))

    assert newsroom.ingest().new == 2


def test_alike_texts_of_one_month_are_two_stories_unless_one_says_otherwise(newsroom):
    newsroom.seed("1.txt", copy(date="2026-11"))
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11"))
    assert newsroom.ingest().new == 2

    newsroom.seed(
        "3.txt", copy(CHANGED.replace("März", "April"), date="2026-11", note="Berichtigung: Es muss heißen: im April")
    )
    assert newsroom.ingest().corrections == 1


def test_alike_texts_of_two_agencies_are_two_stories(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(CHANGED, agency="APA"))

    assert newsroom.ingest().new == 2


def test_half_of_the_words_is_not_the_same_story(newsroom):
    newsroom.seed("1.txt", copy(DOCK + " " + other(1)))
    newsroom.seed("2.txt", copy(DOCK + " " + other(2)))

    assert newsroom.ingest().new == 2


def test_a_correction_may_change_more_than_an_unmarked_copy(newsroom):
    changed = DOCK.replace("40 Millionen", "44 Millionen").replace("zwölf", "sechs").replace("zwanzig", "acht")
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(changed, date="2026-11-19"))
    assert newsroom.ingest().new == 2

    newsroom.seed(
        "3.txt", copy(changed.replace("acht", "neun"), date="2026-11-19", note="Berichtigung: Zahlen korrigiert")
    )
    assert newsroom.ingest().corrections == 1


def test_a_bare_flag_becomes_a_sentence_for_the_reader(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(CHANGED, note="Berichtigung"))

    newsroom.ingest()

    assert "Die Agentur hat eine berichtigte Fassung" in newsroom.only()


def test_a_correction_that_arrives_first_carries_its_note(newsroom):
    newsroom.seed("1.txt", copy(note="Berichtigung: Im ersten Absatz muss es heißen: 40 Millionen"))

    assert newsroom.ingest().new == 1
    assert "muss es heißen: 40 Millionen" in newsroom.only()


def test_a_correction_without_another_word_adds_its_note_once(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(note="Berichtigung: Foto ausgetauscht und ersetzt"))
    assert newsroom.ingest().corrections == 1
    before = newsroom.only()
    assert head(before, "updated") == ""

    newsroom.seed("3.txt", copy(note="Berichtigung: Foto ausgetauscht und ersetzt") + "\n")
    assert newsroom.ingest().repeats == 1
    assert newsroom.only() == before


def test_an_earlier_version_that_arrives_later_is_kept_for_the_history_only(newsroom):
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-20"))
    newsroom.ingest()
    before = newsroom.articles()
    newsroom.seed("1.txt", copy(date="2026-11-18"))

    assert newsroom.ingest().repeats == 1
    assert newsroom.articles() == before
    told = desk.history(newsroom.root, newsroom.path(), newsroom.settings)
    assert [v.role for v in told] == ["new", "older"]
    assert "zwanzig" in (newsroom.root / told[1].file).read_text()


def test_the_agency_s_version_number_counts_before_its_clock(newsroom):
    newsroom.seed("1.json", ninjs(CHANGED, version="3", versioncreated="2026-11-18T09:00:00Z"))
    newsroom.ingest()
    newsroom.seed("2.json", ninjs(DOCK, version="2", versioncreated="2026-11-18T11:00:00Z"))

    assert newsroom.ingest().repeats == 1
    assert "dreißig" in newsroom.only()


def test_new_facts_without_new_words_leave_updated_alone(newsroom):
    newsroom.seed("1.json", ninjs(DOCK))
    newsroom.ingest()
    newsroom.seed("2.json", ninjs(DOCK, version="2", versioncreated="2026-11-18T10:00:00Z", urgency=2))

    assert newsroom.ingest().updated == 1
    assert head(newsroom.only(), "updated") == ""
    assert head(newsroom.only(), "urgency") == "2"


def test_an_editor_may_take_the_agency_s_version(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.edit("Betriebsrat", "Betriebsrat der Werft")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))
    newsroom.ingest()
    path = newsroom.path()
    path.with_name(path.name + ".agency").replace(path)
    newsroom.seed("3.txt", copy(CHANGED.replace("März", "April"), date="2026-11-19"))

    assert newsroom.ingest().updated == 1
    assert "April" in newsroom.only()


def test_a_second_conflict_keeps_the_first_for_the_history(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.edit("Betriebsrat", "Betriebsrat der Werft")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))
    newsroom.ingest()
    newsroom.seed("3.txt", copy(CHANGED.replace("März", "April"), date="2026-11-19"))

    assert newsroom.ingest().conflicts == 1
    told = desk.history(newsroom.root, newsroom.path(), newsroom.settings)
    assert "im März" in (newsroom.root / told[1].file).read_text()


def test_a_moved_article_is_found_by_its_id(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    moved = newsroom.root / "content/werft.md"
    newsroom.path().rename(moved)
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    assert newsroom.ingest().updated == 1
    assert newsroom.path() == moved
    assert "dreißig" in moved.read_text()


def test_a_deleted_article_does_not_come_back(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.path().unlink()
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    report = newsroom.ingest()

    assert report.conflicts == 1
    assert "taken out by hand" in str(report.problems[0])
    assert newsroom.articles() == {}
    assert newsroom.ingest().problems == ()


def test_an_article_that_an_editor_withdraws_stays_withdrawn(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.edit("lang: de", "lang: de\nstatus: withdrawn")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))
    before = newsroom.only()

    newsroom.ingest()

    assert newsroom.only() == before


def test_an_article_spoilt_by_hand_is_left_alone(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.path().write_text("no front matter")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    assert newsroom.ingest().conflicts == 1
    assert newsroom.only() == "no front matter"


def test_a_link_put_where_an_article_was_is_left_alone(newsroom, folder):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    path = newsroom.path()
    path.rename(folder / "mine.md")
    path.symlink_to(folder / "mine.md")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    assert newsroom.ingest().conflicts == 1
    assert path.is_symlink()


# The ledger is lost


def test_a_lost_ledger_is_made_again_without_duplicates(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))
    newsroom.seed("3.json", ninjs(other(3), headline="Andere Meldung"))
    newsroom.ingest()
    before = newsroom.articles()
    shutil.rmtree(newsroom.root / ".dateline")

    report = newsroom.ingest()

    assert newsroom.articles() == before
    assert (report.unchanged, report.repeats, report.problems) == (2, 1, ())


def test_after_a_lost_ledger_an_untouched_article_is_still_updated(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    shutil.rmtree(newsroom.root / ".dateline")
    newsroom.ingest()
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    assert newsroom.ingest().updated == 1


def test_after_a_lost_ledger_an_edited_article_is_still_the_editor_s(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    newsroom.edit("Betriebsrat", "Betriebsrat der Werft")
    shutil.rmtree(newsroom.root / ".dateline")
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))

    assert newsroom.ingest().conflicts == 1
    assert "Betriebsrat der Werft" in newsroom.only()


def test_a_damaged_ledger_is_made_again(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.seed("2.txt", copy(CHANGED, date="2026-11-19"))
    newsroom.ingest()
    before = newsroom.articles()
    ledger = newsroom.root / ".dateline/desk.sqlite"
    for damage in (b"", b"not a database at all" * 400, ledger.read_bytes()[:5000]):
        ledger.write_bytes(damage)
        newsroom.ingest()
        assert newsroom.articles() == before
    told = desk.history(newsroom.root, newsroom.path(), newsroom.settings)
    assert "zwanzig" in "".join((newsroom.root / v.file).read_text() for v in told if v.file)


def test_a_ledger_of_another_version_is_made_again(newsroom):
    import sqlite3

    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    base = sqlite3.connect(newsroom.root / ".dateline/desk.sqlite")
    base.execute("pragma user_version = 99")
    base.close()

    assert newsroom.ingest().unchanged == 1


def test_several_stories_of_one_file_survive_a_lost_ledger(newsroom, monkeypatch):
    one = wire.unpack

    def many(data, *, name, settings, **_):
        return wire.Parcel(
            tuple(s for part in data.split(b"|") for s in one(part, name=name, settings=settings).stories)
        )

    monkeypatch.setattr(wire, "unpack", many)
    newsroom.seed("feed.txt", "|".join(copy(other(i), head=f"Meldung {i}") for i in range(3)))
    assert newsroom.ingest().new == 3
    before = newsroom.articles()
    shutil.rmtree(newsroom.root / ".dateline")

    newsroom.ingest()

    assert newsroom.articles() == before


def test_history_of_a_story_by_file_and_by_id(newsroom):
    newsroom.seed("1.txt", copy())
    newsroom.ingest()
    by_file = desk.history(newsroom.root, newsroom.path())

    assert by_file == desk.history(newsroom.root, head(newsroom.only(), "id"), SETTINGS)
    assert [(v.n, v.role, v.current) for v in by_file] == [(1, "new", True)]
    assert by_file[0].file == "content/2026/11/18-musterwerft-erneuert-trockendock.md"
    with pytest.raises(DatelineError):
        desk.history(newsroom.root, newsroom.root / "seeds/1.txt")
