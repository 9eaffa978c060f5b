"""The docs say what the program does: every setting, every command, every link, every example."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
import msgspec
import pytest

from dateline import cli, frontmatter, leave, settings
from dateline.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/deploy/*.md")})
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.filterwarnings("error")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(page: str) -> str:
    """A page without its code, where brackets are no links."""
    return re.sub(r"`[^`\n]*`", "``", FENCE.sub("", page))


def fences(page: str, language: str) -> list[str]:
    return [body for kind, body in FENCE.findall(page) if kind == language]


def rows(page: str) -> Iterator[list[str]]:
    """Cells of all tables, heads and rules left out."""
    for line in FENCE.sub("", page).splitlines():
        if line.startswith("|") and not re.match(r"\|[-|: ]+$", line):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("| "))]


# -- settings -----------------------------------------------------------------------------------------


def keys(table: type[msgspec.Struct] = Settings, prefix: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Name, type and default of every key of the settings file."""
    for field in msgspec.structs.fields(table):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from keys(field.type, f"{prefix}{field.name}.")
        else:
            default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
            yield prefix + field.name, field.type, msgspec.to_builtins(default)


def documented_settings() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cells in rows(text("docs/settings.md")):
        if cells[0] != "key":
            key = cells[0].strip("`")
            assert key not in found, f"{key} is documented twice"
            found[key] = cells
    return found


def same(one: Any, other: Any) -> bool:
    return list(one) == list(other) if isinstance(one, tuple | list) else one == other and type(one) is type(other)


def test_every_setting_is_documented_and_nothing_that_is_none() -> None:
    assert set(documented_settings()) == {key for key, _, _ in keys()}


@pytest.mark.parametrize(("key", "default"), [(key, default) for key, _, default in keys()])
def test_the_documented_default_is_the_real_one(key: str, default: object) -> None:
    said = documented_settings()[key][2].strip("`")

    assert same(tomllib.loads(f"value = {said}")["value"], default)


def spelled(kind: Any) -> tuple[str, list[str]]:
    """How the docs spell a type, and all that they must name of it: choices and bounds."""
    meta = [m for m in getattr(kind, "__metadata__", ()) if isinstance(m, msgspec.Meta)]
    bounds = [
        f"{bound:g}" if isinstance(bound, float) else str(bound)
        for m in meta
        for bound in (m.ge, m.gt, m.le)
        if bound is not None
    ]
    inner = kind.__origin__ if meta else kind
    origin = get_origin(inner)
    if origin is Literal:
        return "", [f"`{choice}`" for choice in get_args(inner)]
    if origin is tuple:
        word, more = spelled(get_args(inner)[0])
        return "list of", [word.partition(" ")[0], *more, *bounds]
    return {bool: "yes or no", int: "whole number", float: "number", str: "text"}.get(inner, "table"), bounds


@pytest.mark.parametrize(("key", "kind"), [(key, kind) for key, kind, _ in keys()])
def test_the_documented_type_names_all_choices_and_bounds(key: str, kind: object) -> None:
    said = documented_settings()[key][1]
    word, parts = spelled(kind)

    assert said.startswith(word)
    assert all(part in said for part in parts if part != "list"), (said, parts)


def test_every_example_of_settings_loads_and_every_key_has_one() -> None:
    shown = set()
    for example in fences(text("docs/settings.md"), "toml"):
        settings.load(example)
        for key, value in tomllib.loads(example).items():
            table = isinstance(value, dict) and key != "extra"
            shown |= {f"{key}.{name}" for name in value} if table else {key}

    assert shown == {key for key, _, _ in keys()}


def test_the_environment_sets_what_the_docs_say() -> None:
    example = " ".join(fences(text("docs/settings.md"), "sh"))
    found = {name: value.strip("'") for name, value in re.findall(r"(DATELINE_\w+)=('[^']*'|\S+)", example)}

    loaded = settings.load("", found)

    assert loaded.base_url == "https://preview.example.org/"
    assert (loaded.feeds.limit, loaded.feeds.formats) == (20, ("rss",))


# -- commands -----------------------------------------------------------------------------------------


def commands(command: click.Command = cli.main, name: str = "dateline") -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for word, inner in command.commands.items():
            if not inner.hidden:
                yield from commands(inner, f"{name} {word}")


def documented_commands() -> dict[str, str]:
    """Each command's part of docs/commands.md: headings name them, ``## `dateline build` ``."""
    parts = re.split(r"^##+ (.*)$", text("docs/commands.md"), flags=re.MULTILINE)[1:]
    return {
        head.strip("`"): part
        for head, part in zip(parts[::2], parts[1::2], strict=True)
        if head.startswith("`dateline")
    }


