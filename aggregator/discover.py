"""Discover: a web page, and what came with it, to the feeds that it offers. Pure: it asks for nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from aggregator.links import resolve
from aggregator.text import shorten, tidy

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/json",  # JSON Feed 1.0 said so
        "text/xml",
        "application/xml",
    }
)
# Where the programs that most sites are made with put their feeds, those of most sites first.
COMMON_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")
_MOST_OFFERS = 10
_LONGEST_HEAD = 500_000  # characters; the links stand in the head
_LONGEST_HEADER = 20_000
_LONGEST_TITLE = 200
_QUOTED = r'"(?:[^"\\]|\\.)*+"'
# <target>; name=value; name="value" …, up to the comma before the next one.
_LINK = re.compile(rf'<([^>]*+)>((?:[^,"<]|{_QUOTED})*+)')
_PARAMETER = re.compile(rf';\s*([\w!#$&+.^`|~-]++\*?)\s*(?:=\s*({_QUOTED}|[^\s;,"]*+))?')
_ESCAPED = re.compile(r"\\(.)")
_FEED_WORDS = frozenset({"feed", "feeds", "rss", "rss2", "atom", "rdf"})
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|outputtype)=(?:rss2?|atom|feed)(?:&|$)", re.IGNORECASE)
_FEED_HOST = re.compile(r"https?://(?:feeds?[0-9]?|rss)\.[^/]+/[^/]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that a page names with <link rel="alternate">, in a header, or in its text."""

    title: str  # plain text, empty where the page gives none
    link: str  # absolute, http or https
    type: str  # empty where the page gives none


def feeds_of(page: str | bytes, base: str) -> tuple[Offer, ...]:
    """Return the feeds that *page*, which came from *base*, offers: each once, in its order, at most ten."""
    return tuple(_read(page, base).offers.values())


def feeds_linked(page: str | bytes, base: str) -> tuple[Offer, ...]:
    """Return what *page* links to in its text and looks like a feed by its address or type, at most ten."""
    return tuple(_read(page, base).linked.values())


def feeds_in_header(header: str, base: str) -> tuple[Offer, ...]:
    """Return the feeds that a Link *header* offers (RFC 8288), at most ten; *base* is the page's address."""
    offers: dict[str, Offer] = {}
    for target, rest in _LINK.findall(header[:_LONGEST_HEADER]):
        given: dict[str, str] = {}
        for name, value in _PARAMETER.findall(rest):
            bare = _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value
            given.setdefault(name.lower(), bare)  # of two the first counts
        # An anchor says that it is about another page.
        offer = None if "anchor" in given else _offer({**given, "href": target}, base)
        if offer and len(offers) < _MOST_OFFERS:
            offers.setdefault(offer.link, offer)
    return tuple(offers.values())


def guesses(url: str) -> tuple[str, ...]:
    """Return where the site of *url* may have its feed, though it does not say so."""
    links = (resolve(path, url) for path in COMMON_PATHS)
    return tuple(link for link in links if link)


def _offer(given: Mapping[str, str], base: str) -> Offer | None:
    """Return what a link with these attributes or parameters offers, if it is an alternate and a feed."""
    kind = given.get("type", "").partition(";")[0].strip().lower()
    link = resolve(given.get("href"), base)
    if link and kind in FEED_TYPES and "alternate" in given.get("rel", "").lower().split():
        return Offer(shorten(tidy(given.get("title", "")), _LONGEST_TITLE), link, kind)
    return None


def _read(page: str | bytes, base: str) -> _Reader:
    text = page[: 4 * _LONGEST_HEAD].decode("utf-8", "replace") if isinstance(page, bytes) else page
    reader = _Reader(base)
    # In pieces: one that is full of broken tags is looked through again for each of them.
    for start in range(0, min(len(text), _LONGEST_HEAD), 10_000):
        try:
            reader.feed(text[start : start + 10_000])
        except AssertionError:  # html.parser's word for a <![section[ that it does not know
            break
    return reader


class _Reader(HTMLParser):
    """Collects the links of a page, and its base."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.offers: dict[str, Offer] = {}
        self.linked: dict[str, Offer] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two the first counts
        if tag == "base" and not self.offers:
            self.base = resolve(given.get("href"), self.base) or self.base
        if tag == "link" and len(self.offers) < _MOST_OFFERS and (offer := _offer(given, self.base)):
            self.offers.setdefault(offer.link, offer)
        if tag == "a" and len(self.linked) < _MOST_OFFERS:
            self._follow(given)

    def _follow(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "").partition(";")[0].strip().lower()
        href = given.get("href", "").strip()
        if kind not in FEED_TYPES and not _looks_like_a_feed(href):
            return
        if link := resolve(href, self.base):
            title = shorten(tidy(given.get("title", "")), _LONGEST_TITLE)
            self.linked.setdefault(link, Offer(title, link, kind if kind in FEED_TYPES else ""))


def _looks_like_a_feed(href: str) -> bool:
    """Say whether the last step of a path, or the query, or the host, is a word for feeds."""
    path, _, query = href.partition("#")[0].partition("?")
    name = path.rstrip("/").rpartition("/")[2].lower()
    stem, _, ending = name.rpartition(".")
    words = _FEED_WORDS.intersection(re.split(r"[._-]", stem))
    return (
        name in _FEED_WORDS | {"index.xml"}
        or ending in {"rss", "atom", "rdf"}
        or (ending in {"xml", "json"} and bool(words))
        or _FEED_QUERY.search(query) is not None
        or _FEED_HOST.match(href) is not None
    )
