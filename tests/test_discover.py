"""The feeds that a web page offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.discover import Offer, feeds_of

PAGE = "https://pier.test/news/"


def test_a_page_offers_its_alternates_of_feed_types_in_their_order() -> None:
    page = """<!doctype html><html><head><base href="/files/"><title>Pier</title>
      <link rel="stylesheet" href="x.css"><link rel=alternate hreflang=fr href="/fr/">
      <LINK REL="ALTERNATE home" TYPE="application/rss+xml; charset=utf-8" TITLE="News &amp;
        more" HREF="feed.rss">
      <link rel="alternate" type="application/atom+xml" href="https://pier.test/feed.atom?a=1&amp;b=2">
      <link rel="alternate" type="application/feed+json" title="JSON" href="//cdn.test/feed.json"/>
      <link rel="alternate" type="application/rss+xml" href="feed.rss" title="again">
      <link rel="alternate" type="application/rss+xml" href="javascript:x">
      <link rel="alternate" type="application/rss+xml">
      <!-- <link rel="alternate" type="application/rss+xml" href="hidden.rss"> -->
      <script>"<link rel='alternate' type='application/rss+xml' href='script.rss'>"</script></head>"""
    expected = (
        Offer("News & more", "https://pier.test/files/feed.rss", "application/rss+xml"),
        Offer("", "https://pier.test/feed.atom?a=1&b=2", "application/atom+xml"),
        Offer("JSON", "https://cdn.test/feed.json", "application/feed+json"),
    )
    assert feeds_of(page, PAGE) == feeds_of(page.encode(), PAGE) == expected


def test_no_more_than_ten_are_taken() -> None:
    page = "".join(f'<link rel="alternate" type="text/xml" href="{n}.xml">' for n in range(50))
    assert [offer.link for offer in feeds_of(page, PAGE)] == [f"{PAGE}{n}.xml" for n in range(10)]


@pytest.mark.parametrize("page", ["", "<html>", "no page", b"\xff\xfe\0", "<![foo[ x ]]>", "<!DOCTYPE"])
def test_a_page_without_feeds_offers_none(page: str | bytes) -> None:
    assert feeds_of(page, PAGE) == ()


@pytest.mark.parametrize("part", ["<a ", "<", "<link a='", "<!--", "<![", "<script>", "&", '<a b="&', "</"])
def test_a_page_made_to_hang_its_reader_does_not(part: str) -> None:
    assert feeds_of(part * 200_000, PAGE) == ()


@given(st.text() | st.binary())
def test_any_page_is_read(page: str | bytes) -> None:
    assert feeds_of(page, PAGE) == ()
