"""The feeds that a web page offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.discover import Offer, feeds_in_header, feeds_linked, feeds_of, guesses
from aggregator.links import resolve

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


HEADER = ", ".join(
    (
        "</style.css>; rel=preload; as=style",
        r'<feed.rss>; rel="alternate"; type="application/rss+xml"; title="News, \"all\""',
        '</feed.json> ; REL="home alternate" ; Type="application/feed+json;charset=utf-8"',
        "<https://cdn.test/a,b.atom>;rel=alternate;type=application/atom+xml",
        "<fr>; rel=alternate; hreflang=fr",
        '<other>; rel=alternate; type="text/xml"; anchor="/other"',
        '<javascript:x>; rel=alternate; type="text/xml"',
        '<feed.rss>; rel=alternate; type="text/xml"',
    )
)


def test_a_link_header_offers_its_alternates_of_feed_types() -> None:
    assert feeds_in_header(HEADER, PAGE) == (
        Offer('News, "all"', f"{PAGE}feed.rss", "application/rss+xml"),
        Offer("", "https://pier.test/feed.json", "application/feed+json"),
        Offer("", "https://cdn.test/a,b.atom", "application/atom+xml"),
    )


@pytest.mark.parametrize("header", ["", "<", "<a", '<a>; rel="alternate', '<a>;;;=;"', ",,,", '"', "<>" * 9])
def test_a_broken_link_header_offers_none(header: str) -> None:
    assert feeds_in_header(header, PAGE) == ()


@pytest.mark.parametrize("part", ["<", '"', ";a=", '<a>;b="\\', "<a>;", ", ", "\\"])
def test_a_link_header_made_to_hang_its_reader_does_not(part: str) -> None:
    assert feeds_in_header(part * 200_000, PAGE) == ()


@given(st.text(), st.text())
def test_any_link_header_is_read(header: str, title: str) -> None:
    assert feeds_in_header(header, PAGE) == ()
    [offer] = feeds_in_header(f'<a>; rel=alternate; title="x{header}"; type="text/xml"', PAGE) or [None]
    assert offer is None or offer.link == f"{PAGE}a"


@pytest.mark.parametrize(
    "href",
    [
        "/feed", "/news/RSS/", "atom", "news.rss", "a.b.rdf", "rss.xml", "/en/feed_1.xml", "news-feed.json",
        "/index.xml", "?feed=rss2", "/news?a=1&format=atom#top", "https://feeds.test/pier",
        "//cdn.test/feed.xml",
    ],
)  # fmt: skip
def test_a_link_in_the_text_that_plainly_looks_like_a_feed_is_found(href: str) -> None:
    [offer] = feeds_linked(f'<body><p><a href=" {href}">our feed</a>', PAGE)
    assert offer.link == resolve(href, PAGE)


@pytest.mark.parametrize(
    "href",
    ["/", "", "/feedback", "/how-to-feed-a-cat", "sitemap.xml", "/rss/about", "?q=rss", "feed.html",
     "mailto:feed",     "javascript:feed.xml", "https://feeds.test/", "https://feedly.test/x"],
)  # fmt: skip
def test_other_links_in_the_text_are_not(href: str) -> None:
    assert feeds_linked(f'<a href="{href}">feed</a>', PAGE) == ()
    assert feeds_of(f'<a href="/feed.xml">{href}</a>', PAGE) == ()


def test_a_link_in_the_text_may_say_that_it_is_a_feed() -> None:
    page = '<base href="/x/"><a type="application/rss+xml" href="y" title="Z">a</a><a href="/feed">b</a>'
    assert feeds_linked(page, PAGE) == (
        Offer("Z", "https://pier.test/x/y", "application/rss+xml"),
        Offer("", "https://pier.test/feed", ""),
    )


def test_a_site_that_names_no_feed_may_have_one_at_few_places_of_its_own_host() -> None:
    found = guesses("https://pier.test:8443/news/?q=1")
    assert found[:2] == ("https://pier.test:8443/feed", "https://pier.test:8443/rss")
    assert 5 < len(found) < 10
