"""One way in for every file: told by its content, refused by name, never a traceback."""

import json
import os
import socket
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dateline.article import Article, Story
from dateline.errors import DatelineError
from dateline.settings import load
from dateline.wire import item, read, readers, unpack, xml
from dateline.wire.anpa import is_anpa
from dateline.wire.ninjs_rules import check
from dateline.wire.plain import UNKNOWN_DATE
from dateline.wire.sniff import sniff
from effort import linear
from wire_machine import ANPA, IPTC7901, NINJS1, SAMPLES

SETTINGS = load('timezone = "Europe/Berlin"')
PLAIN = b"OSLO (Reuters) - A yard will rebuild its dock, it said on Friday. It costs money."


def refused(data, name="x.txt", settings=SETTINGS):
    with pytest.raises(DatelineError) as caught:
        read(data, name=name, settings=settings)
    assert caught.value.problem.place.startswith(name)
    assert caught.value.problem.remedy
    return caught.value.problem.problem


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<EURUS.FX1> steigt, sagt man.", "plain"),
        (b"[Update] Oslo (AP) - x", "plain"),
        (b"{x} y", "plain"),
        (b'  {"a": 1}', "json"),
        (b"[{}]", "json"),
        (b"[ ]", "json"),
        (b"<?xml version='1.0'?><foo/>", "xml"),
        (b"<!-- c --><rss></rss>", "xml"),
        (b"<foo><bar/></foo>", "xml"),
        (b"\xef\xbb\xbf<nitf></nitf>", "xml"),
        ("<?xml version='1.0' encoding='utf-16'?><rss/>".encode("utf-16"), "xml"),
        ("<rss/>".encode("utf-16-be"), "xml"),
        (b"<!doctype html><p>x", "html"),
        (b"<HTML><p>x", "html"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html/>", "html"),
        (b"<div>x</div>", "html"),
        (b"<!DOCTYPE lewis><REUTERS>", "reuters-21578"),
        (b"\x01a\x02b\x03", "frame"),
        (b"\x16\x16\x01a\x02b", "frame"),
        (b"", "plain"),
    ],
)
def test_the_content_tells_the_format(data, kind):
    assert sniff(data, "story.txt") == kind


def test_a_suffix_only_decides_where_content_leaves_it_open():
    assert sniff(b"<EURUS.FX1> x", "a.xml") == "xml"
    assert sniff(b"[broken", "a.json") == sniff(b"null", "a.json") == "json"


@pytest.mark.parametrize(("name", "data"), SAMPLES.items())
def test_no_format_needs_its_suffix(name, data):
    assert read(data, name="story.txt", settings=SETTINGS) == read(data, name="story", settings=SETTINGS) != []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_machine_formats_come_in_any_unicode(encoding):
    for name in ("rss.xml", "ninjs1.json", "g2.xml"):
        data = SAMPLES[name].decode().replace('encoding="UTF-8"', "").encode(encoding)

        assert (
            read(data, name=name, settings=SETTINGS)[0].article.title
            == read(SAMPLES[name], name=name, settings=SETTINGS)[0].article.title
        )


def test_old_labels_do_not_garble_words():
    page = '<?xml version="1.0" encoding="%s"?><nitf><body><body.head><hedline><hl1>Fähre</hl1></hedline></body.head></body></nitf>'

    for label, real in (
        ("ISO-8859-1", "iso-8859-1"),
        ("ISO-8859-1", "utf-8"),
        ("UTF-8", "cp1252"),
        ("utf-16", "utf-8"),
        ("ascii", "utf-8"),
    ):
        assert read((page % label).encode(real), name="x", settings=SETTINGS)[0].article.title == "Fähre"
    assert "encoding 'ebcdic-x'" in refused((page % "EBCDIC-X").encode())


