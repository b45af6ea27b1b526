"""Workers: processes that read documents, and what it means when they fail."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from aggregator.errors import FeedError
from aggregator.model import Claim, Response

log = logging.getLogger(__name__)


class Workers(Protocol):
    """A pool of processes; a job that hangs or kills its process fails alone."""

    def schedule(
        self, function: Callable[..., Any], args: Sequence[Any] = (), *, timeout: float | None = None
    ) -> Future[Any]: ...


def failure(claim: Claim, response: Response, error: Exception) -> FeedError:
    """Return what to tell the admin of a document whose reading ended with *error*."""
    if isinstance(error, FeedError):
        return error
    if isinstance(error, TimeoutError):
        return FeedError("parse", "the document took too long to read and was given up")
    if isinstance(error, OSError):  # the process ended; the pool has started another
        return FeedError("parse", "the document broke the process that read it")
    if isinstance(error, MemoryError):
        return FeedError("parse", "the document took too much memory and was given up")
    log.error(
        "%s: a fault of this program while reading %s", claim.subscription.key, response.url, exc_info=error
    )
    return FeedError("parse", "a fault of this program; its log tells more")
