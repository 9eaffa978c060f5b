"""Small documents of every machine format, written for these tests."""

import json

NINJS1 = {
    "uri": "tag:nordwire.example,2026:dock",
    "type": "text",
    "version": "2",
    "versioncreated": "2026-11-18T11:00:00+01:00",
    "firstcreated": "2026-11-18T10:00:00+01:00",
    "pubstatus": "usable",
    "urgency": 4,
    "language": "de",
    "headline": "Werft baut Dock um",
    "description_summary": "Es kostet 64 Millionen Euro.",
    "body_text": "Hohenförde (dpa) - Die Werft baut ihr Dock um.\n\n3. Absatz.",
    "byline": "Von Jana Reetz und Tom Brinkmeyer, dpa",
    "located": "Hohenförde",
    "slugline": "Werft/Dock",
    "copyrightholder": "Deutsche Presse-Agentur",
    "copyrightnotice": "© dpa",
    "usageterms": "Nur für Kunden",
    "ednote": "Berichtigung: 64 statt 46 Millionen",
    "person": [{"name": "Jana Reetz", "rel": "about"}],
    "place": [{"name": "Hohenförde"}],
    "organisation": [{"name": "Tidewerk"}],
    "event": [{"name": "Hafenfest"}],
    "object": [{"name": "Dock 4"}],
    "subject": [
        {"name": "Wirtschaft", "scheme": "http://cv.iptc.org/newscodes/mediatopic/", "code": "04000000"},
        {"name": "Werften", "code": "http://cv.iptc.org/newscodes/mediatopic/20000001"},
        {"code": "x:1"},
        {"scheme": "http://other.example/", "code": "7"},
    ],
    "associations": {
        "side": {"uri": "x", "type": "picture", "renditions": {"a": {"href": "http://p.example/side.jpg"}}},
        "mainpic": {
            "uri": "y",
            "type": "picture",
            "headline": "Das Dock",
            "description_caption": "Das Dock am Abend",
            "byline": "Ole Tjarksen",
            "renditions": {
                "small": {"href": "http://p.example/s.jpg", "width": 100, "height": 50, "mimetype": "image/jpeg"},
                "large": {"href": "http://p.example/l.jpg", "width": 1000.0, "height": 500},
                "film": {"href": "http://p.example/l.mp4", "mimetype": "video/mp4"},
            },
        },
    },
}

NINJS3 = {
    "uri": "tag:nordwire.example,2026:fair",
    "standard": {"name": "ninjs", "version": "3.1"},
    "type": "text",
    "versionCreated": "2026-11-19T08:00:00Z",
    "embargoedUntil": "2026-11-20T06:00:00Z",
    "expires": "2027-11-20T06:00:00Z",
    "by": "Jana Reetz",
    "headlines": [{"role": "sub", "value": "Nicht diese"}, {"role": "main", "value": "A fair opens"}],
    "bodies": [
        {"role": "main", "contentType": "text/plain", "value": "Plain."},
        {"role": "main", "contentType": "text/html", "value": "<p>The fair is <b>open</b>.</p><ul><li>One</li></ul>"},
    ],
    "descriptions": [{"role": "summary", "value": "It opens."}],
    "infoSources": [{"name": "Associated Press"}],
    "people": [{"name": "Sarah Lindqvist"}],
    "places": [{"name": "Norway"}],
    "subjects": [{"name": "arts", "uri": "http://cv.iptc.org/newscodes/mediatopic/01000000"}],
    "keywords": ["fair", {"name": "opening"}],
    "renditions": [],
    "associations": [
        {"name": "logo", "uri": "z", "type": "picture", "renditions": [{"name": "n", "href": "./pics/logo.png"}]}
    ],
}

DIGITALWIRES = {
    "format": "digitalwires@0.9.1",
    "type": "composite",
    "urn": "urn:newsml:dpa.com:20090101:261120-99-000001",
    "version": 3,
    "version_created": "2026-11-20T09:30:00+01:00",
    "pubstatus": None,
    "language": "de",
    "urgency": 4,
    "kicker": "Schifffahrt",
    "headline": "Fähre fährt mit Wasserstoff",
    "teaser": "Die erste ihrer Art.",
    "byline": "Von Jana Reetz, dpa",
    "dateline": "Hohenförde (dpa) - ",
    "article_html": '<section class="main"><p>Die Fähre <em>Graude</em> fährt.</p><h2>Leise</h2><p>Man hört sie kaum.</p></section>',
    "copyrightnotice": "© dpa",
    "notepad": {"nonpublic_html": "<p>GEHEIM 0171</p>", "public_html": "<p>Hinweis</p>"},
    "ednotes": [
        {"type": "dpaednotetype:correction", "ednote": "Korrektur im 2. Absatz"},
        {"role": "contact", "ednote": "GEHEIM"},
    ],
    "categories": [
        {"type": "dnltype:keyword", "name": "Fähre", "rank": 2},
        {"type": "dnltype:keyword", "name": "Wasserstoff", "rank": 1},
        {"type": "dnltype:dpasubject", "name": "Verkehr", "qcode": "dpasubject:1"},
        {"type": "dnltype:geosubject", "name": "Ostsee"},
        {"type": "dnltype:ressort", "name": "Wirtschaft"},
        {"type": "dnltype:provider", "name": "dpa", "qcode": "dnlprov:dpa"},
    ],
    "associations": [
        {"type": "video", "renditions": []},
        {
            "type": "image",
            "headline": "Graude",
            "caption": "Die Graude im Hafen",
            "creditline": "Ole Tjarksen/dpa",
            "renditions": [
                {"url": "https://p.example/t.jpg", "role": "thumbnail", "width": 9999, "height": 9999},
                {"url": "https://p.example/m.jpg", "width": 800, "height": 600},
            ],
        },
    ],
}

