"""`check` tells an editor what to mend: on the pages, in the stories, in the templates."""

from __future__ import annotations

import io
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dateline import check_site, cli
from dateline.article import Teaser, Term
from dateline.check import Built, check
from dateline.check_cli import check as command
from dateline.check_external import external, head
from dateline.check_page import Facts, Reader, lost, values
from dateline.check_site import Links
from dateline.check_stories import stories
from dateline.check_theme import templates
from dateline.command import Desk
from dateline.errors import Problem
from dateline.record import Record
from dateline.sarif import sarif
from dateline.settings import Settings
from dateline.terminal import Terminal
from dateline.theme import theme
from effort import linear

NOW = datetime(2025, 12, 3, 12, tzinfo=UTC)
SITE = Settings(base_url="https://news.example/")


def story(name: str, **changes) -> Record:
    """Build a record; only what a test is about is named."""
    given = {
        "title": f"Headline {name}",
        "summary": f"Summary of {name}",
        "url": f"/{name}/",
        "id": f"urn:{name}",
        "published": NOW,
        "lang": "de",
        **changes,
    }
    teaser = Teaser(
        id=given["id"], url=given["url"], title=given["title"], summary=given["summary"], published=given["published"], precision="minute", updated=None,
        lang=given["lang"], section="", kicker="", agency="", authors=(), breaking=False, corrected=False, image=None, digest=b"",
    )  # fmt: skip
    return Record(
        path=f"content/{name}.md", digest=b"", teaser=teaser, terms=given.get("terms", ()), section="", agency="", status=given.get("status", "published"),
        embargo=given.get("embargo"), expires=given.get("expires"), corrected=None, aliases=given.get("aliases", ()), translation="", words=9,
    )  # fmt: skip


def said(*records: Record) -> list[str]:
    return [str(problem) for problem in stories(records, NOW)]


def site(folder: Path, files: dict[str, str], settings: Settings = SITE) -> list[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [str(problem) for problem in Links(folder, settings).problems()]


def test_a_sound_site_has_nothing_to_mend(tmp_path):
    assert site(tmp_path, {
        "index.html": '<h1 id="top">x</h1><a href="/a/">a</a> <a href="https://news.example/a/#s-x">b</a> <a href="#top">c</a> <a href="a/?q=1">d</a> <a href="">e</a>'
        '<a href="mailto:x@y.example">f</a> <img src="/p.jpg" srcset="/p.jpg 1x, /p.jpg 2x"> <a href="https://other.example/">g</a> <a href="#">h</a> <a href="/a">i</a>',
        "a/index.html": '<h2 id="s-x">x</h2><a href="../">up</a> <a href="/%C3%A9.txt">j</a>',
        "é.txt": "x", "p.jpg": "x", "feed.xml": '<rss><link>https://news.example/a/</link><c scheme="https://news.example/#kind"/></rss>',
        "feed.json": '{"url": "https://news.example/a/"}', "robots.txt": "Sitemap: https://news.example/feed.xml", "_redirects": "# x\n/old /a/ 301\n/b/* /c/:splat\n\n",
    }) == []  # fmt: skip


def test_dead_links_are_named_once_with_the_page_that_has_them(tmp_path):
    found = site(tmp_path, {
        "index.html": '<a href="/gone/">x</a> <img src="gone.jpg"> <a href="//[">y</a>', "a/index.html": '<a href="/gone/">x</a> <a\nhref="/a/#no">z</a> <a href="#nor">w</a>',
        "feed.xml": "<a>https://news.example/gone/ https://news.example/lost/</a>", "_redirects": "/old /nowhere/ 301",
    })  # fmt: skip
    assert sorted(found) == sorted(
        [
            "a/index.html: leads to #no in a/index.html, which is not there (mend the link)",
            "a/index.html: leads to #nor, which is not there (mend the link, or build again)",
            "index.html: leads to /gone.jpg, which is not there (mend the link, or build again)",
            "a/index.html: leads to /gone/, which is not there and 2 more (mend the link, or build again)",
            "feed.xml: leads to /lost/, which is not there (mend the link, or build again)",
            "_redirects: leads to /nowhere/, which is not there (mend the link, or build again)",
            "index.html: leads to //[, which is not there (mend the link, or build again)",
        ]
    )


def test_words_that_look_like_links_are_words(tmp_path):
    assert site(tmp_path, {"index.html": '<p title=">">Write href="/x/" and <b>src="/y/"</b> href="#z"</p>'}) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["href", "src", "data-src", "title"]),
            st.sampled_from(["", "/a/", "x y", " src", "href"]),
            st.sampled_from([" ", "\n", "\t "]),
        )
    )
)
def test_attributes_are_found_by_their_whole_names(attributes):
    tag = "<a" + "".join(f'{space}{name}="{value}"' for name, value, space in attributes) + ">"
    wanted = {value.encode() for name, value, _ in attributes if name in {"href", "src"}}
    assert values(f"x{tag}y{tag}".encode(), (b'href="', b'src="')) == wanted


