"""Inspecting: each feed asked once, to tell an admin whether it answers. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from aggregator import cadence
from aggregator.errors import FeedError
from aggregator.fetch import Client, LeftAloneError, complaint
from aggregator.links import host, without_credentials
from aggregator.model import Claim, Config, Response
from aggregator.pipeline import remembering
from aggregator.pipeline.reading import SLOWEST_READ, Job, Reading, read
from aggregator.pipeline.workers import Workers, failure


@dataclass(frozen=True, slots=True)
class Finding:
    """What one feed answered, in a sentence."""

    key: str
    says: str
    error: str | None = None


def inspect(
    config: Config, claims: Sequence[Claim], client: Client, workers: Workers, now: datetime
) -> Iterator[Finding]:
    """Ask each of *claims* once and yield what came, as it comes."""
    waiting = [claim for claim in claims if claim.not_before and claim.not_before > now]
    yield from (_put_off(claim) for claim in waiting)
    asked = {claim.subscription.key: claim for claim in claims if claim not in waiting}
    for claim in asked.values():
        client.add(remembering.request(claim))
    reading: list[tuple[Claim, Response, Future[Reading]]] = []
    while client.pending or reading:
        client.leave_room_for([len(response.body or b"") for _, response, _ in reading])
        for request, answer in client.wait(0.2, now):
            claim = asked[request.key]
            if isinstance(answer, Response) and (until := cadence.host_wait(now, answer)):
                client.rest(host(answer.url), until)  # the others of that host are not asked now
            found = _at_once(claim, answer)
            if found is not None:
                yield found
            elif isinstance(answer, Response):
                job = Job(claim.feed, claim.subscription, answer, b"", config.polling, now)
                reading.append((claim, answer, workers.schedule(read, args=(job,), timeout=SLOWEST_READ)))
        done = [each for each in reading if each[2].done()]  # asked once: another may end meanwhile
        reading = [each for each in reading if each not in done]
        for claim, response, future in done:
            yield _read(claim, response, future)


def _put_off(claim: Claim) -> Finding:
    until = f"{claim.not_before:%Y-%m-%d %H:%M} UTC" if claim.not_before else "later"
    return Finding(
        claim.subscription.key, f"not asked now: its publisher wants to be left alone until {until}"
    )


def _at_once(claim: Claim, answer: Response | FeedError) -> Finding | None:
    """Return what can be said without reading a document."""
    key = claim.subscription.key
    if isinstance(answer, LeftAloneError):
        return Finding(key, f"not asked now: {answer.message}")
    if isinstance(answer, FeedError):
        return Finding(key, answer.message, answer.message)
    if answer.status == 304:
        return Finding(key, f"unchanged since the last poll{_moved(answer)}")
    if answer.status not in {200, 203, 226} or answer.body is None:
        return Finding(key, complaint(answer), complaint(answer))
    return None


def _read(claim: Claim, response: Response, future: Future[Reading]) -> Finding:
    key = claim.subscription.key
    try:
        reading = future.result()
    except Exception as error:
        message = failure(claim, response, error).message
        return Finding(key, message, message)
    count = len(reading.arrivals)
    newest = max((arrival.entry.published for arrival in reading.arrivals), default=None)
    when = f", the newest of {newest:%Y-%m-%d %H:%M} UTC" if newest else ""
    return Finding(
        key, f"«{reading.about.title}», {count} entr{'y' if count == 1 else 'ies'}{when}{_moved(response)}"
    )


def _moved(response: Response) -> str:
    if response.moved_to is None:
        return ""
    return f"; moved for good to {without_credentials(response.moved_to)}"
