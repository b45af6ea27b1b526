"""How the database finds what the pages show: no query may read all of a table that grows with the news.

Every address is asked of the web application, and what it executes is recorded and explained.
"""

from __future__ import annotations

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from aggregator.shells.web import create_app
from aggregator.store import Store
from aggregator.store.tables import metadata
from bench.filled import fill

NOW = datetime(2026, 11, 23, 15, 5, tzinfo=UTC)
PAGE = Path("docs/performance/plans.md")
MARK = "<!-- figures: written by python -m bench plans -->"

# They grow with feeds.yaml and with the days that are kept, not with the news.
SMALL = frozenset(
    {"desk", "feeds", "hosts", "frequencies", "overrides", "archives", "tallies"}
    | {"hub_subscriptions", "hub_told", "alembic_version", "sqlite_master"}
)
OF_FEW = "ix_headlines_held"  # an index of those headlines only
LARGEST_SHARE = 0.02  # of all headlines, that a query may look at where it cannot stop early


@dataclass(frozen=True)
class Asked:
    """A statement as it was executed, and for which address."""

    address: str
    statement: str
    parameters: Any


def addresses(app: Flask, number: int) -> Iterator[str]:
    """Yield every address of *app*, newest and older pages; raise KeyError for a part that nobody knows."""
    names = {
        "category": "c7",
        "language": "fr",
        "source": "s7",
        "day": "2026-11-22",
        "part": 2,
        "format": "atom",
        "number": number,
        "name": "style.css",
        "token": "unknown",
    }
    place = f"page={int(NOW.timestamp() - 86400) * 1_000_000}-{number}"
    for rule in app.url_map.iter_rules():
        path = _path(rule, names)
        searched = ("q=number+77",) if path.startswith("/search") else ()
        for query in (searched, (*searched, place), *([("sort=delay",)] if path == "/sources" else [])):
            yield f"{path}?{'&'.join(query)}"


def _path(rule: Rule, names: dict[str, Any]) -> str:
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: str(names[part[1]]), rule.rule)


def recorded(store: Store, number: int) -> list[Asked]:
    """Ask all addresses of the pages of *store*; return what they executed, each statement once."""
    app = create_app(store, lambda: NOW)
    client, found = app.test_client(), dict[str, Asked]()
    for address in addresses(app, number):
        with _listening(store._engine, lambda s, p, a=address: found.setdefault(s, Asked(a, s, p))):
            status = client.get(address).status_code
        assert status < 500, (address, status)
    return list(found.values())


@contextmanager
def _listening(engine: sa.Engine, hears: Callable[[str, Any], object]) -> Iterator[None]:
    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        hears(statement, parameters)

    sa.event.listen(engine, "before_cursor_execute", listen)
    yield
    sa.event.remove(engine, "before_cursor_execute", listen)


def faults(connection: sa.Connection, asked: Asked, most: float) -> list[str]:
    """Return where the plan for a statement reads all of a large table, or *most* rows that it need not read.

    How many rows it reads SQLite does not tell.
    """
    if connection.dialect.name == "sqlite":
        return list(_faults_of_sqlite(_explained(connection, asked, "EXPLAIN QUERY PLAN "), asked))
    ((plan,),) = _explained(connection, asked, "EXPLAIN (FORMAT JSON) ")
    tree = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return list(_faults_of_postgres(tree, False, most))


def shown(connection: sa.Connection, asked: Asked) -> list[str]:
    """Return the plan of a statement, a line for each step."""
    if connection.dialect.name == "sqlite":
        return [row[3] for row in _explained(connection, asked, "EXPLAIN QUERY PLAN ")]
    lines = [row[0] for row in _explained(connection, asked, "EXPLAIN (COSTS OFF) ")]
    return [
        line for line in lines if re.match(r" *(->)?  *(Limit|.*( Scan |Sort$|Join|Nested Loop))|[A-Z]", line)
    ]


def _explained(connection: sa.Connection, asked: Asked, explain: str) -> list[Any]:
    return list(connection.exec_driver_sql(explain + asked.statement, asked.parameters).all())


