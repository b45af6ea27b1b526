"""Reading: a body made into arrivals. All of it happens in a worker process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator import dedupe, filters, normalise, parse
from aggregator.model import Arrival, Feed, Polling, Response, Subscription

SLOWEST_READ = 30.0  # seconds that one document may take its worker


@dataclass(frozen=True, slots=True)
class Job:
    """A body for a worker to read."""

    feed: int
    subscription: Subscription
    response: Response
    item_hashes: bytes
    polling: Polling
    now: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker made of it."""

    about: Feed
    arrivals: tuple[Arrival, ...]  # oldest first
    item_hashes: bytes


def read(job: Job) -> Reading:
    """Make a body into arrivals; raise FeedError where it cannot be. Runs in a worker process."""
    known = frozenset(job.item_hashes[at : at + 8] for at in range(0, len(job.item_hashes), 8))
    document = parse.parse(
        job.response, known, max_body=job.polling.max_body, max_entries=job.polling.max_entries
    )
    about, entries = normalise.normalise(document, job.subscription, job.now)
    chosen = filters.chosen(entries, job.subscription)
    alone = not job.subscription.dedupe
    arrivals = tuple(
        dedupe.arrival(job.feed, job.subscription.key, entry, alone) for entry in reversed(chosen)
    )
    return Reading(about, arrivals, document.item_hashes)
