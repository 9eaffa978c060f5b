"""Languages: words from catalogues, dates and numbers from CLDR."""

from __future__ import annotations

import gettext
import io
import re
import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from dateline import i18n
from dateline.i18n import Language, language, own_name
from dateline.theme import default_theme_folder

NOON = datetime(2026, 11, 5, 13, 5, tzinfo=UTC)
LANGUAGES = sorted(p.name for p in i18n.FOLDER.iterdir() if p.is_dir())


def catalogue(lang):
    return read_po(io.BytesIO((i18n.FOLDER / lang / "LC_MESSAGES" / "dateline.po").read_bytes()), locale=lang)


def asked_for():
    """Every phrase that templates and the plan ask for."""
    wanted = set()
    for file in sorted(default_theme_folder().rglob("*.html")):
        for _, _, message, _ in babel_extract(io.BytesIO(file.read_bytes()), ("_", "ngettext", "say"), [], {}):
            wanted.add(message)
    package = Path(i18n.__file__).parent
    for path in (package / "pages.py", package / "i18n.py", *sorted(package.glob("plan*.py"))):
        with path.open("rb") as source:
            for _, _, message, _ in extract_python(source, ("_", "say", "words", "plural", "gettext"), [], {}):
                wanted.add(message)
    phrases = set()
    for message in wanted:
        texts = [m for m in (message if isinstance(message, tuple) else (message,)) if m]
        phrases.add(texts[0] if texts else "")
    return phrases - {""}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_phrase_of_the_pages_is_in_the_catalogue(lang):
    known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue(lang) if m.id}
    assert asked_for() - known == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_translations_are_complete_and_keep_their_placeholders(lang):
    def names(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name) + re.findall(r"%[a-z]", text)

    for message in catalogue(lang):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), message.id
        assert not message.fuzzy
        assert all(names(text) == names(ids[-1]) for text in texts), message.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_compiled_catalogue_says_what_the_readable_one_says(lang):
    made = io.BytesIO()
    write_mo(made, catalogue(lang))
    made.seek(0)
    with (i18n.FOLDER / lang / "LC_MESSAGES" / "dateline.mo").open("rb") as file:
        assert gettext.GNUTranslations(file)._catalog == gettext.GNUTranslations(made)._catalog


@pytest.mark.parametrize(
    ("tag", "long", "stamp"),
    [
        ("de", "5. November 2026", "5. November 2026, 14:05\u00a0Uhr"),
        ("de-AT", "5. November 2026", "5. November 2026, 14:05\u00a0Uhr"),
        ("en", "November 5, 2026", "November 5, 2026, 2:05\u202fPM"),
        ("en-GB", "5 November 2026", "5 November 2026, 14:05"),
        ("pt-BR", "5 de novembro de 2026", "5 de novembro de 2026, 14:05"),
        ("tlh-x1", "November 5, 2026", "November 5, 2026, 2:05\u202fPM"),
    ],
)
def test_dates_are_written_as_each_language_writes_them(tag, long, stamp):
    words = Language(tag, "Europe/Berlin")
    assert words.date(NOON) == long
    assert words.datetime(NOON) == stamp
    assert words.datetime(NOON, "day") == long


def test_only_the_month_is_written_where_only_the_month_is_known():
    assert [language(tag).datetime(NOON, "month") for tag in ("de", "en")] == ["November 2026", "November 2026"]
    assert language("de").date(NOON, "month") == "November 2026"


def test_moments_are_shown_on_the_clocks_of_the_newsroom():
    late = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
    words = Language("de", "Europe/Berlin")
    assert words.iso(late) == "2026-08-01T00:30:00+02:00"
    assert words.date(late) == "1. August 2026"
    assert words.time(late) == "00:30"
    assert words.day(date(2026, 7, 31), "full") == "Freitag, 31. Juli 2026"


def test_numbers_and_plurals_follow_the_language():
    assert language("de").plural("{n} story", "{n} stories", 1234) == "1.234 Meldungen"
    assert language("en").plural("{n} story", "{n} stories", 1) == "1 story"
    assert language("de").words("Page {n}", n=3) == "Seite 3"


def test_weeks_begin_as_the_country_begins_them():
    assert language("de").weekdays()[0] == ("Mo", "Montag")
    assert language("en-US").weekdays()[0] == ("Sun", "Sunday")
    assert language("de").weeks(2026, 11)[0] == [0, 0, 0, 0, 0, 0, 1]
    assert language("en-US").weeks(2026, 11)[0][0] == 1


@pytest.mark.parametrize(
    ("tag", "og"), [("de", "de_DE"), ("en", "en_US"), ("de-AT", "de_AT"), ("fr", "fr_FR"), ("xx", "en_US")]
)
def test_the_locale_for_previews_has_a_country(tag, og):
    assert language(tag).og == og


def test_languages_are_named_in_their_own_words():
    assert [own_name(tag) for tag in ("de", "en", "fr", "xx", "not a tag")] == [
        "Deutsch",
        "English",
        "Français",
        "xx",
        "not a tag",
    ]


def test_a_language_without_catalogue_has_english_words_and_its_own_dates():
    words = language("fr")
    assert words.words("Archive") == "Archive"
    assert words.date(NOON) == "5 novembre 2026"


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(i18n, "_REMEMBERED", 3)
    words = Language("de")
    assert [words.number(n) for n in range(10)] == [str(n) for n in range(10)]
    assert words.number(3) == "3"


def test_the_languages_with_a_catalogue_are_known():
    assert {"de", "en"} <= i18n.catalogues() == {*LANGUAGES, "en"}