def test_plain_copy_takes_what_it_lacks_from_the_settings():
    (story,) = read(PLAIN, name="x.txt", settings=load('[ingest]\nsection = "World"'))

    assert (story.article.agency, story.article.section) == ("Reuters", "World")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\x00\x05\x0e\x0f\x06" * 100, "binary"),
        (b"<?xml version='1.0'?><foo/>", "XML of no known news format: <foo>"),
        (b"<?xml version='1.0'?><rss>", "not well formed"),
        (b"<rss><channel><x:y/></channel></rss>", "not well formed"),
        (b"<?xml version='1.0'?>", "not well formed"),
        (b"<nitf>&unknown;</nitf>", "not well formed"),
        (b'{"a": 1}', "JSON of no known news format"),
        (b'{"a": ', "no JSON"),
        (b"[]", "no story"),
        (b'{"a":' * 100_000, "JSON"),
        (b"[" * 100_000 + b'"', "JSON"),
        (b'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://evil.example/x"><rss/>', "document type"),
        (
            b'<?xml version="1.0"?>\n<!-- c --><!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><nitf>&c;</nitf>',
            "document type",
        ),
        (
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><nitf>&a;</nitf>'.encode(
                "utf-16"
            ),
            "document type",
        ),
        (b"<rss " + b" ".join(b'a%d="1"' % i for i in range(5_000)) + b"/>", "more than 256 attributes"),
        (
            b"<rss>" + b"".join(b'<a%d:x xmlns:a%d="u"/>' % (i, i) for i in range(300)) + b"</rss>",
            "more than 256 namespaces",
        ),
        (b"\x01\x02\x03", "no words"),
        (b"<html><body></body></html>", "neither text nor headline"),
        (
            b'<nitf xmlns:xi="http://www.w3.org/2001/XInclude"><body><body.content><xi:include href="/etc/passwd"/></body.content></body></nitf>',
            "neither text",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(data, problem):
    assert problem in refused(data)


def test_a_file_above_the_limit_is_refused():
    assert "limits.seed" in refused(PLAIN, settings=load("[limits]\nseed = 10"))


@pytest.mark.parametrize("bomb", [b"<p>" * 100_000, b"<p>" * 3_000 + b"</p>" * 3_000 + b"</nitf>"])
def test_a_bomb_of_depth_is_refused(bomb):
    assert "not well formed" in refused(b"<nitf>" + bomb)


def test_a_broken_story_does_not_stop_the_others():
    parcel = unpack(json.dumps([NINJS1, {}, NINJS1]).encode(), name="x.json", settings=SETTINGS)

    assert (len(parcel.stories), [problem.place for problem in parcel.problems]) == (2, ["x.json[1]"])
    assert len(read(json.dumps([NINJS1, {}]).encode(), name="x.json", settings=SETTINGS)) == 1


class _Point(EntryPoint):
    def load(self):
        return {"docx": _reader, "broken": _refuser}[self.name]


def _reader(data, *, name, settings):
    article = Article(id="", title=data.decode(), published=datetime(2026, 11, 20, tzinfo=UTC))
    return [Story(article, "Text\n")]


def _refuser(data, *, name, settings):
    raise DatelineError(name, "no", "yes")


def test_other_packages_bring_readers_for_their_suffixes(monkeypatch):
    def points(*, group, name):
        return [_Point(name, f"x:{name}", group)] if group == "dateline.readers" and name in {"docx", "broken"} else []

    monkeypatch.setattr(readers, "entry_points", points)

    assert read(b"PK", name="a/b.DOCX", settings=SETTINGS)[0].article.title == "PK"
    assert refused(b"PK", name="b.broken") == "no"
    assert read(PLAIN, name="b.unknown", settings=SETTINGS)[0].article.agency == "Reuters"
    assert readers.reader("") is None


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_nothing_asks_the_network_or_opens_a_named_file(offline, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("<rss><channel><item><title>geheim</title></item></channel></rss>")

    for name, data in SAMPLES.items():
        read(data, name=name, settings=SETTINGS)
    for data in (b"http://127.0.0.1:1/feed.xml", b"secret", str(secret).encode()):
        assert "geheim" not in repr(unpack(data, name="x.xml", settings=SETTINGS))


def mutated(data, edits):
    data = bytearray(data)
    for at, kind, byte in edits:
        place = at % max(1, len(data))
        if kind == 0:
            data[place : place + 1] = bytes([byte])
        elif kind == 1:
            del data[place : place + byte]
        else:
            data[place:place] = data[place : place + byte]
    return bytes(data)


edits = st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 2), st.integers(0, 255)), max_size=6)


@given(st.sampled_from(sorted(SAMPLES)), edits)
def test_damaged_documents_give_stories_or_a_problem_and_no_traceback(name, changes):
    parcel = unpack(mutated(SAMPLES[name], changes), name=name, settings=SETTINGS)

    assert parcel.stories or parcel.problems


