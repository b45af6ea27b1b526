"""What the admin asked for: feeds.yaml as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Literal


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
    wait_with_host: bool = True  # False: asked though another feed of its host was told to wait
    keep: tuple[Rule, ...] = ()  # if any are given, an entry must match one of them
    drop: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed to be written into feeds.yaml, as a list of another program names it, or the feed itself."""

    url: str
    title: str = ""  # plain text on one line; empty: what the feed calls itself
    categories: tuple[str, ...] = ()
    language: str | None = None
    key: str | None = None  # None: the one that is made from title or host
    line: int = 0  # of the list, where it came from one


@dataclass(frozen=True, slots=True)
class FollowLink:
    """One of the site's "follow us" links."""

    title: str
    link: str


# Where an article can be passed on: a plain link, which tells nobody anything until it is followed. `{link}`
# and `{title}` are filled in. Copying and mailing need no place.
SHARES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{link}"),
        "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={link}"),
        "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={link}"),
        "reddit": ("Reddit", "https://www.reddit.com/submit?url={link}&title={title}"),
        "telegram": ("Telegram", "https://t.me/share/url?url={link}&text={title}"),
        "whatsapp": ("WhatsApp", "https://wa.me/?text={title}%20{link}"),
        "x": ("X", "https://x.com/intent/post?text={title}&url={link}"),
    }
)


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
    index_articles: bool = False  # search engines may list the pages of articles, which are others' work


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
