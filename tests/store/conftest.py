"""A real store for each test: SQLite and PostgreSQL, one suite over both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.store import Store


@pytest.fixture
def store(either: str) -> Iterator[Store]:
    store = Store(either)
    store.create()
    yield store
    store.close()
