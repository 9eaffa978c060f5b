"""Forms of feeds' entries and heads <-> files of the cache folder, believed only while their digest fits.

To have feedgen make one is worth its import, a twentieth of a second: the next process finds it here.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from dateline.engine.digest import SIZE, digest
from dateline.feed_forms import Form

MOST = 1000  # shapes that are kept: a newsroom has some dozens


class FormFiles(Struct, frozen=True):
    """Keeps forms in *folder*, each behind a digest of it and of what it was *made_by*, code and settings.

    A file that is damaged, or of another version, is made again. The folder is the newsroom's own cache.
    """

    folder: Path
    made_by: bytes

    def __call__(self, shape: bytes, make: Callable[[], Form]) -> Form:
        """Give the form of a *shape*, as it was kept or by *make*; a cache that cannot be written is no error."""
        path = self.folder / shape.hex()
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            data = path.read_bytes()
            if data[:SIZE] == digest(self.made_by + shape + data[SIZE:]):
                return _decode(data[SIZE:])
        made = make()
        with contextlib.suppress(OSError):
            self._keep(path, _encode(made), shape)
        return made

    def _keep(self, path: Path, data: bytes, shape: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if len(os.listdir(self.folder)) < MOST or path.exists():  # noqa: PTH208 - only counted
            temporary = path.with_name(f".{os.getpid()}-{path.name}")
            temporary.write_bytes(digest(self.made_by + shape + data) + data)
            temporary.replace(path)


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Form).decode
