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
    "de": re.compile(r"(?:Der|Die|Das|Ein|Eine)\s(?=\W?[^\W\d_a-zäöüß])(?!\S{1,20}\s(?:der|die|das)\s)"),
    "en": re.compile(r"(?:The|A|An)\s"),
    "fr": re.compile(r"(?:Les?|La|Une?)\s"),
    "es": re.compile(r"(?:El|Las?|Los|Una?)\s"),
}
_SAYS = (
    r"sagte|sagten|sagt|teilte|teilten|mitteilte|mitteilten|mitteilt|berichtet|berichtete|berichteten|berichten|erklärte|erklärten|hieß|meldete|meldeten|"
    r"betonte|verlautete|erfuhr|bestätigte|bestätigten|schrieb|schreibt|ankündigte|hervorgeht|hervorging|ergab|zeigt"
)
_ATTRIBUTION = {
    "de": re.compile(
        rf",\s(?:wie\s[^,;:]{{3,140}}?\b(?:{_SAYS})|(?:{_SAYS})\s[^,;:]{{3,140}}|so\s[^,;:]{{3,60}}|heißt\ses\s[^,;:]{{3,60}})\.?$"
    ),
    "en": re.compile(
        r",\s(?:(?:[^,;:]{2,80}\s)?(?:said|says|reported|announced|told)\b[^,;:]{0,80}|according\sto\s[^,;:]{2,100})\.?$"
    ),
    "fr": re.compile(
        r",\s(?:(?:a|ont)\s(?:annoncé|déclaré|indiqué|affirmé|rapporté|précisé|estimé)\s[^,;:]{2,100}|selon\s[^,;:]{2,100})\.?$"
    ),
    "es": re.compile(r",\s(?:según\s[^,;:]{2,100}|(?:informó|anunció|dijo|afirmó|declaró|señaló)\s[^,;:]{2,100})\.?$"),
}
_AUXILIARY = frozenset(
    "hat haben habe hatte hatten ist sind war waren sei seien bin wird werden werde wurde wurden würde würden soll sollen solle sollte sollten muss müssen müsse musste mussten müsste müssten kann können könne könnte könnten konnte konnten will wollen wolle wollte wollten darf dürfen dürfe durfte durften dürfte dürften mag mögen möchte möchten hätte hätten wäre wären lässt lassen ließ ließen bleibt bleiben geht gehen".split()
)
_PARTICLE = frozenset(
    "ab an auf aus bei ein fest fort frei her hin los mit nach nieder statt teil um unter vor weg weiter wieder zu zurück zusammen entgegen heraus herunter hinaus hinweg vorbei voran bereit bekannt dar durch über zurecht gut hoch preis klar nahe nicht vorbei gefangen".split()
)
_PREPOSITIONS = {
    "de": frozenset(
        "an auf aus bei bis durch für gegen hinter im in ins am mit nach ohne seit trotz über um unter von vom vor wegen während zu zum zur zwischen beim ab laut gegenüber angesichts infolge aufgrund".split()
    ),
    "en": frozenset(
        "about after against amid among at before between by during following for from in into on over since through under until with within without despite because while".split()
    ),
    "fr": frozenset("après avant avec contre dans depuis en lors par pendant pour sans selon sous sur".split()),
    "es": frozenset("ante bajo con contra desde durante en hacia hasta para por según sin sobre tras antes".split()),
}
_OBJECT = frozenset("dass ob wer was wo wie warum weshalb zu wann wem wen so that whether que".split())
_SUBORDINATE = frozenset(
    "nachdem weil wenn während obwohl da als wie bevor falls ob um ohne statt seit seitdem sobald solange damit after as while when if although because before despite once since unless until with".split()
)
_ENGLISH_CLAUSE = frozenset(
    "and but as after while with which who when where because following despite amid although though before since citing raising bringing making leaving".split()
)
_VERBISH = re.compile(r"[a-zäöüß]{2,}(?:t|te|ten|en|eln|ern)$")
_NOT_VERBS = frozenset(
    "mit seit nicht laut statt zuletzt damit somit jetzt erst fast meist selbst sonst weit rund dort mindestens höchstens einen keinen meinen seinen ihren diesen allen neuen ersten letzten zweiten dritten guten großen kleinen deutschen besten weiteren anderen vielen beiden eigenen zahlreichen wegen gegen neben zwischen unten oben hinten zwanzig bekannt gut heute gestern morgen weiter unter hinter aber oder über wieder immer".split()
)
_BEFORE_NOUN = frozenset(
    "der die das den dem des ein eine einen einem einer eines kein keine im in am an auf aus bei für gegen mit nach seit über um unter von vom vor zu zum zur zwischen beim laut trotz wegen alle viele mehrere zwei drei vier einige diese dieser seine ihre".split()
)
_PRONOUNS = frozenset(
    "er sie es dies diese dieser dieses das damit dabei dazu daran darauf dagegen dafür danach davon darin dort zudem außerdem auch so sein seine ihr ihre deshalb daher allerdings doch aber und denn denen deren zuvor später it he she they this that these those his her their its but and also however such there then ils elle elles cette ce él ella ellos".split()
)
_LEADING_WORD = re.compile(r"\W*([\w-]+)")
_OPENS_OBJECT = frozenset("einen eine ein den keinen keine kein seinen seine sein ihren ihre ihr".split())
_REASONS = frozenset("after as amid following while because despite before since".split())
_HANGING = frozenset(
    "und oder sowie der die das den dem des ein eine einen einem einer and or the a an of to rund etwa bis mehr als than more nicht not sehr zu et le la les y el los las de des du d'ici antes junto jusqu' is are was were has have will would".split()
)


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
    text = _without_article(_without_attribution(text, lang).rstrip(" .:;"), lang)
    if len(text) > KEEP:
        text = _shortened(text, lang)
    return text if len(text) <= _HARD else _ellipsis(text)


