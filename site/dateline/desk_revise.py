"""A later copy and the article that is here -> the article of the later version: its address and dates stay."""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from dateline import frontmatter
from dateline.article import Article, Correction, Source, Story
from dateline.desk_copy import Copy
from dateline.errors import DatelineError
from dateline.ledger import Entry
from dateline.settings import Settings

_CORRECTED = {
    "de": "Die Agentur hat eine berichtigte Fassung dieser Meldung gesendet.",
    "en": "The agency has sent a corrected version of this story.",
    "es": "La agencia ha enviado una versión corregida de esta noticia.",
    "fr": "L’agence a envoyé une version corrigée de cette dépêche.",
}
_SENTENCE = 3  # words


def revised(copy: Copy, old: Article, *, changed: bool) -> Article:
    """Make the article of a later version: what an address or a reader relies on stays as it was.

    ``updated`` moves only where the text did, and never before ``published``.
    """
    new = copy.article
    corrections = old.corrections
    if copy.note and copy.note.kind == "correction":
        note = correction(copy, old)
        corrections = corrections if note in corrections else (*corrections, note)
    return structs.replace(
        new,
        id=old.id,
        slug=old.slug,
        published=old.published,
        precision=old.precision,
        lang=old.lang or new.lang,
        section=old.section or new.section,
        aliases=old.aliases,
        translation=old.translation or new.translation,
        updated=max(copy.moment, old.updated or old.published) if changed else old.updated,
        corrections=corrections,
    )


def correction(copy: Copy, article: Article) -> Correction:
    """The dated note that readers see: the agency's own words, where they say something."""
    text = copy.note.text if copy.note else ""
    text = text if len(text.split()) >= _SENTENCE else ""  # a mere flag tells a reader nothing
    lang = (article.lang or copy.article.lang).partition("-")[0]
    return Correction(copy.moment, text or _CORRECTED.get(lang, _CORRECTED["en"]))


def skeleton(entry: Entry) -> Article:
    """What the ledger knows of an article whose file cannot be read."""
    slug = entry.path.rpartition("/")[2].removesuffix(".md")
    slug = slug if entry.precision == "month" else slug[3:]
    published = datetime.fromisoformat(entry.published)
    return Article(id=entry.id, title="", slug=slug, published=published, precision=entry.precision, source=Source())


def parsed(data: bytes, path: str, settings: Settings) -> Story | None:
    """Read a content file; ``None`` where it is not readable as one."""
    try:
        article, body, _ = frontmatter.parse(data.decode(), path, settings)
    except (DatelineError, UnicodeDecodeError):
        return None
    return Story(article, body)
