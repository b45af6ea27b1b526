"""The forum: the part of the store where readers ask for reactions, and where the poller leaves them.

A row for each entry whose reactions somebody wanted to see. Pages make no requests themselves: they write
down what is wanted, and the program that polls asks for it in its own way.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.links import host
from aggregator.model import Claim, Inquiry, Reaction, Reactions, Reply, Validators
from aggregator.store import courtesy
from aggregator.store.rows import SUBSCRIPTION
from aggregator.store.tables import MICROSECOND, entries, feeds, headlines, hosts, reactions

MOST_WAITING = 100  # of readers' wishes at once; more than that nobody waits for
PATIENCE = timedelta(minutes=2)  # that a wish is good for: then its reader has gone
LEASE = timedelta(minutes=1)  # that an inquiry may take, before it counts as lost
APART = timedelta(seconds=2)  # two inquiries at one source
KEPT = timedelta(days=7)  # after they were last read

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
_ITEMS: TypeAdapter[tuple[Reaction, ...]] = TypeAdapter(tuple[Reaction, ...])


class Forum:
    """What readers want to see below articles; each method is a transaction, as those of the store are."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def reactions(self, headline: int, now: datetime) -> Reactions | None:
        """Return the reactions to a headline as they were last read; None where none can be asked for."""
        with self._read() as connection:
            place = _place_of(connection, headline)
            if place is None:
                return None
            row = connection.execute(sa.select(reactions).where(reactions.c.entry == place.id)).first()
        if row is None or row.url != place.comments_feed:
            return Reactions()
        return Reactions(
            items=_ITEMS.validate_json(row.items) if row.items else (),
            read=row.read,
            failed=row.error is not None,
            is_waiting=row.wanted is not None and row.wanted > now - PATIENCE,
            may_be_asked=row.not_before is None or row.not_before <= now,
        )

    def want(self, headline: int, now: datetime) -> None:
        """Note that a reader wants to see the reactions to a headline, unless they were just asked for."""
        with self._write() as connection:
            place = _place_of(connection, headline)
            if place is None or _waiting(connection, now) >= MOST_WAITING:
                return
            row = connection.execute(sa.select(reactions).where(reactions.c.entry == place.id)).first()
            if row is not None and row.url != place.comments_feed:  # what was read elsewhere tells nothing
                connection.execute(sa.delete(reactions).where(reactions.c.entry == place.id))
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            new = insert(reactions).values(
                entry=place.id,
                feed=place.feed,
                url=place.comments_feed,
                host=host(place.comments_feed),
                wanted=now,
            )
            idle = sa.or_(reactions.c.wanted.is_(None), reactions.c.wanted <= now - PATIENCE)
            stale = sa.or_(reactions.c.not_before.is_(None), reactions.c.not_before <= now)
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=["entry"], set_={"wanted": now}, where=sa.and_(idle, stale)
                )
            )

    def inquiries(self, now: datetime, limit: int) -> tuple[Inquiry, ...]:
        """Take at most *limit* inquiries that are to be made now, the longest wanted first.

        A source is asked one at a time, and not one right after the other; a host that wants to be left
        alone is.
        """
        with self._read() as connection:
            if not _waiting(connection, now):
                return ()
        with self._write() as connection:
            found = {row.feed: row for row in reversed(_due(connection, now))}
            taken = sorted(found.values(), key=lambda row: row.wanted)[:limit]
            mine = sa.update(reactions).where(reactions.c.entry.in_([row.entry for row in taken]))
            connection.execute(mine.values(taken_until=now + LEASE))
        return tuple(Inquiry(row.entry, _claim(row, now)) for row in taken)

    def settle(self, reply: Reply) -> None:
        """Keep what came of an inquiry."""
        values: dict[str, Any] = {
            "wanted": None,
            "taken_until": None,
            "read": reply.at,
            "not_before": reply.not_before,
            "error": reply.error,
        }
        if reply.error is None:
            values |= {"etag": reply.etag, "last_modified": reply.last_modified}
        if reply.items is not None:
            values["items"] = _ITEMS.dump_json(reply.items).decode()
        with self._write() as connection:
            mine = sa.update(reactions).where(reactions.c.entry == reply.entry)
            connection.execute(mine.values(values))
            courtesy.keep_waits(connection, [reply.host_wait] if reply.host_wait else [])

    def is_resting(self, host: str, now: datetime) -> bool:
        """Say whether a host wants to be left alone."""
        with self._read() as connection:
            return courtesy.waits(connection).get(host, now) > now

    def rest(self, host: str, until: datetime) -> None:
        """Leave a host alone until then, feeds and all."""
        with self._write() as connection:
            courtesy.keep_waits(connection, [(host, until)])

    def give_back(self, entry: int) -> None:
        """Note that an inquiry was not made after all; it may be made while somebody still waits for it."""
        with self._write() as connection:
            mine = sa.update(reactions).where(reactions.c.entry == entry)
            connection.execute(mine.values(taken_until=None))

    def forget(self, now: datetime) -> None:
        """Forget what nobody has asked for lately."""
        with self._write() as connection:
            last = sa.func.coalesce(reactions.c.read, reactions.c.wanted, 0)
            connection.execute(sa.delete(reactions).where(last < now - KEPT))


