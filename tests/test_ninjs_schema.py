"""Official schemas that a newsroom brings: each ninjs document is held against the one of its version, and nobody is asked."""

import builtins
import json
import os
import pickle
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline import desk_read
from dateline.errors import DatelineError, SettingsError
from dateline.newsroom import places
from dateline.schemas import schemas_of
from dateline.settings import load
from dateline.wire import unpack
from dateline.wire.ninjs_library import SchemaFile, Schemas, compiled, version_of
from dateline.wire.ninjs_schema import check, chosen
from deskroom import Newsroom
from effort import linear
from test_wire_read import FORMATS, official

jsonschema_rs = pytest.importorskip("jsonschema_rs")

SETTINGS = load('timezone = "Europe/Berlin"\n[ingest]\nschemas = "schemas"')
STORY = {"uri": "urn:x:1", "type": "text", "headlines": [{"value": "A dock"}], "bodies": [{"value": "It is rebuilt."}]}


def made(version: str, **more) -> dict:
    """Make a schema as IPTC's are built, in few words."""
    draft = (
        "http://json-schema.org/draft-07/schema#" if version < "2" else "https://json-schema.org/draft/2020-12/schema"
    )
    row = {
        "type": "object",
        "properties": {"value": {"type": "string"}},
        "required": ["value"],
        "additionalProperties": False,
    }
    fields = {
        "uri": {"type": "string", "format": "uri"},
        "type": {"enum": ["text", "picture"]},
        "versioncreated": {"type": "string", "format": "date-time"},
        "urgency": {"type": "integer", "maximum": 9},
        "slugline": {"type": "string", "pattern": "^[a-z]+$"},
        "headlines": {"type": "array", "items": row},
        "bodies": {"type": "array", "items": row},
        "places": {"type": "array", "items": {"type": "object", "properties": {"format": {"type": "string"}}}},
        "rightsinfo": {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        "standard": {"type": ["object", "null"]},
    }
    own = {"$schema": draft, "$id": f"http://www.iptc.org/std/ninjs/ninjs-schema_{version}.json#", "required": ["uri"]}
    if version < "2":
        return {**own, "type": "object", "properties": fields, "additionalProperties": False, **more}
    return {**own, "$ref": "#/$defs/it", "unevaluatedProperties": False, "$defs": {"it": {"type": "object", "properties": fields}}, **more}  # fmt: skip


def folder(*schemas: dict | str, **named: dict | str) -> Schemas:
    files = {
        **{f"{number}.json": schema for number, schema in enumerate(schemas)},
        **{f"{k}.json": v for k, v in named.items()},
    }
    texts = {name: schema if isinstance(schema, str) else json.dumps(schema) for name, schema in files.items()}
    return Schemas("schemas", tuple(SchemaFile(name, text.encode()) for name, text in texts.items()))


TWO = folder(made("2.2"))


def fault(document: dict, schemas: Schemas = TWO) -> str:
    with pytest.raises(DatelineError) as caught:
        check(document, schemas, "seeds/a.json")
    return str(caught.value)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("uri", 5, "seeds/a.json: $.uri: not valid ninjs 2.2: text expected, found a number"),
        ("headlines", [{"value": "x"}, {"value": None}], "$.headlines[1].value: not valid ninjs 2.2: text expected, found nothing"),
        ("headlines", {}, "$.headlines: not valid ninjs 2.2: a list expected, found an object"),
        ("headlines", [{}], "$.headlines[0]: not valid ninjs 2.2: the field 'value' is missing"),
        ("headlines", [{"value": "", "x": 1}], "$.headlines[0]: not valid ninjs 2.2: no such field: 'x'"),
        ("urgency", 1.5, "$.urgency: not valid ninjs 2.2: a whole number expected, found a number"),
        ("urgency", 99, "$.urgency: not valid ninjs 2.2: 99 is greater than the maximum of 9"),
        ("type", "film", "$.type: not valid ninjs 2.2: 'film' is none of text, picture"),
        ("slugline", "A B", "$.slugline: not valid ninjs 2.2: 'A B' is no text of the form that is asked for"),
        ("versioncreated", "2026-02-30T00:00:00Z", "'2026-02-30T00:00:00Z' is no date-time"),
        ("versioncreated", "yesterday", "'yesterday' is no date-time"),
        ("rightsinfo", {}, "$.rightsinfo: not valid ninjs 2.2: has none of the forms that are allowed here"),
        ("rightsinfo", {"a": 1, "b": 1}, "has more than one of the forms of which one is allowed here"),
        ("standard", "2.2", "$.standard: not valid ninjs 2.2: nothing or an object expected, found text"),
        ("extra", 1, "$: not valid ninjs 2.2: no such field: 'extra'"),
    ],
)  # fmt: skip
def test_a_fault_names_its_path_and_what_is_wrong(field, value, said):
    told = fault({**STORY, field: value})

    assert said in told
    assert told.endswith("(ask the agency for a valid document)")


