"""What others read in our feeds is what we wrote, whatever the text."""

from __future__ import annotations

import json
from html import unescape
from io import BytesIO
from typing import Any

import feedparser
import pytest
from editions import DAY, EMPTY, edition, headline, source
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from aggregator.model import Edition, Format, Person
from aggregator.publish import feed
from aggregator.text import clean_characters

NS = {"a": "http://www.w3.org/2005/Atom"}
# All that a publisher could send, and what has broken feed generators before.
ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("\x00\x0b\x1f\ud800\ufffe\uffff<>&\"'\r\n]"))


def parsed(edition: Edition, format: Format) -> Any:
    return feedparser.parse(BytesIO(feed(edition, format)), sanitize_html=False, resolve_relative_uris=False)


def text(detail: Any) -> str:
    return str(unescape(detail.value) if detail.type == "text/html" else detail.value)


def construct(element: Any) -> str:
    """Return what a text construct says (RFC 4287, 3.1)."""
    said = element.text or ""
    return unescape(said) if element.get("type") == "html" else said


@pytest.mark.parametrize(("format", "version"), [("rss", "rss20"), ("atom", "atom10")])
@pytest.mark.parametrize("day", [DAY, EMPTY], ids=["day", "empty"])
def test_feedparser_finds_no_fault(day: Edition, format: Format, version: str) -> None:
    found = parsed(day, format)
    assert (found.bozo, found.version, found.feed.title) == (0, version, day.title)


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_feedparser_reads_the_same_headlines_in_the_same_order(format: Format) -> None:
    assert [
        (text(entry.title_detail), entry.id, entry.published_parsed[:6])
        for entry in parsed(DAY, format).entries
    ] == [
        (
            clean_characters(line.entry.title),
            line.guid,
            (1970, 1, 1, 0, 0, 0) if line.published.year == 1 else line.published.timetuple()[:6],
        )
        for line in DAY.headlines
    ]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_feedparser_reads_the_same_links(format: Format) -> None:
    assert [entry.link for entry in parsed(DAY, format).entries] == [
        "https://nos.example/artikel/105",
        "https://hespress.example/104",
        "https://matin.example/ete",
        "https://news.example.org/read/102",
        "https://news.example.org/read/101",
    ]


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_feedparser_reads_the_rest_of_a_headline(format: Format) -> None:
    entry = parsed(DAY, format).entries[0]
    assert [author.name for author in entry.authors] == ["Fatima el Idrissi", "Jan de Vries"]
    assert [tag.term for tag in entry.tags] == ["binnenland", "Verkeer & vervoer"]
    assert entry.enclosures[0].href == "https://nos.example/brug.mp3"
    assert entry.media_thumbnail == [{"url": "https://nos.example/brug.jpg"}]
    assert (entry.get("slash_comments") or entry.get("thr_total")) == "17"
    assert entry.source.title == "NOS Nieuws"


@given(ANY_TEXT)
@example("<script>alert(1)</script>&amp;&copy")
@example("]]>")
def test_any_text_comes_back_from_rss(anything: str) -> None:
    item = etree.fromstring(feed(any_edition(anything), "rss")).find("channel/item")
    cleaned = clean_characters(anything)
    assert unescape(item.findtext("title")) == (cleaned if cleaned.strip() else "…")
    assert unescape(item.findtext("description") or "") == cleaned
    assert unescape(item.findtext("source")) == (cleaned if cleaned.strip() else "…")


@given(ANY_TEXT)
def test_any_text_comes_back_from_atom(anything: str) -> None:
    entry = etree.fromstring(feed(any_edition(anything), "atom")).find("a:entry", NS)
    cleaned = clean_characters(anything)
    named = cleaned if cleaned.strip() else "…"
    assert construct(entry.find("a:title", NS)) == named
    assert construct(entry.find("a:summary", NS)) == (cleaned or named)
    assert construct(entry.find("a:source/a:title", NS)) == named


@given(ANY_TEXT)
def test_any_text_comes_back_from_json(anything: str) -> None:
    [item] = json.loads(feed(any_edition(anything), "json"))["items"]
    cleaned = clean_characters(anything)
    assert item["title"] == (cleaned if cleaned.strip() else "…")
    assert item.get("summary", "") == cleaned
    assert item.get("tags", []) == ([cleaned] if cleaned else [])


@given(ANY_TEXT)
def test_any_address_or_name_leaves_the_feed_whole(anything: str) -> None:
    day = edition(
        headline(link=anything, image=anything, comments_link=anything, sources=(source(feed=anything),))
    )
    assert len(etree.fromstring(feed(day, "rss")).findall("channel/item")) == 1
    assert len(etree.fromstring(feed(day, "atom")).findall("a:entry", NS)) == 1
    assert len(json.loads(feed(day, "json"))["items"]) == 1


def any_edition(anything: str) -> Edition:
    return edition(
        headline(
            title=anything,
            summary=anything,
            categories=(anything,),
            authors=(Person(anything),),
            sources=(source(name=anything, title=anything, feed_id=anything),),
        )
    )
