"""What is read and published: clean entries, the headlines that they make, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NewType
from urllib.parse import quote, urlencode

from aggregator.model.asked import Site
from aggregator.model.wire import Enclosure, Person

Html = NewType("Html", str)
"""Markup that is safe in a page. Only `sanitise` makes it."""

State = Literal["ok", "failing", "gone", "waiting", "never"]
Format = Literal["rss", "atom", "json"]
Flood = Literal["known", "many", "stamped"]
"""Why entries are held out of the ticker: had before under other ids, too many for a day, all of one date."""

MERGED = "merged"  # why a headline is not shown whose entries are in another one, by the admin's word
FLOOD = "flood"  # the rule by which a held entry has a line of its own that is not shown
FORMATS: tuple[Format, ...] = ("rss", "atom", "json")

Place = tuple[datetime, int]  # of a line in the ticker: published, id
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself: plain text, absolute links."""

    title: str
    link: str | None = None  # its web page
    id: str | None = None
    description: str = ""
    language: str | None = None
    updated: datetime | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    hub: str | None = None  # WebSub
    topic: str | None = None  # what its hub calls it: rel=self


@dataclass(frozen=True, slots=True)
class Entry:
    """One article, clean. Its id is unique within its feed only: its key is (feed, id)."""

    id: str
    title: str  # plain text, never empty
    published: datetime  # never newer than when it was first seen
    link: str | None = None  # absolute, http or https
    summary: str = ""  # plain text
    content: Html = Html("")
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    language: str | None = None  # BCP 47, lower case
    updated: datetime | None = None
    comments: int | None = None
    comments_link: str | None = None
    comments_feed: str | None = None
    dated: bool = True  # False: it bore no date, *published* is when it was first seen


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of a headline: who carried it, and why it is thought to be the same."""

    key: str  # the subscription's
    name: str  # the feed's title
    feed: str  # the feed's address
    site: str | None  # the feed's web page
    feed_id: str | None  # Atom id of the feed
    feed_updated: datetime | None  # when the feed had this entry newest
    entry_id: str  # as its publisher gave it
    title: str
    link: str | None
    language: str | None
    published: datetime
    rule: str  # the rule that put it here; "founded" for the first
    score: float  # 0–1
    words: tuple[str, ...] = ()  # that it has in common with what it was matched with
    comments: int | None = None
    comments_link: str | None = None


@dataclass(frozen=True, slots=True)
class FormerTitle:
    """What a headline said before its publisher corrected it."""

    title: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Related:
    """Another headline of the same story."""

    id: int
    title: str
    language: str | None
    published: datetime
    source: str  # the name of its lead


@dataclass(frozen=True, slots=True)
class Headline:
    """One line of the ticker, and the entries that are copies of it."""

    id: int
    guid: str  # given once, never changes
    published: datetime  # its place in the ticker, given once
    updated: datetime  # moves only when a reader would notice the change
    changed: datetime  # when anything of it last changed in the store, a new source included
    entry: Entry  # the lead's words; its content is empty in lists
    sources: tuple[Source, ...]  # the lead first, then by time
    formerly: tuple[FormerTitle, ...] = ()  # oldest first
    story: int | None = None
    related: tuple[Related, ...] = ()  # the others of its story, the newest first

    @property
    def lead(self) -> Source:
        return self.sources[0]

    @property
    def comments(self) -> int | None:
        """Return how many reactions the lead has, or else the first source that knows."""
        return next((source.comments for source in self.sources if source.comments is not None), None)

    @property
    def comments_link(self) -> str | None:
        """Return where to read those reactions."""
        return next((source.comments_link for source in self.sources if source.comments is not None), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which headlines: all of them, or narrowed in one way."""

    category: str | None = None  # a slug
    language: str | None = None
    source: str | None = None  # a subscription's key
    search: str | None = None
    day: str | None = None  # YYYY-MM-DD in the site's time zone
    part: int | None = None  # of a day's archive, from the second on

    @property
    def path(self) -> str:
        """Return the page's address below the site's: `/`, `/category/sport`, `/search`."""
        part = "" if self.part is None else f"/{self.part}"
        for name in ("category", "language", "source", "day"):
            value = getattr(self, name)
            if value is not None:
                return f"/{name}/{quote(value, safe='')}{part}"
        return "/" if self.search is None else "/search"

    @property
    def lines_path(self) -> str:
        """Return the address of the page's newest lines alone: `/lines`, `/category/sport/lines`."""
        return f"{self.path.rstrip('/')}/lines"

    @property
    def query(self) -> str:
        """Return the query that belongs to the path, with its question mark, or nothing."""
        return "" if self.search is None else "?" + urlencode({"q": self.search})

    def page_query(self, before: Place) -> str:
        """Return the query of the page that begins after the line *before*: the same lines for ever."""
        published, number = before
        mark = f"page={(published - _EPOCH) // timedelta(microseconds=1)}-{number}"
        return f"{self.query}&{mark}" if self.query else f"?{mark}"

    def feed_path(self, format: Format, before: Place | None = None) -> str:
        """Return the address of this choice as a feed, or of its page after *before*, below the site's."""
        query = self.query if before is None else self.page_query(before)
        return f"{self.path.rstrip('/')}/feed.{format}{query}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The headlines chosen for one publication at one moment: all that a feed document is made from."""

    title: str
    choice: Choice
    site: Site  # its link is set
    headlines: tuple[Headline, ...]  # newest first
    hub: str | None = None
    before: Place | None = None  # where it begins, if it is a page back in time
    older: Place | None = None  # where the page after it begins, if there is one
    previous: str | None = None  # the archive before it
    following: str | None = None  # of an archive: the one after it
    is_archive: bool = False  # it never changes again

    @property
    def changed(self) -> datetime | None:
        """Return when the newest of the changes in it was made; None for an empty edition."""
        return max((headline.changed for headline in self.headlines), default=None)


