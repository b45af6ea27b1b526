"""Stories in the store: who leads, what is folded, what comes back when the admin wants no stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from newsroom import HOUR, NOON, arrivals, configuration, entry, subscription

from aggregator.model import Addition, Arrival, Choice, Config, Entry, Matching, Plan, Revision
from aggregator.store import Store

ALL = Choice()
FEEDS = ("one", "two", "three")
WITHOUT = configuration(*FEEDS, matching=Matching(stories=False))


def news(title: str, published: datetime = NOON) -> Entry:
    return entry(title, published=published)


FLOOD = news("Crue à Tétouan: deux ponts fermés")
AFTER = news("Les écoles de Tétouan rouvrent lundi", NOON + HOUR)
AID = news("Het leger brengt water naar Tetouan", NOON + 2 * HOUR)


def told(store: Store, key: str, entry: Entry) -> Arrival:
    return arrivals(store, {key: [entry]})[0]


def carry_out(store: Store, now: datetime, *additions: Addition, **values: Sequence[tuple[int, int]]) -> None:
    with store.ledger(now, ()) as ledger:
        ledger.carry_out(Plan(additions, **values))  # type: ignore[arg-type]


def founded(store: Store, row: int, key: str, entry: Entry, headline: int, story: int) -> Addition:
    return Addition(row, headline, told(store, key, entry), "founded", 1.0, guid=entry.id, story=story)


def joined(store: Store, row: int, key: str, entry: Entry, headline: int) -> Addition:
    copy = replace(entry, id=f"{key}/{row}", published=entry.published + HOUR)
    return Addition(row, headline, told(store, key, copy), "title", 0.98, matched=1)


def lines(store: Store) -> list[str]:
    return [line.entry.title for line in store.ticker(ALL, None, 9)]


def ids(store: Store) -> dict[int, str]:
    return {number: line.guid for number in (1, 2, 3) if (line := store.headline(number))}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with three headlines of one event, a source each."""
    store.accept(configuration(*FEEDS), NOON)
    carry_out(
        store,
        NOON + 2 * HOUR,
        founded(store, 1, "one", FLOOD, 1, 1),
        founded(store, 2, "two", AFTER, 2, 1),
        founded(store, 3, "three", AID, 3, 1),
    )
    return store


def test_the_earliest_headline_of_a_story_leads_and_shows_the_others(filled: Store) -> None:
    assert lines(filled) == [FLOOD.title]
    assert [other.title for other in filled.ticker(ALL, None, 9)[0].related] == [AID.title, AFTER.title]


def test_the_headline_with_the_most_sources_leads_its_story_and_no_id_changes(filled: Store) -> None:
    before = ids(filled)
    carry_out(filled, NOON + 3 * HOUR, joined(filled, 4, "one", AFTER, 2))
    assert lines(filled) == [AFTER.title]
    assert ids(filled) == before


def test_another_headline_of_a_story_is_a_change_of_all_of_them(filled: Store) -> None:
    """The JSON feed says how many there are: who asks by date must hear of it."""
    school = news("Tétouan: l'école du centre reste fermée", NOON + 3 * HOUR)
    carry_out(filled, NOON + 9 * HOUR, founded(filled, 4, "one", school, 4, 1))
    assert {line.changed for number in (1, 2, 3, 4) if (line := filled.headline(number))} == {NOON + 9 * HOUR}


def test_more_sources_count_before_a_higher_priority(filled: Store) -> None:
    filled.accept(configuration("one", "two", subscription("three", priority=9)), NOON + 3 * HOUR)
    carry_out(filled, NOON + 4 * HOUR, joined(filled, 4, "one", AFTER, 2))
    assert lines(filled) == [AFTER.title]


def test_another_priority_chooses_another_lead_of_the_story_at_once(filled: Store) -> None:
    before = ids(filled)
    filled.accept(configuration("one", "two", subscription("three", priority=9)), NOON + 3 * HOUR)
    assert lines(filled) == [AID.title]
    assert ids(filled) == before


def test_without_stories_every_headline_has_its_line_and_with_them_again_they_fold(filled: Store) -> None:
    filled.accept(WITHOUT, NOON + 3 * HOUR)
    assert lines(filled) == [AID.title, AFTER.title, FLOOD.title]
    assert all(line.related == () for line in filled.ticker(ALL, None, 9))
    filled.accept(configuration(*FEEDS), NOON + 4 * HOUR)
    assert lines(filled) == [FLOOD.title]


@pytest.mark.parametrize("priority", [0, 9])
def test_without_stories_nothing_that_happens_to_a_headline_folds_it_again(
    filled: Store, priority: int
) -> None:
    feeds = (*FEEDS[:2], subscription("three", priority=priority))
    filled.accept(WITHOUT, NOON + 3 * HOUR)
    filled.accept(configuration(*feeds, matching=Matching(stories=False)), NOON + 3 * HOUR)
    carry_out(filled, NOON + 4 * HOUR, joined(filled, 4, "one", AFTER, 2))
    assert lines(filled) == [AID.title, AFTER.title, FLOOD.title]


def test_switching_stories_off_is_a_change_that_readers_hear_of(filled: Store) -> None:
    before = filled.revision()
    filled.accept(WITHOUT, NOON + 3 * HOUR)
    assert filled.revision() > before


def test_two_stories_that_are_one_have_one_line(store: Store) -> None:
    store.accept(configuration(*FEEDS), NOON)
    carry_out(
        store,
        NOON + HOUR,
        founded(store, 1, "one", FLOOD, 1, 1),
        founded(store, 2, "two", AFTER, 2, 2),
    )
    assert lines(store) == [AFTER.title, FLOOD.title]
    carry_out(store, NOON + 2 * HOUR, founded(store, 3, "three", AID, 3, 1), merged=((2, 1),))
    assert lines(store) == [FLOOD.title]
    assert [store.headline(number).story for number in (1, 2, 3)] == [1, 1, 1]  # type: ignore[union-attr]


def test_every_headline_of_a_story_keeps_its_page(filled: Store) -> None:
    assert [filled.headline(number).entry.title for number in (1, 2, 3)] == [  # type: ignore[union-attr]
        FLOOD.title,
        AFTER.title,
        AID.title,
    ]


def test_a_narrowing_finds_folded_headlines_too(filled: Store) -> None:
    assert [line.entry.title for line in filled.ticker(Choice(source="three"), None, 9)] == [AID.title]


def test_retention_drops_no_lead_from_above_headlines_that_stay(filled: Store) -> None:
    corrected = told(filled, "two", replace(AFTER, title="Les écoles de Tétouan rouvrent mardi"))
    with filled.ledger(NOON + 90 * HOUR, ()) as ledger:
        (known,) = ledger.known([corrected])
        ledger.carry_out(Plan(revisions=(Revision(known, corrected, True),)))
    filled.prune(NOON + 50 * HOUR)
    assert lines(filled) == [FLOOD.title]
    assert [other.title for other in filled.ticker(ALL, None, 9)[0].related] == [corrected.entry.title]
    filled.prune(NOON + 200 * HOUR)
    assert filled.counts() == (0, 0)


def test_a_store_without_stories_in_its_configuration_begins_unfolded(store: Store) -> None:
    config: Config = WITHOUT
    store.accept(config, NOON)
    carry_out(
        store, NOON + HOUR, founded(store, 1, "one", FLOOD, 1, 1), founded(store, 2, "two", AFTER, 2, 2)
    )
    assert lines(store) == [AFTER.title, FLOOD.title]
