"""What feeds.yaml says is one headline, or is not: done at once, to what is stored and what comes; undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from newsroom import HOUR, NOON, arrivals, configuration, entry, ingest, subscription

from aggregator.model import Choice, Config, Entry, FormerTitle, Matching
from aggregator.pipeline.deciding import Decider
from aggregator.store import Store

ALL = Choice()
Pairs = tuple[tuple[str, str], ...]


def news(title: str, at: str, **values: Any) -> Entry:
    return entry(title, id=f"tag:{at}", link=f"https://{at}.example/{title[:4]}", **{"summary": "", **values})


BRIDGE = news("Brug over de Vecht gaat een maand dicht", "one")
COPY = news("Brug over de Vecht gaat een maand dicht", "two", published=NOON + HOUR)
CROSSING = news("Oversteek bij Maarssen tot zomer onmogelijk", "three", published=NOON + 2 * HOUR)
MARKET = news("افتتاح سوق السمك الجديد في آسفي", "four", published=NOON + 3 * HOUR)
FEEDS = ("one", "two", "three", "four")
NEWS = {"one": [BRIDGE], "two": [COPY], "three": [CROSSING], "four": [MARKET]}


def said(same: Pairs = (), different: Pairs = (), stories: bool = True) -> Config:
    return configuration(*FEEDS, matching=Matching(same=same, different=different, stories=stories))


def lines(store: Store) -> dict[str, list[str]]:
    """Return the sources of each line of the ticker."""
    return {line.entry.title: [source.key for source in line.sources] for line in store.ticker(ALL, None, 99)}


def rows(url: str) -> dict[str, Sequence[Any]]:
    """Return all that a reader could see, and where it hangs; not when it last changed."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = {
            name: connection.execute(sa.text(wanted)).all()
            for name, wanted in {
                "entries": "SELECT id, uid, headline, title, rule, score, matched, words FROM entries"
                " ORDER BY id",
                "headlines": "SELECT id, guid, lead, story, under, published, held, merged_into"
                " FROM headlines WHERE id IN (SELECT headline FROM entries) ORDER BY id",
                "terms": "SELECT * FROM terms ORDER BY headline, term",
                "titles": "SELECT * FROM headline_titles ORDER BY id",
                "moves": "SELECT * FROM overrides",
            }.items()
        }
    engine.dispose()
    return found


@pytest.fixture
def filled(store: Store) -> Store:
    store.accept(said(), NOON)
    ingest(store, Decider(said()), NEWS, NOON + 4 * HOUR)
    assert lines(store) == {
        MARKET.title: ["four"],
        CROSSING.title: ["three"],
        BRIDGE.title: ["one", "two"],
    }
    return store


@pytest.mark.parametrize("one", [BRIDGE.id, BRIDGE.link, BRIDGE.title, BRIDGE.title.upper()])
@pytest.mark.parametrize("other", [CROSSING.id, CROSSING.link, CROSSING.title])
def test_what_is_said_to_be_the_same_is_one_line_at_once(filled: Store, one: str, other: str) -> None:
    filled.accept(said(same=((one, other),)), NOON + 5 * HOUR)
    assert lines(filled) == {MARKET.title: ["four"], BRIDGE.title: ["one", "two", "three"]}


@pytest.mark.parametrize(
    ("one", "other"), [(BRIDGE.id, COPY.id), (COPY.id, BRIDGE.id), (BRIDGE.link, COPY.link)]
)
def test_what_is_said_to_be_different_is_two_lines_at_once(filled: Store, one: str, other: str) -> None:
    filled.accept(said(different=((one, other),)), NOON + 5 * HOUR)
    found = [[source.key for source in line.sources] for line in filled.ticker(ALL, None, 99)]
    assert sorted(found) == [["four"], ["one"], ["three"], ["two"]]
    guids = [line.guid for line in filled.ticker(ALL, None, 99)]
    assert len(set(guids)) == 4


def test_a_pair_holds_for_what_comes_later(store: Store) -> None:
    config = said(same=((BRIDGE.title, CROSSING.title),), different=((BRIDGE.id, COPY.id),))
    store.accept(config, NOON)
    decider = Decider(config)
    for key, told in NEWS.items():
        ingest(store, decider, {key: told}, NOON + 4 * HOUR)
    found = sorted(sorted(source.key for source in line.sources) for line in store.ticker(ALL, None, 99))
    assert found == [["four"], ["one", "three"], ["two"]]


