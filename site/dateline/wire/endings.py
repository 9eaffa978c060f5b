"""The last lines of a document -> where the story ends, who signed it, and what the tail says.

What follows the sign-off is tail, not body. Nothing is lost: each span taken away is reported.
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from dateline.wire import isin, moments
from dateline.wire.agencies import SIGNED, STORY_PREFIXES, VIA, Agency, agency_of
from dateline.wire.moments import Day, Time
from dateline.wire.top import Span

_REACH = 6_000  # characters before the end in which a sign-off is looked for
_TAIL_LINES = 60
_LONGEST_EXCERPT = 120  # characters of an invitation to read on

_VIA = "|".join(sorted(VIA, key=len, reverse=True))
_SIGN = rf"(?:[a-z]{{1,5}}|{_VIA})"
_SIGNED = re.compile(rf"/({_SIGN}(?:/{_SIGN}){{0,6}})/?(?=\s|$)")  # what stands before it is looked at afterwards
_BEFORE_SIGN = re.compile(r"(?:^|[.!?\"“”»)°%…\n])[ \t]{0,8}$")
_SIGNED_AT_END = re.compile(
    rf"(?:(?<=[.!?\"“”»)°%…])\s{{1,4}}/({_SIGN}(?:/{_SIGN}){{0,6}})/?$|/((?:[a-z]{{1,5}}/){{1,4}}DP/[a-z]{{1,5}})/?$)"
)
_BARE = re.compile(
    r"(?:^|(?<=\n)|(?<=[.”»\"]\s[A-Z]{3}\s))[ \t]{0,8}([a-z]{2,5}(?:[/-][a-z]{2,5}){1,5}|[a-z]{2,5}(?=/))/?$"
)
_DPA_LINE = re.compile(
    r"(?:^|(?<=\n)|(?<=[.!?\"“”»)]\s))[ \t]{0,8}dpa(?:-[a-z]{2,8})? ([a-z]{1,5}(?:[/ ][a-z]{1,5}){0,6}) yy[a-z]{1,3}(?: [a-z]\d)?(?: [a-z/]{2,20}){0,3}$"
)
_APA_END = re.compile(r"\s?\((?:Schluss|Forts\.?[^()\n]{0,12})\)\s{0,3}([a-z]{2,5}(?:[/,-][a-z]{2,5}){0,5})?$")
_NAMES = "|".join(sorted(SIGNED, key=len, reverse=True))
# In capitals behind the last sentence, too: there a person's name would not stand.
_NAMED = re.compile(
    rf"(?:(?<=\n)[ \t\xa0]{{0,20}}(?i:({_NAMES}))|(?<=[.!?\"“”»)°%…])[ \t\xa0]{{1,20}}({_NAMES.upper()}))\.{{0,3}}$"
)
_BRACKETED = re.compile(r"(?:(?<=\n)[ \t\xa0]{0,20}|(?<=[.!?\"“”»)°%…])[ \t\xa0]{1,8})\(([A-Za-z][A-Za-z -]{1,14})\)$")
_BEHIND_SENTENCE = re.compile(r"[.!?\"“”»)°%][ \t\xa0]{1,4}$")
_WORDS = frozenset("oder und or and et ou y".split())

_STORY = re.compile(
    rf"(?<!\w)((?:{'|'.join(STORY_PREFIXES)})\d{{3,4}})[ \t]{{1,4}}(\d{{4}}-\d{{2}}-\d{{2}})/(\d{{2}}:\d{{2}})(?!\d)"
)
_STORY_SHAPE = rf"(?:{'|'.join(STORY_PREFIXES)})\d{{3,4}}(?:[ \t]{{1,4}}\d{{4}}-\d{{2}}-\d{{2}}/\d{{2}}:\d{{2}})?"
_ID_TAIL = re.compile(rf"(?:(?<=\s)|^)(?:~[ \t]|ISIN\b|{isin.SHAPE}\b|{_STORY_SHAPE}(?!\w))")
_ID_ITEM = re.compile(
    rf"(?:~|ISINs?:?|{isin.SHAPE}|WKN:?[ \t][A-Z0-9]{{6}}|WEB:?[ \t]{{1,8}}\S{{1,300}}|{_STORY_SHAPE}|\(AWP\)|[ \t\n,;])"
)
_DJ_STAMP = re.compile(r"([A-Z][a-z]{2,8} \d{2}, \d{4}) \d{2}:\d{2} E[SD]?T \((\d{2}:\d{2}) GMT\)")
_EXCERPT = re.compile(
    r"(?:Den (?:vollständigen|ganzen|kompletten) Artikel (?:lesen|auf)|(?:Hier )?(?:w|W)eiterlesen|Zum (?:vollständigen|ganzen) Artikel|Read the full (?:article|story)|"
    r"Read more|Continue reading|Lire la suite|Seguir leyendo|Leer más)[^.\n]{0,60}(?:\.{2,3}|…|»|>)?$"
)
_TAIL = re.compile(
    r"(?:©|\(c\)\s|Copyright\b|Alle Rechte vorbehalten|All rights reserved|Quelle:|Source:|Bildquelle:|Foto:|Zur Startseite|Weitere (?:Meldungen|Nachrichten|Artikel)|Mehr zum Thema|"
    r"Das könnte Sie auch interessieren|Lesen Sie auch|Auch interessant|Teilen\b|Drucken\b|Kommentare?\b(?=\s|$)|Kommentieren|Newsletter|Anzeige$|Werbung$|Zurück zur|Nach oben$|Themen:|Schlagworte:|Tags:|"
    r"Diesen Artikel|Artikel (?:teilen|drucken|merken)|(?:Startseite|Impressum|Datenschutz|Kontakt|AGB)(?:$|\s[|·]))"
)
_RIGHTS = re.compile(r"(?:©|\(c\)\s|Copyright\b|Original-Content von|Original content of)")
_HIDDEN = re.compile(
    r"(?:(?:Die\s)?folgenden?\s(?:Informationen|Angaben|Hinweise)\s(?:sind|ist)\s|^[ \t*#-]{0,12})nicht\szur\sVer(?:ö|oe)ffentlichung|following (?:information|details) (?:is|are) not for publication|"
    r"^[ \t]{0,8}#{1,4}[ \t]{0,4}(?:dpa-)?Kontakte?\b",
    re.IGNORECASE | re.MULTILINE,
)
_HINTS = ("zur Ver", "zur ver", "for publication", "ontakt", "KONTAKT", "ZUR VER")  # one is in whatever ``_HIDDEN`` finds  # fmt: skip
_FOLLOWS = (
    "Veröffentlichung der", "Erstmalige Weitergabe", "Hinweis:", "ISIN", "WKN", "Quelle:", "(AWP)", "Copyright", "©", "~", "AXC", "APA", "-----", "dpa-AFX", "Index:", "Den vollständigen",
)  # fmt: skip
_FORCED = re.compile(r"[ \t\n*#-]{0,80}$")


class Ending(Struct, frozen=True):
    """Where the story ends and what its tail says; each piece of evidence is field, rule and span."""

    end: int
    signoff: str = ""
    id: str = ""
    stamp: datetime | None = None
    rights: str = ""
    excerpt: bool = False
    agency: str = ""  # that the tail names by its story id or marks
    dropped: tuple[Span, ...] = ()
    evidence: tuple[tuple[str, str, Span], ...] = ()


class _Draft:
    """The ending while it is read, from the last character backwards."""

    def __init__(self, text: str, start: int, row: Agency | None) -> None:
        self.text, self.start, self.row = text, start, row
        self.end = _stripped(text, start, len(text))
        self.signoff = ""
        self.agency = ""
        self.excerpt = False
        self.evidence: list[tuple[str, str, Span]] = []
        self.dropped: list[Span] = []

    def cut(self, at: int, field: str, rule: str) -> None:
        """Take ``text[at:end]`` away; without a field it is dropped."""
        span = Span(at, self.end)
        if field:
            self.evidence.append((field, rule, span))
        else:
            self.dropped.append(span)
        self.end = _stripped(self.text, self.start, at)

    def sign(self, found: re.Match[str], rule: str) -> None:
        """Take the sign-off, and as dropped what follows it."""
        if found.end() < self.end and self.text[found.end() : self.end].strip():
            self.cut(found.end(), "", "tail")
        self.signoff = _sign(found)
        self.cut(found.start(), "signoff", rule)
        # "Beschäftigten../abc": the second full stop belongs to the sign-off.
        if self.text.endswith("..", self.start, self.end) and not self.text.endswith("...", self.start, self.end):
            self.end -= 1


def _stripped(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def read(text: str, start: int, row: Agency | None) -> Ending:
    """Read the end of the story that begins at *start*, by the habits of *row*.

    Looks at the last 6,000 characters and 60 lines, but for marks that cut a document wherever they
    stand (dpa's non-public notes, contact blocks of press releases): those are found in one linear pass.
    """
    draft = _Draft(text, start, row)
    _hidden(draft)
    _cuts(draft)
    _inline(draft)
    for _ in range(_TAIL_LINES):
        before = draft.end
        _signoff(draft)
        _named(draft)
        _last_line(draft)
        if draft.end == before:
            break
    return _finished(draft)


def _hidden(draft: _Draft) -> None:
    """Take away what dpa tells newsrooms only: from the asterisks on nothing may ever be published."""
    if not any(word in draft.text for word in _HINTS):
        return
    found = _HIDDEN.search(draft.text, draft.start, draft.end)
    if found:
        at = found.start()
        before = _FORCED.search(draft.text, max(draft.start, at - 80), at)
        draft.cut(before.start() if before else at, "", "not for publication")


def _cuts(draft: _Draft) -> None:
    cuts = draft.row.cuts if draft.row else ()
    if not cuts:
        return
    at = draft.text.find("\n", draft.start)
    while 0 <= at < draft.end:
        line = at + 1
        while line < draft.end and draft.text[line] in " \t\xa0":
            line += 1
        if draft.text.startswith(cuts, line):
            draft.cut(line, "", "contact block")
            return
        at = draft.text.find("\n", line)


def _inline(draft: _Draft) -> None:
    """Take the tail of a flattened document away: it stands behind a sentence, on the same line."""
    found: list[int] = []
    for mark in draft.row.inline if draft.row else ():
        at = draft.text.find(mark, draft.start, draft.end)
        while at >= 0 and not _BEHIND_SENTENCE.search(draft.text, max(draft.start, at - 8), at):
            at = draft.text.find(mark, at + len(mark), draft.end)
        found.extend([at] if at > draft.start else [])
    if found:
        draft.cut(min(found), "", "tail")


def _signoff(draft: _Draft) -> None:
    if draft.signoff:
        return
    text, end = draft.text, draft.end
    near = max(draft.start, end - 120)
    for pattern, rule in (
        (_SIGNED_AT_END, "sign-off at the end"),
        (_DPA_LINE, "closing line of dpa"),
        (_APA_END, "closing mark of APA"),
    ):
        found = pattern.search(text, near, end)
        if found and _is_sign(_sign(found)):
            draft.sign(found, rule)
            return
        if found and pattern is _APA_END:
            draft.cut(found.start(), "", "closing mark")
            return
    if draft.row and draft.row.bare_sign:
        found = _BARE.search(text, near, end)
        if found:
            draft.sign(found, "bare sign-off")
            return
    candidates = [
        m
        for m in _SIGNED.finditer(text, max(draft.start, end - _REACH), end)
        if _is_sign(m[1]) and _BEFORE_SIGN.search(text[max(0, m.start() - 9) : m.start()]) and _ends_story(text, m, end)
    ]
    if candidates:
        draft.sign(candidates[-1], "sign-off")


def _named(draft: _Draft) -> None:
    """Take the agency's name away that closes a story: `` Reuter`` alone on the last line, or ``(dpa)``. In another's copy it is a person's."""
    found = _NAMED.search(draft.text, max(draft.start, draft.end - 60), draft.end) if not draft.agency else None
    named = SIGNED[_sign(found).casefold()] if found else None
    if not found and not draft.agency:
        found = _BRACKETED.search(draft.text, max(draft.start + 1, draft.end - 40), draft.end)
        known = agency_of(_sign(found)) if found else None
        named = known.row if known else None
    if found and named and draft.row in (None, named):
        draft.agency = named.name
        draft.cut(found.start(), "agency", "last words")


def _sign(found: re.Match[str]) -> str:
    return next((group for group in found.groups() if group), "")


def _is_sign(sign: str) -> bool:
    parts = sign.split("/")
    return any(len(part) > 1 for part in parts) and not (len(parts) == 1 and sign in _WORDS)


def _ends_story(text: str, found: re.Match[str], end: int) -> bool:
    """A sign-off ends its line, or a known tail follows it on the line."""
    stop = text.find("\n", found.end(), end)
    rest = text[found.end() : end if stop < 0 else stop].strip()
    return not rest or rest.startswith(_FOLLOWS)


def _last_line(draft: _Draft) -> None:
    """Take the last line away if it is tail, or what of it is."""
    text = draft.text
    at = max(draft.start, text.rfind("\n", draft.start, draft.end) + 1)
    if draft.end - at > 2_000:
        at = draft.end - 2_000
        whole = False
    else:
        whole = at > draft.start
    while at < draft.end and text[at].isspace():
        at += 1
    line = text[at : draft.end]
    if not line:
        return
    excerpt = _EXCERPT.search(line, max(0, len(line) - _LONGEST_EXCERPT))
    if excerpt and (excerpt.start() == 0 or line[: excerpt.start()].rstrip().endswith((".", "…", '"', "“", "-", "–"))):
        draft.excerpt = True
        draft.cut(at + excerpt.start(), "excerpt", "asks to read on elsewhere")
        return
    if whole and _is_tail(line, draft.row):
        draft.cut(at, "", "tail")
        return
    credit = _credit(text, draft)
    if credit > draft.start:
        draft.cut(credit, "", "tail")
        return
    for rule in (_ids, _mark):
        cut = rule(line, draft.row)
        if cut >= 0 and (cut or whole):
            draft.cut(at + cut, "", "tail")
            return


def _is_tail(line: str, row: Agency | None) -> bool:
    if _TAIL.match(line) and len(line) < 400:
        return True
    if row and line.startswith(row.tails):
        return True
    return bool(_DJ_STAMP.fullmatch(line.strip()))


def _ids(line: str, _row: Agency | None) -> int:
    """Where a run of securities numbers, addresses and a story id begins that reaches the line's end; else -1."""
    if not (line[-1].isdigit() or line[-1] in ")~/" or "WEB" in line[-320:]):
        return -1
    window = max(0, len(line) - 600)
    for found in _ID_TAIL.finditer(line, window):
        at = found.start()
        while at < len(line):
            item = _ID_ITEM.match(line, at)
            if not item:
                break
            at = item.end()
        if at >= len(line) and any(c.isdigit() for c in line[found.start() :]):
            return found.start()
    return -1


def _mark(line: str, row: Agency | None) -> int:
    for mark in row.marks if row else ():
        if line.endswith(mark):
            at = len(line) - len(mark)
            if not at or line[at - 1] in ' \t\xa0.\n"”':
                return at
    return -1


def _credit(text: str, draft: _Draft) -> int:
    """Where the closing parenthesis of the people behind a report begins: ``(Reporting by …; Editing by …)``, on one line or more."""
    people = draft.row.credits if draft.row else ()
    if not people or not text.endswith((")", ")."), draft.start, draft.end):
        return -1
    floor = max(draft.start, draft.end - 1_500)
    at = text.rfind("(", floor, draft.end)
    while at >= 0:
        if text.startswith(people, at + 1):
            closed = text.count("(", at, draft.end) == text.count(")", at, draft.end)
            return at if closed and "\n\n" not in text[at : draft.end] else -1
        at = text.rfind("(", floor, at)
    return -1


def _finished(draft: _Draft) -> Ending:
    """Read the tail's own facts: story id, stamp, rights, the agency that they name."""
    text = draft.text
    evidence, stamp, story, agency = draft.evidence, None, "", draft.agency
    found = _STORY.search(text, draft.end)
    if found:
        story = found[1]
        row = STORY_PREFIXES[story.rstrip("0123456789")]
        agency = row.name
        stamp = _instant(found[2], found[3], row.zone)
        evidence.append(("source.id", "story id", Span(*found.span(1))))
        evidence.append(("published", "stamp behind the story id", Span(found.start(2), found.end(3))))
    else:
        jones = _DJ_STAMP.search(text, draft.end)
        day = moments.find_day(jones[1]) if jones else None
        if jones and day:
            agency = "Dow Jones"
            stamp = moments.instant(day, Time(int(jones[2][:2]), int(jones[2][3:]), "UTC"), "UTC")
            evidence.append(("published", "stamp of Dow Jones", Span(*jones.span())))
    if not agency and "/DP/" in f"/{draft.signoff}/":
        agency = "dpa-AFX"  # who alone marks what it took over from dpa so
    rights = ""
    for span in draft.dropped:
        for line in text[span.start : span.end].split("\n")[:40]:
            if not rights and len(line) < 300 and _RIGHTS.match(line.strip()):
                rights = line.strip()
    return Ending(
        draft.end, draft.signoff, story, stamp, rights, draft.excerpt, agency, tuple(draft.dropped), tuple(evidence)
    )


def _instant(day: str, time: str, zone: str) -> datetime | None:
    year, month, number = day.split("-")
    hour, minute = time.split(":")
    return moments.instant(Day(int(year), int(month), int(number)), Time(int(hour), int(minute)), zone)
