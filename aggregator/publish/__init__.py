"""Publish: an Edition to documents. Pure but for `files`; it chooses no headlines and tells nobody of them.

The same edition gives the same bytes, in every process, place and time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aggregator.model import Edition, Format
from aggregator.publish import atom, json_feed, rss
from aggregator.publish.clean import clean
from aggregator.publish.files import Written, write

__all__ = ["CONTENT_TYPES", "Written", "feed", "write"]

CONTENT_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        "rss": "application/rss+xml; charset=utf-8",
        "atom": "application/atom+xml; charset=utf-8",
        "json": "application/feed+json",  # always UTF-8: the type has no charset (RFC 8259, 11)
    }
)


def feed(edition: Edition, format: Format) -> bytes:
    """Return *edition* as a whole document; the link of its site is set and ends with a slash."""
    fit = clean(edition)
    match format:
        case "rss":
            return rss.document(fit)
        case "atom":
            return atom.document(fit)
        case "json":
            return json_feed.document(fit)
