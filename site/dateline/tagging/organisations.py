"""Words of a story -> organisations: the curated ones, those with a legal form, and names that the text expands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from dateline.tagging import tables
from dateline.tagging.places import Hit
from dateline.tagging.words import AND, BRACKET, HYPHEN, JOINED, POINT, SPACE, Words
from dateline.text import slugify

TITLE = 3.0
_FORMS = frozenset(
    "AG Ag SE Se GmbH GMBH KGaA Kgaa KG Kg OHG eG Inc Incorporated Corp Corporation Plc PLC plc Ltd Limited LLC Llc Co Bancorp Bancorporation SpA Spa SA NV Nv BV Bv AB ASA Oyj OY Pty Cos Bhd Gruppe Group Holding Holdings".split()
)
# Words, too: only behind a word that can be nothing else.
_WEAK_FORMS = frozenset("AB Group Gruppe Holding Holdings Co Cos".split())
_DESCRIBES = ("konzern", "hersteller", "bauer", "zulieferer", "anbieter", "händler", "versicherer", "riese", "unternehmen", "firma", "gruppe", "spezialist", "dienstleister", "betreiber", "produzent", "entwickler", "tochter", "mutter", "chef", "chefin", "branche", "bank", "institut", "gesellschaft", "kette", "verlag", "reederei", "werft", "versorger", "ausrüster", "maschinenbauer", "finanzierer", "vermieter", "makler", "analysten", "analyst", "aktie", "aktien", "papiere", "titel", "sprecher", "sprecherin")  # fmt: skip
_ARTICLES = frozenset(
    "Der Die Das Den Dem Des Ein Eine Einen Einem Einer The A An And Und Of For In Im Am Bei Von Mit Auch But With By Said Says Its".split()
)
_LINKING = frozenset("für und der des die of for and the on in zur von de".split())
_CLUBS = frozenset(
    "FC SV SC TSV VfB VfL TuS SpVgg FSV TSG BSC EHC ERC AC AS FK SK HC HSG TV TTC SSV FCK RSC VfR".split()
)
_HEADS = frozenset(
    "Universität Hochschule Landgericht Amtsgericht Oberlandesgericht Verwaltungsgericht Arbeitsgericht Sozialgericht Staatsanwaltschaft Polizeipräsidium Handelskammer Handwerkskammer Sparkasse Volksbank Stadtwerke Uniklinik Universitätsklinikum Landeskriminalamt Polizeidirektion".split()
)
_TAILS = frozenset(
    "University Hospital Foundation Airport Institute College Museum Bank Airlines Airways Brothers Laboratories Industries Trust Council Association Society Federation".split()
)
_FORMS |= {form.capitalize() for form in _FORMS if form.isupper()}  # what words.split makes of them
_INSTITUTIONS = _CLUBS | {club.capitalize() for club in _CLUBS if len(club) > 2} | _HEADS | _TAILS
_COMPOUND = frozenset("Stiftung Institut Universität Hochschule Akademie Klinik Klinikum Verlag".split())
_GERMAN = frozenset("Deutsche Deutscher Deutschen Deutsches".split())
_MASCULINE = ("bund", "verband", "verein", "rat", "tag", "dienst", "ring", "club")
_FEMININE = ("gesellschaft", "gewerkschaft", "akademie", "union", "hilfe", "stiftung", "vereinigung", "gemeinschaft")
_MOST = 5  # words of an unknown company's name
_MOST_EXPANDED = 9


class Organisation(Struct, frozen=True):
    """An organisation of the story: id without kind, its name as written, and the word ranges where it stands."""

    id: str
    name: str
    ranges: tuple[tuple[int, int], ...]
    weight: float


class _Seen:
    """Word ranges by id, in order of the first."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.names: dict[str, str] = {}
        self.ranges: dict[str, list[tuple[int, int]]] = {}

    def add(self, key: str, first: int, last: int, name: str = "") -> None:
        """Count one mention."""
        begin, end = self.words.span(first, last)
        self.names.setdefault(key, name or " ".join(self.words.text[begin:end].split()))
        self.ranges.setdefault(key, []).append((first, last))


