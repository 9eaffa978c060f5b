"""Every machine format says its story: what the agency put into fields arrives in ours."""

import copy
import json
from datetime import UTC, datetime

import pytest

import wire_machine as samples
from dateline.article import Image, Note, Source
from dateline.settings import load
from dateline.wire import read, unpack
from dateline.wire.plain import UNKNOWN_DATE

SETTINGS = load('timezone = "Europe/Berlin"')


def stories(name, data=None):
    data = samples.SAMPLES[name] if data is None else data
    return read(data if isinstance(data, bytes) else json.dumps(data).encode(), name=name, settings=SETTINGS)


def one(name, data=None):
    found = stories(name, data)
    assert len(found) == 1
    return found[0]


def faults(data, name="x.json"):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return [str(problem) for problem in unpack(data, name=name, settings=SETTINGS).problems]


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_ninjs_1_gives_every_field():
    story = one("ninjs1.json")
    a = story.article

    assert (a.title, a.summary, a.kicker, a.lang) == (
        "Werft baut Dock um",
        "Es kostet 64 Millionen Euro.",
        "Werft/Dock",
        "de",
    )
    assert (a.published, a.updated, a.precision) == (at(2026, 11, 18, 9), at(2026, 11, 18, 10), "minute")
    assert (a.agency, a.dateline, a.authors) == ("dpa", "Hohenförde", ("Jana Reetz", "Tom Brinkmeyer"))
    assert a.subjects == ("medtop:04000000", "medtop:20000001", "x:1", "7")
    assert (a.topics, a.people, a.places) == (("Wirtschaft", "Werften"), ("Jana Reetz",), ("Hohenförde",))
    assert (a.organisations, a.tags) == (("Tidewerk",), ("Hafenfest", "Dock 4"))
    assert a.image == Image("http://p.example/l.jpg", "Das Dock", "Das Dock am Abend", "Ole Tjarksen", 1000, 500)
    assert (a.rights, a.urgency) == ("© dpa Nur für Kunden", 4)
    assert a.source == Source(id="tag:nordwire.example,2026:dock", version="2")
    assert story.note == Note("correction", "Berichtigung: 64 statt 46 Millionen")
    assert story.body == "Die Werft baut ihr Dock um.\n\n3\\. Absatz.\n"


def test_ninjs_3_prefers_text_with_markup_and_keeps_embargo_and_expiry():
    story = stories("ninjs3.json")[0]
    a = story.article

    assert (a.title, a.summary, a.agency, a.tags) == ("A fair opens", "It opens.", "AP", ("fair", "opening"))
    assert (a.embargo, a.expires) == (at(2026, 11, 20, 6), at(2027, 11, 20, 6))
    assert story.body == "The fair is **open**.\n\n- One\n"
    assert a.image == Image("pics/logo.png")


def test_a_list_of_documents_gives_a_story_each_and_names_the_broken_ones():
    assert len(stories("ninjs3.json")) == 2

    parcel = unpack(
        json.dumps([samples.NINJS3, {"a": 1}, {**samples.NINJS1, "headline": 7}]).encode(),
        name="x.json",
        settings=SETTINGS,
    )

    assert len(parcel.stories) == 1
    assert [problem.place for problem in parcel.problems] == ["x.json[1]", "x.json[2]: $.headline"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"headline": 5}, "$.headline: not valid ninjs: text expected, found a number"),
        ({"urgency": "4"}, "$.urgency: not valid ninjs: a number expected, found text"),
        ({"urgency": True}, "found true or false"),
        ({"type": "poem"}, "$.type: not valid ninjs: 'poem' is none of"),
        ({"pubstatus": None}, "$.pubstatus"),
        ({"versioncreated": "gestern"}, "$.versioncreated: not valid ninjs: 'gestern' is no moment"),
        ({"versioncreated": "2026-13-01T00:00:00Z"}, "is no moment"),
        ({"versioncreated": 5}, "$.versioncreated: not valid ninjs: text expected"),
        ({"person": {}}, "$.person: not valid ninjs: a list expected, found an object"),
        ({"person": ["Jana"]}, "$.person[0]: not valid ninjs: an object expected, found text"),
        ({"person": [{"name": []}]}, "$.person[0].name: not valid ninjs: text expected, found a list"),
        ({"bodies": [{"role": "main"}]}, "$.bodies[0]: not valid ninjs: the field 'value' is missing"),
        ({"associations": 3}, "$.associations: not valid ninjs: a list or an object"),
        ({"associations": {"a": 3}}, "$.associations.a: not valid ninjs: an object expected"),
        ({"renditions": [3]}, "$.renditions[0]: not valid ninjs: an object expected"),
        ({"renditions": {"a": {"href": None}}}, "$.renditions.a.href: not valid ninjs: text expected, found nothing"),
        ({"associations": [{"headline": 3}]}, "$.associations[0].headline"),
        ({"type": "event"}, "an event or a plan, not a story"),
    ],
)
def test_a_fault_in_ninjs_is_named_with_its_path(change, path):
    (fault,) = faults({**samples.NINJS1, **change})

    assert path in fault


