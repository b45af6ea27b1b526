"""What is read: the ticker, a headline, the sources' health. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
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
    Source,
    State,
)
from aggregator.store.overriding import forced
from aggregator.store.rows import SOURCE, about_of, chunks, config_of, entry_of, source_of
from aggregator.store.stories import related
from aggregator.store.tables import Instant, desk, entries, feeds, headline_titles, headlines, hosts, terms
from aggregator.text import fold

TOO_MANY_REQUESTS = 429
MOST_WORDS = 8  # of a search: each is a look at every line until enough are found

Place = tuple[datetime, int]  # of a line in the ticker: published, id

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


def config(connection: sa.Connection) -> Config | None:
    """Return the configuration that was last accepted; None in a store that never had one."""
    text = connection.execute(sa.select(desk.c.config)).scalar_one()
    return config_of(text) if text else None


def ticker(
    connection: sa.Connection, choice: Choice, zone: ZoneInfo, before: Place | None, limit: int
) -> tuple[Headline, ...]:
    """Return at most *limit* lines, newest first, older than *before*; their contents are left out."""
    return _headlines(connection, _chosen(connection, choice, zone, before, limit, choice == Choice()), _LINE)


def articles(connection: sa.Connection, choice: Choice, zone: ZoneInfo, limit: int) -> tuple[Headline, ...]:
    """Return the newest headlines with their contents."""
    chosen = _chosen(connection, choice, zone, None, limit)
    return _headlines(connection, chosen, (*_LINE, entries.c.content))


def headline(connection: sa.Connection, number: int) -> Headline | None:
    """Return one headline with its content."""
    found = _headlines(connection, [number], (*_LINE, entries.c.content))
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
        connection.execute(number.select_from(headlines)).scalar_one() - held,
        connection.execute(number.select_from(entries)).scalar_one(),
    )


def health(connection: sa.Connection, now: datetime) -> tuple[FeedHealth, ...]:
    """Return the state of each source that feeds.yaml names, in the order of their names."""
    count = sa.select(entries.c.feed, sa.func.count().label("entries")).group_by(entries.c.feed).subquery()
    rows = connection.execute(
        sa.select(feeds, sa.func.coalesce(count.c.entries, 0).label("entries"))
        .outerjoin(count, count.c.feed == feeds.c.id)
        .where(feeds.c.active)
    ).all()
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


def _chosen(
    connection: sa.Connection,
    choice: Choice,
    zone: ZoneInfo,
    before: Place | None,
    limit: int,
    folded: bool = False,
) -> Sequence[int]:
    """Return the ids of the lines, newest first, by one walk along an index; *folded*: one for each story."""
    term = _term(choice)
    place = (terms.c.published, terms.c.headline) if term else (headlines.c.published, headlines.c.id)
    wanted = sa.select(place[1]).order_by(place[0].desc(), place[1].desc()).limit(limit)
    # What is held has no terms.
    wanted = wanted.where(terms.c.term == term if term else headlines.c.held.is_(None))
    if folded:
        wanted = wanted.where(headlines.c.under.is_(None))
    if choice.day is not None:
        first, last = _bounds(date.fromisoformat(choice.day), zone)
        wanted = wanted.where(place[0] >= first, place[0] < last)
    for word in fold(choice.search or "").split()[:MOST_WORDS]:
        told = sa.select(1).where(
            entries.c.headline == place[1], entries.c.folded.contains(word, autoescape=True)
        )
        wanted = wanted.where(told.exists())
    if before is not None:
        wanted = wanted.where(
            sa.or_(place[0] < before[0], sa.and_(place[0] == before[0], place[1] < before[1]))
        )
        wanted = wanted.where(place[0] <= before[0])  # says the same again, in a way that an index can use
    return connection.execute(wanted).scalars().all()


def _term(choice: Choice) -> str | None:
    for name in ("category", "language", "source"):
        value = getattr(choice, name)
        if value is not None:
            return f"{name}:{value}"
    return None


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when *day* begins and ends in *zone*; a day with a change of clocks has 23 or 25 hours."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


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