G2 = """<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:newsml:example.org:2026:1" version="2" xml:lang="de">
 <rightsInfo><copyrightHolder><name>Nordwire</name></copyrightHolder><copyrightNotice>© Nordwire</copyrightNotice><usageTerms>Frei</usageTerms></rightsInfo>
 <itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:REUTERS"/><versionCreated>2026-11-20T10:00:00+01:00</versionCreated>
  <firstCreated>2026-11-20T09:00:00+01:00</firstCreated><embargoed>2026-11-21T00:00:00Z</embargoed><pubStatus qcode="stat:usable"/>
  <edNote>Für Redaktionen</edNote><signal qcode="sig:correction"/><service><name>Basisdienst</name></service>
  <link rel="irel:permalink" href="https://news.example/1"/></itemMeta>
 <contentMeta><urgency>3</urgency><located><name>Oslo</name></located><by>Von Jana Reetz</by><creditline>Nordwire</creditline>
  <subject type="cpnat:abstract" qcode="medtop:04000000"><name>Wirtschaft</name></subject>
  <subject type="cpnat:abstract" uri="http://cv.iptc.org/newscodes/mediatopic/20000001"/>
  <subject type="cpnat:person"><name>Tom Brinkmeyer</name></subject><subject type="cpnat:organisation"><name>Tidewerk</name></subject>
  <subject type="cpnat:geoArea"><name>Norwegen</name></subject><subject type="cpnat:event"><name>Messe</name></subject>
  <keyword>Schiffe</keyword><slugline>Schiffe/Norwegen</slugline><language tag="de"/>
  <headline role="hld:sub">Unten</headline><headline role="hld:main">Schiffe &amp; Häfen</headline>
  <description role="drol:summary">Kurz gesagt.</description></contentMeta>
 <contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>
  <p>Erster <b>Absatz</b> mit <a href="https://a.example/">Verweis</a>.</p><script>x()</script><table><tr><td>a</td><td>b</td></tr></table></body></html></inlineXML>
  <remoteContent contenttype="image/jpeg" href="https://p.example/1.jpg" width="640" height="480"/></contentSet>
</newsItem>
<newsItem guid="urn:newsml:example.org:2026:2"><itemMeta><itemClass qcode="ninat:text"/><versionCreated>2026-11-20T11:00:00Z</versionCreated><pubStatus qcode="stat:canceled"/></itemMeta>
 <contentMeta><headline>Zurückgezogen</headline></contentMeta><contentSet><inlineData contenttype="text/plain">Ein Text.

Noch ein Text.</inlineData></contentSet></newsItem>
</itemSet></newsMessage>"""

NITF = """<nitf xml:lang="en"><head><title>Title</title><docdata><doc-id id-string="N1" regsrc="AP"/><urgency ed-urg="2"/>
<date.issue norm="20261120T093000Z"/><date.release norm="20261120T100000Z"/><date.expire norm="20271120T000000Z"/><du-key key="Herring" version="3"/>
<ed-msg info="CORRECTS spelling"/><doc.copyright holder="AP" year="2026"/><key-list><keyword key="herring"/></key-list></docdata>
<tobject><tobject.subject tobject.subject.refnum="04000000" tobject.subject.type="Economy"/></tobject></head>
<body><body.head><hedline><hl1>Herring comes back</hl1><hl2>Slowly</hl2></hedline><byline>By <person>Sarah Lindqvist</person></byline>
<distributor><org>The Associated Press</org></distributor><dateline><location><city>BERGEN</city>, <country>Norway</country></location></dateline></body.head>
<body.content><media media-type="image"><media-reference source="https://p.example/h.jpg" width="10" height="10" alternate-text="Fish"/><media-caption>A fish</media-caption><media-producer>Ole</media-producer></media>
<block><p>The <org>EU</org> said in <location>Brussels</location> that <person>Jana Reetz</person> agrees.</p><hl2>Numbers</hl2><ul><li>one</li></ul><bq><block><p>Quoted.</p></block></bq></block></body.content></body></nitf>"""

