"""Importing: which feeds of another program's list are new to us, and what is said of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator import config, opml
from aggregator.links import askable, canonical, credentials, without_credentials
from aggregator.model import Listing, Subscription
from aggregator.parse.charset import as_text


@dataclass(frozen=True, slots=True)
class Intake:
    """The feeds to add, and a sentence on each of the others and on what was changed."""

    added: tuple[Listing, ...]
    known: tuple[str, ...]
    refused: tuple[str, ...]
    notes: tuple[str, ...]


def intake(document: bytes, name: str, subscriptions: Sequence[Subscription]) -> Intake:
    """Return what of an OPML *document*, called *name*, is new to *subscriptions*; UserError if it is none.

    A feed is the same with http for https, or without a www: who wants both writes that into feeds.yaml.
    """
    found = opml.outlines(as_text(document, ""), name)
    known, refused, notes = list(found.repeated), list(found.refused), []
    names = {subscription.key.casefold() for subscription in subscriptions}
    ours = {_identity(subscription.url): subscription for subscription in subscriptions}
    added: dict[tuple[str, str], Listing] = {}
    for listed in found.listings:
        listing = replace(listed, url=askable(listed.url) or listed.url)
        where = f"line {listing.line}: {without_credentials(listing.url)}"
        if wrong := config.unfit(replace(listing, key=None)):
            refused.append(f"line {listing.line}: {wrong}")
        elif subscription := ours.get(_identity(listing.url)):
            known.append(f"{where} is there already, as {_named(subscription, listing.url)}")
        elif first := added.get(_identity(listing.url)):
            known.append(f"{where} is the feed of line {first.line}, {without_credentials(first.url)}")
            both = dict.fromkeys((*first.categories, *listing.categories))
            added[_identity(listing.url)] = replace(first, categories=tuple(both))
        else:
            if listing.key and (listing.key.casefold() in names or config.unfit(listing)):
                notes.append(f"{where} cannot have the name '{listing.key}' here, and gets another")
                listing = replace(listing, key=None)
            names |= {listing.key.casefold()} if listing.key else set()
            added[_identity(listing.url)] = listing
    return Intake(tuple(added.values()), tuple(known), tuple(refused), tuple(notes))


def already(url: str, subscriptions: Sequence[Subscription]) -> Subscription | None:
    """Return the one of *subscriptions* that has *url*, as `intake` compares them."""
    return next((each for each in subscriptions if _identity(each.url) == _identity(url)), None)


def _identity(url: str) -> tuple[str, str]:
    """Return how addresses of feeds compare; with another password it may be another feed."""
    return credentials(url), canonical(without_credentials(url))


def _named(subscription: Subscription, url: str) -> str:
    same = without_credentials(subscription.url) == without_credentials(url)
    return f"'{subscription.key}'{'' if same else f', with {without_credentials(subscription.url)}'}"
