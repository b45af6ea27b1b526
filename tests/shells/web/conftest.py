"""The page over a real store, filled by the invented newsroom, asked through the front as a browser would."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import invented
import pytest
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.test import Client

from aggregator.model import Choice
from aggregator.shells.web import create_app, front
from aggregator.store import Store


class Compiled(BytecodeCache):
    """Templates that were compiled once, for all the apps of these tests."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@pytest.fixture(scope="session")
def newsroom_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store's file that the invented newsroom has filled."""
    path = tmp_path_factory.mktemp("invented") / "ticker.db"
    store = Store(f"sqlite:///{path}")
    store.create()
    store.accept(invented.config(), invented.NOW)
    invented.fill(store)
    store.close()
    return path


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store of the invented site: empty, but for who asks for it `filled` as well."""
    if "filled" in request.fixturenames:
        shutil.copy(request.getfixturevalue("newsroom_file"), tmp_path / "ticker.db")
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    if "filled" not in request.fixturenames:
        store.accept(invented.config(), invented.NOW)
    yield store
    store.close()


@pytest.fixture
def filled(store: Store) -> Store:
    """A store that the invented newsroom has filled: a copy of what it filled once."""
    return store


@pytest.fixture
def reader() -> Callable[[Store], Client]:
    """Return a way to read a store over HTTP, at the invented moment; the front looks for news every time."""

    def read(store: Store) -> Client:
        app = create_app(store, lambda: invented.NOW)
        app.jinja_env.bytecode_cache = COMPILED
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
