"""The state of a source, from what the store knows of it and of its host."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from newsroom import HOUR, NOON, claims, configuration, settlement, subscription

from aggregator.model import FeedHealth
from aggregator.store import Store

MINUTES = timedelta(minutes=1)


def one(store: Store, key: str, now: datetime = NOON) -> FeedHealth:
    return next(feed for feed in store.health(now) if feed.key == key)


def waiting(feed: FeedHealth) -> tuple[object, ...]:
    return feed.state, feed.waiting_until, feed.waiting_for, feed.told_another


def two_of_one_host(store: Store, **told: Any) -> None:
    feeds = [subscription(key, url=f"https://paper.example/{key}") for key in ("news", "sport")]
    store.accept(configuration(*feeds), NOON)
    taken = claims(store)
    done = [settlement(taken["news"].feed), settlement(taken["sport"].feed, **{"failures": 1, **told})]
    with store.ledger(NOON, done):
        pass


def test_a_feed_nobody_asked_yet_was_never_polled(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    assert one(store, "nos").state == "never"


def test_a_feed_that_is_told_to_wait_says_until_when_and_by_whom(store: Store) -> None:
    until = NOON + HOUR
    two_of_one_host(store, status=500, waiting=True, not_before=until, next_due=until)
    assert waiting(one(store, "sport")) == ("waiting", until, "paper.example", False)
    assert one(store, "news").state == "ok"
    assert one(store, "sport", until).state == "failing"


def test_a_429_is_told_as_a_request_of_the_host_though_it_named_no_time(store: Store) -> None:
    until = NOON + 15 * MINUTES
    two_of_one_host(store, status=429, next_due=NOON + 5 * MINUTES, host_wait=("paper.example", until))
    assert waiting(one(store, "sport")) == ("waiting", until, "paper.example", False)


def test_a_feed_whose_host_was_told_by_another_waits_and_says_so(store: Store) -> None:
    until = NOON + HOUR
    two_of_one_host(store, status=503, waiting=True, not_before=until, host_wait=("paper.example", until))
    assert waiting(one(store, "news")) == ("waiting", until, "paper.example", True)
    due = one(store, "news").next_due
    assert due is not None
    assert due >= until
    assert waiting(one(store, "news", until)) == ("ok", None, None, False)


def test_a_host_that_was_never_asked_for_this_feed_makes_it_wait_too(store: Store) -> None:
    two_of_one_host(store, host_wait=("paper.example", NOON + HOUR))
    feeds = [subscription(key, url=f"https://paper.example/{key}") for key in ("news", "sport", "new")]
    store.accept(configuration(*feeds), NOON)
    assert one(store, "new").state == "waiting"


def test_a_failing_feed_says_since_when_how_often_and_when_it_is_tried_again(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    row = claims(store)["nos"].feed
    for times in (1, 2):
        now = NOON + times * HOUR
        failed = settlement(row, now, failures=times, error="it is broken", status=500, next_due=now + HOUR)
        with store.ledger(now, [failed]):
            pass
    told = one(store, "nos", NOON + 2 * HOUR)
    assert (told.state, told.failing_since, told.failures) == ("failing", NOON + HOUR, 2)
    assert (told.next_due, told.error) == (NOON + 3 * HOUR, "it is broken")


def test_what_is_gone_is_gone_though_its_host_waits(store: Store) -> None:
    two_of_one_host(store, status=410, gone=True, host_wait=("paper.example", NOON + HOUR))
    assert waiting(one(store, "sport")) == ("gone", None, None, False)
