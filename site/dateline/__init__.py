"""dateline: raw wire copy -> a published static news site with feeds."""

__version__ = "0.1.0"
