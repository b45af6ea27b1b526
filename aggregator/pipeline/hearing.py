"""Hearing: what hubs ask and deliver, weighed before the store hears of it (WebSub).

Names two rooms: `websub`, which knows what may be believed, and the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from xxhash import xxh3_128_digest

from aggregator import websub
from aggregator.model import Callback, Parcel
from aggregator.store import Store
from aggregator.text import shorten, tidy

_LONGEST_REASON = 200
_KEPT_HEADERS = ("content-type", "content-encoding")  # that tell how to read a document
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Intent:
    """What a hub asks at a callback, as it came (section 5.3); '' for what is missing."""

    mode: str
    topic: str
    challenge: str
    lease_seconds: str
    reason: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Intent:
        """Return the intent in a *query*; PostgreSQL keeps no NUL, and no topic has one."""
        names = ("mode", "topic", "challenge", "lease_seconds", "reason")
        return cls(*(query.get(f"hub.{name}", "").replace("\0", " ") for name in names))


def confirm(store: Store, token: str, intent: Intent, now: datetime) -> str | None:
    """Return the answer that a hub waits for; None where it was not asked for what it says."""
    if intent.mode == "denied":
        reason = shorten(tidy(intent.reason[:1000]), _LONGEST_REASON)
        told = f"the hub does not deliver it: {reason}" if reason else "the hub does not deliver it"
        return "" if store.post.deny(token, intent.topic, told, now) else None
    if not intent.challenge or len(intent.challenge) > websub.LONGEST_CHALLENGE:
        return None
    lasts = websub.lease(intent.lease_seconds)
    renew_at = websub.renewal(now, lasts, store.config().polling.floor)
    confirmed = store.post.verify(token, intent.mode, intent.topic, now + lasts, renew_at)
    return intent.challenge if confirmed else None


def take_in(store: Store, callback: Callback, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Keep what a hub delivered until it is read; False where there is no room for it now.

    What is not signed by the hub is dropped, and counted, and its sender is told nothing (section 7.1).
    """
    if not websub.is_signed(body, callback.secret, headers.get("x-hub-signature", "")):
        store.post.distrust(callback)
        return True
    kept = {name: headers[name][:_LONGEST_VALUE] for name in _KEPT_HEADERS if name in headers}
    return store.post.take_in(callback, Parcel(kept, body), xxh3_128_digest(body), now)
