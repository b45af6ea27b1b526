"""Requests: the program's own log of what it asked, for a week, and what it tells of our manners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import Manners, Visit
from aggregator.store.many import execute_many
from aggregator.store.tables import requests

KEPT = timedelta(days=7)
_COLUMNS = tuple(field.name for field in fields(Visit))
_NOTE = sa.insert(requests)
_MOST_FORGOTTEN = 5000  # at once, so that no batch waits long for it; always more than a batch brings


def note(connection: sa.Connection, visits: Collection[Visit], now: datetime) -> None:
    """Write down *visits*, and forget what is older than a week."""
    if not visits:
        return
    rows = [{name: getattr(visit, name) for name in _COLUMNS} for visit in visits]
    execute_many(connection, _NOTE, rows)
    old = sa.select(requests.c.id).where(requests.c.at < now - KEPT).order_by(requests.c.at)
    connection.execute(sa.delete(requests).where(requests.c.id.in_(old.limit(_MOST_FORGOTTEN))))


def manners(connection: sa.Connection, since: datetime) -> tuple[Manners, ...]:
    """Return how we behaved since *since*, host by host, those that we ask most first."""
    count = sa.func.count()
    wanted = sa.select(
        requests.c.host,
        count.label("requests"),
        count.filter(requests.c.status == 304).label("unchanged"),
        sa.func.sum(requests.c.received).label("received"),
        sa.func.sum(requests.c.saved).label("saved"),
        count.filter(requests.c.waited).label("waits"),
    ).where(requests.c.at >= since)
    rows = connection.execute(wanted.group_by(requests.c.host).order_by(count.desc(), requests.c.host)).all()
    broken = _broken(connection, since)
    return tuple(
        Manners(
            row.host,
            row.requests,
            row.unchanged,
            int(row.received),
            int(row.saved),
            row.waits,
            broken.get(row.host, ()),
        )
        for row in rows
    )


def _broken(connection: sa.Connection, since: datetime) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return the rules that we broke, by host."""
    place = (requests.c.host, requests.c.broken)
    wanted = (
        sa.select(*place, sa.func.count().label("times"))
        .where(requests.c.at >= since, requests.c.broken.is_not(None))
        .group_by(*place)
        .order_by(*place)
    )
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for row in connection.execute(wanted):
        found[row.host] = (*found.get(row.host, ()), (row.broken, row.times))
    return found
