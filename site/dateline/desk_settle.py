"""A copy and what the desk knows -> what becomes of it: a new story, another version of one, a repeat, an end.

To which story it belongs, ``desk_match`` tells; what a later version looks like, ``desk_revise``.
"""

from __future__ import annotations

from msgspec import Struct, structs

from dateline.article import Article, Story
from dateline.desk_copy import Copy, render, roundup, version_number
from dateline.desk_match import match
from dateline.desk_revise import correction, parsed, revised, skeleton
from dateline.desk_shelf import AGENCY, Shelf, digest, lengthened
from dateline.errors import DatelineError, Problem
from dateline.history import History
from dateline.ledger import REBUILT, Entry, Ledger, Role, Version
from dateline.settings import Settings
from dateline.withdraw import Notice, erase

# What an agency may change without changing the text: the article is written again, ``updated`` stays.
_FACTS = ("status", "embargo", "expires", "image", "rights", "urgency", "tags", "subjects", "authors", "isins", "excerpt", "breaking")  # fmt: skip


class Outcome(Struct, frozen=True, gc=False):
    """What became of one story of one seed. ``path`` is its content file, "" where there is none."""

    file: str
    role: Role | str  # "unchanged", "unreadable" besides
    path: str = ""
    detail: str = ""

    def __str__(self) -> str:
        """One line of ``-v``: ``seeds/a.txt: new content/2025/12/03-kreml.md``."""
        line = f"{self.role} {self.path}".rstrip() if self.file else self.path
        return (f"{self.file}: " if self.file else "") + line + (f" ({self.detail})" if self.detail else "")


class OnDisk(Struct, frozen=True):
    """A story's content file as it is found: ``ours`` where nobody edited it since ingest wrote it."""

    path: str
    data: bytes
    ours: bool


