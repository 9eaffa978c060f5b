"""A body becomes HTML: the same by the short way and the long way, and safe by both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.errors import DatelineError
from dateline.prose import Html, Prose, absolute
from dateline.settings import Limits, Markdown
from dateline.text import clean

SEEDS = Path(__file__).parent.parent / "seeds"
BASE = "https://news.example/"

TRAPS = [
    "# a", "## a", "####### a", "#a", "##", "# a #", "## a \\# b", "## a\\", "a\n# b", " # a", "   # a", "a\n===", "a\n---", "- a",
    "* a", "+ a", "1. a", "1\\. a", "12345. a", "٣. a", "\\- a", "> a", "a\n> b", "    a", "   a", "\ta", "a\tb", "a\n    b", "---", "***",
    "* * *", "_ _ _", "___", "```\na\n```", "~~~\na\n~~~", "`a`", "\\`a\\`", "\\\\`a`", "\\\\\\`a`", "*a*", "\\*a\\*", "\\\\*a*", "_a_",
    "a_b_c", "a * b", "[a](b)", "[a]", "\\[a\\](b)", "[a]: b", "[a]: b\n\n[a]", "![a](b)", "!\\[a](b)", "<a>", "<b>x</b>", "\\<b>x\\</b>",
    "<http://a.b/>", "<a@b.example>", "<!-- a -->", "<?a?>", "<![CDATA[a]]>", "&", "&amp;", "&amp", "&lt;b&gt;", "&copy;", "&copyx;", "&nosuch;",
    "&#42;a&#42;", "&#x41;", "&#0;", "&#128;", "&#1;", "&#x200b;", "&\\#42;", "&a\\mp;", "&amp>;", "&&gt;", "&quot;&apos;&nbsp;&#39;",
    "a | b\n--|--\n1 | 2", "a | b", "|", "a  \nb", "a  ", "a \nb", "  \n", "\n\n\n", "\n \n", "\n", "\u00a0", "\u00a0a", "\u3000\n\u3000", "a\u0338",
    "\u0338a", "\\>\u0338", "&gt;\u0338", ":a", ": a", "a\n: b", "{a}", "a {: #b }", "# a {: .b }", "\\", "\\\\", "\\\\\\", "\\a", "\\\n", "a\\",
    "klzzwxh:0000", "wzxhzdk:0", "\x02klzzwxh:0000\x03", "\x0242\x03", "\r\n", "\r", "\u2028", "\u200b", "é", "e\u0301", "„a“", "😀", "^a^", "a~b", "$a$",
    "a+b", "a=b", "=", "-", "–", "a - b", "\n-", "\n=a", "\n1.", "\n1. ", "\n2", "(", ")", ".", "..", "!", '"', "'",
]  # fmt: skip
BODIES = st.one_of(
    st.lists(st.sampled_from([*TRAPS, "a", "Ein Satz.", " ", "\n", "\n\n"]), max_size=8).map("".join),
    st.lists(st.sampled_from([*TRAPS, "Ein Satz, noch einer."]), max_size=5).map("\n\n".join),
    st.text(st.sampled_from("a\\#*_`[](){}<>&;!|=-+.:~1 \n\t\u00a0\u0338é"), max_size=40),
    st.text(max_size=40),
)
SETS = [
    Markdown(),
    Markdown(html=True),
    Markdown(extensions=()),
    Markdown(extensions=("tables", "fenced_code", "footnotes", "def_list", "abbr", "attr_list", "sane_lists")),
]


def by_the_long_way(options: Markdown) -> Prose:
    prose = Prose(options, BASE)
    prose._traps = None
    return prose


SHORT = [Prose(options, BASE) for options in SETS]
LONG = [by_the_long_way(options) for options in SETS]


@given(BODIES)
@example("a\n\n\u0338b")
@example("&#42;a\\*")
def test_the_short_way_gives_the_bytes_of_the_long_way(body):
    for short, long in zip(SHORT, LONG, strict=True):
        assert short.html(body) == long.html(body)


@pytest.mark.parametrize("trap", TRAPS)
def test_each_markdown_trap_reads_the_same_by_both_ways_alone_and_between_paragraphs(trap):
    for body in (trap, f"Davor.\n\n{trap}\n\nDanach.", f"Davor.\n{trap}\nDanach.", f"x{trap}y"):
        for short, long in zip(SHORT, LONG, strict=True):
            assert short.html(body) == long.html(body)


def test_every_sample_story_reads_the_same_by_both_ways():
    for path in sorted(SEEDS.rglob("*")):
        if path.is_file():
            body = path.read_bytes().decode("utf-8", "replace")
            assert SHORT[0].html(body) == LONG[0].html(body), path.name


def test_plain_copy_never_wakes_markdown():
    prose = Prose(Markdown(), BASE)

    prose.html("Ein Satz.\n\n## Zwischenzeile\n\nKurs \\* Gewinn & 1\\. Mai: „Ja!“ 3 > 2 &lt;nein&gt;")

    assert "_markdown" not in vars(prose)


@given(BODIES)
def test_no_body_gives_a_page_anything_that_runs(body):
    for long in LONG:
        html = long.html(body).html
        assert clean(html) == html
        assert not re.search(r"<(?:script|style|iframe|svg|form|input|h1)\b|<[^>]* (?:on\w+|style)=", html)


def render(body: str, *, html: bool = False) -> str:
    return Prose(Markdown(html=html), BASE).html(body).html


def test_headings_begin_below_the_headline_and_never_jump():
    assert render("### a\n\n# b\n\n#### c\n\n### d\n\n###### e") == (
        '<h2 id="s-a">a</h2>\n<h2 id="s-b">b</h2>\n<h3 id="s-c">c</h3>\n<h3 id="s-d">d</h3>\n<h4 id="s-e">e</h4>'
    )


def test_headings_of_the_same_words_have_anchors_of_their_own():
    html = render("## Größe\n\n## Größe\n\n## Größe 2\n\n## Größe\n\n## –\n\n## Хлеб\n\n##\n\nx")
    assert re.findall(r' id="([^"]*)"', html) == [
        "s-groesse", "s-groesse-2", "s-groesse-2-2", "s-groesse-3", "s-section", "s-khleb",
    ]  # fmt: skip


def test_html_of_a_writer_is_shown_as_text_unless_the_newsroom_allows_it():
    assert render("<b onclick=x>y</b>") == "<p>&lt;b onclick=x&gt;y&lt;/b&gt;</p>"
    assert render("<b onclick=x>y</b><script>z</script>", html=True) == "<p><b>y</b></p>"


def test_html_of_a_writer_keeps_only_what_the_allow_list_names():
    body = '<div class="evil" id="main" style="x"><p dir="ltr">a</p><td align="up">b</td></div>\n\n<!-- c -->\n\n<img src="data:x" alt="d&lt;">'
    assert render(body, html=True) == '<div><p dir="ltr">a</p>b</div>\n\n\n\n<p>d&lt;</p>'


@pytest.mark.parametrize("url", [
    "javascript:a", "JAVASCRIPT:a", "&#106;avascript:a", "javascript&colon;a", "java&#x200b;script:a", "&#1;javascript:a", "data:text/html,a",
    "vbscript:a", "file:///etc/passwd", "feed:javascript:a", "java&#10;script:a", "java&#xad;script:a", "blob:a", "java&#x2028;script:a",
])  # fmt: skip
def test_a_link_that_could_run_loses_its_address(url):
    for body in (f"[a]({url})", f"[a](<{url}>)", f"![a]({url})", f"[a][1]\n\n[1]: {url}", f'<a href="{url}">a</a>'):
        for allowed in (True, False):
            assert not re.search(r'<[^>]* (?:href|src)="', render(body, html=allowed)), body


def test_links_to_other_sites_are_marked_and_others_are_not():
    html = render(
        "[a](https://other.example/) [b](//other.example/) [c](/d) [e](https://News.example/f) [g](mailto:a@b.example) [h](tel:+1) [i](http://[::1)"
    )
    assert html.count('rel="noopener"') == 2
    assert '<a href="https://News.example/f">e</a>' in html


def test_pictures_have_a_text_and_load_late():
    assert render("![](a.png)") == '<p><img src="a.png" alt="" loading="lazy"></p>'
    assert (
        render('<img src="a.png" width="9" onerror=x>', html=True)
        == '<p><img src="a.png" alt="" width="9" loading="lazy"></p>'
    )


def test_tables_scroll_by_keyboard_and_say_what_their_heads_head():
    html = render("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |")
    assert html.startswith('<div class="table" tabindex="0"><table>')
    assert '<th scope="col">a</th>\n<th class="right" scope="col">b</th>' in html
    assert '<td class="center">3</td>' in html


def test_a_mark_that_would_swallow_the_end_of_a_tag_is_spelled_out():
    assert render("\u0338a") == render("*\u0338*a").replace("<em>&#824;</em>", "&#824;") == "<p>&#824;a</p>"


def test_words_are_what_a_reader_would_count():
    prose = Prose(Markdown(), BASE)
    assert prose.html("Ein Satz.\n\n## Noch *einer* mit [Link hier](https://a.example/)").words == 7
    assert prose.html("") == Html("", 0)


def test_feeds_get_whole_addresses():
    html = render(
        '[a](/b) [c](d?e=1&f=2#g) [h](#s-i) [j](mailto:k@l.example) ![](m.png) and text with href="/o"\n\n## i'
    )
    html = absolute(html, BASE, "/2025/12/03/p/")
    assert re.findall(r'<[^>]* (?:href|src)="([^"]*)"', html) == [
        "https://news.example/b", "https://news.example/2025/12/03/p/d?e=1&amp;f=2#g", "https://news.example/2025/12/03/p/#s-i",
        "mailto:k@l.example", "https://news.example/2025/12/03/p/m.png",
    ]  # fmt: skip
    assert 'href="/o"' in html
    assert (
        absolute('<img src="/a" srcset="/a 1x, /b 2x">', BASE, "/")
        == '<img src="https://news.example/a" srcset="https://news.example/a 1x, https://news.example/b 2x">'
    )
    assert absolute('<a href="http://[">a</a>', BASE, "/b/") == '<a href="https://news.example/b/">a</a>'
    assert absolute("<p>plain</p>", BASE, "/") == "<p>plain</p>"


def test_typographic_quotes_are_made_where_the_newsroom_asks_for_them():
    assert Prose(Markdown(extensions=("smarty",)), BASE).html('"a"').html == "<p>“a”</p>"


def test_footnotes_keep_their_anchors():
    html = Prose(Markdown(extensions=("footnotes",)), BASE).html("a[^1]\n\n[^1]: b").html
    assert '<sup id="fnref:1">' in html
    assert '<li id="fn:1">' in html


def test_a_text_beyond_the_limit_is_refused_by_name():
    with pytest.raises(DatelineError, match=r"content/a\.md: a text of 11 characters is longer than 10"):
        Prose(Markdown(), BASE, Limits(article=10)).html("a" * 11, "content/a.md")


def test_a_story_that_runs_out_of_time_says_so_and_spoils_no_other(monkeypatch):
    prose = Prose(Markdown(), BASE)
    with monkeypatch.context() as patch:
        patch.setattr(
            prose._markdown, "convert", lambda _: (_ for _ in ()).throw(DatelineError("a.md", "takes too long"))
        )
        with pytest.raises(DatelineError, match=r"a\.md: takes too long"):
            prose.html("*a*", "content/a.md")
    assert prose.html("*a*").html == "<p><em>a</em></p>"


def test_a_fault_of_the_renderer_costs_one_story_only(monkeypatch):
    prose = Prose(Markdown(), BASE)
    for fault in (RecursionError(), IndexError("list")):
        with monkeypatch.context() as patch:
            patch.setattr(prose._markdown, "convert", lambda _, fault=fault: (_ for _ in ()).throw(fault))
            with pytest.raises(DatelineError, match="its Markdown"):
                prose.html("*a*", "content/a.md")
        assert prose.html("*a*").html == "<p><em>a</em></p>"
