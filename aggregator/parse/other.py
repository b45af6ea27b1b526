"""Other: what a document is that is no feed, in words that help an admin."""

from __future__ import annotations

import re

from aggregator.errors import CHECK, IF_IT_STAYS, FeedError, WebPageError
from aggregator.parse import prolog

_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<body)\b", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|channel|(?:[\w.-]+:)?RDF)[\s>]", re.IGNORECASE)


def refuse_at_sight(body: bytes) -> None:
    """Raise if the first look at *body*, still in its own encoding, tells that it is no document at all."""
    if not body:
        raise _no_feed(f"the answer is empty; {IF_IT_STAYS}")
    if not body.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf"):
        raise _no_feed(f"the answer holds nothing but white space; {IF_IT_STAYS}")


def refuse_page(body: bytes) -> None:
    """Raise if *body*, as settled UTF-8, is a web page with no feed in it: no need to parse all of that."""
    if _PAGE.match(body) and not _FEED.search(body):
        raise not_a_feed(body)


def not_a_feed(body: bytes) -> FeedError:
    """Return the error that says what *body*, as settled UTF-8, is instead."""
    if not body:
        return _no_feed(f"there is nothing in the answer but comments; {IF_IT_STAYS}")
    name = prolog.root(body)[0].lower()
    if _PAGE.match(body) or name == "html" or b"<html" in body[:4000].lower():
        return WebPageError(body)
    if name == "opml":
        return _no_feed(
            "this is a list of feeds (OPML), not a feed; put the feeds that it names into feeds.yaml, as the"
            " command `import` does"
        )
    if name in {"urlset", "sitemapindex"}:
        return _no_feed(f"this is a sitemap for search engines, not a feed; {CHECK}")
    if name:
        return _no_feed(f"this is XML, but of no kind of feed: neither RSS nor Atom; {CHECK}")
    if b"\xef\xbf\xbd" in body[:4000]:
        return binary()
    return _no_feed(f"this is text, but no feed: neither XML nor JSON; {CHECK}")


def binary() -> FeedError:
    """Return the error for what is no text."""
    return _no_feed(f"this is no feed but binary data, such as a picture or a packed file; {CHECK}")


def unknown_json() -> FeedError:
    """Return the error for JSON that is something else."""
    return _no_feed(
        f"this is JSON, but no JSON Feed: its version does not say https://jsonfeed.org/version/1.1; {CHECK}"
    )


def _no_feed(what: str) -> FeedError:
    return FeedError("parse", what)
