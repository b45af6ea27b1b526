"""Refreshing: claims in at one end, outcomes out at the other.

    claim ─▶ fetch ─Response▶ read (in a worker) ─Arrivals▶ decide ─Plan▶ store

One thread turns the whole: hundreds of requests on one event loop, documents with the workers, and what is
ready goes to the store in batches.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from xxhash import xxh3_128_digest

from aggregator import cadence
from aggregator.errors import FeedError, StoreError
from aggregator.fetch import Client, LeftAloneError, complaint
from aggregator.model import (
    Claim,
    Config,
    Delivery,
    Feed,
    Outcome,
    Plan,
    Request,
    Response,
    Settlement,
    Subscription,
    Validators,
    Visit,
)
from aggregator.pipeline import arriving, outcomes, remembering
from aggregator.pipeline.arriving import Ready
from aggregator.pipeline.corresponding import Correspondence
from aggregator.pipeline.deciding import Decider
from aggregator.pipeline.inquiring import Inquiries
from aggregator.pipeline.readers import Document, Readers
from aggregator.pipeline.reading import SLOWEST_READ, Job, Reading
from aggregator.pipeline.visiting import visit
from aggregator.pipeline.workers import Workers, breaks_its_reader, failure
from aggregator.store import Store

log = logging.getLogger(__name__)

BATCH_FEEDS = 200  # in one transaction
BATCH_ARRIVALS = 1000
BATCH_AGE = 0.5  # seconds: the longest that what is ready waits for more
MOST_READING = 16  # documents with the workers: what hubs delivered waits in the store while there are more
LONGEST_READING = timedelta(minutes=3)  # before a delivery is taken out again, as if its reader had died
LONGEST_STORE_WAIT = 10.0  # seconds between two tries while the store takes nothing


class Refresher:
    """Takes claims in at one end and gives outcomes at the other; nothing in between is remembered.

    `submit` may be called from any thread, all else from the one that turns it.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        client: Client,
        workers: Workers,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        slowest_read: float = SLOWEST_READ,
    ) -> None:
        self._store, self._client = store, client
        self._clock, self._chance = clock, chance
        self._reading = Readers(workers, slowest_read, client.wake)
        self._hubs = Correspondence(store, client, clock)
        self._inquiries = Inquiries(store, client, workers, clock, slowest_read)
        self._inbox: deque[Claim] = deque()
        self._mail: deque[Delivery] = deque()
        self._asked: dict[str, Claim] = {}
        self._ready: list[Ready] = []
        self._visits: list[Visit] = []
        self._put_off: list[int] = []  # feeds that were claimed, and not asked: their hosts had enough
        self._ready_since: float | None = None  # monotonic: the clock may be put back an hour
        self._store_wait = 0.0
        client.ask_at_the_door(self._may_enter)
        self.reconfigure(config)

    def reconfigure(self, config: Config) -> None:
        """Go on under another configuration; what is under way ends under the old one."""
        self._polling = config.polling
        self._decider = Decider(config)
        self._client.reconfigure(config.polling)
        self._hubs.reconfigure(config)
        self._inquiries.reconfigure(config)

    @property
    def pending(self) -> int:
        """Return how many claims are on their way, what hubs delivered and letters to them included."""
        parts: tuple[Sized, ...] = (
            self._inbox,
            self._asked,
            self._reading,
            self._mail,
            self._hubs,
            self._inquiries,
            self._ready,
            self._put_off,
        )
        return sum(map(len, parts))

    @property
    def is_held_up(self) -> bool:
        """Say whether the store does not take what is ready; more claims would only be asked twice."""
        return self._store_wait > 0

    def submit(self, claims: Iterable[Claim]) -> None:
        """Put *claims* on their way."""
        self._inbox.extend(claims)
        self._client.wake()

    def correspond(self, now: datetime, unguessable: Callable[[], str]) -> None:
        """Put the letters to hubs on their way that are due, and what hubs delivered, from any thread.

        What readers want to see of reactions goes with them.

        *unguessable* makes the tokens and secrets of new subscriptions.
        """
        self._hubs.collect(now, unguessable)
        self._inquiries.collect(now)
        if len(self._mail) + len(self._reading) < MOST_READING:
            self._mail.extend(self._store.post.deliveries(now, MOST_READING, LONGEST_READING))
        if self._mail or len(self._hubs) or len(self._inquiries):
            self._client.wake()

    def turn(self, timeout: float) -> tuple[Outcome, ...]:
        """Go on for at most about *timeout* seconds; return the outcomes that were stored meanwhile."""
        while self._inbox:
            new = self._inbox.popleft()
            self._asked[new.subscription.key] = new
            self._client.add(remembering.request(new))
        while self._mail:
            delivery = self._mail.popleft()
            self._read(delivery.claim, arriving.unpacked(delivery), delivery.row)
        self._hubs.send()
        self._inquiries.send()
        self._client.leave_room_for([*self._reading.sizes(), *self._inquiries.sizes()])
        for request, answer in self._client.wait(timeout, self._clock()):
            claim = self._asked.pop(request.key, None)
            if claim is None:
                asked = self._inquiries if request.form is None else self._hubs
                self._visits.extend(filter(None, [asked.answered(request, answer)]))
                self._ready_since = self._ready_since or monotonic()
            elif isinstance(answer, LeftAloneError):
                self._put_off.append(claim.feed)
                self._ready_since = self._ready_since or monotonic()
            else:
                self._visits.append(visit(claim, request, answer, self._clock()))
                self._answered(claim, answer)
        self._gather()
        self._inquiries.gather()
        return self._flush() if self._is_time() else ()

    def finish(self) -> tuple[Outcome, ...]:
        """Store what is ready, before the program ends: what was answered is not asked again at its start."""
        return self._flush() if self._ready or self._put_off or self._visits else ()

    def _may_enter(self, request: Request, host: str) -> bool:
        """Say whether a redirect to *host* may be followed now; while the store does not tell, it may not."""
        claim = self._asked.get(request.key)
        if claim is None:
            return True  # of letters and inquiries there are few
        try:
            return self._store.enter(claim.feed, host, self._clock(), self._polling.per_host)
        except StoreError:
            return False

    def _answered(self, claim: Claim, answer: Response | FeedError) -> None:
        if isinstance(answer, FeedError):
            self._fail(claim, None, answer)
        elif answer.status == 410:
            self._fail(claim, answer, FeedError("fetch", complaint(answer)), gone=True)
        elif answer.status == 304 and remembering.known(claim) != Validators():
            self._unchanged(claim, remembering.as_kept(claim, answer))
        elif answer.status not in {200, 203, 226} or answer.body is None:
            self._fail(claim, answer, FeedError("fetch", complaint(answer)))
        elif xxh3_128_digest(answer.body) == claim.body_hash:
            self._pass(claim, answer, Outcome(claim.subscription.key, "unchanged"))
        elif remembering.is_marked(claim, answer.body):
            self._unchanged(claim, answer)
        else:
            self._read(claim, answer)

    def _read(self, claim: Claim, response: Response, delivery: int | None = None) -> None:
        job = Job(claim.feed, claim.subscription, response, claim.item_hashes, self._polling, self._clock())
        self._reading.add(Document(claim, job, delivery))

    def _gather(self) -> None:
        """Take what the workers have done."""
        for document, future in self._reading.done():
            claim, response, delivery = document.claim, document.job.response, document.delivery
            try:
                result = future.result()
            except Exception as error:  # a bug in a worker is told and logged; the other feeds go on
                told = failure(claim, response, error)
                if delivery is not None:
                    log.warning(
                        "%s: %s: what its hub delivered: %s", claim.subscription.key, told.stage, told
                    )
                    self._put(arriving.unreadable(claim, delivery, told))
                else:
                    self._fail(claim, response, told, marked=breaks_its_reader(error))
            else:
                if delivery is not None:
                    self._put(arriving.delivered(claim, delivery, result))
                else:
                    outcome = Outcome(claim.subscription.key, "news", entries=len(result.arrivals))
                    self._pass(claim, response, outcome, result)

    def _unchanged(self, claim: Claim, response: Response) -> None:
        """Settle a claim whose document is the one that we have, or the one that broke its reader."""
        if not claim.marked:
            self._pass(claim, response, Outcome(claim.subscription.key, "unchanged"))
            return
        # As often as any other feed: the publisher may mend it at any time, and asking costs him nothing.
        settlement = self._settlement(claim, response, claim.about, failures=max(claim.failures, 1))
        kept = replace(settlement, validators=remembering.validators(claim, response))
        self._put_failed(claim, kept, response, remembering.what_it_did(claim))

    def _pass(
        self, claim: Claim, response: Response, outcome: Outcome, reading: Reading | None = None
    ) -> None:
        """Settle a claim that went well."""
        about = reading.about if reading else None
        settlement = replace(
            self._settlement(claim, response, about or claim.about, failures=0),
            validators=remembering.validators(claim, response),
            body_hash=xxh3_128_digest(response.body) if response.body is not None else None,
            item_hashes=reading.item_hashes if reading else None,
            about=about,
            name=about.title if about and not claim.subscription.title else None,
            moved_to=response.moved_to,
            fresh_for=remembering.freshness(response),
            weight=remembering.weight(response),
            marked="" if claim.marked else None,
        )
        self._put(
            Ready(claim, settlement, outcomes.of(outcome, response), reading.arrivals if reading else ())
        )

    def _fail(
        self,
        claim: Claim,
        response: Response | None,
        error: FeedError,
        gone: bool = False,
        marked: bool = False,
    ) -> None:
        """Settle a claim that went wrong; what was stored stays as it was."""
        settlement = self._settlement(claim, response, claim.about, failures=claim.failures + 1)
        if marked and response is not None:
            settlement = remembering.marked(settlement, claim, response, error)
        log.warning("%s: %s: %s", claim.subscription.key, error.stage, error.message)
        self._put_failed(claim, replace(settlement, gone=gone), response, error)

    def _put_failed(
        self, claim: Claim, settlement: Settlement, response: Response | None, error: FeedError
    ) -> None:
        kind: Literal["gone", "failed"] = "gone" if settlement.gone else "failed"
        outcome = Outcome(claim.subscription.key, kind, error=error.message, stage=error.stage)
        self._put(Ready(claim, replace(settlement, error=error.message), outcomes.of(outcome, response)))

    def _settlement(
        self, claim: Claim, response: Response | None, about: Feed | None, failures: int
    ) -> Settlement:
        now = self._clock()
        first = claim.polled is None
        chance = self._chance()

        def planned(subscription: Subscription) -> cadence.Timing:
            return cadence.plan(now, subscription, self._polling, response, about, failures, chance, first)

        slows = claim.pushed and not failures
        plan = planned(cadence.slowed(claim.subscription) if slows else claim.subscription)
        if plan.host_wait:
            self._client.rest(*plan.host_wait)
        return Settlement(
            feed=claim.feed,
            at=now,
            next_due=plan.next_due,
            not_before=plan.not_before,
            status=response.status if response else None,
            failures=failures,
            waiting=plan.waiting,
            host_wait=plan.host_wait,
            answered_by=remembering.answered_by(claim, response) if response else None,
            due_without_hub=planned(claim.subscription).next_due if slows else None,
        )

    def _put(self, ready: Ready) -> None:
        self._ready.append(ready)
        self._ready_since = self._ready_since or monotonic()

    def _is_time(self) -> bool:
        """Say whether what is ready should go to the store now."""
        if self._ready_since is None:
            return False
        age = monotonic() - self._ready_since
        if age < self._store_wait:
            return False
        enough = (
            len(self._ready) >= BATCH_FEEDS or sum(len(r.arrivals) for r in self._ready) >= BATCH_ARRIVALS
        )
        idle = not (self._inbox or self._asked or len(self._reading))
        return enough or idle or age >= BATCH_AGE

    def _flush(self) -> tuple[Outcome, ...]:
        """Store what is ready, all or nothing; keep it for later where the store cannot take it now."""
        ready, now = self._ready, self._clock()
        try:
            plan = self._ingest(ready, now)
        except StoreError as error:
            self._decider.forget()
            if not self._store_wait:
                log.error(
                    "store: %s; what %d feeds brought is kept until it can be written", error, len(ready)
                )
            self._ready_since = monotonic()
            self._store_wait = min(self._store_wait * 2 or 1.0, LONGEST_STORE_WAIT)
            return ()
        if self._store_wait:
            log.warning("store: written again; what %d feeds had brought is in it", len(ready))
        self._ready, self._visits, self._put_off = [], [], []
        self._ready_since, self._store_wait = None, 0.0
        return outcomes.counted([(each.claim.feed, each.outcome) for each in ready], plan)

    def _ingest(self, ready: Sequence[Ready], now: datetime) -> Plan:
        settlements = [each.settlement for each in ready if each.settlement is not None]
        receipts = [each.receipt for each in ready if each.receipt is not None]
        with self._store.ledger(now, settlements, self._visits, self._put_off, receipts) as ledger:
            arrivals = list(ledger.listed(arriving.freshest(ready)))
            if not arrivals:
                return Plan()
            return self._decider.ingest(ledger, arrivals, now)
