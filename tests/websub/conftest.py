"""Wires: a program whose pages a hub on loopback can reach, over each of the two databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pebble import ProcessPool
from publisher import Publisher
from wire import Wire


@pytest.fixture
def open_wire(workers: ProcessPool, publisher: Publisher) -> Iterator[Callable[[str], Wire]]:
    """Return what starts the program on a store; a second one is the program started again."""
    with ExitStack() as ends:
        yield lambda url: Wire(url, workers, publisher, ends)


@pytest.fixture
def wire(open_wire: Callable[[str], Wire], either: str) -> Wire:
    return open_wire(either)
