from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence import Timing, host_wait, plan
from aggregator.model import Feed, Polling, Response, Subscription

NOW = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
POLLING = Polling(every=15 * MINUTE, floor=5 * MINUTE)
WIRE = Subscription(key="wire", url="https://example.org/feed", every=15 * MINUTE)
GOOD = Response(url="https://example.org/feed", status=200)
FEED = Feed(title="Wire")


def due(
    response: Response | None = GOOD,
    feed: Feed | None = FEED,
    failures: int = 0,
    jitter: float = 0.0,
    subscription: Subscription = WIRE,
) -> timedelta:
    return plan(NOW, subscription, POLLING, response, feed, failures, jitter).next_due - NOW


def test_a_feed_is_asked_again_after_its_interval() -> None:
    assert due() == 15 * MINUTE


def test_nothing_is_asked_sooner_than_the_floor() -> None:
    assert due(subscription=replace(WIRE, every=MINUTE)) == 5 * MINUTE


@pytest.mark.parametrize("status", [200, 304, 404])
def test_a_fresh_answer_is_not_asked_for_again_whatever_its_status(status: int) -> None:
    assert due(replace(GOOD, status=status, fresh_for=HOUR)) == HOUR


def test_freshness_shorter_than_the_interval_changes_nothing() -> None:
    assert due(replace(GOOD, fresh_for=MINUTE)) == 15 * MINUTE


def test_a_year_of_freshness_is_a_day() -> None:
    assert due(replace(GOOD, fresh_for=365 * DAY)) == DAY


def test_an_interval_of_our_own_may_be_longer_than_a_day() -> None:
    assert due(subscription=replace(WIRE, every=3 * DAY), failures=9) == 3 * DAY


@pytest.mark.parametrize("status", [200, 304])
def test_the_ttl_that_the_feed_last_gave_counts(status: int) -> None:
    assert due(replace(GOOD, status=status), replace(FEED, ttl=HOUR)) == HOUR


def test_a_ttl_of_a_month_is_a_day() -> None:
    assert due(feed=replace(FEED, ttl=30 * DAY)) == DAY


def test_after_a_failure_the_ttl_of_the_old_copy_does_not_count() -> None:
    assert due(None, replace(FEED, ttl=DAY), failures=1) == 15 * MINUTE


@pytest.mark.parametrize(
    ("failures", "wait"), [(1, 15 * MINUTE), (2, 30 * MINUTE), (4, 2 * HOUR), (8, DAY), (100_000, DAY)]
)
def test_failures_double_the_interval_up_to_a_day(failures: int, wait: timedelta) -> None:
    assert due(None, failures=failures) == wait


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_retry_after_is_obeyed_in_full(status: int) -> None:
    assert due(replace(GOOD, status=status, retry_at=NOW + 3 * DAY), failures=1) == 3 * DAY


def test_retry_after_sooner_than_our_own_next_time_changes_nothing() -> None:
    assert due(replace(GOOD, status=503, retry_at=NOW + MINUTE), failures=1) == 15 * MINUTE


def test_retry_after_never_means_for_ever() -> None:
    assert due(replace(GOOD, status=503, retry_at=NOW + 3000 * DAY), failures=1) == 7 * DAY


def test_retry_after_means_nothing_on_a_good_answer() -> None:
    assert due(replace(GOOD, retry_at=NOW + DAY)) == 15 * MINUTE


def test_jitter_spreads_by_a_tenth_and_never_towards_sooner() -> None:
    assert due(jitter=0.5) == 15 * MINUTE + 45 * timedelta(seconds=1)


def test_skipped_hours_wait_for_the_first_one_that_is_not_skipped() -> None:
    assert NOW + due(feed=replace(FEED, skip_hours=frozenset({12, 13, 14}))) == NOW.replace(hour=15, minute=0)


def test_feeds_that_skip_an_hour_do_not_all_come_when_it_is_over() -> None:
    feed = replace(FEED, skip_hours=frozenset({12}))
    assert NOW + due(feed=feed, jitter=0.5) == NOW.replace(hour=13, minute=5)


def test_skipped_days_wait_for_midnight_and_then_for_the_hour() -> None:
    feed = replace(FEED, skip_days=frozenset({0, 1}), skip_hours=frozenset({0}))
    assert NOW + due(feed=feed) == datetime(2026, 11, 4, 1, 0, tzinfo=UTC)


def test_a_feed_that_skips_all_hours_or_all_days_skips_none() -> None:
    assert (
        due(feed=replace(FEED, skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))) == 15 * MINUTE
    )


@pytest.mark.parametrize(
    ("status", "retry", "until"),
    [
        (429, HOUR, HOUR),
        (503, HOUR, HOUR),
        (429, None, 15 * MINUTE),
        (429, 900 * DAY, 7 * DAY),
        (503, None, None),
        (500, HOUR, HOUR),
        (304, HOUR, None),
        (404, HOUR, None),
        (200, HOUR, None),
    ],
)
def test_429_and_a_servers_error_with_retry_after_make_the_whole_host_wait(
    status: int, retry: timedelta | None, until: timedelta | None
) -> None:
    response = replace(GOOD, status=status, retry_at=NOW + retry if retry else None)
    assert host_wait(NOW, response) == (NOW + until if until else None)


def test_a_plan_tells_all_that_the_store_keeps() -> None:
    busy = Response(url="https://feeds.example.net:8443/x", status=429, retry_at=NOW + HOUR)
    assert plan(NOW, WIRE, POLLING, busy, FEED, 1, 0.0) == Timing(
        next_due=NOW + HOUR,
        not_before=NOW + HOUR,
        waiting=True,
        host_wait=("feeds.example.net", NOW + HOUR),
    )


def test_by_hand_a_feed_may_be_asked_before_its_interval_is_over_but_not_while_it_is_fresh() -> None:
    assert plan(NOW, WIRE, POLLING, GOOD, FEED, 0, 0.9).not_before == NOW
    assert plan(NOW, WIRE, POLLING, replace(GOOD, fresh_for=HOUR), FEED, 0, 0.9).not_before == NOW + HOUR


def test_by_hand_a_failing_feed_may_be_tried_again_at_once() -> None:
    assert plan(NOW, WIRE, POLLING, None, FEED, 9, 0.9).not_before == NOW


DURATIONS = st.timedeltas(min_value=-DAY, max_value=timedelta(days=900_000))


@given(
    every=st.timedeltas(min_value=timedelta(0), max_value=30 * DAY),
    fresh_for=st.none() | DURATIONS,
    retry=st.none() | DURATIONS,
    ttl=st.none() | DURATIONS,
    hours=st.frozensets(st.integers(0, 23)),
    days=st.frozensets(st.integers(0, 6)),
    status=st.integers(100, 599),
    failures=st.integers(0, 10_000),
    jitter=st.floats(0, 1, exclude_max=True),
)
def test_no_feed_is_asked_before_the_floor_or_not_at_all(
    every: timedelta,
    fresh_for: timedelta | None,
    retry: timedelta | None,
    ttl: timedelta | None,
    hours: frozenset[int],
    days: frozenset[int],
    status: int,
    failures: int,
    jitter: float,
) -> None:
    response = Response(
        url="https://example.org/",
        status=status,
        fresh_for=fresh_for,
        retry_at=NOW + retry if retry else None,
    )
    feed = Feed(title="x", ttl=ttl, skip_hours=hours, skip_days=days)
    timing = plan(NOW, replace(WIRE, every=every), POLLING, response, feed, failures, jitter)
    assert NOW <= timing.not_before <= timing.next_due <= NOW + 50 * DAY
    assert NOW + POLLING.floor <= timing.next_due
