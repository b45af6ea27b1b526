"""The commands that ask and tell once: poll, check, schema. Prints for people; exit statuses for programs."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from aggregator.errors import UserError
from aggregator.links import without_credentials
from aggregator.model import Config, Manners, Outcome
from aggregator.pipeline.inspecting import Finding
from aggregator.pipeline.refreshing import Refresher
from aggregator.shells import bootstrap
from aggregator.store import Store

TURN = 0.2  # seconds between two looks at how far it is


@click.command()
@click.option("--all", "everything", is_flag=True, help="Every feed, not only those that are due.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.pass_obj
def poll(path: Path, everything: bool, quiet: bool) -> None:
    """Poll once: the feeds that are due, and tell what came of each.

    Feeds are asked conditionally, and never sooner than their publishers allow, with --all too.
    """
    bootstrap.start_logging(logging.ERROR)
    config = bootstrap.load(path)
    store = bootstrap.open_store(config)
    with bootstrap.polling_place(config) as take:
        if not take():
            raise UserError("another program polls this store already; stop it first, or let it do the work")
        bootstrap.accept(store, config)
        if config.store.startswith("sqlite"):
            store.release_all()
        with bootstrap.refresher(config, store) as refresher:
            outcomes = _poll(refresher, bootstrap.Round(store, everything, config.polling.per_host), quiet)
        store.keep_days(bootstrap.now())
    if not quiet:
        _print_outcomes(outcomes, len(config.subscriptions))
    store.close()


@click.command()
@click.option("--fetch", is_flag=True, help="Ask each feed once, and report.")
@click.pass_obj
def check(path: Path, fetch: bool) -> None:
    """Read feeds.yaml and tell every mistake, with its line."""
    bootstrap.start_logging(logging.ERROR)
    config = bootstrap.load(path)
    count = len(config.subscriptions)
    click.echo(f"{path}: no mistakes; {count} feed{'' if count == 1 else 's'}")
    if fetch:
        _print_findings(config, bootstrap.inspect(config))


@click.command()
def schema() -> None:
    """Print the JSON Schema of feeds.yaml, for editors."""
    click.echo(json.dumps(bootstrap.schema(), indent=2, ensure_ascii=False))


@click.command()
@click.argument("store", metavar="STORE")
@click.pass_obj
def copy(path: Path, store: str) -> None:
    """Copy the store into an empty one: from SQLite to PostgreSQL, or back.

    STORE is an address as feeds.yaml has it, such as postgresql+psycopg://user@host/name. All numbers and
    ids stay what they are, so that no reader sees old news as new. Afterwards write STORE into feeds.yaml.
    """
    config = bootstrap.load(path)
    source = bootstrap.open_store(config)
    with bootstrap.polling_place(config) as take:
        if not take():
            raise UserError("a program polls this store; stop it first: what it brings would not be copied")
        target = Store(store)
        target.create()
        source.copy_to(target)
    headlines, entries = target.counts()
    click.echo(f"{headlines} headlines and {entries} entries copied; now write this store into feeds.yaml")
    target.close()
    source.close()


@click.command()
@click.option(
    "--days", default=7, show_default=True, type=click.IntRange(1, 7), help="How far back; the log is kept 7."
)
@click.pass_obj
def politeness(path: Path, days: int) -> None:
    """Tell, host by host, how we behaved: requests, what we spared them, and any rule that we broke."""
    config = bootstrap.load(path)
    store = bootstrap.open_store(config)
    manners = store.manners(bootstrap.now() - timedelta(days=days))
    store.close()
    span = "day" if days == 1 else f"{days} days"
    if manners:
        _print_manners(manners, span)
    else:
        click.echo(f"nothing was asked in the last {span}")


def _poll(refresher: Refresher, round_: bootstrap.Round, quiet: bool) -> list[Outcome]:
    """Turn until everything claimed has come through; a bar on a terminal shows how far it is."""
    outcomes: list[Outcome] = []
    columns = (TextColumn("polling"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[last]}"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("", total=0, last="")
        done: Sequence[Outcome] = ()
        while round_.claim_into(refresher, bool(done)) or refresher.pending:
            done = refresher.turn(TURN)
            outcomes += done
            last = done[-1].key if done else ""
            bar.update(task, total=len(outcomes) + refresher.pending, advance=len(done), last=last)
    return outcomes


def _print_outcomes(outcomes: list[Outcome], feeds: int) -> None:
    console = _console()
    table = Table(box=None, pad_edge=False)
    for name in ("feed", "", "status", "new", "copies", "changed", "seconds", "kB"):
        table.add_column(name, justify="left" if name in {"feed", ""} else "right", overflow="fold")
    for outcome in sorted(outcomes, key=lambda outcome: outcome.key):
        table.add_row(*_outcome_row(outcome))
    if outcomes:
        console.print(table)
    kinds = Counter(outcome.kind for outcome in outcomes)
    console.print(
        f"{len(outcomes)} of {feeds} feeds asked: {kinds['news']} with news, {kinds['unchanged']} unchanged, "
        f"{kinds['failed'] + kinds['gone']} failed; {sum(o.new for o in outcomes)} new entries, "
        f"{sum(o.headlines for o in outcomes)} new headlines",
        highlight=False,
    )


def _outcome_row(outcome: Outcome) -> tuple[str, ...]:
    what = f"{outcome.stage}: {outcome.error}" if outcome.error else outcome.kind
    if outcome.moved_to:
        what += f"; moved for good to {outcome.moved_to}"
    return (
        outcome.key,
        escape(what),
        str(outcome.status or ""),
        *(str(number or "") for number in (outcome.new, outcome.new - outcome.headlines, outcome.changed)),
        f"{outcome.elapsed.total_seconds():.2f}",
        f"{outcome.received / 1000:.1f}" if outcome.received else "",
    )


def _print_findings(config: Config, findings: Iterable[Finding]) -> None:
    urls = {subscription.key: subscription.url for subscription in config.subscriptions}
    console = _console()
    bad = 0
    for finding in findings:
        bad += finding.error is not None
        mark, style = ("ok", "green") if finding.error is None else ("bad", "red")
        console.print(f"[{style}]{mark:3}[/] {escape(finding.key)}: {escape(finding.says)}", highlight=False)
        if finding.error is not None:
            console.print(f"    {escape(without_credentials(urls[finding.key]))}", highlight=False)
    console.print(f"{len(urls) - bad} of {len(urls)} feeds answer", highlight=False)


def _print_manners(manners: Sequence[Manners], span: str) -> None:
    console = _console()
    table = Table(box=None, pad_edge=False)
    for name in ("host", "requests", "304", "kB received", "kB saved", "waits obeyed", "rules broken"):
        table.add_column(
            name, justify="left" if name in {"host", "rules broken"} else "right", overflow="fold"
        )
    for each in manners:
        table.add_row(*_manners_row(each))
    console.print(table)
    requests, unchanged = sum(each.requests for each in manners), sum(each.unchanged for each in manners)
    broken = sum(times for each in manners for _, times in each.broken)
    console.print(
        f"last {span}: {requests} requests to {len(manners)} host{'' if len(manners) == 1 else 's'}, "
        f"{unchanged / requests:.0%} answered 304; {sum(each.saved for each in manners) / 1e6:.1f} MB saved, "
        f"{sum(each.waits for each in manners)} waits obeyed, "
        f"{broken or 'no'} rule{'' if broken == 1 else 's'} broken",
        highlight=False,
    )


def _manners_row(manners: Manners) -> tuple[str, ...]:
    return (
        escape(manners.host),
        str(manners.requests),
        f"{manners.unchanged / manners.requests:.0%}",
        f"{manners.received / 1000:.1f}",
        f"{manners.saved / 1000:.1f}",
        str(manners.waits or ""),
        "; ".join(f"{rule} ({times})" for rule, times in manners.broken) or "none",
    )


def _console() -> Console:
    """Return where tables go: as wide as the terminal, and in a file or a pipe as wide as they like."""
    console = Console(emoji=False)
    return console if console.is_terminal else Console(width=1000, emoji=False)
