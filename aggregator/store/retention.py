"""Retention: what is older than the admin keeps is dropped, and stays so while publishers list it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.store import tallies
from aggregator.store.overriding import forget
from aggregator.store.tables import (
    desk,
    dropped,
    entries,
    feeds,
    headline_titles,
    headlines,
    overrides,
    terms,
)

BATCH = 500  # headlines in one transaction, so that no one waits long for the writer's place

# What others are folded under is dropped after them: else they would be out of sight.
_FOLDED = headlines.alias()
_LEADS = sa.exists().where(_FOLDED.c.story == headlines.c.story, _FOLDED.c.under == headlines.c.id)
# A headline whose entries the admin had moved is there for them to come back to, as long as they are there.
_IS_WANTED_BACK = sa.and_(
    headlines.c.merged_into.is_not(None), sa.exists().where(overrides.c.before == headlines.c.id)
)


def prune(connection: sa.Connection, before: datetime) -> int:
    """Drop at most one batch of headlines that nothing happened to since *before*; return how many."""
    old = (
        sa.select(headlines.c.id)
        .where(headlines.c.changed < before, ~_LEADS, ~_IS_WANTED_BACK)
        .order_by(headlines.c.changed)
        .limit(BATCH)
    )
    ids = connection.execute(old).scalars().all()
    if not ids:
        return 0
    forget(connection, ids)
    tallies.uncount(connection, ids)
    uids = connection.execute(sa.select(entries.c.uid).where(entries.c.headline.in_(ids))).scalars()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows := [{"uid": uid, "seen": before} for uid in uids]:
        connection.execute(insert(dropped).on_conflict_do_nothing(), rows)
    for table in (terms, headline_titles, entries):
        connection.execute(sa.delete(table).where(table.c.headline.in_(ids)))
    connection.execute(sa.delete(headlines).where(headlines.c.id.in_(ids)))
    connection.execute(
        sa.update(desk).values(revision=desk.c.revision + 1, headlines=desk.c.headlines - len(ids))
    )
    return len(ids)


def tidy(connection: sa.Connection, before: datetime) -> None:
    """Forget what no publisher has listed since *before*, and feeds that no one wants or remembers."""
    connection.execute(sa.delete(dropped).where(dropped.c.seen < before))
    empty = ~sa.exists().where(entries.c.feed == feeds.c.id)
    connection.execute(sa.delete(feeds).where(~feeds.c.active, empty))
