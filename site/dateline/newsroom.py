"""A newsroom's folder -> settings, theme, static files, views of the site. The shell's reading side."""

from __future__ import annotations

import os
import stat as st
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import structs

from dateline import __version__
from dateline.edition import Front
from dateline.engine.digest import digest, digest_of
from dateline.engine.store import Stat
from dateline.errors import DatelineError, Problem, SettingsError
from dateline.files import read_file
from dateline.i18n import catalogues, own_name
from dateline.page import FeedLink, Link, SiteView
from dateline.routes import FEED_TYPES, Routes
from dateline.settings import FILE, Settings, load
from dateline.theme import Theme, default_theme_folder, theme

SETTINGS_LIMIT = 1_000_000  # bytes of dateline.toml
TEMPLATE_LIMIT = 2_000_000
MENU = 8  # sections in the menu
_EXTRAS = (
    "PIL/__init__.py",
    "brotli.py",
    "cbor2/__init__.py",
    "font_source_serif_pro/__init__.py",
    "pagefind_bin/pagefind",
    "pagefind_bin/pagefind_extended",
    "zstandard/__init__.py",
)
_RENDERERS = ("jinja2", "markdown", "feedgen", "lxml", "nh3", "babel", "msgspec")


def settings_of(root: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the newsroom's settings. Raises ``SettingsError``."""
    if not (root / FILE).exists() and not (root / FILE).is_symlink():
        raise SettingsError(str(root / FILE), "no newsroom here", "run `dateline init DIR`, or name one with --root")
    try:
        data = read_file(root, FILE, SETTINGS_LIMIT).data
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(FILE, "is not UTF-8", "save it as UTF-8") from None
    except DatelineError as error:
        raise SettingsError(FILE, error.problem.problem, error.problem.remedy) from None
    return load(text, environ)


def theme_of(root: Path) -> tuple[Theme, tuple[Problem, ...]]:
    """Lay the newsroom's templates over the default theme; what cannot be read is named and left out."""
    own_folder = root / "templates"
    default = default_theme_folder()
    problems: list[Problem] = []
    files = dict(_files(default, problems))
    own = {} if own_folder.resolve() == default.resolve() else dict(_files(own_folder, problems))
    good: dict[str, bytes] = {}
    for name, data in own.items():
        try:
            theme({}, {name: data})
        except DatelineError as error:
            problems.append(error.problem)
        else:
            good[name] = data
    return theme(files, good), tuple(problems)


def _files(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, bytes]]:
    for name, _ in stats_below(folder):
        try:
            yield name, read_file(folder, name, TEMPLATE_LIMIT).data
        except DatelineError as error:
            problems.append(structs.replace(error.problem, place=f"templates/{error.problem.place}"))


def stats_below(folder: Path) -> tuple[tuple[str, Stat], ...]:
    """Stats of all files below *folder*, hidden ones and links left out: what tells whether a theme is unchanged."""
    found: list[tuple[str, Stat]] = []
    stack = [""]
    while stack:
        at = stack.pop()
        try:
            entries = sorted(os.scandir(folder / at), key=lambda e: e.name)
        except OSError:
            continue
        for entry in entries:
            path = f"{at}/{entry.name}" if at else entry.name
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            try:
                about = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if st.S_ISDIR(about.st_mode):
                stack.append(path)
            else:
                found.append((path, Stat(about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)))
    return tuple(found)


def places(root: Path, settings: Settings) -> tuple[str, ...]:
    """Name all folders and files that a site is made of, the code included."""
    fed = [name for name in (settings.ingest.seeds, settings.ingest.schemas) if name]
    own = [root / name for name in ("content", "templates", "static", *fed, FILE)]
    found = [str(path) for path in (*own, default_theme_folder(), Path(__file__).parent)]
    specs = [find_spec(name) for name in _RENDERERS]
    beside = Path(msgspec.__file__).parents[1]
    extras = [str(beside / name) for name in _EXTRAS]  # there or not: one that comes or goes changes the site
    return (*found, *extras, *(spec.origin for spec in specs if spec is not None and spec.origin))


