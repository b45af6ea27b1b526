"""The words of the house: frozen values that pass from room to room. Imports nothing of ours.

Atom's names; RSS `channel` and `item` are mapped on to them. Every datetime is aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NewType
from urllib.parse import quote, urlencode

Html = NewType("Html", str)
"""Markup that is safe in a page. Only `sanitise` makes it."""

State = Literal["ok", "failing", "gone", "waiting", "never"]
Format = Literal["rss", "atom", "json"]
FORMATS: tuple[Format, ...] = ("rss", "atom", "json")


# ── what the admin asked for: feeds.yaml ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Rule:
    """Matches an entry when each of its patterns is found in the field that it names."""

    patterns: tuple[tuple[str, str], ...]  # (title | summary | author | category | link, regular expression)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that we asked for."""

    key: str  # stable name in addresses; keeps the history when the url changes
    url: str
    every: timedelta
    title: str | None = None  # None: the feed's own
    categories: tuple[str, ...] = ()
    language: str | None = None
    priority: int = 0  # the highest leads a headline that several sources carry
    dedupe: bool = True  # False: its headlines stand alone
    keep: tuple[Rule, ...] = ()  # if any are given, an entry must match one of them
    drop: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowLink:
    """One of the site's "follow us" links."""

    title: str
    link: str


@dataclass(frozen=True, slots=True)
class Site:
    """How the reading page and the merged feeds present themselves."""

    title: str = "Ticker"
    link: str | None = None  # public address, with its trailing slash; None: http://HOST:PORT/
    description: str = ""
    language: str = "en"  # of the page: en, nl, fr or ar
    timezone: str = "UTC"
    follow: tuple[FollowLink, ...] = ()
    share: tuple[str, ...] = ("copy", "mail")
    images: Literal["direct", "proxy", "none"] = "direct"


@dataclass(frozen=True, slots=True)
class Polling:
    """How we ask: intervals, bounds, courtesy."""

    every: timedelta = timedelta(minutes=15)
    floor: timedelta = timedelta(minutes=5)  # nothing is asked sooner, whatever a feed or a server says
    timeout: timedelta = timedelta(seconds=20)  # for the whole request, to the last byte
    max_body: int = 10_000_000  # bytes, after decompression
    max_entries: int = 1000  # taken from one document; the newest
    per_host: int = 2
    allow_networks: tuple[str, ...] = ()  # private networks that may be asked, in CIDR notation
    contact: str | None = None  # an address in the User-Agent


@dataclass(frozen=True, slots=True)
class Matching:
    """What de-duplication may do."""

    window: timedelta = timedelta(hours=72)
    stories: bool = True
    same: tuple[tuple[str, str], ...] = ()  # pairs of links, ids or titles
    different: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Publishing:
    """What the merged feeds hold."""

    items: int = 100  # in each document
    hub: str | None = None  # WebSub


@dataclass(frozen=True, slots=True)
class Config:
    """All of feeds.yaml, checked and with its defaults."""

    subscriptions: tuple[Subscription, ...]
    store: str  # an SQLAlchemy URL
    site: Site = Site()
    polling: Polling = Polling()
    matching: Matching = Matching()
    publishing: Publishing = Publishing()
    keep: timedelta = timedelta(days=90)


