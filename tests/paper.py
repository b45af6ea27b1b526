"""A publisher whose one feed is told item by item, and the newsdesk that polls it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime

from newsdesk import Newsdesk
from newsroom import subscription
from publisher import Answer, Publisher

from aggregator.model import Choice, Config, FeedHealth, Outcome


@dataclass(frozen=True)
class Item:
    """One item of a feed; undated where *date* is None."""

    title: str
    date: datetime | None = None
    guid: str = ""
    link: str = ""

    @property
    def markup(self) -> str:
        link = self.link or f"https://kust.example/{self.title.replace(' ', '-')}"
        date = f"<pubDate>{format_datetime(self.date)}</pubDate>" if self.date else ""
        guid = f'<guid isPermaLink="false">{self.guid or link}</guid>'
        return f"<item><title>{self.title}</title><link>{link}</link>{guid}{date}</item>"


@dataclass
class Paper:
    """One feed, told item by item, and the desk that polls it."""

    desk: Newsdesk
    publisher: Publisher
    listed: list[Item] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.desk.now

    def subscribe(self, **values: object) -> Config:
        url = self.publisher.url(str(values.pop("path", "/feed")))
        return self.desk.subscribe(subscription("kust", url=url, **values))

    def brings(self, *items: Item, lists: int = 2000) -> Outcome:
        """Put *items* before what is listed, of which the newest stay, and poll."""
        self.listed = [*items, *self.listed][:lists]
        document = "".join(item.markup for item in self.listed)
        body = f'<rss version="2.0"><channel><title>Kust</title>{document}</channel></rss>'.encode()
        self.publisher.answers["*"] = Answer(body, headers={"Content-Type": "application/rss+xml"})
        return next(iter(self.desk.poll().values()))

    def after(self, **span: float) -> Paper:
        self.desk.after(**span)
        return self

    def shown(self, choice: Choice | None = None) -> list[str]:
        return [line.entry.title for line in self.desk.store.ticker(choice or Choice(), None, 5000)]

    def health(self) -> FeedHealth:
        return self.desk.store.health(self.now)[0]

    def held(self) -> dict[str, int]:
        return {held.why: held.count for held in self.health().held}


def spread(name: str, count: int, newest: datetime, **apart: float) -> list[Item]:
    """Return *count* items, the newest first, so far *apart*."""
    gap = timedelta(**apart)
    return [Item(f"{name} article number {n} of {count}", newest - n * gap) for n in range(count)]
