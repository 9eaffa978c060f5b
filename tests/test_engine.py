"""The engine by itself: tasks that copy words, no news anywhere."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from msgspec import structs

from dateline.engine.application import Application, Failure, Job
from dateline.engine.digest import Value, digest, digest_of
from dateline.engine.executors import Executor, Pool, Serial, cores, few
from dateline.engine.output import Output
from dateline.engine.run import Outcome, run
from dateline.engine.spool import NOTHING, Spool
from dateline.engine.store import Record, Stat, Store, Trace
from dateline.engine.task import Task, ingredient


def word(key: str, text: str, stage: int = 1, needs: tuple[str, ...] = ()) -> Task:
    return Task(key, stage, (Value("text", digest(text.encode())), Value("needs", digest_of(needs))), (text, needs))


def setup(context: Any) -> Any:
    return context


def make(_state: Any, t: Task, spool: Spool) -> bytes:
    text, needs = t.recipe
    if text == "broken":
        raise ValueError(text)
    if text == "deadly":
        os._exit(7)
    return text.encode() + b"".join(spool.get(name) for name in needs)


def pieces(_state: Any, t: Task) -> dict[str, bytes]:
    return {name: f"<{name}>".encode() for name in t.recipe}


def needs(t: Task) -> Collection[str]:
    return t.recipe[1]


def arrange(needed: set[str], pages: list[Task]) -> list[list[Task]]:
    return [[ingredient("pieces", sorted(needed)), *pages]]


def blame(t: Task, error: BaseException) -> Failure | None:
    return Failure(t.key, t.key, "is broken", "mend it") if isinstance(error, ValueError) else None


def name(value: Any) -> str:
    return str(value.name)


APP = Application(setup, make, pieces, needs, arrange, blame, name)


class Shop:
    """A folder that the engine keeps in order."""

    def __init__(self, root: Path, app: Application = APP) -> None:
        self.root = root
        self.app = app
        self.folder = root / "out"
        (root / "state").mkdir()

    def run(self, *tasks: Task, **options: Any) -> Outcome:
        with Store(self.root / "state" / "db") as store:
            return run(
                tasks, self.app, None, store, Job(self.folder, self.root / "tmp", options.pop("dry", False)), **options
            )

    def files(self) -> dict[str, str]:
        return {p.relative_to(self.folder).as_posix(): p.read_text() for p in self.folder.rglob("*") if p.is_file()}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


class Saver(Shop):
    """Outputs that stand are asked for their pieces; those that have to be made are counted."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.made: list[str] = []

    def run(self, *tasks: Task, **options: Any) -> Outcome:
        def counted(_state: Any, t: Task) -> dict[str, bytes]:
            self.made += t.recipe
            return pieces(_state, t)

        def found(_t: Task, was: Any, read: Any) -> dict[str, bytes]:
            assert [place for place, _ in was] == ["text", "needs"]
            return {part[1:-1]: part.encode() for part in re.findall("<.>", read().decode())}

        app = structs.replace(APP, pieces=counted, salvage=found)
        with Store(self.root / "state" / "db") as store:
            return run(tasks, app, None, store, Job(self.folder, self.root / "tmp"), **options)


def test_pieces_that_an_output_holds_are_taken_from_it(tmp_path: Path) -> None:
    shop = Saver(tmp_path)
    shop.run(word("feed", "old:", needs=("p", "q")))
    assert shop.made == ["p", "q"]

    shop.run(word("feed", "new:", needs=("q", "r")))

    assert shop.files() == {"feed": "new:<q><r>"}
    assert shop.made == ["p", "q", "r"]


@pytest.mark.parametrize("harm", ["old:<p><X>", None])
def test_an_output_that_somebody_changed_is_not_believed(tmp_path: Path, harm: str | None) -> None:
    shop = Saver(tmp_path)
    shop.run(word("feed", "old:", needs=("p", "q")))
    (shop.folder / "feed").write_text(harm) if harm else (shop.folder / "feed").unlink()

    shop.run(word("feed", "new:", needs=("p", "q")))

    assert shop.files() == {"feed": "new:<p><q>"}
    assert shop.made == ["p", "q"] * 2


