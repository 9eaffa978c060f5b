"""Installed packages -> pinned requirements: the closure of what pyproject.toml names, as it is installed here.

python scripts/pin.py > requirements.txt                 # what dateline needs to run, extras included
python scripts/pin.py --group dev > requirements-dev.txt # what its checks need besides, the other extras included

A name of pyproject.toml that is not installed is an error; what it may need on other machines only is left out.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("images", "search", "compress")  # of the sample newsroom; the others are for those who need them
BUILD = ("hatchling", "editables")  # so that the package installs without another look at an index


def closure(names: list[str]) -> dict[str, str]:
    """Name and version of *names* and of all they need on this Python."""
    found: dict[str, str] = {}
    todo = list(names)
    while todo:
        text = todo.pop()
        match = re.match(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?", text)
        if match is None:
            continue
        name, extras = match[1], (match[2] or "").replace(" ", "").split(",")
        key = re.sub(r"[-_.]+", "-", name).lower()
        try:
            dist = distribution(name)
        except PackageNotFoundError:
            if text in names:
                sys.exit(f"pyproject.toml: {name} is not installed here (install it and pin again)")
            continue
        if key not in found or match[2]:
            found[key] = dist.version
            for need in dist.requires or []:
                extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", need)
                marker = need.partition(";")[2].strip()
                if marker and not Marker(marker).evaluate({"extra": extra[1] if extra else ""}):
                    continue
                if extra is None or extra[1] in extras:
                    todo.append(need)
    return found


def main() -> None:
    """Print the pins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = project["project"]
    extras = own["optional-dependencies"]
    base = closure([*own["dependencies"], *(name for extra in EXTRAS for name in extras[extra]), *BUILD])
    if "--group" in sys.argv:
        others = (name for extra in extras.keys() - set(EXTRAS) for name in extras[extra])
        wanted = {k: v for k, v in closure([*project["dependency-groups"]["dev"], *others]).items() if k not in base}
    else:
        wanted = base
    for name, version in sorted(wanted.items()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
