"""The row: who waits for a worker, who is next, and who waited for too long. Pure.

Next is whose documents took the least time so far; among equals, who came first. So however many feeds bring
documents that take long, one whose documents take less time passes them as soon as they have had a turn, and
what never had a turn has used nothing.

Who waited for too long is put off, and so is the last of a row that holds too many bytes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass

from aggregator.errors import FeedError


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place in the row, for one document of *whose*."""

    whose: Hashable
    size: int
    since: float  # seconds of a clock that nobody sets


class Row:
    """Places, and what time each feed's documents took so far."""

    def __init__(self, patience: float = math.inf, most: float = math.inf) -> None:
        """Nobody waits longer than *patience* seconds, nor do more than *most* bytes, the first aside."""
        self._patience, self._most = patience, most
        self._places: list[Place] = []
        self._used: Counter[Hashable] = Counter()

    def __len__(self) -> int:
        return len(self._places)

    def join(self, place: Place) -> None:
        """Let *place* wait for its turn."""
        self._places.append(place)

    def next(self) -> Place | None:
        """Return who is next, and let him go."""
        place = min(self._places, key=self._rank, default=None)
        if place is not None:
            self._places.remove(place)
        return place

    def put_off(self, now: float) -> tuple[Place, ...]:
        """Return those who cannot wait any longer, and let them go."""
        kept: list[Place] = []
        room = self._most
        for place in sorted(self._places, key=self._rank):
            fits = not kept or place.size <= room
            if fits and now - place.since < self._patience:
                room -= place.size if kept else 0
                kept.append(place)
        gone = tuple(place for place in self._places if place not in kept)
        self._places = [place for place in self._places if place in kept]
        return gone

    def took(self, whose: Hashable, seconds: float) -> None:
        """Note what time a document of *whose* took."""
        self._used[whose] += seconds  # type: ignore[assignment]  # a Counter counts in any number

    def _rank(self, place: Place) -> tuple[float, float]:
        return self._used[place.whose], place.since


def put_off() -> FeedError:
    """Return what to tell the admin of a document that was put off."""
    return FeedError(
        "parse", "other documents that take long were before it for too long; it is read at the next poll"
    )