@given(st.binary(max_size=200), st.sampled_from(["x", "x.json", "x.xml", "x.html"]))
@example(b"\x01\x02", "x")
@example(b"<", "x.xml")
@example(b"{", "x.json")
@example(b"\xff\xfe<", "x.xml")
def test_any_bytes_give_stories_or_a_problem(data, name):
    for start in (b"", b"<?xml version='1.0'?>", b"<rss>", b'{"uri":"x","headline":', b"\x01a1 2 aa\x02"):
        parcel = unpack(start + data, name=name, settings=SETTINGS)

        assert parcel.stories or parcel.problems


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.sampled_from(["image/jpeg", "picture", "2026-11-20", "http://a.example/", "NewsArticle"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NINJS1, "bodies", "value", "name", "items", "href", "@type", "urn", "article_html", "categories", "author"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(json_values)
def test_json_of_any_shape_gives_stories_or_a_problem(value):
    for document in (
        value,
        {"uri": "x", "type": "text", "associations": value},
        {"version": "https://jsonfeed.org/version/1", "items": value},
        {"urn": "u", "article_html": "x", "categories": value, "associations": value},
    ):
        assert any(unpack(json.dumps(document).encode(), name="x.json", settings=SETTINGS).__struct_fields__)
    page = f'<html><script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "author": value, "image": value, "about": value, "keywords": value})}</script><p>x'
    unpack(page.encode(), name="x.html", settings=SETTINGS)


BIG = [
    b"<p>",
    b"<div>",
    b"&",
    b"<",
    b"[",
    b"{",
    b'"',
    b"\\",
    b"<!--",
    b"]]>",
    b"<![CDATA[",
    b"\x01",
    b"\x01\x02",
    b"^",
    b"<REUTERS>",
    b"<D>",
    b"http://",
    b"\n",
    b"=",
    b"/",
    b"(",
]


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"<rss><channel><item><description><![CDATA[",
        b"<html>",
        b"<!DOCTYPE lewis><REUTERS><TEXT><BODY>",
        b"\x01bdt0123 3 vm 71\x02",
        b"\x16\x01a0042 \x02",
        b'{"uri":"x","type":"text","headline":"x","versioncreated":"2026-11-20T00:00:00Z","body_html":"',
    ],
)
def test_no_repeated_piece_makes_reading_slow(start):
    for piece in BIG:
        if start.startswith(b'{"uri') and piece in {b'"', b"\\", b"\n", b"\x01", b"\x01\x02"}:
            continue
        end = (
            b"]]></description></item></channel></rss>"
            if start.startswith(b"<rss")
            else b'"}'
            if start.startswith(b"{")
            else b""
        )

        def read(size: int, piece: bytes = piece, end: bytes = end) -> None:
            unpack(start + piece * (size // len(piece)) + end, name="x", settings=SETTINGS)

        assert linear(read, 6_000), piece


ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "when", "precision"),
    [
        ("2026-11-20T09:30:00+01:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "minute"),
        ("20261120T093000-0500", datetime(2026, 11, 20, 14, 30, tzinfo=UTC), "minute"),
        ("2026-11-20T09:30Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "minute"),
        ("2026-11-20 09:30:60.123", datetime(2026, 11, 20, 8, 30, 59, tzinfo=UTC), "minute"),
        ("Fri, 20 Nov 2026 09:30:00 GMT", datetime(2026, 11, 20, 9, 30, tzinfo=UTC), "minute"),
        ("Fri, 20 Nov 2026 09:30:00", datetime(2026, 11, 20, 8, 30, tzinfo=UTC), "minute"),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC), "day"),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC), "month"),
    ],
)
def test_moments_are_read_as_exactly_as_they_are_written(text, when, precision):
    found = item.moment(text, ZONE)

    assert (found.at, found.precision) == (when, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "gestern",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-12:00",
        "2026-02-30",
        "2026-11-20T25:00:00Z",
        "2026-11-20T09:30:00+99:99",
        "Fri, 99 Nov 2026 09:30:00 GMT",
    ],
)
def test_what_is_no_moment_is_none(text):
    assert item.moment(text, ZONE) is None


@pytest.mark.parametrize(
    "src",
    [
        "",
        "file:///etc/passwd",
        "/etc/passwd",
        "../x.jpg",
        "a/../../x",
        "data:image/png;base64,x",
        "javascript:x",
        "\\\\host\\x",
        "http://",
    ],
)
def test_pictures_come_from_the_web_or_from_beside_the_file(src):
    assert item.picture(src) is None


