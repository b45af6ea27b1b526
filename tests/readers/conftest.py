"""One store with the worst of what publishers send, for all tests of those who read what we publish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import worst_of
from newsdesk import newsdesks
from pebble import ProcessPool
from publisher import Publisher
from werkzeug.test import Client, TestResponse

from aggregator.model import Config
from aggregator.shells.web import create_app, front
from aggregator.store import Store


@dataclass(frozen=True)
class Published:
    """A site as its readers see it, and its store."""

    store: Store
    config: Config
    client: Client

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def absolute(self, path: str) -> str:
        return f"https://draad.example{path}"


@pytest.fixture(scope="session")
def published(workers: ProcessPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    url = f"sqlite:///{tmp_path_factory.mktemp('worst')}/ticker.db"
    with Publisher() as publisher, newsdesks(workers) as open_one:
        desk = open_one(url)
        config = worst_of.fill(desk, publisher)
        app = create_app(desk.store, desk.clock)
        yield Published(desk.store, config, Client(front(app, desk.store, desk.clock, recheck=3600)))
