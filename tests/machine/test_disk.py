"""The disk is full or read-only for a while, the store's file is gone, or another program keeps it locked."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError

import pytest
from outage import RSS, entries, rss, titles
from program import Program, get, headlines, run, wait_until, write_configuration
from publisher import Answer, Publisher

NAMES = [f"new {n}" for n in range(40)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB of this test's own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a disk of our own needs the right to mount one")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def home(disk: Path, tmp_path: Path, publisher: Publisher) -> Path:
    """A folder with a feeds.yaml of one feed that has one headline, and its store on that disk."""
    publisher.answers["/feed"] = Answer(rss("one"), headers=RSS)
    path = write_configuration(tmp_path, publisher.url("/feed"), every="1s")
    path.write_text(f"store: sqlite:///{disk}/ticker.db\n{path.read_text()}")
    return tmp_path


def test_a_full_disk_is_told_once_and_when_there_is_room_again_all_is_there(
    disk: Path, home: Path, publisher: Publisher
) -> None:
    with Program("serve", "--port", "0", cwd=home) as program:
        address = _with_a_full_disk(program, disk, publisher)
        program.says("store: the disk is full; make room on it")
        assert headlines(address) == ["Headline one"]
        assert "Headline one" in get(address)
        time.sleep(3)
        assert program.output.count("the disk is full") <= 2  # who asks and who writes say so, once each
        assert "Traceback" not in program.output
        asked = len(publisher.log)
        (disk / "ballast").unlink()
        program.says("store: written again")
        wait_until(lambda: len(headlines(address)) == len(NAMES) + 1)
        assert len(publisher.log) >= asked
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    assert entries(disk) == titles(["one", *NAMES])


def test_it_stops_in_time_though_the_disk_is_full(disk: Path, home: Path, publisher: Publisher) -> None:
    with Program("serve", "--port", "0", cwd=home) as program:
        _with_a_full_disk(program, disk, publisher)
        program.says("the disk is full")
        assert _stops(program)
    (disk / "ballast").unlink()
    assert entries(disk) == titles(["one"])
    assert run("poll", "--all", "--quiet", cwd=home).returncode == 0
    assert entries(disk) == titles(["one", *NAMES])


def test_a_disk_that_becomes_read_only_is_told_and_read_from(disk: Path, home: Path) -> None:
    run("poll", cwd=home)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for command in (["serve", "--port", "0"], ["poll"], ["publish", "site"]):
        told = run(*command, cwd=home)
        assert told.returncode == 1, command
        assert told.stderr.startswith("store: "), told.stderr
        assert len(told.stderr.splitlines()) == 1


def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(folder: Path, publisher: Publisher) -> None:
    write_configuration(folder, publisher.url("/feed"), every="1s")
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        pid = program._process.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        publisher.answers["/feed"] = Answer(rss(*NAMES), headers=RSS)
        program.says(r"store: the disk (is full|refuses)")
        assert len(headlines(address)) == 2
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        wait_until(lambda: len(headlines(address)) == len(NAMES) + 2)
        assert "Traceback" not in program.output
        assert _stops(program)
    assert entries(folder) == titles(["one", "two", *NAMES])


def test_while_another_program_keeps_the_store_locked_pages_are_served_and_news_waits(
    folder: Path, publisher: Publisher
) -> None:
    write_configuration(folder, publisher.url("/feed"), every="1s")
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        with closing(sqlite3.connect(folder / "ticker.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            publisher.answers["/feed"] = Answer(rss("three", "one", "two"), headers=RSS)
            program.says("another program keeps the store locked")
            assert len(headlines(address)) == 2
            other.execute("ROLLBACK")
        program.says("store: written again")
        wait_until(lambda: len(headlines(address)) == 3)
        with closing(sqlite3.connect(folder / "ticker.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(1.5)
            assert _stops(program)
    assert entries(folder) == titles(["one", "two", "three"])


def test_while_the_stores_file_is_gone_what_was_read_is_served_and_when_it_is_back_it_goes_on(
    folder: Path, publisher: Publisher
) -> None:
    write_configuration(folder, publisher.url("/feed"), every="1s")
    away = folder / "away"
    away.mkdir()
    with Program("serve", "--port", "0", "--pages", "1", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        page = get(address)
        _move(folder, away)
        program.says(r"store: its file .*ticker\.db is not there; put it back")
        wait_until(lambda: _status(f"{address}healthz") == 503)
        assert get(address) == page
        assert _status(f"{address}sources") == 503
        assert not (folder / "ticker.db").exists()
        publisher.answers["/feed"] = Answer(rss("three", "one", "two"), headers=RSS)
        _move(away, folder)
        program.says("store: written again")
        wait_until(lambda: len(headlines(address)) == 3)
        assert _status(f"{address}healthz") == 200
        assert "Traceback" not in program.output
        assert _stops(program)
    assert entries(folder) == titles(["one", "two", "three"])


def test_a_store_of_a_newer_version_is_left_alone_by_every_command(folder: Path) -> None:
    run("poll", cwd=folder)
    with closing(sqlite3.connect(folder / "ticker.db")) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()
    before = (folder / "ticker.db").read_bytes()
    for command in (["serve", "--port", "0"], ["poll"], ["publish", "site"], ["check", "--fetch"]):
        told = run(*command, cwd=folder)
        if command[0] == "check":  # it stores nothing, and asks all the same
            assert told.returncode == 0
        else:
            assert told.returncode == 1, command
            assert "was written by a newer version of this program; upgrade the program" in told.stderr
            assert len(told.stderr.splitlines()) == 1
    assert (folder / "ticker.db").read_bytes() == before


def test_a_damaged_store_is_told_in_words(folder: Path) -> None:
    (folder / "ticker.db").write_bytes(b"this is no store, nor was it ever one " * 100)
    told = run("poll", cwd=folder)
    assert told.returncode == 1
    assert "is no SQLite database; put it back from a backup" in told.stderr


def _with_a_full_disk(program: Program, disk: Path, publisher: Publisher) -> str:
    """Let the disk be full when there is news; return the program's address."""
    address = program.address()
    wait_until(lambda: headlines(address) == ["Headline one"])
    _fill(disk)
    publisher.answers["/feed"] = Answer(rss(*NAMES, padding=5000), headers=RSS)
    return address


def _fill(disk: Path) -> None:
    """Leave no byte on *disk*."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return


def _stops(program: Program) -> bool:
    """Stop the program; say whether it ended well and in time."""
    began = time.monotonic()
    program.signal(signal.SIGTERM)
    return program.wait() == 0 and time.monotonic() - began < 5


def _move(here: Path, there: Path) -> None:
    for path in sorted(here.glob("ticker.db*")):
        shutil.move(path, there / path.name)


def _status(address: str) -> int:
    try:
        get(address)
    except HTTPError as error:
        return error.code
    return 200
