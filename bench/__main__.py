"""`python -m bench NAME`: run one benchmark and print its table."""

import click

from bench.fetch import fetch


@click.group()
def bench() -> None:
    """Measure; each benchmark names in its help what it needs."""


bench.add_command(fetch)

if __name__ == "__main__":
    bench()