def test_unknown_fields_of_a_newer_ninjs_are_no_fault():
    assert one("x.json", {**samples.NINJS1, "future": {"deep": [1]}}).article.title


def test_associations_nested_without_end_are_not_followed():
    document = copy.deepcopy(samples.NINJS1)
    for _ in range(8):
        document = {**samples.NINJS1, "associations": {"a": document}}

    assert one("x.json", document).article.title == "Werft baut Dock um"


def test_a_picture_alone_is_a_story_whose_text_is_its_caption():
    document = {
        "uri": "p", "type": "picture", "versioncreated": "2026-11-20T10:00:00Z", "headline": "Das Dock", "by": "Ole",
        "description_text": "Das Dock am Abend.", "renditions": {"a": {"href": "https://p.example/a.jpg"}},
    }  # fmt: skip
    story = one("x.json", document)

    assert (story.body, story.article.summary, story.article.excerpt) == ("Das Dock am Abend.\n", "", False)
    assert story.article.image == Image("https://p.example/a.jpg", "Das Dock", "Das Dock am Abend.", "Ole")


@pytest.mark.parametrize("status", ["canceled", "withheld"])
def test_a_cancelled_story_passes_without_a_word_of_its_text(status):
    story = one("x.json", {**samples.NINJS1, "pubstatus": status})

    assert (story.article.status, story.body, story.article.summary, story.article.image) == ("withdrawn", "", "", None)
    assert story.note.kind == "withdrawal"
    assert story.article.source.id == "tag:nordwire.example,2026:dock"


def test_digitalwires_gives_every_field_but_never_the_private_notes():
    story = one("dw.json")
    a = story.article

    assert (a.title, a.summary, a.kicker, a.section) == (
        "Fähre fährt mit Wasserstoff",
        "Die erste ihrer Art.",
        "Schifffahrt",
        "Wirtschaft",
    )
    assert (a.tags, a.topics, a.places) == (("Wasserstoff", "Fähre"), ("Verkehr",), ("Ostsee",))
    assert (a.agency, a.dateline, a.authors, a.urgency) == ("dpa", "Hohenförde", ("Jana Reetz",), 4)
    assert a.image == Image("https://p.example/m.jpg", "Graude", "Die Graude im Hafen", "Ole Tjarksen/dpa", 800, 600)
    assert story.body == "Die Fähre *Graude* fährt.\n\n## Leise\n\nMan hört sie kaum.\n"
    assert story.note == Note("correction", "Korrektur im 2. Absatz")
    assert "GEHEIM" not in repr(story)


def test_digitalwires_come_in_lists_of_entries_and_name_wrong_types():
    assert len(stories("x.json", {"entries": [samples.DIGITALWIRES, samples.DIGITALWIRES]})) == 2
    assert "$.headline: not valid digitalwires" in faults({**samples.DIGITALWIRES, "headline": 5})[0]
    plain = {**samples.DIGITALWIRES, "article_html": None, "article_text": "Nur\n\nText.", "teaser": "<b>Fett</b>"}
    assert one("x.json", plain).body == "Nur\n\nText.\n"


def test_a_newsml_g2_message_gives_each_item():
    first, second = stories("g2.xml")
    a = first.article

    assert (a.title, a.summary, a.kicker, a.section) == (
        "Schiffe & Häfen",
        "Kurz gesagt.",
        "Schiffe/Norwegen",
        "Basisdienst",
    )
    assert (a.published, a.updated, a.embargo) == (at(2026, 11, 20, 8), at(2026, 11, 20, 9), at(2026, 11, 21))
    assert (a.agency, a.dateline, a.authors, a.urgency, a.rights) == (
        "Reuters",
        "Oslo",
        ("Jana Reetz",),
        3,
        "© Nordwire Frei",
    )
    assert (a.topics, a.subjects) == (("Wirtschaft",), ("medtop:04000000", "medtop:20000001"))
    assert (a.people, a.organisations, a.places, a.tags) == (
        ("Tom Brinkmeyer",),
        ("Tidewerk",),
        ("Norwegen",),
        ("Schiffe", "Messe"),
    )
    assert a.image == Image("https://p.example/1.jpg", "Schiffe & Häfen", "", "Nordwire", 640, 480)
    assert a.source == Source(id="urn:newsml:example.org:2026:1", version="2", url="https://news.example/1")
    assert first.body == "Erster **Absatz** mit [Verweis](https://a.example/).\n\n| a | b |\n| --- | --- |\n"
    assert first.note.kind == "correction"
    assert (second.article.status, second.body, second.note.kind) == ("withdrawn", "", "withdrawal")


