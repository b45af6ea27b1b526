"""Renewing: what changes all that is published at once, though no headline changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from aggregator.model import Settlement
from aggregator.store.rows import about_of, chunks
from aggregator.store.tables import desk, feeds


def renew_all(connection: sa.Connection, now: datetime) -> None:
    """Note that all that is published changed at once."""
    connection.execute(sa.update(desk).values(revision=desk.c.revision + 1, renewed=now))


def note_names(connection: sa.Connection, settlements: Collection[Settlement]) -> None:
    """Note where a source that has news already says something else of itself that is published with them."""
    told = {each.feed: each for each in settlements if each.about is not None}
    for chunk in chunks(told):
        known = sa.select(feeds.c.id, feeds.c.name, feeds.c.about).where(feeds.c.id.in_(chunk))
        for row in connection.execute(known.where(feeds.c.about.is_not(None))):
            new, old = told[row.id], about_of(row.about)
            assert new.about is not None and old is not None  # noqa: S101
            if (new.name or row.name, new.about.link, new.about.id) != (row.name, old.link, old.id):
                return renew_all(connection, max(each.at for each in settlements))
    return None
