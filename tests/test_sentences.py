"""Sentences end where a reader would end them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.wire.headline import from_lead, summary
from dateline.wire.sentences import first, split


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Am 3. Dezember wird gefeiert.|Am 4. nicht."),
        ("de", "Das ist z. B. in Köln so.|Dr. Muster widerspricht."),
        ("de", "Der 1. FC Muster gewann das 2. Spiel.|Er feierte."),
        ("de", "Es waren 12.|Der Rest kam später."),
        ("de", "Die Müller & Co. KG baut 1.000,50 Meter ab.|Gut."),
        ("de", '"Das ist gut."|"Wirklich?", fragte er.|"Ja!"'),
        ("de", "Prof. J. K. Beispiel kam ca. 14.30 Uhr.|Wer noch?|Niemand!"),
        ("de", "Er kaufte Brot, Milch usw.|Dann ging er."),
        ("en", "Mr. Smith met Sen. Jones in the U.S. Senate.|They talked."),
        ("en", "It rose 3.5 percent in 2019.|The rest fell."),
        ("en", "J. K. Sample lives at 5 Elm St. in Port.|She writes."),
        ("en", "It happened in the U.S.|The court agreed."),
        ("en", 'She said: "No."|He left.'),
        ("en", "Shares of Sample Inc. rose 5 p.m. London time.|Others fell!"),
        ("fr", "M. Dupont est arrivé.|Il a parlé."),
        ("es", "El Sr. Pérez llegó.|¿Y luego?|Nada."),
        ("", "Dr. Muster kam.|Sie ging."),
        ("de", "Vitamin A.|B folgt."),
    ],
)
def test_abbreviations_ordinals_initials_and_quotes_do_not_end_a_sentence(lang, text):
    expected = text.split("|") if text != "Vitamin A.|B folgt." else ["Vitamin A. B folgt."]

    assert split(" ".join(text.split("|")), lang) == expected


@given(st.text(alphabet="aA .!?\"'()3…“„\n", max_size=80), st.sampled_from(["de", "en", ""]))
def test_sentences_joined_again_are_the_text(text, lang):
    assert " ".join(" ".join(split(text, lang)).split()) == " ".join(text.split())


def test_the_first_sentences_do_not_cost_the_whole_text():
    assert first("Ja. " * 500_000, "de", 2) == ["Ja.", "Ja."]
    assert split("", "de") == []


@pytest.mark.parametrize(
    ("lang", "lead", "headline"),
    [
        ("de", "Raser müssen sich bei illegalen Autorennen künftig auf deutlich härtere Strafen einstellen, die der Bundestag am Donnerstag beschlossen hat.", "Raser müssen sich bei illegalen Autorennen künftig auf deutlich härtere Strafen einstellen"),
        ("de", "Der Autobauer Musterwagen stellt seinen neuen Elektrowagen am kommenden Donnerstag auf der Messe in Beispielhafen erstmals der Öffentlichkeit vor.", "Autobauer Musterwagen stellt seinen neuen Elektrowagen am kommenden Donnerstag auf der Messe in Beispielhafen erstmals der Öffentlichkeit vor"),
        ("de", "Der Dax hat am Mittwoch seine Verluste aus dem frühen Handel nach der Zinsentscheidung der US-Notenbank Fed wieder vollständig wettgemacht.", "Dax hat am Mittwoch seine Verluste aus dem frühen Handel nach der Zinsentscheidung der US-Notenbank Fed wieder vollständig wettgemacht"),
        ("de", "Nachdem die Werft ihr Trockendock erneuert hat, will sie nun nach Angaben ihrer Chefin auch den Kran am Südufer des Hafens ersetzen lassen.", "Nachdem die Werft ihr Trockendock erneuert hat, will sie nun nach Angaben ihrer Chefin auch den Kran am Südufer des Hafens ersetzen lassen"),
        ("de", "Die Musterwerft baut um, wie sie am Mittwoch in Beispielhafen mitteilte.", "Musterwerft baut um, wie sie am Mittwoch in Beispielhafen mitteilte"),
        ("de", "Die Gewerkschaft nimmt das Angebot der Werft an, teilte sie mit.", "Gewerkschaft nimmt das Angebot der Werft an"),
        ("de", "Die deutschen Werften bauen aus.", "Die deutschen Werften bauen aus"),
        ("de", "Der Chemiekonzern Musterchem sieht trotz der Krise in der Industrie des Landes keinen Grund für weitere Stellenstreichungen im kommenden Jahr.", "Chemiekonzern Musterchem sieht trotz der Krise in der Industrie des Landes keinen Grund"),
        ("en", "Oil prices rose more than 2 percent on Tuesday after a surprise drop in U.S. crude inventories and fresh concerns about supply.", "Oil prices rose more than 2 percent on Tuesday"),
        ("en", "After two days of talks in Port Sample, the two largest unions of the country agreed on Wednesday to end their strike at all of the harbours.", "After two days of talks in Port Sample, the two largest unions of the country agreed"),
        ("en", "A shipyard opened a new dry dock on Tuesday, and the first ferry is expected to leave it in July of this year.", "Shipyard opened a new dry dock on Tuesday"),
        ("de", "Wort " * 80 + ".", "Wort " * 31 + "Wort …"),
        ("de", "", ""),
    ],
)  # fmt: skip
def test_a_headline_from_the_lead_keeps_both_halves_of_its_verb(lang, lead, headline):
    assert from_lead(lead, lang) == headline


def test_a_summary_is_whole_sentences_that_say_more_than_the_headline():
    lead = [
        "Die Musterwerft baut um. Rund vierhundert Beschäftigte sollen dafür neue Aufgaben in Beispielhafen erhalten."
    ]

    assert (
        summary(lead, "de", "Musterwerft baut um")
        == "Rund vierhundert Beschäftigte sollen dafür neue Aufgaben in Beispielhafen erhalten."
    )
    assert summary(lead, "de") == lead[0]
    assert summary(
        ["Die Musterwerft baut um. Sie will noch in diesem Jahr damit beginnen, und zwar am Dock."],
        "de",
        "Musterwerft baut um",
    ).startswith("Die Musterwerft")
    assert summary([], "de") == ""
    assert summary(["Wort " * 200 + "."], "de").endswith(" …")
    assert summary(["A" * 300 + ". " + "B" * 300 + "."], "de") == "A" * 300 + "."