def test_a_site_below_a_folder_is_checked_below_it(tmp_path):
    settings = Settings(base_url="https://news.example/paper/")
    found = site(
        tmp_path,
        {
            "index.html": '<a href="/paper/a/">x</a> <a href="/paper/b/">y</a> <a href="/outside/">z</a>',
            "a/index.html": "",
        },
        settings,
    )
    assert [line.split(", ")[0] for line in found] == [
        "index.html: leads to /paper/b/",
        "index.html: leads to https://news.example/outside/",
    ]


def test_feeds_that_do_not_parse_are_named(tmp_path):
    found = site(tmp_path, {"feed.xml": "<rss>", "feed.json": "{", "a/atom.xml": "<a>&b;</a>"})
    assert [line.partition(" is not ")[0] for line in found] == ["a/atom.xml:", "feed.json:", "feed.xml:"]


def test_links_to_other_sites_are_gathered_with_a_page_that_has_them(tmp_path):
    (tmp_path / "index.html").write_text(
        '<a href="https://b.example/x#y">b</a> <a href="ftp://c.example/">c</a> <a href="//b.example/z">d</a> <a href="https://d.example/?u=https%3A%2F%2Fnews.example%2F">e</a>'
    )
    links = Links(tmp_path, SITE)
    assert list(links.problems()) == []
    assert links.elsewhere == {"https://b.example/x": "index.html"}


def test_links_in_the_site_are_not_followed(tmp_path):
    (tmp_path / "a.html").symlink_to("/etc/passwd")
    assert Links(tmp_path, SITE).files == frozenset()
    assert Links(tmp_path / "nowhere", SITE).files == frozenset()


