"""Files come in one way: whatever else lies about in the newsroom is named and left alone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from dateline.errors import DatelineError, Problem
from dateline.files import Found, is_editors, read_file, scan

ROOT = os.geteuid() == 0


def write(root: Path, name: str, text: str = "x") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def found(root: Path, folder: str = "") -> list[str]:
    return [item.path for item in scan(root, folder) if isinstance(item, Found)]


def problems(root: Path, folder: str = "") -> list[str]:
    return [str(item) for item in scan(root, folder) if isinstance(item, Problem)]


def refusal(root: Path, name: str | bytes, limit: int = 100) -> str:
    with pytest.raises(DatelineError) as caught:
        read_file(root, name, limit)
    return str(caught.value)


@pytest.fixture
def socket_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.md")
        yield tmp_path / "s.md"


def test_a_file_is_read_with_the_stamps_it_had(tmp_path):
    about = write(tmp_path, "content/2025/a.md", "Ein Satz.").stat()

    for name in ("content/2025/a.md", b"content/2025/a.md", Path("content/2025/a.md")):
        file = read_file(tmp_path, name, 100)
        assert file == (b"Ein Satz.", 9, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def test_a_newsroom_may_itself_be_behind_a_link(tmp_path):
    write(tmp_path, "real/a.md")
    (tmp_path / "link").symlink_to("real")

    assert read_file(tmp_path / "link", "a.md", 9).data == b"x"
    assert found(tmp_path / "link") == ["a.md"]


def test_no_link_is_followed_wherever_it_stands(tmp_path):
    write(tmp_path, "secret.txt", "secret")
    write(tmp_path, "room/real/a.md")
    room = tmp_path / "room"
    (room / "file.md").symlink_to("../secret.txt")
    (room / "folder").symlink_to("real")
    (room / "loop").symlink_to("..")
    (room / "self.md").symlink_to("self.md")
    (room / "broken.md").symlink_to("nowhere")
    (room / "zero.md").symlink_to("/dev/zero")

    for name in ("file.md", "self.md", "broken.md", "zero.md"):
        assert refusal(room, name) == f"{name}: is a link and was not read (put a regular file there)"
    assert "folder/a.md: cannot be read" in refusal(room, "folder/a.md")
    assert found(room) == ["real/a.md"]
    assert [p.partition(":")[0] for p in problems(room)] == [
        "broken.md",
        "file.md",
        "folder",
        "loop",
        "self.md",
        "zero.md",
    ]
    assert problems(room, "folder") == ["folder: is a link and was not followed (put the folder itself there)"]


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../../b", "", "a//b", "a\0b", "x/.."])
def test_no_name_leads_out_of_the_newsroom(tmp_path, name):
    assert "leads out of the newsroom" in refusal(tmp_path, name)


def test_pipes_sockets_folders_and_devices_are_named_and_never_waited_for(tmp_path, socket_file):
    os.mkfifo(tmp_path / "p.md")
    write(tmp_path, "d.md/in.md")

    assert refusal(tmp_path, "p.md") == "p.md: is a pipe and was not read (put a regular file there)"
    assert "s.md: is a socket" in refusal(tmp_path, socket_file.name)
    assert "d.md: is a folder" in refusal(tmp_path, "d.md")
    assert "null: is a device" in refusal(Path("/dev"), "null")
    assert found(tmp_path) == ["d.md/in.md"]
    assert [p.split(" and ")[0] for p in problems(tmp_path)] == [
        "d.md: is a folder",
        "p.md: is a pipe",
        "s.md: is a socket",
    ]
    assert all(item.level == "warning" for item in scan(tmp_path) if isinstance(item, Problem))


def test_a_file_beyond_its_limit_is_named_before_it_is_read(tmp_path):
    write(tmp_path, "a.md", "x" * 101)
    assert (
        refusal(tmp_path, "a.md")
        == "a.md: is larger than 100 bytes (101) (split it, or raise [limits] in dateline.toml)"
    )
    assert len(read_file(tmp_path, "a.md", 101).data) == 101


def test_a_file_that_grows_while_it_is_read_is_still_bounded(tmp_path, monkeypatch):
    write(tmp_path, "a.md", "x" * 10)
    parts = [b"x" * 11, b"x" * 50, b"x" * 40, b""]
    monkeypatch.setattr(os, "read", lambda _fd, most: parts.pop(0)[:most])

    assert "is larger than 100 bytes" in refusal(tmp_path, "a.md")


def test_a_file_that_shrinks_while_it_is_read_is_what_was_there(tmp_path, monkeypatch):
    write(tmp_path, "a.md", "x" * 10)
    parts = [b"xxx", b"xx", b""]
    monkeypatch.setattr(os, "read", lambda _fd, _most: parts.pop(0))

    assert read_file(tmp_path, "a.md", 100).data == b"xxxxx"


def test_a_file_that_is_gone_is_named(tmp_path):
    assert refusal(tmp_path, "a/b.md").startswith("a/b.md: cannot be read: No such file")
    assert "its name is not UTF-8" in refusal(tmp_path, "a\ud800.md")
    assert found(tmp_path, "nowhere") == []
    assert problems(tmp_path, "nowhere") == []


@pytest.mark.skipif(ROOT, reason="root may read everything")
def test_what_may_not_be_read_is_named(tmp_path):
    write(tmp_path, "a.md").chmod(0)
    write(tmp_path, "f/b.md").parent.chmod(0)

    assert refusal(tmp_path, "a.md").startswith("a.md: cannot be read: Permission denied")
    assert problems(tmp_path) == ["f: cannot be read: Permission denied (mend the folder's permissions)"]


def test_a_folder_that_cannot_be_listed_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    write(tmp_path, "a/x.md")
    write(tmp_path, "b/y.md")
    real = os.scandir

    def scandir(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert [str(item) for item in scan(tmp_path) if isinstance(item, Problem)] == [
        "a: cannot be read: Permission denied (mend the folder's permissions)"
    ]
    assert found(tmp_path) == ["b/y.md"]


def test_files_come_in_the_order_of_their_names_whatever_the_disk_says(tmp_path):
    for name in ("b.md", "a/z.md", "a.MD", "a/b/c.markdown", "c.txt", "é.md", "Z.md"):
        write(tmp_path, name)

    assert found(tmp_path) == ["Z.md", "a.MD", "b.md", "é.md", "a/z.md", "a/b/c.markdown"]
    about = (tmp_path / "b.md").stat()
    assert Found("b.md", 1, about.st_mtime_ns, about.st_ctime_ns, about.st_ino) in list(scan(tmp_path))


def test_who_needs_no_stamps_finds_the_same_files_and_faults(tmp_path):
    for name in ("a.md", "ü.md", "notes", ".a.md.swp", "deep/b.markdown"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link.md").symlink_to("a.md")
    (tmp_path / "folder.md").mkdir()

    def found(*, stamps):
        return [item.path if isinstance(item, Found) else str(item) for item in scan(tmp_path, stamps=stamps)]

    assert found(stamps=False) == found(stamps=True)
    assert {"a.md", "ü.md", "deep/b.markdown"} < set(found(stamps=False))


def test_a_file_without_a_suffix_may_be_copy_and_is_named(tmp_path):
    for name in ("4913", "notes", "picture.jpg"):
        write(tmp_path, name)

    assert is_editors("4913")
    assert problems(tmp_path) == [
        f"{name}: has no suffix and was not read (call it {name}.md if it is copy)" for name in ("4913", "notes")
    ]


def test_every_file_is_found_where_the_suffix_does_not_matter(tmp_path):
    write(tmp_path, "a.css")
    write(tmp_path, "b")
    assert [item.path for item in scan(tmp_path, "", ("",)) if isinstance(item, Found)] == ["a.css", "b"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.md",
        "backup.md~",
        ".#lock.md",
        "#auto.md#",
        ".vim.md.swp",
        ".DS_Store",
        "x.md.tmp",
        "Thumbs.db",
        ".md",
        "..md",
        "...md",
        "a\n.bak",
    ],
)
def test_files_of_editors_are_no_copy(tmp_path, name):
    write(tmp_path, name)
    write(tmp_path, ".git/a.md")

    assert is_editors(name)
    assert list(scan(tmp_path)) == []


@pytest.mark.parametrize(
    "name",
    [
        "a.md",
        "-rf.md",
        "new\nline.md",
        "CON.md",
        "a b?c#d%41.md",
        "<script>x.md",
        "two.dots.md",
        "\u202ertl.md",
        "a#.md",
        "~a.md",
    ],
)
def test_odd_names_are_names_all_the_same(tmp_path, name):
    write(tmp_path, name)

    assert not is_editors(name)
    assert found(tmp_path) == [name]
    assert read_file(tmp_path, name, 9).data == b"x"


def test_a_name_that_is_no_text_is_named(tmp_path):
    bad = os.fsencode(tmp_path) + b"/bad\xff.md"
    os.close(os.open(bad, os.O_CREAT | os.O_WRONLY))

    assert found(tmp_path) == []
    assert problems(tmp_path) == [r"bad\xff.md: its name is not UTF-8 (rename it)"]
    assert read_file(tmp_path, b"bad\xff.md", 9).data == b""


def test_folders_may_be_deep_but_not_without_end(tmp_path):
    write(tmp_path, "/".join(["d"] * 50) + "/a.md")
    write(tmp_path, "/".join(["e"] * 70) + "/b.md")

    assert found(tmp_path) == ["/".join(["d"] * 50) + "/a.md"]
    assert problems(tmp_path)[0].endswith("holds folders nested deeper than 60 (move them up)")
    assert read_file(tmp_path, "/".join(["e"] * 70) + "/b.md", 9).data == b"x"


def test_a_file_that_vanishes_between_name_and_stamp_is_named(tmp_path, monkeypatch):
    class Entry:
        def __init__(self, name: str, *, file: bool) -> None:
            self.name, self._file = name, file

        def is_file(self, *, follow_symlinks):
            return self._file

        def is_dir(self, *, follow_symlinks):
            return False

        def is_symlink(self):
            return False

        def stat(self, *, follow_symlinks):
            raise FileNotFoundError(2, "No such file or directory")

    class Listing(list):
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(os, "scandir", lambda _: Listing([Entry("a.md", file=True), Entry("b.md", file=False)]))

    assert problems(tmp_path) == ["a.md: cannot be read: No such file or directory (mend it, or remove the file)"]
