"""Content files -> a new ledger, where the old one was lost: what was ingested stays known, nothing comes twice.

Whether a file was edited by hand can no longer be told, so each counts as edited until the seed that it was
made from comes by again and proves that it was not (``Desk.settle``).
"""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from dateline.article import Article, Story
from dateline.desk_copy import Seed, digested
from dateline.desk_revise import parsed
from dateline.desk_shelf import Shelf
from dateline.history import folder
from dateline.ledger import REBUILT, Entry, Ledger, State, Version
from dateline.settings import Settings

_SHA256 = 64  # hex digits


def rebuild(ledger: Ledger, shelf: Shelf, root: Path, settings: Settings) -> None:
    """Enter every article of ``content/`` that came from a seed, and its versions that are still kept."""
    with ledger.together():
        for path in shelf.paths():
            story = _read(shelf, path, settings)
            if story and story.article.source and not ledger.by_id(story.article.id):  # check names those of one id
                _enter(ledger, story, path, _former(root, shelf, story.article, settings), settings)


def _read(shelf: Shelf, path: str, settings: Settings) -> Story | None:
    data = shelf.read(path)
    return parsed(data, path, settings) if data else None


def _former(root: Path, shelf: Shelf, article: Article, settings: Settings) -> list[tuple[int, Story]]:
    """The versions of an article that are still kept, with their numbers. A withdrawn story has none."""
    kept = root / folder(article.id)
    if article.status == "withdrawn" or not kept.is_dir():
        return []
    names = sorted(path.name for path in kept.glob("*.md") if path.stem.isdigit())
    stories = ((int(name[:-3]), _read(shelf, f"{folder(article.id)}/{name}", settings)) for name in names)
    return [(n, story) for n, story in stories if story]


def _enter(ledger: Ledger, story: Story, path: str, former: list[tuple[int, Story]], settings: Settings) -> None:
    article = story.article
    state: State = "withdrawn" if article.status == "withdrawn" else "published"
    entry = Entry(0, article.id, path, article.published.isoformat(), article.precision, b"", b"", state, 0)
    key = ledger.put_entry(entry)
    for n, version in former:
        for known in _versions(version, key, settings):
            ledger.put_version(structs.replace(known, n=n))
    current = [ledger.put_version(known) for known in _versions(story, key, settings)]
    ledger.show(key, current[-1])


def _versions(story: Story, key: int, settings: Settings) -> list[Version]:
    """One version for each seed that the front matter names: a withdrawn story names all it ever had."""
    article = story.article
    known = digested(article, story.body, Seed("", b"", REBUILT, 1), settings)
    known = structs.replace(known, story=key, said=bool(article.corrections))
    if article.status == "withdrawn":
        known = structs.replace(known, text=b"", title=b"", sketch=b"")
    return [structs.replace(known, input=sha) for sha in _digests(article)]


def _digests(article: Article) -> list[bytes]:
    words = article.source.sha256.split() if article.source else []
    found = [bytes.fromhex(word) for word in words if len(word) == _SHA256 and set(word) <= set("0123456789abcdef")]
    return found or [b""]
