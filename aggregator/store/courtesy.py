"""Courtesy: which hosts are to be left alone until when, and feeds that come one after another afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import sqlalchemy as sa

from aggregator.store.tables import Instant, feeds, hosts

LATE = timedelta(minutes=1)  # overdue by less is what a busy minute does
STEP = timedelta(seconds=1)  # between two feeds, when many are overdue …
STEP_AFTER_WAIT = timedelta(seconds=10)  # … and between two of a host that had enough of us
LONGEST_SPREAD = timedelta(minutes=10)

_LINE_UP = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("b_feed"))
    .values(next_due=sa.bindparam("b_due", type_=Instant))
)


def spread(connection: sa.Connection, now: datetime) -> int:
    """Let the feeds that are overdue since long come one after another from *now* on; return how many.

    A feed that was never asked has no turn to wait for.
    """
    overdue = sa.select(feeds.c.id, feeds.c.host).where(
        feeds.c.active, ~feeds.c.gone, feeds.c.last_polled.is_not(None), feeds.c.next_due < now - LATE
    )
    rows = connection.execute(overdue.order_by(feeds.c.next_due, feeds.c.id)).all()
    _line_up(connection, rows, now, STEP)
    return len(rows)


def waits(connection: sa.Connection) -> dict[str, datetime]:
    """Return until when each host that ever asked for it is to be left alone."""
    return {row.host: row.wait_until for row in connection.execute(sa.select(hosts))}


def keep_waits(connection: sa.Connection, told: Collection[tuple[str, datetime]]) -> None:
    """Remember the hosts that want to be left alone until then.

    What falls due meanwhile comes one by one afterwards.
    """
    if not told:
        return
    known = waits(connection)
    for name, until in sorted(told):
        longest = max(until, known.get(name, until))
        connection.execute(sa.delete(hosts).where(hosts.c.host == name))
        connection.execute(sa.insert(hosts).values(host=name, wait_until=longest))
        theirs = sa.and_(feeds.c.wait_with_host, sa.or_(feeds.c.host == name, feeds.c.answered_by == name))
        meanwhile = sa.select(feeds.c.id, feeds.c.host).where(theirs, feeds.c.next_due < longest)
        rows = connection.execute(meanwhile.order_by(feeds.c.next_due, feeds.c.id)).all()
        _line_up(connection, rows, longest, STEP_AFTER_WAIT)


def _line_up(
    connection: sa.Connection, rows: Sequence[sa.Row[Any, Any]], start: datetime, step: timedelta
) -> None:
    """Make *rows* (id, host) due from *start* on, a *step* apart on average, each host's feeds evenly."""
    if not rows:
        return
    span = min(step * len(rows), LONGEST_SPREAD)
    count, turn = Counter(row.host for row in rows), Counter[str]()
    lined_up = []
    for row in rows:
        place = (turn[row.host] + _share(row.host)) / count[row.host]
        turn[row.host] += 1
        lined_up.append({"b_feed": row.id, "b_due": start + span * place})
    connection.execute(_LINE_UP, lined_up)


def _share(host: str) -> float:
    """Return a number from 0 up to 1 that is the host's own: not all hosts have their turn at once."""
    return crc32(host.encode()) / 2**32
