"""The house keeps its order: the engine knows no news, the core opens no files and reads no clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "site" / "dateline"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Values to values: no disk, no clock, no network, no threads.
CORE = (
    "article.py", "record.py", "edition.py", "plan.py", "plan_edition.py", "plan_articles.py", "plan_lists.py", "plan_home.py", "plan_archive.py",
    "plan_feeds.py", "plan_whole.py", "routes.py", "recipes.py", "page.py", "text.py", "settings.py",
    "feeds.py", "feed_values.py", "feed_forms.py", "jsonfeed.py", "sitemaps.py", "opml.py", "prose.py", "prose_plain.py",
    "prose_finish.py", "sanitise.py", "bounds.py", "frontmatter.py", "jsonld.py", "pages.py", "templating.py", "linked.py",
)  # fmt: skip
WORLD = {"os", "io", "pathlib", "socket", "subprocess", "threading", "time", "shutil", "sqlite3", "urllib.request", "tempfile"}  # fmt: skip


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", sorted((PACKAGE / "engine").glob("*.py")), ids=lambda p: p.name)
def test_the_engine_knows_nothing_of_news(path: Path) -> None:
    ours = {name for name in imports(path) if name.startswith("dateline")}
    assert all(name.startswith("dateline.engine") for name in ours)


@pytest.mark.parametrize("name", CORE)
def test_the_core_touches_neither_disk_nor_clock_nor_network(name: str) -> None:
    assert not imports(PACKAGE / name) & WORLD


@pytest.mark.parametrize("name", CORE)
def test_the_core_asks_nobody_what_time_it_is(name: str) -> None:
    text = (PACKAGE / name).read_text(encoding="utf-8")
    assert ".now(" not in text
    assert "utcnow" not in text
    assert ".today(" not in text


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_pythons_own_site_module_is_not_hidden() -> None:
    assert not (PACKAGE.parent / "__init__.py").exists()
