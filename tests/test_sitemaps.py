"""Sitemaps, robots.txt and OPML as search engines and readers take them."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dateline.opml import Outline, opml
from dateline.sitemaps import Url, news_sitemap, robots, sitemap, sitemaps
from newsstand import MORNING, SITE, entry, hours

NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def url(name: str, group: str = "pages", lastmod: datetime | None = None) -> Url:
    return Url(f"{SITE}{name}/", lastmod, group=group)


def locs(made: bytes) -> list[str]:
    return [e.text for e in etree.fromstring(made).iterfind(".//s:loc", NS)]


def test_a_sitemap_lists_addresses_dates_and_translations():
    root = etree.fromstring(sitemap([Url(f"{SITE}?a&b", MORNING, (("de", SITE), ("en", f"{SITE}en/?a&b")))]))

    assert root.findtext("s:url/s:loc", namespaces=NS) == f"{SITE}?a&b"
    assert root.findtext("s:url/s:lastmod", namespaces=NS) == "2025-12-03T09:30:00+00:00"
    links = [(e.get("rel"), e.get("hreflang"), e.get("href")) for e in root.iterfind(".//x:link", NS)]
    assert links == [("alternate", "de", SITE), ("alternate", "en", f"{SITE}en/?a&b")]


def test_a_small_site_has_one_sitemap_in_the_order_given():
    made = sitemaps([url("b"), url("a"), url("b")], SITE)

    assert list(made) == ["sitemap.xml"]
    assert locs(made["sitemap.xml"]) == [f"{SITE}b/", f"{SITE}a/"]


def test_a_large_site_has_an_index_with_the_newest_date_of_each_part():
    urls = [
        url("a", "2025-11", MORNING),
        url("b", "2025-12", MORNING),
        url("c", "2025-12", MORNING + hours(2)),
        url("d"),
    ]

    made = sitemaps(urls, SITE, limit=2)

    assert list(made) == ["sitemap.xml", "sitemap-2025-11.xml", "sitemap-2025-12.xml", "sitemap-pages.xml"]
    index = etree.fromstring(made["sitemap.xml"])
    assert [e.text for e in index.iterfind("s:sitemap/s:loc", NS)] == [SITE + path for path in list(made)[1:]]
    assert [e.findtext("s:lastmod", namespaces=NS) for e in index] == [
        "2025-12-03T09:30:00+00:00",
        "2025-12-03T11:30:00+00:00",
        None,
    ]


def test_the_limits_are_those_of_the_protocol():
    many = [url(str(i)) for i in range(50_001)]

    assert list(sitemaps(many[:50_000], SITE)) == ["sitemap.xml"]
    made = sitemaps(many, SITE)
    assert list(made) == ["sitemap.xml", "sitemap-pages_0.xml", "sitemap-pages_1.xml"]
    assert sorted(loc for path in list(made)[1:] for loc in locs(made[path])) == sorted(u.loc for u in many)


def test_bytes_count_as_well():
    made = sitemaps([url("x" * 1000 + str(i)) for i in range(20)], SITE, max_bytes=8_000)

    assert len(made) > 2
    assert all(len(part) <= 8_000 for part in made.values())


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from("abc")), max_size=60, unique=True),
    st.tuples(st.integers(10_001, 20_000), st.sampled_from("abc")),
    st.integers(1, 10),
)
@settings(deadline=None, max_examples=40)
def test_one_more_story_changes_one_part_and_the_index_or_splits_one_part(stories, more, limit):
    def build(numbers: list[tuple[int, str]]) -> dict[str, bytes]:
        return sitemaps([url(str(n), group) for n, group in numbers], SITE, limit=limit)

    before, after = build(stories), build([*stories, more])

    if len(before) == 1:
        return
    gone = before.keys() - after.keys()
    changed = [path for path in before.keys() & after.keys() if before[path] != after[path]]
    assert len(gone) <= 1
    assert set(changed) - {"sitemap.xml"} == set() if gone else len(changed) <= 2
    every = [loc for path, part in after.items() if path != "sitemap.xml" for loc in locs(part)]
    assert sorted(every) == sorted(f"{SITE}{n}/" for n, _ in {*stories, more})


def test_the_parts_depend_on_the_set_of_stories_alone():
    urls = [url(str(i)) for i in range(30)]

    assert sitemaps(urls, SITE, limit=4).keys() == sitemaps(urls[::-1], SITE, limit=4).keys()


def test_the_news_sitemap_lists_the_thousand_newest_with_name_language_and_date():
    stories = [entry(str(i), published=MORNING + hours(i / 100), title="A & <b>") for i in range(1002)]

    root = etree.fromstring(news_sitemap(stories, "Hafen & Blatt"))

    assert len(root) == 1000
    first = root[0]
    assert first.findtext("s:loc", namespaces=NS) == stories[-1].url
    assert first.findtext(".//n:name", namespaces=NS) == "Hafen & Blatt"
    assert first.findtext(".//n:language", namespaces=NS) == "de"
    assert first.findtext(".//n:title", namespaces=NS) == "A & <b>"
    assert datetime.fromisoformat(first.findtext(".//n:publication_date", namespaces=NS)).tzinfo == UTC


def test_the_news_sitemap_knows_languages_without_region_but_for_chinese():
    stories = [entry(lang, lang=lang) for lang in ("pt-BR", "zh-TW", "zh-Hans", "")]

    found = {e.text for e in etree.fromstring(news_sitemap(stories, "x")).iterfind(".//n:language", NS)}

    assert found == {"pt", "zh-tw", "zh-cn", "en"}


def test_robots_may_read_all_and_find_the_sitemaps():
    assert robots([f"{SITE}sitemap.xml"]).decode() == f"User-agent: *\nDisallow:\n\nSitemap: {SITE}sitemap.xml\n"
    assert b"Disallow: /drafts/\n" in robots([], ["/drafts/"])


def test_opml_lists_all_feeds_by_heading():
    feeds = [Outline('Hafen & "Meer"', f"{SITE}hafen/feed.xml", f"{SITE}hafen/", "de")]

    root = etree.fromstring(opml("Feeds <all>", [("", feeds), ("Tags", feeds), ("None", [])]))

    assert root.findtext("head/title") == "Feeds <all>"
    alone, group = root.find("body")
    assert dict(alone.attrib) == {
        "type": "rss", "text": 'Hafen & "Meer"', "title": 'Hafen & "Meer"', "language": "de",
        "xmlUrl": f"{SITE}hafen/feed.xml", "htmlUrl": f"{SITE}hafen/",
    }  # fmt: skip
    assert (group.get("text"), len(group)) == ("Tags", 1)
    assert root.get("version") == "2.0"
    assert b"language" not in opml("x", [("", [Outline("a", "b", "c")])])
