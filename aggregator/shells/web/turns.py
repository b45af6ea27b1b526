"""Turns: one at a time makes what is at an address."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class _Turn:
    """Whose it is to make what is at one address, and how many want that."""

    lock: Lock = field(default_factory=Lock)
    wanted: int = 0


class Turns:
    """One at a time makes what is at an address: who waited finds on the shelf what the other put there."""

    def __init__(self) -> None:
        self._turns: dict[Hashable, _Turn] = {}
        self._lock = Lock()

    @contextmanager
    def at(self, address: Hashable) -> Iterator[None]:
        """Wait for the turn at *address*, and have it."""
        with self._lock:
            turn = self._turns.setdefault(address, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[address]
