"""The order in which outputs are published: no output of a stage links to one of a later stage alone."""

from __future__ import annotations

ASSETS, ARTICLES, LISTS, HOME, FEEDS, SITEMAPS = range(6)
