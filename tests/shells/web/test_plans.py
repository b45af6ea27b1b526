"""No page reads all of a table that grows with the news: by the plans of everything that pages ask.

SQLite plans without statistics, so its plans are the same at any size. PostgreSQL is made to believe that
each of its rows is fifty; `python -m bench plans` fills a million.
"""

from __future__ import annotations

from math import inf

import sqlalchemy as sa

from aggregator.store import Store
from bench.filled import fill
from bench.plans import NOW, Asked, faults, recorded, shown

SIZE, TIMES = 20_000, 50


def test_no_query_of_the_pages_reads_all_of_a_large_table(either: str) -> None:
    store = Store(either)
    store.create()
    is_shared = store._engine.dialect.name == "postgresql"
    fill(store._engine, store, SIZE if is_shared else SIZE // 10, NOW)
    if is_shared:
        _believe_in_more(store._engine)
    asked = recorded(store, 1500)
    assert len(asked) > 20
    with store._engine.connect() as connection:
        found = [
            (each.address, each.statement, wrong, shown(connection, each))
            for each in asked
            if (wrong := faults(connection, each, inf))
        ]
    store.close()
    assert found == []


def test_a_query_that_does_is_found(either: str) -> None:
    store = Store(either)
    store.create()
    fill(store._engine, store, 5000, NOW)
    with store._engine.connect() as connection:
        for sql in (
            "SELECT count(*) FROM entries",
            "SELECT feed, count(*) FROM entries GROUP BY feed",
            "SELECT id FROM headlines WHERE held IS NULL ORDER BY updated DESC LIMIT 100",
            "SELECT max(published) FROM entries",
            "SELECT id FROM entries AS told WHERE summary = 'x'",
        ):
            assert faults(connection, Asked("/", sql, ()), inf), sql
        few = "SELECT id FROM headlines ORDER BY published DESC, id DESC LIMIT 100"
        assert faults(connection, Asked("/", few, ()), inf) == []
    store.close()


def _believe_in_more(engine: sa.Engine) -> None:
    mine = "relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'i') AND reltuples > 900"
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.execute(sa.text(f"UPDATE pg_class SET reltuples = reltuples * {TIMES} WHERE {mine}"))
