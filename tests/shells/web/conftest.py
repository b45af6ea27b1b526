"""The page over a real store, filled by the invented newsroom, asked through the front as a browser would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import invented
import pytest
from werkzeug.test import Client

from aggregator.model import Choice
from aggregator.shells.web import create_app, front
from aggregator.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    store.accept(invented.config(), invented.NOW)
    yield store
    store.close()


@pytest.fixture
def filled(store: Store) -> Store:
    invented.fill(store)
    return store


@pytest.fixture
def reader() -> Callable[[Store], Client]:
    """Return a way to read a store over HTTP, at the invented moment; the front looks for news every time."""

    def read(store: Store) -> Client:
        app = create_app(store, lambda: invented.NOW)
        return Client(front(app, store, lambda: invented.NOW, recheck=0))

    return read


@pytest.fixture
def client(filled: Store, reader: Callable[[Store], Client]) -> Client:
    return reader(filled)


@pytest.fixture
def number(filled: Store) -> Callable[[str], int]:
    """Return a way from a headline's title to its number."""

    def find(title: str) -> int:
        return next(h.id for h in filled.ticker(Choice(), None, 100) if h.entry.title == title)

    return find
