"""Text -> sentences, by the abbreviations, ordinals and quotes of German, English, French and Spanish."""

from __future__ import annotations

import re

# An end mark, closing quotes and brackets, white space, then something that can open a sentence.
_END = re.compile(r"([.!?…])[\"“”»«’'›)\]]{0,4}\s{1,4}(?=[\"„“”»«‚‘'›‹(\[¿¡–-]{0,3}\s?[A-ZÀ-ÖØ-ÞŁŚŠŽČ0-9])")
_LAST = re.compile(r"[\w.'’-]{1,40}$")
_NEXT = re.compile(r"\W{0,4}([\wÀ-ÿ-]{1,30})")

_GERMAN = frozenset(
    "abb abs abt allg anm art aufl bd best betr bez bzgl bzw ca co dergl dgl dipl dr ebd eigtl einschl engl entspr etc evtl ev evang exkl ff fr frz geb gegr gem gen gest ggf hbf hl hr hrsg ing inkl insb jh jr kap kath kl kgl lt lfd max mag mind min mio mrd mr mrs mtl nr nrn num o.ä od österr phil prof rd red rel röm s.o s.u sen sog sr st std stellv str stv tel tsd u.a u.ä usw u.s.w u.u univ urspr usf v.a verf verh vgl vorm vors z.b z.t z.zt zit zz zzgl d.h d.i i.d.r i.v m.e n.chr v.chr o.g bsp kfm techn gez ltd inc corp".split()
)
_ENGLISH = frozenset(
    "adm ala apr ariz ark asst assn aug ave bldg blvd brig bros capt cmdr co col colo comdr conn corp cpl dec del dept dr e.g ed est etc fig feb fla fr ft ga gen gov hon i.e inc ind jan jr jul jun kan ky la lt ltd maj mar mass md messrs mich minn miss mo mont mr mrs ms mt neb nev no nos nov oct okla ore p.m pa pct ph.d pp prof pvt rep reps rev sen sens sept sgt spc sr st tenn tex u.k u.n u.s u.s.a univ va vol vs vt wash wis wyo a.m al op approx".split()
)
_FRENCH = frozenset(
    "m mm mme mmes mlle dr pr me st ste av bd cf etc ex env p pp vol art fig no janv févr avr juil sept oct nov déc éd hab".split()
)
_SPANISH = frozenset(
    "sr sra sres srta dr dra d dña ud uds ee.uu pág págs núm av avda etc ej prof lic ing gral cía p ene feb mar abr may jun jul ago sept oct nov dic art".split()
)
_ABBREVIATIONS = {"de": _GERMAN, "en": _ENGLISH, "fr": _FRENCH, "es": _SPANISH}
# After a number and a full stop these open a sentence; any other capital may be the noun of an ordinal.
_OPENERS = frozenset(
    "der die das dem den des ein eine einer einem er sie es wir ich ihr dies diese dieser dieses im in am an auf aus bei bis mit nach seit von vor zu zum zur für durch gegen ohne um unter über wegen während danach dann davor damit dabei dazu daher doch aber und oder denn so auch nun nur noch wie wer was wo wann warum wenn als ob obwohl zwar zudem außerdem insgesamt laut man alle allerdings dort hier heute gestern zuvor".split()
)
_STILL = frozenset(
    "u.s u.k u.n a.m p.m etc usw inc corp ltd co ee.uu jr sr st u.s.w".split()
)  # may end a sentence, too
_MORE_OPENERS = frozenset(
    "the a an it he she they we i in on at but and this that these those there if as after before when while its his her their for by from to le la les il elle el los las un una".split()
)


def split(text: str, lang: str = "") -> list[str]:
    """Split *text* into sentences, white space at their ends removed; joined by blanks they are the text again.

    ``am 3. Dezember``, ``z. B.``, ``J. K. Rowling``, ``U.S. Senate``, ``1.000,50`` do not end one. Linear.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end[1] == "." and not _ends(text, start, end, lang):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found


def first(text: str, lang: str, count: int) -> list[str]:
    """The first *count* sentences of *text*, at a cost that does not grow with what follows them."""
    return split(text[: 1_500 * count], lang)[:count]


def _ends(text: str, start: int, end: re.Match[str], lang: str) -> bool:
    """Tell whether the full stop at *end* closes a sentence."""
    at = end.start()
    if text[at + 1] in "\"“”»«’'›)]":
        return True
    last = _LAST.search(text, max(start, at - 40), at)
    if not last:
        return True
    word, following = last[0].casefold().lstrip("'’-."), _following(text, end.end())
    if word.isdigit():
        return lang not in {"de", ""} or len(word) > 2 or following in _OPENERS
    if len(word) == 1 and word.isalpha():
        return word == "i" and following in _MORE_OPENERS
    known = _ABBREVIATIONS.get(lang, _GERMAN | _ENGLISH if not lang else frozenset())
    if word in known or (word.count(".") and all(len(part) <= 2 for part in word.split("."))):
        return word in _STILL and (following in _OPENERS or following in _MORE_OPENERS)
    return True


def _following(text: str, at: int) -> str:
    word = _NEXT.match(text, at)
    return word[1].casefold() if word else ""
