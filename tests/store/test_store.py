"""The store's behaviour, the same over SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from newsroom import HOUR, NOON, bring, claims, configuration, entry, settlement, subscription

from aggregator.errors import StoreError, UserError
from aggregator.model import Choice, Enclosure, Feed, FormerTitle, Html, Person, Validators
from aggregator.store import Store
from aggregator.store.migrating import upgrade
from aggregator.store.tables import metadata

ALL = Choice()
MINUTES = timedelta(minutes=1)


def titles(store: Store, choice: Choice = ALL) -> list[str]:
    return [headline.entry.title for headline in store.ticker(choice, None, 100)]


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(blank: str) -> None:
    engine = sa.create_engine(blank)
    upgrade(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_an_older_store_is_brought_up_to_this_version_with_what_is_in_it(blank: str) -> None:
    engine = sa.create_engine(blank)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE desk SET revision = 42"))
    store = Store(blank)
    store.create()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert store.revision() == 42
    store.close()


def test_creating_a_store_twice_changes_nothing(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    store.create()
    assert [claim.subscription.key for claim in store.peek()] == ["nos"]


def test_a_store_from_a_newer_version_is_left_alone_and_told(url: str, store: Store) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer version"):
        Store(url).create()


def test_a_file_that_is_no_store_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader, " * 100)
    with pytest.raises(UserError, match="cannot be opened"):
        Store(f"sqlite:///{file}").create()
    assert file.read_text().startswith("Dear reader")


def test_what_was_accepted_is_read_back_whole_but_for_the_stores_address(store: Store) -> None:
    config = configuration(
        subscription("nos", title="NOS", categories=("nieuws",), language="nl"), store="secret"
    )
    store.accept(config, NOON)
    assert store.config() == replace(config, store="")


def test_a_new_feed_is_due_at_once_and_claimed_once(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    assert sorted(claims(store)) == ["nos", "nu"]
    assert claims(store) == {}


def test_a_lease_ends_by_itself(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    claims(store)
    assert list(claims(store, NOON + 4 * MINUTES)) == ["nos"]


def test_a_lease_that_is_renewed_lasts_and_those_of_others_do_not(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    for owner in ("busy", "dead"):
        store.claim(NOON, 1, owner, 3 * MINUTES)
    store.renew("busy", NOON + 6 * MINUTES)
    assert len(claims(store, NOON + 4 * MINUTES)) == 1


def test_a_settled_feed_is_due_when_it_was_said_and_remembers_all(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    claim = claims(store)["nos"]
    done = settlement(
        claim.feed,
        next_due=NOON + 30 * MINUTES,
        validators=Validators('W/"é"', "whenever"),
        body_hash=b"body",
        item_hashes=b"itemhash",
        about=Feed("NOS Nieuws", ttl=HOUR),
        name="NOS Nieuws",
    )
    with store.ledger(NOON, [done]):
        pass
    assert claims(store, NOON + 29 * MINUTES) == {}
    again = claims(store, NOON + 30 * MINUTES)["nos"]
    assert again == replace(
        claim,
        validators=Validators('W/"é"', "whenever"),
        body_hash=b"body",
        item_hashes=b"itemhash",
        about=Feed("NOS Nieuws", ttl=HOUR),
        taken=NOON + 30 * MINUTES,
        polled=NOON,
        status=200,
    )


def test_a_304_keeps_what_it_did_not_mention(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    claim = claims(store)["nos"]
    with store.ledger(
        NOON, [settlement(claim.feed, validators=Validators('"1"'), body_hash=b"b", item_hashes=b"i")]
    ):
        pass
    later = NOON + HOUR
    with store.ledger(later, [settlement(claim.feed, later, status=304)]):
        pass
    again = store.peek()[0]
    assert (again.validators, again.body_hash, again.item_hashes) == (Validators('"1"'), b"b", b"i")


def test_by_hand_a_feed_is_asked_before_its_interval_but_not_before_its_publisher_allows(
    store: Store,
) -> None:
    store.accept(configuration("free", "waits"), NOON)
    feeds = claims(store)
    done = [
        settlement(feeds["free"].feed, next_due=NOON + HOUR, not_before=NOON),
        settlement(feeds["waits"].feed, next_due=NOON + HOUR, not_before=NOON + 30 * MINUTES),
    ]
    with store.ledger(NOON, done):
        pass
    found = store.claim(NOON + MINUTES, 10, "hand", HOUR, by_hand=True)
    assert [claim.subscription.key for claim in found] == ["free"]


def test_while_a_host_is_to_be_left_alone_none_of_its_feeds_is_claimed(store: Store) -> None:
    feeds = [subscription(key, url=f"https://paper.example/{key}") for key in ("sport", "news")]
    store.accept(configuration(*feeds), NOON)
    told = settlement(claims(store)["sport"].feed, host_wait=("paper.example", NOON + HOUR))
    with store.ledger(NOON, [told]):
        store_released = True
    assert store_released
    store.release("test")
    assert claims(store, NOON + 30 * MINUTES) == {}
    assert sorted(claims(store, NOON + HOUR + MINUTES)) == ["news", "sport"]


def test_a_feed_that_moved_is_asked_at_its_new_address(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    claim = claims(store)["nos"]
    with store.ledger(NOON, [settlement(claim.feed, moved_to="https://new.example/feed")]):
        pass
    assert store.peek()[0].url == "https://new.example/feed"
    assert store.health(NOON)[0].moved_to == "https://new.example/feed"


def test_another_url_in_feeds_yaml_starts_afresh_and_keeps_the_news(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Storm at sea")]})
    gone = settlement(store.peek()[0].feed, gone=True, failures=3, validators=Validators('"1"'))
    with store.ledger(NOON, [gone]):
        pass
    store.accept(configuration(subscription("nos", url="https://nos.example/other")), NOON + MINUTES)
    claim = claims(store, NOON + MINUTES)["nos"]
    assert (claim.url, claim.validators, claim.failures) == ("https://nos.example/other", Validators(), 0)
    assert titles(store) == ["Storm at sea"]


def test_another_key_for_the_same_url_takes_the_history_along(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Storm at sea")]})
    renamed = subscription("omroep", url="https://nos.example/feed")
    store.accept(configuration(renamed), NOON + MINUTES)
    assert titles(store, Choice(source="omroep")) == ["Storm at sea"]
    assert bring(store, {"omroep": [entry("Storm at sea")]}, NOON + HOUR).additions == ()


def test_a_feed_no_longer_named_is_not_asked_and_its_news_stays(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    bring(store, {"nos": [entry("Storm at sea")]})
    store.accept(configuration("nu"), NOON + MINUTES)
    assert [feed.key for feed in store.health(NOON)] == ["nu"]
    assert titles(store) == ["Storm at sea"]


def test_the_ticker_runs_newest_first_and_within_a_document_in_its_order(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(
        store,
        {
            "nos": [
                entry("First in document"),
                entry("Second in document"),
                entry("Newest", published=NOON + HOUR),
            ]
        },
    )
    assert titles(store) == ["Newest", "First in document", "Second in document"]


def test_pages_of_the_ticker_join_without_a_gap_or_a_repeat(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(
        store,
        {"nos": [entry(f"Headline number {n}", published=NOON + (n // 3) * MINUTES) for n in range(20)]},
    )
    whole = store.ticker(ALL, None, 100)
    pages, last = [], None
    while page := store.ticker(ALL, last, 7):
        pages += page
        last = (page[-1].published, page[-1].id)
    assert pages == list(whole)


def test_a_headline_gives_back_all_that_its_entry_said(store: Store) -> None:
    told = entry(
        "Boot vaart uit",
        authors=(Person("J. Verhoeven", "https://nos.example/jv"),),
        categories=("Binnenland", "Zee & strand"),
        enclosures=(Enclosure("https://nos.example/a.mp3", "audio/mpeg", 5),),
        image="https://nos.example/a.jpg",
        language="nl-nl",
        updated=NOON + MINUTES,
        comments=12,
        comments_link="https://nos.example/c",
        comments_feed="https://nos.example/c.rss",
    )
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [told]})
    headline = store.headline(store.ticker(ALL, None, 1)[0].id)
    assert headline is not None
    assert headline.entry == told
    assert (headline.comments, headline.comments_link) == (12, "https://nos.example/c")
    assert store.ticker(ALL, None, 1)[0].entry == replace(told, content=Html(""))


def test_narrowings_find_a_headline_by_all_of_its_sources(store: Store) -> None:
    feeds = [subscription("nos", categories=("Politiek",)), subscription("hespress")]
    store.accept(configuration(*feeds), NOON)
    one = entry("King opens the new harbour", language="en", categories=("Économie & Ports",))
    bring(store, {"nos": [one], "hespress": [replace(one, id="x", language="fr-ma", categories=())]})
    for choice in (
        Choice(category="politiek"),
        Choice(category="économie-ports"),
        Choice(language="en"),
        Choice(language="fr"),
        Choice(source="nos"),
        Choice(source="hespress"),
        Choice(search="HARBOUR"),
        Choice(day="2026-11-23"),
    ):
        assert titles(store, choice) == ["King opens the new harbour"], choice
    for choice in (
        Choice(category="sport"),
        Choice(language="ar"),
        Choice(search="harbor"),
        Choice(day="2026-11-22"),
    ):
        assert titles(store, choice) == [], choice


def test_a_day_begins_at_midnight_in_the_sites_zone(store: Store) -> None:
    config = configuration("nos")
    store.accept(replace(config, site=replace(config.site, timezone="Europe/Amsterdam")), NOON)
    bring(store, {"nos": [entry("Just past midnight", published=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))]})
    assert titles(store, Choice(day="2026-11-23")) == ["Just past midnight"]
    assert titles(store, Choice(day="2026-11-22")) == []


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; DROP TABLE entries; --", "%%%"])
def test_signs_of_sql_in_a_search_are_words_like_any_other(store: Store, words: str) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Storm at sea")]})
    assert titles(store, Choice(search=words)) == []


def test_search_does_not_mind_accents_and_marks(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Élection au Maroc"), entry("اَلْمَغْرِب يَفُوز")]})
    assert titles(store, Choice(search="election")) == ["Élection au Maroc"]
    assert titles(store, Choice(search="المغرب")) == ["اَلْمَغْرِب يَفُوز"]


def test_a_corrected_title_keeps_its_place_its_guid_and_what_it_said_before(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Kamer verwerpt wet", id="tag:1")]})
    before = store.ticker(ALL, None, 1)[0]
    bring(store, {"nos": [entry("Kamer neemt wet aan", id="tag:1")]}, NOON + HOUR)
    after = store.ticker(ALL, None, 1)[0]
    assert (after.id, after.guid, after.published) == (before.id, before.guid, before.published)
    assert (after.entry.title, after.updated) == ("Kamer neemt wet aan", NOON + HOUR)
    assert after.formerly == (FormerTitle("Kamer verwerpt wet", NOON + HOUR),)


def test_a_new_count_of_reactions_is_seen_but_is_no_update(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Storm at sea", comments=3)]})
    revision = store.revision()
    bring(store, {"nos": [entry("Storm at sea", comments=4)]}, NOON + HOUR)
    headline = store.ticker(ALL, None, 1)[0]
    assert (headline.comments, headline.updated, headline.changed) == (4, NOON, NOON + HOUR)
    assert store.revision() == revision + 1


def test_the_same_again_moves_nothing(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Storm at sea")]})
    revision = store.revision()
    bring(store, {"nos": [entry("Storm at sea")]}, NOON + HOUR)
    assert store.revision() == revision


def test_the_highest_priority_leads_then_the_earliest_and_ids_stay(store: Store) -> None:
    store.accept(configuration("small", "early", subscription("big", priority=5)), NOON)
    story = entry("Fast train arrives in Tangier")
    bring(store, {"small": [story]})
    first = store.ticker(ALL, None, 1)[0]
    bring(store, {"early": [replace(story, published=NOON - HOUR)]})
    assert store.ticker(ALL, None, 1)[0].lead.key == "early"
    bring(store, {"big": [replace(story, published=NOON + HOUR)]}, NOON + HOUR)
    last = store.ticker(ALL, None, 1)[0]
    assert [source.key for source in last.sources] == ["big", "early", "small"]
    assert (last.id, last.guid, last.published) == (first.id, first.guid, first.published)


def test_another_priority_in_feeds_yaml_chooses_another_lead_at_once(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    bring(
        store,
        {
            "nos": [entry("Storm at sea comes in")],
            "nu": [entry("Storm at sea comes in", published=NOON + HOUR)],
        },
    )
    store.accept(configuration("nos", subscription("nu", priority=1)), NOON)
    assert store.ticker(ALL, None, 1)[0].lead.key == "nu"


def test_two_feeds_may_use_one_id_for_different_articles(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    bring(
        store,
        {
            "nos": [entry("Storm at sea", id="tag:1", link=None)],
            "nu": [entry("Sun on land", id="tag:1", link=None)],
        },
    )
    guids = {headline.entry.title: headline.guid for headline in store.ticker(ALL, None, 10)}
    assert len(set(guids.values())) == 2
    assert all(guid.startswith(("tag:", "urn:")) for guid in guids.values())


def test_retention_drops_what_is_old_and_does_not_take_it_for_news_again(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    old, new = entry("Old news"), entry("New news", published=NOON + 100 * HOUR)
    bring(store, {"nos": [old]})
    bring(store, {"nos": [new]}, NOON + 100 * HOUR)
    assert store.prune(NOON + 50 * HOUR) == 1
    assert titles(store) == ["New news"]
    bring(store, {"nos": [new, old]}, NOON + 101 * HOUR)
    assert titles(store) == ["New news"]
    assert store.counts() == (1, 1)


def test_numbers_are_never_used_again(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    bring(store, {"nos": [entry("Old news")]})
    first = store.ticker(ALL, None, 1)[0].id
    store.prune(NOON + HOUR)
    bring(store, {"nos": [entry("New news")]}, NOON + HOUR)
    assert store.ticker(ALL, None, 1)[0].id > first


def test_health_tells_the_state_of_each_source(store: Store) -> None:
    keys = ("fine", "gone", "never", "poor", "told")
    store.accept(configuration(*keys), NOON)
    feeds = claims(store)
    done = [
        settlement(feeds["fine"].feed),
        settlement(feeds["gone"].feed, gone=True, status=410, error="gone for good", failures=1),
        settlement(feeds["poor"].feed, status=None, error="no such host", failures=2),
        settlement(
            feeds["told"].feed, status=429, failures=1, waiting=True, not_before=NOON + HOUR, error="wait"
        ),
    ]
    with store.ledger(NOON, done):
        pass
    states = {feed.key: feed.state for feed in store.health(NOON + MINUTES)}
    assert states == {"fine": "ok", "gone": "gone", "never": "never", "poor": "failing", "told": "waiting"}
    poor = next(feed for feed in store.health(NOON + MINUTES) if feed.key == "poor")
    assert (poor.error, poor.failures, poor.failing_since) == ("no such host", 2, NOON)


def test_a_batch_that_fails_half_way_leaves_nothing_behind(store: Store) -> None:
    store.accept(configuration("nos"), NOON)
    feed = store.peek()[0].feed
    revision = store.revision()
    with pytest.raises(ZeroDivisionError), store.ledger(NOON, [settlement(feed)]):
        raise ZeroDivisionError
    bring(store, {"nos": [entry("Storm at sea")]})
    assert store.revision() == revision + 1
    assert titles(store) == ["Storm at sea"]


def test_a_store_that_cannot_be_reached_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Store(f"sqlite:///{tmp_path}/nowhere/ticker.db").revision()
    with pytest.raises(StoreError):
        Store("postgresql+psycopg://127.0.0.1:1/none").revision()
