"""Pictures that stories name -> what pages show of them, and the tasks that make the files.

A picture is looked at once: its size, and the length of the file that feeds name, are kept with its stat and
digest. Addresses carry a hash of the picture, so a file never changes and readers may keep it for ever.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat as st
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec
from msgspec import Struct, structs

from dateline.article import Picture, Rendition, Variant
from dateline.content import VOCABULARY
from dateline.engine.digest import Value, digest, digest_of
from dateline.engine.store import Stat
from dateline.engine.task import Task
from dateline.errors import DatelineError, Problem, printable
from dateline.files import read_file
from dateline.recipes import FileRecipe, PictureRecipe
from dateline.record import Record, named
from dateline.settings import Settings
from dateline.stages import ASSETS
from dateline.text import slugify

if TYPE_CHECKING:
    from dateline.edition import Front

FOLDER = "media"
_NO_PATH = re.compile(r"\A[^/]*//[^/]*|[?#].*\Z", re.DOTALL)  # scheme and host, query and fragment of any address


class Look(Struct, frozen=True, array_like=True):
    """What is known of one picture file, as long as it and our tools stay the same."""

    stat: Stat
    tools: bytes
    digest: bytes = b""
    width: int = 0
    height: int = 0
    length: int = 0  # bytes of the file that feeds name
    credit: str = ""
    suffix: str = ""  # of a file that is handed through
    type: str = ""
    problem: str = ""
    remedy: str = ""
    note: str = ""


class Looking(Struct, frozen=True):
    """What a worker needs to look at pictures."""

    root: Path
    settings: Settings
    tools: bytes


class Pictured(Struct, frozen=True):
    """Stories with their pictures, the tasks of each content file, and what is wrong."""

    records: list[Record]
    tasks: dict[str, tuple[Task, ...]]
    problems: list[Problem]
    looks: dict[str, Look]  # to be remembered
    terms: dict[str, tuple[Picture, tuple[Task, ...]]] = {}  # tag -> its picture and the files of it


def ready() -> bool:
    """Tell whether pictures can be made in other sizes: the extra ``dateline[images]`` is there."""
    return find_spec("PIL") is not None


def tools(settings: Settings) -> bytes:
    """Name everything but the picture that a look at it depends on."""
    images = settings.images
    if not (images.enabled and ready()):
        return digest_of(("through", settings.limits.picture))
    from dateline import imaging

    return digest_of((imaging.version(), images.widths, images.formats, settings.limits.picture))


def pictured(
    records: Sequence[Record],
    fresh: Collection[str],
    looking: Looking,
    known: dict[str, Look],
    look_at: Callable[[list[str]], Iterable[tuple[str, Look]]],
    terms: Mapping[str, str] | None = None,
) -> Pictured:
    """Give each story that names a picture what pages show of it; looks only at files that differ.

    *terms* are the tags that editors gave a picture, with its path. What cannot be shown is named: a broken file
    in each build, a picture elsewhere only for *fresh* stories. Two stats a story with a picture; O(records).
    """
    wanted: dict[str, tuple[str, Stat]] = {}
    problems: list[Problem] = []
    for record in records:
        image = record.teaser.image
        if image is not None:
            place = _place(looking.root, image.src, record.path)
            if place:
                wanted[record.path] = place
            elif not _elsewhere(image.src) or record.path in fresh:
                problems.append(_missing(record.path, image.src))
    for key, src in (terms or {}).items():
        place = _place(looking.root, src, VOCABULARY)
        if place:
            wanted[key] = place
        else:
            problems.append(_missing(VOCABULARY, src))
    looks = {
        path: known[path]
        for path, about in wanted.values()
        if path in known and known[path].stat == about and known[path].tools == looking.tools
    }
    todo = sorted({path for path, _ in wanted.values()} - looks.keys())
    looks.update(look_at(todo) if todo else ())
    made: dict[str, tuple[Picture, tuple[Task, ...]]] = {}
    shown, tasks = [], {}
    for record in records:
        image, place = record.teaser.image, wanted.get(record.path)
        if image is None or place is None:
            shown.append(record)
            continue
        path = place[0]
        look = looks[path]
        if look.problem or (look.note and record.path in fresh):
            problems.append(Problem(record.path, f"picture {path} {look.problem or look.note}", look.remedy, "warning"))
        if look.problem:
            shown.append(record)
            continue
        if path not in made:
            made[path] = _picture(path, look, looking.settings)
        picture = structs.replace(
            made[path][0], alt=image.alt, caption=image.caption, credit=image.credit or look.credit
        )
        shown.append(structs.replace(record, teaser=named(structs.replace(record.teaser, picture=picture))))
        tasks[record.path] = made[path][1]
    faces: dict[str, tuple[Picture, tuple[Task, ...]]] = {}
    for key in terms or ():
        path = wanted[key][0] if key in wanted else ""
        if path and (look := looks[path]).problem:
            problems.append(Problem(VOCABULARY, f"picture {path} {look.problem}", look.remedy, "warning"))
        elif path:
            if path not in made:
                made[path] = _picture(path, look, looking.settings)
            faces[key] = made[path]
    return Pictured(shown, tasks, problems, looks, faces)


def published(front: Front, tasks: dict[str, tuple[Task, ...]]) -> list[Task]:
    """Pick the files of the stories that can be seen: a picture under embargo stays in the house."""
    found = {}
    for edition in front.editions.values():
        for record in edition.stories:
            for t in tasks.get(record.path, ()):
                found[t.key] = t
    return list(found.values())


# -- where a picture lies ---------------------------------------------------------------------------


def _elsewhere(src: str) -> bool:
    return "://" in src or src.startswith(("//", "data:"))


def _missing(place: str, src: str) -> Problem:
    src = printable(src[:200])
    if _elsewhere(src):
        return Problem(
            place,
            f"picture {src} lies elsewhere and was left out: pages ask no other host",
            "save it beside the article",
            "warning",
        )
    return Problem(
        place,
        f"picture {src} is not there",
        "put it beside the article, into content/ or into static/",
        "warning",
    )


def _place(root: Path, src: str, article: str) -> tuple[str, Stat] | None:
    """Find the file that *src* names: beside the article, below content/, below static/, with the stat it has now."""
    name = unquote(_NO_PATH.sub("", src)).rpartition("/")[2] if _elsewhere(src) else src
    for path in _candidates(name, article):
        try:
            about = os.lstat(root / path)
        except (OSError, ValueError):
            continue
        if not st.S_ISDIR(about.st_mode):
            return path, Stat(about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)
    return None


def _candidates(name: str, article: str) -> Iterator[str]:
    tops = ("static", "content") if name.startswith("/") else (posixpath.dirname(article), "content", "static")
    bare = name.lstrip("/")
    for top in tops:
        path = posixpath.normpath(f"{top}/{bare}")
        if bare and path.startswith(("content/", "static/")):
            yield path
    if bare.startswith(("content/", "static/")):
        path = posixpath.normpath(bare)
        if path.startswith(("content/", "static/")):
            yield path


# -- looking at it ------------------------------------------------------------------------------------


class Looker:
    """A worker that looks at pictures."""

    def __init__(self, looking: Looking) -> None:
        self.looking = looking

    def news(self, _value: object) -> None:
        """Nothing is told between waves."""


def look(looker: Looker, path: str) -> tuple[str, Look]:
    """Look at the picture at *path*; whatever is wrong with it is in the result."""
    looking = looker.looking
    stat = Stat(0, 0, 0, 0)
    try:
        file = read_file(looking.root, path, looking.settings.limits.picture)
        stat = Stat(file.size, file.mtime_ns, file.ctime_ns, file.inode)
        return path, _seen(file.data, path, Look(stat, looking.tools, digest(file.data)), looking.settings)
    except DatelineError as error:
        if stat.inode == 0:
            about = os.lstat(looking.root / path) if os.path.lexists(looking.root / path) else None
            stat = Stat(about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino) if about else stat
        return path, Look(stat, looking.tools, problem=error.problem.problem, remedy=error.problem.remedy)


def lost(path: str) -> tuple[str, Look]:
    """Say that looking at *path* killed its worker."""
    return path, Look(Stat(0, 0, 0, 0), b"", problem="cost more than a worker can bear", remedy="make it smaller")


def _seen(data: bytes, path: str, known: Look, settings: Settings) -> Look:
    if settings.images.enabled and ready():
        from dateline import imaging

        picture = imaging.opened(data, path, max(settings.images.widths))
        sight = picture.sight
        middle = _middle(_widths(sight.width, settings))
        length = len(imaging.made(picture, middle, "jpeg"))
        note = "is animated: only its first frame is shown" if sight.animated else ""
        return structs.replace(
            known, width=sight.width, height=sight.height, length=length, credit=sight.credit, note=note
        )
    from dateline.picture_size import kind

    found = kind(data)
    if found is None:
        raise DatelineError(path, "is no picture that browsers show", "save it as JPEG, PNG, WebP or AVIF")
    return structs.replace(
        known, width=found.width, height=found.height, length=len(data), suffix=found.suffix, type=found.type
    )


# -- what is made of it -------------------------------------------------------------------------------


def _widths(width: int, settings: Settings) -> list[int]:
    """The widths to make, never wider than the picture itself."""
    wanted = sorted(set(settings.images.widths))
    return [w for w in wanted if w < width] + ([width] if width <= wanted[-1] else [])


def _middle(widths: list[int]) -> int:
    return widths[len(widths) // 2]


def _picture(path: str, look: Look, settings: Settings) -> tuple[Picture, tuple[Task, ...]]:
    """Lay out the files of one picture and plan them."""
    stem = slugify(posixpath.splitext(posixpath.basename(path))[0], "picture")[:40].strip("-")
    if look.suffix:
        key = f"{FOLDER}/{stem}-{look.digest.hex()[:10]}.{look.suffix}"
        through = Task(key, ASSETS, (Value(f"picture:{path}", look.digest),), FileRecipe(path))
        whole = Variant(f"/{key}", look.width, look.height)
        return Picture(whole, whole, look.type, look.length, ()), (through,)
    from dateline import imaging

    widths = _widths(look.width, settings)
    mark = digest(look.digest + imaging.EDITION.encode()).hex()[:10]
    inputs = (Value(f"picture:{path}", look.digest), Value("tools", look.tools))
    tasks, sources = [], []
    for kind in imaging.formats(settings.images.formats):
        files = []
        for width in widths:
            key = f"{FOLDER}/{stem}-{mark}-{width}.{imaging.SUFFIXES[kind]}"
            tasks.append(Task(key, ASSETS, inputs, PictureRecipe(path, look.digest, widths[-1], width, kind)))
            files.append(Variant(f"/{key}", width, max(1, round(look.height * width / look.width))))
        sources.append(Rendition(imaging.TYPES[kind], tuple(files)))
    plain = sources[-1].files
    return Picture(plain[len(plain) // 2], plain[-1], imaging.TYPES["jpeg"], look.length, tuple(sources)), tuple(tasks)


def encode(looks: dict[str, Look]) -> bytes:
    """Write what is known of pictures."""
    return msgspec.msgpack.encode(looks)


def decode(data: bytes) -> dict[str, Look]:
    """Read what ``encode`` wrote."""
    return msgspec.msgpack.decode(data, type=dict[str, Look]) if data else {}
