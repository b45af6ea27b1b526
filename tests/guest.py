"""What the tests of politeness share: a small feed, its subscription, and what the publisher saw."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import format_datetime

from newsdesk import Newsdesk
from newsroom import NOON, subscription
from publisher import Publisher

from aggregator.model import FeedHealth, Subscription

MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def rss(*titles: str, channel: str = "") -> bytes:
    items = "".join(f"<item><guid>{t}</guid><title>{t}</title></item>" for t in titles)
    return (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>Kustkrant</title>{channel}{items}</channel></rss>"
    ).encode()


def feed(
    publisher: Publisher, path: str = "/feed", host: str | None = None, **values: object
) -> Subscription:
    return subscription(path.strip("/"), url=publisher.url(path, host), **values)


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def asked_at(
    desk: Newsdesk, publisher: Publisher, *moments: timedelta, by_hand: bool = False
) -> list[timedelta]:
    """Poll at each of *moments* after noon; return those at which the publisher saw a request."""
    seen = []
    for moment in moments:
        before = len(publisher.log)
        desk.now = NOON + moment
        desk.poll(by_hand)
        seen += [moment] * (len(publisher.log) > before)
    return seen


def health(desk: Newsdesk) -> FeedHealth:
    (only,) = desk.store.health(desk.now)
    return only
