"""A body -> why it would cost too much to render, told before it does."""

from __future__ import annotations

from dateline.settings import Limits


def costly(body: str, limits: Limits) -> str | None:
    """Say in a reader's words what makes *body* too dear; ``None`` where nothing does. Linear."""
    if len(body) > limits.article:
        return f"a text of {len(body):,} characters is longer than {limits.article:,}"
    return None
