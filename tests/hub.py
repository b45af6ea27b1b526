"""A small WebSub hub on loopback, which the tests bring along; see tests/publisher.py for what carries it.

with Publisher() as publisher:
    hub = Hub(publisher)
    …                                   # the program subscribes
    hub.verify(hub.granted)             # or hub.verifies = "3600", before it does
    hub.deliver(FEED)
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

from publisher import Answer, Asked, Publisher, Raw


@dataclass(frozen=True)
class Wish:
    """What somebody asked the hub for."""

    mode: str
    topic: str
    callback: str
    secret: str
    lease: str


class Said(NamedTuple):
    """An answer of a callback."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Hub:
    """What was asked of it stands in `wishes` and `told`; `answer` is what it says to that."""

    def __init__(self, publisher: Publisher, path: str = "/hub", host: str | None = None) -> None:
        self.url = publisher.url(path, host)
        self.answer: Answer | Raw = Answer(status=202)
        self.wishes: list[Wish] = []
        self.told: list[tuple[str, ...]] = []  # the addresses of each publication
        self.verifies: str | None = None  # the lease, in seconds, with which all wishes are verified at once
        self.verified: list[Said] = []
        publisher.answers[path] = self._reply

    @property
    def granted(self) -> Wish:
        """Return the last subscription that was asked for."""
        return [wish for wish in self.wishes if wish.mode == "subscribe"][-1]

    def verify(self, wish: Wish, lease: str = "864000", **others: str) -> Said:
        """Make sure that *wish* was meant, as the Recommendation has it; *others* are put in its place."""
        query = {
            "mode": wish.mode,
            "topic": wish.topic,
            "challenge": "42 <b>",
            "lease_seconds": lease,
        } | others
        fields = {f"hub.{name}": value for name, value in query.items() if value}
        return ask(f"{wish.callback}?{urlencode(fields)}")

    def deliver(self, body: bytes, method: str = "sha256", secret: str | None = None, **headers: str) -> Said:
        """Deliver *body* to who subscribed last, signed with his secret or another one."""
        wish = self.granted
        known = (wish.secret if secret is None else secret).encode()
        made = hmac.new(known, body, getattr(hashlib, method)).hexdigest()
        signed = {"Content-Type": "application/atom+xml", "X-Hub-Signature": f"{method}={made}"}
        return ask(wish.callback, body, signed | {name.replace("_", "-"): v for name, v in headers.items()})

    def _reply(self, asked: Asked) -> Answer | Raw:
        form = parse_qs(asked.body.decode())
        if form["hub.mode"] == ["publish"]:
            self.told.append(tuple(form["hub.url"]))
            return self.answer
        names = ("mode", "topic", "callback", "secret", "lease_seconds")
        wish = Wish(*(form.get(f"hub.{name}", [""])[0] for name in names))
        self.wishes.append(wish)
        if self.verifies is not None:
            threading.Thread(target=self._verify, args=(wish, self.verifies), daemon=True).start()
        return self.answer

    def _verify(self, wish: Wish, lease: str) -> None:
        self.verified.append(self.verify(wish, lease))


def ask(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Said:
    """Ask a callback, or deliver *body* to it."""
    request = urllib.request.Request(url, body, dict(headers or {}))
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return Said(response.status, response.read(), dict(response.headers))
    except urllib.error.HTTPError as error:
        return Said(error.code, error.read(), dict(error.headers))


def atom(hub: str, topic: str, *entries: str, updated: str = "2026-11-23T10:00:00Z") -> bytes:
    """Return a feed that names its hub, with these entries in it."""
    links = f'<link rel="hub" href="{hub}"/><link rel="self" href="{topic}"/>' if hub else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>{topic}</id><title>Dijkpost</title>{links}<updated>{updated}</updated>{''.join(entries)}</feed>"
    ).encode()


def item(name: str, title: str, updated: str = "2026-11-23T10:00:00Z") -> str:
    """Return an entry called *name*, which came at ten and was changed at *updated*."""
    return (
        f"<entry><id>tag:dijkpost.example,2026:{name}</id><title>{title}</title>"
        f'<link href="https://dijkpost.example/{name}"/><summary>{title}, in short.</summary>'
        f"<published>2026-11-23T10:00:00Z</published><updated>{updated}</updated></entry>"
    )