def put_on(connection: sa.Connection, leap: timedelta) -> None:
    """Let waits last as long as they would have, now that the clock was put on by *leap*."""
    later = sa.type_coerce(reactions.c.not_before, sa.BigInteger) + leap // MICROSECOND
    connection.execute(sa.update(reactions).values(not_before=later))


def put_back(connection: sa.Connection, now: datetime) -> None:
    """Bring back what happened later than *now*; who waited then asks again."""
    ahead = sa.type_coerce(reactions.c.read, sa.BigInteger) - sa.literal(now, reactions.c.read.type)
    wait = sa.type_coerce(reactions.c.not_before, sa.BigInteger) - ahead
    connection.execute(sa.update(reactions).where(reactions.c.read > now).values(read=now, not_before=wait))
    late = sa.or_(reactions.c.wanted > now, reactions.c.taken_until > now + LEASE)
    connection.execute(sa.update(reactions).where(late).values(wanted=None, taken_until=None))


def _place_of(connection: sa.Connection, headline: int) -> Any:
    """Return the entry of a headline of which reactions can be read: the one that leads it, or another."""
    wanted = (
        sa.select(entries.c.id, entries.c.feed, entries.c.comments_feed)
        .join_from(headlines, entries, entries.c.headline == headlines.c.id)
        .join(feeds, feeds.c.id == entries.c.feed)
        .where(headlines.c.id == headline, entries.c.comments_feed.is_not(None), feeds.c.active)
        .order_by((entries.c.id == headlines.c.lead).desc(), entries.c.id)
    )
    return connection.execute(wanted.limit(1)).first()


def _waiting(connection: sa.Connection, now: datetime) -> int:
    waiting = sa.select(sa.func.count()).where(reactions.c.wanted > now - PATIENCE)
    return connection.execute(waiting).scalar_one()


def _due(connection: sa.Connection, now: datetime) -> list[Any]:
    """Return what may be asked now, the longest wanted first."""
    resting = sa.select(hosts.c.host).where(hosts.c.wait_until > now)
    busy = sa.select(reactions.c.feed).where(
        sa.or_(reactions.c.taken_until > now, reactions.c.read > now - APART)
    )
    wanted = (
        sa.select(reactions, feeds.c.subscription)
        .join(feeds, feeds.c.id == reactions.c.feed)
        .where(
            reactions.c.wanted > now - PATIENCE,
            reactions.c.feed.not_in(busy),
            sa.or_(~feeds.c.wait_with_host, reactions.c.host.not_in(resting)),
            feeds.c.active,
        )
        .order_by(reactions.c.wanted)
        .limit(MOST_WAITING)
    )
    return list(connection.execute(wanted).all())


def _claim(row: Any, now: datetime) -> Claim:
    return Claim(
        feed=row.feed,
        subscription=SUBSCRIPTION.validate_json(row.subscription),
        url=row.url,
        validators=Validators(row.etag, row.last_modified),
        host=row.host,
        taken=now,
        not_before=row.not_before,
    )
