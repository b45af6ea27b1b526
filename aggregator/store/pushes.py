"""Pushes: the hubs that feeds name, and what they were asked for (WebSub)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from aggregator.links import host, without_credentials
from aggregator.model import Callback, Letter, Mode, Push, Settlement
from aggregator.store import courtesy
from aggregator.store.rows import SUBSCRIPTION
from aggregator.store.tables import Instant, desk, feeds, hub_subscriptions

KEPT = timedelta(days=30)  # that the callback of a subscription that is over says so
LONGEST_ADDRESS = 1000  # of a hub or a topic; PostgreSQL indexes 2,700 bytes
MOST_GOODBYES = 5  # letters that ask for an end; then the lease ends by itself
DENIED = timedelta(days=1)  # before a hub that said no is asked again

subs = hub_subscriptions
_SAME = sa.and_(subs.c.feed == feeds.c.id, subs.c.hub == feeds.c.hub, subs.c.topic == feeds.c.topic)
# As the index has it: SQLite does not know that a parameter is empty.
_OFFERS = sa.and_(feeds.c.active, ~feeds.c.gone, sa.text("feeds.hub <> ''"))
_OFFER = (
    sa.update(feeds)
    .where(feeds.c.id == sa.bindparam("b_feed"))
    .values(hub=sa.bindparam("b_hub"), topic=sa.bindparam("b_topic"))
)


def keep_offers(connection: sa.Connection, settlements: Collection[Settlement]) -> None:
    """Write down which hub each feed names, where its document was read."""
    rows = []
    for settlement in settlements:
        if about := settlement.about:
            hub, topic = about.hub or "", about.topic or ""
            if not hub or not topic or max(len(hub), len(topic)) > LONGEST_ADDRESS:
                hub = topic = ""
            rows.append({"b_feed": settlement.feed, "b_hub": hub, "b_topic": topic})
    if rows:
        connection.execute(_OFFER, rows)


def is_anything_to_do(connection: sa.Connection, now: datetime, site: str) -> bool:
    """Say whether `arrange` or `letters` would find something."""
    found = (_missing(site), _stale(site), _due(now), _lapsed(now))
    wanted = sa.or_(*(sa.exists().where(condition) for condition in found))
    return bool(connection.execute(sa.select(wanted)).scalar_one())


def arrange(connection: sa.Connection, now: datetime, site: str, unguessable: Callable[[], str]) -> None:
    """Want a subscription to each hub that a feed names, and no other.

    *site* is our public address, '' where we have none, and none is wanted.

    Feeds whose hub has gone silent are polled as often as before, one after another.
    """
    connection.execute(sa.select(desk.c.id).with_for_update())  # no other program does the same meanwhile
    over = sa.update(subs).where(_stale(site))
    connection.execute(over.values(wanted=False, asked="", asked_at=now, next_try=now, failures=0))
    missing = sa.select(feeds.c.id, feeds.c.hub, feeds.c.topic).where(_missing(site))
    for row in connection.execute(missing).all():
        connection.execute(
            sa.insert(subs).values(
                feed=row.id,
                hub=row.hub,
                topic=row.topic,
                site=site,
                token=unguessable(),
                secret=unguessable(),
                wanted=True,
                asked="",
                asked_at=now,
                next_try=now,
                failures=0,
                refused=0,
            )
        )
    for feed in connection.execute(sa.select(feeds).where(_lapsed(now))).all():
        _poll_again(connection, feed, now)


def letters(
    connection: sa.Connection, now: datetime, limit: int, wait: Callable[[int], timedelta]
) -> tuple[Letter, ...]:
    """Take at most *limit* letters that are due; *wait* tells how long to wait after so many failures.

    They count as failed until the hub has verified them, so what was lost on the way is written again.
    """
    due = sa.select(subs).where(_due(now)).order_by(subs.c.next_try).limit(limit)
    waits = courtesy.waits(connection)
    taken = []
    for row in connection.execute(due.with_for_update(skip_locked=True)).all():
        mode = _mode(row, now)
        mine = subs.c.id == row.id
        rests = waits.get(host(row.hub), now)
        if rests > now:
            connection.execute(sa.update(subs).where(mine).values(next_try=rests))
            continue
        if mode is None:
            _let_go(connection, row, now)
            continue
        asked: dict[str, Any] = {
            "asked": mode,
            "asked_at": now,
            "failures": row.failures + 1,
            "next_try": now + wait(row.failures + 1),
        }
        connection.execute(sa.update(subs).where(mine).values(asked))
        taken.append(
            Letter(row.id, row.feed, mode, row.hub, row.topic, row.site, row.token, row.secret, row.failures)
        )
    return tuple(taken)


def refused(connection: sa.Connection, letter: Letter, error: str, not_before: datetime | None) -> None:
    """Write down that a letter was not taken, unless the hub has verified it meanwhile."""
    still = sa.and_(subs.c.id == letter.subscription, subs.c.asked == letter.mode)
    connection.execute(sa.update(subs).where(still).values(error=error, asked=""))
    if not_before is not None:
        sooner = sa.and_(subs.c.id == letter.subscription, subs.c.next_try < not_before)
        connection.execute(sa.update(subs).where(sooner).values(next_try=not_before))


def callback(connection: sa.Connection, token: str) -> Callback | None:
    """Return what is known of a callback; None where there never was one, or long ago."""
    row = connection.execute(sa.select(subs).where(subs.c.token == token)).first()
    return None if row is None else Callback(row.id, row.secret, row.wanted)


def verify(
    connection: sa.Connection,
    token: str,
    mode: str,
    topic: str,
    until: datetime,
    renew_at: datetime,
) -> bool:
    """Confirm to a hub what it was asked for; False where it was not."""
    mine = sa.and_(subs.c.token == token, subs.c.topic == topic, subs.c.asked == mode, subs.c.asked != "")
    row = connection.execute(sa.select(subs).where(mine).with_for_update()).first()
    if row is None:
        return False
    values: dict[str, Any] = {"asked": "", "failures": 0, "error": None}
    if mode == "subscribe":
        values |= {"lease_until": until, "next_try": renew_at}
        slow = sa.and_(feeds.c.id == row.feed, feeds.c.pushed_until.is_not(None))
        connection.execute(sa.update(feeds).where(slow).values(pushed_until=until))
    else:
        values |= {"lease_until": None}
    connection.execute(sa.update(subs).where(subs.c.id == row.id).values(values))
    return True


def deny(connection: sa.Connection, token: str, topic: str, reason: str, now: datetime) -> bool:
    """Note that a hub will not deliver, or not any longer (5.2); False where it was never asked to."""
    mine = sa.update(subs).where(subs.c.token == token, subs.c.topic == topic, subs.c.wanted)
    values = {"asked": "", "lease_until": None, "error": reason, "next_try": now + DENIED}
    return bool(connection.execute(mine.values(values)).rowcount)


def doubt(connection: sa.Connection, settlements: Collection[Settlement], brought: Collection[int]) -> None:
    """Poll those as often as before whose polls *brought* news that no hub had delivered."""
    for settlement in settlements:
        if settlement.due_without_hub is not None and settlement.feed in brought:
            mine = sa.update(feeds).where(feeds.c.id == settlement.feed)
            connection.execute(mine.values(pushed_until=None, next_due=settlement.due_without_hub))


def shown(connection: sa.Connection, now: datetime) -> dict[str, Push]:
    """Return how the hub of each feed does, by the feed's key."""
    columns = (subs, feeds.c.key, feeds.c.pushed_until)
    rows = connection.execute(sa.select(*columns).join(feeds, feeds.c.id == subs.c.feed).where(subs.c.wanted))
    return {
        row.key: Push(
            hub=without_credentials(row.hub),
            until=row.lease_until if row.lease_until and row.lease_until > now else None,
            last_delivery=row.last_delivery,
            is_slowing=row.pushed_until is not None and row.pushed_until > now,
            refused=row.refused,
            error=row.error,
        )
        for row in rows
    }


