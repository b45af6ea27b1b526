"""Corresponding: letters to hubs, through the one client that asks, and what they answer (WebSub).

    store ─Letter, Telling▶ form ▶ fetch ─Response▶ store

Whatever is lost on the way, or was under way when the program ended, the store has written again when its
time comes; nothing is remembered here.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import urlsplit

from aggregator import cadence, websub
from aggregator.errors import AGAIN, FeedError, StoreError
from aggregator.fetch import Client, LeftAloneError, is_public
from aggregator.links import host
from aggregator.model import FORMATS, Config, Letter, Request, Response, Telling, Visit
from aggregator.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 64  # letters on their way
LEAST_WAIT = timedelta(minutes=1)  # before our hub is told again


class Correspondence:
    """Letters on their way; `collect` may be called from any thread, all else from the client's."""

    def __init__(self, store: Store, client: Client, clock: Callable[[], datetime]) -> None:
        self._store, self._client, self._clock = store, client, clock
        self._outbox: deque[tuple[Letter | Telling, bytes]] = deque()
        self._sent: dict[str, Letter | Telling] = {}
        self._number = 0

    def __len__(self) -> int:
        return len(self._outbox) + len(self._sent)

    def reconfigure(self, config: Config) -> None:
        """Go on under another configuration."""
        self._floor = config.polling.floor
        site = config.site.link or ""
        is_reached = is_public(urlsplit(site).hostname or "", config.polling.allow_networks)
        self._reach = (site, config.publishing.hub) if is_reached else ("", None)

    def collect(self, now: datetime, unguessable: Callable[[], str]) -> None:
        """Take the letters that are due; StoreError where the store does not give them."""
        room = AT_ONCE - len(self)
        if room <= 0:
            return
        site, hub = self._reach
        letters = self._store.post.letters(now, room, site, self._wait, unguessable)
        self._outbox.extend((letter, _request(letter)) for letter in letters)
        told = self._store.post.telling(hub, now) if hub else None
        if told is not None:
            self._outbox.append((told, _publication(told, site)))

    def send(self) -> None:
        """Put on their way what was collected."""
        while self._outbox:
            letter, form = self._outbox.popleft()
            self._number += 1
            key = f"letter {self._number}"
            self._sent[key] = letter
            self._client.add(Request(key, letter.hub, form=form))

    def answered(self, request: Request, answer: Response | FeedError) -> Visit | None:
        """Take note of what a hub answered; return what to write down of it, if it was asked."""
        letter, now = self._sent.pop(request.key), self._clock()
        error = _complaint(answer)
        not_before = self._not_before(answer, now)
        # What the store does not take it has written again: to the hub that is no harm.
        with suppress(StoreError):
            if isinstance(letter, Letter):
                self._note(letter, error, not_before)
            else:
                self._note_told(letter, error, not_before, now)
        if error:
            log.warning("hub %s: %s", host(letter.hub), error)
        return None if isinstance(answer, LeftAloneError) else _visit(letter, answer, now)

    def _note(self, letter: Letter, error: str | None, not_before: datetime | None) -> None:
        if error is not None:
            self._store.post.refused(letter, error, not_before)

    def _note_told(
        self, told: Telling, error: str | None, not_before: datetime | None, now: datetime
    ) -> None:
        if error is None:
            self._store.post.told(told, now)
            return
        again = now + websub.backoff(told.failures + 1, LEAST_WAIT)
        self._store.post.not_told(told, error, max(again, not_before or again))

    def _wait(self, failures: int) -> timedelta:
        return websub.backoff(failures, self._floor)

    def _not_before(self, answer: Response | FeedError, now: datetime) -> datetime | None:
        """Return until when the hub wants to be left alone, and let the client leave it alone."""
        if not isinstance(answer, Response):
            return None
        until = cadence.host_wait(now, answer)
        if until is not None:
            self._client.rest(host(answer.url), until)
        return until


def _request(letter: Letter) -> bytes:
    callback = f"{letter.site}{websub.CALLBACK}{letter.token}"
    return websub.request(letter.mode, letter.topic, callback, letter.secret)


def _publication(told: Telling, site: str) -> bytes:
    root = site.rstrip("/")
    return websub.publication(
        root + choice.feed_path(form) for choice, form in product(told.choices, FORMATS)
    )


def _complaint(answer: Response | FeedError) -> str | None:
    if isinstance(answer, FeedError):
        return answer.message
    if 200 <= answer.status < 300:
        return None
    return f"{host(answer.url)} answers {answer.status}; {AGAIN}"


def _visit(letter: Letter | Telling, answer: Response | FeedError, now: datetime) -> Visit:
    response = answer if isinstance(answer, Response) else None
    return Visit(
        at=now,
        feed=letter.feed if isinstance(letter, Letter) else 0,
        host=host(response.url if response else letter.hub),
        status=response.status if response else None,
        conditional=False,
        received=response.received if response else 0,
    )
