"""What all tests share: a publisher on loopback, and a wall around the test process."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pebble import ProcessPool
from publisher import Publisher

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+psycopg://127.0.0.1/test")


def pytest_configure() -> None:
    """Let any connection of this process that would leave the machine raise; unix sockets are at home."""
    sys.addaudithook(_stay_at_home)


def _stay_at_home(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise AssertionError(f"a test would have asked {address[0]}: tests use loopback only")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """A real HTTP server at 127.0.0.1; see publisher.py for how to script it."""
    with Publisher() as publisher:
        yield publisher


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPool]:
    """Processes that read documents."""
    with ProcessPool(max_workers=2) as pool:
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
def postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL store of this test's own."""
    schema = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(POSTGRES)
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
    except sa.exc.OperationalError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES} (set TEST_POSTGRES): {error.orig}")
    url = sa.make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()
