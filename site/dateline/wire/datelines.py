"""The start of a line -> its dateline: cities, day, agency. ``MOSCOW, Dec 3 (Reuters) - `` and its kin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dateline.wire import agencies, moments
from dateline.wire.agencies import Agency, Found
from dateline.wire.moments import Day

WINDOW = 220  # characters from the start of a line in which a dateline ends

_MARK = re.compile(r"\(([^()\n]{2,48})\)|/([A-Za-z][A-Za-z-]{2,24})[ ]?/")
_DASH = re.compile(r"\s{0,3}(?:\.?\s?[-–—_]{1,2}|[:.](?=\s|$))")
_LEADING_DASH = re.compile(r"\s{0,2}[-–—_]{1,2}\s{0,2}$")
_MONTH = "|".join(sorted(moments.MONTHS, key=len, reverse=True))
_DAY_AT_END = re.compile(
    rf"(?:^|[,.]?\s{{1,3}})(?:\d{{1,2}}\.?\s(?:de\s)?(?:{_MONTH})\.?(?:,?\s(?:de\s)?\d{{4}})?|(?:{_MONTH})\.?\s\d{{1,2}}(?:,?\s\d{{4}})?|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{2,4}})?)[.,]?$",
    re.IGNORECASE,
)
_DAY_AND_DASH = re.compile(
    rf"[,.]\s{{1,2}}(?:\d{{1,2}}\.?\s(?:{_MONTH})\.?|(?:{_MONTH})\.?\s\d{{1,2}})(?:,?\s\d{{4}})?[.,]?(?:\s{{0,2}}[-–—]{{1,2}}(?:\s|$)|\s[-–—]{{1,2}}(?-i:(?=[A-Z<\"])))",
    re.IGNORECASE,
)
_DAY_BEHIND = re.compile(
    rf"(?:\d{{1,2}}\.?\s(?:{_MONTH})\.?|(?:{_MONTH})\.?\s\d{{1,2}}),?\s\d{{4}}\s?(?:--|[–—])\s?", re.IGNORECASE
)
_CAPITALS = re.compile(
    r"(?P<city>[A-ZÄÖÜ][A-ZÄÖÜß.'’ /-]{2,60})(?P<state>,\s[A-Z][A-Za-z.]{1,13}(?:\s[A-Z][A-Za-z.]{1,13})?)?,?\s[-–—]\s"
)
_MIDLINE = re.compile(
    r"(?<!\S)((?:[A-ZÄÖÜ][A-ZÄÖÜß.'’-]{1,30}[/ ]){0,5}[A-ZÄÖÜ][A-ZÄÖÜß'’-]{2,30}(?:,\s[A-Z][A-Za-z.]{1,14}(?:\s[A-Z][A-Za-z.]{1,14})?)?)$"
)
_SENTENCE = re.compile(r"[.!?)\"“”:]\s{1,3}(?=[A-ZÄÖÜ])")
_PARTICLES = frozenset(
    "am an der die das den dem im in ob a bei auf von vom vor zu und and y et e de del della di do da dos las los la le les of the upon on sur sous en aan den op of al el z. v. d. o. i. s. &".split()
)
_ARTICLES = frozenset("der die das dem des ein eine einer einem eines the a an il un una une".split())
_NO_CITY = re.compile(
    r"agent|agency|agence|presse?\b|press\b|nachrichten|zeitung|gmbh|verein|verband|partei|sprecher|minist|präsident|unternehm|konzern",
    re.IGNORECASE,
)
_ACRONYMS = frozenset(
    "NATO OPEC UNICEF UNESCO DAX MDAX SDAX TECDAX EILMELDUNG ACHTUNG KORREKTUR BERICHTIGUNG UPDATE ROUNDUP HINWEIS TERMINE SPERRFRIST EMBARGO TITEL UNTERNEHMEN KONJUNKTUR AKTIEN DEVISEN ANALYSE EURO DOLLAR ADAC BAFIN FIFA UEFA NASA ARD ZDF EURO GOLD THEMA TEXT MEHR VIDEO FOTO QUELLE STAND WDH IPO BREAKING URGENT".split()
)
_UNKNOWN = re.compile(r"[a-zäöü]{2,6}$")
_UNKNOWN_CAPITALS = re.compile(
    r"[A-ZÄÖÜ][A-ZÄÖÜ0-9]{1,11}(?:[ -](?:[A-ZÄÖÜ0-9]{1,8}|News|Newswire|Wire|Press|Presse|Agency|Agentur|Nachrichten))?(?:/[A-ZÄÖÜ]{2,12})?$"
)
# What stands in brackets behind a city or a name in capitals and is no agency: parties, exchanges, countries, rivers.
_NO_AGENCY = frozenset(
    "SPD CDU CSU FDP AFD BSW FPÖ ÖVP SPÖ SVP SP FW EVP EPP PSOE PP EU UN UNO NATO OTAN USA US UK UAE GB GER DE AT CH FR IT ES NYSE NASDAQ XETRA LSE SIX DAX MDAX ETR FRA WKN ISIN ODER MAIN SAALE SPREE HAVEL ELBE RHEIN NECKAR ISAR WESER INN TAUNUS WESTF OPF NRW BRB LSA MV BW BY HH SH NDS TH RP BB NEU LIVE UPDATE EIL WDH KORR KORREKTUR ZF FORTS FOTO VIDEO AKTUELL TEIL TERMIN TERMINE".split()
)
# What towns that no table knows are named by.
_PLACE_STARTS = frozenset("BAD SANKT ST. SAN SANTA SANTO PORT FORT LOS LAS EL".split())
_PLACE_ENDS = tuple(
    "HAFEN STADT BURG BERG DORF HEIM HAUSEN FURT INGEN FELD BRÜCK BRÜCKEN BACH MÜNDE KIRCHEN FÖRDE TOWN VILLE FORD PORT MOUTH BURY HAVEN GRAD STAD HOLM".split()
)


class Dateline(NamedTuple):
    """What a dateline says and where; the story's words begin at ``end``. ``row`` is none for unknown agencies."""

    start: int
    end: int
    cities: tuple[int, int]
    day: Day | None
    found: Found
    mark: tuple[int, int]  # span of the agency's name