def _faults_of_sqlite(plan: list[Any], asked: Asked) -> Iterator[str]:
    """A walk along an index is none where it ends with the limit: nothing is sorted or grouped after it."""
    lines = [row[3] for row in plan]
    tables = _names(asked.statement)
    derived = set(re.findall(r"\) AS (\w+)", asked.statement))  # what is in them has lines of its own
    ends = "LIMIT" in asked.statement and not any("TEMP B-TREE" in line for line in lines)
    for line in lines:
        # A search without an index is for the largest or smallest of all.
        if (found := re.match(r"(?:SCAN|SEARCH(?= \w+$)) (\w+)( USING (?:COVERING )?INDEX)?", line)) is None:
            continue
        if re.search(r"VIRTUAL TABLE INDEX \d+:.*M", line):  # FTS5 looks words up
            continue
        table = tables.get(found[1], found[1])
        if table in SMALL or (table not in metadata.tables and found[1] in derived):
            continue
        if not (found[2] and ends) and "CONSTANT ROW" not in line:
            yield line


def _names(statement: str) -> dict[str, str]:
    """Return the tables by the names that a statement gives them: `entries AS entries_1`."""
    return {name: table for table, name in re.findall(r"(\w+) AS (\w+)", statement)}


def _faults_of_postgres(node: dict[str, Any], ends: bool, most: float) -> Iterator[str]:
    """*ends*: what is above stops as soon as it has enough rows."""
    kind, table, rows = node["Node Type"], node.get("Relation Name"), node["Plan Rows"]
    if table and table not in SMALL:
        is_walk = kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node
        is_walk = is_walk and node["Index Name"] != OF_FEW
        if kind == "Seq Scan" or (not ends and (is_walk or rows > most)):
            yield f"{kind} on {table}: {rows} rows"
    goes_on = kind in {"Sort", "Hash", "Aggregate", "Materialize", "Bitmap Heap Scan"}
    for below in node.get("Plans", ()):
        yield from _faults_of_postgres(below, (ends or kind == "Limit") and not goes_on, most)


@click.command()
@click.option("-n", "size", default=1_000_000, show_default=True, help="Headlines in the store.")
@click.option("--postgres", help="The address of an empty PostgreSQL store, to be filled as well.")
def plans(size: int, postgres: str | None) -> None:
    """Fill a store and tell how each query of the pages finds its rows, and how long it takes."""
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{folder}/ticker.db", *([postgres] if postgres else [])]
        tables = [_measured(url, size) for url in urls]
    figures = "\n\n".join(tables)
    click.echo(figures)
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0] if PAGE.exists() else ""
    PAGE.write_text(f"{text}{MARK}\n\n{figures}\n", encoding="utf-8")


def _measured(url: str, size: int) -> str:
    store = Store(url)
    store.create()
    fill(store._engine, store, size, NOW)
    if store._engine.dialect.name == "postgresql":
        with store._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    rows = [
        f"## {store._engine.dialect.name}, {size:,} headlines",
        "",
        "| first asked by | statement | plan | ms | reads too much |",
        "|---|---|---|---|---|",
    ]
    for asked in recorded(store, size - size // 10):
        with store._engine.connect() as connection:
            wrong, plan = faults(connection, asked, LARGEST_SHARE * size), shown(connection, asked)
            began = time.perf_counter()
            if asked.statement.startswith("SELECT"):
                connection.exec_driver_sql(asked.statement, asked.parameters).all()
            took = (time.perf_counter() - began) * 1000
        words = (_short(asked.statement), "<br>".join(f"`{line.strip()}`" for line in plan))
        rows.append(
            f"| `{asked.address}` | {words[0]} | {words[1]} | {took:.1f} | {'; '.join(wrong) or 'no'} |"
        )
    store.close()
    return "\n".join(rows)


def _short(statement: str) -> str:
    """Return a statement without the columns that it selects."""
    flat = " ".join(statement.split()).replace("|", "\\|")
    flat = re.sub(r"^SELECT .*? FROM ", "SELECT … FROM ", flat)
    flat = re.sub(r"CASE WHEN .* END", "CASE … END", flat)
    flat = re.sub(r"(?:\?|%\(\w+\)s(?:::\w+)?)(?:, (?:\?|%\(\w+\)s(?:::\w+)?))+", "?, …", flat)
    return f"`{flat if len(flat) < 240 else flat[:240] + '…'}`"
