"""Newsdesks for the tests of the way through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from newsdesk import Newsdesk
from pebble import ProcessPool

from aggregator.store import Store


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPool]:
    with ProcessPool(max_workers=2) as pool:
        yield pool
        pool.stop()


@pytest.fixture
def open_desk(workers: ProcessPool, tmp_path: Path) -> Iterator[Callable[[], Newsdesk]]:
    """Return what opens a program on the test's one store; a second one is the program started again."""
    desks: list[Newsdesk] = []

    def open_one() -> Newsdesk:
        store = Store(f"sqlite:///{tmp_path}/ticker.db")
        store.create()
        desks.append(Newsdesk(store, workers))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture
def desk(open_desk: Callable[[], Newsdesk]) -> Newsdesk:
    return open_desk()
