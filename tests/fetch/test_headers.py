from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.headers import Head, asking, fresh_for, head, retry_at
from aggregator.model import Validators

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
IN_AN_HOUR = "Mon, 02 Nov 2026 13:00:00 GMT"


def conditions(etag: str | None, last_modified: str | None) -> list[bytes]:
    return [line for line in asking(Validators(etag, last_modified), None) if line.startswith(b"If-")]


def test_validators_are_echoed_byte_for_byte() -> None:
    assert conditions('W/"caf\xe9 "', "some day\xff") == [
        b'If-None-Match: W/"caf\xe9 "',
        b"If-Modified-Since: some day\xff",
    ]


@pytest.mark.parametrize("etag", ["", '"a\r\nX: y"', '"a\nb"', '"a\0b"', '"€"', '"' + "x" * 20_000 + '"'])
def test_a_validator_that_cannot_be_sent_as_it_was_given_is_left_out(etag: str) -> None:
    assert conditions(etag, None) == []


def test_a_login_is_sent_as_basic_authentication() -> None:
    assert b"Authorization: Basic anVhbjpzM2NyOnTDqQ==" in asking(Validators(), ("juan", "s3cr:t\xe9"))


def test_the_head_of_the_final_answer_counts_without_interim_answers_and_trailers() -> None:
    lines = [
        b"HTTP/1.1 103 Early Hints\r\n",
        b"ETag: early\r\n",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b'ETag: "caf\xe9"\r\n',
        b"Cache-Control:no-store \r\n",
        b"cache-control: max-age=5\r\n",
        b"no header\r\n",
        b" folded: line\r\n",
        b"\r\n",
        b"ETag: trailer\r\n",
        b"HTTP/1.1 500 Trailer\r\n",
    ]
    assert head(lines) == Head(200, {"etag": '"caf\xe9"', "cache-control": "no-store, max-age=5"})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "public, max-age=3600"}, HOUR),
        ({"cache-control": "MAX-AGE = 3600"}, HOUR),
        ({"cache-control": 'max-age="3600"'}, HOUR),
        ({"cache-control": "max-age=3600, max-age=7200"}, HOUR),
        ({"cache-control": "s-maxage=60"}, None),
        ({"cache-control": "s-maxage=60, max-age=3600"}, HOUR),
        ({"cache-control": "max-age=7200", "age": "3600"}, HOUR),
        ({"cache-control": "max-age=60", "age": "3600"}, timedelta(0)),
        ({"cache-control": "max-age=3600", "age": "old"}, HOUR),
        ({"cache-control": "max-age=3600", "expires": "0"}, HOUR),
        ({"cache-control": "no-cache", "expires": IN_AN_HOUR}, timedelta(0)),
        ({"cache-control": "no-store, max-age=3600"}, timedelta(0)),
        ({"cache-control": "max-age=-5"}, timedelta(0)),
        ({"cache-control": "max-age=soon"}, timedelta(0)),
        ({"cache-control": "max-age"}, timedelta(0)),
        ({"cache-control": "max-age=" + "9" * 5000}, timedelta(seconds=2**31)),
        ({"expires": IN_AN_HOUR}, HOUR),
        ({"expires": IN_AN_HOUR, "date": "Mon, 02 Nov 2026 12:30:00 GMT"}, HOUR / 2),
        ({"expires": IN_AN_HOUR, "date": "today"}, HOUR),
        ({"expires": "0"}, timedelta(0)),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, timedelta(0)),
        ({"expires": "Mon, 02 Nov 99999 13:00:00 GMT"}, timedelta(0)),
    ],
)
def test_freshness_is_max_age_less_age_or_else_expires_less_date(
    headers: dict[str, str], expected: timedelta | None
) -> None:
    assert fresh_for(headers, NOW) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("3600", NOW + HOUR),
        (" 3600.5 ", NOW + HOUR),
        (IN_AN_HOUR, NOW + HOUR),
        ("Monday, 02-Nov-26 13:00:00 GMT", NOW + HOUR),
        ("Mon Nov  2 13:00:00 2026", NOW + HOUR),
        ("9" * 5000, NOW + timedelta(seconds=2**31)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("Mon, 02 Nov 2026 11:00:00 GMT", None),
        ("Mon, 30 Feb 2026 11:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("", None),
        ("soon", None),
        ("inf", None),
        ("NaN", None),
        ("1e9", None),
        ("٣٦٠٠", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_that_lies_ahead(value: str, expected: datetime | None) -> None:
    assert retry_at({"retry-after": value}, NOW) == expected


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_header_raises(one: str, other: str, third: str) -> None:
    for name in ("cache-control", "expires", "retry-after"):
        headers = {name: one, "age": other, "date": third}
        assert (fresh_for(headers, NOW) or timedelta(0)) >= timedelta(0)
        assert (retry_at(headers, NOW) or NOW) >= NOW


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_head_raises(lines: list[bytes]) -> None:
    assert all(name.isascii() for name in head(lines).headers)
