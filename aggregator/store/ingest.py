"""Taking in a batch: what is known of its entries, and the plan carried out, in one transaction.

Whoever opens a ledger holds the desk's row until the end, so two programs never decide at the same time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.model import Addition, Arrival, Habit, Known, Plan, Reasons, Revision
from aggregator.names import titles_in
from aggregator.store import searching, tallies
from aggregator.store.habits import habits
from aggregator.store.indexing import choose_leads, founding_terms, index_headlines, subscriptions_of
from aggregator.store.many import execute_many
from aggregator.store.rows import ENTRY_COLUMNS, KNOWN, REASONS, chunks, entry_columns, known_of
from aggregator.store.stories import choose_story_leads, folded_stories_of, move_story, touch_stories
from aggregator.store.tables import (
    desk,
    dropped,
    entries,
    feeds,
    frequencies,
    headline_titles,
    headlines,
    terms,
)


class Ledger:
    """The store, held by one writer for one batch."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        row = connection.execute(sa.select(desk).with_for_update()).one()
        self.revision: int = row.revision  # before the batch
        self.next_entry: int = row.next_entry
        self.next_headline: int = row.next_headline
        self.polled_news: frozenset[int] = frozenset()  # feeds of which a poll brought what was new
        self.doubted: frozenset[int] = frozenset()  # those of which a hub delivered what may be old

    def listed(self, arrivals: Sequence[Arrival]) -> tuple[Arrival, ...]:
        """Return *arrivals* without those that retention dropped already: still listed, but no news."""
        old: set[bytes] = set()
        for chunk in chunks(arrival.uid for arrival in arrivals):
            known = sa.select(dropped.c.uid).where(dropped.c.uid.in_(chunk))
            old.update(self._connection.execute(known).scalars())
        for uids in chunks(old):
            again = sa.update(dropped).where(dropped.c.uid.in_(uids))
            self._connection.execute(again.values(seen=self._now))
        return tuple(arrival for arrival in arrivals if arrival.uid not in old)

    def known(self, arrivals: Sequence[Arrival]) -> tuple[Known, ...]:
        """Return the entries that share feed and id, or feed and link, with one of *arrivals*."""
        found: dict[int, Known] = {}
        for chunk in chunks(arrival.uid for arrival in arrivals):
            found |= self._fetch(entries.c.uid.in_(chunk))
        seen = {known.uid for known in found.values()}
        links: dict[int, set[str]] = {}
        for arrival in arrivals:
            if arrival.uid not in seen and arrival.facts.link_key:
                links.setdefault(arrival.feed, set()).add(arrival.facts.link_key)
        both = sa.tuple_(entries.c.feed, entries.c.link_key)
        for pairs in chunks((feed, key) for feed, keys in links.items() for key in keys):
            found |= self._fetch(both.in_(pairs))
        return tuple(found.values())

    def called(self, names: frozenset[str]) -> tuple[Known, ...]:
        """Return the entries that are called one of *names*."""
        found: dict[int, Known] = {}
        for some in chunks(names):
            found |= self._fetch(sa.or_(entries.c.entry_id.in_(some), entries.c.link_key.in_(some)))
        for some in chunks(titles_in(names)):
            found |= self._fetch(entries.c.title_key.in_(some))
        return tuple(found.values())

    def frequencies(self) -> tuple[dict[str, bytes], int]:
        """Return the counts of words, language by language, and the revision up to which they count."""
        rows = self._connection.execute(sa.select(frequencies)).all()
        return {row.language: row.counts for row in rows}, max((row.revision for row in rows), default=0)

    def keep_frequencies(self, counts: Mapping[str, bytes], revision: int) -> None:
        """Keep the counts of words as they are at *revision*."""
        self._connection.execute(sa.delete(frequencies))
        rows = [
            {"language": language, "counts": row, "revision": revision} for language, row in counts.items()
        ]
        if rows:
            self._connection.execute(sa.insert(frequencies), rows)

    def since(self, revision: int, first_seen: datetime) -> Iterable[Known]:
        """Yield what changed after *revision* among the entries seen since *first_seen*, oldest row first."""
        changed = sa.and_(entries.c.revision > revision, entries.c.first_seen >= first_seen)
        wanted = sa.select(*KNOWN).join_from(entries, headlines).where(changed)
        rows = self._connection.execute(wanted.order_by(entries.c.id), execution_options={"yield_per": 5000})
        return (known_of(row) for row in rows)

    def habits(self, rushes: Mapping[int, Sequence[Arrival]]) -> dict[int, Habit]:
        """Return what the feeds in *rushes* (feed to its new entries) usually bring; nothing of new feeds."""
        return habits(self._connection, rushes, self._now)

    def carry_out(self, plan: Plan) -> None:
        """Do what *plan* says; move the revision if there is anything that a reader could see."""
        self.doubted = plan.doubted
        self.polled_news = frozenset(a.arrival.feed for a in plan.additions if not a.arrival.pushed)
        if not plan.additions and not plan.revisions:
            return
        self.revision += 1
        self._retire(plan.succeeded)
        self._found([addition for addition in plan.additions if addition.guid is not None])
        self._add(plan.additions)
        self._revise(plan.revisions)
        joined = {addition.headline for addition in plan.additions if addition.guid is None}
        revised = {revision.known.headline for revision in plan.revisions}
        self._touch(joined | revised)
        choose_leads(self._connection, joined | revised, self._now)
        index_headlines(self._connection, joined | revised)
        self._fold(plan, joined)
        self._changed_feeds(plan)
        tallies.note(self._connection, plan.additions, self._now)
        founded = sum(addition.guid is not None for addition in plan.additions)
        self._connection.execute(
            sa.update(desk).values(
                revision=self.revision,
                next_entry=self.next_entry + len(plan.additions),
                next_headline=self.next_headline + founded,
                headlines=desk.c.headlines + founded,
            )
        )

    def _fetch(self, condition: sa.ColumnElement[bool]) -> dict[int, Known]:
        rows = self._connection.execute(sa.select(*KNOWN).join_from(entries, headlines).where(condition))
        return {row.id: known_of(row) for row in rows}

    def _retire(self, rows: Iterable[int]) -> None:
        """Let go of the ids of entries that their publishers have given to other articles."""
        for row in rows:
            old = sa.update(entries).where(entries.c.id == row)
            self._connection.execute(old.values(uid=f"retired {row}".encode()))

    def _fold(self, plan: Plan, joined: Collection[int]) -> None:
        """Fold the headlines of one event under the one that speaks for it."""
        for story, older in plan.merged:
            move_story(self._connection, story, older, self.revision)
        stories = {addition.story for addition in plan.additions if addition.story != addition.headline}
        stories |= {older for _, older in plan.merged}
        told = {story for story in stories if story is not None}
        touch_stories(self._connection, told, self._now)
        choose_story_leads(self._connection, told | folded_stories_of(self._connection, joined), self._now)

    def _found(self, founders: Sequence[Addition]) -> None:
        if not founders:
            return
        taken: set[str] = set()
        for guids in chunks(addition.guid for addition in founders):
            used = sa.select(headlines.c.guid).where(headlines.c.guid.in_(guids))
            taken.update(self._connection.execute(used).scalars())
        rows = []
        for addition in founders:
            guid = self._free(addition, taken)
            taken.add(guid)
            rows.append(_headline_columns(addition, guid, self._now))
        execute_many(self._connection, _NEW_HEADLINE, rows)
        shown = [addition for addition in founders if addition.arrival.held is None]
        categories = subscriptions_of(self._connection, {a.arrival.feed for a in shown})
        execute_many(self._connection, _NEW_TERM, list(founding_terms(shown, categories)))

    def _free(self, addition: Addition, taken: Collection[str]) -> str:
        """Return a guid that no other headline has: the publisher's, a tag of ours, or one with a date.

        The tag is taken too where a publisher gave one id to two articles.
        """
        if addition.guid not in taken:
            return str(addition.guid)
        tag = addition.arrival.tag
        used = sa.select(headlines.c.guid).where(headlines.c.guid == tag)
        if tag not in taken and self._connection.execute(used).first() is None:
            return tag
        return f"{tag}:{addition.arrival.entry.published:%Y%m%dT%H%M%S}.{addition.row}"

    def _add(self, additions: Sequence[Addition]) -> None:
        for some in chunks(additions, 200):  # a whole batch, made into rows and parameters, takes 15 MB
            execute_many(self._connection, _NEW_ENTRY, [self._entry_columns(each) for each in some])
            searching.learn(self._connection, [(each.row, each.arrival.findable) for each in some])

    def _entry_columns(self, addition: Addition) -> dict[str, Any]:
        reasons = addition.reasons
        return {
            **entry_columns(addition.arrival),
            "id": addition.row,
            "feed": addition.arrival.feed,
            "uid": addition.arrival.uid,
            "headline": addition.headline,
            "entry_id": addition.arrival.entry.id,
            "first_seen": self._now,
            "alone": addition.arrival.alone,
            "rule": addition.rule,
            "score": addition.score,
            "matched": addition.matched,
            "reasons": "" if reasons == _NO_REASONS else REASONS.dump_json(reasons).decode(),
            "revision": self.revision,
        }

    def _revise(self, revisions: Sequence[Revision]) -> None:
        if not revisions:
            return
        execute_many(self._connection, _REVISE, [_revised(revision, self.revision) for revision in revisions])
        searching.forget(self._connection, [revision.known.row for revision in revisions])
        searching.learn(self._connection, [(each.known.row, each.arrival.findable) for each in revisions])
        former = [
            {
                "headline": revision.known.headline,
                "entry": revision.known.row,
                "title": revision.known.title,
                "until": self._now,
            }
            for revision in revisions
            if revision.known.title != revision.arrival.entry.title
        ]
        if former:
            self._connection.execute(sa.insert(headline_titles), former)
        for chunk in chunks(revision.known.row for revision in revisions if revision.noticeable):
            led = sa.update(headlines).where(headlines.c.lead.in_(chunk))
            self._connection.execute(led.values(updated=self._now))

    def _touch(self, ids: Collection[int]) -> None:
        for chunk in chunks(ids):
            these = sa.update(headlines).where(headlines.c.id.in_(chunk))
            self._connection.execute(these.values(changed=self._now))

    def _changed_feeds(self, plan: Plan) -> None:
        changed = {addition.arrival.feed for addition in plan.additions}
        changed |= {revision.arrival.feed for revision in plan.revisions if revision.noticeable}
        for chunk in chunks(changed):
            these = sa.update(feeds).where(feeds.c.id.in_(chunk))
            self._connection.execute(these.values(last_changed=self._now))


def _headline_columns(addition: Addition, guid: str, now: datetime) -> dict[str, Any]:
    return {
        "id": addition.headline,
        "guid": guid,
        "lead": addition.row,
        "published": addition.arrival.entry.published,
        "updated": addition.arrival.entry.updated or addition.arrival.entry.published,
        "changed": now,
        "held": addition.arrival.held,
        "story": addition.story,
    }


_NO_REASONS = Reasons()
_NEW_ENTRY, _NEW_HEADLINE, _NEW_TERM = sa.insert(entries), sa.insert(headlines), sa.insert(terms)


_REVISE = (
    sa.update(entries)
    .where(entries.c.id == sa.bindparam("b_id"))
    .values(
        {name: sa.bindparam(f"b_{name}", type_=entries.c[name].type) for name in (*ENTRY_COLUMNS, "revision")}
    )
)


def _revised(revision: Revision, number: int) -> dict[str, Any]:
    columns = entry_columns(revision.arrival)
    if not revision.arrival.entry.dated:
        columns["published"] = revision.known.published  # first seen stays first seen
    values: dict[str, Any] = {f"b_{name}": columns[name] for name in ENTRY_COLUMNS}
    return {**values, "b_id": revision.known.row, "b_revision": number}
