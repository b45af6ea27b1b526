"""What the store takes to write down that feeds are unchanged, and the plans of the statements that do it.

The report is docs/performance/store.md.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import click
import sqlalchemy as sa

from aggregator.model import Claim, Config, Settlement, Site, Subscription, Validators, Visit
from aggregator.store import Store
from bench.machine import described
from bench.report import keep

REPORT = Path("docs/performance/store.md")
BATCH = 200  # as the refresher has it
MOST = 20.0  # ms for a thousand feeds
EVERY = timedelta(hours=1)


@click.command()
@click.option("--feeds", default=1000, show_default=True)
@click.option("--runs", default=9, show_default=True)
@click.option("--write/--no-write", default=True, show_default=True, help=f"Write {REPORT}.")
def store(feeds: int, runs: int, write: bool) -> None:
    """CPU and wall time of claiming and settling unchanged feeds, in batches as polling does it."""
    with tempfile.TemporaryDirectory() as folder, closing(Store(f"sqlite:///{folder}/ticker.db")) as here:
        here.create()
        now = datetime.now(UTC)
        here.accept(_config(feeds), now)
        turns = [_turn(here, now + number * 2 * EVERY, feeds) for number in range(runs)]
        plans = _plans(here, now + runs * 2 * EVERY, feeds)
    told = "\n".join(_report(turns, plans, feeds, runs))
    click.echo(told)
    if write:
        keep(REPORT, "The store, measured", "store", told)


def _config(feeds: int) -> Config:
    subscriptions = tuple(
        Subscription(f"feed{number}", f"https://site{number}.example/feed", EVERY) for number in range(feeds)
    )
    return Config(subscriptions, "sqlite://", Site(link="https://news.example/"))


def _turn(here: Store, now: datetime, feeds: int) -> tuple[float, float, float]:
    """Poll all once, with nothing new; return ms of CPU for the claims, and of CPU and wall for the rest."""
    began = time.process_time()
    claims = here.claim(now, feeds, "bench", timedelta(minutes=3), False, 2)
    claimed, wall = time.process_time(), time.perf_counter()
    if len(claims) != feeds:
        raise click.ClickException(f"{len(claims)} of {feeds} feeds were due")
    for at in range(0, feeds, BATCH):
        _settle(here, claims[at : at + BATCH], now)
    ended = time.process_time()
    return (claimed - began) * 1e3, (ended - claimed) * 1e3, (time.perf_counter() - wall) * 1e3


def _settle(here: Store, claims: Sequence[Claim], now: datetime) -> None:
    settlements = [
        Settlement(
            claim.feed, now, now + EVERY, now, 304, 0, validators=Validators('"v1"', "x"), weight=25_000
        )
        for claim in claims
    ]
    visits = [Visit(now, claim.feed, claim.host, 304, True, 0, 25_000) for claim in claims]
    with here.ledger(now, settlements, visits):
        pass


def _plans(here: Store, now: datetime, feeds: int) -> list[tuple[str, str, int]]:
    """Return each statement of a turn, how SQLite goes about it, and how often it is run."""
    found: dict[str, tuple[str, int]] = {}

    def noted(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        if statement.split(maxsplit=1)[0].upper() in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}:
            plan, times = found.get(statement, ("", 0))
            raw = connection.connection.driver_connection
            rows = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values)
            found[statement] = (plan or "; ".join(row[3] for row in rows), times + 1)

    sa.event.listen(sa.Engine, "before_cursor_execute", noted)
    try:
        _turn(here, now, feeds)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", noted)
    return [(statement, plan, times) for statement, (plan, times) in found.items()]


def _report(
    turns: Sequence[tuple[float, float, float]],
    plans: Sequence[tuple[str, str, int]],
    feeds: int,
    runs: int,
) -> Iterator[str]:
    yield from (described(f"python -m bench store --feeds {feeds} --runs {runs}"), "")
    yield f"SQLite, {feeds:,} feeds, none of which has anything new; ms, median (lowest–highest):"
    yield from ("", "| claims, CPU | state and log of requests, CPU | the same, wall |", "|---|---|---|")
    columns = list(zip(*turns, strict=True))
    cells = (f"{median(column):.1f} ({min(column):.1f}–{max(column):.1f})" for column in columns)
    yield f"| {' | '.join(cells)} |"
    each = median(columns[1]) * 1000 / feeds
    reached = "yes" if each < MOST else "**no**"
    yield from ("", f"State of 1,000 unchanged feeds in under {MOST:.0f} ms: {each:.1f} ms: {reached}.")
    yield from ("", "Statements of such a poll, and SQLite's plans for them:", "")
    for statement, plan, times in plans:
        said = " ".join(statement.split())
        short = said if len(said) <= 300 else f"{said[:220]} … {said[-70:]}"
        yield f"- {times} ×: `{short}`"
        yield f"  - {plan or 'no search: rows are put in'}"