class Desk:
    """Settles copies one by one, each wholly: content file first, then the ledger."""

    def __init__(self, shelf: Shelf, ledger: Ledger, history: History, settings: Settings) -> None:
        self._shelf = shelf
        self._ledger = ledger
        self._history = history
        self._settings = settings
        self._pending = ledger.pending()
        self.problems: list[Problem] = []
        self.written: list[str] = []

    def settle(self, copy: Copy) -> Outcome:
        """Deal with *copy*; idempotent. Raises ``DatelineError`` where the disk refuses: it is dealt with next time."""
        if known := self._known(copy):
            return Outcome(copy.file, "unchanged", self._ledger.entry(known.story).path)
        for part in copy.cut:
            self._warn(copy.file, f"has a {part}, which was cut", "write a shorter one by hand, should it matter")
        entry = match(copy, self._ledger)
        if entry is None:
            return self._unmatched(copy)
        if entry.state == "withdrawn":
            return self._held(copy, entry)
        if copy.withdraws:
            return self._withdrawn(copy, entry)
        return self._another(copy, entry)

    # To which story a copy belongs

    def _known(self, copy: Copy) -> Version | None:
        """Find the version that this very copy was, or that was read from its content file after a ledger was lost."""
        known = self._ledger.known(copy.arrived.input, copy.arrived.position)
        if known and known.position == REBUILT:
            if copy.of > 1:
                return None  # which of the seed's stories it was is told by id or text
            self._prove(copy, self._ledger.entry(known.story))
        return known

    # A story that was not here

    def _unmatched(self, copy: Copy) -> Outcome:
        if copy.withdraws:
            return self._kill_of_nothing(copy)
        article = copy.article
        if copy.note and copy.note.kind == "correction":
            article = structs.replace(article, corrections=(correction(copy, article),))
        if copy.arrived.undated:
            day = article.published.astimezone(self._settings.zone).date()
            self._warn(
                copy.file,
                f"the copy does not say of which day and year it is: {day} is taken",
                f"put ' date {day} ' before it",
            )
        path, article = self._room(article, copy.token)
        data = copy.rendered if article is copy.article else self._render(article, copy.body)
        self._put(path, data)
        entry = Entry(
            0, article.id, path, article.published.isoformat(), article.precision, digest(data), b"", "published", 0
        )
        self._record(copy, entry, "new", current=True)
        return self._outcome(copy, "new", path)

    def _room(self, article: Article, token: str) -> tuple[str, Article]:
        """Find a free name for *article*, and the article that bears it; a killed ingest's own file is no stranger's."""
        for path, sha in sorted(self._pending):
            left = self._shelf.read(path)
            if (
                left is not None
                and digest(left) == sha
                and (story := parsed(left, path, self._settings))
                and story.article.id == article.id
            ):
                old = story.article
                return path, structs.replace(article, slug=old.slug, published=old.published, precision=old.precision)
        slug = article.slug
        for name in (slug, lengthened(slug, token[:6]), lengthened(slug, token)):
            path = self._shelf.place(article, name)
            if not (self._shelf.exists(path) or self._ledger.by_path(path)):
                return path, article if name == slug else structs.replace(article, slug=name)
        raise DatelineError(path, "another file has this name", "rename it, then ingest again")

    def _kill_of_nothing(self, copy: Copy) -> Outcome:
        self._warn(
            copy.file,
            "withdraws a story that is not here",
            "dateline withdraw ID, should it be here under another name",
        )
        if not copy.arrived.named:
            return self._outcome(copy, "withdrawal", "")
        entry = Entry(
            0, copy.article.id, "", copy.article.published.isoformat(), copy.article.precision, b"", b"", "withdrawn", 0
        )
        self._record(copy, entry, "withdrawal", current=True)
        return self._outcome(copy, "withdrawal", "")

    # Another version of a story that is here

    def _another(self, copy: Copy, entry: Entry) -> Outcome:
        found = self.on_disk(entry)
        old = parsed(found.data, found.path, self._settings) if found else None
        if old and old.article.status == "withdrawn":
            return self._held(copy, self._closed(entry))
        current = self._ledger.version(entry.current)
        role = self._role(copy, current, old, ours=bool(found and found.ours))
        if role == "older":
            self._history.keep(
                entry.id, self._next(entry), self._render(revised(copy, skeleton(entry), changed=False), copy.body)
            )
        if role in {"repeat", "older"}:
            self._record(copy, self._proven(copy, entry), role)
            return self._outcome(copy, role, entry.path)
        if found is None:
            return self._gone(copy, entry)
        changed = current.text != copy.arrived.text
        if found.ours:
            return self._update(copy, structs.replace(entry, path=found.path), found, old, role, changed=changed)
        return self._conflict(copy, structs.replace(entry, path=found.path), old, changed=changed)

    def _role(self, copy: Copy, current: Version, old: Story | None, *, ours: bool) -> Role:
        a = copy.arrived
        kind = copy.note.kind if copy.note else ""
        if a.text == current.text:
            if not (old and ours and kind != "repeat"):
                return "repeat"
            if kind == "correction" and correction(copy, old.article).text not in {
                c.text for c in old.article.corrections
            }:
                return "correction"
            return "update" if self._other_facts(copy, old.article) else "repeat"
        if self._older(copy, current, old):
            return "older"
        if kind == "repeat" and any(v.text == a.text for v in self._ledger.versions(current.story)):
            return "repeat"
        return "correction" if kind == "correction" else "update"

    def _other_facts(self, copy: Copy, old: Article) -> bool:
        """Whether the agency changed something beside the text. Compared as they are spelled, which evens out their forms."""
        new = structs.replace(old, **{name: getattr(copy.article, name) for name in _FACTS})
        return self._render(new, "") != self._render(old, "")

    def _older(self, copy: Copy, current: Version, old: Story | None) -> bool:
        """Whether *copy* was surely sent before the version that the story shows. In doubt the later arrival is newer.

        Of a version found again in content/ the arrival is not known: then the order of copies decides.
        """
        a = copy.arrived
        if a.number and current.number and a.number != current.number:
            return a.number < current.number
        if current.position == REBUILT and old and old.article.source:
            article, name = old.article, old.article.source.file
            shown = (current.start, version_number(article), bool(article.corrections), roundup(article), name)
            return copy.order[: len(shown)] < shown
        return a.until < current.start

    def _update(
        self, copy: Copy, entry: Entry, found: OnDisk, old: Story | None, role: Role, *, changed: bool
    ) -> Outcome:
        article = revised(copy, old.article if old else skeleton(entry), changed=changed)
        data = self._render(article, copy.body)
        self._history.keep(entry.id, self._ledger.version(entry.current).n, found.data)
        self._put(found.path, data)
        self._record(copy, structs.replace(entry, written=digest(data), offered=b""), role, current=True)
        return self._outcome(copy, role, found.path)

    def _conflict(self, copy: Copy, entry: Entry, edited: Story | None, *, changed: bool) -> Outcome:
        """The editor's file stays; the agency's version is put beside it, where nothing publishes it."""
        beside = entry.path + AGENCY
        before = self._shelf.read(beside)
        old = (parsed(before, beside, self._settings) if before else None) or edited
        data = self._render(revised(copy, old.article if old else skeleton(entry), changed=changed), copy.body)
        if before:
            self._history.keep(entry.id, self._ledger.version(entry.current).n, before)
        self._put(beside, data)
        self._record(copy, structs.replace(entry, offered=digest(data)), "conflict", current=True)
        self._warn(
            entry.path,
            "was edited by hand and the agency has sent another version",
            f"compare it with {beside}, then remove that",
        )
        return self._outcome(copy, "conflict", beside)

    def _gone(self, copy: Copy, entry: Entry) -> Outcome:
        """A story that an editor took out of content/ does not come back."""
        self._history.keep(
            entry.id, self._next(entry), self._render(revised(copy, skeleton(entry), changed=True), copy.body)
        )
        self._record(copy, entry, "conflict", current=True)
        self._warn(
            entry.path,
            "was taken out by hand and the agency has sent another version",
            f"dateline history {entry.id} shows it",
        )
        return self._outcome(copy, "conflict", "")

    # The end of a story

    def _withdrawn(self, copy: Copy, entry: Entry) -> Outcome:
        found = self.on_disk(entry)
        inputs = [v.input for v in self._ledger.versions(entry.story)]
        path = self.kill(entry, found, Notice(copy.moment, (*inputs, copy.arrived.input)), copy.file)
        self._record(copy, structs.replace(self._closed(entry), path=path), "withdrawal", current=True)
        return self._outcome(copy, "withdrawal", path)

    def kill(self, entry: Entry, found: OnDisk | None, notice: Notice, by: str) -> str:
        """Replace a story by a notice and erase its text, headline and picture below the newsroom. Return its path."""
        path = found.path if found else entry.path
        if found:
            old = parsed(found.data, path, self._settings)
            if not found.ours:
                self._warn(
                    path,
                    f"was edited by hand and is withdrawn all the same, by {by}",
                    "write a new article to say more",
                )
            article = erase(old.article if old else skeleton(entry), notice, self._settings.language)
            self._put(path, self._render(article, ""))
        self._shelf.remove(path + AGENCY)
        self._history.forget(entry.id)
        return path

    def _closed(self, entry: Entry) -> Entry:
        self._history.forget(entry.id)
        return structs.replace(entry, state="withdrawn", written=b"", offered=b"")

    def _held(self, copy: Copy, entry: Entry) -> Outcome:
        last = self._ledger.version(entry.current)
        role: Role = "withdrawal" if copy.withdraws else "held"
        if not copy.withdraws and copy.arrived.start > last.until:
            self._warn(
                copy.file,
                "brings a withdrawn story again, which stays withdrawn",
                "write it as a new article to publish it",
            )
        self._record(copy, entry, role)
        return self._outcome(copy, "repeat" if copy.withdraws else role, entry.path)

    # Files and the ledger

    def on_disk(self, entry: Entry) -> OnDisk | None:
        """Find a story's content file, by its id where an editor has moved it; ``None`` where it was taken out."""
        if not entry.path:
            return None
        if (data := self._shelf.read(entry.path)) is not None:
            return OnDisk(entry.path, data, self._ours(entry, entry.path, data))
        if self._shelf.exists(entry.path):
            return OnDisk(entry.path, b"", ours=False)
        for path, data in self._shelf.mentions(entry.id):
            story = parsed(data, path, self._settings)
            if story and story.article.id == entry.id:
                return OnDisk(path, data, self._ours(entry, path, data))
        return None

    def _ours(self, entry: Entry, path: str, data: bytes) -> bool:
        sha = digest(data)
        return sha in {entry.written, entry.offered} or (path, sha) in self._pending

    def _prove(self, copy: Copy, entry: Entry) -> None:
        proven = self._proven(copy, entry)
        if proven is not entry:
            self._ledger.put_entry(proven)

    def _proven(self, copy: Copy, entry: Entry) -> Entry:
        """After a lost ledger: a file that is what ingest would write from its seed was not edited by hand."""
        if entry.written or entry.state != "published":
            return entry
        data = self._shelf.read(entry.path)
        story = parsed(data, entry.path, self._settings) if data else None
        if not story or data is None:
            return entry
        old = story.article
        again = structs.replace(revised(copy, old, changed=False), corrections=old.corrections)
        return structs.replace(entry, written=digest(data)) if self._render(again, copy.body) == data else entry

    def _render(self, article: Article, body: str) -> bytes:
        return render(article, body, self._settings)

    def _put(self, path: str, data: bytes) -> None:
        self._ledger.pend(path, digest(data))
        self._shelf.write(path, data)
        self.written.append(path)

    def _record(self, copy: Copy, entry: Entry, role: Role, *, current: bool = False) -> None:
        with self._ledger.together():
            story = self._ledger.put_entry(entry)
            arrived = structs.replace(copy.arrived, story=story, role=role)
            if copy.withdraws:  # the words of a kill are no story's: the next kill must not be taken for this one
                arrived = structs.replace(arrived, text=b"", title=b"", sketch=b"")
            key = self._ledger.put_version(structs.replace(arrived, n=0 if entry.story else 1))
            if current:
                self._ledger.show(story, key)
            if entry.path:
                self._ledger.landed(entry.path)

    def _next(self, entry: Entry) -> int:
        return len(self._ledger.versions(entry.story)) + 1

    def _warn(self, place: str, problem: str, remedy: str) -> None:
        error = DatelineError(place, problem, remedy)
        self.problems.append(structs.replace(error.problem, level="warning"))

    def _outcome(self, copy: Copy, role: Role, path: str) -> Outcome:
        return Outcome(copy.file, role, path, f"{copy.dropped} words left out" if copy.dropped else "")
