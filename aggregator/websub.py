"""WebSub: how hubs are found, written to, and believed. Pure: addresses, forms, signatures and leases.

W3C Recommendation, 23 January 2018; its sections are named beside what comes from them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aggregator.links import resolve
from aggregator.model import Mode

CALLBACK = "websub/"  # below the site's address, before the token
LEASE = timedelta(days=10)  # that we ask for
LONGEST_LEASE = timedelta(days=30)  # a hub that promises more is asked again all the same
LONGEST_CHALLENGE = 2000  # characters
MOST_BACKOFF = timedelta(hours=24)
_LONGEST_HEADER = 8000
_HASHES = ("sha1", "sha256", "sha384", "sha512")  # section 7

_LINK = re.compile(
    r"""<([^<>]{1,4096})>((?:\s{0,9};\s{0,9}[\w!#$&+.^`|~-]{1,40}\s{0,9}(?:=\s{0,9}(?:"[^"]*"|[^\s",;]*))?)*)"""
)
_REL = re.compile(r""";\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))""", re.IGNORECASE)
_SIGNATURE = re.compile(r"(sha[0-9]{1,3})=([0-9a-f]{40,128})", re.IGNORECASE)


def offered(headers: Mapping[str, str], url: str) -> tuple[str | None, str | None]:
    """Return the hub and the topic that the Link headers of an answer from *url* name (section 4)."""
    found: dict[str, str] = {}
    for link in _LINK.finditer(headers.get("link", "")[:_LONGEST_HEADER]):
        rel = _REL.search(link[2])
        for name in (rel[1] or rel[2] or "").lower().split() if rel else ():
            if address := resolve(link[1], url):
                found.setdefault(name, address)
    return found.get("hub"), found.get("self")


def request(mode: Mode, topic: str, callback: str, secret: str) -> bytes:
    """Return the form that asks a hub for a subscription, or for its end (section 5.1)."""
    fields = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
    if mode == "subscribe":
        fields |= {"hub.secret": secret, "hub.lease_seconds": str(LEASE // timedelta(seconds=1))}
    return urlencode(fields).encode("ascii")


def publication(topics: Iterable[str]) -> bytes:
    """Return the form that tells a hub that *topics* changed; the Recommendation leaves it to the two."""
    fields = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
    return urlencode(fields).encode("ascii")


def is_signed(body: bytes, secret: str, header: str) -> bool:
    """Say whether *header*, an X-Hub-Signature, was made of *body* by somebody who knows *secret* (7.1)."""
    signature = _SIGNATURE.fullmatch(header.strip())
    if signature is None or signature[1].lower() not in _HASHES:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, signature[1].lower())).hexdigest()
    return hmac.compare_digest(expected, signature[2].lower())


def lease(seconds: str) -> timedelta:
    """Return the lease that a hub gives (5.3), bounded; ours where it does not say, or says nonsense."""
    if not seconds.isascii() or not seconds.isdigit() or not int(seconds[:12]):
        return LEASE
    return min(timedelta(seconds=int(seconds[:12])), LONGEST_LEASE)


def renewal(now: datetime, lasts: timedelta, floor: timedelta) -> datetime:
    """Return when to renew a lease that *lasts* so long from *now*: in time for some tries that fail.

    No sooner than after *floor*, however short the lease: no hub is asked all the time.
    """
    return now + max(lasts * 2 / 3, floor)


def backoff(failures: int, least: timedelta) -> timedelta:
    """Return how long to wait after *failures* in a row, one or more: doubling from *least*, to a day."""
    doubled: timedelta = least * 2 ** min(max(failures - 1, 0), 20)
    return max(least, min(doubled, MOST_BACKOFF))
