"""The engine: one way to open SQLite and PostgreSQL, transactions that take turns, and migrations."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from aggregator.errors import UserError

BUSY_TIMEOUT = 30_000  # ms that a writer waits for another one

# A power cut must not take back what was committed: FULL syncs the log at each commit, and as a batch of
# feeds is one commit, that costs next to nothing.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_TIMEOUT}",
    "foreign_keys=ON",
    "temp_store=MEMORY",
)


def connect(url: str) -> sa.Engine:
    """Return an engine for *url*; raise UserError where there is nothing that can be opened."""
    try:
        engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (sa.exc.ArgumentError, ImportError) as error:
        raise UserError(f"store: {_shown(url)} cannot be opened: {error}") from None
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(engine: sa.Engine) -> None:
    """Create the store, or bring it up to this version; raise UserError where it cannot be.

    A store that a newer version wrote is left alone.
    """
    config = AlembicConfig(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    try:
        with engine.connect() as connection:
            here = MigrationContext.configure(connection).get_current_revision()
        if here is not None and here not in {script.revision for script in scripts.walk_revisions()}:
            raise UserError(
                f"store: {_shown(str(engine.url))} was written by a newer version of this program; "
                "upgrade the program, or name another store in feeds.yaml"
            )
        if here != scripts.get_current_head():
            with engine.execution_options(write=True).begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        raise UserError(f"store: {_shown(str(engine.url))} cannot be opened: {_first_line(error)}") from None


def writing(engine: sa.Engine) -> sa.Engine:
    """Return *engine* for transactions that write: on SQLite they take the writer's place from the start."""
    return engine.execution_options(write=True)


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    raw: Any = connection
    raw.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    with closing(raw.cursor()) as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later may find that it cannot: ask for the place at once.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _shown(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "the address"


def _first_line(error: sa.exc.DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]
