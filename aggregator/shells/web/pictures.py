"""Pictures: those in articles, fetched by us where the site wants no browser to ask their publishers.

Only what stands in an article that we have can be asked for, so this is no way to anywhere else; it is
fetched within the bounds of all that we fetch, and shown only if its first bytes are those of a picture.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import NamedTuple

from flask import Response, abort
from werkzeug.exceptions import ServiceUnavailable
from xxhash import xxh3_128_hexdigest

from aggregator import cadence
from aggregator.errors import FeedError
from aggregator.links import host
from aggregator.model import Config, Entry
from aggregator.model import Response as Fetched
from aggregator.sanitise import images_of
from aggregator.shells.web.answers import answered
from aggregator.shells.web.setting import Setting
from aggregator.shells.web.turns import Turns
from aggregator.store import Store

LARGEST = 5_000_000  # bytes of one
SLOWEST = timedelta(seconds=10)  # that one may take
AT_ONCE = 4  # fetched by one process; it has other things to do
WAITING = 6  # who wait for one, those included; the others are told to come again
AGAIN = 2  # seconds until then
MOST_BYTES = 24_000_000  # that are kept in each process
KEPT, KEPT_OUT = 86_400.0, 600.0  # seconds: what was a picture, and what was none
KEPT_PICTURE = "public, max-age=86400, immutable"  # its address changes when the picture's does
POLICY = "default-src 'none'; sandbox"

# SVG is none: it is a document, with scripts and links to others.
_KINDS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
)

Fetch = Callable[[Config, str, int, timedelta], Fetched | FeedError]
"""Asks for an address, within so many bytes and so much time, and as the configuration allows."""


class _Kept(NamedTuple):
    kind: str  # '' where it was no picture
    body: bytes
    until: float  # monotonic


class Pictures:
    """Answers with the pictures of articles."""

    def __init__(self, store: Store, clock: Callable[[], datetime], fetch: Fetch) -> None:
        self._store, self._clock, self._fetch = store, clock, fetch
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._turns = Turns()
        self._hands, self._chairs = BoundedSemaphore(AT_ONCE), BoundedSemaphore(WAITING)

    def answer(self, number: int, name: str) -> Response:
        """Answer with the picture of that name in a headline's article."""
        headline = self._store.headline(number)
        url = next((url for url in _urls(headline.entry) if name_of(url) == name), None) if headline else None
        if url is None:
            abort(404)
        kept = self._known(name) or self._fetched(url, name)
        if not kept.kind:
            abort(404)
        response = answered(kept.body, kept.kind, KEPT_PICTURE)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    def _known(self, name: str) -> _Kept | None:
        with self._lock:
            found = self._kept.get(name)
            if found is None or found.until < monotonic():
                return None
            self._kept.move_to_end(name)
            return found

    def _fetched(self, url: str, name: str) -> _Kept:
        """Return what is at *url* now, and keep it; whoever comes while too many wait comes again."""
        if not self._chairs.acquire(blocking=False):
            raise ServiceUnavailable(retry_after=AGAIN)
        try:
            with self._turns.at(name):
                return self._known(name) or self._keep(name, self._asked(url))
        finally:
            self._chairs.release()

    def _asked(self, url: str) -> _Kept:
        nothing = _Kept("", b"", monotonic() + KEPT_OUT)
        if self._store.forum.is_resting(host(url), self._clock()):
            return nothing
        with self._hands:
            answer = self._fetch(self._store.config(), url, LARGEST, SLOWEST)
        if isinstance(answer, FeedError):
            return nothing
        if until := cadence.host_wait(self._clock(), answer):
            self._store.forum.rest(host(answer.url), until)
        body = answer.body or b""
        kind = next((kind for pattern, kind in _KINDS if pattern.match(body)), "")
        return _Kept(kind, body, monotonic() + KEPT) if answer.status == 200 and kind else nothing

    def _keep(self, name: str, found: _Kept) -> _Kept:
        with self._lock:
            if old := self._kept.pop(name, None):
                self._bytes -= len(old.body)
            self._kept[name] = found
            self._bytes += len(found.body)
            while self._bytes > MOST_BYTES or len(self._kept) > 4096:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= len(dropped.body)
        return found


def addressing(setting: Setting, number: int, fetches: bool) -> Callable[[str], str] | None:
    """Return how a picture in an article is addressed; None where pictures are not shown."""
    if setting.site.images == "direct":
        return str
    if setting.site.images == "proxy" and fetches:
        return lambda url: setting.file_href(f"/image/{number}/{name_of(url)}")
    return None


def name_of(url: str) -> str:
    """Return by which name a picture is asked for on our site: it tells the address from others, no more."""
    return xxh3_128_hexdigest(url.encode())


def _urls(entry: Entry) -> tuple[str, ...]:
    return (*((entry.image,) if entry.image else ()), *images_of(entry.content))
