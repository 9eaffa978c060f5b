"""The first lines of a document -> what stands above the story: headline, flags, notes, stamp, teaser, dateline.

The dateline parts page chrome from the story. It is looked for in the first lines only, so that neither a
long story nor one endless line costs more than a short one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from dateline.wire import datelines, embargo, flags, moments, sentences
from dateline.wire.datelines import Dateline
from dateline.wire.flags import Flags
from dateline.wire.moments import Day, Time

LINES = 15  # that may stand above the dateline
_REACH = 8_000  # characters that may
_NOTE = 700  # characters of the longest version note

_PREFIX = re.compile(r"date[ \t](\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}:\d{2})(?::\d{2})?)?(?=\s|$)")
_TICKER = re.compile(r"\d[.,]\d{1,4}\s?%")
_QUOTE = re.compile(  # "DAX23.597 -1,0%"
    r"[ \t\xa0]{0,3}[^\W\d][\w/&.-]{0,15}?(?: [\w/&.-]{1,10}?)?[ ]?\d[\d.,]{0,12}[ \t\xa0]{1,3}[±+−-]?\d{1,3}[.,]\d{1,2}[ ]?%"
)
_STAMP_BEHIND = re.compile(r"\s{1,3}(\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2}),?\s(?:um\s)?\d{1,2}[:.]\d{2}(?:\sUhr)?)$")
_LISTED = re.compile(r"[-–•*·+]\s")
_BREADCRUMB = re.compile(r"\s[>»›→]\s")
_PICTURE = re.compile(
    r"\W{0,2}(?:Foto|Bild|Symbolbild|Archivbild|Photo|Picture|Grafik|Video|Bildquelle|Fotocredit)s?\s?:", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"(?:Quelle|Von|Autor|Source)\s?:?\s(?:dpa-AFX|dpa|AFP|APA|AP|Reuters)\W*$|Lesezeit|Lesedauer|\d{1,2} Min(?:\.|uten)? Lesezeit|Drucken\b|Artikel (?:teilen|drucken|anhören|vorlesen)|"
    r"(?:Veröffentlicht|Aktualisiert|Stand|Published|Updated|Last updated)\b|©|\(c\)|Copyright\b|https?://\S+$|www\.\S+$|Zum (?:Hauptinhalt|Inhalt)|Skip to|Menü$|Suche$|Anmelden|Newsletter",
    re.IGNORECASE,
)
_FURNITURE_LINES = frozenset(
    "für sie zusammengefasst|das wichtigste in kürze|startseite|home|nachrichten|news|wirtschaft|politik|panorama|börse|finanzen|teilen|merken|drucken|kommentare|kommentieren|anzeige|werbung|advertisement|dpa-afx|dpa|reuters|afp|apa|ticker|newsticker|aktuelle nachrichten|zurück|weiter|mehr|inhalt|share|print|e-mail|email|facebook|twitter|whatsapp|linkedin|x|ap|associated press|the associated press|associated press writer|associated press writers|dow jones newswires".split(
        "|"
    )
)
_SLUG = re.compile(r"[A-ZÄÖÜ0-9][\w.äöüß-]{1,30}(?:/[\wäöüßÄÖÜ.() -]{1,30}){1,5}/$")
_BYLINE = re.compile(
    r"(?:Von|By|Par|Por|BY(?=\s[^,\n]{3,80},\s(?i:reuters|ap|afp)$))\s(?P<names>[A-ZÀ-Þ][\w'’.-]{0,30}(?:\s(?:von|van|de|der|zu|al|el|[A-ZÀ-Þ][\w'’.-]{0,30})){1,5}"
    r"(?:(?:,\s|\s(?:und|and|et|y)\s)(?!dpa|AP|AFP|Reuters)[A-ZÀ-Þ][\w'’.-]{0,30}(?:\s[A-ZÀ-Þ][\w'’.-]{0,30}){1,3}){0,3})"
    r"(?:,?\s(?P<agency>[A-Za-z-]{2,12}|Associated Press|The Associated Press|Dow Jones Newswires))?$"
)
# AP: the version, behind the headline or alone on its line.
_VERSION = r"\d{1,2}(?:st|nd|rd|th)\sLd(?:-Writethru)?"
_LED = re.compile(
    rf",?\s({_VERSION})$|^\W{{0,4}}[A-Z-]{{2,12}}--[^,\n]{{1,60}},\s(?-i:((?:[A-Z]+\s)?KILL))$", re.IGNORECASE
)
_LED_ALONE = re.compile(rf"{_VERSION}$", re.IGNORECASE)
_OPEN_END = frozenset(  # that a line may end with only where it was wrapped
    "der die das den dem des ein eine einen einem einer und oder für mit von in im am auf zu zum zur the a an of to and for with on at le la les de du et el los las y".split()
)
_WORD = re.compile(r"(?<![^\s(])[a-zäöüß]{2,}")  # that a sentence has, and a stamp has not
_STAMP_WORDS = frozenset(
    "am um uhr von vom bei den in zuletzt aktualisiert geändert veröffentlicht erstellt at on by the of last updated published posted modified min read".split()
)
_AND = re.compile(r",\s|\s(?:und|and|et|y)\s")
_BEHIND_NOTE = re.compile(r"\A\s*(?:[-–—]\s+)?")  # "(CORRECTED) - Yard rebuilds dock"
_LONG_HEAD = re.compile(
    r"\s(?=(?:MONTAG|DIENSTAG|MITTWOCH|DONNERSTAG|FREITAG|SAMSTAG|SONNTAG)\b|TERMINE\b|\d{1,2}[:.]\d{2}\s|\^)"
)


class Line(NamedTuple):
    """A stripped line, by its span, and what it is."""

    start: int
    end: int
    kind: str  # text, chrome, stamp, note, embargo, byline, slug, flags


class Span(NamedTuple):
    """Half-open, in the decoded text."""

    start: int
    end: int


class Top(Struct, frozen=True):
    """All that stands above the story; each part by its span in the text."""

    body: int  # where the story's words begin
    prefix: tuple[Day, Time | None, Span] | None = None  # day 0: only the month is known
    dateline: Dateline | None = None
    headline: Span | None = None  # without its flags
    flags: Flags | None = None
    flags_spans: tuple[Span, ...] = ()
    notes: tuple[Span, ...] = ()
    stamp: tuple[Day, Time | None, Span] | None = None
    embargo: Span | None = None
    teaser: Span | None = None
    slug: Span | None = None
    byline: tuple[tuple[str, ...], Span] | None = None
    dropped: tuple[Span, ...] = ()


def read(text: str) -> Top:
    """Read the top of *text*. Looks at ``LINES`` lines and 8,000 characters; the rest costs nothing."""
    prefix, at = _prefix(text)
    lines: list[Line] = []
    dateline: Dateline | None = None
    notes: list[Span] = []
    for start, end in _lines(text, at):
        start, found = _notes(text, start, end)  # noqa: PLW2901 - what is left of the line
        lines.extend(Line(*span, "embargo") for span in found if _holds(text, span))
        found = [span for span in found if not _holds(text, span)]
        end = _held(text, start, end, lines)  # noqa: PLW2901
        if start >= end:
            notes.extend(found)
            lines.extend(Line(*span, "note") for span in found)
            continue
        start = _asking(text, start, end, lines)  # noqa: PLW2901
        dateline = datelines.match(text, start, end)
        if dateline is None:
            dateline = _behind(text, start, end, lines)
            if dateline:
                stop = start + len(text[start : dateline.start].rstrip())
                lines.extend(_parted(text, start, stop, lines))
        if dateline:
            notes.extend(found)
            break
        if found and (len(lines) < 4 or notes):
            notes.extend(found)
        elif found:
            start = found[0].start  # noqa: PLW2901
        lines.extend(_parted(text, start, end, lines))
        if lines[-1].kind == "note":
            notes.append(Span(start, end))
    return _above(text, prefix, dateline, lines, notes) if dateline else _without(text, at, prefix, lines, notes)


def _prefix(text: str) -> tuple[tuple[Day, Time | None, Span] | None, int]:
    at = len(text) - len(text.lstrip())
    found = _PREFIX.match(text, at)
    if not found or not 1 <= int(found[2]) <= 12 or not 1 <= int(found[3] or 1) <= 31:
        return None, at
    time = Time(int(found[4][:2]) % 24, int(found[4][3:]) % 60) if found[4] else None
    return (Day(int(found[1]), int(found[2]), int(found[3] or 0)), time, Span(at, found.end())), found.end()


def _lines(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Spans of the first lines that are not blank, stripped."""
    count, limit = 0, at + _REACH
    while at < min(len(text), limit) and count < LINES:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        head = text[at : min(stop, at + 4_000)]
        start = at + len(head) - len(head.lstrip())
        end = stop if stop > at + 4_000 else at + len(head.rstrip())
        if start < end and head.strip():
            count += 1
            yield start, end
        at = stop + 1


