"""Remembering: what a feed's row keeps of an answer, and what of it the next request bears. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from xxhash import xxh3_128_hexdigest

from aggregator import __version__, cadence
from aggregator.errors import FeedError
from aggregator.fetch import sendable
from aggregator.links import host
from aggregator.model import Claim, Request, Response, Settlement, Validators


def known(claim: Claim) -> Validators:
    """Return the validators to send: none where another version of this program may read what broke ours.

    That happens once for each version: what comes is read, or marked again.
    """
    if claim.marked and not claim.marked.startswith(f"{__version__}/"):
        return Validators()
    return claim.validators


def request(claim: Claim) -> Request:
    """Return what to ask for *claim*."""
    return Request(
        claim.subscription.key,
        claim.url,
        known(claim),
        waited=was_put_off(claim),
        waits_with_host=claim.subscription.wait_with_host,
    )


def was_put_off(claim: Claim) -> bool:
    """Say whether a redirect asked us to wait, which we did."""
    return claim.waiting and claim.status is not None and 300 < claim.status < 400


def as_kept(claim: Claim, response: Response) -> Response:
    """Return a 304 with the freshness that it need not repeat (RFC 9111, 4.3.4)."""
    inherits = claim.fresh_for and response.fresh_for is None
    return replace(response, fresh_for=claim.fresh_for) if inherits else response


def validators(claim: Claim, response: Response) -> Validators:
    """Return the validators to keep: a 304 need not repeat those that still hold (RFC 9111, 4.3.4)."""
    new = sendable(response.validators)
    if response.status != 304:
        # Some servers behind one name know no validators; what another one gave may still spare us a body.
        return new if new != Validators() else claim.validators
    return Validators(new.etag or claim.validators.etag, new.last_modified or claim.validators.last_modified)


def answered_by(claim: Claim, response: Response) -> str:
    """Return the host that answered, or nothing where it is the one that was asked."""
    return "" if response.url == claim.url else host(response.url)


def freshness(response: Response) -> timedelta:
    """Return the freshness to keep, for a 304 that does not speak of it."""
    return min(response.fresh_for or timedelta(), cadence.MOST_FRESHNESS)


def weight(response: Response) -> int | None:
    """Return what a whole body weighs; a 304 and a part of one (226) do not tell."""
    return response.received if response.status in {200, 203} else None


def marked(settlement: Settlement, claim: Claim, response: Response, error: FeedError) -> Settlement:
    """Return *settlement* with the mark of what broke its reader; it is asked for conditionally as any."""
    return replace(
        settlement,
        validators=validators(claim, response),
        weight=weight(response),
        marked=f"{_mark(response.body or b'')} {error.message}",
    )


def is_marked(claim: Claim, body: bytes) -> bool:
    """Say whether *body* broke its reader, and is not to be read again by this version of the program."""
    return claim.marked.startswith(_mark(body))


def what_it_did(claim: Claim) -> FeedError:
    """Return what the admin was told of the marked document."""
    return FeedError("parse", claim.marked.partition(" ")[2])


def _mark(body: bytes) -> str:
    return f"{__version__}/{xxh3_128_hexdigest(body)}"
