"""An edition's stories -> their pages and notices, each made from exactly what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from dateline import cards, pictures
from dateline.edition import day_of, related, related_to
from dateline.engine.digest import Input, Value, digest_of
from dateline.engine.task import Task
from dateline.page import (
    Link,
)
from dateline.plan_edition import EditionPlan, named
from dateline.recipes import ArticleRecipe, CardRecipe
from dateline.record import Record
from dateline.routes import file_of
from dateline.stages import ARTICLES, ASSETS

_NO_OLDER, _NO_NEWER = Value("older", b"-" * 16), Value("newer", b"-" * 16)
_TITLE = 60  # characters of a headline that its page's title has in any case


class Some(Struct, frozen=True):
    """Pages of some stories alone: their places, and by what the headlines of all others are told apart, by id."""

    places: Iterable[int]
    marks: Mapping[str, str]


def articles(at: EditionPlan, some: Some | None = None) -> Iterator[Task]:
    """Plan the page of every story, and a notice where one was withdrawn; or only *some* pages.

    O(stories × tags), or in proportion to what is planned.
    """
    stories = at.edition.stories
    if not at.full:
        near, marks, day_by_id = {}, {}, {}
    elif some is None:
        near, marks = related(stories, at.settings.news.related), _marks(at)
        day_by_id = {r.id: key for key, rs in at.edition.days.items() for r in rs}
    else:
        near = {stories[i].id: related_to(at.edition, i, at.settings.news.related) for i in some.places}
        marks = dict(some.marks)
        day_by_id = {stories[i].id: day_of(stories[i], at.settings.zone) for i in some.places}
    days: dict[str, tuple[Link, Value]] = {}
    for key in dict.fromkeys(day_by_id.values()):
        link = Link(at.day_title(key), at.routes.day(key))
        days[key] = (link, named(f"day:{key}", link))
    breaking = named("breaking", True)
    translations = _translations(at)
    last = len(stories) - 1
    for i in range(len(stories)) if some is None else some.places:
        record = stories[i]
        older = stories[i + 1].teaser if i < last and at.full else None
        newer = stories[i - 1].teaser if i and at.full else None
        similar = tuple([r.teaser for r in near.get(record.id, ())]) if near else ()
        section = at.section_links.get(record.section)
        agency = at.agency_links.get(record.agency)
        day = days[day_by_id[record.id]] if at.full else None
        authors = [at.author_links[name] for name in record.teaser.authors]
        lang = at.speech(record)
        inputs: list[Input] = [*at.template("article", lang), record, record.teaser]
        recipe = ArticleRecipe(
            record=record,
            lang=lang,
            previous=older,
            next=newer,
            related=similar,
            terms=tuple([at.terms[t.id] for t in record.terms]),
            section=section[0] if section else None,
            agency=agency[0] if agency else None,
            authors=tuple([a[0] for a in authors]),
            archive=day[0] if day else None,
            alternates=translations.get(record.id, ()),
            breaking=record.id in at.edition.breaking,
            preview=_preview(at, record),
            mark=marks.get(record.id, ""),
        )
        inputs += [
            Value("older", older.digest) if older else _NO_OLDER,
            Value("newer", newer.digest) if newer else _NO_NEWER,
        ]
        inputs += similar
        inputs += [at.term_inputs[t.id] for t in record.terms]
        inputs += [link[1] for link in (section, agency, day, *authors) if link]
        if recipe.breaking:
            inputs.append(breaking)
        if recipe.mark:
            inputs.append(named("mark", recipe.mark))
        if recipe.preview:
            inputs.append(named("preview", recipe.preview))
        if recipe.alternates:
            inputs.append(named("translations", recipe.alternates))
        yield Task(file_of(record.teaser.url), ARTICLES, tuple(inputs), recipe)
        at.pages.append((record.teaser.url, record.changed))
    for record in at.edition.withdrawn if some is None else ():
        lang = at.speech(record)
        gone = at.template("withdrawn", lang)
        recipe = ArticleRecipe(record, lang, None, None, (), (), None, None, (), None, (), breaking=False)
        yield Task(file_of(record.teaser.url), ARTICLES, (*gone, record, record.teaser), recipe)


def _marks(at: EditionPlan) -> dict[str, str]:
    """Tell stories of one headline apart by their days, so that no two pages have one title.

    Agencies use headlines again ("Euro little changed"). The oldest keeps its own as it is: a new story never
    changes an old page. O(stories).
    """
    seen: dict[str, set[str]] = {}
    marks = {}
    for record in reversed(at.edition.stories):
        teaser = record.teaser
        taken = seen.setdefault(headline(record), set())
        if taken:
            day = at.say.date(teaser.published, teaser.precision)
            ways = (day, at.say.datetime(teaser.published, teaser.precision), f"{day}, {len(taken) + 1}")
            marks[record.id] = next(way for way in ways if way not in taken)
        taken.add(marks.get(record.id, ""))
    return marks


def headline(record: Record) -> str:
    """What two stories have in common whose pages would have one title."""
    return record.teaser.title[:_TITLE].casefold()


def _preview(at: EditionPlan, record: Record) -> str:
    """Plan a picture to share a story with that has none of its own; its address, "" where there is none."""
    teaser = record.teaser
    if not at.cards or teaser.picture is not None:
        return ""
    date = at.say.date(teaser.published, teaser.precision)
    card = cards.Card(teaser.title, teaser.section, date, at.site.wordmark, at.settings.theme.accent)
    if not cards.legible(card):
        return ""
    words = Value("card", digest_of((card, cards.EDITION, at.cards)))
    key = f"{pictures.FOLDER}/card-{words.digest.hex()}.png"
    at.drawn[key] = Task(key, ASSETS, (words,), CardRecipe(card))
    return f"/{key}"


def _translations(at: EditionPlan) -> dict[str, tuple[Link, ...]]:
    """For each story told in several languages: its addresses in all of them."""
    if not at.others:
        return {}
    by_key: dict[str, dict[str, Record]] = {}
    for edition in (at, *at.others.values()):
        for record in edition.edition.stories:
            if record.translation:
                by_key.setdefault(record.translation, {}).setdefault(edition.lang, record)
    found = {}
    for versions in by_key.values():
        mine = versions.get(at.lang)
        if mine is not None and len(versions) > 1:
            found[mine.id] = tuple(Link(versions[c].teaser.title, versions[c].teaser.url, c) for c in sorted(versions))
    return found
