"""Reading: a body made into arrivals. All of it happens in a worker process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate
from types import FrameType

from aggregator import dedupe, discover, filters, normalise, parse, websub
from aggregator.errors import FeedError, WebPageError
from aggregator.model import Arrival, Entry, Feed, Polling, Reaction, Response, Subscription

SLOWEST_READ = 10.0  # seconds that one document may take its worker; an honest one of 10 MB takes one
HEAVY = 2_000_000  # bytes
MOST_REACTIONS = 100  # to one article: the newest
MOST_SAID = 300_000  # characters of markup in all of them
SLOWEST_RULES = 1.0  # seconds of it, counted by the processor, that the rules may take


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


def is_heavy(job: Job) -> bool:
    """Say whether the body of *job* is larger than those of next to all feeds."""
    return len(job.response.body or b"") > HEAVY


def place_of(_room: int, _function: object, args: tuple[Job]) -> tuple[int, int]:
    """Return whose a job in the slow lane is, and the bytes of its body; large ones come one at a time."""
    (job,) = args
    return job.feed, 0 if is_heavy(job) else len(job.response.body or b"")


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
    hub, topic = websub.offered(job.response.headers, job.response.url)
    about = replace(about, hub=hub or about.hub, topic=topic or about.topic)
    with _at_most(SLOWEST_RULES):
        chosen = filters.chosen(entries, job.subscription)
    alone = not job.subscription.dedupe
    key, url = job.subscription.key, job.subscription.url
    arrivals = tuple(
        dedupe.arrival(job.feed, key, url, entry, alone, about.title) for entry in reversed(chosen)
    )
    return Reading(about, arrivals, document.item_hashes)


def read_reactions(job: Job) -> tuple[Reaction, ...]:
    """Return the newest reactions in a body, oldest first; raise FeedError. Runs in a worker process."""
    bounds = job.polling
    try:
        document = parse.parse(job.response, (), max_body=bounds.max_body, max_entries=MOST_REACTIONS)
    except WebPageError as error:
        raise FeedError(error.stage, error.message) from None
    _, entries = normalise.normalise(document, job.subscription, job.now)
    newest = sorted(entries, key=lambda entry: entry.published, reverse=True)
    sizes = accumulate(len(entry.content) for entry in newest)
    kept = [entry for entry, size in zip(newest, sizes, strict=True) if size <= MOST_SAID]
    return tuple(map(_reaction, reversed(kept)))


def _reaction(entry: Entry) -> Reaction:
    author = ", ".join(person.name for person in entry.authors)
    return Reaction(author, entry.published, entry.content, entry.link, entry.language)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Let a TimeoutError rise in what takes more than *seconds* of the processor: `re` heeds signals."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    former = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, former)


def _with_offers(error: WebPageError, url: str) -> FeedError:
    """Return the error with the addresses to put into feeds.yaml instead, as far as the page names any."""
    links = [offer.link for offer in discover.feeds_of(error.page, url)]
    if not links:
        return FeedError(error.stage, f"{error.message}, and it names no feed; look for the feed's address")
    return FeedError(error.stage, f"{error.message}; name one of its feeds instead: {', '.join(links)}")
