"""Front matter by hand and by machine: text stays text, what cannot be understood is named with its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from dateline.article import Article, Correction, Image, Source
from dateline.bounds import dotted
from dateline.errors import DatelineError
from dateline.frontmatter import dump, parse
from dateline.frontmatter_dates import moment, written
from dateline.frontmatter_read import full_yaml, plain_yaml
from dateline.settings import Limits, Settings
from dateline.text import clean, one_line
from effort import linear

BERLIN = Settings(timezone="Europe/Berlin")


def read(front: str, body: str = "Text.", settings: Settings = BERLIN) -> Article:
    return parse(f"---\n{front}\n---\n\n{body}\n", "content/a.md", settings)[0]


def story(front: str) -> Article:
    return read(f"title: T\ndate: 2025-12-03\n{front}")


def refusal(front: str, settings: Settings = BERLIN) -> str:
    with pytest.raises(DatelineError) as caught:
        read(front, settings=settings)
    return str(caught.value)


def warnings(front: str) -> list[str]:
    return [str(w) for w in parse(f"---\ntitle: T\ndate: 2025-12-03\n{front}\n---\n", "content/a.md", BERLIN)[2]]


def test_an_article_by_hand_needs_only_a_title_and_a_date():
    article, body, problems = parse(
        "---\ntitle: Hafen gesperrt\ndate: 2025-12-03\n---\n\nEin Satz.\n\nNoch einer.\n", "a.md", BERLIN
    )

    assert article == Article(
        id="", title="Hafen gesperrt", published=datetime(2025, 12, 2, 23, tzinfo=UTC), precision="day"
    )
    assert body == "Ein Satz.\n\nNoch einer."
    assert problems == ()


def test_words_that_look_like_numbers_or_booleans_stay_words():
    article = story(
        "tags:\n- no\n- on\n- 12:30\n- 007\n- 1e3\n- 2025-12-03\n- ~\n- null\n- 'null'\nslug: 0123\nsection: off"
    )

    assert article.tags == ("no", "on", "12:30", "007", "1e3", "2025-12-03", "null")
    assert (article.slug, article.section) == ("0123", "off")


def test_keys_of_other_generators_are_understood():
    article = read(
        "Title: T\npublished: 2025-12-03\nlastmod: 2025-12-04\ndescription: S\nguid: urn:x:1\nauthor: A, B\ncategory: Politik\n"
        "draft: true\ncategories: [x]\nkeywords: y, z\nlanguage: pt_BR\nredirect_from: /old/\ndate-precision: month"
    )

    assert article == Article(
        id="urn:x:1", title="T", published=datetime(2025, 12, 2, 23, tzinfo=UTC), precision="month",
        updated=datetime(2025, 12, 3, 23, tzinfo=UTC), summary="S", authors=("A, B",), section="Politik", status="draft",
        tags=("x", "y", "z"), lang="pt-BR", aliases=("/old/",),
    )  # fmt: skip


@pytest.mark.parametrize(("text", "utc", "precision"), [
    ("2025-12", "2025-11-30T23:00", "month"), ("2025-12-03", "2025-12-02T23:00", "day"), ("2025-12-03 09:30", "2025-12-03T08:30", "minute"),
    ("2025-12-03T09:30:15Z", "2025-12-03T09:30:15", "minute"), ("2025-12-03T09:30:00.123456789+0100", "2025-12-03T08:30:00.123456", "minute"),
    ("2025-12-03 09:30:00 +01", "2025-12-03T08:30", "minute"), ("2025-12-03 09:30 UTC", "2025-12-03T09:30", "minute"),
    ("2025-03-30T02:30", "2025-03-30T01:30", "minute"), ("2025-10-26T02:30", "2025-10-26T00:30", "minute"),
    ("9998-12-30", "9998-12-29T23:00", "day"),
])  # fmt: skip
def test_dates_without_zone_are_in_the_newsrooms(text, utc, precision):
    assert moment(text, BERLIN.zone) == (datetime.fromisoformat(utc).replace(tzinfo=UTC), precision)


@pytest.mark.parametrize("text", [
    "31 Feb", "2025-02-31", "2025-13", "", "now", "0", "2025", "0000-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "10000-01-01",
    "2025-01-01T24:00", "2025-01-01T12:00:60Z", "2025-01-01T12:00+25:00", "１９９９-01-01", "2026-W10-1", "01/02/2026", "2026-03-01T12:00[Europe/London]",
    "9" * 5000, "2025-12-03T09:30:00+01:00; <script>",
])  # fmt: skip
def test_what_is_no_date_is_refused_at_its_line(text):
    said = refusal(f"title: T\ndate: '{text}'")

    assert said.startswith("content/a.md:3: date: ")
    assert said.endswith("is not a date (write it as 2025-12-03T09:30:00+01:00)")
    assert len(said) < 250


@pytest.mark.parametrize(("front", "said"), [
    ("date: 2025-12-03", "content/a.md:1: title: there is no title"),
    ("title:\ndate: 2025-12-03", "content/a.md:2: title: there is no title"),
    ("title: ' '\ndate: 2025-12-03", "content/a.md:2: title: there is no title"),
    ("title: T", "content/a.md:1: date: there is no date"),
    ("title: [a]\ndate: 2025-12-03", "content/a.md:2: title: a list is no text"),
    ("date: 2025-12-03\ntitle: {a: b}", "content/a.md:3: title: a table is no text"),
    ("date: [2025-12-03]\ntitle: T", "content/a.md:2: date: a list is not a date"),
    ("title: T\ndate: 2025-12-03\ntitle: U", "content/a.md:4: front matter: 'title' is given twice"),
    ("title: T: U: V", "content/a.md:2: not YAML: mapping values are not allowed"),
    ('title: "T', "not YAML: found unexpected end of stream"),
    ("title: T\n\tdate: 2025", "content/a.md:3: not YAML:"),
    ("- a\n- b", "content/a.md:2: front matter is not a table of keys"),
    ("just text", "content/a.md:2: front matter is not a table of keys"),
    ("", "content/a.md:1: title: there is no title"),
    ("title: T\ntags: &a [*a]", "content/a.md:3: front matter: an anchor or alias"),
    ("title: *a", "content/a.md:2: front matter: an anchor or alias"),
    ("? *a\n: b", "an anchor or alias"),
    ("? [a]\n: b", "nested more than 6 deep"),
    ("!!str a: b", "the tag"),
    ("title: !!python/object/apply:os.mkdir [x]", "content/a.md:2: front matter: the tag tag:yaml.org,2002:python/object/apply:os.mkdir"),
    ("title: !ruby/object:X {}", "content/a.md:2: front matter: the tag !ruby/object:X"),
    ("title: T\nx: " + "[" * 20000, "nested more than 6 deep"),
    ("title: T\nx: " + "{a: " * 5000, "nested more than 6 deep"),
    ("%YAML 9.9", "not YAML"),
    ("title: T\n...\n--- \nb: c", "title: T"),
    ("a: b\n--- c", "a second document"),
    ("title: T\n? " + "k" * 1100 + "\n: v", "a key of 1,100 characters"),
    ("? |\n " + "k" * 200 + "\n: v", "a key of 201 characters"),
    ("title: T\ndate: 2025-12-03\nx: " + "A" * 100_000, "longer than 100,000 (move text into the body)"),
    ("title: " + "T" * 1001, "content/a.md:2: title: a text of 1,001 characters is longer than 1,000"),
    ("title: T\ndescription: " + "T" * 10_001, "content/a.md:3: description: a text of 10,001 characters"),
    ("title: T\ntags: [" + ", ".join(f"t{i}" for i in range(201)) + "]", "content/a.md:3: tags: 201 entries are more than 200"),
    ("title: T\ntags: [[a]]", "content/a.md:3: tags: a list is no text"),
    ("title: T\ntags: {a: b}", "content/a.md:3: tags: a table is no list"),
    ("title: T\ndraft: maybe", "content/a.md:3: draft: 'maybe' is neither true nor false"),
    ("title: T\nbreaking: []", "breaking: a list is neither"),
    ("title: T\nstatus: killed", "status: 'killed' is unknown (write published, draft or withdrawn)"),
    ("title: T\nkind: []", "kind: a list is unknown"),
    ("title: T\nid: a b", "id: 'a b' is no address"),
    ("title: T\nembargo: soon", "embargo: 'soon' is not a date"),
    ("title: T\ncorrections: x", "corrections: text is no list"),
    ("title: T\ncorrections: [x]", "a correction needs a date and a text"),
    ("title: T\nimage: [x]", "image: a list is no table"),
])  # fmt: skip
def test_each_fault_names_its_line_and_what_to_do(front, said):
    if said == "title: T":  # the fence ends the front matter
        assert "there is no date" in refusal(front)
        return
    shown = refusal(front)
    assert said in shown
    assert shown.endswith(")")


@pytest.mark.parametrize(("text", "said"), [
    ("", "a.md:1: is empty"), ("\n \n", "a.md:1: is empty"), ("Only text.", "a.md:1: has no front matter"), ("---\ntitle: T\n", "has no end (close it with a line ---)"),
    ("---\n---\n", "there is no title"), ('+++\ntitle = "T\n+++\n', "a.md:1: not TOML"), ("+++\na = " + "[" * 9000 + "\n+++\n", "not TOML|nested too deeply"),
    ("+++\na = " + "[" * 9 + "]" * 9 + "\n+++\n", "nested more than 6"), ("+++\na = " + "9" * 5000 + "\n+++\n", "not TOML"),
])  # fmt: skip
def test_a_file_without_front_matter_is_named(text, said):
    with pytest.raises(DatelineError) as caught:
        parse(text, "a.md", BERLIN)
    assert any(part in str(caught.value) for part in said.split("|"))


def test_line_ends_and_byte_order_marks_of_other_systems_do_not_matter():
    for text in (
        "\ufeff---\r\ntitle: T\r\ndate: 2025-12-03\r\n---\r\n\r\na\r\nb\r\n",
        "---\rtitle: T\rdate: 2025-12-03\r---\r\ra\rb\r",
        "\n--- \ntitle: T\ndate: 2025-12-03\n---\t\na\nb",
    ):
        article, body, _ = parse(text, "a.md", BERLIN)
        assert (article.title, body) == ("T", "a\nb")


def test_toml_between_pluses_is_understood():
    article, body, _ = parse(
        '+++\ntitle = "T"\ndate = 2025-12-03T09:30:00+01:00\nurgency = 3\nbreaking = true\ntags = ["no", 7]\n+++\nBody',
        "a.md",
        BERLIN,
    )

    assert article == Article(
        id="", title="T", published=datetime(2025, 12, 3, 8, 30, tzinfo=UTC), urgency=3, breaking=True, tags=("no", "7")
    )
    assert body == "Body"


def test_characters_that_no_page_may_carry_are_dropped_from_escapes_too():
    assert read('title: "T \\0 \\x07 \\u202e \\uFFFE x"\ndate: 2025-12-03').title == "T x"
    assert read("title: |\n  two\n  lines\ndate: 2025-12-03").title == "two lines"


def test_strange_keys_are_named_with_what_was_meant():
    assert (
        warnings("titel: U\nweight: 5")[0] == "content/a.md:4: titel: is unknown and was left out (did you mean title?)"
    )
    many = warnings("\n".join(f"zz{i}: 1" for i in range(2000)))
    assert len(many) == 6
    assert many[-1] == "content/a.md: 1,995 more keys are unknown (remove them)"


def test_what_can_be_left_out_is_left_out_and_named():
    front = "urgency: high\nlang: '<de>'\nimage: javascript:x\nsource: {url: 'javascript:y', what: z}\nsummary: A\ndescription: B\nDate: 2025-12-03\nauthor: X\nauthors: [X, Y]"
    article, _, problems = parse(f"---\ntitle: T\ndate: 2025-12-03\n{front}\n---\n", "a.md", BERLIN)

    assert article == Article(
        id="", title="T", published=article.published, precision="day", summary="A", authors=("X", "Y")
    )
    assert [p.place for p in problems] == ["a.md:4", "a.md:5", "a.md:6", "a.md:7", "a.md:9", "a.md:1"]
    assert {p.level for p in problems} == {"warning"}


def test_pictures_sources_and_corrections_are_read():
    article = story(
        "image:\n  src: img/a.jpg\n  alt: Hafen\n  width: 900\nsource: https://x.example/1\ncorrections:\n- date: 2025-12-04\n  text: Es waren zwei.\nexpires: 2026-01"
    )

    assert article.image == Image("img/a.jpg", "Hafen", width=900)
    assert article.source == Source(url="https://x.example/1")
    assert article.corrections == (Correction(datetime(2025, 12, 3, 23, tzinfo=UTC), "Es waren zwei."),)
    assert story("image: a.png\nsource: seeds/a.txt").image == Image("a.png")
    assert story("status: draft\ndraft: no").status == "draft"


@pytest.mark.parametrize(
    "front", ["source: |", "source: ''", "source:\n  file: ''", "image: |", "image:\n  alt: x", "corrections: []"]
)
def test_a_field_that_says_nothing_is_not_there(front):
    assert story(front) == story("")


@pytest.mark.parametrize("part", ["a", '"a"', "'b'", '"\\""', "a ", '"é "\t'])
def test_a_key_of_20_000_parts_is_refused_at_once(part):
    with pytest.raises(DatelineError, match=r"a\.md:1: front matter: a key of too many parts"):
        parse(
            "+++\n" + ".".join([part] * 20_000) + " = 1\n+++\n", "a.md", Settings(limits=Limits(front_matter=500_000))
        )


@pytest.mark.parametrize("piece", ["a", "a.", '"', '"a" ', '"\\"', "'a'.", " ", "\t.", "\"a\".b.'c' "])
def test_a_search_for_long_keys_costs_no_more_than_the_text_is_long(piece):
    assert linear(lambda size: dotted(piece * (size // len(piece))), 50_000)


def test_addresses_and_ellipses_are_no_long_keys():
    assert not dotted('site.name = "a.b.c. d. www.a.b.example/…"\ntext = "Nun ................ ja."')


LINES = st.one_of(
    st.sampled_from(["no", "null", "~", "a: b", "a #b", "- a", "'a'", '"a"', "a\"b'c", "[a]", "{a}", "&a", "*a", "!a", "%a", "@a", "`a", "a:", ":a", "?", "|", ">", "0x1", "é – „x“", "a\\nb", "---", "+++", "=", "1:2", "a, b", "  ", "#", "é"]),
    st.text(max_size=30),
)  # fmt: skip
CLEAN = LINES.map(one_line).filter(bool)
WORDS = st.lists(CLEAN, max_size=3, unique=True).map(tuple)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
ARTICLES = st.builds(
    Article, id=CLEAN.map(lambda s: s.replace(" ", "").replace("<", "")), title=CLEAN, published=MOMENTS, updated=st.none() | MOMENTS,
    slug=CLEAN, summary=st.just("") | CLEAN, tags=WORDS, people=WORDS, authors=WORDS, flags=WORDS, aliases=WORDS, breaking=st.booleans(),
    status=st.sampled_from(["published", "draft", "withdrawn"]), kind=st.sampled_from(["story", "table"]), urgency=st.integers(0, 9),
    corrections=st.lists(st.builds(Correction, MOMENTS, CLEAN), max_size=2).map(tuple), lang=st.sampled_from(["", "de", "pt-BR"]),
    image=st.none() | st.builds(Image, st.just("a.jpg"), CLEAN, width=st.integers(0, 9999)), source=st.none() | st.builds(Source, file=CLEAN, sha256=CLEAN),
)  # fmt: skip


@given(ARTICLES, LINES)
def test_what_is_written_reads_back_as_the_same_article(article, body):
    zone = ZoneInfo("Europe/Berlin")

    text = dump(article, body, zone)
    again, text_body, problems = parse(text, "a.md", BERLIN)

    assert (again, problems) == (article, ())
    assert dump(again, text_body, zone) == text


@pytest.mark.parametrize(
    ("precision", "local", "shown"),
    [("day", datetime(2025, 7, 3), "date: 2025-07-03"), ("month", datetime(987, 7, 1), "date: 0987-07")],  # noqa: DTZ001 - the zone is put on below
)
def test_what_is_not_known_of_a_date_is_not_written(precision, local, shown):
    article = Article(
        id="", title="T", published=local.replace(tzinfo=BERLIN.zone).astimezone(UTC), precision=precision
    )
    text = dump(article, "", BERLIN.zone)

    assert shown in text.split("\n")
    assert parse(text, "a.md", BERLIN)[0] == article


def test_a_written_article_is_pleasant_to_read():
    article = Article(
        id="tag:a.example,2025:1", title="Kreml: „Nein“", published=datetime(2025, 12, 3, 8, 30, tzinfo=UTC), tags=("no", "a: b"), agency="dpa-AFX",
        summary='Er sagte "ja".', corrections=(Correction(datetime(2025, 12, 4, tzinfo=UTC), "Zwei."),), source=Source(file="seeds/a.txt"),
    )  # fmt: skip

    assert dump(article, "Ein Satz.", BERLIN.zone) == (
        '---\ntitle: "Kreml: „Nein“"\ndate: 2025-12-03T09:30:00+01:00\nid: tag:a.example,2025:1\nsummary: Er sagte "ja".\ntags:\n- no\n- "a: b"\n'
        "agency: dpa-AFX\ncorrections:\n- date: 2025-12-04T01:00:00+01:00\n  text: Zwei.\nsource:\n  file: seeds/a.txt\n---\n\nEin Satz.\n"
    )


@given(
    MOMENTS,
    st.sampled_from(["Europe/Berlin", "UTC", "Asia/Kathmandu", "America/St_Johns", "Africa/Monrovia"]).map(ZoneInfo),
)
def test_every_moment_survives_being_written_in_any_zone(when, zone):
    assert moment(written(when, zone), zone) == (when, "minute")


VALUES = st.one_of(LINES, st.sampled_from(["[a, b]", '["a", "b"]', "[a,b]", "[ a ]", "[a, ]", "[]", "[null, a]", "'a''b'", "'''", '"a\\"b"', "a 'b'", "a\t", " a ", "\u00a0a", "a\u00a0", "a:\u00a0b", "\u3000a", "_", "_a", ".a", "+a", "$", "<a", "=a", "a&b", "a*b", "-a", "- a", "[a:b]", "[a: b]", "['a']", "[a - b]", "[1.5, (x)]", "[a'b, c]"]))  # fmt: skip
FRONT_LINES = st.one_of(
    st.builds("{}{}{}".format, st.sampled_from(["title", "date", "a", "tags", "B-c", "1a", "é", '"a"', "a b", ""]), st.sampled_from([": ", ":", ":  ", " : "]), VALUES),
    st.builds("{}{}{}".format, st.sampled_from(["- ", "  - ", " - ", "-", "-  ", "  ", "    ", "  a: ", "  b: ", " a: ", "  a:", "- a: "]), VALUES, st.sampled_from(["", " ", " #c"])),
    st.sampled_from(["", " ", "# c", "---", "...", "- ", "-", "a:", "tags:", "b: ", "source:", "--- a", "%YAML 1.1"]),
)  # fmt: skip


@given(st.lists(FRONT_LINES, max_size=6).map("\n".join))
@example("a:\n- b\n - c")
@example("a:\n  b: c\n- d")
def test_front_matter_read_by_hand_is_what_the_yaml_parser_reads(text):
    text = clean(text)
    table = plain_yaml(text)
    if table is not None:
        assert table == full_yaml(text, "a.md")


def test_plain_front_matter_never_wakes_the_yaml_parser():
    article = Article(
        id="tag:a.example,2025:1", title="Kreml bleibt dabei", published=datetime(2025, 12, 3, tzinfo=UTC), tags=("Ukraine", "12:30"),
        summary="Zwei: drei", source=Source(file="seeds/a.txt", sha256="abc"),
    )  # fmt: skip

    assert plain_yaml(dump(article, "", UTC).removeprefix("---\n").removesuffix("\n---\n")) is not None


def test_limits_are_the_newsrooms():
    small = structs.replace(BERLIN, limits=Limits(terms=1, front_matter=60))
    assert "2 entries are more than 1" in refusal("title: T\ntags: [a, b]", small)
    assert "longer than 60" in refusal("title: " + "T" * 60, small)
    assert moment("2025-12-03T09:30:00", UTC) == (datetime(2025, 12, 3, 9, 30, tzinfo=UTC) + timedelta(0), "minute")
