"""A folder's name -> a newsroom to begin with; a title -> an article to write."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from dateline.article import Article
from dateline.engine.digest import digest
from dateline.errors import DatelineError, SettingsError
from dateline.frontmatter import dump
from dateline.settings import FILE, Settings
from dateline.text import one_line, slugify

_SETTINGS = """\
# The settings of this newsroom. Every key has a default; docs/settings.md explains them all.
title = "{title}"
description = ""
base_url = "https://example.org/"   # where readers will find the site
language = "{language}"
timezone = "{timezone}"
# author = "The desk"

[ingest]
seeds = "seeds"     # drop wire copy here, then run `dateline build`

[feeds]
# hub = "https://hub.example.org/"   # WebSub

[taxonomies]
min_stories = 1     # a page for every tag while the archive is young; 2 is better from some hundred stories on

[search]
enabled = true      # full-text search; needs: pip install "dateline[search]"

[theme]
# accent = "#0b5563"
"""

_FOLDERS = ("seeds", "content", "templates", "static")
_IGNORE = "/build/\n/.dateline/\n"


def begin(folder: Path, *, language: str = "en", timezone: str = "UTC") -> list[str]:
    """Make a newsroom in *folder*: settings and empty folders. Nothing that is there is touched.

    Returns what was made. Raises ``SettingsError`` where *folder* is a newsroom already or cannot be one.
    """
    if (folder / FILE).exists():
        raise SettingsError(
            str(folder / FILE), "is there already", "this folder is a newsroom: run `dateline build` in it"
        )
    try:
        made = []
        for name in _FOLDERS:
            if not (folder / name).is_dir():
                (folder / name).mkdir(parents=True)
                made.append(f"{name}/")
        title = one_line(folder.resolve().name).replace('"', "'") or "My newsroom"
        text = _SETTINGS.format(title=title.replace("\\", "/"), language=language, timezone=timezone)
        (folder / FILE).write_text(text, encoding="utf-8")
        made.append(FILE)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text(_IGNORE, encoding="utf-8")
            made.append(".gitignore")
    except OSError as error:
        raise SettingsError(str(folder), f"cannot be made: {error.strerror}", "choose another folder") from None
    return made


def write_new(root: Path, title: str, settings: Settings, now: datetime) -> Path:
    """Begin an article called *title*, as a draft, in the file that its date and title give it.

    Its id is minted here and never changes. Raises ``DatelineError`` where that file is there already.
    """
    title = one_line(title)
    if not title:
        raise DatelineError("new", "an article needs a title", 'run `dateline new "A headline"`')
    local = now.astimezone(settings.zone)
    slug = slugify(title)
    path = root / "content" / f"{local:%Y}" / f"{local:%m}" / f"{local:%d}-{slug}.md"
    token = digest(f"{now.isoformat()} {title}".encode()).hex()[:12]
    host = urlsplit(settings.base_url).hostname or "localhost"
    article = Article(
        id=f"tag:{host},{local:%Y}:{token}",
        title=title,
        published=now,
        slug=slug,
        lang=settings.language,
        authors=(settings.author,) if settings.author else (),
        status="draft",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(dump(article, "Write here.\n"))
    except FileExistsError:
        raise DatelineError(str(path), "is there already", "choose another title, or go on in that file") from None
    return path


def copy_template(root: Path, name: str) -> Path:
    """Copy a file of the default theme into the newsroom's own ``templates/`` for editing.

    Raises ``DatelineError`` where there is no such template, or the newsroom has its own already.
    """
    from dateline.theme import default_theme_folder

    folder = default_theme_folder()
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    wanted = next((n for n in names if n in {name, f"{name}.html", f"assets/{name}", f"partials/{name}.html"}), None)
    if wanted is None:
        raise DatelineError(f"templates/{name}", "is no template of the theme", f"there are: {', '.join(names)}")
    target = root / "templates" / wanted
    if target.exists():
        raise DatelineError(f"templates/{wanted}", "is there already", "edit it, or move it away first")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((folder / wanted).read_bytes())
    return target