def test_pieces_are_not_taken_by_a_manifest_that_is_older_than_the_output(tmp_path: Path) -> None:
    shop = Saver(tmp_path)
    traces: dict[str, Trace] = {}
    shop.run(word("feed", "old:", needs=("p", "q")), traces=traces)
    with sqlite3.connect(tmp_path / "state" / "db") as memory:
        stale = memory.execute("select names, digests from manifest").fetchone()
    shop.run(word("feed", "new:", needs=("q", "p")), traces=traces)
    # As if there had been no room to remember the second run.
    with sqlite3.connect(tmp_path / "state" / "db") as memory:
        memory.execute("update manifest set names = ?, digests = ?", stale)
    shop.made.clear()

    shop.run(word("feed", "newer:", needs=("p", "q")), traces=traces)

    assert shop.files() == {"feed": "newer:<p><q>"}
    assert shop.made == ["p", "q"]


def test_a_full_build_takes_nothing_from_what_stands(tmp_path: Path) -> None:
    shop = Saver(tmp_path)
    for _ in range(2):
        shop.run(word("feed", "old:", needs=("p",)), full=True)
    assert shop.made == ["p", "p"]


def test_what_is_planned_is_made_once(shop: Shop) -> None:
    assert shop.run(word("a/b.txt", "one"), word("c.txt", "two")).made == {"a/b.txt", "c.txt"}
    assert shop.run(word("a/b.txt", "one"), word("c.txt", "two")).made == frozenset()
    assert shop.files() == {"a/b.txt": "one", "c.txt": "two"}


def test_only_what_differs_is_made_again(shop: Shop) -> None:
    shop.run(word("a", "one"), word("b", "two"))

    outcome = shop.run(word("a", "one"), word("b", "three"))

    assert outcome.made == outcome.written == {"b"}


def test_other_inputs_with_the_same_bytes_write_nothing(shop: Shop) -> None:
    shop.run(word("a", "one"))
    before = (shop.folder / "a").stat()

    outcome = shop.run(word("a", "one", needs=()), Task("b", 1, (), ("x", ())), full=True)

    assert outcome.made == {"a", "b"}
    assert outcome.written == {"b"}
    assert (shop.folder / "a").stat().st_mtime_ns == before.st_mtime_ns


def test_what_is_no_longer_planned_goes_and_so_do_strays_and_empty_folders(shop: Shop) -> None:
    shop.run(word("a/b", "one"), word("c", "two"))
    (shop.folder / "stray.txt").write_text("x")
    (shop.folder / "odd").mkdir()
    (shop.folder / "odd" / "x").write_text("x")

    outcome = shop.run(word("c", "two"))

    assert outcome.removed == {"a/b", "stray.txt", "odd/x"}
    assert shop.files() == {"c": "two"}
    assert [p.name for p in shop.folder.iterdir()] == ["c"]


def test_what_somebody_claims_is_kept(shop: Shop) -> None:
    shop.run(word("a", "one"))
    (shop.folder / "index").mkdir()
    (shop.folder / "index" / "x").write_text("x")

    shop.run(word("a", "two"), keep=lambda key: key.startswith("index"))

    assert shop.files() == {"a": "two", "index/x": "x"}


@pytest.mark.parametrize("damage", ["truncate", "same size and time", "folder", "link", "gone", "touch"])
def test_damage_is_repaired(shop: Shop, damage: str) -> None:
    shop.run(word("a/b", "one"))
    path = shop.folder / "a" / "b"
    stat = path.stat()
    if damage == "truncate":
        path.write_text("o")
    elif damage == "same size and time":
        path.write_text("0ne")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    elif damage == "folder":
        path.unlink()
        path.mkdir()
        (path / "x").write_text("x")
    elif damage == "link":
        outside = shop.root / "outside"
        outside.write_text("one")
        path.unlink()
        path.symlink_to(outside)
    elif damage == "gone":
        path.unlink()
    else:
        os.utime(path)

    outcome = shop.run(word("a/b", "one"))

    assert shop.files() == {"a/b": "one"}
    assert not path.is_symlink()
    assert outcome.made == (frozenset() if damage == "touch" else {"a/b"})


