"""Pools of processes for tests, started as the program starts them, and what they may be asked to do."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context

from pebble import ProcessPool


def pool(count: int, jobs: int = 0, initializer: Callable[[], None] | None = None) -> ProcessPool:
    """Return a pool of *count* processes, each replaced after so many *jobs* (0: never).

    None is a fork of this process: its threads' locks would be copied as they happen to be, some of them
    held for ever.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["aggregator.pipeline.prepared", "pebble.pool.process"])
    return ProcessPool(count, jobs, initializer, context=context)


def size(megabytes: int) -> int:
    """Return how many bytes so many *megabytes* are, after taking them."""
    return len(bytes(megabytes << 20))
