"""A newsroom on disk, and copy to send it: builders that name only what a test is about."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dateline import desk
from dateline.settings import Settings, load

# Thousands of small files and a database: a folder in memory, where there is one, saves most of the time.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = load(
    'language = "de"\ntimezone = "Europe/Berlin"\nbase_url = "https://news.example/"\n[taxonomies]\ndetect = false\n'
)

# A made-up story of some sixty words: long enough that likeness means something.
DOCK = (
    "Die Musterwerft AG will ihr Trockendock in Beispielhafen bis zum Herbst erneuern und dafür rund 40 Millionen Euro ausgeben. "
    "Das sagte Vorstandschefin Jana Beispiel am Mittwoch vor der Belegschaft. Die Arbeiten beginnen nach ihren Worten im März, "
    "wenn das letzte Fährschiff der Reihe die Halle verlassen hat.\n\n"
    "Der Betriebsrat begrüßte den Plan und verlangte zugleich mehr Ausbildungsplätze. Im vergangenen Jahr hatte die Werft "
    "zwölf junge Leute eingestellt, in diesem Jahr sollen es zwanzig werden. Auch die Stadt beteiligt sich an den Kosten für die neue Zufahrt."
)
SECRET = "Kapitän Sven Geheimrat verschwieg den Maschinenschaden"


def in_memory() -> Iterator[Path]:
    """A folder that goes away after use: for fixtures."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as made:
        yield Path(made)


def copy(
    text: str = DOCK,
    *,
    date: str = "2026-11-18",
    head: str = "Musterwerft erneuert Trockendock",
    note: str = "",
    agency: str = "dpa",
) -> str:
    """Spell plain wire copy."""
    prefix = f" date {date} " if date else ""
    notes = f"({note})\n\n" if note else ""
    return f"{prefix}{head}\n\n{notes}BEISPIELHAFEN ({agency}) - {text}\n"


def other(n: int) -> str:
    """A text that shares no three words with others of its kind."""
    words = [hashlib.blake2b(f"{n}/{i}".encode(), digest_size=4).hexdigest() for i in range(40)]
    return f"Zeile {n} " + " ".join(words) + "."


def ninjs(text: str, **fields: object) -> str:
    """Spell a story as ninjs."""
    story = {
        "uri": "urn:newsml:example.com:20261118:dock", "type": "text", "language": "de", "version": "1",
        "versioncreated": "2026-11-18T09:00:00Z", "pubstatus": "usable", "headline": "Musterwerft erneuert Trockendock",
        "body_text": text, "usageterms": "", **fields,
    }  # fmt: skip
    return json.dumps(story, ensure_ascii=False)


class Newsroom:
    """A root folder with its seeds; ``ingest`` takes all that lie there."""

    def __init__(self, root: Path, settings: Settings = SETTINGS) -> None:
        self.root, self.settings = root, settings
        (root / "seeds").mkdir(parents=True, exist_ok=True)

    def seed(self, name: str, text: str | bytes) -> Path:
        path = self.root / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def ingest(self, *names: str, **options) -> desk.IngestReport:
        paths = [self.root / "seeds" / name for name in names] or [self.root / "seeds"]
        options = {"jobs": 1, "now": NOW, **options}
        return desk.ingest(self.root, paths, self.settings, options.pop("now"), **options)

    def articles(self) -> dict[str, str]:
        """Every file below content/, by its path there."""
        content = self.root / "content"
        return {p.relative_to(content).as_posix(): p.read_text() for p in sorted(content.rglob("*")) if p.is_file()}

    def only(self) -> str:
        """The one article's text."""
        (text,) = (text for path, text in self.articles().items() if path.endswith(".md"))
        return text

    def path(self) -> Path:
        """The one article's file."""
        (path,) = (self.root / "content").rglob("*.md")
        return path

    def edit(self, old: str, new: str) -> None:
        path = self.path()
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def grep(self, *words: str) -> list[str]:
        """Files below content/ and .dateline/ that hold any of *words*, in UTF-8 or as a path."""
        found = []
        for folder in ("content", ".dateline"):
            for path in (self.root / folder).rglob("*"):
                data = path.read_bytes() if path.is_file() else b""
                found += [str(path.relative_to(self.root)) for word in words if word.encode() in data]
        return found
