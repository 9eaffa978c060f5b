"""What arrives, and what becomes of it: counts, files, and what is said of what could not be read."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import timedelta

import pytest

from dateline import desk, frontmatter
from dateline.desk import explain_content
from dateline.desk_shelf import Shelf
from dateline.errors import DatelineError, SettingsError
from dateline.lock import locked
from dateline.settings import load
from deskroom import DOCK, NOW, SECRET, SETTINGS, Newsroom, copy, in_memory, ninjs, other

TAGGING = load('language = "de"\ntimezone = "Europe/Berlin"\nbase_url = "https://news.example/"\n')


@pytest.fixture
def folder():
    yield from in_memory()


@pytest.fixture
def newsroom(folder):
    return Newsroom(folder / "room")


def test_a_story_becomes_an_article_by_day_and_slug(newsroom):
    newsroom.seed("a.txt", copy())

    report = newsroom.ingest()

    assert str(report) == "ingested 1: 1 new"
    assert list(newsroom.articles()) == ["2026/11/18-musterwerft-erneuert-trockendock.md"]
    assert report.written == ("content/2026/11/18-musterwerft-erneuert-trockendock.md",)
    text = newsroom.only()
    assert "date: 2026-11-18\n" in text
    assert "id: tag:news.example,2026:" in text
    assert "file: seeds/a.txt" in text


def test_where_only_the_month_is_known_the_file_says_no_day(newsroom):
    newsroom.seed("a.txt", copy(date="2026-11"))

    newsroom.ingest()

    assert list(newsroom.articles()) == ["2026/11/musterwerft-erneuert-trockendock.md"]
    assert "date: 2026-11\n" in newsroom.only()


def test_ingesting_again_changes_nothing_and_touches_no_file(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.ingest()
    before = newsroom.path().stat()

    again = newsroom.ingest()

    assert str(again) == "ingested 0: 1 unchanged"
    after = newsroom.path().stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_ino,
    )
    assert again.written == ()


def test_a_file_that_was_only_touched_is_unchanged(newsroom):
    path = newsroom.seed("a.txt", copy())
    newsroom.ingest()
    os.utime(path, (1, 1))

    assert newsroom.ingest().unchanged == 1


def test_files_whose_stamps_are_known_are_not_opened(newsroom, monkeypatch):
    newsroom.seed("a.txt", copy())
    monkeypatch.setattr("dateline.desk_seeds._RACY", -(10**15))
    newsroom.ingest()
    newsroom.ingest()
    (newsroom.root / "seeds/a.txt").chmod(0o644)  # moves ctime
    opened = []
    monkeypatch.setattr("dateline.files.read_file", lambda *args: opened.append(args))

    newsroom.settings = load('language = "de"\ntimezone = "Europe/Berlin"')
    with pytest.raises(AttributeError):
        newsroom.ingest()
    assert len(opened) == 1


def test_a_file_changed_just_now_is_not_trusted_by_its_stamps(newsroom):
    path = newsroom.seed("a.txt", copy())
    newsroom.ingest()
    base = sqlite3.connect(newsroom.root / ".dateline/desk.sqlite")
    assert base.execute("select count(*) from files").fetchone() == (0,)
    base.close()
    assert path.exists()


def test_the_same_bytes_under_two_names_are_one_story(newsroom):
    newsroom.seed("b.txt", copy())
    newsroom.seed("a.txt", copy())

    assert str(newsroom.ingest()) == "ingested 2: 1 new, 1 repeat"
    assert "file: seeds/a.txt" in newsroom.only()


def test_stories_of_one_headline_and_day_get_names_of_their_own(newsroom):
    newsroom.seed("a.txt", copy(other(1)))
    newsroom.seed("b.txt", copy(other(2)))

    newsroom.ingest()

    first, second = newsroom.articles()
    assert {first, second} > {"2026/11/18-musterwerft-erneuert-trockendock.md"}
    assert len({text.split("slug: ")[1].split("\n")[0] for text in newsroom.articles().values()}) == 2


def test_a_hand_written_article_keeps_its_name(newsroom):
    taken = newsroom.root / "content/2026/11/18-musterwerft-erneuert-trockendock.md"
    taken.parent.mkdir(parents=True)
    taken.write_text("---\ntitle: Von Hand\ndate: 2026-11-18\n---\nText.\n")
    newsroom.seed("a.txt", copy())

    newsroom.ingest()

    assert "Von Hand" in taken.read_text()
    assert len(newsroom.articles()) == 2


def test_entries_of_a_feed_without_dates_are_stories_of_their_own(newsroom):
    entries = "".join(f"<item><title>Nachricht {n}</title><description>Text {n}.</description></item>" for n in "abc")
    newsroom.seed("feed.xml", f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>')

    assert newsroom.ingest().new == 3
    assert sorted(text.split("\n")[1] for text in newsroom.articles().values()) == [
        f"title: Nachricht {n}" for n in "abc"
    ]


def test_what_cannot_be_read_is_named_and_the_others_go_through(newsroom, folder):
    newsroom.seed("good.txt", copy())
    newsroom.seed("empty.txt", "")
    newsroom.seed("blank.txt", " \n\n ")
    newsroom.seed("binary.txt", b"\x89PNG\r\n" + bytes(range(256)) * 20)
    newsroom.seed("huge.txt", b"x" * 2_000)
    os.mkfifo(newsroom.root / "seeds/pipe.txt")
    (newsroom.root / "seeds/link.txt").symlink_to(folder)
    newsroom.settings = load(
        'language = "de"\ntimezone = "Europe/Berlin"\n[limits]\nseed = 1500\n[taxonomies]\ndetect = false'
    )

    report = newsroom.ingest()

    assert report.new == 1
    assert report.unreadable == 6
    said = "\n".join(map(str, report.problems))
    for name in ("empty.txt", "blank.txt", "binary.txt", "huge.txt", "pipe.txt", "link.txt"):
        assert name in said
    assert newsroom.ingest().unreadable == 6


def test_an_unreadable_file_named_alone_is_an_error(newsroom):
    report = newsroom.ingest("missing.txt")

    assert report.unreadable == 1
    assert "does not exist" in str(report.problems[0])


def test_a_link_named_alone_is_not_followed(newsroom, folder):
    (folder / "secret.txt").write_text(copy(SECRET))
    (newsroom.root / "seeds/link.txt").symlink_to(folder / "secret.txt")

    report = newsroom.ingest("link.txt")

    assert report.unreadable == 1
    assert newsroom.grep(SECRET) == []


@pytest.mark.parametrize("name", [".", "content", ".dateline", ".."])
def test_the_newsroom_does_not_ingest_itself(newsroom, name):
    (newsroom.root / "content").mkdir()

    report = desk.ingest(newsroom.root, [newsroom.root / name], SETTINGS, NOW)

    assert "own" in str(report.problems[0])


def test_copy_without_any_date_gets_the_day_it_arrived_once(newsroom):
    newsroom.seed("a.txt", copy(date=""))

    first = newsroom.ingest()
    newsroom.ingest(now=NOW + timedelta(days=9))

    assert [p.level for p in first.problems] == ["warning"]
    assert list(newsroom.articles()) == ["2026/11/22-musterwerft-erneuert-trockendock.md"]


def test_copy_without_any_date_sent_again_under_another_name_is_a_repeat(newsroom):
    newsroom.seed("a.txt", copy(date=""))
    newsroom.ingest()
    newsroom.seed("b.txt", copy(date="") + "\n\n")

    assert newsroom.ingest(now=NOW + timedelta(days=9)).repeats == 1
    assert len(newsroom.articles()) == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.seed("b.txt", copy(DOCK.replace("zwanzig", "dreißig"), date="2026-11-19"))

    report = newsroom.ingest(dry_run=True)

    assert str(report) == "ingested 2: 1 new, 1 updated"
    assert sorted(p.name for p in newsroom.root.iterdir()) == ["seeds"]


def test_a_dry_run_over_a_living_newsroom_leaves_its_ledger_alone(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.ingest()
    newsroom.seed("b.txt", copy(DOCK.replace("zwanzig", "dreißig"), date="2026-11-19"))
    before = newsroom.only()

    assert newsroom.ingest(dry_run=True).updated == 1
    assert newsroom.only() == before
    assert newsroom.ingest().updated == 1


def test_defaults_of_the_settings_fill_what_the_copy_lacks(newsroom):
    newsroom.settings = load(
        'timezone = "UTC"\n[ingest]\nagency = "Hafenfunk"\nsection = "Hafen"\nlang = "de"\n[taxonomies]\ndetect = false'
    )
    newsroom.seed("a.txt", " date 2026-11-18 Musterwerft\n\n" + DOCK)

    newsroom.ingest()

    assert "agency: Hafenfunk" in newsroom.only()
    assert "section: Hafen" in newsroom.only()


def test_tags_are_found_in_the_text(newsroom):
    newsroom.settings = load('language = "de"\ntimezone = "Europe/Berlin"')
    newsroom.seed(
        "a.txt",
        copy(
            "Die Regierung von Norwegen will mit Dänemark über Fähren sprechen. Norwegen hatte das in Oslo angekündigt. "
            + DOCK
        ),
    )

    newsroom.ingest()

    assert "places:\n- Norwegen" in newsroom.only()


def test_many_seeds_are_read_by_several_processes_with_the_same_result(newsroom, folder):
    for i in range(90):
        newsroom.seed(f"{i:03d}.txt", copy(other(i), head=f"Meldung {i}"))
    serial = Newsroom(folder / "serial")
    for path in sorted((newsroom.root / "seeds").iterdir()):
        serial.seed(path.name, path.read_bytes())
    seen = []

    report = newsroom.ingest(jobs=2, progress=lambda *args: seen.append(args))
    serial.ingest()

    assert report.new == 90
    assert newsroom.articles() == serial.articles()
    assert ("reading", 90, 90) in seen
    assert seen[-1] == ("settling", 90, 90)


def test_a_seed_that_kills_its_reader_is_named_and_the_others_go_through(newsroom, monkeypatch):
    from dateline import wire

    read = wire.unpack
    monkeypatch.setattr(wire, "unpack", lambda data, **kw: os._exit(7) if b"Absturz" in data else read(data, **kw))
    # Only a forked reader has what is put in its way; a thread that another test left running would have them spawned.
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    for i in range(60):
        newsroom.seed(f"{i:03d}.txt", copy(other(i), head=f"Meldung {i}"))
    newsroom.seed("crash.txt", copy("Absturz"))

    report = newsroom.ingest(jobs=2)

    assert report.new == 60
    assert [p.problem for p in report.problems] == ["the reader died over it"]


def test_a_fault_of_a_reader_costs_one_seed(newsroom, monkeypatch):
    from dateline import wire

    read = wire.unpack

    def odd(data, **kw):
        if b"Sonderfall" in data:
            raise RuntimeError("odd")
        return read(data, **kw)

    monkeypatch.setattr(wire, "unpack", odd)
    newsroom.seed("a.txt", copy())
    newsroom.seed("b.txt", "Sonderfall")

    report = newsroom.ingest()

    assert report.new == 1
    assert [p.problem for p in report.problems] == ["could not be read: RuntimeError: odd"]


def test_a_broken_story_of_a_file_is_named_and_the_others_go_through(newsroom):
    newsroom.seed("a.json", f"[{ninjs(DOCK)}, {ninjs('', headline='', versioncreated='x')}]")

    report = newsroom.ingest()

    assert (report.new, report.unreadable) == (1, 1)
    assert "a.json" in str(report.problems[0])


def test_a_dateline_without_year_gets_the_year_of_receipt(newsroom):
    newsroom.seed("a.txt", f"Shipyard renews dock\n\nLONDON, Nov 3 (Reuters) - {DOCK}\n")

    report = newsroom.ingest()

    assert "2026-11-03 is taken" in str(report.problems[0])
    assert [path[:10] for path in newsroom.articles()] == ["2026/11/03"]


def test_a_second_dateline_waits_or_says_locked(newsroom):
    newsroom.seed("a.txt", copy())

    with locked(newsroom.root):
        with pytest.raises(SettingsError, match="another dateline is running"):
            newsroom.ingest(wait=0.06)
        assert newsroom.ingest(held=True).new == 1


def test_a_root_that_cannot_be_locked_is_a_settings_fault(folder):
    (folder / ".dateline").write_text("")

    with pytest.raises(SettingsError, match="cannot be opened"), locked(folder):
        pass


def test_a_folder_that_is_a_link_is_not_written_through(newsroom, folder):
    (newsroom.root / "content").mkdir()
    (folder / "elsewhere").mkdir()
    (newsroom.root / "content/2026").symlink_to(folder / "elsewhere")
    newsroom.seed("a.txt", copy())

    report = newsroom.ingest()

    assert "cannot be written" in str(report.problems[0])
    assert list((folder / "elsewhere").iterdir()) == []
    (newsroom.root / "content/2026").unlink()
    assert newsroom.ingest().new == 1


def test_content_files_are_readable_by_the_web_server(newsroom):
    newsroom.seed("a.txt", copy())
    old = os.umask(0o022)
    try:
        newsroom.ingest()
    finally:
        os.umask(old)

    assert newsroom.path().stat().st_mode & 0o777 == 0o644


def test_on_two_file_systems_files_are_still_replaced_in_one_step(newsroom, monkeypatch):
    rename = Shelf._rename

    def across(self, temporary, path):
        if ".dateline" in temporary:
            raise OSError(18, "Invalid cross-device link")
        rename(self, temporary, path)

    monkeypatch.setattr(Shelf, "_rename", across)
    newsroom.seed("a.txt", copy())

    assert newsroom.ingest().new == 1
    assert len(newsroom.articles()) == 1


def test_a_full_disk_is_reported_and_mended_by_the_next_ingest(newsroom, monkeypatch):
    def full(self, temporary, path):
        raise OSError(28, "No space left on device")

    newsroom.seed("a.txt", copy())
    with monkeypatch.context() as broken:
        broken.setattr(Shelf, "_rename", full)
        report = newsroom.ingest()

    assert "No space left" in str(report.problems[0])
    assert report.new == 0
    assert newsroom.ingest().new == 1


def test_a_story_of_an_unknown_id_has_no_history(newsroom):
    with pytest.raises(DatelineError, match="no such story"):
        desk.history(newsroom.root, "tag:none", SETTINGS)
    with pytest.raises(DatelineError, match="no such story"):
        desk.withdraw(newsroom.root, "tag:none", SETTINGS, NOW)


def test_a_report_without_anything_says_so(newsroom):
    assert str(newsroom.ingest()) == "ingested 0: 0 unchanged"


def test_explain_names_the_rule_and_the_characters(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.ingest()
    path = newsroom.path().relative_to(newsroom.root).as_posix()

    told = {line.field: line for line in explain_content(newsroom.root, path, newsroom.settings)}

    assert told["title"].source == "Musterwerft erneuert Trockendock"
    assert "dateline" in told["dateline"].rule
    assert "minted" in told["id"].rule
    (newsroom.root / "seeds/a.txt").write_text(copy(other(1)))
    assert "minted" in {line.field: line for line in explain_content(newsroom.root, path, newsroom.settings)}["id"].rule
    (newsroom.root / "seeds/a.txt").unlink()
    gone = {line.field: line for line in explain_content(newsroom.root, path, newsroom.settings)}
    assert "not there any more" in gone["title"].rule


def test_reports_are_lines_that_people_can_read(newsroom):
    path = newsroom.seed("a.txt", copy())
    report = newsroom.ingest()
    place = "content/2026/11/18-musterwerft-erneuert-trockendock.md"

    assert [str(outcome) for outcome in report.outcomes] == [f"{path}: new {place}"]
    (version,) = desk.history(newsroom.root, newsroom.path(), newsroom.settings)
    assert str(version) == f"1   2026-11-17T23:00:00+00:00  new         {place}  (current)"
    told = [str(line) for line in explain_content(newsroom.root, place, newsroom.settings)]
    assert (
        "title: Musterwerft erneuert Trockendock <- line above the dateline, characters 17 to 49: 'Musterwerft erneuert Trockendock'"
        in told
    )
    assert str(desk.withdraw(newsroom.root, place, newsroom.settings, NOW)) == place


def test_explain_of_a_later_version_says_what_it_kept(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.seed("b.txt", copy(DOCK.replace("zwanzig", "dreißig"), date="2026-11-19"))
    newsroom.ingest()
    path = newsroom.path().relative_to(newsroom.root).as_posix()

    told = {line.field: line.rule for line in explain_content(newsroom.root, path, newsroom.settings)}

    assert told["published"] == "kept from the first version"


def test_explain_credits_an_editor_for_what_an_editor_wrote(newsroom):
    newsroom.seed("a.txt", copy())
    newsroom.ingest()
    path = newsroom.path().relative_to(newsroom.root).as_posix()
    newsroom.edit("title: Musterwerft erneuert Trockendock", "title: Werft baut um")
    newsroom.edit("date: 2026-11-18", "date: 2026-11-17")
    newsroom.edit("Der Betriebsrat", "Auch der Betriebsrat")

    told = {line.field: line.rule for line in explain_content(newsroom.root, path, newsroom.settings)}

    assert {field for field, rule in told.items() if rule == "edited by hand"} == {
        "title", "published", "precision", "body",
    }  # fmt: skip
    assert "dateline" in told["agency"]
    (newsroom.root / ".dateline/desk.sqlite").unlink()
    told = {line.field: line.rule for line in explain_content(newsroom.root, path, newsroom.settings)}
    assert told["title"] == told["body"] == "edited by hand"
    (newsroom.root / ".dateline/desk.sqlite").mkdir()
    assert explain_content(newsroom.root, path, newsroom.settings)


def test_explain_names_no_editor_where_the_desk_wrote_every_word(newsroom):
    newsroom.settings = TAGGING
    newsroom.seed("a.txt", copy(f"{DOCK} Russland und die Ukraine verhandeln in Genf mit den USA."))
    newsroom.ingest()
    path = newsroom.path().relative_to(newsroom.root).as_posix()
    before = explain_content(newsroom.root, path, newsroom.settings)
    (newsroom.root / ".dateline/desk.sqlite").unlink()

    assert explain_content(newsroom.root, path, newsroom.settings) == before
    assert not [line for line in before if "by hand" in line.rule]


def test_editors_words_hold_for_what_the_tagger_finds(newsroom):
    newsroom.settings = TAGGING
    (newsroom.root / "content").mkdir()
    (newsroom.root / "content/_tags.toml").write_text(
        'denied = ["place:UA"]\n[terms."place:RU"]\nlabel = "Russische Föderation"\n'
    )
    text = f"{DOCK} Russland und die Ukraine verhandeln. Russland sprach mit der Ukraine, die Ukraine mit Russland."
    newsroom.seed("a.txt", copy(text))

    newsroom.ingest()

    assert "- Russische Föderation\n" in newsroom.only()
    assert "- Ukraine\n" not in newsroom.only()
    path = newsroom.path().relative_to(newsroom.root).as_posix()
    assert "Russische Föderation" in {line.value for line in explain_content(newsroom.root, path, newsroom.settings)}


def test_a_broken_tag_file_is_named_and_stops_no_story(newsroom):
    newsroom.settings = TAGGING
    (newsroom.root / "content").mkdir()
    (newsroom.root / "content/_tags.toml").write_text("denied = 1\n")
    newsroom.seed("a.txt", copy())

    report = newsroom.ingest()

    assert [problem.place for problem in report.problems] == ["content/_tags.toml"]
    assert report.new == 1
    (newsroom.root / "content/_tags.toml").write_bytes(b"# \xff\n")
    newsroom.seed("b.txt", copy(other(2)))
    assert [problem.problem for problem in newsroom.ingest().problems] == ["is not UTF-8"]


def test_what_front_matter_has_no_room_for_is_cut_at_a_word_and_told(newsroom):
    newsroom.seed(
        "a.json", ninjs(DOCK, headline="Werft " * 400, subject=[{"name": "Dock " * 200}], usageterms="R" * 3_000)
    )

    report = newsroom.ingest()

    article, _, warnings = frontmatter.parse(newsroom.only(), "content/a.md", SETTINGS)
    assert not warnings
    assert article.title.endswith("Werft …")
    assert 900 < len(article.title) <= 1_000
    told = [problem.problem for problem in report.problems]
    assert "has a title of 2,399 characters, which was cut" in told
    assert all(problem.level == "warning" for problem in report.problems)


def test_explain_of_a_hand_written_article_says_so(newsroom):
    (newsroom.root / "content").mkdir()
    (newsroom.root / "content/a.md").write_text("---\ntitle: Von Hand\ndate: 2026-11-18\n---\nText.\n")

    with pytest.raises(DatelineError, match="by hand"):
        explain_content(newsroom.root, "content/a.md", SETTINGS)


def test_machine_copy_keeps_the_agency_id_beside_our_own(newsroom):
    newsroom.seed("a.json", ninjs(DOCK))

    newsroom.ingest()

    assert "id: tag:news.example,2026:" in newsroom.only()
    assert "urn:newsml:example.com:20261118:dock" in newsroom.only()
