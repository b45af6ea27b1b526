"""A store moves to another database: nothing that a reader sees changes, and it goes on there."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from newsroom import HOUR, NOON, bring, configuration, entry, ingest, replace

from aggregator.errors import UserError
from aggregator.model import FORMATS, Choice
from aggregator.pipeline.deciding import Decider
from aggregator.pipeline.publishing import feed_document
from aggregator.store import Store
from aggregator.store.tables import metadata

CONFIG = configuration("one", "two")
DIKE = entry("Dijk bij Lith na tien dagen dicht")


@pytest.fixture
def filled(tmp_path: Path) -> Store:
    """A store on SQLite with a merged headline, a correction, an archive and counts of words."""
    store = Store(f"sqlite:///{tmp_path}/filled.db")
    store.create()
    store.accept(CONFIG, NOON)
    bring(store, {"one": [DIKE, entry("Only a title", id="x", link=None, summary="")]}, NOON)
    bring(store, {"two": [replace(DIKE, id="y")]}, NOON + HOUR)
    bring(store, {"one": [replace(DIKE, title="Dijk bij Lith dicht")]}, NOON + 24 * HOUR)
    bring(store, {"two": [entry("Tuesday", published=NOON + 24 * HOUR)]}, NOON + 24 * HOUR)
    store.keep_days(NOON + 24 * HOUR)
    store.claim(NOON + 30 * HOUR, 1, "somebody", HOUR)
    return store


def rows(url: str) -> dict[str, set[tuple[object, ...]]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: {
                tuple(value for name, value in row._mapping.items() if not name.startswith("lease"))
                for row in connection.execute(sa.select(table))
            }
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def test_every_row_is_there_and_every_feed_is_the_same(filled: Store, store: Store, url: str) -> None:
    filled.copy_to(store)
    assert rows(url) == rows(str(filled._engine.url))
    for format in FORMATS:
        assert feed_document(store, Choice(), format, "T") == feed_document(filled, Choice(), format, "T")
    assert store.archive("2026-11-23") == filled.archive("2026-11-23")


def test_a_copy_goes_on_where_the_other_stopped(filled: Store, store: Store) -> None:
    filled.copy_to(store)
    later = NOON + 31 * HOUR
    corrected = replace(DIKE, title="Dijk bij Lith dicht")
    assert ingest(store, Decider(CONFIG), {"one": [corrected]}, later).additions == ()
    store.accept(configuration("one", "two", "three"), later)
    bring(store, {"three": [entry("More")], "one": [replace(DIKE, title="Dijk bij Lith weer open")]}, later)
    known = {headline.guid for headline in filled.articles(Choice(), 9)}
    assert {headline.guid for headline in store.articles(Choice(), 9)} - known == {entry("More").id}


def test_nobody_has_a_lease_in_a_copy(filled: Store, store: Store) -> None:
    assert len(filled.claim(NOON + 30 * HOUR, 9, "me", HOUR)) == 1
    filled.copy_to(store)
    assert len(store.claim(NOON + 30 * HOUR, 9, "me", HOUR)) == 2


def test_a_store_that_has_been_used_is_not_written_over(filled: Store, store: Store) -> None:
    store.accept(CONFIG, NOON)
    before = store.revision()
    with pytest.raises(UserError, match="has feeds in it already; name an empty one"):
        filled.copy_to(store)
    assert store.revision() == before
