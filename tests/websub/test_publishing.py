"""Our own hub: named wherever we publish, and told of what changed, once a minute at most."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hub import ask, atom, item
from lxml import etree
from newsroom import subscription
from program import get
from publisher import Answer
from wire import Wire

ATOM = "http://www.w3.org/2005/Atom"
DIKE, FERRY = item("dike", "Dijk dicht"), item("ferry", "Veerpont vaart")


@pytest.fixture
def told(wire: Wire) -> Wire:
    """A wire whose own hub is the one on loopback, and whose feed names none."""
    wire.accept(hub=wire.hub.url)
    publish(wire, DIKE)
    return wire


def publish(wire: Wire, *entries: str) -> None:
    """Let news come by a poll, and all pages see it."""
    wire.publisher.answers["/feed"] = Answer(atom("", wire.topic, *entries))
    wire.desk.after(seconds=1).poll(by_hand=True)
    wire.desk.after(seconds=2)


def formats(wire: Wire, *paths: str) -> set[str]:
    return {f"{wire.address}{path}feed.{form}" for path in paths for form in ("rss", "atom", "json")}


@pytest.mark.parametrize("path", ["", "source/dijkpost/", "search/"])
def test_the_hub_is_named_beside_the_feeds_own_address(told: Wire, path: str) -> None:
    query = "?q=dijk" if path == "search/" else ""
    for form in ("rss", "atom"):
        url = f"{told.address}{path}feed.{form}{query}"
        here = etree.XML(get(url).encode()).xpath(
            "/a:feed/a:link | /rss/channel/a:link", namespaces={"a": ATOM}
        )
        links = {link.get("rel"): link.get("href") for link in here}
        assert (links["hub"], links["self"]) == (told.hub.url, url)
    url = f"{told.address}{path}feed.json{query}"
    feed = json.loads(get(url))
    assert (feed["hubs"], feed["feed_url"]) == ([{"type": "WebSub", "url": told.hub.url}], url)


@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_the_hub_is_named_in_link_headers(told: Wire, form: str) -> None:
    url = f"{told.address}feed.{form}"
    assert ask(url).headers["Link"] == f'<{told.hub.url}>; rel="hub", <{url}>; rel="self"'


def test_the_hub_is_told_which_feeds_changed(told: Wire) -> None:
    told.desk.correspond()
    (urls,) = told.hub.told
    assert set(urls) == formats(told, "", "source/dijkpost/")
    assert len(urls) == len(set(urls))


def test_nothing_is_told_without_news_and_not_twice(told: Wire) -> None:
    for _ in range(3):
        told.desk.correspond()
        told.desk.after(minutes=16)
        publish(told, DIKE)
    assert len(told.hub.told) == 1


def test_only_what_changed_is_told(told: Wire) -> None:
    other = told.publisher.url("/other")
    told.publisher.answers["/other"] = Answer(atom("", other, item("bridge", "Brug open")))
    told.desk.correspond()
    config = told.accept(hub=told.hub.url)
    feeds = (
        *config.subscriptions,
        subscription("brugpost", url=other, categories=("bruggen",), language="nl"),
    )
    told.desk.accept(replace(config, subscriptions=feeds))
    told.desk.after(minutes=2).poll()
    told.desk.after(seconds=2).correspond()
    assert set(told.hub.told[-1]) == formats(
        told, "", "source/brugpost/", "category/bruggen/", "language/nl/"
    )


def test_the_hub_is_told_at_most_once_a_minute_and_then_of_all_that_came(told: Wire) -> None:
    told.desk.correspond()
    publish(told, FERRY, DIKE)
    told.desk.after(seconds=56).correspond()
    assert len(told.hub.told) == 1
    told.desk.after(seconds=1).correspond()
    assert len(told.hub.told) == 2


def test_what_the_pages_may_not_show_yet_is_not_told_yet(told: Wire) -> None:
    told.desk.after(seconds=-1).correspond()
    assert told.hub.told == []
    told.desk.after(seconds=1).correspond()
    assert len(told.hub.told) == 1


def test_another_hub_is_told_of_what_comes_from_now_on(told: Wire) -> None:
    told.accept()
    told.desk.after(minutes=5)
    told.accept(hub=told.hub.url)
    told.desk.after(minutes=5).correspond()
    assert told.hub.told == []


def test_a_hub_that_is_down_is_told_again_ever_less_often_and_shown(told: Wire) -> None:
    told.hub.answer = Answer(status=502)
    minutes = []
    for minute in range(16):
        count = len(told.hub.told)
        told.desk.correspond()
        minutes += [minute] * (len(told.hub.told) - count)
        told.desk.after(minutes=1)
    assert minutes == [0, 1, 3, 7, 15]
    state = json.loads(get(f"{told.address}health.json"))["hub"]
    assert (state["last_told"], state["failures"]) == (None, 5)
    assert state["error"].startswith("127.0.0.1 answers 502")
    told.hub.answer = Answer(status=204)
    told.desk.after(minutes=16).correspond()
    state = json.loads(get(f"{told.address}health.json"))["hub"]
    assert (state["failures"], state["error"]) == (0, None)
    assert state["last_told"]
    told.desk.after(minutes=16).correspond()
    assert len(told.hub.told) == 6


def test_a_hub_that_is_busy_is_told_when_it_says(told: Wire) -> None:
    told.hub.answer = Answer(status=429, headers={"Retry-After": "3600"})
    told.desk.correspond()
    told.desk.after(minutes=59).correspond()
    assert len(told.hub.told) == 1
    told.desk.after(minutes=2).correspond()
    assert len(told.hub.told) == 2


def test_a_restart_neither_forgets_nor_repeats_what_the_hub_is_to_be_told(
    open_wire: Callable[[str], Wire], either: str
) -> None:
    first = open_wire(either)
    first.accept(hub=first.hub.url)
    publish(first, DIKE)
    first.hub.answer = Answer(status=500)
    first.desk.correspond()
    again = open_wire(either)
    again.accept(hub=first.hub.url, link=first.address)
    again.desk.after(minutes=2).correspond()
    assert len(again.hub.told) == 1
    third = open_wire(either)
    third.accept(hub=first.hub.url, link=first.address)
    third.desk.after(minutes=10).correspond()
    assert third.hub.told == []


def test_without_a_public_address_nobody_is_told(told: Wire) -> None:
    told.accept(hub=told.hub.url, link="http://localhost:8000/")
    told.desk.correspond()
    assert told.hub.told == []


def test_a_hub_at_a_forbidden_address_is_not_told(wire: Wire) -> None:
    wire.accept(hub="http://[fd00::1]/")
    publish(wire, DIKE)
    wire.desk.correspond()
    found = wire.store.post.our_hub("http://[fd00::1]/")
    assert found is not None
    assert "it leads to a private address" in str(found.error)


def test_what_is_told_is_the_very_address_that_the_feed_names(told: Wire) -> None:
    told.desk.correspond()
    for url in told.hub.told[0]:
        assert ask(url).headers["Link"].endswith(f'<{url}>; rel="self"')
