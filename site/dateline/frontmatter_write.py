"""An article and its body -> the text of a content file that reads back as the same article and body."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any, Final

from msgspec import Struct, structs

from dateline.article import Article
from dateline.frontmatter_dates import written
from dateline.frontmatter_read import is_plain
from dateline.text import clean

_ORDER: Final = ("title", "date", "updated", "id", "slug", "summary", "lang", "section")
_BARE: Final = re.compile(r"\w[^\n\t]*\Z")


@cache
def _defaults(kind: type[Struct]) -> dict[str, Any]:
    return {f.name: f.default for f in structs.fields(kind)}


def dump(article: Article, body: str, zone: tzinfo = UTC) -> str:
    """Write *article* and *body*: keys in a fixed order, quotation marks only where needed, moments in *zone*.

    ``parse`` gives the same article and body back where their strings are clean single lines. Linear.
    """
    lines = ["---"]
    for name, value in _fields(article, zone):
        lines += _lines(name, value, zone)
    text = clean(body).strip("\n")
    return "\n".join((*lines, "---", "", text, "")) if text else "\n".join((*lines, "---", ""))


def _fields(article: Article, zone: tzinfo) -> list[tuple[str, Any]]:
    fields: dict[str, Any] = {
        name: value for name, default in _defaults(Article).items() if (value := getattr(article, name)) != default
    }
    fields.pop("precision", None)
    fields["date"] = written(fields.pop("published"), zone, article.precision)
    if not article.id:
        fields.pop("id", None)
    first = [(name, fields.pop(name)) for name in _ORDER if name in fields]
    return [*first, *fields.items()]


def _lines(name: str, value: Any, zone: tzinfo, indent: str = "") -> list[str]:
    if isinstance(value, tuple):
        return [f"{name}:", *(line for item in value for line in _item(item, zone))]
    if isinstance(value, Struct):
        return [f"{name}:", *_below(value, zone, "  ")]
    return [f"{indent}{name}: {_scalar(value, zone)}"]


def _below(value: Struct, zone: tzinfo, indent: str) -> list[str]:
    parts = ((name, getattr(value, name), default) for name, default in _defaults(type(value)).items())
    return [f"{indent}{name}: {_scalar(part, zone)}" for name, part, default in parts if part != default]


def _item(value: Any, zone: tzinfo) -> list[str]:
    if not isinstance(value, Struct):
        return [f"- {_scalar(value, zone)}"]
    lines = _below(value, zone, "  ")
    return [f"- {lines[0].lstrip()}", *lines[1:]]


def _scalar(value: Any, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return written(value, zone)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """Write *text* bare where YAML reads it as itself, else between quotation marks."""
    if _BARE.match(text) and is_plain(text):
        return text
    return json.dumps(text, ensure_ascii=False) if "'" in text or '"' not in text else f"'{text}'"
