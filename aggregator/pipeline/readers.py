"""Readers: documents on their way through the worker processes, no more at once than are soon taken in.

What workers make of a document is many times larger than its body, and waits in memory while the store is
written. So documents wait before they are read, not after.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic

from aggregator.model import Claim
from aggregator.pipeline.reading import Job, Reading, read
from aggregator.pipeline.workers import Workers

AT_ONCE = 32  # documents with the workers: some seconds of the store's time
SLOW = 5.0  # seconds: who is with them for longer waits for the slow one, and keeps nobody from the others


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be read, and of whom."""

    claim: Claim
    job: Job
    delivery: int | None = None  # None: it was claimed


class Readers:
    """Gives documents to *workers*, each for at most *timeout* seconds; *wake* is called when one is done."""

    def __init__(self, workers: Workers, timeout: float, wake: Callable[[], None]) -> None:
        self._workers, self._timeout, self._wake = workers, timeout, wake
        self._waiting: deque[Document] = deque()
        self._given: list[tuple[float, Document, Future[Reading]]] = []  # since when (monotonic)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._given)

    def sizes(self) -> list[int]:
        """Return the bytes of each body that is kept for them."""
        documents = (*self._waiting, *(document for _, document, _ in self._given))
        return [len(document.job.response.body or b"") for document in documents]

    def add(self, document: Document) -> None:
        """Let *document* be read when its turn comes."""
        self._waiting.append(document)
        self._give()

    def done(self) -> Iterator[tuple[Document, Future[Reading]]]:
        """Yield what was read, or could not be; and go on with the others."""
        ended = [given for given in self._given if given[2].done()]
        if ended:  # asked once: another may end meanwhile
            self._given = [given for given in self._given if given not in ended]
        self._give()
        yield from ((document, future) for _, document, future in ended)

    def _give(self) -> None:
        now = monotonic()
        recent = sum(now - since < SLOW for since, _, _ in self._given)
        while self._waiting and recent < AT_ONCE:
            document = self._waiting.popleft()
            future = self._workers.schedule(read, args=(document.job,), timeout=self._timeout)
            future.add_done_callback(lambda _: self._wake())
            self._given.append((now, document, future))
            recent += 1
