"""Links to other sites -> which of them are dead: asked few at a time, one at a time a host, remembered for a week."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from dateline import __version__
from dateline.errors import Problem, printable

_AT_ONCE: Final = 4
_WAIT: Final = 10.0  # seconds for an answer
_REMEMBERED: Final = 7 * 24 * 3600.0

_WHO: Final = {"User-Agent": f"dateline/{__version__} (link check)"}

Ask = Callable[[str], str]  # an address -> what is wrong with it, "" where nothing is
Memory = dict[str, tuple[float, str]]


def external(links: Mapping[str, str], memory: Path, now: float, ask: Ask, pause: float = 0.5) -> Iterator[Problem]:
    """Ask for each of *links* (address -> page that has it) that *memory* did not see well in the last week.

    What is dead is a warning: other sites mend themselves. *pause*: seconds between questions to one host.
    Writes *memory*, nothing else.
    """
    known = _load(memory, now)
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for url in sorted(links.keys() - known.keys()):
        hosts[url.split("/", 3)[2]].append(url)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for answers in pool.map(lambda urls: _asked(urls, ask, pause), hosts.values()):
            known.update({url: (now, answer) for url, answer in answers.items()})
    memory.parent.mkdir(exist_ok=True)
    memory.write_bytes(msgspec.json.encode({url: seen for url, seen in known.items() if not seen[1]}))
    for url, page in sorted(links.items()):
        if fault := known[url][1]:
            yield Problem(
                printable(page), f"leads to {printable(url)}: {printable(fault)}", "mend or remove the link", "warning"
            )


def _load(memory: Path, now: float) -> Memory:
    try:
        known = msgspec.json.decode(memory.read_bytes(), type=Memory)
    except (OSError, msgspec.MsgspecError):
        return {}
    return {url: seen for url, seen in known.items() if 0 <= now - seen[0] < _REMEMBERED}


def _asked(urls: Sequence[str], ask: Ask, pause: float) -> dict[str, str]:
    answers: dict[str, str] = {}
    for url in urls:
        if answers:
            time.sleep(pause)
        answers[url] = ask(url)
    return answers


def head(url: str) -> str:
    """Ask the web for *url*, without its body; say what is wrong, or nothing."""
    for method in ("HEAD", "GET"):
        try:
            request = urllib.request.Request(url, method=method, headers=_WHO)  # noqa: S310 - http and https only
            with urllib.request.urlopen(request, timeout=_WAIT):  # noqa: S310 - as above
                return ""
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in {401, 403, 429}:  # there, but not for us
                return ""
            if method == "GET" or error.code not in {400, 404, 405, 501}:
                return f"answers {error.code}"
        except (OSError, ValueError) as error:
            return f"does not answer ({getattr(error, 'reason', None) or error})"
    return ""
