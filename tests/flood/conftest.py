"""A paper's newsdesk on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from newsdesk import Newsdesk
from paper import Paper
from pebble import ProcessPool
from publisher import Publisher

from aggregator.store import Store


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPool]:
    with ProcessPool(max_workers=1) as pool:
        yield pool
        pool.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, on each of the two databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ticker.db"
    found: str = request.getfixturevalue("postgres")
    return found


@pytest.fixture
def open_paper(workers: ProcessPool, publisher: Publisher) -> Iterator[Callable[[str], Paper]]:
    """Return what opens a program on a store; a second one is the program started again."""
    desks: list[Newsdesk] = []

    def open_one(url: str) -> Paper:
        store = Store(url)
        store.create()
        desks.append(Newsdesk(store, workers))
        return Paper(desks[-1], publisher)

    yield open_one
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture
def paper(open_paper: Callable[[str], Paper], tmp_path: Path) -> Paper:
    """A paper on SQLite."""
    return open_paper(f"sqlite:///{tmp_path}/ticker.db")
