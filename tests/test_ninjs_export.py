"""ninjs 3.1 as the next newsroom's machine reads it, held against the official schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dateline
from dateline.article import Article, Source
from dateline.ninjs_export import ninjs
from dateline.page import Category, Entry
from newsstand import CRANE, MORNING, entry, hours

SCHEMAS = Path(dateline.__file__).parent / "wire" / "schemas"


def export(story: Entry, **values: Any) -> dict[str, Any]:
    article = Article(id=story.id, title=story.title, published=story.published, **values)
    return json.loads(ninjs(story, article))


@pytest.fixture(scope="module")
def validator():
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    found = sorted(SCHEMAS.rglob("*3.1*.json")) if SCHEMAS.is_dir() else []
    if not found:
        pytest.skip("the official schema is not there")
    schema = json.loads(found[0].read_text(encoding="utf-8"))
    anything = referencing.Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema"})
    registry = referencing.Registry().with_resources(
        [
            (schema["$id"], referencing.Resource.from_contents(schema)),
            ("https://geojson.org/schema/GeoJSON.json", anything),
        ]
    )
    return jsonschema.Draft202012Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker())


FULL = {
    "slug": "kran", "dateline": "BREMEN", "urgency": 3, "excerpt": True, "embargo": MORNING, "expires": MORNING + hours(9),
    "subjects": ("medtop:04000000", "other:1", "plain"), "isins": ("DE0007164600",), "source": Source(id="dpa:1", version="2"),
}  # fmt: skip


def rich() -> Entry:
    labels = (("Berlin", "place:DE-BE"), ("Eva", "person:eva"), ("EZB", "org:ezb"), ("Zins", "topic:zins"), ("x", "x"))
    return entry(
        image=CRANE, agency="dpa", rights="© dpa", source_url="https://agency.example/1",
        corrections=((MORNING + hours(1), "Old."), (MORNING + hours(2), "New.")),
        categories=tuple(Category(label, term, "tag:x") for label, term in labels),
    )  # fmt: skip


def test_a_full_story_is_valid_by_the_official_schema(validator):
    validator.validate(export(rich(), **FULL))
    validator.validate(export(entry()))
    with pytest.raises(Exception, match="unknown"):
        validator.validate(export(entry()) | {"unknown": 1})


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=6, max_size=6),
    urgency=st.integers(-1, 12),
)
@settings(deadline=None, max_examples=50)
def test_any_story_is_valid_by_the_official_schema(validator, texts, urgency):
    title, text, html, name, label, subject = texts
    story = entry(
        title=title,
        summary=text,
        html=html,
        authors=(name,),
        categories=(Category(label, label, ""),),
        agency=name,
        lang=label,
    )

    validator.validate(export(story, urgency=urgency, subjects=(subject,), isins=(label,), dateline=text))


def test_names_are_sorted_into_what_they_name():
    made = export(rich(), **FULL)

    assert [p["name"] for p in made["places"]] == ["Berlin"]
    assert [p["name"] for p in made["people"]] == ["Eva"]
    assert made["organisations"][0] == {"name": "EZB", "rel": "about", "literal": "org:ezb"}
    assert made["organisations"][1] == {"symbols": [{"symbol": "DE0007164600"}]}
    assert [s.get("name") or s.get("uri") or s.get("literal") for s in made["subjects"]] == [
        "Zins",
        "x",
        "http://cv.iptc.org/newscodes/mediatopic/04000000",
        "other:1",
        "plain",
    ]


def test_text_moments_and_rights_go_out():
    made = export(rich(), **FULL)

    assert made["uri"] == rich().id
    assert made["bodies"] == [{"role": "main", "contentType": "text/html", "value": "<p>All of a.</p>"}]
    assert made["versionCreated"] == "2025-12-03T11:30:00+00:00"  # the last correction
    assert made["edNote"] == "New.\nOld."
    assert made["embargoedUntil"] == made["firstCreated"] == "2025-12-03T09:30:00+00:00"
    assert (made["representationType"], made["pubStatus"], made["urgency"]) == ("partial", "usable", 3)
    assert {i["role"]: i["value"] for i in made["altIds"]} == {
        "canonical": rich().url,
        "agency": "dpa:1",
        "original": "https://agency.example/1",
    }
    assert made["associations"][0]["renditions"][0]["sizeInBytes"] == 4321


def test_what_is_unknown_is_left_out():
    made = export(entry(summary="", html="", authors=()), urgency=0)

    assert {"urgency", "bodies", "descriptions", "by", "associations", "infoSources", "edNote"}.isdisjoint(made)


def test_a_withdrawn_story_is_canceled_and_says_no_more():
    made = export(rich(), status="withdrawn")

    assert made["pubStatus"] == "canceled"
    assert {"bodies", "descriptions", "associations"}.isdisjoint(made)


def test_the_same_story_gives_the_same_bytes():
    story = rich()
    article = Article(id=story.id, title=story.title, published=story.published, **FULL)

    assert ninjs(story, article) == ninjs(story, article)
