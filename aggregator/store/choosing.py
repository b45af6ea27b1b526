"""Choosing: which headlines a ticker, a feed or a page of them shows. Knows numbers, not what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from aggregator import findable
from aggregator.findable import Wanted
from aggregator.model import Choice, Place
from aggregator.store import searching
from aggregator.store.rows import chunks
from aggregator.store.tables import Instant, entries, headlines, terms

REPEATED = 4  # one line in so many may be an old one: where all of a feed changed, news comes first
FEW = 10_000  # headlines, that may be looked at for those that changed
LATE = timedelta(days=1)  # what arrives later than that after its date is no news, but somebody's archive


def lines(
    connection: sa.Connection,
    choice: Choice,
    zone: ZoneInfo,
    before: Place | None,
    limit: int,
    folded: bool = False,
) -> Sequence[int]:
    """Return the ids of the lines, newest first, by one walk along an index; *folded*: one for each story."""
    rows = connection.execute(_walk(connection, choice, zone, before, limit, folded)).all()
    return [row.id for row in rows]


def above(connection: sa.Connection, place: Place) -> Sequence[int]:
    """Return the id of the line that is next above *place*, if there is one."""
    published, number = headlines.c.published, headlines.c.id
    shown = sa.select(number).where(headlines.c.held.is_(None), headlines.c.under.is_(None))
    newer = sa.or_(published > place[0], sa.and_(published == place[0], number > place[1]))
    wanted = shown.where(published >= place[0], newer).order_by(published, number).limit(1)
    return connection.execute(wanted).scalars().all()


def page(
    connection: sa.Connection, choice: Choice, zone: ZoneInfo, before: Place | None, limit: int
) -> tuple[Sequence[int], Place | None]:
    """Return the ids of a page of a feed, newest first, and the place after which the next one begins.

    The page after a place is what the ticker shows there. On the first page, the feed itself, the oldest
    lines give way to still older ones that arrived or changed later than they did (RFC 5005, 4); the next
    page begins with those that gave way.
    """
    wanted = _walk(connection, choice, zone, before, limit + 1)
    found = [(row.published, row.id) for row in connection.execute(wanted)]
    newest, more = found[:limit], len(found) > limit
    if not more:
        return [number for _, number in newest], None
    repeated: list[Place] = []
    if before is None and choice.day is None:
        repeated = _repeated(connection, choice, newest)
        newest = newest[: limit - len(repeated)]
    return [number for _, number in (*newest, *repeated)], newest[-1]


def _repeated(connection: sa.Connection, choice: Choice, newest: Sequence[Place]) -> list[Place]:
    """Return the headlines older than *newest* that belong among them in place of as many of the last."""
    room = len(newest) // REPEATED
    # PostgreSQL knows by its statistics which of the two ways is shorter.
    is_asked = _place(choice)[1] is not headlines.c.id and connection.dialect.name == "sqlite"
    walks = is_asked and not _changed_much(connection, newest[-1])
    rows = connection.execute(_changed_since(connection, choice, newest[-1], room, walks)).all()
    last = newest[::-1][: len(rows)]
    moments = _moments(connection, [number for _, number in last])
    pairs = zip(rows, last, strict=True)
    later = takewhile(
        lambda pair: (pair[0].moment, pair[0].published) > (moments[pair[1][1]], pair[1][0]), pairs
    )
    return sorted(((row.published, row.id) for row, _ in later), reverse=True)


def _walk(
    connection: sa.Connection,
    choice: Choice,
    zone: ZoneInfo,
    before: Place | None,
    limit: int,
    folded: bool = False,
) -> sa.Select[Any]:
    published, number = _place(choice)
    columns: tuple[Any, ...] = (published.label("published"), number.label("id"))
    wanted = _narrowed(connection, sa.select(*columns), choice)
    # What a search found is few, and put in order at the end; all else is walked through as the index has it.
    place = (
        sa.type_coerce(sa.type_coerce(published, sa.BigInteger) + 0, Instant) if _found(choice) else published
    )
    wanted = wanted.order_by(place.desc(), number.desc()).limit(limit)
    if folded:
        wanted = wanted.where(headlines.c.under.is_(None))
    if choice.day is not None:
        first, last = bounds(date.fromisoformat(choice.day), zone)
        wanted = wanted.where(place >= first, place < last)
    if before is not None:
        older = sa.and_(place == before[0], number < before[1])
        wanted = wanted.where(sa.or_(place < before[0], older))
        wanted = wanted.where(place <= before[0])  # says the same again, in a way that an index can use
    return wanted


def _changed_much(connection: sa.Connection, place: Place) -> bool:
    """Say whether more than a few headlines changed after the time of *place*."""
    changed = sa.select(headlines.c.changed).where(headlines.c.changed >= place[0]).limit(FEW + 1)
    number = sa.select(sa.func.count()).select_from(changed.subquery())
    return bool(connection.execute(number).scalar_one() > FEW)


def _changed_since(
    connection: sa.Connection, choice: Choice, place: Place, limit: int, walks: bool
) -> sa.Select[Any]:
    """Return the query for the headlines older than *place* that arrived or changed last, after its time.

    *walks* along those that changed, rather than along all that the choice narrows to: what is common has a
    page in little time, in which little else changed; what is rare is not much in all.
    """
    published, number = _place(choice)
    columns: tuple[Any, ...] = (published.label("published"), number.label("id"), _MOMENT.label("moment"))
    wanted = sa.select(*columns)
    if number is not headlines.c.id:
        wanted = wanted.join_from(terms, headlines, headlines.c.id == number)
    wanted = wanted.join(entries, entries.c.id == headlines.c.lead)
    wanted = _narrowed(connection, wanted, choice, by_index=not walks)
    older = sa.and_(published == place[0], number < place[1])
    wanted = wanted.where(headlines.c.changed >= place[0], sa.or_(published < place[0], older))
    return (
        wanted.where(place[0] <= _MOMENT)
        .order_by(_MOMENT.desc(), published.desc(), number.desc())
        .limit(limit)
    )


def _moments(connection: sa.Connection, ids: Sequence[int]) -> dict[int, datetime]:
    """Return when each of these headlines arrived or last changed."""
    wanted = sa.select(headlines.c.id, _MOMENT.label("moment"))
    wanted = wanted.join_from(headlines, entries, entries.c.id == headlines.c.lead)
    found: dict[int, datetime] = {}
    for chunk in chunks(ids):
        found |= {row.id: row.moment for row in connection.execute(wanted.where(headlines.c.id.in_(chunk)))}
    return found


def _narrowed(
    connection: sa.Connection, wanted: sa.Select[Any], choice: Choice, by_index: bool = True
) -> sa.Select[Any]:
    """Return *wanted* of what *choice* narrows to, found by the index of terms or only compared with it."""
    published, number = _place(choice)
    others = _terms(choice)
    if number is headlines.c.id:
        wanted = wanted.where(headlines.c.held.is_(None))  # what is held has no terms
    else:
        # No index is by what a term is with nothing added to it.
        named = terms.c.term if by_index else terms.c.term.concat("")
        wanted = wanted.where(named == others.pop(0))
    for term in others:
        also = terms.alias()
        same = sa.and_(also.c.term == term, also.c.published == published, also.c.headline == number)
        wanted = wanted.where(sa.select(1).where(same).exists())
    if (looked_for := _found(choice)) is not None:
        wanted = wanted.where(number.in_(searching.found(connection, looked_for)))
    return wanted


def _found(choice: Choice) -> Wanted | None:
    return None if choice.search is None else findable.wanted(choice.search)


def _place(choice: Choice) -> tuple[sa.Column[datetime], sa.Column[int]]:
    """Return where the time and the number of a line stand in what is walked through."""
    if choice.search is None and _terms(choice):
        return terms.c.published, terms.c.headline
    return headlines.c.published, headlines.c.id


def _terms(choice: Choice) -> list[str]:
    """Return the terms of a choice, first the one that most likely has the fewest headlines."""
    named = (("source", choice.source), ("category", choice.category), ("language", choice.language))
    return [f"{name}:{value}" for name, value in named if value is not None]


def bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when *day* begins and ends in *zone*; a day with a change of clocks has 23 or 25 hours."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _latest(one: sa.ColumnElement[datetime], other: sa.ColumnElement[datetime]) -> sa.ColumnElement[datetime]:
    """Return the later of two moments: SQLite and PostgreSQL have no name in common for it."""
    return sa.case((one > other, one), else_=other)


_CHANGED = _latest(headlines.c.updated, headlines.c.published)
_AGE = sa.type_coerce(entries.c.first_seen, sa.BigInteger) - sa.type_coerce(
    headlines.c.published, sa.BigInteger
)
_LATE = LATE // timedelta(microseconds=1)
# When a headline arrived or last changed.
_MOMENT: sa.ColumnElement[datetime] = sa.type_coerce(
    sa.case((_LATE > _AGE, _latest(entries.c.first_seen, _CHANGED)), else_=_CHANGED), Instant()
)
