"""Any text -> text that every output can carry; any name -> a name that every file system can."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls but tab and newline, surrogates, non-characters, bidi overrides and isolates,
# zero-width space, word joiner and BOM, interlinear and tag characters: none may reach a page.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)$")
_MARKS = re.compile("[\u0300-\u036f]{17,}")
_GERMAN = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))

_NEEDS_CARE = re.compile(r"[&'`\x00-\x1f\x7f]|\d,\d")  # entities, apostrophes, grouped digits
_OTHERS = re.compile(r"[^a-z0-9]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z").match  # as it stands

SLUG_LENGTH = 80


def clean(text: str) -> str:
    """Make *text* safe for HTML, XML and JSON: NFC, line ends as newline, no control or bidi characters.

    Idempotent. Printable characters stay, soft hyphens go, more than 16 stacked marks are cut.
    """
    if text.isprintable() and text.isascii():
        return text
    try:
        if _harmless(text.encode()):
            return text
    except UnicodeEncodeError:
        pass  # a lone surrogate: it goes below
    text = _LINE_ENDS.sub("\n", text).replace("\u00ad", "")
    text = _FORBIDDEN.sub("", text)
    return unicodedata.normalize("NFC", _MARKS.sub(lambda m: m[0][:16], text))


# Bytes of UTF-8 that begin no character from U+0300 on but U+2000 to U+2FFF, and no control but tab and newline.
_DOUBTFUL = bytes({*range(0x20), 0x7F, *range(0xCC, 0x100)} - {0x09, 0x0A, 0xE2})
# Of what is left: C1 controls and the soft hyphen; of U+2000 to U+2FFF all but punctuation and currency signs that stay.
_STRANGE_C2 = re.compile(rb"\xc2[\x80-\x9f\xad]").search
_STRANGE_E2 = re.compile(rb"\xe2(?:[^\x80\x82]|\x80[\x80\x81\x8b\xa8-\xae])").search


def _harmless(data: bytes) -> bool:
    """Tell in a third of the time that a text in UTF-8 is clean; what is only doubtful is not told."""
    if len(data.translate(None, _DOUBTFUL)) != len(data):
        return False
    return not (b"\xc2" in data and _STRANGE_C2(data)) and not (b"\xe2" in data and _STRANGE_E2(data))


def one_line(text: str) -> str:
    """Fold all white space of the cleaned *text* into single blanks."""
    return " ".join(clean(text).split())


def slugify(text: str, fallback: str = "untitled") -> str:
    """Turn *text* into a path segment of ``[a-z0-9-]``, at most 80 long, never a reserved device name.

    NFKC and case folding first, so that names equal to a reader are equal here; German umlauts are
    spelled out (``ä`` → ``ae``) in every locale; other scripts are transliterated.
    """
    if _SLUG(text) and len(text) <= SLUG_LENGTH:
        return f"{text}-x" if _RESERVED.match(text) else text
    if not text.isascii() or _NEEDS_CARE.search(text):
        text = unicodedata.normalize("NFKC", clean(text)).casefold()
        for umlaut, letters in _GERMAN:
            text = text.replace(umlaut, letters)
    if text.isascii() and not _NEEDS_CARE.search(text) and len(text) <= SLUG_LENGTH:
        slug = _OTHERS.sub("-", text.lower()).strip("-")  # what the library does to such a text, at a tenth of its cost
    else:
        from slugify import slugify as _slugify  # 20 ms that plain headlines do without

        slug = _slugify(text, max_length=SLUG_LENGTH, word_boundary=True) or _slugify(text, max_length=SLUG_LENGTH)
    slug = slug or fallback
    return f"{slug}-x" if _RESERVED.match(slug) else slug
