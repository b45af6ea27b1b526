"""Newsdesks that are good guests, on one store, with or without chance in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from newsdesk import LOOPBACK, Newsdesk, newsdesks
from pebble import ProcessPool


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ticker.db"


@pytest.fixture
def open_desk(workers: ProcessPool, url: str) -> Iterator[Callable[..., Newsdesk]]:
    """Return what opens a program on the test's one store; a second one is the program started again."""
    with newsdesks(workers) as open_one:

        def open_polite(per_host: int = 2, **values: Any) -> Newsdesk:
            return open_one(url, polling=replace(LOOPBACK, per_host=per_host), **values)

        yield open_polite


@pytest.fixture
def desk(open_desk: Callable[..., Newsdesk]) -> Newsdesk:
    return open_desk()
