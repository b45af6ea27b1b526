"""Held: how many bytes of bodies are in memory at once, whoever sends them. Pure.

Hundreds of transfers are under way together, and each may bring poll.max_body: without a bound for them
all, a few dozen hostile publishers would fill the memory. Beyond it those who bring much pause until there is
room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

MOST = 12_000_000  # bytes of all bodies: those that come in and those that nobody has read yet
ALWAYS = 200_000  # bytes of one body that are taken at any rate: nearly every feed


class Held:
    """The bytes that each transfer has brought, and those that wait elsewhere to be read."""

    def __init__(self) -> None:
        self.unread = 0
        self._brought: Counter[Hashable] = Counter()

    def take(self, transfer: Hashable, size: int) -> bool:
        """Count *size* bytes more of *transfer*; say False, and count nothing, where there is no room."""
        if not (self._brought[transfer] + size <= ALWAYS or self._room(size) or self._leads(transfer)):
            return False
        self._brought[transfer] += size
        return True

    def let_go(self, transfer: Hashable) -> None:
        """Forget what *transfer* has brought."""
        self._brought.pop(transfer, None)

    def _room(self, size: int) -> bool:
        return self.unread + self._brought.total() + size <= MOST

    def _leads(self, transfer: Hashable) -> bool:
        """Say whether nobody has brought more: who leads goes on, so that one of them ends and makes room.

        Not where readers have enough to do: they make room themselves.
        """
        return self.unread < MOST and self._brought[transfer] >= max(self._brought.values(), default=0)
