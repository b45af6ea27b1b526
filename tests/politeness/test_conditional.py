"""How we ask, 2 and 3: conditionally, with what the publisher gave us, and compressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace

import brotli
import pytest
from guest import HOURS, feed, health, rss
from newsdesk import Newsdesk
from publisher import Answer, Publisher, conditional, redirect

from aggregator.model import Validators

ODD = ['W/"1"', "unquoted", '"half', '""', '"é\xff"', '"a, b"', '"' + "x" * 3000 + '"']
SINCE = ["Mon, 23 Nov 2026 11:00:00 GMT", "Mon, 23 Nov 2026 13:00:00 +0200", "yesterday", "0"]


def conditions(publisher: Publisher) -> list[tuple[str | None, str | None]]:
    return [
        (asked.headers.get("if-none-match"), asked.headers.get("if-modified-since"))
        for asked in publisher.log
    ]


@pytest.mark.parametrize("etag", ODD, ids=lambda etag: etag[:9])
def test_an_etag_comes_back_byte_for_byte(desk: Newsdesk, publisher: Publisher, etag: str) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers={"ETag": etag})
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert f"\r\nIf-None-Match: {etag}\r\n".encode("latin-1") in publisher.log[1].raw


@pytest.mark.parametrize("since", SINCE)
def test_last_modified_comes_back_byte_for_byte(desk: Newsdesk, publisher: Publisher, since: str) -> None:
    publisher.answers["/feed"] = Answer(rss("Storm"), headers={"Last-Modified": since})
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert f"\r\nIf-Modified-Since: {since}\r\n".encode() in publisher.log[1].raw


def test_both_are_sent_when_both_were_given_and_none_is_invented(
    desk: Newsdesk, publisher: Publisher
) -> None:
    both = {"ETag": '"1"', "Last-Modified": SINCE[0], "Date": SINCE[0]}
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={"Date": SINCE[0]}),
        Answer(rss(), headers=both),
    ]
    desk.subscribe(feed(publisher))
    for _ in range(3):
        desk.after(hours=1).poll()
    assert conditions(publisher) == [(None, None), (None, None), ('"1"', SINCE[0])]


def test_a_validator_too_long_to_send_is_none(desk: Newsdesk, publisher: Publisher) -> None:
    headers = {"ETag": '"' + "x" * 20_000 + '"', "Last-Modified": SINCE[0]}
    publisher.answers["/feed"] = Answer(rss("Storm"), headers=headers)
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.after(hours=1).poll()
    assert conditions(publisher)[1] == (None, SINCE[0])
    assert desk.store.peek()[0].validators == Validators(None, SINCE[0])
    assert health(desk).state == "ok"


def test_they_are_stored_after_a_good_parse_even_of_an_equal_body(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    publisher.answers["/feed"] = [Answer(rss("Storm"), headers={"ETag": f'"{n}"'}) for n in range(3)]
    desk = open_desk()
    desk.subscribe(feed(publisher))
    for n in range(3):
        desk.after(hours=1).poll()
        assert desk.store.peek()[0].validators == Validators(f'"{n}"')
    open_desk().after(hours=9).poll()  # also after a restart
    assert conditions(publisher) == [(None, None), ('"0"', None), ('"1"', None), ('"2"', None)]


def test_a_304_updates_what_it_names_and_keeps_the_rest(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={"ETag": '"1"', "Last-Modified": SINCE[0]}),
        Answer(status=304, headers={"ETag": '"2"'}),
        Answer(status=304),
    ]
    desk.subscribe(feed(publisher))
    for _ in range(4):
        desk.after(hours=1).poll()
    assert conditions(publisher)[1:] == [('"1"', SINCE[0]), ('"2"', SINCE[0]), ('"2"', SINCE[0])]


@pytest.mark.parametrize(
    "bad",
    [
        Answer(b"<html>We will be back</html>", headers={"ETag": '"bad"'}),
        Answer(rss("Sun"), status=500, headers={"ETag": '"bad"'}),
        Answer(rss("Sun"), headers={"ETag": '"bad"'}, cut=40),
        Answer(b"", headers={"ETag": '"bad"'}),
    ],
    ids=["a web page", "a 500", "cut off", "empty"],
)
def test_after_an_answer_that_was_no_feed_the_old_ones_are_sent(
    desk: Newsdesk, publisher: Publisher, bad: Answer
) -> None:
    publisher.answers["/feed"] = [Answer(rss("Storm"), headers={"ETag": '"good"'}), bad]
    desk.subscribe(feed(publisher))
    for _ in range(3):
        desk.after(hours=1).poll()
    assert conditions(publisher) == [(None, None), ('"good"', None), ('"good"', None)]


def test_once_they_are_known_no_request_is_without_them_by_hand_or_not(
    open_desk: Callable[..., Newsdesk], publisher: Publisher
) -> None:
    """Not after failures, a restart, an edit, an answer that gives none, a time off, or a year."""
    publisher.answers["/feed"] = [
        Answer(rss("Storm"), headers={"ETag": '"1"'}),
        Answer(status=503),
        Answer(b"nonsense"),
        Answer(rss("Sun", "Storm")),
        Answer(status=304),
    ]
    desk = open_desk()
    desk.subscribe(feed(publisher))
    for _ in range(3):
        desk.after(hours=1).poll()
    desk.subscribe(feed(publisher, title="Another name", categories=("coast",), every=HOURS))
    for _ in range(3):
        desk.after(hours=1).poll(by_hand=True)
    desk.subscribe()
    desk.subscribe(feed(publisher))
    open_desk().after(days=365).poll()
    assert len(publisher.log) == 7
    assert set(conditions(publisher)[1:]) == {('"1"', None)}


def test_an_admin_who_writes_down_a_move_does_not_make_us_ask_for_all_of_it_again(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = redirect("/new", 301)
    publisher.answers["/new"] = conditional(rss("Storm"), '"1"')
    desk.subscribe(feed(publisher))
    desk.poll()
    desk.subscribe(replace(feed(publisher), url=publisher.url("/new")))
    assert desk.poll() == {}
    assert desk.after(hours=1).poll()["feed"].status == 304
    assert health(desk).moved_to is None


def test_a_poll_by_hand_is_conditional_too(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = conditional(rss("Storm"), '"1"', "Mon, 23 Nov 2026 11:00:00 GMT")
    desk.subscribe(feed(publisher))
    desk.poll(by_hand=True)
    assert desk.poll(by_hand=True)["feed"].status == 304


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_body_comes_compressed_where_the_server_can(
    desk: Newsdesk, publisher: Publisher, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = pack(rss("Storm"))
    publisher.answers["/feed"] = Answer(body, headers={"Content-Encoding": coding})
    desk.subscribe(feed(publisher))
    outcome = desk.poll()["feed"]
    assert coding in publisher.log[0].headers["accept-encoding"]
    assert (outcome.new, outcome.received) == (1, len(body))
