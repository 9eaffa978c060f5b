"""A content file -> which rule gave each field, from which characters of the seed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from msgspec import Struct, to_builtins

from dateline import files, frontmatter, wire
from dateline.article import Article, Evidence, Source, Story
from dateline.desk_copy import Seed, copy_of, dated, found_in, plain
from dateline.editors import vocabulary_of
from dateline.errors import DatelineError
from dateline.ledger import FILE, Entry, Ledger
from dateline.lock import FOLDER
from dateline.settings import Settings
from dateline.wire.decode import decode

_FIRST = "kept from the first version"
_BY_HAND = "edited by hand"
_LONGEST = 80  # characters of the source that are shown
_KEPT = frozenset(
    ("aliases", "corrections", "id", "slug", "published", "precision", "source", "translation", "updated")
)
_FOUND = frozenset(("places", "people", "organisations", "topics", "section"))
_DESK = {
    "id": "minted by the desk from the agency's id, else from the first text",
    "slug": "made from the first headline",
    "places": "found in the text by the tagger",
    "people": "found in the text by the tagger",
    "organisations": "found in the text by the tagger",
    "topics": "found in the text by the tagger",
    "section": "[ingest] section, else the first topic",
    "source": "written by the desk",
    "corrections": "collected by the desk from the agency's notes",
    "updated": "when the agency sent the text that is shown",
}


class Explained(Struct, frozen=True):
    """One field of an article: its value, the rule that gave it, and the characters of the seed it came from."""

    field: str
    value: str
    rule: str
    start: int = -1  # -1 where no characters can be named
    end: int = -1
    source: str = ""

    def __str__(self) -> str:
        """One line: ``title: Kreml besteht … <- line above the dateline, characters 17 to 88: 'Kreml …'``."""
        value = self.value if len(self.value) <= _LONGEST else self.value[:_LONGEST] + "…"
        where = f", characters {self.start} to {self.end}: {self.source!r}" if self.start >= 0 else ""
        return f"{self.field}: {value} <- {self.rule}{where}"


def explain_content(root: Path, path: str, settings: Settings) -> list[Explained]:
    """Tell of each field of the content file *path* (below *root*) where it came from.

    What differs from what the desk makes of the seed was edited by hand. The seed is read again, should it
    still be there unchanged; without it only the desk's own rules are told, and "by hand" of hardly anything. Raises ``DatelineError`` where *path* is no article.
    """
    limits = settings.limits
    data = files.read_file(root, path, limits.article + limits.front_matter).data
    text = data.decode("utf-8", "replace")
    article, body, _ = frontmatter.parse(text, path, settings)
    if not article.source or not article.source.sha256:
        raise DatelineError(
            path, "was written by hand: no seed to explain it from", "explain an article that was ingested"
        )
    seed, source = _seed(root, article, settings)
    rules = {e.field: e for e in seed.evidence} if seed else {}
    own = _DESK
    if seed and dated(seed.article, settings, article.published).published != article.published:
        rules.pop("published", None)
        own = {**_DESK, "published": _FIRST, "precision": _FIRST}
    words = vocabulary_of(root)[0] if settings.taxonomies.detect else None
    edits = _edits(root, path, data, Story(article, body), seed, settings, words)
    rules = {name: rule for name, rule in rules.items() if name not in edits}
    told = [_explained(name, value, rules, (seed, source), {**own, **edits}) for name, value in _fields(article)]
    if "body" in edits:
        told.append(Explained("body", " ".join(body.split()), edits["body"]))
    return told + (_tags(article, seed, words) if seed else [])


def _edits(
    root: Path, path: str, data: bytes, shown: Story, seed: Story | None, settings: Settings, words: str | None
) -> dict[str, str]:
    """Fields that say something else than the desk would: edited by hand. None in a file that it wrote so itself.

    What the desk keeps from an earlier version is told by the ledger, and taken for kept where that is lost.
    """
    entry = _entry(root, path, shown.article)
    if entry and sha256(data).digest() in {entry.written, entry.offered}:
        return {}
    found: dict[str, str] = {}
    article = shown.article
    if entry and (article.published.isoformat(), article.precision) != (entry.published, entry.precision):
        found |= {"published": _BY_HAND, "precision": _BY_HAND}
    if seed is None:
        return found
    source = article.source or Source()
    made = copy_of(
        seed, Seed(source.file, bytes.fromhex(source.sha256[:64]), 0, 1), settings, article.published, words=words
    )
    for name in Article.__struct_fields__:
        if name not in _KEPT and getattr(article, name) != getattr(made.article, name):
            found[name] = _BY_HAND if name not in _FOUND else f"{_BY_HAND}, or found under other settings"
    if shown.body.strip() != made.body.strip():
        found["body"] = _BY_HAND
    return found


def _entry(root: Path, path: str, article: Article) -> Entry | None:
    """What the ledger knows of the article at *path*, without making one."""
    file = root / FOLDER / FILE
    if not file.is_file():
        return None
    try:
        ledger = Ledger(file)
    except DatelineError:
        return None
    try:
        return ledger.by_path(path) or ledger.by_id(article.id)
    finally:
        ledger.close()


def _tags(article: Article, seed: Story, words: str | None) -> list[Explained]:
    """Tell of each tag that the text gave which of its words did, at most three places of each."""
    from dateline.tagging import TaggedText  # loaded only when somebody asks

    text = TaggedText.of(seed.article, plain(seed.body))
    shown = {*article.places, *article.people, *article.organisations, *article.topics}
    found = []
    for tag in found_in(seed.article, seed.body, words):
        if tag.term.label in shown:
            said = ", ".join(repr(text.joined[start:end][:40]) for start, end in tag.evidence[:3])
            rule = f"{len(tag.evidence)} places in the text: {said}" if said else "dateline, ISIN or subject code"
            found.append(Explained(tag.term.id, tag.term.label, f"weight {tag.weight:.1f}, {rule}"))
    return found


def _fields(article: Article) -> list[tuple[str, str]]:
    fields = to_builtins(article)
    names = [name for name in Article.__struct_fields__ if name in fields]
    return [(name, _spelled(fields[name])) for name in names]


def _spelled(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _explained(
    name: str, value: str, rules: dict[str, Evidence], read: tuple[Story | None, str], own: dict[str, str]
) -> Explained:
    seed, source = read
    found = rules.get(name)
    if found is not None:
        start, end = found.start, found.end
        return Explained(name, value, found.rule, start, end, source[start:end][:_LONGEST])
    unread = "" if seed else " (the seed is not there any more)"
    return Explained(name, value, own.get(name, "given by the copy's format, or by default") + unread)


def _seed(root: Path, article: Article, settings: Settings) -> tuple[Story | None, str]:
    """Read the story again from its seed; ``None`` where that is gone, elsewhere or changed."""
    source = article.source
    if source is None or not source.file:
        return None, ""
    try:
        data = files.read_file(root, source.file, settings.limits.seed).data
        if sha256(data).hexdigest() != source.sha256:
            return None, ""
        stories = wire.read(data, name=source.file, settings=settings)
    except DatelineError:
        return None, ""
    same = [s for s in stories if s.article.source and s.article.source.id == source.id] if source.id else []
    same = same or [s for s in stories if s.article.title == article.title] or stories
    return same[0], decode(data)
