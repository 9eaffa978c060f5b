"""HTML of an agency becomes Markdown that shows the same words and nothing else."""

import html as htmllib
import re

import markdown
import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.text import clean
from dateline.wire.markdown import address, from_html, from_text, paragraphs
from effort import linear

BLOCKS = (
    "p div h1 h2 h3 ul ol li blockquote table thead tbody tr td th pre br figure figcaption section caption dd dt dl hr"
)
INLINE = "b strong i em a span code img u"
TRAPS = [
    "3. Dezember", "1. 2. 3.", "- minus", "+ plus", "# Notizblock", "> größer", "* BÖRSEN *", "___", "***", "---", "===",
    "[Ort](Straße 1)", "![Bild](x)", "<EURUS.FX1>", "AT&T", "&amp;", "&lt;b&gt;", "`code`", "```", "~~~", "a|b", "|---|",
    "\\", "\\*", "_a_", "snake_case", "**fett**", "{: .x }", "[^1]", "*[AWP]: x", ":  def", "Sieg!", "!", "&", "<", "\xa0",
    "12'500", "http://example.org/_x_", "1)", "(", ")", "[", "]", "\u3000", "\n", "    eingerückt", "C#", "##", "«ja»",
]  # fmt: skip
words = st.one_of(st.sampled_from(TRAPS), st.text(max_size=6)).map(htmllib.escape)


def wrap(tag, inside):
    return f"<{tag}>{inside}</{tag}>"


def inlines():
    return st.recursive(
        words,
        lambda inner: st.one_of(
            st.builds(wrap, st.sampled_from(["b", "strong", "i", "em", "span", "u", "foo"]), inner),
            st.builds(
                '<a href="{}">{}</a>'.format,
                st.sampled_from(["http://a.example/(x)_y_", "mailto:a@b.example", "javascript:x", "/r"]),
                inner,
            ),
            st.just("<br>"),
            st.just('<img src="http://p.example/x.png" alt="*a* [b]">'),
            st.lists(inner, max_size=4).map("".join),
        ),
        max_leaves=6,
    )


def lists(inner):
    item = st.builds(lambda a, b: wrap("li", a + b), inlines(), st.one_of(st.just(""), inner))
    return st.builds(wrap, st.sampled_from(["ul", "ol"]), st.lists(item, min_size=1, max_size=3).map("".join))


def tables():
    cell = st.builds(wrap, st.sampled_from(["td", "th"]), inlines())
    row = st.lists(cell, min_size=1, max_size=3).map(lambda cells: wrap("tr", "".join(cells)))
    return st.lists(row, min_size=1, max_size=3).map(lambda rows: wrap("table", wrap("tbody", "".join(rows))))


block = st.one_of(
    st.builds(wrap, st.sampled_from(["p", "h1", "h2", "h3", "div", "figcaption", "pre"]), inlines()),
    st.recursive(st.just(""), lists, max_leaves=3),
    tables(),
)
quoted = st.lists(block, max_size=3).map(lambda parts: wrap("blockquote", "".join(parts)))
documents = st.lists(st.one_of(block, quoted), max_size=5).map("".join)


def visible(source):
    """The words on the page, blocks parted by blanks, white space folded."""
    source = re.sub(rf"</?(?:{BLOCKS.replace(' ', '|')})(?=[ />])[^>]*>", " ", source)
    return " ".join(clean(htmllib.unescape(re.sub(r"<[^>]*>", "", source))).split())


def rendered(text):
    return markdown.markdown(text, extensions=["tables", "fenced_code", "sane_lists"])


@given(documents)
@example("<ul><li>a</li></ul><ol><li>b</li></ol>")
@example("<ul><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li><li>d</li></ul>")
@example("<p><em>x</em><strong>&lt;</strong>b&gt;</p>")
@example("<p>a<br>---<br>===<br>1. x</p>")
@example('<p>Sieg!<a href="http://a.example/">x</a></p>')
def test_a_reader_sees_the_same_words_that_the_agency_wrote(source):
    cleaned = nh3.clean(source, tags=set((BLOCKS + " " + INLINE).split()))

    assert visible(rendered(from_html(source))) == visible(cleaned)