@dataclass(frozen=True, slots=True)
class Archive:
    """A day that is over, or a part of it, as it was then: what arrived, and what the site called itself.

    Its name is its day, YYYY-MM-DD in the time zone that the site had; the second part's is YYYY-MM-DD/2.
    """

    name: str
    previous: str | None  # the name of the archive before it
    following: str  # the name of the one after it
    made: datetime
    site: Site
    headlines: tuple[Headline, ...]  # newest first

    @property
    def choice(self) -> Choice:
        """Return what it is found by."""
        day, _, part = self.name.partition("/")
        return Choice(day=day, part=int(part) if part else None)


@dataclass(frozen=True, slots=True)
class KeptArchive:
    """An archive that is kept."""

    name: str
    previous: str | None  # which retention may have dropped
    made: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the refresh of one feed went."""

    key: str
    kind: Literal["news", "unchanged", "failed", "gone"]
    status: int | None = None
    entries: int = 0  # seen in the document, or in the part of it that was new
    new: int = 0  # entries that we did not have
    changed: int = 0
    headlines: int = 0  # founded by those new entries; the others are copies
    held: int = 0  # of the new ones, kept out of the ticker
    error: str | None = None
    stage: str | None = None  # where it failed
    moved_to: str | None = None
    elapsed: timedelta = timedelta()
    received: int = 0  # bytes on the wire


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept out of the ticker of one feed, for one reason."""

    why: Flood
    count: int
    last: datetime  # when the newest of them came


@dataclass(frozen=True, slots=True)
class Push:
    """How a feed's hub does, as /sources and /health.json tell it."""

    hub: str  # without credentials
    until: datetime | None  # the end of the lease; None: the hub has not confirmed it
    last_delivery: datetime | None
    is_slowing: bool  # deliveries come, so it is polled less often
    refused: int  # deliveries whose signature was wrong
    error: str | None  # the hub's last word, if that was no


@dataclass(frozen=True, slots=True)
class Lately:
    """What a source brought in the last 30 days."""

    days: tuple[int, ...]  # entries dated on each of them (days of UTC), today last; held ones left out
    copies: int  # of these, that came when another entry of the same headline was there already
    delay: timedelta | None  # the middle one of the times between their dates and our polls

    @property
    def entries(self) -> int:
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """The state of one source, as /sources and /health.json tell it."""

    key: str
    url: str  # without credentials
    title: str
    state: State
    last_polled: datetime | None
    last_changed: datetime | None
    next_due: datetime | None
    failures: int  # in a row
    error: str | None
    status: int | None
    entries: int
    moved_to: str | None = None
    failing_since: datetime | None = None
    site: str | None = None
    waiting_until: datetime | None = None
    waiting_for: str | None = None  # the host that asked for it
    told_another: bool = False  # it asked when another of its feeds was polled, not this one
    held: tuple[Held, ...] = ()
    push: Push | None = None  # None: it has no hub, or we have no public address
