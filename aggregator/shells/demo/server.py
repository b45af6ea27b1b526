"""Server: the newsroom on loopback HTTP, and the feeds.yaml that makes the program poll it."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType

from flask import Flask, Response, abort, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from aggregator.shells.demo.news import Publisher, read_news
from aggregator.shells.demo.newsroom import Rundown
from aggregator.shells.demo.pages import article_page, front_page, picture, site_page
from aggregator.shells.demo.publishers import FILES, REACTIONS_FILE, TYPES, Issue, document
from aggregator.shells.demo.reactions import reactions_feed

HOST = "127.0.0.1"


class Newsroom:
    """Six publishers of invented news on a free loopback port, for as long as the context lasts.

    *now* tells the time (aware), *pace* is the seconds between two articles; the same *seed* and the same
    clock give the same news.
    """

    def __init__(self, now: Callable[[], datetime], seed: int = 1, pace: float = 4.0) -> None:
        self._rundown = Rundown(read_news(), now(), timedelta(seconds=pace), seed)
        self._now = now
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Newsroom:
        application = _application(self._rundown, self._now)
        self._server = make_server(HOST, 0, application, threaded=True, request_handler=_Quiet)
        # The loop looks for the order to stop once in this many seconds.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="newsroom", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join(timeout=1)
        self._server = self._thread = None

    @property
    def address(self) -> str:
        """Return the address of the newsroom's front page; it has one only while it is open."""
        if self._server is None:
            raise RuntimeError("the newsroom is not open: use it in a with statement")
        return f"http://{HOST}:{self._server.server_port}/"

    def configuration(self, store: str) -> str:
        """Return the feeds.yaml of the demo; *store* is the store's URL."""
        publishers = self._rundown.news.publishers.values()
        feeds = "".join(_subscription(publisher, self.address) for publisher in publishers)
        return CONFIGURATION.format(store=_quoted(store), newsroom=_quoted(self.address), feeds=feeds)


CONFIGURATION = """\
# The demo: six publishers on this machine, asked every two seconds. Real ones deserve more patience.
site:
  title: De Draad — demo
  description: Verzonnen nieuws van zes verzonnen uitgevers
  language: nl
  timezone: Africa/Casablanca
  follow:
    - {{title: De redacties, link: {newsroom}}}
  share: [copy, mail]
store: {store}
poll:
  every: 2s
  floor: 1s
  timeout: 5s
  per_host: 6
  allow_networks: [127.0.0.0/8]
feeds:
{feeds}"""
SUBSCRIPTION = """\
  - url: {url}
    key: {key}
    title: {title}
    categories: [{categories}]
    language: {language}
    priority: {priority}
"""


def _subscription(publisher: Publisher, base: str) -> str:
    return SUBSCRIPTION.format(
        url=_quoted(base.rstrip("/") + _feed_path(publisher)),
        key=publisher.key,
        title=_quoted(publisher.title),
        categories=", ".join(publisher.categories),
        language=publisher.language,
        priority=publisher.priority,
    )


def _quoted(text: str) -> str:
    """Return *text* as a YAML scalar: a JSON string is one."""
    return json.dumps(text, ensure_ascii=False)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: the terminal belongs to the program that polls."""


def _application(rundown: Rundown, now: Callable[[], datetime]) -> Flask:
    application = Flask(__name__, static_folder=None, template_folder=None)

    @application.get("/")
    def front() -> Response:
        publishers = tuple(rundown.news.publishers.values())
        page = front_page(publishers, tuple(_feed_path(one) for one in publishers))
        return _answer(page.encode(), "text/html")

    @application.get("/<key>/")
    def site(key: str) -> Response:
        publisher, beat = _publisher(rundown, key), rundown.beat(now())
        page = site_page(publisher, rundown.articles(key, beat), _feed_path(publisher))
        return _answer(page.encode(), "text/html")

    @application.get("/<key>/<name>")
    def file(key: str, name: str) -> Response:
        publisher, beat = _publisher(rundown, key), rundown.beat(now())
        if name == FILES[publisher.format]:
            return _feed(rundown, publisher, beat)
        article = rundown.article(key, name.removesuffix(".svg"), beat) or abort(404)
        if name.endswith(".svg"):
            return _answer(picture(article.slug), "image/svg+xml")
        return _answer(article_page(article, _feed_path(publisher)).encode(), "text/html")

    @application.get(f"/<key>/<slug>/{REACTIONS_FILE}")
    def reactions(key: str, slug: str) -> Response:
        publisher, beat = _publisher(rundown, key), rundown.beat(now())
        article = rundown.article(key, slug, beat) or abort(404)
        if article.reactions is None:
            abort(404)
        issue = Issue(publisher, (article,), article.updated, request.host_url)
        return _answer(reactions_feed(issue, article), TYPES[publisher.format])

    return application


def _publisher(rundown: Rundown, key: str) -> Publisher:
    return rundown.news.publishers.get(key) or abort(404)


def _feed_path(publisher: Publisher) -> str:
    return f"/{publisher.key}/{FILES[publisher.format]}"


def _feed(rundown: Rundown, publisher: Publisher, beat: int) -> Response:
    articles = rundown.articles(publisher.key, beat)
    match rundown.trouble(publisher.key, beat):
        case "down":
            return Response("The presses have stopped.\n", status=500, content_type="text/plain")
        case "astray":
            return _answer(site_page(publisher, articles, _feed_path(publisher)).encode(), "text/html")
    changed = rundown.changed(articles, beat)
    issue = Issue(publisher, articles, changed, request.host_url)
    return _answer(document(issue), TYPES[publisher.format], changed)


def _answer(body: bytes, type: str, changed: datetime | None = None) -> Response:
    """Return *body* as whole as the client needs it: gzipped, or not at all when it has it already."""
    response = Response(body, content_type=f"{type}; charset=utf-8")
    if request.accept_encodings["gzip"] > 0:
        response.data = gzip.compress(body, mtime=0)
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.last_modified = changed
    response.add_etag()  # of the bytes as sent: each coding has its own
    response.make_conditional(request)
    return response
