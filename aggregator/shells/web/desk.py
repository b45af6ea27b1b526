"""The desk: all that the page asks of the store and of the pipeline, and of the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from aggregator.errors import StoreError, UserError
from aggregator.model import (
    Archive,
    Choice,
    Config,
    FeedHealth,
    Format,
    Headline,
    Lately,
    OurHub,
    Place,
    Reactions,
)
from aggregator.pipeline.publishing import (
    FeedDocument,
    archive_document,
    feed_document,
    sources_document,
)
from aggregator.store import Store

UNREADABLE = (StoreError, UserError)
"""What reading raises while the store cannot be reached, or was never filled."""


class Desk:
    """What the page asks; the configuration is kept until the revision moves."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._config: tuple[int, Config] | None = None

    def now(self) -> datetime:
        return self._clock()

    def today(self) -> date:
        """Return the date in the site's zone."""
        return self.now().astimezone(ZoneInfo(self.config().site.timezone)).date()

    def revision(self) -> int:
        return self._store.revision()

    def config(self) -> Config:
        revision = self._store.revision()
        if self._config is None or self._config[0] != revision:
            self._config = (revision, self._store.config())
        return self._config[1]

    def last_config(self) -> Config:
        """Return the configuration as it could last be read: error pages need no store."""
        try:
            return self.config()
        except UNREADABLE:
            return self._config[1] if self._config else Config(subscriptions=(), store="")

    def ticker(self, choice: Choice, before: Place | None, limit: int) -> tuple[Headline, ...]:
        return self._store.ticker(choice, before, limit)

    def oldest(self) -> datetime | None:
        """Return the date of the oldest headline."""
        return self._store.oldest()

    def newer(self, place: Place) -> Headline | None:
        """Return the line above *place* in the ticker."""
        return self._store.newer(place)

    def headline(self, number: int) -> Headline | None:
        return self._store.headline(number)

    def reactions(self, number: int) -> Reactions | None:
        """Return the reactions to a headline; None where its publisher lets nobody read them."""
        return self._store.forum.reactions(number, self.now())

    def moved(self, number: int) -> int | None:
        return self._store.moved(number)

    def health(self) -> tuple[FeedHealth, ...]:
        return self._store.health(self.now())

    def lately(self) -> dict[str, Lately]:
        return self._store.lately(self.now())

    def our_hub(self) -> OurHub | None:
        return self._store.post.our_hub(self.config().publishing.hub)

    def counts(self) -> tuple[int, int]:
        return self._store.counts()

    def feed(
        self, choice: Choice, format: Format, title: str, before: Place | None, paged: bool
    ) -> FeedDocument:
        return feed_document(self._store, choice, format, title, before, paged)

    def archive(self, name: str) -> Archive | None:
        return self._store.archive(name)

    def archived(self, archive: Archive, format: Format, title: str) -> FeedDocument:
        return archive_document(self._store, archive, format, title)

    def is_dropped(self, day: str) -> bool:
        """Say whether *day* may have had an archive that is kept no longer."""
        oldest = next(iter(self._store.archives()[::-1]), None)
        return oldest is not None and day <= (oldest.previous or "").partition("/")[0]

    def config_error(self) -> str | None:
        return self._store.config_error()

    def opml(self) -> bytes:
        return sources_document(self._store, self.now())
