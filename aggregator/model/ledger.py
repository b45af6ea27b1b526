"""What passes between the store, which remembers, and those who decide: claims, arrivals, decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model.asked import Subscription
from aggregator.model.news import Entry, Feed, Flood
from aggregator.model.wire import Validators


@dataclass(frozen=True, slots=True)
class Claim:
    """A feed that this process holds the lease of, with all that was kept from last time."""

    feed: int  # its row
    subscription: Subscription
    url: str  # where to ask: the address it moved to, or else the subscription's
    validators: Validators = Validators()
    body_hash: bytes = b""  # of the last body that parsed, as it came over the wire
    item_hashes: bytes = b""  # of the items in it, 8 bytes each
    failures: int = 0  # in a row
    about: Feed | None = None  # what the feed last said of itself
    host: str = ""  # of that address
    taken: datetime | None = None  # when the lease was taken; None for those who only look
    polled: datetime | None = None  # when it was last asked
    not_before: datetime | None = None  # what its publisher asked of us then; its host's waiting included
    waiting: bool = False  # the server had said Retry-After
    status: int | None = None  # of the last answer
    fresh_for: timedelta | None = None  # what the last answer said of its freshness
    weight: int = 0  # bytes on the wire of the last whole body
    marked: str = ""  # which version of this program was broken by which body, and how; "": by none
    pushed: bool = False  # a hub delivers what it brings, so it is asked less often


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a claim ended, as its feed's row remembers it. None leaves what was there."""

    feed: int
    at: datetime
    next_due: datetime
    not_before: datetime  # sooner than this the publisher does not want to be asked, not even by hand
    status: int | None
    failures: int
    error: str | None = None
    gone: bool = False
    waiting: bool = False  # the server said Retry-After
    validators: Validators | None = None
    body_hash: bytes | None = None
    item_hashes: bytes | None = None
    about: Feed | None = None
    name: str | None = None  # what the source is called from now on
    moved_to: str | None = None
    host_wait: tuple[str, datetime] | None = None  # (host, until when it is left alone)
    answered_by: str | None = None  # the host that a redirect led to; '': there was none
    fresh_for: timedelta | None = None
    weight: int | None = None
    marked: str | None = None
    due_without_hub: datetime | None = None  # when it is due if news was in it that no hub delivered


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, as the program's own log keeps it. A chain of redirects is one, at its last host."""

    at: datetime
    feed: int
    host: str
    status: int | None  # None: no complete answer
    conditional: bool
    received: int = 0  # bytes of body on the wire
    saved: int = 0  # what the body would have weighed that a 304 spared
    waited: bool = False  # it came after a Retry-After that was obeyed
    broken: str | None = None  # the rule that we broke


@dataclass(frozen=True, slots=True)
class Manners:
    """How we behaved towards one host, from the log of requests."""

    host: str
    requests: int
    unchanged: int  # answered with 304
    received: int  # bytes of bodies on the wire
    saved: int
    waits: int
    broken: tuple[tuple[str, int], ...]  # rules that we broke, and how often


