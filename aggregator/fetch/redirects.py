"""Redirects: from one address to the next, and which of the moves are for good. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from aggregator.errors import MEND, NEW_ADDRESS, FeedError
from aggregator.links import host, resolve, without_credentials
from aggregator.model import Request
from aggregator.text import shorten, tidy

MOST_HOPS = 5
_FOR_GOOD = frozenset({301, 308})
_FOLLOWED = _FOR_GOOD | {302, 303, 307}
_FOLLOWED_WITH_FORM = frozenset({307, 308})  # the others would make a GET of it (RFC 9110, 15.4)

_AUTHORITY = re.compile(r"\s*(https?)://([^/?#\\]*)@", re.IGNORECASE)
_BREAKS = re.compile(r"[\x00-\x1f\x7f]|%0[ad]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Errand:
    """A request, and how far it has come."""

    request: Request
    url: str  # to be asked next; without credentials
    host: str  # of it
    login: tuple[str, str] | None = None  # user and password, for the origin that they were given for
    passed: tuple[str, ...] = ()  # addresses that answered with a redirect
    moving: bool = True  # only by redirects that are for good
    moved_to: str | None = None  # with the login that it needs
    spent: float = 0.0  # seconds


def set_out(request: Request) -> Errand:
    """Return the errand that *request* sends us on; FeedError if its address can not be asked."""
    url = _address(request.url, None)
    if url is None:
        raise FeedError(
            "fetch", f"{_shown(request.url)} is no address that can be asked: use http:// or https://"
        )
    return Errand(request, url, host(url), _login(request.url))


def next_hop(errand: Errand, status: int, location: str | None, spent: float) -> Errand | None:
    """Return where a redirect sends *errand*; None if *status* is none. FeedError if we do not go there.

    Only an unbroken chain of 301 and 308 from the first address on is a move (RFC 9110, 15.4.2 and 15.4.9).
    """
    if status not in (_FOLLOWED if errand.request.form is None else _FOLLOWED_WITH_FORM):
        return None
    url = _target(errand, status, location)
    moving = errand.moving and status in _FOR_GOOD
    login = errand.login if _origin(url) == _origin(errand.url) else None
    return replace(
        errand,
        url=url,
        host=host(url),
        login=login,
        passed=(*errand.passed, errand.url),
        moving=moving,
        moved_to=_with_login(url, login) if moving else errand.moved_to,
        spent=spent,
    )


def _target(errand: Errand, status: int, location: str | None) -> str:
    if not location:
        raise FeedError(
            "fetch", f"{errand.host} answers {status}, a redirect, without saying where to; {NEW_ADDRESS}"
        )
    shown = _shown(location)
    url = None if _BREAKS.search(location) else _address(location, errand.url)
    if url is None:
        raise FeedError(
            "fetch",
            f"refused to be redirected by {errand.host} to {shown}: no http or https address; {NEW_ADDRESS}",
        )
    if errand.url.startswith("https:") and url.startswith("http:"):
        raise FeedError(
            "fetch",
            f"refused to be redirected from https to http: {shown}; put that into feeds.yaml if you trust it",
        )
    if url == errand.url or url in errand.passed:
        raise FeedError("fetch", f"{errand.host} redirects in a circle, back to {shown}; {MEND}")
    if len(errand.passed) == MOST_HOPS:
        raise FeedError(
            "fetch",
            f"gave up after {MOST_HOPS} redirects: the next one leads to {shown};"
            " put the last address of them into feeds.yaml",
        )
    return url


def _address(link: str, base: str | None) -> str | None:
    url = resolve(link, base)
    return url.partition("#")[0] if url else None


def _origin(url: str) -> str:
    """Return scheme, host and port: what a password was given for."""
    return "/".join(url.split("/", 3)[:3])


def _login(url: str) -> tuple[str, str] | None:
    authority = _AUTHORITY.match(url)
    if authority is None:
        return None
    user, _, password = authority[2].partition(":")
    return unquote(user), unquote(password)


def _with_login(url: str, login: tuple[str, str] | None) -> str:
    """Return *url* with the login that it needs next time; an address without one stays as it is."""
    if login is None:
        return url
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(login[0], safe='')}:{quote(login[1], safe='')}@{rest}"


def _shown(link: str) -> str:
    """Return a foreign address as a message may quote it."""
    return shorten(tidy(without_credentials(link[:1000])), 200)
