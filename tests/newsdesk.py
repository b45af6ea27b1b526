"""One program on one store, with everything real but the publisher and the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from newsroom import NOON, configuration
from pebble import ProcessPool

from aggregator.fetch import Client
from aggregator.model import Config, Outcome, Polling, Subscription
from aggregator.pipeline import Refresher
from aggregator.store import Store

LOOPBACK = Polling(
    allow_networks=("127.0.0.0/8",), timeout=timedelta(seconds=5), floor=timedelta(minutes=1), per_host=8
)


class Newsdesk:
    """One program on one store; its clock stands still until it is told."""

    def __init__(self, store: Store, workers: ProcessPool) -> None:
        self.store, self.now = store, NOON
        self._client = Client(LOOPBACK, "Test/1")
        self._refresher = Refresher(
            configuration(polling=LOOPBACK), store, self._client, workers, self.clock, lambda: 0.0
        )

    def clock(self) -> datetime:
        return self.now

    def subscribe(self, *subscriptions: Subscription) -> Config:
        config = configuration(*subscriptions, polling=LOOPBACK)
        self.store.accept(config, self.now)
        return config

    def poll(self, by_hand: bool = False) -> dict[str, Outcome]:
        """Poll what is due now, to the end."""
        self._refresher.submit(self.store.claim(self.now, 1000, "test", timedelta(minutes=3), by_hand))
        outcomes: dict[str, Outcome] = {}
        turns = 0
        while self._refresher.pending:
            outcomes |= {outcome.key: outcome for outcome in self._refresher.turn(0.05)}
            # The batch's age is told by the clock, which stands still: that must not keep it back for ever.
            turns += 1
            assert turns < 1000
        return outcomes

    def after(self, **span: float) -> Newsdesk:
        self.now += timedelta(**span)
        return self

    def close(self) -> None:
        self._client.close()
