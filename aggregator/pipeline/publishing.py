"""Publishing: from the store to documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator import opml, publish
from aggregator.model import Archive, Choice, Config, Edition, FeedHealth, Format, Place
from aggregator.store import Store


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A merged feed, and when it last became another one; None in a feed that has always been empty."""

    body: bytes
    changed: datetime | None


def feed_document(
    store: Store,
    choice: Choice,
    format: Format,
    title: str,
    before: Place | None = None,
    paged: bool = True,
) -> FeedDocument:
    """Return a merged feed called *title*: the same bytes for as long as its headlines are the same.

    *before* makes it a page of that feed, back in time. *paged*: somebody answers for such pages.
    """
    config = store.config()
    headlines, older = store.page(choice, before, config.publishing.items)
    is_current = choice == Choice() and before is None
    newest = next(iter(store.archives()), None) if is_current else None
    edition = Edition(
        title,
        choice,
        config.site,
        headlines,
        config.publishing.hub if before is None else None,  # nobody subscribes to a page back in time
        before=before,
        older=older if paged else None,
        previous=newest.name if newest else None,
    )
    changes = (edition.changed, store.renewed(), newest.made if newest else None)
    return FeedDocument(publish.feed(edition, format), max(filter(None, changes), default=None))


def archive_document(store: Store, archive: Archive, format: Format, title: str) -> FeedDocument:
    """Return a day that is over, or a part of it, as a document called *title*: the same bytes for ever."""
    edition = Edition(
        title,
        archive.choice,
        replace(archive.site, link=store.config().site.link),  # it moves house with the site
        archive.headlines,
        previous=archive.previous,
        following=archive.following,
        is_archive=True,
    )
    return FeedDocument(publish.feed(edition, format), archive.made)


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