def test_newsml_g2_carries_nitf_plain_data_and_html_data():
    item = '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="g"><itemMeta><versionCreated>2026-11-20T10:00:00Z</versionCreated><title>T</title></itemMeta><contentMeta/><contentSet>%s</contentSet></newsItem>'
    nitf = f'<inlineXML contenttype="application/nitf+xml">{samples.NITF}</inlineXML>'
    story = one("a.xml", (item % nitf).encode())

    assert (story.article.title, story.article.authors, story.article.dateline) == ("T", ("Sarah Lindqvist",), "BERGEN")
    assert story.body.startswith("The EU said")
    assert (
        one(
            "a.xml",
            (
                item % '<inlineData contenttype="text/html">&lt;p&gt;A&lt;/p&gt;&lt;p&gt;B&lt;/p&gt;</inlineData>'
            ).encode(),
        ).body
        == "A\n\nB\n"
    )
    assert one("a.xml", (item % '<inlineXML/><inlineData encoding="base64">QUJD</inlineData>').encode()).article.excerpt


def test_a_package_alone_lists_what_it_refers_to():
    package = '<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="p"><itemMeta><versionCreated>2026-11-20T10:00:00Z</versionCreated></itemMeta><contentMeta><headline>Top</headline></contentMeta><groupSet><group><itemRef residref="a"><title>A &amp; B</title><description>Text.</description></itemRef><itemRef><headline>C</headline></itemRef></group></groupSet></packageItem>'

    assert one("p.xml", package.encode()).body == "## A & B\n\nText.\n\n## C\n"


def test_concepts_and_plans_are_refused_by_name():
    assert (
        "no news in this planningItem"
        in faults(b'<planningItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>', "x.xml")[0]
    )
    assert "no NewsItem" in faults(b"<NewsML/>", "x.xml")[0]


def test_nitf_gives_every_field():
    story = one("nitf.xml")
    a = story.article

    assert (a.title, a.summary, a.kicker, a.lang) == ("Herring comes back", "Slowly", "Herring", "en")
    assert (a.published, a.updated, a.expires) == (at(2026, 11, 20, 9, 30), at(2026, 11, 20, 10), at(2027, 11, 20))
    assert (a.agency, a.dateline, a.authors, a.urgency) == ("AP", "BERGEN", ("Sarah Lindqvist",), 2)
    assert (a.people, a.organisations, a.places) == (("Jana Reetz",), ("EU",), ("Brussels",))
    assert (a.topics, a.subjects, a.tags, a.rights) == (("Economy",), ("subj:04000000",), ("herring",), "AP 2026")
    assert a.image == Image("https://p.example/h.jpg", "Fish", "A fish", "Ole", 10, 10)
    assert a.source == Source(id="N1", version="3")
    assert story.body == "The EU said in Brussels that Jana Reetz agrees.\n\n## Numbers\n\n- one\n\n> Quoted.\n"
    assert story.note == Note("correction", "CORRECTS spelling")


def test_newsml_1_gives_every_field():
    story = one("newsml1.xml")
    a = story.article

    assert (a.title, a.summary, a.dateline, a.agency, a.authors) == (
        "Nachtzug fährt",
        "Ab Dezember",
        "Wien",
        "APA",
        ("Imke Saathoff",),
    )
    assert (a.published, a.updated, a.urgency) == (at(2026, 11, 20, 8, 30), at(2026, 11, 20, 9, 30), 5)
    assert (a.tags, a.subjects, a.rights) == (("Bahn",), ("subj:10000000",), "© APA")
    assert a.image == Image("zug.jpg", width=640, height=480)
    assert a.source.id == "urn:newsml:apa.at:20261120:42:1"
    assert story.body == "Er fährt & fährt.\n"


