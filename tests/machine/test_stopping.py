"""SIGTERM at any moment: the program ends in time, well, and its store is sound."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from outage import entries, rss, titles
from program import Program, run, wait_until, write_configuration
from publisher import Answer, Publisher

NAMES = [f"{feed}-{n}" for feed in range(20) for n in range(40)]


def _many(folder: Path, publisher: Publisher, every: str = "1h") -> Path:
    """Write a feeds.yaml for twenty feeds of forty headlines each."""
    for feed in range(20):
        own = (name for name in NAMES if name.startswith(f"{feed}-"))
        publisher.answers[f"/{feed}"] = Answer(rss(*own, padding=200), headers={"Content-Type": "text/xml"})
    return write_configuration(folder, *(publisher.url(f"/{feed}") for feed in range(20)), every=every)


@pytest.mark.parametrize("moment", ["at once", "as the store is made", "in the first poll"])
def test_it_ends_in_time_and_the_next_start_goes_on(
    tmp_path: Path, publisher: Publisher, moment: str
) -> None:
    _many(tmp_path, publisher)
    with Program("serve", "--port", "0", cwd=tmp_path, cold=moment == "at once") as program:
        if moment == "as the store is made":
            wait_until(lambda: (tmp_path / "ticker.db").exists())
        if moment == "in the first poll":
            wait_until(lambda: len(publisher.log) > 3)
        began = time.monotonic()
        program.signal(signal.SIGTERM)
        status = program.wait()
        assert time.monotonic() - began < 5
        # Before our first line runs, the signal means what it means to any program.
        assert status == 0 or (moment == "at once" and status == -signal.SIGTERM), program.output
        assert "Traceback" not in program.output
    assert run("poll", "--quiet", "--all", cwd=tmp_path).returncode == 0
    assert entries(tmp_path) == titles(NAMES)


def test_it_ends_in_time_while_it_drops_what_is_old(tmp_path: Path, publisher: Publisher) -> None:
    path = _many(tmp_path, publisher)
    run("poll", "--quiet", cwd=tmp_path)
    with closing(sqlite3.connect(tmp_path / "ticker.db")) as store:
        store.execute("UPDATE headlines SET changed = 1")
        store.commit()
    path.write_text(f"keep: 1d\n{path.read_text()}")
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        program.address()
        wait_until(lambda: sum(entries(tmp_path).values()) < len(NAMES))
        began = time.monotonic()
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
        assert time.monotonic() - began < 5
        assert "Traceback" not in program.output
    assert set(entries(tmp_path).values()) <= {1}
