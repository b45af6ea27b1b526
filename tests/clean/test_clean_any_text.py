"""Anything at all, through normalise and out again: documents are sound, pages and articles are clean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import invented
import pytest
from clean import allowed
from clean.vectors import EVERYTHING, LINKS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from newsroom import NOON, bring, configuration, subscription
from werkzeug.test import Client

from aggregator import opml, publish
from aggregator.model import (
    Choice,
    Document,
    Edition,
    Enclosure,
    Entry,
    Feed,
    Headline,
    Person,
    RawEntry,
    RawText,
    Site,
    Source,
)
from aggregator.normalise import normalise
from aggregator.shells.web import create_app, front
from aggregator.store import Store


def _words(text: str) -> list[str]:
    return text.split()


_NAMES = _words("""
    a p div span h1 ul li table tbody tr td caption pre code img video audio source iframe object embed svg
    math mtext mglyph annotation-xml foreignObject desc title style script template noscript select option
    form button input textarea xmp plaintext b i font ruby rt details summary body base link meta use animate
    set x-y
""")
_FIELDS = _words("""
    href src srcset xlink:href action formaction style onerror onclick onload title alt data poster background
    id name class srcdoc content http-equiv lang dir is ping
""")
_SIGNS = [
    "<",
    ">",
    '"',
    "'",
    "&",
    "&lt;",
    "&#0;",
    "&#60",
    "\0",
    "\x1b",
    "\ud800",
    "\ufffe",
    "\u202e",
    "\u2067",
]
_SIGNS += [
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "{{7*7}}",
    "\n",
    " ",
    "é",
    "\u05d0",
    "\u0301",
    "/",
    "=",
    "%",
    "\\",
]

VALUES = st.sampled_from(LINKS) | st.sampled_from(["x", "alert(1)", "//x.org/y", *_SIGNS])
FIELDS = st.builds(
    lambda name, quote, value: f" {name}={quote}{value}{quote}",
    st.sampled_from(_FIELDS),
    st.sampled_from(["'", '"', "", "`"]),
    VALUES,
)
TAGS = st.builds(
    lambda end, name, fields, close: f"<{end}{name}{''.join(fields)}{close}",
    st.sampled_from(["", "", "/"]),
    st.sampled_from(_NAMES),
    st.lists(FIELDS, max_size=2),
    st.sampled_from([">", ">", "/>", " "]),
)
ANYTHING = (
    st.lists(TAGS | st.sampled_from(_SIGNS) | st.text(max_size=3), max_size=15).map("".join)
    | st.sampled_from(EVERYTHING)
    | st.text(st.characters(), max_size=30)
)
TEXTS = st.builds(RawText, ANYTHING, is_markup=st.booleans(), base=st.none() | VALUES)
ENTRIES = st.builds(
    RawEntry,
    id=st.none() | ANYTHING,
    link=st.none() | ANYTHING,
    title=st.none() | TEXTS,
    summary=st.none() | TEXTS,
    content=st.none() | TEXTS,
    authors=st.lists(st.builds(Person, ANYTHING, st.none() | VALUES), max_size=2).map(tuple),
    categories=st.lists(ANYTHING, max_size=2).map(tuple),
    enclosures=st.lists(st.builds(Enclosure, VALUES, ANYTHING), max_size=2).map(tuple),
    image=st.none() | VALUES,
    language=st.none() | ANYTHING,
    comments_link=st.none() | VALUES,
    comments_feed=st.none() | VALUES,
)
DOCUMENTS = st.builds(
    Document,
    format=st.just("rss20"),
    base=st.sampled_from(["https://pier.example/", "javascript:alert(1)", ""]),
    entries=st.lists(ENTRIES, min_size=1, max_size=3).map(tuple),
    id=st.none() | ANYTHING,
    title=st.none() | TEXTS,
    link=st.none() | VALUES,
    description=st.none() | TEXTS,
    language=st.none() | ANYTHING,
)
SUBSCRIPTION = subscription("kustkrant")
SITE = Site(title="De Draad", link="https://draad.example/", language="nl")


@given(DOCUMENTS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_document_comes_out_as_sound_and_clean_feeds(document: Document) -> None:
    feed, entries = normalise(document, SUBSCRIPTION, NOON)
    headlines = tuple(_headline(number, feed, entry) for number, entry in enumerate(entries, 1))
    edition = Edition("De Draad", Choice(), SITE, headlines)
    assert allowed.rss(publish.feed(edition, "rss")) == []
    assert allowed.atom(publish.feed(edition, "atom")) == []
    assert allowed.json_feed(publish.feed(edition, "json")) == []
    titles = {SUBSCRIPTION.key: (feed.title, feed.link)}
    (outline,) = etree.fromstring(opml.export([SUBSCRIPTION], titles, SITE, None)).iter("outline")
    assert (outline.get("title"), outline.get("htmlUrl")) == (feed.title, feed.link)


def _headline(number: int, feed: Feed, entry: Entry) -> Headline:
    """Return a headline that two sources of that name carry."""
    founder = Source(
        key="pier",
        name=feed.title,
        feed="https://pier.example/feed",
        site=feed.link,
        feed_id=feed.id,
        feed_updated=NOON,
        entry_id=entry.id,
        title=entry.title,
        link=entry.link,
        language=entry.language,
        published=entry.published,
        rule="founded",
        score=1.0,
        comments=entry.comments,
        comments_link=entry.comments_link,
    )
    sources = (founder, replace(founder, key="quay", link=f"https://quay.example/{number}"))
    return Headline(number, entry.id, NOON, NOON, NOON, entry, sources)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('any')}/ticker.db")
    store.create()
    feeds = [subscription("kustkrant", dedupe=False), subscription("littoral", dedupe=False)]
    store.accept(configuration(*feeds), NOON)
    yield store
    store.close()


@given(ENTRIES, ENTRIES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_entry_is_shown_on_clean_pages_and_so_is_what_it_said_before(
    store: Store, before: RawEntry, after: RawEntry
) -> None:
    client = Client(front(create_app(store, lambda: invented.NOW), store, lambda: invented.NOW, recheck=0))
    when = NOON
    for raw in (before, after):
        document = Document("rss20", "https://pier.example/", (replace(raw, id="the-same"),))
        _, entries = normalise(document, SUBSCRIPTION, when)
        bring(store, {"kustkrant": entries}, when)
        when += timedelta(minutes=2)
    (number,) = (line.id for line in store.ticker(Choice(), None, 2))
    for path in ("/", f"/read/{number}", "/sources"):
        assert allowed.page(client.get(path).text) == []
    shown = html.fromstring(client.get("/").text).find_class("headline")
    assert [" ".join(line.text_content().split()) for line in shown] == [" ".join(entries[0].title.split())]
