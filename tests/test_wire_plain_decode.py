"""Bytes of whatever encoding an agency or an editor saved become clean text, and pictures are refused."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.errors import DatelineError
from dateline.text import clean
from dateline.wire.decode import decode
from effort import linear

COPY = "Die Musterwerft AG will für 40 Millionen Euro Größe zeigen – „so“, sagte Beispiel über Fähren."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_german_copy_comes_through_in_every_encoding(encoding):
    assert decode(COPY.encode(encoding)) == COPY


@pytest.mark.parametrize(
    "word", ["Zürich", "für", "Café Pérez señor", "naïve façade", "§ 85 Abs. 1", "±0,0%", "Straße"]
)
def test_a_word_of_latin_1_is_not_taken_for_russian(word):
    assert decode(word.encode("latin-1")) == word


def test_cyrillic_in_a_single_byte_encoding_is_guessed():
    text = "Москва заявила во вторник, что переговоры о мире продолжаются и будут идти до конца года."

    assert decode(text.encode("cp1251")) == text


def test_a_stray_byte_in_utf_8_costs_one_character_not_the_umlauts():
    assert decode("Größe für ".encode() + b"\x80 5") == "Größe für € 5"
    assert decode("Größe ".encode() + b"\xed\xa0\x80") == "Größe "


def test_line_ends_controls_and_soft_hyphens_are_cleaned():
    assert decode(b"\x01\x02a\r\nb\rc\x00" + "Donau\u00addampf\ufeff".encode()) == "a\nb\ncDonaudampf"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\x7fELF\x02",
        gzip.compress(b"x", mtime=0),
        b"%PDF-1.7",
        b"PK\x03\x04",
        bytes(range(9)) * 40,
    ],
)
def test_what_is_no_text_is_refused_by_name(data):
    with pytest.raises(DatelineError, match=r"seeds/x\.bin: this is .*(remove it from the seeds)"):
        decode(data, "seeds/x.bin")


@given(st.binary(max_size=200))
def test_any_bytes_give_clean_text_or_an_error(data):
    try:
        text = decode(data)
    except DatelineError:
        return
    assert clean(text) == text


def test_guessing_the_encoding_of_a_large_file_is_bounded():
    def guess(size: int) -> None:
        assert decode(("Größe über alles " * size).encode("latin-1")).startswith("Größe über")

    guess(1)  # its tables are read once
    assert linear(guess, 20_000)