def organisations(words: Words, hits: Iterable[Hit], lang: str) -> list[Organisation]:
    """Find organisations in order of their first mention.

    A news agency counts only where the title speaks of it: elsewhere it is whom the story quotes; a newspaper or
    broadcaster counts there and from its second mention. Unknown names need
    a legal form ("Musterwerft AG"), a head or tail that says what they are ("Universität Leipzig", "Acme Airlines"), or
    their short form in brackets behind them; the bare or short name then counts for them through the whole story.
    """
    seen = _Seen(words)
    taken: set[int] = set()
    named: dict[str, int] = {}
    for hit in hits:
        if hit.entry[0] == "-":
            taken.update(range(hit.first, hit.last + 1))
        if hit.entry[0] == "o":
            named[hit.entry] = named.get(hit.entry, 0) + 1
            taken.update(range(hit.first, hit.last + 1))
            kind = tables.organisations()[hit.entry[2:]].kind
            if kind not in "am" or words.weights[hit.first] == TITLE or (kind == "m" and named[hit.entry] > 1):
                seen.add(hit.entry[2:], hit.first, hit.last)
    later: dict[str, str] = {}
    for at in (*words.capitals, *_plc(words)):
        if at in taken:
            continue
        word = words.words[at]
        found = None
        if word in _FORMS or words.gaps[at - 1] == AND:
            found = _company(words, at, taken, lang)
        elif word in _COMPOUND and words.gaps[at - 1] == HYPHEN:
            found = _compound(words, at, taken)
        elif lang == "de" and word in _GERMAN:
            found = _german(words, at, taken)
        elif word in _INSTITUTIONS:
            found = _institution(words, at, taken, lang)
        elif at and words.gaps[at - 1] == BRACKET:
            found = _expanded(words, at, taken)
        if found:
            first, last, bare, short = found
            key = slugify(bare)
            seen.add(key, first, last, bare)
            taken.update(range(first, last + 1))
            later.update({name: key for name in (bare, short) if name and " " not in name})
    for at in words.capitals if later else ():
        known = later.get(words.words[at]) or later.get(words.words[at].removesuffix("s"))
        if known and at not in taken:
            seen.add(known, at, at)
    return [
        Organisation(key, seen.names[key], tuple(sorted(ranges)), sum(words.weights[first] for first, _ in ranges))
        for key, ranges in seen.ranges.items()
    ]


_Range = tuple[int, int, str, str]  # first word, last word, name, short form


def _plc(words: Words) -> list[int]:
    """British companies are "plc", in small letters."""
    return [at for at, word in enumerate(words.words) if word == "plc"] if "plc" in words.words else []


def _name(words: Words, first: int, last: int) -> str:
    begin, end = words.span(first, last)
    return " ".join(words.text[begin:end].split())


def _company(words: Words, at: int, taken: set[int], lang: str) -> _Range | None:
    """A name before a legal form."""
    raw = words.text[slice(*words.span(at, at))]
    if not at or words.gaps[at - 1] not in (SPACE, AND):
        return None
    weak = raw in _WEAK_FORMS
    last = first = at - 1
    if words.gaps[last] == AND and last:  # "Klöckner & Co"
        return None
    if (
        last in taken
        or not words.words[last][:1].isupper()
        or words.words[last] in _ARTICLES
        or words.words[last] in _FORMS
    ):
        return None
    while (
        first
        and at - first < _MOST
        and words.gaps[first - 1] in (*JOINED, AND)
        and first - 1 not in taken
        and _namely(words.words[first - 1])
    ):
        if lang == "de" and words.gaps[first - 1] == SPACE and not _goes_on(words, first - 1):
            break
        first -= 1
    if first == last and (weak or words.words[last] in tables.words("noun")):
        return None
    bare = _name(words, first, last)
    end = at
    if (
        at + 1 < len(words.words)
        and words.gaps[at] in (AND, POINT, SPACE)
        and words.words[at + 1] in ("Co", "KG", "KGaA")
        and raw in _FORMS
    ):
        end = at + 1
    return (first, end, bare, words.words[first] if first == last else "") if len(bare) > 1 else None


def _namely(word: str) -> bool:
    return (
        word[:1].isupper()
        and word not in _ARTICLES
        and not word.lower().endswith(_DESCRIBES)
        and word not in tables.words("title")
        and word not in _FORMS
    )


def _goes_on(words: Words, at: int) -> bool:
    """German writes every noun large: what stands before a name belongs to it only if it is no common noun."""
    word = words.words[at]
    return (
        word.isupper()
        or not word.lower().endswith(("er", "en", "ung", "ion", "ie", "tik", "ik", "chaft", "eit"))
        or word in tables.given_names()
    )


