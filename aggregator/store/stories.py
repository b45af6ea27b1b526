"""Stories: the headlines of one event, folded under the one that speaks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from aggregator.model import Related
from aggregator.store.rows import chunks
from aggregator.store.tables import entries, feeds, headlines


def stories_of(connection: sa.Connection, ids: Collection[int]) -> set[int]:
    """Return the stories that the headlines *ids* belong to."""
    found: set[int] = set()
    for chunk in chunks(ids):
        wanted = sa.select(headlines.c.story).where(headlines.c.id.in_(chunk), headlines.c.story.is_not(None))
        found.update(connection.execute(wanted).scalars())
    return found


def folded_stories_of(connection: sa.Connection, ids: Collection[int]) -> set[int]:
    """Return those of them that are folded: none where the admin wants no stories."""
    found: set[int] = set()
    for chunk in chunks(stories_of(connection, ids)):
        wanted = sa.select(headlines.c.story).where(
            headlines.c.story.in_(chunk), headlines.c.under.is_not(None)
        )
        found.update(connection.execute(wanted.distinct()).scalars())
    return found


def move_story(connection: sa.Connection, story: int, older: int, revision: int) -> None:
    """Make *story* a part of *older*; the entries bear *revision*, so that every index hears of it."""
    moved = sa.select(headlines.c.id).where(headlines.c.story == story)
    these = sa.update(entries).where(entries.c.headline.in_(moved))
    connection.execute(these.values(revision=revision))
    connection.execute(sa.update(headlines).where(headlines.c.story == story).values(story=older))


def touch_stories(connection: sa.Connection, stories: Collection[int], now: datetime) -> None:
    """Note that each headline of *stories* has changed: it says how many there are in its story."""
    for chunk in chunks(stories):
        told = sa.update(headlines).where(headlines.c.story.in_(chunk))
        connection.execute(told.values(changed=now))


def choose_story_leads(connection: sa.Connection, stories: Iterable[int], now: datetime) -> None:
    """Let the headline with the most sources, then the highest priority, then the earliest speak for each."""
    for chunk in chunks(sorted(set(stories))):
        count = (
            sa.select(entries.c.headline, sa.func.count().label("sources"))
            .join(headlines, headlines.c.id == entries.c.headline)
            .where(headlines.c.story.in_(chunk))
            .group_by(entries.c.headline)
            .subquery()
        )
        order = (
            headlines.c.story,
            count.c.sources.desc(),
            feeds.c.priority.desc(),
            headlines.c.published,
            headlines.c.id,
        )
        rows = connection.execute(
            sa.select(headlines.c.id, headlines.c.story, headlines.c.under)
            .join(count, count.c.headline == headlines.c.id)
            .join(entries, entries.c.id == headlines.c.lead)
            .join(feeds, feeds.c.id == entries.c.feed)
            .where(headlines.c.story.in_(chunk), headlines.c.held.is_(None))
            .order_by(*order)
        ).all()
        for _, members in groupby(rows, key=attrgetter("story")):
            _put_under(connection, tuple(members), now)


def choose_story_leads_of_feed(connection: sa.Connection, feed: int, now: datetime) -> None:
    """Choose anew for the stories that *feed* is in: its priority changed."""
    mine = sa.select(entries.c.headline).where(entries.c.feed == feed).distinct()
    stories = folded_stories_of(connection, connection.execute(mine).scalars().all())
    choose_story_leads(connection, stories, now)


def unfold_all(connection: sa.Connection, now: datetime) -> None:
    """Let every headline have a line of its own again; what story it belongs to is still known."""
    folded = sa.update(headlines).where(headlines.c.under.is_not(None))
    connection.execute(folded.values(under=None, changed=now))


def fold_all(connection: sa.Connection, now: datetime) -> None:
    """Fold all stories that have more than one headline."""
    several = sa.select(headlines.c.story).group_by(headlines.c.story).having(sa.func.count() > 1)
    choose_story_leads(connection, connection.execute(several).scalars().all(), now)


def _put_under(connection: sa.Connection, members: Sequence[Any], now: datetime) -> None:
    """Put the *members* of a story under the first of them."""
    lead = members[0].id
    for member in members:
        under = None if member.id == lead else lead
        if member.under != under:
            one = sa.update(headlines).where(headlines.c.id.in_((member.id, lead)))
            connection.execute(one.values(changed=now))
            connection.execute(sa.update(headlines).where(headlines.c.id == member.id).values(under=under))


def related(connection: sa.Connection, stories: Collection[int]) -> dict[int, tuple[Related, ...]]:
    """Return the headlines of each of *stories* that have more than one, the newest first."""
    several = (
        sa.select(headlines.c.story)
        .where(headlines.c.story.in_(stories), headlines.c.under.is_not(None))
        .distinct()
    )
    rows = connection.execute(
        sa.select(
            headlines.c.story,
            headlines.c.id,
            headlines.c.published,
            entries.c.title,
            entries.c.language,
            feeds.c.name,
        )
        .join_from(headlines, entries, entries.c.id == headlines.c.lead)
        .join(feeds, feeds.c.id == entries.c.feed)
        .where(headlines.c.story.in_(several), headlines.c.held.is_(None))
        .order_by(headlines.c.published.desc(), headlines.c.id.desc())
    )
    found: dict[int, tuple[Related, ...]] = {}
    for row in rows:
        one = Related(row.id, row.title, row.language, row.published, row.name)
        found[row.story] = (*found.get(row.story, ()), one)
    return found
