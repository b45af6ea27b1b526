"""How we ask, 1: not at all while the answer is fresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from guest import DAYS, HOURS, MINUTES, asked_at, feed, http_date, rss
from newsdesk import Newsdesk
from newsroom import NOON
from publisher import Answer, Publisher, conditional

NOTHING = timedelta()
MORNING = "".join(f"<hour>{hour}</hour>" for hour in (12, 13, 14))

FRESH_FOR_TWO_HOURS = {
    "max-age": {"Cache-Control": "public, max-age=7200"},
    "max-age less Age": {"Cache-Control": "max-age=9000", "Age": "1800"},
    "max-age and not Expires": {"Cache-Control": "max-age=7200", "Expires": http_date(NOON)},
    "Expires less Date": {"Date": http_date(NOON - DAYS), "Expires": http_date(NOON - DAYS + 2 * HOURS)},
}


@pytest.mark.parametrize("headers", FRESH_FOR_TWO_HOURS.values(), ids=FRESH_FOR_TWO_HOURS)
@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_a_fresh_answer_is_not_asked_for_again_not_even_by_hand(
    desk: Newsdesk, publisher: Publisher, headers: dict[str, str], by_hand: bool
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers=headers)
    desk.subscribe(feed(publisher))
    moments = (NOTHING, HOURS, 2 * HOURS - MINUTES, 2 * HOURS)
    assert asked_at(desk, publisher, *moments, by_hand=by_hand) == [NOTHING, 2 * HOURS]


SLOW_FEEDS = {
    "ttl": "<ttl>120</ttl>",
    "updatePeriod": "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>",
}


@pytest.mark.parametrize("channel", SLOW_FEEDS.values(), ids=SLOW_FEEDS)
@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_what_the_feed_says_of_its_pace_counts_on_200_304_and_an_equal_body(
    desk: Newsdesk, publisher: Publisher, channel: str, by_hand: bool
) -> None:
    publisher.answers["/feed"] = [
        Answer(rss("Storm", channel=channel), headers={"ETag": '"1"'}),
        Answer(status=304),
        Answer(rss("Storm", channel=channel), headers={"ETag": '"1"'}),
    ]
    desk.subscribe(feed(publisher))
    moments = [n * HOURS for n in range(7)]
    assert asked_at(desk, publisher, *moments, by_hand=by_hand) == moments[::2]


def test_the_freshness_of_a_304_counts_as_that_of_a_200(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={"ETag": '"1"'}),
        Answer(status=304, headers={"ETag": '"1"', "Cache-Control": "max-age=7200"}),
    ]
    desk.subscribe(feed(publisher))
    moments = [n * HOURS for n in range(6)]
    assert asked_at(desk, publisher, *moments) == [NOTHING, HOURS, 3 * HOURS, 5 * HOURS]


def test_a_304_that_does_not_repeat_the_freshness_keeps_it(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={"ETag": '"1"', "Cache-Control": "max-age=7200"}),
        Answer(status=304),
    ]
    desk = open_desk()
    desk.subscribe(feed(publisher))
    assert asked_at(desk, publisher, NOTHING, 2 * HOURS) == [NOTHING, 2 * HOURS]
    again = open_desk()  # also after a restart
    assert asked_at(again, publisher, 3 * HOURS, 4 * HOURS, 5 * HOURS) == [4 * HOURS]


@pytest.mark.parametrize("headers", [{"Cache-Control": "max-age=1"}, {"Cache-Control": "no-cache"}, {}])
def test_the_floor_holds_where_the_server_asks_for_less(
    desk: Newsdesk, publisher: Publisher, headers: dict[str, str]
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers=headers)
    desk.subscribe(feed(publisher, every=timedelta(seconds=1)))
    floor = desk.polling.floor
    assert asked_at(desk, publisher, NOTHING, floor / 2, floor) == [NOTHING, floor]


@pytest.mark.parametrize(
    ("headers", "channel"), [({"Cache-Control": "max-age=31536000"}, ""), ({}, "<ttl>525600</ttl>")]
)
def test_silliness_lasts_a_day(
    desk: Newsdesk, publisher: Publisher, headers: dict[str, str], channel: str
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm", channel=channel), headers=headers)
    desk.subscribe(feed(publisher))
    assert asked_at(desk, publisher, NOTHING, DAYS - MINUTES, DAYS) == [NOTHING, DAYS]


@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_hours_that_the_feed_skips_are_skipped(desk: Newsdesk, publisher: Publisher, by_hand: bool) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm", channel=f"<skipHours>{MORNING}</skipHours>"), '"1"')
    desk.subscribe(feed(publisher))
    moments = [n * 30 * MINUTES for n in range(8)]
    assert asked_at(desk, publisher, *moments, by_hand=by_hand) == [NOTHING, 3 * HOURS, 3.5 * HOURS]


@pytest.mark.parametrize("by_hand", [False, True], ids=["scheduled", "by hand"])
def test_days_that_the_feed_skips_are_skipped(desk: Newsdesk, publisher: Publisher, by_hand: bool) -> None:
    channel = "<skipDays><day>Monday</day><day>Tuesday</day></skipDays>"  # noon is a Monday's
    publisher.answers["/feed"] = conditional(rss("Storm", channel=channel), '"1"')
    desk.subscribe(feed(publisher))
    moments = [NOTHING, 6 * HOURS, DAYS, 1.5 * DAYS - MINUTES, 1.5 * DAYS]
    assert asked_at(desk, publisher, *moments, by_hand=by_hand) == [NOTHING, 1.5 * DAYS]


def test_who_sleeps_and_wakes_up_in_an_hour_that_the_feed_skips_waits_for_its_end(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm", channel=f"<skipHours>{MORNING}</skipHours>"), '"1"')
    first = open_desk()
    first.now = NOON - 3 * HOURS
    first.subscribe(feed(publisher))
    first.poll()
    woken = open_desk()
    assert asked_at(woken, publisher, DAYS, DAYS + 2 * HOURS, DAYS + 3 * HOURS) == [DAYS + 3 * HOURS]


def test_a_feed_that_skips_all_hours_has_said_nothing(desk: Newsdesk, publisher: Publisher) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    publisher.answers["/feed"] = Answer(rss("Storm", channel=f"<skipHours>{hours}</skipHours>"))
    desk.subscribe(feed(publisher))
    assert asked_at(desk, publisher, NOTHING, 15 * MINUTES) == [NOTHING, 15 * MINUTES]


def test_a_shorter_interval_in_feeds_yaml_does_not_outdo_what_the_server_said(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers={"Cache-Control": "max-age=7200"})
    desk.subscribe(feed(publisher, every=3 * HOURS))
    desk.poll()
    desk.subscribe(feed(publisher, every=5 * MINUTES))
    assert asked_at(desk, publisher, HOURS, 2 * HOURS - MINUTES, 2 * HOURS + 5 * MINUTES) == [
        2 * HOURS + 5 * MINUTES
    ]
