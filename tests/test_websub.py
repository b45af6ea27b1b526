"""WebSub's words: hubs found in headers, forms, signatures, leases."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from newsroom import HOUR, NOON

from aggregator import websub

URL = "https://wire.example/feed"
SECRET, BODY = "a secret", b"<feed/>"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (
            '<https://hub.example/>; rel="hub", <https://wire.example/feed>; rel="self"',
            ("https://hub.example/", "https://wire.example/feed"),
        ),
        ("<https://hub.example/>; rel=hub", ("https://hub.example/", None)),
        ("<//hub.example/>;title=\"a, b\";REL='x', </feed>; rel=self", (None, "https://wire.example/feed")),
        ('</hub>; rel="alternate hub self"', ("https://wire.example/hub", "https://wire.example/hub")),
        (
            '<https://one.example/>; rel="hub", <https://two.example/>; rel="hub"',
            ("https://one.example/", None),
        ),
        ("<javascript:alert(1)>; rel=hub, <file:///etc/passwd>; rel=self", (None, None)),
        ('<https://hub.example/>; rev="hub"', (None, None)),
        ("https://hub.example/; rel=hub", (None, None)),
        ("", (None, None)),
    ],
)
def test_hub_and_topic_are_read_from_link_headers(link: str, found: tuple[str | None, str | None]) -> None:
    assert websub.offered({"link": link}, URL) == found


def test_a_link_header_that_is_made_to_be_slow_is_not() -> None:
    for hostile in ("<" * 60_000, "<a>" + "; a" * 20_000, '<a>; rel="' * 10_000, "<a>" + ";" + " " * 60_000):
        assert websub.offered({"link": hostile}, URL) == (None, None)


def test_a_subscription_is_asked_for_with_callback_secret_and_lease_and_ended_without() -> None:
    callback = "https://draad.example/websub/abc"
    asked = dict(parse_qsl(websub.request("subscribe", URL, callback, SECRET).decode()))
    assert asked == {
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.callback": callback,
        "hub.secret": SECRET,
        "hub.lease_seconds": "864000",
    }
    ended = dict(parse_qsl(websub.request("unsubscribe", URL, callback, SECRET).decode()))
    assert ended == {"hub.mode": "unsubscribe", "hub.topic": URL, "hub.callback": callback}


def test_a_publication_names_each_topic() -> None:
    form = websub.publication(
        ["https://draad.example/feed.rss", "https://draad.example/search/feed.rss?q=a b"]
    )
    assert parse_qsl(form.decode()) == [
        ("hub.mode", "publish"),
        ("hub.url", "https://draad.example/feed.rss"),
        ("hub.url", "https://draad.example/search/feed.rss?q=a b"),
    ]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_of_each_method_is_believed(method: str) -> None:
    made = hmac.new(SECRET.encode(), BODY, getattr(hashlib, method)).hexdigest()
    assert websub.is_signed(BODY, SECRET, f"{method}={made}")
    assert websub.is_signed(BODY, SECRET, f"{method.upper()}={made.upper()}")
    assert not websub.is_signed(BODY + b" ", SECRET, f"{method}={made}")
    assert not websub.is_signed(BODY, "another", f"{method}={made}")
    assert not websub.is_signed(BODY, SECRET, f"{method}={made[:-1]}")


@pytest.mark.parametrize(
    "header", ["", "sha1", "sha1=", "md5=" + "0" * 40, "sha224=" + "0" * 56, "é=ü", "new=" + "0" * 40]
)
def test_what_is_no_signature_is_not_believed(header: str) -> None:
    assert not websub.is_signed(BODY, SECRET, header)


@pytest.mark.parametrize(
    ("told", "lasts"),
    [
        ("3600", HOUR),
        ("1", timedelta(seconds=1)),
        ("31536000", timedelta(days=30)),
        ("9" * 5000, timedelta(days=30)),
        ("0", timedelta(days=10)),
        ("", timedelta(days=10)),
        ("-1", timedelta(days=10)),
        ("²", timedelta(days=10)),
        ("soon", timedelta(days=10)),
    ],
)
def test_a_lease_is_what_the_hub_says_within_bounds(told: str, lasts: timedelta) -> None:
    assert websub.lease(told) == lasts


def test_a_lease_is_renewed_before_it_ends_but_not_all_the_time() -> None:
    assert websub.renewal(NOON, 3 * HOUR, timedelta(minutes=5)) == NOON + 2 * HOUR
    assert websub.renewal(NOON, timedelta(seconds=1), timedelta(minutes=5)) == NOON + timedelta(minutes=5)


def test_a_hub_that_fails_is_asked_ever_less_often() -> None:
    minute = timedelta(minutes=1)
    waits = [websub.backoff(failures, minute) for failures in (1, 2, 3, 10**9)]
    assert waits == [minute, 2 * minute, 4 * minute, timedelta(days=1)]
