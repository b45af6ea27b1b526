"""Cadence: when to ask a feed again. Knows clocks and courtesy, not networks; chance comes in as *jitter*.

Never sooner than the publisher wants, and never so late that a feed falls silent for ever: what a server or
a feed asks for is bounded, so that one absurd header costs a day or a week, and not the subscription.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from aggregator.links import host
from aggregator.model import Feed, Polling, Response, Subscription

MOST_FRESHNESS = timedelta(hours=24)  # publishers set a year for static files, and mean their pictures
MOST_BACKOFF = timedelta(hours=24)
# The longest quota or repair that a person announces in earnest is about a week; what goes beyond is a slip.
MOST_WAITING = timedelta(days=7)
HOST_PAUSE = timedelta(minutes=15)  # after a 429 that does not say how long; the feed itself backs off too
_SPREAD = 0.1  # of the interval
PUSHED = timedelta(hours=6)  # between two looks at a feed whose hub delivers what it brings
MOST_FIRST_SPREAD = timedelta(hours=1)
_HOUR = timedelta(hours=1)
_MOST_AFTER_HOUR = timedelta(minutes=10)  # so that the feeds that skip the night do not all wake on the hour


@dataclass(frozen=True, slots=True)
class Timing:
    """When to ask a feed again, and what its publisher said about that."""

    next_due: datetime
    not_before: datetime  # sooner than this the publisher does not want to be asked, not even by hand
    waiting: bool  # it said Retry-After
    host_wait: tuple[str, datetime] | None  # (host, until when it is left alone)


def plan(
    now: datetime,
    subscription: Subscription,
    polling: Polling,
    response: Response | None,
    feed: Feed | None,
    failures: int,
    jitter: float,
    first: bool = False,
) -> Timing:
    """Return when to ask again, from all that is known after an answer, or after none (*response* None).

    No sooner than the publisher wants, later after each failure: the interval is the subscription's, not
    below the floor, and failures double it, up to a day.

    *feed* is what the feed last said of itself; *failures* in a row count this one, 0 when it went well.
    *jitter* (0 up to 1) spreads the feeds by a tenth of their interval, towards later only; when they were
    asked for the *first* time, all at once, by a whole one, so that they do not march in step from then on.
    """
    until = host_wait(now, response) if response else None
    interval = _backed_off(max(subscription.every, polling.floor), failures)
    wanted = max(_wanted(now, response, feed, failures), until or now)
    earliest = max(now + interval, wanted)
    tenth = min(earliest - now, MOST_FRESHNESS) * _SPREAD
    spread = (max(min(interval, MOST_FIRST_SPREAD), tenth) if first else tenth) * jitter
    return Timing(
        next_due=_outside_skipped(earliest + spread, feed, _MOST_AFTER_HOUR * jitter),
        not_before=_outside_skipped(wanted, feed, timedelta(0)),
        waiting=_told_to_wait(response) is not None,
        host_wait=(host(response.url), until) if response and until else None,
    )


def slowed(subscription: Subscription) -> Subscription:
    """Return *subscription* as it is polled while a hub delivers: only to see whether all comes that way."""
    return replace(subscription, every=max(subscription.every, PUSHED))


def host_wait(now: datetime, response: Response) -> datetime | None:
    """Return until when the whole host is to be left alone; None if it did not ask for that.

    429 is about whoever asks, not about one feed (RFC 6585, 4), and so is a server's error that says for how
    long (RFC 9110, 10.2.3); a redirect that says it is about that one address. The host is that of
    `Response.url`: the one that said so, after redirects.
    """
    told = _told_to_wait(response)
    if response.status == 429:
        return min(told, now + MOST_WAITING) if told else now + HOST_PAUSE
    return min(told, now + MOST_WAITING) if told and response.status >= 500 else None


def _wanted(now: datetime, response: Response | None, feed: Feed | None, failures: int) -> datetime:
    """Return the latest of what answer and feed ask for: freshness, ttl, Retry-After.

    A max-age counts on a 304 as on a 200 (RFC 9111, 4.3.4), and on an error too: sooner, a cache on the way
    would repeat it. A ttl (RSS 2.0: minutes that a channel may be cached; `sy:updatePeriod`) is about a copy
    that we got, so it does not keep us from trying again after a failure.
    """
    fresh = (response and response.fresh_for) or timedelta(0)
    ttl = (feed and not failures and feed.ttl) or timedelta(0)
    until = now + min(max(fresh, ttl), MOST_FRESHNESS)
    told = _told_to_wait(response)
    return max(until, min(told, now + MOST_WAITING)) if told else until


def _told_to_wait(response: Response | None) -> datetime | None:
    """Return Retry-After where it means something: on a redirect or an error (RFC 9110, 10.2.3)."""
    return response.retry_at if response and response.status >= 300 else None


def _backed_off(interval: timedelta, failures: int) -> timedelta:
    doublings = min(max(failures - 1, 0), 20)  # twenty pass any bound, and more would overflow
    doubled: timedelta = min(interval, MOST_BACKOFF) * 2**doublings
    return max(interval, min(doubled, MOST_BACKOFF))


def _outside_skipped(due: datetime, feed: Feed | None, after_hour: timedelta) -> datetime:
    """Return *due*, or the first moment after it that is in none of the feed's skipHours and skipDays (GMT).

    A feed that skips every hour or every day has said nothing.
    """
    hours = feed.skip_hours if feed and len(feed.skip_hours) < 24 else frozenset[int]()
    days = feed.skip_days if feed and len(feed.skip_days) < 7 else frozenset[int]()
    moved = due
    while moved.weekday() in days or moved.hour in hours:
        moved = _midnight_after(moved) if moved.weekday() in days else _hour_after(moved)
    return due if moved == due else moved + after_hour


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date() + timedelta(days=1), time.min, moment.tzinfo)


def _hour_after(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + _HOUR
