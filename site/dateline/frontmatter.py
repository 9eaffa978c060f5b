"""A content file's text <-> its article and body: what hand and wire write in front matter, typed."""

from __future__ import annotations

import re
from typing import Final

from dateline.article import Article
from dateline.errors import DatelineError, Problem
from dateline.frontmatter_fields import article_of
from dateline.frontmatter_read import Table, read_toml, read_yaml
from dateline.frontmatter_write import dump
from dateline.settings import Settings
from dateline.text import clean

__all__ = ["dump", "parse", "split"]

_FENCES: Final = {"---": re.compile(r"\n---[ \t]*(?:\n|\Z)"), "+++": re.compile(r"\n\+\+\+[ \t]*(?:\n|\Z)")}
_BEGIN: Final = "begin the file with a line ---, title: …, date: …, and a line ---"


def parse(text: str, place: str, settings: Settings) -> tuple[Article, str, tuple[Problem, ...]]:
    """Read the *text* of the content file at *place*: its article, its body in Markdown, and warnings.

    Needs a title and a date; everything else has a default, ``id`` an empty one. YAML between ``---``,
    TOML between ``+++``. Text is never taken for a number, a boolean or a date that it was not meant as.
    Linear. Raises ``DatelineError`` with the line: what cannot be understood is refused, not guessed.
    """
    table, body, front = split(text, place, settings.limits.front_matter)
    article, warnings = article_of(table, front, place, settings)
    return article, body, warnings


def split(text: str, place: str, limit: int) -> tuple[Table, str, str]:
    """Divide the *text* of a content file into its keys, its body and the front matter as written."""
    text = clean(text).lstrip("\n")
    fence, _, _ = text.partition("\n")
    fence = fence.rstrip(" \t")
    if fence not in _FENCES:
        raise DatelineError(f"{place}:1", "has no front matter" if text.strip() else "is empty", _BEGIN)
    start = text.find("\n")
    end = _FENCES[fence].search(text, start)
    if end is None:
        raise DatelineError(f"{place}:1", "its front matter has no end", f"close it with a line {fence}")
    front = text[start + 1 : end.start()]
    if len(front) > limit:
        raise DatelineError(
            f"{place}:1",
            f"front matter of {len(front):,} characters is longer than {limit:,}",
            "move text into the body",
        )
    table = read_yaml(front, place) if fence == "---" else read_toml(front, place)
    return table, text[end.end() :].strip("\n"), front
