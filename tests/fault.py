"""Fault: one line of what the world does to an aggregator, and the program that it is done to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from program import Program, get, health
from publisher import Answer, Asked, Publisher, Reply

HEAD = b'<rss version="2.0"><channel><title>Paper</title>'
TAIL = b"</channel></rss>"


@dataclass(frozen=True)
class Wire:
    """The program at work, and what its publishers saw."""

    program: Program
    address: str
    publisher: Publisher
    outside: Publisher  # at 127.0.0.2, which may not be asked
    faults: dict[str, Fault]

    def feed(self, key: str) -> dict[str, Any]:
        return next(feed for feed in health(self.address)["feeds"] if feed["key"] == key)

    def titles(self, key: str) -> tuple[str, ...]:
        items = json.loads(get(f"{self.address}source/{key}/feed.json"))["items"]
        return tuple(sorted(item["title"] for item in items))

    def asked(self, key: str) -> list[Asked]:
        return [asked for asked in self.publisher.log if asked.path.partition("?")[0] == f"/{key}"]


@dataclass(frozen=True)
class Fault:
    """One answer, or several, and what must come of it."""

    reply: Reply | list[Reply]
    says: str | None = None  # what the error tells; None: the feed is healthy all the same
    titles: tuple[str, ...] | None = ()  # that are shown of it; None: whatever they are
    rule: str | None = None  # a rule of feeds.yaml
    again: bool = False  # polled again and again


def rss(*items: bytes) -> bytes:
    return HEAD + b"".join(b"<item>" + item + b"</item>" for item in items) + TAIL


def news(title: str, guid: str = "") -> bytes:
    return f"<guid>tag:{guid or title}</guid><title>{title}</title>".encode()


def shown(body: bytes, *titles: str, **headers: str) -> Fault:
    return Fault(Answer(body, headers=headers), titles=titles)


def dated(date: str) -> Fault:
    return shown(rss(news("Storm") + f"<pubDate>{date}</pubDate>".encode()), "Storm")


STORM = rss(news("Storm"))
