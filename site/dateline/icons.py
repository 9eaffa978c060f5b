"""One source picture -> the icons of a site in all sizes, and the manifest that lists them."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from dateline import pictures
from dateline.engine.digest import Value, digest
from dateline.engine.task import Task
from dateline.errors import DatelineError, Problem
from dateline.files import read_file
from dateline.recipes import BytesRecipe, IconRecipe
from dateline.settings import FILE, Settings
from dateline.stages import ASSETS

SIZES = (32, 180, 192, 512)
MANIFEST = "manifest.json"  # a suffix whose type every host knows


class Icons(Struct, frozen=True):
    """Addresses by size, the files, and what is wrong."""

    addresses: tuple[tuple[int, str], ...] = ()
    tasks: tuple[Task, ...] = ()
    problems: tuple[Problem, ...] = ()


def icons(root: Path, settings: Settings) -> Icons:
    """Plan the icons of ``images.icon``, a picture below ``static/`` or the newsroom; none where it is unset."""
    src = settings.images.icon.lstrip("/")
    if not src:
        return Icons()
    if not pictures.ready():
        return _without("images.icon needs the extra dateline[images]", "pip install 'dateline[images]'")
    static = posixpath.normpath(f"static/{src}")
    path = static if static.startswith("static/") and (root / static).is_file() else posixpath.normpath(src)
    try:
        data = read_file(root, path, settings.limits.picture).data
        from dateline import imaging

        imaging.opened(data, path, max(SIZES))
    except DatelineError as error:
        return _without(f"images.icon: {path} {error.problem.problem}", error.problem.remedy)
    name = digest(data)
    inputs = (Value(f"picture:{path}", name), Value("tools", pictures.tools(settings)))
    mark = digest(name + imaging.EDITION.encode()).hex()[:8]
    files = [(size, f"assets/icon-{size}.{mark}.png") for size in SIZES]
    tasks = [Task(key, ASSETS, inputs, IconRecipe(path, name, size)) for size, key in files]
    return Icons(tuple((size, f"/{key}") for size, key in files), tuple(tasks))


def _without(problem: str, remedy: str) -> Icons:
    return Icons(problems=(Problem(FILE, problem, remedy, "warning"),))


def manifest(settings: Settings, root: str, found: Sequence[tuple[int, str]], svg: str) -> Task:
    """Plan ``manifest.json``: the site's name and its icons, those of the theme where there are no others."""
    pictures_ = [
        {"src": root + url.lstrip("/"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size, url in found
        if size > 180
    ]
    if not pictures_ and svg:
        pictures_ = [{"src": root + svg.lstrip("/"), "sizes": "any", "type": "image/svg+xml"}]
    said = {
        "name": settings.title,
        "short_name": settings.theme.wordmark or settings.title,
        "description": settings.description,
        "lang": settings.language,
        "start_url": root,
        "display": "browser",
        "background_color": "#fdfcf9",
        "theme_color": "#fdfcf9",
        "icons": pictures_,
    }
    data = msgspec.json.encode({key: value for key, value in said.items() if value})
    return Task(MANIFEST, ASSETS, (Value("manifest", digest(data)),), BytesRecipe(data))
