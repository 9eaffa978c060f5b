"""What the newsroom's desk knows -> one page at ``/_desk/``, read only and never on disk."""

from __future__ import annotations

from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from dateline.clock import spoken
from dateline.errors import Problem
from dateline.watch import Entry

if TYPE_CHECKING:
    from jinja2 import Template

    from dateline.tagging.edits import Pair

SHOWN = 50  # rows of a table


class Ingest(Struct, frozen=True):
    """A story that came in from the wire; ``url`` is "" where it has no page yet."""

    at: datetime
    title: str
    url: str
    source: str  # the seed file


class Due(Struct, frozen=True):
    """Something that will happen by the clock alone."""

    moment: datetime
    why: str  # "embargo", "expiry", "breaking label", "news sitemap"
    title: str = ""


class Waiting(Struct, frozen=True):
    """A story that readers do not see; ``preview`` is below ``/_desk/``, "" where there is none."""

    title: str
    why: Literal["draft", "embargo"]
    file: str
    preview: str = ""
    until: datetime | None = None


class DeskView(Struct, frozen=True):
    """Everything the desk page shows; nothing else is read."""

    title: str
    now: datetime
    zone: ZoneInfo
    stories: int = 0
    files: int = 0
    stylesheet: str = ""
    home: str = "/"
    ingests: tuple[Ingest, ...] = ()
    rebuilds: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    due: tuple[Due, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    tags: tuple[Pair, ...] = ()


def desk_page(view: DeskView, *, live: bool = False) -> bytes:
    """Render *view*. *live* adds the reload script, so that an open desk follows the newsroom."""
    tools = {"at": partial(_at, view), "took": _took, "reasons": _REASONS, "spoken": spoken}
    return _template().render(view=view, live=live, most=SHOWN, **tools).encode()


_REASONS = {
    "start": "the start",
    "files": "saved",
    "clock": "it was due",
    "again": "tried again",
    "check": "found on a look round",
}


def _at(view: DeskView, moment: datetime) -> str:
    """Say when; the day only where it is another one."""
    local = moment.astimezone(view.zone)
    return (
        f"{local:%H:%M:%S}" if local.date() == view.now.astimezone(view.zone).date() else f"{local:%Y-%m-%d %H:%M:%S}"
    )


def _took(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # only when somebody looks at the desk

    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        _PAGE
    )


_PAGE = """\
{% macro time(moment) %}<time datetime="{{ moment.isoformat() }}">{{ at(moment) }}</time>{% endmacro %}
{% macro more(all) %}{% if all|length > most %}<p>And {{ all|length - most }} more.</p>{% endif %}{% endmacro %}
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Desk – {{ view.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
{% if view.stylesheet %}<link rel="stylesheet" href="{{ view.stylesheet }}">
{% endif %}
<link rel="stylesheet" href="/_dateline/desk.css">
</head>
<body class="desk">
<header><p><a href="{{ view.home }}">{{ view.title }}</a></p></header>
<main id="main">
<h1>Desk</h1>
<p>{{ view.stories }} stories in {{ view.files }} files, as of <time datetime="{{ view.now.isoformat() }}">{{ view.now.astimezone(view.zone).strftime("%Y-%m-%d %H:%M:%S") }}</time>. This page exists only while serving.</p>

<section aria-labelledby="due"><h2 id="due">Due next</h2>
{% if view.due %}<ol>
{% for item in view.due[:most] %}
<li>{{ spoken(item.moment, view.now, view.zone) }}: {{ item.why }}{% if item.title %} – {{ item.title }}{% endif %}</li>
{% endfor %}
</ol>{{ more(view.due) }}{% else %}<p>Nothing is due.</p>{% endif %}
</section>

<section aria-labelledby="wrong"><h2 id="wrong">Wrong</h2>
{% if view.problems %}<ul>
{% for p in view.problems[:most] %}
<li class="{{ p.level }}"><strong>{{ p.place }}</strong>: {{ p.problem }}{% if p.remedy %} <em>({{ p.remedy }})</em>{% endif %}</li>
{% endfor %}
</ul>{{ more(view.problems) }}{% else %}<p>Nothing is wrong.</p>{% endif %}
</section>

<section aria-labelledby="waiting"><h2 id="waiting">Not yet public</h2>
{% if view.waiting %}<table>
<thead><tr><th scope="col">Story</th><th scope="col">Why</th><th scope="col">File</th></tr></thead>
<tbody>
{% for item in view.waiting[:most] %}
<tr><th scope="row">{% if item.preview %}<a href="/_desk/{{ item.preview }}">{{ item.title }}</a>{% else %}{{ item.title }}{% endif %}</th>
<td>{{ item.why }}{% if item.until %} until {{ time(item.until) }}{% endif %}</td><td><code>{{ item.file }}</code></td></tr>
{% endfor %}
</tbody></table>{{ more(view.waiting) }}{% else %}<p>No drafts, no embargoes.</p>{% endif %}
</section>

<section aria-labelledby="in"><h2 id="in">Came in</h2>
{% if view.ingests %}<table>
<thead><tr><th scope="col">Story</th><th scope="col">When</th><th scope="col">From</th></tr></thead>
<tbody>
{% for item in view.ingests[:most] %}
<tr><th scope="row">{% if item.url %}<a href="{{ item.url }}">{{ item.title }}</a>{% else %}{{ item.title }}{% endif %}</th>
<td>{{ time(item.at) }}</td><td><code>{{ item.source }}</code></td></tr>
{% endfor %}
</tbody></table>{{ more(view.ingests) }}{% else %}<p>Nothing has come in yet.</p>{% endif %}
</section>

<section aria-labelledby="built"><h2 id="built">Rebuilt</h2>
{% if view.rebuilds %}<table>
<thead><tr><th scope="col">When</th><th scope="col">Why</th><th scope="col">Took</th><th scope="col">What</th></tr></thead>
<tbody>
{% for item in view.rebuilds[:most] %}
<tr><th scope="row">{{ time(item.at) }}</th>
<td>{{ reasons[item.why] }}{% for path in item.paths[:3] %}<br><code>{{ path }}</code>{% endfor %}{% if item.paths|length > 3 %}<br>and more{% endif %}</td>
<td class="took">{{ took(item.seconds) }}</td>
<td>{{ item.outcome.summary or "%d files changed"|format(item.outcome.changed|length) }}</td></tr>
{% endfor %}
</tbody></table>{{ more(view.rebuilds) }}{% else %}<p>Nothing has been rebuilt yet.</p>{% endif %}
</section>

<section aria-labelledby="tags"><h2 id="tags">Tags to merge</h2>
{% if view.tags %}<p>One tag instead of two: <code>dateline tags --merge FROM INTO</code></p>
<ul>
{% for pair in view.tags[:most] %}
<li>{{ pair.other.label }} <code>{{ pair.other.id }}</code> looks like {{ pair.keep.label }} <code>{{ pair.keep.id }}</code></li>
{% endfor %}
</ul>{{ more(view.tags) }}{% else %}<p>No two tags look alike.</p>{% endif %}
</section>
</main>
{% if live %}<script src="/_dateline/live.js" defer></script>
{% endif %}
</body>
</html>
"""
