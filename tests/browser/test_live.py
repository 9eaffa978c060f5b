"""Real Chromium looks at a page while the newsroom works. Skipped where there is no Chromium or no Playwright."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.livereload import LiveReload
from dateline.serve import Server
from dateline.serve_overlay import OverlayError

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("DATELINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
if not CHROMIUM:
    pytest.skip("no Chromium here", allow_module_level=True)

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'"


def page(text: str, css: str = "/site.aaaa.css", picture: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="stylesheet" href="{css}"></head><body><h1>{text}</h1>{picture}<p class="long">…</p></body></html>'
    )


class Newsroom:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live = LiveReload()
        self.server = Server(folder, port=0, live=self.live)
        self.thread = self.server.start()

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / "new").write_text(text)
        (self.folder / "new").replace(self.folder / name)

    def restart(self) -> None:
        """Another process on the same port, as tabs see it."""
        port = int(self.server.address.rstrip("/").rsplit(":", 1)[1])
        self.close()
        self.live = LiveReload()
        self.server = Server(self.folder, port=port, port_explicit=True, live=self.live)
        self.thread = self.server.start()

    def close(self) -> None:
        self.server.stop()
        self.thread.join(2)
        self.server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path)
    room.write("index.html", page("Home"))
    room.write("a/index.html", page("Story"))
    room.write("404.html", page("Nothing here"))
    room.write("site.aaaa.css", "h1 { color: rgb(1, 2, 3) } .long { height: 5000px }")
    yield room
    room.close()


@pytest.fixture
def tab(browser, newsroom):
    """Opens tabs that wait two seconds at most, and fail the test where the page complains."""
    context = browser.new_context()
    context.set_default_timeout(4000)
    complaints: list[str] = []

    def opened(path: str):
        sheet = context.new_page()
        sheet.on("console", lambda m: complaints.append(m.text) if m.type == "error" and "404" not in m.text else None)
        sheet.on("pageerror", lambda e: complaints.append(str(e)))
        with sheet.expect_response("**/_dateline/events*"):
            sheet.goto(newsroom.server.address.rstrip("/") + path)
        sheet.evaluate("window.first = true")
        return sheet

    yield opened
    context.close()
    assert not [
        c for c in complaints if "ERR_CONNECTION" not in c and "ERR_INCOMPLETE" not in c and "ERR_EMPTY" not in c
    ]


def until(sheet, truth: str, seconds: float = 4.0) -> None:
    """Wait for *truth*; asked from outside, since the page's policy rightly forbids ``eval``."""
    end = time.monotonic() + seconds
    while not _told(sheet, truth):
        assert time.monotonic() < end, truth
        sheet.wait_for_timeout(10)


def _told(sheet, truth: str) -> bool:
    try:
        return sheet.evaluate(truth)
    except playwright.Error:  # the page is just being replaced
        return False


def colour(sheet) -> str:
    return sheet.evaluate("getComputedStyle(document.querySelector('h1')).color")


def test_an_edited_story_reloads_where_it_is_open_and_keeps_its_place(newsroom, tab):
    home, story = tab("/"), tab("/a/")
    story.bring_to_front()
    story.evaluate("scrollTo(0, 1234)")
    newsroom.write("a/index.html", page("Story, corrected"))
    newsroom.live.publish({"/a/"})
    until(story, "document.querySelector('h1').textContent === 'Story, corrected'")
    until(story, "scrollY === 1234")
    assert home.evaluate("window.first === true")


def test_a_new_stylesheet_is_swapped_without_a_reload(newsroom, tab):
    sheet = tab("/")
    assert colour(sheet) == "rgb(1, 2, 3)"
    newsroom.write("site.bbbb.css", "h1 { color: rgb(4, 5, 6) }")
    newsroom.write("index.html", page("Home", "/site.bbbb.css"))
    newsroom.live.publish({"/", "/a/", "/site.aaaa.css", "/site.bbbb.css"})
    until(sheet, "getComputedStyle(document.querySelector('h1')).color === 'rgb(4, 5, 6)'")
    assert sheet.evaluate("window.first === true")
    assert sheet.evaluate("document.querySelectorAll('link[rel=stylesheet]').length") == 1


