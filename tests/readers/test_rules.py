"""Every document of a site that holds the worst keeps the rules: STANDARDS.md, and the W3C validator's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Protocol

import pytest
import rules
import worst_of
from newsroom import NOON

NOW = NOON + timedelta(days=1, minutes=30)
CHECKS = {"rss": rules.rss, "atom": rules.atom, "json": rules.json_feed}
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}


class Published(Protocol):
    config: Any

    def get(self, path: str) -> Any: ...
    def absolute(self, path: str) -> str: ...


def addresses(published: Published, format: str) -> Iterator[str]:
    return (choice.feed_path(format) for choice in worst_of.choices(published.config))  # type: ignore[arg-type]


@pytest.mark.parametrize("format", CHECKS)
def test_every_document_keeps_every_rule(published: Published, format: str) -> None:
    wrong = {
        path: faults
        for path in addresses(published, format)
        if (faults := CHECKS[format](published.get(path).data, published.absolute(path), NOW))
    }
    assert wrong == {}


@pytest.mark.parametrize("format", CHECKS)
def test_every_answer_is_what_http_wants(published: Published, format: str) -> None:
    for path in addresses(published, format):
        answer = published.get(path)
        assert (answer.status_code, answer.content_type) == (200, TYPES[format]), path
        assert answer.headers["ETag"].startswith('"'), path
        assert answer.headers["Last-Modified"].endswith(" GMT"), path
        assert answer.headers["Vary"] == "Accept-Encoding", path
        assert answer.headers["Cache-Control"].startswith("public, max-age="), path
