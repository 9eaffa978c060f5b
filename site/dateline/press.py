"""A planned task -> its bytes: where recipes meet templates, prose and feeds. Runs in workers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from dateline.article import Article, Teaser
from dateline.deadline import deadline
from dateline.engine.application import Failure
from dateline.engine.digest import digest
from dateline.engine.spool import NOTHING, Spool
from dateline.engine.task import Task, ingredient
from dateline.errors import DatelineError
from dateline.feed_values import FeedOptions
from dateline.files import Pass, Sent, read_file
from dateline.page import Category, Entry, Media, SiteView, TermLink
from dateline.recipes import (
    ArticleRecipe,
    BytesRecipe,
    CardRecipe,
    FeedRecipe,
    FileRecipe,
    IconRecipe,
    NinjsRecipe,
    PictureRecipe,
    PiecesRecipe,
    SitemapRecipe,
)
from dateline.record import Record
from dateline.settings import FeedFormat, Settings
from dateline.theme import Theme

if TYPE_CHECKING:
    from dateline.feed_forms import Keep
    from dateline.pages import Renderer
    from dateline.prose import Prose

BATCH = 200  # articles that a worker gets at once, at most
TOGETHER = 12  # whose feed entries are made at once: their bodies are still in the processor's own memory
_SHARED = 3  # inputs of a feed that all its entries are made from: code, settings, site
REMEMBERED = 200  # bodies: an article's page and its feed entries are made one after the other

Told = tuple[Record, tuple[TermLink, ...]]


class Context(Struct, frozen=True):
    """What a worker is told once. Small, or shared with the parent through fork."""

    root: Path | Sent
    settings: Settings
    theme: Theme
    sites: dict[str, SiteView]
    options: FeedOptions
    environment: bytes = b""  # what records depend on besides their files


class Press:
    """One worker's tools, each made when it is first needed."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.settings = context.settings
        self._renderer: Renderer | None = None
        self._prose: Prose | None = None
        self._forms: Keep | None = None
        self._read: dict[str, tuple[bytes, Article, str]] = {}
        self._refused: dict[str, tuple[bytes, DatelineError]] = {}
        self._opened: tuple[PictureRecipe, Any] | None = None
        self.renew()

    def renew(self) -> None:
        """Begin another build with what was kept."""
        root = self.context.root
        self._copy = Pass(root) if isinstance(root, Path) else root
        self._refused.clear()

    @property
    def forms(self) -> Keep:
        """What keeps the forms of feeds' entries and heads from build to build."""
        if self._forms is None:
            from dateline.feed_forms import anew
            from dateline.form_files import FormFiles

            root, made_by = self.context.root, self.context.environment
            folder = root / ".dateline" / "forms" if isinstance(root, Path) else None
            self._forms = FormFiles(folder, made_by) if folder and made_by else anew
        return self._forms

    @property
    def renderer(self) -> Renderer:
        """The page renderer; its compiled templates are kept from build to build."""
        if self._renderer is None:
            from dateline.bytecode import Bytecode
            from dateline.pages import Renderer

            root = self.context.root
            cache = Bytecode(root / ".dateline" / "templates") if isinstance(root, Path) else None
            self._renderer = Renderer(self.context.theme, self.context.sites, cache)
        return self._renderer

    def warm(self, tasks: Sequence[Task]) -> None:
        """Import and compile what every worker is going to need for *tasks*."""
        from dateline import feeds as _feeds  # noqa: F401 - so that forked workers have it

        _ = self.prose
        recipes = [t.recipe for t in tasks]
        kinds = {(r.lang, "article") for r in recipes if isinstance(r, ArticleRecipe)}
        kinds |= {(r.head.lang, r.head.kind) for r in recipes if hasattr(r, "head")}
        self.renderer.warm(kinds)

    @property
    def prose(self) -> Prose:
        """The Markdown renderer."""
        if self._prose is None:
            from dateline.prose import Prose

            self._prose = Prose(self.settings.markdown, self.settings.base_url, self.settings.limits)
        return self._prose

    def picture(self, recipe: PictureRecipe) -> bytes:
        """Make one file of a picture; the last picture is remembered, for its other files come next."""
        from dateline import imaging

        last = self._opened
        if last is None or (last[0].path, last[0].digest, last[0].most) != (recipe.path, recipe.digest, recipe.most):
            data = read_file(self.context.root, recipe.path, self.settings.limits.picture).data
            if digest(data) != recipe.digest:
                raise DatelineError(recipe.path, "has changed while the site was built", "build again")
            last = self._opened = (recipe, imaging.opened(data, recipe.path, recipe.most))
        return imaging.made(last[1], recipe.width, recipe.kind)

    def icon(self, recipe: IconRecipe) -> bytes:
        """Make a square icon of a picture."""
        from dateline import imaging

        data = read_file(self.context.root, recipe.path, self.settings.limits.picture).data
        if digest(data) != recipe.digest:
            raise DatelineError(recipe.path, "has changed while the site was built", "build again")
        return imaging.icon(imaging.opened(data, recipe.path, 2 * recipe.size), recipe.size)

    def story(self, record: Record) -> tuple[Article, str]:
        """Read an article and render its body; the last ones are remembered.

        Raises ``DatelineError`` where the file has vanished or would now cost too much.
        """
        self.read([record])
        refused = self._refused.get(record.path)
        if refused is not None and refused[0] == record.digest:
            raise refused[1]
        return self._read[record.path][1:]

    def read(self, records: Iterable[Record]) -> None:
        """Read articles and render their bodies, step by step for all of them, but for those that are remembered.

        Each body is guarded by the alarm by itself, so nobody who wants one may be guarded meanwhile.
        """
        todo = [
            r
            for r in records
            if all(known.get(r.path, _NOTHING)[0] != r.digest for known in (self._read, self._refused))
        ]
        if not todo:
            return
        from dateline.content import reload

        if len(self._read) + len(todo) > REMEMBERED:
            self._read.clear()
        context, found = self.context, []
        for record in todo:
            try:
                found.append((record, *reload(self._copy, record, self.settings, context.environment)))
            except DatelineError as error:
                self._refused[record.path] = (record.digest, error)
        for record, article, body in found:
            try:
                with deadline(record.path, self.settings.limits.seconds):
                    html = self.prose.render(body, record.path) if article.status != "withdrawn" else ""
            except DatelineError as error:
                self._refused[record.path] = (record.digest, error)
            else:
                self._read[record.path] = (record.digest, article, html)


