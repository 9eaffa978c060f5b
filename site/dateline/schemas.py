"""A newsroom -> the official ninjs schemas in the folder that it names, read and found to be usable."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from dateline import files
from dateline.errors import DatelineError, SettingsError
from dateline.settings import Settings
from dateline.wire.ninjs_library import PUBLISHED, SETTING, SchemaFile, Schemas, compiled

_LONGEST: Final = 5_000_000  # bytes


def schemas_of(root: Path, settings: Settings) -> Schemas | None:
    """Read all ``.json`` files of ``ingest.schemas``, subfolders left out; ``None`` where the setting is empty.

    They are compiled once here, so that what is wrong with them is said once and not by each document.
    Raises ``SettingsError`` naming the folder or the file, or the package that is missing.
    """
    folder = settings.ingest.schemas.strip("/")
    if not folder:
        return None
    try:
        names = sorted(
            path.name for path in (root / folder).iterdir() if path.suffix.lower() == ".json" and path.name[0] != "."
        )
    except OSError as error:
        what = f"the folder {folder!r} cannot be read: {error.strerror}"
        raise SettingsError(SETTING, what, f"put IPTC's files there, such as {PUBLISHED}") from None
    schemas = Schemas(folder, tuple(SchemaFile(name, _read(root, f"{folder}/{name}")) for name in names))
    compiled(schemas)
    return schemas


def _read(root: Path, path: str) -> bytes:
    try:
        return files.read_file(root, path, _LONGEST).data
    except DatelineError as error:
        raise SettingsError(error.problem.place, error.problem.problem, error.problem.remedy) from None
