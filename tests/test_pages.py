"""Pages: what readers, search engines and screen readers are given, and what hostile input cannot do to them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import DictLoader
from lxml import html as lxml_html
from msgspec import structs

from dateline.article import Correction, Image, Picture, Variant
from dateline.errors import DatelineError
from dateline.page import FeedLink, Link, Month, Pager, TermLink
from dateline.pages import Renderer, bars, letters, minutes, span
from dateline.templating import TemplateError
from newspages import (
    NOON,
    OURS,
    STORMY,
    article,
    article_page,
    every_kind,
    head,
    home_page,
    list_page,
    own,
    renderer,
    site,
    teaser,
)

PRESS = renderer()
PHOTO = Picture(Variant("/media/bild-800.jpg", 800, 600), Variant("/media/bild-800.jpg", 800, 600), "image/jpeg", 9, (), caption="Am Hafen")  # fmt: skip
EVIL = "\"><script>alert(1)</script><img src=x onerror='x'>&amp;"


def shown(page, html="", press=PRESS):
    return press.render(page, html).decode()


def tree(page, html="", press=PRESS):
    return lxml_html.fromstring(shown(page, html, press))


def data(page):
    return json.loads(tree(page).xpath('//script[@type="application/ld+json"]/text()')[0])


def text(element):
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("page", every_kind(), ids=lambda p: getattr(getattr(p, "head", None), "kind", ""))
def test_every_page_stands_as_the_rules_of_the_house_want_it(page):
    found = tree(*page)

    assert len(found.xpath("//h1")) == 1
    assert len(found.xpath("//main")) == 1
    assert found.xpath('//meta[@name="generator"]/@content') == ["dateline"]
    assert len(found.xpath("//head/title")) == 1
    assert found.xpath('string(//meta[@name="description"]/@content)')
    assert found.get("lang") == "de"
    assert not found.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")
    assert not found.xpath('//script[not(@src) and @type != "application/ld+json"]')
    if page[0].head.kind != "redirect":
        assert found.xpath("//body//a/@href")[0] == "#main"
    levels = [int(h.tag[1]) for h in found.xpath("//h1|//h2|//h3|//h4")]
    assert all(b <= a + 1 for a, b in pairwise(levels))


@pytest.mark.parametrize("lang", ["de", "en", "fr"])
def test_every_page_renders_in_every_language_with_fallback(lang):
    for page, html in every_kind():
        assert f'<html lang="{lang}">'.encode() in PRESS.render(
            structs.replace(page, head=structs.replace(page.head, lang=lang)), html
        )


def test_rendering_again_gives_the_same_bytes():
    another = renderer()
    for page, html in reversed(every_kind()):
        assert another.render(page, html) == PRESS.render(page, html) == PRESS.render(page, html)


def test_names_that_try_to_break_out_of_the_page_are_escaped_wherever_they_stand():
    story = article(
        title=EVIL,
        summary=EVIL,
        kicker=EVIL,
        agency=EVIL,
        dateline=EVIL,
        rights=EVIL,
        corrections=(Correction(NOON, EVIL),),
    )
    worse = structs.replace(PHOTO, alt=EVIL, caption=EVIL, credit=EVIL)
    link = Link(EVIL, f"/{EVIL}")
    bad = teaser(EVIL, summary=EVIL, section=EVIL, url=f"/{EVIL}", picture=worse)
    terms = (TermLink("topic", EVIL, EVIL, f"/{EVIL}", 1),)
    page = article_page(
        story,
        head=head(
            "article", title=EVIL, description=EVIL, alternates=(link,), feeds=(FeedLink(EVIL, f"/{EVIL}", EVIL),)
        ),
        section=link,
        agency=link,
        authors=(link,),
        terms=terms,
        previous=bad,
        next=bad,
        related=(bad,),
        picture=worse,
    )
    for one in (
        page,
        list_page(
            head=head("tag", title=EVIL, description=EVIL, trail=(link,)),
            heading=EVIL,
            stories=(bad,),
            description=EVIL,
            picture=worse,
            term=terms[0],
            related=terms,
        ),
        home_page(bad, bad, bad, bad, bad, terms=terms),
    ):
        source = shown(one)
        assert "<script>alert" not in source
        assert "<img src=x" not in source
        assert "&amp;lt;" not in source  # once is enough


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_headline_comes_out_of_the_page_as_it_went_in(title, summary):
    title = "".join(c for c in title if c.isprintable()) or "x"
    summary = "".join(c for c in summary if c.isprintable())
    page = article_page(article(title=title, summary=summary))
    assert data(page)["headline"] == title
    assert text(tree(page).xpath("//h1")[0]) == " ".join(title.split())


def test_an_article_says_when_it_appeared_on_the_clocks_of_the_newsroom():
    page = article_page()
    (stamp,) = tree(page).xpath("//main//time")
    assert stamp.get("datetime") == "2026-11-20T14:05:00+01:00"
    assert stamp.text == "20. November 2026, 14:05\u00a0Uhr"
    assert data(page)["datePublished"] == data(page)["dateModified"] == "2026-11-20T14:05:00+01:00"


def test_where_only_the_month_is_known_only_the_month_is_shown():
    first = datetime(2025, 11, 30, 23, 0, tzinfo=UTC)
    page = article_page(article(published=first, precision="month"))
    assert tree(page).xpath("//main//time/text()") == ["Dezember 2025"]
    assert data(page)["datePublished"] == "2025-12-01T00:00:00+01:00"


def test_updated_is_said_only_of_a_story_that_was():
    plain, later = article_page(), article_page(article(updated=NOON + timedelta(hours=2)))
    earlier = article_page(article(updated=NOON - timedelta(hours=2)))
    assert "Aktualisiert" not in shown(plain) + shown(earlier)
    assert "Aktualisiert" in shown(later)
    assert data(later)["dateModified"] == "2026-11-20T16:05:00+01:00"
    assert tree(later).xpath('//meta[@property="article:modified_time"]/@content') == ["2026-11-20T16:05:00+01:00"]
    assert data(earlier)["dateModified"] == data(earlier)["datePublished"]


def test_a_correction_is_visible_dated_and_reachable_from_lists():
    page = article_page(article(corrections=(Correction(NOON, "Es waren 18 Millionen."),)))
    note = tree(page).xpath('//*[@id="correction"]')[0]
    assert text(note) == "Korrektur 20. November 2026, 14:05 Uhr: Es waren 18 Millionen."
    assert data(page)["correction"] == ["Es waren 18 Millionen."]
    assert tree(list_page(stories=(teaser(corrected=True),))).xpath('//a[@class="fix"]/@href') == [
        "/2026/11/19/deich/#correction"
    ]


def test_the_breaking_label_is_text_and_comes_from_the_plan_alone():
    story = teaser(breaking=True)
    assert "Eilmeldung" not in shown(home_page(story))
    assert "Eilmeldung" in shown(home_page(story, breaking=frozenset({story.id})))
    assert "Eilmeldung" in shown(article_page(breaking=True))
    assert "Eilmeldung" not in shown(article_page(article(breaking=True)))


def test_a_withdrawn_story_shows_none_of_its_words():
    page = article_page(
        article(title="Geheimes", summary="Verschwiegenes"), head=head("withdrawn", title="Zurückgezogen", noindex=True)
    )
    source = shown(page)
    assert "Geheimes" not in source
    assert "Verschwiegenes" not in source
    assert "noindex" in source


def test_an_agency_story_has_an_organisation_as_its_author_and_a_byline_has_persons():
    agency = data(article_page(article(agency="dpa-AFX"), agency=Link("dpa-AFX", "/agencies/dpa-afx/")))
    assert agency["author"] == [
        {"@type": "Organization", "name": "dpa-AFX", "url": "https://kurier.example/agencies/dpa-afx/"}
    ]
    assert "sourceOrganization" not in agency

    person = data(
        article_page(
            article(authors=("Von Jette Harms", "dpa"), agency="dpa"),
            authors=(Link("Von Jette Harms", "/authors/jette/"), Link("dpa", "")),
        )
    )
    assert person["author"] == [
        {"@type": "Person", "name": "Jette Harms", "url": "https://kurier.example/authors/jette/"},
        {"@type": "Organization", "name": "dpa"},
    ]
    assert person["sourceOrganization"]["name"] == "dpa"

    nobody = data(article_page())
    assert nobody["author"] == [{"@type": "Organization", "name": "Hafenkurier", "url": "https://kurier.example/"}]
    unlinked = data(article_page(article(authors=("Ole Brandt",), agency="dpa")))
    assert unlinked["author"] == [{"@type": "Person", "name": "Ole Brandt"}]
    assert data(article_page(article(agency="dpa")))["author"] == [{"@type": "Organization", "name": "dpa"}]


def test_search_engines_are_told_what_readers_see():
    place = TermLink("place", "place:x", "Wattum", "/tags/wattum/")
    page = article_page(
        article(dateline="WATTUM"), picture=PHOTO, terms=(STORMY, place, TermLink("person", "p", "Imke", ""))
    )
    found = data(page)
    assert (
        found["mainEntityOfPage"]
        == tree(page).xpath('//link[@rel="canonical"]/@href')[0]
        == "https://kurier.example/2026/11/20/faehre/"
    )
    assert found["keywords"] == ["Wetter", "Wattum", "Imke"]
    assert found["about"] == [
        {"@type": "Place", "name": "Wattum", "url": "https://kurier.example/tags/wattum/"},
        {"@type": "Person", "name": "Imke"},
    ]
    assert found["image"] == [
        {
            "@type": "ImageObject",
            "url": "https://kurier.example/media/bild-800.jpg",
            "caption": "Am Hafen",
            "width": 800,
            "height": 600,
        }
    ]
    assert found["publisher"]["logo"]["url"] == "https://kurier.example/assets/icon.0.svg"
    assert found["dateline"] == "WATTUM"
    assert found["isAccessibleForFree"] is True
    assert len(data(article_page(article(title="Wort " * 40)))["headline"]) <= 110
    bare = data(article_page())
    assert "correction" not in bare
    assert bare["image"] == ["https://kurier.example/assets/card.0.png"]


def test_search_engines_are_told_where_a_page_stands():
    def steps(node):
        return [(step["name"], step.get("item", "")) for step in node["itemListElement"]]

    story = article_page(section=Link("Küste", "/sections/kueste/"))
    crumbs = json.loads(tree(story).xpath('//script[@type="application/ld+json"]')[1].text)
    assert steps(crumbs) == [
        ("Hafenkurier", "https://kurier.example/"),
        ("Küste", "https://kurier.example/sections/kueste/"),
        ("Fähre fährt", ""),
    ]
    tag = list_page(
        head=head("tag", "/tag/x/", trail=(Link("Themen", "/tags/"),)), term=TermLink("place", "p", "Wattum", "/x/")
    )
    found = data(tag)
    assert found["@type"] == "CollectionPage"
    assert steps(found["breadcrumb"])[1] == ("Themen", "https://kurier.example/tags/")
    assert found["mainEntity"]["itemListElement"][0]["url"] == "https://kurier.example/2026/11/19/deich/"
    assert found["about"] == {"@type": "Place", "name": "Wattum"}
    assert tree(tag).xpath('//nav[@class="up"]//a/@href') == ["/tags/"]
    assert data(home_page())["@type"] == "WebSite"
    assert "ld+json" not in shown(article_page(head=head("withdrawn")))


def test_a_headline_used_before_has_its_day_in_the_title_alone():
    found = tree(article_page(article(title="Euro kaum verändert " * 8), mark="20. November 2026"))
    title = found.xpath("//title/text()")[0]
    assert title.endswith("(20. November 2026) – Hafenkurier")
    assert len(title) <= 120
    assert "(20." not in text(found.xpath("//h1")[0])


def test_a_month_shows_its_headlines_under_their_days_and_where_the_rest_is():
    page = next(p for p, _ in every_kind() if p.head.kind == "month")
    loose = teaser("Ohne Tag", precision="month", published=datetime(2026, 11, 1, tzinfo=UTC))
    found = tree(structs.replace(page, stories=(*page.stories, loose)))
    assert [text(h) for h in found.xpath("//section/h2")] == ["Freitag, 20. November 2026", "November 2026"]
    assert found.xpath("//section/h2/a/@href") == ["/2026/11/20/"]
    assert [text(p) for p in found.xpath('//section/p[@class="meta"]')] == [
        "Alle 3 Meldungen: Freitag, 20. November 2026"
    ]


def test_a_year_shows_each_month_as_a_calendar_with_its_last_headlines():
    found = tree(next(p for p, _ in every_kind() if p.head.kind == "year"))
    assert [text(h) for h in found.xpath("//section/h2")] == ["November 2026 3 Meldungen"]
    assert found.xpath("//section//td/a/@href") == ["/2026/11/20/"]
    assert len(found.xpath('//section/ul[@class="ticker"]/li')) == 1


def test_the_archive_has_twelve_months_for_each_year():
    found = tree(next(p for p, _ in every_kind() if p.head.kind == "archive"))
    assert [text(m) for m in found.xpath('//ol[@class="months"]/li')][9:] == ["Okt", "Nov 3", "Dez"]


def test_a_day_with_many_stories_is_a_list_of_headlines():
    many = tuple(teaser(f"Meldung {n}", id=str(n)) for n in range(199))
    page = list_page("day", stories=many, count=199)
    assert len(tree(page).xpath('//ul[@class="ticker"]/li')) == 199
    assert len(shown(page)) < 100_000


def test_a_very_long_headline_is_set_smaller_and_never_cut():
    title = "Werft will ihr Dock umrüsten und dafür rund 64 Millionen Euro ausgeben " * 2
    assert tree(article_page(article(title=title))).xpath("//h1/@class") == ["long"]
    found = tree(list_page(stories=(teaser(title.strip()), teaser("Kurz"))))
    assert [c.get("class").split()[:3] for c in found.xpath('//article[contains(@class, "story")]')] == [
        ["story", "row", "long"],
        ["story", "row", "hue0"],
    ]
    assert title.strip() in text(found)


def test_a_site_without_pictures_and_icon_still_has_valid_data():
    press = renderer(card="", icon="", scripts={}, description="", search="")
    source = shown(article_page(), press=press)
    assert "og:image" not in source
    assert 'content="summary"' in source
    assert "logo" not in source
    for page, html in every_kind():
        press.render(page, html)


def test_a_picture_of_another_host_is_never_loaded():
    source = shown(article_page(article(image=Image("https://cdn.example/x.jpg", alt="x"))))
    assert "<img" not in source
    assert "<img" not in shown(list_page(stories=(teaser(image=Image("https://cdn.example/x.jpg")),)))


def test_a_site_below_a_path_has_it_in_every_address():
    press = Renderer(OURS, {"de": site(base_url="https://kurier.example/news/", root="/news/", logo="static/logo.svg")})
    for page, html in every_kind():
        found = tree(page, html, press)
        addresses = [
            a
            for a in found.xpath("//body//@href | //@src | //link/@href")
            if not a.startswith(("http", "#", "mailto:"))
        ]
        assert all(a.startswith("/news/") for a in addresses), addresses
        assert all(a.startswith("https://kurier.example/news/") for a in found.xpath('//link[@rel="canonical"]/@href'))


def test_a_headline_in_another_language_says_so():
    page = list_page(stories=(teaser("Ferry sails", lang="en"),))
    assert tree(page).xpath("//h2/@lang") == ["en"]
    english = article_page(article(lang="en"))
    assert tree(english).xpath("//article/@lang") == ["en"]
    assert tree(english).xpath('//div[@class="byline"]/@lang') == ["de"]


def test_a_bilingual_site_links_each_page_to_its_other_language():
    both = (Link("Deutsch", "/", "de"), Link("English", "/en/", "en"))
    press = renderer(languages=both)
    home = tree(home_page(head=head("home", "/", alternates=both)), press=press)
    assert home.xpath("//link[@hreflang]/@href") == ["https://kurier.example/", "https://kurier.example/en/"]
    assert home.xpath('//nav//a[@hreflang="en"]/text()') == ["English", "English"]
    lost = tree(every_kind()[-4][0], press=press)
    assert "This page does not exist." in text(lost.xpath('//p[@lang="en"]')[0])
    titles = {
        text(tree(home_page(head=head("home", "/", lang=lang)), press=press).xpath("//head/title")[0])
        for lang in ("de", "en")
    }
    assert len(titles) == 2


def test_the_menu_marks_the_page_and_the_section_of_a_story():
    section = Link("Küste", "/sections/kueste/")
    here = list_page("section", head=head("section", "/sections/kueste/"))
    assert tree(here).xpath('//nav//a[@aria-current="page"]/text()') == ["Küste"]
    assert tree(article_page(section=section)).xpath('//nav//a[@aria-current="true"]/text()') == ["Küste"]


def test_the_date_of_the_paper_stands_on_the_front_page_only():
    assert "Freitag, 20. November 2026" in shown(home_page())
    assert "Freitag" not in shown(article_page())


def test_the_front_page_shows_no_story_twice():
    stories = tuple(teaser(f"Meldung {n}", id=str(n)) for n in range(30))
    page = home_page(
        *stories,
        sections=((Link("Küste", "/sections/kueste/"), stories[:6]), (Link("Leer", "/sections/leer/"), stories[:2])),
    )
    found = tree(page)
    assert found.xpath('count(//h2/a[text()="Meldung 0"] | //h3/a[text()="Meldung 0"])') == 1
    assert not found.xpath('//h2/a[text()="Leer"]')


def test_pages_of_a_list_lead_to_their_neighbours():
    pager = Pager(2, 5, "/tag/x/page/3/", "/tag/x/page/1/", tuple(Link(str(n), f"/tag/x/page/{n}/") for n in (3, 2, 1)))
    found = tree(list_page(pager=pager, head=head("tag", "/tag/x/page/2/")))
    assert found.xpath('//a[@rel="next"]/@href') == ["/tag/x/page/1/"]
    assert found.xpath('//nav[@class="pager"]//a[@aria-current="page"]/text()') == ["2"]
    assert "Seite 2 von 5" in text(found)
    old = tree(list_page(pager=Pager(2, 0, "/a/", "")))
    assert "Seite 2, gezählt von der ältesten" in text(old)


@pytest.mark.parametrize(
    ("kind", "name"), [("person", "Person"), ("place", "Ort"), ("organisation", "Organisation"), ("keyword", "Thema")]
)
def test_a_tag_page_says_what_it_is_about(kind, name):
    term = TermLink(kind, f"{kind}:x", "X", "/tags/x/")
    page = list_page(term=term, related=(STORMY,), first=NOON, last=NOON)
    found = tree(page)
    assert text(found.xpath('//header[contains(@class, "intro")]/p')[0]) == name
    assert [text(d) for d in found.xpath("//dd")] == ["1", "20. November 2026", "20. November 2026"]


def test_bars_fill_the_months_between_and_stop_after_three_years():
    drawn = bars((Month(2025, 12, 1), Month(2026, 2, 40)))
    assert len(drawn) == 12
    drawn = drawn[9:]
    assert [(b.month.year, b.month.month, b.height) for b in drawn] == [(2025, 12, 3), (2026, 1, 0), (2026, 2, 100)]
    assert len(bars((Month(1, 1, 1), Month(9999, 12, 1)))) == 36
    assert bars(()) == ()
    assert bars((Month(2026, 1, 0),))[-1].height == 0
    assert bars((Month(1, 2, 5),))[0].month == Month(1, 1, 0)
    assert "<rect" not in shown(list_page(months=(Month(2026, 1, 3),)))


def test_the_register_files_umlauts_with_their_letters_and_digits_last():
    terms = [TermLink("topic", n, n, "/x/") for n in ("Zoo", "Öl", "Oper", "5G", "apfel")]
    assert [(letter, [t.label for t in group]) for letter, group in letters(terms)] == [
        ("A", ["apfel"]),
        ("O", ["Öl", "Oper"]),
        ("Z", ["Zoo"]),
        ("#", ["5G"]),
    ]


def test_a_calendar_links_its_days_and_tells_how_full_they_are():
    entries = (("2026-11-02", "/2026/11/02/", 1), ("2026-11-20", "/2026/11/20/", 8))
    page = next(p for p, _ in every_kind() if p.head.kind == "month")
    cells = tree(structs.replace(page, entries=entries)).xpath("//td/a")
    assert [(c.text, c.get("aria-label"), c.getparent().get("class")) for c in cells] == [
        ("2", "2. November 2026: 1 Meldung", "full heat1"),
        ("20", "20. November 2026: 8 Meldungen", "full heat4"),
    ]


def test_reading_time_is_never_nothing():
    assert [minutes(n) for n in (0, 1, 330, 2200)] == [1, 1, 2, 10]


def test_a_time_is_named_as_exactly_as_it_is_known():
    from dateline.i18n import language

    assert [span(language("de"), day) for day in ("2025", "2025-12", "2025-12-03")] == [
        "2025",
        "Dezember 2025",
        "3. Dezember 2025",
    ]


def test_stories_without_a_day_stand_under_their_month():
    stories = [teaser(str(n), id=str(n)) for n in range(8)]
    loose = teaser("Lose", precision="month", published=datetime(2026, 10, 1, tzinfo=UTC))
    assert "<h3>Oktober 2026</h3>" in shown(home_page(*stories, loose))


def test_a_card_is_rendered_once_and_forgotten_in_time(monkeypatch):
    import dateline.pages

    monkeypatch.setattr(dateline.pages, "_PARTS", 4)
    press = renderer()
    for n in range(20):
        assert f"Meldung {n}<" in shown(list_page(stories=(teaser(f"Meldung {n}"),)), press=press)


def test_a_newsroom_without_languages_cannot_print():
    with pytest.raises(DatelineError, match="no site"):
        Renderer(OURS, {}).render(article_page())


def fault_of(page=None, **templates):
    with pytest.raises(TemplateError) as caught:
        renderer(own(**templates)).render(page or article_page())
    return caught.value


def test_an_undefined_name_is_reported_with_its_line_and_the_way_there():
    error = fault_of(
        article='{% extends "base.html" %}\n{% block content %}\n{% include "partials/mine.html" %}\n{% endblock %}',
        **{"partials/mine": "<p>\n{{ artikel.title }}</p>"},
    )
    assert error.problem.place == "templates/partials/mine.html:2"
    assert error.problem.problem.startswith("'artikel' is undefined, from templates/article.html:3")
    assert error.chain[-1] == ("partials/mine.html", 2)


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("\n{% if %}", 2, "Expected an expression"),
        ("{% block x %}", 1, "end of template"),
        ("\n\n{{ article.titel }}", 3, "titel"),
        ("{{ 1 / 0 }}", 1, "ZeroDivisionError"),
        ("{{ 'x'|nosuch }}", 1, "No filter named 'nosuch'"),
        ("\n{% include 'nowhere.html' %}", 2, "no template 'nowhere.html'"),
        ("{% include 'article.html' %}", 1, "without end"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{{ cycler.__init__.__globals__ }}", 1, "unsafe"),
        ("{{ 'a' * 9999999999 }}", 1, "too large"),
        ("{{ 9999999999 * [1] }}", 1, "too large"),
        ("{% for i in range(999999999) %}x{% endfor %}", 1, "Range too big"),
        ("{{ 9 ** 9999999 }}", 1, "too large"),
        ("{{ '%9999999999d' % 1 }}", 1, "pads to a width"),
        ("{{ '%9999999999d'|format(1) }}", 1, "too large"),
        ("{{ 'a'.ljust(9999999999) }}", 1, "too large"),
        ("{{ 'a'|center(9999999999) }}", 1, "too large"),
        ("{{ head.__class__ }}", 1, "unsafe"),
        ("{{ article.tags.append(1) }}", 1, "append"),
        ("{{ part('nowhere.html') }}", 1, "no template 'nowhere.html'"),
        ("{{ part('partials/card.html') }}", 7, "undefined"),
    ],
)
def test_what_goes_wrong_in_a_template_is_said_with_its_line(source, line, says):
    error = fault_of(article=source)
    assert says in error.problem.problem
    if "partials/card" not in source:
        assert error.problem.place == f"templates/article.html:{line}"
    assert error.problem.remedy


def test_a_deadline_that_strikes_inside_a_template_is_no_fault_of_the_template():
    class Late:
        def __iter__(self):
            raise DatelineError("content/a.md", "took too long")

    with pytest.raises(DatelineError, match=r"content/a.md: took too long"):
        PRESS.render(article_page(head=head("article", alternates=Late())))


def test_a_missing_template_is_named():
    bare = renderer(structs_without("article.html"))
    with pytest.raises(TemplateError, match=r"templates/article.html: there is no template"):
        bare.render(article_page())


def structs_without(name):
    from dateline.theme import Theme

    return Theme({k: v for k, v in OURS.texts.items() if k != name}, OURS.assets)


def test_ordinary_arithmetic_stays_allowed_in_templates():
    press = renderer(
        own(
            article="{{ 2 * 3 }}{{ 2 ** 8 }}{{ 7 % 4 }}{{ 'ab' * 2 }}{{ '%03d' % 5 }}{{ 'x'.upper() }}{{ 'a'|center(3) }}{% for i in range(2) %}{{ loop.index }}{{ loop.cycle('o', 'e') }}{% endfor %}"
        )
    )
    assert press.render(article_page()) == b"62563abab005X a 1o2e"


def test_a_newsroom_changes_one_block_and_keeps_the_rest():
    press = renderer(
        own(
            article='{% extends "default/article.html" %}{% block share %}<p>{{ site.extra.slogan }}</p>{% endblock %}'
        ),
        extra={"slogan": "Moin"},
    )
    source = shown(article_page(), press=press)
    assert "<p>Moin</p>" in source
    assert "wa.me" not in source
    assert "<h1" in source


def test_escaping_remembers_only_so_much(monkeypatch):
    import dateline.templating
    from dateline.templating import Environment

    monkeypatch.setattr(dateline.templating, "_ESCAPED", 2)
    made = Environment(DictLoader({}))
    assert [str(made.escape(x)) for x in ("<a>", "<b>", "<c>", "<a>", 5, "<" * 300)] == [
        "&lt;a&gt;",
        "&lt;b&gt;",
        "&lt;c&gt;",
        "&lt;a&gt;",
        "5",
        "&lt;" * 300,
    ]


def test_an_article_stays_light():
    body = "<p>" + "Die Fähre fährt wieder nach Plan. " * 300 + "</p>"
    story = article_page(related=tuple(teaser(f"M {n}") for n in range(4)), terms=(STORMY,) * 10)
    assert len(PRESS.render(story, body)) - len(body.encode()) < 12_000


def test_the_page_of_feeds_gives_whole_addresses_for_the_site_and_links_for_the_rest():
    page = next(p for p, _ in every_kind() if p.head.kind == "feeds")
    feeds = tuple(
        (f"Thema {n}", (FeedLink("x", f"/tags/thema-{n}/feed.xml", "application/rss+xml"),)) for n in range(400)
    )
    found = tree(structs.replace(page, feeds=feeds))
    assert found.xpath("//code/text()") == [f"https://kurier.example/tags/thema-{n}/feed.xml" for n in range(3)]
    assert len(found.xpath('//ul[@class="entries"]//a')) == 397
    assert len(shown(structs.replace(page, feeds=feeds))) < 100_000


def test_no_text_of_the_pages_is_left_in_english_in_german():
    source = "".join(shown(page, html) for page, html in every_kind())
    assert not re.search(r">\s*(?:Search|Archive|Published|More|Latest|Share|Topics|About)\b", source)


def test_a_broken_template_is_taken_apart_once_however_many_pages_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from jinja2.parser import Parser

    from dateline.templating import environment

    takes: list[str | None] = []
    parse = Parser.parse
    monkeypatch.setattr(Parser, "parse", lambda self: takes.append(self.name) or parse(self))
    made = environment({"article.html": "\n{% if %}"}, None, "templates/")

    faults = set()
    for _page in range(3):
        with pytest.raises(jinja2.TemplateSyntaxError) as caught:
            made.get_template("article.html")
        faults.add((str(caught.value), caught.value.lineno))

    assert takes == ["article.html"]
    assert len(faults) == 1
