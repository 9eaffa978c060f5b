"""Labelled stories -> precision, recall and F of the tagger for each kind; ``--gate`` fails below the floors.

python benchmarks/tagging.py            both halves
python benchmarks/tagging.py --gate     the reporting half against the floors (exit 1 below)
python benchmarks/tagging.py --errors   what was missed and what was invented, of the tuning half only
python benchmarks/tagging.py --speed    milliseconds a story
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from dateline.settings import Taxonomies
from dateline.tagging import TaggedText, find, limit
from dateline.text import slugify

GOLD = Path(__file__).with_name("tagging_gold")
KINDS = {"place": "places", "person": "people", "organisation": "organisations", "topic": "topics"}
# Floors on the reporting half: some points below what it reaches, so that a step back shows and noise does not.
FLOORS = {
    ("place", "f"): 0.88,
    ("person", "f"): 0.86,
    ("organisation", "f"): 0.60,
    ("organisation", "p"): 0.80,
    ("topic", "p"): 0.85,
}


class Story(Struct, frozen=True):
    """A labelled story: ids without their kind. Any of the topics is right; no other is."""

    text: TaggedText
    gold: dict[str, frozenset[str]]


class Score(Struct, frozen=True):
    """How many were found, how many of these are right, how many there were to find."""

    found: int
    right: int
    gold: int
    recalled: int

    @property
    def p(self) -> float:
        """Precision."""
        return self.right / self.found if self.found else 1.0

    @property
    def r(self) -> float:
        """Recall."""
        return self.recalled / self.gold if self.gold else 1.0

    @property
    def f(self) -> float:
        """Their harmonic mean."""
        return 2 * self.p * self.r / (self.p + self.r) if self.p + self.r else 0.0


def stories(half: str) -> Iterator[Story]:
    """Read one half, ``tune`` or ``report``."""
    text = (GOLD / f"{half}.txt").read_text(encoding="utf-8")
    for block in re.split(r"^@ ", text, flags=re.MULTILINE)[1:]:
        head, places, people, organisations, topics, title, body = block.split("\n", 6)
        lang, dateline, agency = (part.strip() for part in head.split("|"))
        yield Story(
            TaggedText(
                title=title, body=body.strip(), dateline=re.sub(r", \w+ \d+$", "", dateline), agency=agency, lang=lang
            ),
            {
                "place": _ids(places, ","),
                "person": frozenset(slugify(name) for name in _ids(people, ",")),
                "organisation": _ids(organisations, ","),
                "topic": _ids(topics, "|"),
            },
        )


def _ids(line: str, mark: str) -> frozenset[str]:
    return frozenset(part.strip() for part in line.partition(":")[2].split(mark) if part.strip())


def found(story: Story) -> dict[str, frozenset[str]]:
    """What the tagger gives the story within the default limits."""
    terms = [item.term for item in limit(find(story.text), Taxonomies())]
    return {kind: frozenset(term.id.partition(":")[2] for term in terms if term.kind == kind) for kind in KINDS}


def scores(half: str) -> dict[str, Score]:
    """Score one half. A topic story is recalled when one of its topics is found."""
    counts = {kind: [0, 0, 0, 0] for kind in KINDS}
    for story in stories(half):
        tags = found(story)
        for kind, gold in story.gold.items():
            right = len(tags[kind] & gold)
            topical = kind == "topic"
            for at, value in enumerate(
                (
                    len(tags[kind]),
                    right,
                    min(len(gold), 1) if topical else len(gold),
                    min(right, 1) if topical else right,
                )
            ):
                counts[kind][at] += value
    return {kind: Score(*values) for kind, values in counts.items()}


def main() -> int:
    """Print the table; 1 if a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    for name in ("gate", "errors", "speed"):
        parser.add_argument(f"--{name}", action="store_true")
    wanted = parser.parse_args()
    for half in ("report",) if wanted.gate else ("tune", "report"):
        print(f"{half:8} stories {sum(1 for _ in stories(half))}")
        for kind, score in scores(half).items():
            print(
                f"  {KINDS[kind]:14} P {score.p:.3f}  R {score.r:.3f}  F {score.f:.3f}  ({score.right} of {score.found} right, {score.recalled} of {score.gold} found)"
            )
    if wanted.errors:
        errors()
    if wanted.speed:
        speed()
    if wanted.gate:
        report = scores("report")
        missed = [
            f"{KINDS[kind]}: {name} {getattr(report[kind], name):.3f} < {floor}"
            for (kind, name), floor in FLOORS.items()
            if getattr(report[kind], name) < floor
        ]
        print("\n".join(missed) or "gate: passed")
        return 1 if missed else 0
    return 0


def errors() -> None:
    """Show what went wrong, never on the reporting half."""
    for story in stories("tune"):
        tags = found(story)
        for kind, gold in story.gold.items():
            missed = () if kind == "topic" and tags[kind] & gold else sorted(gold - tags[kind])
            invented = sorted(tags[kind] - gold)
            if missed or invented:
                print(
                    f"{story.text.title[:44]:46}{KINDS[kind]:14} missed {', '.join(missed) or '-':30} invented {', '.join(invented) or '-'}"
                )


def speed() -> None:
    """Milliseconds of processor time for a story of about 400 words."""
    texts = [story.text for story in stories("tune")]
    long = [
        TaggedText(
            title=a.title, body=f"{a.body}\n\n{b.body}\n\n{c.body}\n\n{d.body}", dateline=a.dateline, lang=a.lang
        )
        for a, b, c, d in zip(*[[t for t in texts if t.lang == "de"][k::4] for k in range(4)], strict=False)
    ]
    start = time.process_time()
    find(long[0])
    first = time.process_time() - start
    rounds = 30
    start = time.process_time()
    for text in long * rounds:
        find(text)
    each = (time.process_time() - start) / len(long) / rounds
    words = sum(len(text.joined.split()) for text in long) / len(long)
    print(f"tables {first * 1000:.0f} ms once; {each * 1000:.2f} ms a story of {words:.0f} words")


if __name__ == "__main__":
    sys.exit(main())
