"""How fast copy comes in: 10,000 generated stories, ingested for the first time and again.

Usage: python benchmarks/ingest.py [--stories N] [--jobs N] [--folder /dev/shm/x] [--no-tags]

The stories are made from a seeded generator over words of made-up stories; the figures are printed with the
machine's load, because other work on it makes them worse. Peak memory is that of the parent process.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dateline import desk
from dateline.settings import load

WORDS = (  # words read better as a sentence
    "Die Werft in Beispielhafen will ihr Trockendock bis zum Herbst erneuern und dafür rund vierzig Millionen Euro ausgeben wie der "
    "Vorstand am Mittwoch mitteilte Aus dem Betriebsrat hieß es die Arbeit sei gesichert Auch die Stadt Hohenförde beteiligt sich an den "
    "Kosten für eine neue Zufahrt Reederei Nordlicht bestellt zwei Fähren mit Antrieb aus Wasserstoff für die Strecke nach Norwegen und "
    "Dänemark Händler am Markt verwiesen auf steigende Preise für Strom und Gas im Winter Bürgermeisterin Jana Reetz kündigte an dass der "
    "Hafen im kommenden Jahr ausgebaut werden soll Der Umsatz stieg um acht Prozent während der Gewinn unter dem Strich sank"
).split()
CITIES = ("BEISPIELHAFEN", "HOHENFÖRDE", "HAMBURG", "FRANKFURT", "OSLO")
AGENCIES = ("dpa-AFX", "dpa", "Reuters", "APA", "AFP")


def story(rng: random.Random, n: int) -> str:
    """Spell one story of some 250 words; one in twenty is the next version of the one before it."""
    day = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=n)
    seed = n - 1 if n % 20 == 19 else n
    words = random.Random(seed)
    paragraphs = [" ".join(words.choices(WORDS, k=words.randint(40, 60))).capitalize() + "." for _ in range(5)]
    if seed != n:
        paragraphs[-1] += f" Neu ist Satz {n}."
        day -= timedelta(hours=1)
    head = " ".join(words.choices(WORDS, k=7))
    rng.random()
    return (
        f" date {day.date()} {head}\n\n{CITIES[seed % 5]} ({AGENCIES[seed % 5]}) - "
        + "\n\n".join(paragraphs)
        + "/abc/xyz\n"
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--stories", type=int, default=10_000)
    options.add_argument("--jobs", type=int, default=0)
    options.add_argument("--folder", type=Path, default=Path("/dev/shm/dateline-bench"))
    options.add_argument("--no-tags", action="store_true")
    given = options.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    seeds = given.folder / "seeds"
    seeds.mkdir(parents=True)
    rng = random.Random(3)
    for n in range(given.stories):
        (seeds / f"{n:06d}.txt").write_text(story(rng, n))
    time.sleep(2.1)  # else their stamps are too new to be trusted
    settings = load(
        'language = "de"\ntimezone = "Europe/Berlin"\n' + ("[taxonomies]\ndetect = false\n" if given.no_tags else "")
    )
    now = datetime.now(UTC)
    print(
        f"{given.stories:,} stories, {len(os.sched_getaffinity(0))} cores, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}"
    )
    for what in ("first", "again", "again"):
        begin, cpu = time.perf_counter(), sum(os.times()[:4])
        report = desk.ingest(given.folder, [seeds], settings, now, jobs=given.jobs)
        seconds, cpu = time.perf_counter() - begin, sum(os.times()[:4]) - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{what}: {seconds:.2f} s ({cpu:.2f} s of CPU), {peak:.0f} MB peak, load {os.getloadavg()[0]:.1f}: {report}"
        )
    size = (given.folder / ".dateline/desk.sqlite").stat().st_size
    print(f"ledger: {size / 2**20:.1f} MB")
    shutil.rmtree(given.folder)


if __name__ == "__main__":
    main()
