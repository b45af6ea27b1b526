"""Sides: a headline as it stands in a comparison. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from aggregator.dedupe.about import About
from aggregator.dedupe.words import SMALL


class Side(NamedTuple):
    """One of two headlines, as far as comparing takes it."""

    order: tuple[int, ...]  # the tokens of its title, small words too
    title: frozenset[int]  # of them those that say something
    summary: frozenset[int]
    words: frozenset[int]  # of title and summary; for one that we have, those of all its headline's sources
    about: About  # of title and summary
    names: frozenset[int]  # of them those written with a capital
    cased: bool  # its script has capitals
    cut: bool  # its title ends with an ellipsis
    asks: bool  # its title asks or explains something
    piece: bool  # it is a review, a guide or the like
    source: int  # who published it; 0 if that is not known
    link: int  # a digest of its canonical link; 0 if it has none
    at: float  # hours since 1970
    title_weight: float
    summary_weight: float
    weight: float


def says_something(order: Iterable[int]) -> frozenset[int]:
    """Return the tokens of a title without its small words."""
    return frozenset([token for token in order if not token & SMALL])
