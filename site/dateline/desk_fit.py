"""A story from the wire -> the same within the lengths of front matter: what is too long is cut at a word, and told."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

from dateline.article import Article, Note
from dateline.frontmatter_fields import longest

_END = " …"


def fitted(article: Article, most: int) -> tuple[Article, tuple[str, ...]]:
    """Cut what a build would refuse, and name it: ``title of 1,234 characters``. *most* entries fit in a list.

    The words are still in the seed; a story that is lost for its headline would be worse. Linear.
    """
    told: list[str] = []
    changed = _cut(article, most, told)
    return (structs.replace(article, **changed), tuple(told)) if changed else (article, ())


def fitted_note(note: Note | None) -> Note | None:
    """Cut what an agency says of a version to the length of a correction."""
    most = longest("text")
    return note if note is None or len(note.text) <= most else structs.replace(note, text=cut(note.text, most))


def cut(text: str, most: int) -> str:
    """Cut *text* at a word, so that with an ellipsis it has at most *most* characters."""
    if len(text) <= most:
        return text
    end = most - len(_END)
    at = text.rfind(" ", end // 2, end + 1)
    return text[: at if at > 0 else end].rstrip(" ,;:–-") + _END


def _cut(value: Struct, most: int, told: list[str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if isinstance(part, str):
            if len(part) > (limit := longest(name)):
                told.append(f"{name} of {len(part):,} characters")
                changed[name] = cut(part, limit)
        elif isinstance(part, tuple):
            if len(part) > most:
                told.append(f"{name} of {len(part):,} entries")
                part = changed[name] = part[:most]
            if any(isinstance(item, str) and len(item) > longest(name) for item in part):
                told.append(f"{name} with long entries")
                changed[name] = tuple(cut(item, longest(name)) for item in part)
        elif isinstance(part, Struct) and (inner := _cut(part, most, told)):
            changed[name] = structs.replace(part, **inner)
    return changed
