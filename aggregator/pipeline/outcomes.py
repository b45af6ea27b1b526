"""Outcomes: how the refresh of one feed went, with the numbers of what came of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from aggregator.links import without_credentials
from aggregator.model import FLOOD, Outcome, Plan, Response

log = logging.getLogger(__name__)


def of(outcome: Outcome, response: Response | None) -> Outcome:
    """Return *outcome* with what the answer says."""
    if response is None:
        return outcome
    return replace(
        outcome,
        status=response.status,
        moved_to=without_credentials(response.moved_to) if response.moved_to else None,
        elapsed=response.elapsed,
        received=response.received,
    )


def counted(outcomes: Iterable[tuple[int, Outcome]], plan: Plan) -> tuple[Outcome, ...]:
    """Return the *outcomes* of feeds (by their rows) with the numbers of what *plan* made of arrivals."""
    new = Counter(addition.arrival.feed for addition in plan.additions)
    held = Counter(addition.arrival.feed for addition in plan.additions if addition.rule == FLOOD)
    founded = Counter(addition.arrival.feed for addition in plan.additions if addition.guid is not None)
    changed = Counter(revision.arrival.feed for revision in plan.revisions if revision.noticeable)
    return tuple(
        _with_counts(outcome, *(count[feed] for count in (new, changed, founded, held)))
        for feed, outcome in outcomes
    )


def _with_counts(outcome: Outcome, new: int, changed: int, founded: int, held: int) -> Outcome:
    if outcome.kind == "news" and not new and not changed:
        return replace(outcome, kind="unchanged")
    if held:
        log.warning(
            "%s: a flood: %d of its %d new entries are held out of the ticker", outcome.key, held, new
        )
    return replace(outcome, new=new, changed=changed, headlines=founded - held, held=held)
