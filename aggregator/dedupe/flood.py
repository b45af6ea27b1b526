"""Floods: a publisher that lists hundreds of entries anew, which are no news. Which of them are held?

Comes in: arrivals, what is known of them, and their feeds' habits. Goes out: the same arrivals, marked with
the reason where they are to be kept out of the ticker. docs/design.md tells the rules sentence by sentence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.dedupe.memory import Memory
from aggregator.model import Arrival, Flood, Habit, Known

MANY = 50  # new entries of one feed at once: half a page of the ticker; no more than these are never a flood
# Ten, so that a feed of which we have read one document only, with a week in it, may replace that whole
# document before the next poll: a tenth of its length a day is more than a seventh.
TIMES_A_DAY = 10
TIMES_A_MINUTE = 3

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def rushes(arrivals: Sequence[Arrival], known: Iterable[Known]) -> dict[int, tuple[Arrival, ...]]:
    """Return the new entries of each feed that brings many of them at once; almost always of none."""
    busy = {feed for feed, count in Counter(arrival.feed for arrival in arrivals).items() if count > MANY}
    if not busy:
        return {}
    memory = Memory(known)
    new: dict[int, dict[bytes, Arrival]] = {feed: {} for feed in busy}
    for arrival in arrivals:
        if arrival.feed in busy and memory.find(arrival) is None:
            new[arrival.feed][arrival.uid] = arrival
    return {feed: tuple(some.values()) for feed, some in new.items() if len(some) > MANY}


def hold(
    arrivals: Sequence[Arrival],
    rushes: Mapping[int, Sequence[Arrival]],
    habits: Mapping[int, Habit],
    now: datetime,
) -> tuple[Arrival, ...]:
    """Return *arrivals*, marked where they are held: these found a line of their own that is not shown.

    They stand alone, so that what another source brings is never folded into a line that no one sees. A feed
    without a habit (its first document, or the first under another address or other rules) is not judged.
    """
    reasons: dict[bytes, Flood] = {}
    for feed, rush in rushes.items():
        if feed in habits:
            reasons |= _reasons(rush, habits[feed], now)
    return tuple(_held(arrival, reasons.get(arrival.uid)) for arrival in arrivals)


def _held(arrival: Arrival, why: Flood | None) -> Arrival:
    return replace(arrival, held=why, alone=True) if why else arrival


def _reasons(rush: Sequence[Arrival], habit: Habit, now: datetime) -> dict[bytes, Flood]:
    """Return why each of those that are held is; the surest reason counts."""
    begin = min(habit.read, now - _DAY)
    recent = [arrival for arrival in rush if arrival.entry.published >= begin]
    days = (now - begin) / _DAY  # what bears no date is all of now, however long it waited for us
    a_day = max(MANY, TIMES_A_DAY * habit.a_day * days)
    a_minute = max(MANY, TIMES_A_MINUTE * habit.a_minute * days)

    def day(arrival: Arrival) -> int:
        return (now - arrival.entry.published) // _DAY

    def minute(arrival: Arrival) -> int:
        return (now - arrival.entry.published) // _MINUTE

    return {
        **dict.fromkeys(_crowded(recent, day, a_day), "many"),
        **dict.fromkeys(_crowded(recent, minute, a_minute), "stamped"),
        **dict.fromkeys(_copies(rush, habit), "known"),
    }


def _crowded(arrivals: Sequence[Arrival], span: Callable[[Arrival], int], most: float) -> list[bytes]:
    """Return those that share a span of time with more than *most* of *arrivals*."""
    numbers = Counter(map(span, arrivals))
    return [arrival.uid for arrival in arrivals if numbers[span(arrival)] > most]


def _copies(rush: Sequence[Arrival], habit: Habit) -> list[bytes]:
    """Return those whose title or link their feed has brought before, if these are many different titles."""
    copies = [
        arrival
        for arrival in rush
        if not arrival.alone
        and (arrival.facts.title_key in habit.titles or arrival.facts.link_key in habit.links)
    ]
    titles = {arrival.facts.title_key for arrival in copies}
    return [arrival.uid for arrival in copies] if len(titles) > MANY else []
