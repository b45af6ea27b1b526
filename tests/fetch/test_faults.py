from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.fetch import complaint
from aggregator.fetch.faults import Code, Failure, told
from aggregator.model import Response

FAILURE = Failure(0, "some detail", "example.org", "answer", 20.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"code": Code.COULDNT_CONNECT, "errno": 111},
            "could not connect to example.org: connection refused",
        ),
        ({"code": Code.COULDNT_RESOLVE_HOST}, "no such host: example.org; check the address"),
        ({"code": Code.OPERATION_TIMEDOUT}, "gave up on example.org after 20 s: no complete head"),
        (
            {"code": Code.OPERATION_TIMEDOUT, "phase": "body", "received": 1200, "announced": 5000},
            "after 20 s: only 1,200 of 5,000 bytes came",
        ),
        (
            {"code": Code.PARTIAL_FILE, "phase": "body", "received": 1200, "announced": 5000},
            "the answer of example.org was cut off: 1,200 of 5,000 bytes came",
        ),
        ({"code": Code.RECV_ERROR, "errno": 104}, "before it had answered: connection reset by peer"),
        (
            {"code": Code.PEER_FAILED_VERIFICATION, "certificate": 10},
            "the certificate of example.org has expired",
        ),
        ({"code": Code.PEER_FAILED_VERIFICATION, "certificate": 18}, "example.org is self-signed"),
        (
            {"code": Code.PEER_FAILED_VERIFICATION, "detail": "no alternative name matches target"},
            "example.org is for another name",
        ),
        ({"code": Code.SSL_CONNECT_ERROR, "detail": "wrong version number"}, "plain text on a TLS port"),
        ({"code": 99, "detail": ""}, "asking example.org failed: libcurl's error 99"),
        ({"code": 99, "detail": "\x1b[31mred\u202e"}, "failed: [31mred"),
    ],
)
def test_a_failure_is_told_in_words_that_an_admin_understands(change: dict[str, object], words: str) -> None:
    assert words in told(replace(FAILURE, **change))  # type: ignore[arg-type]


def test_every_status_without_a_feed_has_a_complaint() -> None:
    for status in range(100, 1000):
        assert f"example.org answers {status}" in complaint(Response("https://example.org/feed", status))
