"""Statuses: what a complete answer that brings no feed means to an admin. Pure."""

from __future__ import annotations

from http import HTTPStatus

from aggregator.links import host
from aggregator.model import Response

_ADVICE = {
    206: "it sends a part of the feed that nobody asked for",
    304: "it says that nothing changed, though we had nothing yet",
    400: "it does not understand the request; check the address",
    401: "it wants a password; put it in the address, as https://user:password@host/",
    402: "it wants to be paid",
    403: "it does not let us in; ask the publisher, or look for another address of the feed",
    404: "there is no feed at this address; check it",
    406: "it has no feed in a form that we read; check the address",
    407: "it wants a proxy's password",
    408: "it found us too slow",
    410: "the feed was taken away for good and is not asked again; remove it, or give its new address",
    421: "it does not know its own name; check the address",
    429: "it is asked too often",
    431: "our headers are too long for it",
    451: "it may not show the feed, for legal reasons",
    500: "it is broken at the moment",
    502: "the server behind it is broken at the moment",
    503: "it is overloaded or being repaired",
    504: "the server behind it does not answer",
}


def complaint(response: Response) -> str:
    """Return in one sentence what is wrong with *response*, an answer without a feed in it."""
    wait = f"; it asks us to wait until {response.retry_at:%Y-%m-%d %H:%M} UTC" if response.retry_at else ""
    return f"{host(response.url)} answers {_named(response.status)}: {_advice(response)}{wait}"


def _named(status: int) -> str:
    # Our own names, never the server's: what it writes there may be anything.
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _advice(response: Response) -> str:
    status = response.status
    if status in _ADVICE:
        return _ADVICE[status]
    if status < 300:
        return "an answer without a feed in it"
    if status < 400:
        later = response.retry_at and "location" in response.headers
        return "a redirect to be followed later" if later else "a redirect that leads nowhere"
    return "it refuses" if status < 500 else "it is broken at the moment"
