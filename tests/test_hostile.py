"""Whoever may write articles may write words, and nothing else: what a whole build makes of hostile ones."""

from __future__ import annotations

import re
import socket
import unicodedata

import pytest

# Reserved names, traversals, marks that go, letters that fold into others in one Unicode form or another.
NAMES = (
    "con", "NUL.", "aux.html", "..", ".", "/", "\\", "／etc", "．．", "％2e％2e", "%00", "COM¹", "LPT²", "CLOCK$", "index", "feed", "page", "2", "tags", "-", "--", "#", "?", "&", "*", "~", "'", '""',
    "\u202eevil", "a\u200bb", "a\u00adb", "\u0301", "ﬁle", "FILE", "file", "İstanbul", "ıstanbul", "ISTANBUL", "ß", "SS", "ss", "Ⅷ", "viii", "\u212a", "K", "k", "\u212b", "Å", "A\u030a",
    "💩", "﷽", "゛", "{{ 7*7 }}", "<b>x", "a\nb", "a/../b", "../../x", "ǅ", "ς", "Σ",
)  # fmt: skip
RUN = "{{ 31337*31337 }}{% set x = 1 %}{# gone #}${31337*31337}<%= 31337*31337 %>{{ ''.__class__ }}"
TURNED_ROUND = "a\u202eb\u2066c\u200bd\ufeffe\u00adf"


@pytest.mark.parametrize("field", ["tags", "section", "authors", "agency", "places", "people"])
def test_no_name_of_a_writers_choice_makes_an_odd_or_a_double_path(newsroom, field):
    for number, name in enumerate(NAMES):
        newsroom.write(f"s{number}", **{field: name if field in {"section", "agency"} else [name]})

    newsroom.build()

    paths = [*newsroom.tree()]
    assert len({unicodedata.normalize("NFKC", path).casefold() for path in paths}) == len(paths)
    assert [path for path in paths if not re.fullmatch(r"[A-Za-z0-9._/-]+", path) or ".." in path] == []
    assert [
        p for p in paths if re.search(r"(^|/)(con|nul|aux|prn|clock\$|com\d|lpt\d)(\.|/|$)", p, re.IGNORECASE)
    ] == []


def test_content_is_never_run_as_a_template(newsroom):
    given = dict.fromkeys(("section", "agency", "summary", "kicker", "dateline", "rights"), RUN)
    newsroom.write("a", f"{RUN}\n\n`{RUN}`\n\n    {RUN}\n", title=RUN, slug="a", tags=[RUN], authors=[RUN], **given)

    newsroom.build()

    tree = newsroom.tree()
    assert not [path for path, data in tree.items() if b"982007569" in data]
    assert b"31337*31337" in tree["2026/11/20/a/index.html"]


def test_a_build_asks_nobody_on_the_network(newsroom, monkeypatch):
    def asked(*_: object) -> None:
        raise AssertionError("somebody was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, asked)
    monkeypatch.setattr(socket, "getaddrinfo", asked)
    far = "https://far.example/x"
    newsroom.write("a", f"![a]({far}.jpg) <{far}> [b]({far})", image=f"{far}.png", source=far)

    assert newsroom.build().total
    assert "far.example" in newsroom.read("2026/11/20/a/index.html")


def test_what_turns_text_round_or_hides_in_it_reaches_no_file(newsroom):
    given = dict.fromkeys(("section", "agency", "summary", "kicker"), TURNED_ROUND)
    newsroom.write("a", f"{TURNED_ROUND} &#x202e; &#8294; \x07", title=TURNED_ROUND, tags=[TURNED_ROUND], **given)

    newsroom.build()

    for path, data in newsroom.tree().items():
        if path.endswith((".html", ".xml", ".json")):
            assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x07]|&#x202e;|&#8294;", data.decode()), path


@pytest.mark.parametrize(
    "body",
    [
        "x[^a]\n\n[^a]: y[^a]",
        "x[^a]\n\n[^a]: y[^b]\n[^b]: z[^a]",
        "<template shadowrootmode=open><script>x()</script></template>",
        '<form name=body><input name=cookie></form><a name=location id=location href="x">y</a>',
        '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body onload=x()></foreignObject></svg>',
        '<math><maction actiontype="statusline" xlink:href="javascript:x()">x</maction></math>',
        '<p style="behavior:url(x)">a</p><style>*{background:url(//evil.example)}</style>',
        "<portal src=javascript:x()><isindex type=image src=1 onerror=x()>",
        "![x](data:image/svg+xml,<svg onload=x()>) [y](java\u00adscript:x()) [z](javascript\u200b:x())",
        '<picture><source srcset="data:text/html,x"></picture><img srcset="javascript:x() 1x" src=x>',
        "</script><script>x()</script><!--<script>",
        '<?xml-stylesheet href="javascript:x()"?><![CDATA[<script>x()</script>]]>',
    ],
)
@pytest.mark.parametrize("html", ["false", "true"])
def test_nothing_in_a_body_runs(newsroom, body, html):
    newsroom.settle(f"\n[markdown]\nhtml = {html}\n")
    newsroom.write("a", body)

    newsroom.build()

    page = newsroom.read("2026/11/20/a/index.html")
    live = re.sub(r'<script (?:type="[^"]*json[^"]*"|[^>]*src="/)[^>]*>.*?</script>', "", page, flags=re.DOTALL)
    tags = re.findall(r"<[a-zA-Z/][^>]*>", live)
    assert not [tag for tag in tags if re.search(r"(?i)\son\w+\s*=|javascript:|data:text|\sstyle=|evil\.example", tag)]
    assert not [tag for tag in tags if re.match(r"(?i)<(template|form|math|style|portal|isindex|iframe|object)\b", tag)]
    assert "x()" not in "".join(re.findall(r"(?is)<script\b.*?</script>", live))
