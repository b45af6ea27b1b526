"""Scoring: what the likeness of two headlines comes to. Pure; the weights stand in weights.toml.

A logistic score: each part of the likeness times its weight, added up, and made a probability. So it can be
said of every decision what spoke for it, and how much.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from operator import mul

from aggregator.dedupe.pairing import Likeness


@dataclass(frozen=True, slots=True)
class Scale:
    """How one of the two questions is answered: the same headline, or the same event."""

    threshold: float  # probability from which the answer is yes
    linkage: float  # share of the other members of a group in its score; the rest is the nearest alone
    base: float
    weights: tuple[float, ...]  # in the order of Likeness

    def score(self, likeness: Likeness) -> float:
        """Return the probability, 0 to 1."""
        total = self.base + sum(map(mul, likeness, self.weights))
        return 1 / (1 + exp(-total)) if total > -500 else 0.0

    def terms(self, likeness: Likeness) -> dict[str, float]:
        """Return what each part adds, the weightiest first; nothing of those that add nothing."""
        added = zip(Likeness._fields, likeness, self.weights, strict=True)
        found = {name: value * weight for name, value, weight in added if value * weight}
        return dict(sorted(found.items(), key=lambda term: -abs(term[1])))

    def together(self, scores: Sequence[float], size: int) -> float:
        """Return the score of a group: of its nearest member, and of its *size* members on average.

        *scores* are those of its members that were compared; the others count as nothing alike.
        """
        counted = min(size, MEMBERS)
        best = sorted(scores, reverse=True)[:counted]
        return (1 - self.linkage) * best[0] + self.linkage * sum(best) / counted


MEMBERS = 3  # of a group that count, the nearest


@dataclass(frozen=True, slots=True)
class Scales:
    """Both of them."""

    headline: Scale
    story: Scale


@cache
def shipped() -> Scales:
    """Return the scales that the package ships."""
    table = tomllib.loads(files("aggregator.dedupe").joinpath("weights.toml").read_text("utf-8"))
    return Scales(*(_scale(table[name]) for name in ("headline", "story")))


def _scale(table: dict[str, float | dict[str, float]]) -> Scale:
    weights = table["weights"]
    assert isinstance(weights, dict)  # noqa: S101
    threshold, linkage, base = (float(table[name]) for name in ("threshold", "linkage", "base"))  # type: ignore[arg-type]
    return Scale(threshold, linkage, base, tuple(float(weights.get(name, 0.0)) for name in Likeness._fields))
