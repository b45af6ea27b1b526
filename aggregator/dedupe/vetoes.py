"""Vetoes: what forbids to make one headline of two, however much they have in common. Pure.

"AEX closes 0.6 % higher" and "AEX closes 0.6 % lower" share all words but one. So the differences of two
titles are looked at by themselves: numbers, weekdays, negations, opposites, a word in another's place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from aggregator.dedupe.lexicon import NOT, classes
from aggregator.dedupe.sides import Side
from aggregator.dedupe.words import CLASS, NUMBER, SMALL, token

CALENDAR, CLASSES, OPPOSITES = "calendar", "classes", "opposites"
NEGATION = token(NOT)
ISSUES = 2000  # a series of more issues than that is told apart by its numbers

_LONGEST_SLOT = 2  # words that stand in the place of others


class Difference(NamedTuple):
    """What two titles do not have in common."""

    new: frozenset[int]  # tokens that say something, of one title only
    old: frozenset[int]
    new_number: bool
    old_number: bool
    negation: bool
    calendar: bool  # two weekdays, months, issues of a series
    classes: bool
    opposites: bool
    replaced: bool  # all but a word or two in one place is the same
    turned: bool  # the same words, two of them exchanged: A beats B, B beats A; part 1 of 4, part 4 of 1

    @property
    def is_of_kind(self) -> bool:
        """Say whether this is how two events of one kind differ."""
        numbers = self.new_number and self.old_number
        classes = self.calendar or self.classes or self.opposites
        return numbers or self.negation or classes or self.replaced or self.turned


def difference(new: Side, old: Side) -> Difference:
    """Return how two titles differ."""
    only_new, only_old = new.title - old.title, old.title - new.title
    kinds = _conflicts(only_new, only_old)
    few = len(only_new) <= _LONGEST_SLOT and len(only_old) <= _LONGEST_SLOT
    middle, other = _middles(new.order, old.order) if few else ((), ())
    return Difference(
        only_new,
        only_old,
        any(token & NUMBER for token in only_new),
        any(token & NUMBER for token in only_old),
        new.order.count(NEGATION) != old.order.count(NEGATION),
        CALENDAR in kinds,
        CLASSES in kinds,
        OPPOSITES in kinds,
        bool(only_new or only_old) and _is_slot(middle, other),
        not only_new and not only_old and _is_turned(new.order, old.order, middle, other),
    )


def calendars_differ(one: frozenset[int], other: frozenset[int]) -> bool:
    """Say whether each of two texts names a weekday, a month or an issue that the other does not."""
    return CALENDAR in _conflicts(one - other, other - one)


def _middles(new: tuple[int, ...], old: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what is left of both where they begin and end alike."""
    shorter = min(len(new), len(old))
    begin = next((at for at in range(shorter) if new[at] != old[at]), shorter)
    end = next((at for at in range(shorter - begin) if new[-1 - at] != old[-1 - at]), shorter - begin)
    return new[begin : len(new) - end], old[begin : len(old) - end]


def _is_slot(middle: tuple[int, ...], other: tuple[int, ...]) -> bool:
    if not middle or not other:
        return False
    said, was = (sum(not t & SMALL for t in part) for part in (middle, other))
    return 0 < max(said, was) <= _LONGEST_SLOT


def _is_turned(
    new: tuple[int, ...], old: tuple[int, ...], middle: tuple[int, ...], other: tuple[int, ...]
) -> bool:
    numbers_moved = [token for token in new if token & NUMBER] != [token for token in old if token & NUMBER]
    if numbers_moved and _words(new) == _words(old):  # where the words moved too, the numbers went with them
        return True
    return (
        len(middle) == len(other) >= _LONGEST_SLOT
        and middle[0] == other[-1]
        and middle[-1] == other[0]
        and sorted(middle) == sorted(other)
    )


def _words(order: tuple[int, ...]) -> list[int]:
    return [token for token in order if not token & (NUMBER | SMALL)]


def _conflicts(one: Iterable[int], other: Iterable[int]) -> Collection[str]:
    """Return the kinds of classes of which both sides name values, and not the same."""
    mine = [token for token in one if token & CLASS]
    theirs = [token for token in other if token & CLASS] if mine else mine
    return _kinds(mine, theirs) if theirs else ()


def _kinds(one: Iterable[int], other: Iterable[int]) -> Collection[str]:
    table = _table()
    mine = [table[token] for token in one if token in table]
    theirs = [table[token] for token in other if token in table]
    return {
        kind for kind, name, value in mine for _, named, valued in theirs if name == named and value != valued
    }


@cache
def _table() -> dict[int, tuple[str, str, int]]:
    """Return the tokens of classes: of what kind, of which class, which value."""
    known = {token(f"@{name}:{value}"): (kind, name, value) for kind, name, value in classes()}
    return known | {token(f"@issue:{number}"): (CALENDAR, "issue", number) for number in range(ISSUES)}