def _institution(words: Words, at: int, taken: set[int], lang: str) -> _Range | None:
    """ "Universität Leipzig", "SV Musterdorf", "Acme Airlines"."""
    word = words.text[slice(*words.span(at, at))]
    after = at + 1
    follows = (
        after < len(words.words) and words.gaps[at] == SPACE and words.words[after][:1].isupper() and after not in taken
    )
    if (
        lang == "de"
        and follows
        and (word in _HEADS or word in _CLUBS)
        and words.words[after] not in tables.words("noun")
    ):
        if word in _HEADS and tables.lexicon("de").phrases.get(words.words[after], "-")[0] not in "0123r":
            return None
        return at, after, _name(words, at, after), ""
    if (
        lang == "en"
        and word == "University"
        and words.gaps[at] == SPACE
        and after + 1 < len(words.words)
        and words.words[after] == "of"
        and words.words[after + 1][:1].isupper()
    ):
        return at, after + 1, _name(words, at, after + 1), ""
    if (
        lang == "en"
        and word in _TAILS
        and at
        and words.gaps[at - 1] == SPACE
        and _namely(words.words[at - 1])
        and at - 1 not in taken
    ):
        first = at - 1
        while (
            first
            and at - first < _MOST - 1
            and words.gaps[first - 1] in (SPACE, HYPHEN)
            and _namely(words.words[first - 1])
            and first - 1 not in taken
        ):
            first -= 1
        if words.words[first] in tables.words("noun") or (
            first == at - 1 and tables.lexicon("en").phrases.get(words.words[first], "-")[0] in "ac"
        ):
            return None
        last = (
            at + 2
            if after + 1 < len(words.words) and words.words[after] == "of" and words.words[after + 1][:1].isupper()
            else at
        )
        return first, last, _name(words, first, last), ""
    return None


def _compound(words: Words, at: int, taken: set[int]) -> _Range | None:
    """ "Konrad-Adenauer-Stiftung"."""
    first = at
    while (
        first
        and words.gaps[first - 1] == HYPHEN
        and first - 1 not in taken
        and words.words[first - 1][:1].isupper()
        and at - first < _MOST
    ):
        first -= 1
    return (first, at, _name(words, first, at), "") if at - first > 1 else None


def _german(words: Words, at: int, taken: set[int]) -> _Range | None:
    """ "Deutscher Mieterbund" in every case: the name is the nominative."""
    if at + 1 >= len(words.words) or words.gaps[at] != SPACE or at + 1 in taken:
        return None
    noun = words.words[at + 1]
    for cut in ("", "s", "es"):
        base = noun.removesuffix(cut)
        if len(base) > 6 and base.endswith(_MASCULINE):
            return at, at + 1, f"Deutscher {base}", ""
    return (at, at + 1, f"Deutsche {noun}", "") if len(noun) > 6 and noun.endswith(_FEMININE) else None


def _expanded(words: Words, at: int, taken: set[int]) -> _Range | None:
    """ "Bund Deutscher Milchviehhalter (BDM)": the short form's letters stand in this order in the name before it."""
    begin, end = words.span(at, at)
    short = words.text[begin:end]
    if (
        not at
        or words.gaps[at - 1] != BRACKET
        or not (2 <= len(short) <= 7)
        or short[1:] != short[1:].upper()
        or not short.isalpha()
        or words.text[end : end + 1] != ")"
    ):
        return None
    for first in _starts(words, at, taken, short[0]):
        name = _name(words, first, at - 1)
        if _spells(short, name) and sum(word[:1].isupper() for word in words.words[first:at]) > 1:
            return first, at, name, words.words[at]
    return None


def _starts(words: Words, at: int, taken: set[int], letter: str) -> Iterator[int]:
    """Where the long form may begin, the nearest first."""
    first = at - 1
    while first >= max(at - _MOST_EXPANDED, 0) and first not in taken:
        word = words.words[first]
        if not (word[:1].isupper() or word in _LINKING) or (
            first < at - 1 and words.gaps[first] not in (SPACE, HYPHEN, AND)
        ):
            return
        if word[:1] == letter and word not in _ARTICLES and first < at - 1:
            yield first
        first -= 1


def _spells(short: str, name: str) -> bool:
    rest = iter(name.casefold())
    return all(letter in rest for letter in short.casefold())
