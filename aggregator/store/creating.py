"""Creating: a store where there is none, and an older one brought up to this version.

A new store gets the tables as they are now. An older one is brought up by Alembic, in a process of its own
(migrating.py): Alembic takes 11 MB, and is needed once in a version.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from aggregator.errors import UserError
from aggregator.store import searching
from aggregator.store.engine import in_words, shown, writing
from aggregator.store.tables import desk, metadata

MIGRATIONS = Path(__file__).parent / "migrations"

# As Alembic makes it.
_version = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def create(engine: sa.Engine) -> None:
    """Create the store, or bring it up to this version; raise UserError where it cannot be.

    A store that a newer version wrote is left alone.
    """
    versions = sorted(path.stem[-4:] for path in (MIGRATIONS / "versions").glob("*_[0-9]*.py"))
    try:
        _make_file(engine.url)
        with engine.connect() as connection:
            here = _version_of(connection)
        if here is None:
            _make_tables(engine, versions[-1])
        elif here not in versions:
            raise UserError(
                f"store: {shown(str(engine.url))} was written by a newer version of this program; "
                "upgrade the program, or name another store in feeds.yaml"
            )
        elif here != versions[-1]:
            _upgrade(engine.url)
    except sa.exc.DatabaseError as error:
        raise UserError(f"store: {shown(str(engine.url))} cannot be opened: {in_words(error)}") from None
    except OSError as error:
        raise UserError(f"store: {shown(str(engine.url))} cannot be made: {error.strerror}") from None


def _make_file(url: sa.URL) -> None:
    """Make an empty store where there is none: nobody else may, lest a lost file look like an empty one."""
    if url.drivername.startswith("sqlite") and url.database and url.database != ":memory:":
        Path(url.database).open("a").close()


def _version_of(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(_version.name):
        return None
    return connection.scalar(sa.select(_version.c.version_num))


def _make_tables(engine: sa.Engine, version: str) -> None:
    with writing(engine).begin() as connection:
        if _version_of(connection) is not None:  # another program was quicker
            return
        metadata.create_all(connection)
        searching.create(connection)
        _version.create(connection)
        connection.execute(sa.insert(_version).values(version_num=version))
        connection.execute(sa.insert(desk).values(id=1, revision=1, next_entry=1, next_headline=1))


def _upgrade(url: sa.URL) -> None:
    paths = (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))
    done = subprocess.run(
        [sys.executable, "-m", "aggregator.store.migrating"],
        input=url.render_as_string(hide_password=False),  # no argument: those anybody can read
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        raise UserError(f"store: {shown(str(url))} cannot be brought up to this version: {reason}")
