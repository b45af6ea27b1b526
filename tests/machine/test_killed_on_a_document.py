"""A worker that is killed on a document, in the program's own pools: replaced, told, nothing else lost."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from guest import feed, rss
from newsdesk import Newsdesk
from pebble import ProcessExpired
from publisher import Answer, Publisher, conditional

from aggregator.model import Response, Rule
from aggregator.shells import bootstrap
from aggregator.store import Store

FOR_EVER = (Rule((("title", "(a+)+$"),)),)  # on a title of many a and a b: a second of the processor
TRAP = "a" * 40 + "b"
BUSY = 0.15  # seconds of the processor, which all good documents of a test together do not take
GOOD = 20


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Newsdesk]:
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    with bootstrap.workers() as workers:
        desk = Newsdesk(store, workers)
        yield desk
        desk.close()
    store.close()


@contextmanager
def _killing(times: int) -> Iterator[list[int]]:
    """Kill the worker that is busy, so many times; yield whom it was. Their parent is the fork server."""
    before, killed, over = set(psutil.Process().children(recursive=True)), list[int](), threading.Event()

    def kill() -> None:
        while len(killed) < times and not over.wait(0.02):
            for worker in set(psutil.Process().children(recursive=True)) - before:
                with suppress(psutil.NoSuchProcess):
                    if worker.ppid() != os.getpid() and _is_busy(worker, killed):
                        worker.kill()
                        killed.append(worker.pid)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


def _is_busy(worker: psutil.Process, killed: list[int]) -> bool:
    return worker.pid not in killed and worker.cpu_times().user > BUSY


def test_killed_in_both_lanes_it_is_marked_and_the_others_are_read(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/bad"] = conditional(rss(TRAP), '"1"')
    publisher.answers["*"] = lambda asked: Answer(rss(f"Storm number {asked.path}"))
    good = [feed(publisher, f"/{n}") for n in range(GOOD)]
    desk.subscribe(feed(publisher, "/bad", drop=FOR_EVER), *good)
    with _killing(2) as killed:
        outcomes = desk.poll()
    assert killed  # in both lanes, unless the machine is so busy that the quick one gave up before
    assert "broke the process that read it; it is not read again" in (outcomes["bad"].error or "")
    assert sum(outcome.new for outcome in outcomes.values()) == GOOD
    publisher.answers["*"] = lambda asked: Answer(rss(f"Sun number {asked.path}"))
    again = desk.after(hours=1).poll()  # by workers that took the place of those that were killed
    assert sum(outcome.new for outcome in again.values()) == GOOD
    assert (again["bad"].status, again["bad"].error) == (304, outcomes["bad"].error)


def test_killed_in_the_quick_lane_only_it_is_read_in_the_slow_one(tmp_path: Path) -> None:
    """Somebody else may have killed the worker: a document is not blamed for one of them."""
    with bootstrap.workers() as workers:
        fates = {
            times: workers.schedule(_die, (_Job(str(tmp_path / str(times)), times),), timeout=20)
            for times in range(3)
        }
        assert [fates[times].exception(30) for times in (0, 1)] == [None, None]
        assert isinstance(fates[2].exception(30), ProcessExpired)


@dataclass(frozen=True)
class _Job:
    """What the lanes look at in a job; it kills its workers so many *times*, counted in a file."""

    path: str
    times: int
    feed: int = 1
    response: Response = field(default_factory=lambda: Response("http://a.example/", 200, b""))


def _die(job: _Job) -> None:
    with Path(job.path).open("ab") as file:
        file.write(b"!")
    if Path(job.path).stat().st_size <= job.times:
        os.kill(os.getpid(), signal.SIGKILL)
