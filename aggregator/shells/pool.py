"""The pool, for bootstrap only: worker processes that are started anew, with their jobs, should they end.

pebble replaces a worker that dies on a document. When idle ones are killed, or the small process that starts
them, it gives up the whole pool, and what waited in its queue waits for ever; so the jobs are kept here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import RLock
from typing import Any, ClassVar

from pebble import ProcessPool

from aggregator.pipeline.row import Place, Row, put_off

log = logging.getLogger(__name__)

SOONEST = (
    1.0  # seconds between two pools: where none can be started at all, that is told and not tried for ever
)
PATIENCE = 2.0  # seconds that a pool has to end in
LOOK = 2.0  # seconds between two looks at whether the pool still does what it was given
STUCK = 10.0  # seconds beyond three times a job's own, after which the pool waits for nobody


class PatientContext(ForkServerContext):
    """Keeps its locks to the end: a worker that still starts when its pool ends would complain."""

    _locks: ClassVar[list[RLock]] = []

    def RLock(self) -> RLock:  # noqa: N802
        """Return a lock for several processes."""
        self._locks.append(super().RLock())
        return self._locks[-1]


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    function: Callable[..., Any]
    args: Sequence[Any]
    timeout: float | None
    place: Place
    promise: Future[Any] = field(default_factory=Future)


class LastingPool:
    """Worker processes; a job that kills its own fails, others never notice that processes ended.

    *make* makes a pool, which is given *busy* jobs at once. The others wait in a *row*; *place_of* tells
    by the arguments of a job whose it is, and how many bytes it holds.

    May be used from several threads; all that happens inside happens in one of its own, which no Ctrl-C
    interrupts in the middle of starting a process.
    """

    def __init__(
        self,
        make: Callable[[], ProcessPool],
        busy: int,
        row: Row,
        place_of: Callable[..., tuple[Hashable, int]] = lambda *_: (None, 0),
    ) -> None:
        self._make, self._pool = make, make()
        self._busy, self._place_of = busy, place_of
        self._made = time.monotonic()
        self._row, self._waiting = row, dict[Place, _Job]()
        self._jobs: dict[_Job, float] = {}  # that the pool was given, and since when
        self._hand = ThreadPoolExecutor(1, "pool")
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="pool watch").start()

    def schedule(
        self, function: Callable[..., Any], args: Sequence[Any] = (), *, timeout: float | None = None
    ) -> Future[Any]:
        """Let a worker call *function*, for at most *timeout* seconds; return its result to come."""
        whose, size = self._place_of(*args)
        job = _Job(function, args, timeout, Place(whose, size, time.monotonic()))
        self._hand.submit(self._take, job)
        return job.promise

    def stop(self) -> None:
        """End the processes, and leave what is not done."""
        self._stopped.set()
        self._hand.shutdown(cancel_futures=True)
        _end(self._pool).join(PATIENCE)

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK):
            with suppress(RuntimeError):  # we were stopped
                self._hand.submit(self._look)

    def _look(self) -> None:
        """Start other processes where these wait for ever, as for a lock that one had when it was killed."""
        now = time.monotonic()
        for job, since in self._jobs.items():
            if job.timeout is not None and now - since > 3 * job.timeout + STUCK:
                self._renew(job, TimeoutError())
                return

    def _take(self, job: _Job) -> None:
        self._row.join(job.place)
        self._waiting[job.place] = job
        self._go_on()

    def _go_on(self) -> None:
        """Give the pool what it has room for, and put off what cannot wait."""
        while len(self._jobs) < self._busy and (place := self._row.next()):
            job = self._waiting.pop(place)
            self._jobs[job] = time.monotonic()
            self._give(job)
        for place in self._row.put_off(time.monotonic()):
            self._waiting.pop(place).promise.set_exception(put_off())

    def _give(self, job: _Job) -> None:
        pool = self._pool
        try:
            given = pool.schedule(job.function, args=job.args, timeout=job.timeout)
        except RuntimeError as error:  # the pool broke
            self._renew(job, error)
        else:
            given.add_done_callback(lambda done: self._note(job, pool, done))

    def _note(self, job: _Job, pool: ProcessPool, done: Future[Any]) -> None:
        with suppress(RuntimeError):  # we were stopped
            self._hand.submit(self._done, job, pool, done)

    def _done(self, job: _Job, pool: ProcessPool, done: Future[Any]) -> None:
        if pool is not self._pool:
            return  # the next one has the job
        error = done.exception()
        if isinstance(error, BrokenExecutor):
            self._renew(job, error)
            return
        self._row.took(job.place.whose, time.monotonic() - self._jobs.pop(job))
        if error is not None:
            job.promise.set_exception(error)
        else:
            job.promise.set_result(done.result())
        self._go_on()

    def _renew(self, job: _Job, error: BaseException) -> None:
        """Start other processes and give them all that is not done; fail *job* where those just ended too."""
        if time.monotonic() - self._made < SOONEST:
            del self._jobs[job]
            job.promise.set_exception(error)
            self._hand.submit(self._go_on)
            return
        log.error("the processes that read documents ended; starting others")
        _end(self._pool)
        self._pool, self._made = self._make(), time.monotonic()
        for waiting in tuple(self._jobs):
            self._jobs[waiting] = time.monotonic()
            self._give(waiting)


def _end(pool: ProcessPool) -> threading.Thread:
    """End a pool aside: one whose worker was killed in mid-sentence may keep whoever waits for it."""

    def end() -> None:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()

    thread = threading.Thread(target=end, daemon=True, name="pool")
    thread.start()
    return thread