def test_helpers_keep_to_their_word():
    assert item.byline("By JANE DOE and John Roe, Associated Press") == ("JANE DOE", "John Roe")
    assert item.names(["a", "", "A ", "a", "x" * 300], 2) == ("a", "A")
    assert item.web("https://a.example/x y") == item.web("http://[") == item.web("ftp://a.example") == ""
    assert item.subject("", "x") == ""
    assert item.subject("4", "http://cv.iptc.org/newscodes/subjectcode/") == "subj:4"
    assert [item.is_cut(text) for text in ("Text [...]", "Text … weiterlesen »", "Text.")] == [True, True, False]
    assert (xml.value(None, "x"), xml.children(None, "x"), xml.words(None)) == ("", [], "")


def test_a_story_without_a_date_says_so():
    assert (
        read(
            b"<nitf><body><body.head><hedline><hl1>H</hl1></hedline></body.head></body></nitf>",
            name="x",
            settings=SETTINGS,
        )[0].article.published
        == UNKNOWN_DATE
    )


def test_notes_are_told_by_status_then_signal_then_words():
    def note(**fields):
        found = item.story(item.Item(headline="Headline", body="Words.", **fields), "x", SETTINGS).note
        return (found.kind, found.text) if found else None

    assert note() is None
    assert note(note="Bitte beachten") == ("note", "Bitte beachten")
    assert note(note="Wiederholung vom Morgen") == ("repeat", "Wiederholung vom Morgen")
    assert note(signal="kill") == ("withdrawal", "")
    assert note(note="To kill time") == ("note", "To kill time")
    assert note(status="Withheld", signal="update", note="n") == ("withdrawal", "n")


def test_a_withdrawal_without_id_keeps_its_words_to_be_known_by():
    assert (
        item.story(item.Item(headline="Headline", body="Words.", status="canceled"), "x", SETTINGS).body == "Words.\n"
    )
    assert item.story(item.Item(status="canceled", id="1"), "x", SETTINGS).body == ""


FORMATS = Path(os.environ.get("DATELINE_FORMATS", Path(__file__).parents[2] / "shared" / "formats"))
official = pytest.mark.skipif(not FORMATS.is_dir(), reason="the official examples are not here")
EXAMPLES = (
    sorted(path for path in FORMATS.rglob("*") if path.name.startswith(("doc_", "LISTING_")))
    if FORMATS.is_dir()
    else []
)
NO_STORY = {"002_renditions_example": "neither text nor headline", "008_event": "an event or a plan"}


@official
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_official_examples_come_through(path):
    parcel = unpack(path.read_bytes(), name=path.name, settings=SETTINGS)
    expected = next((problem for stem, problem in NO_STORY.items() if path.stem.endswith(stem)), "")
    if expected:
        assert expected in parcel.problems[0].problem
        return
    (story,) = parcel.stories
    article = story.article

    assert article.title
    assert article.published.year > 2000
    assert story.body.strip()
    assert article.source.id
    assert article.subjects or article.people or path.suffix == ".json" or "medtop" not in path.read_text()


@official
@pytest.mark.parametrize("version", ["1.6", "2.2", "3.1"])
def test_nothing_that_the_official_schema_allows_is_refused(version):
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    schema = json.loads(next(FORMATS.rglob(f"SCHEMA_{version}.json")).read_text(encoding="utf-8"))
    anything = referencing.Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema"})
    registry = referencing.Registry().with_resources([("https://geojson.org/schema/GeoJSON.json", anything)])
    kind = jsonschema.validators.validator_for(schema)
    official_view = kind(schema, registry=registry, format_checker=kind.FORMAT_CHECKER)
    document = json.loads(next(FORMATS.rglob(f"doc_{version}_005*.json")).read_text(encoding="utf-8"))
    fields = schema.get("properties") or schema["$defs"]["ninjsType"]["properties"]
    both = 0
    for field in fields:
        for value in (
            5,
            5.5,
            "x",
            "2026-11-20T00:00:00Z",
            [],
            {},
            None,
            True,
            [5],
            [{}],
            [{"name": 5}],
            [{"value": "x"}],
        ):
            changed = {**document, field: value}
            ours, theirs = check(changed), official_view.is_valid(changed)

            # Dates as text: the schema's format is checked only where a further package is installed.
            assert not (theirs and ours) or fields[field].get("format") == "date-time", (field, value, ours)
            both += bool(ours) and not theirs
    assert both > 100


def test_frames_are_told_apart():
    assert is_anpa(ANPA)
    assert not is_anpa(IPTC7901)
