"""Memory: the entries that arrivals may be, under their own id or another."""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.model import Arrival, Known


class Memory:
    """What was known before a batch, and what the batch has made of it so far.

    Some publishers make a new guid at every poll; what has the feed, the link and the title of an entry that
    we had before this batch is that entry. Two items of one document stay two: no memory holds them yet.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self.by_uid = {entry.uid: entry for entry in known}
        self._by_words = {_words(entry): entry for entry in self.by_uid.values() if entry.facts.link_key}

    def find(self, arrival: Arrival) -> Known | None:
        """Return the entry that *arrival* is, or None if it is new."""
        return self.by_uid.get(arrival.uid) or self._by_words.get(_words(arrival))


def _words(entry: Known | Arrival) -> tuple[int, str, str]:
    return entry.feed, entry.facts.link_key, entry.facts.title_key
