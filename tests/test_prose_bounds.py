"""No text costs more than seconds: what Markdown would choke on is refused by its reason, what people write is not."""

from __future__ import annotations

from contextlib import suppress

import pytest

from dateline.bounds import costly, tangled
from dateline.errors import DatelineError
from dateline.prose import Prose
from dateline.settings import Limits, Markdown
from effort import REPORT, effort, ordinary

FULL = ("tables", "fenced_code", "footnotes", "def_list", "abbr", "attr_list", "sane_lists")
PROSES = [Prose(Markdown()), Prose(Markdown(html=True)), Prose(Markdown(extensions=FULL))]

HURTFUL = {
    "open brackets": "[" * 20_000, "open links": "[a](" * 8_000, "open pictures": "![[" * 8_000, "open references": "[a][" * 8_000, "escaped ends": "[a\\]" * 8_000,
    "links in links": "[a " * 3_000 + "](b)" * 3_000, "open sections": "<![CDATA[" * 4_000, "footnote marks": "[^" * 12_000, "stars": "*" * 30_000,
    "starred words": "*a " * 15_000, "emphases": "*a* " * 20_000, "underlines": "_a" * 20_000, "ticks": "`" * 40_000, "code in text": "`a` " * 20_000,
    "escapes": "\\*" * 40_000 + "*", "tag beginnings": "<" * 30_000, "open tags": "<a b='" * 6_000, "open attributes": '<p a="' * 6_000, "comments": "<!--" * 8_000,
    "instructions": "<?" * 10_000, "ampersands": "&" * 50_000, "numbers of characters": "&#x" * 12_000, "quotes": ">" * 2_000 + "x", "spaced quotes": "> " * 600 + "x",
    "lists in one line": "- " * 2_000 + "a", "rules that are lists": "* " * 40_000 + "a", "numbers in one line": "1. " * 1_500 + "a", "deep lists": "\n".join("  " * i + "- a" for i in range(300)),
    "many items": "- a\n" * 20_000, "many quotes": "> a\n" * 20_000, "headings": "# a\n" * 15_000, "headings between lines": "a\n# b\n" * 8_000,
    "underlined headings": "a\n=\n" * 8_000, "rules": "---\n" * 8_000, "references": "".join(f"[{i}]:\n /u\n 'x'\n" for i in range(4_000)),
    "references between lines": "".join(f"[{i}]: /u\ntext\n" for i in range(4_000)), "open fences": "```a\n" * 8_000, "closed fences": "```\na\n```\n" * 4_000,
    "wide tables": "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n|" + "b|" * 2_000, "long tables": "a|b\n-|-\n" + "1|2\n" * 15_000, "pipes": "|" * 20_000 + "\n" + "-|" * 8_000,
    "small paragraphs": "a\n\n" * 20_000 + "> x", "hard breaks": "a  \n" * 8_000, "addresses": "<http://a.b> " * 10_000, "mail": "<a@b.c> " * 6_000,
    "blanks": ("a" + " " * 5_000 + "\n") * 30 + "*a*", "blank lines": "\n \n" * 20_000 + "*a*", "marks on a letter": "a" + "\u0301" * 40_000 + "*", "colons": ":" * 40_000, "braces": "{:" * 12_000,
    "elements in elements": "<b><i><u>" * 2_000 + "x", "divisions": "<div>\n\n" * 1_500, "spans": "<span>\n\n" * 2_000,
}  # fmt: skip


def rendered_or_refused(prose: Prose, text: str) -> None:
    with suppress(DatelineError):
        prose.html(text, "content/a.md")


@pytest.mark.parametrize("name", HURTFUL)
def test_a_hurtful_text_costs_no_more_than_a_few_long_reports(name):
    for prose in PROSES:
        assert effort(lambda prose=prose: rendered_or_refused(prose, HURTFUL[name])) < 8 * ordinary()


@pytest.mark.parametrize(("body", "reason"), [
    ("[" * 9_000, "9,000 brackets, many of them open"), ("- a\n" * 15_000, "15,000 lines of Markdown are too many"), ("> " * 31 + "a", "lists or quotes nested more than 30 deep"),
    ("    " * 31 + "- a", "lists or quotes nested more than 30 deep"), ("|" * 101, "a table of 101 columns"), ("|a|\n" * 7_000, "14,000 table cells are too many"),
    ("[a](b) " * 11_000, "11,000 links and marks are too many"), ("```a\n" * 2_000, "many beginnings of code blocks that have no end"),
    ("# a\n" * 3_000, "many headings, rules or references without a blank line between them"), ("\\*" + "a" * 200_000 + "\\*" * 5_000, "marks too dense in a paragraph of 210,002 characters"),
])  # fmt: skip
def test_the_reason_is_said_in_a_readers_words(body, reason):
    assert tangled(body) == reason


def test_a_refusal_names_the_story():
    with pytest.raises(
        DatelineError, match=r"content/a\.md: 9,000 brackets, many of them open \(simplify the text or divide it\)"
    ):
        PROSES[0].html("[" * 9_000, "content/a.md")


def test_html_is_bounded_where_it_is_allowed():
    assert tangled("<p>" * 1_000 + "a" * 100_000) is None
    assert tangled("<p>" * 1_000 + "a" * 100_000, html=True) == "1,000 tags in a text of 103,000 characters"


def test_texts_beyond_the_limits_are_refused():
    assert costly("a" * 11, Limits(article=10)) == "a text of 11 characters is longer than 10"
    assert costly("a\n" + "b" * 11, Limits(line=10)) == "a line of 11 characters is longer than 10"
    assert costly("a\nb\n" * 9, Limits(line=10)) is None


ORDINARY = {
    "a long report": REPORT * 500,
    "2,000 links": "\n\n".join("Mehr dazu: [hier](https://example.org/x) und [dort](/y). " * 4 for _ in range(250)),
    "a list of links": "\n".join(f"- [Eintrag {i}](/{i}/)" for i in range(1_500)),
    "references at the end": "\n\n".join(f"Siehe [dort][{i}]." for i in range(200))
    + "\n\n"
    + "\n".join(f"[{i}]: https://example.org/{i}" for i in range(200)),
    "results": "| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 800,
    "code": "```python\nx = [1]\n```\n\nText.\n\n" * 150,
    "headings": "## Zwischenzeile\n\nText mit *Betonung*.\n\n" * 400,
    "quotes in lists": "- a\n    - b\n        > c\n\n" * 200,
    "wire copy": "Kurs \\* Gewinn \\[EUR\\] &lt;Halten&gt; &amp; mehr\n\n" * 4_000,
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_people_write_is_rendered_however_long(name):
    assert PROSES[0].html(ORDINARY[name]).words >= 400
