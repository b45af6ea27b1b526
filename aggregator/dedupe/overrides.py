"""Overrides: what the admin says is one headline, or is not, whatever the matcher thinks. Pure.

Pairs of links, ids or titles, as feeds.yaml has them under `dedupe: same` and `dedupe: different`.
"""

from __future__ import annotations

from collections.abc import Iterable

from aggregator.names import spelt

Pair = tuple[str, str]


class Overrides:
    """The pairs of feeds.yaml, to be asked for each entry."""

    def __init__(self, same: Iterable[Pair] = (), different: Iterable[Pair] = ()) -> None:
        self._same, self._different = _both_ways(same), _both_ways(different)

    def name(self, names: frozenset[str]) -> bool:
        """Say whether one of *names* stands in a pair."""
        return not names.isdisjoint(self._same) or not names.isdisjoint(self._different)

    def counterparts(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names of all that is paired with what is called *names*."""
        return self.same(names) | self.different(names)

    def __bool__(self) -> bool:
        return bool(self._same or self._different)

    def same(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names of what is one with what is called *names*."""
        return _others(self._same, names)

    def different(self, names: frozenset[str]) -> frozenset[str]:
        """Return the names of what is not one with what is called *names*."""
        return _others(self._different, names)


def _both_ways(pairs: Iterable[Pair]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for one, other in pairs:
        for name, named in ((one, other), (other, one)):
            for form in spelt(name):
                found[form] = found.get(form, frozenset()) | spelt(named)
    return found


def _others(table: dict[str, frozenset[str]], names: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(table[name] for name in names if name in table))
