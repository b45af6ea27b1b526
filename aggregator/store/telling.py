"""Telling: what changed since our own hub was told (WebSub, the publisher's side)."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.links import without_credentials
from aggregator.model import Choice, OurHub, Telling
from aggregator.store.tables import Instant, headlines, hub_told, terms

DEBOUNCE = timedelta(minutes=1)  # between two letters, however much happens
SETTLED = timedelta(seconds=2)  # that changes are old before they are told: all pages show them by then
MOST_CHOICES = 300  # in one letter, of three addresses each


def begin(connection: sa.Connection, hub: str | None, now: datetime) -> None:
    """Tell *hub* of what changes from *now* on, if it is a new one; forget what others were told."""
    connection.execute(sa.delete(hub_told).where(hub_told.c.hub != (hub or "")))
    if hub is None:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = {"hub": hub, "until": now, "next_try": now, "failures": 0}
    connection.execute(insert(hub_told).values(new).on_conflict_do_nothing())


def is_due(connection: sa.Connection, hub: str, now: datetime) -> bool:
    """Say whether `telling` would find something."""
    newer = sa.exists().where(_changed(hub_told.c.until, now))
    due = sa.select(hub_told.c.hub).where(hub_told.c.hub == hub, hub_told.c.next_try <= now, newer)
    return connection.execute(due).first() is not None


def telling(connection: sa.Connection, hub: str, now: datetime) -> Telling | None:
    """Take what *hub* is to be told: nobody else tells it within a minute."""
    if not is_due(connection, hub, now):
        return None
    mine = hub_told.c.hub == hub
    row = connection.execute(sa.select(hub_told).where(mine).with_for_update(skip_locked=True)).first()
    if row is None or row.next_try > now:
        return None
    changed = _changed(sa.literal(row.until, Instant), now)
    until = connection.execute(sa.select(sa.func.max(headlines.c.changed)).where(changed)).scalar_one()
    connection.execute(sa.update(hub_told).where(mine).values(next_try=now + DEBOUNCE))
    found = (
        sa.select(terms.c.term)
        .join(headlines, headlines.c.id == terms.c.headline)
        .where(changed)
        .distinct()
        .order_by(terms.c.term.desc())  # sources and languages before the many categories
        .limit(MOST_CHOICES)
    )
    narrowed = (term.partition(":") for term in connection.execute(found).scalars())
    choices = (Choice(), *(Choice(**{name: value}) for name, _, value in narrowed))
    return Telling(hub, choices, until, row.failures)


def told(connection: sa.Connection, telling: Telling, now: datetime) -> None:
    """Write down that the hub was told."""
    mine = sa.update(hub_told).where(hub_told.c.hub == telling.hub)
    connection.execute(mine.values(until=telling.until, last_told=now, failures=0, error=None))


def not_told(connection: sa.Connection, telling: Telling, error: str, next_try: datetime) -> None:
    """Write down that the hub did not hear of it, and when it is told again."""
    mine = sa.update(hub_told).where(hub_told.c.hub == telling.hub)
    connection.execute(mine.values(failures=telling.failures + 1, error=error, next_try=next_try))


def shown(connection: sa.Connection, hub: str | None) -> OurHub | None:
    """Return how telling *hub* goes; None where there is none, or it was never to be told."""
    row = connection.execute(sa.select(hub_told).where(hub_told.c.hub == hub)).first() if hub else None
    if row is None:
        return None
    return OurHub(without_credentials(row.hub), row.last_told, row.failures, row.error)


def put_back(connection: sa.Connection, now: datetime) -> None:
    """Tell what changes from *now* on, where the clock was ahead of it."""
    ahead = sa.update(hub_told).where(hub_told.c.until > now)
    connection.execute(ahead.values(until=now, next_try=now))
    waits = sa.update(hub_told).where(hub_told.c.last_told > now)
    connection.execute(waits.values(last_told=now, next_try=now))


def _changed(since: sa.ColumnElement[datetime], now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a headline changed after *since*, and that readers see it so."""
    return sa.and_(
        headlines.c.changed > since, headlines.c.changed <= now - SETTLED, headlines.c.held.is_(None)
    )
