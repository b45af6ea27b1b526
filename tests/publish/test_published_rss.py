"""RSS 2.0 as published: each test is a sentence of the specification, of its Profile, or of our promise."""

from __future__ import annotations

from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from editions import BARE, DAY, EMPTY, FULL, HOSTILE, NOON, SITE, at, edition, headline, source
from lxml import etree

from aggregator.model import Choice, Edition, Enclosure, Html
from aggregator.publish import CONTENT_TYPES, feed

NS = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


def channel(edition: Edition) -> Any:
    return etree.fromstring(feed(edition, "rss"))[0]


def items(edition: Edition) -> Any:
    return channel(edition).findall("item")


def texts(element: Any, path: str) -> list[str]:
    return [found.text for found in element.iterfind(path, NS)]


def test_the_content_type_names_the_charset() -> None:
    assert CONTENT_TYPES["rss"] == "application/rss+xml; charset=utf-8"


def test_the_channel_says_what_it_is() -> None:
    names = ("title", "link", "description", "language", "lastBuildDate", "generator", "ttl")
    assert [texts(channel(DAY), name) for name in names] == [
        ["De Draad"],
        ["https://news.example.org/"],
        ["Headlines of the day"],
        ["nl"],
        ["Mon, 23 Nov 2026 16:20:00 +0000"],
        ["draad"],
        ["5"],
    ]


def test_a_channel_without_description_borrows_its_title() -> None:
    assert texts(channel(EMPTY), "description") == ["Empty"]


def test_an_empty_channel_was_built_before_there_were_feeds() -> None:
    assert texts(channel(EMPTY), "lastBuildDate") == ["Mon, 01 Jan 1990 00:00:00 +0000"]


@pytest.mark.parametrize(
    ("choice", "home", "self"),
    [
        (Choice(), "", "feed.rss"),
        (Choice(category="cultuur"), "category/cultuur", "category/cultuur/feed.rss"),
        (Choice(source="nos"), "source/nos", "source/nos/feed.rss"),
        (Choice(language="ar"), "language/ar", "language/ar/feed.rss"),
        (Choice(search="a b&c"), "search?q=a+b%26c", "search/feed.rss?q=a+b%26c"),
    ],
)
def test_a_channel_links_to_its_page_and_to_the_very_url_that_was_asked(
    choice: Choice, home: str, self: str
) -> None:
    found = channel(edition(BARE, choice=choice))
    assert texts(found, "link") == [f"https://news.example.org/{home}"]
    assert [dict(link.attrib) for link in found.iterfind("atom:link", NS)] == [
        {"href": f"https://news.example.org/{self}", "rel": "self", "type": "application/rss+xml"}
    ]


def test_a_hub_is_named_when_there_is_one() -> None:
    hubs = channel(DAY).xpath("atom:link[@rel='hub']/@href", namespaces=NS)
    assert hubs == ["https://hub.example.org/"]
    assert channel(replace(DAY, hub=None)).xpath("atom:link[@rel='hub']", namespaces=NS) == []


def test_items_come_in_the_order_of_the_edition() -> None:
    assert [texts(item, "guid")[0] for item in items(DAY)] == [line.guid for line in DAY.headlines]


def test_every_item_has_guid_date_link_and_source_once() -> None:
    for item in items(DAY):
        for name in ("guid", "pubDate", "link", "source"):
            assert len(item.findall(name)) == 1


def test_a_guid_is_a_permalink_only_if_it_is_the_link() -> None:
    assert items(edition(FULL))[0].find("guid").get("isPermaLink") == "true"
    elsewhere = headline(guid="https://nos.example/guid", link="https://nos.example/1")
    assert items(edition(elsewhere))[0].find("guid").get("isPermaLink") == "false"


def test_the_guid_stays_when_another_source_takes_the_lead() -> None:
    later = replace(FULL, sources=FULL.sources[::-1], entry=replace(FULL.entry, title="Brug!"))
    assert texts(items(edition(later))[0], "guid") == texts(items(edition(FULL))[0], "guid")


def test_a_date_has_a_four_digit_year_and_a_numeric_zone() -> None:
    assert texts(items(edition(BARE))[0], "pubDate") == ["Mon, 23 Nov 2026 13:00:00 +0000"]


def test_impossible_dates_are_moved_to_where_clocks_reach() -> None:
    for item in items(edition(HOSTILE, headline(published=NOON.replace(year=9999)))):
        assert 1970 <= parsedate_to_datetime(texts(item, "pubDate")[0]).year <= 9999


def test_the_source_is_the_leads_feed_without_its_password() -> None:
    found = items(edition(FULL))[0].find("source")
    assert (found.get("url"), found.text) == ("https://nos.example/rss", "NOS Nieuws")
    assert b"secret" not in feed(DAY, "rss")


def test_an_item_without_a_link_leads_to_our_page() -> None:
    assert texts(items(edition(BARE))[0], "link") == ["https://news.example.org/read/102"]


def test_description_comes_before_content() -> None:
    names = [child.tag for child in items(edition(FULL))[0]]
    assert names.index("description") < names.index(f"{{{NS['content']}}}encoded")


def test_a_description_is_text_escaped_as_html() -> None:
    assert texts(items(edition(FULL))[0], "description") == [
        "De brug is &lt; 1 km lang &amp; kostte 3 miljoen."
    ]


