"""Parcels: what hubs delivered, kept from when it is taken in until it was read (WebSub)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.model import Callback, Delivery, Parcel, Receipt
from aggregator.store import claims
from aggregator.store.rows import chunks
from aggregator.store.tables import deliveries, feeds, hub_subscriptions

MOST_OF_FEED, MOST = 100, 1000  # deliveries that wait, of one feed and of all
MOST_BYTES_OF_FEED, MOST_BYTES = 20_000_000, 60_000_000  # of their bodies; one may be larger than the first
AT_ONCE = 10_000_000  # bytes that are taken to be read together, the first aside
SOONEST = timedelta(minutes=5)  # between two polls, however much is delivered
KEPT = timedelta(days=30)  # that a replay is known by its digest

subs = hub_subscriptions
_WAITING = ~deliveries.c.done


def take_in(
    connection: sa.Connection, callback: Callback, parcel: Parcel, digest: bytes, now: datetime
) -> bool:
    """Keep a delivery until it is read; what was delivered before is not kept again. False: no room."""
    mine = subs.c.id == callback.subscription
    connection.execute(sa.select(subs.c.id).where(mine).with_for_update())  # one at a time
    here = deliveries.c.subscription == callback.subscription
    known = sa.select(deliveries.c.id).where(here, deliveries.c.digest == digest)
    if connection.execute(known).first() is not None:
        return True
    if not _has_room(connection, callback.subscription, len(parcel.body)):
        return False
    connection.execute(
        sa.insert(deliveries).values(
            subscription=callback.subscription,
            digest=digest,
            received=now,
            headers=json.dumps(dict(parcel.headers)),
            body=parcel.body,
            weight=len(parcel.body),
            done=False,
        )
    )
    return True


def distrust(connection: sa.Connection, callback: Callback) -> None:
    """Count a delivery that its hub has not signed."""
    mine = sa.update(subs).where(subs.c.id == callback.subscription)
    connection.execute(mine.values(refused=subs.c.refused + 1))


def is_anything_waiting(connection: sa.Connection) -> bool:
    return bool(connection.execute(sa.select(sa.exists().where(_WAITING))).scalar_one())


def take_out(connection: sa.Connection, now: datetime, limit: int, lease: timedelta) -> tuple[Delivery, ...]:
    """Take the lease of at most *limit* deliveries to be read: of each feed the oldest, and one at a time."""
    named = sa.select(subs.c.id).join(feeds, feeds.c.id == subs.c.feed).where(feeds.c.active)
    dropped = sa.update(deliveries).where(_WAITING, deliveries.c.subscription.not_in(named))
    connection.execute(dropped.values(done=True, body=b"", weight=0))
    oldest = sa.select(sa.func.min(deliveries.c.id)).where(_WAITING).group_by(deliveries.c.subscription)
    free = sa.or_(deliveries.c.taken_until.is_(None), deliveries.c.taken_until <= now)
    wanted = (
        sa.select(deliveries.c.id, deliveries.c.weight)
        .where(deliveries.c.id.in_(oldest), free)
        .order_by(deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    chosen: list[int] = []
    room = AT_ONCE
    for row in connection.execute(wanted):
        if not chosen or row.weight <= room:
            chosen.append(row.id)
            room -= row.weight
    if not chosen:
        return ()
    taken = sa.update(deliveries).where(deliveries.c.id.in_(chosen))
    connection.execute(taken.values(taken_until=now + lease))
    return _opened(connection, chosen)


def settle(connection: sa.Connection, receipts: Collection[Receipt], now: datetime) -> None:
    """Write down that deliveries were read: who delivers is polled less often, for as long as he may."""
    for receipt in receipts:
        mine = deliveries.c.id == receipt.delivery
        row = connection.execute(
            sa.select(subs.c.id, subs.c.feed, subs.c.lease_until).where(
                subs.c.id == sa.select(deliveries.c.subscription).where(mine).scalar_subquery()
            )
        ).first()
        connection.execute(sa.update(deliveries).where(mine).values(done=True, body=b"", weight=0))
        if row is None:
            continue
        told = sa.update(subs).where(subs.c.id == row.id)
        connection.execute(told.values(last_delivery=now, error=receipt.error))
        if receipt.error is not None:
            ask_soon(connection, (row.feed,), now)
        if receipt.error is None and row.lease_until is not None and row.lease_until > now:
            slow = sa.update(feeds).where(feeds.c.id == row.feed)
            connection.execute(slow.values(pushed_until=row.lease_until))


def ask_soon(connection: sa.Connection, rows: Collection[int], now: datetime) -> None:
    """Poll feeds as soon as their publishers allow: what was delivered could not be relied upon."""
    for chunk in chunks(rows):
        for row in connection.execute(sa.select(feeds).where(feeds.c.id.in_(chunk))).all():
            last = row.last_polled or now - SOONEST
            earliest = max(now, row.not_before, last + SOONEST)
            mine = sa.update(feeds).where(feeds.c.id == row.id)
            connection.execute(mine.values(next_due=min(row.next_due, earliest)))


def release_all(connection: sa.Connection) -> None:
    """Give back what was taken to be read: those who took it are known to be dead."""
    held = sa.update(deliveries).where(deliveries.c.taken_until.is_not(None))
    connection.execute(held.values(taken_until=None))


def forget(connection: sa.Connection, now: datetime) -> None:
    """Forget what was read long ago."""
    connection.execute(sa.delete(deliveries).where(deliveries.c.done, deliveries.c.received < now - KEPT))


def _has_room(connection: sa.Connection, subscription: int, size: int) -> bool:
    here = deliveries.c.subscription == subscription
    weight, zero = deliveries.c.weight, sa.literal(0)
    row = connection.execute(
        sa.select(
            sa.func.count().label("all"),
            sa.func.count().filter(here).label("ours"),
            sa.func.coalesce(sa.func.sum(weight), zero).label("bytes"),
            sa.func.coalesce(sa.func.sum(weight).filter(here), zero).label("our_bytes"),
        ).where(_WAITING)
    ).one()
    fits = row.ours < MOST_OF_FEED and (not row.ours or row.our_bytes + size <= MOST_BYTES_OF_FEED)
    return bool(fits and row.all < MOST and (not row.all or row.bytes + size <= MOST_BYTES))


def _opened(connection: sa.Connection, rows: Collection[int]) -> tuple[Delivery, ...]:
    """Return deliveries with their feeds, as claims would have them."""
    columns = (deliveries.c.id, deliveries.c.headers, deliveries.c.body, subs.c.feed, subs.c.topic)
    found = connection.execute(
        sa.select(*columns)
        .join(subs, subs.c.id == deliveries.c.subscription)
        .where(deliveries.c.id.in_(rows))
        .order_by(deliveries.c.id)
    ).all()
    asked = {
        claim.feed: claim for claim in claims.peek(connection, feeds.c.id.in_({row.feed for row in found}))
    }
    return tuple(
        Delivery(row.id, asked[row.feed], row.topic, Parcel(json.loads(row.headers), row.body))
        for row in found
        if row.feed in asked
    )
