"""A newsroom and its built site -> everything in them that an editor should mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from dateline.check_site import Links
from dateline.check_stories import stories
from dateline.check_theme import templates
from dateline.errors import Problem
from dateline.record import Record
from dateline.settings import Settings
from dateline.theme import Theme


class Findings(Struct, frozen=True):
    """What a check found: ``problems`` sorted, and ``elsewhere``: links to other sites and a page that has them."""

    problems: tuple[Problem, ...]
    elsewhere: dict[str, str]

    @property
    def failed(self) -> bool:
        """Whether anything is an error."""
        return any(p.level == "error" for p in self.problems)


def check(records: Sequence[Record], theme: Theme, folder: Path, settings: Settings, now: datetime) -> Findings:
    """Look through the stories, the newsroom's own templates and the site built into *folder*.

    Writes nothing and asks no other site. Reads every built file once: O(bytes built).
    """
    problems = [*stories(records, now), *templates(theme)]
    if not folder.is_dir():
        problem = Problem(str(folder), "is not there, so no link could be checked", "run dateline build", "warning")
        return Findings((*sorted(problems), problem), {})
    links = Links(folder, settings)
    name = folder.name
    problems += (Problem(f"{name}/{p.place}", p.problem, p.remedy, p.level) for p in links.problems())
    return Findings(tuple(sorted(dict.fromkeys(problems))), links.elsewhere)
