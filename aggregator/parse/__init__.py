"""Parse: bytes to a Document, a feed in its publisher's words. Runs in worker processes, and trusts nothing.

It keeps nothing between two calls, resolves no link, cleans no markup and asks nobody for anything.
"""

from __future__ import annotations

from collections.abc import Collection

from aggregator.errors import AGAIN, FeedError
from aggregator.model import Document, Response
from aggregator.parse import other
from aggregator.parse.charset import as_text, as_utf8, is_binary
from aggregator.parse.decode import unpacked
from aggregator.parse.jsonfeed import json_document
from aggregator.parse.xml import xml_document

__all__ = ["parse"]


def parse(
    response: Response, known: Collection[bytes] = frozenset(), *, max_body: int, max_entries: int
) -> Document:
    """Return the feed in *response*, with those of its items that are not *known*.

    *known* are hashes that an earlier document gave as its `item_hashes`. Of more than *max_entries* items
    the newest are taken. Raises FeedError for what is no feed, saying what it is instead.
    """
    if response.body is None:
        raise FeedError("parse", f"the answer has no body; {AGAIN}")
    body = unpacked(response.body, response.headers, max_body)
    content_type = response.headers.get("content-type", "")
    other.refuse_at_sight(body)
    if is_binary(body):
        raise other.binary()
    if as_text(body[:1000], content_type).lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return json_document(
            as_text(body, content_type).lstrip("\ufeff"), response.url, max_entries=max_entries
        )
    return xml_document(
        as_utf8(body, content_type), response.url, known, max_body=max_body, max_entries=max_entries
    )
