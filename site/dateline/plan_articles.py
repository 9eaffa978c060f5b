"""An edition's stories -> their pages and notices, each made from exactly what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dateline import cards, pictures
from dateline.edition import related
from dateline.engine.digest import Input, Value, digest_of
from dateline.engine.task import Task, task
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


def articles(at: EditionPlan, only: Iterable[int] | None = None) -> Iterator[Task]:
    """Plan the page of every story, and a notice where one was withdrawn; or *only* the pages at some places.

    O(stories × tags), or in proportion to what is planned where pages name no related stories.
    """
    stories = at.edition.stories
    near = related(stories, at.settings.news.related) if at.full else {}
    days: dict[str, tuple[Link, Value]] = {}
    for key in at.edition.days if at.full else ():
        link = Link(at.day_title(key), at.routes.day(key))
        days[key] = (link, named(f"day:{key}", link))
    breaking = named("breaking", True)
    seen_day: dict[str, str] = {r.id: key for key, rs in at.edition.days.items() for r in rs} if at.full else {}
    translations = _translations(at)
    marks = _marks(at) if at.full else {}
    last = len(stories) - 1
    for i in range(len(stories)) if only is None else only:
        record = stories[i]
        older = stories[i + 1].teaser if i < last else None
        newer = stories[i - 1].teaser if i else None
        similar = tuple([r.teaser for r in near.get(record.id, ())]) if near else ()
        section = at.section_links.get(record.section)
        agency = at.agency_links.get(record.agency)
        day = days[seen_day[record.id]] if at.full else None
        authors = [at.author_links[name] for name in record.teaser.authors]
        lang = at.speech(record)
        inputs: list[Input] = [*at.template("article", lang), record, record.teaser]
        if not at.full:
            older = newer = None
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
        yield task(file_of(record.teaser.url), ARTICLES, tuple(inputs), recipe)
        at.pages.append((record.teaser.url, record.changed))
    for record in at.edition.withdrawn if only is None else ():
        lang = at.speech(record)
        gone = at.template("withdrawn", lang)
        recipe = ArticleRecipe(record, lang, None, None, (), (), None, None, (), None, (), breaking=False)
        yield task(file_of(record.teaser.url), ARTICLES, (*gone, record, record.teaser), recipe)


def _marks(at: EditionPlan) -> dict[str, str]:
    """Tell stories of one headline apart by their days, so that no two pages have one title.

    Agencies use headlines again ("Euro little changed"). The oldest keeps its own as it is: a new story never
    changes an old page. O(stories).
    """
    seen: dict[str, set[str]] = {}
    marks = {}
    for record in reversed(at.edition.stories):
        teaser = record.teaser
        taken = seen.setdefault(teaser.title[:_TITLE].casefold(), set())
        if taken:
            day = at.say.date(teaser.published, teaser.precision)
            ways = (day, at.say.datetime(teaser.published, teaser.precision), f"{day}, {len(taken) + 1}")
            marks[record.id] = next(way for way in ways if way not in taken)
        taken.add(marks.get(record.id, ""))
    return marks


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
    at.drawn[key] = task(key, ASSETS, (words,), CardRecipe(card))
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
