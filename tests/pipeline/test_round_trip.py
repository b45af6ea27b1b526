"""Our own feeds through our own parser: what we publish is what a program like ours would read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import invented
import pytest
from newsdesk import Newsdesk
from newsroom import subscription
from publisher import Answer, Publisher

from aggregator.links import resolve
from aggregator.model import FORMATS, Choice, Format, Headline
from aggregator.pipeline.publishing import feed_document
from aggregator.publish import CONTENT_TYPES
from aggregator.store import Store


@pytest.fixture
def published(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path}/published.db")
    store.create()
    store.accept(invented.config(), invented.NOW)
    invented.fill(store)
    return store


@pytest.mark.parametrize("format", FORMATS)
def test_who_subscribes_to_our_feed_has_our_ticker(
    published: Store, open_desk: Callable[[], Newsdesk], publisher: Publisher, format: Format
) -> None:
    document = feed_document(published, Choice(), format, "De Draad")
    publisher.answers["/feed"] = Answer(document.body, headers={"Content-Type": CONTENT_TYPES[format]})
    desk = open_desk()
    desk.now = invented.NOW + timedelta(minutes=1)
    desk.subscribe(subscription("draad", url=publisher.url("/feed")))
    desk.poll()
    ours, theirs = published.articles(Choice(), 100), desk.store.articles(Choice(), 100)
    assert [_told(headline) for headline in theirs] == [_told(headline) for headline in ours]


@pytest.mark.parametrize("format", FORMATS)
def test_a_second_refresh_finds_nothing_new(
    published: Store, desk: Newsdesk, publisher: Publisher, format: Format
) -> None:
    body = feed_document(published, Choice(), format, "De Draad").body
    # A blank at the end makes it another body, which is read again.
    publisher.answers["/feed"] = [Answer(body), Answer(body + b"\n")]
    desk.now = invented.NOW + timedelta(minutes=1)
    desk.subscribe(subscription("draad", url=publisher.url("/feed")))
    assert desk.poll()["draad"].new == len(published.ticker(Choice(), None, 100))
    again = desk.after(minutes=15).poll()["draad"]
    assert (again.kind, again.new, again.changed) == ("unchanged", 0, 0)


def _told(headline: Headline) -> tuple[object, ...]:
    """Return what each of the three formats can carry of a headline: seconds, not their fractions."""
    entry = headline.entry
    moment = replace(entry, published=headline.published).published.replace(microsecond=0)
    return headline.guid, entry.title, resolve(entry.link, None), moment, entry.language