def match(text: str, start: int, end: int) -> Dateline | None:
    """Match a dateline at *start* of a line that ends at *end*. Looks at ``WINDOW`` characters at most."""
    window = text[start : min(end, start + WINDOW)]
    lost = start <= 30 and (not text[:start].strip() or text[:start].lstrip().startswith("date "))
    for mark in _MARK.finditer(window):
        line = _marked(window, mark, start, lost=lost)
        if line:
            return line
    line = _unbracketed(window, start) or _day_and_dash(window, start)
    if line and line.end == end and not line.found.name and not _stands_alone(text, line):
        return None
    return line


def capitals(text: str, start: int, end: int) -> Dateline | None:
    """Match the agency-less dateline of an overview's item: ``LEVERKUSEN/LUDWIGSHAFEN - …``."""
    found = _CAPITALS.match(text, start, min(end, start + WINDOW))
    if not found or end - found.end() < 40:
        return None
    cities, words = found["city"], re.split(r"[ /]", found["city"])
    if len(words) > 4 or any(word in _ACRONYMS for word in words) or not text[found.end()].isupper():
        return None
    if not (_is_named(words) or _is_known(cities)):
        return None  # "NOTE - Net is after tax"
    stop = found.end("state") if found["state"] else found.end("city")
    return Dateline(start, found.end(), (start, stop), None, Found("", None), (start, start))


def midline(text: str, start: int, end: int) -> Dateline | None:
    """Find a dateline behind a headline on the same line: cities in capitals or known ones; only of an agency in the table."""
    window = text[start : min(end, start + 2 * WINDOW)]
    for mark in _MARK.finditer(window):
        if not agencies.agency_of(mark[1] or mark[2]):
            continue
        for at in _city_starts(window, mark.start()):
            line = match(text, start + at, end) if at >= 15 else None
            if (
                line
                and line.mark[0] <= start + mark.start() < line.end
                and not text[line.end : line.end + 4].lstrip()[:1].islower()
            ):
                return line
    return None


