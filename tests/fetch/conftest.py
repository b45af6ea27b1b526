"""A client that may ask loopback, and how the tests wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from aggregator.errors import FeedError
from aggregator.fetch import Client
from aggregator.model import Polling, Request, Response

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
PATIENCE = 30.0  # seconds; only a hanging client takes so long

Results = dict[str, Response | FeedError]
Ask = Callable[..., Results]


@pytest.fixture
def polling() -> Polling:
    return Polling(
        timeout=timedelta(seconds=20), max_body=100_000, per_host=2, allow_networks=("127.0.0.0/8",)
    )


@pytest.fixture
def client(polling: Polling) -> Iterator[Client]:
    client = Client(polling, "test/1.0 (+https://example.org/about)")
    yield client
    client.close()


@pytest.fixture
def ask(client: Client) -> Ask:
    """Return a function that asks for all that it is given, and waits for all that is pending."""

    def ask(*requests: Request | str) -> Results:
        for request in requests:
            client.add(Request(request, request) if isinstance(request, str) else request)
        return finish(client)

    return ask


def finish(client: Client) -> Results:
    results: Results = {}
    ends = monotonic() + PATIENCE
    while client.pending:
        assert monotonic() < ends, "the client hangs"
        results.update((request.key, answer) for request, answer in client.wait(1, NOW))
    return results
