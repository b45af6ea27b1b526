"""The clock: what becomes of the times in the store when the machine's clock is moved.

Nothing may be asked early because of it, and no feed may fall silent for as long as the clock was wrong.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.store import forum
from aggregator.store.indexing import index_headlines
from aggregator.store.tables import MICROSECOND, desk, entries, feeds, headlines, hosts

LONGEST_LEASE = timedelta(hours=1)  # none of ours comes near
# Clocks that are set by hand or by a wrong zone are off by an hour or two; that far a line may stand ahead.
MOST_AHEAD = timedelta(hours=2)


def put_on(connection: sa.Connection, leap: timedelta) -> None:
    """Let all waits last as long as they would have, now that the clock was put on by *leap*."""
    feed_times = ("last_polled", "next_due", "not_before", "lease_until")
    moved: dict[str, Any] = {name: _later(feeds.c[name], leap) for name in feed_times}
    connection.execute(sa.update(feeds).values(moved))
    connection.execute(sa.update(hosts).values(wait_until=_later(hosts.c.wait_until, leap)))
    forum.put_on(connection, leap)


def put_back(connection: sa.Connection, now: datetime) -> None:
    """Bring back what happened later than *now*: the clock was ahead then, or is behind now.

    A feed that was asked in the future counts as asked now and waits its whole interval: that is never too
    early. What bears no date of its own is dated when it was seen, so it comes back too. Done twice, or by
    two programs, it changes nothing more.
    """
    ahead = sa.type_coerce(feeds.c.last_polled, sa.BigInteger) - sa.literal(now, feeds.c.last_polled.type)
    future = sa.update(feeds).where(feeds.c.last_polled > now)
    waits: dict[str, Any] = {
        name: sa.type_coerce(feeds.c[name], sa.BigInteger) - ahead for name in ("next_due", "not_before")
    }
    connection.execute(future.values(last_polled=now, **waits))
    endless = sa.update(feeds).where(feeds.c.lease_until > now + LONGEST_LEASE)
    connection.execute(endless.values(lease_owner=None, lease_until=None))
    forum.put_back(connection, now)
    _date_anew(connection, now)


def _date_anew(connection: sa.Connection, now: datetime) -> None:
    """Date what we dated ourselves, too far ahead, at *now*; publishers' dates are not ours to change."""
    leads = sa.select(headlines.c.id).join(entries, entries.c.id == headlines.c.lead)
    wrong = leads.where(headlines.c.published > now + MOST_AHEAD, ~entries.c.dated)
    ids = connection.execute(wrong).scalars().all()
    if not ids:
        return
    mine = entries.c.headline.in_(wrong.scalar_subquery())
    connection.execute(sa.update(entries).where(mine, ~entries.c.dated).values(published=now))
    connection.execute(
        sa.update(headlines)
        .where(headlines.c.id.in_(wrong.scalar_subquery()))
        .values(published=now, updated=now, changed=now)
    )
    index_headlines(connection, ids)
    connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))


def _later(column: sa.Column[Any], leap: timedelta) -> sa.ColumnElement[Any]:
    return sa.type_coerce(column, sa.BigInteger) + leap // MICROSECOND
