"""How we ask, 4: waiting when told, the whole host, over a restart; and never for ever."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from guest import DAYS, HOURS, MINUTES, asked_at, feed, health, http_date, rss
from newsdesk import Newsdesk
from newsroom import NOON
from publisher import Answer, Publisher, redirect

NOTHING = timedelta()
SECOND = timedelta(seconds=1)
GOOD = Answer(rss("Storm"))
OTHER = "127.0.0.9"


def busy(retry_after: str | None, status: int = 503) -> Answer:
    return Answer(status=status, headers={"Retry-After": retry_after} if retry_after is not None else {})


@pytest.mark.parametrize("status", [429, 503, 500, 502, 403])
@pytest.mark.parametrize("retry_after", ["10800", http_date(NOON + 3 * HOURS)], ids=["seconds", "date"])
@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_retry_after_is_obeyed_in_full_and_over_a_restart(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, status: int, retry_after: str, by_hand: bool
) -> None:
    publisher.answers["/feed"] = [busy(retry_after, status), GOOD]
    desk = open_desk()
    desk.subscribe(feed(publisher))
    assert asked_at(desk, publisher, NOTHING, HOURS, by_hand=by_hand) == [NOTHING]
    assert (health(desk).state, health(desk).next_due) == ("waiting", NOON + 3 * HOURS)
    again = open_desk()
    again.subscribe(feed(publisher))
    moments = (2 * HOURS, 3 * HOURS - SECOND, 3 * HOURS)
    assert asked_at(again, publisher, *moments, by_hand=by_hand) == [3 * HOURS]


@pytest.mark.parametrize("status", [304, 302, 301])
def test_a_3xx_may_ask_us_to_wait_too(desk: Newsdesk, publisher: Publisher, status: int) -> None:
    told = Answer(status=status, headers={"Retry-After": "10800", "Location": "/new"})
    publisher.answers["/feed"] = [Answer(rss("Storm"), headers={"ETag": '"1"'}), told]
    publisher.answers["/new"] = Answer(rss("Sun"))
    desk.subscribe(feed(publisher))
    moments = [NOTHING, HOURS, 2 * HOURS, 4 * HOURS - SECOND, 4 * HOURS]
    assert asked_at(desk, publisher, *moments) == [NOTHING, HOURS, 4 * HOURS]
    assert len(publisher.asked("/new")) == (status != 304)  # after the wait, though it is told again


ABSURD = {
    "a word": ("soon", 15 * MINUTES),
    "empty": ("", 15 * MINUTES),
    "negative": ("-100", 15 * MINUTES),
    "not a number": ("nan", 15 * MINUTES),
    "infinite": ("inf", 15 * MINUTES),
    "the past": (http_date(NOON - DAYS), 15 * MINUTES),
    "a broken date": ("Mon, 32 Nov 2026 25:61:00 GMT", 15 * MINUTES),
    "the year 9999": ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * DAYS),
    "huge": ("9" * 30, 7 * DAYS),
    "longer than a line": ("9" * 5000, 7 * DAYS),
    "a month": ("2592000", 7 * DAYS),
}


@pytest.mark.parametrize(("retry_after", "wait"), ABSURD.values(), ids=ABSURD)
@pytest.mark.parametrize("status", [503, 429])
def test_an_absurd_retry_after_is_bounded_and_never_silence_for_ever(
    desk: Newsdesk, publisher: Publisher, retry_after: str, wait: timedelta, status: int
) -> None:
    publisher.answers["/feed"] = [busy(retry_after, status), GOOD]
    desk.subscribe(feed(publisher))
    assert asked_at(desk, publisher, NOTHING, wait - SECOND, wait) == [NOTHING, wait]


@pytest.mark.parametrize(
    ("answer", "wait"),
    [(busy("7200"), 2 * HOURS), (busy("7200", 429), 2 * HOURS), (busy(None, 429), 15 * MINUTES)],
)
def test_the_whole_host_waits_and_no_other(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, answer: Answer, wait: timedelta
) -> None:
    publisher.answers |= {"/busy": answer, "*": GOOD}
    desk = open_desk()
    desk.subscribe(feed(publisher, "/busy"), feed(publisher, "/a", every=6 * HOURS))
    desk.poll()
    later = open_desk()  # after a restart, with two more feeds
    later.now += MINUTES
    later.subscribe(
        feed(publisher, "/busy"),
        feed(publisher, "/a", every=MINUTES),
        feed(publisher, "/b"),
        feed(publisher, "/c", OTHER),
    )
    assert sorted(later.poll()) == ["c"]
    later.now = NOON + wait - SECOND
    assert set(later.poll(by_hand=True)) <= {"c"}
    later.now = NOON + wait + MINUTES
    assert set(later.poll()) >= {"busy", "a", "b"}


@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_a_feed_that_does_not_wait_with_its_host_is_asked_though_another_feed_was_told_to_wait(
    open_desk: Callable[..., Newsdesk], publisher: Publisher, by_hand: bool
) -> None:
    publisher.answers |= {"/busy": busy("7200"), "/led": redirect("/b"), "*": GOOD}
    own = {"wait_with_host": False, "every": 30 * MINUTES}
    feeds = [feed(publisher, "/busy"), feed(publisher, "/a"), feed(publisher, "/b", **own)]
    feeds.append(feed(publisher, "/led", OTHER, **own))
    desk = open_desk()
    desk.subscribe(*feeds)
    desk.poll()
    again = open_desk()  # after a restart
    again.subscribe(*feeds)
    assert {one.key: one.state for one in again.store.health(NOON + MINUTES)} == {
        "busy": "waiting",
        "a": "waiting",
        "b": "ok",
        "led": "ok",
    }
    again.now = NOON + HOURS
    assert sorted(again.poll(by_hand)) == ["b", "led"]


@pytest.mark.parametrize(("answer", "wait"), [(busy("7200"), 2 * HOURS), (busy(None, 429), 15 * MINUTES)])
@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_a_feed_that_does_not_wait_with_its_host_obeys_what_it_was_told_itself(
    desk: Newsdesk, publisher: Publisher, answer: Answer, wait: timedelta, by_hand: bool
) -> None:
    publisher.answers["/feed"] = [answer, GOOD]
    desk.subscribe(feed(publisher, wait_with_host=False, every=MINUTES))
    assert asked_at(desk, publisher, NOTHING, wait - SECOND, wait, by_hand=by_hand) == [NOTHING, wait]


def test_a_feed_that_does_not_wait_with_its_host_is_asked_in_the_very_round_in_which_another_is_told(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers |= {"/last": GOOD, "*": busy("3600", 429)}
    others = [feed(publisher, f"/{n}") for n in range(30)]
    desk.subscribe(*others, feed(publisher, "/last", wait_with_host=False))
    assert desk.poll()["last"].kind == "news"


def test_what_a_feed_that_does_not_wait_with_its_host_is_told_goes_for_the_others(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers |= {"/busy": busy("7200"), "*": GOOD}
    desk.subscribe(feed(publisher, "/busy", wait_with_host=False))
    desk.poll()
    desk.subscribe(feed(publisher, "/busy", wait_with_host=False), feed(publisher, "/a"))
    assert desk.after(hours=1).poll(by_hand=True) == {}


def test_feeds_of_a_host_that_had_enough_are_not_asked_though_they_were_claimed(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["*"] = busy("3600", 429)
    publisher.answers["/other"] = GOOD
    feeds = [feed(publisher, f"/{n}") for n in range(30)]
    desk.subscribe(*feeds, feed(publisher, "/other", OTHER))
    outcomes = desk.poll()
    asked = [each.path for each in publisher.log if each.address == "127.0.0.1"]
    assert 1 <= len(asked) <= desk.polling.per_host
    assert sorted(outcomes) == sorted([path.strip("/") for path in asked] + ["other"])


def test_after_the_wait_they_come_one_after_another_and_not_all_into_the_next_429(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["*"] = [busy("3600", 429), busy("3600", 429), GOOD]
    desk.subscribe(*(feed(publisher, f"/{n}", every=2 * HOURS) for n in range(30)))
    desk.poll()
    before = len(publisher.log)
    at_once = []
    for _ in range(60):
        seen = len(publisher.log)
        desk.now = max(desk.now + 10 * SECOND, NOON + HOURS)
        desk.poll()
        at_once.append(len(publisher.log) - seen)
    assert sum(at_once) >= 30 - before
    assert max(at_once) <= 3


def test_a_host_that_is_only_led_to_is_left_alone_too(desk: Newsdesk, publisher: Publisher) -> None:
    """Many addresses of one service, each of them a host of its own."""
    hub = publisher.url("/hub", "127.0.1.1")
    publisher.answers["*"] = redirect(hub)
    publisher.answers["/hub"] = GOOD
    desk.subscribe(*(feed(publisher, f"/{n}", f"127.0.0.{n}") for n in range(2, 22)))
    desk.poll()
    publisher.answers["/hub"] = busy("7200", 429)
    publisher.log.clear()
    desk.after(hours=1).poll()
    assert len(publisher.asked("/hub")) <= desk.polling.per_host
    publisher.log.clear()
    desk.after(hours=1).poll()
    assert publisher.log == []
    assert desk.poll(by_hand=True) == {}
