"""Callbacks: where hubs confirm what they were asked for, and deliver (WebSub), by POST.

A delivery is only taken in here; the process that polls reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, request
from werkzeug.exceptions import RequestEntityTooLarge, ServiceUnavailable

from aggregator.pipeline import hearing
from aggregator.store import Store

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_PIECE = 65_536  # bytes
_RETRY = 60  # seconds before a hub may come again for which there is no room


class Callbacks:
    """What is answered to hubs."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def confirm(self, token: str) -> Response:
        """Answer a hub that makes sure of what it was asked for."""
        _look_at(token)
        query = {name: request.args[name] for name in request.args}
        answer = hearing.confirm(self._store, token, hearing.Intent.of(query), self._clock())
        if answer is None:
            abort(404)
        return _plain(answer, 200)

    def take_in(self, token: str) -> Response:
        """Take in what a hub delivers, as far as there is room for it."""
        _look_at(token)
        callback = self._store.post.callback(token)
        if callback is None:
            abort(404)
        if not callback.is_wanted:
            abort(410)
        body = _body(self._store.config().polling.max_body)
        headers = {name.lower(): value for name, value in request.headers}
        if not hearing.take_in(self._store, callback, body, headers, self._clock()):
            raise ServiceUnavailable(retry_after=_RETRY)
        return _plain("", 202)


def _look_at(token: str) -> None:
    """Answer that there is nothing where *token* is none of ours by its looks."""
    if not _TOKEN.fullmatch(token):
        abort(404)


def _body(most: int) -> bytes:
    """Return the body of the request, which is at most *most* bytes long."""
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    pieces: list[bytes] = []
    left = most
    while piece := request.stream.read(min(_PIECE, left + 1)):
        left -= len(piece)
        if left < 0:
            raise RequestEntityTooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _plain(text: str, status: int) -> Response:
    """Return *text*, which may be a stranger's, as nothing but text."""
    headers = {"Cache-Control": "no-store"}
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")
