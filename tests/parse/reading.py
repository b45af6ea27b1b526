"""One document read twice: by our own reader, and by feedparser, who is the judge."""

from __future__ import annotations

import warnings
from typing import Any

from aggregator.errors import FeedError
from aggregator.model import Document
from aggregator.parse import delta, plain, xml
from aggregator.parse.charset import as_utf8

URL = "https://host.example/feeds/feed.xml"


def answered(body: bytes, content_type: str = "") -> bool:
    """Say whether our own reader answers for *body*; fail if its answer is not that of feedparser."""
    try:
        settled = xml.settled(as_utf8(body, content_type), 10**7)
    except FeedError:
        return False
    location = xml.location_of(settled, URL)
    ours = plain.found_in(settled, location)
    if ours is None:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = xml.found_by_feedparser(settled, location)
    assert theirs is not None and not theirs.bozo, settled
    assert _document(ours, settled) == _document(theirs, settled), settled
    return True


def _document(found: Any, body: bytes) -> Document | str:
    try:
        return xml.document_of(found, found.entries, body, URL, delta.leaks(body))
    except FeedError as error:
        return error.message
