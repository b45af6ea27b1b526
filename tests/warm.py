"""Programs that start warm: forks of one process that has imported the program, and is about to run it.

A start costs a second of imports, and the suite starts some two hundred. What is forked is the interpreter as
it is before `main()` runs, so the program is a process of its own as ever: with its own folder, environment,
session, signals and exit status. What differs is that all of them have one seed for the order of sets, so
tests that compare one start with another start cold; and LD_PRELOAD comes too late.

As a script this is that process. It takes orders over the socket that is its stdin: the arguments, folder and
environment as JSON with four files, which are the program's stdin, stdout and stderr, and a pipe that is told
the program's number, and its status when it ends.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_LONGEST = 1_000_000  # bytes of an order
_NUMBER = struct.Struct("i")


class Warm:
    """A program that was started so; of what subprocess.Popen can, what the tests need."""

    def __init__(self, arguments: Sequence[str], cwd: Path, files: tuple[int, int, int]) -> None:
        ours, theirs = os.pipe()
        order = json.dumps([list(arguments), str(cwd), dict(os.environ)]).encode()
        try:
            socket.send_fds(_door(), [order], [*files, theirs])
        finally:
            os.close(theirs)
        self._told = ours
        self.pid = self._number()
        self.returncode: int | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._mind, daemon=True).start()

    def poll(self) -> int | None:
        return self.returncode

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("run.py", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def _mind(self) -> None:
        self.returncode = self._number()
        os.close(self._told)
        self._ended.set()

    def _number(self) -> int:
        found: int = _NUMBER.unpack(os.read(self._told, _NUMBER.size))[0]
        return found


_doors: dict[int, socket.socket] = {}


def _door() -> socket.socket:
    """Return the way to the process that forks, which is started when first asked for."""
    if os.getpid() not in _doors:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        run = Path(__file__).parent.parent / "run.py"  # in its command line, as in that of a cold start
        forking = subprocess.Popen([sys.executable, __file__, str(run)], stdin=theirs, start_new_session=True)
        theirs.close()
        _doors[os.getpid()] = ours
        atexit.register(forking.wait)
        atexit.register(ours.close)
    return _doors[os.getpid()]


def _take_orders() -> Sequence[str]:
    """Fork for each order; return its arguments in the process that is to be the program."""
    door = socket.socket(fileno=os.dup(0))
    while True:
        order, files, _, _ = socket.recv_fds(door, _LONGEST, 4)
        if not order:
            sys.exit(0)
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
        _bury()
    door.close()
    program = os.fork()
    if program:
        _mind(program, files)
    return _become(json.loads(order), files)


def _bury() -> None:
    """Let go of the minders that have ended."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def _mind(program: int, files: Sequence[int]) -> None:
    """Tell the program's number, and its status when it ends; then end."""
    for file in (0, *files[:3]):
        os.close(file)
    os.write(files[3], _NUMBER.pack(program))
    _, status = os.waitpid(program, 0)
    try:
        os.write(files[3], _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    finally:
        os._exit(0)


def _become(order: list[Any], files: Sequence[int]) -> Sequence[str]:
    arguments, folder, environment = order
    os.setsid()
    for number in range(3):
        os.dup2(files[number], number)
    for file in files:
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    found: list[str] = arguments
    return found


if __name__ == "__main__":
    root = str(Path(sys.argv[1]).parent)
    sys.path[0] = root  # as if run.py had been started
    from aggregator.__main__ import main

    gc.freeze()  # what is shared stays so when the fork looks for garbage, at its end above all
    sys.argv[1:] = _take_orders()
    sys.argv[0] = f"{root}/run.py"
    main()
