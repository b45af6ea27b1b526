"""Archives: each day that is over, kept as it was when it ended (RFC 5005, 4).

A headline belongs to the day that it arrived in. Headlines are numbered as they arrive, so an archive is a
row of numbers without a gap, and what happens to one of them afterwards changes no archive. A day is kept as
soon as something arrived after it: then the next day is known too, and each archive can name its neighbours
for ever. So a day without news has none; and whatever becomes of the clock or of the site's time zone, what
arrives goes to a day that is not kept yet.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import TypeAdapter

from aggregator.model import Archive, Headline, KeptDay, Site
from aggregator.store import reading
from aggregator.store.choosing import bounds
from aggregator.store.tables import Instant, archives, desk, entries, headlines

Snapshot = tuple[Site, tuple[Headline, ...]]
_SNAPSHOT: TypeAdapter[Snapshot] = TypeAdapter(Snapshot)


@dataclass(frozen=True, slots=True)
class _Day:
    """A day that is over: which headlines arrived in it, and its neighbours."""

    day: str
    previous: str | None
    following: str
    site: Site
    after: int  # the last headline of the archive before it
    last: int  # its own


def is_due(connection: sa.Connection, now: datetime) -> bool:
    """Say whether `keep_next` would keep a day."""
    return _over(connection, now) is not None


def keep_next(connection: sa.Connection, now: datetime) -> bool:
    """Keep the oldest day that is over and not kept yet; say whether there was one."""
    over = _over(connection, now)
    if over is None:
        return False
    arrived = reading.whole(connection, _shown(connection, over.after, over.last))
    connection.execute(
        sa.insert(archives).values(
            day=over.day,
            previous=over.previous,
            following=over.following,
            last=over.last,
            made=now,
            snapshot=zlib.compress(_SNAPSHOT.dump_json((over.site, arrived))),
        )
    )
    connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))
    return True


def archive(connection: sa.Connection, day: str) -> Archive | None:
    """Return a day as it was when it ended; None if it is not kept."""
    row = connection.execute(sa.select(archives).where(archives.c.day == day)).one_or_none()
    if row is None:
        return None
    site, kept = _SNAPSHOT.validate_json(zlib.decompress(row.snapshot))
    return Archive(row.day, row.previous, row.following, row.made, site, kept)


def kept(connection: sa.Connection) -> tuple[KeptDay, ...]:
    """Return the days that are kept, the newest first."""
    columns = archives.c.day, archives.c.previous, archives.c.made
    rows = connection.execute(sa.select(*columns).order_by(archives.c.day.desc()))
    return tuple(KeptDay(row.day, row.previous, row.made) for row in rows)


def drop(connection: sa.Connection, before: datetime) -> None:
    """Drop the archives of days before *before*, but never the newest: the next one follows it."""
    newest = sa.select(sa.func.max(archives.c.day)).scalar_subquery()
    old = sa.delete(archives).where(archives.c.day < before.date().isoformat(), archives.c.day < newest)
    if connection.execute(old).rowcount:
        connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))


def _over(connection: sa.Connection, now: datetime) -> _Day | None:
    """Return the oldest day that is over and not kept yet; None while nothing arrived after it."""
    config = reading.config(connection)
    if config is None:
        return None
    zone = ZoneInfo(config.site.timezone)
    newest = connection.execute(_NEWEST).first()
    begin = newest.last if newest else 0
    first = None if newest else _first_arrival(connection, begin)
    if newest is None and first is None:
        return None
    day = date.fromisoformat(newest.following) if newest else _day(first or now, zone, now)
    end = bounds(day, zone)[1]
    last = _last_number(connection, begin, end) if end <= now else begin
    after = _first_arrival(connection, last) if end <= now else None
    if after is None:
        return None
    following = _day(after, zone, now).isoformat()
    return _Day(day.isoformat(), newest.day if newest else None, following, config.site, begin, last)


def _first_arrival(connection: sa.Connection, after: int) -> datetime | None:
    """Return when the first of the headlines numbered above *after* arrived."""
    arrived = sa.func.min(entries.c.first_seen, type_=Instant)
    found: datetime | None = connection.execute(
        sa.select(arrived).where(entries.c.headline > after)
    ).scalar_one()
    return found


def _last_number(connection: sa.Connection, after: int, end: datetime) -> int:
    """Return the number of the last headline above *after* that arrived before *end*; else *after*."""
    arrived = sa.func.min(entries.c.first_seen, type_=Instant)
    in_time = (
        sa.select(entries.c.headline)
        .where(entries.c.headline > after)
        .group_by(entries.c.headline)
        .having(arrived < end)
        .subquery()
    )
    last: int | None = connection.execute(sa.select(sa.func.max(in_time.c.headline))).scalar_one()
    return after if last is None else last


def _shown(connection: sa.Connection, after: int, last: int) -> list[int]:
    """Return the headlines numbered above *after* up to *last*, newest first, without those that are held."""
    wanted = sa.select(headlines.c.id).where(
        headlines.c.id > after, headlines.c.id <= last, headlines.c.held.is_(None)
    )
    order = headlines.c.published.desc(), headlines.c.id.desc()
    return list(connection.execute(wanted.order_by(*order)).scalars())


def _day(arrived: datetime, zone: ZoneInfo, now: datetime) -> date:
    """Return the day of an arrival; where a clock was ahead, nothing arrived later than *now*."""
    return min(arrived, now).astimezone(zone).date()


_NEWEST: sa.Select[Any] = (
    sa.select(archives.c.day, archives.c.following, archives.c.last).order_by(archives.c.day.desc()).limit(1)
)
