"""What hangs on a headline's entries: which of them speaks for it, and by what it is found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model import Addition, Subscription
from aggregator.store.rows import DETAILS, SUBSCRIPTION, chunks
from aggregator.store.tables import entries, feeds, headlines, terms
from aggregator.text import slug


def choose_leads(connection: sa.Connection, ids: Collection[int], now: datetime) -> None:
    """Let the source of the highest priority, then the earliest, speak for each of these headlines."""
    place = sa.func.row_number().over(
        partition_by=entries.c.headline, order_by=(feeds.c.priority.desc(), entries.c.published, entries.c.id)
    )
    for chunk in chunks(ids):
        ranked = (
            sa.select(entries.c.headline, entries.c.id, place.label("place"))
            .join(feeds)
            .where(entries.c.headline.in_(chunk))
            .subquery()
        )
        other = (
            sa.select(ranked.c.headline, ranked.c.id)
            .join(headlines, headlines.c.id == ranked.c.headline)
            .where(ranked.c.place == 1, headlines.c.lead != ranked.c.id)
        )
        for headline, lead in connection.execute(other).all():
            led = sa.update(headlines).where(headlines.c.id == headline)
            connection.execute(led.values(lead=lead, updated=now, changed=now))


def choose_leads_of_feed(connection: sa.Connection, feed: int, now: datetime) -> None:
    """Choose anew for the headlines that *feed* is in: its priority changed."""
    mine = sa.select(entries.c.headline).where(entries.c.feed == feed).distinct()
    choose_leads(connection, connection.execute(mine).scalars().all(), now)


def index_feed(connection: sa.Connection, feed: int) -> None:
    """Index anew the headlines that *feed* is in: its key or its categories changed."""
    mine = sa.select(entries.c.headline).where(entries.c.feed == feed).distinct()
    index_headlines(connection, connection.execute(mine).scalars().all())


def index_headlines(connection: sa.Connection, ids: Collection[int]) -> None:
    """Write the terms by which these headlines are found, from the entries that they have; none if held."""
    columns = (entries.c.headline, entries.c.language, entries.c.details, headlines.c.published, feeds.c.key)
    for chunk in chunks(ids):
        connection.execute(sa.delete(terms).where(terms.c.headline.in_(chunk)))
        rows = connection.execute(
            sa.select(*columns, feeds.c.subscription)
            .join_from(entries, headlines, headlines.c.id == entries.c.headline)
            .join(feeds, feeds.c.id == entries.c.feed)
            .where(entries.c.headline.in_(chunk), headlines.c.held.is_(None))
        ).all()
        found = {
            (term, row.published, row.headline)
            for row in rows
            for term in _terms(
                row.key,
                row.language,
                (
                    *DETAILS.validate_json(row.details)[1],
                    *SUBSCRIPTION.validate_json(row.subscription).categories,
                ),
            )
        }
        if found:
            names = ("term", "published", "headline")
            connection.execute(sa.insert(terms), [dict(zip(names, term, strict=True)) for term in found])


def subscriptions_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Subscription]:
    """Return what the admin says of these feeds."""
    found: dict[int, Subscription] = {}
    for chunk in chunks(ids):
        wanted = sa.select(feeds.c.id, feeds.c.subscription).where(feeds.c.id.in_(chunk))
        for row in connection.execute(wanted):
            found[row.id] = SUBSCRIPTION.validate_json(row.subscription)
    return found


def founding_terms(
    founders: Iterable[Addition], subscriptions: dict[int, Subscription]
) -> Iterable[dict[str, Any]]:
    """Yield the terms of headlines that have one entry yet."""
    for addition in founders:
        entry, subscription = addition.arrival.entry, subscriptions[addition.arrival.feed]
        for term in _terms(subscription.key, entry.language, (*entry.categories, *subscription.categories)):
            yield {"term": term, "published": entry.published, "headline": addition.headline}


def _terms(key: str, language: str | None, categories: Iterable[str]) -> set[str]:
    """Return what one entry is found by."""
    found = {f"category:{slug(category)}" for category in categories if slug(category)}
    found.add(f"source:{key}")
    if language:
        found.add(f"language:{language.partition('-')[0]}")
    return found
