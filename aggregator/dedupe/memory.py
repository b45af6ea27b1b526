"""Memory: the entries that arrivals may be, under their own id or another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from aggregator.dedupe.rules import RELISTED
from aggregator.model import Arrival, Known


class Memory:
    """What was known before a batch, and what the batch has made of it so far.

    Some publishers make a new guid at every poll; what has the feed, the link and the title of an entry that
    we had before this batch is that entry, unless it is dated hours later: then it is the next issue of a
    column. Two items of one document stay two: no memory holds them yet.
    """

    def __init__(self, known: Iterable[Known]) -> None:
        self.by_uid = {entry.uid: entry for entry in known}
        self._by_words = {_words(entry): entry for entry in self.by_uid.values() if entry.facts.link_key}

    def find(self, arrival: Arrival) -> Known | None:
        """Return the entry that *arrival* is, or None if it is new."""
        mine = self.by_uid.get(arrival.uid)
        if mine is not None:
            return mine
        alike = self._by_words.get(_words(arrival))
        return None if alike is None or _is_next_issue(alike, arrival) else alike


def _is_next_issue(known: Known, arrival: Arrival) -> bool:
    later = arrival.entry.published - known.published
    return arrival.entry.dated and later > RELISTED * timedelta(hours=1)


def _words(entry: Known | Arrival) -> tuple[int, str, str]:
    return entry.feed, entry.facts.link_key, entry.facts.title_key
