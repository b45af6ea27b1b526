from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from publisher import (
    NEVER_A_BYTE,
    PLAIN_TEXT,
    Answer,
    Publisher,
    Raw,
    Reply,
    drip,
    endlessly,
    redirect,
)

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.model import Polling, Request, Response

Ask = Callable[..., dict[str, Response | FeedError]]

OK = b"HTTP/1.1 200 OK\r\n"


def complaint(publisher: Publisher, ask: Ask, reply: Reply) -> str:
    publisher.answers["/feed"] = reply
    answer = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(answer, FeedError)
    assert answer.stage == "fetch"
    return answer.message


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            Answer(b"x" * 5000, cut=1200),
            "the answer of 127.0.0.1 was cut off: 1,200 of 5,000 bytes came",
        ),
        (Answer(b"x" * 100, length=5000), "was cut off: 100 of 5,000 bytes came"),
        (Answer(b"x" * 5000, cut=1200, chunked=True), "was cut off: 1,200 bytes came"),
        (Answer(b"x" * 5000, cut=1200, reset=True), "the answer of 127.0.0.1 was cut off"),
        (Answer(b"x" * 5000, length=1200), "is longer than it says"),
        (Raw(), "closed the connection without an answer"),
        (Raw(end="reset"), "127.0.0.1 broke off the connection before it had answered: connection reset"),
        (PLAIN_TEXT, "what 127.0.0.1 answers is not HTTP"),
        (Raw([b"\x00\x01\x02\xff" * 100]), "what 127.0.0.1 answers is not HTTP"),
        (Raw([b"HTTP/9.9 huh\r\n\r\n"]), "what 127.0.0.1 answers is not HTTP"),
        (Answer(b"x" * 100_001), "is larger than 100,000 bytes; raise poll.max_body if that is meant"),
        (Answer(b"x" * 100_001, chunked=True), "is larger than 100,000 bytes"),
        (Raw([OK + b"Content-Length: 200000000\r\n\r\n", b"x" * 9]), "is larger than 100,000 bytes"),
        (Raw(endlessly(OK + b"\r\n", b"x" * 10_000)), "is larger than 100,000 bytes"),
        (Raw(endlessly(OK, b"X-More: of it\r\n")), "sends more than 64 kB of headers"),
        (Raw(endlessly(OK + b"X-More: ", b"x" * 10_000)), "sends more than 64 kB of headers"),
        (Raw(endlessly(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")), "sends more than 64 kB of headers"),
        (redirect("/feed"), "127.0.0.1 redirects in a circle, back to /feed"),
        (Answer(status=301), "127.0.0.1 answers 301, a redirect, without saying where to"),
    ],
)
def test_an_answer_that_is_not_whole_or_out_of_bounds_is_an_error(
    publisher: Publisher, ask: Ask, reply: Reply, words: str
) -> None:
    assert words in complaint(publisher, ask, reply)


def test_a_body_of_just_the_bound_is_taken(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["/feed"] = Answer(b"x" * 100_000, headers={"X-Long": "y" * 60_000})
    answer = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(answer, Response)
    assert answer.received == 100_000


def test_a_line_break_too_much_after_the_body_is_forgiven(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["/feed"] = Answer(b"<rss/>\r\n", length=6)
    answer = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(answer, Response)
    assert answer.body == b"<rss/>"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (NEVER_A_BYTE, "no complete head of an answer came"),
        (Raw([OK, 0.2, b"A: b\r\n", 0.2, b"C: d\r\n", 9.0]), "no complete head of an answer came"),
        (drip(OK + b"Content-Length: 500\r\n\r\n", b"x" * 500, every=0.05), "of 500 bytes came"),
        (Raw([OK + b"\r\n", b"12345"], end="hold"), "only 5 bytes came"),
    ],
)
def test_the_deadline_is_for_the_whole_request(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask, reply: Reply, words: str
) -> None:
    client.reconfigure(replace(polling, timeout=timedelta(seconds=0.3)))
    message = complaint(publisher, ask, reply)
    assert "gave up on 127.0.0.1 after 0.3 s" in message
    assert words in message


def test_a_connection_that_does_not_come_about_is_given_up(
    client: Client, polling: Polling, ask: Ask
) -> None:
    client.reconfigure(replace(polling, timeout=timedelta(seconds=0.3)))
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, socket.socket() as first:
        first.connect(busy.getsockname())
        error = ask(Request("wire", f"http://127.0.0.1:{busy.getsockname()[1]}/"))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("gave up on 127.0.0.1 after 0.3 s: no connection came about")


def test_a_handshake_that_does_not_end_is_given_up(client: Client, polling: Polling, ask: Ask) -> None:
    client.reconfigure(replace(polling, timeout=timedelta(seconds=0.3)))
    with Publisher(greeting=NEVER_A_BYTE) as silent:
        error = ask(Request("wire", silent.url().replace("http:", "https:")))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("gave up on 127.0.0.1 after 0.3 s: the TLS handshake did not end")


def test_the_deadline_counts_all_hops_together(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask
) -> None:
    client.reconfigure(replace(polling, timeout=timedelta(seconds=0.5)))
    slow = {f"/{n}": replace(redirect(f"/{n + 1}"), delay=0.2) for n in range(5)}
    publisher.answers |= {**slow, "/5": Answer(b"never")}
    answer = ask(Request("wire", publisher.url("/0")))["wire"]
    assert isinstance(answer, FeedError)
    assert "gave up on 127.0.0.1 after 0.5" in answer.message
    assert len(publisher.log) == 3


def test_a_slow_feed_holds_up_no_other(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask
) -> None:
    client.reconfigure(replace(polling, timeout=timedelta(seconds=0.5)))
    publisher.answers |= {
        "/slow": NEVER_A_BYTE,
        "/endless": Raw(endlessly(OK, b"A: b\r\n")),
        "*": Answer(b"x"),
    }
    slow = [publisher.url(path, f"127.0.4.{n}") for n in range(1, 40) for path in ("/slow", "/endless")]
    good = [publisher.url("/good", f"127.0.5.{n}") for n in range(1, 100)]
    answers = ask(*slow, *good)
    assert {url for url, answer in answers.items() if isinstance(answer, Response)} == set(good)
