"""Held: how much of all bodies is kept at once, on disk and in memory, whoever sends them. Pure.

Hundreds of transfers are under way together, and each may bring poll.max_body. So what comes in is kept in
files, save a little of each, and only what is about to be read is in memory.

An answer of up to EACH bytes never waits for the others while it comes in, whatever they do: its room is its
own, and there are never more transfers and whole answers together than the client has places. So all take at
most EACH times the places, and MOST beyond. What is larger than EACH waits for room in MOST. There one at a
time, who has brought most, goes on at any rate, so that one ends.

What came in whole goes on to be read in the order in which it came: bodies larger than EACH one at a time,
and the others, which never wait for those, while the readers have at most UNREAD bytes of them. As UNREAD
is more than EACH, the first in the row goes on as soon as the readers have done with what they have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable

EACH = 2_000_000  # bytes of one body that are taken at any rate
MOST = 60_000_000  # bytes of all bodies together beyond that
UNREAD = 4_000_000  # bytes that were handed over, and that nobody has read yet


class Held:
    """The bytes that each transfer has brought, those that came in whole, and those with the readers."""

    def __init__(self) -> None:
        self._unread, self._large = 0, False
        self._coming: Counter[Hashable] = Counter()
        self._whole: Counter[Hashable] = Counter()

    def take(self, transfer: Hashable, size: int) -> bool:
        """Count *size* bytes more of *transfer*; say False, and count nothing, where there is no room."""
        brought = self._coming[transfer] + size
        more = min(size, brought - EACH)  # beyond EACH
        if not (more <= 0 or self._beyond() + more <= MOST or self._leads(transfer)):
            return False
        self._coming[transfer] = brought
        return True

    def complete(self, transfer: Hashable) -> None:
        """Note that *transfer* has ended well; what it brought is kept until it is let go."""
        self._whole[transfer] = self._coming.pop(transfer, 0)

    def let_go(self, transfer: Hashable) -> None:
        """Forget what *transfer* has brought."""
        self._coming.pop(transfer, None)
        self._whole.pop(transfer, None)

    def unread(self, sizes: Collection[int]) -> None:
        """Note the *sizes* of all bodies that are with the readers."""
        self._unread = sum(size for size in sizes if size <= EACH)
        self._large = any(size > EACH for size in sizes)

    def hand_over(self, size: int) -> bool:
        """Count a body of *size* as unread; say False, and count nothing, where readers have enough to do."""
        if size > EACH:
            free, self._large = not self._large, True
            return free
        if self._unread + size > UNREAD:
            return False
        self._unread += size
        return True

    def _beyond(self) -> int:
        return _beyond(self._coming) + _beyond(self._whole)

    def _leads(self, transfer: Hashable) -> bool:
        """Say whether nobody who is under way has brought more; not where enough waits to be read."""
        return _beyond(self._whole) < MOST and self._coming[transfer] >= max(self._coming.values(), default=0)


def _beyond(brought: Counter[Hashable]) -> int:
    return sum(size - EACH for size in brought.values() if size > EACH)
