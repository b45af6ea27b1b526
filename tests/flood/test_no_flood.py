"""The everyday cases that look like a flood and are none: everything is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from newsroom import HOUR
from paper import Item, Paper, spread
from publisher import Answer

from aggregator.model import Rule


def test_the_first_document_of_a_feed_is_shown_whole(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*(Item(f"Article number {n}", paper.now) for n in range(300)))
    assert (len(paper.shown()), paper.held()) == (300, {})


def test_so_it_is_after_failures_and_after_an_empty_document(paper: Paper) -> None:
    paper.subscribe()
    paper.publisher.answers["*"] = Answer(status=500)
    paper.desk.poll()
    paper.after(days=1).brings()
    paper.after(hours=1).brings(*(Item(f"Article number {n}", paper.now) for n in range(300)))
    assert (len(paper.shown()), paper.held()) == (300, {})


def test_what_new_rules_let_through_is_shown(paper: Paper) -> None:
    paper.subscribe(drop=(Rule((("title", "Sport"),)),))
    sport = [Item(f"Sport result number {n}", paper.now) for n in range(200)]
    paper.brings(*sport, *spread("Town", 20, paper.now, hours=1))
    paper.subscribe()
    paper.after(hours=1).brings()
    assert (len(paper.shown()), paper.held()) == (220, {})


def test_what_a_new_address_brings_is_shown(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*spread("Town", 20, paper.now, hours=1))
    paper.subscribe(path="/other")
    paper.after(hours=1).brings(*(Item(f"Region article number {n}", paper.now) for n in range(200)))
    assert (len(paper.shown()), paper.held()) == (220, {})


@pytest.mark.parametrize("every", [15, 60, 720])
def test_a_busy_feed_is_shown_whole(paper: Paper, every: int) -> None:
    """400 a day, evenly, of which 100 are listed; polled often, or so seldom that some are missed."""
    paper.subscribe()
    gap = 3.6
    paper.brings(*spread("First", 100, paper.now, minutes=gap))
    each = min(100, int(every / gap))
    for n in range(12):
        paper.after(minutes=every).brings(*spread(f"Poll {n}", each, paper.now, minutes=gap), lists=100)
    assert (len(paper.shown()), paper.held()) == (100 + 12 * each, {})


@pytest.mark.parametrize("dated", [True, False])
def test_a_week_of_sleep_is_made_up_for(paper: Paper, dated: bool) -> None:
    """A feed of 20 a day that lists 150; without dates all of them seem to be of now."""

    def told(items: list[Item]) -> list[Item]:
        return items if dated else [replace(item, date=None) for item in items]

    paper.subscribe()
    paper.brings(*told(spread("First", 150, paper.now, hours=1.2)))
    paper.after(days=7).brings(*told(spread("Week", 140, paper.now, hours=1.2)), lists=150)
    assert (len(paper.shown()), paper.held()) == (290, {})


def test_a_publishers_week_of_silence_is_made_up_for(paper: Paper) -> None:
    paper.subscribe(every=12 * HOUR)
    paper.brings(*spread("First", 30, paper.now, hours=2))
    for _ in range(14):
        paper.after(hours=13).brings()
    paper.after(hours=13).brings(*spread("Week", 80, paper.now, hours=2))
    assert (len(paper.shown()), paper.held()) == (110, {})


def test_a_week_of_failures_is_made_up_for(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*(Item(f"First article number {n}") for n in range(20)))
    paper.publisher.answers["*"] = Answer(status=500)
    for _ in range(7):
        paper.after(days=1.1).desk.poll()
    paper.after(days=1.1).brings(*(Item(f"Week article number {n}") for n in range(80)))
    assert (len(paper.shown()), paper.held()) == (100, {})


def test_ten_at_once_from_a_small_feed_are_shown(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(Item("We open on Monday", paper.now))
    paper.after(days=3).brings(*(Item(f"Our page number {n}", paper.now) for n in range(10)))
    assert (len(paper.shown()), paper.held()) == (11, {})


def test_a_weekly_that_stamps_its_whole_issue_with_one_date_is_shown(paper: Paper) -> None:
    paper.subscribe()
    for week in range(4):
        issue = [Item(f"Issue {week}, article number {n}", paper.now) for n in range(60 + 5 * week)]
        paper.brings(*issue, lists=80)
        paper.after(days=7)
    assert (len(paper.shown()), paper.held()) == (60 + 65 + 70 + 75, {})


def test_a_podcasts_back_catalogue_slots_into_the_past(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*spread("Episode", 10, paper.now, days=7))
    old = spread("Earlier episode", 300, paper.now - timedelta(days=80), days=7)
    paper.after(days=1).brings(*old)
    shown = paper.shown()
    assert (len(shown), paper.held()) == (310, {})
    assert shown[:10] == [item.title for item in spread("Episode", 10, paper.now, days=7)]


def test_an_archive_that_bears_one_old_date_slots_into_the_past(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*spread("News", 10, paper.now, days=1))
    paper.after(days=1).brings(
        *(Item(f"Archive page number {n}", datetime(2019, 1, 1, tzinfo=UTC)) for n in range(300))
    )
    assert (len(paper.shown()), paper.held()) == (310, {})


def test_labels_that_a_feed_uses_again_and_again_are_no_copies(paper: Paper) -> None:
    paper.subscribe()
    labels = ("Live", "Weather", "Traffic", "In pictures", "Podcast")

    def day(name: str) -> list[Item]:
        return [
            replace(item, title=labels[n % 5], guid=f"{name}{n}", link=f"https://kust.example/{name}{n}")
            for n, item in enumerate(spread(name, 60, paper.now, minutes=20))
        ]

    paper.brings(*day("first"))
    paper.after(days=1).brings(*day("second"))
    assert (len(paper.shown()), paper.held()) == (120, {})


def test_titles_that_come_again_are_shown_where_the_admin_says_that_the_feed_stands_alone(
    paper: Paper,
) -> None:
    paper.subscribe(dedupe=False)
    towns = [f"The weather in town number {n}" for n in range(60)]
    for day in range(3):
        paper.brings(
            *(
                Item(town, paper.now, f"{day}-{n}", f"https://w.example/{day}-{n}")
                for n, town in enumerate(towns)
            ),
            lists=60,
        )
        paper.after(days=1)
    assert (len(paper.shown()), paper.held()) == (180, {})
