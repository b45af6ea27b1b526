"""What an admin reads of a broken feed: one sentence, which says what happened and what to do."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from pebble import ProcessExpired

from aggregator.errors import FeedError, WebPageError
from aggregator.fetch import complaint
from aggregator.fetch.faults import Code, Failure, told
from aggregator.fetch.redirects import Errand, next_hop, set_out
from aggregator.model import Claim, Polling, Request, Response, Subscription
from aggregator.parse import parse
from aggregator.pipeline.reading import Job, read
from aggregator.pipeline.workers import failure

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
REMEDIES = re.compile(
    r"[;:] (nothing to do|it is asked again|its publisher has to mend|if this machine's clock is right|"
    r"check the|look for|ask its|remove|name one of|put (it|that|one|the)|try |raise |update |install |"
    r"use http|write |log in |poll.allow_networks can)|and it names no feed; look for"
)
STATUSES = (*range(400, 452), *range(500, 504))


def is_one_sentence_with_a_remedy(sentence: str) -> bool:
    is_one = sentence.isprintable() and ". " not in sentence and not sentence.endswith((".", ";", ":", " "))
    return is_one and len(sentence) < 400 and REMEDIES.search(sentence) is not None


@pytest.mark.parametrize("status", [*range(200, 209), *range(300, 309), *STATUSES, *range(504, 512), 599])
@pytest.mark.parametrize("retry", [None, timedelta(hours=3)], ids=["", "and to wait"])
def test_a_status_says_what_it_means_and_what_to_do(status: int, retry: timedelta | None) -> None:
    response = Response("https://krant.example/feed", status, retry_at=NOON + retry if retry else None)
    sentence = complaint(response)
    assert sentence.startswith(f"krant.example answers {status}")
    assert is_one_sentence_with_a_remedy(sentence), sentence
    assert ("it asks us to wait until 2026-11-23 15:00 UTC" in sentence) == bool(retry)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (404, "there is no feed at this address; look for the feed's new address on its publisher's site"),
        (410, "taken away for good and is not asked again; remove it, or give its new address"),
        (500, "the publisher's server has trouble at the moment; nothing to do, it is asked again by itself"),
        (503, "it is overloaded or being repaired; nothing to do, it is asked again by itself"),
    ],
)
def test_the_statuses_that_feeds_suffer_from_most_say_plainly_what_to_do(status: int, sentence: str) -> None:
    assert sentence in complaint(Response("https://krant.example/feed", status))


FAILURES = [
    Failure(code, detail, "krant.example", phase, 20.0, received, 5000, errno, certificate)
    for code, phase, (received, errno), (detail, certificate) in product(
        (*Code, 99),
        ("name", "connection", "handshake", "answer", "body"),
        ((0, 0), (1200, 104)),
        (("", 0), ("no alternative name matches", 62), ("wrong version number", 18), ("odd", 20)),
    )
] + [Failure(60, "", "krant.example", "handshake", 1.0, certificate=number) for number in range(9, 24)]


def test_whatever_libcurl_says_becomes_a_sentence_with_a_remedy() -> None:
    assert [told(each) for each in FAILURES if not is_one_sentence_with_a_remedy(told(each))] == []


def _hops(*locations: str | None) -> Callable[[], object]:
    def follow() -> None:
        errand: Errand | None = set_out(Request("krant", "https://krant.example/feed"))
        for location in locations:
            errand = next_hop(errand, 302, location, 0.0) if errand else None

    return follow


def _body(body: bytes, **headers: str) -> Callable[[], object]:
    response = Response("https://krant.example/feed", 200, body, headers)
    subscription = Subscription("krant", "https://krant.example/feed", timedelta(minutes=15))
    return lambda: read(Job(1, subscription, response, b"", Polling(max_body=50_000), NOON))


def _coded(body: bytes, coding: str) -> Callable[[], object]:
    return _body(body, **{"content-encoding": coding})


WRONG: dict[str, Callable[[], object]] = {
    "address": lambda: set_out(Request("krant", "ftp://krant.example/feed")),
    "no location": _hops(None),
    "another scheme": _hops("file:///etc/passwd"),
    "not secure": _hops("http://krant.example/feed"),
    "circle": _hops("/a", "/feed"),
    "chain": _hops(*"abcdef"),
    "no body": lambda: parse(Response("https://krant.example/", 304), max_body=1, max_entries=1),
    "empty": _body(b""),
    "white space": _body(b" \n"),
    "comments": _body(b"<!-- nothing -->"),
    "page": _body(b"<!doctype html><html><p>Not found</html>"),
    "page with feeds": _body(
        b"<!doctype html><link rel=alternate type=application/rss+xml href=/rss><p>Here</html>"
    ),
    "opml": _body(b"<opml version='2.0'><body/></opml>"),
    "sitemap": _body(b"<urlset/>"),
    "xml": _body(b"<note/>"),
    "text": _body(b"Not found"),
    "binary": _body(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "json": _body(b'{"status": "ok"}'),
    "json, broken": _body(b'{"status": '),
    "json, deep": _body(b"[" * 40_000),
    "doctype": _body(b"<!DOCTYPE rss [ <!ENTITY a 'b'>"),
    "entities": _body(b"<!DOCTYPE rss [<!ENTITY a '%s'>]><rss>%s</rss>" % (b"x" * 9000, b"&a;" * 900)),
    "large": _body(b"<rss>" + b" " * 50_000),
    "large when unpacked": _coded(zlib.compress(bytes(60_000)), "deflate"),
    "packed thrice": _coded(b"x", "gzip, gzip, gzip"),
    "zstd": _coded(b"(\xb5/\xfd", "zstd"),
    "badly packed": _coded(b"\x1f\x8b\x08 nonsense", "gzip"),
    "packed by half": _coded(zlib.compress(b"<rss>" * 99)[:-9], "deflate"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_an_answer_becomes_a_sentence_with_a_remedy(wrong: Callable[[], object]) -> None:
    with pytest.raises(FeedError) as caught:
        wrong()
    assert not isinstance(caught.value, WebPageError)
    assert is_one_sentence_with_a_remedy(caught.value.message), caught.value.message


@pytest.mark.parametrize(
    "error", [TimeoutError(), MemoryError(), ProcessExpired("x"), BrokenExecutor(), ZeroDivisionError()]
)
def test_what_became_of_the_reader_becomes_a_sentence_that_says_what_comes_next(error: Exception) -> None:
    claim = Claim(1, Subscription("krant", "https://krant.example/feed", timedelta(minutes=15)), "")
    message = failure(claim, Response("https://krant.example/feed", 200), error).message
    assert re.search(
        r"; (it is not read again before it changes|is the memory full\?|its log tells more)", message
    )
