"""Two programs on one PostgreSQL: no feed is asked twice, and per_host holds for both together."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from guest import HOURS, feed, rss
from newsdesk import Newsdesk
from newsroom import NOON
from publisher import Answer, Publisher, redirect

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


def together(desks: Sequence[Newsdesk], done: Callable[[], bool]) -> None:
    """Let all *desks* poll at once."""
    at_once([threading.Thread(target=poll_all, args=(desk, done)) for desk in desks])


def at_once(programs: Sequence[threading.Thread]) -> None:
    for program in programs:
        program.start()
    for program in programs:
        program.join(60)


def at_half(desks: Sequence[Newsdesk], count: int) -> None:
    """Let each of *desks* claim *count* feeds, and then ask for them, all at once."""
    lease = timedelta(minutes=3)
    claims = [desk.store.claim(desk.now, count, desk.name, lease, per_host=2) for desk in desks]
    assert [len(each) for each in claims] == [count] * len(desks)
    shares = zip(desks, claims, strict=True)
    at_once([threading.Thread(target=desk.ask, args=(share,)) for desk, share in shares])


def test_they_share_the_work_and_each_hosts_patience(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(rss("Storm"), delay=0.03)
    desks = [open_desk(per_host=2), open_desk(per_host=2)]
    feeds = [feed(publisher, f"/{host[-1]}-{n}", host) for host in HOSTS for n in range(FEEDS)]
    desks[0].subscribe(*feeds)
    for round_ in (1, 2):
        total = round_ * len(feeds)
        together(desks, done=lambda: len(publisher.log) >= total)  # noqa: B023
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


HUB = "127.0.1.1"


def hosts(count: int) -> list[str]:
    return [f"127.0.0.{n}" for n in range(2, 2 + count)]


def test_where_redirects_lead_per_host_holds_for_both_together_from_the_first_time_on(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    """Many addresses of one service, each of them a host of its own, beside feeds of that service itself."""
    hub = publisher.url("/hub", HUB)
    led = [feed(publisher, f"/{host[-1]}", host) for host in hosts(8)]
    direct = [feed(publisher, f"/direct-{n}", HUB) for n in range(4)]
    publisher.answers |= {f"/{each.key}": redirect(hub) for each in led}
    publisher.answers["*"] = Answer(rss("Storm"), delay=0.05)
    desks = [open_desk(per_host=2), open_desk(per_host=2)]
    desks[0].subscribe(*led, *direct)
    at_half(desks, 5)
    together(desks, done=lambda: len(publisher.log) >= 20)
    assert publisher.most_at_once[HUB] == 2
    assert len(publisher.log) == 20  # nobody was asked a second time because there had been no place
    assert {one.state for one in desks[0].store.health(NOON)} == {"ok"}


def test_hosts_that_redirect_to_each_other_do_not_wait_for_each_other(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    one, other = hosts(2)
    publisher.answers |= {
        "/there": redirect(publisher.url("/a", other)),
        "/back": redirect(publisher.url("/b", one)),
        "*": Answer(rss("Storm"), delay=0.05),
    }
    desks = [open_desk(per_host=1), open_desk(per_host=1)]
    desks[0].subscribe(feed(publisher, "/there", one), feed(publisher, "/back", other))
    at_half(desks, 1)
    assert len(publisher.log) == 4
    assert (publisher.most_at_once[one], publisher.most_at_once[other]) == (1, 1)


def test_a_feed_that_is_known_to_be_led_elsewhere_has_a_lease_on_both_hosts(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    one, *others = hosts(9)
    led = {f"/{n}": redirect(publisher.url("/feed", host)) for n, host in enumerate(others)}
    publisher.answers |= {**led, "*": Answer(rss("Storm"))}
    desk = open_desk(per_host=2)
    desk.subscribe(*(feed(publisher, path, one) for path in led), feed(publisher, "/own", others[0]))
    together([desk], done=lambda: len(publisher.log) >= 17)
    claims = desk.store.claim(NOON + HOURS, 100, "another", timedelta(minutes=3), per_host=2)
    assert sorted(claim.subscription.key for claim in claims) == ["0", "1", "own"]
