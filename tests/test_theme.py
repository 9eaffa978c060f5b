"""The theme: which texts a page depends on, and what a newsroom may lay over ours."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from dateline.errors import DatelineError
from dateline.settings import Theme as Look
from dateline.theme import Theme, assets, default_theme_folder, references, theme
from newspages import OURS, every_kind, files, renderer

KINDS = ["home", "article", "withdrawn", "tag", "section", "author", "agency", "day", "corrections", "tags", "sections", "feeds", "archive", "year", "month", "404", "search", "about", "redirect"]  # fmt: skip


def of(**texts):
    return Theme({f"{name}.html": text for name, text in texts.items()}, {})


def test_the_default_theme_has_a_template_for_every_kind_of_page():
    assert {f"{kind}.html" for kind in KINDS} <= set(OURS.texts)
    assert {"assets/site.css", "assets/search.js", "assets/icon.svg", "assets/card.png"} <= set(OURS.assets)
    assert (default_theme_folder() / "base.html").is_file()


def test_an_installed_package_has_its_theme_inside(monkeypatch, tmp_path):
    import dateline.theme

    (tmp_path / "theme").mkdir()
    monkeypatch.setattr(dateline.theme, "__file__", str(tmp_path / "theme.py"))
    assert default_theme_folder() == tmp_path / "theme"


def test_a_page_is_stale_when_a_template_it_is_made_of_changes_and_only_then():
    before = of(a='{% extends "b.html" %}{% include "c.html" %}', b="1", c="{{ part('d.html') }}", d="2", e="3")
    for name, stale in (("a", True), ("b", True), ("c", True), ("d", True), ("e", False)):
        after = Theme({**before.texts, f"{name}.html": "new"}, {})
        assert (after.digest("a.html") != before.digest("a.html")) is stale, name


def test_a_page_with_cards_depends_on_the_card():
    before = of(a="{{ card(story, 'row') }}", **{"partials/card": "1"})
    assert before.digest("a.html") != Theme({**before.texts, "partials/card.html": "2"}, {}).digest("a.html")
    assert OURS.reachable("article.html") >= {"base.html", "partials/card.html", "partials/masthead.html"}
    assert "home.html" not in OURS.reachable("article.html")


@pytest.mark.parametrize(
    "source",
    ["{% include name %}", "{{ part(name) }}", "{{ part() }}", "{% extends name %}", "{% if %}", "{{ " + "(" * 3000],
)
def test_a_template_with_computed_names_or_with_faults_depends_on_all(source):
    assert None in references(source)
    before = of(a=source, z="1")
    assert before.digest("a.html") != of(a=source, z="2").digest("a.html")


def test_a_file_that_appears_where_one_was_allowed_to_be_missing_is_noticed():
    before = of(a='{% include "own.html" ignore missing %}')
    assert before.digest("a.html") != Theme({**before.texts, "own.html": ""}, {}).digest("a.html")


def test_circles_of_includes_have_a_digest_too():
    assert len(of(a='{% include "b.html" %}', b='{% include "a.html" %}').digest("a.html")) == 16


def test_equal_themes_have_equal_digests_and_travel_between_processes():
    assert theme(files()) == OURS
    assert pickle.loads(pickle.dumps(OURS)).digest("home.html") == theme(files()).digest("home.html")


def test_a_newsroom_overrides_templates_one_by_one_and_can_still_reach_ours():
    made = theme(
        {"a.html": b"ours", "b.html": b"ours"},
        {"a.html": b"\xef\xbb\xbfmine\r\n", "a.html~": b"\xff", "README": b"x", "assets/x.css": b"y"},
    )
    assert made.texts == {"a.html": "mine\n", "b.html": "ours", "default/a.html": "ours", "default/b.html": "ours"}
    assert made.assets == {"assets/x.css": b"y"}


def test_a_second_theme_lies_over_ours_and_prints_every_page():
    folder = Path(__file__).parents[1] / "docs" / "examples" / "telex"
    telex = theme(
        files(), {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    )
    press = renderer(telex)
    for page, html in every_kind():
        assert b'<meta name="generator" content="dateline">' in press.render(page, html)
    assert b"+++ Freitag, 20. November 2026 +++" in press.render(*every_kind()[0])
    assert telex.digest("home.html") != OURS.digest("home.html")
    assert telex.digest("redirect.html") == OURS.digest("redirect.html")


def test_a_template_that_is_not_utf_8_is_named_with_its_line():
    with pytest.raises(DatelineError, match=r"templates/a.html:2: not UTF-8"):
        theme({}, {"a.html": b"ok\n\xff"})


def test_assets_carry_a_mark_of_their_bytes():
    first = assets(Theme({}, {"assets/site.css": b"a{b:c}", "assets/x.js": b"1"}))
    second = assets(Theme({}, {"assets/site.css": b"a{b:d}", "assets/x.js": b"1"}))
    assert first["assets/x.js"] == second["assets/x.js"]
    assert first["assets/site.css"][0] != second["assets/site.css"][0]
    assert first["assets/site.css"][0].startswith("assets/site.")
    assert first["assets/site.css"][0].endswith(".css")


def test_the_colours_of_the_settings_come_after_ours():
    plain = assets(OURS)["assets/site.css"][1]
    assert (
        assets(OURS, Look(accent="#123456", accent_dark="#abcdef"))["assets/site.css"][1]
        == plain + b":root{--accent:light-dark(#123456,#abcdef)}\n"
    )
    assert (
        b"light-dark(#123456,color-mix(in oklab,#123456,white 45%))"
        in assets(OURS, Look(accent="#123456"))["assets/site.css"][1]
    )
    assert b"light-dark(#0b5563,#abcdef)" in assets(OURS, Look(accent_dark="#abcdef"))["assets/site.css"][1]


def test_style_sheets_find_the_pictures_beside_them():
    made = assets(
        Theme(
            {},
            {
                "assets/site.css": b"a{b:url(img/x.png);c:url('/y.png');d:url(none.png);e:url(data:x)}",
                "assets/img/x.png": b"png",
            },
        )
    )
    name = made["assets/img/x.png"][0].rsplit("/", 1)[1]
    assert (
        made["assets/site.css"][1] == f"a{{b:url(img/{name});c:url('/y.png');d:url(none.png);e:url(data:x)}}\n".encode()
    )


def test_style_sheets_lose_comments_and_blanks_but_no_meaning():
    source = b"""/* a: b; */ a > b , c :is(d) { content: " /* x ; y */ " ; margin: calc(1px + 2px) -1px ; }\n@media (min-width: 4em) { a { b: c } }"""
    made = assets(Theme({}, {"assets/site.css": source}))["assets/site.css"][1]
    assert made == b'a>b,c :is(d){content:" /* x ; y */ ";margin:calc(1px + 2px) -1px}@media (min-width:4em){a{b:c}}\n'


def test_the_look_and_the_search_stay_within_their_budgets():
    made = assets(OURS)
    assert len(made["assets/site.css"][1]) <= 12 * 1024
    assert len(made["assets/search.js"][1]) <= 3 * 1024
    assert b"light-dark(" in made["assets/site.css"][1]
    assert b"@media print" in made["assets/site.css"][1]
