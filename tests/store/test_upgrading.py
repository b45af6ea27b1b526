"""A store of the version before de-duplication by words, with news in it, brought up to this one."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from newsroom import HOUR, NOON, configuration, entry, ingest

from aggregator.model import Choice
from aggregator.pipeline.deciding import Decider
from aggregator.store import Store
from aggregator.store.migrating import upgrade

CONFIG = configuration("one", "two")
DIKE = entry("Dijk bij Lith na tien dagen dicht")


def copy(source: str, target: str) -> None:
    """Copy all rows of the store *source* into the older *target*, without the columns that it lacks."""
    old, new = sa.MetaData(), sa.MetaData()
    engines = sa.create_engine(source), sa.create_engine(target)
    new.reflect(engines[0])
    old.reflect(engines[1])
    with engines[0].connect() as reader, engines[1].begin() as writer:
        writer.execute(sa.delete(old.tables["desk"]))
        for table in old.sorted_tables:
            columns = [new.tables[table.name].c[column.name] for column in table.c]
            rows = [dict(row) for row in reader.execute(sa.select(*columns)).mappings()]
            if rows and table.name != "alembic_version":
                writer.execute(sa.insert(table), rows)
    for engine in engines:
        engine.dispose()


def test_what_an_older_store_has_is_a_story_of_its_own_and_is_known_again(blank: str, tmp_path: Path) -> None:
    newest = Store(f"sqlite:///{tmp_path}/newest.db")
    newest.create()
    newest.accept(CONFIG, NOON)
    ingest(newest, Decider(CONFIG), {"one": [DIKE]})
    newest.close()
    upgrade(sa.create_engine(blank), "0004")
    copy(f"sqlite:///{tmp_path}/newest.db", blank)

    store = Store(blank)
    store.create()
    decider = Decider(CONFIG)
    assert ingest(store, decider, {"one": [DIKE]}, NOON + HOUR).additions == ()
    again = ingest(store, decider, {"two": [DIKE]}, NOON + HOUR).additions
    assert [(each.headline, each.rule) for each in again] == [(1, "link")]
    line = store.ticker(Choice(), None, 9)[0]
    assert (line.story, [source.key for source in line.sources]) == (1, ["one", "two"])
    store.close()
