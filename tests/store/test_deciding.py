"""The program's own way from arrivals into the store: corrections, other articles under an id, restarts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from newsroom import HOUR, NOON, configuration, entry, ingest, subscription

from aggregator.dedupe import Frequencies
from aggregator.model import Choice, Config, Entry
from aggregator.pipeline.deciding import KEPT_EVERY, Decider
from aggregator.store import Store

CONFIG = configuration("one", "two")
DAY = timedelta(days=1)


def weather(day: str, **values: Any) -> Entry:
    return entry(f"Het weer voor {day} in Twente", id="https://one.example/weer", **{"summary": "", **values})


@pytest.fixture
def filled(store: Store) -> Store:
    store.accept(CONFIG, NOON)
    return store


def lines(store: Store) -> list[str]:
    return [line.entry.title for line in store.ticker(Choice(), None, 99)]


def test_another_article_under_the_same_id_is_a_headline_with_a_guid_of_its_own(filled: Store) -> None:
    decider = Decider(CONFIG)
    ingest(filled, decider, {"one": [weather("maandag")]})
    old = filled.headline(1)
    for day, title in enumerate(("dinsdag", "woensdag"), 1):
        ingest(filled, decider, {"one": [weather(title, published=NOON + day * DAY)]}, NOON + day * DAY)
    assert lines(filled) == [weather(day).title for day in ("woensdag", "dinsdag", "maandag")]
    assert filled.headline(1) == old
    assert len({line.guid for line in filled.ticker(Choice(), None, 9)}) == 3


def test_another_article_under_the_same_id_is_told_once(filled: Store) -> None:
    decider = Decider(CONFIG)
    ingest(filled, decider, {"one": [weather("maandag")]})
    ingest(filled, decider, {"one": [weather("dinsdag", published=NOON + DAY)]}, NOON + DAY)
    again = ingest(filled, decider, {"one": [weather("dinsdag", published=NOON + DAY)]}, NOON + DAY + HOUR)
    assert (again.additions, again.revisions) == ((), ())


def test_of_articles_under_one_id_in_one_document_the_first_listed_counts_at_every_poll(
    filled: Store,
) -> None:
    decider = Decider(CONFIG)
    both = [weather("dinsdag"), weather("maandag")]
    for hour in range(4):
        ingest(filled, decider, {"one": both}, NOON + hour * HOUR)
    assert lines(filled) == [weather("dinsdag").title]
    assert filled.counts() == (1, 1)


@pytest.mark.parametrize("known_by", [CONFIG, configuration(subscription("one", dedupe=False), "two")])
def test_a_correction_keeps_headline_and_guid(store: Store, known_by: Config) -> None:
    store.accept(known_by, NOON)
    decider = Decider(known_by)
    first = entry("Pont à Souk el-Khémis réouvert", id="tag:1")
    ingest(store, decider, {"one": [first]})
    line = store.ticker(Choice(), None, 9)[0]
    ingest(store, decider, {"one": [replace(first, title="Le pont de Souk el-Khémis rouvre")]}, NOON + HOUR)
    after = store.ticker(Choice(), None, 9)
    assert [(each.id, each.guid, each.updated) for each in after] == [(line.id, line.guid, NOON + HOUR)]
    assert [former.title for former in after[0].formerly] == [first.title]


def many(count: int) -> list[Entry]:
    return [
        entry(
            f"Kavel {n} van blok{n % 97}z aan koper{n}q gegund", link=f"https://one.example/k/{n}", summary=""
        )
        for n in range(count)
    ]


def test_a_restart_goes_on_with_the_frequencies_that_were_kept(filled: Store) -> None:
    plots, decider = many(KEPT_EVERY), Decider(CONFIG)
    ingest(filled, decider, {"one": plots})
    with filled.ledger(NOON + 5 * DAY, ()) as ledger:
        counts, revision = ledger.frequencies()
        kept = Frequencies(counts).keep()
    assert (kept, revision) == (counts, ledger.revision)
    late = {"two": [entry("Het is stil op de hei", published=NOON + 5 * DAY)]}
    again = Decider(CONFIG)
    ingest(filled, again, late, NOON + 5 * DAY)
    assert decider._index is not None
    assert again._index is not None
    assert len(again._index) == 1  # the plots are out of the window; what words they had is still known
    ingest(filled, decider, {}, NOON + 5 * DAY)
    assert again._index.frequencies.keep() == decider._index.frequencies.keep()


def test_what_came_after_frequencies_were_kept_is_counted_once_after_a_restart(filled: Store) -> None:
    decider = Decider(CONFIG)
    ingest(filled, decider, {"one": many(KEPT_EVERY)})
    ingest(filled, decider, {"two": [entry("Molenaars van Zaanse molens staken", summary="")]}, NOON + HOUR)
    again = Decider(CONFIG)
    ingest(filled, again, {"two": [entry("Het is stil op de hei", summary="")]}, NOON + 2 * HOUR)
    ingest(filled, decider, {}, NOON + 2 * HOUR)
    assert decider._index is not None
    assert again._index is not None
    assert again._index.frequencies.keep() == decider._index.frequencies.keep()


def test_a_program_whose_window_is_empty_still_knows_how_often_words_came(filled: Store) -> None:
    decider = Decider(CONFIG)
    ingest(filled, decider, {"one": many(10)})
    assert decider._index is not None
    before = decider._index.frequencies.keep()
    for day in (9, 10):
        ingest(filled, decider, {}, NOON + day * DAY)
    assert len(decider._index) == 0
    assert decider._index.frequencies.keep() == before


def test_a_program_that_starts_again_decides_as_if_it_had_gone_on(filled: Store) -> None:
    ingest(filled, Decider(CONFIG), {"one": [entry("Veerpont bij Wijk vaart weer na storing")]})
    copy = entry("VEERPONT bij Wijk vaart weer, na storing", link="https://two.example/1")
    plan = ingest(filled, Decider(CONFIG), {"two": [copy]}, NOON + HOUR)
    assert [(each.headline, each.rule) for each in plan.additions] == [(1, "title")]


def test_what_stands_alone_is_compared_with_nothing_and_costs_no_index(store: Store) -> None:
    config = configuration(subscription("one", dedupe=False), "two")
    store.accept(config, NOON)
    decider = Decider(config)
    title = "Molenaars van Zaanse molens staken"
    plan = ingest(store, decider, {"one": [entry(title, id="a"), entry(title, id="b")]})
    assert [addition.rule for addition in plan.additions] == ["founded", "founded"]
    assert decider._index is None
    assert not any(addition.arrival.facts.words for addition in plan.additions)
    changed = ingest(store, decider, {"one": [entry(f"{title}, meldt de bond", id="a")]}, NOON + HOUR)
    assert len(changed.revisions) == 1
    another = ingest(
        store,
        decider,
        {"one": [entry("Het is stil op de hei", id="a", published=NOON + 2 * DAY)]},
        NOON + 2 * DAY,
    )
    assert len(another.succeeded) == 1
    assert decider._index is None
    ingest(store, decider, {"two": [entry(title, id="c")]}, NOON + 2 * DAY)
    assert decider._index is not None
    assert len(decider._index) == 4