def test_a_file_that_vanishes_meanwhile_is_empty(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    links = Links(tmp_path, SITE)
    (tmp_path / "a.json").unlink()
    assert len(list(links.problems())) == 1


def test_a_name_that_no_link_can_spell_is_named(tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.html")).write_text("x")
    assert site(tmp_path, {"index.html": ""}) == [
        "\\xff.html: has a name that is not UTF-8, so no link can lead to it (rename it)"
    ]


def test_a_page_of_dead_links_costs_as_much_as_its_bytes(tmp_path):
    def looked(number: int) -> None:
        links = "".join(f'<a href="/gone{i}/">x</a><a href="#gone{i}">x</a>' for i in range(number))
        (tmp_path / "index.html").write_text(links)
        assert len(list(Links(tmp_path, SITE).problems())) == 2 * number

    assert linear(looked, 1_000)


def test_a_crowd_of_pages_is_read_by_a_pool_of_workers_alike(tmp_path):
    for number in range(1_100):
        (tmp_path / f"{number:04}.html").write_text(f'<a href="/x{number % 3}/">x</a> <a href="https://b.example/">')
    links = Links(tmp_path, SITE)
    assert [str(p) for p in links.problems()] == [
        "0000.html: leads to /x0/, which is not there and 366 more (mend the link, or build again)",
        "0001.html: leads to /x1/, which is not there and 366 more (mend the link, or build again)",
        "0002.html: leads to /x2/, which is not there and 365 more (mend the link, or build again)",
    ]
    assert links.elsewhere == {"https://b.example/": "0000.html"}


def test_a_page_that_ends_its_reader_is_named():
    assert lost("a.html").fault == "cannot be checked: it ended the process that read it"


class Checked:
    """A built site that is checked again and again, with what was remembered; its clock has left it behind."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.folder, self.memory, self.of = folder, b"", b"code"
        self.clock = lambda: 2**62
        self.read: list[str] = []
        monkeypatch.setattr(check_site, "look", self.look)

    def look(self, reader: Reader, names: Sequence[str]) -> list[Facts]:
        self.read += names
        return [reader.facts(name) for name in names]

    def __call__(self, **files: str) -> tuple[list[str], list[str]]:
        """Write *files*; say which were read, and what was found."""
        self.read.clear()
        for name, text in files.items():
            (self.folder / f"{name}.html").write_text(text)
        links = Links(self.folder, SITE, self.memory, self.of, self.clock)
        found = [str(p).partition(",")[0] for p in links.problems()]
        self.memory = links.memory
        return [name.removesuffix(".html") for name in self.read], found


@pytest.fixture
def checked(tmp_path, monkeypatch):
    return Checked(tmp_path, monkeypatch)


def test_a_page_that_is_as_it_was_is_not_read_again(checked):
    assert checked(a='<a href="/b.html">b</a>', b="x") == (["a", "b"], [])
    assert checked() == ([], [])
    assert checked(b="y!", c="z") == (["b", "c"], [])
    assert checked() == ([], [])


def test_a_page_with_a_fault_is_read_until_it_is_mended(checked):
    dead = "a.html: leads to /b.html"
    assert checked(a='<a href="/b.html">b</a>') == (["a"], [dead])
    assert checked() == (["a"], [dead])
    assert checked(b="x") == (["a", "b"], [])
    assert checked() == ([], [])


def test_where_a_page_vanishes_all_are_read_again(checked):
    checked(a='<a href="/b.html">b</a>', b="x", c="y")
    (checked.folder / "b.html").unlink()
    assert checked() == (["a", "c"], ["a.html: leads to /b.html"])


def test_a_page_that_wants_an_anchor_of_another_is_always_read(checked):
    assert checked(a='<a href="/b.html#x">b</a>', b='<p id="x">') == (["a", "b"], [])
    assert checked(b="changed") == (["a", "b"], ["a.html: leads to #x in b.html"])
    assert checked() == (["a"], ["a.html: leads to #x in b.html"])


def test_another_code_or_a_broken_memory_is_no_memory(checked):
    checked(a="x")
    checked.of = b"new code"
    assert checked() == (["a"], [])
    assert checked() == ([], [])
    checked.memory = b"\xc1"
    assert checked() == (["a"], [])
    checked.of = b""
    assert checked() == (["a"], [])
    assert checked.memory == b""


def test_a_page_written_a_moment_ago_is_not_trusted_to_stay(checked):
    checked.clock = time.time_ns
    assert checked(a="x") == (["a"], [])
    assert checked() == (["a"], [])


def test_no_address_can_be_read_from_what_is_remembered(checked):
    checked(withdrawn="x")
    assert b"withdrawn" not in checked.memory


def test_sound_stories_have_nothing_to_mend():
    assert said(story("a"), story("b")) == []


@pytest.mark.parametrize(("changes", "words"), [
    ({"id": "urn:a"}, "content/b.md: has the id of content/a.md (give it an id of its own)"),
    ({"title": "HEADLINE a"}, "content/b.md: has the headline of content/a.md (change one of them)"),
    ({"url": "/A/"}, "content/b.md: has the address of content/a.md (give it a slug of its own)"),
    ({"summary": ""}, "content/b.md: has no summary (add one: lists, feeds and search engines show it)"),
    ({"published": NOW + timedelta(hours=1)}, "content/b.md: is dated 2025-12-03 13:00, in the future (mend its date, or give it an embargo)"),
    ({"expires": NOW}, "content/b.md: is past its expiry and no longer shown (remove it, or its expiry)"),
    ({"aliases": ("/a/",)}, "content/b.md: its alias /a/ is the address of content/a.md (remove the alias)"),
    ({"aliases": ("b",)}, "content/b.md: its alias b is its own address (remove the alias)"),
    ({"terms": (Term("keyword", "keyword:x", "Hafen"),)}, "content: tags with one story only: Hafen (join them with others, or let them grow)"),
])  # fmt: skip
def test_what_is_doubtful_in_a_story_is_named(changes, words):
    assert said(story("a"), story("b", **changes)) == [words]


def test_doubles_of_the_wire_are_found_among_many():
    text = "Der Hafen bleibt nach dem Sturm gesperrt, sagte die Hafenmeisterin am Mittwoch in der Stadt"
    others = [story(f"n{i}", summary=f"Wort{i} und noch andere Woerter{i} stehen hier{i}") for i in range(60)]
    assert said(*others, story("x", summary=text), story("y", summary=f"{text}.")) == [
        "content/y.md: says nearly what content/x.md says (withdraw one of them, or make one an update)"
    ]


def test_long_lists_are_cut():
    many = [story(f"n{i}", summary="", terms=(Term("keyword", f"keyword:{i}", f"tag{i}"),)) for i in range(20)]
    found = said(*many)
    assert "content: 12 more stories have no summary (add one: lists, feeds and search engines show it)" in found
    assert found[-1].endswith("tag14, tag15 and 12 more (join them with others, or let them grow)")


def test_drafts_and_withdrawn_stories_may_repeat():
    assert (
        said(
            story("a"),
            story("b", title="Headline a", status="draft"),
            story("c", title="Headline a", status="withdrawn"),
        )
        == []
    )


def test_templates_that_use_what_does_not_exist_are_named():
    ours = {"base.html": b"{{ site.title|url }}{% if head %}{% endif %}", "tag.html": b"{% extends 'base.html' %}"}
    own = {
        "a.html": b"{{ nothing }}", "b.html": b"{% if", "c.html": b"{% include 'no.html' %}{{ site|url|nofilter }}", "d.html": b"{{ site is nosuch }}{{ stories|length }}",
        "tag.html": b"{% extends 'default/tag.html' %}{% set x = 1 %}{{ x }}", "base.html": ours["base.html"],
    }  # fmt: skip
    assert [str(p) for p in templates(theme(ours, own))] == [
        "templates/a.html: uses 'nothing', which does not exist (see docs/templates.md for what does)",
        "templates/b.html:1: unexpected 'end of template' (mend this line)",
        "templates/c.html: uses the template 'no.html', which is not there (mend its name)",
        "templates/c.html:1: uses the filter or test 'nofilter', which does not exist (see docs/templates.md)",
        "templates/d.html:1: uses the filter or test 'nosuch', which does not exist (see docs/templates.md)",
    ]


def test_everything_is_checked_together(tmp_path):
    build = tmp_path / "build"
    build.mkdir()
    (build / "index.html").write_text('<a href="/x/">x</a>')
    findings = check([story("a", summary="")], theme({}, {}), Built(build), SITE, NOW)

    assert [p.place for p in findings.problems] == ["build/index.html", "content/a.md"]
    assert findings.failed
    missing = check([], theme({}, {}), Built(tmp_path / "no"), SITE, NOW)
    assert not missing.failed
    assert "is not there" in str(missing.problems[0])


def test_other_sites_are_asked_once_and_what_is_well_is_remembered(tmp_path):
    memory = tmp_path / ".dateline" / "links.json"
    asked: list[str] = []

    def ask(url: str) -> str:
        asked.append(url)
        return "answers 404" if "dead" in url else ""

    links = {"https://a.example/": "index.html", "https://a.example/dead": "b.html"}
    for now in (1000.0, 2000.0, 1000.0 + 8 * 24 * 3600):
        assert [str(p) for p in external(links, memory, now, ask, 0)] == [
            "b.html: leads to https://a.example/dead: answers 404 (mend or remove the link)"
        ]
    assert sorted(asked) == ["https://a.example/", "https://a.example/", *["https://a.example/dead"] * 3]
    memory.write_text("{broken")
    assert len(list(external(links, memory, 0.0, ask, 0))) == 1


@pytest.mark.parametrize(("codes", "words"), [
    ([200], ""), ([404, 404], "answers 404"), ([405, 200], ""), ([405, 410], "answers 410"), ([403], ""), ([429], ""), ([500], "answers 500"), ([405, 405], "answers 405"),
])  # fmt: skip
def test_other_sites_are_asked_politely(monkeypatch, codes, words):
    def urlopen(request, timeout):
        assert timeout == 10
        code = codes.pop(0)
        if code != 200:
            raise urllib.error.HTTPError(request.full_url, code, "", Message(), io.BytesIO())
        return io.BytesIO()

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    assert head("https://a.example/") == words


def test_a_site_that_does_not_answer_is_said_not_to():
    assert head("http://127.0.0.1:9/").startswith("does not answer")
    assert head("http://[").startswith("does not answer")


def test_the_command_names_what_to_mend_and_exits_1_on_errors(tmp_path):
    (tmp_path / "dateline.toml").write_text('base_url = "https://news.example/"\n')
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.md").write_text("---\ntitle: A\ndate: 2025-12-03\n---\n\nA.\n")
    (tmp_path / "build").mkdir()
    desk = Desk(tmp_path, Terminal())

    def run(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(
            command, ["--clock", "2025-12-04", *arguments], obj=desk, standalone_mode=False, catch_exceptions=False
        )
        return result.return_value, result.output

    assert run()[0] == 0
    assert "content/a.md: has no summary" in run()[1]
    assert run("--strict", "-q")[0] == 1
    assert "content/a.md" not in run("--quiet")[1]
    (tmp_path / "build" / "index.html").write_text('<a href="/gone/">x</a>')
    code, report = run("--json", "--sarif", str(tmp_path / "log.json"))
    assert code == 1
    assert json.loads(report)["errors"] == 1
    assert len(json.loads((tmp_path / "log.json").read_text())["runs"][0]["results"]) == 2
    assert run("--external")[0] == 1


def test_code_hosts_get_the_line():
    log = json.loads(
        sarif(
            [
                Problem("content/ä.md:3", "date: is wrong", "mend it"),
                Problem("build/x.html", "leads nowhere", "", "warning"),
            ]
        )
    )
    second = log["runs"][0]["results"][1]

    assert [r["level"] for r in log["runs"][0]["results"]] == ["warning", "error"]
    assert second["message"]["text"] == "date: is wrong (mend it)"
    assert second["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "content/%C3%A4.md", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3},
    }


def test_one_of_a_kind_is_counted_as_one(newsroom, capsys):
    newsroom.write("ship", tags=["harbour"], summary="A ship.")
    newsroom.build()

    assert cli.run(["--root", str(newsroom.root), "check"]) == 0
    assert capsys.readouterr().out == "checked: 0 errors, 1 warning\n"
