"""Tallies: what each source brought day by day, counted as it comes, so that no page counts the entries.

A row for each feed and day (of UTC) with news, for a month. Entries count on the day that they are dated;
those that are held out of the ticker do not.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, pairwise

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.model import Addition, Lately
from aggregator.store.rows import chunks
from aggregator.store.tables import EPOCH, entries, feeds, tallies

DAYS = 30
_DAY = timedelta(days=1)

# Minutes between an entry's date and our poll: how many waited up to so long, and, last, longer.
BOUNDS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 540, 720, 1080, 1440, 2880)


@dataclass
class _Tally:
    """What came of one feed for one day."""

    entries: int = 0
    copies: int = 0
    waits: Counter[int] = field(default_factory=Counter)  # by their bound's place in BOUNDS


def note(connection: sa.Connection, additions: Sequence[Addition], now: datetime) -> None:
    """Count new entries: for their feeds, and for the days that they are dated."""
    brought = Counter(addition.arrival.feed for addition in additions)
    began = _without_entries(connection, brought)
    for feed, number in brought.items():
        mine = sa.update(feeds).where(feeds.c.id == feed)
        connection.execute(mine.values(entries=feeds.c.entries + number))
    found: dict[tuple[int, int], _Tally] = defaultdict(_Tally)
    for addition in additions:
        entry, feed = addition.arrival.entry, addition.arrival.feed
        if addition.arrival.held is None and entry.published > now - (DAYS + 1) * _DAY:
            tally = found[feed, _day(entry.published)]
            tally.entries += 1
            tally.copies += addition.guid is None
            if entry.dated and feed not in began and not _is_only_a_day(entry.published):
                tally.waits[_place(now - entry.published)] += 1
    if found:
        _add(connection, found)
    for some in chunks(brought):
        old = sa.and_(tallies.c.feed.in_(some), tallies.c.day < _day(now) - DAYS)
        connection.execute(sa.delete(tallies).where(old))


def uncount(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Take the entries of the headlines *ids*, which are about to be dropped, off the numbers of entries."""
    from_here = sa.select(entries.c.feed).where(entries.c.headline.in_(ids))
    for feed, number in Counter(connection.execute(from_here).scalars()).items():
        mine = sa.update(feeds).where(feeds.c.id == feed)
        connection.execute(mine.values(entries=feeds.c.entries - number))


def tidy(connection: sa.Connection) -> None:
    """Drop what feeds brought that nobody knows any more."""
    connection.execute(sa.delete(tallies).where(tallies.c.feed.not_in(sa.select(feeds.c.id))))


def lately(connection: sa.Connection, now: datetime) -> dict[str, Lately]:
    """Return what each active source brought in the last 30 days, by its key."""
    today = _day(now)
    keys = {
        row.id: row.key
        for row in connection.execute(sa.select(feeds.c.id, feeds.c.key).where(feeds.c.active))
    }
    days = {feed: [0] * DAYS for feed in keys}
    copies, waits = Counter[int](), defaultdict[int, Counter[int]](Counter)
    for some in chunks(keys):
        recent = tallies.c.day.between(today - DAYS + 1, today)
        for row in connection.execute(sa.select(tallies).where(tallies.c.feed.in_(some), recent)):
            days[row.feed][row.day - today - 1] = row.entries
            copies[row.feed] += row.copies
            waits[row.feed] += _read(row.waits)
    return {key: Lately(tuple(days[feed]), copies[feed], _median(waits[feed])) for feed, key in keys.items()}


def _without_entries(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Return which of these feeds have no entries yet: what they bring now is no news of the hour."""
    found: set[int] = set()
    for some in chunks(ids):
        none = sa.select(feeds.c.id).where(feeds.c.id.in_(some), feeds.c.entries == 0)
        found.update(connection.execute(none).scalars())
    return found


def _add(connection: sa.Connection, found: dict[tuple[int, int], _Tally]) -> None:
    first = min(day for _, day in found)
    for some in chunks({feed for feed, _ in found}):
        known = sa.select(tallies).where(tallies.c.feed.in_(some), tallies.c.day >= first)
        for row in connection.execute(known):
            if tally := found.get((row.feed, row.day)):
                tally.entries += row.entries
                tally.copies += row.copies
                tally.waits += _read(row.waits)
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(tallies)
    counted = {name: new.excluded[name] for name in ("entries", "copies", "waits")}
    connection.execute(
        new.on_conflict_do_update(index_elements=["feed", "day"], set_=counted),
        [
            {"feed": feed, "day": day, "entries": t.entries, "copies": t.copies, "waits": _written(t.waits)}
            for (feed, day), t in found.items()
        ],
    )


def _day(moment: datetime) -> int:
    return (moment - EPOCH) // _DAY


def _is_only_a_day(moment: datetime) -> bool:
    """Say so of midnight: who writes a date without a time says nothing of when he published."""
    return (moment - EPOCH) % _DAY == timedelta()


def _place(wait: timedelta) -> int:
    return bisect_left(BOUNDS, wait / timedelta(minutes=1))


def _written(waits: Counter[int]) -> str:
    """Return `4:12 5:3`: twelve that waited up to the bound number 4, and three of number 5."""
    return " ".join(f"{place}:{number}" for place, number in sorted(waits.items()))


def _read(waits: str) -> Counter[int]:
    pairs = (pair.split(":") for pair in waits.split())
    return Counter({int(place): int(number) for place, number in pairs})


def _median(waits: Counter[int]) -> timedelta | None:
    """Return the middle one of the waits, as if those up to one bound were spread evenly below it."""
    if not waits:
        return None
    half = waits.total() / 2
    edges = list(pairwise((0, *BOUNDS, BOUNDS[-1])))
    before = 0
    for place, upto in zip(sorted(waits), accumulate(waits[place] for place in sorted(waits)), strict=True):
        if upto >= half:
            low, high = edges[place]
            return timedelta(minutes=low + (high - low) * (half - before) / (upto - before))
        before = upto
    raise AssertionError("half of them is never more than all of them")
