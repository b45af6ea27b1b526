"""The engine: one way to open SQLite and PostgreSQL, transactions that take turns, and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
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
        raise UserError(f"store: {_shown(url)} cannot be opened: {error}") from None
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
            raise StoreError(_in_words(error)) from error
        raise
    except sa.exc.InterfaceError as error:
        raise StoreError(_in_words(error)) from error


def migrate(engine: sa.Engine) -> None:
    """Create the store, or bring it up to this version; raise UserError where it cannot be.

    A store that a newer version wrote is left alone.
    """
    config = AlembicConfig(attributes={"engine": engine})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    try:
        _make_file(engine.url)
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
    except sa.exc.DatabaseError as error:
        raise UserError(f"store: {_shown(str(engine.url))} cannot be opened: {_in_words(error)}") from None
    except OSError as error:
        raise UserError(f"store: {_shown(str(engine.url))} cannot be made: {error.strerror}") from None


def writing(engine: sa.Engine) -> sa.Engine:
    """Return *engine* for transactions that write: on SQLite they take the writer's place from the start."""
    return engine.execution_options(write=True)


def _make_file(url: sa.URL) -> None:
    """Make an empty store where there is none: nobody else may, lest a lost file look like an empty one."""
    if url.drivername.startswith("sqlite") and url.database and url.database != ":memory:":
        Path(url.database).open("a").close()


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


def _shown(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "the address"


def _is_damage(error: sa.exc.DatabaseError) -> bool:
    """Say whether SQLite found its file damaged; other errors of this very class there are none."""
    return type(error) is sa.exc.DatabaseError


def _in_words(error: sa.exc.DBAPIError) -> str:
    first = str(error.orig).strip().partition("\n")[0]
    return _WORDS.get(first, first)
