"""Plain copy of every agency comes through the wire desk with every field right and no word lost."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.article import Story
from dateline.errors import DatelineError
from dateline.wire import datelines, embargo, endings, moments
from dateline.wire.agencies import AGENCIES, BY_NAME
from dateline.wire.decode import decode
from dateline.wire.plain import UNKNOWN_DATE, PlainDefaults, parse_signoff, read
from effort import linear

SAMPLES = Path(__file__).parent / "wire_samples"
EXPECTED: dict[str, dict] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
WORD = re.compile(r"[^\W_]+")
FORMATS = {"month": "%Y-%m", "day": "%Y-%m-%d", "minute": "%Y-%m-%dT%H:%MZ"}


def ingest(text: str, **defaults) -> Story:
    return read(text, name="copy.txt", zone="Europe/Berlin", defaults=PlainDefaults(**defaults))


def sample(name: str) -> str:
    return decode((SAMPLES / f"{name}.txt").read_bytes())


def found(story: Story) -> dict:
    article = story.article
    fields = {"title": article.title, "title_source": article.title_source}
    fields["date"] = "" if article.published == UNKNOWN_DATE else article.published.strftime(FORMATS[article.precision])
    for key in (
        "lang",
        "agency",
        "service",
        "dateline",
        "signoff",
        "flags",
        "kicker",
        "authors",
        "isins",
        "breaking",
        "excerpt",
    ):
        value = getattr(article, key)
        if value:
            fields[key] = list(value) if isinstance(value, tuple) else value
    if article.kind != "story":
        fields["kind"] = article.kind
    if article.embargo:
        fields["embargo"] = article.embargo.isoformat()
    if article.source:
        fields["story_id"] = article.source.id
    if story.note:
        fields["note"] = story.note.kind
    subheads = [line[3:] for line in story.body.split("\n") if line.startswith("## ")]
    return fields | ({"subheads": subheads} if subheads else {})


def lost(text: str, story: Story) -> list[str]:
    """Words of *text* that stand less often in body, fields, proofs and dropped than in the source."""
    article = story.article
    kept = Counter(WORD.findall(_shown(story.body)))
    for part in story.dropped:
        kept.update(WORD.findall(part))
    kept.update(WORD.findall(story.note.text if story.note else ""))
    # A field that is read and not shown as written (a date, an agency's name) is proved by its span.
    spans = {
        (e.start, e.end)
        for e in story.evidence
        if e.field
        in {
            "published",
            "dateline",
            "agency",
            "signoff",
            "flags",
            "kicker",
            "title",
            "summary",
            "authors",
            "embargo",
            "note",
            "breaking",
            "excerpt",
            "source.id",
        }
        and e.rule not in {"first sentence", "first sentences"}
    }
    for start, end in spans:
        kept.update(WORD.findall(text[start:end]))
    assert article.id == ""
    return [word for word, count in Counter(WORD.findall(text)).items() if kept[word] < count]


def _shown(body: str) -> str:
    html = markdown.markdown(body, extensions=["tables", "fenced_code", "sane_lists"])
    return (
        re.sub(r"<[^>]*>", " ", html)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_field_of_a_made_up_story_is_right(name):
    assert found(ingest(sample(name))) == EXPECTED[name]


@pytest.mark.parametrize(
    ("opening", "dateline", "agency"),
    [
        ("BERLIN (XYZ) - Die", "BERLIN", "XYZ"),
        ("MOSKAU (ABC News) -- Der", "MOSKAU", "ABC News"),
        ("FRANKFURT/MAIN (XYZ/ABC) – Der", "FRANKFURT/MAIN", "XYZ/ABC"),
        ("BEISPIELHAFEN (PAP-News) — Der", "BEISPIELHAFEN", "PAP-News"),
        ("BAD MUSTERSEE (FNP) - Der", "BAD MUSTERSEE", "FNP"),
        ("NIRGENDS, 3. Dez (XYZ) - Der", "NIRGENDS", "XYZ"),
    ],
)
def test_an_agency_that_no_table_knows_is_read_where_the_shape_leaves_no_doubt(opening, dateline, agency):
    story = ingest(f"{opening} Plan der Stadt wurde am Mittwoch vorgelegt.\n\nEr gilt ab März.")

    assert (story.article.dateline, story.article.agency) == (dateline, agency)
    assert story.body.startswith(opening.rpartition(" ")[2])


@pytest.mark.parametrize(
    "opening",
    [
        "ADIDAS (ADS) - Die", "SIEMENS (SIE) - Die", "DAX (XETRA) - Der", "EILMELDUNG (XYZ) - Die", "MEHR (ABC) - Der",
        "HALLE (SAALE) - Der", "FRANKFURT (ODER) - Die", "BERLIN (SPD) - Die", "ESSEN (NRW) - Die", "BERLIN (WDH) - Die",
        "Berlin (XYZ) - Die", "BERLIN (XYZ) - die", "BERLIN (XYZ) -Die", "BERLIN (XYZ): Die", "BERLIN (Mitte) - Die",
        "BERLIN (XYZ1234567890) - Die", "DIE STADT BERLIN (XYZ) - Die",
    ],
)  # fmt: skip
def test_capitals_in_brackets_that_are_no_agency_stay_in_the_text(opening):
    story = ingest(f"{opening} Nachricht wurde am Mittwoch bekannt.\n\nSie gilt ab März.")

    assert story.article.agency == ""
    assert opening.split(" ")[-2] in story.body or opening.split(" ")[0] in story.body


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_word_of_a_made_up_story_is_lost(name):
    text = sample(name)

    assert lost(text, ingest(text)) == []


def test_there_is_a_sample_for_every_agency_in_the_table():
    seen = {part for fields in EXPECTED.values() for part in fields.get("agency", "").split("/")}

    assert {agency.name for agency in AGENCIES} <= seen


def test_every_proof_names_characters_of_the_source():
    text = sample("afx-wdh-roundup")
    proofs = {(e.field, e.rule): text[e.start : e.end] for e in ingest(text).evidence}

    assert proofs[("signoff", "sign-off")] == "/bw/DP/nas"
    assert proofs[("published", "stamp behind the story id")] == "2018-03-01/12:11"
    assert proofs[("flags", "flags of the headline")] == "WDH/ROUNDUP 3: "
    assert proofs[("agency", "dateline")] == "(dpa-AFX)"


LINES = st.sampled_from(
    [
        "BERLIN (dpa-AFX) - Die Werft baut um.", "Berlin (dpa) - Die Werft baut um.", " date 2025-12 ", "date 2025-12-03 ", "ROUNDUP 2: Werft baut um", "(Berichtigung: Name)", "(Eil)",
        "01.12.25 16:45 Uhr", "Foto: Max Muster", "Startseite > News", "", "", "", "Ein Satz, der weitergeht.", "Zwischentitel", "* Punkt", "3. Dezember", "a | b", "---|---", "___", "^", "°", "Wert    1,0    2,0",
        "Musterwerft    3,0    4,0", "/abc/DP/xyz", "So ist es./zb", "So ist es. /zb", "ISIN DE0007164600", "AXC0153 2018-03-01/12:11", "~ WEB http://x.invalid ~", "(Reporting by A; Editing by B)", "LONDON, Dec 3 (Reuters) - Yes.",
        "* * * *", "Die folgenden Informationen sind nicht zur Veröffentlichung bestimmt", "# Notizblock", "Pressekontakt: Nora", "Hamburg (ots) - Neu.", "Sperrfrist 23. Januar 19.00 Uhr", "Von Max Muster, dpa", "Den vollständigen Artikel lesen ...",
        "(Forts.) rai", "Enditem", "==Kyodo", "07:00 DEU: Werft 08:00 FRA: Dock", "FREITAG, 5. DEZEMBER", "<RIC.X> &amp; \\`x` [a](b)", "LEVERKUSEN/LUDWIGSHAFEN - Die Firma baut um, und zwar schon bald und sehr gründlich.", "Dax , MDax .", "    eingerückt", "\ttab", "(END) Dow Jones",
        "December 03, 2025 03:45 ET (08:45 GMT)", "x" * 90 + " lang genug für einen Absatz mit Wörtern darin, die zählen.", "© dpa", "dpa abc/sam yydd n1 rad", "TAGESVORSCHAU: Termine", "KILL", "+++ EIL +++", "2nd Ld-Writethru", "BC-EU--Yard, KILL", "(Sperrfrist 23.01.2026, 19.00 Uhr)", "Kurse: ^ Wert 1,0 ° Stand", "DAX23.597 -1,0%Gold4.238 +0,5% Werft baut das Dock um 01.12.25 16:45 Uhr", "So ist es. (dpa)", "daa/mt/msr", "MOSCOW, December 3. /TASS/. Yes.",
    ]
)  # fmt: skip


@given(st.lists(LINES, min_size=1, max_size=14), st.sampled_from(["\n", "\n\n", " "]))
def test_whatever_lines_stand_in_whatever_order_no_word_is_lost(lines, glue):
    text = decode(glue.join(lines).encode())
    if WORD.search(text):
        assert lost(text, ingest(text)) == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_whatever_characters_come_they_are_read_or_refused_and_never_lost(text):
    text = decode(text.encode())
    try:
        story = ingest(text)
    except DatelineError:
        assert not any(c.isalnum() for c in text)
    else:
        assert lost(text, story) == []


def test_copy_without_words_is_refused_with_its_name():
    with pytest.raises(DatelineError, match=r"copy\.txt: there are no words in it"):
        ingest(" \n --- \n")


def test_the_part_that_dpa_marks_as_not_public_is_never_in_the_body():
    story = ingest(sample("dpa-teaser"))

    assert "Redaktion" not in story.body
    assert "nicht zur" not in story.body
    assert "Mitteilung der Werft" in story.body
    assert any("muster@example.invalid" in part for part in story.dropped)


def test_the_word_for_not_public_in_a_sentence_hides_nothing():
    story = ingest("Berlin (dpa) - Das Papier war nicht zur Veröffentlichung bestimmt. Es liegt der Zeitung vor.")

    assert "bestimmt. Es liegt" in story.body


def test_an_embargo_without_a_year_is_held_until_the_desk_knows_it():
    story = ingest(sample("shape-27-embargo"))
    held = story.article.embargo

    assert held is not None
    assert held.year == embargo.YEAR_UNKNOWN
    assert embargo.in_year_near(held, datetime(2026, 1, 20, tzinfo=UTC), "Europe/Berlin") == datetime(
        2026, 1, 23, 18, tzinfo=UTC
    )
    assert ingest(
        sample("shape-27-embargo"), received=datetime(2026, 1, 23, 9, tzinfo=UTC)
    ).article.embargo == datetime(2026, 1, 23, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "until"),
    [
        ("Sperrfrist: 23.01.2026, 19:00 Uhr", datetime(2026, 1, 23, 18, tzinfo=UTC)),
        ("Sperrfrist: 23.01.2026, 20.15 Uhr", datetime(2026, 1, 23, 19, 15, tzinfo=UTC)),
        ("Sperrfrist: 23.01.2026, 22 Uhr", datetime(2026, 1, 23, 21, tzinfo=UTC)),
        ("Sperrfrist 28. Juli 2026", datetime(2026, 7, 28, 22, tzinfo=UTC)),
        ("EMBARGOED UNTIL 6 p.m. GMT, March 5, 2026", datetime(2026, 3, 5, 18, tzinfo=UTC)),
        ("Sperrfrist heute Abend", embargo.UNTIL_TOLD),
        ("Sperrfrist 31. Februar 2026", embargo.UNTIL_TOLD),
        ("Sperrfrist 29. Februar 2025 19 Uhr", embargo.UNTIL_TOLD),
        ("Achtung: Sperrfrist aufgehoben", None),
    ],
)
def test_an_embargo_is_never_read_too_early(line, until):
    assert embargo.asks(line)
    assert embargo.until(line, "Europe/Berlin", None) == until


def test_an_embargo_keeps_its_hour_over_the_change_to_summer_time():
    held = embargo.until("Sperrfrist 29. März 19.00 Uhr", "Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC))

    assert held == datetime(2026, 3, 29, 17, tzinfo=UTC)
    leap = embargo.until("Sperrfrist 29. Februar 19.00 Uhr", "Europe/Berlin", datetime(2026, 2, 20, tzinfo=UTC))
    assert leap == datetime(2026, 3, 1, 18, tzinfo=UTC)
    assert embargo.in_year_near(embargo.UNTIL_TOLD, datetime(2026, 1, 1, tzinfo=UTC), "UTC") == embargo.UNTIL_TOLD


WIRE = "{head}\n\n{byline}    {city}, March 9 -{gap}{text}\n{sign}\n"
TABLE = "Shr 12 cts vs nine cts\n    Net 1,200,000 vs 900,000\n    Year\n    Shr 40 cts vs 38 cts"


@pytest.mark.parametrize(
    "city",
    ["PORT SAMPLE", "NORTH ST. SAMPLE, MINN.", "PORT SAMPLE, N.J.", "SAMPLE, New Brunswick", "New York", "The Hague"],
)
@pytest.mark.parametrize("gap", [" ", "  ", "\n    ", " \n    "])
def test_a_dateline_with_a_day_and_a_dash_may_end_its_line_above_a_table(city, gap):
    text = WIRE.format(head="SAMPLE YARD <SMPL> 4TH QTR NET", byline="", city=city, gap=gap, text=TABLE, sign=" Reuter")

    story = ingest(text)

    assert (story.article.dateline, story.article.title) == (city, "SAMPLE YARD <SMPL> 4TH QTR NET")
    assert story.body.startswith("Shr 12")
    assert "March" not in story.body
    assert not lost(text, story)


@pytest.mark.parametrize(
    "last",
    [
        "until November 26, and that the trust\nwas formed November 26, 1986.",
        "net income of 10.6 mln dlrs in fiscal 1986 ended\nMarch 26, 1986.",
        "sales of 1.2 mln dlrs in\nthe year ended May 31, 1986.\n    The unit is a molder of plastics.",
        "low of 1.4510 francs set on September 26, 1978. It then\nsteadied to 1.4560/75 francs.",
        "Qtrly div 96 cts vs 90 cts\n    Pay May One, 1987\n    Record March 31, 1987",
        "Das Dock wurde gebaut am\n3. Dezember 2025.\nEs ist neu.",
    ],
)
def test_a_date_in_the_last_lines_of_a_story_is_no_stamp_above_it(last):
    text = f"YARD REBUILDS DOCK\n\nThe yard said that it would rebuild its dry\ndock and named the sum. It gave\n    {last}\n Reuter\n"

    story = ingest(text)

    assert story.body.startswith("The yard said")
    assert last.split("\n")[-1].strip() in story.body
    assert not story.dropped


@pytest.mark.parametrize(
    "stamp",
    [
        "Hafen-Kurier, 3. Dezember 2025",
        "Stand: 3. Dezember 2025, 10:15 Uhr",
        "3. Dezember 2025 | 14:03",
        "Updated on Dec 3, 2025",
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        "Werft erneuert Trockendock",
        "Hafen\nWerft erneuert Trockendock",
        "Werft erneuert Trockendock\nDas Dock soll in zwei Jahren fertig sein, und das zu kleinem Preis.",
    ],
)
def test_a_stamp_between_the_headline_and_the_story_dates_it(head, stamp):
    story = ingest(
        f"{head}\n{stamp}\nDie Werft baut ihr Dock um, und zwar schon bald und sehr gründlich. Das sagte ihr Chef am Mittwoch in Kiel, wo er wohnt.\n"
    )

    assert story.article.published.date().isoformat() == "2025-12-03"
    assert story.body.startswith("Die Werft")


@pytest.mark.parametrize(
    "line", ["Spieltag, 3. Mai -", "Termine am Montag, 3. März -", "The Calendar, March 3 -", "Yard, March 3 -"]
)
def test_a_heading_with_a_day_and_a_dash_at_its_end_is_no_dateline(line):
    story = ingest(f"Musterwerft erneuert Trockendock\n\n{line}\nDie Werft öffnet ihr Tor.\n")

    assert story.article.dateline == ""
    assert line.split(",")[0] in story.body


@pytest.mark.parametrize(
    "day", ["March 9, - ", "March 9. - ", "March 9 -", "March 9, 2026, - ", "9 March - ", "March 9- "]
)
def test_slips_of_the_keys_around_day_and_dash_leave_the_dateline_one(day):
    story = ingest(f"YARD REBUILDS DOCK\n\n    PORT SAMPLE, {day}The yard said so.\n Reuter\n")

    assert (story.article.dateline, story.body.rstrip()) == ("PORT SAMPLE", "The yard said so.")


@pytest.mark.parametrize(
    ("opening", "city"),
    [
        ("FORT WORTH, Texas, - ", "FORT WORTH, Texas"),
        ("PRINCETON, N.J. - ", "PRINCETON, N.J."),
        ("FRANKFURT AM MAIN - ", "FRANKFURT AM MAIN"),
        ("THE WOODLANDS, Texas, March 11 - ", "THE WOODLANDS, Texas"),
    ],
)
def test_a_dateline_without_a_day_or_with_an_article_is_one(opening, city):
    story = ingest(f"YARD REBUILDS DOCK\n\n    {opening}The yard said that it would rebuild its dry dock.\n Reuter\n")

    assert (story.article.dateline, story.body.rstrip()) == (city, "The yard said that it would rebuild its dry dock.")


def test_a_day_glued_to_a_word_is_no_dateline():
    assert ingest("Werft feiert am Montag\n\nHAMBURG, 3. Mai-Umzug der Werft: alle kommen.\n").article.dateline == ""


def test_a_day_and_a_dash_that_nothing_follows_is_no_dateline():
    assert ingest("Yard rebuilds dock, director says\n\nPORT SAMPLE, March 9 -\n").article.dateline == ""


@pytest.mark.parametrize(
    "sign", [" Reuter", " REUTER", "REUTER", " reuter", "\t     Reuter", "\n REUTER...", "\n          \n Reuter"]
)
def test_the_agencys_name_alone_on_the_last_line_is_its_sign_off(sign):
    words = "The yard said it will rebuild its dry dock.\n    The works council agreed, it said."
    text = WIRE.format(head="YARD REBUILDS DOCK", byline="", city="PORT SAMPLE", gap=" ", text=words, sign=sign)

    story = ingest(text)

    assert story.article.agency == "Reuters"
    assert story.body.rstrip().endswith("agreed, it said.")
    assert not lost(text, story)
    assert [proof.rule for proof in story.evidence if proof.field == "agency"] == ["last words"]


def test_the_sign_off_of_the_agency_in_capitals_may_stand_behind_the_last_sentence():
    story = ingest("YARD REBUILDS DOCK\n\n    PORT SAMPLE, March 9 - The yard said so (33.7).        REUTER\n")

    assert (story.article.agency, story.body.rstrip()) == ("Reuters", "The yard said so (33.7).")


@pytest.mark.parametrize(
    "end", ["said Jana Reuter", "the works council agreed. Reuter", "said: Reuters", "as told by REUTER"]
)
def test_a_person_named_like_an_agency_stays_in_the_text(end):
    story = ingest(f"YARD REBUILDS DOCK\n\n    PORT SAMPLE, March 9 - The dock will be rebuilt, {end}\n")

    assert (story.article.agency, story.body.rstrip().rpartition(", ")[2]) == ("", end)


def test_the_last_name_of_a_list_is_no_sign_off_in_the_copy_of_another_agency():
    story = ingest("Aufstellung der Werft\n\nHAMBURG (dpa) - Es spielen:\nMuster\nBeispiel\nReuter\n")

    assert (story.article.agency, story.body.rstrip().rpartition("Beispiel")[2].strip()) == ("dpa", "Reuter")


def test_a_byline_in_capitals_with_its_agency_does_not_stand_for_the_headline():
    head = "YARD REBUILDS DOCK"
    text = WIRE.format(
        head=head, byline="    BY JANA MARIE SAMPLE, Reuters\n", city="OSLO", gap=" ", text="It did.", sign=""
    )

    assert (ingest(text).article.title, ingest(text).article.authors) == (head, ("JANA MARIE SAMPLE",))
    assert (
        ingest("BY JUPITER THE DOCK IS DONE\n\nOSLO, March 9 - It is.\n").article.title == "BY JUPITER THE DOCK IS DONE"
    )


def test_a_dash_between_a_note_and_the_headline_belongs_to_neither():
    story = ingest("(CORRECTED) - SAMPLE YARD PLACES NOTES\n\n    OSLO, March 9 - The yard said so.\n Reuter\n")

    assert story.article.title == "SAMPLE YARD PLACES NOTES"
    assert story.note is not None
    assert story.note.kind == "correction"


def test_a_sign_off_says_who_wrote_who_supplied_and_who_edited():
    signed = parse_signoff("fko/DP/nas")

    assert (signed.authors, signed.via, signed.editor) == (("fko",), "dpa", "nas")
    assert parse_signoff("stw/men/jha").authors == ("stw", "men", "jha")
    assert parse_signoff("") == parse_signoff("/")


PROSE = [
    "Die Nachrichtenagentur (dpa) berichtete am Mittwoch - wie schon zuvor - von neuen Plänen.",
    "Die Deutsche Presse-Agentur (dpa) - gegründet 1949 - hat ihren Sitz in Hamburg.",
    "Der Abgeordnete Max Muster (parteilos) - ein gelernter Schlosser - stimmte dagegen.",
    "Bürgermeister Tom Muster (SPD) - Nachfolger von Nora Beispiel - sprach von einem Erfolg.",
    "Beispiel (45) - Vater zweier Kinder - lebt seit zehn Jahren in Musterstadt.",
    "NATO - das Bündnis der 32 Staaten - will seine Präsenz im Osten verstärken, hieß es am Dienstag.",
    "The Associated Press (AP) - a cooperative - was founded in 1846 by five newspapers in New York.",
    "The company (see page 3) - one of the largest in the region - declined to comment on the report.",
    "Reuters (the agency) said on Monday that it had seen the document before it was published.",
    "Paris (France) - the capital - has two million inhabitants and a famous tower made of iron.",
    "Er sprach von einem Sieg (und einer Niederlage): Beide Seiten hätten verloren, sagte er dann.",
    "Wer kommt und/oder geht, entscheidet am Ende der Trainer, sagte der Kapitän der Mannschaft.",
    "Das Auto fuhr mit 120 km/h, erlaubt waren 80 km/h, wie die Polizei in der Nacht mitteilte.",
    "Am 3. Dezember 2025 (Mittwoch) - nach langer Debatte - fiel die Entscheidung im Parlament.",
    "Weitere Angaben unter http://example.invalid/a/b/ab/ oder bei der Stadt am Telefon.",
    "Die Verhandlungen zwischen den Seiten dauern seit März an, ein Ende ist nicht abzusehen.",
    "MUSTERSTADT - so heißt der Film - läuft ab Donnerstag in den Kinos der ganzen Republik an.",
    "USA - Land der Gegensätze: So lautet der Titel des Buches, das am Montag vorgestellt wurde.",
    "Das meldete am Mittwoch aus Berlin (dpa) - wie zuvor schon aus Paris (AFP) - ein Korrespondent.",
    "Der Mann ging. Berlin (dpa) - wie er es nannte - war ihm zu klein, und Paris (AFP) war zu groß.",
    "Peter (dpa) und Paul (sda) sind die Namen der beiden Hunde, die in der Serie auftreten.",
    "In Berlin (Mitte) - unweit der Spree - wird gebaut, und das schon seit mehr als drei Jahren.",
    "NOTE - Net is after tax of 6.6 mln dlrs against 5.1 mln dlrs in the year before, the yard said.",
    "ENQUIRIES - Antwerp to three ports in Greece, 40,000 tonnes of bagged sugar, end of April.",
    "HIGH GRADE - Steady but quiet at 750 dlrs a tonne, with a turnover of 2,500 tonnes in all.",
]


@pytest.mark.parametrize("sentence", PROSE)
def test_ordinary_prose_has_neither_dateline_nor_sign_off(sentence):
    assert datelines.match(sentence, 0, len(sentence)) is None
    assert datelines.capitals(sentence, 0, len(sentence)) is None
    assert datelines.midline(sentence, 0, len(sentence)) is None
    assert datelines.after_sentence(sentence, 0, len(sentence)) is None
    assert endings.read(sentence, 0, BY_NAME["dpa-afx"]).signoff == ""


@given(st.lists(st.sampled_from([word for line in PROSE for word in line.split()]), min_size=5, max_size=40))
def test_words_of_prose_in_any_order_have_no_sign_off(words):
    text = " ".join(words) + "."

    assert endings.read(text, 0, BY_NAME["dpa-afx"]).signoff == ""


@pytest.mark.parametrize(
    ("head", "cities", "agency", "day"),
    [
        ("MOSKAU (dpa-AFX) - Der Kreml", "MOSKAU", "dpa-AFX", None),
        ("Berlin (dpa)\xa0- Die", "Berlin", "dpa", None),
        ("FRANKFURT/LONDON/NEW YORK (dpa-AFX) -Der Dax", "FRANKFURT/LONDON/NEW YORK", "dpa-AFX", None),
        ("Berlin und Paris (dpa) - Die", "Berlin und Paris", "dpa", None),
        ("Rothenburg ob der Tauber (dpa/lby) - Ein", "Rothenburg ob der Tauber", "dpa", None),
        ("Frankfurt/Main (dpa) – Die", "Frankfurt/Main", "dpa", None),
        ("The Hague (AP) — Judges", "The Hague", "AP", None),
        ("Frankfurt, 13. Jul (Reuters) - Die", "Frankfurt", "Reuters", (0, 7, 13)),
        ("PARIS, 3. DEZ (Reuters) - Die", "PARIS", "Reuters", (0, 12, 3)),
        ("STOCKHOLM, Aug 29, 2014 (AFP) - A", "STOCKHOLM", "AFP", (2014, 8, 29)),
        ("Nueva Delhi, 21 ene (EFE).- Un", "Nueva Delhi", "EFE", (0, 1, 21)),
        ("Paris, 21 déc 2024 (AFP) - Un", "Paris", "AFP", (2024, 12, 21)),
        ("NEW YORK--(BUSINESS WIRE)--A", "NEW YORK", "Business Wire", None),
        ("MOSCOW, Dec 3 - The", "MOSCOW", "", (0, 12, 3)),
        ("TOKYO, March 2. /TASS /. Japan", "TOKYO", "TASS", (0, 3, 2)),
        ("Wien (APA/dpa/Reuters) - Die", "Wien", "APA/dpa/Reuters", None),
        ("Zürich (awp international): Die", "Zürich", "awp", None),
        ("(Reuters) - The yard", "", "Reuters", None),
        ("(dpa-AFX) - und damit mehr", "", "dpa-AFX", None),
        ("DALLAS & LONDON--(BUSINESS WIRE)--A", "DALLAS & LONDON", "Business Wire", None),
        ("HOUSTON--(BUSINESS WIRE)--Dec. 3, 2025--A", "HOUSTON", "Business Wire", (2025, 12, 3)),
    ],
)
def test_datelines_of_all_forms_are_parted(head, cities, agency, day):
    line = datelines.match(head, 0, len(head))

    assert line is not None
    assert head[slice(*line.cities)] == cities
    assert line.found.name == agency
    assert (line.day[:3] if line.day else None) == day


@pytest.mark.parametrize(
    ("line", "cities", "day"),
    [
        ("Werft erneuert ihr Dock KIEL/BERLIN (dpa-AFX) - Die", "KIEL/BERLIN", None),
        ("Werft erneuert ihr Dock Kiel (dpa) - Die", "Kiel", None),
        ("Shipyard rebuilds dock LONDON, Dec 3 (Reuters) - A", "LONDON", (0, 12, 3)),
        ("Shipyard rebuilds dock MOSCOW, December 3. /TASS/. A", "MOSCOW", (0, 12, 3)),
        ("Shipyard rebuilds dock NEW YORK, Dec. 3, 2025 /PRNewswire/ -- A", "NEW YORK", (2025, 12, 3)),
        ("Shipyard rebuilds dock ST. PETERSBURG, Russia (AP) — A", "ST. PETERSBURG, Russia", None),
        ("Werft erneuert ihr Dock. Kiel (dpa) - Die", "Kiel", None),
    ],
)
def test_a_dateline_on_the_line_of_its_headline_is_parted_from_it(line, cities, day):
    story = ingest(f"{line} Werft baut um.\n\nDas ist neu.\n")

    assert (story.article.dateline, story.article.title_source) == (cities, "agency")
    assert story.article.title in {"Werft erneuert ihr Dock", "Shipyard rebuilds dock", "Werft erneuert ihr Dock."}
    found = datelines.midline(line, 0, len(line)) or datelines.after_sentence(line, 0, len(line))
    assert found is not None
    assert (found.day[:3] if found.day else None) == day


def test_a_day_without_a_year_takes_it_from_the_prefix_or_the_day_of_receipt_and_is_never_invented():
    copy = "LONDON, Dec 30 (Reuters) - A shipyard will rebuild its dry dock, its chief executive said."

    assert ingest(copy).article.published == UNKNOWN_DATE
    assert ingest(copy, received=datetime(2026, 1, 2, tzinfo=UTC)).article.published == datetime(
        2025, 12, 30, tzinfo=UTC
    )
    assert ingest(f"date 2025-12 {copy}").article.precision == "day"
    assert ingest(f"date 2025-11 {copy}").article.precision == "month"


def test_defaults_stand_only_where_the_copy_is_silent():
    story = ingest("Ein Satz.", agency="dpa", section="Hafen", lang="de")
    assert (story.article.agency, story.article.section, story.article.lang) == ("dpa", "Hafen", "de")

    assert (
        ingest("BERLIN (dpa-AFX) - Die Werft ist neu und das Dock auch.", agency="AP", lang="en").article.agency
        == "dpa-AFX"
    )


@pytest.mark.parametrize("text", ["31.02.2025 16:45", "01.01.2025 24:00 Uhr", "12 a.m. 5 May 2025"])
def test_odd_times_do_not_break_the_clock(text):
    day, when = moments.find_day(text), moments.find_time(text, 10) or moments.find_time(text)

    assert day is not None
    assert moments.instant(day, when, "Europe/Berlin") in {
        None,
        datetime(2025, 1, 1, 23, tzinfo=UTC),
        datetime(2025, 5, 4, 22, tzinfo=UTC),
    }


LINE_PATTERNS = [*'([{<.,;:!?/\\-–_*#+=~^°|&%"„“0aA \t', "a/", "()", "([", ". ", "./", "./a", "/ab", "(dpa", "(dpa) - ", "BERLIN (dpa) - ", "Dec 3 ", "16:45 ", "* ", "# ", "&a", "&#", "[a](b)", "![", '"a ', "A/", "DE000BAY0017 ", "(Reporting by", "^ a ° ", "^ ", "a° ", ". Hinweis: Informationen zur Offenlegungspflicht", "(Sperrfrist ", ". BERLIN ", "A1 -1,0% ", "(dpa) "]  # fmt: skip


@pytest.mark.parametrize("pattern", LINE_PATTERNS)
def test_a_line_of_any_pattern_costs_no_more_than_its_length(pattern):
    start = "date 2025-12-03 BERLIN (dpa-AFX) - Die Werft baut. "
    ingest(start)  # the tables are read once

    assert linear(lambda size: ingest(start + pattern * (size // len(pattern))), 30_000)


def _real_seed() -> Path | None:
    named = os.environ.get("DATELINE_REAL_SEED")
    folder = Path(__file__).parents[2] / "shared" / "seeds"
    return Path(named) if named else next(iter(sorted(folder.glob("*.txt"))), None) if folder.is_dir() else None


@pytest.mark.skipif(_real_seed() is None, reason="the real seed is not part of the repository")
def test_the_real_seed_comes_through():
    path = _real_seed()
    assert path is not None
    text = decode(path.read_bytes())
    story = ingest(text)
    article = story.article

    assert article.title == "Kreml besteht auf Geheimhaltung von Details der Gespräche mit den USA"
    assert (article.title_source, article.lang, article.agency, article.dateline) == ("lead", "de", "dpa-AFX", "MOSKAU")
    assert (article.published, article.precision) == (datetime(2025, 12, 3, tzinfo=UTC), "day")
    assert article.signoff == "fko/DP/nas"
    assert story.body.count("\n## ") == 2
    assert lost(text, story) == []
