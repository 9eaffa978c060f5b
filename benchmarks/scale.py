"""How dateline grows: cold, no-op, edit and add at 1,000, 10,000 and 100,000 articles, and what that says of millions.

    python benchmarks/scale.py                       # 1,000 and 10,000
    python benchmarks/scale.py --articles 100000     # 1.2 GB of memory for the files, some minutes
    python benchmarks/scale.py --cluster 2           # the cold build by a Dask cluster of 2 processes here, too

The corpus and the theme are those of compare.py. Files lie in memory where there is any, so that a disk does not show.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from compare import article, command, corpus, folder_of, lay_out, measure, memory


def newsroom(site: Path, count: int) -> dict[str, object]:
    """Write *count* articles; give the one in the middle, which is going to be edited."""
    articles = corpus(count, [])
    lay_out("dateline", site, articles)
    return articles[count // 2]


def sizes(folder: Path) -> dict[str, int]:
    """Files and bytes below *folder*."""
    found = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return {"files": len(found), "bytes": sum(found)}


def watched(args: list[str]) -> dict[str, float]:
    """Run once: wall and CPU seconds, and peak MB, looked at so seldom that it does not show."""
    start = time.perf_counter()
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL)
    peak = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, memory(process.pid))
        time.sleep(0.2)
    if status:
        raise SystemExit(f"failed: {' '.join(args)}")
    return {"wall": time.perf_counter() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": peak}


def one(count: int, work: Path, cluster: str) -> dict[str, object]:
    """Measure a newsroom of *count* articles."""
    site = work / f"scale-{count}"
    middle = newsroom(site, count)
    content = folder_of("dateline", site)
    build = command("dateline", site)
    got: dict[str, object] = {"articles": count, "cold": watched(build)}
    got["no-op"] = measure(build, watch_memory=False)
    (content / f"{middle['slug']}.md").write_text(article("dateline", middle, "\n\nEdited."), encoding="utf-8")
    got["edit"] = measure(build, watch_memory=False)
    new = {**middle, "slug": "new", "title": "New", "date": "2026-01-01T00:00:00Z"}
    (content / "new.md").write_text(article("dateline", new), encoding="utf-8")
    got["add"] = measure(build, watch_memory=False)
    got["sources"], got["site"], got["state"] = (
        sizes(folder) for folder in (content, site / "build", site / ".dateline")
    )
    if cluster:
        shutil.rmtree(site / ".dateline")
        got["cluster"] = measure([*build, "-o", str(site / "far"), "--executor", cluster], watch_memory=False)
    shutil.rmtree(site)
    return got


def line(got: dict[str, dict[str, float]]) -> str:
    """One line of the table."""
    count = got["articles"]
    parts = [
        f"{count:>9,}",
        f"{got['cold']['wall']:8.2f} s",
        f"{got['cold']['cpu']:8.2f} s",
        f"{got['cold']['memory']:7.0f} MB",
    ]
    parts += [f"{got[run]['wall']:7.2f} s" for run in ("no-op", "edit", "add")]
    parts += [
        f"{got['site']['files']:>9,}",
        *(f"{got[what]['bytes'] / 1e6:8.0f} MB" for what in ("sources", "site", "state")),
    ]
    return "".join(parts) + (f"{got['cluster']['wall']:8.2f} s" if "cluster" in got else "")


def main() -> None:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--cluster", type=int, default=0, help="processes of a Dask cluster on this machine")
    parser.add_argument("--work", type=Path, help="folder to build in (default: memory, where there is any)")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    options = parser.parse_args()
    base = options.work or (Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None)
    found = []
    print(
        " articles      cold        CPU     memory    no-op     edit      add    files    sources       site      state"
    )
    with tempfile.TemporaryDirectory(prefix="dateline-scale-", dir=base) as work:
        if options.cluster:
            from distributed import LocalCluster

            with LocalCluster(
                options.cluster, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
            ) as there:
                for count in options.articles:
                    found.append(one(count, Path(work), f"dask:{there.scheduler_address}"))
                    print(line(found[-1]), flush=True)
        else:
            for count in options.articles:
                found.append(one(count, Path(work), ""))
                print(line(found[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
