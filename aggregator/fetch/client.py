"""Client: many requests under way at once, in one thread; what has ended is handed back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import pycurl

from aggregator.errors import AGAIN, FeedError
from aggregator.fetch.bounds import Bounds, authorities
from aggregator.fetch.door import Door
from aggregator.fetch.engine import Ended, Engine
from aggregator.fetch.exchange import Answer, Body, Exchange
from aggregator.fetch.headers import fresh_for, retry_at
from aggregator.fetch.held import EACH, Held
from aggregator.fetch.redirects import Errand, next_hop, set_out
from aggregator.fetch.turns import Turns
from aggregator.model import Polling, Request, Response

_SPARE_CONNECTIONS = 32  # kept open for a while, for the next feed of the same host


class LeftAloneError(FeedError):
    """A host that wants to be left alone was not asked."""


class Client:
    """Asks for feeds; used by one thread, save for `wake`."""

    def __init__(self, polling: Polling, user_agent: str, concurrency: int = 256) -> None:
        self._bounds = Bounds.of(polling)
        self._user_agent = user_agent
        self._bundle = authorities()
        self._concurrency = concurrency
        self._turns = Turns(polling.per_host)
        self._door = Door()
        self._resting: dict[str, datetime] = {}
        self._engine = Engine(concurrency + _SPARE_CONNECTIONS)
        self._fresh_connections = False
        self._held = Held()
        self._unread: Collection[int] = ()
        self._idle: list[Exchange] = []
        self._under_way: dict[pycurl.Curl, tuple[Exchange, Errand]] = {}
        self._whole: deque[tuple[Request, Response, Body]] = deque()  # what came, and waits to be read
        self._ended: list[tuple[Request, Response | FeedError]] = []

    def ask_at_the_door(self, admits: Callable[[Request, str], bool]) -> None:
        """Follow a redirect to another host only when *admits* says so: other programs may ask there too."""
        self._door.admits = admits

    @property
    def pending(self) -> int:
        """Return how many requests have been added, and not been handed back."""
        under_way = len(self._under_way) + len(self._whole)
        return len(self._turns) + len(self._door) + under_way + len(self._ended)

    def add(self, request: Request) -> None:
        """Queue *request*; it starts when its host and the whole have room."""
        try:
            self._turns.join(set_out(request))
        except FeedError as error:
            self._ended.append((request, error))

    def wait(self, timeout: float, now: datetime) -> list[tuple[Request, Response | FeedError]]:
        """Drive all transfers until one ends, at most for *timeout* seconds; return what has ended."""
        ends = monotonic() + timeout
        self._held.unread(self._unread)
        self._hand_over()
        while True:
            self._let_in()
            self._start(now)
            for ended in self._engine.drive(0 if self._ended else max(ends - monotonic(), 0)):
                self._settle(ended, now)
            self._hand_over()
            self._resume()
            if self._ended or self._engine.woken or monotonic() >= ends:
                break
        self._engine.woken = False
        handed_back, self._ended = self._ended, []
        return handed_back

    def rest(self, host: str, until: datetime) -> None:
        """Leave *host* alone until then: what waits for its turn there is handed back, not asked."""
        self._resting[host] = max(until, self._resting.get(host, until))

    def leave_room_for(self, unread: Collection[int]) -> None:
        """Take note of the sizes of those bodies that were handed back, and are still in memory."""
        self._unread = unread

    def wake(self) -> None:
        """Let `wait` return soon, from any thread."""
        self._engine.wake()

    def reconfigure(self, polling: Polling) -> None:
        """Ask within the bounds of *polling* from now on; what is under way keeps the old ones."""
        bounds = Bounds.of(polling)
        # A connection that is still open to a network that was closed now would escape the guard.
        self._fresh_connections = self._fresh_connections or bounds.allowed != self._bounds.allowed
        self._bounds = bounds
        self._turns.allow(polling.per_host)

    def close(self) -> None:
        """Abort everything; nothing of it is handed back."""
        self._turns.clear()
        self._door.clear()
        self._ended.clear()
        for _, _, body in self._whole:
            body.close()
        self._whole.clear()
        for curl, (exchange, _) in self._under_way.items():
            self._engine.abort(curl)
            self._idle.append(exchange)
        self._under_way.clear()
        for exchange in self._idle:
            exchange.close()
        self._idle.clear()
        self._engine.close()

    def _let_in(self) -> None:
        """Let those go on who have a place at the host that they were sent to; give up on the late."""
        at = monotonic()
        for errand in self._door.let_in(at):
            self._turns.join(errand)
        for errand in self._door.turn_away(at):
            self._ended.append((errand.request, _no_place(errand)))

    def _start(self, now: datetime) -> None:
        while len(self._under_way) + len(self._whole) < self._concurrency:
            errand = self._turns.take()
            if errand is None:
                return
            if errand.request.waits_with_host and self._resting.get(errand.host, now) > now:
                self._turns.leave(errand.host)
                self._ended.append((errand.request, _left_alone(errand)))
                continue
            exchange = self._idle.pop() if self._idle else self._new()
            exchange.ask(errand, self._bounds, self._fresh_connections)
            self._under_way[exchange.curl] = (exchange, errand)
            self._engine.start(exchange.curl)

    def _settle(self, ended: Ended, now: datetime) -> None:
        exchange, errand = self._under_way.pop(ended.curl)
        self._turns.leave(errand.host)
        try:
            self._go_on(exchange, errand, ended, now)
        except FeedError as error:
            self._ended.append((errand.request, error))
        exchange.finish()
        self._idle.append(exchange)

    def _new(self) -> Exchange:
        return Exchange(self._user_agent, self._bundle, self._held)

    def _resume(self) -> None:
        """Let those go on that paused, the longest under way first."""
        for exchange, _ in tuple(self._under_way.values()):
            if exchange.paused:
                exchange.go_on()

    def _hand_over(self) -> None:
        """Read what came into memory, as far as there is room: what is large lets the others pass."""
        waiting: deque[tuple[Request, Response, Body]] = deque()
        full = {True: False, False: False}
        for request, response, body in self._whole:
            large = response.received > EACH
            full[large] = full[large] or not self._held.hand_over(response.received)
            if full[large]:
                waiting.append((request, response, body))
                continue
            came = None if response.status == 304 else body.read()
            self._held.let_go(body)
            body.close()
            self._ended.append((request, replace(response, body=came)))
        self._whole = waiting

    def _go_on(self, exchange: Exchange, errand: Errand, ended: Ended, now: datetime) -> None:
        """Follow a redirect, or note the answer; FeedError if there is none."""
        if ended.code:
            raise exchange.error(ended.code, ended.detail)
        answer, seconds = exchange.answer(), exchange.seconds()
        hop = next_hop(errand, answer.status, answer.headers.get("location"), seconds)
        # On a redirect Retry-After is about the next request in the chain (RFC 9110, 10.2.3).
        if hop and (errand.request.waited or retry_at(answer.headers, now) is None):
            if hop.host == errand.host:
                self._turns.join(hop)
            else:
                self._door.knock(hop, monotonic())
            self._held.let_go(answer.body)
            answer.body.close()
        else:
            self._whole.append((errand.request, _response(errand, answer, seconds, now), answer.body))


def _no_place(errand: Errand) -> FeedError:
    return FeedError(
        "fetch",
        f"it redirects to {errand.host}, where so much is asked that its turn did not come; {AGAIN}",
    )


def _left_alone(errand: Errand) -> FeedError:
    """Return why *errand* ends here: no fault of the feed, unless it had been asked and led here."""
    if errand.passed:
        return FeedError(
            "fetch", f"it redirects to {errand.host}, which asked to be left alone for a while; {AGAIN}"
        )
    return LeftAloneError("fetch", f"{errand.host} asked to be left alone for a while; {AGAIN}")


def _response(errand: Errand, answer: Answer, seconds: float, now: datetime) -> Response:
    return Response(
        url=errand.url,
        status=answer.status,
        body=None,
        headers=answer.headers,
        moved_to=errand.moved_to,
        fresh_for=fresh_for(answer.headers, now),
        retry_at=retry_at(answer.headers, now),
        elapsed=timedelta(seconds=seconds),
        received=answer.size,
    )
