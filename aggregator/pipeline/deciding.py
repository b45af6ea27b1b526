"""Deciding: what a batch brings, de-duplicated in the store's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator import dedupe
from aggregator.model import Arrival, Config, Known, Plan
from aggregator.names import names_of
from aggregator.store import Ledger

KEPT_EVERY = 1000  # new entries; between two of these the store holds what words they have


class Decider:
    """Remembers the recent entries between batches; whatever it knows it can read from the store again."""

    def __init__(self, config: Config) -> None:
        self._window = min(config.matching.window, config.keep)
        pairs = dedupe.Overrides(config.matching.same, config.matching.different)
        self._settings = dedupe.Settings(config.matching.stories, pairs)
        self._index: dedupe.Index | None = None
        self._uncounted = 0  # entries since the frequencies were kept

    def forget(self) -> None:
        """Read all anew from the store: decisions that were made may never have been stored."""
        self._index, self._uncounted = None, 0

    def ingest(self, ledger: Ledger, arrivals: Sequence[Arrival], now: datetime) -> Plan:
        """Decide on *arrivals* and let *ledger* carry it out; return what was decided."""
        index = self._index_for(ledger, arrivals, now)
        known = (*ledger.known(arrivals), *self._named(ledger, arrivals))
        rushes = dedupe.rushes(arrivals, known)
        arrivals = dedupe.hold(arrivals, rushes, ledger.habits(rushes), now)
        numbers = dedupe.Numbers(ledger.next_entry, ledger.next_headline)
        plan = dedupe.decide(arrivals, known, index, numbers, now, self._settings)
        ledger.carry_out(plan)
        index.revision = ledger.revision
        self._uncounted += len(plan.additions)
        if self._uncounted >= KEPT_EVERY:
            ledger.keep_frequencies(index.frequencies.keep(), ledger.revision)
            self._uncounted = 0
        return plan

    def _index_for(self, ledger: Ledger, arrivals: Sequence[Arrival], now: datetime) -> dedupe.Index:
        """Return the index of what is recent; an empty one while nothing that arrives is compared with it."""
        if self._index is None:  # an index that has forgotten all still knows how often words come
            index = dedupe.Index(self._window, *_remembered(ledger))
            if all(arrival.alone for arrival in arrivals):
                return index
            self._index = index
        horizon = now - self._window
        self._index.forget(horizon)
        self._index.learn(ledger.since(self._index.revision, horizon))
        return self._index

    def _named(self, ledger: Ledger, arrivals: Sequence[Arrival]) -> tuple[Known, ...]:
        """Return the entries that the admin pairs with one of *arrivals*."""
        pairs = self._settings.overrides
        if not pairs:
            return ()
        names = (names_of(each.entry.id, each.facts.link_key, each.entry.title) for each in arrivals)
        wanted = frozenset[str]().union(*(pairs.counterparts(some) for some in names))
        return ledger.called(wanted) if wanted else ()


def _remembered(ledger: Ledger) -> tuple[dedupe.Frequencies, int]:
    counts, revision = ledger.frequencies()
    return dedupe.Frequencies(counts), revision
