"""Publishing: from the store to documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator import opml, publish
from aggregator.model import Choice, Config, Edition, FeedHealth, Format
from aggregator.store import Store


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A merged feed, and when the newest of the changes in it was made; None in an empty one."""

    body: bytes
    changed: datetime | None


def feed_document(store: Store, choice: Choice, format: Format, title: str) -> FeedDocument:
    """Return a merged feed called *title*: the same bytes for as long as its headlines are the same."""
    config = store.config()
    headlines = store.articles(choice, config.publishing.items)
    edition = Edition(title, choice, config.site, headlines, config.publishing.hub)
    return FeedDocument(publish.feed(edition, format), edition.changed)


def sources_document(store: Store, now: datetime) -> bytes:
    """Return the sources as OPML."""
    return sources(store.config(), store.health(now))


def sources(config: Config, health: Sequence[FeedHealth]) -> bytes:
    """Return the sources that *config* names as OPML, with what *health* knows of their titles and sites."""
    known = {feed.key: feed for feed in health}
    names = {
        each.key: (each.title or known[each.key].title, known[each.key].site)
        for each in config.subscriptions
        if each.key in known
    }
    return opml.export(config.subscriptions, names, config.site, None)
