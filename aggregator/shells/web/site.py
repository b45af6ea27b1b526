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
from aggregator.shells.web.app import create_app
from aggregator.shells.web.setting import base_path
from aggregator.store import Store

START = ("/", "/feed.rss", "/feed.atom", "/feed.json", "/feeds.opml", "/sources", "/health.json")
_LINK = re.compile(r'(?:href|src)="([^"]*)"')


def site_files(store: Store, clock: Callable[[], datetime]) -> Iterator[tuple[str, bytes]]:
    """Yield each file of the site, path and contents: a page is the index of a folder named like its address.

    What only a program can answer (searches, pages back in time) is left out.
    """
    client = create_app(store, clock).test_client()
    base = base_path(store.config().site)
    seen, queue = set(START), deque(START)
    while queue:
        path = queue.popleft()
        body, is_page = _fetch(client, path)
        yield _file(path, is_page), body
        if is_page:
            for link in _links(body.decode(), base):
                if link not in seen:
                    seen.add(link)
                    queue.append(link)


def _fetch(client: FlaskClient, path: str) -> tuple[bytes, bool]:
    response = client.get(path)
    if response.status_code != 200:
        raise UserError(f"{path} could not be made: {response.status}")
    return response.data, response.mimetype == "text/html"


def _links(page: str, base: str) -> Iterator[str]:
    """Yield the addresses on this site that *page* leads to, but for those that a program must answer."""
    for found in _LINK.finditer(page):
        parts = urlsplit(unescape(found[1]))
        path = parts.path.removeprefix(base)
        ours = not parts.scheme and not parts.netloc and path.startswith("/")
        if ours and not path.startswith("/search") and (not parts.query or path.startswith("/static/")):
            yield path


def _file(path: str, is_page: bool) -> str:
    name = unquote(path.strip("/"))
    if not is_page:
        return name
    return f"{name}/index.html" if name else "index.html"
