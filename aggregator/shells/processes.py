"""Processes, for bootstrap only: how those of this program start, what they share, and how they end."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NoReturn, Protocol

# glibc keeps an arena of memory for each thread, and with each large block that is freed it raises the size
# from which on blocks go back to the system: after a body of 10 MB next to none does.
_ARENAS, _LEAST_BLOCK = 1, 131_072  # bytes
_TUNABLES = {
    "MALLOC_ARENA_MAX": _ARENAS,
    "MALLOC_MMAP_THRESHOLD_": _LEAST_BLOCK,
    "MALLOC_TRIM_THRESHOLD_": _LEAST_BLOCK,
}
_PARAMETERS = {-8: _ARENAS, -3: _LEAST_BLOCK, -1: _LEAST_BLOCK}  # the same, by their numbers in malloc.h


def keep_small() -> None:
    """Have this process, and those that it starts, give memory back that they do not need any more."""
    os.environ.update(environment())
    with suppress(OSError, AttributeError):  # another C library: it has its own ways
        for parameter, setting in _PARAMETERS.items():
            ctypes.CDLL(None).mallopt(parameter, setting)


def environment() -> dict[str, str]:
    """Return the environment of a process that finds this very program, wherever it is started."""
    here = str(Path(__file__).parents[2])
    paths = dict.fromkeys((here, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))))
    tunables = {name: str(setting) for name, setting in _TUNABLES.items()}
    return {**tunables, **os.environ, "PYTHONPATH": os.pathsep.join(paths)}


class Child(Protocol):
    """A process that this one started, as `subprocess` knows them."""

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[bytes] | None: ...
    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


def start(module: str, *arguments: str) -> Child:
    """Start another process of this program; it may watch its stdin, which closes when this one is gone."""
    # In a session of its own: a Ctrl-C at the terminal is for us, who then stop it in order.
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=environment(), start_new_session=True)  # noqa: S603


def branch_off(module: str, *arguments: str) -> Child:
    """Start another process as `start` does, as a fork: what was imported is in memory once for both.

    A fork copies the locks of other threads as they are; so where there are any, the process starts afresh.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return start(module, *arguments)
    end, pipe = os.pipe()
    gc.collect()
    gc.freeze()  # a collection in one of the two would make its own copy of all that was imported
    pid = os.fork()
    if not pid:
        _be(end, module, arguments)
    os.close(end)
    return Branch(pid, os.fdopen(pipe, "wb"))


def _be(end: int, module: str, arguments: Sequence[str]) -> NoReturn:
    """Make this fork the process of *module*, with *end* as its stdin and nothing else of its parent's."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(end, 0)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # our lock on the store is among them
        sys.stdin, sys.argv = os.fdopen(0), [module, *arguments]
        runpy.run_module(module, run_name="__main__")
        status = 0
    except SystemExit as end_of_it:
        status = end_of_it.code if isinstance(end_of_it.code, int) else 1
    except BaseException:  # our parent's callers are no business of this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


class Branch:
    """A fork of this process."""

    def __init__(self, pid: int, stdin: IO[bytes]) -> None:
        self.pid, self.stdin = pid, stdin
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, None while it has not."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended, once it has; raise subprocess.TimeoutExpired where that takes too long."""
        ends = time.monotonic() + (math.inf if timeout is None else timeout)
        while (status := self.poll()) is None:
            if time.monotonic() > ends:
                raise subprocess.TimeoutExpired("fork", timeout or 0)
            time.sleep(0.02)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._tell(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._tell(signal.SIGKILL)

    def _tell(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def when_parent_ends(act: Callable[[], None]) -> None:
    """Call *act* when the process that started this one is gone, however it ended."""

    def watch() -> None:
        # Not sys.stdin: its lock would be held in this thread for ever, and a fork would inherit it so.
        while os.read(0, 4096):
            pass
        act()

    threading.Thread(target=watch, daemon=True, name="parent").start()