def test_many_unknown_fields_are_named_in_few_words():
    assert fault({**STORY, **dict.fromkeys("abcde", 1)}).count("'") == 6
    assert "and 2 more" in fault({**STORY, **dict.fromkeys("abcde", 1)})


def test_a_fault_of_a_known_field_is_told_before_an_unknown_one():
    assert "text expected" in fault({"x": 1, **STORY, "uri": 5})


def test_a_report_stays_one_short_line_whatever_the_document_says():
    for document in (
        {**STORY, "x\n" * 9_000: 1},
        {**STORY, "type": "y\n\u202e" * 9_000},
        {**STORY, "urgency": 10**400},
        {**STORY, "headlines": [{"value": ["deep"] * 9_000}]},
    ):
        told = fault(document)
        assert told.isprintable()
        assert len(told) < 600


def test_a_document_without_fault_passes():
    check(STORY, TWO, "a.json")
    check({**STORY, "versioncreated": "2026-11-20T09:30:00+01:00", "places": [{"format": "any"}]}, TWO, "a.json")


def test_a_name_for_a_place_on_the_web_may_be_any_text():
    check({**STORY, "uri": "renditions-example"}, TWO, "a.json")


def test_the_name_of_its_schema_is_no_field_of_a_document():
    check({**STORY, "$schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.2.json"}, TWO, "a.json")


def test_what_is_nested_without_end_is_refused():
    deep: object = []
    for _ in range(900):
        deep = [deep]

    assert "nested too deeply" in fault({**STORY, "rightsinfo": deep})


@pytest.mark.parametrize(
    ("document", "version"),
    [
        ({"standard": {"name": "ninjs", "version": "2.1"}}, (2, 1)),
        ({"$standard": {"version": "1.3"}}, (1, 4)),  # the nearest
        ({"standard": {"version": "2.4"}}, (2, 2)),
        ({"standard": {"version": "3.0.1"}}, (3, 1)),
        ({"standard": {"version": "ninjs 2"}}, (2, 2)),  # the newest of that line
        ({"standard": {"schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json#"}}, (2, 1)),
        ({"$schema": "https://www.iptc.org/std/ninjs/ninjs-schema_1.4.json"}, (1, 4)),
        ({"standard": {"version": "2013"}, "headline": "x"}, (1, 6)),
        ({"$standard": {"name": "ttninjs", "version": "3.0"}, "headline": "x"}, (1, 6)),
        ({"$schema": "https://tt.example/ttninjs-schema_3.0.json", "headline": "x"}, (1, 6)),
        ({"standard": {"version": 7}}, None),
        ({"standard": {"version": "4.0"}}, None),
        ({"headline": "x"}, (1, 6)),
        ({"body_text": "x", "versioncreated": "x"}, (1, 6)),
        ({"associations": {}}, (1, 6)),
        ({"renditions": [], "pubstatus": "usable"}, (2, 2)),
        ({"headlines": [], "versioncreated": "x"}, (2, 2)),
        ({"headlines": [], "versionCreated": "x"}, (3, 1)),
        ({"pubStatus": "usable"}, (3, 1)),
        ({"headlines": []}, (3, 1)),
        ({"title": "x"}, (3, 1)),
        ({"renditions": [{"contenttype": "image/jpeg"}]}, (2, 2)),
        ({"renditions": [{"contentType": "image/jpeg"}]}, (3, 1)),
    ],
)
def test_the_version_is_the_one_that_is_named_else_the_newest_of_that_shape(document, version):
    there = ((1, 4), (1, 6), (2, 1), (2, 2), (3, 1))

    assert chosen({"uri": "x", **document}, there)[:1] == ([version] if version else [])


