"""What comes over the wire, and what it says in its publisher's words. Nothing here is trusted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified, byte for byte as the server wrote them (bytes 0–255 as Latin-1 characters)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One feed to ask for, or a form for a hub."""

    key: str
    url: str
    validators: Validators = Validators()
    waited: bool = False  # a redirect's Retry-After is over: follow it, even if it says so again
    waits_with_host: bool = True  # False: asked though its host wants to be left alone
    form: bytes | None = None  # to be posted, as application/x-www-form-urlencoded; None: a GET


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
    link: str | None = (
        None  # Atom link rel=alternate, RSS link (feedburner:origLink where given), JSON Feed url
    )
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
    hub: str | None = None  # Atom link rel=hub, in RSS too; JSON Feed hubs
    topic: str | None = None  # Atom link rel=self, in RSS too; JSON Feed feed_url
