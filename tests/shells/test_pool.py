"""The pool: one that does nothing any more is left for another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from aggregator.pipeline.row import Row
from aggregator.shells import pool
from aggregator.shells.pool import LastingPool


class Deaf:
    """Takes jobs, and never says a word again: a killed worker has its lock."""

    def schedule(self, function: Callable[..., Any], args: Any, timeout: float) -> Future[Any]:
        return Future()

    def stop(self) -> None: ...

    def join(self) -> None: ...


class Prompt(Deaf):
    def schedule(self, function: Callable[..., Any], args: Any, timeout: float) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(function(*args))
        return done


def test_a_pool_that_does_nothing_any_more_is_left_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("LOOK", 0.02), ("STUCK", 0.1), ("SOONEST", 0.0)):
        monkeypatch.setattr(pool, name, seconds)
    pools: list[Any] = [Deaf(), Prompt()]
    lasting = LastingPool(lambda: pools.pop(0), 2, Row())
    results = [lasting.schedule(len, ("x" * size,), timeout=0.02) for size in (3, 5)]
    assert [result.result(10) for result in results] == [3, 5]
    lasting.stop()
