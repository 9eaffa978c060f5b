"""A newsroom -> the text of its editors' vocabulary, checked; it is parsed where it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dateline import files
from dateline.errors import DatelineError, Problem

FILE: Final = "content/_tags.toml"
LONGEST: Final = 5_000_000  # bytes


def vocabulary_of(root: Path) -> tuple[str | None, list[Problem]]:
    """Text of ``content/_tags.toml``, ``None`` where there is none; a broken one is named and left out."""
    path = root / FILE
    if not path.exists() and not path.is_symlink():
        return None, []
    from dateline.tagging.vocabulary import Vocabulary  # few newsrooms have one

    try:
        text = files.read_file(root, FILE, LONGEST).data.decode("utf-8-sig")
        Vocabulary.load(text)
    except UnicodeDecodeError:
        return None, [Problem(FILE, "is not UTF-8", "save it as UTF-8")]
    except DatelineError as error:
        return None, [error.problem]
    return text, []
