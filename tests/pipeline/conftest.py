"""Newsdesks for the tests of the way through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from newsdesk import Newsdesk, newsdesks
from pebble import ProcessPool


@pytest.fixture
def open_desk(workers: ProcessPool, tmp_path: Path) -> Iterator[Callable[[], Newsdesk]]:
    """Return what opens a program on the test's one store; a second one is the program started again."""
    with newsdesks(workers) as open_one:
        yield partial(open_one, f"sqlite:///{tmp_path}/ticker.db")


@pytest.fixture
def desk(open_desk: Callable[[], Newsdesk]) -> Newsdesk:
    return open_desk()
