"""A content file -> which rule gave each field, from which characters of the seed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from msgspec import Struct, to_builtins

from dateline import files, frontmatter, wire
from dateline.article import Article, Evidence, Story
from dateline.desk_copy import dated, plain
from dateline.errors import DatelineError
from dateline.settings import Settings
from dateline.wire.decode import decode

_FIRST = "kept from the first version"
_LONGEST = 80  # characters of the source that are shown
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

    The seed is read again, should it still be there unchanged; without it only the desk's own rules are
    told, and "written by hand" of nothing. Raises ``DatelineError`` where *path* is no article.
    """
    limits = settings.limits
    data = files.read_file(root, path, limits.article + limits.front_matter).data
    text = data.decode("utf-8", "replace")
    article = frontmatter.parse(text, path, settings)[0]
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
    told = [_explained(name, value, rules, (seed, source), own) for name, value in _fields(article)]
    return told + (_tags(article, seed) if seed else [])


def _tags(article: Article, seed: Story) -> list[Explained]:
    """Tell of each tag that the text gave which of its words did, at most three places of each."""
    from dateline.tagging import TaggedText, find  # loaded only when somebody asks

    text = TaggedText.of(seed.article, plain(seed.body))
    shown = {*article.places, *article.people, *article.organisations, *article.topics}
    found = []
    for tag in find(text):
        if tag.term.label in shown:
            words = ", ".join(repr(text.joined[start:end][:40]) for start, end in tag.evidence[:3])
            rule = f"{len(tag.evidence)} places in the text: {words}" if words else "dateline, ISIN or subject code"
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