def test_a_file_where_a_folder_belongs_and_a_link_to_a_folder_give_way(shop: Shop) -> None:
    outside = shop.root / "outside"
    outside.mkdir()
    shop.folder.mkdir()
    (shop.folder / "a").write_text("x")
    (shop.folder / "b").symlink_to(outside)

    shop.run(word("a/x", "one"), word("b/x", "two"))

    assert shop.files() == {"a/x": "one", "b/x": "two"}
    assert list(outside.iterdir()) == []


def test_a_product_that_fails_is_named_and_keeps_its_last_good_version(shop: Shop) -> None:
    shop.run(word("a", "one"), word("b", "two"))

    outcome = shop.run(word("a", "broken"), word("b", "three"))

    assert [(f.key, f.problem) for f in outcome.failures] == [("a", "is broken")]
    assert shop.files() == {"a": "one", "b": "three"}
    assert shop.run(word("a", "mended"), word("b", "three")).made == {"a"}


def test_a_bug_keeps_its_traceback(shop: Shop) -> None:
    with pytest.raises(TypeError):
        shop.run(Task("a", 1, (), None))


def test_pieces_are_made_only_for_what_needs_them(shop: Shop) -> None:
    shop.run(word("a", "one"), word("feed", "all:", 4, ("p", "q")))

    assert shop.files()["feed"] == "all:<p><q>"
    assert not (shop.root / "tmp").exists()


def test_a_dry_run_writes_nothing_and_says_what_it_would(shop: Shop) -> None:
    shop.run(word("a", "one"), word("b", "two"))

    outcome = shop.run(word("a", "three"), dry=True)

    assert (outcome.made, outcome.removed) == ({"a"}, {"b"})
    assert shop.files() == {"a": "one", "b": "two"}


def test_a_pool_makes_the_same_as_one_process(shop: Shop, tmp_path: Path) -> None:
    tasks = [word(f"{i}/x", f"text {i}", 1 + i % 3) for i in range(60)] + [word("feed", "all:", 4, ("p",))]
    other = Shop(tmp_path / "other" if (tmp_path / "other").mkdir() is None else tmp_path)

    shop.run(*tasks, executor=Pool(2))
    other.run(*tasks, executor=Serial())

    assert shop.files() == other.files()


def test_a_worker_that_dies_takes_only_its_own_task_with_it(shop: Shop) -> None:
    tasks = [word(f"{i}", f"text {i}") for i in range(12)]
    tasks[5] = word("5", "deadly")

    outcome = shop.run(*tasks, executor=Pool(2))

    assert [f.key for f in outcome.failures] == ["5"]
    assert set(shop.files()) == {str(i) for i in range(12)} - {"5"}


def test_what_an_output_leads_to_whose_worker_died_stays_and_news_goes_on(tmp_path: Path) -> None:
    shop = Shop(tmp_path, structs.replace(APP, links=words))
    shop.run(word("list", "page"), word("page", "x"), word("gone", "x"))

    outcome = shop.run(word("list", "deadly"), word("new", "deadly"), word("home", "new"), executor=Pool(2))

    assert shop.files() == {"list": "page", "page": "x", "home": "new"}
    assert outcome.removed == {"gone"}
    assert shop.run(word("list", "mended"), word("new", "x"), word("home", "new")).removed == {"page"}


