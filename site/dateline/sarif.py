"""Problems -> a SARIF log, as code hosts show them beside the lines they are about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from dateline import __version__
from dateline.errors import Problem

_LINE = re.compile(r"(.*):(\d{1,9})\Z", re.DOTALL)


def sarif(problems: Iterable[Problem]) -> bytes:
    """Write *problems* as SARIF 2.1.0, sorted, one result each. Source: OASIS SARIF 2.1.0, sections 3.14 and 3.27."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "dateline", "version": __version__, "rules": [{"id": "check"}]}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem) for problem in sorted(problems)],
            }
        ],
    }
    return msgspec.json.format(msgspec.json.encode(log), indent=2) + b"\n"


def _result(problem: Problem) -> dict[str, Any]:
    match = _LINE.match(problem.place)
    file, line = (match[1], int(match[2])) if match else (problem.place, 1)
    text = problem.problem + (f" ({problem.remedy})" if problem.remedy else "")
    location = {
        "artifactLocation": {"uri": quote(file), "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": max(1, line)},
    }
    return {
        "ruleId": "check",
        "level": problem.level,
        "message": {"text": text},
        "locations": [{"physicalLocation": location}],
    }