CHAINS = {
    "same": said(same=((BRIDGE.id, CROSSING.id),)),
    "different": said(different=((BRIDGE.id, COPY.id),)),
    "a chain": said(same=((CROSSING.id, MARKET.id), (BRIDGE.id, CROSSING.id))),
    "both": said(same=((COPY.id, MARKET.id), (CROSSING.id, MARKET.id)), different=((BRIDGE.id, COPY.id),)),
}


@pytest.mark.parametrize("config", CHAINS.values(), ids=CHAINS)
def test_what_a_pair_did_is_undone_when_it_leaves_feeds_yaml(url: str, filled: Store, config: Config) -> None:
    before, shown = rows(url), filled.ticker(ALL, None, 99)
    filled.accept(config, NOON + 5 * HOUR)
    assert rows(url) != before
    filled.accept(said(), NOON + 6 * HOUR)
    assert rows(url) == before
    again = filled.ticker(ALL, None, 99)
    assert [replace(line, updated=NOON, changed=NOON) for line in again] == [
        replace(line, updated=NOON, changed=NOON) for line in shown
    ]


@pytest.mark.parametrize("config", CHAINS.values(), ids=CHAINS)
def test_a_pair_that_comes_and_goes_and_comes_back_does_the_same_under_the_same_ids(
    filled: Store, config: Config
) -> None:
    filled.accept(config, NOON + 5 * HOUR)
    first = {line.id: (line.guid, line.sources) for line in filled.ticker(ALL, None, 99)}
    filled.accept(said(), NOON + 6 * HOUR)
    filled.accept(config, NOON + 7 * HOUR)
    assert {line.id: (line.guid, line.sources) for line in filled.ticker(ALL, None, 99)} == first


def test_of_a_chain_what_is_left_still_holds_when_the_first_pair_leaves(filled: Store) -> None:
    whole = said(same=((BRIDGE.id, CROSSING.id), (CROSSING.id, MARKET.id)))
    filled.accept(whole, NOON + 5 * HOUR)
    assert lines(filled) == {BRIDGE.title: ["one", "two", "three", "four"]}
    filled.accept(said(same=((CROSSING.id, MARKET.id),)), NOON + 6 * HOUR)
    assert lines(filled) == {BRIDGE.title: ["one", "two"], CROSSING.title: ["three", "four"]}


def test_a_copy_that_is_said_to_be_different_does_not_take_its_original_along(filled: Store) -> None:
    joined = said(same=((BRIDGE.id, MARKET.id),), different=((COPY.id, BRIDGE.id),))
    filled.accept(said(same=((BRIDGE.id, MARKET.id),)), NOON + 5 * HOUR)
    filled.accept(joined, NOON + 6 * HOUR)
    together = [{source.key for source in line.sources} for line in filled.ticker(ALL, None, 99)]
    assert not any({"one", "two"} <= keys for keys in together)


def test_who_has_the_address_of_a_merged_headline_is_told_where_its_entries_are(filled: Store) -> None:
    ids = {line.entry.title: line.id for line in filled.ticker(ALL, None, 99)}
    filled.accept(said(same=((CROSSING.id, MARKET.id),)), NOON + 5 * HOUR)
    assert filled.moved(ids[MARKET.title]) == ids[CROSSING.title]
    filled.accept(said(same=((CROSSING.id, MARKET.id), (BRIDGE.id, CROSSING.id))), NOON + 6 * HOUR)
    assert filled.moved(ids[MARKET.title]) == ids[BRIDGE.title]
    assert filled.moved(ids[BRIDGE.title]) is None
    filled.accept(said(), NOON + 7 * HOUR)
    assert [filled.moved(number) for number in ids.values()] == [None, None, None]


def test_a_moved_entry_takes_its_former_titles_along_and_back(url: str, filled: Store) -> None:
    corrected = replace(MARKET, title="افتتاح سوق السمك في آسفي")
    ingest(filled, Decider(said()), {"four": [corrected]}, NOON + 5 * HOUR)
    before = rows(url)
    feeds = [subscription(key, priority=int(key == "four")) for key in FEEDS]
    merged = replace(said(same=((BRIDGE.id, MARKET.id),)), subscriptions=tuple(feeds))
    filled.accept(merged, NOON + 6 * HOUR)
    line = next(line for line in filled.ticker(ALL, None, 99) if line.lead.key == "four")
    assert line.formerly == (FormerTitle(MARKET.title, NOON + 5 * HOUR),)
    filled.accept(said(), NOON + 7 * HOUR)
    assert rows(url) == before


