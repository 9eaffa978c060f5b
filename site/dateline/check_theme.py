"""A newsroom's templates -> what in them does not parse, or uses what does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jinja2 import TemplateSyntaxError, meta, nodes
from msgspec import Struct

from dateline import page
from dateline.errors import Problem
from dateline.templating import PLACE, Environment, environment
from dateline.theme import DEFAULT, Theme

_ALWAYS: Final = {"html", "modified", "jsonld", "current", "page", "values", "story", "variant", "level", "breaking"}


def templates(theme: Theme) -> Iterator[Problem]:
    """Say what is wrong with the newsroom's own templates in *theme*; ours tell what names there are."""
    own = {
        name: text
        for name, text in theme.texts.items()
        if not name.startswith(DEFAULT) and theme.texts.get(DEFAULT + name) != text
    }
    if not own:
        return
    made = environment(theme.texts)
    names = _ALWAYS | {field for kind in vars(page).values() if _is_struct(kind) for field in kind.__struct_fields__}
    filters, tests = set(made.filters), set(made.tests)
    for name, text in theme.texts.items():
        if name.startswith(DEFAULT):
            tree = made.parse(text)
            filters |= {node.name for node in tree.find_all(nodes.Filter)}
            names |= _variables(made, tree)
    for name, text in own.items():
        try:
            tree = made.parse(text, name)
        except TemplateSyntaxError as error:
            yield Problem(f"{PLACE}{name}:{error.lineno}", str(error.message), "mend this line")
            continue
        for wanted in sorted(filter(None, meta.find_referenced_templates(tree))):
            if wanted not in theme.texts:
                yield Problem(f"{PLACE}{name}", f"uses the template {wanted!r}, which is not there", "mend its name")
        for node in tree.find_all((nodes.Filter, nodes.Test)):
            if node.name not in (filters if isinstance(node, nodes.Filter) else tests):
                yield Problem(
                    f"{PLACE}{name}:{node.lineno}",
                    f"uses the filter or test {node.name!r}, which does not exist",
                    "see docs/templates.md",
                )
        for variable in sorted(_variables(made, tree) - names):
            yield Problem(
                f"{PLACE}{name}", f"uses {variable!r}, which does not exist", "see docs/templates.md for what does"
            )


def _variables(made: Environment, tree: nodes.Template) -> set[str]:
    """Names that *tree* takes from outside; the search must not stumble over filters that renderers add."""
    for node in tree.find_all((nodes.Filter, nodes.Test)):
        (made.filters if isinstance(node, nodes.Filter) else made.tests).setdefault(node.name, _anything)
    return meta.find_undeclared_variables(tree)


def _anything(value: object) -> object:
    return value


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)
