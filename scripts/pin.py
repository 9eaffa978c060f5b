"""Installed packages -> pinned requirements: the closure of what pyproject.toml names, as it is installed here.

python scripts/pin.py > requirements.txt                 # what dateline needs to run, extras included
python scripts/pin.py --group dev > requirements-dev.txt # what its checks need besides
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("images", "search", "compress")  # of the sample newsroom; dask and remote are for those who need them


def closure(names: list[str]) -> dict[str, str]:
    """Name and version of *names* and of all they need on this Python."""
    found: dict[str, str] = {}
    todo = list(names)
    while todo:
        text = todo.pop()
        match = re.match(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?", text)
        if match is None or ("extra ==" in text) or not _applies(text):
            continue
        name, extras = match[1], (match[2] or "").replace(" ", "").split(",")
        key = re.sub(r"[-_.]+", "-", name).lower()
        try:
            dist = distribution(name)
        except PackageNotFoundError:
            continue
        if key not in found or match[2]:
            found[key] = dist.version
            for need in dist.requires or []:
                extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", need)
                if extra is None or extra[1] in extras:
                    todo.append(need.split(";")[0] if extra else need)
    return found


def _applies(text: str) -> bool:
    marker = text.partition(";")[2]
    if not marker:
        return True
    try:
        from packaging.markers import Marker
    except ImportError:
        return "win32" not in marker and "python_version <" not in marker
    return Marker(marker.strip()).evaluate()


def main() -> None:
    """Print the pins."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = project["project"]
    names = [
        *own["dependencies"],
        *(n for e in EXTRAS for n in own["optional-dependencies"].get(e, ())),
        "hatchling",
        "editables",
    ]
    base = closure(names)
    if "--group" in sys.argv:
        wanted = {k: v for k, v in closure(project["dependency-groups"]["dev"]).items() if k not in base}
    else:
        wanted = base
    for name, version in sorted(wanted.items()):
        print(f"{name}=={version}")


if __name__ == "__main__":
    main()
