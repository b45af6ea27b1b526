"""What a request's headers allow: codings and conditions."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import brotli
import pytest

from aggregator.shells.web.negotiation import coding, encode, is_unchanged

MODIFIED = datetime(2026, 11, 23, 12, 0, 0, 500_000, tzinfo=UTC)
STAMP = "Mon, 23 Nov 2026 12:00:00 GMT"
EARLIER = "Mon, 23 Nov 2026 11:59:59 GMT"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("gzip;q=0.1", "gzip"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("identity;q=0, zstd", "identity"),
        ("gzip;q=nan, br;q=word, deflate;q=2", "identity"),
        (",;,", "identity"),
    ],
)
def test_the_most_welcome_coding_is_chosen_and_the_smallest_among_equals(
    accept: str | None, chosen: str
) -> None:
    assert coding(accept) == chosen


def test_a_coding_gives_the_same_bytes_each_time_and_loses_none() -> None:
    body = b"headline " * 200
    assert encode(body, "gzip") == encode(body, "gzip")
    assert (gzip.decompress(encode(body, "gzip")), brotli.decompress(encode(body, "br"))) == (body, body)


@pytest.mark.parametrize(
    ("none_match", "since", "unchanged"),
    [
        (None, None, False),
        ('"a"', None, True),
        ('W/"a"', None, True),
        ('"x", W/"a" , "y"', None, True),
        ("*", None, True),
        ('"b"', None, False),
        ('"b"', STAMP, False),  # If-None-Match beats If-Modified-Since
        (None, STAMP, True),
        (None, EARLIER, False),
        (None, "yesterday", False),
    ],
)
def test_a_client_that_has_the_answer_is_told_so(
    none_match: str | None, since: str | None, unchanged: bool
) -> None:
    assert is_unchanged("a", MODIFIED, none_match, since) is unchanged


def test_without_a_date_of_our_own_theirs_says_nothing() -> None:
    assert is_unchanged("a", None, None, STAMP) is False