def _notes(text: str, start: int, end: int) -> tuple[int, list[Span]]:
    """Step over the balanced parentheses that open a line, unless one is a dateline's agency."""
    found: list[Span] = []
    while start < end and text[start] == "(" and len(found) < 4 and not datelines.match(text, start, end):
        stop = _balanced(text, start, min(len(text), start + _NOTE))
        if not stop:
            break
        found.append(Span(start, stop))
        rest = text[stop : min(end, stop + 50)]
        start = min(end, stop) + len(rest) - len(_BEHIND_NOTE.sub("", rest)) if stop < end else end
    return start, found


def _holds(text: str, note: Span) -> bool:
    """A parenthesis that asks to hold the story is no version note."""
    return embargo.asks(text[note.start : note.end])


def _parted(text: str, start: int, end: int, above: list[Line]) -> list[Line]:
    """Part a ticker from the headline behind it, and a headline from the day and time behind it, on the same line."""
    found: list[Line] = []
    at, count = start, 0
    while count < 40 and (quote := _QUOTE.match(text, at, end)):
        at, count = quote.end(), count + 1
    if count > 1 and at < end:
        found.append(Line(start, at, "chrome"))
        start = at + len(text[at : at + 8]) - len(text[at : at + 8].lstrip())
    first = end - start <= 300 and not any(line.kind == "text" for line in above)
    stamp = _STAMP_BEHIND.search(text, max(start, end - 40), end) if first else None
    if stamp and stamp.start() - start > 15:
        found.append(Line(start, stamp.start(), _kind(text, start, stamp.start())))
        start = stamp.start(1)
    if start < end:
        found.append(Line(start, end, _kind(text, start, end)))
    return found


