"""Content files -> a new ledger, where the old one was lost: what was ingested stays known, nothing comes twice.

Whether a file was edited by hand can no longer be told, so each counts as edited until the seed that it was
made from comes by again and proves that it was not (``Desk.settle``).
"""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from dateline.article import Article, Story
from dateline.desk_copy import Seed, digested
from dateline.desk_settle import parsed
from dateline.desk_shelf import Shelf
from dateline.files import Found, scan
from dateline.history import VERSIONS
from dateline.ledger import REBUILT, Entry, Ledger, Version
from dateline.settings import Settings

_SHA256 = 64  # hex digits


def rebuild(ledger: Ledger, shelf: Shelf, root: Path, settings: Settings) -> None:
    """Enter every article of ``content/`` that came from a seed, and the versions that are still kept."""
    with ledger.together():
        for path in shelf.paths():
            data = shelf.read(path)
            if data and (story := parsed(data, path, settings)) and story.article.source:
                _enter(ledger, story, path, settings)
        if (root / VERSIONS).is_dir():
            for found in scan(root, VERSIONS):
                data = shelf.read(found.path) if isinstance(found, Found) else None
                if data and (story := parsed(data, "", settings)):
                    _former(ledger, story, settings)


def _enter(ledger: Ledger, story: Story, path: str, settings: Settings) -> None:
    article = story.article
    if ledger.by_id(article.id):
        return  # two files with one id: check names them
    state = "withdrawn" if article.status == "withdrawn" else "published"
    entry = Entry(0, article.id, path, article.published.isoformat(), article.precision, b"", b"", state, 0)
    key = ledger.put_entry(entry)
    current = [ledger.put_version(v) for v in _versions(story, key, settings)]
    ledger.put_entry(structs.replace(entry, story=key, current=current[-1]))


def _former(ledger: Ledger, story: Story, settings: Settings) -> None:
    if (entry := ledger.by_id(story.article.id)) and entry.state == "published":
        for version in _versions(story, entry.story, settings):
            if not ledger.known(version.input, REBUILT):
                ledger.put_version(version)


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
