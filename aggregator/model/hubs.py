"""What passes between us and WebSub hubs (W3C Recommendation, 23 January 2018), both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aggregator.model.ledger import Claim
from aggregator.model.news import Choice

Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a hub is asked about one topic."""

    subscription: int  # its row
    feed: int
    mode: Mode
    hub: str
    topic: str
    site: str  # our own address
    token: str  # the last part of the callback's, which nobody can guess
    secret: str  # that the hub signs its deliveries with
    failures: int  # letters before this one that brought no verification


@dataclass(frozen=True, slots=True)
class Telling:
    """What our own hub is to be told: these changed since it was told last."""

    hub: str
    choices: tuple[Choice, ...]
    until: datetime  # of the newest of the changes
    failures: int


@dataclass(frozen=True, slots=True)
class Callback:
    """What is known of an address that a hub delivers to."""

    subscription: int
    secret: str
    is_wanted: bool  # False: the feed has left feeds.yaml, or has another hub


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery at the door: signed by its hub, not yet opened."""

    headers: Mapping[str, str]  # content-type and content-encoding
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery on its way through, and the feed that it is of, as a poll would have it."""

    row: int
    claim: Claim
    topic: str
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a delivery ended."""

    delivery: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class OurHub:
    """How telling our own hub goes."""

    hub: str  # without credentials
    last_told: datetime | None
    failures: int  # in a row
    error: str | None
