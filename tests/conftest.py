"""What all tests share: a publisher on loopback, and a wall around the test process."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from pebble import ProcessPool
from processes import pool
from publisher import Publisher
from together import Together

from aggregator.store import Store
from aggregator.store.creating import MIGRATIONS
from aggregator.store.tables import metadata

# Run in the background, the suite is told to ignore Ctrl-C, and so would be the programs that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

POSTGRES = os.environ.get("TEST_POSTGRES", "postgresql+psycopg://127.0.0.1/test")


def pytest_configure() -> None:
    """Let any connection of this process that would leave the machine raise; unix sockets are at home."""
    sys.addaudithook(_stay_at_home)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


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
    with pool(2) as workers:
        yield workers
        workers.stop()


BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, on each of the two databases."""
    return _address(request, tmp_path, "postgres")


@pytest.fixture(params=BOTH)
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store that was never made: there are no tables yet."""
    return _address(request, tmp_path, "blank_postgres")


def _address(request: pytest.FixtureRequest, folder: Path, on_postgres: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder}/ticker.db"
    found: str = request.getfixturevalue(on_postgres)
    return found


@pytest.fixture
def postgres(made_postgres: str) -> Iterator[str]:
    """The address of an empty PostgreSQL store; when the test is over, it is emptied for the next one."""
    yield made_postgres
    engine = sa.create_engine(made_postgres)
    with engine.begin() as connection:
        empty(connection)
    engine.dispose()


@pytest.fixture
def blank_postgres() -> Iterator[str]:
    """The address of a PostgreSQL store that was never made, of this test's own."""
    with _schema() as url:
        yield url


@pytest.fixture(scope="session")
def made_postgres() -> Iterator[str]:
    """The address of a PostgreSQL store with its tables, of this process's own: to make them takes 0.2 s."""
    with _schema() as url:
        store = Store(url)
        store.create()
        store.close()
        yield url


def empty(connection: sa.Connection) -> None:
    """Bring a store of this version back to what it was when it was made."""
    version = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    emptied = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    emptied.append("DELETE FROM told")
    emptied += [
        "INSERT INTO desk (id, revision, next_entry, next_headline) VALUES (1, 1, 1, 1)",
        f"UPDATE alembic_version SET version_num = '{version}'",
        "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)"
        " FROM pg_sequences WHERE schemaname = current_schema()",
    ]
    connection.exec_driver_sql("; ".join(emptied).replace("%", "%%"))


@contextmanager
def _schema() -> Iterator[str]:
    schema = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(POSTGRES)
    try:
        with engine.begin() as connection:
            connection.execute(sa.schema.CreateSchema(schema))
    except sa.exc.OperationalError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"no PostgreSQL at {POSTGRES} (set TEST_POSTGRES): {error.orig}")
    url = sa.make_url(POSTGRES).update_query_dict(
        {"options": f"-csearch_path={schema} -csynchronous_commit=off"}
    )
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(schema, cascade=True))
    engine.dispose()
