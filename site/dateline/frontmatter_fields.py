"""Keys and values of front matter -> a typed article: aliases understood, the rest named and refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, get_args

from dateline.article import Article, Correction, Image, Precision, Source, Status, StoryKind, TitleSource
from dateline.errors import DatelineError, Problem
from dateline.frontmatter_dates import WRITE_IT, moment
from dateline.frontmatter_read import Table, Value
from dateline.prose_links import is_address
from dateline.settings import Settings
from dateline.text import clean, one_line

ALIASES: Final = {
    "abstract": "summary", "agencies": "agency", "alias": "aliases", "author": "authors", "byline": "authors", "categories": "tags",
    "category": "section", "created": "published", "date": "published", "description": "summary", "expirydate": "expires",
    "expiry_date": "expires", "expiry": "expires", "guid": "id", "headline": "title", "keywords": "tags", "language": "lang",
    "lastmod": "updated", "modified": "updated", "organizations": "organisations", "orgs": "organisations", "person": "people",
    "place": "places", "publishdate": "embargo", "redirect_from": "aliases", "tag": "tags", "teaser": "summary", "topic": "topics",
}  # fmt: skip
_LISTS: Final = ("flags", "tags", "places", "people", "organisations", "topics", "authors", "aliases", "isins", "subjects")  # fmt: skip
_LINES: Final = ("id", "title", "slug", "summary", "lang", "section", "kicker", "agency", "service", "dateline", "signoff", "translation", "rights")  # fmt: skip
_MOMENTS: Final = ("updated", "embargo", "expires")
_CHOICES: Final = {
    "kind": get_args(StoryKind), "status": get_args(Status), "title_source": get_args(TitleSource),
    "precision": get_args(Precision),
}  # fmt: skip
_FLAGS: Final = ("breaking", "excerpt", "draft")
_LENGTHS: Final = {"summary": 10_000, "title": 1_000, "rights": 2_000, "alt": 2_000, "caption": 5_000, "text": 5_000}
_LENGTH: Final = 500  # characters of any other line
_YES: Final = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False, "": False}  # fmt: skip
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_SIZES: Final = ("width", "height")
_MOST_WARNINGS: Final = 5


def longest(name: str) -> int:
    """How many characters a line of the field *name* may have."""
    return _LENGTHS.get(name, _LENGTH)


def article_of(table: Table, front: str, place: str, settings: Settings) -> tuple[Article, tuple[Problem, ...]]:
    """Make the article that *table* describes, read from the text *front* of the file at *place*.

    Unknown keys and values that can be left out are warnings. Raises ``DatelineError`` at the line of the
    key whose value cannot be understood, and where title or date are missing.
    """
    return _Fields(table, front, place, settings).article()


class _Fields:
    """One article in the making."""

    def __init__(self, table: Table, front: str, place: str, settings: Settings) -> None:
        self.table = table
        self.front = front
        self.place = place
        self.settings = settings
        self.zone = settings.zone
        self.made: dict[str, Any] = {}
        self.warnings: list[Problem] = []
        self.strange: list[str] = []

    def article(self) -> tuple[Article, tuple[Problem, ...]]:
        for key, value in self.table.items():
            name = _NAMES.get(key) or _NAMES.get(key.lower().replace("-", "_"))
            if name is None:
                self.strange.append(key)
            elif value is not None:
                self.take(name, key, value)
        self.complete()
        if self.strange:
            self.name_strangers()
        return Article(**self.made), tuple(self.warnings)

    def take(self, name: str, key: str, value: Value) -> None:
        made = _MAKERS[name](self, key, value)
        if name == "draft":
            name, made = "status", "draft" if made else self.made.get("status", "published")
        if name in self.made and name != "status":
            if name in _LISTS:
                made = tuple(dict.fromkeys((*self.made[name], *made)))
                self.few(key, made)
            elif made != self.made[name]:
                self.warn(key, f"{name} is given twice, and differs", "keep one of them")
                made = made if key == name else self.made[name]
        self.made[name] = made

    def complete(self) -> None:
        made = self.made
        if not made.get("title"):
            raise self.error("title", "there is no title", "add a line title: Words of the headline")
        if "published" not in made:
            raise self.error("date", "there is no date", f"add a line date: {WRITE_IT.removeprefix('write it as ')}")
        made["published"], precision = made["published"]
        made.setdefault("precision", precision)
        made.setdefault("id", "")

    def line(self, key: str, value: Value) -> str:
        if not isinstance(value, str):
            raise self.error(key, f"{_kind(value)} is no text", "write one line of text")
        text = value if value.isprintable() and value.isascii() and "  " not in value else one_line(value)
        if len(text) > _LENGTH and len(text) > (limit := longest(_NAMES.get(key.lower(), key))):
            raise self.error(key, f"a text of {len(text):,} characters is longer than {limit:,}", "shorten it")
        return text.strip()

    def id(self, key: str, value: Value) -> str:
        text = self.line(key, value)
        if " " in text or "<" in text:
            raise self.error(key, f"{text[:80]!r} is no address", "write it without blanks, as tag:example.org,2025:1")
        return text

    def lang(self, key: str, value: Value) -> str:
        text = self.line(key, value).replace("_", "-")
        if text and not _LANGUAGE.match(text):
            self.warn(key, f"{text[:80]!r} is no language and was left out", 'write it as "de" or "pt-BR"')
            return ""
        return text

    def list(self, key: str, value: Value) -> tuple[str, ...]:
        if isinstance(value, str):
            value = list(value.split(",")) if key.lower() not in _WITH_COMMAS else [value]
        if not isinstance(value, list):
            raise self.error(key, f"{_kind(value)} is no list", "write one to a line, each after - ")
        self.few(key, value)
        return tuple(dict.fromkeys(filter(None, (self.line(key, item) for item in value if item is not None))))

    def few(self, key: str, value: Any) -> None:
        most = self.settings.limits.terms
        if len(value) > most:
            raise self.error(key, f"{len(value):,} entries are more than {most:,}", "keep the ones that matter")

    def moment(self, key: str, value: Value) -> datetime:
        return self.stamp(key, value)[0]

    def stamp(self, key: str, value: Value) -> tuple[datetime, Precision]:
        found = moment(value.strip(), self.zone) if isinstance(value, str) else None
        if found is None:
            shown = _short(value) if isinstance(value, str) else _kind(value)
            raise self.error(key, f"{shown} is not a date", WRITE_IT)
        return found

    def choice(self, key: str, value: Value) -> str:
        choices = _CHOICES[_NAMES[key.lower().replace("-", "_")]]
        if isinstance(value, str) and value.strip().lower() in choices:
            return value.strip().lower()
        shown = _short(value) if isinstance(value, str) else _kind(value)
        raise self.error(key, f"{shown} is unknown", f"write {', '.join(choices[:-1])} or {choices[-1]}")

    def flag(self, key: str, value: Value) -> bool:
        yes = _YES.get(value.strip().lower()) if isinstance(value, str) else None
        if yes is None:
            shown = _short(value) if isinstance(value, str) else _kind(value)
            raise self.error(key, f"{shown} is neither true nor false", "write true or false")
        return yes

    def number(self, key: str, value: Value) -> int:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value.strip()):
            return int(value)
        self.warn(key, "is no number and was left out", "write digits only")
        return 0

    def corrections(self, key: str, value: Value) -> tuple[Correction, ...]:
        if not isinstance(value, list):
            raise self.error(key, f"{_kind(value)} is no list of corrections", "write - date: … and text: … for each")
        self.few(key, value)
        return tuple(self.correction(key, item) for item in value)

    def correction(self, key: str, value: Value) -> Correction:
        if not isinstance(value, dict) or not value.get("text") or not value.get("date"):
            raise self.error(key, "a correction needs a date and a text", "write - date: … and text: … for each")
        return Correction(self.moment("date", value["date"]), self.line("text", value["text"]))

    def image(self, key: str, value: Value) -> Image | None:
        if isinstance(value, str):
            value = {"src": value}
        parts = self.parts(key, value, Image.__struct_fields__)
        src = self.line("src", parts.pop("src", None) or "")
        if not src or not is_address(src) or src.startswith("\\"):
            if src:
                self.warn(key, f"{src[:80]!r} is no address of a picture and was left out", "name a file below static/")
            return None
        made: dict[str, Any] = {
            name: self.line(name, text) for name, text in parts.items() if text and name not in _SIZES
        }
        made |= {name: self.number(name, parts[name]) for name in _SIZES if parts.get(name)}
        return Image(src, **made)

    def source(self, key: str, value: Value) -> Source | None:
        if isinstance(value, str):
            value = {"url" if value.startswith(("http://", "https://")) else "file": value}
        parts = self.parts(key, value, Source.__struct_fields__)
        made = {name: line for name, text in parts.items() if text is not None and (line := self.line(name, text))}
        if not is_address(made.get("url", "")):
            self.warn(key, "its url is no address and was left out", "write it as https://…")
            del made["url"]
        return Source(**made) if made else None

    def parts(self, key: str, value: Value, names: tuple[str, ...]) -> dict[str, Value]:
        if not isinstance(value, dict):
            raise self.error(key, f"{_kind(value)} is no table", f"write {', '.join(names)} below it, indented")
        self.strange += [f"{key}.{name}" for name in value if name not in names]
        return {name: value[name] for name in names if name in value}

    def name_strangers(self) -> None:
        for key in self.strange[:_MOST_WARNINGS]:
            near = difflib.get_close_matches(key[:40].lower(), _NAMES, n=1)
            self.warn(key, "is unknown and was left out", f"did you mean {near[0]}?" if near else "remove it")
        if (more := len(self.strange) - _MOST_WARNINGS) > 0:
            self.warnings.append(Problem(self.place, f"{more:,} more keys are unknown", "remove them", "warning"))

    def warn(self, key: str, problem: str, remedy: str) -> None:
        error = self.error(key, problem, remedy).problem
        self.warnings.append(Problem(error.place, error.problem, error.remedy, "warning"))

    def error(self, key: str, problem: str, remedy: str) -> DatelineError:
        found = re.search(
            rf"^[ \t]*(?:- )?[\"']?{re.escape(key.rpartition('.')[2])}[\"']?[ \t]*[:=]", self.front, re.MULTILINE
        )
        line = self.front.count("\n", 0, found.start()) + 2 if found else 1
        return DatelineError(f"{self.place}:{line}", f"{key[:80]}: {problem}", remedy)


def _short(text: str) -> str:
    text = clean(text)
    return repr(text if len(text) <= 80 else f"{text[:79]}…")


def _kind(value: Value) -> str:
    return (
        "a list"
        if isinstance(value, list)
        else "a table"
        if isinstance(value, dict)
        else "text"
        if value
        else "nothing"
    )


_WITH_COMMAS: Final = {"author", "authors", "byline", "aliases", "alias", "redirect_from", "flags"}
_MAKERS: Final[dict[str, Callable[[_Fields, str, Value], Any]]] = {
    **dict.fromkeys(_LINES, _Fields.line),
    **dict.fromkeys(_LISTS, _Fields.list),
    **dict.fromkeys(_MOMENTS, _Fields.moment),
    **dict.fromkeys(_CHOICES, _Fields.choice),
    **dict.fromkeys(_FLAGS, _Fields.flag),
    "id": _Fields.id,
    "lang": _Fields.lang,
    "published": _Fields.stamp,
    "urgency": _Fields.number,
    "corrections": _Fields.corrections,
    "image": _Fields.image,
    "source": _Fields.source,
}
_NAMES: Final = {**{name: name for name in _MAKERS}, **ALIASES, "date_precision": "precision"}
