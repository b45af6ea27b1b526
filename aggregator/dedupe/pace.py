"""Pace: how much is published in these days. Pure.

Two headlines three hours apart are near where ten come in a day, and far where thousands do: the more stand
between them, the likelier it is that they are alike by chance.
"""

from __future__ import annotations

from math import exp, inf

_DAY = 24.0  # hours
_SHORTEST_SPAN = 1.0  # hour, from which a rate can be told


class Pace:
    """How much is published, the last day or so counting most; told of entries in any order."""

    def __init__(self) -> None:
        self._counted = 0.0  # as of the latest hour
        self._latest, self._earliest = -inf, inf

    def count(self, at: float) -> None:
        """Count an entry that was published *at* that hour."""
        if at > self._latest:
            self._counted *= exp((self._latest - at) / _DAY)
        self._latest, self._earliest = max(self._latest, at), min(self._earliest, at)
        self._counted += exp((at - self._latest) / _DAY)

    @property
    def rate(self) -> float:
        """Entries an hour."""
        span = max(self._latest - self._earliest, _SHORTEST_SPAN)
        return self._counted / (_DAY * (1 - exp(-span / _DAY)))
