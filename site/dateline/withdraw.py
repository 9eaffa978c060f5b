"""A story -> the notice that is left of it: an address, an id and two dates, no word of its text.

What stays in the address stays: a slug was made from words of the headline, and addresses never change.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from dateline.article import Article, Source
from dateline.identity import hashed

_TITLES = {
    "de": "Zurückgezogene Meldung",
    "en": "Withdrawn story",
    "es": "Noticia retirada",
    "fr": "Dépêche retirée",
}


class Notice(Struct, frozen=True):
    """When a story was withdrawn, and the SHA-256 of every seed that brought it: none may bring it back."""

    at: datetime
    inputs: tuple[bytes, ...]


def erase(old: Article, notice: Notice, language: str) -> Article:
    """Keep of *old* what its address, its feeds' tombstones and a lost ledger need; idempotent.

    The agency's own id may be an address with words of the headline in it, so only its digest stays.
    *language* is the site's, for the generic title of a story that names none.
    """
    lang = (old.lang or language).partition("-")[0]
    earlier = old.source.sha256.split() if old.source else []
    digests = sorted({*earlier, *(sha.hex() for sha in notice.inputs)})
    return Article(
        id=old.id,
        slug=old.slug,
        title=_TITLES.get(lang, _TITLES["en"]),
        published=old.published,
        precision=old.precision,
        updated=max(notice.at, old.updated or old.published),
        status="withdrawn",
        lang=old.lang,
        agency=old.agency,
        section=old.section,
        # Feeds live for ever: those that carried the story say in them that it is gone.
        tags=old.tags,
        places=old.places,
        people=old.people,
        organisations=old.organisations,
        topics=old.topics,
        authors=old.authors,
        source=Source(sha256=" ".join(digests), id=hashed(old.source.id if old.source else "")),
    )
