"""Lanes: what is slow or large goes where it holds up nobody, and ends there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from jobs import size
from processes import pool

from aggregator.pipeline.workers import Lanes, start_worker


@pytest.fixture(scope="module")
def lanes() -> Iterator[Lanes]:
    with (
        pool(1, initializer=start_worker) as quick,
        pool(1, 1, start_worker) as slow,
    ):
        yield Lanes(quick, slow, lambda *args: args == (0,))
        quick.stop()
        slow.stop()


def test_what_hangs_is_given_up_and_holds_up_nobody(lanes: Lanes) -> None:
    slow = [lanes.schedule(time.sleep, (60,), timeout=1) for _ in range(2)]
    assert lanes.schedule(size, (1,), timeout=1).result(30) == 1 << 20
    assert [type(each.exception(30)) for each in slow] == [TimeoutError] * 2


def test_what_takes_much_memory_gets_more_in_the_slow_lane_but_not_all(lanes: Lanes) -> None:
    assert lanes.schedule(size, (50,), timeout=10).result(30) == 50 << 20
    assert isinstance(lanes.schedule(size, (500,), timeout=10).exception(30), MemoryError)


def test_what_is_heavy_goes_to_the_slow_lane_at_once(lanes: Lanes) -> None:
    waiting = lanes.schedule(time.sleep, (60,), timeout=3)
    time.sleep(3)  # now it is in the slow lane
    assert lanes.schedule(size, (0,), timeout=1).result(30) == 0
    assert waiting.done()
