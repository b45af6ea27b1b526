from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from publisher import NEVER_A_BYTE, Answer, Publisher, Raw, conditional, redirect

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.model import Polling, Request, Response, Validators

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
Ask = Callable[..., dict[str, Response | FeedError]]


def test_an_answer_comes_back_whole_with_what_it_says_of_itself(publisher: Publisher, ask: Ask) -> None:
    headers = [
        ("ETag", '"1"'),
        ("Cache-Control", "public"),
        ("cache-control", "max-age=60"),
        ("Retry-After", "9"),
    ]
    publisher.answers["/feed"] = Answer(b"<rss/>", headers=headers)
    url = publisher.url("/feed")
    response = ask(url)[url]
    assert isinstance(response, Response)
    assert response == Response(
        url=url,
        status=200,
        body=b"<rss/>",
        headers={
            "etag": '"1"',
            "cache-control": "public, max-age=60",
            "retry-after": "9",
            "content-length": "6",
        },
        fresh_for=timedelta(seconds=60),
        retry_at=NOW + timedelta(seconds=9),
        elapsed=response.elapsed,
        received=6,
    )
    assert timedelta(0) < response.elapsed < timedelta(seconds=20)


def test_we_say_who_we_are_and_what_we_read_and_nothing_more(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["*"] = Answer(headers={"Set-Cookie": "id=1; Path=/"})
    ask(publisher.url("/one"))
    ask(publisher.url("/one"))
    assert dict(publisher.log[1].headers) == {
        "host": f"127.0.0.1:{publisher.port}",
        "user-agent": "test/1.0 (+https://example.org/about)",
        "accept": publisher.log[0].headers["accept"],
        "accept-encoding": "gzip, deflate, br",
        "a-im": "feed",
    }
    assert publisher.log[1].headers["accept"].startswith("application/atom+xml, application/rss+xml")


def test_validators_come_back_to_the_publisher_byte_for_byte(publisher: Publisher, ask: Ask) -> None:
    etag, stamp = 'W/"caf\xe9 ,\\ \t\x80"', "yesterday, \xff"
    publisher.answers["/feed"] = conditional(b"<rss/>", etag, stamp, Cache_Control="max-age=7")
    url = publisher.url("/feed")
    first = ask(url)[url]
    assert isinstance(first, Response)
    assert first.validators == Validators(etag, stamp)
    second = ask(Request("again", url, first.validators))["again"]
    assert isinstance(second, Response)
    assert (second.status, second.body, second.fresh_for) == (304, None, timedelta(seconds=7))
    assert publisher.log[1].headers["if-modified-since"] == stamp


@pytest.mark.parametrize("status", [200, 204, 206, 226, 300, 304, 400, 404, 410, 429, 500, 503, 599])
def test_every_complete_answer_is_a_response(publisher: Publisher, ask: Ask, status: int) -> None:
    publisher.answers["/feed"] = Answer(b"" if status in (204, 304) else b"body", status)
    answer = ask(publisher.url("/feed"))[publisher.url("/feed")]
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (status, {204: b"", 304: None}.get(status, b"body"))


def test_a_body_comes_as_it_was_on_the_wire(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["/feed"] = Answer(
        b"\x1f\x8b no gzip", headers={"Content-Encoding": "gzip"}, chunked=True
    )
    answer = ask(publisher.url("/feed"))[publisher.url("/feed")]
    assert isinstance(answer, Response)
    assert answer.body == b"\x1f\x8b no gzip"


def test_redirects_are_followed_and_only_moves_for_good_are_told(publisher: Publisher, ask: Ask) -> None:
    publisher.answers |= {
        "/old": redirect("/new", 301),
        "/new": redirect(publisher.url("/today", "127.0.0.2"), 307),
        "/today": Answer(b"<rss/>"),
    }
    answer = ask(Request("wire", publisher.url("/old"), Validators('"1"')))["wire"]
    assert isinstance(answer, Response)
    assert (answer.url, answer.moved_to) == (publisher.url("/today", "127.0.0.2"), publisher.url("/new"))
    assert [asked.headers["if-none-match"] for asked in publisher.log] == ['"1"'] * 3
    assert all("referer" not in asked.headers for asked in publisher.log)


def test_a_login_is_sent_to_the_host_that_it_is_for_and_to_no_other(publisher: Publisher, ask: Ask) -> None:
    publisher.answers |= {
        "/a": redirect("/b"),
        "/b": redirect(publisher.url("/c", "127.0.0.2")),
        "/c": Answer(),
    }
    answer = ask(Request("wire", publisher.url("/a").replace("//", "//juan:secret@")))["wire"]
    assert isinstance(answer, Response)
    assert "secret" not in answer.url
    assert [asked.headers.get("authorization") for asked in publisher.log] == [
        "Basic anVhbjpzZWNyZXQ="
    ] * 2 + [None]


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::10.0.0.1]/",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9.0xfe/",
        "http://0251.0376.0251.0376/",
        "http://169.16689662/",
        "http://good.example@10.0.0.1/",
        "http://0/",
        "http://127.0.0.1/%0d%0aX: y",
    ],
)
def test_a_redirect_to_a_place_that_is_closed_is_refused(
    publisher: Publisher, ask: Ask, location: str
) -> None:
    publisher.answers["*"] = redirect(location)
    error = ask(Request("wire", publisher.url("/feed")))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("refused to ")
    assert len(publisher.log) == 1


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.1", "127.1", "localhost", "[::1]"]
)
def test_without_leave_no_packet_goes_to_loopback(publisher: Publisher, polling: Polling, host: str) -> None:
    client = Client(replace(polling, allow_networks=()), "test")
    client.add(Request("wire", f"http://{host}:{publisher.port}/secret"))
    [(_, error)] = client.wait(30, NOW)
    client.close()
    assert isinstance(error, FeedError)
    assert "it leads to a loopback address; poll.allow_networks can open that network" in error.message
    assert (publisher.log, publisher.connections) == ([], 0)


