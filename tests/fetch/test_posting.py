"""Forms for hubs: posted through the same client, and the same guard, as everything that leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from publisher import Answer, Publisher, redirect

from aggregator.errors import FeedError
from aggregator.fetch import is_public
from aggregator.model import Request, Response

Ask = Callable[..., dict[str, Response | FeedError]]
FORM = b"hub.mode=publish&hub.url=https%3A%2F%2Fdraad.example%2Ffeed.rss"


def test_a_form_is_posted_and_the_next_request_is_a_get_again(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["*"] = Answer(status=204)
    url = publisher.url("/hub")
    answer = ask(Request("hub", url, form=FORM))["hub"]
    ask(publisher.url("/feed"))
    assert isinstance(answer, Response) and answer.status == 204
    posted, asked = publisher.log
    assert (posted.method, posted.body) == ("POST", FORM)
    assert dict(posted.headers) == {
        "host": f"127.0.0.1:{publisher.port}",
        "user-agent": "test/1.0 (+https://example.org/about)",
        "accept": "*/*",
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(FORM)),
    }
    assert (asked.method, asked.body) == ("GET", b"")
    assert "content-type" not in asked.headers


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_that_has_moved_gets_the_form_there(publisher: Publisher, ask: Ask, status: int) -> None:
    publisher.answers |= {"/hub": redirect("/new", status), "/new": Answer(status=202)}
    answer = ask(Request("hub", publisher.url("/hub"), form=FORM))["hub"]
    assert isinstance(answer, Response) and answer.status == 202
    assert [(asked.method, asked.body) for asked in publisher.asked("/new")] == [("POST", FORM)]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_lose_the_form_is_not_followed(
    publisher: Publisher, ask: Ask, status: int
) -> None:
    publisher.answers |= {"/hub": redirect("/new", status), "/new": Answer(status=202)}
    answer = ask(Request("hub", publisher.url("/hub"), form=FORM))["hub"]
    assert isinstance(answer, Response) and answer.status == status
    assert publisher.asked("/new") == []


def test_a_hub_that_redirects_to_a_closed_network_is_not_followed(publisher: Publisher, ask: Ask) -> None:
    publisher.answers["/hub"] = redirect("http://[::1]:1/", 307)
    answer = ask(Request("hub", publisher.url("/hub"), form=FORM))["hub"]
    assert isinstance(answer, FeedError)
    assert "it leads to a loopback address" in answer.message


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("news.example.org", True),
        ("1.1.1.1", True),
        ("localhost", False),
        ("wire.localhost", False),
        ("printer.local", False),
        ("intranet", False),
        ("10.0.0.7", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
    ],
)
def test_a_host_is_public_where_others_can_be_expected_to_reach_it(host: str, public: bool) -> None:
    assert is_public(host, ()) is public


def test_an_open_network_counts_as_public() -> None:
    assert is_public("127.0.0.1", ("127.0.0.0/8",))
