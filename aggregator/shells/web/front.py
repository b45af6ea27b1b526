"""The front: answers what was answered before without asking Flask, until the news or the day changes.

Everything that is read passes here and leaves with an ETag, in the coding that the client likes best; who has
it already gets a 304. What bears `Cache-Control: public` is kept, up to a bound.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from time import monotonic
from urllib.parse import parse_qs, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.http import parse_date
from werkzeug.wrappers import Response
from xxhash import xxh3_128_hexdigest

from aggregator.model import NARROWINGS, Site
from aggregator.shells.web.desk import UNREADABLE, Desk
from aggregator.shells.web.negotiation import IDENTITY, SMALLEST, coding, encode, is_unchanged
from aggregator.shells.web.setting import base_path
from aggregator.shells.web.turns import Turns
from aggregator.shells.web.words import LANGUAGES
from aggregator.store import Store
from aggregator.websub import CALLBACK

RECHECK = 0.2  # seconds that the store is not asked again whether anything moved
MOST_ANSWERS = 4096
MOST_BYTES = 48_000_000
LONGEST_ADDRESS = 1024  # characters; a longer one is answered, not kept
PARAMETERS = (*NARROWINGS, "page", "q", "sort", "lang")  # that choose an answer; others change nothing

PASSED_BY = (f"/{CALLBACK}", "/image/")  # answers that are kept elsewhere, or not at all

Key = tuple[str, str, str]  # path, query, coding
Moment = tuple[int, date, Site]  # what an answer depends on besides its address


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it goes over the wire."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    etag: str = ""  # '' for answers that are not a 200
    modified: datetime | None = None
    is_public: bool = False


def front(
    app: Flask, store: Store, clock: Callable[[], datetime], recheck: float = RECHECK
) -> WSGIApplication:
    """Return the WSGI callable that stands in front of *app*, which reads the same *store*."""
    moment = _Moments(Desk(store, clock), recheck)
    shelf, turns = _Shelf(MOST_ANSWERS, MOST_BYTES), Turns()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        here = moment()
        _enter(environ, base_path(here[2]) if here else "")
        path = environ.get("PATH_INFO", "")
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or path.startswith(PASSED_BY):
            return app(environ, start_response)
        query = _query(path, environ.get("QUERY_STRING", ""))
        key = (path, query, coding(environ.get("HTTP_ACCEPT_ENCODING")))
        found = shelf.get(key, here)
        if found is None:
            with turns.at((path, query)):
                found = shelf.get(key, here) or _made(app, environ, shelf, key, here)
        return _served(found, environ, start_response)

    return answer


class _Moments:
    """Tells which moment it is in the life of the pages; asks the store now and then.

    While the store cannot be read it stays the moment that it was: what is kept goes on being served.
    """

    def __init__(self, desk: Desk, recheck: float) -> None:
        self._desk = desk
        self._recheck = recheck
        self._next = 0.0
        self._moment: Moment | None = None

    def __call__(self) -> Moment | None:
        if monotonic() >= self._next:
            self._next = monotonic() + self._recheck
            with suppress(*UNREADABLE):
                self._moment = (self._desk.revision(), self._desk.today(), self._desk.config().site)
        return self._moment


class _Shelf:
    """Answers that were given, as long as their moment lasts; those asked for longest ago go first."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._moment: Moment | None = None
        self._bytes = 0
        self._most, self._most_bytes = most, most_bytes
        self._lock = Lock()

    def get(self, key: Key, moment: Moment | None) -> Answer | None:
        with self._lock:
            if moment != self._moment:
                return None
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, key: Key, moment: Moment | None, answer: Answer) -> None:
        with self._lock:
            if moment != self._moment:
                self._answers.clear()
                self._moment, self._bytes = moment, 0
            self._drop(key)
            self._answers[key] = answer
            self._bytes += len(answer.body)
            while len(self._answers) > self._most or self._bytes > self._most_bytes:
                self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        old = self._answers.pop(key, None)
        self._bytes -= len(old.body) if old else 0


def _enter(environ: WSGIEnvironment, base: str) -> None:
    """Take the site's own path off the address, for proxies that leave it on."""
    path = environ.get("PATH_INFO", "")
    if base and path.startswith(f"{base}/"):
        environ["PATH_INFO"] = path[len(base) :]


def _query(path: str, query: str) -> str:
    """Return a query in one spelling, with nothing in it that chooses no answer."""
    try:
        given = parse_qs(query, max_num_fields=50)
    except ValueError:
        return ""
    names = ("v",) if path.startswith("/static/") else PARAMETERS
    chosen = [(name, given[name][0]) for name in names if name in given]
    return urlencode([(name, value) for name, value in chosen if name != "lang" or value in LANGUAGES])


def _made(app: Flask, environ: WSGIEnvironment, shelf: _Shelf, key: Key, moment: Moment | None) -> Answer:
    """Return the answer to *key*, made anew and put on the shelf if it may stay there."""
    path, query, wanted = key
    plain_key = (path, query, IDENTITY)
    plain = shelf.get(plain_key, moment) or _ask(app, environ, query)
    answer = _encoded(plain, wanted)
    if plain.is_public and moment is not None and len(path) + len(query) <= LONGEST_ADDRESS:
        shelf.put(plain_key, moment, plain)
        shelf.put(key, moment, answer)
    return answer


def _ask(app: Flask, environ: WSGIEnvironment, query: str) -> Answer:
    """Return what Flask answers to a plain GET without conditions."""
    asked = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("HTTP_IF_", "HTTP_RANGE", "HTTP_ACCEPT_ENCODING"))
    }
    response = Response.from_app(app, asked | {"REQUEST_METHOD": "GET", "QUERY_STRING": query}, buffered=True)
    headers = tuple((name, value) for name, value in response.headers if name != "Content-Length")
    body = response.get_data()
    if response.status_code != 200:
        return Answer(response.status, headers, body)
    return Answer(
        status=response.status,
        headers=headers,
        body=body,
        etag=xxh3_128_hexdigest(body),
        modified=parse_date(response.headers.get("Last-Modified")),
        is_public=response.cache_control.public,
    )


def _encoded(plain: Answer, wanted: str) -> Answer:
    """Return an answer in the coding that is *wanted*, where that makes it smaller; each has its own ETag."""
    if wanted == IDENTITY or not plain.etag or len(plain.body) < SMALLEST:
        return plain
    body = encode(plain.body, wanted)
    if len(body) >= len(plain.body):
        return plain
    headers = (*plain.headers, ("Content-Encoding", wanted))
    return replace(plain, headers=headers, body=body, etag=f"{plain.etag}-{wanted}")


def _served(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Send an answer, or the word that the client has it already."""
    if not answer.etag:
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        start_response(answer.status, headers)
        return _body(answer, environ)
    validators = [("ETag", f'"{answer.etag}"'), ("Vary", "Accept-Encoding")]
    none_match, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
    if is_unchanged(answer.etag, answer.modified, none_match, since):
        kept = [header for header in answer.headers if header[0] in {"Cache-Control", "Last-Modified"}]
        start_response("304 Not Modified", [*kept, *validators])
        return []
    start_response(answer.status, [*answer.headers, *validators, ("Content-Length", str(len(answer.body)))])
    return _body(answer, environ)


def _body(answer: Answer, environ: WSGIEnvironment) -> Iterable[bytes]:
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
