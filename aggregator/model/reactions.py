"""Reactions: what others wrote below a publisher's article, asked for only when a reader wants to see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.ledger import Claim
from aggregator.model.news import Html


@dataclass(frozen=True, slots=True)
class Reaction:
    """One of them."""

    author: str  # '' where nobody is named
    published: datetime
    content: Html
    link: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reactions:
    """Those of one headline, as far as they were asked for."""

    items: tuple[Reaction, ...] = ()  # oldest first
    read: datetime | None = None  # when the publisher last answered, well or badly; None: never
    failed: bool = False  # what he answered last could not be read
    is_waiting: bool = False  # a reader asked, and the answer is not there yet
    may_be_asked: bool = True  # not so soon after the last time


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is to be asked for a reader: the reactions to an entry, by its row."""

    entry: int
    claim: Claim  # of its feed, with the address and the validators of its reactions


@dataclass(frozen=True, slots=True)
class Reply:
    """How an inquiry ended. None leaves what was there."""

    entry: int
    at: datetime
    not_before: datetime  # sooner than this nobody asks again
    items: tuple[Reaction, ...] | None = None
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None  # None: it went well
    host_wait: tuple[str, datetime] | None = None  # (host, until when it is left alone)
