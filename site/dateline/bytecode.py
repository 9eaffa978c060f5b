"""Compiled templates <-> files of the cache folder, believed only while their digest fits."""

from __future__ import annotations

import contextlib
import os
from io import BytesIO
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from dateline.engine.digest import SIZE, digest


class Bytecode(BytecodeCache):
    """Keeps compiled templates in *folder*, each behind a digest: a damaged file is compiled again.

    The folder is the newsroom's own cache, as trusted as its templates.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill *bucket* from the cache, if it is there and whole."""
        try:
            data = (self.folder / bucket.key).read_bytes()
        except OSError:
            return
        if digest(data[SIZE:]) == data[:SIZE]:
            with contextlib.suppress(ValueError, EOFError, TypeError):
                bucket.load_bytecode(BytesIO(data[SIZE:]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; a cache that cannot be written is no error."""
        out = BytesIO()
        bucket.write_bytecode(out)
        data = out.getvalue()
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            temporary = self.folder / f".{os.getpid()}-{bucket.key}"
            temporary.write_bytes(digest(data) + data)
            temporary.replace(self.folder / bucket.key)
