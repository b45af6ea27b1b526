"""The site as files: every page and feed that a reader can reach, walked through as a reader would."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from urllib.parse import unquote, urlsplit

from flask.testing import FlaskClient

from aggregator.errors import UserError
from aggregator.model import FORMATS
from aggregator.shells.web.app import create_app
from aggregator.shells.web.narrowing import EPOCH, place
from aggregator.shells.web.setting import Setting, setting
from aggregator.shells.web.templates import Templates
from aggregator.store import Store

MANIFEST = "/manifest.webmanifest"
START = (
    "/sw.js",
    "/",
    "/feed.rss",
    "/feed.atom",
    "/feed.json",
    "/feeds.opml",
    "/sources",
    "/health.json",
    "/robots.txt",
)
_LINK = re.compile(r'(?:href|src)="([^"]*)"|"src": "([^"]*)"')  # of pages, and of the manifest
_OLDER = re.compile(r'href="/(?!/)[^"?]*\?page=([0-9-]+)"')  # ours: an article's links are absolute
_ASKING = re.compile(
    r'<form class="(?:search|ask)".*?</form>|<nav class="(?:orders|row speaks)".*?</nav>', re.DOTALL
)


def site_files(
    store: Store, clock: Callable[[], datetime], templates: Templates
) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the site, path and contents: a page is the index of a folder named like its address.

    What only a program can answer is left out: searches, orders, and pages back in time, whose place the
    days take, and in feeds the archives.
    """
    here = setting(store.config(), clock())
    client = create_app(store, clock, False, templates).test_client()
    archives = (f"/day/{kept.name}/feed.{format}" for kept in store.archives() for format in FORMATS)
    own = (f"/static/{name}" for name in templates.own_files)  # his stylesheet may ask for any of them
    queue = deque((*START, *archives, *own))
    seen = set(queue)
    while queue:
        path = queue.popleft()
        body, is_page = _fetch(client, path)
        if is_page:
            body = _standing(body.decode(), here).encode()
        if is_page or path == MANIFEST:
            links = [link for link in _links(body.decode(), here.href("")) if link not in seen]
            seen.update(links)
            queue.extend(dict.fromkeys(links))
        yield _file(path, is_page), body


def _fetch(client: FlaskClient, path: str) -> tuple[bytes, bool]:
    response = client.get(path)
    if response.status_code != 200:
        raise UserError(f"{path} could not be made: {response.status}")
    return response.data, response.mimetype == "text/html"


def _standing(page: str, here: Setting) -> str:
    """Return *page* without what needs a program behind it: older lines are found in the days' pages."""
    return _ASKING.sub("", _OLDER.sub(lambda link: f'href="{_day(link[1], here)}"', page))


def _day(mark: str, here: Setting) -> str:
    """Return the address of the day that a page back in time begins in."""
    published, _ = place(mark) or (EPOCH, 0)
    return here.href(f"/day/{here.local(published).date()}")


def _links(page: str, base: str) -> Iterator[str]:
    """Yield the addresses on this site that *page* leads to."""
    for found in _LINK.finditer(page):
        parts = urlsplit(unescape(found[1] or found[2] or ""))
        path = parts.path.removeprefix(base)
        ours = not parts.scheme and not parts.netloc and path.startswith("/")
        if ours and not path.startswith("/search"):
            yield path


def _file(path: str, is_page: bool) -> str:
    name = unquote(path.strip("/"))
    if not is_page:
        return name
    return f"{name}/index.html" if name else "index.html"