_NOTHING = (b"",)


def prepare(press: Press, tasks: Sequence[Task]) -> None:
    """Read the articles that *tasks* are pages of."""
    press.read([t.recipe.record for t in tasks if isinstance(t.recipe, ArticleRecipe)])


def make(press: Press, task: Task, spool: Spool) -> bytes:
    """Make one output."""
    recipe = task.recipe
    if isinstance(recipe, ArticleRecipe):
        article, html = press.story(recipe.record)
        with deadline(recipe.record.path, press.settings.limits.seconds):
            return press.renderer.render(recipe.page(article, task.key), html)
    if isinstance(recipe, FeedRecipe):
        return _feed(press, recipe, spool)
    if isinstance(recipe, BytesRecipe):
        return recipe.data
    if isinstance(recipe, SitemapRecipe):
        from dateline.sitemaps import Url, sitemap

        base = press.settings.base_url.rstrip("/")
        return sitemap([Url(base + url, changed) for url, changed in recipe.urls])
    if isinstance(recipe, PictureRecipe):
        with deadline(recipe.path, press.settings.limits.seconds):
            return press.picture(recipe)
    if isinstance(recipe, IconRecipe):
        return press.icon(recipe)
    if isinstance(recipe, CardRecipe):
        from dateline import cards

        return cards.drawn(recipe.card)
    if isinstance(recipe, NinjsRecipe):
        from dateline.ninjs_export import ninjs

        told, article = entry(press, recipe.record, recipe.terms), press.story(recipe.record)[0]
        with deadline(recipe.record.path, press.settings.limits.seconds):
            return ninjs(told, article)
    if isinstance(recipe, FileRecipe):
        return read_file(press.context.root, recipe.path, press.settings.limits.picture).data
    with deadline(task.key, press.settings.limits.seconds):
        return press.renderer.render(recipe)