# ── over the wire ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified, byte for byte as the server wrote them (bytes 0–255 as Latin-1 characters)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One feed to ask for."""

    key: str
    url: str
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer, whatever its status."""

    url: str  # where the answer came from, after redirects
    status: int
    body: bytes | None = None  # as it came over the wire, still in its content coding; None on a 304
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names; repeated ones joined by ", "
    moved_to: str | None = None  # where the unbroken chain of 301 and 308 leads; None: it did not move
    fresh_for: timedelta | None = None  # Cache-Control max-age less Age, or Expires less Date (RFC 9111, 4.2)
    retry_at: datetime | None = None  # Retry-After
    elapsed: timedelta = timedelta()
    received: int = 0  # bytes of body on the wire

    @property
    def validators(self) -> Validators:
        return Validators(self.headers.get("etag"), self.headers.get("last-modified"))


# ── in the publisher's words: nothing here is trusted yet ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RawText:
    """A text construct: plain text, or markup that may be anything."""

    value: str
    is_markup: bool  # Atom type html and xhtml, RSS descriptions; False for Atom type text
    base: str | None = None  # xml:base in force, or None for the document's


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote it: Atom author, RSS author or dc:creator, JSON Feed authors."""

    name: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry: RSS enclosure, Atom link rel=enclosure, JSON Feed attachment."""

    link: str
    type: str = ""
    length: int | None = None  # bytes


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An item as the document has it; absent things are None or empty."""

    id: str | None = None  # Atom id, RSS guid, RDF about, JSON Feed id
    link: str | None = None  # Atom link rel=alternate, RSS link (feedburner:origLink where given), JSON Feed url
    title: RawText | None = None
    summary: RawText | None = None  # Atom summary, RSS description
    content: RawText | None = None  # Atom content, content:encoded, JSON Feed content_html or content_text
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None  # media:thumbnail, media:content of an image, itunes:image, JSON Feed image
    language: str | None = None  # xml:lang, dc:language, JSON Feed language
    published: datetime | None = None
    updated: datetime | None = None
    comments: int | None = None  # slash:comments, thr:total
    comments_link: str | None = None  # RSS comments, Atom link rel=replies of type text/html
    comments_feed: str | None = None  # wfw:commentRss, Atom link rel=replies of a feed type


@dataclass(frozen=True, slots=True)
class Document:
    """A feed in its publisher's words."""

    format: str  # feedparser's name of it (rss20, atom10, rss10 …), or json1, json11
    base: str  # the address that relative links in it start from
    entries: tuple[RawEntry, ...]  # in the document's order
    id: str | None = None
    title: RawText | None = None
    link: str | None = None
    description: RawText | None = None
    language: str | None = None
    updated: datetime | None = None
    ttl: timedelta | None = None  # RSS ttl, sy:updatePeriod divided by sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0–23, GMT
    skip_days: frozenset[int] = frozenset()  # 0 = Monday, GMT
    item_hashes: bytes = b""  # 8 bytes for each item, empty where items could not be told apart


# ── clean: nothing after `normalise` checks again ────────────────────────────────────────────────────────────


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


# ── de-duplicated: what is read and published ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of a headline: who carried it, and why it is thought to be the same."""

    key: str  # the subscription's
    name: str  # the feed's title
    feed: str  # the feed's address
    site: str | None  # the feed's web page
    feed_id: str | None  # Atom id of the feed
    feed_updated: datetime | None
    entry_id: str  # as its publisher gave it
    title: str
    link: str | None
    language: str | None
    published: datetime
    rule: str  # the rule that put it here; "founded" for the first
    score: float  # 0–1
    comments: int | None = None
    comments_link: str | None = None


@dataclass(frozen=True, slots=True)
class FormerTitle:
    """What a headline said before its publisher corrected it."""

    title: str
    until: datetime


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

    @property
    def path(self) -> str:
        """Return the page's address below the site's: `/`, `/category/sport`, `/search`."""
        for name in ("category", "language", "source", "day"):
            value = getattr(self, name)
            if value is not None:
                return f"/{name}/{quote(value, safe='')}"
        return "/" if self.search is None else "/search"

    @property
    def query(self) -> str:
        """Return the query that belongs to the path, with its question mark, or nothing."""
        return "" if self.search is None else "?" + urlencode({"q": self.search})

    def feed_path(self, format: Format) -> str:
        """Return the address of this choice as a feed, below the site's."""
        return f"{self.path.rstrip('/')}/feed.{format}{self.query}"


@dataclass(frozen=True, slots=True)
class Edition:
    """The headlines chosen for one publication at one moment: all that a feed document is made from."""

    title: str
    choice: Choice
    site: Site  # its link is set
    headlines: tuple[Headline, ...]  # newest first
    hub: str | None = None

    @property
    def changed(self) -> datetime | None:
        """Return when the newest of the changes in it was made; None for an empty edition."""
        return max((headline.changed for headline in self.headlines), default=None)


# ── how it went ──────────────────────────────────────────────────────────────────────────────────────────────


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
    error: str | None = None
    stage: str | None = None  # where it failed
    moved_to: str | None = None
    elapsed: timedelta = timedelta()
    received: int = 0  # bytes on the wire


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
