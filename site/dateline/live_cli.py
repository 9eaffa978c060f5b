"""``dateline watch`` and ``serve``: the site, made again with every change, and shown while it is worked on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from dateline.command import Desk, build_options, clock, moment, say, speaking, tuned
from dateline.leave import OK


def _site(
    desk: Desk,
    *,
    at: str | None,
    jobs: int,
    full: bool,
    drafts: bool,
    base_url: str | None,
    output: Path | None,
    no_ingest: bool,
) -> Any:
    """A site that is followed; the options are those of ``build_options``."""
    from dateline.clock import wall
    from dateline.live import Site
    from dateline.request import Request, summary

    desk.address(base_url)
    fixed = moment(at) if at else None
    request = Request(root=desk.root, now=clock(at), output=output, jobs=jobs, full=full, drafts=drafts)
    return Site(
        request,
        lambda: desk.settings,
        lambda report, settings: summary(report, settings, dry=False),
        ingesting=not no_ingest,
        clock=(lambda: fixed) if fixed else wall,
    )


@click.command()
@build_options
@speaking
@click.pass_context
def watch(context: click.Context, /, *, more_quiet: bool, more_verbose: bool, **built: Any) -> int:
    """Make the site again whenever something of it changes, or falls due. Ctrl-C ends it."""
    from dateline import live

    desk = tuned(context, more_quiet, more_verbose)
    site = _site(desk, **built)
    try:
        live.watch(site, desk.terminal.line, desk.terminal.problem, say)
    except KeyboardInterrupt:
        desk.terminal.line("stopped")
    return OK


@click.command()
@build_options
@speaking
@click.option("--watch", "watching", is_flag=True, help="Follow every change, with live reload.")
@click.option("--host", default="127.0.0.1", help="Address to listen on (default: this machine only).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port (default: 8000, or the next that is free).")
@click.option("--open", "open_", is_flag=True, help="Open the site in a browser.")
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    watching: bool,
    host: str,
    port: int | None,
    open_: bool,
    more_quiet: bool,
    more_verbose: bool,
    **built: Any,
) -> int:
    """Make the site and serve it on this machine, for work and previews. Ctrl-C ends it."""
    from dateline import live
    from dateline.serve import PORT, Server

    desk = tuned(context, more_quiet, more_verbose)
    site = _site(desk, **built)
    path = "/" + site.settings.base_url.split("/", 3)[3]

    def server(folder: Path, **more: Any) -> Server:
        log = desk.terminal.line if desk.terminal.verbose else None
        return Server(
            folder,
            host,
            PORT if port is None else port,
            port_explicit=port is not None,
            root_path=path,
            log=log,
            **more,
        )

    def say(text: str) -> None:
        desk.terminal.line(text)
        address = re.search(r"https?://\S+", text) if open_ else None
        if address:
            import webbrowser

            webbrowser.open(address[0])

    live.serve(site, server, say, desk.terminal.problem, say, watching=watching)
    return OK
