"""Two programs on one PostgreSQL: no feed is asked twice, and per_host holds for both together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from guest import HOURS, feed, rss
from newsdesk import Newsdesk
from newsroom import NOON
from publisher import Answer, Publisher

FEEDS, HOSTS = 16, ("127.0.0.1", "127.0.0.2")

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres: str) -> str:
    return postgres


def poll_all(desk: Newsdesk, done: Callable[[], bool]) -> None:
    for _ in range(500):
        desk.poll()
        if done():
            return


def test_they_share_the_work_and_each_hosts_patience(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(rss("Storm"), delay=0.03)
    desks = [open_desk(per_host=2), open_desk(per_host=2)]
    feeds = [feed(publisher, f"/{host[-1]}-{n}", host) for host in HOSTS for n in range(FEEDS)]
    desks[0].subscribe(*feeds)
    for round_ in (1, 2):
        total = round_ * len(feeds)
        programs = [
            threading.Thread(target=poll_all, args=(desk, lambda: len(publisher.log) >= total))  # noqa: B023
            for desk in desks
        ]
        for program in programs:
            program.start()
        for program in programs:
            program.join(60)
        for desk in desks:
            desk.after(hours=1)
    asked = Counter(each.path for each in publisher.log)
    assert set(asked.values()) == {2} and len(asked) == len(feeds)
    assert max(publisher.most_at_once[host] for host in HOSTS) <= 2


def test_live_leases_of_another_program_count_and_ended_ones_do_not(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    store = open_desk().store
    desk = open_desk()
    desk.subscribe(*(feed(publisher, f"/{n}") for n in range(9)), feed(publisher, "/else", "127.0.0.2"))

    def claim(now: timedelta, owner: str) -> list[str]:
        claims = store.claim(NOON + now, 100, owner, timedelta(minutes=3), per_host=3)
        return sorted(claim.subscription.key for claim in claims)

    assert claim(timedelta(), "one") == ["0", "1", "2", "else"]
    assert claim(timedelta(), "two") == []
    store.release("one")
    assert len(claim(timedelta(), "two")) == 4
    assert len(claim(HOURS, "one")) == 4


def test_a_wait_that_one_was_told_of_is_kept_by_the_other(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(status=429, headers={"Retry-After": "3600"})
    one, other = open_desk(per_host=2), open_desk(per_host=2)
    one.subscribe(*(feed(publisher, f"/{n}") for n in range(9)))
    one.poll()
    told = len(publisher.log)
    assert other.after(minutes=30).poll() == {}
    assert len(publisher.log) == told <= 2
