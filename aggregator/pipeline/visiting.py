"""Visiting: what the program's own log keeps of one request, the rules that it broke included."""

from __future__ import annotations

from datetime import datetime

from aggregator.errors import FeedError
from aggregator.fetch import sendable
from aggregator.links import host
from aggregator.model import Claim, Request, Response, Validators, Visit

TOO_SOON = "asked sooner than its publisher allowed"
UNCONDITIONAL = "asked unconditionally, though its validators were known"


def visit(claim: Claim, request: Request, answer: Response | FeedError, now: datetime) -> Visit:
    """Return what to write down of *request*, judged by what the store knew when it was claimed."""
    response = answer if isinstance(answer, Response) else None
    conditional = sendable(request.validators) != Validators()
    return Visit(
        at=now,
        feed=claim.feed,
        host=host(response.url) if response and response.url != claim.url else claim.host,
        status=response.status if response else None,
        conditional=conditional,
        received=response.received if response else 0,
        saved=claim.weight if response and response.status == 304 else 0,
        waited=claim.waiting and not _too_soon(claim),
        broken=_broken(claim, conditional),
    )


def _broken(claim: Claim, conditional: bool) -> str | None:
    if _too_soon(claim):
        return TOO_SOON
    # What broke its reader may be asked for anew, by another version of this program.
    known = claim.validators != Validators() and not claim.marked
    return UNCONDITIONAL if known and not conditional else None


def _too_soon(claim: Claim) -> bool:
    return bool(claim.taken and claim.not_before and claim.taken < claim.not_before)
