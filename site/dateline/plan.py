"""Editions, settings and the theme -> every output there is to be, as tasks.

Cheap and always run in full: tasks are values with a digest of exactly what they show; rendering happens
elsewhere, for the stale ones only. A tag page is handed teasers, so a body edit cannot make it stale.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dateline import cards, compress, exports, pictures
from dateline.edition import Front
from dateline.engine.task import Task
from dateline.errors import Problem
from dateline.plan_archive import archive
from dateline.plan_articles import articles
from dateline.plan_edition import EditionPlan, Materials
from dateline.plan_feeds import feeds
from dateline.plan_home import home
from dateline.plan_lists import lists, singles, tag_index
from dateline.plan_whole import whole
from dateline.recipes import ArticleRecipe, FileRecipe
from dateline.redirects import redirects
from dateline.settings import FILE
from dateline.stages import FEEDS


class Plan(Struct, frozen=True):
    """All tasks, the faults found while planning, and what a report says of the site."""

    tasks: tuple[Task, ...]
    problems: tuple[Problem, ...]
    articles: int
    feeds: int


def plan(front: Front, materials: Materials) -> Plan:
    """Plan every output of *front*. Two tasks with one key are an error that names both. O(articles × tags)."""
    problems: list[Problem] = []
    editions = {lang: EditionPlan(edition, front, materials, problems) for lang, edition in front.editions.items()}
    tasks: list[Task] = []
    for lang, edition in editions.items():
        edition.others = {code: other for code, other in editions.items() if code != lang}
    for edition in editions.values():
        tasks += _tasks(edition)
    tasks += whole(list(editions.values()), materials)
    tasks += pictures.published(front, materials.pictures)
    shown = {key for edition in editions.values() for key in edition.term_urls}
    tasks += [t for key, (_, files) in materials.faces.items() if key in shown for t in files]
    tasks += {key: card for edition in editions.values() for key, card in edition.drawn.items()}.values()
    tasks += materials.icons
    if materials.settings.images.cards and not cards.ready():
        problems.append(
            Problem(FILE, "images.cards needs the extra dateline[images]", "pip install 'dateline[images]'", "warning")
        )
    tasks += exports.exports(list(editions.values()), tasks, materials.settings)
    tasks += redirects(editions.values(), tasks, materials.settings)
    tasks = _unique(tasks, problems)
    if materials.settings.compress.formats:
        tasks = compress.packed(tasks, materials.settings.compress.formats)
    return Plan(
        tuple(tasks),
        tuple(problems),
        sum(len(e.stories) for e in front.editions.values()),
        sum(t.stage == FEEDS for t in tasks),
    )


def _tasks(at: EditionPlan) -> Iterator[Task]:
    """Plan all pages and feeds of this language."""
    yield from articles(at)
    yield from lists(at, "tag", [at.edition.terms[key] for key in at.term_urls], at.term_urls)
    if at.full:
        yield from lists(at, "section", at.edition.sections.values(), at.sections)
        yield from lists(at, "author", at.edition.authors.values(), at.authors)
        yield from lists(at, "agency", at.edition.agencies.values(), at.agencies)
        yield from archive(at)
        yield from singles(at)
    yield tag_index(at)
    yield from home(at)
    yield from feeds(at)


def _unique(tasks: list[Task], problems: list[Problem]) -> list[Task]:
    """Keep one task a key, whatever case a file system sees; handed-through files give way to pages."""
    found: dict[str, Task] = {}
    for t in tasks:
        folded = t.key.casefold()
        rival = found.setdefault(folded, t)
        if rival is not t:
            low, high = (rival, t) if isinstance(t.recipe, FileRecipe) else (t, rival)
            problems.append(
                Problem(_source(high), f"wants the address of {_source(low)}: /{low.key}", "rename one of them")
            )
            found[folded] = low if isinstance(high.recipe, FileRecipe) else rival
    return list(found.values())


def _source(t: Task) -> str:
    recipe = t.recipe
    if isinstance(recipe, ArticleRecipe):
        return recipe.record.path
    return recipe.path if isinstance(recipe, FileRecipe) else t.key