def test_newsml_1_carries_nitf_plain_text_and_html_text():
    def item(content, status="Usable"):
        return f'<NewsML><NewsItem><NewsManagement><Status FormalName="{status}"/></NewsManagement><NewsComponent><NewsLines><HeadLine>H</HeadLine></NewsLines><ContentItem><DataContent>{content}</DataContent></ContentItem></NewsComponent></NewsItem></NewsML>'.encode()

    assert one("a.xml", item(samples.NITF)).body.startswith("The EU said")
    assert one("a.xml", item("Plain\n\ntext")).body == "Plain\n\ntext\n"
    assert one("a.xml", item("&lt;p&gt;x&lt;/p&gt;")).body == "x\n"
    assert one("a.xml", item("", "Canceled")).article.status == "withdrawn"
    assert one("a.xml", item("")).article.excerpt


def test_rss_keeps_ids_full_text_and_pictures():
    full, teaser, bare = stories("rss.xml")
    a = full.article

    assert (a.title, a.summary, a.lang, a.tags, a.rights) == ("Eins & zwei", "Kurz.", "de", ("Hafen",), "© Kurier")
    assert (a.agency, a.dateline, a.authors) == ("dpa", "Hohenförde", ("Svea Harmsdorf",))
    assert a.source == Source(id="k-1", url="https://k.example/1")
    assert a.image == Image("https://p.example/1.jpg", credit="Ole", width=640, height=480)
    assert full.body == "Der **volle** Text\xa0steht hier.\n\nEr hat [zwei](https://k.example/2) Absätze.\n"
    assert (teaser.article.excerpt, teaser.article.published, teaser.article.image.src) == (
        True,
        at(2026, 11, 20, 11),
        "https://p.example/2.png",
    )
    assert teaser.article.source.id == "https://k.example/2"
    assert (bare.article.title, bare.article.title_source) == ("Nur Text, ohne alles: mit Bild darin", "lead")
    assert bare.article.image.src == "https://p.example/3.gif"


def test_atom_rss_1_and_rss_0_91_are_feeds_too():
    atom, old, older = one("atom.xml"), one("rss1.xml"), one("rss091.xml")

    assert (atom.article.title, atom.body, atom.article.source.id) == (
        "A ferry",
        "It *sails*.\n",
        "tag:s.example,2026:1",
    )
    assert (atom.article.published, atom.article.updated) == (at(2026, 11, 20, 9), at(2026, 11, 20, 10))
    assert (old.article.published, old.article.precision) == (at(2026, 11, 20), "day")
    assert (older.article.title, older.article.published) == ("Old news", at(2026, 11, 20, 9))


def test_a_json_feed_is_a_feed():
    seven, eight = stories("feed.json")

    assert (seven.body, seven.article.source.id, seven.article.authors) == (
        "Seven [links](https://j.example/x).\n",
        "7",
        ("Desk",),
    )
    assert (seven.article.updated, seven.article.image.src) == (at(2026, 11, 20, 10), "https://p.example/7.jpg")
    assert (eight.article.title, eight.article.authors, eight.article.precision) == ("Eight is plain", ("Ole",), "day")


@pytest.mark.parametrize(
    "feed",
    [
        b'<rss version="2.0"><channel><title>x</title></channel></rss>',
        b'{"version": "https://jsonfeed.org/version/1.1"}',
    ],
)
def test_a_feed_without_entries_is_named(feed):
    assert "a feed without entries" in faults(feed)[0]


def test_a_page_with_json_ld_gives_every_field():
    story = one("page.html")
    a = story.article

    assert (a.title, a.summary, a.lang, a.section) == ("Titel & mehr", "Kurz.", "de-DE", "Lokales")
    assert (a.published, a.updated) == (at(2026, 11, 20, 8, 30), at(2026, 11, 20, 9, 30))
    assert (a.authors, a.agency, a.tags) == (("Jana Reetz", "Tom Brinkmeyer"), "Kurier", ("Hafen", "Schiffe"))
    assert (a.people, a.topics, a.places, a.organisations) == (("Ole Tjarksen",), ("Häfen",), ("Oslo",), ("Tidewerk",))
    assert a.image == Image("https://k.example/b.jpg", "", "Bild", "Ole", 800, 600)
    assert a.source == Source(id="https://k.example/titel", url="https://k.example/titel")
    assert story.body == "Der **Text**.\n\nKasten\n\n## Mehr\n\nEnde.\n"


