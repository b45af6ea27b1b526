"""The real program as a process of its own, started as a user would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any

import psutil
from warm import Warm

RUN = Path(__file__).parent.parent / "run.py"
PATIENCE = 30.0  # seconds that anything may take on a busy machine; how quick it is, benchmarks tell

CONFIGURATION = """\
site: {{title: De Draad, language: nl, timezone: Africa/Casablanca}}
poll: {{every: {every}, floor: 1s, timeout: 5s, per_host: 8, allow_networks: [127.0.0.0/8]}}
feeds:
{feeds}
"""


def write_configuration(folder: Path, *urls: str, every: str = "1h") -> Path:
    """Write a feeds.yaml for these addresses."""
    path = folder / "feeds.yaml"
    feeds = "\n".join(f"  - {{url: '{url}', key: 'feed{n}'}}" for n, url in enumerate(urls, 1))
    path.write_text(CONFIGURATION.format(every=every, feeds=feeds), encoding="utf-8")
    return path


def run(*arguments: str, cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end, started warm (warm.py), with *given* on its stdin."""
    with TemporaryFile() as stdin, TemporaryFile() as out, TemporaryFile() as err:
        stdin.write(given.encode())
        stdin.seek(0)
        process = Warm(arguments, cwd, (stdin.fileno(), out.fileno(), err.fileno()))
        try:
            status = process.wait(120)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode())
    return subprocess.CompletedProcess([*arguments], status, *said)


def run_cold(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, by an interpreter of its own."""
    return subprocess.run(
        [sys.executable, str(RUN), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Program:
    """A command that goes on until it is stopped; nothing of it is left behind by a failing test.

    It is started warm (warm.py), or *cold*, by an interpreter of its own.
    """

    def __init__(self, *arguments: str, cwd: Path, cold: bool = False) -> None:
        self._log = cwd / f"log-{time.monotonic_ns()}"
        with self._log.open("wb") as log, Path(os.devnull).open("rb") as stdin:
            self._process: subprocess.Popen[bytes] | Warm
            if cold:
                self._process = subprocess.Popen(
                    [sys.executable, str(RUN), *arguments],
                    cwd=cwd,
                    stdin=stdin,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            else:
                self._process = Warm(arguments, cwd, (stdin.fileno(), log.fileno(), log.fileno()))
        self._family: set[psutil.Process] = set()

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def pages(self) -> list[psutil.Process]:
        """Return the processes that serve pages, the one that minds the others first."""
        found = [p for p in self.family() - {psutil.Process(self.pid)} if _serves_pages(p)]
        return sorted(found, key=lambda process: process.create_time())

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def family(self) -> set[psutil.Process]:
        """Return the processes that belong to the program and are alive, those it lost included."""
        try:
            mother = psutil.Process(self._process.pid)
            self._family |= {mother, *mother.children(recursive=True)}
        except psutil.NoSuchProcess:
            pass
        return alive(self._family)

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until the output has *pattern*."""
        found: list[re.Match[str]] = []

        def said() -> bool:
            found.extend(re.finditer(pattern, self.output))
            return bool(found)

        wait_until(said, lambda: f"no {pattern!r} in:\n{self.output}")
        return found[0]

    def address(self) -> str:
        """Wait until the pages are served."""
        return self.says(r"The ticker is at (http://\S+/)")[1]

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        return self._process.wait(PATIENCE)


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as response:
        return str(response.read().decode())


def health(address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(f"{address}health.json"))
    return found


def headlines(address: str) -> list[str]:
    """Return the titles that the merged feed holds, in its order."""
    return [item["title"] for item in json.loads(get(f"{address}feed.json"))["items"]]


def wait_until(holds: Callable[[], bool], why: Callable[[], str] = lambda: "it never came about") -> None:
    """Wait for something to come about; fail with *why* when it does not in time."""
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, why()
        time.sleep(0.05)


def alive(family: set[psutil.Process]) -> set[psutil.Process]:
    """Return those that are still there; a zombie only waits for its parent to notice."""
    return {process for process in family if _is_alive(process)}


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _serves_pages(process: psutil.Process) -> bool:
    """Say so of a fork of the program, and of what was started in its place."""
    line = process.cmdline()
    return str(RUN) in line or "aggregator.shells.web" in line
