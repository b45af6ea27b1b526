"""Pools of processes for tests, started as the program starts them."""

from __future__ import annotations

from collections.abc import Callable

from pebble import ProcessPool

from aggregator.shells.bootstrap import process_context


def pool(count: int, jobs: int = 0, initializer: Callable[[], None] | None = None) -> ProcessPool:
    """Return a pool of *count* processes, each replaced after so many *jobs* (0: never).

    None is a fork of this process: its threads' locks would be copied as they happen to be, some of them
    held for ever.
    """
    return ProcessPool(count, jobs, initializer, context=process_context())
