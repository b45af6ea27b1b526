"""What comes to the store's door together: the oldest first, and a poll before what a hub delivered."""

from __future__ import annotations

from dataclasses import replace

from newsroom import HOUR, NOON, entry, subscription

from aggregator import dedupe
from aggregator.model import Arrival, Claim, Entry, Outcome, Receipt
from aggregator.pipeline.arriving import Ready, freshest

CLAIM = Claim(1, subscription("dijkpost"), "https://dijkpost.example/feed")
DIKE, FERRY = entry("Dijk dicht", published=NOON), entry("Veerpont vaart", published=NOON - HOUR)


def ready(*entries: Entry, pushed: bool = False) -> Ready:
    made = (dedupe.arrival(1, "dijkpost", CLAIM.url, each, False, "Dijkpost") for each in entries)
    arrivals = tuple(replace(arrival, pushed=pushed) for arrival in made)
    return Ready(CLAIM, None, Outcome("dijkpost", "news"), arrivals, Receipt(1) if pushed else None)


def told(arrivals: list[Arrival]) -> list[tuple[str, bool]]:
    return [(arrival.entry.title, arrival.pushed) for arrival in arrivals]


def test_the_oldest_comes_first() -> None:
    assert told(freshest([ready(DIKE), ready(FERRY, pushed=True)])) == [
        (FERRY.title, True),
        (DIKE.title, False),
    ]


def test_of_what_was_polled_and_delivered_together_the_poll_counts_whichever_came_first() -> None:
    polled, pushed = ready(replace(DIKE, title="Dijk open")), ready(DIKE, FERRY, pushed=True)
    for batch in ([polled, pushed], [pushed, polled]):
        assert told(freshest(batch)) == [(FERRY.title, True), ("Dijk open", False)]
