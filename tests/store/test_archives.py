"""Days that are over: which headlines are in their archives, and that nothing changes them any more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from newsroom import HOUR, NOON, bring, configuration, entry, replace, subscription

from aggregator.model import Archive, Choice, Config, Matching, Site
from aggregator.store import Store
from aggregator.store.tables import headlines

DAY = timedelta(days=1)
MIDNIGHT = NOON.replace(hour=23)  # in Casablanca, which is an hour ahead of UTC
CONFIG = configuration(
    "one", "two", site=Site("De Draad", "https://draad.example/", timezone="Africa/Casablanca")
)


@pytest.fixture
def store(store: Store) -> Store:
    store.accept(CONFIG, NOON - 3 * DAY)
    return store


def titles(archive: Archive | None) -> list[str]:
    assert archive is not None
    return [headline.entry.title for headline in archive.headlines]


def days(store: Store) -> list[str]:
    return [kept.name for kept in store.archives()]


def test_a_day_is_kept_when_it_is_over_and_something_arrived_after_it(store: Store) -> None:
    bring(store, {"one": [entry("Monday")]}, NOON)
    assert store.keep_days(MIDNIGHT - HOUR) == 0
    assert store.keep_days(MIDNIGHT + HOUR) == 0  # nothing came yet: the next day is not known
    bring(store, {"one": [entry("Tuesday", published=MIDNIGHT + HOUR)]}, MIDNIGHT + HOUR)
    assert (store.keep_days(MIDNIGHT + HOUR), store.keep_days(MIDNIGHT + HOUR)) == (1, 0)
    archive = store.archive("2026-11-23")
    assert archive is not None
    assert (archive.previous, archive.following, archive.made) == (None, "2026-11-24", MIDNIGHT + HOUR)
    assert titles(archive) == ["Monday"]
    assert archive.site == CONFIG.site


def test_a_day_ends_at_midnight_in_the_sites_zone(store: Store) -> None:
    minute = timedelta(minutes=1)
    bring(store, {"one": [entry("Before")]}, MIDNIGHT - minute)
    bring(store, {"one": [entry("After")]}, MIDNIGHT + minute)
    store.keep_days(MIDNIGHT + HOUR)
    assert titles(store.archive("2026-11-23")) == ["Before"]


def test_what_comes_late_belongs_to_the_day_that_it_came(store: Store) -> None:
    bring(store, {"one": [entry("Monday")]}, NOON)
    bring(store, {"one": [entry("Late", published=NOON - HOUR)]}, NOON + DAY)
    bring(store, {"one": [entry("Wednesday", published=NOON + 2 * DAY)]}, NOON + 2 * DAY)
    assert store.keep_days(NOON + 2 * DAY) == 2
    assert titles(store.archive("2026-11-23")) == ["Monday"]
    assert titles(store.archive("2026-11-24")) == ["Late"]


def test_days_without_news_are_skipped(store: Store) -> None:
    for distance in (0, 3, 4):
        bring(
            store, {"one": [entry(f"Day {distance}", published=NOON + distance * DAY)]}, NOON + distance * DAY
        )
    assert store.keep_days(NOON + 4 * DAY) == 2
    assert days(store) == ["2026-11-26", "2026-11-23"]
    chain = [store.archive(day) for day in days(store)]
    assert [(each.previous, each.following) for each in chain if each] == [
        ("2026-11-23", "2026-11-27"),
        (None, "2026-11-26"),
    ]


def test_what_is_held_out_of_the_ticker_is_in_no_archive(store: Store) -> None:
    bring(store, {"one": [entry("Monday"), entry("Flood")]}, NOON)
    bring(store, {"one": [entry("Tuesday")]}, NOON + DAY)
    with store._engine.begin() as connection:
        connection.execute(
            sa.update(headlines).where(headlines.c.guid == entry("Flood").id).values(held="many")
        )
    store.keep_days(NOON + DAY)
    assert titles(store.archive("2026-11-23")) == ["Monday"]


def test_the_newest_stand_first(store: Store) -> None:
    bring(store, {"one": [entry("Noon"), entry("Eleven", published=NOON - HOUR)]}, NOON)
    bring(store, {"two": [entry("Half past", published=NOON - HOUR / 2)]}, NOON + HOUR)
    bring(store, {"one": [entry("Tomorrow", published=NOON + DAY)]}, NOON + DAY)
    store.keep_days(NOON + DAY)
    assert titles(store.archive("2026-11-23")) == ["Noon", "Half past", "Eleven"]


def test_nothing_that_happens_afterwards_changes_an_archive(store: Store) -> None:
    monday = entry("Dijk bij Lith dicht", id="dike", summary="", comments=1)
    bring(store, {"one": [monday, entry("Other")]}, NOON)
    bring(store, {"one": [entry("Tuesday", published=NOON + DAY)]}, NOON + DAY)
    store.keep_days(NOON + DAY)
    before = store.archive("2026-11-23")
    corrected = replace(monday, title="Dijk bij Lith na tien dagen dicht", comments=9)
    bring(store, {"one": [corrected]}, NOON + DAY + HOUR)
    bring(store, {"two": [replace(corrected, id="copy")]}, NOON + DAY + HOUR)  # another source
    leading = replace(
        CONFIG,
        subscriptions=(subscription("one", title="Another name"), subscription("two", priority=9)),
        site=replace(CONFIG.site, title="Another title", timezone="Pacific/Auckland"),
    )
    store.accept(leading, NOON + DAY + HOUR)
    assert store.ticker(Choice(), None, 9)[1].lead.key == "two"
    store.accept(replace(leading, subscriptions=(subscription("two"),)), NOON + DAY + HOUR)
    store.keep_days(NOON + DAY + HOUR)
    assert store.archive("2026-11-23") == before


def test_another_time_zone_changes_no_archive_and_loses_no_headline(store: Store) -> None:
    bring(store, {"one": [entry("Monday")]}, NOON)
    bring(store, {"one": [entry("Tuesday")]}, MIDNIGHT)
    store.keep_days(MIDNIGHT)
    west: Config = replace(CONFIG, site=replace(CONFIG.site, timezone="America/Los_Angeles"))  # Monday again
    store.accept(west, MIDNIGHT)
    bring(store, {"one": [entry("Monday again")]}, MIDNIGHT + HOUR)
    bring(store, {"one": [entry("Later")]}, NOON + 2 * DAY)
    store.keep_days(NOON + 2 * DAY)
    assert titles(store.archive("2026-11-23")) == ["Monday"]
    assert titles(store.archive("2026-11-24")) == ["Monday again", "Tuesday"]


def test_a_clock_that_was_ahead_holds_up_no_archive(store: Store) -> None:
    bring(store, {"one": [entry("Monday")]}, NOON)
    bring(store, {"one": [entry("Next year")]}, NOON + 365 * DAY)
    bring(store, {"one": [entry("Monday still")]}, NOON + HOUR)
    for distance in (1, 2):
        bring(store, {"one": [entry(f"Day {distance}")]}, NOON + distance * DAY)
    assert store.keep_days(NOON + 2 * DAY) == 2
    assert sorted(titles(store.archive("2026-11-23"))) == ["Monday", "Monday still", "Next year"]
    assert titles(store.archive("2026-11-24")) == ["Day 1"]


def test_a_store_that_has_none_yet_gets_all_of_its_days(store: Store) -> None:
    for distance in range(5):
        bring(store, {"one": [entry(f"Day {distance}", published=NOON)]}, NOON + distance * DAY)
    assert store.keep_days(NOON + 4 * DAY) == 4
    told = [title for day in days(store) for title in titles(store.archive(day))]
    assert told == ["Day 3", "Day 2", "Day 1", "Day 0"]


def test_two_programs_keep_each_day_once(store: Store, url: str) -> None:
    for distance in range(9):
        bring(store, {"one": [entry(f"Day {distance}", published=NOON)]}, NOON + distance * DAY)
    stores = [Store(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda each: each.keep_days(NOON + 8 * DAY), stores))
    assert sum(counts) == len(days(store)) == 8
    for each in stores:
        each.close()


def test_the_revision_tells_of_a_new_archive(store: Store) -> None:
    bring(store, {"one": [entry("Monday")]}, NOON)
    bring(store, {"one": [entry("Tuesday")]}, NOON + DAY)
    before = store.revision()
    store.keep_days(NOON + DAY)
    assert store.revision() == before + 1


def test_retention_drops_archives_with_their_headlines(store: Store) -> None:
    for distance in range(4):
        bring(store, {"one": [entry(f"Day {distance}")]}, NOON + distance * DAY)
    store.keep_days(NOON + 3 * DAY)
    store.prune(NOON + DAY)
    assert days(store) == ["2026-11-25", "2026-11-24"]
    before = store.revision()
    store.prune(NOON + 9 * DAY)
    assert days(store) == ["2026-11-25"]  # the next one begins after it
    assert store.revision() > before


def test_a_busy_day_has_several_archives_and_each_names_its_neighbours(store: Store) -> None:
    for hour in range(5):
        bring(store, {"one": [entry(f"Hour {hour}", published=NOON - hour * HOUR)]}, NOON + hour * HOUR)
    bring(store, {"one": [entry("Tuesday", published=NOON + DAY)]}, NOON + DAY)
    bring(store, {"one": [entry("Wednesday", published=NOON + 2 * DAY)]}, NOON + 2 * DAY)
    assert store.keep_days(NOON + 2 * DAY, most=2) == 4
    kept = [store.archive(each.name) for each in store.archives()]
    assert [(each.name, each.previous, each.following) for each in kept if each] == [
        ("2026-11-24", "2026-11-23/3", "2026-11-25"),
        ("2026-11-23/3", "2026-11-23/2", "2026-11-24"),
        ("2026-11-23/2", "2026-11-23", "2026-11-23/3"),
        ("2026-11-23", None, "2026-11-23/2"),
    ]
    assert [titles(each) for each in kept] == [
        ["Tuesday"],
        ["Hour 4"],
        ["Hour 2", "Hour 3"],
        ["Hour 0", "Hour 1"],
    ]


def test_more_than_ten_archives_of_a_day_stand_in_their_order(store: Store) -> None:
    news = [entry(f"Number {n}", published=NOON - n * HOUR) for n in range(12)]
    bring(store, {"one": news}, NOON)
    bring(store, {"one": [entry("Tuesday", published=NOON + DAY)]}, NOON + DAY)
    assert store.keep_days(NOON + DAY, most=1) == 12
    assert days(store)[:3] == ["2026-11-23/12", "2026-11-23/11", "2026-11-23/10"]
    assert days(store)[-2:] == ["2026-11-23/2", "2026-11-23"]


def test_a_day_of_which_nothing_is_shown_any_more_keeps_the_chain_whole(store: Store) -> None:
    one, other = entry("Havenstad bouwt een brug"), entry("Een heel ander bericht", id="other")
    bring(store, {"one": [entry("Monday")]}, NOON)
    bring(store, {"one": [one]}, NOON + DAY)
    store.keep_days(NOON + DAY)
    bring(store, {"one": [other]}, NOON + 2 * DAY)
    same = replace(CONFIG, matching=Matching(same=((entry("Monday").id, one.id),)))
    store.accept(same, NOON + 2 * DAY)  # Tuesday's headline is a copy of Monday's, says the admin
    assert store.keep_days(NOON + 2 * DAY) == 1
    assert titles(store.archive("2026-11-24")) == []
