"""What it costs to decide upon a headline, with many of them in the window.

The headlines are made of words that are as frequent as those of real ones, so that as many candidates are
found; a share of them are copies. Processor time of one process, without the store.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import click
import psutil

from aggregator import dedupe
from aggregator.model import Arrival, Entry, Known

WINDOW = timedelta(hours=72)
BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
WORDS = 200_000
COPIES = 0.25
BATCH = 200  # headlines that are decided upon together


@click.command()
@click.option("-n", "sizes", multiple=True, type=int, default=(10_000, 100_000), show_default=True)
@click.option("--tried", default=3000, show_default=True, help="Headlines that are timed.")
def ingest(sizes: tuple[int, ...], tried: int) -> None:
    """Time and memory of de-duplication for each headline, with so many in the window."""
    for size in sizes:
        click.echo(_measured(size, tried))


def _measured(size: int, tried: int) -> str:
    random.seed(1)
    headlines = _headlines(WINDOW / (size + tried + 1))
    numbers = count(1)
    known = [_known(next(headlines), next(numbers)) for _ in range(size)]
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    index, settings = dedupe.Index(WINDOW), dedupe.Settings()
    began = time.process_time()
    index.learn(known)
    filling = time.process_time() - began
    gc.collect()
    memory = (process.memory_info().rss - before) / size
    del known
    arrivals = [next(headlines) for _ in range(tried)]
    began = time.process_time()
    row = size + 1
    for at in range(0, tried, BATCH):
        some = arrivals[at : at + BATCH]
        dedupe.decide(some, (), index, dedupe.Numbers(row, row), some[-1].entry.published, settings)
        row += len(some)
    each = (time.process_time() - began) / tried
    return (
        f"{size:,} in the window: {each * 1000:.2f} ms a headline (both tiers), "
        f"{memory:.0f} bytes of memory each, {filling:.1f} s to learn them after a restart"
    )


def _headlines(apart: timedelta) -> Iterator[Arrival]:
    """Yield arrivals, ever later; a share of them are copies of one of the last thousand in other words."""
    table = Path("aggregator/dedupe/frequencies/nl.txt").read_text("utf-8").split()[::2]
    words = table + [_letters(number + 8000) for number in range(WORDS)]
    weights = [1 / (rank + 2.7) for rank in range(len(words))]
    total = 0.0
    cumulative = [total := total + weight for weight in weights]
    recent: list[list[str]] = []
    for number in count(1):
        if recent and random.random() < COPIES:
            said = list(random.choice(recent))
            said.insert(random.randrange(len(said)), random.choices(words, cum_weights=cumulative)[0])
        else:
            said = random.choices(words, cum_weights=cumulative, k=30)
        recent = [*recent[-1000:], said]
        source = random.randrange(1000)
        entry = Entry(
            str(number),
            " ".join(said[:10]).capitalize(),
            BEGIN + number * apart,
            f"https://paper{source}.example/{number}",
            " ".join(said[10:]),
            language="nl",
        )
        yield dedupe.arrival(source, f"paper{source}", "", entry, False, f"Paper {source}")


def _known(arrival: Arrival, row: int) -> Known:
    published = arrival.entry.published
    return Known(
        row, arrival.feed, b"", row, "", arrival.facts, published, published, False, story=row, revision=1
    )


def _letters(number: int) -> str:
    """Return *number* as letters, so that each makes another stem."""
    letters = ""
    while True:
        number, digit = divmod(number, 20)
        letters = "bcdfghjklmnpqrstvwxz"[digit] + letters
        if not number:
            return letters