def test_of_two_lines_that_would_do_the_one_that_is_there_is_taken():
    assert chosen({"uri": "x", "headlines": []}, ((2, 2),)) == [(2, 2)]
    assert chosen({"uri": "x", "title": "x", "versioncreated": "x"}, ((1, 6),)) == [(1, 6)]
    assert chosen({"uri": "x", "headlines": []}, ((1, 6),)) == []


def test_a_document_that_two_lines_may_mean_passes_where_one_allows_it():
    strict = made("3.1", maxProperties=2)

    check(STORY, folder(made("2.2"), strict), "a.json")
    assert "not valid ninjs 3.1" in fault({**STORY, "uri": 5}, folder(made("2.2"), strict))


def test_a_line_of_which_no_schema_is_there_is_named_with_the_folder():
    told = fault({**STORY, "versionCreated": "2026-11-20T09:30:00Z"})

    assert told == "seeds/a.json: is ninjs 3, and schemas holds no schema of ninjs 3 (put IPTC's ninjs-schema_3.….json there)"  # fmt: skip


def test_a_version_is_told_by_its_id_else_by_the_files_name():
    nameless = {key: value for key, value in made("2.0").items() if key != "$id"}

    assert set(compiled(folder(made("1.6"), **{"ninjs-schema_2.0": nameless, "ninjs-schema_3.1": nameless}))) == {(1, 6), (2, 0), (3, 1)}  # fmt: skip


# -- what a schema refers to ------------------------------------------------------------------------------


@pytest.fixture
def alone(monkeypatch):
    """Nothing may ask the network or open a file."""

    def never(*_args, **_kwargs):
        raise AssertionError

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, never)
    monkeypatch.setattr(builtins, "open", never)


AWAY = (
    "https://geojson.org/schema/GeoJSON.json",
    "https://geojson.org/schema/GeoJSON.json#",
    "https://elsewhere.example/common.json#/definitions/shape",
    "file:///etc/hostname",
    "common.json#part",
)


@pytest.mark.parametrize("version", ["1.6", "2.2"])
@pytest.mark.parametrize("address", AWAY)
@pytest.mark.usefixtures("alone")
def test_what_lies_elsewhere_is_never_fetched_and_counts_as_anything(version, address):
    shape = {"$ref": address, "minLength": 3}
    there = folder(made(version, **{"definitions" if version < "2" else "$defs": {}, "properties": {"uri": {}, "shape": shape}, "$ref": "#/x", "x": {}}))  # fmt: skip
    document = {"uri": "x", "standard": {"version": version}}
    if version < "2":  # where a reference stands, nothing beside it counts
        check({**document, "shape": 5}, there, "a.json")
    else:
        with pytest.raises(DatelineError, match="no such field: 'standard'"):
            check({**document, "shape": "long"}, there, "a.json")
        with pytest.raises(DatelineError, match="shape"):
            check({**document, "shape": "x"}, there, "a.json")


@pytest.mark.parametrize("brought", [{"$id": "https://geojson.org/schema/GeoJSON.json"}, {}])
@pytest.mark.usefixtures("alone")
def test_a_file_for_it_that_the_newsroom_brings_is_used(brought):
    fields = {"uri": {}, "standard": {}, "shape": {"$ref": "https://geojson.org/schema/GeoJSON.json#"}}
    shape = {"$schema": "http://json-schema.org/draft-07/schema#", **brought, "type": "object", "required": ["type"]}
    there = folder(made("2.2", **{"$defs": {"it": {"properties": fields}}}), GeoJSON=shape)

    check({"uri": "x", "standard": {"version": "2.2"}, "shape": {"type": "Point"}}, there, "a.json")
    assert "$.shape: not valid ninjs 2.2: the field 'type' is missing" in fault({"uri": "x", "standard": {"version": "2.2"}, "shape": {}}, there)  # fmt: skip


