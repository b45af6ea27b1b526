"""Who is asked, and when: the subscriptions, the leases on those that are due, and how each ask ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.links import host
from aggregator.model import Claim, Config, Settlement, Subscription
from aggregator.store.indexing import choose_leads_of_feed, index_feed
from aggregator.store.rows import ABOUT, CONFIG, SUBSCRIPTION, about_of, chunks, validators_of
from aggregator.store.tables import Instant, desk, feeds, hosts


def accept(connection: sa.Connection, config: Config, now: datetime) -> None:
    """Make *config* the one in force: new feeds are due at once, those no longer named are left alone."""
    rows = connection.execute(sa.select(feeds)).all()
    by_key, by_url = {row.key: row for row in rows}, {row.url: row for row in rows}
    keys = {subscription.key for subscription in config.subscriptions}
    kept = set()
    for subscription in config.subscriptions:
        row = by_key.get(subscription.key)
        namesake = by_url.get(subscription.url)
        if row is None and namesake is not None and namesake.key not in keys:
            row = namesake  # the admin gave it another key: its history goes with it
        if row is None:
            connection.execute(sa.insert(feeds).values(_new_feed(subscription, now)))
        else:
            kept.add(row.id)
            _renew(connection, row, subscription, now)
    for chunk in chunks(row.id for row in rows if row.id not in kept):
        connection.execute(sa.update(feeds).where(feeds.c.id.in_(chunk)).values(active=False))
    _remember(connection, config)


def claim(
    connection: sa.Connection, now: datetime, limit: int, owner: str, lease: timedelta, by_hand: bool
) -> tuple[Claim, ...]:
    """Take the lease of at most *limit* feeds that are due, the longest due first.

    *by_hand* takes those too whose own interval is not over, but none whose publisher asked us to wait.
    """
    free = sa.or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now)
    waiting = sa.select(hosts.c.host).where(hosts.c.wait_until > now)
    due = feeds.c.not_before if by_hand else feeds.c.next_due
    wanted = (
        sa.select(feeds)
        .where(feeds.c.active, ~feeds.c.gone, due <= now, free, feeds.c.host.not_in(waiting))
        .order_by(due, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(wanted).all()
    for chunk in chunks(row.id for row in rows):
        taken = sa.update(feeds).where(feeds.c.id.in_(chunk))
        connection.execute(taken.values(lease_owner=owner, lease_until=now + lease))
    return tuple(_claim(row) for row in rows)


def peek(connection: sa.Connection) -> tuple[Claim, ...]:
    """Return all active feeds as claims would have them, without taking a lease."""
    return tuple(_claim(row) for row in connection.execute(sa.select(feeds).where(feeds.c.active)))


def release(connection: sa.Connection, owner: str) -> None:
    """Give back every lease of *owner*."""
    mine = sa.update(feeds).where(feeds.c.lease_owner == owner)
    connection.execute(mine.values(lease_owner=None, lease_until=None))


def release_all(connection: sa.Connection) -> None:
    """Give back the leases of owners that are known to be dead."""
    held = sa.update(feeds).where(feeds.c.lease_until.is_not(None))
    connection.execute(held.values(lease_owner=None, lease_until=None))


def settle(connection: sa.Connection, settlements: Collection[Settlement]) -> None:
    """Write down how the claims ended, all in one statement, and give the leases back."""
    if not settlements:
        return
    connection.execute(_SETTLE, [_settled(settlement) for settlement in settlements])
    waits = dict(settlement.host_wait for settlement in settlements if settlement.host_wait)
    for name, until in waits.items():
        connection.execute(sa.delete(hosts).where(hosts.c.host == name))
        connection.execute(sa.insert(hosts).values(host=name, wait_until=until))


def _new_feed(subscription: Subscription, now: datetime) -> dict[str, Any]:
    return {
        **_asked(subscription),
        "name": subscription.title or host(subscription.url),
        "host": host(subscription.url),
        "body_hash": b"",
        "item_hashes": b"",
        "next_due": now,
        "not_before": now,
        "failures": 0,
        "waiting": False,
        "gone": False,
    }


def _asked(subscription: Subscription) -> dict[str, Any]:
    return {
        "key": subscription.key,
        "url": subscription.url,
        "active": True,
        "priority": subscription.priority,
        "subscription": SUBSCRIPTION.dump_json(subscription).decode(),
    }


_FORGOTTEN: dict[str, Any] = {
    "moved_to": None,
    "etag": None,
    "last_modified": None,
    "body_hash": b"",
    "item_hashes": b"",
    "failures": 0,
    "failing_since": None,
    "error": None,
    "status": None,
    "waiting": False,
    "gone": False,
}


def _renew(connection: sa.Connection, row: sa.Row[Any], new: Subscription, now: datetime) -> None:
    """Bring a feed's row to what the admin says now; what changes nothing writes nothing."""
    values = _asked(new)
    old = SUBSCRIPTION.validate_json(row.subscription)
    if row.active and old == new:
        return
    about = about_of(row.about)
    values["name"] = new.title or (about.title if about else host(new.url))
    if row.url != new.url:
        values |= {**_FORGOTTEN, "host": host(new.url), "next_due": now, "not_before": now}
    elif row.last_polled is not None and new.every < old.every:
        values["next_due"] = max(row.not_before, min(row.next_due, row.last_polled + new.every))
    if (new.keep, new.drop) != (old.keep, old.drop):
        values |= {"body_hash": b"", "item_hashes": b""}  # what was dropped may be wanted now
    connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(values))
    if new.priority != old.priority:
        choose_leads_of_feed(connection, row.id, now)
    if (new.key, new.categories) != (old.key, old.categories):
        index_feed(connection, row.id)