def test_every_command_is_documented_and_nothing_that_is_none() -> None:
    assert set(documented_commands()) == {name for name, _ in commands()}


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_of_a_command_is_documented_and_no_other(name: str, command: click.Command) -> None:
    part = documented_commands()[name]
    first = [cells[0] for cells in rows(part) if cells[0] != "option"]
    options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]

    said = {word for cell in first for word in re.findall(r"(?<![\w-])--?[a-z][\w-]*", cell)}

    assert said == {opt for p in options for opt in (*p.opts, *p.secondary_opts)}
    assert all(part.count(f"| {cell} |") == 1 for cell in first)


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_usage_line_names_every_argument(name: str, command: click.Command) -> None:
    usage = fences(documented_commands()[name], "")[0].splitlines()[0]
    said = re.findall(r"\b[A-Z]{3,}\b", usage.removeprefix(name).replace("COMMAND", "").replace("OPTIONS", ""))

    assert said == [p.human_readable_name.upper() for p in command.params if isinstance(p, click.Argument)]


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {int(cells[0].strip("`")) for cells in rows(text("docs/commands.md")) if cells[0].strip("`").isdigit()}

    assert codes == {leave.OK, leave.WRONG, leave.USAGE, leave.INTERRUPTED}


def mentioned(page: str) -> Iterator[list[str]]:
    """Words of every call of dateline in the examples and in the running text."""
    shell = "\n".join(fences(page, "sh"))
    inline = re.findall(r"`(dateline [^`]*)`", FENCE.sub("", page))
    lines = [line.partition("#")[0] for line in shell.splitlines()] + inline
    for call in re.findall(r"(?:^|[ /;&])dateline ([^;&|\n]*)", "\n".join(lines), re.MULTILINE):
        yield call.split()


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_call_in_the_docs_is_one_that_the_program_knows(path: Path) -> None:
    known = {name.removeprefix("dateline").strip(): command for name, command in commands()}
    every = {opt for p in cli.main.params for opt in (*p.opts, *p.secondary_opts)} | {"-h", "--help"}
    for words in mentioned(path.read_text(encoding="utf-8")):
        word = next((w for w in words if w in known), "")
        assert word or not re.fullmatch(r"[a-z]+", words[0] if words else ""), words
        options = {w.partition("=")[0] for w in words if re.match(r"--?[a-z]", w)}
        assert options <= every | {opt for p in known[word].params for opt in (*p.opts, *p.secondary_opts)}, words


# -- pages --------------------------------------------------------------------------------------------


def slug(heading: str) -> str:
    """A heading's anchor, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_that_is_there(path: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        assert file.is_relative_to(ROOT), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", FENCE.sub("", file.read_text(encoding="utf-8")), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, link


def test_the_index_of_the_docs_names_every_page() -> None:
    linked = set(re.findall(r"\]\(([\w/.-]+\.md)\)", text("docs/index.md")))
    there = {p.relative_to(ROOT / "docs").as_posix() for p in DOCS if p.is_relative_to(ROOT / "docs")} - {"index.md"}

    assert {link for link in linked if not link.startswith("../")} == there


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_example_of_an_article_can_be_read(path: Path) -> None:
    for kind, body in FENCE.findall(path.read_text(encoding="utf-8")):
        if kind in {"yaml", "markdown", "md"} and body.lstrip().startswith("---"):
            article, _, problems = frontmatter.parse(body, path.name, Settings())
            assert article.title
            assert isinstance(article.published, datetime)
            assert not problems


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_other_example_is_well_formed(path: Path) -> None:
    for body in fences(path.read_text(encoding="utf-8"), "toml"):
        tomllib.loads(body)


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "images").glob("*")), ids=lambda p: p.name)
def test_pictures_of_the_docs_are_small_enough_for_a_page(path: Path) -> None:
    assert path.stat().st_size < 250_000


# -- the map ------------------------------------------------------------------------------------------


def test_the_map_of_the_house_shows_every_module_and_none_that_is_gone() -> None:
    package = ROOT / "site" / "dateline"
    section = text("docs/architecture.md").partition("## Where things live")[2]
    patterns = [word for cells in rows(section.partition("\n## ")[0]) for word in re.findall(r"`([^`]+)`", cells[0])]
    there = {p.relative_to(package).parts[0] for p in package.rglob("*.py")} | {
        p.name for p in package.iterdir() if p.is_dir()
    }
    shown = {name for pattern in patterns for name in (p.name for p in package.glob(pattern.rstrip("/")))}

    assert there - {"__pycache__", "theme"} == shown
    assert [pattern for pattern in patterns if not list(package.glob(pattern.rstrip("/")))] == []


def test_each_promise_of_security_is_held_by_a_test_that_exists():
    promises = [row for row in rows(text("docs/security.md")) if "::" in row[-1]]
    named = [re.findall(r"`([\w/]+\.py)::(\w+)`", row[-1]) for row in promises]

    assert len(promises) > 10
    for file, name in (pair for pairs in named for pair in pairs):
        assert re.search(rf"^(?:def {name}\(|{name} = )", text(f"tests/{file}"), re.MULTILINE), name
    assert all(named)
