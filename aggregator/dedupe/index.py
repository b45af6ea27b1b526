"""The index of recent entries: which headline does this one belong to?

Lives in memory, is filled from the store, and forgets what is older than the window. The rules are asked in
their order, the surest first; each tells its name and its score, which are stored with the entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Arrival, Known

# The same feed may bring one title twice in a morning (a correction sent out as a new article), but "The
# weather for tomorrow" every day: the copies that one source makes of itself are looked for this far only.
SAME_FEED_GAP = timedelta(hours=12)

# "Live", "In pictures", "Weather": so few characters are a label, not a headline that two papers share.
SHORTEST_TITLE = 12
FEWEST_CHARACTERS_UNSPACED = 6  # where a character says as much as a word: Chinese, Japanese, Korean


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that an arrival is a copy of, by which rule, and how sure that is (0–1)."""

    known: Known
    rule: str
    score: float


class Index:
    """What was seen within the window, by canonical link and by normalised title.

    *revision* is the store's, up to which the index knows everything.
    """

    def __init__(self, window: timedelta) -> None:
        self.window = window
        self.revision = 0
        self._links: dict[str, list[Known]] = {}
        self._titles: dict[str, list[Known]] = {}
        self._rows: dict[int, Known] = {}  # oldest first: rows are numbered as they come

    def __len__(self) -> int:
        return len(self._rows)

    def learn(self, entries: Iterable[Known]) -> None:
        """Take in *entries*, in place of what was known of the same rows."""
        for known in entries:
            if known.row in self._rows:
                self._remove(self._rows[known.row])
            self._rows[known.row] = known
            if known.facts.link_key:
                self._links.setdefault(known.facts.link_key, []).append(known)
            if known.facts.title_key:
                self._titles.setdefault(known.facts.title_key, []).append(known)

    def forget(self, before: datetime) -> None:
        """Drop what was first seen before *before*."""
        old = []
        for known in self._rows.values():
            if known.first_seen >= before:
                break
            old.append(known)
        for known in old:
            self._remove(known)

    def match(self, arrival: Arrival) -> Match | None:
        """Return the best match of *arrival* among the headlines of the window, or None if it is news."""
        if arrival.alone:
            return None
        return self._by_link(arrival) or self._by_title(arrival)

    def _by_link(self, arrival: Arrival) -> Match | None:
        """Match the same article under other addresses: feeds of one publisher, aggregators, trackers.

        Within one feed an address that comes back with another title is a page that is used again.
        """
        if not arrival.facts.link_key:
            return None
        near = self._near(self._links.get(arrival.facts.link_key, ()), arrival)
        return next((Match(known, "link", 1.0) for known in near if known.feed != arrival.feed), None)

    def _by_title(self, arrival: Arrival) -> Match | None:
        if not _says_enough(arrival.facts.title_key):
            return None
        near = self._near(self._titles.get(arrival.facts.title_key, ()), arrival)
        return next((Match(known, "title", 0.95) for known in near if not _repeats(known, arrival)), None)

    def _near(self, candidates: Iterable[Known], arrival: Arrival) -> list[Known]:
        """Return those published within the window of *arrival*, the nearest in time first."""

        def gap(known: Known) -> timedelta:
            return abs(known.published - arrival.entry.published)

        return sorted((k for k in candidates if not k.alone and gap(k) <= self.window), key=gap)

    def _remove(self, known: Known) -> None:
        del self._rows[known.row]
        for shelf, key in ((self._links, known.facts.link_key), (self._titles, known.facts.title_key)):
            if key:
                shelf[key].remove(known)
                if not shelf[key]:
                    del shelf[key]


def _says_enough(title_key: str) -> bool:
    unspaced = " " not in title_key and not title_key.isascii()
    return len(title_key) >= (FEWEST_CHARACTERS_UNSPACED if unspaced else SHORTEST_TITLE)


def _repeats(known: Known, arrival: Arrival) -> bool:
    """Say whether one feed brings a title again so late that it is another article."""
    same_feed = known.feed == arrival.feed
    return same_feed and abs(known.published - arrival.entry.published) > SAME_FEED_GAP
