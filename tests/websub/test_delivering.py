"""What hubs deliver: believed when signed, read as a poll would be, and never undoing what is newer."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from hub import Said, atom, item
from publisher import Answer
from wire import Wire

from aggregator.model import Choice, Rule
from aggregator.store import parcels

EARLY, LATE = "2026-11-23T10:30:00Z", "2026-11-23T11:00:00Z"
DIKE = item("dike", "Dijk bij Lith na tien dagen dicht")
FERRY = item("ferry", "Veerpont vaart weer")
MENDED = item("dike", "Dijk bij Lith na twaalf dagen dicht", LATE)
DIKE_TITLE, FERRY_TITLE = "Dijk bij Lith na tien dagen dicht", "Veerpont vaart weer"
MENDED_TITLE = "Dijk bij Lith na twaalf dagen dicht"


def asked(wire: Wire) -> int:
    return len(wire.publisher.asked("/feed"))


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_what_is_pushed_appears_without_a_poll(wire: Wire, method: str) -> None:
    wire.subscribe(DIKE)
    assert wire.deliver(FERRY, method=method)[:2] == (202, b"")
    assert wire.titles() == [DIKE_TITLE, FERRY_TITLE]
    assert asked(wire) == 1
    assert wire.push().last_delivery == wire.desk.now


def test_what_is_delivered_goes_through_rules_and_deduplication(wire: Wire) -> None:
    wire.feed = replace(wire.feed, drop=(Rule((("title", "Reclame"),)),))
    wire.accept()
    wire.subscribe(DIKE)
    wire.deliver(item("ad", "Reclame: dijk te koop"), FERRY, DIKE)
    assert wire.titles() == [DIKE_TITLE, FERRY_TITLE]
    assert wire.store.counts() == (2, 2)


def test_a_delivery_may_be_packed(wire: Wire) -> None:
    wire.subscribe(DIKE)
    body = gzip.compress(atom(wire.hub.url, wire.topic, FERRY))
    assert wire.hub.deliver(body, Content_Encoding="gzip").status == 202
    wire.desk.correspond()
    assert FERRY_TITLE in wire.titles()


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "guessed"},
        {"secret": ""},
        {"X_Hub_Signature": "sha256=" + "0" * 64},
        {"X_Hub_Signature": "sha256"},
        {"X_Hub_Signature": ""},
    ],
)
def test_what_the_hub_did_not_sign_is_ignored_and_counted_and_its_sender_told_nothing(
    wire: Wire, how: dict[str, str]
) -> None:
    wire.subscribe(DIKE)
    believed, ignored = wire.deliver(DIKE), wire.deliver(FERRY, **how)
    assert (ignored.status, ignored.body) == (believed.status, believed.body)
    assert wire.titles() == [DIKE_TITLE]
    assert wire.push().refused == 1


def test_what_bears_no_signature_at_all_is_ignored(wire: Wire) -> None:
    wire.subscribe(DIKE)
    where = urlsplit(wire.hub.granted.callback)
    with closing(HTTPConnection(str(where.hostname), where.port)) as connection:
        connection.request("POST", where.path, atom(wire.hub.url, wire.topic, FERRY))
        assert connection.getresponse().status == 202
    wire.desk.correspond()
    assert wire.titles() == [DIKE_TITLE]
    assert wire.push().refused == 1


def test_a_replay_changes_nothing_and_is_not_even_read(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.deliver(FERRY)
    revision = wire.store.revision()
    wire.desk.after(minutes=5)
    assert wire.deliver(FERRY).status == 202
    assert wire.push().last_delivery == wire.desk.now - timedelta(minutes=5)
    assert (wire.store.revision(), wire.titles()) == (revision, [DIKE_TITLE, FERRY_TITLE])


def test_a_delivery_without_what_we_have_takes_nothing_away(wire: Wire) -> None:
    wire.subscribe(DIKE, FERRY)
    wire.deliver()
    wire.deliver(item("bridge", "Brug open"))
    assert wire.titles() == ["Brug open", DIKE_TITLE, FERRY_TITLE]


def test_a_correction_is_taken_in(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.deliver(MENDED)
    assert wire.titles() == [MENDED_TITLE]


@pytest.mark.parametrize("late", [DIKE, item("dike", "Dijk bij Lith", EARLY)], ids=["same", "older"])
def test_an_older_delivery_that_comes_late_does_not_undo_a_correction(wire: Wire, late: str) -> None:
    wire.subscribe()
    wire.deliver(MENDED)
    wire.deliver(late, FERRY)
    assert wire.titles() == [MENDED_TITLE, FERRY_TITLE]


def test_deliveries_that_wait_together_are_taken_one_after_another(wire: Wire) -> None:
    wire.subscribe()
    for entries in ((MENDED,), (DIKE, FERRY), (item("dike", "Dijk bij Lith", EARLY),)):
        wire.hub.deliver(atom(wire.hub.url, wire.topic, *entries))
    for _ in range(3):
        wire.desk.correspond()
    assert wire.titles() == [MENDED_TITLE, FERRY_TITLE]


def test_a_change_that_may_be_old_has_the_feed_polled_as_soon_as_it_may_be(wire: Wire) -> None:
    """Same dates, other words: an old delivery, or a correction by somebody who leaves dates alone."""
    mended = item("dike", MENDED_TITLE)
    wire.subscribe(DIKE)
    wire.deliver(mended)
    assert wire.titles() == [DIKE_TITLE]
    wire.offer(mended)
    wire.desk.after(minutes=4).poll()
    assert asked(wire) == 1
    wire.desk.after(minutes=1).poll()
    assert asked(wire) == 2
    assert wire.titles() == [MENDED_TITLE]


def test_a_delivery_that_nobody_can_read_is_told_and_has_the_feed_polled(wire: Wire) -> None:
    wire.subscribe(DIKE)
    assert wire.hub.deliver(b"<html>no feed</html>").status == 202
    wire.desk.correspond()
    assert "what its hub delivered: this is no feed" in str(wire.push().error)
    assert wire.health().state == "ok"
    wire.desk.after(minutes=5).poll()
    assert asked(wire) == 2


def test_a_delivery_that_is_too_large_is_refused_unread(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.desk.polling = replace(wire.desk.polling, max_body=2000)
    wire.accept()
    body = atom(wire.hub.url, wire.topic, *[item(str(n), f"Bericht {n}") for n in range(20)])
    assert wire.hub.deliver(body).status == 413
    where = urlsplit(wire.hub.granted.callback)
    with closing(HTTPConnection(str(where.hostname), where.port)) as connection:
        connection.request(
            "POST", where.path, iter([body]), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        connection.getresponse()
    wire.desk.correspond()
    assert wire.titles() == [DIKE_TITLE]


def test_a_delivery_that_unpacks_to_too_much_is_given_up(wire: Wire) -> None:
    wire.subscribe(DIKE)
    bomb = gzip.compress(b"<feed>" + b" " * 20_000_000)
    assert wire.hub.deliver(bomb, Content_Encoding="gzip").status == 202
    wire.desk.correspond()
    assert "larger than" in str(wire.push().error)


def test_only_so_much_waits_for_one_feed(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcels, "MOST_OF_FEED", 3)
    wire.subscribe()
    said: list[Said] = [
        wire.hub.deliver(atom(wire.hub.url, wire.topic, item(str(n), f"Bericht {n}"))) for n in range(4)
    ]
    assert [each.status for each in said] == [202, 202, 202, 503]
    assert said[-1].headers["Retry-After"] == "60"
    for _ in range(3):
        wire.desk.correspond()
    assert wire.titles() == ["Bericht 0", "Bericht 1", "Bericht 2"]
    assert wire.deliver(item("3", "Bericht 3")).status == 202


def test_what_was_taken_in_before_a_restart_is_read_after_it(
    open_wire: Callable[[str], Wire], either: str
) -> None:
    first = open_wire(either)
    first.subscribe(DIKE)
    first.hub.deliver(atom(first.hub.url, first.topic, FERRY))
    again = open_wire(either)
    again.accept(link=first.address)
    again.desk.correspond()
    assert again.titles() == [DIKE_TITLE, FERRY_TITLE]
    again.desk.correspond()
    assert again.store.counts() == (2, 2)


def test_polling_slows_down_while_pushes_arrive_and_looks_all_the_same(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.deliver(FERRY)
    wire.offer(FERRY, DIKE)
    wire.desk.after(minutes=16).poll()
    assert asked(wire) == 2
    wire.desk.after(hours=5, minutes=59).poll()
    assert asked(wire) == 2
    wire.desk.after(minutes=2).poll()
    assert asked(wire) == 3
    assert wire.push().is_slowing


def test_a_poll_that_fails_is_tried_again_as_soon_as_any_other(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.deliver(FERRY)
    wire.publisher.answers["/feed"] = Answer(status=500)
    wire.desk.after(minutes=16).poll()
    wire.desk.after(minutes=16).poll()
    assert asked(wire) == 3


def test_polling_goes_on_as_before_where_nothing_was_delivered_yet(wire: Wire) -> None:
    wire.subscribe(DIKE)
    for _ in range(3):
        wire.desk.after(minutes=16).poll()
    assert asked(wire) == 4


def test_polling_resumes_when_a_poll_finds_what_was_not_pushed(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.deliver(FERRY)
    wire.offer(item("bridge", "Brug open"), FERRY, DIKE)
    wire.desk.after(minutes=16).poll()
    assert not wire.push().is_slowing
    wire.desk.after(minutes=16).poll()
    assert asked(wire) == 3
    wire.deliver(item("lock", "Sluis dicht"))
    assert wire.push().is_slowing


def test_polling_resumes_when_the_lease_is_lost(wire: Wire) -> None:
    wire.subscribe(DIKE, lease="7200")
    wire.deliver(FERRY)
    wire.desk.after(minutes=16).poll()
    wire.hub.answer = Answer(status=500)
    wire.desk.after(hours=2).correspond()
    assert not wire.push().is_slowing
    wire.desk.after(minutes=16).poll()
    assert asked(wire) == 3


def test_what_has_left_feeds_yaml_is_not_read_any_more(wire: Wire) -> None:
    wire.subscribe(DIKE)
    wire.hub.deliver(atom(wire.hub.url, wire.topic, FERRY))
    wire.accept(feeds=False)
    wire.desk.correspond()
    assert [line.entry.title for line in wire.store.ticker(Choice(), None, 9)] == [DIKE_TITLE]