def test_content_without_a_summary_is_the_description() -> None:
    item = items(edition(headline(content=Html("<p>All of it</p>"))))[0]
    assert (texts(item, "description"), texts(item, "content:encoded")) == (["<p>All of it</p>"], [])


@pytest.mark.parametrize(
    ("title", "raw"),
    [
        ("AT&T", b"AT&#x26;T"),
        ("A < B > C", b"A &#x3C; B &#x3E; C"),
        ("I <3 N.Y.", b"I &#x3C;3 N.Y."),
        ("Use <b>", b"Use &#x26;#x3C;b&#x3E;"),
        ("The &amp; entity", b"The &#x26;#x26;amp; entity"),
        ("R&copy", b"R&#x26;#x26;copy"),
    ],
)
def test_a_title_shows_no_markup_to_text_readers_nor_to_html_readers(title: str, raw: bytes) -> None:
    assert b"      <title>" + raw + b"</title>" in feed(edition(headline(title=title)), "rss")


def test_other_sources_are_told_after_the_content_in_the_sites_language() -> None:
    line = headline(content=Html("<p>Text</p>"), sources=(source(), source("nu")))
    for language, words in [
        ("nl", '<p lang="nl" dir="ltr">Ook bij: '),
        ("en-gb", '<p lang="en" dir="ltr">Also at: '),
        ("fr", '<p lang="fr" dir="ltr">Également sur\u00a0: '),
        ("ar", '<p lang="ar" dir="rtl">أيضًا في: '),
        ("de", '<p lang="en" dir="ltr">Also at: '),
    ]:
        found = texts(items(edition(line, site=replace(SITE, language=language)))[0], "description")
        assert found == [f'<p>Text</p>{words}<a href="https://nu.example/1"><bdi>NU Nieuws</bdi></a></p>']


def test_a_source_that_only_repeats_the_leads_link_is_not_told_again() -> None:
    line = headline(
        link="https://nos.example/1", sources=(source(), source("nu", link="https://nos.example/1"))
    )
    assert texts(items(edition(line))[0], "description") == []


def test_names_are_dublin_core_creators() -> None:
    item = items(edition(FULL))[0]
    assert texts(item, "dc:creator") == ["Fatima el Idrissi", "Jan de Vries"]
    assert texts(item, "author") == []


def test_an_item_has_one_enclosure_and_the_rest_as_media_outside_a_group() -> None:
    item = items(edition(FULL))[0]
    assert [dict(found.attrib) for found in item.iterfind("enclosure")] == [
        {"url": "https://nos.example/brug.mp3", "length": "1234567", "type": "audio/mpeg"}
    ]
    assert [dict(found.attrib) for found in item.iterfind("media:content", NS)] == [
        {"url": "https://nos.example/brug.mp4", "type": "video/mp4"},
        {"url": "https://nos.example/brug.bin", "type": "application/octet-stream"},
    ]
    assert item.xpath("media:thumbnail/@url", namespaces=NS) == ["https://nos.example/brug.jpg"]


def test_a_size_of_nothing_is_no_size_but_an_enclosure_must_name_one() -> None:
    files = (
        Enclosure("https://nos.example/1.mp3", "audio/mpeg", 0),
        Enclosure("https://nos.example/2.mp3", "", 0),
    )
    item = items(edition(headline(enclosures=files)))[0]
    assert item.find("enclosure").get("length") == "0"
    assert "fileSize" not in item.find("media:content", NS).attrib


def test_a_language_that_does_not_exist_is_not_told() -> None:
    for language, told in [("nl-be", ["nl-be"]), ("ary", ["ary"]), ("qq", []), ("en-", [])]:
        assert texts(items(edition(headline(language=language)))[0], "dc:language") == told


def test_markup_in_the_names_of_sources_and_categories_is_shown_as_text() -> None:
    line = headline(categories=("a</b>", "R&B"), sources=(source(name="NU </b>"),))
    item = items(edition(line))[0]
    assert (texts(item, "category"), texts(item, "source")) == (["a&#x3C;/b>", "R&B"], ["NU &#x3C;/b>"])


def test_reactions_are_counted_only_when_the_number_is_known() -> None:
    known, unknown = items(edition(FULL, BARE))
    assert (texts(known, "slash:comments"), texts(unknown, "slash:comments")) == (["17"], [])
    assert texts(known, "comments") == ["https://nos.example/artikel/105#reacties"]
    assert texts(known, "wfw:commentRss") == ["https://nos.example/artikel/105/reacties.rss"]
    assert texts(unknown, "comments") == []


def test_a_language_is_told_for_each_item_that_has_one() -> None:
    assert [texts(item, "dc:language") for item in items(DAY)] == [["nl"], ["ar"], ["fr"], [], []]


def test_the_channel_was_built_when_its_newest_content_was() -> None:
    day = edition(headline(1, published=at(9)), headline(2, published=at(8), updated=at(11)))
    assert texts(channel(day), "lastBuildDate") == ["Mon, 23 Nov 2026 11:00:00 +0000"]


def test_nothing_but_http_is_an_address() -> None:
    document = feed(edition(HOSTILE), "rss")
    assert b"javascript:" not in document
    assert b"data:" not in document
    assert b"ftp:" not in document
