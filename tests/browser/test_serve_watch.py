"""``serve --watch`` as an editor sees it: real saves, real builds, a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dateline.theme import default_theme_folder

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
CHROMIUM = os.environ.get("DATELINE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
if not CHROMIUM:
    pytest.skip("no Chromium here", allow_module_level=True)

PATIENCE = 20.0  # seconds; a slow machine is no fault
SAMPLES = Path(__file__).resolve().parents[2] / "seeds"
THEME = default_theme_folder()
STORY = "content/2026/11/20-ship.md"
NOTE = "templates/partials/note.html"


class Newsroom:
    """The sample newsroom, served by a process of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(SAMPLES, root / "seeds")
        self.write("dateline.toml", 'title = "Hafenkurier"\nbase_url = "https://hafen.example/"\nlanguage = "de"\n')
        words = "\n\n".join(f"Absatz {i}. " + "Die Hafenmeisterin zählt Kisten. " * 12 for i in range(40))
        self.write(STORY, f"---\ntitle: Ein Schiff läuft ein\ndate: 2026-11-20T10:00:00Z\n---\n\n{words}\n")
        article = (THEME / "article.html").read_text(encoding="utf-8")
        head, end, tail = article.rpartition("{% endblock %}")
        self.write("templates/article.html", f'{head}{{% include "partials/note.html" %}}\n{end}{tail}')
        self.write(NOTE, '<p class="note">Erste Fassung</p>\n')
        self.write("templates/assets/site.css", (THEME / "assets/site.css").read_text(encoding="utf-8"))
        command = [sys.executable, "-m", "dateline", "--root", str(root), "serve", "--watch", "--port", "0"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://[\d.:]+", line):
                self.address = found[0]
                return
        raise AssertionError("the server did not start")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))

    def address_of(self, words: str) -> str:
        page = next(p for p in (self.root / "build").rglob("2026/*/*/*/index.html") if words in p.read_text("utf-8"))
        return "/" + page.parent.relative_to(self.root / "build").as_posix() + "/"

    def close(self) -> None:
        self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        with self.process.stdout as out:
            said = out.read()
        assert self.process.wait(PATIENCE) == 0, said
        assert "Traceback" not in said, said


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path_factory.mktemp("watched") / "newsroom")
    yield room
    room.close()


@pytest.fixture(scope="module")
def context(newsroom):
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1000, "height": 700})
        context.set_default_timeout(PATIENCE * 1000)
        yield context
        browser.close()


@pytest.fixture
def tab(context, newsroom):
    """Opens tabs that know of being reloaded, and that listen."""
    sheets = []

    def opened(path: str):
        sheet = context.new_page()
        with sheet.expect_response("**/_dateline/events*"):
            sheet.goto(newsroom.address + path)
        sheet.evaluate("window.first = true")
        sheets.append(sheet)
        return sheet

    yield opened
    for sheet in sheets:
        sheet.close()


def until(sheet, truth: str) -> float:
    """Wait for *truth*, asked from outside, since the page's policy forbids ``eval``; the seconds it took."""
    began = time.monotonic()
    while not _told(sheet, truth):
        assert time.monotonic() - began < PATIENCE, truth
        sheet.wait_for_timeout(5)
    return time.monotonic() - began


def _told(sheet, truth: str) -> bool:
    try:
        return bool(sheet.evaluate(truth))
    except playwright.Error:  # the page is just being replaced
        return False


def text(words: str) -> str:
    return f"document.body.textContent.includes({words!r})"


STAYED = "window.first === true"


def test_a_saved_story_is_shown_where_it_is_open_at_the_line_that_was_read(newsroom, tab):
    home, story = tab("/"), tab(newsroom.address_of("Ein Schiff läuft ein</h1>"))
    story.evaluate("scrollTo(0, 1234)")
    until(story, "scrollY === 1234")

    newsroom.edit(STORY, "Absatz 39.", "Letzter Absatz.")

    until(story, text("Letzter Absatz."))
    until(story, "scrollY === 1234")
    assert home.evaluate(STAYED)


def test_a_partial_reloads_the_pages_that_are_made_with_it_and_no_other(newsroom, tab):
    home, story = tab("/"), tab(newsroom.address_of("Ein Schiff läuft ein</h1>"))

    newsroom.write(NOTE, '<p class="note">Zweite Fassung</p>\n')

    until(story, text("Zweite Fassung"))
    assert home.evaluate(STAYED)


def test_the_style_sheet_is_swapped_under_every_open_page(newsroom, tab):
    home, story = tab("/"), tab(newsroom.address_of("Ein Schiff läuft ein</h1>"))
    sheet = (newsroom.root / "templates/assets/site.css").read_text(encoding="utf-8")

    newsroom.write("templates/assets/site.css", sheet + "\nh1 { color: rgb(1, 2, 3) }\n")

    for page in (home, story):
        until(page, "getComputedStyle(document.querySelector('h1')).color === 'rgb(1, 2, 3)'")
        assert page.evaluate(STAYED)
        until(page, "document.querySelectorAll('link[rel=stylesheet]').length === 1")


def test_a_broken_partial_is_explained_over_the_last_good_page_until_it_is_mended(newsroom, tab):
    story = tab(newsroom.address_of("Ein Schiff läuft ein</h1>"))

    newsroom.write(NOTE, "<p>Dritte Fassung\n{% if %}\n</p>\n")
    story.wait_for_selector("dateline-overlay", state="attached")

    late = tab("/")
    for page in (story, late):
        said = page.get_by_role("alertdialog", name="The last build failed").inner_text()
        for words in ("templates/partials/note.html:2", "{% if %}", "Dritte Fassung", "templates/article.html:", " → "):
            assert words in said
        assert page.locator("dateline-overlay .cause").first.inner_text()
        assert page.locator("dateline-overlay .hint").first.inner_text()
        assert page.locator("dateline-overlay [aria-current]").first.inner_text() == "{% if %}"
    assert story.evaluate(STAYED)
    assert "Fassung" in story.inner_text(".note")

    newsroom.write(NOTE, '<p class="note">Vierte Fassung</p>\n')

    until(story, text("Vierte Fassung"))
    for page in (story, late):
        page.wait_for_selector("dateline-overlay", state="detached")


def test_a_story_dropped_into_seeds_stands_on_the_open_home_page(newsroom, tab, record_property):
    home = tab("/")
    story = " date 2026-11-21 NORDHAVN (dpa-AFX) - Der Leuchtturm von Nordhavn wird im Frühjahr gestrichen.\n\nRot. /abc/DP/def\n"

    newsroom.write("seeds/leuchtturm.txt", story)

    record_property("seconds", until(home, text("Leuchtturm von Nordhavn")))


def test_the_real_seed_stands_on_the_open_home_page(newsroom, tab, real_seed, record_property):
    home = tab("/")
    words = re.findall(r"\w{5,}", real_seed.read_text(encoding="utf-8"))[1]
    assert not home.evaluate(text(words))

    shutil.copy(real_seed, newsroom.root / "seeds" / "real.txt")

    record_property("seconds", seconds := until(home, text(words)))
    print(f"the real seed is on the home page after {seconds * 1000:.0f} ms")
