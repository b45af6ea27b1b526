"""One program on one store, with everything real but the publisher and the clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from newsroom import NOON, configuration

from aggregator.fetch import Client
from aggregator.model import Claim, Config, Outcome, Polling, Subscription
from aggregator.pipeline.reading import SLOWEST_READ
from aggregator.pipeline.refreshing import Refresher
from aggregator.pipeline.workers import Workers
from aggregator.store import Store

LOOPBACK = Polling(
    allow_networks=("127.0.0.0/8",), timeout=timedelta(seconds=5), floor=timedelta(minutes=1), per_host=8
)


class Newsdesk:
    """One program on one store; its clock stands still until it is told."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        polling: Polling = LOOPBACK,
        chance: Callable[[], float] = lambda: 0.0,
        slowest_read: float = SLOWEST_READ,
    ) -> None:
        self.store, self.now, self.polling, self.name = store, NOON, polling, f"test/{id(self)}"
        self._client = Client(polling, "Test/1")
        self._refresher = Refresher(
            configuration(polling=polling), store, self._client, workers, self.clock, chance, slowest_read
        )

    def clock(self) -> datetime:
        return self.now

    def subscribe(self, *subscriptions: Subscription) -> Config:
        config = configuration(*subscriptions, polling=self.polling)
        self.store.accept(config, self.now)
        return config

    def accept(self, config: Config) -> None:
        """Go on under *config*."""
        self.store.accept(config, self.now)
        self._refresher.reconfigure(config)

    def correspond(self) -> dict[str, Outcome]:
        """Write to the hubs that are due, and read what they delivered, to the end."""
        self._refresher.correspond(self.now, lambda: secrets.token_urlsafe(24))
        return self._finish()

    def poll(self, by_hand: bool = False) -> dict[str, Outcome]:
        """Poll what is due now, to the end."""
        lease, per_host = timedelta(minutes=3), self.polling.per_host
        return self.ask(self.store.claim(self.now, 1000, self.name, lease, by_hand, per_host))

    def ask(self, claims: Iterable[Claim]) -> dict[str, Outcome]:
        """Ask for what was claimed, to the end."""
        self._refresher.submit(claims)
        return self._finish()

    def _finish(self) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {}
        turns = 0
        while self._refresher.pending:
            outcomes |= {outcome.key: outcome for outcome in self._refresher.turn(0.05)}
            # The batch's age is told by the clock, which stands still: that must not keep it back for ever.
            turns += 1
            assert turns < 1000
        outcomes |= {outcome.key: outcome for outcome in self._refresher.finish()}
        return outcomes

    def stop_once(self, holds: Callable[[], bool]) -> set[str]:
        """Poll, and stop as the program does soon after it *holds*; return whose answers were stored."""
        self._refresher.submit(self.store.claim(self.now, 1000, self.name, timedelta(minutes=3)))
        stored = list(self._refresher.turn(0.05))
        while not holds():
            stored += self._refresher.turn(0.05)
        stored += [*self._refresher.turn(0.05), *self._refresher.turn(0.05), *self._refresher.finish()]
        return {outcome.key for outcome in stored}

    def after(self, **span: float) -> Newsdesk:
        self.now += timedelta(**span)
        return self

    def close(self) -> None:
        self._client.close()


@contextmanager
def newsdesks(workers: Workers) -> Iterator[Callable[..., Newsdesk]]:
    """Yield what opens a program on a store; a second one on the same store is the program started again."""
    desks: list[Newsdesk] = []

    def open_one(url: str, **values: Any) -> Newsdesk:
        store = Store(url)
        store.create()
        desks.append(Newsdesk(store, **{"workers": workers, **values}))
        return desks[-1]

    yield open_one
    for desk in desks:
        desk.close()
        desk.store.close()
