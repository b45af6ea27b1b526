"""Publishing to a folder: only what changed, never half a file, never anybody else's file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import UserError
from aggregator.publish import Written, write
from aggregator.publish.files import MANIFEST

SITE = [("index.html", b"ticker"), ("read/1/index.html", b"one"), ("category/économie/feed.rss", b"rss")]


def tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_a_site_is_written_with_its_folders(tmp_path: Path) -> None:
    assert write(tmp_path / "new" / "site", SITE) == Written(written=3)
    assert tree(tmp_path / "new" / "site") == dict(SITE)


def test_what_did_not_change_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    before = (tmp_path / "read/1/index.html").stat()
    assert write(tmp_path, [("index.html", b"news"), *SITE[1:]]) == Written(written=1, unchanged=2)
    after = (tmp_path / "read/1/index.html").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert tree(tmp_path) == {**dict(SITE), "index.html": b"news"}


def test_what_is_no_longer_part_of_the_site_is_removed_with_its_empty_folders(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    assert write(tmp_path, SITE[:1]) == Written(unchanged=1, removed=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "index.html"]


def test_what_we_did_not_write_is_never_touched(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / "read/1/notes.txt").write_bytes(b"mine")
    (tmp_path / "CNAME").write_bytes(b"news.example.org")
    write(tmp_path, [])
    assert tree(tmp_path) == {"read/1/notes.txt": b"mine", "CNAME": b"news.example.org"}


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_bytes(b"mine")
    with pytest.raises(UserError, match=r"index\.html is there already"):
        write(tmp_path, SITE)
    assert tree(tmp_path) == {"index.html": b"mine"}


def test_a_publication_that_breaks_off_keeps_the_old_files_and_knows_the_new_ones(tmp_path: Path) -> None:
    def breaking() -> Iterator[tuple[str, bytes]]:
        yield "read/2/index.html", b"two"
        raise KeyboardInterrupt

    write(tmp_path, SITE)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, breaking())
    assert tree(tmp_path) == {**dict(SITE), "read/2/index.html": b"two"}
    assert write(tmp_path, SITE) == Written(unchanged=3, removed=1)


def test_what_a_kill_left_behind_is_cleaned_up(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / ".index.html.unpublished").write_bytes(b"tick")
    with (tmp_path / MANIFEST).open("ab") as manifest:
        manifest.write(b"read/2/index.ht")  # half a line: nobody's
    assert write(tmp_path, SITE) == Written(unchanged=3)
    assert tree(tmp_path) == dict(SITE)


def test_a_file_of_ours_that_somebody_removed_is_written_again(tmp_path: Path) -> None:
    write(tmp_path, SITE)
    (tmp_path / "index.html").unlink()
    assert write(tmp_path, SITE) == Written(written=1, unchanged=2)


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../up", "a/../../up", "", ".", "a//b", "a/", "./a", "a\\b", "a\nb", "a\0b", MANIFEST],
)
def test_a_path_stays_below_the_folder(tmp_path: Path, path: str) -> None:
    root = tmp_path / "site"
    with pytest.raises(ValueError, match="no path below"):
        write(root, [(path, b"")])
    assert tree(tmp_path) == {}


def test_a_symbolic_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    root, outside = tmp_path / "site", tmp_path / "outside"
    outside.mkdir()
    root.mkdir()
    (root / "read").symlink_to(outside)
    with pytest.raises(UserError, match="leads out of"):
        write(root, SITE)
    assert tree(outside) == {}


def test_a_manifest_that_names_foreign_paths_removes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "site"
    write(root, SITE)
    (tmp_path / "precious").write_bytes(b"mine")
    with (root / MANIFEST).open("ab") as manifest:
        manifest.write(f"../precious\n{tmp_path}/precious\n".encode())
    write(root, SITE)
    assert (tmp_path / "precious").read_bytes() == b"mine"


def test_a_folder_that_can_not_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "site").write_bytes(b"a file")
    with pytest.raises(UserError, match="can not be written"):
        write(tmp_path / "site", SITE)
