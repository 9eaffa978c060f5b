"""One story as the wire gave it -> a copy the desk can compare: dated, defaulted, tagged, digested."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dateline import frontmatter, identity
from dateline.article import Article, Note, Precision, Source, Story
from dateline.desk_fit import fitted, fitted_note
from dateline.ledger import Version
from dateline.text import clean, slugify

if TYPE_CHECKING:
    from dateline.settings import Settings
    from dateline.tagging.terms import Found
    from dateline.tagging.vocabulary import Vocabulary

Order = tuple[int, int, bool, int, str, bytes, int]

_FLAG_NUMBER = re.compile(r"(?:ROUNDUP|UPDATE|WRAPUP|Ld)\W?(\d{1,3})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


class Copy(Struct, frozen=True, gc=False, array_like=True):
    """One story as it arrived; ``arrived`` is what the ledger will keep of it."""

    article: Article
    body: str
    note: Note | None
    of: int  # stories in the same seed
    dropped: int  # words of the source that went nowhere
    arrived: Version
    token: str
    rendered: bytes  # the content file, should it be new and its name free
    cut: tuple[str, ...] = ()  # what was too long for front matter

    @property
    def file(self) -> str:
        """The seed's name, as reports show it."""
        return self.article.source.file if self.article.source else ""

    @property
    def withdraws(self) -> bool:
        """Whether this version kills the story."""
        return self.article.status == "withdrawn" or bool(self.note and self.note.kind == "withdrawal")

    @property
    def order(self) -> Order:
        """Where it stands among all copies: by moment, then by what the agency numbers, then by name.

        A total order over different seeds, so that neither the order of arrival nor of folders shows.
        """
        a = self.arrived
        return (a.start, a.number, a.said, roundup(self.article), self.file, a.input, a.position)

    @property
    def moment(self) -> datetime:
        """When this version was sent: aware, UTC."""
        return self.article.updated or self.article.published


class Seed(Struct, frozen=True):
    """Where a story came from: the seed's name, the digest of its bytes, its place in it."""

    file: str
    sha256: bytes
    position: int
    of: int


def copy_of(
    story: Story, seed: Seed, settings: Settings, now: datetime, *, undated: bool = False, words: str | None = None
) -> Copy:
    """Make *story* comparable: what the copy lacks comes from ``[ingest]``, its tags from the tagger.

    *undated* where its date, or the year of it, is not in the copy: its id does not depend on it. *words* are the
    editors' own, the text of ``content/_tags.toml``.
    """
    article, cut = fitted(dated(story.article, settings, now), settings.limits.terms)
    note = fitted_note(story.note)
    source = structs.replace(article.source or Source(), file=seed.file, sha256=seed.sha256.hex())
    article = structs.replace(
        article,
        agency=article.agency or settings.ingest.agency,
        lang=article.lang or settings.ingest.lang,
        source=source,
    )
    article = _tagged(article, story.body, settings, words)
    said = bool(note and note.kind != "note")
    arrived = structs.replace(digested(article, story.body, seed, settings), said=said, undated=undated)
    day = None if undated else day_of(article, settings)
    token = identity.token(arrived.source if arrived.named else None, arrived.text, article.agency, day)
    permanent = identity.mint(settings.base_url, article.published, token)
    article = structs.replace(article, id=permanent, slug=slugify(article.title))
    dropped = sum(len(part.split()) for part in story.dropped)
    rendered = render(article, story.body, settings)
    return Copy(article, story.body, note, seed.of, dropped, arrived, token, rendered, cut)


def render(article: Article, body: str, settings: Settings) -> bytes:
    """Spell a content file, moments in the newsroom's zone."""
    return frontmatter.dump(article, body, settings.zone).encode()


