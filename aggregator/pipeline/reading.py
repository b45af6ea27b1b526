"""Reading: a body made into arrivals. All of it happens in a worker process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator import dedupe, discover, filters, normalise, parse
from aggregator.errors import FeedError, WebPageError
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
    try:
        document = parse.parse(
            job.response, known, max_body=job.polling.max_body, max_entries=job.polling.max_entries
        )
    except WebPageError as error:
        raise _with_offers(error, job.response.url) from None
    about, entries = normalise.normalise(document, job.subscription, job.now)
    chosen = filters.chosen(entries, job.subscription)
    alone = not job.subscription.dedupe
    arrivals = tuple(
        dedupe.arrival(job.feed, job.subscription.key, entry, alone) for entry in reversed(chosen)
    )
    return Reading(about, arrivals, document.item_hashes)


def _with_offers(error: WebPageError, url: str) -> FeedError:
    """Return the error with the addresses to put into feeds.yaml instead, as far as the page names any."""
    links = [offer.link for offer in discover.feeds_of(error.page, url)]
    if not links:
        return FeedError(error.stage, f"{error.message}, and it names no feed; look for the feed's address")
    return FeedError(error.stage, f"{error.message}; the feeds that it names: {', '.join(links)}")
