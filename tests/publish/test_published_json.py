"""JSON Feed 1.1 as published: each test is a sentence of its specification, or of our promise."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from editions import BARE, DAY, EMPTY, FULL, HOSTILE, edition, headline

from aggregator.model import Edition, Html
from aggregator.publish import CONTENT_TYPES, feed

ORDER = ["id", "url", "title", "content_html", "content_text", "summary", "image"]
ORDER += [
    "date_published",
    "date_modified",
    "authors",
    "tags",
    "language",
    "attachments",
    "_sources",
    "_story",
    "_corrections",
]


def document(edition: Edition) -> Any:
    return json.loads(feed(edition, "json"))


def items(edition: Edition) -> Any:
    return document(edition)["items"]


def test_the_content_type_has_no_charset() -> None:
    assert CONTENT_TYPES["json"] == "application/feed+json"


def test_the_feed_says_what_it_is() -> None:
    found = document(DAY)
    found.pop("items")
    assert found == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "De Draad",
        "home_page_url": "https://news.example.org/",
        "feed_url": "https://news.example.org/feed.json",
        "description": "Headlines of the day",
        "authors": [{"name": "De Draad", "url": "https://news.example.org/"}],
        "language": "nl",
        "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}],
    }


def test_an_empty_feed_has_an_empty_list_of_items() -> None:
    assert document(EMPTY)["items"] == []


def test_members_come_in_the_order_of_the_specification() -> None:
    for item in items(DAY):
        assert list(item) == [name for name in ORDER if name in item]


def test_every_item_has_what_must_be_there() -> None:
    for item, line in zip(items(DAY), DAY.headlines, strict=True):
        assert item["id"] == line.guid
        assert ("content_html" in item) != ("content_text" in item)
        assert {"url", "title", "date_published", "date_modified", "authors", "_sources"} <= set(item)


def test_an_item_without_html_has_its_summary_or_else_its_title_as_text() -> None:
    short, none = items(edition(headline(summary="In short"), headline(title="No more")))
    assert (short["content_text"], none["content_text"]) == ("In short", "No more")


def test_every_source_of_the_headline_is_named_without_passwords() -> None:
    assert items(edition(FULL))[0]["_sources"][:2] == [
        {
            "title": "Koning opent brug & tunnel",
            "url": "https://nos.example/artikel/105",
            "source": "nos",
            "feed": "https://nos.example/rss",
            "time": "2026-11-23T16:00:00+00:00",
        },
        {
            "title": "Brug geopend",
            "url": "https://nu.example/1",
            "source": "nu",
            "feed": "https://nu.example/rss",
            "time": "2026-11-23T16:05:00+00:00",
        },
    ]
    assert len(items(edition(FULL))[0]["_sources"]) == 4


def test_a_story_is_named_only_when_others_tell_it_too() -> None:
    alone = replace(FULL, id=9, related=())
    stories = [item.get("_story") for item in items(edition(FULL, BARE, alone))]
    assert stories == [{"id": 42, "headlines": 2}, None, None]


def test_what_a_headline_said_before_is_told_with_its_end() -> None:
    assert [item.get("_corrections") for item in items(edition(FULL, BARE))] == [
        [{"title": "Koning opent brug", "until": "2026-11-23T16:20:00+00:00"}],
        None,
    ]


def test_attachments_keep_their_type_and_size() -> None:
    assert items(edition(FULL))[0]["attachments"] == [
        {"url": "https://nos.example/brug.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 1234567},
        {"url": "https://nos.example/brug.mp4", "mime_type": "video/mp4"},
        {"url": "https://nos.example/brug.bin", "mime_type": "application/octet-stream"},
    ]


def test_text_is_written_as_it_is_read() -> None:
    assert "الرباط".encode() in feed(DAY, "json")


def test_nothing_but_http_is_an_address() -> None:
    assert b"javascript:" not in feed(edition(HOSTILE), "json")


def test_other_sources_follow_the_summary_where_there_is_no_content() -> None:
    line = replace(FULL, entry=replace(FULL.entry, content=Html("")))
    assert items(edition(line))[0]["content_html"].startswith(
        "<p>De brug is &lt; 1 km lang &amp; kostte 3 miljoen.</p>"
        '<p lang="nl" dir="ltr">Ook bij: <a href="https://nu.example/1">'
    )
