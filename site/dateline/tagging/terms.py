"""What the tagger is given, and what it finds: text with its fields -> terms with weight and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from dateline.article import Term

if TYPE_CHECKING:
    from dateline.article import Article

LONGEST = 60_000  # characters: what a story is about stands in its first ten thousand words

_LONGEST_TITLE, _LONGEST_SUMMARY = 1_000, 4_000


class TaggedText(Struct, frozen=True, kw_only=True):
    """One story as the tagger sees it; only ``body`` is needed. ``body`` is plain text, blank lines part paragraphs."""

    title: str = ""
    summary: str = ""
    body: str = ""
    dateline: str = ""
    agency: str = ""
    lang: str = ""
    isins: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()

    @property
    def joined(self) -> str:
        """Title, summary (unless the body begins with it) and body, a blank line between them: evidence counts in it."""
        summary = (
            "" if self.summary and self.body.lstrip().startswith(self.summary[:80].rstrip(" .…")) else self.summary
        )
        return "\n\n".join(part for part in (self.heading, summary[:_LONGEST_SUMMARY], self.body[:LONGEST]) if part)

    @property
    def heading(self) -> str:
        """The title, of which at most 1,000 characters count."""
        return self.title[:_LONGEST_TITLE]

    @classmethod
    def of(cls, article: Article, body: str) -> TaggedText:
        """Take the fields of *article* that the tagger reads."""
        return cls(
            title=article.title,
            summary=article.summary,
            body=body,
            dateline=article.dateline,
            agency=article.agency,
            lang=article.lang,
            isins=article.isins,
            subjects=article.subjects,
            keywords=article.tags,
        )


class Found(Struct, frozen=True):
    """A term, how strongly the story speaks of it, and where: half-open spans of ``TaggedText.joined``.

    ``evidence`` is empty where a field other than the text gave the term (dateline, ISIN, subject code).
    """

    term: Term
    weight: float
    evidence: tuple[tuple[int, int], ...] = ()
