"""A one-shot build after articles were added: what they change is planned, and nothing else; the rest gets a whole build."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec import structs

from conftest import NOON, Newsroom
from dateline import newsroom as desk
from dateline.additions import MOST
from dateline.article import Article, Story, Term
from dateline.edition import day_of, front
from dateline.engine.digest import digest
from dateline.engine.task import Task
from dateline.errors import Doubt
from dateline.plan import plan
from dateline.plan_added import added
from dateline.plan_edition import Materials
from dateline.recipes import SitemapRecipe
from dateline.record import Record, record
from dateline.roll import enrolled, joined, roll_of
from dateline.settings import Settings, load
from dateline.stages import FEEDS

BARE = "[theme]\npages = 'minimal'\n[pagination]\nsize = 2\nhome = 2\n[feeds]\nlimit = 3\nformats = ['rss', 'json']\n"
FULL = BARE.replace("minimal", "full")
LAST = "2026-11-21T10:00:00Z"


@pytest.fixture(params=[BARE, FULL], ids=["bare pages", "all pages"])
def filled(newsroom: Newsroom, left_alone: None, request: pytest.FixtureRequest) -> Newsroom:
    newsroom.settle(request.param)
    for i in range(7):
        more = {"section": "Port", "authors": ["Jana Beispiel"], "agency": "dpa"} if i % 3 else {}
        newsroom.write(
            f"s{i}", f"Words of {i}.", tags=["harbour", f"t{i % 2}"], date=f"2026-11-{10 + i}T10:00:00Z", **more
        )
    newsroom.write("gone", tags=["harbour", "strike"], status="withdrawn")
    newsroom.build_after_a_look()
    return newsroom


def test_a_new_story_needs_no_plan_of_the_site_and_gives_what_a_clean_build_gives(
    filled: Newsroom, planned: list[str]
) -> None:
    filled.write("storm", tags=["t1"], date=LAST)

    report = filled.build_after_a_look()

    assert not planned
    assert report.read == ("content/storm.md",)
    assert filled.tree() == filled.clean_build()
    assert report.made == report.written
    full = filled.settings.theme.pages == "full"
    assert {key for key in report.made if key.endswith(".html")} == {
        "2026/11/21/storm/index.html",
        "index.html",
        "tags/index.html",
        "tags/t1/index.html",
        *(["2026/11/16/s6/index.html", "archive/2026/11/21/index.html"] if full else []),
        *(["archive/index.html", "archive/2026/index.html", "archive/2026/11/index.html"] if full else []),
        *(["tags/t1/page/1/index.html"] if full else []),  # full now
    }
    assert not [key for key in report.made if "harbour" in key or "t0" in key]
    assert filled.build().made == frozenset()


def test_stories_that_come_one_by_one_or_several_at_once_need_no_plan_until_there_are_many(
    filled: Newsroom, planned: list[str]
) -> None:
    for i in range(3):
        filled.write(f"one{i}", tags=["harbour"], date=f"2026-11-{14 + 2 * i}T09:00:00Z")
        filled.build_after_a_look()
    filled.write("two", tags=["t0", "not seen so far"], date="2026-11-01T10:00:00Z")
    filled.write("three", tags=["t1"], date=LAST, section="Port", authors=["Jana Beispiel"], agency="dpa")
    filled.build_after_a_look()

    assert not planned
    assert filled.tree() == filled.clean_build()

    planned.clear()
    for i in range(MOST - 4):
        filled.write(f"many{i}", tags=["harbour"], date=LAST)
    filled.build_after_a_look()
    assert planned
    filled.write("after", tags=["harbour"], date=LAST)
    planned.clear()
    filled.build_after_a_look()
    assert not planned
    assert filled.tree() == filled.clean_build()


def test_a_body_that_is_saved_after_its_story_was_added_needs_no_plan_either(
    filled: Newsroom, planned: list[str]
) -> None:
    filled.write("storm", tags=["t1"], date=LAST)
    filled.build_after_a_look()
    filled.write("storm", "Other words.", tags=["t1"], date=LAST)
    filled.build_after_a_look()
    filled.write("s3", "Other words of 3.", tags=["harbour", "t1"], date="2026-11-13T10:00:00Z")
    filled.build_after_a_look()
    filled.write("flood", tags=["t1"], date=LAST)
    filled.build_after_a_look()

    assert not planned
    assert filled.tree() == filled.clean_build()


def test_stories_may_be_added_while_bodies_of_others_are_edited(filled: Newsroom, planned: list[str]) -> None:
    edited = filled.root / "content" / "s5.md"  # shares a tag with the new story, and so feeds
    other = filled.root / "content" / "s0.md"
    for i in range(2):
        filled.write(f"storm{i}", tags=["t1"], date=LAST)
        for path in (edited, other):
            path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
        os.utime(filled.root / "content" / "s2.md", (1, 1))

        report = filled.build_after_a_look()

        assert not planned
        assert {
            "2026/11/10/s0/index.html",
            "2026/11/15/s5/index.html",
            f"2026/11/21/storm{i}/index.html",
        } <= report.made
        assert filled.tree() == filled.clean_build()
        planned.clear()
    assert filled.build().made == frozenset()


def test_the_report_is_a_whole_builds(filled: Newsroom) -> None:
    filled.write("storm", tags=["t1"], date="2026-11-22T11:00:00Z")
    soon = filled.build_after_a_look()
    (filled.root / ".dateline" / "state.sqlite").unlink()

    whole = filled.build_after_a_look()

    assert (soon.total, soon.articles, soon.due, soon.why) == (whole.total, whole.articles, whole.due, whole.why)
    assert soon.due == datetime(2026, 11, 24, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "withdrawn"},
        {"embargo": "2026-11-22T13:00:00Z"},
        {"expires": "2026-11-23T13:00:00Z"},
        {"aliases": ["/old/"]},
        {"breaking": True},
        {"lang": "de"},
        {"id": "urn:uuid:00000000-0000-0000-0000-000000000001"},
        {"slug": "s6", "date": "2026-11-16T10:00:00Z"},
        {"tags": ["strike"]},
        {"tags": ["HARBOUR"]},
        {"places": ["Harbour"]},
        {"corrections": [{"date": "2026-11-22T10:00:00Z", "text": "It was not so."}]},
    ],
    ids="-".join,
)
def test_what_may_change_more_than_its_own_tags_gets_a_whole_build(
    filled: Newsroom, planned: list[str], fields: dict[str, object]
) -> None:
    filled.write("known", date="2026-11-01T10:00:00Z", id="urn:uuid:00000000-0000-0000-0000-000000000001")
    filled.build_after_a_look()
    planned.clear()

    filled.write("storm", **{"date": LAST, **fields})
    filled.build_after_a_look()

    assert planned
    assert filled.tree() == filled.clean_build()


@pytest.mark.parametrize(
    "change",
    [
        lambda room: (room.root / "content" / "storm.md").write_text("---\ntitle: [\n---\n", encoding="utf-8"),
        lambda room: (room.root / "content" / ".storm.md").write_text("no article", encoding="utf-8"),
        lambda room: (room.write("storm"), (room.root / "content" / "s1.md").unlink()),
        lambda room: (room.write("storm"), room.write("s1", "Edited.", title="Another headline")),
        lambda room: (room.write("storm"), room.template("partials/foot.html", "<footer>New.</footer>")),
        lambda room: (room.write("storm"), (room.root / "build" / "index.html").unlink()),
    ],
    ids=["broken", "hidden", "one gone", "one edited", "a template", "an output lost"],
)
def test_more_than_a_new_story_gets_a_whole_build(
    filled: Newsroom, planned: list[str], change: Callable[[Newsroom], object]
) -> None:
    change(filled)

    filled.build_after_a_look()

    assert planned
    assert filled.tree() == filled.clean_build()


def test_a_build_that_fails_leaves_no_note_of_stories_that_were_withdrawn_meanwhile(filled: Newsroom) -> None:
    filled.write("scoop", tags=["harbour"], date=LAST, slug="nobody-knew-this")
    filled.build_after_a_look()
    filled.write("other", tags=["harbour"], aliases=["/a/"], date=LAST)
    filled.build_after_a_look()

    (filled.root / "content" / "scoop.md").unlink()
    (filled.root / "content" / "broken.md").write_text("---\ntitle: [\n---\n", encoding="utf-8")
    assert filled.build_after_a_look().failed

    for path in (filled.root / ".dateline").rglob("*"):
        assert path.is_dir() or b"nobody-knew-this" not in path.read_bytes()


TAGS = st.lists(st.sampled_from(["harbour", "trade", "weather", "sport", "vote"]), max_size=3, unique=True)
HOURS = st.integers(-900, 30)


@st.composite
def stories(draw: st.DrawFn, names: str, *, gone: bool = False) -> list[Record]:
    """Some stories as the index has them; some of them may have *gone*."""
    found = []
    for name in names[: draw(st.integers(1, len(names)))]:
        tags, hours = draw(TAGS), draw(HOURS)
        article = Article(
            id=f"urn:x:{name}",
            title=draw(st.sampled_from([f"Story {name}"] * 5 + ["Harbour news"])),
            slug=name,
            published=NOON + timedelta(hours=hours),
            tags=tuple(tags),
            section=draw(st.sampled_from(["", "Port", "Town"])),
            authors=draw(st.sampled_from([(), ("Jana",), ("Jana", "Ole"), ("Ole", "Ole")])),
            agency=draw(st.sampled_from(["", "dpa", "AP"])),
            status=draw(st.sampled_from(["published"] * 5 + ["withdrawn"])) if gone else "published",
            expires=draw(st.sampled_from([None] * 5 + [NOON])) if gone else None,
            breaking=gone and draw(st.booleans()),
        )
        terms = tuple(Term("keyword", f"keyword:{tag}", tag) for tag in tags)
        path = f"content/{name}.md"
        found.append(record(path, Story(article, "Words."), terms, digest(path.encode()), SITE))
    return found


SITE = load(f'title = "The Harbour"\nbase_url = "https://harbour.example/"\nlanguage = "en"\n{BARE}')


def whole(records: list[Record], site: Settings) -> tuple[dict[str, Task], Materials]:
    edition = front(records, site, NOON)
    materials = Materials(
        settings=site,
        now=NOON,
        sites=desk.sites(site, edition, {}),
        templates=lambda name: digest(name.encode()),
        code=b"c" * 16,
        assets=(),
        static=(),
        about=lambda _key, _lang: ("", False),
    )
    return {t.key: t for t in plan(edition, materials).tasks}, materials


@settings(deadline=None, max_examples=200)
@given(
    stories("abcdefghijkl", gone=True),
    stories("xyz"),
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from(["minimal", "full"]),
)
def test_what_is_planned_for_added_stories_is_what_the_whole_plan_says_differently(
    old: list[Record], new: list[Record], least: int, again: bool, pages: str
) -> None:
    site = structs.replace(
        SITE,
        taxonomies=structs.replace(SITE.taxonomies, min_stories=least),
        theme=structs.replace(SITE.theme, pages=pages),
    )
    before, materials = whole(old, site)
    after, _ = whole([*old, *new], site)
    rows = before["sitemap.xml"].recipe.urls
    marks = {t.recipe.record.id: t.recipe.mark for t in before.values() if getattr(t.recipe, "mark", "")}
    edition = front(old, site, NOON).editions["en"]
    roll = roll_of(enrolled(edition, old, rows, marks, full=pages == "full").encoded())
    assert roll is not None
    by_path = {r.path: r for r in old}
    more = joined(roll, reversed(new) if again else new, by_path.__getitem__, partial(day_of, zone=site.zone))

    try:
        found = added(more, materials, roll)
    except Doubt:
        event("doubt")
        return

    tasks = {t.key: t for t in found.tasks}
    differ = {key for key, t in after.items() if key not in before or before[key].digest != t.digest}
    opml = {key for key in differ if key.endswith(".opml")}
    if any(t.stage == FEEDS and key not in before for key, t in tasks.items()):
        event("a feed more")  # whoever asks for the plan sees that
        return
    assert not opml
    assert not before.keys() - after.keys()
    assert differ <= tasks.keys()
    assert {key: t.digest for key, t in tasks.items()} == {key: after[key].digest for key in tasks}
    assert isinstance(tasks["sitemap.xml"].recipe, SitemapRecipe)
    event(f"{len(differ)} of {len(after)}")
