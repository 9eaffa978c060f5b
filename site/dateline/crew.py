"""``serial``, ``pool``, ``pool:4``, ``dask:tcp://host:port`` -> who does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateline.engine.executors import Pool, Serial
from dateline.errors import SettingsError

if TYPE_CHECKING:
    from dateline.engine.cluster import Cluster

PLACE = "--executor"


def crew(spec: str, jobs: int) -> Serial | Pool | Cluster:
    """Choose as *spec* says; empty is a pool of *jobs* processes, or this one. Raises ``SettingsError``."""
    kind, _, rest = spec.partition(":")
    if kind == "serial" and not rest:
        return Serial()
    if kind in {"", "pool"} and (not rest or (rest.isascii() and rest.isdigit() and 0 < int(rest) <= 256)):
        count = int(rest) if rest else jobs
        return Serial() if count == 1 else Pool(count)
    if kind == "dask" and "://" in rest:
        return _cluster(rest)
    raise SettingsError(PLACE, f"{spec!r} is unknown", "write serial, pool, pool:4 or dask:tcp://HOST:PORT")


def _cluster(address: str) -> Cluster:
    from importlib.util import find_spec

    from dateline.engine.cluster import Cluster

    if find_spec("distributed") is None:
        raise SettingsError(PLACE, "the package distributed is missing", "pip install 'dateline[dask]'")
    return Cluster(address)
