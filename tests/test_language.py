"""The language of a story is told from its words, and not told where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dateline.wire.decode import decode
from dateline.wire.language import detect
from dateline.wire.plain import PlainDefaults, read

SAMPLES = Path(__file__).parent / "wire_samples"

TEXTS = {
    "de": (
        "Die Stadt will im kommenden Jahr drei neue Schulen bauen und dafür rund vierzig Millionen Euro ausgeben. Der Rat stimmte am Dienstagabend mit großer Mehrheit zu. Die Opposition hielt die Pläne für zu teuer und verlangte, zuerst die alten Gebäude zu sanieren. "
        "Nach Angaben der Polizei kam der Wagen gegen Mitternacht von der Fahrbahn ab und prallte gegen einen Baum. Zwei Menschen wurden verletzt, einer von ihnen schwer. Warum der Fahrer die Kontrolle verlor, war zunächst unklar. Die Straße blieb mehrere Stunden gesperrt. "
        "Das Unternehmen rechnet für das laufende Quartal mit einem leichten Rückgang beim Umsatz, will aber an seiner Prognose festhalten. Vor allem in Asien habe sich das Geschäft zuletzt abgeschwächt, sagte die Finanzchefin. Die Aktie verlor im frühen Handel drei Prozent. "
        "Forscher haben in der Tiefsee eine bislang unbekannte Art von Quallen entdeckt. Die Tiere leuchten im Dunkeln und werden kaum größer als ein Daumen. Wie sie sich ernähren, wollen die Wissenschaftler nun bei weiteren Tauchfahrten klären, heißt es in der Studie. "
        "Der Verein hat sich nach der vierten Niederlage in Folge von seinem Trainer getrennt. Bis zum Saisonende soll der bisherige Assistent die Mannschaft betreuen. Am Sonnabend tritt sie beim Tabellenführer an, der seit zwölf Spielen ungeschlagen ist."
    ),
    "en": (
        "The city plans to build three new schools next year at a cost of about forty million euros. The council approved the plan by a large majority late on Tuesday. The opposition called it too expensive and said the old buildings should be repaired first. "
        "Police said the car left the road around midnight and hit a tree. Two people were injured, one of them seriously. It was not immediately clear why the driver had lost control. The road stayed closed for several hours while investigators took measurements. "
        "The company expects a slight fall in sales for the current quarter but is sticking to its forecast for the full year. Business has slowed in Asia in particular, its finance chief said. Shares were down three percent in early trading before recovering. "
        "Researchers have discovered a previously unknown kind of jellyfish in the deep sea. The animals glow in the dark and grow hardly bigger than a thumb. How they feed is a question the scientists hope to answer on further dives, according to the study. "
        "The club parted ways with its coach after a fourth defeat in a row. His assistant will look after the team until the end of the season. On Saturday it travels to the league leaders, who have not lost any of their last twelve matches."
    ),
}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_two_hundred_characters_are_enough_for_german_and_english(lang):
    text = TEXTS[lang]
    windows = [text[at : at + 200] for at in range(len(text) - 200)]

    assert sum(detect(window) == lang for window in windows) >= 0.995 * len(windows)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "fr",
            "Le gouvernement a annoncé mercredi que les travaux commenceront avant la fin de l'année, mais les syndicats ne sont pas d'accord avec cette décision.",
        ),
        (
            "es",
            "El gobierno anunció el miércoles que las obras comenzarán antes de fin de año, pero los sindicatos no están de acuerdo con esa decisión.",
        ),
        (
            "",
            "De regering heeft woensdag aangekondigd dat de werkzaamheden voor het einde van het jaar beginnen, maar de vakbonden zijn het daar niet mee eens.",
        ),
        (
            "",
            "Il governo ha annunciato mercoledì che i lavori cominceranno prima della fine dell'anno, ma i sindacati non sono d'accordo con questa decisione.",
        ),
        (
            "",
            "O governo anunciou na quarta-feira que as obras começam antes do fim do ano, mas os sindicatos não estão de acordo com essa decisão.",
        ),
        (
            "",
            "Rząd zapowiedział w środę, że prace rozpoczną się przed końcem roku, ale związki zawodowe nie zgadzają się z tą decyzją.",
        ),
        ("", "12.30 +0,40 8.15 -0,05"),
        ("", ""),
        ("", "Правительство объявило в среду, что работы начнутся до конца года."),
        (
            "de",
            "STRASSENBAU IN MUSTERSTADT: DIE STADT WILL IM KOMMENDEN JAHR MIT DEN ARBEITEN BEGINNEN UND GROẞE TEILE SPERREN",
        ),
    ],
)
def test_neighbours_and_figures_are_not_taken_for_one_of_the_four(lang, text):
    assert detect(text) == lang


def test_every_sample_has_the_language_it_was_written_in():
    expected = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
    for name, fields in expected.items():
        story = read(decode((SAMPLES / f"{name}.txt").read_bytes()), name=name, zone="UTC", defaults=PlainDefaults())
        assert story.article.lang == fields.get("lang", ""), name
