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
    [answer] = finder.ask([url])
    if isinstance(answer.seen, Found):
        return (answer.seen,)
    if isinstance(answer.seen, FeedError) and not answer.url:
        raise answer.seen
    page = answer.seen if isinstance(answer.seen, Page) else Page((), ())
    in_header = discover.feeds_in_header(answer.link_header, answer.url)
    failed: list[str] = []
    for offers in ((*in_header, *page.offers), page.linked):
        links = tuple(dict.fromkeys(askable(offer.link) or offer.link for offer in offers))
        seen = [each.seen for each in finder.ask(links)]
        if found := {each.url: each for each in seen if isinstance(each, Found)}:
            return tuple(found.values())
        failed += _told(links, seen)
    if guessed := finder.guess(answer.url):
        return (guessed,)
    raise FeedError("parse", _why(answer.seen, failed))


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


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a request."""

    seen: Found | Page | FeedError
    url: str = ""  # where it came from, after redirects; empty: no document came
    link_header: str = ""


class _Finder:
    """Asks for addresses, and has read what comes."""

    def __init__(self, config: Config, client: Client, workers: Workers, now: datetime) -> None:
        self._config, self._client, self._workers, self._now = config, client, workers, now

    def ask(self, urls: Sequence[str]) -> list[_Answer]:
        """Return what came of each of *urls*."""
        for url in urls:
            self._client.add(Request(url, url))
        came: dict[str, _Answer] = {}
        reading: dict[str, tuple[Response, Future[Found | Page]]] = {}
        while self._client.pending or reading:
            self._client.leave_room_for([len(response.body or b"") for response, _ in reading.values()])
            for request, response in self._client.wait(0.2, self._now):
                if isinstance(response, FeedError):
                    came[request.key] = _Answer(response)
                    continue
                if until := cadence.host_wait(self._now, response):
                    self._client.rest(host(response.url), until)
                if response.status in {200, 203, 226} and response.body is not None:
                    reading[request.key] = response, self._read(request.key, response)
                else:
                    came[request.key] = _Answer(FeedError("status", complaint(response)))
            for url in [url for url, (_, future) in reading.items() if future.done()]:
                came[url] = self._answer(url, *reading.pop(url))
        return [came[url] for url in urls]

    def guess(self, base: str) -> Found | None:
        """Return the first feed at the usual places of the site of *base*, as far as it answers."""
        for url in discover.guesses(base):
            [answer] = self.ask([url])
            if isinstance(answer.seen, Found):
                return answer.seen
            if isinstance(answer.seen, FeedError) and answer.seen.stage == "fetch":
                return None
        return None

    def _read(self, url: str, response: Response) -> Future[Found | Page]:
        job = Job(0, self._subscription(url), response, b"", self._config.polling, self._now)
        return self._workers.schedule(look, args=(job,), timeout=SLOWEST_READ)

    def _answer(self, url: str, response: Response, future: Future[Found | Page]) -> _Answer:
        seen: Found | Page | FeedError
        try:
            seen = future.result()
        except Exception as error:
            seen = failure(Claim(0, self._subscription(url), url), response, error)
        return _Answer(seen, response.url, response.headers.get("link", ""))

    def _subscription(self, url: str) -> Subscription:
        return Subscription(host(url), url, self._config.polling.every)


def _told(links: Iterable[str], seen: Iterable[Found | Page | FeedError]) -> list[str]:
    why = (each.message if isinstance(each, FeedError) else "a web page" for each in seen)
    return [f"{without_credentials(link)}: {reason}" for link, reason in zip(links, why, strict=True)]


def _why(seen: Found | Page | FeedError, failed: Sequence[str]) -> str:
    """Return why there is no feed."""
    if failed:
        return f"none of the feeds that are named there can be read: {'; '.join(failed[:5])}"
    if isinstance(seen, FeedError):
        return f"{seen.message}; nor is there a feed at the usual places"
    return "this web page names no feed, and there is none at the usual places; look for its address"
