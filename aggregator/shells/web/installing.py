"""What programs ask of a site before they read it: how it is installed, and what crawlers may read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from flask import Response

from aggregator.shells.web.desk import Desk
from aggregator.shells.web.setting import Setting, setting
from aggregator.store import Store

KEPT = "public, max-age=3600"
PAPER = "#fbfaf7"  # of style.css, where the scheme is light
# Searches, orders and bare lines are other views of what crawlers find anyway; each is made for them alone.
_CLOSED = (
    "/search",
    "/metrics",
    "/health.json",
    "/healthz",
    "/*/lines",
    "/lines",
    "/sources?sort=",
    "/*lang=",
)


class Installing:
    """What is answered to browsers that install the page, and to crawlers."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], href: Callable[[Setting, str], str]
    ) -> None:
        """*href* tells the address of a static file."""
        self._desk, self._href = Desk(store, clock), href

    def manifest(self) -> Response:
        """Answer with what the page is called, looks like and begins with as an app."""
        here = setting(self._desk.config(), self._desk.now())
        told = {
            "id": here.href("/"),
            "name": here.site.title,
            "short_name": here.site.title,
            "description": here.site.description,
            "lang": here.words.language,
            "dir": here.words.direction,
            "start_url": here.href("/"),
            "scope": here.href("/"),
            "display": "minimal-ui",  # with its Back: the article is another page than the ticker
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [
                {"src": self._href(here, "icon.svg"), "type": "image/svg+xml", "sizes": "any"},
                {"src": self._href(here, "icon-192.png"), "type": "image/png", "sizes": "192x192"},
                {
                    "src": self._href(here, "icon-512.png"),
                    "type": "image/png",
                    "sizes": "512x512",
                    "purpose": "maskable",
                },
            ],
        }
        text = json.dumps(told, ensure_ascii=False, indent=1)
        return Response(text, content_type="application/manifest+json", headers={"Cache-Control": KEPT})

    def robots(self) -> Response:
        """Answer with what crawlers had better not ask; what is not named they may read."""
        here = setting(self._desk.config(), self._desk.now())
        lines = ("User-agent: *", *(f"Disallow: {here.file_href(path)}" for path in _CLOSED))
        text = "\n".join(lines) + "\n"
        return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": KEPT})