def _held(text: str, start: int, end: int, lines: list[Line]) -> int:
    """Part the embargo notice that closes a headline in brackets from it."""
    at = text.rfind("(", max(start + 1, end - 200), end) if text[end - 1 : end] == ")" else -1
    if at < 0 or not _holds(text, Span(at, end)):
        return end
    lines.append(Line(at, end, "embargo"))
    return start + len(text[start:at].rstrip())


def _asking(text: str, start: int, end: int, lines: list[Line]) -> int:
    """Part the sentence that asks to hold a story from a story without a dateline on the same line."""
    if end - start <= 400 or not embargo.asks(text[start : start + 200]) or datelines.after_sentence(text, start, end):
        return start
    first = sentences.first(text[start : start + 400], "de", 1)[0]
    lines.append(Line(start, start + len(first), "embargo"))
    rest = text[start + len(first) : start + len(first) + 8]
    return start + len(first) + len(rest) - len(rest.lstrip())


def _behind(text: str, start: int, end: int, above: list[Line]) -> Dateline | None:
    """Find the dateline of a flattened document behind its headline or its embargo notice."""
    if embargo.asks(text[start : min(end, start + 200)]):
        return datelines.after_sentence(text, start, end) or datelines.midline(text, start, end)
    if not any(line.kind == "text" for line in above):
        return datelines.midline(text, start, end) or datelines.after_sentence(text, start, end)
    return None if _is_prose(text, start, end) else datelines.midline(text, start, end)


def _balanced(text: str, start: int, limit: int) -> int:
    depth = 0
    for at in range(start, limit):
        c = text[at]
        if c == "(":
            depth += 1
        elif c == ")":
            depth -= 1
            if not depth:
                return at + 1
        elif c == "\n" and text[at + 1 : at + 2] == "\n":
            return 0
    return 0


def _is_prose(text: str, start: int, end: int) -> bool:
    """A first sentence that ends before any mark could come: no headline that a dateline follows."""
    stop = text.find(". ", start, min(end, start + 200))
    return stop >= 0 and text.find("(", start, stop) < 0


def _kind(text: str, start: int, end: int) -> str:
    if end - start > 400:
        return "text"
    line = text[start:end]
    if embargo.asks(line):
        return "embargo"
    if flags.alone(line) and line.casefold() not in _FURNITURE_LINES:
        return "flags"
    if _LED_ALONE.match(line):
        return "note"
    if line[0] == "^" or flags.split(text, start, end).words:
        return "text"
    if _stamp(text, start, end):
        return "stamp"
    if _BYLINE.match(line):
        return "byline"
    if _SLUG.match(line):
        return "slug"
    return "chrome" if _is_chrome(line) else "text"


def _is_chrome(line: str) -> bool:
    if line.casefold().strip(" .:…+|") in _FURNITURE_LINES or not any(c.isalnum() for c in line):
        return True
    if len(_TICKER.findall(line)) >= 2 and not line.endswith("."):
        return True
    if (_BREADCRUMB.search(line) or line.count("|") > 1) and not line.endswith("."):
        return True
    return bool(_PICTURE.match(line) or (len(line) < 120 and _FURNITURE.match(line)))


