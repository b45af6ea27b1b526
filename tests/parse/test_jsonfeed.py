"""JSON Feed with odd types, odd numbers and odd characters."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.errors import FeedError
from aggregator.model import Document, RawEntry, RawText, Response
from aggregator.parse import parse

HEAD = '{"version": "https://jsonfeed.org/version/1.1", "items": '


def _parsed(body: str | bytes, max_entries: int = 10) -> Document:
    body = body if isinstance(body, bytes) else body.encode()
    return parse(Response("https://x.test/f.json", 200, body), max_body=10**6, max_entries=max_entries)


@pytest.mark.parametrize(
    ("item", "entry"),
    [
        ('{"id": 7}', RawEntry(id="7")),
        ('{"id": 1.50}', RawEntry(id="1.50")),
        ('{"id": "a", "id": "b"}', RawEntry(id="b")),
        ('{"id": NaN, "title": "t"}', RawEntry(title=RawText("t", is_markup=False))),
        ('{"id": 1e999}', RawEntry(id="1e999")),
        (f'{{"id": {"9" * 10_000}}}', RawEntry(id="9" * 10_000)),
        (
            '{"id": [1], "url": {}, "title": 3, "tags": "x", "authors": {}, "attachments": [1, {}]}',
            RawEntry(title=RawText("3", is_markup=False)),
        ),
        ('{"id": "\\ud800"}', RawEntry(id="\ud800")),
        ('{"id": "a", "date_published": "2026-02-30T00:00:00Z"}', RawEntry(id="a")),
        ('{"id": "a", "date_published": "0001-01-01T00:00:00+14:00"}', RawEntry(id="a")),
    ],
)
def test_an_item_of_odd_types_loses_only_the_odd_details(item: str, entry: RawEntry) -> None:
    assert _parsed(f"{HEAD}[{item}, null, [], 5]}}").entries == (entry,)


@pytest.mark.parametrize("items", ["null", "{}", '"x"', "[]"])
def test_a_feed_without_items_is_healthy(items: str) -> None:
    assert _parsed(f"{HEAD}{items}}}").entries == ()


@pytest.mark.parametrize("nested", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000 + "}"])
def test_deep_nesting_is_refused(nested: str) -> None:
    with pytest.raises(FeedError, match="JSON"):
        _parsed(HEAD + nested)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_any_unicode_encoding_is_read(encoding: str) -> None:
    assert _parsed((HEAD + '[{"id": "é"}]}').encode(encoding)).entries == (RawEntry(id="é"),)


def test_the_newest_are_taken_of_too_many() -> None:
    items: list[dict[str, Any]] = [
        {"id": str(day), "date_published": f"2026-11-0{day}T00:00:00Z"} for day in (2, 9, 1, 5)
    ]
    feed = HEAD + json.dumps(items) + "}"
    assert [entry.id for entry in _parsed(feed, max_entries=2).entries] == ["9", "5"]
