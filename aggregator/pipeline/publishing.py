"""Publishing: from the store to documents."""

from __future__ import annotations

from datetime import datetime

from aggregator import opml, publish
from aggregator.model import Choice, Config, Edition, Format
from aggregator.store import Store
from aggregator.text import slug


def edition(store: Store, choice: Choice) -> Edition:
    """Return the newest headlines of *choice*, as many as a feed document holds."""
    config = store.config()
    headlines = store.articles(choice, config.publishing.items)
    return Edition(_title(config, choice), choice, config.site, headlines, config.publishing.hub)


def feed_document(store: Store, choice: Choice, format: Format) -> bytes:
    """Return a merged feed: the same bytes for as long as its headlines are the same."""
    return publish.feed(edition(store, choice), format)


def sources_document(store: Store, now: datetime) -> bytes:
    """Return the sources as OPML."""
    config = store.config()
    names = {feed.key: (feed.title, feed.site) for feed in store.health(now)}
    return opml.export(config.subscriptions, names, config.site, None)


def _title(config: Config, choice: Choice) -> str:
    """Return what a narrowing is called: the site's title, and what it is narrowed to."""
    narrowed = _label(config, choice)
    return f"{config.site.title} – {narrowed}" if narrowed else config.site.title


def _label(config: Config, choice: Choice) -> str | None:
    if choice.category is not None:
        labels = (label for feed in config.subscriptions for label in feed.categories)
        return next((label for label in labels if slug(label) == choice.category), choice.category)
    if choice.source is not None:
        named = (feed.title for feed in config.subscriptions if feed.key == choice.source)
        return next(named, None) or choice.source
    if choice.search is not None:
        return f"“{choice.search}”"
    return choice.language or choice.day