@pytest.mark.usefixtures("alone")
def test_parts_with_an_address_of_their_own_are_found():
    part = {"$id": "https://parts.example/row.json", "type": "string"}
    fields = {"uri": {}, "default": {"$ref": "https://parts.example/row.json"}, "standard": {"default": {"$ref": 5}}}
    there = folder(made("2.2", **{"$defs": {"row": part, "it": {"properties": fields}}}))

    assert "text expected" in fault({"uri": "x", "standard": {"version": "2.2"}, "default": 5}, there)


@pytest.mark.usefixtures("alone")
def test_a_part_of_another_file_is_found_by_its_address():
    parts = {"$id": "https://parts.example/all.json", "$defs": {"row": {"$id": "row.json", "type": "string"}}}
    fields = {"uri": {}, "standard": {}, "row": {"$ref": "https://parts.example/row.json"}}
    there = folder(parts, made("2.2", **{"$defs": {"it": {"properties": fields}}}))

    assert "text expected" in fault({"uri": "x", "standard": {"version": "2.2"}, "row": 5}, there)


@pytest.mark.usefixtures("alone")
def test_an_old_schema_that_refers_to_itself_by_its_full_address_is_understood():
    address = "http://www.iptc.org/std/ninjs/ninjs-schema_1.2.json#"
    fields = {"uri": {"type": "string"}, "associations": {"type": "object", "additionalProperties": {"$ref": address}}}
    old = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "id": address,
        "required": ["uri"],
        "properties": fields,
    }
    there = folder(old)

    assert set(compiled(there)) == {(1, 2)}
    assert "$.associations.main: not valid ninjs 1.2: the field 'uri' is missing" in fault({"uri": "x", "associations": {"main": {}}}, there)  # fmt: skip


