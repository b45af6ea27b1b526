"""What asking costs: our client beside bare libcurl, on the same answers, in turns, in one run.

Needs the feed server of the shared bench (`feedsrv PORT DIR`, see its README) on a loopback port. Each feed
has a host of its own, so that no connection is used twice.
"""

from __future__ import annotations

import resource
import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import click

from aggregator.fetch import Client
from aggregator.model import Polling, Request, Validators
from bench.libcurl import AT_ONCE, statuses

OLD = "Mon, 02 Nov 2026 10:00:00 GMT"
AGENT = "bench/1"


@click.command()
@click.option("--port", default=18800, show_default=True, help="Where feedsrv listens.")
@click.option("-n", "count", default=2000, show_default=True, help="Requests in a turn.")
@click.option("--turns", default=5, show_default=True, help="Turns of each.")
def fetch(port: int, count: int, turns: int) -> None:
    """CPU of our client for a 304 and a 200, as a ratio to bare libcurl's."""
    urls = [_url(number, port) for number in range(count)]
    click.echo("| answer | bare libcurl, µs CPU | our client, µs CPU | ratio |\n|---|---|---|---|")
    for status, validators in ((304, Validators(last_modified=OLD)), (200, Validators())):
        pairs = [
            (_cost(_bare, urls, status, validators), _cost(_ours, urls, status, validators))
            for _ in range(turns)
        ]
        bare, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(mine / theirs for theirs, mine in pairs)
        click.echo(f"| {status} | {bare:.0f} | {ours:.0f} | {ratio:.2f} |")


def _url(number: int, port: int) -> str:
    host = number + 1
    name = f"127.{10 + host // 62500}.{(host // 250) % 250}.{host % 250 + 1}"
    return f"http://{name}:{port}/f/{number % 1000}"


def _cost(
    run: Callable[[list[str], Validators], Iterator[int]],
    urls: list[str],
    status: int,
    validators: Validators,
) -> float:
    """Return the CPU time of one request in µs; stop at any other status."""
    before = _cpu()
    for found in run(urls, validators):
        if found != status:
            raise click.ClickException(f"{found} instead of {status}: is it feedsrv that answers?")
    return (_cpu() - before) / len(urls) * 1e6


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _ours(urls: list[str], validators: Validators) -> Iterator[int]:
    polling = Polling(allow_networks=("127.0.0.0/8",), timeout=timedelta(seconds=20))
    client = Client(polling, AGENT, AT_ONCE)
    now = datetime.now(UTC)
    for url in urls:
        client.add(Request(url, url, validators))
    while client.pending:
        for _, answer in client.wait(1, now):
            yield answer.status if not isinstance(answer, Exception) else 0
    client.close()


def _bare(urls: list[str], validators: Validators) -> Iterator[int]:
    headers = ["Accept-Encoding: gzip"]
    headers += [f"If-Modified-Since: {validators.last_modified}"] if validators.last_modified else []
    return statuses(urls, headers, AGENT)
