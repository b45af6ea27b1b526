"""What a command costs, together with all processes that it starts, those that outlive it included.

`measured` starts it under a supervisor (this module as a program), to which the kernel hands every orphan
of the tree; so all of them are waited for, and their CPU time is counted, whoever started them.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
LOOK = 0.25  # seconds between two looks at the memory
LIMIT = 900.0  # seconds; then all of it is killed


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took; wall time is until the command itself ended, CPU time is all of its tree's."""

    cpu: float  # seconds
    wall: float  # seconds
    memory: float  # MB, the highest sum of PSS that was seen
    status: int  # exit status, negative after a signal


def measured(
    command: Sequence[str], environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Cost:
    """Run *command* to its end, with its output dropped, and return what it cost."""
    with tempfile.NamedTemporaryFile("r") as report:
        subprocess.run(
            [sys.executable, "-m", "bench.tree", report.name, str(cwd or Path.cwd()), *command],
            env={**os.environ, **(environment or {}), "PYTHONPATH": str(Path(__file__).parent.parent)},
            stdin=subprocess.DEVNULL,
            check=True,
        )
        return Cost(**json.load(report))


def _supervise(report: Path, cwd: str, command: Sequence[str]) -> None:
    if ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0):
        raise OSError("prctl: this needs Linux")
    began = time.perf_counter()
    started = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    highest, over = [0.0], threading.Event()
    looking = threading.Thread(target=_look, args=(highest, over), daemon=True)
    looking.start()
    wall, status = 0.0, 0
    with suppress(ChildProcessError):
        while True:
            pid, ended = os.wait()
            if pid == started.pid:
                wall, status = time.perf_counter() - began, os.waitstatus_to_exitcode(ended)
    over.set()
    looking.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = Cost(used.ru_utime + used.ru_stime, wall, highest[0], status)
    report.write_text(json.dumps(asdict(cost)), "utf-8")


def _look(highest: list[float], over: threading.Event) -> None:
    """Keep the highest sum of the memory of all processes below this one; end them after LIMIT."""
    ends = time.monotonic() + LIMIT
    while not over.wait(LOOK):
        family = psutil.Process().children(recursive=True)
        highest[0] = max(highest[0], sum(map(_memory, family)))
        if time.monotonic() > ends:
            for process in family:
                with suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)


def _memory(process: psutil.Process) -> float:
    """Return the PSS of a process in MB: each page counts once, shared ones in parts."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1000
    return 0.0


if __name__ == "__main__":
    _supervise(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
