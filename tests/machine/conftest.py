"""What the tests of the machine's faults share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from newsdesk import Newsdesk
from outage import rss
from processes import pool
from program import write_configuration
from publisher import Publisher, conditional

from aggregator.store import Store


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher) -> Path:
    """A folder with a feeds.yaml of one feed that has two headlines."""
    publisher.answers["/feed"] = conditional(rss("one", "two"), '"1"')
    write_configuration(tmp_path, publisher.url("/feed"))
    return tmp_path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    """A program with a clock of its own."""
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    with pool(1) as workers:
        desk = Newsdesk(store, workers)
        yield desk
        desk.close()
        workers.stop()  # type: ignore[no-untyped-call]
    store.close()
