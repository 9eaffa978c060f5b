"""A content file -> its article, and what the index keeps of it. The heavy half of reading, done by workers."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Sequence
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, msgpack, structs

from dateline.article import Article, Kind, Story, Term
from dateline.bounds import costly
from dateline.engine.digest import digest
from dateline.engine.parcel import Parcel
from dateline.engine.store import Stat
from dateline.errors import DatelineError, Problem
from dateline.files import Pass, Sent, read_file
from dateline.frontmatter import parse, split
from dateline.frontmatter_fields import article_of as article_of_table
from dateline.record import Record, article_of, decode, encode, record
from dateline.settings import Settings
from dateline.text import clean

if TYPE_CHECKING:
    from dateline.tagging.vocabulary import Vocabulary

FOLDER = "content"
_AT_ONCE = 50  # files that are in memory together
VOCABULARY = "content/_tags.toml"
# Our namespace, minted once. To copy a begun hash costs a third of beginning one.
_namespace = sha1(bytes.fromhex("9a3c1c0e5d5b4b6f8f3f0f6b7e0c2d11") + b"dateline:", usedforsecurity=False)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Reading(Struct, frozen=True):
    """What workers need to read content files."""

    root: Path | Sent
    settings: Settings
    vocabulary: str | None  # text of content/_tags.toml
    environment: bytes  # digest of everything else that a record depends on


class Parsed(Struct, frozen=True):
    """One content file as read: its record, or what is wrong with it, or both."""

    path: str
    stat: Stat | None
    digest: bytes
    data: bytes  # the record, encoded: it travels, is kept, and is read when it is wanted
    problems: tuple[Problem, ...]

    @property
    def record(self) -> Record | None:
        """What the index keeps of the article; None where it could not be read."""
        return decode(self.data) if self.data else None


def kept_of(parsed: Parsed) -> bytes:
    """Spell what is remembered of a file: its record alone, or whatever there is to say of it."""
    if parsed.data and not parsed.problems:
        return b"\1" + parsed.data
    return msgpack.encode((parsed.data, parsed.problems))


def record_of(data: bytes) -> Record | None:
    """Give the record that ``kept_of`` spelled where there was nothing else to say of the file, else None."""
    return decode(data[1:]) if data[:1] == b"\1" else None


def told_of(data: bytes) -> tuple[Record | None, Sequence[Problem]]:
    """Give the record that ``kept_of`` spelled, if there was any, and the faults."""
    if (record := record_of(data)) is not None:
        return record, ()
    data, faults = msgpack.decode(data, type=tuple[bytes, list[Problem]])
    return decode(data) if data else None, faults


class Reader:
    """One worker's tools for reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.root = Pass(reading.root) if isinstance(reading.root, Path) else reading.root
        self._vocabulary: Vocabulary | None = None

    def news(self, _value: object) -> None:
        """Nothing is told between waves."""

    def warm(self, _paths: Sequence[str]) -> None:
        """Import what every worker is going to need."""
        _ = self.vocabulary

    @property
    def vocabulary(self) -> Vocabulary:
        """The words for tags, the editor's own included."""
        if self._vocabulary is None:
            from dateline.tagging.vocabulary import Vocabulary

            self._vocabulary = Vocabulary.load(self.reading.vocabulary)
        return self._vocabulary


def load(root: Path | Pass | Sent, path: str, settings: Settings) -> tuple[Article, str]:
    """Read the article at *path* and its body. Raises ``DatelineError``."""
    text, _ = _text(read_file(root, path, settings.limits.article).data, path)
    article, body, _ = parse(text, path, settings)
    return _identified(article, path), body


def reload(root: Path | Pass | Sent, record: Record, settings: Settings, environment: bytes) -> tuple[Article, str]:
    """Read the article of *record* again for its body; front matter that is known is not parsed twice.

    The file may have changed since: then it is read as if for the first time. Raises ``DatelineError``.
    """
    if record.start >= 0:
        data = read_file(root, record.path, settings.limits.article).data
        if digest(data + environment) == record.digest:
            return article_of(record.front), _plain(data)[record.start :].rstrip("\n")
    return load(root, record.path, settings)


def read(reader: Reader, path: str, terms: tuple[Term, ...] | None = None) -> Parsed:
    """Read one content file for the index; whatever is wrong with it is in the result.

    *terms* are those of its tags where they are known, so that no vocabulary has to be.
    """
    return _read(reader, [_Draft(path, terms)])[0]


def read_all(reader: Reader, paths: Sequence[str]) -> list[Parsed]:
    """Read content files for the index, step by step for all: a step that is repeated finds its code near."""
    found = Parcel(Parsed)
    for start in range(0, len(paths), _AT_ONCE):
        found += _read(reader, [_Draft(path) for path in paths[start : start + _AT_ONCE]])
    return found


