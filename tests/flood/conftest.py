"""A paper's newsdesk on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from newsdesk import newsdesks
from paper import Paper
from pebble import ProcessPool
from publisher import Publisher


@pytest.fixture
def open_paper(workers: ProcessPool, publisher: Publisher) -> Iterator[Callable[[str], Paper]]:
    """Return what opens a program on a store; a second one is the program started again."""
    with newsdesks(workers) as open_one:
        yield lambda url: Paper(open_one(url), publisher)


@pytest.fixture
def paper(open_paper: Callable[[str], Paper], tmp_path: Path) -> Paper:
    """A paper on SQLite."""
    return open_paper(f"sqlite:///{tmp_path}/ticker.db")
