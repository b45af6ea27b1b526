"""Pairing: what can be said of two headlines that may be one. Pure.

Comes in: what is known of both, and how rare their words are. Goes out: a few numbers between 0 and 1, each
with a name. What each of them weighs stands in weights.toml; what forbids a merge stands in vetoes.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from math import log1p, sqrt
from typing import NamedTuple

from aggregator.dedupe.frequencies import Rarities
from aggregator.dedupe.sides import Side
from aggregator.dedupe.vetoes import Difference
from aggregator.dedupe.words import NUMBER

LONGEST_GAP = 72.0  # hours; two headlines further apart are not compared
ENOUGH_TEXT = 4  # tokens of a summary that two papers do not share by chance

_MOST_SHARED = 19  # words
_MOST_NAMES = 3.0  # weight
_RARE_AS_A_NAME = 0.74  # in scripts without capitals
_MOST_WORDS = 20  # in a title
_LOGARITHMS = tuple(log1p(count) / log1p(_MOST_SHARED) for count in range(_MOST_SHARED + 1))
_LONGEST_LOGARITHM = log1p(LONGEST_GAP)
_LONGEST_BETWEEN = log1p(100_000)


class Likeness(NamedTuple):
    """What speaks for two headlines being one, and against it; 0 to 1 each, and -1 for nothing."""

    title_overlap: float  # what the titles have in common, by weight (cosine)
    overlap: float  # the same of titles and summaries together
    summary_overlap: float  # the larger share of one summary that the other side says too
    covered: float  # the larger share of one title that the other side says too
    rarest: float  # rarity of the rarest word that both have
    second: float
    third: float
    names: float  # weight of the names that both have
    shared: float  # how many words both have, logarithmically
    numbers_agree: float  # a number stands in both titles
    numbers_differ: float  # each title has a number that the other lacks
    number_missing: float  # one title has a number that the other lacks
    negation: float  # one title denies
    classes: float  # two directions, two halves of a match
    opposites: float  # up and down
    swapped: float  # each has a word that the other lacks: the rarity of the less rare one
    added: float  # the larger share of a title that the other side does not say
    same_source: float
    same_text: float  # the summaries are the same
    both_texts: float  # both have a summary
    length: float  # words in the shorter title
    gap: float  # time between them, logarithmically
    between: float  # how many others came between them, logarithmically
    topic: float  # both tell of one kind of event
    other_topic: float  # of different kinds
    country: float  # both name one country
    other_country: float  # different countries
    other_city: float  # different cities
    template: float  # overlap of titles that differ in what tells two events of a kind apart


def compare(new: Side, old: Side, difference: Difference, rarities: Rarities, rate: float) -> Likeness:
    """Return what can be said of *new* beside *old*; *difference* is that of their titles."""
    rarity, weigh = rarities.__getitem__, rarities.weights.__getitem__
    titles, words = new.title & old.title, new.words & old.words
    overlap = _cosine(sum(map(weigh, titles)), new.title_weight, old.title_weight)
    rarest, second, third = _three_rarest(map(rarity, words))
    new_lacks = [rarity(token) for token in difference.old if token not in new.words]
    old_lacks = [rarity(token) for token in difference.new if token not in old.words]
    longest = max(new.title_weight, old.title_weight) or 1.0
    summary = sum(map(weigh, new.summary & old.words)) / new.summary_weight if new.summary else 0.0
    other = sum(map(weigh, old.summary & new.words)) / old.summary_weight if old.summary else 0.0
    covered = sum(map(weigh, new.title & old.words)) / (new.title_weight or 1.0)
    covering = sum(map(weigh, old.title & new.words)) / (old.title_weight or 1.0)
    return Likeness(
        overlap,
        _cosine(sum(map(weigh, words)), new.weight, old.weight),
        min(max(summary, other), 1.0),
        min(max(covered, covering), 1.0),
        rarest,
        second,
        third,
        min(sum(map(weigh, _names(new, old, words, rarity))) / _MOST_NAMES, 1.0),
        _LOGARITHMS[min(len(words), _MOST_SHARED)],
        1.0 if titles and any(token & NUMBER for token in titles) else 0.0,
        1.0 if difference.new_number and difference.old_number else 0.0,
        1.0 if difference.new_number != difference.old_number else 0.0,
        1.0 if difference.negation else 0.0,
        1.0 if difference.classes else 0.0,
        1.0 if difference.opposites else 0.0,
        min(max(new_lacks, default=0.0), max(old_lacks, default=0.0)),
        min(max(_squares(new_lacks), _squares(old_lacks)) / longest, 1.0),
        1.0 if new.source == old.source != 0 else 0.0,
        1.0 if has_same_text(new, old) else 0.0,
        1.0 if new.summary and old.summary else 0.0,
        min(len(new.title), len(old.title), _MOST_WORDS) / _MOST_WORDS,
        log1p(min(abs(new.at - old.at), LONGEST_GAP)) / _LONGEST_LOGARITHM,
        min(log1p(min(abs(new.at - old.at), LONGEST_GAP) * rate) / _LONGEST_BETWEEN, 1.0),
        *_agree(new.about.topics, old.about.topics),
        *_agree(new.about.countries, old.about.countries),
        1.0 if _are_apart(new.about.cities, old.about.cities) else 0.0,
        overlap if difference.is_of_kind else 0.0,
    )


def _agree(new: int, old: int) -> tuple[float, float]:
    """Return whether two sets of bits have one in common, and whether they have none but are not empty."""
    return float(new & old != 0), float(new != 0 and old != 0 and not new & old)


def _are_apart(new: frozenset[int], old: frozenset[int]) -> bool:
    return bool(new) and bool(old) and new.isdisjoint(old)


def has_same_text(new: Side, old: Side) -> bool:
    """Say whether both bear one summary, long enough to be no chance."""
    return new.summary == old.summary and len(new.summary) >= ENOUGH_TEXT


def _names(new: Side, old: Side, words: Collection[int], rarity: Callable[[int], float]) -> Iterable[int]:
    """Return the names that both have: where nothing is written with capitals, the rare words."""
    if new.cased:
        return new.names & old.names
    return [token for token in words if rarity(token) > _RARE_AS_A_NAME and not token & NUMBER]


def _three_rarest(rarities: Iterable[float]) -> list[float]:
    found = sorted(rarities, reverse=True)[:3]
    return found + [0.0] * (3 - len(found))


def _cosine(common: float, one: float, other: float) -> float:
    return min(common / sqrt(one * other), 1.0) if common and one and other else 0.0


def _squares(values: Iterable[float]) -> float:
    return sum([value * value for value in values])
