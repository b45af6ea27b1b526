"""Subscriptions to the hubs that feeds name: asked for, verified, renewed, refused, and given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from hub import Hub, ask, atom, item
from publisher import Answer, Publisher, redirect
from wire import Wire

from aggregator.model import Polling

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DIKE = item("dike", "Dijk bij Lith na tien dagen dicht")


def test_a_feed_that_names_a_hub_is_subscribed_and_the_intent_is_verified(wire: Wire) -> None:
    said = wire.subscribe(DIKE)
    (wish,) = wire.hub.wishes
    assert (wish.mode, wish.topic, wish.lease) == ("subscribe", wire.topic, "864000")
    assert wish.callback.startswith(f"{wire.address}websub/")
    assert len(wish.callback.rpartition("/")[2]) == len(wish.secret) == 32
    assert wish.secret not in wish.callback
    assert (said.status, said.body) == (200, b"42 <b>")
    assert said.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert said.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in said.headers["Content-Security-Policy"]
    assert (wire.push().until, wire.push().error) == (wire.desk.now + 10 * DAY, None)


def test_a_letter_to_a_hub_bears_our_name_and_stands_in_the_log_of_requests(wire: Wire) -> None:
    wire.subscribe(DIKE)
    assert wire.publisher.asked("/hub")[0].headers["user-agent"] == "Test/1"
    (manners,) = wire.store.manners(wire.desk.now - DAY)
    assert (manners.host, manners.requests, manners.broken) == ("127.0.0.1", 2, ())


def test_a_header_wins_over_the_document(wire: Wire) -> None:
    other = Hub(wire.publisher, "/other")
    links = f'<{other.url}>; rel="hub", <{wire.topic}?canonical>; rel="self"'
    body = atom(wire.hub.url, wire.topic, DIKE)
    wire.publisher.answers["/feed"] = Answer(body, headers={"Link": links})
    wire.desk.poll()
    wire.desk.correspond()
    assert wire.hub.wishes == []
    assert [wish.topic for wish in other.wishes] == [f"{wire.topic}?canonical"]


@pytest.mark.parametrize("kind", ["rss", "json"])
def test_hubs_are_read_from_rss_and_from_json_feeds(wire: Wire, kind: str) -> None:
    rss = (
        '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>Dijkpost</title>'
        f'<a:link rel="hub" href="{wire.hub.url}"/><a:link rel="self" href="{wire.topic}"/>'
        "<item><title>Dijk dicht</title><guid>1</guid>"
        '<a:link rel="hub" href="https://entries.example/have-no-hubs"/></item></channel></rss>'
    )
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Dijkpost",
        "feed_url": wire.topic,
        "hubs": [
            {"type": "rssCloud", "url": "https://cloud.example/"},
            {"type": "WebSub", "url": wire.hub.url},
        ],
        "items": [{"id": "1", "title": "Dijk dicht", "content_text": "Dicht."}],
    }
    body = rss if kind == "rss" else json.dumps(document)
    wire.publisher.answers["/feed"] = Answer(body.encode())
    wire.desk.poll()
    wire.desk.correspond()
    assert [wish.topic for wish in wire.hub.wishes] == [wire.topic]


@pytest.mark.parametrize(
    "link", ["http://localhost/", "http://127.0.0.1:8000/", "http://10.0.0.7/", "http://wire/"]
)
def test_without_a_public_address_no_hub_is_asked(wire: Wire, link: str) -> None:
    if "127" in link:
        wire.desk.polling = Polling()  # loopback is not open
    wire.offer(DIKE)
    wire.desk.poll()
    wire.accept(link=link)
    wire.desk.correspond()
    assert wire.hub.wishes == []
    assert wire.health().push is None


@pytest.mark.parametrize(
    "change",
    [
        {"topic": "http://127.0.0.1/another"},
        {"topic": ""},
        {"topic": "\0"},
        {"mode": "\0"},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 2001},
    ],
)
def test_what_was_not_asked_for_is_not_verified(wire: Wire, change: dict[str, str]) -> None:
    wire.offer(DIKE)
    wire.desk.poll()
    wire.desk.correspond()
    said = wire.hub.verify(wire.hub.granted, **change)
    assert said.status == 404
    assert b"xxx" not in said.body
    assert wire.push().until is None
    assert wire.hub.verify(wire.hub.granted).status == 200


def test_nothing_is_verified_twice_or_at_an_address_that_was_never_given(wire: Wire) -> None:
    assert wire.subscribe(DIKE).status == 200
    assert wire.hub.verify(wire.hub.granted).status == 404
    stranger = f"{wire.address}websub/{'a' * 32}"
    assert ask(f"{stranger}?hub.mode=subscribe&hub.topic={wire.topic}&hub.challenge=1").status == 404
    assert ask(stranger, b"<feed/>").status == 404
    assert ask(f"{wire.address}websub/").status == 404
    for token in ("%00", "%ff", "a" * 5000, "%F0%9F%93%B0" * 8):
        assert ask(f"{wire.address}websub/{token}?hub.mode=denied&hub.topic=%00").status == 404
        assert ask(f"{wire.address}websub/{token}", b"<feed/>").status == 404


def test_a_post_is_taken_at_callbacks_only(wire: Wire) -> None:
    for path in ("", "feed.rss", "sources", "health.json", "websub"):
        assert ask(f"{wire.address}{path}", b"<feed/>").status in {404, 405}


def test_a_lease_is_renewed_before_it_ends_and_deliveries_go_on(wire: Wire) -> None:
    wire.subscribe(DIKE, lease="3600")
    first = wire.hub.granted
    wire.desk.after(minutes=39).correspond()
    assert len(wire.hub.wishes) == 1
    wire.desk.after(minutes=2).correspond()
    assert wire.hub.wishes == [first, first]  # the same callback and secret: nothing is lost meanwhile
    assert wire.push().until is not None
    assert wire.hub.verify(first, "7200").status == 200
    assert wire.push().until == wire.desk.now + 120 * MINUTE


def test_a_lease_of_a_second_has_nobody_asked_all_the_time(wire: Wire) -> None:
    wire.subscribe(DIKE, lease="1")
    for _ in range(5):
        wire.desk.after(seconds=10).correspond()
    assert len(wire.hub.wishes) == 1
    wire.desk.after(seconds=10).correspond()
    assert len(wire.hub.wishes) == 2


def test_a_hub_that_is_down_is_asked_again_ever_less_often_and_its_word_is_shown(wire: Wire) -> None:
    wire.hub.answer = Answer(status=500)
    wire.offer(DIKE)
    wire.desk.poll()
    minutes = []
    for minute in range(16):
        count = len(wire.hub.wishes)
        wire.desk.correspond()
        minutes += [minute] * (len(wire.hub.wishes) - count)
        wire.desk.after(minutes=1)
    assert minutes == [0, 1, 3, 7, 15]  # from poll.floor, doubling
    assert "127.0.0.1 answers 500" in str(wire.push().error)
    wire.hub.answer = Answer(status=202)
    wire.desk.after(minutes=16).correspond()
    assert wire.hub.verify(wire.hub.granted).status == 200
    assert wire.push().error is None


def test_a_hub_that_takes_a_letter_and_never_verifies_it_is_asked_again(wire: Wire) -> None:
    wire.offer(DIKE)
    wire.desk.poll()
    wire.desk.correspond()
    wire.desk.after(seconds=59).correspond()
    assert len(wire.hub.wishes) == 1
    wire.desk.after(seconds=1).correspond()
    assert len(wire.hub.wishes) == 2


def test_a_hub_that_says_retry_after_is_left_alone_until_then(wire: Wire) -> None:
    wire.hub.answer = Answer(status=503, headers={"Retry-After": "7200"})
    wire.offer(DIKE)
    wire.desk.poll()
    wire.desk.correspond()
    wire.desk.after(minutes=119).correspond()
    assert len(wire.hub.wishes) == 1
    wire.desk.after(minutes=2).correspond()
    assert len(wire.hub.wishes) == 2


def test_a_hub_is_left_alone_while_its_host_wants_to_be_over_a_restart_too(
    open_wire: Callable[[str], Wire], either: str
) -> None:
    first = open_wire(either)
    first.offer(DIKE)
    first.desk.poll()
    first.publisher.answers["/feed"] = Answer(status=429, headers={"Retry-After": "3600"})
    first.desk.after(minutes=16).poll()
    again = open_wire(either)
    again.accept(link=first.address)
    again.desk.after(minutes=17).correspond()
    assert again.hub.wishes == []
    again.desk.after(minutes=60).correspond()
    assert len(again.hub.wishes) == 1


@pytest.mark.parametrize(
    "target", ["http://[::1]:1/hub", "http://0177.0.0.01.nip.invalid/", "ftp://127.0.0.1/"]
)
def test_a_hub_that_redirects_to_a_forbidden_address_is_told_and_not_followed(
    wire: Wire, target: str
) -> None:
    wire.publisher.answers["/hub"] = redirect(target, 307)
    wire.offer(DIKE)
    wire.desk.poll()
    wire.desk.correspond()
    assert wire.push().error
    assert len(wire.publisher.asked("/hub")) == 1


def test_a_hub_at_a_forbidden_address_is_not_asked(wire: Wire, publisher: Publisher) -> None:
    wire.offer(DIKE, hub="http://169.254.169.254/hub")
    wire.desk.poll()
    wire.desk.correspond()
    assert "it leads to a link-local address" in str(wire.push().error)


def test_a_hub_that_denies_is_heard_and_asked_again_a_day_later(wire: Wire) -> None:
    wire.subscribe(DIKE)
    said = wire.hub.verify(wire.hub.granted, mode="denied", reason="no <b>room</b>\n", challenge="")
    assert said.status == 200
    assert (wire.push().until, wire.push().error) == (None, "the hub does not deliver it: no <b>room</b>")
    wire.desk.after(hours=23).correspond()
    assert len(wire.hub.wishes) == 1
    wire.desk.after(hours=2).correspond()
    assert len(wire.hub.wishes) == 2


def test_a_denial_of_another_topic_is_not_heard(wire: Wire) -> None:
    wire.subscribe(DIKE)
    assert wire.hub.verify(wire.hub.granted, mode="denied", topic="https://else.example/").status == 404
    assert wire.push().until is not None


def test_a_feed_that_leaves_is_unsubscribed_and_its_callback_is_gone(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.accept(feeds=False)
    wire.desk.correspond()
    goodbye = wire.hub.wishes[-1]
    assert (goodbye.mode, goodbye.topic, goodbye.secret) == ("unsubscribe", wire.topic, "")
    assert goodbye.callback == wire.hub.granted.callback
    assert wire.hub.deliver(atom("", wire.topic, DIKE)).status == 410
    said = wire.hub.verify(goodbye, lease="")
    assert (said.status, said.body) == (200, b"42 <b>")
    assert wire.hub.deliver(atom("", wire.topic, DIKE)).status == 410
    wire.desk.after(days=3).correspond()
    assert len(wire.hub.wishes) == 2
    wire.desk.after(days=31).correspond()
    assert wire.hub.deliver(atom("", wire.topic, DIKE)).status == 404


def test_a_hub_that_does_not_confirm_the_end_is_asked_a_few_times(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.accept(feeds=False)
    for _ in range(30):
        wire.desk.correspond()
        wire.desk.after(minutes=30)
    assert [wish.mode for wish in wire.hub.wishes] == ["subscribe", *["unsubscribe"] * 5]


def test_a_feed_that_names_another_hub_changes_over(wire: Wire) -> None:
    wire.subscribe(DIKE)
    other = Hub(wire.publisher, "/other")
    wire.offer(DIKE, hub=other.url)
    wire.desk.after(minutes=16).poll()
    wire.desk.correspond()
    assert [wish.mode for wish in wire.hub.wishes] == ["subscribe", "unsubscribe"]
    assert [wish.mode for wish in other.wishes] == ["subscribe"]
    assert other.granted.secret != wire.hub.granted.secret
    assert wire.push().hub == other.url


def test_a_site_that_moves_is_delivered_to_at_its_new_address(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.accept(link=f"{wire.address}news/")  # which a proxy leads to the same place
    wire.desk.correspond()
    goodbye, hello = sorted(wire.hub.wishes[1:], key=lambda wish: wish.mode, reverse=True)
    assert (goodbye.mode, goodbye.callback) == ("unsubscribe", wire.hub.wishes[0].callback)
    assert (hello.mode, hello.callback.startswith(f"{wire.address}news/websub/")) == ("subscribe", True)
    assert wire.hub.verify(hello).status == 200


def test_a_restart_neither_forgets_a_subscription_nor_asks_for_it_again(
    open_wire: Callable[[str], Wire], either: str
) -> None:
    first = open_wire(either)
    first.subscribe(DIKE)
    again = open_wire(either)
    again.accept(link=first.address)
    again.desk.correspond()
    assert again.hub.wishes == []
    assert again.push().until is not None


def test_a_clock_that_comes_back_has_the_hub_asked_anew(wire: Wire) -> None:
    wire.desk.after(days=3)
    wire.subscribe(DIKE)
    wire.desk.after(days=-3)
    wire.store.put_clock_right(wire.desk.now, timedelta())
    wire.desk.correspond()
    assert len(wire.hub.wishes) == 2