def test_what_a_flood_kept_out_of_sight_takes_nothing_shown_with_it_and_is_so_again(
    url: str, store: Store
) -> None:
    store.accept(said(), NOON)
    decider = Decider(said())
    with store.ledger(NOON, ()) as ledger:
        told = [replace(each, held="flood", alone=True) for each in arrivals(store, {"one": [BRIDGE]})]
        decider.ingest(ledger, told, NOON)
    ingest(store, decider, {"three": [CROSSING]}, NOON + 2 * HOUR)
    before = rows(url)
    store.accept(said(same=((BRIDGE.id, CROSSING.id),)), NOON + 5 * HOUR)
    assert [sorted(keys) for keys in lines(store).values()] == [["one", "three"]]
    store.accept(said(), NOON + 6 * HOUR)
    assert rows(url) == before


def test_a_running_program_hears_of_a_move(filled: Store) -> None:
    decider = Decider(said())
    ingest(filled, decider, {}, NOON + 4 * HOUR)
    filled.accept(said(different=((BRIDGE.id, COPY.id),)), NOON + 5 * HOUR)
    moved = next(line for line in filled.ticker(ALL, None, 99) if line.lead.key == "two")
    late = replace(COPY, id="tag:late", title="Gewoon", published=NOON + 2 * HOUR)
    plan = ingest(filled, decider, {"four": [late]}, NOON + 6 * HOUR)
    assert [(each.headline, each.rule) for each in plan.additions] == [(moved.id, "link")]


def test_retention_keeps_a_merged_headline_as_long_as_it_may_be_wanted_back(url: str, filled: Store) -> None:
    before = rows(url)
    filled.accept(said(same=((BRIDGE.id, MARKET.id),)), NOON + 5 * HOUR)
    ingest(
        filled,
        Decider(said()),
        {"one": [replace(BRIDGE, title="Brug over de Vecht dicht")]},
        NOON + 99 * HOUR,
    )
    filled.prune(NOON + 50 * HOUR)
    assert lines(filled) == {"Brug over de Vecht dicht": ["one", "two", "four"]}
    filled.accept(said(), NOON + 100 * HOUR)
    assert lines(filled) == {"Brug over de Vecht dicht": ["one", "two"], MARKET.title: ["four"]}
    assert [row for row in rows(url)["entries"] if row.id == 4] == [
        row for row in before["entries"] if row.id == 4
    ]


def test_retention_drops_a_merged_headline_after_its_entries(url: str, filled: Store) -> None:
    filled.accept(said(same=((BRIDGE.id, MARKET.id),)), NOON + 5 * HOUR)
    filled.prune(NOON + 50 * HOUR)
    filled.accept(said(), NOON + 60 * HOUR)
    assert filled.counts() == (0, 0)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM headlines")).scalar_one() == 0
        assert connection.execute(sa.text("SELECT count(*) FROM overrides")).scalar_one() == 0
    engine.dispose()


def test_a_pair_folds_no_story_where_the_admin_wants_none(filled: Store) -> None:
    filled.accept(said(stories=False), NOON + 5 * HOUR)
    filled.accept(said(same=((BRIDGE.id, MARKET.id),), stories=False), NOON + 6 * HOUR)
    assert all(not line.related for line in filled.ticker(ALL, None, 99))


def test_retention_drops_a_headline_that_nothing_is_in_any_more(store: Store) -> None:
    store.accept(said(), NOON)
    decider = Decider(said())
    ingest(store, decider, {"one": [BRIDGE], "two": [COPY]}, NOON + 4 * HOUR)
    store.accept(said(different=((BRIDGE.id, COPY.id),)), NOON + 5 * HOUR)
    store.accept(said(), NOON + 6 * HOUR)
    ingest(store, decider, {"one": [replace(BRIDGE, summary="Tot april.")]}, NOON + 99 * HOUR)
    assert store.prune(NOON + 50 * HOUR) == 1
    assert lines(store) == {BRIDGE.title: ["one", "two"]}