def _stamp(text: str, start: int, end: int) -> tuple[Day, Time | None] | None:
    """Read a line that is little more than a day, or a day and a time, and names the year."""
    if end - start > 90:
        return None
    line = text[start:end]
    day = moments.find_day(line)
    if day is None or not day.year:
        return None
    time = moments.find_time(line, day.end) or moments.find_time(line, 0, day.start)
    rest = line[: day.start] + line[day.end :] if time is None else _without_spans(line, day, time)
    letters = sum(c.isalnum() for c in rest)
    return (day, time) if letters <= (32 if time else 12) else None


def _without_spans(line: str, day: Day, time: Time) -> str:
    first, second = sorted(((day.start, day.end), (time.start, time.end)))
    return line[: first[0]] + line[first[1] : second[0]] + line[second[1] :]


def _above(
    text: str, prefix: tuple[Day, Time | None, Span] | None, dateline: Dateline, lines: list[Line], notes: list[Span]
) -> Top:
    """With a dateline: the last line above it that is not chrome is the headline, or a teaser below one."""
    texts = _unwrapped(text, [line for line in lines if line.kind == "text"])
    head, marked = _headline(text, texts)
    teaser = None
    if head:
        below = [line for line in texts if line.start > head.start and _is_sentence(text, line)]
        teaser = below[0] if below else None
    return _top(text, prefix, dateline, lines, notes, head, marked, teaser, dateline.end)


def _unwrapped(text: str, texts: list[Line]) -> list[Line]:
    """Join the lines of a headline or a teaser that was wrapped: what follows goes on in small letters."""
    found: list[Line] = []
    for line in texts:
        before = found[-1] if found else None
        if before and line.end - before.start <= 600 and text.count("\n", before.end, line.start) == 1:
            last = text[max(before.start, before.end - 20) : before.end].rsplit(None, 1)[-1]
            if (text[line.start].islower() or last in _OPEN_END) and last[-1] not in '.!?:"“”…':
                found[-1] = Line(before.start, line.end, "text")
                continue
        found.append(line)
    return found


def _headline(text: str, texts: list[Line]) -> tuple[Line | None, Flags | None]:
    for line in texts:
        found = flags.split(text, line.start, line.end)
        if found.words:
            return line, found
    plain = [line for line in texts if line.end - line.start <= 250]
    titles = [line for line in plain if not _is_sentence(text, line) and not _LISTED.match(text, line.start)]
    if titles:
        return titles[-1], None
    return (plain[0], None) if plain else (None, None)


def _is_sentence(text: str, line: Line) -> bool:
    """A teaser: a whole sentence, longer than headlines are."""
    return line.end - line.start >= 60 and text[line.end - 1] in '.!?"“”…' and text[line.end - 3 : line.end] != "..."


def _without(
    text: str, at: int, prefix: tuple[Day, Time | None, Span] | None, lines: list[Line], notes: list[Span]
) -> Top:
    """Without a dateline: a flagged or short first line above longer text is the headline."""
    stamp = next((i for i, line in enumerate(lines) if line.kind == "stamp"), None)
    if stamp is not None and not _heads_the_story(text, lines[:stamp], lines[stamp]):
        stamp = None
    texts = [line for line in lines if line.kind == "text"]
    above = [line for line in texts if stamp is not None and line.start < lines[stamp].start]
    head, marked = _headline(text, above) if above else _opening(text, texts)
    if head and (head.end - head.start > 250 or (head == texts[-1] and _LONG_HEAD.search(text, head.start, head.end))):
        head, body = _cut_long(text, head, marked)
    else:
        after = max([head.end if head else at, lines[stamp].end if stamp is not None else at])
        body = next((line.start for line in texts if line.start >= after), after if head or stamp is not None else at)
    used = [line for line in lines if line.start < body and (line.end <= body or line.kind == "text")]
    notes = [note for note in notes if note.start < body]
    if not head and stamp is None:
        used = [line for line in lines if line.kind != "text"]
        body = min(
            (line.start for line in texts), default=max([at, *(line.end for line in used if line.kind == "flags")])
        )
        used = [line for line in used if line.end <= body]
    # A story that stands on the line of its embargo notice is held, too.
    used.extend(line for line in lines if line.kind == "embargo" and line.start <= body < line.end)
    dateline = _capitals(text, body)
    return _top(text, prefix, dateline, used, notes, head, marked, None, dateline.end if dateline else body)


