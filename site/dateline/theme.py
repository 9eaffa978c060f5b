"""Files of the default theme and of the newsroom -> Theme: template texts, assets, and what depends on what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path, PurePosixPath

from dateline.errors import DatelineError
from dateline.settings import Theme as Look

ASSETS = "assets/"
DEFAULT = "default/"  # "default/article.html" is ours even where the newsroom has its own "article.html"
PLACE = "templates/"

_ACCENT = "#0b5563"  # what site.css says, for a newsroom that sets the dark one alone
_TEXT = (".html", ".txt", ".xml", ".svg")
_CSS_URL = re.compile(r"""url\(\s*(['"]?)(?!data:|/|#|[a-z]+:)([^'")\s]+)\1\s*\)""")
_CSS_BLANK = re.compile(
    r"""(?P<string>"[^"\n]*"|'[^'\n]*')|/\*(?:[^*]|\*(?!/))*\*/\s*|\s*(?P<mark>[{};,>])\s*|(?<=:)\s+|(?P<blank>\s+)"""
)


@dataclass(frozen=True)
class Theme:
    """Template texts by name (``partials/card.html``) and assets by name (``assets/site.css``). A value."""

    texts: Mapping[str, str]
    assets: Mapping[str, bytes]
    _memo: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def digest(self, template: str) -> bytes:
        """Name the texts that *template* is made of: 16 bytes that change when one of them does.

        Followed are extends, include, import, ``part("…")`` and ``card(…)``; a computed name may be any text,
        so such a template depends on all of them, as does one that cannot be parsed. Linear, remembered.
        """
        if template not in self._memo:
            hashed = blake2b(digest_size=16)
            for name in sorted(self.reachable(template)):
                # An absent text is told from an empty one: "include … ignore missing" sees a file appear.
                text = self.texts.get(name)
                hashed.update(f"{name}\0{'' if text is None else blake2b(text.encode()).hexdigest()}\0".encode())
            self._memo[template] = hashed.digest()
        return self._memo[template]

    def reachable(self, template: str) -> frozenset[str]:
        """Give the names of all templates that rendering *template* can read, itself included."""
        seen: set[str] = set()
        todo = [template]
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            needs = references(self.texts[name]) if name in self.texts else frozenset()
            if None in needs:
                return frozenset(self.texts) | seen
            todo.extend(n for n in needs if n is not None)
        return frozenset(seen)


def theme(default: Mapping[str, bytes], own: Mapping[str, bytes] | None = None) -> Theme:
    """Lay the newsroom's *own* files over the *default* theme's, file by file; names are POSIX paths.

    Ours stay reachable as ``default/…``, so that a newsroom can extend a template and change one block.
    Files that are neither templates nor assets are left out. Raises ``DatelineError`` for bytes that are not UTF-8.
    """
    texts: dict[str, str] = {}
    assets: dict[str, bytes] = {}
    for files, prefixes in ((default, ("", DEFAULT)), (own or {}, ("",))):
        for name, data in files.items():
            if name.startswith(ASSETS):
                assets[name] = data
            elif name.endswith(_TEXT):
                text = _decoded(name, data)
                texts.update({prefix + name: text for prefix in prefixes})
    return Theme(dict(sorted(texts.items())), dict(sorted(assets.items())))


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DatelineError(f"{PLACE}{name}:{line}", "not UTF-8", "save the template as UTF-8") from None


def default_theme_folder() -> Path:
    """Find the default theme: ``theme/`` inside the installed package, ``templates/`` in a checkout."""
    here = Path(__file__).resolve().parent
    return here / "theme" if (here / "theme").is_dir() else here.parents[1] / "templates"


@lru_cache(maxsize=500)
def references(text: str) -> frozenset[str | None]:
    """Give the names of templates that *text* refers to; None where a name is computed or the text is broken."""
    from jinja2 import TemplateSyntaxError, meta, nodes

    from dateline.templating import environment

    try:
        tree = environment().parse(text)
    except (TemplateSyntaxError, RecursionError):
        return frozenset({None})
    found: set[str | None] = set(meta.find_referenced_templates(tree))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in {"part", "card"}:
            found.add("partials/card.html" if call.node.name == "card" else _constant(call.args))
    return frozenset(found)


def _constant(arguments: Sequence[object]) -> str | None:
    from jinja2 import nodes

    first = arguments[0] if arguments else None
    return first.value if isinstance(first, nodes.Const) and isinstance(first.value, str) else None


def assets(theme: Theme, look: Look | None = None) -> dict[str, tuple[str, bytes]]:
    """Give each asset its output path with a hash of its bytes, ``assets/site.3f2a91bc.css``, and its bytes.

    Style sheets are finished first: addresses of other assets in ``url(…)`` get their hash, and the accent
    colours of the settings are appended to ``site.css``. Bytes that stay the same keep their address for ever.
    """
    done: dict[str, tuple[str, bytes]] = {}
    # Style sheets last: they name the others.
    for name, data in sorted(theme.assets.items(), key=lambda item: (item[0].endswith(".css"), item[0])):
        finished = b"".join(_styled(name, data, look or Look(), done)) if name.endswith(".css") else data
        path = PurePosixPath(name)
        mark = blake2b(finished, digest_size=4).hexdigest()
        done[name] = (str(path.with_name(f"{path.stem}.{mark}{path.suffix}")), finished)
    return done


def _styled(name: str, data: bytes, look: Look, done: Mapping[str, tuple[str, bytes]]) -> Iterator[bytes]:
    folder = PurePosixPath(name).parent

    def hashed(match: re.Match[str]) -> str:
        target = str(folder / match[2])
        return (
            f"url({PurePosixPath(match[2]).with_name(PurePosixPath(done[target][0]).name)})"
            if target in done
            else match[0]
        )

    yield _tight(_CSS_URL.sub(hashed, _decoded(name, data))).encode()
    if name == ASSETS + "site.css" and (look.accent or look.accent_dark):
        light = look.accent or _ACCENT
        dark = look.accent_dark or f"color-mix(in oklab,{light},white 45%)"
        yield f":root{{--accent:light-dark({light},{dark})}}\n".encode()


def _tight(css: str) -> str:
    """Leave out comments and needless blanks; strings stay. Readers load this on their first page."""
    css = _CSS_BLANK.sub(lambda m: m["string"] or (" " if m["blank"] else m["mark"] or ""), css)
    return css.replace(";}", "}").strip() + "\n"
