"""The engine: one way to open SQLite and PostgreSQL, and transactions that take turns."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from aggregator.errors import StoreError, UserError

# A power cut must not take back what was committed: FULL syncs the log at each commit, and as a batch of
# feeds is one commit, that costs next to nothing.
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-512",  # kB for each connection; the system keeps the file in memory anyway
)

# What SQLite says of the machine's troubles, and what an admin should read.
_WORDS = {
    "database or disk is full": "the disk is full; make room on it",
    "disk I/O error": "the disk refuses to be written or read (disk I/O error); is it full, or failing?",
    "database is locked": "another program keeps the store locked",
    "attempt to write a readonly database": "the store may not be written; look at the rights of its file, "
    "of its folder and of the disk",
    "unable to open database file": "the store's file cannot be opened; look at the rights of its folder",
    "file is not a database": "the store's file is no SQLite database; put it back from a backup",
    "database disk image is malformed": "the store's file is damaged; put it back from a backup",
}


def connect(url: str, patience: float) -> sa.Engine:
    """Return an engine for *url* whose writers wait *patience* seconds for one another.

    Raise UserError where there is nothing that can be opened.
    """
    lite = url.startswith("sqlite")
    try:
        waiting = {"timeout": patience} if lite else {}
        engine = sa.create_engine(url, pool_pre_ping=not lite, connect_args=waiting)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise UserError(f"store: {shown(url)} cannot be opened: {error}") from None
    if lite:
        sa.event.listen(engine, "do_connect", _look_for_file)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "checkout", _look_for_same_file)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def told() -> Iterator[None]:
    """Tell faults of the machine (a lock, a full disk, a lost server) from bugs, which rise as they are."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if isinstance(error, sa.exc.OperationalError | sa.exc.InternalError) or _is_damage(error):
            raise StoreError(in_words(error)) from error
        raise
    except sa.exc.InterfaceError as error:
        raise StoreError(in_words(error)) from error


def writing(engine: sa.Engine) -> sa.Engine:
    """Return *engine* for transactions that write: on SQLite they take the writer's place from the start."""
    return engine.execution_options(write=True)


def _look_for_file(
    _dialect: sa.Dialect, _record: ConnectionPoolEntry, arguments: list[Any], _named: dict[str, Any]
) -> None:
    path = str(arguments[0])
    if path != ":memory:" and not Path(path).exists():
        raise StoreError(f"its file {path} is not there; put it back, or start again for an empty one")


def _look_for_same_file(
    _raw: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Let go of a connection whose file was moved away or replaced: what it wrote would be lost."""
    if record.info["file"] != _file(record.info["path"]):
        raise sa.exc.DisconnectionError("the store's file was moved away")


def _file(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    raw: Any = connection
    raw.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    with closing(raw.cursor()) as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        path = cursor.execute("PRAGMA database_list").fetchone()[2]  # '' in memory
    record.info["path"], record.info["file"] = path, _file(path)


def _begin_sqlite(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later may find that it cannot: ask for the place at once.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def shown(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "the address"


def _is_damage(error: sa.exc.DatabaseError) -> bool:
    """Say whether SQLite found its file damaged; other errors of this very class there are none."""
    return type(error) is sa.exc.DatabaseError


def in_words(error: sa.exc.DBAPIError) -> str:
    first = str(error.orig).strip().partition("\n")[0]
    return _WORDS.get(first, first)
