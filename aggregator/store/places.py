"""Places: how many leases are on one host, where several programs poll one store (PostgreSQL).

A lease is on one host at a time, the one that is being asked: it moves along with redirects, and is nowhere
while it waits for a place. So no two of them can wait for each other.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from aggregator.store.tables import feeds

_TURNS = 0x647261_6164  # of the lock that makes each of us count the others' leases


def take_turns(connection: sa.Connection) -> None:
    """Wait until no other program counts leases, up to the end of this transaction."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURNS)))


def with_room(
    may_be_asked: sa.ColumnElement[bool], due: sa.Column[datetime], now: datetime, per_host: int
) -> sa.Select[tuple[int]]:
    """Return those of the feeds that *may_be_asked* whose turn comes before a host has *per_host* leases.

    That is their own host, and the one that it is known to lead to.
    """
    leases = _at(feeds.c.lease_at, due, feeds.c.lease_until > now)
    live = sa.select(leases.c.place, sa.func.count().label("count")).group_by(leases.c.place).subquery()
    line = _at(feeds.c.host, due, may_be_asked)
    turn = sa.func.row_number().over(partition_by=line.c.place, order_by=(line.c.due, line.c.id))
    turns = sa.select(line.c.id, line.c.place, turn.label("turn")).subquery()
    latest = sa.func.max(turns.c.turn + sa.func.coalesce(live.c.count, 0))
    joined = sa.select(turns.c.id).outerjoin(live, live.c.place == turns.c.place)
    return joined.group_by(turns.c.id).having(latest <= per_host)


def enter(connection: sa.Connection, feed: int, host: str, now: datetime, per_host: int) -> bool:
    """Move the lease of *feed* to *host*, where a redirect leads it; say False if there is no place.

    Then it has left the host that it comes from, all the same. That it leads here is known from now on.
    """
    take_turns(connection)
    others = sa.select(sa.func.count()).where(
        feeds.c.lease_until > now, feeds.c.lease_at == host, feeds.c.id != feed
    )
    has_room = connection.execute(others).scalar_one() < per_host
    moved = sa.update(feeds).where(feeds.c.id == feed)
    connection.execute(moved.values(answered_by=host, lease_at=host if has_room else ""))
    return has_room


def _at(host: sa.Column[str], due: sa.Column[datetime], which: sa.ColumnElement[bool]) -> sa.Subquery:
    """Return feeds with each *place* that they take: *host*, and where it leads to."""
    one, other = (
        sa.select(feeds.c.id, due.label("due"), place.label("place")).where(which, place != "")
        for place in (host, feeds.c.answered_by)
    )
    return sa.union(one, other).subquery()