def summary(lead: Sequence[str], lang: str, headline: str = "") -> str:
    """Take one or two whole sentences of the paragraphs *lead* that say more than the *headline* derived from them."""
    found = [" ".join(sentence.split()) for part in lead[:3] for sentence in sentences.first(part, lang, 3)]
    if not found:
        return ""
    if len(found) > 1 and _repeats(found[0], headline) and _stands_alone(found[1]):
        return found[1]
    if len(found[0]) > 2 * _SUMMARY:
        return _ellipsis(found[0])
    if len(found) > 1 and len(found[0]) + len(found[1]) < _SUMMARY:
        return f"{found[0]} {found[1]}"
    return found[0]


def _repeats(sentence: str, headline: str) -> bool:
    return bool(headline) and headline.rstrip(" …") in sentence and len(sentence) < 2 * len(headline)


def _stands_alone(sentence: str) -> bool:
    """A whole sentence that does not lean on the one before it by a pronoun."""
    word = _LEADING_WORD.match(sentence)
    return (
        60 <= len(sentence) <= _SUMMARY
        and sentence[-1] in ".!?…"
        and word is not None
        and word[1].casefold() not in _PRONOUNS
    )


def _without_attribution(text: str, lang: str) -> str:
    pattern = _ATTRIBUTION.get(lang)
    said = pattern.search(text, max(0, len(text) - 220)) if pattern else None
    if said and said.start() >= 25 and text[said.start() - 1] not in '"“”«»':
        return text[: said.start()]
    return text


def _without_article(text: str, lang: str) -> str:
    pattern = _ARTICLE.get(lang)
    article = pattern.match(text) if pattern else None
    if not article or len(text) - article.end() < 15:
        return text
    rest = text[article.end() :]
    return rest[:1].upper() + rest[1:]


def _shortened(text: str, lang: str) -> str:
    """Cut *text* at the last place before ``LIMIT`` where what stays is a sentence; whole if there is none."""
    german = lang in {"de", ""}
    clause = _clause_german(text) if german else _clause_plain(text)
    if clause and len(clause) <= LIMIT:
        text = clause
    if len(text) <= KEEP:
        return text
    cut = _cut_german(text) if german else _cut_plain(text, lang)
    return text[:cut].rstrip(" ,;:–-") if cut else text


def _words(text: str) -> list[tuple[str, int]]:
    return [(word[0], word.start()) for word in re.finditer(r"\S+", text)]


def _bare(word: str) -> str:
    return word.strip('"„“”»«,.;:()')


def _verb(words: list[tuple[str, int]]) -> int:
    """Index of the finite verb, -1 where none is sure.

    An auxiliary is known; a full verb follows the noun or name that ends the first part of a German
    main clause, where an adjective follows an article or a preposition.
    """
    if words and _bare(words[0][0]).casefold() in _SUBORDINATE:
        return -1
    for index, (word, _) in enumerate(words[1:], 1):
        bare, before = _bare(word), _bare(words[index - 1][0])
        if bare in _AUXILIARY:
            return index
        if not word[:1].islower() or bare in _NOT_VERBS or not _VERBISH.match(bare):
            continue
        if before[:1].isupper() and before.casefold() not in _BEFORE_NOUN:
            return index
    return -1


