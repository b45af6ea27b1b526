"""Turns: who may start next. At most so many at once for each host, the hosts in turn."""

from __future__ import annotations

from collections import Counter, deque

from aggregator.fetch.redirects import Errand


class Turns:
    """Errands that wait for room at their host."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._waiting: dict[str, deque[Errand]] = {}
        self._at_host: Counter[str] = Counter()
        # Hosts that have an errand waiting and room for it, each once; dict for its order.
        self._open: dict[str, None] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def join(self, errand: Errand) -> None:
        """Put *errand* in its host's row: one that is on its way before those that have not begun."""
        row = self._waiting.setdefault(errand.host, deque())
        if errand.passed:
            row.appendleft(errand)
        else:
            row.append(errand)
        self._offer(errand.host)

    def take(self) -> Errand | None:
        """Return the next errand, whose host is busy with it until `leave`; None if all must wait."""
        host = next(iter(self._open), None)
        if host is None:
            return None
        del self._open[host]
        errand = self._waiting[host].popleft()
        if not self._waiting[host]:
            del self._waiting[host]
        self._at_host[host] += 1
        self._offer(host)
        return errand

    def leave(self, host: str) -> None:
        """Note that one errand at *host* has ended."""
        self._at_host[host] -= 1
        if not self._at_host[host]:
            del self._at_host[host]
        self._offer(host)

    def allow(self, per_host: int) -> None:
        """Let *per_host* errands at once to each host from now on."""
        self._per_host = per_host
        self._open.clear()
        for host in self._waiting:
            self._offer(host)

    def clear(self) -> None:
        """Send home all who wait."""
        self._waiting.clear()
        self._open.clear()

    def _offer(self, host: str) -> None:
        if host in self._waiting and self._at_host[host] < self._per_host:
            self._open[host] = None
