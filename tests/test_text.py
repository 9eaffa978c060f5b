"""What every text goes through before anything is made of it."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from dateline import text as words
from dateline.text import clean

# Every character alone, and in the company that decides what becomes of it.
EVERY = [chr(i) for i in range(0x110000) if not 0xD800 <= i < 0xE000]


def long_way(text: str) -> str:
    """What ``clean`` does without its short cuts."""
    text = words._LINE_ENDS.sub("\n", text).replace("\u00ad", "")
    text = words._FORBIDDEN.sub("", text)
    return unicodedata.normalize("NFC", words._MARKS.sub(lambda m: m[0][:16], text))


def test_the_short_way_leaves_alone_only_what_the_long_way_leaves_alone():
    assert [c for c in EVERY if clean(c) != long_way(c)] == []
    assert [c for c in EVERY if clean(f"a{c}") != long_way(f"a{c}")] == []


def test_german_copy_takes_the_short_way():
    assert words._harmless("„Übermäßig“ – so heißt es §\u00a05, 3 €‚ …\n\tKaffee\n".encode())


@given(
    st.text(
        st.sampled_from("aä\u0308\u0301\u00ad\u200b\u2028\u2126\u2001\u0085\r\n\t„“–€\u202e\u0345ﬁ한😀й\x00")
        | st.characters(codec="utf-8")
    )
)
def test_cleaning_is_what_it_was_and_once_is_enough(text):
    assert clean(text) == long_way(text)
    assert clean(clean(text)) == clean(text)