def _read(reader: Reader, drafts: Sequence[_Draft]) -> list[Parsed]:
    for step in (_Draft.open, _Draft.divide, _Draft.understand, _Draft.record):
        for draft in drafts:
            if draft.fault is None:
                try:
                    step(draft, reader)
                except DatelineError as error:
                    draft.fault = error.problem
    return [draft.parsed() for draft in drafts]


class _Draft:
    """A content file on its way from bytes to a record, step by step."""

    def __init__(self, path: str, terms: tuple[Term, ...] | None = None) -> None:
        self.path = path
        self.terms = terms
        self.fault: Problem | None = None
        self.stat: Stat | None = None
        self.name = b""
        self.data = b""
        self.warnings: tuple[Problem, ...] = ()

    def open(self, reader: Reader) -> None:
        """Read its bytes and decode them."""
        file = read_file(reader.root, self.path, reader.reading.settings.limits.article)
        self.stat = Stat(file.size, file.mtime_ns, file.ctime_ns, file.inode)
        self.name = digest(file.data + reader.reading.environment)
        self.text, self.mended = _text(file.data, self.path)

    def divide(self, reader: Reader) -> None:
        """Tell front matter and body apart, and read what the former says."""
        limit = reader.reading.settings.limits.front_matter
        self.table, self.body, self.front = split(self.text, self.path, limit)

    def understand(self, reader: Reader) -> None:
        """Make an article of it."""
        settings = reader.reading.settings
        article, self.warnings = article_of_table(self.table, self.front, self.path, settings)
        if reason := costly(self.body, settings.limits):
            raise DatelineError(self.path, reason, "shorten or simplify the text, or raise [limits] in dateline.toml")
        self.article = _identified(article, self.path)

    def record(self, reader: Reader) -> None:
        """Make the record, encoded."""
        settings = reader.reading.settings
        ends = self.text.rstrip("\n")
        start = len(ends) - len(self.body) if ends.endswith(self.body) and not self.mended else -1
        terms = _terms(self.article, reader.vocabulary, settings) if self.terms is None else self.terms
        self.data = encode(record(self.path, Story(self.article, self.body), terms, self.name, settings, start))

    def parsed(self) -> Parsed:
        """Say what came of it."""
        return Parsed(self.path, self.stat, self.name, self.data, (self.fault,) if self.fault else self.warnings)


def lost(path: str) -> Parsed:
    """Say that reading *path* killed its worker."""
    return Parsed(path, None, b"", b"", (Problem(path, "cost more than a worker can bear", "simplify or remove it"),))


def _plain(data: bytes) -> str:
    """Decode UTF-8 with or without a mark at its beginning; the codec for that is Python's own, and ten times as slow."""
    return (data[3:] if data.startswith(BOM_UTF8) else data).decode()


def _text(data: bytes, path: str) -> tuple[str, bool]:
    """Decode a content file; tell whether it was anything but UTF-8."""
    try:
        return _plain(data), False
    except UnicodeDecodeError:
        pass
    from dateline.wire.decode import decode

    try:
        return decode(data), True
    except DatelineError as error:
        raise DatelineError(path, error.problem.problem, error.problem.remedy or "save it as UTF-8") from None


def _identified(article: Article, path: str) -> Article:
    """Give a hand-written article without ``id`` one that is made from its path."""
    if article.id:
        return article
    return structs.replace(article, id=f"urn:uuid:{_uuid5(path)}")


def _uuid5(path: str) -> str:
    """UUID version 5 of *path* (RFC 9562), at a tenth of the standard library's cost."""
    hashed = _namespace.copy()
    hashed.update(path.encode("utf-8", "surrogateescape"))
    text = hashed.hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"


def _terms(article: Article, vocabulary: Vocabulary, settings: Settings) -> tuple[Term, ...]:
    """Resolve the article's tags, in the language of the edition it goes to; a denied word is none."""
    lang = settings.language
    if article.lang and article.lang != lang and article.lang in settings.all_languages:
        lang = article.lang
    found: dict[str, Term] = {}
    resolve, denied = vocabulary.resolve, vocabulary.denied
    fields: tuple[tuple[Kind, tuple[str, ...]], ...] = (
        ("place", article.places),
        ("person", article.people),
        ("organisation", article.organisations),
        ("topic", article.topics),
        ("keyword", article.tags),
    )
    for kind, words in fields:
        for word in words:
            term = resolve(kind, clean(word), lang)
            if term.id not in denied:
                found.setdefault(term.id, term)
    return tuple(found.values())
