"""The pages' processes, from outside: started, kept up, and stopped."""

from __future__ import annotations

import http.client
import logging
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aggregator.errors import UserError
from aggregator.shells import bootstrap

log = logging.getLogger(__name__)

START = 30.0  # seconds that the pages have to answer in
AGAIN = 2.0  # seconds between two starts
PATIENCE = 4.0  # seconds that they have to stop in, before they are killed


class Pages:
    """The processes that serve pages, in a group that is started again should it end."""

    def __init__(self, host: str, port: int, count: int, templates: Path) -> None:
        """Start them; they wait for the store that they are to show. *templates* may be no folder at all."""
        self._templates = templates
        self._store, self._host, self._port, self._count = "", host, port, count
        self._started = time.monotonic()
        self._process = self._start(bootstrap.branch_off)

    def show(self, store: str) -> None:
        """Let them serve the pages of *store*."""
        self._store = store
        if self._process.stdin is not None:  # it stays open: when it closes, the pages know that we are gone
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{store}\n".encode())  # no argument: it may hold a password
                self._process.stdin.flush()

    def wait_until_they_answer(self, stop: threading.Event) -> None:
        """Return when the first page is served, or *stop* is set; raise UserError when it never will be."""
        for _ in range(int(START / 0.1)):
            if stop.wait(0.1) or self._answer():
                return
            if self._process.poll() is not None:
                break
        raise UserError(f"no page could be served on {self._host}:{self._port}; the lines above tell why")

    def keep_up(self) -> None:
        """Start the processes again if they ended, but not the more often the sooner they end."""
        if self._process.poll() is None or time.monotonic() - self._started < AGAIN:
            return
        log.error("the pages' processes ended (status %s); starting them again", self._process.returncode)
        self._started = time.monotonic()
        self._process = self._start(bootstrap.start)
        self.show(self._store)

    def stop(self) -> None:
        """End the processes, kindly first."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self, start: Callable[..., bootstrap.Child]) -> bootstrap.Child:
        asked = (self._host, str(self._port), str(self._count), str(self._templates))
        return start("aggregator.shells.web", *asked)

    def _answer(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