def _clause_german(text: str) -> str:
    """The part before the first comma if it holds the verb and what follows is not its object."""
    words = _words(text)
    verb = _verb(words)
    for index, (word, at) in enumerate(words[:-1]):
        if not word.endswith(","):
            continue
        before, following = text[: at + len(word) - 1], _bare(words[index + 1][0]).casefold()
        rest = text[at + len(word) :]
        whole = 0 <= verb < index and at >= 30 and not _open(before)
        return before if whole and following not in _OBJECT and " zu " not in rest else ""
    return ""


def _clause_plain(text: str) -> str:
    words = _words(text)
    if words[0][0].casefold() in _SUBORDINATE:
        return ""
    for index, (word, at) in enumerate(words[:-1]):
        before = text[: at + len(word) - 1]
        if word.endswith(",") and at >= 30 and words[index + 1][0] in _ENGLISH_CLAUSE and not _open(before):
            return before
    return ""


def _cut_german(text: str) -> int:
    words = _words(text)
    lower = [_bare(word) if word[:1].islower() else "" for word, _ in words]
    verb = _verb(words)
    if verb < 0:
        return 0
    if any(word in _AUXILIARY for word in lower):
        return _cut_bracket(words, lower, text)
    if (
        any(word in _PARTICLE and words[i][0].endswith((",", ".")) for i, word in enumerate(lower))
        or lower[-1] in _PARTICLE
    ):
        return 0
    for index in range(len(words) - 1, verb + 1, -1):
        at = words[index][1]
        if (
            lower[index] in _PREPOSITIONS["de"]
            and 35 <= at <= KEEP + 12
            and _closed(words[:index], text[:at])
            and _no_object(lower, index)
        ):
            return at
    return 0


def _no_object(lower: list[str], index: int) -> bool:
    """What is cut off holds phrases with prepositions only: "sieht trotz der Krise keinen Grund" must keep its object."""
    for at in range(index, len(lower)):
        if lower[at] in _OPENS_OBJECT and lower[at - 1] not in _PREPOSITIONS["de"] | {"und", "oder", "als", "wie"}:
            return False
    return True


def _cut_bracket(words: list[tuple[str, int]], lower: list[str], text: str) -> int:
    """After an auxiliary: only where its infinitive or participle stands right before ``und``."""
    first = next(i for i, word in enumerate(lower) if word in _AUXILIARY)
    for index in range(first + 3, len(words)):
        at, closing = words[index][1], lower[index - 1]
        if (
            lower[index] in {"und", "sowie"}
            and 35 <= at <= LIMIT
            and closing
            and _VERBISH.match(closing)
            and closing not in _NOT_VERBS
        ):
            return at if _closed(words[:index], text[:at]) else 0
    return 0


def _cut_plain(text: str, lang: str) -> int:
    words = _words(text)
    prepositions = _PREPOSITIONS.get(lang, _PREPOSITIONS["en"])
    for index in range(len(words) - 1, 4, -1) if lang == "en" else ():
        at = words[index][1]
        if words[index][0] in _REASONS and 30 <= at <= KEEP + 12 and _closed(words[:index], text[:at]):
            return at
    for index in range(len(words) - 1, 4, -1):
        at = words[index][1]
        if words[index][0] in prepositions and 45 <= at <= KEEP + 12 and _closed(words[:index], text[:at]):
            return at
    return 0


def _closed(words: list[tuple[str, int]], before: str) -> bool:
    """No quote or bracket is open before the cut, and no word that wants a next one ends there."""
    last = words[-1][0].casefold()
    hanging = last in _HANGING or last.endswith("-") or last in _PREPOSITIONS["de"] or last in _PREPOSITIONS["en"]
    return not hanging and not _open(before)


def _open(text: str) -> bool:
    quotes = (
        text.count('"') % 2 or text.count("„") > text.count("“") + text.count("”") or text.count("«") != text.count("»")
    )
    return bool(quotes) or text.count("(") != text.count(")")


def _ellipsis(text: str) -> str:
    """Cut *text* at a blank below the limit and say so."""
    at = text.rfind(" ", 60, _HARD - 40)
    return text[: at if at > 0 else _HARD - 40].rstrip(" ,;:–-") + " …"
