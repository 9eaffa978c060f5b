"""Files of a Pagefind index -> the same index with its lists in order: Pagefind's own order differs from run to run.

Filters and the list of them are written in the order of a hash table, and named by their bytes; so are the
files that name them. What is not laid out as Pagefind 1.5 does it is handed back as it is.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

import msgspec

from dateline.compress import pack
from dateline.engine.digest import digest

ENTRY = "pagefind-entry.json"

_MAGIC = b"pagefind_dcd"


def ordered(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Bring *files* (name to bytes) into one order and name them anew; O(bytes)."""
    if find_spec("cbor2") is None:
        return dict(files)
    try:
        return _ordered(files)
    except (ValueError, KeyError, IndexError, TypeError, OSError, EOFError, zlib.error, msgspec.DecodeError):
        return dict(files)


def _ordered(files: Mapping[str, bytes]) -> dict[str, bytes]:
    made, names = {}, {}
    for path, data in files.items():
        if path.endswith(".pf_filter"):
            title, values = _read(data)
            old = path.removeprefix("filter/").removesuffix(".pf_filter")
            names[old], packed = _named(old, [title, sorted(values)])
            made[f"filter/{names[old]}.pf_filter"] = packed
    for path, data in files.items():
        if path.endswith(".pf_meta"):
            about = _read(data)
            about[3] = sorted([title, names[name]] for title, name in about[3])
            old = path.removeprefix("pagefind.").removesuffix(".pf_meta")
            names[old], packed = _named(old, about)
            made[f"pagefind.{names[old]}.pf_meta"] = packed
        elif path == ENTRY:
            continue
        elif not path.endswith(".pf_filter"):
            made[path] = data
    entry = msgspec.json.decode(files[ENTRY])
    for language in entry["languages"].values():
        language["hash"] = names[language["hash"]]
    made[ENTRY] = msgspec.json.encode(entry, order="deterministic")
    return made


def _read(data: bytes) -> Any:
    import cbor2

    plain = gzip.decompress(data)
    if not plain.startswith(_MAGIC):
        raise ValueError("not Pagefind's")
    return cbor2.loads(plain[len(_MAGIC) :])


def _named(old: str, value: Any) -> tuple[str, bytes]:
    """Encode *value*, and name it by its bytes as Pagefind does: language, then a hash of the same length."""
    import cbor2

    plain = _MAGIC + cbor2.dumps(value)
    lang, _, mark = old.rpartition("_")
    return f"{lang}_{digest(plain).hex()[: len(mark)]}", pack(".gz", plain)