@dataclass(frozen=True, slots=True)
class Facts:
    """What de-duplication needs to know of an entry; made once, where the entry is parsed."""

    fingerprint: bytes  # of what a reader would notice: title, text and link, 8 bytes
    digest: bytes  # of everything, 8 bytes
    link_key: str  # canonical link, or '' where it names no single article
    title_key: str  # normalised title
    # Of title and summary, and who published them, as `dedupe.packing` packs them; empty if it stands alone.
    words: bytes


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry at the door."""

    feed: int
    uid: bytes  # 16 bytes made from feed and id
    tag: str  # a tag: made from feed and id, for those whose own id is no IRI (RFC 4151)
    entry: Entry
    facts: Facts
    findable: str  # the words by which the search finds it
    alone: bool = False  # the subscription says dedupe: false, or it is held
    held: Flood | None = None  # why it is kept out of the ticker
    pushed: bool = False  # a hub delivered it, and may deliver an old one after a new one


@dataclass(frozen=True, slots=True)
class Known:
    """What the store has of an entry, as far as de-duplication needs it."""

    row: int
    feed: int
    uid: bytes
    headline: int
    title: str
    facts: Facts
    published: datetime
    first_seen: datetime
    alone: bool
    entry_id: str = ""  # as its publisher gave it
    story: int | None = None  # of its headline
    revision: int = 0  # of the store, when it last changed
    updated: datetime | None = None  # as its publisher dates its last change


@dataclass(frozen=True, slots=True)
class Refusal:
    """A headline that a new one was near to, and did not join."""

    entry: int  # the row that it was compared with
    score: float  # 0–1
    veto: str  # what forbade it, or "score": too little in common
    words: tuple[str, ...] = ()  # of the new title, those in conflict


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an entry is where it is, besides rule and score."""

    words: tuple[str, ...] = ()  # that it has in common with the entry that it was matched with
    refused: tuple[Refusal, ...] = ()  # the nearest first
    story_with: int | None = None  # the entry by which its headline came into a story
    story_score: float = 0.0
    story_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """An entry as a decision on another one names it, or the lead of another headline."""

    headline: int
    title: str
    source: str  # the feed's title


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one entry when it came."""

    entry: int
    source: str
    title: str
    rule: str
    score: float
    matched: int | None
    reasons: Reasons
    alone: bool  # it was compared with nothing

    @property
    def named(self) -> frozenset[int]:
        """Return the entries that it was compared with."""
        reasons = self.reasons
        rows = {self.matched, reasons.story_with, *(refusal.entry for refusal in reasons.refused)}
        return frozenset(row for row in rows if row is not None)


@dataclass(frozen=True, slots=True)
class Move:
    """An entry that is in another headline than it was because feeds.yaml says so."""

    kind: str  # same or different
    one: str  # the pair as feeds.yaml has it
    other: str
    entry: int
    before: int  # headlines
    after: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided of a headline."""

    headline: int
    lead: int
    entries: tuple[Decision, ...]  # as they came
    cited: Mapping[int, Cited]  # by their rows; those that are no longer kept are missing
    story: tuple[Cited, ...]  # the other headlines of its story
    moves: tuple[Move, ...]  # into it and out of it
    merged_into: int | None  # the headline that has all of its entries
    is_held: bool


@dataclass(frozen=True, slots=True)
class Habit:
    """What a feed usually brings, as far as telling a flood from news takes it."""

    read: datetime  # when it was last read well
    a_day: float  # new entries on an average day of the week that ends with its newest
    a_minute: int  # the most of these that bear one date, to the minute
    titles: frozenset[str] = frozenset()  # keys of titles at the door that it has brought before
    links: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Addition:
    """A new entry, and the headline that it founds or joins."""

    row: int
    headline: int
    arrival: Arrival
    rule: str  # founded, flood, link, title …
    score: float  # 0–1
    matched: int | None = None  # the entry that it is thought to be a copy of
    guid: str | None = None  # set where the entry founds the headline
    story: int | None = None  # that a founded headline belongs to; its own number if it begins one
    reasons: Reasons = Reasons()


@dataclass(frozen=True, slots=True)
class Revision:
    """An entry that we have, in new words."""

    known: Known
    arrival: Arrival
    noticeable: bool  # False: only a count or a date changed


@dataclass(frozen=True, slots=True)
class Plan:
    """What should happen to the store, decided for one batch of arrivals."""

    additions: tuple[Addition, ...] = ()
    revisions: tuple[Revision, ...] = ()
    succeeded: tuple[int, ...] = ()  # rows whose id their publisher has given to another article
    merged: tuple[tuple[int, int], ...] = ()  # stories, and the older ones that they turned out to be
    doubted: frozenset[int] = frozenset()  # feeds of which a hub delivered changes that may be old ones
