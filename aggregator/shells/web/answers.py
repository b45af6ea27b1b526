"""Answers: what all of them have in common, and for how long they may be kept."""

from __future__ import annotations

from flask import Response, abort, request
from werkzeug.http import http_date

from aggregator.model import Config, Format, Place
from aggregator.pipeline.publishing import FeedDocument
from aggregator.shells.web import narrowing
from aggregator.shells.web.frame import FEED_TYPES

# A browser asks again each time, which costs it a 304; a cache in front of us may answer for half a minute.
KEPT_PAGE = "public, max-age=0, s-maxage=30"
KEPT_FEED = "public, max-age=60"
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
NOT_KEPT = "no-cache"


def place_asked_for() -> Place | None:
    """Return the place that the address says its page begins after; what names none is not found."""
    if "page" not in request.args:
        return None
    place = narrowing.place(request.args["page"])
    if place is None:
        abort(404)
    return place


def answered_feed(document: FeedDocument, format: Format, kept: str) -> Response:
    """Return the answer with a feed; it tells when it changed, where that is known."""
    charset = "" if format == "json" else "; charset=utf-8"
    response = answered(document.body, FEED_TYPES[format] + charset, kept)
    if document.changed is not None:
        response.headers["Last-Modified"] = http_date(document.changed)
    return response


def answered(body: bytes, content_type: str, kept: str) -> Response:
    """Return an answer that is *kept* (Cache-Control) so long."""
    return Response(body, content_type=content_type, headers={"Cache-Control": kept})


def guarded(response: Response, config: Config) -> Response:
    """Tell the browser what our pages never do, so that nothing in them can."""
    for name, value in (
        ("Content-Security-Policy", policy(config)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        response.headers.setdefault(name, value)
    return response


def policy(config: Config) -> str:
    """Return the Content-Security-Policy of all pages."""
    images = " https: http:" if config.site.images == "direct" else ""
    rules = {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self' data:" + images,
        "media-src": "https: http:",
        "font-src": "'none'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