def put_back(connection: sa.Connection, now: datetime) -> None:
    """Ask those hubs anew that were asked when the clock was ahead of *now*."""
    ahead = sa.update(subs).where(subs.c.asked_at > now)
    connection.execute(ahead.values(asked_at=now, next_try=now, lease_until=None))


def _missing(site: str) -> sa.ColumnElement[bool]:
    """Return the condition that a feed names a hub which is not subscribed to."""
    return sa.and_(
        sa.literal(bool(site)), _OFFERS, ~sa.exists().where(_SAME, subs.c.site == site, subs.c.wanted)
    )


def _stale(site: str) -> sa.ColumnElement[bool]:
    """Return the condition that no feed names the hub of a subscription any more."""
    return sa.and_(subs.c.wanted, sa.or_(subs.c.site != site, ~sa.exists().where(_SAME, _OFFERS)))


def _due(now: datetime) -> sa.ColumnElement[bool]:
    return subs.c.next_try <= now


def _lapsed(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition that a feed is polled seldom, and its hub delivers no longer."""
    lasting = sa.exists().where(_SAME, subs.c.wanted, subs.c.lease_until > now)
    return sa.and_(feeds.c.pushed_until.is_not(None), sa.or_(feeds.c.pushed_until <= now, ~lasting))


def _mode(row: sa.Row[Any], now: datetime) -> Mode | None:
    """Return what to ask the hub of a subscription for; None: nothing any more."""
    if row.wanted:
        return "subscribe"
    lasts = row.lease_until is not None and row.lease_until > now
    return "unsubscribe" if lasts and row.failures < MOST_GOODBYES else None


def _let_go(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> None:
    """Forget a subscription that is over, when its hub has had time to hear of it."""
    mine, ends = subs.c.id == row.id, row.asked_at + KEPT
    if ends <= now:
        connection.execute(sa.delete(subs).where(mine))
    else:
        connection.execute(sa.update(subs).where(mine).values(next_try=ends, asked=""))


_GOLDEN = 0.618033988749895  # its multiples, less the whole, lie as evenly as numbers can


def _poll_again(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> None:
    every = SUBSCRIPTION.validate_json(row.subscription).every
    soonest = max(row.not_before, min(row.next_due, now + every * (row.id * _GOLDEN % 1)))
    mine = sa.update(feeds).where(feeds.c.id == row.id)
    connection.execute(mine.values(pushed_until=None, next_due=sa.literal(soonest, Instant)))