def _city_starts(window: str, stop: int) -> Iterator[int]:
    """Where the cities may begin that end before the agency at *stop*, the likeliest first."""
    head = window[:stop].rstrip()
    head = head[: len(head) - len(_trailing(head))].rstrip()
    day = _DAY_AT_END.search(head, max(0, len(head) - 32))
    head = (head[: day.start()] if day else head).rstrip(" ,")
    near = max(0, len(head) - 70)
    if found := _MIDLINE.search(head, near):
        yield found.start(1)
    words = [word.start() for word in re.finditer(r"\S+", head[near:])]
    for at in words[-4:]:
        if all(_is_known(part) for part in re.split(r"/|, | und | and ", head[near + at :])):
            yield near + at


def after_sentence(text: str, start: int, end: int) -> Dateline | None:
    """Find a dateline behind a sentence on the same line; only of an agency in the table."""
    window = text[start : min(end, start + 3 * WINDOW)]
    for mark in _MARK.finditer(window):
        before = window[max(0, mark.start() - 90) : mark.start()]
        ends = list(_SENTENCE.finditer(before)) if agencies.agency_of(mark[1] or mark[2]) else []
        for stop in reversed(ends):
            line = match(text, start + mark.start() - len(before) + stop.end(), end)
            if line and line.found.row and not text[line.end : line.end + 4].lstrip()[:1].islower():
                return line
    return None


def _marked(window: str, mark: re.Match[str], offset: int, *, lost: bool) -> Dateline | None:
    """Read the dateline around *mark*; *lost* where a document opens so, whose first words may be missing."""
    name = mark[1] or mark[2]
    found = agencies.agency_of(name)
    unknown = found is None and bool(mark[1] and _UNKNOWN_CAPITALS.match(name))
    if found is None and not unknown and not (mark[1] and _UNKNOWN.match(name)):
        return None
    dash = _DASH.match(window, mark.end())
    head = window[: mark.start()].rstrip()
    head = head[: len(head) - len(_trailing(head))].rstrip()
    cities, day = _cities_and_day(head)
    if cities is None or not _believed(window, mark, found, dash, cities, day, lost=lost):
        return None
    if unknown and not _unmistakable(window, name, cities, day, dash):
        return None
    after = dash.end() if dash else mark.end()
    behind = _DAY_BEHIND.match(window, after) if day is None else None
    if behind:  # "HOUSTON--(BUSINESS WIRE)--Dec. 3, 2025--"
        day, after = moments.find_day(window, after, behind.end()), behind.end()
    start, end = _span(window, cities)
    return Dateline(
        offset,
        offset + after,
        (offset + start, offset + end),
        day,
        found or Found(name, None),
        (offset + mark.start(), offset + mark.end()),
    )


def _believed(
    window: str,
    mark: re.Match[str],
    found: Found | None,
    dash: re.Match[str] | None,
    cities: str,
    day: Day | None,
    *,
    lost: bool,
) -> bool:
    """Weigh the marks: an unknown agency needs a dash and a capital after it, a slash needs a table row."""
    after = window[dash.end() if dash else mark.end() :].lstrip()
    opens = not after or not after[0].islower()
    if found is None:
        return bool(dash and dash[0].strip(" .\xa0") and dash[0].strip()[-1:] in "-–—" and cities and opens)
    if mark[2]:
        return bool(cities) and bool(dash or opens)
    if dash is None:
        return bool(found.row and found.row.dashless and cities and after and opens)
    if not cities and not day:
        return (opens or lost) and dash[0].strip()[-1:] in "-–—_"
    return opens or dash[0].strip() not in {":", "."}


def _unmistakable(window: str, name: str, cities: str, day: Day | None, dash: re.Match[str] | None) -> bool:
    """Whether an agency in capitals that no table knows is one: behind cities in capitals, known ones or with a day.

    Company and ticker, party and river stand so, too: ``ADIDAS (ADS) - ``, ``HALLE (SAALE) - ``.
    """
    words = [word for word in re.split(r"[\s/,]+", cities) if word and word not in _PARTICLES]
    if not dash or window[dash.end() : dash.end() + 1] not in {" ", "\xa0"} or not words or not words[0].isupper():
        return False
    if words[0] in _ACRONYMS or any(part.split()[0] in _NO_AGENCY for part in name.split("/")):
        return False
    return day is not None or _is_named(words) or _is_known(cities)


