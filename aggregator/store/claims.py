"""Who is asked, and when: the subscriptions, the leases on those that are due, and how each ask ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.links import host
from aggregator.model import Claim, Config, Settlement, Subscription
from aggregator.store import courtesy, places
from aggregator.store.indexing import choose_leads_of_feed, index_feed
from aggregator.store.many import execute_many
from aggregator.store.overriding import override
from aggregator.store.renewing import note_names, renew_all
from aggregator.store.rows import ABOUT, CONFIG, SUBSCRIPTION, about_of, chunks, config_of, validators_of
from aggregator.store.stories import choose_story_leads_of_feed, fold_all, unfold_all
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
    _match(connection, config, now)
    _remember(connection, config, now)


def _match(connection: sa.Connection, config: Config, now: datetime) -> None:
    """Do to what is stored what the admin says of it."""
    override(connection, config.matching, now)
    text = connection.execute(sa.select(desk.c.config)).scalar_one()
    was = config_of(text).matching.stories if text else config.matching.stories
    if was and not config.matching.stories:
        unfold_all(connection, now)
    elif not was and config.matching.stories:
        fold_all(connection, now)


def anything_due(connection: sa.Connection, now: datetime, by_hand: bool) -> bool:
    """Say whether `claim` would find a feed."""
    found = sa.select(sa.exists().where(_may_be_asked(now, by_hand)))
    return bool(connection.execute(found).scalar_one())


def claim(
    connection: sa.Connection,
    now: datetime,
    limit: int,
    owner: str,
    lease: timedelta,
    by_hand: bool,
    per_host: int | None,
) -> tuple[Claim, ...]:
    """Take the lease of at most *limit* feeds that are due, the longest due first.

    *by_hand* takes those too whose own interval is not over, but none whose publisher asked us to wait.
    With *per_host* no host has more than so many leases on it, those of other programs included (PostgreSQL).
    """
    wanted = sa.select(feeds).where(_may_be_asked(now, by_hand))
    if per_host is not None:
        places.take_turns(connection)
        may, due = _may_be_asked(now, by_hand), _due(by_hand)
        wanted = wanted.where(feeds.c.id.in_(places.with_room(may, due, now, per_host)))
    first = wanted.order_by(_due(by_hand), feeds.c.id).limit(limit).with_for_update(skip_locked=True)
    rows = connection.execute(first).all()
    for chunk in chunks(row.id for row in rows):
        taken = sa.update(feeds).where(feeds.c.id.in_(chunk))
        connection.execute(taken.values(lease_owner=owner, lease_until=now + lease, lease_at=feeds.c.host))
    waits = courtesy.waits(connection) if rows else {}
    return tuple(_claim(row, waits, now) for row in rows)


def peek(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> tuple[Claim, ...]:
    """Return the active feeds as claims would have them, without taking a lease."""
    waits = courtesy.waits(connection)
    found = connection.execute(sa.select(feeds).where(feeds.c.active, *which))
    return tuple(_claim(row, waits, None) for row in found)


def renew(connection: sa.Connection, owner: str, until: datetime) -> None:
    """Let the leases that *owner* has last until then."""
    mine = sa.update(feeds).where(feeds.c.lease_owner == owner, feeds.c.lease_until < until)
    connection.execute(mine.values(lease_until=until))


def release(connection: sa.Connection, owner: str) -> None:
    """Give back every lease of *owner*."""
    mine = sa.update(feeds).where(feeds.c.lease_owner == owner)
    connection.execute(mine.values(lease_owner=None, lease_until=None))


def give_back(connection: sa.Connection, put_off: Collection[int]) -> None:
    """Give back the leases of feeds that were not asked after all."""
    for chunk in chunks(put_off):
        held = sa.update(feeds).where(feeds.c.id.in_(chunk))
        connection.execute(held.values(lease_owner=None, lease_until=None))


def release_all(connection: sa.Connection) -> None:
    """Give back the leases of owners that are known to be dead."""
    held = sa.update(feeds).where(feeds.c.lease_until.is_not(None))
    connection.execute(held.values(lease_owner=None, lease_until=None))


def settle(connection: sa.Connection, settlements: Collection[Settlement]) -> None:
    """Write down how the claims ended, all in one statement, and give the leases back."""
    if not settlements:
        return
    note_names(connection, settlements)
    execute_many(connection, _SETTLE, [_settled(settlement) for settlement in settlements])
    courtesy.keep_waits(connection, [each.host_wait for each in settlements if each.host_wait])


def _due(by_hand: bool) -> sa.Column[Any]:
    return feeds.c.not_before if by_hand else feeds.c.next_due


def _may_be_asked(now: datetime, by_hand: bool) -> sa.ColumnElement[bool]:
    """Return the condition that a feed is due and free, and that nobody wants it left alone."""
    waiting = sa.select(hosts.c.host).where(hosts.c.wait_until > now)
    return sa.and_(
        feeds.c.active,
        ~feeds.c.gone,
        _due(by_hand) <= now,
        sa.or_(feeds.c.lease_until.is_(None), feeds.c.lease_until <= now),
        sa.or_(
            ~feeds.c.wait_with_host,
            sa.and_(feeds.c.host.not_in(waiting), feeds.c.answered_by.not_in(waiting)),
        ),
        # Whatever was planned: who sleeps through an hour wakes up in another one.
        feeds.c.skip_hours.bitwise_and(1 << now.hour) == 0,
        feeds.c.skip_days.bitwise_and(1 << now.weekday()) == 0,
    )


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
        "wait_with_host": subscription.wait_with_host,
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
    "answered_by": "",
    "fresh_for": None,
    "skip_hours": 0,
    "skip_days": 0,
    "weight": 0,
    "marked": "",
    "hub": "",
    "topic": "",
}


_GOLDEN = 0.618033988749895  # its multiples, less the whole, lie as evenly as numbers can


def _renew(connection: sa.Connection, row: sa.Row[Any], new: Subscription, now: datetime) -> None:
    """Bring a feed's row to what the admin says now; what changes nothing writes nothing."""
    values = _asked(new)
    old = SUBSCRIPTION.validate_json(row.subscription)
    if row.active and old == new:
        return
    about = about_of(row.about)
    values["name"] = new.title or (about.title if about else host(new.url))
    if row.url != new.url and new.url == row.moved_to:
        values |= {"moved_to": None}  # the admin wrote down the move: all that we know of the feed holds
    elif row.url != new.url:
        values |= {**_FORGOTTEN, "host": host(new.url), "next_due": now, "not_before": now}
    elif row.last_polled is not None and new.every < old.every:
        # Those that are late by the new interval come within it one by one, not all at this moment.
        soonest = max(row.last_polled + new.every, now + new.every * (row.id * _GOLDEN % 1))
        values["next_due"] = max(row.not_before, min(row.next_due, soonest))
    if (new.keep, new.drop) != (old.keep, old.drop):
        values |= {"body_hash": b"", "item_hashes": b""}  # what was dropped may be wanted now
        if row.marked:
            values["marked"] = f"rules, {row.marked}"  # it may have been the old rules' fault: read it again
    connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(values))
    if new.priority != old.priority:
        choose_leads_of_feed(connection, row.id, now)
        choose_story_leads_of_feed(connection, row.id, now)
    if (new.key, new.categories) != (old.key, old.categories):
        index_feed(connection, row.id)