def code_stats() -> tuple[tuple[str, Stat], ...]:
    """Stats of the package's own files and of the packages that render: cheap, so that digests need no reading."""
    found = list(stats_below(Path(__file__).parent))
    for name in _RENDERERS:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            about = os.stat(spec.origin)  # noqa: PTH116 - on the way of every start
            found.append((name, Stat(about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)))
    return tuple(found)


def code_digest() -> bytes:
    """Name the code that makes outputs: the package's files and the versions of what renders."""
    package = Path(__file__).parent
    own = [
        (path, digest((package / path).read_bytes())) for path, _ in stats_below(package) if not path.endswith(".pyc")
    ]
    return digest_of((own, _released()))


def _released() -> list[str]:
    """Name the releases of what renders as their installers did, ``jinja2-3.1.6``: to import a library for that takes 25 ms."""
    specs = [find_spec(name) for name in _RENDERERS]
    beside = {Path(spec.origin).parents[1] for spec in specs if spec is not None and spec.origin}
    notes = [path.name.lower() for folder in beside for path in folder.glob("*-info")]
    return sorted(note.rpartition(".")[0] for note in notes if note.partition("-")[0] in _RENDERERS)


def sites(
    settings: Settings, front: Front, assets: Mapping[str, str], icons: tuple[tuple[int, str], ...] = ()
) -> dict[str, SiteView]:
    """Say what every page may show of the site. *assets* are addresses by name: ``assets/site.css``."""
    from dateline import search  # starts processes, and what that takes is slow to import

    found = {}
    full = settings.theme.pages == "full"
    base_path = "/" + settings.base_url.split("/", 3)[3]
    for lang, edition in front.editions.items():
        routes = Routes(settings, lang)
        urls = routes.groups("section", edition.sections.values()) if full else {}
        menu = tuple(Link(name, url) for name, url in settings.theme.menu) or tuple(
            Link(edition.sections[key].label, url) for key, url in sorted(urls.items())[:MENU]
        )
        several = len(front.editions) > 1
        title = f"{settings.title} ({own_name(lang)})" if several else settings.title
        feeds = (
            tuple(
                FeedLink(
                    f"{title} ({ {'rss': 'RSS', 'atom': 'Atom', 'json': 'JSON Feed'}[kind] })", url, FEED_TYPES[kind]
                )
                for kind, url in routes.feeds(routes.home).items()
            )
            if settings.feeds.site
            else ()
        )
        view = SiteView(
            title=settings.title,
            description=settings.description,
            base_url=settings.base_url,
            root=base_path,
            lang=lang,
            timezone=settings.timezone,
            author=settings.author,
            copyright=settings.copyright,
            wordmark=settings.theme.wordmark or settings.title,
            logo=f"/{settings.theme.logo}" if settings.theme.logo else "",
            home=routes.home,
            menu=menu,
            languages=tuple(Link(own_name(code), Routes(settings, code).home, code) for code in front.editions)
            if several
            else (),
            tags_index=routes.index("tag"),
            archive=routes.archive if full else "",
            search=routes.plain("search") if full else "",
            search_ready=search.ready(settings),
            feeds_page=routes.plain("feeds"),
            about=routes.plain("about") if full else "",
            corrections=routes.plain("corrections") if full else "",
            stylesheet=assets.get("assets/site.css", ""),
            icon=icons[0][1] if icons else assets.get("assets/icon.svg", ""),
            icons=icons,
            manifest="/manifest.json",
            card=settings.base_url.rstrip("/") + assets["assets/card.png"] if "assets/card.png" in assets else "",
            scripts={Path(name).stem: url for name, url in assets.items() if name.endswith(".js")},
            feeds=feeds,
            generator=f"dateline {__version__}",
            extra=settings.extra,
            digest=b"",
        )
        found[lang] = structs.replace(view, digest=digest_of(view))
    default = found[settings.language]
    spoken = {r.teaser.lang for edition in front.editions.values() for r in (*edition.stories, *edition.withdrawn)}
    for lang in sorted(spoken & catalogues() - found.keys()):  # an article's page speaks the article's language
        view = structs.replace(default, lang=lang, digest=b"")
        found[lang] = structs.replace(view, digest=digest_of(view))
    return found


def static_files(root: Path) -> list[tuple[str, Stat]]:
    """Find the files that are handed through as they are: paths below the newsroom, and stats."""
    return [(f"static/{name}", stat) for name, stat in stats_below(root / "static")]
