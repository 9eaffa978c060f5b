"""A newsroom built by the real pipeline: what a reader finds, and what an editor is told."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

from conftest import Newsroom, tree
from dateline import pipeline, plan_archive, plan_lists, plan_whole, press, prose
from dateline.deadline import Deadline
from dateline.engine.executors import few
from dateline.errors import DatelineError, SettingsError
from dateline.request import Request


def test_a_story_has_a_page_a_tag_page_an_archive_and_a_place_on_home(newsroom: Newsroom) -> None:
    newsroom.write(
        "ship",
        tags=["harbour"],
        title="A ship comes in",
        slug="ship",
        section="Port",
        authors=["Jana Beispiel"],
        agency="dpa",
    )
    newsroom.write("storm", tags=["harbour"], title="A storm goes out", date="2026-11-19T10:00:00Z")

    report = newsroom.build()

    assert not report.problems
    for page in (
        "index.html", "2026/11/20/ship/index.html", "tags/harbour/index.html", "tags/index.html", "sections/port/index.html",
        "authors/jana-beispiel/index.html", "agencies/dpa/index.html", "archive/index.html", "archive/2026/index.html",
        "archive/2026/11/index.html", "archive/2026/11/20/index.html", "404.html", "feeds/index.html", "robots.txt", "sitemap.xml",
    ):  # fmt: skip
        assert (newsroom.root / "build" / page).is_file(), page
    for page in ("index.html", "tags/harbour/index.html", "archive/2026/11/20/index.html"):
        assert 'href="/2026/11/20/ship/"' in newsroom.read(page)


def test_feeds_carry_the_whole_text_and_one_id_in_all_formats(newsroom: Newsroom) -> None:
    newsroom.write("ship", "The *whole* text.", id="tag:harbour.example,2026:1", tags=["harbour", "trade"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.build()

    ids = set()
    for feed in ("feed.xml", "atom.xml", "tags/harbour/feed.xml", "tags/harbour/atom.xml"):
        parsed = feedparser.parse(newsroom.read(feed).encode())
        assert not parsed.bozo
        entry = next(e for e in parsed.entries if e.title == "Ship")
        assert "<em>whole</em>" in entry.content[0].value
        assert entry.link == "https://harbour.example/2026/11/20/ship/"
        ids.add(entry.id)
    ids.add(next(item["id"] for item in json.loads(newsroom.read("feed.json"))["items"] if item["title"] == "Ship"))
    assert ids == {"tag:harbour.example,2026:1"}


def test_an_article_that_is_broken_is_named_and_the_others_are_built(newsroom: Newsroom) -> None:
    newsroom.write("ship")
    (newsroom.root / "content" / "bad.md").write_text("---\ntitle: [\n---\n\nWords.\n")
    (newsroom.root / "content" / "late.md").write_text("---\ntitle: Late\ndate: 31 Feb\n---\n\nWords.\n")

    first, second = newsroom.build(), newsroom.build()

    assert sorted(p.place.split(":")[0] for p in first.problems) == ["content/bad.md", "content/late.md"]
    assert first.failed
    assert (newsroom.root / "build/2026/11/20/ship/index.html").is_file()
    assert sorted(second.problems) == sorted(first.problems)  # still wrong, still said


def test_two_stories_with_one_address_both_have_a_page_whatever_order_they_are_read_in(newsroom: Newsroom) -> None:
    newsroom.write("a", slug="ship", title="First", date="2026-11-20T08:00:00Z", id="urn:x:1")
    newsroom.write("b", slug="ship", title="Second", date="2026-11-20T09:00:00Z", id="urn:x:2")
    newsroom.build()

    pages = sorted(p.parent.name for p in (newsroom.root / "build/2026/11/20").glob("ship*/index.html"))
    assert pages[0] == "ship"
    assert len(pages) == 2
    assert "First" in newsroom.read("2026/11/20/ship/index.html")


def test_a_copied_id_is_an_error_that_names_both_files(newsroom: Newsroom) -> None:
    newsroom.write("a", id="urn:x:1")
    newsroom.write("b", id="urn:x:1")

    (problem,) = newsroom.build().problems

    assert problem.place == "content/b.md"
    assert "content/a.md" in problem.problem


def test_a_broken_template_is_named_and_the_pages_keep_their_last_good_version(newsroom: Newsroom) -> None:
    newsroom.write("ship")
    newsroom.build()
    before = newsroom.read("2026/11/20/ship/index.html")

    newsroom.template(
        "article.html", "{% extends 'base.html' %}\n{% block content %}{{ nothing.at.all }}{% endblock %}"
    )
    report = newsroom.build()

    assert any(p.place.startswith("templates/article.html:2") for p in report.problems)
    assert newsroom.read("2026/11/20/ship/index.html") == before
    (newsroom.root / "templates/article.html").unlink()
    assert not newsroom.build().problems


def test_drafts_show_only_when_asked_for(newsroom: Newsroom) -> None:
    newsroom.write("ship", draft=True)

    newsroom.build()
    assert not (newsroom.root / "build/2026/11/20/ship").exists()
    newsroom.build(drafts=True)
    assert (newsroom.root / "build/2026/11/20/ship/index.html").is_file()


def test_a_withdrawn_story_leaves_a_notice_and_a_tombstone_and_nothing_of_its_words(newsroom: Newsroom) -> None:
    newsroom.write("ship", "Secretwords here.", title="Secrettitle", id="urn:x:1", slug="s", tags=["harbour"])
    newsroom.write("storm", tags=["harbour"])
    newsroom.write("flood", tags=["harbour"])
    newsroom.build()

    newsroom.write(
        "ship", "", title="Withdrawn", id="urn:x:1", slug="s", status="withdrawn", updated="2026-11-21T10:00:00Z"
    )
    newsroom.build()

    everything = b"".join(newsroom.tree().values()) + b"".join(tree(newsroom.root / ".dateline").values())
    assert b"Secret" not in everything
    assert 'ref="urn:x:1"' in newsroom.read("atom.xml")
    assert (newsroom.root / "build/2026/11/20/s/index.html").is_file()
    assert "/2026/11/20/s/" not in newsroom.read("index.html") + newsroom.read("sitemap.xml")


def test_a_former_address_leads_on(newsroom: Newsroom) -> None:
    newsroom.write("ship", aliases=["/old/ship/"])
    newsroom.build()

    assert "/2026/11/20/ship/" in newsroom.read("old/ship/index.html")


def test_a_former_address_may_not_take_one_of_the_sites_own(newsroom: Newsroom) -> None:
    newsroom.write("ship", aliases=["/tags/x/"])

    assert "address of the site itself" in newsroom.build().problems[0].problem


def test_files_of_static_are_handed_through(newsroom: Newsroom) -> None:
    (newsroom.root / "static/css").mkdir(parents=True)
    (newsroom.root / "static/css/own.css").write_text("b{}")
    newsroom.write("ship")

    newsroom.build()
    assert newsroom.read("css/own.css") == "b{}"
    (newsroom.root / "static/css/own.css").write_text("i{}")
    assert newsroom.build().made == {"css/own.css"}


def test_a_static_file_gives_way_to_a_page_and_is_named(newsroom: Newsroom) -> None:
    (newsroom.root / "static").mkdir()
    (newsroom.root / "static/INDEX.html").write_text("mine")
    newsroom.write("ship")

    (problem,) = newsroom.build().problems

    assert problem.place == "static/INDEX.html"
    assert "mine" not in newsroom.read("index.html")


def test_a_long_list_is_spread_over_pages_whose_addresses_stay(newsroom: Newsroom) -> None:
    newsroom.settle("[pagination]\nsize = 2\nhome = 2\n")
    for day in range(1, 7):
        newsroom.write(f"story{day}", tags=["harbour"], date=f"2026-11-{day:02}T10:00:00Z")
    newsroom.build()
    oldest = newsroom.read("tags/harbour/page/1/index.html")

    newsroom.write("story7", tags=["harbour"], date="2026-11-07T10:00:00Z")
    made = newsroom.build().made

    assert "story1" in oldest
    assert "story2" in oldest
    assert newsroom.read("tags/harbour/page/1/index.html") == oldest
    assert "tags/harbour/page/1/index.html" not in made
    assert "tags/harbour/index.html" in made


def test_a_busy_day_leaves_room_for_the_quiet_ones_on_the_page_of_its_month(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_archive, "HEADLINES", 6)
    for n in range(9):
        newsroom.write(f"busy{n}", date=f"2026-11-20T{n:02}:00:00Z")
    newsroom.write("quiet", date="2026-11-19T10:00:00Z")
    newsroom.build()

    month = html.fromstring(newsroom.read("archive/2026/11/index.html"))
    assert [len(day) for day in month.xpath('//ul[@class="ticker"]')] == [5, 1]
    assert "All 9 stories of Friday, November 20, 2026" in month.text_content()
    day = [newsroom.read(f"archive/2026/11/20/{page}index.html") for page in ("", "page/1/", "page/2/")]
    assert [page.count("<h2") for page in day] == [3, 3, 3]


def test_of_very_many_tags_the_most_used_are_listed_and_the_page_says_so(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_lists, "INDEXED", 2)
    monkeypatch.setattr(plan_whole, "FED", 2)
    newsroom.settle("[taxonomies]\nmin_stories = 1\n")
    newsroom.write("a", tags=["harbour", "sea", "rare"])
    newsroom.write("b", tags=["harbour", "sea"])
    newsroom.build()

    index = newsroom.read("tags/index.html")
    assert "/tags/sea/" in index
    assert "/tags/rare/" not in index
    assert "The 2 most used of 3." in index
    assert "/tags/rare/" not in newsroom.read("feeds/index.html")
    assert "/tags/rare/feed.xml" in newsroom.read("feeds.opml")


def test_two_stories_of_one_headline_have_two_titles_and_the_older_keeps_its_own(newsroom: Newsroom) -> None:
    newsroom.write("a", slug="a", title="Euro little changed", date="2026-11-18T10:00:00Z")
    newsroom.build()
    old = newsroom.read("2026/11/18/a/index.html")
    newsroom.write("b", slug="b", title="Euro little changed", date="2026-11-19T10:00:00Z")
    newsroom.write("c", slug="c", title="Euro little changed", date="2026-11-19T11:00:00Z")
    newsroom.write("d", slug="d", title="Euro little changed", date="2026-11-19T11:00:00Z")
    newsroom.build()

    def title(path: str) -> str:
        return html.fromstring(newsroom.read(path)).xpath("//title/text()")[0]

    assert "<title>Euro little changed – The Harbour</title>" in old
    assert title("2026/11/18/a/index.html") == "Euro little changed – The Harbour"
    assert title("2026/11/19/b/index.html") == "Euro little changed (November 19, 2026) – The Harbour"
    others = {title(f"2026/11/19/{name}/index.html") for name in "cd"}
    assert others == {
        "Euro little changed (November 19, 2026, 11:00\u202fAM) – The Harbour",
        "Euro little changed (November 19, 2026, 4) – The Harbour",
    }


def test_a_bilingual_newsroom_has_a_home_and_feeds_for_each_language(newsroom: Newsroom) -> None:
    newsroom.settle('languages = ["en", "de"]\n')
    newsroom.write("ship", lang="en", translation="s")
    newsroom.write("schiff", lang="de", translation="s")
    newsroom.write("bateau", lang="fr")
    newsroom.build()

    page = newsroom.read("de/2026/11/20/schiff/index.html")
    assert re.search(r'hreflang="en" href="https://harbour.example/2026/11/20/ship/"', page)
    assert "Schiff" in newsroom.read("de/index.html")
    assert "Schiff" not in newsroom.read("index.html")
    assert "Bateau" in newsroom.read("index.html")  # no edition of its own: the default one takes it
    assert feedparser.parse(newsroom.read("de/feed.xml").encode()).feed.language == "de"


def test_the_same_sources_give_the_same_bytes_in_another_folder(newsroom: Newsroom) -> None:
    for name in ("ship", "storm"):
        newsroom.write(name, tags=["harbour"])
    newsroom.build()

    assert newsroom.tree() == newsroom.clean_build()


def test_a_pool_builds_what_one_process_builds(newsroom: Newsroom) -> None:
    for i in range(60):
        newsroom.write(f"s{i}", f"Words of {i}.", tags=[f"t{i % 7}"], date=f"2026-{1 + i % 9:02}-11T10:00:00Z")
    assert few(8) <= 60  # they are read by several processes, too
    pipeline.build(Request(root=newsroom.root, now=newsroom.now, jobs=8), newsroom.settings)

    assert newsroom.tree() == newsroom.clean_build()


def test_a_folder_that_is_not_ours_is_left_alone(newsroom: Newsroom, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "precious.txt").write_text("x")
    newsroom.write("ship")

    with pytest.raises(SettingsError, match="did not make"):
        newsroom.build(output=theirs)
    assert [p.name for p in theirs.iterdir()] == ["precious.txt"]


def test_a_folder_made_before_the_memory_was_lost_is_known_again(newsroom: Newsroom) -> None:
    import shutil

    path = newsroom.write("ship")
    newsroom.write("storm")
    newsroom.build()
    shutil.rmtree(newsroom.root / ".dateline")
    path.unlink()

    newsroom.build()

    assert newsroom.tree() == newsroom.clean_build()


def test_another_output_folder_gets_the_whole_site(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write("ship")
    newsroom.build()
    newsroom.build(output=tmp_path / "other")

    assert tree(tmp_path / "other") == newsroom.tree()


def test_a_breaking_label_expires_by_itself(newsroom: Newsroom) -> None:
    newsroom.write("ship", breaking=True, date="2026-11-22T11:00:00Z")
    newsroom.build()
    shown = newsroom.read("2026/11/22/ship/index.html")

    newsroom.now = datetime(2026, 11, 22, 17, 0, 1, tzinfo=UTC)
    newsroom.build()

    assert "Breaking" in shown
    assert newsroom.read("2026/11/22/ship/index.html") != shown


def test_the_editors_vocabulary_merges_tags_and_a_broken_one_is_named(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["harbor"])
    newsroom.write("storm", tags=["harbour"])
    vocabulary = newsroom.root / "content/_tags.toml"
    vocabulary.write_text('[merged]\n"keyword:harbor" = "keyword:harbour"\n')
    newsroom.build()
    assert newsroom.read("tags/harbour/index.html").count("/2026/11/20/") >= 2

    vocabulary.write_text("[merged\n")
    assert newsroom.build().problems[0].place.startswith("content/_tags.toml")


def test_a_keyword_with_the_name_of_a_topic_is_that_topic(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["Harbour museum", "Politics"])
    newsroom.write("storm", topics=["Politics"], tags=["Harbour museum"])
    newsroom.write("vote", topics=["Politics"])
    newsroom.build()

    pages = sorted(p.parent.name for p in (newsroom.root / "build/tags").glob("*/index.html"))
    assert pages == ["harbour-museum", "politics"]
    assert newsroom.read("tags/politics/index.html").count("/2026/11/20/") >= 3


def test_a_warning_is_given_at_every_build_until_it_is_mended(newsroom: Newsroom) -> None:
    newsroom.write("ship", wrongkey="x")

    first, second = newsroom.build(), newsroom.build()

    assert [p.level for p in first.problems] == ["warning"]
    assert second.problems == first.problems
    assert (newsroom.root / "build/2026/11/20/ship/index.html").is_file()


def test_a_withdrawn_story_leaves_a_notice_in_rss_and_json_where_the_newsroom_wants_one(newsroom: Newsroom) -> None:
    newsroom.settle("[feeds]\nwithdrawal_notice = true\n")
    newsroom.write("storm")
    newsroom.write("ship", "", title="Withdrawn", id="urn:x:1", slug="s", status="withdrawn")
    newsroom.build()

    entry = next(e for e in feedparser.parse(newsroom.read("feed.xml").encode()).entries if e.id == "urn:x:1")
    assert "withdrawn" in entry.summary
    assert "urn:x:1" in newsroom.read("feed.json")
    assert 'ref="urn:x:1"' in newsroom.read("atom.xml")
    assert "<id>urn:x:1</id>" not in newsroom.read("atom.xml")


def test_a_place_that_cannot_be_a_folder_is_named_and_left_alone(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write("ship")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("words")

    for name, said in (("link", "is a broken link"), ("file", "is not a folder")):
        with pytest.raises(SettingsError, match=said):
            newsroom.build(output=tmp_path / name)
    assert (tmp_path / "file").read_text() == "words"


def test_only_what_was_built_is_swept_away(newsroom: Newsroom, tmp_path: Path) -> None:
    (newsroom.root / "build").mkdir()
    (newsroom.root / "build/mine.txt").write_text("words")
    with pytest.raises(SettingsError, match="did not make"):
        pipeline.sweep(newsroom.root, everything=True)

    (newsroom.root / "build/mine.txt").unlink()
    (newsroom.root / "build").rmdir()
    (newsroom.root / "build").symlink_to(tmp_path)
    with pytest.raises(SettingsError, match="is a link"):
        pipeline.sweep(newsroom.root, everything=True)


def test_a_vocabulary_that_is_not_utf_8_is_named_and_the_site_is_built_without_it(newsroom: Newsroom) -> None:
    newsroom.write("ship", tags=["harbour"])
    (newsroom.root / "content/_tags.toml").write_bytes(b'denied = ["\xff"]\n')

    report = newsroom.build()

    assert [p.place for p in report.problems] == ["content/_tags.toml"]
    assert (newsroom.root / "build/2026/11/20/ship/index.html").is_file()


def test_a_static_file_that_cannot_be_read_is_named_and_the_others_are_there(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("secret")
    (newsroom.root / "static").mkdir()
    (newsroom.root / "static/mine.txt").write_text("words")
    (newsroom.root / "static/link.txt").symlink_to(tmp_path / "secret")

    report = newsroom.build()

    assert [p.place for p in report.problems] == ["static/link.txt"]
    assert newsroom.read("mine.txt") == "words"
    assert not (newsroom.root / "build/link.txt").exists()


def test_a_site_that_may_not_fit_into_one_sitemap_is_measured_and_every_page_listed(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("ship")
    newsroom.build()
    listed = sorted(re.findall(r"<loc>[^<]*</loc>", newsroom.read("sitemap.xml")))
    monkeypatch.setattr("dateline.plan_whole.ONE_SITEMAP", 3)

    newsroom.build(full=True)

    assert sorted(re.findall(r"<loc>[^<]*</loc>", newsroom.read("sitemap.xml"))) == listed
    assert newsroom.build().made == frozenset()


def test_corrections_have_a_page_and_a_feed(newsroom: Newsroom) -> None:
    newsroom.write("ship", corrections=[{"date": "2026-11-21T10:00:00Z", "text": "It was two ships."}])

    newsroom.build()

    assert 'href="/2026/11/20/ship/' in newsroom.read("corrections/index.html")
    assert len(feedparser.parse(newsroom.read("corrections/feed.xml").encode()).entries) == 1


def test_a_minimal_site_has_tags_but_no_neighbours_of_tags(newsroom: Newsroom) -> None:
    newsroom.settle('[theme]\npages = "minimal"\n[taxonomies]\nmin_stories = 1\n')
    newsroom.write("ship", tags=["harbour", "trade"])
    newsroom.write("storm", tags=["harbour", "trade"])

    newsroom.build()

    assert 'href="/tags/trade/"' not in newsroom.read("tags/harbour/index.html").partition("<article")[0]
    assert not (newsroom.root / "build/archive").exists()


def test_the_feed_of_a_tag_outlives_its_stories(newsroom: Newsroom) -> None:
    for name in ("ship", "storm"):
        newsroom.write(
            name, tags=["harbour"], section="Port", authors=["Jana Beispiel"], agency="dpa", id=f"urn:x:{name}"
        )
    newsroom.write("vote")
    newsroom.build()
    feeds = {
        key for key in newsroom.tree() if key.endswith(("feed.xml", "atom.xml", "feed.json")) and "archive" not in key
    }

    for name in ("ship", "storm"):
        newsroom.write(
            name,
            tags=["harbour"],
            section="Port",
            authors=["Jana Beispiel"],
            agency="dpa",
            id=f"urn:x:{name}",
            status="withdrawn",
        )
    newsroom.build()

    assert feeds <= newsroom.tree().keys()
    assert "tags/harbour/index.html" not in newsroom.tree()
    assert 'ref="urn:x:ship"' in newsroom.read("tags/harbour/atom.xml")
    assert not feedparser.parse(newsroom.read("tags/harbour/feed.xml").encode()).entries
    assert "/tags/harbour/feed.xml" in newsroom.read("feeds/index.html")
    assert newsroom.tree() == newsroom.clean_build()


def test_one_feed_made_again_alone_is_cut_where_the_others_are(newsroom: Newsroom) -> None:
    newsroom.settle("[feeds]\nmax_bytes = 30000\n")
    for i in range(14):
        newsroom.write(f"s{i:02}", 'A "quoted" word & more. ' * 150, date=f"2026-11-{i + 1:02}T10:00:00Z")
    newsroom.build()
    before = newsroom.tree()

    (newsroom.root / "build/feed.xml").unlink()
    newsroom.build()

    assert newsroom.tree() == before


def test_a_withdrawal_moves_the_date_of_atom_where_it_stands_and_not_of_rss(newsroom: Newsroom) -> None:
    newsroom.write("storm", date="2026-11-20T10:00:00Z")
    newsroom.write("ship", "", title="Withdrawn", slug="s", status="withdrawn", updated="2026-11-22T08:00:00Z")
    newsroom.build()

    assert feedparser.parse(newsroom.read("feed.xml").encode()).feed.updated_parsed[2] == 20
    assert feedparser.parse(newsroom.read("atom.xml").encode()).feed.updated_parsed[2] == 22


def test_a_story_that_cannot_be_made_is_tried_once_a_build_and_again_by_the_next(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    honest = prose.Prose.render

    def render(self: prose.Prose, body: str, place: str = "") -> str:
        tried.append(place)
        if "storm" in place:
            raise DatelineError(place, "takes for ever", "simplify it")
        return honest(self, body, place)

    monkeypatch.setattr(prose.Prose, "render", render)
    newsroom.write("storm", tags=["harbour"])
    newsroom.write("ship", tags=["harbour"])

    for _ in range(2):
        tried.clear()
        report = newsroom.build()

        assert [(p.place, p.problem) for p in report.problems] == [("content/storm.md", "takes for ever")]
        assert tried.count("content/storm.md") == 1
    assert "Ship" in newsroom.read("tags/harbour/feed.xml")


def test_a_story_is_guarded_by_one_alarm_at_a_time_even_where_its_body_is_read_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    guards: list[str] = []
    enter, leave = Deadline.__enter__, Deadline.__exit__

    def entered(self: Deadline) -> None:
        assert not guards, f"{self.place} inside {guards}"
        guards.append(self.place)
        enter(self)

    def left(self: Deadline, *error: Any) -> None:
        guards.clear()
        leave(self, *error)

    monkeypatch.setattr(Deadline, "__enter__", entered)
    monkeypatch.setattr(Deadline, "__exit__", left)
    monkeypatch.setattr(press, "REMEMBERED", 1)
    newsroom.settle("[theme]\nninjs = true\n")
    for name in ("ship", "storm", "tide"):
        newsroom.write(name, tags=["harbour"])

    assert not newsroom.build().problems
    newsroom.write("ship", "Other words.", tags=["harbour"])
    assert not newsroom.build().problems