def dated(article: Article, settings: Settings, now: datetime) -> Article:
    """Put the day or month of *article* into the newsroom's zone; one that came without any date gets the day of *now*.

    The only day that is ever put in, said by a warning and kept in front matter, so it is put in once.
    """
    from dateline.wire.plain import UNKNOWN_DATE

    if article.published == UNKNOWN_DATE:
        today = now.astimezone(settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return structs.replace(article, published=today.astimezone(UTC), precision="day")
    if article.precision == "minute" or article.published.time() != time():
        return article
    # The wire names a day or a month by midnight UTC; in content/ it is the newsroom's day.
    local = article.published.replace(tzinfo=settings.zone)
    return structs.replace(article, published=local.astimezone(UTC))


def span(moment: datetime, precision: Precision, settings: Settings) -> tuple[int, int]:
    """Return the seconds between which a story was sent: one instant, a day or a month of the newsroom's zone."""
    start = int(moment.timestamp())
    if precision == "minute":
        return start, start
    days = 1 if precision == "day" else 31
    local = moment.astimezone(settings.zone)
    end = (local + timedelta(days=days)) if local.year < 9999 else local
    if precision == "month":
        end = end.replace(day=1)
    return start, max(start, int(end.timestamp()))


def version_number(article: Article) -> int:
    """The agency's own version number: the first digits of ``source.version``, else 0."""
    found = _NUMBER.search(article.source.version) if article.source else None
    return int(found[0]) if found else 0


def roundup(article: Article) -> int:
    """The number of a ROUNDUP or UPDATE flag; 1 where it has none, 0 without flag."""
    flags = " ".join(article.flags)
    found = _FLAG_NUMBER.search(flags)
    return int(found[1]) if found else int(bool(flags))


def day_of(article: Article, settings: Settings) -> date | None:
    """The newsroom's day on which *article* was published, where it is known."""
    return None if article.precision == "month" else article.published.astimezone(settings.zone).date()


def digested(article: Article, body: str, seed: Seed, settings: Settings) -> Version:
    """What the ledger keeps of a story: no word of it."""
    start, until = span(
        article.updated or article.published, "minute" if article.updated else article.precision, settings
    )
    source = article.source.id if article.source else ""
    return Version(
        version=0, story=0, n=0, input=seed.sha256, position=seed.position, role="new", said=False,
        number=version_number(article), start=start, until=until, undated=False,
        text=identity.text_key(article.title, body), title=identity.digest(article.title.casefold()),
        source=identity.source_key(article.agency, source, day_of(article, settings)),
        named=identity.names_story(source), agency=identity.digest(article.agency), sketch=identity.sketch(body),
    )  # fmt: skip


def plain(body: str) -> str:
    """Take the escapes out of a body: what the tagger reads."""
    return _ESCAPE.sub(r"\1", body)


def found_in(article: Article, body: str, words: str | None) -> tuple[Found, ...]:
    """Tag *article* as the editors' *words* have it: names that they merged are one, and what they deny takes no place."""
    from dateline.tagging import TaggedText, find  # where nothing is new, nothing of this is loaded

    found = find(TaggedText.of(article, plain(body)))
    return _vocabulary(words).edited(found, article.lang) if words else found


@lru_cache(maxsize=1)
def _vocabulary(words: str) -> Vocabulary:
    from dateline.tagging.vocabulary import Vocabulary

    return Vocabulary.load(words)


def _tagged(article: Article, body: str, settings: Settings, words: str | None) -> Article:
    """Fill in what the tagger finds, kind by kind, where the agency gave nothing of that kind."""
    if not settings.taxonomies.detect or article.status == "withdrawn":
        return _in_section(article, (), settings)
    from dateline.tagging import limit

    found = limit(found_in(article, body, words), settings.taxonomies)
    labels = {
        kind: tuple(dict.fromkeys(f.term.label for f in found if f.term.kind == kind))
        for kind in ("place", "person", "organisation", "topic")
    }
    article = structs.replace(
        article,
        places=article.places or labels["place"],
        people=article.people or labels["person"],
        organisations=article.organisations or labels["organisation"],
        topics=article.topics or labels["topic"],
    )
    return _in_section(article, labels["topic"], settings)


def _in_section(article: Article, topics: tuple[str, ...], settings: Settings) -> Article:
    section = article.section or settings.ingest.section or next(iter(topics or article.topics), "")
    return structs.replace(article, section=clean(section))


def name_key(folder: str, relative: str) -> bytes:
    """Name a seed file in the ledger without spelling it."""
    return blake2b(f"{folder}\0{relative}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
