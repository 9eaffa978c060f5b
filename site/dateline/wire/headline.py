"""A lead without a headline -> a headline and a summary in its own words, never with half a verb.

German keeps the second half of its verb for the end: what stands before it may not be cut off alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dateline.wire import sentences

KEEP = 88  # characters that need no cutting
LIMIT = 120  # the length that a headline should not exceed
_HARD = 200
_SUMMARY = 320

_ARTICLE = {
    "de": re.compile(r"(?:Der|Die|Das|Ein|Eine)\s"),
    "en": re.compile(r"(?:The|A|An)\s"),
    "fr": re.compile(r"(?:Les?|La|Une?)\s"),
    "es": re.compile(r"(?:El|Las?|Los|Una?)\s"),
}
_SAYS = (
    r"sagte|sagten|sagt|teilte|teilten|mitteilte|mitteilten|berichtet|berichtete|berichteten|berichten|erklärte|erklärten|hieß|meldete|meldeten|"
    r"betonte|verlautete|erfuhr|bestätigte|bestätigten|schrieb|schreibt|ankündigte|hervorgeht|hervorging"
)
_ATTRIBUTION = {
    "de": re.compile(rf",\s(?:wie\s[^,;:]{{3,140}}?\b(?:{_SAYS})|(?:{_SAYS})\s[^,;:]{{3,140}}|so\s[^,;:]{{3,60}}|heißt\ses\s[^,;:]{{3,60}})\.?$"),
    "en": re.compile(r",\s(?:(?:[^,;:]{2,80}\s)?(?:said|says|reported|announced|told)\b[^,;:]{0,80}|according\sto\s[^,;:]{2,100})\.?$"),
}
_AUXILIARY = frozenset(
    "hat haben habe hatte hatten ist sind war waren sei seien bin wird werden werde wurde wurden würde würden soll sollen solle sollte sollten muss müssen müsse musste mussten müsste müssten kann können könne könnte könnten konnte konnten will wollen wolle wollte wollten darf dürfen dürfe durfte durften dürfte dürften mag mögen möchte möchten hätte hätten wäre wären lässt lassen ließ ließen bleibt bleiben geht gehen".split()
)
_PARTICLE = frozenset(
    "ab an auf aus bei ein fest fort frei her hin los mit nach nieder statt teil um unter vor weg weiter wieder zu zurück zusammen entgegen heraus herunter hinaus hinweg vorbei voran bereit bekannt dar durch über zurecht kaputt gut hoch preis klar nahe nicht".split()
)
_PREPOSITIONS = {
    "de": frozenset("an auf aus bei bis durch für gegen hinter im in ins am mit nach ohne seit trotz über um unter von vom vor wegen während zu zum zur zwischen beim ab laut gegenüber angesichts infolge aufgrund".split()),
    "en": frozenset("about after against amid among as at before between by during following for from in into of on over since through to under until with within without despite because while".split()),
    "fr": frozenset("à après avant avec contre dans depuis en entre lors par pendant pour sans selon sous sur".split()),
    "es": frozenset("ante bajo con contra desde durante en entre hacia hasta para por según sin sobre tras".split()),
}
_SUBORDINATE = frozenset("dass ob wer was wo wie warum weshalb zu wann wem wen that whether que".split())
_VERBISH = re.compile(r"[a-zäöüß]{2,}(?:t|te|ten|en|eln|ern)$")
_NOT_VERBS = frozenset(
    "mit seit nicht laut statt zuletzt damit somit jetzt erst fast meist selbst sonst weit rund dort mindestens höchstens einen keinen meinen seinen ihren diesen allen neuen ersten letzten zweiten dritten guten großen kleinen deutschen besten weiteren anderen vielen beiden eigenen zahlreichen wegen gegen neben zwischen unten oben hinten zwanzig bekannt gut heute gestern morgen weiter unter hinter aber oder über wieder immer".split()
)
_PRONOUNS = frozenset(
    "er sie es dies diese dieser dieses das damit dabei dazu daran darauf dagegen dafür danach davon darin dort zudem außerdem auch so sein seine ihr ihre deshalb daher allerdings doch aber und denn denen deren zuvor später it he she they this that these those his her their its but and also however such there then".split()
)
_LEADING_WORD = re.compile(r"\W*([\w-]+)")


def from_lead(lead: str, lang: str) -> str:
    """Derive a headline from the first sentence of *lead*.

    A trailing attribution and a leading article go; then the sentence stays whole, or ends before a
    main-clause comma or a preposition where German has no second half of a verb waiting. Above 200
    characters the end is an ellipsis.
    """
    found = sentences.first(lead, lang, 1)
    text = " ".join(found[0].split()) if found else ""
    if not text:
        return ""
    pattern = _ATTRIBUTION.get(lang)
    said = pattern.search(text, max(0, len(text) - 220)) if pattern else None
    if said and said.start() >= 25 and not text[: said.start()].endswith(('"', "“", "«")):
        text = text[: said.start()]
    text = _without_article(text.rstrip(" .:;"), lang)
    if len(text) > KEEP:
        text = _shortened(text, lang)
    return text if len(text) <= _HARD else _ellipsis(text)


def summary(lead: Sequence[str], lang: str, headline: str = "") -> str:
    """Take one or two whole sentences of the paragraphs *lead* that say more than the *headline* derived from them."""
    found = [sentence for part in lead[:3] for sentence in sentences.first(part, lang, 3)]
    if not found:
        return ""
    opening = " ".join(found[0].split())
    if len(found) > 1 and _repeats(opening, headline):
        second = " ".join(found[1].split())
        word = _LEADING_WORD.match(second)
        alone = len(second) >= 60 and bool(word) and word is not None and word[1].casefold() not in _PRONOUNS
        if alone and len(second) <= _SUMMARY and second[-1] in ".!?…":
            return second
    if len(opening) > 2 * _SUMMARY:
        return _ellipsis(opening)
    if len(found) > 1 and len(opening) + len(found[1]) < _SUMMARY:
        return f"{opening} {' '.join(found[1].split())}"
    return opening


def _repeats(sentence: str, headline: str) -> bool:
    return bool(headline) and headline.rstrip("…") in sentence and len(sentence) < 2 * len(headline)


def _without_article(text: str, lang: str) -> str:
    pattern = _ARTICLE.get(lang)
    article = pattern.match(text) if pattern else None
    if not article or len(text) - article.end() < 15:
        return text
    rest = text[article.end() :]
    return rest[:1].upper() + rest[1:]


def _shortened(text: str, lang: str) -> str:
    """Cut *text* at the last place before ``LIMIT`` where what stays is a sentence; whole if there is none."""
    words = _words(text)
    clause = _main_clause(words, text)
    if clause and len(clause) <= LIMIT:
        text = clause
        words = _words(text)
    if len(text) <= KEEP:
        return text
    cut = _cut_german(words, text) if lang in {"de", ""} else _cut_plain(words, text, lang)
    return text[:cut].rstrip(" ,;:–-") if cut else text


def _words(text: str) -> list[tuple[str, int]]:
    return [(word[0], word.start()) for word in re.finditer(r"\S+", text)]


def _main_clause(words: list[tuple[str, int]], text: str) -> str:
    """The part before the first comma that closes a clause with its verb, unless what follows is its object."""
    for index, (word, at) in enumerate(words[:-1]):
        if not word.endswith(",") or at < 30 or _open_quote(text[: at + len(word)]):
            continue
        following = words[index + 1][0].casefold().strip('"„“”')
        seen = [w.strip('"„“”,').casefold() if w.islower() else w for w, _ in words[: index + 1]]
        verb = any(w in _AUXILIARY or _is_verb(w) for w in seen)
        if verb and following not in _SUBORDINATE and " zu " not in f" {' '.join(w for w, _ in words[index + 1 :])} ":
            return text[: at + len(word) - 1]
        return ""
    return ""


def _cut_german(words: list[tuple[str, int]], text: str) -> int:
    lower = [word.strip('"„“”,.').casefold() if word[0].islower() else "" for word, _ in words]
    verb = next((i for i, w in enumerate(lower) if w and (w in _AUXILIARY or _is_verb(w))), None)
    if verb is None or lower[-1] in _PARTICLE:
        return 0
    if lower[verb] in _AUXILIARY:
        return _cut_bracket(words, lower, verb, text)
    for index in range(len(words) - 1, verb + 1, -1):
        at = words[index][1]
        if lower[index] in _PREPOSITIONS["de"] and 35 <= at <= KEEP + 12 and _closed(words[:index], text[:at]):
            return at
    return 0


def _cut_bracket(words: list[tuple[str, int]], lower: list[str], verb: int, text: str) -> int:
    """After an auxiliary: only where its infinitive or participle stands right before ``und``."""
    for index in range(len(words) - 1, verb + 2, -1):
        at, closing = words[index][1], lower[index - 1]
        if lower[index] in {"und", "sowie"} and 35 <= at <= LIMIT and _VERBISH.match(closing) and closing not in _NOT_VERBS:
            return at if _closed(words[:index], text[:at]) else 0
    return 0


def _cut_plain(words: list[tuple[str, int]], text: str, lang: str) -> int:
    prepositions = _PREPOSITIONS.get(lang, _PREPOSITIONS["en"])
    if lang == "en":
        prepositions = prepositions - {"of", "to"}
    for index in range(len(words) - 1, 4, -1):
        at = words[index][1]
        if words[index][0] in prepositions and 45 <= at <= KEEP + 12 and _closed(words[:index], text[:at]):
            return at
    return 0


def _closed(words: list[tuple[str, int]], before: str) -> bool:
    """No quote or bracket is open before the cut, and no word that wants a next one ends there."""
    last = words[-1][0].casefold()
    hanging = last in _HANGING or last.endswith("-")
    return not hanging and not _open_quote(before) and before.count("(") == before.count(")")


_HANGING = frozenset("und oder sowie der die das den dem des ein eine einen einem einer and or the a an of to rund etwa bis mehr als than more nicht not sehr zu et le la les y el los las de des du".split())


def _open_quote(text: str) -> bool:
    return bool(text.count('"') % 2) or text.count("„") > text.count("“") + text.count("”") or text.count("«") != text.count("»")


def _is_verb(word: str) -> bool:
    return bool(_VERBISH.match(word)) and word not in _NOT_VERBS


def _ellipsis(text: str) -> str:
    """Cut *text* at a blank below the limit and say so."""
    return text[: text.rfind(" ", 60, _HARD - 40) if " " in text[60 : _HARD - 40] else _HARD - 40].rstrip(" ,;:–-") + " …"
