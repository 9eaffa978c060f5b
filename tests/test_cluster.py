"""Work that is done elsewhere: a newsroom built by other processes reads as if it had been built at home."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import test_engine as trade
from conftest import Newsroom, tree
from dateline import afar, prospect
from dateline.crew import crew
from dateline.engine.application import Away, Job
from dateline.engine.cluster import Cluster, _errand
from dateline.engine.executors import ClusterError, Far, Pool, Serial, each
from dateline.engine.output import Output
from dateline.engine.run import Outcome, run
from dateline.engine.spool import Spool
from dateline.engine.store import Store, Trace
from dateline.engine.task import Task
from dateline.errors import SettingsError
from dateline.request import Report

ARTICLES = 60


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as cluster:
        yield cluster


class Courier:
    """Sends everything through pickle, as a cluster would, to a worker that is this process."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def run(
        self, setup: Any, context: Any, work: Any, waves: Any, lost: Any, between: Any, far: Callable[[], Far]
    ) -> Iterator[Any]:
        how = far()
        begin = pickle.dumps((how.setup, how.context, how.work, how.seconds, "elsewhere"))
        for wave in waves:
            news = how.news()
            for item in (item for chunk in wave for item in chunk):
                packed = how.pack(item)
                if packed is None:
                    yield how.local(item)
                else:
                    self.items.append(item)
                    yield how.settle(item, pickle.loads(_errand(begin, news, pickle.dumps((packed[0], [item]))))[0])


def busy(newsroom: Newsroom) -> Newsroom:
    """A newsroom with a bit of everything, one article of which is broken."""
    newsroom.settle('[theme]\npages = "minimal"\n[compress]\nformats = ["gz"]\n[feeds]\nformats = ["rss", "json"]\n')
    for n in range(ARTICLES):
        newsroom.write(
            f"story-{n}",
            f"A *long* story, number {n}.\n\n" + "It has many words, *café* & more. " * 5,
            date=f"2026-11-{1 + n % 20:02}T{n % 24:02}:00:00Z",
            tags=[f"tag {n % 7}", f"tag {n % 5}"],
            section=("Port", "Town")[n % 2],
            agency="dpa",
        )
    newsroom.write("gone", status="withdrawn", tags=["tag 1"])
    (newsroom.root / "content" / "broken.md").write_text("---\ntitle: [\n---\n\nWords.\n")
    (newsroom.root / "static").mkdir()
    (newsroom.root / "static" / "humans.txt").write_text("us\n")
    return newsroom


