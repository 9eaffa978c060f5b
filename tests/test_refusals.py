"""What a disk that refuses one file may do to a site: old news for a while, but no dead link and no silence."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dateline.engine.output import Output
from dateline.engine.store import Trace
from dateline.linked import linked
from dateline.request import Report

if TYPE_CHECKING:
    from conftest import Newsroom

Refuse = Callable[..., AbstractContextManager[None]]
GONE = "2026/11/20/gone/index.html"


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """A disk that takes everything but outputs of these names."""
    put = Output.put

    @contextmanager
    def refusing(*names: str) -> Iterator[None]:
        def refused(self: Output, key: str, data: bytes, known: Trace | None) -> tuple[Trace, bool]:
            if key in names:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return put(self, key, data, known)

        with monkeypatch.context() as patch:
            patch.setattr(Output, "put", refused)
            yield

    return refusing


def told(report: Report) -> dict[str, str]:
    return {p.place: p.problem for p in report.problems}


def dead(build: Path) -> set[str]:
    """Addresses on pages and in feeds with nothing behind them."""
    found = set()
    for path in build.rglob("*"):
        if path.suffix in {".html", ".xml", ".json"}:
            for url in re.findall(
                r'(?:href="|<link>|<loc>|"url": ?")(?:https://harbour.example)?(/[^"<#?]*)', path.read_text()
            ):
                there = build / url[1:]
                if not (there / "index.html" if url.endswith("/") else there).is_file():
                    found.add(f"{path.relative_to(build)} -> {url}")
    return found


def three(newsroom: Newsroom) -> Path:
    newsroom.write("first", date="2026-11-18T10:00:00Z", tags=["Harbour"])
    newsroom.write("second", date="2026-11-19T10:00:00Z", tags=["Harbour"])
    return newsroom.write("gone", date="2026-11-20T10:00:00Z", tags=["Harbour"])


@pytest.mark.parametrize("refused", ["index.html", "feed.xml", "feed.json", "sitemap.xml", "tags/harbour/index.html"])
def test_a_story_that_a_refused_output_still_shows_stays_until_that_can_be_written(
    newsroom: Newsroom, refuse: Refuse, refused: str
) -> None:
    story = three(newsroom)
    assert not newsroom.build().problems
    assert (newsroom.root / "build" / refused).is_file()
    story.unlink()

    with refuse(refused):
        report = newsroom.build()

    problems = told(report)
    assert problems[f"build/{refused}"] == "Input/output error"
    assert problems[f"build/{GONE}"] == f"cannot be removed yet: build/{refused} still links to it"
    assert GONE not in report.removed
    assert not dead(newsroom.root / "build")

    report = newsroom.build()
    assert not report.problems
    assert GONE in report.removed
    assert newsroom.tree() == newsroom.clean_build()


def test_a_story_that_no_refused_output_shows_goes_at_once(newsroom: Newsroom, refuse: Refuse) -> None:
    story = three(newsroom)
    newsroom.write("elsewhere", section="Airport")
    newsroom.build()
    story.unlink()
    newsroom.write("elsewhere", "Other words.", section="Airport", title="Another headline", slug="elsewhere")

    with refuse("sections/airport/index.html"):
        report = newsroom.build()

    assert told(report) == {"build/sections/airport/index.html": "Input/output error"}
    assert GONE in report.removed


def test_a_withdrawn_story_is_off_at_once_whatever_the_disk_refuses(newsroom: Newsroom, refuse: Refuse) -> None:
    three(newsroom)
    newsroom.build()
    newsroom.write("gone", "Libel.", date="2026-11-20T10:00:00Z", status="withdrawn")

    with refuse("index.html", "feed.xml"):
        report = newsroom.build()

    assert set(told(report)) == {"build/index.html", "build/feed.xml"}
    assert "Libel" not in newsroom.read(GONE)


def test_an_expired_story_that_is_still_shown_is_named_to_the_newsroom(newsroom: Newsroom, refuse: Refuse) -> None:
    newsroom.write("gone", date="2026-11-20T10:00:00Z", expires="2026-11-23T00:00:00Z")
    newsroom.write("first", date="2026-11-18T10:00:00Z")
    newsroom.build()
    newsroom.now = newsroom.now.replace(day=24)

    with refuse("index.html"):
        report = newsroom.build()

    assert told(report)[f"build/{GONE}"] == "cannot be removed yet: build/index.html still links to it"
    assert GONE in newsroom.build().removed


def test_what_is_kept_leads_to_nothing_that_has_gone(newsroom: Newsroom, refuse: Refuse) -> None:
    three(newsroom).unlink()
    for day, name in ((21, "newest"), (20, "older")):
        newsroom.write(name, date=f"2026-11-{day}T10:00:00Z", section=name)
    newsroom.build()
    for name in ("newest", "older"):
        (newsroom.root / "content" / f"{name}.md").unlink()

    with refuse("sections/newest/index.html", "index.html"):
        newsroom.build()

    assert (newsroom.root / "build/2026/11/20/older/index.html").is_file()
    assert (newsroom.root / "build/sections/older/index.html").is_file()  # where the kept story leads
    assert not dead(newsroom.root / "build")
    assert not newsroom.build().problems
    assert newsroom.tree() == newsroom.clean_build()


def test_what_is_kept_is_found_again_though_nothing_is_remembered_of_it(newsroom: Newsroom, refuse: Refuse) -> None:
    story = three(newsroom)
    newsroom.build()
    story.unlink()
    (newsroom.root / ".dateline" / "state.sqlite").unlink()

    with refuse("index.html"):
        report = newsroom.build()

    assert f"build/{GONE}" in told(report)
    assert newsroom.build().removed >= {GONE}
    assert newsroom.tree() == newsroom.clean_build()


def test_a_broken_template_keeps_no_story_from_going(newsroom: Newsroom) -> None:
    story = three(newsroom)
    newsroom.build()
    story.unlink()
    newsroom.template("article.html", "{% if %}")

    report = newsroom.build()

    assert report.problems
    assert GONE in report.removed


def test_a_text_whose_compressed_copy_is_refused_is_shown_without_one(newsroom: Newsroom, refuse: Refuse) -> None:
    newsroom.settle('[compress]\nformats = ["gz"]\n')
    three(newsroom)
    newsroom.build()
    newsroom.write("newer", date="2026-11-21T10:00:00Z")

    with refuse("index.html.gz"):
        assert told(newsroom.build()) == {"build/index.html": "Input/output error"}

    assert "newer" in newsroom.read("index.html")
    assert not (newsroom.root / "build/index.html.gz").exists()
    assert not newsroom.build().problems
    assert newsroom.tree() == newsroom.clean_build()


def test_addresses_are_found_in_pages_feeds_styles_and_escaped_markup() -> None:
    base = "https://harbour.example/news/"
    data = """
        <a href="/news/a/"> <img srcset='/news/m/b.jpg 1w,/news/m/c.jpg 2w'> <link>https://harbour.example/news/d/</link>
        &lt;a href=&quot;https://harbour.example/news/e/?x=1#y&quot;&gt; "url":"https://harbour.example/news/f.json"
        url(/news/g.woff2) <meta content="0; url=/news/h"> <a href="/else/"> <a href="https://other.example/news/i/">
        "\\u003ca href=\\"/news/caf%C3%A9/\\"" """
    files = {"a/index.html", "m/b.jpg", "m/c.jpg", "d/index.html", "e/index.html", "f.json", "g.woff2", "h/index.html"}
    found = linked(data.encode(), base)
    assert found >= files | {"café/index.html"}
    assert not any("else" in name or name.startswith("i/") for name in found)


NEW = "2026/11/20/new/index.html"


def with_news(newsroom: Newsroom) -> None:
    """A site that stands, a new story with a section and an author of its own, its neighbour, and a new redirect."""
    newsroom.write("first", date="2026-11-17T10:00:00Z")
    newsroom.write("second", date="2026-11-18T10:00:00Z")
    newsroom.write("third", date="2026-11-19T10:00:00Z")
    newsroom.build()
    newsroom.write("first", "Words.", date="2026-11-17T10:00:00Z", aliases=["/former/"])
    newsroom.write("new", date="2026-11-20T10:00:00Z", section="New", authors=["Somebody"])
    newsroom.write("neighbour", date="2026-11-21T10:00:00Z", section="Other")


@pytest.mark.parametrize("refused", [NEW, "sections/new/index.html", "authors/somebody/feed.xml"])
def test_nothing_that_leads_to_a_new_page_is_published_while_that_page_is_refused(
    newsroom: Newsroom, refuse: Refuse, refused: str
) -> None:
    with_news(newsroom)

    with refuse(refused):
        report = newsroom.build()

    problems = told(report)
    assert problems.pop(f"build/{refused}") == "Input/output error"
    assert problems
    assert all(
        re.fullmatch(r"is not published yet: it links to \S+, which could not be written", p) for p in problems.values()
    )
    assert not dead(newsroom.root / "build")
    assert not {place.removeprefix("build/") for place in problems} & (report.made | report.written)
    assert (newsroom.root / "build/former/index.html").is_file()  # what does not lead there is published

    assert not newsroom.build().problems
    assert newsroom.tree() == newsroom.clean_build()


def test_a_notice_waits_for_no_new_page_though_its_menu_shows_one(newsroom: Newsroom, refuse: Refuse) -> None:
    with_news(newsroom)
    newsroom.write("third", "Libel.", date="2026-11-19T10:00:00Z", status="withdrawn")

    with refuse("sections/new/index.html"):
        problems = told(newsroom.build())

    assert problems["build/index.html"].startswith("is not published yet")
    assert "withdrawn" in newsroom.read("2026/11/19/third/index.html")


def test_a_first_build_that_the_disk_does_not_take_whole_is_not_shown_until_it_does(
    newsroom: Newsroom, refuse: Refuse
) -> None:
    three(newsroom)

    with refuse(GONE):
        report = newsroom.build()

    assert told(report) == {
        f"build/{GONE}": "Input/output error",
        "build/": "stays empty: a first build is shown whole, and not all of it could be written",
    }
    assert newsroom.tree() == {}
    assert newsroom.build().made == {GONE}
    assert newsroom.tree() == newsroom.clean_build()


def test_a_first_build_in_a_folder_of_its_own_kind_shows_all_that_the_disk_takes(
    newsroom: Newsroom, refuse: Refuse
) -> None:
    three(newsroom)
    (newsroom.root / "build").mkdir()
    (newsroom.root / "build").chmod(0o2775)

    with refuse(GONE):
        report = newsroom.build()

    assert told(report) == {f"build/{GONE}": "Input/output error"}
    assert (newsroom.root / "build/index.html").is_file()


def test_a_story_that_cannot_be_made_does_not_hold_up_the_news(newsroom: Newsroom) -> None:
    newsroom.template("article.html", "{{ odd if article.title == 'Odd' else article.title }}")
    newsroom.write("first", date="2026-11-17T10:00:00Z")
    newsroom.build()
    newsroom.write("odd", date="2026-11-20T10:00:00Z")
    newsroom.write("new", date="2026-11-20T10:00:00Z")

    assert told(newsroom.build()).keys() == {"templates/article.html:1"}

    assert "/2026/11/20/new/" in newsroom.read("index.html")


def test_news_that_was_taken_back_leaves_no_compressed_copy(newsroom: Newsroom, refuse: Refuse) -> None:
    newsroom.settle('[compress]\nformats = ["gz"]\n')
    with_news(newsroom)

    with refuse(NEW):
        newsroom.build()

    here = newsroom.root / "build/2026/11/21"
    assert not here.exists()
    assert not newsroom.build().problems
    assert newsroom.tree() == newsroom.clean_build()