NEWSML1 = """<NewsML><NewsEnvelope><SentFrom><Party FormalName="APA"/></SentFrom></NewsEnvelope><NewsItem>
<Identification><NewsIdentifier><NewsItemId>42</NewsItemId><RevisionId Update="N">1</RevisionId><PublicIdentifier>urn:newsml:apa.at:20261120:42:1</PublicIdentifier></NewsIdentifier></Identification>
<NewsManagement><FirstCreated>20261120T093000+0100</FirstCreated><ThisRevisionCreated>20261120T103000+0100</ThisRevisionCreated><Status FormalName="Usable"/><Urgency FormalName="5"/></NewsManagement>
<NewsComponent xml:lang="de"><NewsLines><HeadLine>Nachtzug fährt</HeadLine><SubHeadLine>Ab Dezember</SubHeadLine><ByLine>Von Imke Saathoff</ByLine><DateLine>Wien (APA) -</DateLine><KeywordLine>Bahn</KeywordLine><CopyrightLine>© APA</CopyrightLine></NewsLines>
<DescriptiveMetadata><Language FormalName="de"/><SubjectCode><Subject FormalName="10000000"/></SubjectCode></DescriptiveMetadata>
<NewsComponent><ContentItem><MediaType FormalName="Text"/><DataContent><html><head><title>x</title></head><body><p>Er fährt &amp; fährt.</p></body></html></DataContent></ContentItem></NewsComponent>
<NewsComponent><ContentItem Href="zug.jpg"><MediaType FormalName="Photo"/><Characteristics><Property FormalName="Width" Value="640"/><Property FormalName="Height" Value="480"/></Characteristics></ContentItem></NewsComponent>
</NewsComponent></NewsItem></NewsML>"""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Förde-Kurier</title><link>https://k.example/</link><language>de</language><copyright>© Kurier</copyright><pubDate>Fri, 20 Nov 2026 12:00:00 +0100</pubDate>
<item><title>Eins &amp;amp; zwei</title><link>https://k.example/1</link><guid isPermaLink="false">k-1</guid><pubDate>Fri, 20 Nov 2026 09:30:00 +0100</pubDate><dc:creator>Svea Harmsdorf</dc:creator>
<category>Hafen</category><description>Kurz.</description><content:encoded><![CDATA[<p>Hohenförde (dpa) - Der <b>volle</b> Text&nbsp;steht hier.</p><p>Er hat <a href="/2">zwei</a> Absätze.</p>]]></content:encoded>
<media:content url="https://p.example/1.jpg" medium="image" width="640" height="480"/><media:content url="https://p.example/1.mp4" medium="video"/><media:credit>Ole</media:credit></item>
<item><title>Zwei</title><link>https://k.example/2</link><description>Der Anfang eines langen Textes ... weiterlesen</description><enclosure url="https://p.example/2.png" type="image/png" length="1"/></item>
<item><description>Nur Text, ohne alles: &lt;img src="https://p.example/3.gif"&gt; mit Bild &lt;i&gt;darin&lt;/i&gt;.</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Sample</title><id>tag:s.example,2026:f</id><updated>2026-11-20T12:00:00Z</updated>
<entry><id>tag:s.example,2026:1</id><title type="html">A &lt;b&gt;ferry&lt;/b&gt;</title><link href="https://s.example/1"/><published>2026-11-20T09:00:00Z</published><updated>2026-11-20T10:00:00Z</updated>
<author><name>Jana Reetz</name></author><category term="ferries" label="Ferries"/><summary>Short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>It <em>sails</em>.</p></div></content><rights>free</rights></entry></feed>"""

RSS1 = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://r.example/"><title>R</title><link>https://r.example/</link><description>d</description></channel>
<item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link><description>The text of one.</description><dc:date>2026-11-20</dc:date></item></rdf:RDF>"""

RSS091 = '<rss version="0.91"><channel><title>Old</title><link>https://o.example/</link><lastBuildDate>Fri, 20 Nov 2026 09:00:00 GMT</lastBuildDate><item><title>Old news</title><link>https://o.example/1</link><description>Still read.</description></item></channel></rss>'

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "J",
    "language": "en",
    "authors": [{"name": "Desk"}],
    "items": [
        {
            "id": 7,
            "url": "https://j.example/7",
            "title": "Seven",
            "summary": "Sum.",
            "content_html": '<p>Seven <a href="../x">links</a>.</p>',
            "date_published": "2026-11-20T09:00:00Z",
            "date_modified": "2026-11-20T10:00:00Z",
            "tags": ["a", "b"],
            "image": "https://p.example/7.jpg",
        },
        {"id": "8", "content_text": "Eight is plain.", "date_published": "2026-11-20", "authors": [{"name": "Ole"}]},
    ],
}