def _heads_the_story(text: str, above: list[Line], stamp: Line) -> bool:
    """Whether a line with a day stands between headline and story, not where a wrapped line of the story broke."""
    if any(line.end - line.start > 250 or (line.kind == "text" and text[line.start].islower()) for line in above):
        return False
    words = [word for word in _WORD.findall(text, stamp.start, stamp.end) if word not in _STAMP_WORDS]
    before = above[-1] if above else None
    goes_on = before and before.kind == "text" and text[before.end - 1] not in '.!?"“”…'
    if len(words) > 1 or (goes_on and "\n\n" not in text[before.end : stamp.start] and text[stamp.end - 1] == "."):  # type: ignore[union-attr]
        return False
    texts = [line.end - line.start for line in above if line.kind == "text"]
    return len(texts) < 3 or sum(texts[1:]) < len(text[stamp.end :].strip())


def _capitals(text: str, body: int) -> Dateline | None:
    stop = text.find("\n", body)
    return datelines.capitals(text, body, len(text) if stop < 0 else stop)


def _opening(text: str, texts: list[Line]) -> tuple[Line | None, Flags | None]:
    if not texts:
        return None, None
    first = texts[0]
    found = flags.split(text, first.start, first.end)
    if found.words:
        return first, found
    length = first.end - first.start
    if length > 150 or len(texts) < 2 or text[first.end - 1] in ".;,:…":
        return None, None
    second = texts[1]
    if text[second.start] == "^":
        return first, None
    return (first, None) if second.end - second.start > length or text[second.end - 1] in ".!?" else (None, None)


def _cut_long(text: str, head: Line, marked: Flags | None) -> tuple[Line | None, int]:
    """A flattened document: the headline ends where the first heading or time of an agenda stands."""
    start = marked.end if marked else head.start
    stop = _LONG_HEAD.search(text, start + 10, min(head.end, start + 200))
    if stop:
        return Line(head.start, stop.start(), "text"), stop.end()
    return Line(head.start, start, "text"), start


def _top(
    text: str,
    prefix: tuple[Day, Time | None, Span] | None,
    dateline: Dateline | None,
    lines: list[Line],
    notes: list[Span],
    head: Line | None,
    marked: Flags | None,
    teaser: Line | None,
    body: int,
) -> Top:
    """Name the parts; every line that is none of them is dropped, and reported."""
    by_kind: dict[str, Line] = {}
    for line in lines:
        by_kind.setdefault(line.kind, line)
    stamps = [(line, found) for line in lines if line.kind == "stamp" and (found := _stamp(text, line.start, line.end))]
    best = next((item for item in stamps if item[1][1]), stamps[0] if stamps else None)
    slug, byline, held = by_kind.get("slug"), by_kind.get("byline"), by_kind.get("embargo")
    alone = [line for line in lines if line.kind == "flags"]
    opening = [Span(head.start, marked.end)] if marked and head else []
    named = {line.start for line in (*alone, head, teaser, slug, byline, held, best[0] if best else None) if line}
    named.update(note.start for note in notes)
    title_start = marked.end if marked and head else head.start if head else 0
    end = head.start + len(text[head.start : head.end].rstrip().rstrip("=").rstrip()) if head else 0
    led = _LED.search(text[title_start:end]) if head else None
    if led:
        first, last = led.span(led.lastindex or 1)
        notes = [*notes, Span(title_start + first, title_start + last)]
        end = title_start + len(text[title_start : title_start + first].rstrip(" ,"))
    return Top(
        body=body,
        prefix=prefix,
        dateline=dateline,
        headline=Span(title_start, end) if head and end > title_start else None,
        flags=_all_flags(text, alone, marked),
        flags_spans=(*(Span(line.start, line.end) for line in alone), *opening),
        notes=tuple(notes),
        stamp=(*best[1], Span(best[0].start, best[0].end)) if best else None,
        embargo=Span(held.start, held.end) if held else None,
        teaser=Span(teaser.start, teaser.end) if teaser else None,
        slug=Span(slug.start, slug.end) if slug else None,
        byline=(_names(text, byline), Span(byline.start, byline.end)) if byline else None,
        dropped=tuple(Span(line.start, line.end) for line in lines if line.start not in named),
    )


def _all_flags(text: str, alone: list[Line], marked: Flags | None) -> Flags | None:
    """The flags on lines of their own, then those that open the headline."""
    found = [flags.alone(text[line.start : line.end]) for line in alone] + [marked]
    each = [item for item in found if item]
    words = tuple(word for item in each for word in item.words)
    meanings = tuple(meaning for item in each for meaning in item.meanings)
    return Flags(words, meanings, each[-1].end) if each else None


def _names(text: str, line: Line) -> tuple[str, ...]:
    match = _BYLINE.match(text[line.start : line.end])
    return tuple(_AND.split(match["names"])) if match else ()