@given(st.text(alphabet="<>/abpliuotrdhe =\"'&!-;x\n", max_size=60))
def test_broken_markup_gives_words_and_no_code(source):
    shown = rendered(from_html(source))

    assert not re.search(
        r"<(?!/?(?:p|h2|h3|ul|ol|li|blockquote|table|thead|tbody|tr|td|th|pre|code|br|strong|em|a|img)[ >/])", shown
    )


@given(st.lists(st.sampled_from(TRAPS) | st.text(max_size=8), max_size=8).map(" ".join))
def test_plain_text_keeps_every_word(text):
    assert visible(rendered(from_text(text))).split() == clean(text).split()


def test_scripts_styles_and_forms_leave_no_trace():
    source = "<p>a</p><script>x()</script><style>p{}</style><select><option>o</select><svg><svg>s</svg>t</svg><!-- c --><iframe>f</iframe><p>b"

    assert from_html(source) == "a\n\nb"


def test_only_addresses_of_the_web_and_of_mail_become_links():
    source = '<p><a href="javascript:x">a</a> <a href="/b">b</a> <a href=" HTTPS://x.example/ö ">c</a> <a href="mailto:d@x.example">d</a> <a>e</a></p>'

    assert from_html(source) == "a b [c](HTTPS://x.example/%C3%B6) [d](mailto:d@x.example) e"
    assert from_html(source, base="https://x.example/n/").startswith("a [b](https://x.example/b)")


@pytest.mark.parametrize(
    "href", ["", "data:x", "http://", "//x", "x:y", "vbscript:x", "http:x", "https://" + "a" * 3000]
)
def test_a_doubtful_address_is_none(href):
    assert address(href) == ""


def test_an_address_that_cannot_be_joined_is_none():
    assert address("//[", "http://a.example/") == ""
    assert address("a?b=&copy;", "http://a.example/") == "http://a.example/a?b=&copy%3B"


def test_headings_lists_quotes_and_tables_keep_their_shape():
    source = "<h1>A#</h1><h4>B</h4><ul><li>a<ol start=3><li>b<li>c</ol></ul><blockquote><p>q<p>r</blockquote><table><tr><th>x<th>y|<tr><td colspan=2>1</table><li>z"

    assert (
        from_html(source)
        == "## A\\#\n\n### B\n\n- a\n    1. b\n    2. c\n\n> q\n>\n> r\n\n| x | y&#124; |\n| --- | --- |\n| 1 |  |\n\nz"
    )


def test_a_table_with_one_column_is_paragraphs_and_a_very_wide_one_is_preformatted():
    assert from_html("<table><caption>c</caption><tr><td>a<p>b<tr><td>2. c</table>") == "c\n\na b\n\n2\\. c"
    assert from_html("<table><tr>" + "<td>x" * 40 + "</table>").startswith("```\nx  x")
    assert from_html("<table>lost<tr><td>a<table><tr><td>b</table><td>c") == "| lost |  |\n| --- | --- |\n| a b | c |"


def test_preformatted_text_keeps_its_lines():
    assert from_html("<pre>a\n  b<br>c ```</pre><pre> </pre>") == "````\na\n  b\nc ```\n````"


def test_wrapped_lines_and_indents_part_paragraphs():
    assert paragraphs("a\n\n  \nb") == ["a", "b"]
    assert paragraphs("Ein Satz.\nNoch ein Satz.") == ["Ein Satz.", "Noch ein Satz."]
    assert paragraphs("  ein langer\nSatz\n  und noch\neiner.") == ["  ein langer Satz", "  und noch einer."]


HOSTILE = [
    "<div>",
    "<b><p>",
    "<table><tr><td>",
    "<ul><li>",
    "<!--",
    "<a b='",
    "<a b= \n ",
    "</p>",
    "<b>x",
    "<li>x",
    "<br>",
    "&",
    "<",
    "*",
    "[",
    "<svg>",
    "1. ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_no_faster_than_the_text(piece):
    assert linear(lambda size: from_html(piece * (size // len(piece))), 20_000)
