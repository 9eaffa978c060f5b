"""Each way in is fed what nobody would write: it reads it, or refuses it by name, and does neither slowly.

A moment each with the other tests; DATELINE_FUZZ_SECONDS=1200 gives each target twenty minutes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from msgspec import structs

from dateline.errors import DatelineError
from dateline.files import is_editors
from dateline.frontmatter import dump, parse
from dateline.prose import Prose, absolute
from dateline.settings import Limits, Markdown, Settings
from dateline.text import SLUG_LENGTH, clean, slugify
from effort import effort, ordinary

TESTS = Path(__file__).parent.parent
SECONDS = float(os.environ.get("DATELINE_FUZZ_SECONDS", "0"))
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
EXAMPLES = 15
SITE = structs.replace(Settings(timezone="Europe/Berlin"), limits=Limits(article=200_000, seed=500_000))
PROSES = [Prose(Markdown(html=html), "https://news.example/", SITE.limits) for html in (False, True)]

MARKDOWN = (
    "*", "**", "_", "`", "```\n", "[", "]", "](", "](x)", "![", "[a]: b\n", "[^1]", "<", "</", ">", "<!--", "-->", "<p>", "<b a='", "&", "&#", "&#x200b;", "&amp;",
    "\\", "\n", "\n\n", "  \n", "    ", "\t", "- ", "1. ", "> ", "# ", "## ", "---", "===", "|", "a|b\n-|-\n", "javascript:", "http://a", "a@b", "\u0338", "\u202e", "\xa0", "é",
    "\x02", "\x03", "klzzwxh:0000", "Ein Satz.", "a", " ",
)  # fmt: skip
YAML = (
    "title: ", "date: ", "tags:", "- ", "  ", "\n", "---\n", "+++\n", "'", '"', ": ", " #", "&a ", "*a", "!!x ", "{", "}", "[", "]", ", ", "|\n", ">\n", "? ", "~", "null", "no",
    "2025-12-03", "2025-12", "T09:30", "9999", "%", "\\", "\t", "é", "a", "corrections:\n", "image:", "source: ", "x" * 600, "=", "...\n", "\u2028", "\ufeff",
)  # fmt: skip
NOISE = (b"\x00", b"\xff", b"\xfe\xff", b"\r", b"\n", b"<", b">", b"&", b"&#0;", b'"', b"'", b"{", b"}", b"[", b"]", b"\\u0000", b"null", b"1e999", b"-1", b"<!DOCTYPE x>", b"<![CDATA[", b"]]>", b"\xc3", b"\xe2\x80\xae", b"(dpa)", b" - ", b"\x01\x02\x03", b"9" * 400)  # fmt: skip


def fuzz(strategy: st.SearchStrategy, law: Callable[[object], None]) -> None:
    """Hold *law* over examples of *strategy*: a few, and as many as fit into the time that was given."""

    @settings(
        deadline=None,
        max_examples=EXAMPLES if not SECONDS else 1_000,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def run(example: object) -> None:
        assert effort(lambda: law(example)) < 10 * ordinary()

    end = time.monotonic() + SECONDS
    run()
    number = 0
    while time.monotonic() < end:
        number += 1
        seed(number)(run)()


def texts(tokens: tuple[str, ...]) -> st.SearchStrategy[str]:
    some = st.lists(st.sampled_from(tokens), max_size=25).map("".join)
    repeated = st.builds(
        lambda a, b, n, c: a + b * n + c,
        some,
        st.lists(st.sampled_from(tokens), min_size=1, max_size=3).map("".join),
        st.integers(1, 3_000),
        some,
    )
    return st.one_of(some, some, repeated, st.text(max_size=200))


@cache
def samples() -> dict[str, dict[str, bytes]]:
    """Sample copy by form: each machine format of the tests, and plain copy, the stories in seeds/ among it."""
    from wire_machine import SAMPLES

    forms: dict[str, dict[str, bytes]] = {}
    for name, value in SAMPLES.items():
        data = value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
        forms.setdefault(VARIANTS.get(name, name), {})[name] = data
    plain = [*sorted((TESTS / "wire_samples").glob("*.txt")), *sorted((TESTS.parent / "seeds").glob("*.txt"))]
    return forms | {"plain": {path.name: path.read_bytes() for path in plain}}


VARIANTS = {"rss091.xml": "rss.xml", "rss1.xml": "rss.xml"}
EDIT = st.tuples(
    st.sampled_from(["cut", "double", "insert", "flip"]), st.floats(0, 1), st.floats(0, 0.2), st.sampled_from(NOISE)
)


def broken(data: bytes, edits: list[tuple[str, float, float, bytes]]) -> bytes:
    for kind, where, share, noise in edits:
        at = int(where * len(data))
        to = at + int(share * len(data)) + 1
        middle = {
            "cut": b"",
            "double": data[at:to] * 3,
            "insert": noise + data[at:to],
            "flip": bytes(b ^ 1 for b in data[at:to]),
        }[kind]
        data = data[:at] + middle + data[to:]
    return data


def test_any_body_becomes_safe_html_or_is_refused():
    def law(body: str) -> None:
        for prose in PROSES:
            try:
                html = prose.html(body, "a.md").html
            except DatelineError:
                continue
            assert clean(html) == html
            assert "<script" not in html
            absolute(html, "https://news.example/", "/a/")

    fuzz(texts(MARKDOWN), law)


def test_any_front_matter_is_read_or_refused_and_what_is_read_is_written_alike():
    def law(front: str) -> None:
        for text in (
            f"---\ntitle: T\ndate: 2025-12-03\n{front}\n---\nBody",
            f"---\n{front}\n---\n",
            f"+++\n{front}\n+++\n",
            front,
        ):
            try:
                article, body, _ = parse(text, "a.md", SITE)
            except DatelineError:
                continue
            written = dump(article, body, SITE.zone)
            assert parse(written, "a.md", SITE)[:2] == (article, body)

    fuzz(texts(YAML), law)


def test_any_name_becomes_a_portable_slug():
    def law(name: str) -> None:
        slug = slugify(name)
        assert 0 < len(slug) <= SLUG_LENGTH + 2
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert slugify(slug) == slug
        assert name == "" or is_editors(name) in {True, False}

    fuzz(st.text(max_size=120), law)


@pytest.mark.parametrize("form", sorted(samples()))
def test_copy_broken_in_any_way_is_read_or_refused(form):
    from dateline import wire

    def law(example: tuple[str, list[tuple[str, float, float, bytes]]]) -> None:
        name, edits = example
        try:
            found = wire.read(broken(samples()[form][name], edits), name=name, settings=SITE)
        except DatelineError:
            return
        for story in found:
            assert clean(story.body) == story.body
            article = structs.replace(
                story.article, id="urn:x", published=max(story.article.published, LONG_AGO)
            )  # the desk dates what came undated
            with suppress(DatelineError):  # a headline of 2,000 characters: named when it is built
                parse(dump(article, story.body, SITE.zone), "a.md", SITE)
                PROSES[0].html(story.body)

    fuzz(st.tuples(st.sampled_from(sorted(samples()[form])), st.lists(EDIT, max_size=5)), law)