# -- what may be wrong with the folder --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schemas", "said"),
    [
        (folder(), "schemas: there is no ninjs schema in it (put IPTC's files there, such as ninjs-schema_3.1.json)"),
        (folder({"type": "object"}), "schemas: there is no ninjs schema in it"),
        (folder("{"), "schemas/0.json: is no schema that can be used"),
        (folder("[]"), "schemas/0.json: is no schema that can be used"),
        (folder(made("2.2", type="objekt")), "schemas/0.json: is no schema that can be used"),
        (folder(made("2.2", **{"$ref": "#/$defs/gone"})), "Pointer '/$defs/gone' does not exist"),
        (folder(made("1.0", **{"$schema": "http://json-schema.org/draft-03/schema#"})), "schemas/0.json: is no schema"),
        (folder(made("2.2", properties={"x": {"$ref": "http://[/"}})), "schemas/0.json: is no schema that can be used"),
        (folder(made("2.2", properties={"x": {"format": ["uri"]}})), "schemas/0.json: is no schema that can be used"),
        (folder('{"a":' * 5_000 + "1" + "}" * 5_000), "schemas/0.json: is no schema that can be used"),
        (folder(made("2.2"), made("2.2")), "schemas: 0.json and 1.json are both of ninjs 2.2 (keep one of them)"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why_and_what_to_do(schemas, said):
    with pytest.raises(SettingsError) as caught:
        compiled(schemas)

    assert said in str(caught.value)
    assert caught.value.problem.remedy


def test_without_the_extra_the_remedy_is_its_name(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name == "jsonschema_rs":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match=r"jsonschema-rs is missing \(pip install 'dateline\[schema\]'"):
        compiled(folder(made("2.9")))


# -- in the newsroom --------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path):
    room = Newsroom(tmp_path, SETTINGS)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/README").write_text("Brought on Monday.")
    (tmp_path / "schemas/ninjs-schema_2.2.json").write_text(json.dumps(made("2.2")))
    return room


def numbered(number: int, **more) -> str:
    story = {**STORY, "uri": f"urn:x:{number}", "headlines": [{"value": f"Dock {number} is rebuilt"}]}
    return json.dumps({**story, "versioncreated": "2026-11-20T09:30:00Z", **more})


def test_a_document_that_its_schema_does_not_allow_is_refused_and_the_others_come_in(room):
    room.seed("a.json", f"[{numbered(1)}, {numbered(2, fax='0')}]")
    room.seed("b.json", numbered(3, urgency=12))
    room.seed("c.txt", "OSLO (Reuters) - A yard will rebuild its dock, it said on Friday. It costs money.")

    report = room.ingest()

    assert sorted(str(p) for p in report.problems if p.level == "error") == [
        f"{room.root}/seeds/a.json[1]: $: not valid ninjs 2.2: no such field: 'fax' (ask the agency for a valid document)",
        f"{room.root}/seeds/b.json: $.urgency: not valid ninjs 2.2: 12 is greater than the maximum of 9 (ask the agency for a valid document)",
    ]  # fmt: skip
    assert report.new == 2


def test_without_the_setting_the_same_documents_come_in(tmp_path):
    room = Newsroom(tmp_path)
    room.seed("a.json", f"[{numbered(1)}, {numbered(2, fax='0')}]")

    assert room.ingest().new == 2


def test_our_own_rules_stay(room):
    room.seed("a.json", numbered(1, person=[{"name": 5}]))

    assert "$.person[0].name: not valid ninjs: text expected" in str(room.ingest().problems[0])


def test_other_formats_are_not_held_against_ninjs(room):
    room.seed("a.json", json.dumps({"format": "digitalwires@0.9", "urn": "u", "headline": "A dock", "article_html": "<p>Words.</p>"}))  # fmt: skip

    assert room.ingest().new == 1


def test_a_refused_document_comes_in_once_the_schema_that_allows_it_is_there(room):
    room.seed("a.json", numbered(1, versionCreated="2026-11-20T09:30:00Z"))
    assert "holds no schema of ninjs 3" in str(room.ingest().problems[0])
    fields = {**made("2.2")["$defs"]["it"]["properties"], "versionCreated": {"type": "string"}}
    schema = made("3.1", **{"$defs": {"it": {"properties": fields}}})
    (room.root / "schemas/ninjs-schema_3.1.json").write_text(json.dumps(schema))

    assert room.ingest().new == 1


def test_every_process_that_reads_holds_documents_against_the_schema(room, monkeypatch):
    monkeypatch.setattr(desk_read, "_FEW", 4)
    monkeypatch.setattr(desk_read, "_CHUNK", 4)
    for number in range(12):
        room.seed(f"{number}.json", numbered(number, **({"fax": "0"} if number % 3 == 0 else {})))

    report = room.ingest(jobs=2)

    assert (report.new, report.unreadable) == (8, 4)


def test_schemas_travel_to_another_process_as_values():
    sent = pickle.loads(pickle.dumps(TWO))

    assert sent == TWO
    assert "no such field" in fault({**STORY, "fax": 1}, sent)


def test_a_set_of_schemas_is_compiled_once(monkeypatch):
    there = folder(made("2.7"))
    for _ in range(3):
        check(STORY, there, "a.json")
        monkeypatch.setattr(jsonschema_rs, "validator_for", None)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "schemas/ninjs-schema_2.2.json").write_text("{"), "schemas/ninjs-schema_2.2.json: is no schema"),
        (lambda root: (root / "schemas/ninjs-schema_2.2.json").unlink(), "schemas: there is no ninjs schema in it"),
        (lambda root: (root / "schemas").rename(root / "x"), "ingest.schemas: the folder 'schemas' cannot be read: No such file"),
        (lambda root: (root / "schemas/a.json").symlink_to("/etc/hostname"), "schemas/a.json: is a link"),
    ],
)  # fmt: skip
def test_a_folder_that_cannot_be_used_is_said_once_and_nothing_comes_in(room, spoil, said):
    spoil(room.root)
    for number in range(3):
        room.seed(f"{number}.json", numbered(number))

    with pytest.raises(SettingsError) as caught:
        room.ingest()

    assert str(caught.value).startswith(said)
    assert not room.articles()


