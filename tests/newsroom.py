"""What many tests need: a configuration, entries, and a way to put them into a store as the program does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator import dedupe
from aggregator.dedupe import Index
from aggregator.model import Arrival, Claim, Config, Entry, Html, Plan, Settlement, Site, Subscription
from aggregator.pipeline.deciding import Decider
from aggregator.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def subscription(key: str, **values: Any) -> Subscription:
    return Subscription(
        **{"key": key, "url": f"https://{key}.example/feed", "every": timedelta(minutes=15), **values}
    )


def configuration(*keys: str | Subscription, **values: Any) -> Config:
    feeds = tuple(key if isinstance(key, Subscription) else subscription(key) for key in keys)
    site = Site(title="De Draad", link="https://draad.example/", language="nl")
    return Config(**{"subscriptions": feeds, "store": "", "site": site, **values})


def entry(title: str, **values: Any) -> Entry:
    name = title.lower().replace(" ", "-")
    known = {
        "id": f"https://news.example/{name}",
        "link": f"https://news.example/{name}",
        "title": title,
        "published": NOON,
        "summary": f"{title}, in short.",
        "content": Html(f"<p>{title}, at length.</p>"),
    }
    return Entry(**{**known, **values})


def claims(store: Store, now: datetime = NOON) -> dict[str, Claim]:
    return {c.subscription.key: c for c in store.claim(now, 1000, "test", timedelta(minutes=3))}


def settlement(feed: int, now: datetime = NOON, **values: Any) -> Settlement:
    due = now + timedelta(minutes=15)
    return Settlement(
        **{
            "feed": feed,
            "at": now,
            "next_due": due,
            "not_before": now,
            "status": 200,
            "failures": 0,
            **values,
        }
    )


def arrivals(store: Store, news: dict[str, Sequence[Entry]]) -> list[Arrival]:
    """Return what each feed of *news* brings, the last in a list first, in the order of time."""
    rows = {claim.subscription.key: claim for claim in store.peek()}
    found = [
        dedupe.arrival(
            rows[key].feed, key, rows[key].subscription.url, each, not rows[key].subscription.dedupe, key
        )
        for key, entries in news.items()
        for each in reversed(entries)
    ]
    return sorted(found, key=lambda arrival: arrival.entry.published)


def ingest(store: Store, decider: Decider, news: dict[str, Sequence[Entry]], now: datetime = NOON) -> Plan:
    """Let each feed of *news* bring these entries, decided upon as the program does."""
    with store.ledger(now, ()) as ledger:
        return decider.ingest(ledger, ledger.listed(arrivals(store, news)), now)


def bring(
    store: Store, news: dict[str, Sequence[Entry]], now: datetime = NOON, index: Index | None = None
) -> Plan:
    """Let each feed of *news* bring these entries, the last in a list first, as one batch."""
    rows = {claim.subscription.key: claim for claim in store.peek()}
    index = Index(timedelta(hours=72)) if index is None else index
    with store.ledger(now, [settlement(rows[key].feed, now) for key in news]) as ledger:
        told = ledger.listed(arrivals(store, news))
        index.forget(now - index.window)
        index.learn(ledger.since(index.revision, now - index.window))
        numbers = dedupe.Numbers(ledger.next_entry, ledger.next_headline)
        plan = dedupe.decide(told, ledger.known(told), index, numbers, now, dedupe.Settings())
        ledger.carry_out(plan)
        index.revision = ledger.revision
    return plan


__all__ = [
    "HOUR",
    "NOON",
    "bring",
    "claims",
    "configuration",
    "entry",
    "replace",
    "settlement",
    "subscription",
]
