"""Decisions: why the entries of a headline are where they are, as it was kept when that was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from aggregator.model import Cited, Decision, Decisions, Move
from aggregator.store.rows import chunks, reasons_of
from aggregator.store.tables import entries, feeds, headlines, overrides


def decisions(connection: sa.Connection, number: int) -> Decisions | None:
    """Return all that was decided of a headline; None if there is none of that number."""
    asked = sa.select(headlines).where(headlines.c.id == number)
    headline = connection.execute(asked).one_or_none()
    if headline is None:
        return None
    rows = connection.execute(
        sa.select(entries, feeds.c.name)
        .join(feeds, feeds.c.id == entries.c.feed)
        .where(entries.c.headline == number)
        .order_by(entries.c.id)
    ).all()
    moves = _moves(connection, number)
    made = tuple(_decision(row) for row in rows)
    named = {row for each in made for row in each.named} | {move.entry for move in moves}
    return Decisions(
        headline=number,
        lead=headline.lead,
        entries=made,
        cited=_cited(connection, named | {headline.lead}),
        story=_story(connection, headline),
        moves=moves,
        merged_into=headline.merged_into,
        is_held=headline.held is not None,
    )


def _decision(row: sa.Row[Any]) -> Decision:
    return Decision(
        entry=row.id,
        source=row.name,
        title=row.title,
        rule=row.rule,
        score=row.score,
        matched=row.matched,
        reasons=reasons_of(row.reasons),
        alone=row.alone,
    )


def _moves(connection: sa.Connection, number: int) -> tuple[Move, ...]:
    """Return what feeds.yaml had moved into a headline, or out of it."""
    either = sa.or_(overrides.c.before == number, overrides.c.after == number)
    rows = connection.execute(
        sa.select(overrides)
        .where(overrides.c.kind.in_(("same", "different")), either)
        .order_by(overrides.c.id)
    )
    return tuple(Move(row.kind, row.one, row.other, row.entry, row.before, row.after) for row in rows)


def _cited(connection: sa.Connection, rows: Collection[int]) -> Mapping[int, Cited]:
    """Return those of the entries *rows* that are kept still."""
    found: dict[int, Cited] = {}
    for chunk in chunks(sorted(rows)):
        wanted = sa.select(entries.c.id, entries.c.headline, entries.c.title, feeds.c.name)
        kept = wanted.join(feeds, feeds.c.id == entries.c.feed).where(entries.c.id.in_(chunk))
        found |= {row.id: Cited(row.headline, row.title, row.name) for row in connection.execute(kept)}
    return found


def _story(connection: sa.Connection, headline: sa.Row[Any]) -> tuple[Cited, ...]:
    """Return the other headlines of the story, the earliest first."""
    wanted = (
        sa.select(headlines.c.id, entries.c.title, feeds.c.name)
        .join(entries, entries.c.id == headlines.c.lead)
        .join(feeds, feeds.c.id == entries.c.feed)
        .where(headlines.c.story == headline.story, headlines.c.id != headline.id, headlines.c.held.is_(None))
        .order_by(headlines.c.published, headlines.c.id)
    )
    return tuple(Cited(row.id, row.title, row.name) for row in connection.execute(wanted))