def test_a_newsroom_without_the_setting_reads_no_folder(tmp_path):
    assert schemas_of(tmp_path, load("")) is None


def test_the_folder_lies_inside_the_newsroom():
    for name in ("/etc", "../schemas", "a/../../b"):
        with pytest.raises(SettingsError, match=r"ingest\.schemas: .* leaves the newsroom"):
            load(f'[ingest]\nschemas = "{name}"')
    with pytest.raises(SettingsError, match=r"ingest\.schemas is the newsroom itself"):
        load('[ingest]\nschemas = "."')


def test_the_folder_of_schemas_is_one_of_those_that_a_build_looks_at(tmp_path):
    assert str(tmp_path / "schemas") in places(tmp_path, SETTINGS)
    assert str(tmp_path) not in places(tmp_path, load(""))


# -- whatever comes ---------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from([*made("2.2")["$defs"]["it"]["properties"], "x", "$schema", "$standard"]), VALUES)
def test_any_document_passes_or_is_refused_by_name(field, value):
    try:
        check({**STORY, field: value}, TWO, "a.json")
    except DatelineError as error:
        told = error.problem
        assert told.place.startswith("a.json")


@pytest.mark.parametrize("field", ["headlines", "extra"])
def test_a_long_document_costs_no_more_than_its_length(field):
    assert linear(lambda size: fault({**STORY, field: [{"value": 5}] * size}), 2_000)


# -- the official ones ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def iptc():
    files = sorted(FORMATS.rglob("SCHEMA_*.json"))
    return Schemas("schemas", tuple(SchemaFile(path.name, path.read_bytes()) for path in files))


@official
def test_the_official_schemas_allow_all_official_examples_and_each_its_own_version(iptc):
    assert set(compiled(iptc)) == {(1, 6), (2, 2), (3, 1)}
    seen = set()
    for path in sorted(FORMATS.rglob("doc_*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        check(document, iptc, path.name)
        version = chosen(document, ((1, 6), (2, 2), (3, 1)))[0]
        seen.add(version)
        assert f"doc_{version[0]}.{version[1]}_" in path.name or not document.keys() & {
            "versioncreated",
            "versionCreated",
        }
    assert seen == {(1, 6), (2, 2), (3, 1)}


@official
@pytest.mark.parametrize("version", ["1.6", "2.2", "3.1"])
@pytest.mark.usefixtures("alone")
def test_the_official_schemas_refuse_what_agencies_get_wrong(version, iptc):
    path = next(FORMATS.rglob(f"doc_{version}_005*.json"))
    document = json.loads(Path(path).read_bytes())
    moment = "versionCreated" if version[0] == "3" else "versioncreated"
    rows = "person" if version[0] == "1" else "people"
    for change, said in (
        ({"type": "film"}, "$.type"),
        ({moment: "2026-02-30T09:30:00Z"}, f"$.{moment}"),
        ({rows: [{"name": 5}]}, f"$.{rows}[0].name: not valid ninjs {version}: text expected, found a number"),
        ({"fax": "0"}, f"$: not valid ninjs {version}: no such field: 'fax'"),
        ({"uri": None}, "$.uri"),
    ):
        assert said in fault({**document, **change}, iptc)


@official
def test_a_story_with_official_schemas_reads_as_it_does_without(iptc):
    for path in sorted(FORMATS.rglob("doc_*.json")):
        name, data = path.name, path.read_bytes()
        assert unpack(data, name=name, settings=SETTINGS, schemas=iptc) == unpack(data, name=name, settings=SETTINGS)


def test_the_schemas_are_not_part_of_this_project():
    root = Path(__file__).parent.parent
    for folder_, below, names in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".") and name not in {"build", "node_modules"}]
        assert not [name for name in names if version_of(name)], folder_
