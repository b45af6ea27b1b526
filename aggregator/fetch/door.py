"""Door: errands that a redirect leads to another host, until somebody who counts lets them in. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from aggregator.fetch.redirects import Errand
from aggregator.model import Request

AGAIN = 0.25  # seconds between two tries at one host
PATIENCE = 60.0  # seconds that an errand waits, far less than its lease lasts


class Door:
    """Errands that wait for a place; *admits* says whether a request may go to a host now."""

    def __init__(self) -> None:
        self.admits: Callable[[Request, str], bool] = lambda _request, _host: True
        self._waiting: dict[str, deque[tuple[Errand, float]]] = {}
        self._next_try: dict[str, float] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def knock(self, errand: Errand, at: float) -> None:
        """Let *errand* wait for a place at its host, from *at* (seconds) on."""
        self._waiting.setdefault(errand.host, deque()).append((errand, at + PATIENCE))

    def let_in(self, at: float) -> list[Errand]:
        """Return those who have a place now, those who came first before others."""
        entered: list[Errand] = []
        for host, row in tuple(self._waiting.items()):
            if self._next_try.get(host, at) > at:
                continue
            while row and self.admits(row[0][0].request, host):
                entered.append(row.popleft()[0])
            if row:
                self._next_try[host] = at + AGAIN
        self._tidy()
        return entered

    def turn_away(self, at: float) -> list[Errand]:
        """Return those who have waited long enough."""
        late: list[Errand] = []
        for row in self._waiting.values():
            while row and row[0][1] <= at:
                late.append(row.popleft()[0])
        self._tidy()
        return late

    def clear(self) -> None:
        """Send home all who wait."""
        self._waiting.clear()
        self._next_try.clear()

    def _tidy(self) -> None:
        for host in [host for host, row in self._waiting.items() if not row]:
            del self._waiting[host]
            self._next_try.pop(host, None)
