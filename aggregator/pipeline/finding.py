"""Finding: the feeds of a site, each of them asked and read before it is told. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from aggregator import cadence, discover, normalise, parse
from aggregator.errors import FeedError, WebPageError
from aggregator.fetch import Client, complaint
from aggregator.links import askable, host, without_credentials
from aggregator.model import Claim, Config, Request, Response, Subscription
from aggregator.pipeline.reading import SLOWEST_READ, Job
from aggregator.pipeline.workers import Workers, failure

_KINDS = {
    "atom10": "Atom 1.0",
    "atom03": "Atom 0.3",
    "rss20": "RSS 2.0",
    "rss10": "RSS 1.0",
    "json1": "JSON Feed 1.0",
    "json11": "JSON Feed 1.1",
    "cdf": "CDF",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that answered, and could be read."""

    url: str  # where it is for good, if it moved
    title: str
    kind: str  # its format, in words
    entries: int


@dataclass(frozen=True, slots=True)
class Page:
    """What is no feed, but may name some."""

    offers: tuple[discover.Offer, ...]
    linked: tuple[discover.Offer, ...]


def find(
    url: str, config: Config, claims: Sequence[Claim], client: Client, workers: Workers, now: datetime
) -> tuple[Found, ...]:
    """Return the feed at *url*, or else those of its page: what is named there, linked there, or usual.

    Each of these is only looked at where the one before brought nothing; the usual places are asked one after
    the other, up to the first that has a feed. *claims* tell which hosts want to be left alone. Raises
    FeedError where there is no feed, or no answer.
    """
    finder = _Finder(config, client, workers, now)
    for claim in claims:
        if claim.waiting and claim.not_before:
            client.rest(claim.host or host(claim.url), claim.not_before)
    [(response, seen)] = finder.ask([url])
    if isinstance(seen, Found):
        return (seen,)
    if response is None:
        raise seen if isinstance(seen, FeedError) else FeedError("fetch", "no answer came")
    base = response.url
    page = seen if isinstance(seen, Page) else Page((), ())
    in_header = discover.feeds_in_header(response.headers.get("link", ""), base)
    failed: list[str] = []
    for offers in ((*in_header, *page.offers), page.linked):
        links = tuple(dict.fromkeys(askable(offer.link) or offer.link for offer in offers))
        answers = [each for _, each in finder.ask(links)]
        if found := {each.url: each for each in answers if isinstance(each, Found)}:
            return tuple(found.values())
        failed += _told(links, answers)
    return finder.guess(base) or _none(seen, failed)


def look(job: Job) -> Found | Page:
    """Return what a body is; raise FeedError where it is neither feed nor page. Runs in a worker process."""
    url = job.response.url
    try:
        document = parse.parse(
            job.response, max_body=job.polling.max_body, max_entries=job.polling.max_entries
        )
    except WebPageError as error:
        return Page(discover.feeds_of(error.page, url), discover.feeds_linked(error.page, url))
    about, entries = normalise.normalise(document, job.subscription, job.now)
    kind = _KINDS.get(document.format, document.format.rstrip("0123456789").upper())
    return Found(job.response.moved_to or job.subscription.url, about.title, kind, len(entries))


Seen = Found | Page | FeedError


class _Finder:
    """Asks for addresses, and has read what comes."""

    def __init__(self, config: Config, client: Client, workers: Workers, now: datetime) -> None:
        self._config, self._client, self._workers, self._now = config, client, workers, now

    def ask(self, urls: Sequence[str]) -> list[tuple[Response | None, Seen]]:
        """Return for each of *urls* the answer, if one came that has a body, and what it is."""
        for url in urls:
            self._client.add(Request(url, url))
        came: dict[str, tuple[Response | None, Seen]] = {}
        reading: dict[str, tuple[Response, Future[Found | Page]]] = {}
        while self._client.pending or reading:
            self._client.leave_room_for([len(response.body or b"") for response, _ in reading.values()])
            for request, answer in self._client.wait(0.2, self._now):
                if isinstance(answer, FeedError):
                    came[request.key] = None, answer
                    continue
                if until := cadence.host_wait(self._now, answer):
                    self._client.rest(host(answer.url), until)
                if answer.status in {200, 203, 226} and answer.body is not None:
                    reading[request.key] = answer, self._read(request.key, answer)
                else:
                    came[request.key] = None, FeedError("status", complaint(answer))
            for url in [url for url, (_, future) in reading.items() if future.done()]:
                response, future = reading.pop(url)
                came[url] = response, self._seen(url, response, future)
        return [came[url] for url in urls]

    def guess(self, base: str) -> tuple[Found, ...]:
        """Return the first feed at the usual places of the site of *base*; none where it does not answer."""
        for url in discover.guesses(base):
            [(_, seen)] = self.ask([url])
            if isinstance(seen, Found):
                return (seen,)
            if isinstance(seen, FeedError) and seen.stage == "fetch":
                return ()
        return ()

    def _read(self, url: str, response: Response) -> Future[Found | Page]:
        job = Job(0, self._subscription(url), response, b"", self._config.polling, self._now)
        return self._workers.schedule(look, args=(job,), timeout=SLOWEST_READ)

    def _seen(self, url: str, response: Response, future: Future[Found | Page]) -> Seen:
        try:
            return future.result()
        except Exception as error:
            return failure(Claim(0, self._subscription(url), url), response, error)

    def _subscription(self, url: str) -> Subscription:
        return Subscription(host(url), url, self._config.polling.every)


def _told(links: Iterable[str], answers: Iterable[Seen]) -> list[str]:
    why = (each.message if isinstance(each, FeedError) else "a web page" for each in answers)
    return [f"{without_credentials(link)}: {reason}" for link, reason in zip(links, why, strict=True)]


def _none(seen: Seen, failed: Sequence[str]) -> tuple[Found, ...]:
    """Raise the error that says why there is no feed."""
    if failed:
        message = f"none of the feeds that are named there can be read: {'; '.join(failed[:5])}"
    elif isinstance(seen, FeedError):
        message = f"{seen.message}; nor is there a feed at the usual places"
    else:
        message = "this web page names no feed, and there is none at the usual places; look for its address"
    raise FeedError("parse", message)
