"""Arriving: what has come all the way to the store's door, whether it was asked for or delivered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.errors import FeedError
from aggregator.model import Arrival, Claim, Delivery, Outcome, Receipt, Response, Settlement
from aggregator.pipeline.reading import Reading


@dataclass(frozen=True, slots=True)
class Ready:
    """A claim that is to be settled, or a delivery that is to be signed for."""

    claim: Claim
    settlement: Settlement | None  # None: it was delivered
    outcome: Outcome
    arrivals: tuple[Arrival, ...] = ()
    receipt: Receipt | None = None  # None: it was claimed


def unpacked(delivery: Delivery) -> Response:
    """Return what a hub delivered as if it had been asked for."""
    return Response(delivery.claim.url, 200, delivery.parcel.body, delivery.parcel.headers)


def delivered(claim: Claim, delivery: int, reading: Reading) -> Ready:
    """Return what a hub delivered: entries, and nothing that would be kept of the feed's own document."""
    arrivals = tuple(replace(arrival, pushed=True) for arrival in reading.arrivals)
    outcome = Outcome(claim.subscription.key, "news", entries=len(arrivals))
    return Ready(claim, None, outcome, arrivals, Receipt(delivery))


def unreadable(claim: Claim, delivery: int, error: FeedError) -> Ready:
    """Return what a hub delivered, and nobody can read."""
    what = f"what its hub delivered: {error.message}"
    outcome = Outcome(claim.subscription.key, "failed", error=what, stage=error.stage)
    return Ready(claim, None, outcome, receipt=Receipt(delivery, what))


def freshest(ready: Sequence[Ready]) -> list[Arrival]:
    """Return all arrivals, the oldest first; of what was polled and delivered at once, what was polled.

    The earliest founds the headline; of one document's undated entries the last in it is the oldest.
    """
    arrivals = [arrival for each in ready for arrival in each.arrivals]
    polled = {arrival.uid for arrival in arrivals if not arrival.pushed}
    kept = (arrival for arrival in arrivals if not arrival.pushed or arrival.uid not in polled)
    return sorted(kept, key=lambda arrival: arrival.entry.published)
