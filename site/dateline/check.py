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
    """What a check found: ``problems`` sorted; ``elsewhere``: links to other sites and a page that has them.

    ``memory`` saves the next check the reading of files that are as they were; their links to other sites are
    not in ``elsewhere`` then.
    """

    problems: tuple[Problem, ...]
    elsewhere: dict[str, str]
    memory: bytes = b""

    @property
    def failed(self) -> bool:
        """Whether anything is an error."""
        return any(p.level == "error" for p in self.problems)


class Built(Struct, frozen=True):
    """A folder that was built into, what an earlier check remembered of it, and a name for what verdicts depend on."""

    folder: Path
    memory: bytes = b""
    of: bytes = b""


def check(records: Sequence[Record], theme: Theme, built: Built, settings: Settings, now: datetime) -> Findings:
    """Look through the stories, the newsroom's own templates and the site that was *built*.

    Writes nothing and asks no other site. Reads each built file that is not as it was: O(their bytes).
    """
    folder = built.folder
    problems = [*stories(records, now), *templates(theme)]
    if not folder.is_dir():
        problem = Problem(str(folder), "is not there, so no link could be checked", "run dateline build", "warning")
        return Findings((*sorted(problems), problem), {})
    links = Links(folder, settings, built.memory, built.of)
    name = folder.name
    problems += (Problem(f"{name}/{p.place}", p.problem, p.remedy, p.level) for p in links.problems())
    return Findings(tuple(sorted(dict.fromkeys(problems))), links.elsewhere, links.memory)
