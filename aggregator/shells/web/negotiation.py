"""Negotiation: what a request's headers say of what we may answer (RFC 9110). Pure, knows no pages."""

from __future__ import annotations

import gzip
from datetime import datetime
from functools import lru_cache

import brotli  # type: ignore[import-untyped]
from werkzeug.http import parse_date, parse_etags

CODINGS = ("br", "gzip")  # what we offer, the best first
IDENTITY = "identity"
SMALLEST = 256  # bytes: below, a coding saves nothing


@lru_cache(maxsize=512)
def coding(accept: str | None) -> str:
    """Return the content coding that an Accept-Encoding asks for: br, gzip or identity (RFC 9110, 12.5.3).

    Where it forbids all that we have, identity: an answer that can perhaps be read is better than none.
    """
    if accept is None:
        return IDENTITY
    weights = _weights(accept)
    others = weights.get("*", 0.0)
    # Of codings that are equally welcome we choose the smallest; identity only where it is preferred.
    offered = {name: weights.get(name, others) for name in CODINGS}
    best = max(CODINGS, key=lambda name: offered[name])
    return best if offered[best] > 0 and offered[best] >= weights.get(IDENTITY, 0.0) else IDENTITY


def encode(body: bytes, coding: str) -> bytes:
    """Return *body* in a content coding, the same bytes every time."""
    match coding:
        case "br":
            return bytes(brotli.compress(body, quality=5))
        case "gzip":
            return gzip.compress(body, compresslevel=6, mtime=0)
    return body


def is_unchanged(
    etag: str, modified: datetime | None, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Say whether the client has this answer already (RFC 9110, 13.1).

    If-None-Match is compared weakly and beats If-Modified-Since.
    """
    if if_none_match is not None:
        return parse_etags(if_none_match).contains_weak(etag)
    since = parse_date(if_modified_since) if if_modified_since else None
    return since is not None and modified is not None and modified.replace(microsecond=0) <= since


def _weights(accept: str) -> dict[str, float]:
    """Return how welcome each coding is, from 0 to 1; what makes no sense counts as 0."""
    weights = {}
    for part in accept.lower().split(","):
        name, _, parameter = part.partition(";")
        name = name.strip().removeprefix("x-")
        if name:
            weights[name] = _weight(parameter.strip())
    return weights


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if name.strip() == "q" and 0 <= weight <= 1 else 0.0
