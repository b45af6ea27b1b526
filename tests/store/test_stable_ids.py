"""An id that was published once is the headline's for ever, whatever happens to it, its feed or its store."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree
from newsroom import HOUR, NOON, bring, configuration, entry, replace, subscription

from aggregator.model import FORMATS, Choice, Format
from aggregator.pipeline.publishing import feed_document
from aggregator.store import Store

CONFIG = configuration("one", "two")
LATER = NOON + HOUR
TAGGED = entry("No address as its id", id="42")
DIKE = entry("Dijk bij Lith na tien dagen dicht")
NEWS = {"one": [DIKE, TAGGED], "two": [entry("Only here"), entry("Nothing but a title", id="", link=None)]}
COPY = replace(DIKE, id="copy")


def ids(store: Store, format: Format) -> list[str]:
    """Return the ids of all items, as they are published."""
    body = feed_document(store, Choice(), format, "De Draad").body
    if format == "json":
        return sorted(item["id"] for item in json.loads(body)["items"])
    namespace = {"a": "http://www.w3.org/2005/Atom"}
    found = etree.fromstring(body).xpath("//a:entry/a:id/text() | //item/guid/text()", namespaces=namespace)
    return sorted(map(str, found))


def correct(store: Store) -> None:
    bring(store, {"one": [replace(DIKE, title="Dijk dicht", link="https://news.example/elsewhere")]}, LATER)


def get_another_source(store: Store) -> None:
    bring(store, {"two": [COPY]}, LATER)


def get_another_lead(store: Store) -> None:
    get_another_source(store)
    store.accept(configuration("one", subscription("two", priority=9)), LATER)
    assert "two" in {
        headline.lead.key for headline in store.articles(Choice(), 9) if len(headline.sources) > 1
    }


def lose_a_feed_and_get_it_again(store: Store) -> None:
    store.accept(configuration("two"), LATER)
    store.prune(LATER - timedelta(days=30))
    store.accept(CONFIG, LATER + HOUR)
    bring(store, {"one": NEWS["one"]}, LATER + HOUR)


def keep_a_feed_under_another_key(store: Store) -> None:
    feed = subscription("renamed", url=subscription("one").url)
    store.accept(configuration(feed, "two"), LATER)
    bring(store, {"renamed": NEWS["one"]}, LATER)


def move_the_feed(store: Store) -> None:
    store.accept(configuration(subscription("one", url="https://elsewhere.example/rss"), "two"), LATER)
    bring(store, {"one": NEWS["one"]}, LATER)


HAPPENINGS = (
    correct,
    get_another_source,
    get_another_lead,
    lose_a_feed_and_get_it_again,
    keep_a_feed_under_another_key,
    move_the_feed,
)


@pytest.fixture
def store(store: Store) -> Store:
    store.accept(CONFIG, NOON)
    bring(store, NEWS, NOON)
    return store


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("happen", HAPPENINGS, ids=lambda happen: happen.__name__)
def test_ids_survive(store: Store, happen: Callable[[Store], None], format: Format) -> None:
    before = ids(store, format)
    assert len(before) == 4
    happen(store)
    assert ids(store, format) == before


@pytest.mark.parametrize("format", FORMATS)
def test_a_fresh_store_that_reads_the_same_feeds_gives_the_same_ids(
    store: Store, tmp_path: Path, format: Format
) -> None:
    """What an admin has who lost the store, or begins anew on the other database."""
    fresh = Store(f"sqlite:///{tmp_path}/fresh.db")
    fresh.create()
    fresh.accept(CONFIG, LATER)
    bring(fresh, {"two": NEWS["two"]}, LATER)
    bring(fresh, {"one": NEWS["one"]}, LATER + HOUR)
    assert ids(fresh, format) == ids(store, format)
    fresh.close()