def sent(monkeypatch: pytest.MonkeyPatch, newsroom: Newsroom, **options: Any) -> tuple[Report, Courier]:
    courier = Courier()
    with monkeypatch.context() as patched:
        patched.setattr(prospect, "crew", lambda _spec, _jobs: courier)
        return newsroom.build(executor="dask:tcp://elsewhere:1", **options), courier


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of the busy newsroom."""
    newsroom = busy(Newsroom(tmp_path_factory.mktemp("expected") / "newsroom"))
    newsroom.build(executor="serial")
    return newsroom.tree()


def test_a_cluster_a_pool_and_one_process_make_the_same_bytes(
    newsroom: Newsroom, dask: Any, expected: dict[str, bytes]
) -> None:
    busy(newsroom)

    far = newsroom.build(executor=f"dask:{dask.scheduler_address}")
    pool = newsroom.build(executor="pool:2", output=newsroom.root.parent / "pool", full=True)

    assert len(expected) > 2 * ARTICLES
    assert newsroom.tree() == expected
    assert tree(newsroom.root.parent / "pool") == expected
    assert [p.place.partition(":")[0] for p in far.problems] == ["content/broken.md"]
    assert far.problems == pool.problems
    assert far.made == pool.made


def test_a_cluster_publishes_nothing_that_leads_to_a_new_page_which_was_refused(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(newsroom)
    newsroom.build(executor="serial")
    before = newsroom.read("index.html")
    newsroom.write("refused", date="2026-11-21T10:00:00Z")
    put = Output.put

    def refusing(self: Output, key: str, data: bytes, known: Trace | None) -> tuple[Trace, bool]:
        if "refused" in key:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return put(self, key, data, known)

    with monkeypatch.context() as patch:
        patch.setattr(Output, "put", refusing)
        report, courier = sent(monkeypatch, newsroom)

    assert courier.items
    assert any(p.place == "build/index.html" and "not published yet" in p.problem for p in report.problems)
    assert newsroom.read("index.html") == before
    assert sent(monkeypatch, newsroom)[0].made
    assert newsroom.tree() == newsroom.clean_build()


def test_what_a_cluster_has_built_is_not_built_again(newsroom: Newsroom, dask: Any) -> None:
    busy(newsroom)
    newsroom.build(executor=f"dask:{dask.scheduler_address}")

    again = newsroom.build(executor=f"dask:{dask.scheduler_address}")
    newsroom.write("story-3", "Other words.", date="2026-11-04T03:00:00Z", tags=["tag 3"], section="Town", agency="dpa")
    newsroom.build(executor=f"dask:{dask.scheduler_address}")

    assert (again.made, again.written, again.removed) == (frozenset(), frozenset(), frozenset())
    assert newsroom.tree() == newsroom.clean_build()


def test_a_worker_that_is_killed_in_the_middle_is_survived(
    newsroom: Newsroom, dask: Any, expected: dict[str, bytes]
) -> None:
    busy(newsroom)
    killed = []

    def progress(stage: str, done: int, _of: int) -> None:
        if stage == "render" and done > 10 and not killed:
            pid = next(iter(dask.workers.values())).pid
            killed.append(pid)
            os.kill(pid, signal.SIGKILL)

    report = newsroom.build(executor=f"dask:{dask.scheduler_address}", progress=progress)

    assert killed
    assert [p.place.partition(":")[0] for p in report.problems] == ["content/broken.md"]
    assert newsroom.tree() == expected


# -- the engine alone ---------------------------------------------------------------------------------


def receive(_state: Any, _files: dict[str, Any]) -> None:
    """There are no files in this trade."""


def sources(_task: Task) -> tuple[Mapping[str, Any], int]:
    return {}, 0


def make(state: Any, task: Task, spool: Spool) -> bytes:
    while task.recipe[0] == "endless":
        pass
    return trade.make(state, task, spool)


AWAY = structs.replace(trade.APP, make=make, away=Away(trade.setup, None, receive, sources, seconds=0.5))


def made_by(executor: Any, root: Path, *tasks: Task, dry: bool = False) -> Outcome:
    (root / "state").mkdir(exist_ok=True)
    with Store(root / "state" / "db") as store:
        return run(tasks, AWAY, None, store, Job(root / "out", root / "tmp", dry), executor)


def test_an_output_on_which_workers_die_is_named_and_the_others_are_made(tmp_path: Path, dask: Any) -> None:
    tasks = [trade.word(f"{n}", f"text {n}") for n in range(12)]
    tasks[5] = trade.word("5", "deadly")
    tasks[6] = trade.word("6", "broken")
    tasks[7] = trade.word("7", "endless")
    dask.scheduler.allowed_failures = 0

    outcome = made_by(Cluster(dask.scheduler_address), tmp_path, *tasks)

    died = "the worker that made this died"
    assert {f.key: f.problem for f in outcome.failures} == {"5": died, "6": "is broken", "7": died}
    assert set(tree(tmp_path / "out")) == {str(n) for n in range(12)} - {"5", "6", "7"}


def test_pieces_that_a_far_worker_made_reach_those_that_are_made_of_them(tmp_path: Path) -> None:
    tasks = [trade.word("a", "one", 1), trade.word("feed", "all:", 4, ("p", "q"))]

    outcome = made_by(Courier(), tmp_path, *tasks)

    assert outcome.made == {"a", "feed"}
    assert tree(tmp_path / "out") == {"a": b"one", "feed": b"all:<p><q>"}


def test_a_dry_run_far_away_writes_nothing(tmp_path: Path) -> None:
    assert made_by(Courier(), tmp_path, trade.word("a", "one"), dry=True).made == {"a"}
    assert not (tmp_path / "out").exists()


def test_a_full_disk_at_home_is_named_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dateline.engine.output.Output._write", full)

    failure, whole = made_by(Courier(), tmp_path, trade.word("a", "one")).failures

    assert (whole.place, whole.problem.partition(":")[0]) == ("out/", "stays empty")
    assert (failure.place, failure.remedy) == ("out/a", "make room on the disk and build again")


def test_an_application_that_cannot_be_sent_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with Store(tmp_path / "state" / "db") as store, pytest.raises(TypeError, match="far away"):
        run([trade.word("a", "one")], trade.APP, None, store, Job(tmp_path / "out", tmp_path / "tmp"), Courier())


def test_work_that_says_nothing_of_far_away_is_done_here() -> None:
    class Told:
        def __init__(self, _context: Any) -> None:
            self.heard: list[Any] = []

        def news(self, value: Any) -> None:
            self.heard.append(value)

    def work(state: Told, item: int) -> tuple[int, int]:
        return item, len(state.heard)

    waves = [[[1, 2]], [[3]]]
    assert list(Cluster("tcp://nobody:1").run(Told, None, partial(each, work), waves, lambda item: (item, 0), lambda: 7)) == [
        (1, 1), (2, 1), (3, 2),
    ]  # fmt: skip


# -- what is sent -------------------------------------------------------------------------------------


def test_everything_that_is_made_of_copy_is_made_from_what_was_sent(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, expected: dict[str, bytes]
) -> None:
    busy(newsroom)

    report, courier = sent(monkeypatch, newsroom)

    kinds = {type(item.recipe).__name__ for item in courier.items if isinstance(item, Task)}
    assert {"ArticleRecipe", "FeedRecipe", "PiecesRecipe"} <= kinds
    assert not kinds & {"BytesRecipe", "FileRecipe"}
    assert sum(isinstance(item, str) for item in courier.items) == ARTICLES + 2
    assert [p.place.partition(":")[0] for p in report.problems] == ["content/broken.md"]
    assert newsroom.tree() == expected


def test_pictures_are_made_elsewhere_too(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PIL")
    import photos

    newsroom.settle('[images]\nwidths = [40, 80]\nformats = ["webp", "jpeg"]\n')
    (newsroom.root / "content" / "ship.jpg").write_bytes(photos.photo((120, 80)))
    for n in range(ARTICLES):
        newsroom.write(f"story-{n}", image={"src": "ship.jpg", "alt": "A ship"})

    _, courier = sent(monkeypatch, newsroom)

    assert any(type(item.recipe).__name__ == "PictureRecipe" for item in courier.items if isinstance(item, Task))
    assert newsroom.tree() == newsroom.clean_build()


def test_an_article_that_goes_while_the_site_is_built_is_named(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(newsroom)

    def progress(stage: str, done: int, of: int) -> None:
        if stage == "read" and done == of:
            (newsroom.root / "content" / "story-7.md").unlink()

    report, _ = sent(monkeypatch, newsroom, progress=progress)

    assert "content/story-7.md" in {p.place for p in report.problems}


def test_workers_with_another_dateline_are_turned_away(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    busy(newsroom)
    ours = iter((b"ours", b"theirs"))
    monkeypatch.setattr(afar, "makers", lambda: next(ours))

    with pytest.raises(SettingsError, match="a worker has other versions"):
        sent(monkeypatch, newsroom)


def test_a_file_that_was_not_sent_is_named() -> None:
    from dateline.files import Sent

    with pytest.raises(Exception, match=r"content/a\.md: was not sent"):
        Sent().read("content/a.md")


# -- nobody there -------------------------------------------------------------------------------------


def test_who_works_is_said_in_a_word() -> None:
    assert isinstance(crew("serial", 0), Serial)
    assert isinstance(crew("", 1), Serial)
    assert isinstance(crew("pool:1", 0), Serial)
    for spec, jobs, processes in (("", 3, 3), ("pool", 2, 2), ("pool:4", 0, 4)):
        pool = crew(spec, jobs)
        assert isinstance(pool, Pool)
        assert pool.jobs == processes


@pytest.mark.parametrize("spec", ["nobody", "pool:0", "pool:x", "pool:999", "serial:2", "dask:", "dask:host:1", "dask"])
def test_whoever_is_unknown_is_not_asked(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dateline.cli import run as command

    assert command(["build", "--executor", spec]) == 2
    assert "--executor" in capsys.readouterr().err


def test_without_dask_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(SettingsError, match="pip install 'dateline\\[dask\\]'"):
        crew("dask:tcp://127.0.0.1:8786", 0)


def test_a_scheduler_that_does_not_answer_is_named(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    busy(newsroom)
    monkeypatch.setattr(prospect, "crew", lambda _spec, _jobs: Cluster("tcp://127.0.0.1:9", patience=0.3))

    with pytest.raises(SettingsError, match=r"--executor: no scheduler answers at tcp://127.0.0.1:9"):
        newsroom.build(executor="dask:tcp://127.0.0.1:9")


def test_a_scheduler_without_workers_is_named(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
        ) as empty,
        pytest.raises(ClusterError, match="no worker at"),
    ):
        made_by(Cluster(empty.scheduler_address, patience=0.3), tmp_path, trade.word("a", "one"))


def test_when_all_workers_go_the_build_stops_and_goes_on_later(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    tasks = [trade.word(f"{n}", f"text {n}", n) for n in range(8)]
    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as small:
        executor = Cluster(small.scheduler_address, patience=0.2)
        (tmp_path / "state").mkdir()
        with (
            Store(tmp_path / "state" / "db") as store,
            pytest.raises(ClusterError, match="all workers have gone"),
        ):
            run(
                tasks, AWAY, None, store, Job(tmp_path / "out", tmp_path / "tmp"), executor,
                progress=lambda done, _of: small.scale(0) if done == 3 else None,
            )  # fmt: skip

    made_by(Serial(), tmp_path, *tasks)
    assert len(tree(tmp_path / "out")) == 8
