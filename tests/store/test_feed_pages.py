"""What a merged feed holds when there is more than it can hold, and the pages behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from newsroom import HOUR, NOON, bring, configuration, entry, replace, subscription

from aggregator.model import Choice
from aggregator.store import Store, choosing

MINUTE = timedelta(minutes=1)
CHOICES = [Choice(), Choice(category="news"), Choice(source="one"), Choice(search="number")]
CONFIG = configuration(subscription("one", categories=("news",)), "two")
NEWS = [entry(f"Number {n}", published=NOON - n * MINUTE, summary="") for n in range(10)]


@pytest.fixture
def store(store: Store) -> Store:
    store.accept(CONFIG, NOON - 24 * HOUR)
    for each in NEWS[::-1]:
        bring(store, {"one": [each]}, each.published)
    return store


def shown(store: Store, choice: Choice, limit: int) -> list[str]:
    return [headline.entry.title for headline in store.articles(choice, limit)]


def walk(store: Store, choice: Choice, limit: int) -> list[list[str]]:
    pages, before = [], None
    while before is not None or not pages:
        headlines, before = store.page(choice, before, limit)
        pages.append([headline.entry.title for headline in headlines])
    return pages


@pytest.mark.parametrize("choice", CHOICES)
def test_pages_follow_each_other_without_a_gap_or_a_repeat_and_end(store: Store, choice: Choice) -> None:
    pages = walk(store, choice, 4)
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [title for page in pages for title in page] == [each.title for each in NEWS]
    assert walk(store, choice, 5)[1:] == [[each.title for each in NEWS[5:]]]
    assert walk(store, choice, 10) == [[each.title for each in NEWS]]


@pytest.mark.parametrize("choice", CHOICES)
def test_a_changed_old_headline_is_repeated_in_its_place(store: Store, choice: Choice) -> None:
    bring(store, {"one": [replace(NEWS[8], title="Number 8, corrected")]}, NOON + MINUTE)
    assert shown(store, choice, 4) == ["Number 0", "Number 1", "Number 2", "Number 8, corrected"]


@pytest.mark.parametrize("choice", CHOICES)
def test_so_it_is_where_so_much_changed_that_it_is_found_another_way(
    store: Store, choice: Choice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "FEW", 0)
    test_a_changed_old_headline_is_repeated_in_its_place(store, choice)


@pytest.mark.parametrize("choice", CHOICES)
def test_what_gives_way_to_a_changed_one_begins_the_next_page(store: Store, choice: Choice) -> None:
    bring(store, {"one": [replace(NEWS[8], title="Number 8, corrected")]}, NOON + MINUTE)
    pages = walk(store, choice, 4)
    assert pages[1:] == [
        ["Number 3", "Number 4", "Number 5", "Number 6"],
        ["Number 7", "Number 8, corrected", "Number 9"],
    ]


@pytest.mark.parametrize("choice", CHOICES)
def test_what_comes_late_is_told_though_it_is_older_than_all_that_is_shown(
    store: Store, choice: Choice
) -> None:
    bring(store, {"one": [entry("Number late", published=NOON - HOUR)]}, NOON + MINUTE)
    assert shown(store, choice, 4) == ["Number 0", "Number 1", "Number 2", "Number late"]


@pytest.mark.parametrize("choice", CHOICES)
def test_somebodys_old_archive_is_not_told_as_news(store: Store, choice: Choice) -> None:
    bring(store, {"one": [entry("Number old", published=NOON - 30 * HOUR)]}, NOON + MINUTE)
    assert shown(store, choice, 4) == [each.title for each in NEWS[:4]]


@pytest.mark.parametrize("choice", CHOICES)
def test_of_what_came_at_once_the_newest_is_told(store: Store, choice: Choice) -> None:
    more = [entry(f"Number {20 + n}", summary="", published=NOON + (9 - n) * MINUTE) for n in range(9)]
    bring(store, {"one": more}, NOON + 10 * MINUTE)
    assert shown(store, choice, 8) == [each.title for each in more[:8]]


def test_another_count_of_reactions_is_no_change(store: Store) -> None:
    bring(store, {"one": [replace(NEWS[8], comments=5)]}, NOON + MINUTE)
    assert shown(store, Choice(), 4) == [each.title for each in NEWS[:4]]


def test_where_much_changed_at_once_the_last_changes_are_told_and_news_comes_first(store: Store) -> None:
    for number in (9, 8, 7):
        changed = replace(NEWS[number], title=f"Number {number}, corrected")
        bring(store, {"one": [changed]}, NOON + (10 - number) * MINUTE)
    assert shown(store, Choice(), 4) == ["Number 0", "Number 1", "Number 2", "Number 7, corrected"]
    assert walk(store, Choice(), 4)[1][0] == "Number 3"


def test_another_priority_does_not_crowd_out_the_news(store: Store) -> None:
    """It lets another source speak for many old headlines at once: each of these has changed."""
    for each in NEWS[2:]:
        bring(store, {"two": [replace(each, id=f"copy of {each.id}")]}, NOON)
    store.accept(
        replace(CONFIG, subscriptions=(subscription("one"), subscription("two", priority=9))), NOON + MINUTE
    )
    assert shown(store, Choice(), 4)[:3] == ["Number 0", "Number 1", "Number 2"]
