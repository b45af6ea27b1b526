"""What is read: the ticker, a headline, the sources' health. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from aggregator.links import without_credentials
from aggregator.model import (
    Choice,
    Config,
    Feed,
    FeedHealth,
    FormerTitle,
    Headline,
    Held,
    Place,
    Source,
    State,
)
from aggregator.store import choosing
from aggregator.store.choosing import lines
from aggregator.store.overriding import forced
from aggregator.store.rows import SOURCE, about_of, chunks, config_of, entry_of, source_of
from aggregator.store.stories import related
from aggregator.store.tables import Instant, desk, entries, feeds, headline_titles, headlines, hosts

TOO_MANY_REQUESTS = 429

_HEADLINE = (
    headlines.c.id.label("number"),
    headlines.c.guid,
    headlines.c.story,
    headlines.c.published.label("place"),
    headlines.c.updated.label("noticed"),
    headlines.c.changed,
)
_LINE = tuple(
    entries.c[name]
    for name in (
        "entry_id",
        "title",
        "published",
        "link",
        "summary",
        "details",
        "image",
        "language",
        "updated",
        "dated",
        "comments",
        "comments_link",
        "comments_feed",
    )
)


def revision(connection: sa.Connection) -> int:
    """Return the number that moves with every change that a reader could see."""
    return int(connection.execute(sa.select(desk.c.revision)).scalar_one())


def renewed(connection: sa.Connection) -> datetime | None:
    """Return when all that is published last changed at once: the configuration, or a source's name."""
    found: datetime | None = connection.execute(sa.select(desk.c.renewed)).scalar_one()
    return found


def config(connection: sa.Connection) -> Config | None:
    """Return the configuration that was last accepted; None in a store that never had one."""
    text = connection.execute(sa.select(desk.c.config)).scalar_one()
    return config_of(text) if text else None


def ticker(
    connection: sa.Connection, choice: Choice, zone: ZoneInfo, before: Place | None, limit: int
) -> tuple[Headline, ...]:
    """Return at most *limit* lines, newest first, older than *before*; with their contents in a search."""
    chosen = lines(connection, choice, zone, before, limit, folded=choice == Choice())
    # Where something was searched for, what is around it is shown.
    return _headlines(connection, chosen, (*_LINE, entries.c.content) if choice.search else _LINE)


def newer(connection: sa.Connection, place: Place) -> Headline | None:
    """Return the line of the ticker of everything that is next above *place*, without its content."""
    found = _headlines(connection, choosing.above(connection, place), _LINE)
    return found[0] if found else None


def oldest(connection: sa.Connection) -> datetime | None:
    """Return the date of the oldest headline that is shown; None where there is none."""
    wanted = sa.select(headlines.c.published).where(headlines.c.held.is_(None))
    found: datetime | None = connection.scalar(
        wanted.order_by(headlines.c.published, headlines.c.id).limit(1)
    )
    return found


def page(
    connection: sa.Connection, choice: Choice, zone: ZoneInfo, before: Place | None, limit: int
) -> tuple[tuple[Headline, ...], Place | None]:
    """Return at most *limit* headlines with their contents, newest first, and where the page after begins.

    Those older than *before*; where that is None, those that arrived or changed last (`store.choosing`).
    """
    chosen, older = choosing.page(connection, choice, zone, before, limit)
    return whole(connection, chosen), older


def whole(connection: sa.Connection, ids: Sequence[int]) -> tuple[Headline, ...]:
    """Return the headlines of *ids* with their contents, in their order."""
    return _headlines(connection, ids, (*_LINE, entries.c.content))


def headline(connection: sa.Connection, number: int) -> Headline | None:
    """Return one headline with its content."""
    found = whole(connection, [number])
    return found[0] if found else None


def moved(connection: sa.Connection, number: int) -> int | None:
    """Return the headline that has the entries of *number* now, if the admin had them moved."""
    passed: list[int | None] = []
    found: int | None = number
    while found is not None and found not in passed:
        passed.append(found)
        into = sa.select(headlines.c.merged_into).where(headlines.c.id == found)
        found = connection.execute(into).scalar_one_or_none()
    return passed[-1] if len(passed) > 1 else None


def counts(connection: sa.Connection) -> tuple[int, int]:
    """Return how many headlines are shown, and how many entries there are."""
    number = sa.select(sa.func.count())
    held = connection.execute(number.where(headlines.c.held.is_not(None))).scalar_one()
    return (
        connection.execute(sa.select(desk.c.headlines)).scalar_one() - held,
        int(connection.execute(sa.select(sa.func.coalesce(sa.func.sum(feeds.c.entries), 0))).scalar_one()),
    )


def health(connection: sa.Connection, now: datetime) -> tuple[FeedHealth, ...]:
    """Return the state of each source that feeds.yaml names, in the order of their names."""
    rows = connection.execute(sa.select(feeds).where(feeds.c.active)).all()
    resting = {
        row.host: row.wait_until for row in connection.execute(sa.select(hosts)) if row.wait_until > now
    }
    held = _held(connection)
    found = (_health(row, _wait(row, resting, now), held.get(row.id, ())) for row in rows)
    return tuple(sorted(found, key=lambda feed: (feed.title.casefold(), feed.key)))


def config_error(connection: sa.Connection) -> str | None:
    """Return what is wrong with the configuration file as it stands now, if it is not the one in force."""
    found: str | None = connection.execute(sa.select(desk.c.config_error)).scalar_one()
    return found


