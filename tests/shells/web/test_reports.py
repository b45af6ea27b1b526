"""How the sources are: in words, as JSON, as metrics."""

from __future__ import annotations

from datetime import UTC, datetime

import invented

from aggregator.model import FeedHealth
from aggregator.shells.web import sources
from aggregator.shells.web.setting import Time, setting
from aggregator.shells.web.sources import Fact, SourceState

HERE = setting(invented.config(), invented.NOW)
NOON = datetime(2026, 11, 23, 12, 0, 0, 7, tzinfo=UTC)
WELL = FeedHealth("nos", "https://nos.example/feed", "NOS", "ok", NOON, None, None, 0, None, 200, 3)
ILL = FeedHealth(
    key="ill",
    url="https://ill.example/feed",
    title='Il"l',
    state="failing",
    last_polled=NOON,
    last_changed=None,
    next_due=NOON,
    failures=2,
    error="the server answered 500",
    status=500,
    entries=0,
    moved_to="https://new.example/feed",
    failing_since=NOON,
    site="https://ill.example/",
)


def test_a_source_in_trouble_comes_first_and_says_what_and_when() -> None:
    assert sources.source_states(HERE, (WELL, ILL))[0] == SourceState(
        title='Il"l',
        href="/source/ill",
        feed="https://ill.example/feed",
        site="https://ill.example/",
        state="failing",
        state_words="Storing sinds 13:00",
        error="the server answered 500",
        moved="verhuisd naar https://new.example/feed",
        counts=("2 mislukte pogingen op rij",),
        facts=(
            Fact("laatst gevraagd", Time("13:00", "2026-11-23T12:00:00Z")),
            Fact("volgende poging", Time("13:00", "2026-11-23T12:00:00Z")),
        ),
    )


def test_the_summary_counts_the_states() -> None:
    assert sources.summary(HERE, (WELL, ILL, WELL)) == "In orde: 2 · Storing: 1"


def test_health_json_is_as_the_contract_says() -> None:
    assert sources.health(5, (2, 3), (WELL, ILL)) == {
        "status": "degraded",
        "revision": 5,
        "headlines": 2,
        "entries": 3,
        "feeds": [
            {
                "key": "nos",
                "url": "https://nos.example/feed",
                "title": "NOS",
                "state": "ok",
                "last_polled": "2026-11-23T12:00:00Z",
                "last_changed": None,
                "next_due": None,
                "failures": 0,
                "error": None,
                "status": 200,
                "entries": 3,
            },
            {
                "key": "ill",
                "url": "https://ill.example/feed",
                "title": 'Il"l',
                "state": "failing",
                "last_polled": "2026-11-23T12:00:00Z",
                "last_changed": None,
                "next_due": "2026-11-23T12:00:00Z",
                "failures": 2,
                "error": "the server answered 500",
                "status": 500,
                "entries": 0,
            },
        ],
    }


def test_all_is_well_while_no_source_fails() -> None:
    assert sources.health(5, (2, 3), (WELL,))["status"] == "ok"


def test_metrics_count_and_escape() -> None:
    odd = FeedHealth('a"b\\c\n', "https://a.example/", "A", "never", None, None, None, 0, None, None, 0)
    text = sources.metrics(5, (2, 3), (WELL, ILL, odd))
    rows = text.splitlines()
    assert text.endswith("\n")
    assert {
        "aggregator_headlines 2",
        "aggregator_entries 3",
        "aggregator_revision 5",
        'aggregator_feeds{state="ok"} 1',
        'aggregator_feeds{state="failing"} 1',
        'aggregator_feeds{state="gone"} 0',
        'aggregator_feed_failures{key="ill"} 2',
        r'aggregator_feed_failures{key="a\"b\\c\n"} 0',
    } <= set(rows)
