"""A reader sees exactly the words that the agency wrote, whatever Markdown would make of them."""

from __future__ import annotations

from html.parser import HTMLParser

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.wire.escape import escape_paragraph, heading, preformatted

PLAIN = ["tables", "fenced_code", "sane_lists"]
MORE = [*PLAIN, "footnotes", "def_list", "abbr", "attr_list"]
TRAPS = [
    "3. ", "* ", "+ ", "- ", "#", "# ", "---", "___", "* * *", "===", "[a](b)", "<RIC>", "<EURUS.FX1>", "&amp;", "&#2", "&", "\\", "`", "```", "~~~", "|", "a|b", "---|---", "^", "  ", "    ", ": x", "[x]: url", "[^1]", "[^1]:",
    "![", "<!--", "-->", "<?", "</p>", "*[abbr]:", "_", "__", "**", "(", ")", "!", ">", "> ", "{: .c}", "{#id}", "<http://x.y>", "<x@y.de>", "http://a.b/c_d_e", "Wort", "ä", "1", "2.", "\n", "\n\n", "\\*", "%", "]",
]  # fmt: skip


class Shown(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def shown(text: str, extensions: list[str]) -> str:
    return "".join(Shown(markdown.markdown(text, extensions=extensions)).parts)


@given(
    st.lists(st.lists(st.sampled_from(TRAPS), min_size=1, max_size=9).map("".join), min_size=1, max_size=3),
    st.sampled_from([PLAIN, MORE]),
)
def test_paragraphs_and_subheads_show_their_words_and_nothing_else(texts, extensions):
    parts = [write(text) for text in texts for write in (escape_paragraph, heading) if text.strip()]
    words = [word for text in texts if text.strip() for word in (*text.split(), *text.split())]

    assert shown("\n\n".join(parts), extensions).split() == words


@given(st.lists(st.text(alphabet="`~ a|<&*#\\^°1", max_size=8), min_size=1, max_size=6))
def test_no_table_closes_its_own_fence(lines):
    block = preformatted(lines)

    assert shown(f"Davor.\n\n{block}\n\nDanach.", PLAIN).split() == ["Davor.", *" ".join(lines).split(), "Danach."]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            "Ganz normaler Text: 5 % mehr (so hieß es) - und A&B.",
            "Ganz normaler Text: 5 % mehr (so hieß es) - und A&B.",
        ),
        ("3. Dezember", "3\\. Dezember"),
        ("Am 3. Dezember", "Am 3. Dezember"),
        ("<EURUS.FX1>", "&lt;EURUS.FX1>"),
        ("snake_case _so_", "snake_case \\_so\\_"),
        ("a < b", "a < b"),
    ],
)
def test_only_what_markdown_would_take_as_markup_is_escaped(text, written):
    assert escape_paragraph(text) == written