def _is_named(words: list[str]) -> bool:
    """Whether it is a place by its look: ``MUSTERHAFEN``, ``BAD MUSTER``."""
    return words[0].endswith(_PLACE_ENDS) or (len(words) > 1 and words[0] in _PLACE_STARTS)


def _is_known(cities: str) -> bool:
    from dateline.tagging import tables  # read only where a dateline of this shape names an agency that nobody knows

    return any(tables.is_place(part) for part in re.split(r"/|,| UND | AND | und | and ", cities) if part.strip())


def _trailing(head: str) -> str:
    dash = _LEADING_DASH.search(head, max(0, len(head) - 6))
    return dash[0] if dash else ""


def _cities_and_day(head: str) -> tuple[str | None, Day | None]:
    """Part *head* into cities and day; cities are none where they cannot be cities."""
    at = _DAY_AT_END.search(head, max(0, len(head) - 32))
    day = moments.find_day(head, at.start()) if at else None
    cities = head[: at.start()] if at and day else head
    cities = cities.strip().rstrip(",")
    return (cities if not cities or _are_cities(cities) else None), day


def _are_cities(head: str) -> bool:
    if head[0] == "(" or len(head) > 90 or _NO_CITY.search(head) or any(c in '"„“”!?;=*<>@#%' for c in head):
        return False
    words = head.replace("/", " ").replace(",", " ").replace("(", " ").replace(")", " ").split()
    if not words or len(words) > 9:
        return False
    if words[0].casefold() in _ARTICLES and not (words[0] == "THE" and words[1:] and words[1].isupper()):
        return words[:2] == ["The", "Hague"]
    return all(_is_city_word(word) for word in words) and _capital(words[0])


def _is_city_word(word: str) -> bool:
    return _capital(word) or word in _PARTICLES


def _capital(word: str) -> bool:
    bare = word.lstrip("'’-")
    return bare[:1].isupper() and not any(c.isdigit() for c in word)


def _span(window: str, cities: str) -> tuple[int, int]:
    at = window.find(cities) if cities else 0
    return at, at + len(cities)


def _unbracketed(window: str, offset: int) -> Dateline | None:
    for row in _UNBRACKETED:
        at = window.find(f" {row.name} -")
        if at < 0:
            continue
        cities, day = _cities_and_day(window[:at])
        if cities and day:
            dash = _DASH.match(window, at + 1 + len(row.name))
            after = dash.end() if dash else at
            span = _span(window, cities)
            mark = (offset + at + 1, offset + at + 1 + len(row.name))
            return Dateline(
                offset, offset + after, (offset + span[0], offset + span[1]), day, Found(row.name, row), mark
            )
    return None


_UNBRACKETED: tuple[Agency, ...] = tuple(row for row in agencies.AGENCIES if row.unbracketed)


def _stands_alone(text: str, line: Dateline) -> bool:
    """Whether a day and a dash that end their line are a dateline above the text: capitals or a place, and a text below."""
    cities = text[slice(*line.cities)]
    known = cities.split(",")[0].isupper() or _is_known(cities)
    return known and bool(text[line.end : line.end + 400].strip())


def _day_and_dash(window: str, offset: int) -> Dateline | None:
    """``MOSCOW, Dec 3 - ``: a day and a dash, and no agency."""
    found = _DAY_AND_DASH.search(window)
    if not found or (found.end() == len(window) == WINDOW):
        return None
    cities = window[: found.start()].strip()
    if not cities or not _are_cities(cities):
        return None
    day = moments.find_day(window, found.start(), found.end())
    end = offset + len(window[: found.start()].rstrip())
    return Dateline(offset, offset + found.end(), (offset, end), day, Found("", None), (offset, offset))
