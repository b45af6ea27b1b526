"""Overriding: what the admin says is one headline, or is not, done to what is stored; and undone.

Nothing is deleted: entries move from one headline to another, a headline without entries is kept out of sight
with a note of where they went, and each move is written down, so that it can be taken back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal, NamedTuple

import sqlalchemy as sa

from aggregator.model import MERGED, Matching
from aggregator.names import spelt, titles_in
from aggregator.store.indexing import choose_leads, index_headlines
from aggregator.store.stories import choose_story_leads, stories_of
from aggregator.store.tables import desk, entries, headline_titles, headlines, overrides

Kind = Literal["same", "different"]


class Pair(NamedTuple):
    """Two names of feeds.yaml, and what is said of them."""

    kind: Kind
    one: str
    other: str


def override(connection: sa.Connection, matching: Matching, now: datetime) -> None:
    """Undo what feeds.yaml says no more, and do what it says now to the entries that are stored.

    Those that come later are decided upon by the same pairs. Moves build upon each other, so where one pair
    is gone all are undone, the last first, and those that are left are done again.
    """
    wanted = [Pair("same", *pair) for pair in matching.same] + [
        Pair("different", *pair) for pair in matching.different
    ]
    rows = connection.execute(sa.select(overrides).order_by(overrides.c.id.desc())).all()
    done = {Pair(row.kind, row.one, row.other) for row in rows}
    moves = _Moves(connection, now)
    if not done.issubset(wanted):
        for row in rows:
            moves.undo(row.entry, row.before, row.after)
        connection.execute(sa.delete(overrides))
        done = set()
    for pair in wanted:
        if pair not in done:
            _do(moves, pair)
    moves.finish(matching.stories)


def _do(moves: _Moves, pair: Pair) -> None:
    one, other = moves.called(pair.one), moves.called(pair.other)
    if not one or not other:
        return
    if pair.kind == "same":
        home = moves.home_of(one | other)
        for row in moves.with_their_headlines(one | other):
            if moves.homes[row] != home:
                moves.move(pair, row, home)
        return
    together = {moves.homes[row] for row in one}
    for home in sorted({moves.homes[row] for row in other - one} & together):
        apart = moves.with_their_copies({row for row in other - one if moves.homes[row] == home}, one, home)
        new = moves.new_headline(min(apart), home)
        for row in sorted(apart):
            moves.move(pair, row, new)


class _Moves:
    """Entries on their way from one headline to another, and what has to be put right afterwards."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._touched: set[int] = set()
        self.homes: dict[int, int] = {}  # of the entries that were looked up

    def called(self, name: str) -> set[int]:
        """Return the entries that are called *name*."""
        names = spelt(name)
        found = sa.or_(
            entries.c.entry_id.in_(names),
            entries.c.link_key.in_(names),
            entries.c.title_key.in_(titles_in(names)),
        )
        return self._look_up(found)

    def with_their_headlines(self, rows: Collection[int]) -> list[int]:
        """Return *rows*, and all entries that share a headline with one of them."""
        return sorted(self._look_up(entries.c.headline.in_({self.homes[row] for row in rows})))

    def home_of(self, rows: Collection[int]) -> int:
        """Return the headline that *rows* are to share: the oldest that is shown, if one is."""
        homes = {self.homes[row] for row in rows}
        held = sa.select(headlines.c.id).where(headlines.c.id.in_(homes), headlines.c.held.is_not(None))
        return min(homes.difference(self._connection.execute(held).scalars()) or homes)

    def with_their_copies(self, rows: Collection[int], staying: Collection[int], home: int) -> set[int]:
        """Return *rows* and those of their headline that were matched with one of them, or with such.

        What is *staying* does not come along.
        """
        matched = dict(
            self._connection.execute(
                sa.select(entries.c.id, entries.c.matched).where(entries.c.headline == home)
            ).all()
        )
        self.homes |= dict.fromkeys(matched, home)
        apart = set(rows)
        for row in sorted(matched):
            if matched[row] in apart and row not in staying:
                apart.add(row)
        return apart if len(apart) < len(matched) else set(rows)

    def new_headline(self, lead: int, home: int) -> int:
        """Return a headline for *lead* beside *home*: a new one, or that which it had before an undoing."""
        guid = self._connection.execute(
            sa.select(headlines.c.guid).where(headlines.c.id == home)
        ).scalar_one()
        guid = f"{guid}#{lead}"
        taken = self._connection.execute(
            sa.select(headlines.c.id, headlines.c.held).where(headlines.c.guid == guid)
        ).one_or_none()
        if taken is not None and taken.held == MERGED:
            return int(taken.id)
        number = self._connection.execute(sa.select(desk.c.next_headline)).scalar_one()
        self._connection.execute(
            sa.update(desk).values(next_headline=number + 1, headlines=desk.c.headlines + 1)
        )
        entry = self._connection.execute(sa.select(entries).where(entries.c.id == lead)).one()
        self._connection.execute(
            sa.insert(headlines).values(
                id=number,
                guid=guid if taken is None else f"{guid}.{number}",
                lead=lead,
                story=number,
                published=entry.published,
                updated=self._now,
                changed=self._now,
            )
        )
        return int(number)

    def move(self, pair: Pair, row: int, to: int) -> None:
        """Move an entry, and write that down."""
        self._connection.execute(
            sa.insert(overrides).values(
                kind=pair.kind, one=pair.one, other=pair.other, entry=row, before=self.homes[row], after=to
            )
        )
        self._put(row, to)

    def undo(self, row: int, before: int, after: int) -> None:
        """Move an entry back, if it is still where it was moved to."""
        where = sa.select(entries.c.headline).where(entries.c.id == row)
        if self._connection.execute(where).scalar_one_or_none() == after:
            self.homes[row] = after
            self._put(row, before)

    def finish(self, stories: bool) -> None:
        """Put right what hangs on the entries of headlines; *stories*: those of one event are folded."""
        if not self._touched:
            return
        connection, now = self._connection, self._now
        connection.execute(sa.update(desk).values(revision=desk.c.revision + 1))
        revision = sa.select(desk.c.revision).scalar_subquery()
        these = entries.c.headline.in_(self._touched)
        connection.execute(sa.update(entries).where(these).values(revision=revision))
        full = set(connection.execute(sa.select(entries.c.headline).where(these).distinct()).scalars())
        back = sa.update(headlines).where(headlines.c.id.in_(full), headlines.c.merged_into.is_not(None))
        connection.execute(back.values(held=sa.func.nullif(headlines.c.held, MERGED), merged_into=None))
        these_headlines = sa.update(headlines).where(headlines.c.id.in_(self._touched))
        connection.execute(these_headlines.values(changed=now))
        choose_leads(connection, full, now)
        index_headlines(connection, self._touched)
        if stories:
            choose_story_leads(connection, stories_of(connection, self._touched), now)

    def _put(self, row: int, to: int) -> None:
        before = self.homes[row]
        self._connection.execute(sa.update(entries).where(entries.c.id == row).values(headline=to))
        former = sa.update(headline_titles).where(
            headline_titles.c.headline == before, headline_titles.c.entry == row
        )
        self._connection.execute(former.values(headline=to))
        self.homes[row] = to
        self._touched |= {before, to}
        left = sa.select(entries.c.id).where(entries.c.headline == before).limit(1)
        if self._connection.execute(left).first() is None:
            empty = sa.update(headlines).where(headlines.c.id == before)
            held = sa.func.coalesce(headlines.c.held, MERGED)  # what was held before is so again afterwards
            self._connection.execute(empty.values(held=held, merged_into=to, under=None))

    def _look_up(self, condition: sa.ColumnElement[bool]) -> set[int]:
        rows = self._connection.execute(sa.select(entries.c.id, entries.c.headline).where(condition)).all()
        found: dict[int, int] = {row.id: row.headline for row in rows}
        self.homes |= found
        return set(found)


def forced(connection: sa.Connection, ids: Collection[int]) -> set[int]:
    """Return the entries that are in one of the headlines *ids* because feeds.yaml says so."""
    rows = sa.select(overrides.c.entry).where(overrides.c.kind == "same", overrides.c.after.in_(ids))
    return set(connection.execute(rows).scalars())


def forget(connection: sa.Connection, dropped: Collection[int]) -> None:
    """Forget the moves of the entries of headlines that are dropped, and those that led away from one."""
    rows = sa.select(entries.c.id).where(entries.c.headline.in_(dropped))
    gone = sa.or_(overrides.c.entry.in_(rows), overrides.c.before.in_(dropped))
    connection.execute(sa.delete(overrides).where(gone))