PAGE = """<!DOCTYPE html><html lang="de"><head><title>Kurier: Titel</title><link rel="canonical" href="https://k.example/titel">
<meta property="og:title" content="OG Titel"><meta property="og:image" content="https://p.example/og.jpg"><meta property="article:published_time" content="2026-11-20T08:00:00+01:00">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":["NewsArticle"],"headline":"Titel &amp; mehr","datePublished":"2026-11-20T09:30:00+01:00","dateModified":"2026-11-20T10:30:00+01:00",
"author":[{"@type":"Person","name":"Jana Reetz"},"Tom Brinkmeyer"],"publisher":{"@type":"Organization","name":"Kurier"},"description":"Kurz.","keywords":"Hafen, Schiffe","articleSection":["Lokales"],"about":[{"@type":"Person","name":"Ole Tjarksen"},{"@type":"Thing","name":"Häfen"}],
"mentions":[{"@type":"Place","name":"Oslo"},{"@type":"Organization","name":"Tidewerk"}],"image":{"@type":"ImageObject","url":"/b.jpg","width":800,"height":600,"caption":"Bild","creditText":"Ole"},"mainEntityOfPage":{"@id":"https://k.example/titel"},"inLanguage":"de-DE"}]}</script>
<script>var x = "<article>";</script></head><body><nav><p>Menü</p></nav><header><h1>Titel</h1></header><article><h1>Titel</h1><p>Der <b>Text</b>.</p><aside>Werbung</aside><article><p>Kasten</p></article><h2>Mehr</h2><p>Ende.</p></article><footer>Impressum</footer></body></html>"""

SGML = """<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>ship</D><D>trade</D></TOPICS><PLACES><D>norway</D></PLACES><PEOPLE><D>reetz</D></PEOPLE><ORGS><D>ec</D></ORGS><EXCHANGES></EXCHANGES><COMPANIES></COMPANIES>
<UNKNOWN>&#5;&#5;</UNKNOWN><TEXT>&#2;
<TITLE>YARD WINS &lt;TDWK> ORDER</TITLE><DATELINE>    OSLO, Feb 26 - </DATELINE><BODY>A yard won an order for two
ferries that run on sail.
    It is worth 3 mln dlrs.
 REUTER
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS NEWID="2"><DATE>26-FEB-1987 15:02:00.00</DATE><TEXT TYPE="BRIEF"><TITLE>******BANK RAISES RATES</TITLE></TEXT></REUTERS>
<REUTERS NEWID="3"><DATE>broken</DATE><TEXT TYPE="UNPROC">Words without title
</TEXT></REUTERS>
"""

IPTC7901 = (
    b"\x01\r\nbdt0123 3 vm 71  dpa 0345\r\n\r\n\x02Wetter/Ostsee/\r\nSturm an der K\xc3\xbcste - F\xc3\xa4hren bleiben im\r\nHafen (Foto - Archiv) =\r\n\r\n"
    b"Hohenf\xc3\xb6rde (dpa) - Ein Sturm hat am Freitag die K\xc3\xbcste der Ostsee\r\ngetroffen. Verletzt wurde niemand.\r\n\r\nDas Wasser stieg auf 1,71 Meter \xc3\xbcber den mittleren Stand.\r\n\x03\r\n201030 Nov 26\r\n\x04"
)

ANPA = (
    b"\x16\x16\x01a0042\x1fap---\r\nr i\x11bc-Herring 11-20 0120\r\n\x02^BC-Herring,0120<\r\n^Herring comes back to Norway<\r\n^By SARAH LINDQVIST<\r\n"
    b"   BERGEN, Norway (AP) _ Herring came back on Friday to the coast of Norway, where\r\nnobody had expected them.\r\n   They are many.\r\n\x03\r\nap-ny-11-20-26 0930EST\r\n\x04"
)

SAMPLES = {
    "ninjs1.json": json.dumps(NINJS1).encode(),
    "ninjs3.json": json.dumps([NINJS3, NINJS1]).encode(),
    "dw.json": json.dumps(DIGITALWIRES).encode(),
    "g2.xml": G2.encode(),
    "nitf.xml": NITF.encode(),
    "newsml1.xml": NEWSML1.encode(),
    "rss.xml": RSS.encode(),
    "atom.xml": ATOM.encode(),
    "rss1.xml": RSS1.encode(),
    "rss091.xml": RSS091.encode(),
    "feed.json": json.dumps(JSON_FEED).encode(),
    "page.html": PAGE.encode(),
    "reut2.sgm": SGML.encode(),
    "frame.iptc": IPTC7901,
    "frame.anpa": ANPA,
}