def test_one_network_that_is_open_opens_no_other(publisher: Publisher, polling: Polling) -> None:
    client = Client(replace(polling, allow_networks=("127.0.0.2/32",)), "test")
    client.add(Request("wire", publisher.url("/", "127.0.0.3")))
    [(_, error)] = client.wait(30, NOW)
    client.close()
    assert isinstance(error, FeedError)
    assert publisher.connections == 0


def test_ipv6_is_asked_where_it_is_allowed(polling: Polling) -> None:
    with Publisher("::1") as publisher:
        publisher.answers["/feed"] = Answer(b"<rss/>")
        client = Client(replace(polling, allow_networks=("::1/128",)), "test")
        client.add(Request("wire", publisher.url("/feed")))
        [(_, answer)] = client.wait(30, NOW)
        client.close()
    assert isinstance(answer, Response)
    assert answer.body == b"<rss/>"


def test_no_proxy_stands_between_us_and_the_guard(
    publisher: Publisher, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", publisher.url("/proxy"))
    monkeypatch.setenv("ALL_PROXY", publisher.url("/proxy"))
    publisher.answers["/feed"] = Answer(b"<rss/>")
    assert isinstance(ask(Request("wire", publisher.url("/feed", "127.0.0.9")))["wire"], Response)
    assert [asked.path for asked in publisher.log] == ["/feed"]


def test_hundreds_are_asked_at_once_and_none_gets_another_ones_answer(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["*"] = lambda asked: Answer(asked.path.encode(), delay=0.5)
    urls = [publisher.url(f"/{n}", f"127.0.1.{n % 250 + 1}") for n in range(300)]
    answers = ask(*urls)
    assert [answer.body for answer in answers.values() if isinstance(answer, Response)] == [
        url.partition(str(publisher.port))[2].encode() for url in answers
    ]
    assert len(answers) == 300
    assert 200 < publisher.most_at_once[""] <= 256


def test_a_host_is_asked_only_per_host_at_once_and_holds_up_no_other(
    publisher: Publisher, client: Client
) -> None:
    publisher.answers |= {"*": Answer(b"slow", delay=0.2), "/quick": Answer(b"quick")}
    for n in range(6):
        client.add(Request(f"slow{n}", publisher.url(f"/{n}")))
    client.add(Request("quick", publisher.url("/quick", "127.0.0.2")))
    order = []
    while client.pending:
        order += [request.key for request, _ in client.wait(10, NOW)]
    assert order[0] == "quick"
    assert sorted(order[1:]) == [f"slow{n}" for n in range(6)]
    assert publisher.most_at_once["127.0.0.1"] == 2


def test_a_redirect_waits_for_its_new_hosts_turn(publisher: Publisher, ask: Ask) -> None:
    target = publisher.url("/target", "127.0.0.9")
    publisher.answers |= {"*": redirect(target), "/target": Answer(b"x", delay=0.1)}
    ask(*(publisher.url(f"/{n}", f"127.0.2.{n}") for n in range(1, 9)))
    assert publisher.most_at_once["127.0.0.9"] == 2
    assert len(publisher.asked("/target")) == 8


def test_more_per_host_is_allowed_from_the_next_round_on(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask
) -> None:
    publisher.answers["*"] = Answer(b"slow", delay=0.2)
    client.reconfigure(replace(polling, per_host=5))
    ask(*(publisher.url(f"/{n}") for n in range(10)))
    assert publisher.most_at_once["127.0.0.1"] == 5


def test_a_network_that_is_closed_again_is_closed_for_open_connections_too(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask
) -> None:
    publisher.answers["*"] = Answer(b"x")
    assert isinstance(ask(Request("before", publisher.url()))["before"], Response)
    client.reconfigure(replace(polling, allow_networks=()))
    assert isinstance(ask(Request("after", publisher.url()))["after"], FeedError)
    assert len(publisher.log) == 1


def test_the_feeds_of_one_host_share_a_connection(
    publisher: Publisher, client: Client, polling: Polling, ask: Ask
) -> None:
    client.reconfigure(replace(polling, per_host=1))
    publisher.answers["*"] = Answer(b"x")
    ask(*(publisher.url(f"/{n}") for n in range(10)))
    assert publisher.connections == 1


def test_a_wait_without_work_lasts_its_time_and_no_longer(client: Client) -> None:
    began = monotonic()
    assert client.wait(0.05, NOW) == []
    assert 0.04 < monotonic() - began < 10


def test_wake_ends_a_wait_from_another_thread(publisher: Publisher, client: Client) -> None:
    publisher.answers["*"] = NEVER_A_BYTE
    client.add(Request("wire", publisher.url()))
    began = monotonic()
    threading.Timer(0.05, client.wake).start()
    assert client.wait(60, NOW) == []
    assert monotonic() - began < 30
    assert client.pending == 1


def test_wake_before_a_wait_is_not_lost(client: Client) -> None:
    client.wake()
    client.wake()
    began = monotonic()
    assert client.wait(60, NOW) == []
    assert client.wait(0.01, NOW) == []
    assert monotonic() - began < 30


def test_close_aborts_what_is_under_way(publisher: Publisher, polling: Polling) -> None:
    publisher.answers["*"] = Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"], end="hold")
    client = Client(polling, "test")
    for n in range(20):
        client.add(Request(str(n), publisher.url(f"/{n}", f"127.0.3.{n % 5 + 1}")))
    client.wait(0.3, NOW)
    assert (client.pending, publisher.open_connections) == (20, 10)
    client.close()
    client.wake()
    assert client.pending == 0
    ends = monotonic() + 30
    while publisher.open_connections:
        assert monotonic() < ends


def test_a_refused_connection_is_told_without_the_login(publisher: Publisher, ask: Ask) -> None:
    url = publisher.url().replace("//", "//juan:secret@")
    publisher.close_port()
    error = ask(Request("wire", url))["wire"]
    assert isinstance(error, FeedError)
    assert error.message.startswith("could not connect to 127.0.0.1: connection refused; ")


def test_a_client_goes_on_after_any_number_of_failures(publisher: Publisher, ask: Ask) -> None:
    publisher.answers |= {"*": Raw([b"garbage\r\n\r\n"], end="reset"), "/good": Answer(b"good")}
    answers = ask(*(publisher.url(f"/{n}") for n in range(50)), publisher.url("/good"), "nonsense")
    assert sum(isinstance(answer, FeedError) for answer in answers.values()) == 51
    assert isinstance(answers[publisher.url("/good")], Response)