def _headlines(connection: sa.Connection, ids: Sequence[int], columns: Sequence[Any]) -> tuple[Headline, ...]:
    """Return the headlines of *ids*, in their order."""
    found: dict[int, Headline] = {}
    for chunk in chunks(ids):
        rows = connection.execute(
            sa.select(*_HEADLINE, headlines.c.lead, *columns)
            .join_from(headlines, entries, entries.c.id == headlines.c.lead)
            .where(headlines.c.id.in_(chunk))
        ).all()
        leads = {row.number: row.lead for row in rows}
        sources = _sources(connection, chunk, leads)
        former = _former(connection, chunk, leads)
        others = related(connection, {row.story for row in rows if row.story is not None})
        found |= {
            row.number: replace(
                _headline(row, sources[row.number], former.get(row.number, ())),
                related=tuple(other for other in others.get(row.story, ()) if other.id != row.number),
            )
            for row in rows
            if row.number in sources
        }
    return tuple(found[number] for number in ids if number in found)


def _headline(row: sa.Row[Any], sources: tuple[Source, ...], former: tuple[FormerTitle, ...]) -> Headline:
    return Headline(
        id=row.number,
        guid=row.guid,
        published=row.place,
        updated=row.noticed,
        changed=row.changed,
        entry=entry_of(row),
        sources=sources,
        formerly=former,
        story=row.story,
    )


def _sources(
    connection: sa.Connection, ids: Sequence[int], leads: dict[int, int]
) -> dict[int, tuple[Source, ...]]:
    """Return each headline's sources: the lead first, the others as they came."""
    wanted = sa.select(*SOURCE).join_from(entries, feeds, feeds.c.id == entries.c.feed)
    rows = connection.execute(
        wanted.where(entries.c.headline.in_(ids)).order_by(entries.c.published, entries.c.id)
    ).all()
    abouts: dict[str | None, Feed | None] = {text: about_of(text) for text in {row.about for row in rows}}
    moved_here = forced(connection, ids)
    found: dict[int, list[Source]] = {}
    for row in sorted(rows, key=lambda row: leads.get(row.headline) != row.id):
        source = source_of(row, abouts[row.about])
        found.setdefault(row.headline, []).append(
            replace(source, rule="same", words=()) if row.id in moved_here else source
        )
    return {number: tuple(sources) for number, sources in found.items()}


def _former(
    connection: sa.Connection, ids: Sequence[int], leads: dict[int, int]
) -> dict[int, tuple[FormerTitle, ...]]:
    """Return what each headline's lead said before."""
    wanted = sa.select(headline_titles).where(headline_titles.c.headline.in_(ids))
    found: dict[int, tuple[FormerTitle, ...]] = {}
    for row in connection.execute(wanted.order_by(headline_titles.c.id)).all():
        if leads.get(row.headline) == row.entry:
            found[row.headline] = (*found.get(row.headline, ()), FormerTitle(row.title, row.until))
    return found


@dataclass(frozen=True, slots=True)
class _Wait:
    """Until when a feed is left alone because its publisher asked for that."""

    until: datetime
    host: str  # that asked
    told_another: bool  # it said so to another of its feeds only


def _wait(row: sa.Row[Any], resting: dict[str, datetime], now: datetime) -> _Wait | None:
    """Return what its own server told this feed, or its host (before redirects or after) all of its feeds."""
    told = row.not_before if row.waiting and row.not_before > now else None
    places = {row.host, row.answered_by} if row.wait_with_host else set()
    waits = [(resting[name], name) for name in places if name in resting]
    if told:
        waits.append((told, row.answered_by or row.host))
    if not waits or row.gone:
        return None
    until, name = max(waits)
    return _Wait(until, name, told_another=not told and row.status != TOO_MANY_REQUESTS)


def _held(connection: sa.Connection) -> dict[int, tuple[Held, ...]]:
    """Return what is kept out of the ticker, feed by feed; a held headline has one entry."""
    last = sa.func.max(entries.c.first_seen, type_=Instant)
    rows = connection.execute(
        sa.select(entries.c.feed, headlines.c.held, sa.func.count().label("number"), last.label("last"))
        .join_from(headlines, entries, entries.c.id == headlines.c.lead)
        .where(headlines.c.held.is_not(None), headlines.c.merged_into.is_(None))
        .group_by(entries.c.feed, headlines.c.held)
        .order_by(entries.c.feed, last)
    )
    found: dict[int, tuple[Held, ...]] = {}
    for row in rows:
        found[row.feed] = (*found.get(row.feed, ()), Held(row.held, row.number, row.last))
    return found


def _health(row: sa.Row[Any], wait: _Wait | None, held: tuple[Held, ...]) -> FeedHealth:
    about = about_of(row.about)
    due = max(row.next_due, wait.until) if wait else row.next_due
    return FeedHealth(
        key=row.key,
        url=without_credentials(row.url),
        title=row.name,
        state=_state(row, wait),
        last_polled=row.last_polled,
        last_changed=row.last_changed,
        next_due=None if row.gone else due,
        failures=row.failures,
        error=row.error,
        status=row.status,
        entries=row.entries,
        moved_to=without_credentials(row.moved_to) if row.moved_to else None,
        failing_since=row.failing_since,
        site=about.link if about else None,
        waiting_until=wait.until if wait else None,
        waiting_for=wait.host if wait else None,
        told_another=wait.told_another if wait else False,
        held=held,
    )


def _state(row: sa.Row[Any], wait: _Wait | None) -> State:
    if row.gone:
        return "gone"
    if wait:
        return "waiting"
    if row.last_polled is None:
        return "never"
    return "failing" if row.failures else "ok"
