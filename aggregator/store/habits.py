"""Habits: what a feed usually brings. Asked only when one brings unusually many new entries at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import FLOOD, Arrival, Habit
from aggregator.store.rows import chunks
from aggregator.store.tables import MICROSECOND, entries, feeds

WEEK = timedelta(days=7)
# What was held counts from the next day on: a feed that has become busy is not held for ever.
HELD_COUNTS_AFTER = timedelta(days=1)

_A_MINUTE = timedelta(minutes=1) // MICROSECOND


def habits(
    connection: sa.Connection, rushes: Mapping[int, Sequence[Arrival]], now: datetime
) -> dict[int, Habit]:
    """Return the habits of the feeds in *rushes* (feed to new entries), as far as they have any yet.

    They have none while no document was read of them at the address and by the rules that feeds.yaml has now.
    """
    found = {}
    for feed, rush in rushes.items():
        well = sa.func.coalesce(feeds.c.failing_since, feeds.c.last_polled)
        wanted = sa.select(well).where(feeds.c.id == feed, feeds.c.body_hash != b"")
        read = connection.execute(wanted).scalar_one_or_none()
        habit = _habit(connection, feed, read, rush, now) if read else None
        if habit is not None:
            found[feed] = habit
    return found


def _habit(
    connection: sa.Connection, feed: int, read: datetime, rush: Sequence[Arrival], now: datetime
) -> Habit | None:
    counts = sa.or_(entries.c.rule != FLOOD, entries.c.first_seen <= now - HELD_COUNTS_AFTER)
    usual = sa.and_(entries.c.feed == feed, counts)
    newest = connection.execute(sa.select(sa.func.max(entries.c.published)).where(usual)).scalar_one()
    if newest is None:
        return None
    minute = sa.type_coerce(entries.c.published, sa.BigInteger) // _A_MINUTE
    week = sa.select(sa.func.count()).where(usual, entries.c.published > newest - WEEK).group_by(minute)
    minutes = connection.execute(week).scalars().all()
    return Habit(
        read=read,
        a_day=sum(minutes) / WEEK.days,
        a_minute=max(minutes),
        titles=_brought(connection, feed, entries.c.title_key, (each.facts.title_key for each in rush)),
        links=_brought(connection, feed, entries.c.link_key, (each.facts.link_key for each in rush)),
    )


def _brought(
    connection: sa.Connection, feed: int, column: sa.Column[str], keys: Iterable[str]
) -> frozenset[str]:
    """Return those of *keys* that an entry of *feed* has."""
    found: set[str] = set()
    for chunk in chunks(key for key in keys if key):
        known = sa.select(column).where(entries.c.feed == feed, column.in_(chunk))
        found.update(connection.execute(known.distinct()).scalars())
    return frozenset(found)
