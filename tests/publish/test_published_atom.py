"""Atom as published: each test is a sentence of RFC 4287, RFC 4685, or of our promise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from editions import BARE, DAY, EMPTY, FULL, HOSTILE, at, edition, headline, source
from lxml import etree

from aggregator.model import Edition
from aggregator.publish import CONTENT_TYPES, feed

NS = {"a": "http://www.w3.org/2005/Atom", "thr": "http://purl.org/syndication/thread/1.0"}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def document(edition: Edition) -> Any:
    return etree.fromstring(feed(edition, "atom"))


def entries(edition: Edition) -> Any:
    return document(edition).findall("a:entry", NS)


def find(element: Any, path: str) -> list[str]:
    return element.xpath(path, namespaces=NS)  # type: ignore[no-any-return]


def test_the_content_type_names_the_charset() -> None:
    assert CONTENT_TYPES["atom"] == "application/atom+xml; charset=utf-8"


def test_feed_and_entries_have_exactly_one_id_title_and_updated() -> None:
    for element in [document(DAY), *entries(DAY), document(EMPTY)]:
        assert [len(find(element, f"a:{name}[text()]")) for name in ("id", "title", "updated")] == [1, 1, 1]


def test_the_feed_links_to_itself_to_its_page_and_to_its_hub() -> None:
    assert [dict(link.attrib) for link in document(DAY).iterfind("a:link", NS)] == [
        {"href": "https://news.example.org/feed.atom", "rel": "self", "type": "application/atom+xml"},
        {"href": "https://news.example.org/", "rel": "alternate", "type": "text/html"},
        {"href": "https://hub.example.org/", "rel": "hub"},
    ]


def test_the_feed_was_updated_when_its_newest_content_was() -> None:
    day = edition(headline(1, published=at(9)), headline(2, published=at(8), updated=at(11)))
    assert find(document(day), "a:updated/text()") == ["2026-11-23T11:00:00+00:00"]


def test_an_empty_feed_was_updated_before_there_were_feeds() -> None:
    assert find(document(EMPTY), "a:updated/text()") == ["1990-01-01T00:00:00+00:00"]


def test_an_entry_keeps_the_id_that_its_publisher_gave_it() -> None:
    assert find(document(DAY), "a:entry/a:id/text()") == [line.guid for line in DAY.headlines]


def test_every_entry_has_an_author_its_own_or_its_source() -> None:
    assert [find(entry, "a:author/a:name/text()") for entry in entries(DAY)] == [
        ["Fatima el Idrissi", "Jan de Vries"],
        ["هسبريس"],
        ["Zoé Œuvrard"],
        ["Wire"],
        ["Eve </name>"],
    ]
    assert find(document(EMPTY), "a:author/a:name/text()") == ["Empty"]


def test_an_entry_carries_its_source_feeds_id_title_updated_and_links() -> None:
    [found] = entries(edition(FULL))[0].findall("a:source", NS)
    assert [(etree.QName(child).localname, child.text, dict(child.attrib)) for child in found] == [
        ("id", "tag:nos.example,2005:feed", {}),
        ("title", "NOS Nieuws", {}),
        ("updated", "2026-11-23T12:00:00+00:00", {}),
        ("link", None, {"rel": "self", "href": "https://nos.example/rss"}),
        ("link", None, {"rel": "alternate", "href": "https://nos.example/"}),
    ]


def test_a_source_without_an_id_of_its_own_is_known_by_its_address() -> None:
    assert find(entries(edition(BARE))[0], "a:source/a:id/text()") == ["https://wire.example/rss"]
    assert b"secret" not in feed(DAY, "atom")


def test_an_entry_has_one_alternate_link() -> None:
    assert [find(entry, "a:link[not(@rel)]/@href") for entry in entries(edition(FULL, BARE))] == [
        ["https://nos.example/artikel/105"],
        ["https://news.example.org/read/102"],
    ]


def test_other_sources_are_related_links_with_their_titles() -> None:
    entry = entries(edition(FULL))[0]
    assert [(link.get("href"), link.get("title")) for link in find(entry, "a:link[@rel='related']")] == [
        ("https://nu.example/1", "Brug geopend"),
        ("https://hespress.example/?a=1&b=2", "الملك يفتتح الجسر"),
    ]


def test_enclosures_keep_their_type_and_length() -> None:
    found = find(entries(edition(FULL))[0], "a:link[@rel='enclosure']")
    assert [(link.get("href")[-4:], link.get("type"), link.get("length")) for link in found] == [
        (".mp3", "audio/mpeg", "1234567"),
        (".mp4", "video/mp4", None),
        (".bin", "application/octet-stream", None),
    ]


def test_reactions_are_counted_and_linked() -> None:
    known, unknown = entries(edition(FULL, BARE))
    assert (find(known, "thr:total/text()"), find(unknown, "thr:total")) == (["17"], [])
    assert find(known, "a:link[@rel='replies'][@type='text/html']/@href") == [
        "https://nos.example/artikel/105#reacties"
    ]


def test_each_entry_whose_language_is_known_tells_it() -> None:
    assert [entry.get(LANG) for entry in entries(DAY)] == ["nl", "ar", "fr", None, None]


def test_text_that_could_be_taken_for_markup_is_declared_as_html() -> None:
    entry = entries(edition(headline(title="Use </b> & <i>", summary="R&copy;")))[0]
    assert find(entry, "a:title/@type | a:summary/@type") == ["html", "html"]
    assert find(entry, "a:title/text()") == ["Use &lt;/b&gt; &amp; &lt;i&gt;"]
    assert find(entry, "a:summary/text()") == ["R&amp;copy;"]
    entry = entries(edition(headline(title="1 < 2 <i> & R&D")))[0]
    assert (find(entry, "a:title/@type"), find(entry, "a:title/text()")) == ([], ["1 < 2 <i> & R&D"])


def test_a_headline_that_has_no_text_has_its_title_as_summary() -> None:
    assert find(entries(edition(BARE))[0], "a:summary/text()") == ["A headline without a link"]


def test_titles_and_summaries_are_text_and_content_is_html() -> None:
    entry = entries(edition(FULL))[0]
    assert find(entry, "a:title/@type | a:summary/@type") == []
    assert find(entry, "a:title/text()") == ["Koning opent brug & tunnel"]
    assert find(entry, "a:summary/text()") == ["De brug is < 1 km lang & kostte 3 miljoen."]
    assert find(entry, "a:content/@type") == ["html"]


def test_an_entry_is_updated_when_its_content_was_and_published_once() -> None:
    entry = entries(edition(FULL))[0]
    assert find(entry, "a:updated/text()") == ["2026-11-23T16:20:00+00:00"]
    assert find(entry, "a:published/text()") == ["2026-11-23T16:00:00+00:00"]


def test_a_new_source_does_not_update_the_entry() -> None:
    more = replace(FULL, sources=(*FULL.sources, source("trouw")), changed=at(18))
    assert find(document(edition(more)), "//a:entry/a:updated/text()") == ["2026-11-23T16:20:00+00:00"]


def test_nothing_but_http_is_an_address() -> None:
    assert find(document(edition(HOSTILE)), "//@href[not(starts-with(., 'http'))]") == []
