"""A file's name -> its media type, the same on every machine.

Python's ``mimetypes`` reads the machine's own tables, so a feed could change its type with the host.
"""

from __future__ import annotations

_NAMES = {
    "feed.xml": "application/rss+xml",
    "rss.xml": "application/rss+xml",
    "atom.xml": "application/atom+xml",
    "feed.json": "application/feed+json",
}

_SUFFIXES = {
    "html": "text/html",
    "htm": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "xml": "application/xml",
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "opml": "text/x-opml",
    "txt": "text/plain",
    "md": "text/markdown",
    "csv": "text/csv",
    "ics": "text/calendar",
    "vtt": "text/vtt",
    "map": "application/json",
    "webmanifest": "application/manifest+json",
    "svg": "image/svg+xml",
    "avif": "image/avif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "pdf": "application/pdf",
    "wasm": "application/wasm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "woff2": "font/woff2",
    "zip": "application/zip",
}


def media_type(name: str) -> str:
    """The ``Content-Type`` of a file called *name*: feeds by their whole name, everything else by its suffix.

    Text carries ``charset=utf-8``, since everything we write is UTF-8. Unknown suffixes are
    ``application/octet-stream``, which a browser saves rather than shows.
    """
    base = name.rsplit("/", 1)[-1].lower()
    kind = _NAMES.get(base) or _SUFFIXES.get(base.rsplit(".", 1)[-1] if "." in base else "", "application/octet-stream")
    return f"{kind}; charset=utf-8" if is_text(kind) else kind


def is_text(kind: str) -> bool:
    """Whether the media type *kind* is text, whatever its family."""
    kind = kind.partition(";")[0]
    return kind.startswith("text/") or kind.endswith(("json", "xml"))