def _remember(connection: sa.Connection, config: Config, now: datetime) -> None:
    text = CONFIG.dump_json(replace(config, store="")).decode()  # the web processes need no password
    known = connection.execute(sa.select(desk.c.config)).scalar_one()
    connection.execute(sa.update(desk).values(config=text, config_error=None))
    if text != known:
        renew_all(connection, now)


def _claim(row: sa.Row[Any], waits: Mapping[str, datetime], taken: datetime | None) -> Claim:
    told = [waits[name] for name in (row.host, row.answered_by) if name in waits and row.wait_with_host]
    return Claim(
        feed=row.id,
        subscription=SUBSCRIPTION.validate_json(row.subscription),
        url=row.moved_to or row.url,
        validators=validators_of(row),
        body_hash=row.body_hash,
        item_hashes=row.item_hashes,
        failures=row.failures,
        about=about_of(row.about),
        host=row.host,
        taken=taken,
        polled=row.last_polled,
        not_before=max(row.not_before, *told) if told else row.not_before,
        waiting=row.waiting,
        status=row.status,
        fresh_for=None if row.fresh_for is None else timedelta(seconds=row.fresh_for),
        weight=row.weight,
        marked=row.marked,
        pushed=bool(taken and row.pushed_until and row.pushed_until > taken),
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
        answered_by=_given("answered_by"),
        fresh_for=_given("fresh_for"),
        skip_hours=_given("skip_hours"),
        skip_days=_given("skip_days"),
        weight=_given("weight"),
        marked=_given("marked"),
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
        "b_answered_by": settlement.answered_by,
        "b_fresh_for": None if settlement.fresh_for is None else settlement.fresh_for // _SECOND,
        "b_skip_hours": _bits(settlement.about.skip_hours, 24) if settlement.about else None,
        "b_skip_days": _bits(settlement.about.skip_days, 7) if settlement.about else None,
        "b_weight": settlement.weight,
        "b_marked": settlement.marked,
    }


_SECOND = timedelta(seconds=1)


def _bits(skipped: frozenset[int], all_of_them: int) -> int:
    """Return a bit for each of *skipped*; who skips all has said nothing."""
    return sum(1 << each for each in skipped) if len(skipped) < all_of_them else 0
