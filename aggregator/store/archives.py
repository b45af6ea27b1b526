"""Archives: each day that is over, kept as it was when it ended (RFC 5005, 4).

A headline belongs to the day that it arrived in. Headlines are numbered as they arrive, so an archive is a
row of numbers without a gap, and what happens to one of them afterwards changes no archive. A day is kept as
soon as something arrived after it: then the next day is known too, and each archive can name its neighbours
for ever. So a day without news has none; and whatever becomes of the clock or of the site's time zone, what
arrives goes to a day that is not kept yet. A busy day has several, so that none is too large to be read.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import TypeAdapter

from aggregator.model import Archive, Headline, KeptArchive, Place, Site
from aggregator.store import reading
from aggregator.store.choosing import bounds
from aggregator.store.rows import chunks
from aggregator.store.tables import Instant, archives, desk, entries, headlines

Snapshot = tuple[Site, tuple[Headline, ...]]
_SNAPSHOT: TypeAdapter[Snapshot] = TypeAdapter(Snapshot)
_NEWEST_FIRST = archives.c.last.desc(), archives.c.name.desc()  # a day may turn out to have shown nothing
MOST = 1000  # headlines in an archive: a few megabytes


@dataclass(frozen=True, slots=True)
class _Over:
    """A day that is over, or what is left of it."""

    name: str  # of the archive that it gets next
    previous: str | None
    next_day: str
    site: Site
    after: int  # the last headline of the archive before it
    last: int  # of the day


def is_due(connection: sa.Connection, now: datetime) -> bool:
    """Say whether `keep_next` would keep something."""
    return _over(connection, now) is not None


def keep_next(connection: sa.Connection, now: datetime, most: int) -> bool:
    """Keep the oldest day that is over and not kept yet, or *most* headlines of it; say if there was one."""
    connection.execute(sa.select(desk.c.id).with_for_update())  # nothing arrives meanwhile, nobody else keeps
    over = _over(connection, now)
    if over is None:
        return False
    ids = _shown(connection, over.after, over.last, most + 1)
    is_whole = len(ids) <= most
    arrived = reading.whole(connection, _newest_first(connection, ids[:most]))
    connection.execute(
        sa.insert(archives).values(
            name=over.name,
            previous=over.previous,
            following=over.next_day if is_whole else _next_part(over.name),
            last=over.last if is_whole else ids[most - 1],
            made=now,
            snapshot=zlib.compress(_SNAPSHOT.dump_json((over.site, arrived))),
        )
    )
    connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))
    return True


def archive(connection: sa.Connection, name: str) -> Archive | None:
    """Return an archive; None if it is not kept."""
    row = connection.execute(sa.select(archives).where(archives.c.name == name)).one_or_none()
    if row is None:
        return None
    site, kept = _SNAPSHOT.validate_json(zlib.decompress(row.snapshot))
    return Archive(row.name, row.previous, row.following, row.made, site, kept)


def kept(connection: sa.Connection) -> tuple[KeptArchive, ...]:
    """Return the archives that are kept, the newest first."""
    columns = archives.c.name, archives.c.previous, archives.c.made
    rows = connection.execute(sa.select(*columns).order_by(*_NEWEST_FIRST))
    return tuple(KeptArchive(row.name, row.previous, row.made) for row in rows)


def drop(connection: sa.Connection, before: datetime) -> None:
    """Drop the archives of days before *before*, but never the newest: the next one follows it."""
    newest = sa.select(archives.c.name).order_by(*_NEWEST_FIRST).limit(1).scalar_subquery()
    is_old = archives.c.name < before.date().isoformat()
    if connection.execute(sa.delete(archives).where(is_old, archives.c.name != newest)).rowcount:
        connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))


def _over(connection: sa.Connection, now: datetime) -> _Over | None:
    """Return the oldest day that is over and not kept yet; None while nothing arrived after it."""
    config = reading.config(connection)
    if config is None:
        return None
    zone = ZoneInfo(config.site.timezone)
    columns = archives.c.name, archives.c.following, archives.c.last
    newest = connection.execute(sa.select(*columns).order_by(*_NEWEST_FIRST).limit(1)).first()
    after = newest.last if newest else 0
    first = None if newest else _first_arrival(connection, after)
    if newest is None and first is None:
        return None
    name = newest.following if newest else _day(first or now, zone, now).isoformat()
    end = bounds(date.fromisoformat(name.partition("/")[0]), zone)[1]
    last = _last_number(connection, after, end) if end <= now else after
    later = _first_arrival(connection, last) if end <= now else None
    if later is None:
        return None
    next_day = _day(later, zone, now).isoformat()
    return _Over(name, newest.name if newest else None, next_day, config.site, after, last)


def _next_part(name: str) -> str:
    day, _, part = name.partition("/")
    return f"{day}/{int(part or 1) + 1}"


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


def _shown(connection: sa.Connection, after: int, last: int, limit: int) -> list[int]:
    """Return the headlines numbered above *after* up to *last*, as they arrived, but those that are held."""
    wanted = sa.select(headlines.c.id).where(
        headlines.c.id > after, headlines.c.id <= last, headlines.c.held.is_(None)
    )
    return list(connection.execute(wanted.order_by(headlines.c.id).limit(limit)).scalars())


def _newest_first(connection: sa.Connection, ids: list[int]) -> list[int]:
    places: dict[int, Place] = {}
    for chunk in chunks(ids):
        wanted = sa.select(headlines.c.published, headlines.c.id).where(headlines.c.id.in_(chunk))
        places |= {row.id: (row.published, row.id) for row in connection.execute(wanted)}
    return sorted(places, key=places.__getitem__, reverse=True)


def _day(arrived: datetime, zone: ZoneInfo, now: datetime) -> date:
    """Return the day of an arrival; where a clock was ahead, nothing arrived later than *now*."""
    return min(arrived, now).astimezone(zone).date()
