"""A newsroom's folder: its theme, its settings, and what every page says of the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Newsroom
from dateline import newsroom as reading
from dateline.errors import SettingsError
from dateline.newsroom import code_digest, code_stats, settings_of, stats_below, theme_of

ROOT = Path(__file__).parent.parent


def test_a_template_that_cannot_be_read_is_named_and_the_default_takes_its_place(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, _ = theme_of(newsroom.root)
    monkeypatch.setattr(reading, "TEMPLATE_LIMIT", 500_000)
    newsroom.template("article.html", "{# long #}" * 60_000)
    newsroom.template("tag.html", "Mine")
    (newsroom.root / "templates/author.html").write_bytes(b"\xff\xfe{{ nothing }}")

    theme, problems = theme_of(newsroom.root)

    assert sorted(p.place for p in problems) == ["templates/article.html", "templates/author.html:1"]
    assert theme != plain


def test_a_link_out_of_the_templates_is_named_and_not_followed(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("Secret")
    newsroom.template("tag.html", "Mine")
    (newsroom.root / "templates/home.html").symlink_to(tmp_path / "secret.html")

    _, problems = theme_of(newsroom.root)

    assert [p.place for p in problems] == ["templates/home.html"]


def test_a_newsroom_that_is_the_themes_own_home_does_not_override_it() -> None:
    _, problems = theme_of(ROOT)

    assert problems == ()


def test_hidden_files_and_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text("")
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.txt").write_text("")

    assert [name for name, _ in stats_below(tmp_path)] == ["a/b.txt"]
    assert stats_below(tmp_path / "nowhere") == ()


def test_other_code_is_another_name() -> None:
    assert code_digest() == code_digest()
    assert len(code_digest()) == 16
    assert "cli.py" in dict(code_stats())


def test_settings_may_be_a_link_but_must_lead_somewhere(newsroom: Newsroom) -> None:
    (newsroom.root / "dateline.toml").unlink()
    (newsroom.root / "dateline.toml").symlink_to(newsroom.root / "nowhere.toml")

    with pytest.raises(SettingsError, match=r"^dateline\.toml: "):
        settings_of(newsroom.root)


@pytest.mark.parametrize(
    ("settings", "shown", "hidden"),
    [
        ('[theme]\nmenu = [["Ships", "/ships/"]]\n', 'href="/ships/"', 'href="/sections/port/"'),
        ('[theme]\nwordmark = "HARBOUR!"\n', "HARBOUR!", ""),
        ("[feeds]\nsite = false\n", "The Harbour", 'href="/feed.xml"'),
        ('languages = ["de"]\n', 'href="/de/"', ""),
    ],
)
def test_every_page_says_of_the_site_what_the_settings_say(
    newsroom: Newsroom, settings: str, shown: str, hidden: str
) -> None:
    newsroom.settle(settings)
    newsroom.write("ship", section="Port")
    newsroom.write("schiff", section="Port", lang="de")

    newsroom.build()

    page = newsroom.read("index.html")
    assert shown in page
    assert not hidden or hidden not in page


def test_a_small_site_goes_without_the_pages_of_a_large_one(newsroom: Newsroom) -> None:
    newsroom.settle('[theme]\npages = "minimal"\n')
    newsroom.write("ship", section="Port", authors=["Jana Beispiel"])

    newsroom.build()

    assert not (newsroom.root / "build/search").exists()
    assert (newsroom.root / "build/2026/11/20/ship/index.html").exists()
