"""Template texts -> compiled templates in a sandbox; whatever goes wrong in one -> a fault with file and line.

Templates are trusted, yet a theme is often a stranger's: the sandbox keeps it from Python's innards and from
asking for a terabyte by mistake. It costs nothing on our own structs, whose fields are all public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from types import CodeType, TracebackType
from typing import Any, cast

import jinja2
from jinja2 import (
    BytecodeCache,
    FunctionLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    UndefinedError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from msgspec import Struct

from dateline.errors import DatelineError, printable

PLACE = "templates/"
_LARGEST = 1_000_000  # characters or items that one expression may make
_WIDTH = re.compile(r"%[^a-zA-Z%]*(\d{5}|\*)")
_ESCAPED = 20_000  # escaped texts a process keeps
_LOOP = frozenset({"index", "index0", "first", "last"})


class TemplateError(DatelineError):
    """A template that cannot be read or rendered. ``chain``: name and line of each template on the way in."""

    def __init__(self, chain: tuple[tuple[str, int], ...], problem: str, remedy: str) -> None:
        self.chain = chain
        name, line = chain[-1] if chain else ("", 0)
        way = "".join(f", from {PLACE}{outer}:{at}" for outer, at in reversed(chain[-6:-1]))
        super().__init__(f"{PLACE}{name}" + (f":{line}" if line else ""), problem + way, remedy)


class Compiled(jinja2.Template):
    """A template whose ``escape`` remembers: names, addresses and labels come again on every page."""

    @classmethod
    def from_code(
        cls,
        environment: jinja2.Environment,
        code: CodeType,
        globals: MutableMapping[str, Any],  # noqa: A002 - Jinja2 names it so
        uptodate: Callable[[], bool] | None = None,
    ) -> jinja2.Template:
        """Load compiled code and give it the ``escape`` of its environment."""
        made = super().from_code(environment, code, globals, uptodate)
        if isinstance(environment, Environment):
            made.root_render_func.__globals__["escape"] = environment.escape
        return made

    def render(self, *args: Any, **kwargs: Any) -> str:
        """Render as Jinja2 does. The names of the globals are not listed for it: all templates have the same."""
        made = self.environment
        values = {**self.globals, **dict(*args, **kwargs)}
        context = made.context_class(made, values, self.name, self.blocks)
        try:
            return made.concat(self.root_render_func(context))
        except Exception:  # noqa: BLE001 - it is raised again, with the template's own lines
            made.handle_exception()


class Environment(ImmutableSandboxedEnvironment):
    """Jinja2 with everything escaped, nothing undefined passed over, and bounded expressions."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: jinja2.BaseLoader | None = None, bytecode: BytecodeCache | None = None) -> None:
        super().__init__(
            loader=loader,
            bytecode_cache=bytecode,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._broken: dict[tuple[str | None, str], TemplateSyntaxError] = {}
        self.filters["center"] = _bounded(self.filters["center"])
        self.filters["indent"] = _bounded(self.filters["indent"])
        self.filters["format"] = _bounded(self.filters["format"])
        self._trusted: set[int] = set()
        self._escaped: dict[str, Markup] = {}
        self._public: dict[type, frozenset[str]] = {LoopContext: _LOOP}

    template_class = Compiled

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Take a template apart; a broken one only once, for every page that wants it asks again."""
        known = self._broken.get((name, source))
        if known is not None:
            raise known.with_traceback(None)
        try:
            return super()._parse(source, name, filename)
        except TemplateSyntaxError as error:
            self._broken[name, source] = error
            raise

    def escape(self, value: Any) -> Markup:
        """Escape *value* for HTML as MarkupSafe does; short texts are remembered, Markup is passed on."""
        kind = type(value)
        if kind is Markup:
            return cast("Markup", value)
        if kind is not str:
            return escape(value)
        found = self._escaped.get(value)
        if found is None:
            found = escape(value)
            if len(value) < 200:
                if len(self._escaped) >= _ESCAPED:
                    self._escaped.clear()
                self._escaped[value] = found
        return found

    def trust(self, functions: Mapping[str, Callable[..., object]]) -> None:
        """Offer our own *functions* to all templates; calls of them skip the sandbox's questions."""
        self.globals.update(functions)
        self._trusted.update(map(id, functions.values()))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Read an attribute; the fields of our own structs at once, all else as the sandbox allows."""
        fields = self._public.get(type(obj))
        if fields is not None and attribute in fields:
            return getattr(obj, attribute)
        if fields is None and isinstance(obj, Struct):
            self._public[type(obj)] = frozenset(obj.__struct_fields__)
        return super().getattr(obj, attribute)

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: PYI063 - Jinja2 calls it so
        """Call a function from a template; methods of text with gigantic widths are refused."""
        if id(__obj) in self._trusted:
            if kwargs:
                kwargs.pop("_block_vars", None)
                kwargs.pop("_loop_vars", None)
            return __obj(*args, **kwargs)
        if isinstance(getattr(__obj, "__self__", None), str):
            _small(*args)
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute ``*``, ``**`` and ``%`` where the result stays of a size that a page could use."""
        if operator == "%" and isinstance(left, str) and _WIDTH.search(left):
            raise SecurityError(f"{left[:40]!r} pads to a width that no page needs")
        if operator == "*":
            _product(left, right)
        if operator == "**" and (abs(right) > 64 or abs(left) > _LARGEST):
            raise SecurityError("a power too large for a page")
        return super().call_binop(context, operator, left, right)


def environment(
    texts: Mapping[str, str] | None = None, bytecode: BytecodeCache | None = None, place: str = PLACE
) -> Environment:
    """Make an environment over template *texts*; without them it can only parse."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = (texts or {}).get(name)
        return None if text is None else (text, place + name, lambda: True)

    return Environment(FunctionLoader(load), bytecode)


def _small(*values: object) -> None:
    if any(isinstance(v, int | float) and abs(v) > _LARGEST for v in values):
        raise SecurityError("a width too large for a page")


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _WIDTH.search(value):
            _small(float("inf"))
        _small(*args, *kwargs.values())
        return function(value, *args, **kwargs)

    return bounded


def _product(left: Any, right: Any) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(many, str | bytes | list | tuple) and len(many) * times > _LARGEST:
            raise SecurityError("a product too large for a page")


def fault(error: Exception, template: str) -> TemplateError:
    """Say what went wrong while *template* was rendered: where, through which templates, and what to do."""
    chain = _chain(error.__traceback__) or ((template, 0),)
    if isinstance(error, TemplateSyntaxError):
        return TemplateError(
            (*chain, (error.name or template, error.lineno)), error.message or "not a template", _SYNTAX
        )
    if isinstance(error, TemplateNotFound):
        return TemplateError(
            chain, f"there is no template {error.name!r}", "add it below templates/ or correct the name"
        )
    if isinstance(error, UndefinedError):
        return TemplateError(chain, error.message or "undefined", "docs/templates.md lists what this template is given")
    if isinstance(error, RecursionError):
        return TemplateError(chain, "includes itself without end", "break the circle of includes, extends or macros")
    return TemplateError(
        chain, f"{type(error).__name__}: {printable(str(error))[:300]}", "correct the expression in this line"
    )


_SYNTAX = "the Jinja2 manual shows the tags; every block, if and for needs its end"


def _chain(trace: TracebackType | None) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(PLACE):
            step = (file.removeprefix(PLACE), trace.tb_lineno)
            if not found or found[-1] != step:
                found.append(step)
        trace = trace.tb_next
    return tuple(found)
