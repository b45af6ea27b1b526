"""Copying: all of a store into an empty one, of the other database too. Numbers and ids stay as they are."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from aggregator.errors import UserError
from aggregator.store import searching
from aggregator.store.engine import shown, writing
from aggregator.store.tables import desk, feeds, metadata

BATCH = 500  # rows in one statement


def copy(source: sa.Engine, target: sa.Engine) -> None:
    """Copy all rows of *source* into *target*, which is a store without any, in one transaction.

    Nobody may write to either meanwhile. Raise UserError where *target* has been used.
    """
    with source.connect() as reader, writing(target).begin() as writer:
        if writer.execute(sa.select(sa.exists(sa.select(feeds.c.id)))).scalar_one():
            raise UserError(f"store: {shown(str(target.url))} has feeds in it already; name an empty one")
        writer.execute(sa.delete(desk))
        for table in metadata.sorted_tables:
            rows = reader.execute(sa.select(table), execution_options={"yield_per": BATCH}).mappings()
            for some in rows.partitions(BATCH):
                writer.execute(sa.insert(table), [dict(row) for row in some])
            if target.dialect.name == "postgresql":
                _go_on_after(writer, table)
        searching.learn_all(writer)  # each database keeps the words in its own way
        writer.execute(sa.update(feeds).values(lease_owner=None, lease_until=None, lease_at=""))


def _go_on_after(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL number the next row of *table* after the last that was copied, where it does that."""
    column: sa.Column[Any] | None = table.autoincrement_column
    if column is None:
        return
    sequence = connection.execute(
        sa.select(sa.func.pg_get_serial_sequence(table.name, column.name))
    ).scalar_one()
    last = connection.execute(sa.select(sa.func.max(column))).scalar_one()
    if sequence and last:
        connection.execute(sa.select(sa.func.setval(sequence, last)))