def needs(task: Task) -> Collection[str]:
    """Name the feed entries that a feed is made of, or measured by."""
    recipe = task.recipe
    if not isinstance(recipe, FeedRecipe):
        return ()
    return _entries(recipe.paths, recipe.formats)


@lru_cache(maxsize=1)  # a list's feeds, one after the other, have the same
def _entries(paths: tuple[str, ...], formats: tuple[FeedFormat, ...]) -> frozenset[str]:
    return frozenset([f"{kind} {path}" for path in paths for kind in formats])


def waits(task: Task) -> bool:
    """Tell what may keep its last version for a while: all but the notice over a story that was withdrawn."""
    recipe = task.recipe
    return not (isinstance(recipe, ArticleRecipe) and recipe.record.status == "withdrawn")


def arrange(needed: set[str], pages: list[Task], told: Callable[[str], Told]) -> list[list[Task]]:
    """Lay out the first wave: an article's feed entries are made where its page is, so its body is read once.

    *told*: the article at a path as feeds show it; asked for those alone that have no page among *pages*.
    """
    formats: dict[str, list[FeedFormat]] = {}
    for name in sorted(needed):
        kind, _, path = name.partition(" ")
        formats.setdefault(path, []).append(cast("FeedFormat", kind))
    by_path = {t.recipe.record.path: t for t in pages}
    paths = sorted(formats.keys() | by_path.keys())
    chunks = []
    size = max(20, min(BATCH, len(paths) // 32))  # many steps of one kind in a row, and yet work for many workers
    for start in range(0, len(paths), size):
        chunk: list[Task] = []
        for first in range(start, end := min(start + size, len(paths)), TOGETHER):
            some = paths[first : min(first + TOGETHER, end)]
            chunk += [by_path[path] for path in some if path in by_path]
            if fed := [path for path in some if path in formats]:
                kinds = sorted({kind for path in fed for kind in formats[path]})
                own = {path: (t.recipe.record, t.recipe.terms) for path in fed if (t := by_path.get(path))}
                records = tuple([own.get(path) or told(path) for path in fed])
                chunk.append(ingredient(f"entries {first}", PiecesRecipe(records, tuple(kinds))))
        chunks.append(chunk)
    return chunks


def pieces(press: Press, task: Task) -> dict[str, bytes]:
    """Make the feed entries of some articles, once a format. An article that fails is left out and named by its page."""
    from dateline import feeds

    recipe: PiecesRecipe = task.recipe
    found: dict[str, bytes] = {}
    told: dict[str, Entry] = {}
    for record, terms in recipe.records:
        try:
            told[record.path] = entry(press, record, terms)
        except DatelineError:
            found.update({f"{kind} {record.path}": b"" for kind in recipe.formats})
    made = feeds.in_formats(list(told.values()), recipe.formats, press.context.options, press.forms)
    for path, each in zip(told, made, strict=True):
        found.update({f"{kind} {path}": data for kind, data in each.items()})
    return found


def entry(press: Press, record: Record, terms: tuple[TermLink, ...]) -> Entry:
    """Say of an article what feeds say."""
    from dateline.prose import absolute

    article, html = press.story(record)
    settings = press.settings
    base = settings.base_url
    url = base.rstrip("/") + record.teaser.url
    summary = article.summary
    if article.status == "withdrawn":
        from dateline.i18n import language

        words = language(record.teaser.lang, settings.timezone).words
        summary = words("The agency or the newsroom has withdrawn it. Its text is no longer available.")
        html = f"<p>{summary}</p>"
    return Entry(
        id=article.id or record.id,
        url=url,
        title=article.title,
        summary=summary,
        html=absolute(html, base, url),
        published=article.published,
        updated=record.changed,
        lang=record.teaser.lang,
        authors=article.authors or tuple(filter(None, (article.agency or settings.author or settings.title,))),
        categories=tuple(Category(t.label, t.id, f"{base}#{t.kind}") for t in terms),
        image=_media(record, base),
        corrections=tuple((c.date, c.text) for c in article.corrections),
        agency=article.agency,
        rights=article.rights,
        source_url=article.source.url if article.source else "",
        breaking=article.breaking,
    )


def _media(record: Record, base: str) -> Media | None:
    """Say of a story's picture what feeds say: the file of middle width, with its exact length."""
    picture = record.teaser.picture
    if picture is None or record.status == "withdrawn":
        return None
    file = picture.shown
    return Media(
        base.rstrip("/") + file.url, picture.type, picture.length, file.width, file.height, picture.alt, picture.credit
    )


def _feed(press: Press, recipe: FeedRecipe, spool: Spool) -> bytes:
    from dateline import feeds

    kind: FeedFormat = recipe.page.format
    names = [f"{kind} {path}" for path in recipe.paths]
    own = spool.sizes(names)
    if NOTHING in own:  # whoever was to make it died: a feed without it would be believed for ever
        raise DatelineError(recipe.paths[own.index(NOTHING)], "its feed entry was not made", "build again")
    others = [spool.sizes([f"{other} {path}" for path in recipe.paths]) for other in recipe.formats if other != kind]
    sizes = list(map(max, zip(own, *others, strict=True)))
    if 0 in own:  # an article that failed has no entry
        sizes = [size for size, mine in zip(sizes, own, strict=True) if mine]
    return feeds.assemble(recipe.page, spool.some(names), press.context.options, None, sizes, press.forms)


def salvage(task: Task, was: Sequence[tuple[str, bytes]], read: Callable[[], bytes], *, full: bool) -> dict[str, bytes]:
    """Take from a feed as it stands the entries that the next one shows again; *was*: what it was made from.

    An entry is made from code, settings, site and its article as feeds show it; where these are the same, so is it.
    With *full*, only entries with their whole text are taken.
    """
    recipe: FeedRecipe = task.recipe
    now = [(name(value), value.digest) for value in task.inputs]
    if list(was[:_SHARED]) != now[:_SHARED]:
        return {}
    before = _told_by(was)
    same = {path for path, told in _told_by(now).items() if before.get(path) == told}
    document = read() if same else b""
    if not document:
        return {}
    from dateline.feed_split import entries

    kind: FeedFormat = recipe.page.format
    found = entries(document, kind, full=full)
    if len(found) != len(before):  # cut by size
        return {}
    return {f"{kind} {path}": entry for path, entry in zip(before, found, strict=True) if path in same}


def _told_by(inputs: Sequence[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    """What a feed's manifest says of each article: digests of the article, its teaser, its labels; in the feed's order."""
    found = {place.removeprefix("article:"): [name] for place, name in inputs if place.startswith("article:")}
    teasers = [name for place, name in inputs if place.startswith("teaser:")]
    for told, teaser in zip(found.values(), teasers, strict=True):
        told.append(teaser)
    for place, name in inputs:
        if place.startswith("labels:"):
            found[place.removeprefix("labels:")].append(name)
    return found


def blame(task: Task, error: BaseException) -> Failure | None:
    """Say what a user can mend; anything else is a bug and keeps its traceback."""
    if isinstance(error, DatelineError):
        p = error.problem
        return Failure(task.key, p.place, p.problem, p.remedy)
    if isinstance(error, (RecursionError, MemoryError)):
        return Failure(
            task.key, task.key, f"would cost too much ({type(error).__name__})", "simplify the article or the template"
        )
    return None


def name(value: Any) -> str:
    """Name an input in a manifest."""
    kind = type(value)
    if kind is Teaser:
        return f"teaser:{value.id}"
    if kind is Record:
        return f"article:{value.path}"
    return f"site:{value.lang}" if isinstance(value, SiteView) else str(value.name)
