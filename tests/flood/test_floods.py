"""Floods: what a publisher lists anew by the hundred is stored, held out of the ticker, and told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from newsdesk import newsdesks
from newsroom import HOUR, subscription
from paper import Item, Paper, spread
from pebble import ProcessPool
from publisher import Publisher

from aggregator.model import Choice
from aggregator.store import Store

Open = Callable[[str], Paper]


@dataclass(frozen=True)
class History:
    """What a paper brought, in a store of its own, of which each test has a copy."""

    url: str
    paper: Paper


@pytest.fixture(scope="module")
def history(workers: ProcessPool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    """A paper that has brought 300 articles in a month, ten a day, of which it lists the newest 30."""
    url = f"sqlite:///{tmp_path_factory.mktemp('history')}/ticker.db"
    with Publisher() as publisher, newsdesks(workers) as open_one:
        yield History(url, with_history(Paper(open_one(url), publisher)))


@pytest.fixture
def known(history: History, open_paper: Open, either: str) -> Paper:
    """That paper, on each of the two databases."""
    store = Store(either)
    store.create()
    Store(history.url).copy_to(store)
    store.close()
    return as_of(history.paper, open_paper(either))


def as_of(known: Paper, paper: Paper) -> Paper:
    """Let *paper*, a program started on the store of *known*, poll the same publisher at the same moment."""
    paper.desk.now = known.now
    known.publisher.log.clear()
    return replace(paper, publisher=known.publisher, listed=list(known.listed))


def with_history(paper: Paper) -> Paper:
    paper.subscribe()
    paper.brings(*spread("First", 30, paper.now, hours=2.4))
    for day in range(27):
        paper.after(days=1).brings(*spread(f"Day {day}", 10, paper.now, hours=2.4), lists=30)
    paper.after(minutes=15)
    return paper


def articles(paper: Paper) -> list[Item]:
    """Return all that the paper has ever brought, as its ticker has it."""
    lines = paper.desk.store.ticker(Choice(), None, 1000)
    return [Item(line.entry.title, line.published, line.guid, line.entry.link or "") for line in lines]


def renumbered(items: list[Item]) -> list[Item]:
    """Return old articles under new ids at new addresses."""
    return [
        replace(item, guid=f"new-{n}", link=f"https://kust.example/new/{n}") for n, item in enumerate(items)
    ]


def test_old_articles_under_new_ids_are_no_entries_at_all(known: Paper) -> None:
    before = known.shown()
    outcome = known.brings(*(replace(item, guid=f"n{n}") for n, item in enumerate(articles(known))))
    assert (outcome.new, known.shown(), known.health().held) == (0, before, ())


def test_old_articles_under_new_ids_and_addresses_are_held(known: Paper) -> None:
    before = known.shown()
    outcome = known.brings(*renumbered(articles(known)))
    assert (outcome.new, outcome.headlines, outcome.held) == (300, 0, 300)
    assert known.shown() == before
    assert known.held() == {"known": 300}


def test_old_articles_with_new_ids_addresses_and_todays_date_are_held(known: Paper) -> None:
    before = known.shown()
    anew = [
        replace(item, date=known.now - n * timedelta(minutes=4)) for n, item in enumerate(articles(known))
    ]
    known.brings(*renumbered(anew))
    assert known.shown() == before


def test_old_articles_in_new_words_at_their_old_addresses_are_held(known: Paper) -> None:
    before = known.shown()
    known.brings(*(replace(i, title=f"Anew: {i.title}", guid=f"n{n}") for n, i in enumerate(articles(known))))
    assert (known.shown(), known.held()) == (before, {"known": 300})


def test_a_site_that_moves_to_https_and_renumbers_is_no_news(paper: Paper) -> None:
    paper.subscribe()
    old = [
        replace(item, link=f"http://kust.example/{n}", guid=f"http://kust.example/{n}")
        for n, item in enumerate(spread("Story", 300, paper.now, hours=2))
    ]
    paper.brings(*old)
    before = paper.shown()
    paper.after(minutes=15).brings(
        *(replace(i, link=i.link.replace("http:", "https:"), guid=f"?p={n}") for n, i in enumerate(old))
    )
    assert paper.shown() == before


@pytest.mark.parametrize("seconds", [0, 1])
def test_hundreds_of_one_date_are_held(known: Paper, seconds: int) -> None:
    before = known.shown()
    known.brings(
        *(Item(f"Unheard of, part {n}", known.now - timedelta(seconds=seconds * (n % 3))) for n in range(300))
    )
    assert (known.shown(), known.held()) == (before, {"stamped": 300})


def test_hundreds_without_a_date_are_held_in_a_feed_that_gave_dates(known: Paper) -> None:
    before = known.shown()
    known.brings(*(Item(f"Unheard of, part {n}") for n in range(300)))
    assert (known.shown(), known.held()) == (before, {"stamped": 300})


def test_hundreds_dated_at_midnight_today_are_held(known: Paper) -> None:
    before = known.shown()
    known.brings(*(Item(f"Unheard of, part {n}", known.now.replace(hour=0, minute=0)) for n in range(300)))
    assert (known.shown(), known.held()) == (before, {"stamped": 300})


def test_a_thousand_spread_over_today_are_held(known: Paper) -> None:
    before = known.shown()
    known.brings(*spread("Unheard of", 1000, known.now, minutes=1.4))
    assert (known.shown(), known.held()) == (before, {"many": 1000})


def test_a_feed_that_was_read_once_can_flood_already(paper: Paper) -> None:
    paper.subscribe()
    paper.brings(*spread("First", 20, paper.now, hours=3))
    before = paper.shown()
    paper.after(minutes=15).brings(*spread("Unheard of", 300, paper.now, minutes=3))
    assert (paper.shown(), paper.held()) == (before, {"many": 300})


def test_what_is_held_is_in_no_narrowing_no_search_and_no_feed_but_has_its_page(known: Paper) -> None:
    store = known.desk.store
    known.brings(*(Item(f"Unheard of, part {n}", known.now) for n in range(300)))
    for choice in (
        Choice(source="kust"),
        Choice(search="unheard"),
        Choice(day=f"{known.now:%Y-%m-%d}"),
    ):
        assert not [title for title in known.shown(choice) if title.startswith("Unheard")]
    assert not [line for line in store.articles(Choice(), 1000) if line.entry.title.startswith("Unheard")]
    assert store.counts() == (300, 600)
    page = store.headline(301)
    assert page is not None
    assert page.entry.title.startswith("Unheard")
    assert page.lead.rule == "flood"


def test_what_is_held_stays_so_when_it_is_edited_when_feeds_yaml_changes_and_after_a_restart(
    known: Paper, open_paper: Open, either: str
) -> None:
    paper = known
    flood = [
        Item(f"Unheard of, part {n}", paper.now, guid=f"u{n}", link=f"https://kust.example/u{n}")
        for n in range(300)
    ]
    paper.brings(*flood)
    before = paper.shown()
    again = as_of(paper, open_paper(either)).after(hours=1)
    again.subscribe(categories=("coast",), priority=3)
    again.brings(*(replace(item, title=f"{item.title}, corrected") for item in flood))
    assert (again.shown(), again.held()) == (before, {"stamped": 300})
    assert again.shown(Choice(source="kust")) == before


def test_news_that_comes_in_a_flood_elsewhere_is_still_news_from_another_source(known: Paper) -> None:
    known.brings(*(Item(f"Harbour closes after storm number {n}", known.now) for n in range(300)))
    known.after(minutes=15).desk.subscribe(subscription("other", url=known.publisher.url("/other")))
    known.listed = []
    known.brings(Item("Harbour closes after storm number 7", known.now))
    line = known.desk.store.ticker(Choice(), None, 1)[0]
    assert (line.entry.title, line.lead.key) == ("Harbour closes after storm number 7", "other")


def test_after_a_flood_news_flows_again(known: Paper) -> None:
    known.brings(*(Item(f"Unheard of, part {n}", known.now) for n in range(300)))
    known.after(minutes=15).brings(Item("The tide is high tonight", known.now))
    assert known.shown()[0] == "The tide is high tonight"


def test_a_feed_that_has_become_busy_is_held_for_a_day_and_no_longer(paper: Paper) -> None:
    paper.subscribe(every=HOUR)
    paper.brings(*spread("First", 5, paper.now, days=1))
    shown = {}
    for hour in range(30):
        fresh = spread(f"Hour {hour}", 60, paper.after(hours=1).now, minutes=1)
        shown[hour] = paper.brings(*fresh, lists=100).headlines
    assert shown[0] == 0
    assert [shown[hour] for hour in range(26, 30)] == [60] * 4


def test_the_admin_is_told_in_the_log(known: Paper, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        known.brings(*(Item(f"Unheard of, part {n}", known.now) for n in range(300)))
    assert "kust: a flood: 300 of its 300 new entries are held out of the ticker" in caplog.text
