"""Text outputs -> the same texts compressed, for servers that send files as they lie there.

The same bytes in, the same bytes out: no time, no name, no word of the machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from importlib.util import find_spec

from msgspec import structs

from dateline.engine.digest import Value, digest_of
from dateline.engine.task import Task
from dateline.errors import SettingsError
from dateline.settings import FILE, Settings

_TEXT = (".html", ".xml", ".json", ".css", ".js", ".svg", ".txt", ".opml", ".webmanifest")
_NEEDS = {"br": "brotli", "zst": "zstandard"}


def ready(settings: Settings) -> None:
    """Make sure that all wanted formats can be made. Raises ``SettingsError`` naming what is missing."""
    for name in settings.compress.formats:
        needs = _NEEDS.get(name)
        if needs and find_spec(needs) is None:
            raise SettingsError(
                FILE,
                f"compress.formats: {name!r} needs the package {needs}",
                "pip install 'dateline[compress]', or leave it out",
            )


def packed(tasks: Iterable[Task], formats: Sequence[str]) -> list[Task]:
    """Let each text among *tasks* have its compressed files beside it. O(tasks)."""
    beside = tuple(f".{name}" for name in dict.fromkeys(formats))
    kind = Value("compress", digest_of(beside))
    return [structs.replace(t, inputs=(*t.inputs, kind), beside=beside) if t.key.endswith(_TEXT) else t for t in tasks]


def pack(suffix: str, data: bytes) -> bytes:
    """Compress *data* as *suffix* says. For a page of 8 KB 0.4 ms as gzip, 5 ms as Brotli, 4 ms as Zstandard."""
    if suffix == ".gz":
        made = bytearray(zlib.compress(data, 9, 31))
        made[9] = 255  # RFC 1952: "unknown", where zlib names the operating system
        return bytes(made)
    if suffix == ".br":
        import brotli

        return bytes(brotli.compress(data, mode=brotli.MODE_TEXT, quality=10, lgwin=18))
    import zstandard

    return bytes(zstandard.ZstdCompressor(level=15, write_checksum=False, write_content_size=True).compress(data))
