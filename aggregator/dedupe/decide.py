"""The decisions, in their order: the same entry, the same headline, or news. Old and new in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from aggregator.dedupe.facts import LONGEST_KEY
from aggregator.dedupe.index import Index
from aggregator.dedupe.memory import Memory
from aggregator.model import FLOOD, Addition, Arrival, Known, Plan, Revision


def decide(
    arrivals: Iterable[Arrival],
    known: Iterable[Known],
    index: Index,
    next_row: int,
    next_headline: int,
    now: datetime,
) -> Plan:
    """Return what should happen to the store, and let *index* know it already.

    *known* are the store's entries that share feed and id, or feed and link, with an arrival. Rows and
    headlines are numbered from *next_row* and *next_headline* on. An arrival sees the decisions before it.
    """
    memory = Memory(known)
    additions: list[Addition] = []
    revisions: list[Revision] = []
    for arrival in arrivals:
        mine = memory.find(arrival)
        if mine is None:
            addition = _addition(arrival, index, next_row + len(additions), next_headline)
            next_headline += addition.guid is not None
            additions.append(addition)
            seen = _known(addition, now)
        elif arrival.facts.digest != mine.facts.digest:
            revisions.append(Revision(mine, arrival, arrival.facts.fingerprint != mine.facts.fingerprint))
            seen = _revised(mine, arrival)
        else:
            continue
        memory.by_uid[arrival.uid] = seen
        index.learn([seen])
    return Plan(tuple(additions), tuple(revisions))


def _addition(arrival: Arrival, index: Index, row: int, next_headline: int) -> Addition:
    match = index.match(arrival)
    if match is None:
        rule = FLOOD if arrival.held else "founded"
        return Addition(row, next_headline, arrival, rule, 1.0, guid=_guid(arrival))
    return Addition(row, match.known.headline, arrival, match.rule, match.score, match.known.row)


def _guid(arrival: Arrival) -> str:
    """Return the id under which a new headline is published for ever.

    The publisher's own where that is an absolute IRI (RFC 4287, 4.2.6); else a `tag:` made from feed and id.
    The store takes the latter too where two feeds use the same id.
    """
    return arrival.entry.id if _is_iri(arrival.entry.id) else arrival.tag


def _is_iri(text: str) -> bool:
    """Say whether *text* is an absolute IRI of a kind that publishers use for ids (RFC 3987, 2.2)."""
    if len(text) > LONGEST_KEY or any(c.isspace() or c in '<>"{}|\\^`[]' for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.netloc)
    return parts.scheme in {"tag", "urn"} and bool(parts.path)


def _known(addition: Addition, now: datetime) -> Known:
    arrival = addition.arrival
    return Known(
        row=addition.row,
        feed=arrival.feed,
        uid=arrival.uid,
        headline=addition.headline,
        title=arrival.entry.title,
        facts=arrival.facts,
        published=arrival.entry.published,
        first_seen=now,
        alone=arrival.alone,
    )


def _revised(known: Known, arrival: Arrival) -> Known:
    return replace(known, title=arrival.entry.title, facts=arrival.facts)