def _remember(connection: sa.Connection, config: Config) -> None:
    text = CONFIG.dump_json(replace(config, store="")).decode()  # the web processes need no password
    known = connection.execute(sa.select(desk.c.config)).scalar_one()
    moved = 0 if text == known else 1
    connection.execute(
        sa.update(desk).values(config=text, config_error=None, revision=desk.c.revision + moved)
    )


def _claim(row: sa.Row[Any]) -> Claim:
    return Claim(
        feed=row.id,
        subscription=SUBSCRIPTION.validate_json(row.subscription),
        url=row.moved_to or row.url,
        validators=validators_of(row),
        body_hash=row.body_hash,
        item_hashes=row.item_hashes,
        failures=row.failures,
        about=about_of(row.about),
    )


def _given(name: str, type_: Any = None) -> Any:
    """Return the settlement's value of a column, or what the row has where that is None."""
    return sa.func.coalesce(sa.bindparam(f"b_{name}", type_=type_ or feeds.c[name].type), feeds.c[name])


_B_FAILURES = sa.bindparam("b_failures", type_=sa.Integer)
_B_AT = sa.bindparam("b_at", type_=Instant)
_B_FRESH = sa.bindparam("b_fresh", type_=sa.Boolean)
_SETTLE = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("b_feed"))
    .values(
        last_polled=_B_AT,
        next_due=sa.bindparam("b_next_due", type_=Instant),
        not_before=sa.bindparam("b_not_before", type_=Instant),
        status=sa.bindparam("b_status", type_=sa.Integer),
        failures=_B_FAILURES,
        failing_since=sa.case((_B_FAILURES > 0, sa.func.coalesce(feeds.c.failing_since, _B_AT)), else_=None),
        error=sa.bindparam("b_error", type_=sa.Text),
        gone=sa.bindparam("b_gone", type_=sa.Boolean),
        waiting=sa.bindparam("b_waiting", type_=sa.Boolean),
        etag=sa.case((_B_FRESH, sa.bindparam("b_etag", type_=sa.Text)), else_=feeds.c.etag),
        last_modified=sa.case(
            (_B_FRESH, sa.bindparam("b_last_modified", type_=sa.Text)), else_=feeds.c.last_modified
        ),
        body_hash=_given("body_hash"),
        item_hashes=_given("item_hashes"),
        about=_given("about"),
        name=_given("name"),
        moved_to=_given("moved_to"),
        host=_given("host"),
        lease_owner=None,
        lease_until=None,
    )
)


def _settled(settlement: Settlement) -> dict[str, Any]:
    validators = settlement.validators
    return {
        "b_feed": settlement.feed,
        "b_at": settlement.at,
        "b_next_due": settlement.next_due,
        "b_not_before": settlement.not_before,
        "b_status": settlement.status,
        "b_failures": settlement.failures,
        "b_error": settlement.error,
        "b_gone": settlement.gone,
        "b_waiting": settlement.waiting,
        "b_fresh": validators is not None,
        "b_etag": validators.etag if validators else None,
        "b_last_modified": validators.last_modified if validators else None,
        "b_body_hash": settlement.body_hash,
        "b_item_hashes": settlement.item_hashes,
        "b_about": ABOUT.dump_json(settlement.about).decode() if settlement.about else None,
        "b_name": settlement.name,
        "b_moved_to": settlement.moved_to,
        "b_host": host(settlement.moved_to) if settlement.moved_to else None,
    }
