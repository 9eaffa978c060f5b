"""Plain wire copy -> Story: every word of it in the body, in a field, or reported as dropped."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from dateline.article import Article, Evidence, Note, Precision, Source, Story
from dateline.errors import DatelineError
from dateline.wire import agencies, blocks, datelines, embargo, endings, headline, isin, language, moments, top
from dateline.wire.agencies import Agency
from dateline.wire.endings import Ending
from dateline.wire.moments import Day
from dateline.wire.top import Span, Top

UNKNOWN_DATE = datetime.min.replace(tzinfo=UTC)  # the copy names no date; the desk has other sources

_REPEAT = re.compile(r"wiederhol|wdh|repeat|resend|répétition|repetición", re.IGNORECASE)
_WITHDRAWAL = re.compile(r"zurückgezogen|zurückziehung|rückzug|widerruf|storno|\bkill\b|withdraw|annul", re.IGNORECASE)
_CORRECTION = re.compile(
    r"korr|berichtig|richtig|entfernt|gestrichen|\bstatt\b|überflüssig|ersetzt|getauscht|vertauscht|schreibfehler|tippfehler|zahlendreher|correct|\bfixes\b|removes|typo|deletes|erratum|rectif|corrig",
    re.IGNORECASE,
)
_UPDATE = re.compile(
    r"neu\b|neue\b|aktualisier|ergänz|zusammenfassung|update|\badds\b|recasts|durchgehend|weitere|fortsetzung|writethru|details|mise à jour",
    re.IGNORECASE,
)
_CLOSED = (".", "!", "?", ":", "…", '"', "“", "”", "»", ")")
_URGENT = re.compile(r"\(?(?:eil|eilmeldung|flash|urgent)\W*$", re.IGNORECASE)


class PlainDefaults(Struct, frozen=True):
    """What stands where the copy says nothing. ``received`` gives missing years, never a date."""

    agency: str = ""
    section: str = ""
    lang: str = ""
    received: datetime | None = None  # aware


class Signoff(Struct, frozen=True):
    """Who wrote, took over and edited a story, as its sign-off says."""

    authors: tuple[str, ...]
    via: str = ""
    editor: str = ""


def parse_signoff(sign: str) -> Signoff:
    """Read ``fko/DP/nas``: author at the agency that it was taken from, that agency, editor here.

    Without an agency in capitals all signs are authors.
    """
    parts = [part for part in sign.split("/") if part]
    for index, part in enumerate(parts):
        if part in agencies.VIA:
            return Signoff(tuple(parts[:index]), agencies.VIA[part], "/".join(parts[index + 1 :]))
    return Signoff(tuple(parts))


def read(text: str, *, name: str, zone: str, defaults: PlainDefaults) -> Story:
    """Read the story in *text*, as ``wire.decode.decode`` gives it; *name* stands in errors.

    ``published`` is an instant where ``precision`` is ``minute``, else midnight UTC of the day or of the
    month's first; ``UNKNOWN_DATE`` where the copy names none. ``id`` and ``slug`` stay empty. *zone* is for
    agencies outside the table. Linear in the text. Raises ``DatelineError`` where there are no words.
    """
    if not any(c.isalnum() for c in text):
        raise DatelineError(name, "there are no words in it", "remove it from the seeds")
    return _Reading(text, zone, defaults).story()


class _Reading:
    """One document while its fields are gathered."""

    def __init__(self, text: str, zone: str, defaults: PlainDefaults) -> None:
        self.text, self.defaults = text, defaults
        self.top: Top = top.read(text)
        self.row = self.row_of_top()
        self.ending: Ending = endings.read(text, self.top.body, self.row)
        if self.row is None:
            self.row = agencies.BY_NAME.get((self.ending.agency or defaults.agency).casefold())
        self.zone = self.row.zone if self.row else zone
        self.evidence: list[Evidence] = []

    def row_of_top(self) -> Agency | None:
        dateline = self.top.dateline
        if dateline and dateline.found.row:
            return dateline.found.row
        return (
            agencies.BY_NAME.get(self.defaults.agency.casefold()) if not dateline or not dateline.found.name else None
        )

    def proof(self, field: str, rule: str, span: Span | tuple[int, int]) -> None:
        self.evidence.append(Evidence(field, rule, span[0], span[1]))

    def words(self, span: Span) -> str:
        return " ".join(self.text[span.start : span.end].split())

    def story(self) -> Story:
        body = blocks.read(self.text, self.top.body, self.ending.end, self.kind_hint())
        fields: dict[str, Any] = {"lang": self.lang(" ".join(body.lead)), "kind": body.kind}
        for part in (self.date(), self.head(), self.origin(), self.tail()):
            fields.update(part)
        self.lead(fields, body.lead)
        note = self.note()
        article = Article(id="", section=self.defaults.section, **fields)
        return Story(article, body.markdown, (*self.dropped(), *body.rules), tuple(self.evidence), note)

    def kind_hint(self) -> blocks.StoryKind:
        for meaning in self.top.flags.meanings if self.top.flags else ():
            if meaning.kind != "story":
                return meaning.kind
        return self.row.kind if self.row else "story"

    def lang(self, lead: str) -> str:
        hint = self.row.langs[0] if self.row and len(self.row.langs) == 1 else ""
        start = self.top.body
        found = language.detect(lead) or language.detect(self.text[start : min(self.ending.end, start + 4_000)])
        title = self.words(self.top.headline) if self.top.headline else ""
        return found or hint or self.defaults.lang or language.detect(f"{title} {lead}")

    def date(self) -> dict[str, Any]:
        """Best first: stamp behind the story id, stamp at the top, full prefix, day of the dateline, month."""
        published, precision = self.published()
        fields: dict[str, Any] = {"published": published, "precision": precision}
        if self.top.embargo:
            near = published if published != UNKNOWN_DATE else self.defaults.received
            held = embargo.until(self.words(self.top.embargo), self.zone, near)
            self.proof("embargo", "embargo notice", self.top.embargo)
            fields["embargo"] = held
        return fields

    def published(self) -> tuple[datetime, Precision]:
        if self.ending.stamp:
            return self.ending.stamp, "minute"
        found = self.top.stamp
        if found and found[1] and (moment := moments.instant(found[0], found[1], self.zone)):
            self.proof("published", "stamp above the story", found[2])
            return moment, "minute"
        prefix = self.top.prefix
        if prefix and prefix[1] and (moment := moments.instant(prefix[0], prefix[1], self.zone)):
            self.proof("published", "prefix", prefix[2])
            return moment, "minute"
        for day, rule, span in self.days():
            moment = moments.instant(day, None, "UTC")
            if moment:
                self.proof("published", rule, span)
                return moment, "day"
        if prefix and (moment := moments.instant(prefix[0]._replace(day=1), None, "UTC")):
            self.proof("published", "month of the prefix", prefix[2])
            return moment, "month"
        return UNKNOWN_DATE, "day"

    def days(self) -> list[tuple[Day, str, Span]]:
        """The days that the copy names, best first. A year that it does not name is the prefix's, in the same month."""
        found: list[tuple[Day, str, Span]] = []
        prefix, dateline = self.top.prefix, self.top.dateline
        if prefix and prefix[0].day:
            found.append((prefix[0], "prefix", prefix[2]))
        if self.top.stamp:
            found.append((self.top.stamp[0], "stamp above the story", self.top.stamp[2]))
        day = dateline.day if dateline else None
        if day and dateline:
            span = Span(dateline.cities[1], dateline.end)
            if day.year:
                found.append((day, "day of the dateline", span))
            elif prefix and prefix[0].month == day.month:
                found.append((day._replace(year=prefix[0].year), "day of the dateline, year of the prefix", span))
            elif not prefix and self.defaults.received:
                found.append((_latest(day, self.defaults.received), "day of the dateline, year of receipt", span))
        return found

    def head(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        found = self.top
        if found.flags:
            fields["flags"] = found.flags.words
            fields["kicker"] = " / ".join(found.flags.words)
            fields["breaking"] = any(meaning.breaking for meaning in found.flags.meanings)
            for span in found.flags_spans:
                self.proof("flags", "flags of the headline", span)
        if found.slug:
            fields["kicker"] = self.words(found.slug)
            self.proof("kicker", "slug line", found.slug)
        if found.headline:
            fields["title"] = self.words(found.headline)
            fields["title_source"] = "agency"
            self.proof("title", "line above the dateline" if found.dateline else "line above the text", found.headline)
        if found.teaser:
            fields["summary"] = self.words(found.teaser)
            self.proof("summary", "paragraph above the dateline", found.teaser)
        if found.byline:
            fields["authors"] = found.byline[0]
            self.proof("authors", "byline", found.byline[1])
        for note in found.notes:
            if _URGENT.match(self.words(note).strip("()")):
                fields["breaking"] = True
                self.proof("breaking", "parenthesis above the story", note)
        return fields

    def origin(self) -> dict[str, Any]:
        dateline = self.top.dateline
        agency = (
            (dateline.found.name if dateline else "") or self.ending.agency or self.flagged() or self.defaults.agency
        )
        fields: dict[str, Any] = {"agency": agency}
        if dateline:
            fields["dateline"] = self.words(Span(*dateline.cities))
            fields["service"] = dateline.found.service
            self.proof("dateline", "dateline", Span(dateline.start, dateline.end))
            if dateline.found.name:
                self.proof("agency", "dateline", dateline.mark)
        return fields

    def flagged(self) -> str:
        """The agency that a flag names: ``dpa-AFX Überblick``."""
        first = self.top.flags.words[0].split(" ")[0] if self.top.flags and self.top.flags.words else ""
        found = agencies.BY_NAME.get(first.casefold())
        return found.name if found else ""

    def tail(self) -> dict[str, Any]:
        ending = self.ending
        for field, rule, span in ending.evidence:
            self.proof(field, rule, span)
        fields: dict[str, Any] = {"signoff": ending.signoff, "rights": ending.rights, "excerpt": ending.excerpt}
        found = isin.find(self.text[self.top.body :])
        for number, at in found:
            start = self.top.body + at
            self.proof("isins", "check digit is right", Span(start, start + len(number)))
        fields["isins"] = tuple(number for number, _ in found)
        if ending.id:
            fields["source"] = Source(id=ending.id)
        return fields

    def lead(self, fields: dict[str, Any], lead: tuple[str, ...]) -> None:
        """Headline and summary, where the agency gave none."""
        lang = fields["lang"]
        lead = tuple(_told(part) for part in lead if _tells(part)) or lead
        span = Span(self.top.body, min(self.ending.end, self.top.body + 1_500))
        derived = ""
        if not fields.get("title"):
            derived = headline.from_lead(lead[0] if lead else "", lang)
            fields["title"] = derived or (
                fields.get("kicker")
                or self.words(Span(self.top.body, min(len(self.text), self.top.body + 100)))
                or self.words(Span(0, 100))
            )
            fields["title_source"] = "lead"
            self.proof("title", "first sentence", span)
        if not fields.get("summary"):
            fields["summary"] = headline.summary(lead, lang, derived)
            self.proof("summary", "first sentences", span)

    def note(self) -> Note | None:
        """The version note, found by its place; its words or a flag say which kind it is."""
        notes = [note for note in self.top.notes if not _URGENT.match(self.words(note).strip("()"))]
        for span in notes:
            self.proof("note", "parenthesis above the story", span)
        text = " ".join(self.words(note).removeprefix("(").removesuffix(")") for note in notes)
        if text:
            return Note(_note_kind(text), text)
        if self.top.flags:
            for word, meaning in zip(self.top.flags.words, self.top.flags.meanings, strict=False):
                if meaning.note:
                    self.proof("note", "flag", self.top.flags_spans[0])
                    return Note(meaning.note, word)
        return None

    def dropped(self) -> tuple[str, ...]:
        proved = {(proof.start, proof.end) for proof in self.evidence}
        dates = [found[2] for found in (self.top.prefix, self.top.stamp) if found and tuple(found[2]) not in proved]
        spans = sorted((*dates, *self.top.dropped, *self.ending.dropped))
        return tuple(words for span in spans if (words := self.text[span.start : span.end].strip()))


def _tells(part: str) -> bool:
    """Whether a paragraph is one of the story: it ends as sentences do, is no remark in brackets and no boilerplate."""
    return (
        part.endswith(_CLOSED)
        and not (part[0] == "(" and part[-1] == ")")
        and not part.startswith(agencies.BOILERPLATE)
    )


def _told(part: str) -> str:
    """Leave the dateline of an overview's item out: ``LEVERKUSEN - Die Firma …``."""
    line = datelines.capitals(part, 0, len(part))
    return part[line.end :] if line else part


def _note_kind(text: str) -> agencies.NoteKind:
    if _WITHDRAWAL.search(text):
        return "withdrawal"
    if _REPEAT.search(text):
        return "repeat"
    if _CORRECTION.search(text):
        return "correction"
    return "update" if _UPDATE.search(text) else "note"


def _latest(day: Day, received: datetime) -> Day:
    """The year that makes *day* the last such day not after the day of receipt (one day's grace for zones)."""
    ahead = (day.month, day.day) > (received.month, received.day + 1)
    return day._replace(year=received.year - ahead)
