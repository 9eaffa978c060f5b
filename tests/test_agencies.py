"""The table of agencies, the flags of headlines and the securities numbers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from dateline.wire import flags, isin
from dateline.wire.agencies import AGENCIES, FLAGS, agency_of


def test_every_row_names_a_zone_that_exists_and_a_name_of_its_own():
    names = [name.casefold() for agency in AGENCIES for name in {agency.name, *agency.names}]

    assert all(ZoneInfo(agency.zone) for agency in AGENCIES)
    assert len(set(names)) >= len(AGENCIES)
    assert all(flag == flag.upper() for flag in FLAGS)


@pytest.mark.parametrize(
    ("words", "name", "service"),
    [
        ("dpa-AFX", "dpa-AFX", ""),
        ("dpa-AFX Analyser", "dpa-AFX", "Analyser"),
        ("APA/AFP", "APA/AFP", ""),
        ("ats afp", "sda/AFP", ""),
        ("awp/sda", "awp/sda", ""),
        ("dpa/lby", "dpa", "lby"),
        ("dts Nachrichtenagentur", "dts", ""),
        ("AWP", "awp", ""),
        ("dapd-nrw", "dapd", "nrw"),
        ("BUSINESS WIRE", "Business Wire", ""),
        ("Keystone-SDA", "sda", ""),
    ],
)
def test_the_words_of_a_dateline_name_agency_and_service(words, name, service):
    found = agency_of(words)

    assert found is not None
    assert (found.name, found.service) == (name, service)


@pytest.mark.parametrize("words", ["SPD", "parteilos", "", "/", "dpa/Unbekannt GmbH", "dpa eins zwei drei vier fünf"])
def test_other_words_name_none(words):
    assert agency_of(words) is None


@pytest.mark.parametrize(
    ("line", "words", "headline"),
    [
        ("ROUNDUP 2: Werft baut um", ("ROUNDUP 2",), "Werft baut um"),
        ("WDH/ROUNDUP: Werft", ("WDH", "ROUNDUP"), "Werft"),
        (
            "Aktien Frankfurt Schluss: Dax im Plus - Werften stark",
            ("Aktien Frankfurt Schluss",),
            "Dax im Plus - Werften stark",
        ),
        ("Aktien Asien/Pazifik: Ruhig", ("Aktien Asien/Pazifik",), "Ruhig"),
        ("KORREKTUR/Aktien Europa: Ruhig", ("KORREKTUR", "Aktien Europa"), "Ruhig"),
        ("dpa-AFX Überblick: UNTERNEHMEN - 17.00 Uhr", ("dpa-AFX Überblick",), "UNTERNEHMEN - 17.00 Uhr"),
        ("EQS-News: Muster AG: Zahlen (deutsch)", ("EQS-News",), "Muster AG: Zahlen (deutsch)"),
        ("UPDATE 2-Shipyard rebuilds", ("UPDATE 2",), "Shipyard rebuilds"),
        ("CORRECTED-UPDATE 1-Shipyard", ("CORRECTED", "UPDATE 1"), "Shipyard"),
        ("DJ MARKT/Werft im Plus", ("DJ", "MARKT"), "Werft im Plus"),
        ("+++ EILMELDUNG +++ Werft brennt", ("EILMELDUNG",), "Werft brennt"),
        ("EILMELDUNG: IPO: Werft", ("EILMELDUNG", "IPO"), "Werft"),
        ("AKTIE IM FOKUS - Werft", ("AKTIE IM FOKUS",), "Werft"),
        ("KONJUNKTUR IM FRÜHJAHR: Werft", ("KONJUNKTUR IM FRÜHJAHR",), "Werft"),
        ("Berichtigung: Werft", ("Berichtigung",), "Werft"),
        ("Interview: Die Chefin der Werft", (), "Interview: Die Chefin der Werft"),
        ("USA: Werft baut um", (), "USA: Werft baut um"),
        ("Werft: Neues Dock", (), "Werft: Neues Dock"),
        ("ROUNDUP:", (), "ROUNDUP:"),
        ("ANALYSE-FLASH: Bank hebt Ziel", ("ANALYSE-FLASH",), "Bank hebt Ziel"),
        ("ROUNDUP/Musterwerft: Neues Dock", ("ROUNDUP",), "Musterwerft: Neues Dock"),
    ],
)
def test_flags_are_parted_from_the_headline(line, words, headline):
    found = flags.split(line, 0, len(line))

    assert (found.words, line[found.end :]) == (words, headline)


def test_a_securities_number_counts_only_with_its_check_digit():
    text = "DE0007164600, DE0007164601 und US0378331005; nicht XDE0007164600. Noch einmal DE0007164600"

    assert [number for number, _ in isin.find(text)] == ["DE0007164600", "US0378331005"]
