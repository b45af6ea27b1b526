"""The real program keeps days that are over, whichever of its commands runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from newsroom import bring, entry
from program import Program, get, run, wait_until, write_configuration
from publisher import Publisher, conditional

from aggregator.store import Store

CASES = Path(__file__).parent.parent / "cases"
NOW = datetime.now(UTC)
THEN = NOW - timedelta(days=3)


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher) -> Path:
    """A folder with a store that has news of three days ago and of the day after, which nobody kept."""
    publisher.answers["/feed"] = conditional((CASES / "nieuws.rss").read_bytes(), '"1"')
    write_configuration(tmp_path, publisher.url("/feed"))
    assert run("poll", "--quiet", cwd=tmp_path).returncode == 0
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    for days in (0, 1):
        moment = THEN + timedelta(days=days)
        bring(store, {"feed1": [entry(f"Day {days}", published=moment)]}, moment)
    store.close()
    return tmp_path


def _serve(folder: Path) -> None:
    with Program("serve", "--port", "0", cwd=folder) as program:
        day = f"{program.address()}day/{_day()}/feed.atom"
        wait_until(lambda: "fh:archive" in get(day))


def _day() -> str:
    return THEN.astimezone(ZoneInfo("Africa/Casablanca")).date().isoformat()  # the zone of the configuration


def _poll(folder: Path) -> None:
    assert run("poll", cwd=folder).returncode == 0


def _publish(folder: Path) -> None:
    assert run("publish", "site", cwd=folder).returncode == 0
    assert b"fh:archive" in (folder / "site" / "day" / _day() / "feed.atom").read_bytes()


@pytest.mark.parametrize("command", [_serve, _poll, _publish])
def test_days_that_are_over_are_kept(folder: Path, command: Callable[[Path], None]) -> None:
    command(folder)
    store = Store(f"sqlite:///{folder}/ticker.db")
    assert _day() in {archive.name for archive in store.archives()}
    store.close()
