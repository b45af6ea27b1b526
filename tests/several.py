"""Processes of their own for several programs at once, from one that has imported what they need."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

NEEDED = ["newsroom", "aggregator.store", "aggregator.pipeline.deciding"]


def processes() -> ForkServerContext:
    """Return where processes come from; each is a fork of a clean one, not of the one that tests."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(NEEDED)
    return context
