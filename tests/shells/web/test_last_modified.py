"""Last-Modified moves with whatever changes the bytes of a feed, and not with other people's news."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import invented
import pytest
from newsroom import bring, entry, replace, settlement
from werkzeug.http import http_date
from werkzeug.test import Client

from aggregator.model import FORMATS, Feed, Format
from aggregator.store import Store

HOUR = timedelta(hours=1)
NOW = invented.NOW
LATER = NOW + HOUR
BOAT = invented.at("14:31", "Loodsen varen voor het eerst met een boot op waterstof")
RAIN = invented.at("16:04", "La pluie attendue dès mardi sur le littoral", "fr")


def another_title(store: Store) -> None:
    store.accept(invented.config(title="De Nieuwe Draad"), LATER)


def another_hub(store: Store) -> None:
    publishing = replace(store.config().publishing, hub="https://hub.example/")
    store.accept(replace(store.config(), publishing=publishing), LATER)


def another_name_of_a_source(store: Store) -> None:
    feed = store.peek()[0].feed
    for name, moment in (("One", NOW + HOUR / 2), ("Another", LATER)):
        with store.ledger(LATER, [settlement(feed, moment, about=Feed(title=name), name=name)]):
            pass


def news(store: Store) -> None:
    bring(store, {"harbour": [entry("News", published=LATER)]}, LATER)


def a_correction(store: Store) -> None:
    bring(store, {"kustkrant": [replace(BOAT, title="Loodsen varen met een boot op waterstof")]}, LATER)


def another_source(store: Store) -> None:
    bring(store, {"harbour": [replace(BOAT, id="copy", link="https://harbour.example/boat")]}, LATER)


def another_count_of_reactions(store: Store) -> None:
    bring(store, {"kustkrant": [replace(BOAT, comments=99)]}, LATER)


CHANGES = (
    another_title,
    another_hub,
    another_name_of_a_source,
    news,
    a_correction,
    another_source,
    another_count_of_reactions,
)
Reader = Callable[[Store], Client]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_it_moves_with_what_changes_the_bytes(
    filled: Store, reader: Reader, change: Callable[[Store], None], format: Format
) -> None:
    path = f"/feed.{format}"
    before = reader(filled).get(path)
    change(filled)
    after = reader(filled).get(path)
    if (change, format) != (another_count_of_reactions, "json"):  # which it does not tell
        assert after.data != before.data
    assert after.headers["Last-Modified"] == http_date(LATER)
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    assert reader(filled).get(path, headers=since).status_code == 200
    since = {"If-Modified-Since": after.headers["Last-Modified"]}
    assert reader(filled).get(path, headers=since).status_code == 304


@pytest.mark.parametrize("format", FORMATS)
def test_it_stays_when_nothing_of_the_feed_changed(filled: Store, reader: Reader, format: Format) -> None:
    path = f"/source/littoral/feed.{format}"
    before = reader(filled).get(path)
    bring(filled, {"kustkrant": [replace(BOAT, title="Loodsen varen met een boot op waterstof")]}, LATER)
    bring(filled, {"littoral": [RAIN]}, LATER)  # a poll without news
    filled.accept(filled.config(), LATER)
    after = reader(filled).get(path)
    assert (after.data, after.headers["Last-Modified"]) == (before.data, before.headers["Last-Modified"])


def test_a_source_that_says_the_same_of_itself_renews_nothing(filled: Store) -> None:
    feed = filled.peek()[0].feed
    about = Feed(title="One", updated=NOW)
    with filled.ledger(NOW, [settlement(feed, NOW, about=about, name="One")]):
        pass
    before = filled.renewed(), filled.revision()
    with filled.ledger(LATER, [settlement(feed, LATER, about=replace(about, updated=LATER), name="One")]):
        pass
    assert (filled.renewed(), filled.revision()) == before
