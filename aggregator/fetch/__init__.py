"""Fetch: addresses in, answers out; the one room that asks publishers. Bounded, conditional, polite.

Does not judge an answer, unpack it or parse it: every complete one is a `Response`, whatever its status.
"""

from aggregator.fetch.client import Client, LeftAloneError
from aggregator.fetch.guard import is_public
from aggregator.fetch.headers import sendable
from aggregator.fetch.statuses import complaint

__all__ = ["Client", "LeftAloneError", "complaint", "is_public", "sendable"]
