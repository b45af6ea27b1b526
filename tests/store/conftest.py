"""A real store for each test: SQLite and PostgreSQL, one suite over both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.store import Store


@pytest.fixture
def url(either: str) -> str:
    return either


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = Store(url)
    store.create()
    yield store
    store.close()
