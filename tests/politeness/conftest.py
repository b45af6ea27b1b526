"""Newsdesks that are good guests, on one store, with or without chance in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from newsdesk import LOOPBACK, Newsdesk
from pebble import ProcessPool

from aggregator.store import Store


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPool]:
    with ProcessPool(max_workers=2) as pool:
        yield pool
        pool.stop()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ticker.db"


@pytest.fixture
def open_desk(workers: ProcessPool, url: str) -> Iterator[Callable[..., Newsdesk]]:
    """Return what opens a program on the test's one store; a second one is the program started again."""
    desks: list[Newsdesk] = []

    def open_one(workers: ProcessPool = workers, per_host: int = 2, **values: Any) -> Newsdesk:
        store = Store(url)
        store.create()
        desks.append(Newsdesk(store, workers, replace(LOOPBACK, per_host=per_host), **values))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()
        desk.store.close()


@pytest.fixture
def desk(open_desk: Callable[..., Newsdesk]) -> Newsdesk:
    return open_desk()
