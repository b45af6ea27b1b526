"""Workers: processes that read documents, and what it means when they fail."""

from __future__ import annotations

import ctypes
import gc
import logging
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pebble import ProcessExpired

from aggregator.errors import FeedError
from aggregator.model import Claim, Response

log = logging.getLogger(__name__)

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)

MOMENT = 2.0  # seconds that a job may take before it goes on in the slow lane
# Bytes that a worker may take beyond what it has when it starts. Honest documents of 10 MB are read in 64 MB,
# the body itself and its way here included; a hostile one would take 900.
QUICK_ROOM, SLOW_ROOM = 16 << 20, 64 << 20


class Workers(Protocol):
    """A pool of processes; a job that hangs or kills its process fails alone."""

    def schedule(
        self, function: Callable[..., Any], args: Sequence[Any] = (), *, timeout: float | None = None
    ) -> Future[Any]: ...


class Lanes:
    """Two pools: what is heavy, is not done in a moment, or takes much memory goes to the slow one.

    So however many documents are made to be slow, those behind them wait a moment for each; and feeds that
    fail are asked ever less often.
    """

    def __init__(self, quick: Workers, slow: Workers, is_heavy: Callable[..., bool]) -> None:
        """*is_heavy* tells by the arguments of a job."""
        self._quick, self._slow, self._is_heavy = quick, slow, is_heavy

    def schedule(
        self, function: Callable[..., Any], args: Sequence[Any] = (), *, timeout: float | None = None
    ) -> Future[Any]:
        """Have *function* called in a worker; *timeout* is what it may take in the slow lane."""
        thorough = (SLOW_ROOM, function, args)
        if self._is_heavy(*args):
            return self._slow.schedule(_within, thorough, timeout=timeout)
        outcome: Future[Any] = Future()

        def go_on(done: Future[Any]) -> None:
            # OSError: the process ended, which is how some libraries say that there is no more memory.
            if done.cancelled() or not isinstance(done.exception(), TimeoutError | OSError | MemoryError):
                _hand_over(done, outcome)
                return
            with suppress(RuntimeError):  # the pools were stopped: nobody waits any more
                again = self._slow.schedule(_within, thorough, timeout=timeout)
                again.add_done_callback(lambda done: _hand_over(done, outcome))

        first = self._quick.schedule(_within, (QUICK_ROOM, function, args), timeout=MOMENT)
        first.add_done_callback(go_on)
        return outcome


def start_worker() -> None:
    """Leave Ctrl-C to the program, and note what this worker takes when it has nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # a collection would make its own copy of all that the workers have in common
    _size_at_start()


def _within(room: int, function: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Call *function*; let a MemoryError rise in it where it takes *room* bytes more than an idle worker.

    Only in it: a worker that could not take in its job, or tell what came of it, would end without a word.
    """
    unbounded = resource.getrlimit(resource.RLIMIT_AS)
    if size := _size_at_start():
        resource.setrlimit(resource.RLIMIT_AS, (size + room, unbounded[1]))
    try:
        return function(*args)
    except (FeedError, MemoryError, TimeoutError) as error:
        told = _bare(error)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unbounded)
        gc.collect()
        give_back_memory()
    raise told


def _bare(error: Exception) -> Exception:
    """Return *error* without the frames that it came through: they hold on to all that was read."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def give_back_memory() -> None:
    """Give the system the pages that nothing stands on any more, where the C library knows how (glibc)."""
    if _TRIM is not None:
        _TRIM(0)


@cache
def _size_at_start() -> int:
    """Return the bytes of this process's address space when first asked; 0 where no system tells that."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _hand_over(done: Future[Any], outcome: Future[Any]) -> None:
    if done.cancelled():
        outcome.cancel()
    elif error := done.exception():
        outcome.set_exception(error)
    else:
        outcome.set_result(done.result())


_NOT_AGAIN = "it is not read again before it changes, or this program does"


def breaks_its_reader(error: Exception) -> bool:
    """Say whether *error* means that the document killed or hung its reader, and would do so again."""
    if isinstance(error, ProcessExpired):
        # A machine that shuts down ends its processes with SIGTERM, whatever they do.
        return bool(error.exitcode != -signal.SIGTERM)
    return isinstance(error, TimeoutError | MemoryError)


def failure(claim: Claim, response: Response, error: Exception) -> FeedError:
    """Return what to tell the admin of a document whose reading ended with *error*."""
    if isinstance(error, FeedError):
        return error
    then = _NOT_AGAIN if breaks_its_reader(error) else "it is read again at the next poll"
    if isinstance(error, TimeoutError):
        return FeedError("parse", f"the document took too long to read and was given up; {then}")
    if isinstance(error, OSError):  # the process ended; the pool has started another
        return FeedError("parse", f"the document broke the process that read it; {then}")
    if isinstance(error, MemoryError):
        return FeedError("parse", f"the document took too much memory and was given up; {then}")
    if isinstance(error, BrokenExecutor):
        return FeedError("parse", "no process could be started to read the document; is the memory full?")
    log.error(
        "%s: a fault of this program while reading %s", claim.subscription.key, response.url, exc_info=error
    )
    return FeedError("parse", "a fault of this program; its log tells more")
