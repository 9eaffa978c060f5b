"""Feeds as readers, validators and feedgen itself see them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace

from dateline import feeds
from dateline.feed_maker import document
from dateline.feed_short import shortened
from dateline.feed_split import entries as entries_of
from dateline.feed_values import rfc822, rfc3339, shown
from dateline.feeds import assemble, fragments, last_change, shell
from dateline.page import Category, Entry, FeedPage, Media
from dateline.settings import Feeds, Settings
from dateline.text import clean
from newsstand import CRANE, HARBOUR, MORNING, OPTIONS, SITE, entry, feed, hours

KINDS = ("rss", "atom", "json")
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "c": "http://purl.org/rss/1.0/modules/content/",
    "d": "http://purl.org/dc/elements/1.1/",
    "m": "http://search.yahoo.com/mrss/",
    "fh": "http://purl.org/syndication/history/1.0",
    "at": "http://purl.org/atompub/tombstones/1.0",
}

texts = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("&<>\"'\n\t ;")).map(clean)
lines = texts.map(lambda text: " ".join(text.split()))
words = lines.filter(bool)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
numbers = st.integers(0, 9999)
categories = st.builds(Category, lines, lines, lines | words.map("tag:{}".format))
media = st.builds(Media, words, lines, numbers, numbers, numbers, lines, lines)
entries = st.builds(
    Entry,
    id=words, url=words, title=lines, summary=texts, html=texts, published=moments, updated=moments, lang=words,
    authors=st.lists(lines, max_size=3).map(tuple),
    categories=st.lists(categories, max_size=4).map(tuple),
    image=st.none() | media,
    corrections=st.lists(st.tuples(moments, lines), max_size=2).map(tuple),
    agency=lines, rights=lines, source_url=lines, breaking=st.booleans(),
)  # fmt: skip
xml_kinds = st.sampled_from(("rss", "atom"))
pages = st.builds(
    FeedPage,
    path=st.just("x"), format=xml_kinds, url=words, id=words, title=words, description=words, lang=words, home=words,
    updated=moments, entries=st.just(()), archive=st.booleans(), current=lines, previous=lines, next=lines,
)  # fmt: skip


def one(kind: str, story: Entry, **options: object) -> etree._Element | dict:
    """The story as its one-entry feed of *kind* shows it."""
    chosen = replace(OPTIONS, **options)
    made = assemble(feed(kind), fragments([story], kind, chosen), chosen)
    if kind == "json":
        return json.loads(made)["items"][0]
    return etree.fromstring(made).find(".//item" if kind == "rss" else "a:entry", NS)


def titles(made: bytes) -> list[str]:
    return [item.title for item in feedparser.parse(made).entries]


@given(st.lists(entries, min_size=1, max_size=4), xml_kinds)
@settings(deadline=None, max_examples=40)
def test_a_filled_form_is_what_feedgen_would_have_written(stories, kind):
    start, end = {"rss": ("<item", "</item>"), "atom": ("<entry", "</entry>")}[kind]
    made = document(feed(kind), OPTIONS, [shown(story, OPTIONS, "full") for story in stories])

    assert b"".join(fragments(stories, kind, OPTIONS)).decode() == made[made.index(start) : made.rindex(end) + len(end)]


@given(pages, st.booleans())
@settings(deadline=None, max_examples=40)
def test_a_filled_head_is_what_feedgen_would_have_written(page, rich):
    rest = {
        "hub": "https://hub.example/?a&b",
        "email": "desk@news.example",
        "rights": "© <us>",
        "logo": f"{SITE}l.png",
        "icon": f"{SITE}i.png",
    }
    chosen = replace(OPTIONS, **rest) if rich else OPTIONS
    end = {"rss": "</channel></rss>", "atom": "</feed>"}[page.format]

    whole = replace(page, updated=page.updated.replace(microsecond=0))
    assert shell(page, chosen).decode() + end == document(whole, chosen).removesuffix(end) + "\n" + end


@given(st.lists(entries, max_size=3, unique_by=lambda e: e.id))
@settings(deadline=None, max_examples=40)
def test_no_text_breaks_a_feed_and_none_gets_lost(stories):
    for kind in ("rss", "atom"):
        root = etree.fromstring(assemble(feed(kind), fragments(stories, kind, OPTIONS), OPTIONS))
        found = [e.text for e in root.iterfind("channel/item/guid" if kind == "rss" else "a:entry/a:id", NS)]
        assert found == [story.id for story in stories]
    made = json.loads(assemble(feed("json"), fragments(stories, "json", OPTIONS), OPTIONS))
    assert [item["id"] for item in made["items"]] == [story.id for story in stories]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dirt", ["\x00", "\x0b", "\x1b", "\x7f", "\ud800", "\ufffe", "\uffff", "\r"])
def test_a_control_character_that_slipped_in_spoils_neither_feed_nor_story(kind, dirt):
    story = entry(title=f"Ha{dirt}fen", html=f"<p>A\\u00{dirt}b</p>", categories=(Category(f"x{dirt}", "k", "s:s"),))

    made = assemble(feed(kind, title=f"News{dirt}"), fragments([story, entry("b")], kind, OPTIONS), OPTIONS)

    assert titles(made) == ["Ha fen" if dirt == "\r" else "Hafen", "Story b"] or kind == "json"
    assert dirt not in made.decode()
    if kind == "json":
        assert json.loads(made)["items"][0]["title"] == ("Ha fen" if dirt == "\r" else "Hafen")


FIELDS = st.sampled_from(("id", "url", "title", "summary", "html", "rights", "agency", "source_url"))
dirty = st.builds(
    lambda story, field, dirt: replace(story, **{field: getattr(story, field) + dirt}),
    entries, FIELDS, st.sampled_from(("", "\x00", "\x0b", "\x7f", "\ud800", "\ufffe", "\\u00", "\\")),
)  # fmt: skip


@given(st.lists(entries | dirty, max_size=3))
def test_stories_that_are_spelled_for_all_formats_at_once_are_those_of_each_format(stories):
    alone = [fragments(stories, kind, OPTIONS) for kind in KINDS]

    assert feeds.in_formats(stories, KINDS, OPTIONS) == [
        dict(zip(KINDS, each, strict=True)) for each in zip(*alone, strict=True)
    ]


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_fragments_declare_no_namespace_of_their_own(kind):
    story = entry(image=CRANE, rights="©", source_url="https://agency.example/1", updated=MORNING + hours(1))

    assert b"xmlns" not in fragments([story], kind, OPTIONS)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_without_title_summary_text_and_author_still_shows_something(kind):
    bare = entry(title=" ", summary="", html="", authors=("", " "), categories=(Category("", "", ""),))
    short = entry(title="", summary="wort " * 60, agency="dpa", authors=())
    for story in (bare, short):
        made = (
            feedparser.parse(assemble(feed(kind), fragments([story], kind, OPTIONS), OPTIONS))
            if kind != "json"
            else None
        )
        if made:
            shown_entry = made.entries[0]
            assert not made.bozo
            assert shown_entry.title
            assert shown_entry.summary
            assert shown_entry.author == ("Hafenblatt" if story is bare else "dpa")
            assert "tags" not in shown_entry or story is short
            assert len(shown_entry.title) <= 103
    item = one("json", bare)
    assert item["title"] == bare.url
    assert item["content_html"] == f"<p>{bare.url}</p>"
    assert "tags" not in item


def test_titles_are_plain_text_escaped_once():
    story = entry(title="A  & B <b>“x”</b>\n")

    assert one("rss", story).findtext("title") == "A & B <b>“x”</b>"
    assert one("atom", story).find("a:title", NS).text == "A & B <b>“x”</b>"
    assert one("atom", story).find("a:title", NS).get("type", "text") == "text"
    assert one("json", story)["title"] == "A & B <b>“x”</b>"


def test_the_summary_is_html_in_rss_and_atom_and_text_in_json():
    story = entry(summary="1 < 2 & so")

    assert one("rss", story).findtext("description") == "1 &lt; 2 &amp; so"
    assert one("rss", story).find("c:encoded", NS).text == story.html
    atom = one("atom", story)
    assert (atom.find("a:summary", NS).text, atom.find("a:summary", NS).get("type")) == ("1 &lt; 2 &amp; so", "html")
    assert (atom.find("a:content", NS).text, atom.find("a:content", NS).get("type")) == (story.html, "html")
    assert one("json", story)["summary"] == "1 < 2 & so"


@pytest.mark.parametrize("kind", KINDS)
def test_summaries_only_leave_the_full_text_out(kind):
    made = assemble(feed(kind), fragments([entry()], kind, OPTIONS, "summary"), OPTIONS)

    assert b"All of a." not in made
    assert b"In short: a." in made


@given(entries, st.sampled_from(KINDS))
@settings(deadline=None, max_examples=40)
def test_a_shortened_entry_is_the_one_of_a_feed_of_summaries(story, kind):
    (full,), (short,) = (fragments([story], kind, OPTIONS, content) for content in ("full", "summary"))

    assert shortened(full, kind) == short
    assert shortened(short, kind) == short


@given(st.lists(entries, max_size=4, unique_by=lambda e: e.id), st.sampled_from(KINDS))
@settings(max_examples=60, deadline=None)
def test_what_was_put_into_a_feed_comes_out_of_it(stories, kind):
    made = fragments(stories, kind, OPTIONS)
    assert entries_of(assemble(feed(kind), made, OPTIONS), kind, full=True) == made


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_shortened_entries_gives_none_back_where_full_texts_are_wanted(kind):
    made = [shortened(fragment, kind) for fragment in fragments([entry("a"), entry("b")], kind, OPTIONS)]
    document = assemble(feed(kind), made, OPTIONS)
    assert entries_of(document, kind, full=True) == []
    assert entries_of(document, kind, full=False) == made


def test_an_author_is_a_name_in_dc_creator_and_no_address():
    item = one("rss", entry(authors=("Eva Muster", "Max")))

    assert [e.text for e in item.findall("d:creator", NS)] == ["Eva Muster", "Max"]
    assert item.find("author") is None
    assert [a["name"] for a in one("json", entry(authors=("Eva", "Max")))["authors"]] == ["Eva", "Max"]
    assert one("atom", entry()).find("d:creator", NS) is None


def test_categories_are_unique_named_and_have_an_absolute_scheme_or_none():
    story = entry(categories=(HARBOUR, HARBOUR, Category("", "keyword:x", "relative"), Category(" ", "", "")))

    assert [(c.get("domain"), c.text) for c in one("rss", story).findall("category")] == [
        (HARBOUR.scheme, "Hafen"),
        (None, "keyword:x"),
    ]
    assert [c.get("scheme") for c in one("atom", story).findall("a:category", NS)] == [HARBOUR.scheme, None]
    assert one("json", story)["tags"] == ["Hafen", "keyword:x"]


@pytest.mark.parametrize(
    ("lang", "word"), [("de", "Eilmeldung"), ("de-AT", "Eilmeldung"), ("en", "Breaking news"), ("xx", "Breaking news")]
)
def test_breaking_news_carries_a_category_in_its_language(lang, word):
    assert one("json", entry(breaking=True, lang=lang))["tags"] == [word, "Hafen"]
    assert (
        one("json", entry(breaking=False, lang=lang))["title"] == one("json", entry(breaking=True, lang=lang))["title"]
    )


def test_a_picture_is_an_enclosure_of_exact_length_and_type_and_media_rss():
    rss, atom, item = (one(kind, entry(image=CRANE)) for kind in KINDS)

    assert dict(rss.find("enclosure").attrib) == {"url": CRANE.url, "length": "4321", "type": "image/jpeg"}
    link = next(e for e in atom.findall("a:link", NS) if e.get("rel") == "enclosure")
    assert (link.get("href"), link.get("length"), link.get("type")) == (CRANE.url, "4321", "image/jpeg")
    for parent in (rss, atom):
        content = parent.find("m:content", NS)
        assert (content.get("url"), content.get("fileSize"), content.get("width")) == (CRANE.url, "4321", "800")
        assert content.findtext("m:credit", namespaces=NS) == "Hafenamt"
        assert content.findtext("m:description", namespaces=NS) == "Ein Kran"
    assert item["image"] == CRANE.url
    assert item["attachments"] == [{"url": CRANE.url, "mime_type": "image/jpeg", "size_in_bytes": 4321}]


def test_a_picture_elsewhere_of_unknown_length_is_no_enclosure():
    picture = Media("https://elsewhere.example/p", "", 0)

    assert one("rss", entry(image=picture)).find("enclosure") is None
    assert dict(one("rss", entry(image=picture)).find("m:content", NS).attrib) == {
        "url": picture.url,
        "medium": "image",
    }
    assert [e.get("rel") for e in one("atom", entry(image=picture)).findall("a:link", NS)] == ["alternate"]
    assert "attachments" not in one("json", entry(image=picture))


@pytest.mark.parametrize("content", ["full", "summary"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_stands_above_the_text_with_its_date_and_moves_updated(kind, content):
    when = datetime(2025, 12, 3, 23, 30, tzinfo=UTC)  # already the fourth in Berlin
    story = entry(corrections=((MORNING + hours(1), "First."), (when, "It is <Meier>.")))

    item = one(kind, story, content=content, timezone="Europe/Berlin")

    text = {
        "rss": lambda: item.findtext("c:encoded" if content == "full" else "description", namespaces=NS),
        "atom": lambda: item.findtext("a:content" if content == "full" else "a:summary", namespaces=NS),
        "json": lambda: item["content_html"],
    }[kind]()
    assert text.startswith(
        "<div><p><strong>Korrektur (2025-12-04):</strong> It is &lt;Meier&gt;.</p><p><strong>Korrektur (2025-12-03)"
    )
    assert (
        item["date_modified"] if kind == "json" else item.findtext("a:updated", namespaces=NS)
    ) == "2025-12-03T23:30:00+00:00"
    assert last_change(story) == when


def test_an_unchanged_story_has_no_date_of_change_in_rss_and_json():
    assert one("rss", entry()).find("a:updated", NS) is None
    assert {"date_modified", "_dateline", "image"}.isdisjoint(one("json", entry()))


def test_updated_never_precedes_published():
    story = entry(updated=MORNING - hours(5))

    assert one("atom", story).findtext("a:updated", namespaces=NS) == one("atom", story).findtext(
        "a:published", namespaces=NS
    )


def test_rights_source_and_language_stand_with_each_entry():
    story = entry(rights="© dpa", source_url="https://agency.example/1?a&b", lang="en")
    rss, atom, item = (one(kind, story) for kind in KINDS)

    assert [rss.findtext(f"d:{n}", namespaces=NS) for n in ("rights", "source", "language")] == [
        "© dpa",
        story.source_url,
        "en",
    ]
    assert atom.findtext("a:rights", namespaces=NS) == "© dpa"
    assert [e.get("href") for e in atom.findall("a:link", NS) if e.get("rel") == "via"] == [story.source_url]
    assert atom.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert item["language"] == "en"
    assert item["_dateline"] == {"source_url": story.source_url, "rights": "© dpa"}


def test_a_story_without_language_inherits_the_feeds():
    assert one("atom", entry(lang="")).attrib == {}
    assert one("rss", entry(lang="")).find("d:language", NS) is None


def test_one_id_for_ever_in_all_formats():
    story = entry()

    guid = one("rss", story).find("guid")
    assert (guid.text, guid.get("isPermaLink")) == (story.id, "false")
    assert one("atom", story).findtext("a:id", namespaces=NS) == one("json", story)["id"] == story.id


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_the_head_says_where_it_is_what_it_shows_and_when_it_changed(kind):
    options = replace(
        OPTIONS, hub="https://hub.example/", stylesheet="/assets/feed.css?a&b", rights="©", email="d@news.example"
    )
    made = assemble(feed(kind), fragments([entry()], kind, options), options)
    parsed = feedparser.parse(made)

    assert made.startswith(
        b"<?xml version='1.0' encoding='UTF-8'?>\n<?xml-stylesheet type=\"text/css\" href=\"/assets/feed.css?a&amp;b\"?>\n"
    )
    assert not parsed.bozo
    assert parsed.feed.link == SITE
    assert parsed.feed.language == "de"
    assert parsed.feed.updated_parsed[:5] == (2025, 12, 3, 9, 30)
    assert {(link.rel, link.href) for link in parsed.feed.links} >= {
        ("self", feed(kind).url),
        ("hub", "https://hub.example/"),
    }
    assert parsed.feed.rights == "©"
    if kind == "rss":
        assert parsed.feed.ttl == "60"


def test_the_json_head_names_its_hub_and_never_an_empty_member():
    made = json.loads(assemble(feed("json", description=""), [], replace(OPTIONS, hub="https://hub.example/")))

    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert made["feed_url"] == f"{SITE}feed.json"
    assert made["items"] == []
    assert all(value not in ("", None) for value in made.values())


def test_a_feed_without_title_goes_by_its_address():
    for kind in ("rss", "atom"):
        parsed = feedparser.parse(assemble(feed(kind, title="", description=""), [], OPTIONS))
        assert parsed.feed.title == parsed.feed.subtitle == feed(kind).url


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_archives_link_to_their_neighbours_and_say_what_they_are(kind):
    page = feed(kind, archive=True, current=f"{SITE}now?a&b", previous=f"{SITE}2025-10", next=f"{SITE}2025-12")
    root = etree.fromstring(assemble(page, [], OPTIONS))

    links = {e.get("rel"): e.get("href") for e in root.iterfind(".//a:link", NS)}
    assert {r: links[r] for r in ("current", "prev-archive", "next-archive")} == {
        "current": f"{SITE}now?a&b",
        "prev-archive": f"{SITE}2025-10",
        "next-archive": f"{SITE}2025-12",
    }
    assert root.find(".//fh:archive", NS) is not None
    plain = etree.fromstring(assemble(feed(kind, previous=f"{SITE}2025-10"), [], OPTIONS))
    assert plain.find(".//fh:archive", NS) is None
    assert "prev-archive" in {e.get("rel") for e in plain.iterfind(".//a:link", NS)}


def test_a_withdrawn_story_leaves_a_tombstone_in_atom_only():
    stones = (('tag:news.example,2025:"<gone>"', MORNING + hours(1)),)
    atom, rss, item = (
        assemble(feed(k, tombstones=stones), fragments([entry()], k, OPTIONS), OPTIONS) for k in ("atom", "rss", "json")
    )

    stone = etree.fromstring(atom).find("at:deleted-entry", NS)
    assert (stone.get("ref"), stone.get("when")) == (stones[0][0], "2025-12-03T10:30:00+00:00")
    assert b"gone" not in rss + item


def test_same_values_give_the_same_bytes_in_any_process_and_locale():
    code = (
        "import locale, sys; from newsstand import *; from dateline.feeds import assemble, fragments\n"
        "sys.stdout.buffer.write(b''.join(assemble(feed(k), fragments([entry(image=CRANE)], k, OPTIONS), OPTIONS) for k in FILES))"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parent, env={"PYTHONHASHSEED": seed, "LC_ALL": "de_DE.UTF-8"}).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    here = b"".join(assemble(feed(k), fragments([entry(image=CRANE)], k, OPTIONS), OPTIONS) for k in KINDS)
    assert runs == {here}


@pytest.mark.parametrize("kind", KINDS)
class TestBudget:
    def story(self, number: int, size: int) -> Entry:
        return entry(f"{number:02}", published=MORNING - hours(number), html=f"<p>{'x' * size}</p>")

    def ids(self, made: bytes, kind: str) -> int:
        return made.count({"rss": b"</item>", "atom": b"</entry>", "json": b'"id":'}[kind])

    def test_the_oldest_entries_go_first(self, kind):
        options = replace(OPTIONS, max_bytes=60_000)
        pieces = fragments([self.story(i, 3000) for i in range(30)], kind, options)

        made = assemble(feed(kind), pieces, options)

        assert 10 <= self.ids(made, kind) < 30
        assert len(made) <= 60_000
        assert b":00" in made
        assert b":29" not in made

    def test_below_ten_entries_the_full_text_goes_instead(self, kind):
        options = replace(OPTIONS, max_bytes=60_000)
        stories = [self.story(i, 10_000) for i in range(30)]

        made = assemble(feed(kind), fragments(stories, kind, options), options)

        assert self.ids(made, kind) == 30
        assert len(made) <= 60_000
        assert b"xxx" not in made

    def test_short_entries_that_are_there_already_are_taken(self, kind):
        options = replace(OPTIONS, max_bytes=20_000)
        stories = [self.story(i, 10_000) for i in range(12)]

        made = assemble(feed(kind), fragments(stories, kind, options), options, [b"<short/>"] * 12)

        assert made.count(b"<short/>") == 12

    def test_at_least_one_entry_stays(self, kind):
        options = replace(OPTIONS, max_bytes=1)

        assert self.ids(assemble(feed(kind), fragments([entry(), entry("b")], kind, options), options), kind) == 1

    def test_sizes_shared_by_all_formats_keep_the_same_entries(self, kind):
        options = replace(OPTIONS, max_bytes=104_096 + 5)

        made = assemble(
            feed(kind), fragments([self.story(i, 10) for i in range(50)], kind, options), options, sizes=[4999] * 50
        )

        assert self.ids(made, kind) == 20

    def test_an_archive_keeps_all_its_entries(self, kind):
        options = replace(OPTIONS, max_bytes=20_000)
        stories = [self.story(i, 3000) for i in range(30)]

        made = assemble(feed(kind, archive=True), fragments(stories, kind, options), options)

        assert self.ids(made, kind) == 30
        assert b"xxx" not in made


@given(moments, st.integers(-14 * 60, 14 * 60))
def test_dates_are_in_utc_whole_seconds_and_english(moment, minutes):
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))

    assert rfc822(there) == moment.strftime("%a, %d %b %Y %H:%M:%S +0000")
    assert datetime.fromisoformat(rfc3339(there)) == moment.replace(microsecond=0)
    assert rfc3339(there) == rfc3339(moment)


def test_a_moment_without_zone_is_refused():
    naive = datetime(2025, 12, 3)  # noqa: DTZ001
    for call in (rfc822, rfc3339, lambda m: fragments([entry(published=m, updated=m)], "rss", OPTIONS)):
        with pytest.raises(ValueError, match="no time zone"):
            call(naive)


def test_the_settings_of_a_site_become_the_options_of_its_feeds():
    site = Settings(
        title="Hafenblatt",
        base_url=SITE,
        copyright="©",
        feeds=Feeds(hub="https://hub.example/", ttl=5, stylesheet=False),
    )

    made = feeds.options(site, "dateline 1", stylesheet="/feed.css")

    assert (made.author, made.rights, made.hub, made.ttl, made.stylesheet) == (
        "Hafenblatt",
        "©",
        "https://hub.example/",
        5,
        "",
    )
    assert feeds.options(Settings(author="Eva"), "x", stylesheet="/feed.css").stylesheet == "/feed.css"
    assert feeds.options(Settings(author="Eva"), "x").author == "Eva"