def test_a_stylesheet_of_the_same_name_is_fetched_again_each_time(newsroom, tab):
    sheet = tab("/")
    for number in (7, 8, 9):
        newsroom.write("site.aaaa.css", f"h1 {{ color: rgb({number}, 0, 0) }}")
        newsroom.live.publish({"/site.aaaa.css"})
        until(sheet, f"getComputedStyle(document.querySelector('h1')).color === 'rgb({number}, 0, 0)'")
    assert sheet.evaluate("window.first === true")


def test_a_picture_reloads_the_pages_that_show_it(newsroom, tab):
    newsroom.write("crane.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    newsroom.write("a/index.html", page("Story", picture='<img src="/crane.svg" alt="A crane">'))
    home, story = tab("/"), tab("/a/")
    newsroom.live.publish({"/crane.svg"})
    until(story, "window.first === undefined")
    assert home.evaluate("window.first === true")


def test_a_page_that_was_missing_appears(newsroom, tab):
    sheet = tab("/b/")
    assert sheet.inner_text("h1") == "Nothing here"
    newsroom.write("b/index.html", page("Late story"))
    newsroom.live.publish({"/b/"})
    until(sheet, "document.querySelector('h1').textContent === 'Late story'")


PROBLEM = OverlayError(
    "templates/partials/card.html",
    12,
    "unexpected '<b>'",
    "close the block",
    ((11, "{% if story %}"), (12, "{% if %}"), (13, "")),
    ("templates/home.html:3", "templates/partials/card.html:12"),
)


def test_a_broken_template_lies_over_open_and_later_tabs_until_it_is_mended(newsroom, tab):
    early = tab("/")
    newsroom.live.fail([PROBLEM])
    early.wait_for_selector("dateline-overlay", state="attached")
    late = tab("/a/")
    late.wait_for_selector("dateline-overlay", state="attached")
    box = late.get_by_role("alertdialog", name="The last build failed")
    text = box.inner_text()
    for part in (
        "templates/partials/card.html:12",
        "unexpected '<b>'",
        "{% if %}",
        "templates/home.html:3 → ",
        "close the block",
        "Esc",
    ):
        assert part in text
    assert (
        late.evaluate(
            "getComputedStyle(document.querySelector('dateline-overlay').shadowRoot.querySelector('section')).position"
        )
        == "fixed"
    )
    late.keyboard.press("Escape")
    late.wait_for_selector("dateline-overlay", state="detached")
    assert early.query_selector("dateline-overlay") is not None
    assert early.inner_text("h1") == "Home"
    newsroom.live.clear()
    early.wait_for_selector("dateline-overlay", state="detached")


def test_tabs_come_back_after_a_restart_and_reload_only_where_something_changed(newsroom, tab):
    home, story = tab("/"), tab("/a/")
    newsroom.write("a/index.html", page("Story, meanwhile"))
    newsroom.restart()
    until(story, "document.querySelector('h1').textContent === 'Story, meanwhile'")
    newsroom.write("index.html", page("Home again"))
    until(home, "window.first === true")
    for _ in range(40):
        if newsroom.live.tabs == 2:
            break
        home.wait_for_timeout(50)
    newsroom.live.publish({"/"})
    until(home, "document.querySelector('h1').textContent === 'Home again'")


def test_seven_open_tabs_do_not_starve_the_eighth(newsroom, tab):
    sheets = [tab("/") for _ in range(5)]
    extra = sheets[0].context.new_page()
    for sheet in sheets:
        # Chromium without a screen shows every tab: hide them as a window does.
        sheet.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    for _ in range(40):
        if newsroom.live.tabs == 0:
            break
        extra.wait_for_timeout(50)
    assert newsroom.live.tabs == 0
    newsroom.write("index.html", page("Changed while hidden"))
    newsroom.live.publish({"/"})
    assert sheets[0].evaluate("window.first === true")
    sheets[0].evaluate("delete document.visibilityState; document.dispatchEvent(new Event('visibilitychange'))")
    sheets[0].wait_for_function("document.querySelector('h1').textContent === 'Changed while hidden'")
