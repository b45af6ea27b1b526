"""What the store keeps for hubs, the same over SQLite and PostgreSQL; the whole way is in tests/websub."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from newsroom import HOUR, NOON, claims, configuration, settlement

from aggregator.model import Callback, Feed, Letter, Parcel, Receipt
from aggregator.store import Store, parcels
from aggregator.store.migrating import upgrade

HUB, SITE = "https://hub.example/", "https://draad.example/"
LEASE = timedelta(minutes=3)
NAMES = iter(f"unguessable-{number}" for number in range(10**6))


@pytest.fixture
def callbacks(store: Store) -> dict[str, Callback]:
    """Two feeds whose hubs were written to, and where they deliver."""
    store.accept(configuration("one", "two"), NOON)
    rows = {key: claim.feed for key, claim in claims(store).items()}
    about = {key: Feed(key, hub=HUB, topic=f"https://{key}.example/feed") for key in rows}
    with store.ledger(NOON, [settlement(rows[key], about=about[key]) for key in rows]):
        pass
    keys = {row: key for key, row in rows.items()}
    found = {keys[letter.feed]: store.post.callback(letter.token) for letter in letters(store)}
    return {key: callback for key, callback in found.items() if callback}


def letters(store: Store, limit: int = 9) -> tuple[Letter, ...]:
    return store.post.letters(NOON, limit, SITE, lambda _: HOUR, lambda: next(NAMES))


def bring(store: Store, callback: Callback, *bodies: bytes) -> list[bool]:
    return [store.post.take_in(callback, Parcel({}, body), body[:16], NOON) for body in bodies]


def taken(store: Store, after: timedelta = timedelta()) -> list[bytes]:
    return [delivery.parcel.body for delivery in store.post.deliveries(NOON + after, 9, LEASE)]


def test_a_letter_is_taken_once_and_by_one(store: Store) -> None:
    store.accept(configuration("one"), NOON)
    (claim,) = claims(store).values()
    with store.ledger(
        NOON, [settlement(claim.feed, about=Feed("One", hub=HUB, topic="https://one.example/"))]
    ):
        pass
    (letter,) = letters(store)
    assert (letter.hub, letter.topic, letter.site) == (HUB, "https://one.example/", SITE)
    assert letters(store) == ()


LONG = f"https://one.example/{'x' * 4000}"


@pytest.mark.parametrize(
    "about",
    [
        Feed("One", hub=HUB),
        Feed("One", topic="https://one.example/"),
        Feed("One"),
        Feed("One", hub=LONG, topic="https://one.example/"),
        Feed("One", hub=HUB, topic=LONG),
    ],
    ids=["hub only", "topic only", "neither", "long hub", "long topic"],
)
def test_a_hub_without_a_topic_is_none_nor_is_one_with_an_endless_address(store: Store, about: Feed) -> None:
    store.accept(configuration("one"), NOON)
    (claim,) = claims(store).values()
    with store.ledger(NOON, [settlement(claim.feed, about=about)]):
        pass
    assert letters(store) == ()


def test_of_each_feed_the_oldest_delivery_is_taken_and_the_next_when_it_was_read(
    store: Store, callbacks: dict[str, Callback]
) -> None:
    bring(store, callbacks["one"], b"1", b"2")
    bring(store, callbacks["two"], b"3")
    first = store.post.deliveries(NOON, 9, LEASE)
    assert [(d.claim.subscription.key, d.parcel.body) for d in first] == [("one", b"1"), ("two", b"3")]
    assert taken(store) == []
    with store.ledger(NOON, (), receipts=[Receipt(first[0].row)]):
        pass
    assert taken(store) == [b"2"]


def test_what_was_taken_by_a_program_that_died_is_taken_again(
    store: Store, callbacks: dict[str, Callback]
) -> None:
    bring(store, callbacks["one"], b"1")
    assert taken(store) == [b"1"]
    assert taken(store, LEASE) == [b"1"]
    store.release_all()
    assert taken(store) == [b"1"]


def test_a_replay_takes_no_room_and_is_known_for_a_month(
    store: Store, callbacks: dict[str, Callback]
) -> None:
    assert bring(store, callbacks["one"], b"1", b"1") == [True, True]
    (delivery,) = store.post.deliveries(NOON, 9, LEASE)
    with store.ledger(NOON, (), receipts=[Receipt(delivery.row)]):
        pass
    store.post.forget(NOON + timedelta(days=29))
    bring(store, callbacks["one"], b"1")
    assert taken(store) == []
    store.post.forget(NOON + timedelta(days=31))
    bring(store, callbacks["one"], b"1")
    assert taken(store) == [b"1"]


def test_what_waits_is_bounded_for_each_feed_and_in_all(
    store: Store, callbacks: dict[str, Callback], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "MOST_BYTES_OF_FEED", 10)
    monkeypatch.setattr(parcels, "MOST_BYTES", 20)
    one, two = callbacks["one"], callbacks["two"]
    assert bring(store, one, b"a" * 12, b"b") == [True, False]  # one may be larger than the bound
    assert bring(store, two, b"c" * 7, b"d", b"e") == [True, True, False]


def test_a_store_of_before_hubs_is_brought_up_with_its_feeds(blank: str) -> None:
    engine = sa.create_engine(blank)
    upgrade(engine, "0005")
    columns = (
        "key, url, host, active, name, priority, subscription, body_hash, item_hashes, next_due, not_before"
    )
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                f"INSERT INTO feeds ({columns}, failures, waiting, gone) VALUES ('one', 'https://one.example/',"
                " 'one.example', :yes, 'One', 0, :asked, '', '', 0, 0, 0, :no, :no)"
            ),
            {
                "yes": True,
                "no": False,
                "asked": '{"key": "one", "url": "https://one.example/", "every": "PT15M"}',
            },
        )
    store = Store(blank)
    store.create()
    (claim,) = store.claim(NOON, 9, "test", LEASE)
    assert (claim.subscription.key, claim.pushed) == ("one", False)
    assert letters(store) == ()
    store.close()
