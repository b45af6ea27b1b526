"""Discover: a web page to the feeds that it offers. Pure: it reads the page, and asks for nothing."""

from __future__ import annotations

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
_MOST_OFFERS = 10
_LONGEST_HEAD = 500_000  # characters; the links stand in the head
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that a page names with <link rel="alternate">."""

    title: str  # plain text, empty where the page gives none
    link: str  # absolute, http or https
    type: str


def feeds_of(page: str | bytes, base: str) -> tuple[Offer, ...]:
    """Return the feeds that *page*, which came from *base*, offers: each once, in its order, at most ten."""
    text = page[: 4 * _LONGEST_HEAD].decode("utf-8", "replace") if isinstance(page, bytes) else page
    reader = _Reader(base)
    # In pieces: one that is full of broken tags is looked through again for each of them.
    for start in range(0, min(len(text), _LONGEST_HEAD), 10_000):
        try:
            reader.feed(text[start : start + 10_000])
        except AssertionError:  # html.parser's word for a <![section[ that it does not know
            break
    return tuple(reader.offers.values())


class _Reader(HTMLParser):
    """Collects the links of a page's head, and its base."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.offers: dict[str, Offer] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # of two the first counts
        if tag == "base" and not self.offers:
            self.base = resolve(given.get("href"), self.base) or self.base
        if tag == "link" and len(self.offers) < _MOST_OFFERS:
            self._take(given)

    def _take(self, given: dict[str, str]) -> None:
        kind = given.get("type", "").partition(";")[0].strip().lower()
        link = resolve(given.get("href"), self.base)
        if link and kind in FEED_TYPES and "alternate" in given.get("rel", "").lower().split():
            self.offers.setdefault(
                link, Offer(shorten(tidy(given.get("title", "")), _LONGEST_TITLE), link, kind)
            )
