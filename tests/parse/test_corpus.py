"""Every document of the shared corpus goes through, with the entries that feedparser finds in it."""

from __future__ import annotations

import io
import json
import re
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import feedparser
import pytest
from parse.reading import answered

from aggregator.errors import FeedError
from aggregator.links import resolve
from aggregator.model import Document, Response, Subscription
from aggregator.normalise import normalise
from aggregator.parse import parse

CORPUS = Path(__file__).parent.parent.parent.parent / "shared" / "corpus"
if not CORPUS.is_dir():
    pytest.skip("no ../shared/corpus beside this checkout", allow_module_level=True)
DOCUMENTS = sorted(CORPUS.rglob("*.xml"))
JSON_FEEDS = sorted(CORPUS.rglob("*.json"))
EMPTY = {"rss_empty_document.xml"}  # a comment and nothing else
UNDECLARED = {
    "eucjp.xml",
    "euckr.xml",
    "gb2312.xml",
    "shiftjis.xml",
}  # nobody can read them, feedparser neither
URL = "http://127.0.0.1/feeds/feed.xml"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SUBSCRIPTION = Subscription("corpus", URL, timedelta(hours=1))


def test_each_document_gives_the_entries_that_feedparser_finds() -> None:
    wrong = [line for path in DOCUMENTS if path.name not in EMPTY for line in _differences(path)]
    assert wrong == []


def test_an_empty_document_is_told() -> None:
    for path in DOCUMENTS:
        if path.name in EMPTY:
            with pytest.raises(FeedError, match="nothing in the answer but comments"):
                _parsed(_response(path))


def test_our_own_reader_says_what_feedparser_says_and_answers_for_most_real_feeds() -> None:
    read = {path for path in DOCUMENTS if answered(path.read_bytes())}
    real = [path for path in DOCUMENTS if CORPUS / "feed-rs" in path.parents]
    assert len(read) > 900
    assert len(read.intersection(real)) > len(real) / 2


def test_what_is_new_in_a_document_is_parsed_as_in_the_whole() -> None:
    random, compared = Random(7), 0
    for path in DOCUMENTS:
        if path.name in EMPTY:
            continue
        whole = _parsed(_response(path))
        hashes = [whole.item_hashes[place : place + 8] for place in range(0, len(whole.item_hashes), 8)]
        if len(set(hashes)) < len(hashes):
            continue
        for _ in range(min(len(hashes), 10)):
            unseen = sorted(random.sample(range(len(hashes)), random.randrange(len(hashes))))
            known = frozenset(mark for place, mark in enumerate(hashes) if place not in unseen)
            expected = replace(whole, entries=tuple(whole.entries[place] for place in unseen))
            assert _parsed(_response(path), known) == expected, path
            compared += 1
    assert compared > 1000


def test_each_document_is_normalised_without_losing_an_entry() -> None:
    for path in (*DOCUMENTS, *JSON_FEEDS):
        if path.name in EMPTY:
            continue
        document = _parsed(_response(path))
        _, entries = normalise(document, SUBSCRIPTION, NOON)
        ids = {entry.id or entry.link or replace(entry, language=None) for entry in document.entries}
        assert len(entries) == len(ids), path
        assert all(entry.title and entry.published <= NOON for entry in entries), path


@pytest.mark.parametrize("path", JSON_FEEDS, ids=lambda path: path.name)
def test_a_json_feed_gives_its_items(path: Path) -> None:
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    found = [(entry.id, entry.link) for entry in _parsed(_response(path)).entries]
    assert found == [(item.get("id"), item.get("url") or item.get("external_url")) for item in items]


def _parsed(response: Response, known: frozenset[bytes] = frozenset()) -> Document:
    return parse(response, known, max_body=10**7, max_entries=1000)


def _response(path: Path) -> Response:
    body = path.read_bytes()
    comment = body[: max(body.find(b"-->"), 0)].decode("latin-1")
    headers = {
        name.lower(): value.strip() for name, value in re.findall(r"^Header:\s*([\w-]+):(.*)$", comment, re.M)
    }
    location = headers.get("content-location", "")
    return Response(location if location.startswith("http") else URL, 200, body, headers)


def _differences(path: Path) -> list[str]:
    response = _response(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = feedparser.parse(
            io.BytesIO(response.body or b""),
            response_headers=dict(response.headers),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        theirs = [_their_words(entry, response.url, path) for entry in expected.entries]
    ours = _our_words(_parsed(response), response.url, path)
    return [] if ours == theirs else [f"{path}: {ours} for {theirs}"]


def _their_words(entry: Any, url: str, path: Path) -> tuple[Any, ...]:
    stamps = (dict.get(entry, name) for name in ("published_parsed", "updated_parsed"))
    published, updated = (_utc(stamp) for stamp in stamps)
    link = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")
    guid = dict.get(entry, "id") or None
    if link == guid and link and "://" not in link and not link.startswith("/"):
        link = None  # a bare guid that forgot to say that it is no link
    title = None if path.name in UNDECLARED else dict.get(entry, "title") or None
    created = _utc(dict.get(entry, "created_parsed"))
    return resolve(guid, url) or guid, resolve(link, url), title, published or created, updated


def _our_words(document: Document, url: str, path: Path) -> list[tuple[Any, ...]]:
    return [
        (
            resolve(entry.id, url) or entry.id,
            resolve(entry.link, document.base),
            None if path.name in UNDECLARED or entry.title is None else entry.title.value,
            entry.published,
            entry.updated,
        )
        for entry in document.entries
    ]


def _utc(stamp: Any) -> datetime | None:
    try:
        return datetime(*stamp[:6], tzinfo=UTC) if stamp else None
    except ValueError:
        return None
