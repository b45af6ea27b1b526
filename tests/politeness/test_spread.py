"""How we ask, 5: spread out. No burst at start or after sleep, no marching in step, nothing early."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from guest import DAYS, HOURS, MINUTES, asked_at, feed, health, rss
from newsdesk import Newsdesk
from newsroom import NOON, settlement
from publisher import NEVER_A_BYTE, Answer, Publisher, conditional, redirect

NOTHING = timedelta()
HOSTS = ("127.0.0.1", "127.0.0.2")
FEEDS = 30


def subscribe(desk: Newsdesk, publisher: Publisher, **values: object) -> None:
    publisher.answers["*"] = Answer(rss("Storm"))
    desk.subscribe(
        *(feed(publisher, f"/{host[-1]}-{n}", host, **values) for host in HOSTS for n in range(FEEDS))
    )


def dues(desk: Newsdesk) -> list[datetime]:
    return sorted(feed.next_due for feed in desk.store.health(desk.now) if feed.next_due)


def requests_each(desk: Newsdesk, publisher: Publisher, step: timedelta, steps: int) -> list[Counter[str]]:
    """Poll every *step*; return how many requests each host got each time."""
    seen = []
    for _ in range(steps):
        publisher.log.clear()
        desk.poll()
        seen.append(Counter(asked.address for asked in publisher.log))
        desk.now += step
    return seen


def test_a_first_start_asks_all_at_once_but_few_at_once_of_each_host(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    desk = open_desk(per_host=3)
    publisher.answers["*"] = Answer(rss("Storm"), delay=0.01)
    desk.subscribe(*(feed(publisher, f"/{host[-1]}-{n}", host) for host in HOSTS for n in range(FEEDS)))
    assert len(desk.poll()) == 2 * FEEDS
    assert [publisher.most_at_once[host] for host in HOSTS] == [3, 3]


def test_feeds_that_were_first_asked_together_do_not_march_in_step(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    desk = open_desk(chance=random.Random(7).random)
    subscribe(desk, publisher)
    desk.poll()
    first, last = dues(desk)[0], dues(desk)[-1]
    assert NOON + 15 * MINUTES <= first < last <= NOON + 30 * MINUTES
    desk.now = NOON + 15 * MINUTES
    seen = requests_each(desk, publisher, MINUTES, 15)
    assert max(count for each in seen for count in each.values()) < FEEDS / 3


def test_each_interval_has_a_little_chance_in_it_and_is_never_shorter(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    desk = open_desk(chance=random.Random(7).random)
    publisher.answers["/feed"] = Answer(rss("Storm"))
    desk.subscribe(feed(publisher))
    desk.poll()
    waits = []
    for _ in range(8):
        desk.now = dues(desk)[0]
        desk.poll()
        waits.append(dues(desk)[0] - desk.now)
    assert len(set(waits)) == 8
    assert all(15 * MINUTES <= wait <= 16.5 * MINUTES for wait in waits)


@pytest.mark.parametrize("away", [HOURS, 7 * DAYS])
def test_after_a_long_sleep_they_come_one_after_another_hosts_mixed(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, away: timedelta
) -> None:
    first = open_desk()
    subscribe(first, publisher)
    first.poll()
    woken = open_desk()
    woken.now = NOON + away
    woken.store.spread(woken.now)  # as the scheduler does when it starts or wakes up
    seen = requests_each(woken, publisher, timedelta(seconds=1), 2 * FEEDS + 1)
    assert sum(sum(each.values()) for each in seen) == 2 * FEEDS
    assert max(max(each.values(), default=0) for each in seen) <= 2


def test_a_thousand_overdue_feeds_are_through_in_ten_minutes(desk: Newsdesk, publisher: Publisher) -> None:
    desk.subscribe(*(feed(publisher, f"/{n}") for n in range(1000)))
    with desk.store.ledger(NOON, [settlement(claim.feed) for claim in desk.store.peek()]):
        pass
    desk.now = NOON + DAYS
    assert desk.store.spread(desk.now) == 1000
    assert desk.now <= dues(desk)[0] and dues(desk)[-1] <= desk.now + 10 * MINUTES


def test_what_is_due_by_a_moment_or_was_never_asked_waits_for_no_turn(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(rss("Storm"))
    desk.subscribe(feed(publisher, "/a"))
    desk.poll()
    desk.after(minutes=15, seconds=30)
    desk.subscribe(feed(publisher, "/a"), feed(publisher, "/new"))
    assert desk.store.spread(desk.now) == 0
    assert sorted(desk.poll()) == ["a", "new"]


def test_a_shorter_interval_in_feeds_yaml_makes_no_burst(desk: Newsdesk, publisher: Publisher) -> None:
    subscribe(desk, publisher, every=6 * HOURS)
    desk.poll()
    desk.after(hours=1)
    subscribe(desk, publisher, every=10 * MINUTES)
    seen = requests_each(desk, publisher, MINUTES, 11)
    assert sum(sum(each.values()) for each in seen) >= 2 * FEEDS
    assert max(count for each in seen for count in each.values()) <= FEEDS / 5


def test_after_a_restart_nothing_is_asked_early(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm"), '"1"')
    desk = open_desk()
    desk.subscribe(feed(publisher))
    desk.poll()
    for minutes in range(1, 15):
        again = open_desk()
        again.subscribe(feed(publisher))
        assert asked_at(again, publisher, minutes * MINUTES) == []
    assert asked_at(open_desk(), publisher, 15 * MINUTES) == [15 * MINUTES]


def test_what_was_answered_when_the_program_stopped_is_not_asked_again_at_its_start(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers |= {"/good": Answer(rss("Storm")), "/slow": [NEVER_A_BYTE, Answer(rss("Sun"))]}
    desk = open_desk()
    desk.subscribe(feed(publisher, "/good"), feed(publisher, "/slow"))
    assert desk.stop_once(lambda: len(publisher.log) == 2) == {"good"}
    again = open_desk()
    again.store.release_all()
    assert list(again.poll()) == ["slow"]


FAILURES = {
    "refused": None,
    "401": Answer(status=401),
    "403": Answer(status=403),
    "404": Answer(status=404),
    "500": Answer(status=500),
    "no feed": Answer(b"<html></html>"),
    "a redirect to nowhere": redirect("gopher://example.org/"),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_failures_double_the_interval_up_to_a_day_and_say_so(
    desk: Newsdesk, publisher: Publisher, answer: Answer | None
) -> None:
    desk.subscribe(feed(publisher))
    if answer:
        publisher.answers["/feed"] = answer
    else:
        publisher.close_port()
    waits = []
    for _ in range(9):
        desk.poll()
        found = health(desk)
        assert found.next_due and found.error and found.state == "failing"
        waits.append(found.next_due - desk.now)
        desk.now = found.next_due
    quarter = 15 * MINUTES
    assert waits == [quarter * 2**n for n in range(7)] + [DAYS, DAYS]