def test_a_page_without_json_ld_speaks_through_its_meta_tags():
    page = '<html lang=en><title>T &amp; T</title><meta name=author content="By"><meta property="og:image" content="https://p.example/o.jpg"><meta name="description" content="D"><meta property="og:url" content="https://k.example/1"><meta name=news_keywords content="a, b"><meta name=date content=2026-11-20><script type="application/ld+json">{broken</script><script type="application/ld+json">[{"@type":"Thing"}]</script><body><nav>menu<nav>x</nav>y</nav><div><p>Words.</p></div></body></html>'
    story = one("x.html", page.encode())
    a = story.article

    assert (a.title, a.summary, a.authors, a.tags, a.image.src) == (
        "T & T",
        "D",
        ("By",),
        ("a", "b"),
        "https://p.example/o.jpg",
    )
    assert (story.body, a.published, a.precision) == ("Words.\n", at(2026, 11, 20), "day")


def test_a_page_may_carry_its_whole_text_in_json_ld():
    data = {
        "@type": "NewsArticle",
        "headline": "H",
        "articleBody": "One.\n\nTwo.",
        "image": ["https://p.example/1.jpg", 5],
        "keywords": [{"name": "k"}],
        "url": "https://k.example/1",
        "author": None,
    }
    story = one("x.html", f'<div><script type="application/ld+json">{json.dumps(data)}</script></div>'.encode())

    assert (story.body, story.article.tags, story.article.image.src) == (
        "One.\n\nTwo.\n",
        ("k",),
        "https://p.example/1.jpg",
    )
    assert story.article.published == UNKNOWN_DATE


def test_reuters_21578_gives_each_story_of_the_file():
    story, brief, bare = stories("reut2.sgm")
    a = story.article

    assert (a.title, a.dateline, a.agency, a.published) == (
        "YARD WINS <TDWK> ORDER",
        "OSLO",
        "Reuters",
        at(1987, 2, 26, 15, 1),
    )
    assert (a.tags, a.places, a.people, a.organisations) == (("ship", "trade"), ("norway",), ("reetz",), ("ec",))
    assert story.body == "A yard won an order for two ferries that run on sail.\n\nIt is worth 3 mln dlrs.\n"
    assert (brief.article.title, brief.article.excerpt) == ("BANK RAISES RATES", True)
    assert bare.body == "Words without title\n"


def test_a_7901_frame_gives_its_header_and_its_text():
    story = one("frame.iptc")
    a = story.article

    assert (a.title, a.kicker, a.tags) == (
        "Sturm an der Küste - Fähren bleiben im Hafen",
        "Wetter/Ostsee",
        ("Wetter", "Ostsee"),
    )
    assert (a.published, a.precision, a.urgency, a.section) == (at(2026, 11, 20, 9, 30), "minute", 3, "Vermischtes")
    assert (a.agency, a.dateline, a.source.id) == ("dpa", "Hohenförde", "bdt0123-2026-11-20")
    assert story.dropped == ("(Foto - Archiv)",)
    assert "Küste der Ostsee getroffen. Verletzt" in story.body


def test_7901_frames_come_many_in_a_file_and_their_day_may_stand_in_the_text():
    text = b"\x01x\x02Berlin (dpa) - Eins und nochmals eins.\n\n201030 Mai 26\n\x03\x01\x02Berlin (dpa) - Zwei.\n\n991030 Foo 26\x03"
    first, second = stories("x", text)

    assert (first.article.published, first.article.source.id) == (at(2026, 5, 20, 8, 30), "")
    assert second.article.published == UNKNOWN_DATE
    assert (
        "no story" in faults(b"\x01x\x02  \x03\x01y", "x")[0] or "no words" in faults(b"\x01x\x02  \x03\x01y", "x")[0]
    )


def test_an_anpa_frame_gives_its_header_and_its_text():
    story = one("frame.anpa")
    a = story.article

    assert (a.title, a.kicker, a.authors, a.section) == (
        "Herring comes back to Norway",
        "Herring",
        ("SARAH LINDQVIST",),
        "International news",
    )
    assert (a.published, a.urgency, a.agency, a.dateline) == (at(2026, 11, 20, 14, 30), 4, "AP", "BERGEN, Norway")
    assert (a.source.id, story.dropped) == ("a0042-2026-11-20", ("BC-Herring,0120",))
    assert story.body.count("\n\n") == 1


def test_an_anpa_frame_without_trailer_has_no_day():
    story = one("x", b"\x16\x01a042 \x02OSLO (AP) _ Words of a story.\x03\r\nap-13-45-26 0930EST")

    assert (story.article.published, story.article.source.id, story.article.urgency) == (UNKNOWN_DATE, "", 0)
