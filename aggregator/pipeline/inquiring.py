"""Inquiring: the reactions that readers want to see, asked for through the one client that asks.

    store ─Inquiry▶ fetch ─Response▶ read (in a worker) ─Reply▶ store

Nothing is remembered here: what is lost on the way is asked for again, as long as its reader waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aggregator import cadence
from aggregator.errors import FeedError, StoreError
from aggregator.fetch import Client, LeftAloneError, complaint, sendable
from aggregator.links import host
from aggregator.model import Config, Inquiry, Reaction, Reply, Request, Response, Visit
from aggregator.pipeline.reading import Job, read_reactions
from aggregator.pipeline.visiting import visit
from aggregator.pipeline.workers import Workers
from aggregator.store import Store

AT_ONCE = 2  # under way: readers must not hold up the news
LEAST_WAIT = timedelta(minutes=1)  # before what failed is asked for again


class Inquiries:
    """Inquiries on their way; `collect` may be called from any thread, all else from the client's."""

    def __init__(
        self, store: Store, client: Client, workers: Workers, clock: Callable[[], datetime], slowest: float
    ) -> None:
        self._store, self._client, self._workers = store, client, workers
        self._clock, self._slowest = clock, slowest
        self._inbox: deque[Inquiry] = deque()
        self._asked: dict[str, Inquiry] = {}
        self._reading: list[tuple[Inquiry, Response, Future[tuple[Reaction, ...]]]] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._inbox) + len(self._asked) + len(self._reading)

    def reconfigure(self, config: Config) -> None:
        """Go on under another configuration."""
        self._polling = config.polling

    def sizes(self) -> list[int]:
        """Return the bytes of each body that is kept for the workers."""
        return [len(response.body or b"") for _, response, _ in self._reading]

    def collect(self, now: datetime) -> None:
        """Take what readers wait for; StoreError where the store does not give it."""
        if (room := AT_ONCE - len(self)) > 0:
            self._inbox.extend(self._store.forum.inquiries(now, room))

    def send(self) -> None:
        """Put on their way what was collected."""
        while self._inbox:
            inquiry = self._inbox.popleft()
            self._number += 1
            key = f"reactions {self._number}"
            self._asked[key] = inquiry
            claim = inquiry.claim
            waits = claim.subscription.wait_with_host
            self._client.add(Request(key, claim.url, claim.validators, waits_with_host=waits))

    def answered(self, request: Request, answer: Response | FeedError) -> Visit | None:
        """Take in an answer; return what to write down of it, if its host was asked."""
        inquiry, now = self._asked.pop(request.key), self._clock()
        if isinstance(answer, LeftAloneError):
            with suppress(StoreError):
                self._store.forum.give_back(inquiry.entry)
            return None
        if isinstance(answer, FeedError):
            self._fail(inquiry, None, answer.message)
        elif answer.status == 304 and request.validators == sendable(inquiry.claim.validators):
            self._settle(inquiry, answer)
        elif answer.status in {200, 203} and answer.body is not None:
            self._read(inquiry, answer)
        else:
            self._fail(inquiry, answer, complaint(answer))
        return visit(inquiry.claim, request, answer, now)

    def gather(self) -> None:
        """Take what the workers have done."""
        ended = [each for each in self._reading if each[2].done()]
        self._reading = [each for each in self._reading if each not in ended]
        for inquiry, response, future in ended:
            try:
                items = future.result()
            except Exception as error:  # a document that kills its reader, or a bug: the news goes on
                self._fail(inquiry, response, str(error) or type(error).__name__)
            else:
                self._settle(inquiry, response, items=items)

    def _read(self, inquiry: Inquiry, response: Response) -> None:
        claim = inquiry.claim
        job = Job(claim.feed, claim.subscription, response, b"", self._polling, self._clock())
        future = self._workers.schedule(read_reactions, args=(job,), timeout=self._slowest)
        future.add_done_callback(lambda _: self._client.wake())
        self._reading.append((inquiry, response, future))

    def _fail(self, inquiry: Inquiry, response: Response | None, error: str) -> None:
        self._settle(inquiry, response, error=error)

    def _settle(self, inquiry: Inquiry, response: Response | None, **came: Any) -> None:
        """Keep what came of it, and how long nobody asks again."""
        now = self._clock()
        until = cadence.host_wait(now, response) if response else None
        waits = [now + (LEAST_WAIT if came.get("error") else timedelta()), now + self._polling.floor]
        if response is not None:
            waits.append(now + min(response.fresh_for or timedelta(), cadence.MOST_FRESHNESS))
            waits += [response.retry_at] if response.retry_at else []
        if response is not None and until is not None:
            self._client.rest(host(response.url), until)
            came["host_wait"] = (host(response.url), until)
        if response is not None and not came.get("error"):
            new, old = sendable(response.validators), inquiry.claim.validators
            kept = old if response.status == 304 else new
            came |= {"etag": new.etag or kept.etag, "last_modified": new.last_modified or kept.last_modified}
        # What the store does not take is asked for again: its lease ends.
        with suppress(StoreError):
            self._store.forum.settle(Reply(inquiry.entry, now, max(waits), **came))
