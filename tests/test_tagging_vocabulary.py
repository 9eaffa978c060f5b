"""One tag, one page: names in front matter and the editors' file."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.article import Term
from dateline.errors import DatelineError
from dateline.tagging import TaggedText, edits, find, labels
from dateline.tagging.vocabulary import Vocabulary

FILE = """
# The desk's own words.
denied = ["Reuters", "person:max-mustermann"]
listed = ["place:DE", "Hafen"]

[merged]
"keyword:haefen" = "keyword:hafen"
"person:vladimir-putin" = "person:wladimir-putin"

[terms."person:wladimir-putin"]
label = { de = "Wladimir Putin", en = "Vladimir Putin" }
aliases = ["Putin"]
description = { de = "Präsident.", "" = "President." }
picture = "pictures/putin.jpg"

[terms."keyword:hafen"]
label = "Hafen"
description = "Schiffe."
"""


@pytest.mark.parametrize(
    ("kind", "names", "key"),
    [
        (
            "place",
            ["Russland", "Rußland", "russland", "Russia", "place:RU", "place:ru", "PLACE:RU", "UdSSR"],
            "place:RU",
        ),
        ("place", ["USA", "Vereinigte Staaten", "United States", "U.S."], "place:US"),
        ("place", ["München", "Muenchen", "MUNCHEN", "Munich", "place:de-munich"], "place:DE-munich"),
        ("place", ["Berlin", "berlin", "place:de-be"], "place:DE-BE"),
        ("place", ["Bayern", "Bavaria"], "place:DE-BY"),
        ("place", ["Hintertupfingen", "HINTERTUPFINGEN"], "place:hintertupfingen"),
        ("organisation", ["EZB", "Europäische Zentralbank", "European Central Bank", "org:EZB"], "org:ezb"),
        ("organisation", ["Musterwerft", "musterwerft"], "org:musterwerft"),
        ("topic", ["Wirtschaft", "Economy", "medtop:04000000", "topic:economy", "04000000"], "topic:economy"),
        (
            "person",
            ["Jana Beispiel", "JANA BEISPIEL", "person:jana-beispiel", "Jana  Beispiel"],
            "person:jana-beispiel",
        ),
        ("person", ["Jörg Müller", "Joerg Mueller"], "person:joerg-mueller"),
        ("person", ["André Café", "Andre Cafe"], "person:andre-cafe"),
        ("keyword", ["Hafen", "hafen", "HAFEN"], "keyword:hafen"),
        ("keyword", ["place:US"], "place:US"),
    ],
)
def test_every_spelling_of_a_name_is_one_id(kind, names, key):
    assert {Vocabulary().resolve(kind, name, "de").id for name in names} == {key}


def test_labels_are_in_the_language_of_the_article():
    vocabulary = Vocabulary()
    assert vocabulary.resolve("place", "Russland", "en") == Term("place", "place:RU", "Russia")
    assert vocabulary.resolve("place", "Moscow", "de").label == "Moskau"
    assert vocabulary.resolve("place", "Germany", "fr").label == "Allemagne"
    assert vocabulary.resolve("place", "Germany", "xx").label == "Germany"
    assert vocabulary.resolve("organisation", "EZB", "en-GB").label == "ECB"
    assert vocabulary.resolve("person", "person:jana-beispiel", "de").label == "Jana Beispiel"
    assert vocabulary.resolve("keyword", "Neuer Hafen", "de").label == "Neuer Hafen"
    assert vocabulary.label("topic:economy", "de") == "Wirtschaft"
    assert vocabulary.label("keyword:neuer-hafen") == "Neuer Hafen"
    assert labels.place("XX-nowhere", "de") == "XX-nowhere"


def test_the_editors_file_has_the_last_word():
    vocabulary = Vocabulary.load(FILE)
    assert vocabulary.resolve("person", "Vladimir Putin", "de") == Term(
        "person", "person:wladimir-putin", "Wladimir Putin"
    )
    assert vocabulary.resolve("person", "putin", "en").label == "Vladimir Putin"
    assert vocabulary.resolve("keyword", "Häfen", "de") == Term("keyword", "keyword:hafen", "Hafen")
    assert vocabulary.description("person:vladimir-putin", "de") == "Präsident."
    assert vocabulary.description("person:wladimir-putin", "fr") == "President."
    assert vocabulary.description("keyword:nichts", "de") == ""
    assert vocabulary.pictures() == {"person:wladimir-putin": "pictures/putin.jpg"}
    assert vocabulary.label("person:vladimir-putin", "en") == "Vladimir Putin"
    assert {"place:DE", "keyword:hafen"} <= vocabulary.listed
    assert {"org:reuters", "keyword:reuters", "person:max-mustermann"} <= vocabulary.denied


def test_no_file_and_an_empty_one_are_the_same():
    assert Vocabulary.load(None).denied == Vocabulary.load("").denied == frozenset()


def test_a_vocabulary_goes_to_other_processes():
    copy = pickle.loads(pickle.dumps(Vocabulary.load(FILE)))
    assert copy.resolve("keyword", "Häfen", "de").id == "keyword:hafen"


def test_what_the_tagger_finds_resolves_to_itself():
    found = find(
        TaggedText(
            title="Marseille",
            body="Marseille Marseille Marseille Paris EZB Jana Beispiel und die Musterwerft AG. Dax Aktien Umsatz",
            lang="de",
        )
    )
    vocabulary = Vocabulary()
    assert len(found) > 4
    for item in found:
        assert vocabulary.resolve(item.term.kind, item.term.id, "de").id == item.term.id
        assert vocabulary.resolve(item.term.kind, item.term.label, "de").id == item.term.id


def test_the_editors_words_change_what_the_tagger_found():
    body = "President Vladimir Putin and Wladimir Putin met Max Mustermann of Beispiel Inc in Russia, Russia, Russia."
    found = find(TaggedText(body=body, lang="en"))
    edited = {item.term.id: item for item in Vocabulary.load(FILE).edited(found, "en")}
    assert set(edited) == {"place:RU", "person:wladimir-putin", "org:beispiel"}
    assert edited["person:wladimir-putin"].term.label == "Vladimir Putin"
    assert len(edited["person:wladimir-putin"].evidence) == 2
    assert edited["org:beispiel"].term.label == "Beispiel"
    assert [item.weight for item in edited.values()] == sorted((item.weight for item in edited.values()), reverse=True)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a = [", "content/_tags.toml", "not TOML"),
        (".".join(["a"] * 20_000), "content/_tags.toml", "a key of too many parts"),
        ("x = " + "[" * 3000, "content/_tags.toml", "nested"),
        ("denid = []", "content/_tags.toml", "did you mean denied?"),
        ("zzzzz = 1", "content/_tags.toml", "known here"),
        ("denied = 3", "content/_tags.toml", "denied"),
        ("denied = [3]", "content/_tags.toml", "denied"),
        ("merged = 3", "content/_tags.toml", "[merged]"),
        ("[terms]\nfoo = {}", "content/_tags.toml", "kind"),
        ('[terms]\n"person:x" = 3', "content/_tags.toml", "not a table"),
        ('[terms."person:x"]\nlabels = "x"', "content/_tags.toml", "did you mean label?"),
        ('[terms."person:x"]\nlabel = 3', "content/_tags.toml", "label"),
        ('[terms."person:x"]\nlabel = { de = 3 }', "content/_tags.toml", "label"),
        ('[terms."person:x"]\npicture = 3', "content/_tags.toml", "picture"),
        ('[terms."person:x"]\naliases = "y"', "content/_tags.toml", "aliases"),
        ('[merged]\n"person:x" = 3', "content/_tags.toml", "kind"),
        ('[merged]\n"person:x" = "person:y"\n"person:y" = "person:x"', "content/_tags.toml", "circle"),
    ],
)
def test_a_fault_in_the_file_names_place_problem_and_remedy(text, place, says):
    with pytest.raises(DatelineError) as caught:
        Vocabulary.load(text)
    assert str(caught.value).startswith(place)
    assert says in str(caught.value)


@given(st.text(min_size=1, max_size=30), st.sampled_from(["place", "person", "organisation", "topic", "keyword"]))
def test_an_id_resolves_to_itself_and_case_never_makes_a_second_page(name, kind):
    vocabulary = Vocabulary()
    term = vocabulary.resolve(kind, name, "de")
    assert vocabulary.resolve("keyword", term.id, "de").id == term.id
    assert (
        vocabulary.resolve(kind, name.upper().lower(), "de").id
        == vocabulary.resolve(kind, name.lower().upper().lower(), "de").id
    )


def test_near_duplicates_are_found_within_a_kind_and_across_to_keywords():
    terms = [
        (Term("person", "person:wolodymyr-selenskyj", "Wolodymyr Selenskyj"), 9),
        (Term("person", "person:wolodymyr-selenski", "Wolodymyr Selenski"), 2),
        (Term("person", "person:selenskyj-wolodymyr", "Selenskyj Wolodymyr"), 1),
        (Term("keyword", "keyword:ukraine", "Ukraine"), 3),
        (Term("place", "place:UA", "Ukraine"), 3),
        (Term("keyword", "keyword:g7", "G7 Gipfel"), 1),
        (Term("keyword", "keyword:g20", "G20 Gipfel"), 1),
        (Term("topic", "topic:sport", "Sport"), 1),
        (Term("organisation", "org:sport", "Sport"), 1),
    ]
    pairs = {(pair.keep.id, pair.other.id) for pair in edits.near_duplicates(terms)}
    assert ("person:wolodymyr-selenskyj", "person:wolodymyr-selenski") in pairs
    assert ("person:wolodymyr-selenskyj", "person:selenskyj-wolodymyr") in pairs
    assert ("place:UA", "keyword:ukraine") in pairs
    assert not any("g7" in a + b or ":sport" in a + b for a, b in pairs)


def test_merging_keeps_the_editors_comments():
    text = edits.merged(FILE, "keyword:kai", "keyword:hafen")
    assert "# The desk's own words." in text
    assert Vocabulary.load(text).resolve("keyword", "Kai").id == "keyword:hafen"
    assert Vocabulary.load(edits.merged("", "keyword:a", "keyword:b")).resolve("keyword", "A").id == "keyword:b"


@pytest.mark.parametrize(
    ("one", "two"), [("kai", "keyword:hafen"), ("keyword:kai", "hafen"), ("keyword:hafen", "keyword:haefen")]
)
def test_merging_refuses_what_has_no_kind_or_is_one_already(one, two):
    with pytest.raises(DatelineError):
        edits.merged(FILE, one, two)


def test_merging_in_a_circle_is_refused():
    text = edits.merged("", "keyword:a", "keyword:b")
    with pytest.raises(DatelineError):
        edits.merged(text, "keyword:b", "keyword:a")


def test_denying_keeps_the_editors_comments_and_says_it_once():
    text = edits.denied(FILE, "keyword:unsinn")
    assert "# The desk's own words." in text
    assert "keyword:unsinn" in Vocabulary.load(text).denied
    assert edits.denied(text, "keyword:unsinn") == text
    fresh = edits.denied("# mine\n[merged]\n", "Unsinn")
    assert "# mine" in fresh
    assert "keyword:unsinn" in Vocabulary.load(fresh).denied
    assert "org:x" in Vocabulary.load(edits.denied("", "org:x")).denied
