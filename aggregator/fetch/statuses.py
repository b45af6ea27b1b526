"""Statuses: what a complete answer that brings no feed means to an admin. Pure."""

from __future__ import annotations

from http import HTTPStatus

from aggregator.errors import AGAIN, CHECK, MEND, NEW_ADDRESS
from aggregator.links import host
from aggregator.model import Response

_TROUBLE = "the publisher's server has trouble at the moment"
# What it means, and what to do. The others are about bodies and conditions that our requests do not have.
_ADVICE = {
    206: ("it sends a part of the feed that nobody asked for", AGAIN),
    300: ("it offers several addresses", "put one of them into feeds.yaml"),
    304: ("it says that nothing changed, though we had nothing yet", AGAIN),
    400: ("it does not understand the request", CHECK),
    401: ("it wants a password", "put it in the address, as https://user:password@host/"),
    402: ("it wants to be paid", "ask its publisher, or remove the feed"),
    403: ("it does not let us in", "ask its publisher, or look for another address of the feed"),
    404: ("there is no feed at this address", f"{NEW_ADDRESS}, or remove it"),
    405: ("this address is not there to be read", CHECK),
    406: ("it has no feed in a form that we read", CHECK),
    407: ("it wants a proxy's password", MEND),
    408: ("it found us too slow", AGAIN),
    410: ("the feed was taken away for good and is not asked again", "remove it, or give its new address"),
    414: ("the address is too long for it", CHECK),
    421: ("it does not know its own name", CHECK),
    423: ("the feed is locked at the moment", AGAIN),
    425: ("it wants to be asked a little later", AGAIN),
    426: ("it wants to be asked in another way", "try https:// in the address"),
    429: (
        "it is asked too often",
        "it is asked again later by itself; a longer `every` in feeds.yaml may help",
    ),
    431: ("our headers are too long for it", "try a shorter address"),
    451: ("it may not show the feed, for legal reasons", "ask its publisher, or remove the feed"),
    501: ("it cannot do what we ask", CHECK),
    502: ("the server behind it has trouble at the moment", AGAIN),
    503: ("it is overloaded or being repaired", AGAIN),
    504: ("the server behind it does not answer", AGAIN),
    505: ("it does not speak the HTTP that everybody speaks", MEND),
    511: ("the network here wants somebody to log in first", "log in with a browser on this machine"),
}


def complaint(response: Response) -> str:
    """Return in one sentence what is wrong with *response*, an answer without a feed in it."""
    what, remedy = _advice(response)
    wait = f"; it asks us to wait until {response.retry_at:%Y-%m-%d %H:%M} UTC" if response.retry_at else ""
    return f"{host(response.url)} answers {_named(response.status)}: {what}{wait}; {remedy}"


def _named(status: int) -> str:
    # Our own names, never the server's: what it writes there may be anything.
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _advice(response: Response) -> tuple[str, str]:
    status = response.status
    if status in _ADVICE:
        return _ADVICE[status]
    if status < 300:
        return "an answer without a feed in it", CHECK
    if status < 400:
        later = response.retry_at and "location" in response.headers
        told = ("a redirect to be followed later", AGAIN)
        return told if later else ("a redirect that leads nowhere", NEW_ADDRESS)
    return ("it refuses", f"{CHECK}, or ask its publisher") if status < 500 else (_TROUBLE, AGAIN)