def test_new_outputs_come_before_changed_ones_and_removals_last(shop: Shop) -> None:
    shop.run(word("home", "old", 3), word("gone", "x"))
    seen: list[str] = []

    def progress(_done: int, _of: int) -> None:
        seen.append(",".join(sorted(p.name for p in shop.folder.iterdir())))

    shop.run(word("home", "new", 3), word("article", "y", 1), word("list", "z", 2), progress=progress)

    assert seen == ["article,gone,home", "article,gone,home,list", "article,gone,home,list"]


def test_a_stray_that_could_not_be_removed_is_tried_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.run(word("a/one", "x"))
    stray = shop.folder / "a" / "stray" / "x"
    stray.parent.mkdir()
    stray.write_text("x")

    def refuse(_self: Output, _keys: Iterable[str]) -> list[str]:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Output, "remove", refuse)
        assert shop.run(word("a/one", "x")).failures

    assert not shop.run(word("a/one", "x")).failures
    assert not stray.exists()


def words(data: bytes) -> set[str]:
    return set(data.decode().split())


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Keys of outputs that the disk does not take, here and in forked workers."""
    keys: set[str] = set()
    put = Output.put

    def refusing(self: Output, key: str, data: bytes, known: Trace | None) -> tuple[Trace, bool]:
        if key in keys:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return put(self, key, data, known)

    monkeypatch.setattr(Output, "put", refusing)
    return keys


@pytest.mark.parametrize("executor", [Serial(), Pool(2)])
def test_what_a_refused_output_leads_to_stays_and_the_rest_goes(
    tmp_path: Path, refused: set[str], executor: Executor
) -> None:
    shop = Shop(tmp_path, structs.replace(APP, links=words))
    pages = [word("a/kept", "a/next"), word("a/next", "b/last"), word("b/last", ""), word("a/gone", "")]
    shop.run(word("home", "a/kept elsewhere", 3), *pages)
    refused.add("home")
    traces: dict[str, Trace] = {}
    with Store(tmp_path / "state" / "db") as store:
        traces.update(store.traces())

    outcome = shop.run(word("home", "nothing", 3), executor=executor, traces=traces)

    assert outcome.removed == {"a/gone"}
    assert {f.key: f.problem for f in outcome.failures} == {
        "home": "Input/output error",
        "a/kept": "cannot be removed yet: out/home still links to it",
        "a/next": "cannot be removed yet: out/a/kept still links to it",
        "b/last": "cannot be removed yet: out/a/next still links to it",
    }
    assert traces.keys() == {"home", "a/kept", "a/next", "b/last"}  # a watch will find them again
    refused.clear()
    assert shop.run(word("home", "nothing", 3), traces=traces).removed == {"a/kept", "a/next", "b/last"}
    assert shop.files() == {"home": "nothing"}


@pytest.mark.parametrize("executor", [Serial(), Pool(2)])
def test_what_leads_to_a_new_output_that_was_refused_waits_with_it(
    tmp_path: Path, refused: set[str], executor: Executor
) -> None:
    shop = Shop(tmp_path, structs.replace(APP, links=words))
    shop.run(word("home", "old", 3), word("list", "old", 2))
    refused.add("page")
    tasks = [
        word("home", "topic", 3), word("list", "new", 2), word("topic", "friend", 2),
        word("page", "text"), word("friend", "page"), word("other", "text"),
    ]  # fmt: skip

    outcome = shop.run(*tasks, executor=executor)

    assert shop.files() == {"home": "old", "list": "new", "other": "text"}
    assert outcome.written == outcome.made == {"list", "other"}
    assert {f.key: f.problem.partition(":")[0] for f in outcome.failures} == {
        "page": "Input/output error",
        "friend": "is not published yet",
        "topic": "is not published yet",
        "home": "is not published yet",
    }
    with Store(tmp_path / "state" / "db") as store:
        assert store.contents().keys() == {"home", "list", "other"}
    refused.clear()
    assert shop.run(*tasks).made == {"page", "friend", "topic", "home"}


NAMES = st.sampled_from([f"{folder}{n}" for folder in ("", "a/", "a/b/") for n in range(3)])
SITES = st.dictionaries(NAMES, st.tuples(st.sets(NAMES), st.integers(1, 3)), min_size=1)


def planned(site: dict[str, tuple[set[str], int]]) -> list[Task]:
    """Outputs that lead to each other, and to nothing else."""
    return [word(key, " ".join(sorted(to & site.keys())), stage) for key, (to, stage) in site.items()]


@given(SITES, SITES, st.sets(NAMES), st.booleans())
def test_whatever_is_refused_nothing_leads_nowhere_and_the_next_run_mends_it(
    before: dict[str, tuple[set[str], int]], after: dict[str, tuple[set[str], int]], names: set[str], forgetful: bool
) -> None:
    def refusing(self: Output, key: str, data: bytes, known: Trace | None) -> tuple[Trace, bool]:
        if key in names:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return put(self, key, data, known)

    put = Output.put
    with TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        shop = Shop(Path(root), structs.replace(APP, links=words))
        shop.run(*planned(before))
        if forgetful:
            (shop.root / "state" / "db").unlink()
        patch.setattr(Output, "put", refusing)
        shop.run(*planned(after))
        files = shop.files()
        assert {(key, to) for key, text in files.items() for to in text.split() if to not in files} == set()
        patch.undo()
        assert not shop.run(*planned(after)).failures
        assert shop.files() == {t.key: t.recipe[0] for t in planned(after)}


def test_somebody_who_only_looks_makes_no_builder_fail(tmp_path: Path) -> None:
    with Store(tmp_path / "db") as store:
        store.keep("code", b"1")
        looking = sqlite3.connect(tmp_path / "db", check_same_thread=False)
        rows = looking.execute("select * from meta")
        rows.fetchone()  # holds its lock until it is done
        done = threading.Timer(0.1, lambda: (rows.close(), looking.close()))
        done.start()
        store.keep("code", b"2")
        done.join()
        assert store.meta("code") == b"2"


@pytest.mark.parametrize("junk", [b"", b"no database at all", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_damaged_memory_is_thrown_away(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "db").write_bytes(junk)

    with Store(tmp_path / "db") as store:
        assert store.traces() == {}
        store.keep("a", b"b")
    with Store(tmp_path / "db") as store:
        assert store.meta("a") == b"b"
        assert not store.fresh


def test_a_memory_that_is_a_folder_is_thrown_away_too(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    with Store(tmp_path / "db") as store:
        assert store.fresh
    assert (tmp_path / "db").is_file()


def test_a_memory_of_another_version_is_begun_again(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "db") as db:
        db.execute("pragma user_version = 999")
        db.execute("create table trace (x)")
    db.close()
    with Store(tmp_path / "db") as store:
        assert dict(store.records()) == {}


def test_a_failed_change_leaves_the_memory_as_it_was(tmp_path: Path) -> None:
    with Store(tmp_path / "db") as store:
        store.save_records([("a", Record(Stat(1, 2, 3, 4), b"d", b"x"))])
        with pytest.raises(AttributeError):
            store.save_records([("b", None)], ["a"])  # type: ignore[list-item]
        assert {path: kept.stat for path, kept in store.records()} == {"a": Stat(1, 2, 3, 4)}


def test_an_output_that_cannot_be_written_is_named_with_the_reason(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    shop.run(word("b", "two"))
    monkeypatch.setattr(os, "write", full)
    outcome = shop.run(word("a", "one"), word("b", "two"))

    assert [(f.place, f.problem, f.remedy) for f in outcome.failures] == [
        ("out/a", "No space left on device", "make room on the disk and build again")
    ]


def test_a_scratch_on_another_disk_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def elsewhere(source: str, target: str) -> None:
        if "tmp" in Path(source).parent.name:
            raise OSError(errno.EXDEV, "cross-device")
        real(source, target)

    monkeypatch.setattr(os, "replace", elsewhere)
    (tmp_path / "out").mkdir()
    Output(tmp_path / "out", tmp_path / "tmp").put("a", b"one", None)

    assert (tmp_path / "out" / "a").read_bytes() == b"one"


def test_digests_name_values_whatever_the_order_of_their_keys() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    assert cores() >= 1


def test_pieces_that_several_workers_put_in_are_found_by_all(tmp_path: Path) -> None:
    one, other, reader = Spool(tmp_path), Spool(tmp_path), Spool(tmp_path)
    one.put({"a": b"first", "empty": b""})
    other.put({"b": b"second" * 1000})
    one.put({"c": b"third"})
    one.put({})

    reader.refresh()

    assert [reader.get(key) for key in ("a", "b", "c", "empty")] == [b"first", b"second" * 1000, b"third", b""]
    assert reader.lengths() == {"a": 5, "empty": 0, "b": 6000, "c": 5}
    assert reader.some(["c", "empty", "b"]) == [b"third", b"second" * 1000]
    assert reader.sizes(["b", "empty", "nobody's"]) == [6000, 0, NOTHING]
    assert (one.get("a"), one.sizes(["b"])) == (b"first", [NOTHING])
    for spool in (one, other, reader):
        spool.close()


def test_an_index_that_a_worker_is_just_writing_or_died_over_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    with contextlib.closing(Spool(tmp_path)) as spool, contextlib.closing(Spool(tmp_path)) as reader:
        spool.put({"a": b"first"})
        (index,) = tmp_path.glob("*.index")
        with index.open("ab") as file:
            file.write(b'{"b":[5,')

        reader.refresh()

        assert reader.lengths() == {"a": 5}
        assert reader.get("a") == b"first"


def test_pieces_of_which_the_file_has_lost_a_part_are_not_taken_for_whole(tmp_path: Path) -> None:
    with contextlib.closing(Spool(tmp_path)) as spool, contextlib.closing(Spool(tmp_path)) as reader:
        spool.put({"a": b"first", "b": b"second"})
        reader.refresh()
        (pieces,) = (path for path in tmp_path.iterdir() if path.suffix != ".index")
        os.truncate(pieces, 8)

        assert reader.get("a") == b"first"
        with pytest.raises(OSError, match="is shorter than it was"):
            reader.get("b")


@contextlib.contextmanager
def full_after(size: int) -> Iterator[None]:
    """Let the disk take no more than *size* bytes of a file, and expect that what is done meanwhile cannot be."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_the_disk_took_only_half_of_does_not_shift_what_is_put_in_later(tmp_path: Path) -> None:
    with contextlib.closing(Spool(tmp_path)) as spool, contextlib.closing(Spool(tmp_path)) as reader:
        spool.put({"a": b"first"})
        with full_after(1000):
            spool.put({"b": b"lost" * 1000})
        spool.put({"c": b"third"})

        reader.refresh()

        assert {key: reader.get(key) for key in reader.lengths()} == {"a": b"first", "c": b"third"}
        assert (spool.get("c"), spool.sizes(["b"])) == (b"third", [NOTHING])


def test_an_index_of_which_the_disk_took_only_half_a_line_goes_on_with_the_next(tmp_path: Path) -> None:
    with contextlib.closing(Spool(tmp_path)) as spool, contextlib.closing(Spool(tmp_path)) as reader:
        spool.put({"a": b"first"})
        with full_after(100):
            spool.put({"b" * 200: b"lost"})
        spool.put({"c": b"third"})

        reader.refresh()

        assert {key: reader.get(key) for key in reader.lengths()} == {"a": b"first", "c": b"third"}


@pytest.mark.parametrize(("processes", "items"), [(1, 480), (2, 240), (4, 120), (8, 60), (10, 48), (64, 48)])
def test_the_more_processes_there_are_the_sooner_a_pool_is_worth_its_start(processes: int, items: int) -> None:
    assert few(processes) == items
