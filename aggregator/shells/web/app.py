"""The reading page: addresses to pages, feeds and reports. What they show is made ready by its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from aggregator.model import NARROWINGS, Archive, Choice, Format
from aggregator.shells.web import lately, narrowing, sources
from aggregator.shells.web.answers import (
    KEPT_FEED,
    KEPT_FOR_EVER,
    KEPT_PAGE,
    NOT_KEPT,
    answered,
    answered_feed,
    guarded,
    place_asked_for,
)
from aggregator.shells.web.article import ArticlePage, article, beside, preview, surroundings
from aggregator.shells.web.callbacks import Callbacks
from aggregator.shells.web.desk import UNREADABLE, Desk
from aggregator.shells.web.frame import EVERYTHING, ErrorPage, Frame, frame, full_title
from aggregator.shells.web.installing import Installing
from aggregator.shells.web.pictures import Fetch, Pictures, addressing
from aggregator.shells.web.reactions import Asking, talk
from aggregator.shells.web.setting import Link, Setting, setting
from aggregator.shells.web.templates import Templates
from aggregator.shells.web.ticker import (
    LINES,
    LINES_OF_A_DAY,
    NEWEST_LINES,
    Start,
    Ticker,
    TickerPage,
    newest_lines,
    ticker,
)
from aggregator.store import Store
from aggregator.websub import CALLBACK

LARGEST_NUMBER = 2**63 - 1  # that a store can be asked for


def create_app(
    store: Store,
    clock: Callable[[], datetime],
    paged: bool = True,
    templates: Templates | None = None,
    fetch: Fetch | None = None,
) -> Flask:
    """Return the Flask application that shows *store*; *paged*: its feeds lead to their older pages.

    Without *templates* they are ours; without *fetch* no pictures come through us.
    """
    app = Flask(__name__, template_folder=None, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    templates = templates or Templates(None)
    templates.install(app)
    pages = _Pages(Desk(store, clock), paged, templates, Asking(store, clock), fetch is not None)
    installing = Installing(store, clock, pages.static_href)
    narrowings = ("/", "/search", *(f"/{n}/<{n}>" for n in ("category", "language", "source", "day")))
    for rule in narrowings:
        app.add_url_rule(rule, rule, pages.ticker)
        lines = f"{rule.rstrip('/')}/lines"
        app.add_url_rule(lines, lines, pages.lines)
    for rule in (*narrowings, "/day/<day>/<int:part>"):
        feed = f"{rule.rstrip('/')}/feed.<any(rss, atom, json):format>"
        app.add_url_rule(feed, feed, pages.feed)
    others: dict[str, Callable[..., Response]] = {
        "/read/<int:number>": pages.article,
        "/read/<int:number>/reactions": pages.reactions,
        "/sources": pages.sources,
        "/feeds.opml": pages.opml,
        "/health.json": pages.health,
        "/healthz": pages.pulse,
        "/metrics": pages.metrics,
        "/static/<name>": pages.static,
        "/sw.js": pages.worker,
        "/manifest.webmanifest": installing.manifest,
        "/robots.txt": installing.robots,
    }
    for rule, view in others.items():
        app.add_url_rule(rule, rule, view)
    app.add_url_rule("/read/<int:number>/reactions", "ask", pages.ask, methods=["POST"])
    if fetch is not None:
        app.add_url_rule("/image/<int:number>/<name>", "image", Pictures(store, clock, fetch).answer)
    callbacks = Callbacks(store, clock)
    app.add_url_rule(f"/{CALLBACK}<token>", "confirm", callbacks.confirm)
    app.add_url_rule(f"/{CALLBACK}<token>", "deliver", callbacks.take_in, methods=["POST"])
    app.register_error_handler(HTTPException, pages.error)
    for kind in UNREADABLE:
        app.register_error_handler(kind, pages.unreadable)
    app.after_request(pages.guard)
    return app


class _Pages:
    """What is answered to each address."""

    def __init__(self, desk: Desk, paged: bool, templates: Templates, asking: Asking, fetches: bool) -> None:
        self._desk, self._asking, self._fetches = desk, asking, fetches
        self._paged = paged
        self._render = templates.render
        self._files = templates.files

    def ticker(self, **names: str) -> Response:
        """Answer with the ticker, narrowed by what the address names."""
        here = self._setting()
        choice = self._choice(here, names)
        before = place_asked_for()
        lines = LINES_OF_A_DAY if choice.day else LINES
        headlines = self._desk.ticker(choice, before, lines + 1) if choice.search != "" else ()
        if not headlines and not narrowing.is_configured(choice, here.config):
            abort(404)
        if not headlines and choice == EVERYTHING and before is None:
            return self._starting(here)
        shown = ticker(here, choice, headlines, before, lines=lines, is_live=self._paged)
        return self._page("ticker.html", self._ticker_page(here, choice, shown))

    def lines(self, **names: str) -> Response:
        """Answer with the newest lines of a ticker and nothing around them, or those before a place."""
        here = self._setting()
        choice = self._choice(here, names)
        before = place_asked_for()
        headlines = self._desk.ticker(choice, before, NEWEST_LINES + 1) if choice.search != "" else ()
        piece = newest_lines(here, choice, headlines, before)
        html = self._render("lines.html", ticker=piece, **here.words.of_templates())
        response = answered(html.encode(), "text/html; charset=utf-8", KEPT_PAGE)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def feed(self, format: Format, part: int | None = None, **names: str) -> Response:
        """Answer with a merged feed, a page of it, or a day that is over: the same in all languages."""
        here = setting(self._desk.config(), self._desk.now())
        choice = self._choice(here, names)
        if choice == Choice(day=choice.day) and choice.day:
            archive = self._desk.archive(choice.day if part is None else f"{choice.day}/{part}")
            if archive is not None:
                return self._archive(here, archive, format)
        if part is not None or not self._has_lines(choice):
            self._explain_nothing(here, choice, part)
        title = narrowing.title(choice, here, self._desk.health() if choice.source else ())
        before = place_asked_for()
        document = self._desk.feed(choice, format, full_title(here.site, title), before, self._paged)
        response = answered_feed(document, format, KEPT_FEED)
        if here.config.publishing.hub and before is None:
            address = here.absolute(choice.feed_path(format))
            response.headers["Link"] = f'<{here.config.publishing.hub}>; rel="hub", <{address}>; rel="self"'
        return response

    def _has_lines(self, choice: Choice) -> bool:
        return choice.search != "" and bool(self._desk.ticker(choice, None, 1))

    def _explain_nothing(self, here: Setting, choice: Choice, part: int | None) -> None:
        """Say where there is no feed; one that has nothing yet is an empty feed."""
        if choice.day and self._desk.is_dropped(choice.day):
            abort(410)
        if part is not None or choice.search == "" or not narrowing.is_configured(choice, here.config):
            abort(404)

    def _archive(self, here: Setting, archive: Archive, format: Format) -> Response:
        """Answer with a day that is over, called what the site called it then."""
        then = setting(replace(here.config, site=archive.site), self._desk.now())
        title = full_title(archive.site, narrowing.title(archive.choice, then, ()))
        return answered_feed(self._desk.archived(archive, format, title), format, KEPT_FOR_EVER)

    def reactions(self, number: int) -> Response:
        """Answer with a headline in full, and with what others wrote below it, as far as that is known."""
        return self.article(number, opened=True)

    def ask(self, number: int) -> Response:
        """Take the wish to see the reactions to a headline."""
        here = self._setting()
        if number > LARGEST_NUMBER or self._desk.headline(number) is None:
            abort(404)
        self._asking.ask(number)
        address = f"{here.href(f'/read/{number}/reactions')}#reactions"
        return Response(status=303, headers={"Cache-Control": NOT_KEPT, "Location": address})

    def article(self, number: int, opened: bool = False) -> Response:
        """Answer with a headline in full, the newest lines beside it, or those around it."""
        if number > LARGEST_NUMBER:
            abort(404)
        here = self._setting()
        headline = self._desk.headline(number)
        if headline is None:
            return self._moved(here, number)
        reactions = self._desk.reactions(number) if self._paged else None
        if opened and reactions is None:
            abort(redirect(here.href(f"/read/{number}"), 302))
        around = surroundings(self._desk, headline)
        lasting = f"/read/{number}" if here.site.index_articles and not opened else None
        page = ArticlePage(
            frame=self._frame(here, headline.entry.title, None, lasting),
            line=around.line,
            article=article(here, headline, addressing(here, number, self._fetches)),
            ticker=ticker(here, EVERYTHING, *around[:3], is_live=self._paged),
            newer=beside(here, around.newer),
            older=beside(here, around.older),
            preview=preview(here, headline),
            talk=talk(here, number, reactions, opened),
        )
        return self._page("article.html", page, NOT_KEPT if opened else KEPT_PAGE)

    def _moved(self, here: Setting, number: int) -> Response:
        """Lead on from a headline whose entries the admin had moved to another one; that can be undone."""
        other = self._desk.moved(number)
        if other is None:
            abort(404)
        address = here.href(f"/read/{other}")
        return Response(status=301, headers={"Cache-Control": NOT_KEPT, "Location": address})

    def sources(self) -> Response:
        """Answer with how the sources are, for people."""
        here, feeds, order = self._setting(), self._desk.health(), request.args.get("sort", "")
        around = self._frame(here, here.words.gettext("Sources"), None, "/sources")
        page = sources.SourcesPage(
            frame=around,
            summary=sources.summary(here, feeds),
            config_error=self._desk.config_error(),
            hub=sources.our_hub(here, self._desk.our_hub()),
            orders=lately.orders(here, order),
            sources=sources.source_states(here, feeds, self._desk.lately(), order),
        )
        return self._page("sources.html", page, NOT_KEPT)

    def opml(self) -> Response:
        return answered(self._desk.opml(), "text/x-opml; charset=utf-8", KEPT_FEED)

    def health(self) -> Response:
        """Answer with how the sources are, for programs."""
        response = jsonify(sources.health(*self._report(), self._desk.our_hub(), self._desk.lately()))
        response.headers["Cache-Control"] = NOT_KEPT
        return response

    def metrics(self) -> Response:
        text = sources.metrics(*self._report())
        return answered(text.encode(), "text/plain; version=0.0.4; charset=utf-8", NOT_KEPT)

    def pulse(self) -> Response:
        """Answer whether the program can read its store."""
        try:
            self._desk.revision()
        except UNREADABLE:
            response = jsonify(status="the store cannot be read")
            response.status_code = 503
            return response
        return jsonify(status="ok")

    def static(self, name: str) -> Response:
        """Answer with a static file; what is asked by its version never changes."""
        file = self._files.get(name)
        if file is None:
            abort(404)
        kept = KEPT_FOR_EVER if request.args.get("v") == file.version else NOT_KEPT
        return answered(file.body, file.type, kept)

    def worker(self) -> Response:
        """Answer with the script that shows the last ticker without a network; it sees what is below it."""
        file = self._files["sw.js"]
        return answered(file.body, file.type, NOT_KEPT)

    def error(self, error: HTTPException) -> Response:
        """Answer in our own style that something went wrong; quotes nothing of the request."""
        status = error.code or 500
        here = setting(self._desk.last_config(), self._desk.now(), request.args.get("lang", ""))
        heading, sentence = here.words.error(status)
        page = ErrorPage(self._frame(here, heading, None), heading, sentence)
        response = Response(error.get_response().response, status, error.get_response().headers)
        response.set_data(self._render("error.html", page=page, **here.words.of_templates()))
        response.content_type = "text/html; charset=utf-8"
        response.headers["Cache-Control"] = NOT_KEPT
        return response

    def unreadable(self, _error: Exception) -> Response:
        """Answer that the store cannot be read at this moment."""
        return self.error(ServiceUnavailable(retry_after=10))

    def guard(self, response: Response) -> Response:
        """Tell the browser what our pages never do, so that nothing in them can."""
        return guarded(response, self._desk.last_config())

    def _setting(self) -> Setting:
        """Return the setting of the page that is asked for."""
        others = urlencode([(name, value) for name, value in request.args.items() if name != "lang"])
        asked = f"{quote(request.path)}?{others}" if others else quote(request.path)
        return setting(self._desk.config(), self._desk.now(), request.args.get("lang", ""), asked)

    def _choice(self, here: Setting, names: dict[str, Any]) -> Choice:
        """Return what the address chooses; a day that is none is not found."""
        given = {name: request.args[name] for name in NARROWINGS if request.args.get(name)} | names
        if "day" in given and not narrowing.is_day(given["day"], here.today):
            abort(404)
        looked_for = request.path.startswith("/search")
        found = Choice(**given, search=narrowing.search(request.args.get("q", "")) if looked_for else None)
        if names and found.narrowings[0][0] not in names:  # the same in another order
            moved = request.path.replace(Choice(**names).path, found.path, 1) + found.query
            abort(redirect(here.href(moved), 301))
        return found

    def _ticker_page(self, here: Setting, choice: Choice, shown: Ticker) -> TickerPage:
        feeds = self._desk.health()
        title = narrowing.title(choice, here, feeds)
        lasting = choice.path if choice.search is None and shown.live else None
        return TickerPage(
            frame=self._frame(here, title, choice, lasting),
            heading=title,
            ticker=shown,
            previous=self._day_before(here, choice.day) if choice.day else None,
            following=narrowing.day_after(here, choice.day) if choice.day else None,
            sources=narrowing.sources(here, choice, feeds),
            narrowings=choice.narrowings,
            dropped=narrowing.dropped(choice, here, feeds),
            fewer=narrowing.fewer(choice, here) if shown.empty else (),
            calendar=narrowing.calendar(here, choice, self._desk.oldest()) if choice.search is None else None,
        )

    def _day_before(self, here: Setting, day: str) -> Link | None:
        return narrowing.day_before(here, self._desk.ticker(EVERYTHING, narrowing.day_start(here, day), 1))

    def _starting(self, here: Setting) -> Response:
        """Answer, while there are no headlines at all, with how the sources are."""
        feeds = self._desk.health()
        states = sources.source_states(here, feeds)
        start = Start(*sources.beginning(here, feeds), states)
        shown = Ticker(days=(), live=here.href(EVERYTHING.lines_path) if self._paged else None, start=start)
        return self._page("ticker.html", self._ticker_page(here, EVERYTHING, shown), NOT_KEPT)

    def _frame(self, here: Setting, title: str, choice: Choice | None, path: str | None = None) -> Frame:
        return frame(here, lambda name: self.static_href(here, name), title, choice, path)

    def static_href(self, here: Setting, name: str) -> str:
        """Return the address of a static file, which changes when the file does."""
        return here.file_href(f"/static/{name}?v={self._files[name].version}")

    def _report(self) -> tuple[int, tuple[int, int], Any]:
        return self._desk.revision(), self._desk.counts(), self._desk.health()

    def _page(self, template: str, page: Any, kept: str = KEPT_PAGE) -> Response:
        html = self._render(template, page=page, **page.frame.words.of_templates())
        return answered(html.encode(), "text/html; charset=utf-8", kept)
