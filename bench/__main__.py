"""`python -m bench NAME`: run one benchmark and print its table."""

import click

from bench.dedupe import dedupe
from bench.fetch import fetch
from bench.ingest import ingest
from bench.memory import memory
from bench.page import page
from bench.plans import plans
from bench.poll import poll
from bench.serve import serve
from bench.store import store


@click.group()
def bench() -> None:
    """Measure; each benchmark names in its help what it needs."""


bench.add_command(dedupe)
bench.add_command(fetch)
bench.add_command(ingest)
bench.add_command(memory)
bench.add_command(page)
bench.add_command(plans)
bench.add_command(poll)
bench.add_command(serve)
bench.add_command(store)

if __name__ == "__main__":
    bench()
