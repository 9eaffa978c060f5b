"""A newsroom to try things in: builders that name only what matters."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from jinja2.bccache import Bucket
from msgspec import structs

from dateline import pipeline, quiet
from dateline.request import Report, Request
from dateline.retouch import retouch
from dateline.settings import Settings, load

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OURS = ("DATELINE_REAL_SEED", "DATELINE_CHROMIUM", "DATELINE_FUZZ_SECONDS", "DATELINE_EXAMPLES")  # meant for the tests

# Laws that do not say how many examples they need get these; a night's run may ask for more.
hypothesis.settings.register_profile(
    "dateline", deadline=None, max_examples=int(os.environ.get("DATELINE_EXAMPLES", "50")), print_blob=True
)
hypothesis.settings.load_profile("dateline")


@pytest.fixture(autouse=True, scope="session")
def _nobodys_environment() -> Iterator[None]:
    """Hide the settings, clock and colours of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith("DATELINE_") and name not in OURS:
                patch.delenv(name)
        for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def _in_the_foreground() -> None:
    """Hear an interrupt even where a shell runs the tests in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _templates_compiled_once() -> Iterator[None]:
    """Let newsrooms of one run share what Jinja compiles, as builds of one newsroom do: nine tenths of a small first build."""
    from dateline.bytecode import Bytecode

    known: dict[tuple[str, str], object] = {}
    load, dump = Bytecode.load_bytecode, Bytecode.dump_bytecode

    def load_shared(self: Bytecode, bucket: Bucket) -> None:
        load(self, bucket)
        if bucket.code is None and (code := known.get((bucket.key, bucket.checksum))):
            bucket.code = code
            dump(self, bucket)

    def dump_shared(self: Bytecode, bucket: Bucket) -> None:
        dump(self, bucket)
        known[bucket.key, bucket.checksum] = bucket.code

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bytecode, "load_bytecode", load_shared)
        patch.setattr(Bytecode, "dump_bytecode", dump_shared)
        yield


class Newsroom:
    """A folder with settings and articles, built by the real pipeline in this process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = NOON
        (root / "content").mkdir(parents=True)
        self.settle()

    def settle(self, text: str = "") -> None:
        """Write the settings."""
        head = 'title = "The Harbour"\nbase_url = "https://harbour.example/"\nlanguage = "en"\n'
        (self.root / "dateline.toml").write_text(head + text, encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return load((self.root / "dateline.toml").read_text(encoding="utf-8"))

    def write(
        self, name: str, body: str = "Words.", *, date: str = "2026-11-20T10:00:00Z", title: str = "", **fields: object
    ) -> Path:
        """Write the article *name*; whatever is not named has a plain value."""
        import json

        lines = [f"title: {json.dumps(title or name.capitalize())}", f"date: {date}"]
        lines += [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
        path = self.root / "content" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("---\n" + "\n".join(lines) + f"\n---\n\n{body}\n", encoding="utf-8")
        return path

    def template(self, name: str, text: str) -> None:
        path = self.root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def build(self, **options: object) -> Report:
        """Build at the newsroom's clock, in this process."""
        request = Request(root=self.root, now=self.now, jobs=1, **options)  # type: ignore[arg-type]
        return pipeline.build(request, self.settings)

    def build_after_a_look(self) -> Report:
        """Build as the command line does that has just looked at everything: an edited body needs no plan."""
        folder, asked = self.root / "build", quiet.asked()
        ours = quiet.ours(os.environ.items())
        _, look = quiet.nothing_to_do(str(self.root), str(folder), asked, self.now.timestamp(), ours, alone=True)
        request = Request(root=self.root, now=self.now, jobs=1, asked=asked)
        if look is not None:
            request = structs.replace(request, world=look.world, stood=look.stood)
        return retouch(request, self.settings) or pipeline.build(request, self.settings)

    def clean_build(self) -> dict[str, bytes]:
        """What a build from nothing makes of the same sources."""
        other = self.root.parent / f"{self.root.name}-clean"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.root, other, ignore=shutil.ignore_patterns("build", ".dateline"))
        if (compiled := self.root / ".dateline" / "templates").is_dir():  # saves time, and holds no news
            shutil.copytree(compiled, other / ".dateline" / "templates")
        pipeline.build(Request(root=other, now=self.now, jobs=1), self.settings)
        return tree(other / "build")

    def tree(self) -> dict[str, bytes]:
        return tree(self.root / "build")

    def read(self, name: str) -> str:
        return (self.root / "build" / name).read_text(encoding="utf-8")


LONG_AGO = 10_000_000_000  # ns


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Children of this test. Others may live as long as the run, as Dask's do: whoever waits for any child waits for them."""
    children: list[int] = []
    if hasattr(os, "fork"):
        fork = os.fork
        monkeypatch.setattr(os, "fork", lambda: (child := fork(), children.append(child))[0])
    return children


@pytest.fixture
def left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been left alone for a while, and there were many outputs to look at."""
    monkeypatch.setattr(quiet, "RACY", -LONG_AGO)
    monkeypatch.setattr(quiet, "_MANY", 0)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each build that had to plan leaves a mark here."""
    marks: list[str] = []
    prospect = pipeline.prospect
    monkeypatch.setattr(pipeline, "prospect", lambda *a, **k: (marks.append("planned"), prospect(*a, **k))[1])
    return marks


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below *folder* with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    return Newsroom(tmp_path / "newsroom")


@pytest.fixture
def object_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A real S3 server on this machine, without buckets."""
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    import fsspec

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    store = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
    yield store
    for bucket in store.ls(""):
        store.rm(bucket, recursive=True)  # all servers of one process have the same memory
    server.stop()


@pytest.fixture
def real_seed() -> Path:
    """A real agency story, which is not ours to hand on: tests that need it are skipped without it."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "seeds"
    found = (
        [Path(os.environ["DATELINE_REAL_SEED"])] if "DATELINE_REAL_SEED" in os.environ else sorted(beside.glob("*.txt"))
    )
    if not found:
        pytest.skip("no real seed here: name one in DATELINE_REAL_SEED")
    return found[0]
