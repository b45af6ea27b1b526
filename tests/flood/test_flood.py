"""The judgement itself: arrivals and habits in, the same arrivals out, some of them held."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from newsroom import HOUR, NOON, entry

from aggregator.dedupe import arrival, hold, rushes
from aggregator.dedupe.flood import MANY
from aggregator.model import Arrival, Habit, Known

MINUTE = timedelta(minutes=1)
QUIET = Habit(read=NOON - MINUTE * 15, a_day=1.0, a_minute=1)


def at_door(count: int, feed: int = 1, apart: timedelta = MINUTE) -> list[Arrival]:
    told = (entry(f"Article number {n}", published=NOON - n * apart) for n in range(count))
    return [arrival(feed, f"feed{feed}", "https://paper.example/rss", each, False, "") for each in told]


def judged(arrivals: list[Arrival], habit: Habit | None) -> Counter[str | None]:
    habits = {1: habit} if habit else {}
    return Counter(each.held for each in hold(arrivals, rushes(arrivals, ()), habits, NOON))


def known_of(arrived: Arrival) -> Known:
    told = arrived.entry
    return Known(1, arrived.feed, arrived.uid, 1, told.title, arrived.facts, told.published, NOON, False)


def test_fifty_at_once_are_never_a_flood_and_fifty_one_may_be() -> None:
    assert judged(at_door(MANY), QUIET) == {None: MANY}
    assert judged(at_door(MANY + 1), QUIET) == {"many": MANY + 1}


def test_only_new_entries_make_a_rush() -> None:
    arrivals = at_door(MANY + 1)
    assert rushes(arrivals, [known_of(arrivals[0])]) == {}
    assert rushes([*at_door(MANY), at_door(1)[0]], ()) == {}


def test_each_feed_is_judged_by_its_own_arrivals() -> None:
    assert rushes([*at_door(MANY), *at_door(MANY, feed=2)], ()) == {}
    assert list(rushes([*at_door(MANY), *at_door(MANY + 1, feed=2)], ())) == [2]


def test_a_feed_without_a_habit_is_not_judged() -> None:
    assert judged(at_door(1000), None) == {None: 1000}


def test_ten_times_an_average_day_is_not_too_many_and_more_is() -> None:
    habit = Habit(QUIET.read, a_day=20.0, a_minute=1)
    assert judged(at_door(200), habit) == {None: 200}
    assert judged(at_door(201), habit) == {"many": 201}


def test_each_day_that_the_feed_was_not_read_may_have_brought_as_much() -> None:
    habit = Habit(NOON - 72 * HOUR, a_day=20.0, a_minute=1)
    assert judged(at_door(600), habit) == {None: 600}
    assert judged(at_door(601), habit) == {"many": 601}


def test_three_times_what_ever_bore_one_date_is_not_too_many_and_more_is() -> None:
    habit = Habit(QUIET.read, a_day=1000.0, a_minute=20)
    assert judged(at_door(60, apart=timedelta(0)), habit) == {None: 60}
    assert judged(at_door(61, apart=timedelta(0)), habit) == {"stamped": 61}


def test_what_is_dated_before_yesterday_and_before_the_last_reading_is_the_past() -> None:
    arrivals = [
        arrival(
            1, "feed1", "https://paper.example/rss", entry(f"Old {n}", published=NOON - 25 * HOUR), False, ""
        )
        for n in range(300)
    ]
    assert judged(arrivals, QUIET) == {None: 300}


def test_the_crowded_day_is_held_and_the_others_are_not() -> None:
    habit = Habit(NOON - 48 * HOUR, a_day=1.0, a_minute=1)
    older = [
        arrival(
            1,
            "feed1",
            "https://paper.example/rss",
            entry(f"Older {n}", published=NOON - (30 + n) * HOUR),
            False,
            "",
        )
        for n in range(10)
    ]
    assert judged([*at_door(300), *older], habit) == {"many": 300, None: 10}


def test_what_the_feed_had_before_is_held_and_the_rest_is_judged_by_its_dates() -> None:
    arrivals = at_door(70, apart=HOUR)
    titles = frozenset(each.facts.title_key for each in arrivals[:60])
    links = frozenset(each.facts.link_key for each in arrivals[:60])
    for habit in (Habit(QUIET.read, 9.0, 9, titles=titles), Habit(QUIET.read, 9.0, 9, links=links)):
        assert judged(arrivals, habit) == {"known": 60, None: 10}


def test_what_is_held_stands_alone_and_the_order_stays() -> None:
    arrivals = at_door(300)
    held = hold(arrivals, rushes(arrivals, ()), {1: QUIET}, NOON)
    assert [each.uid for each in held] == [each.uid for each in arrivals]
    assert all(each.alone for each in held)
