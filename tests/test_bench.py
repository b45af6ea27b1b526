"""The benchmarks' own parts: a wrong ruler measures nothing."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from aggregator.model import Polling, Response
from aggregator.parse import parse
from bench import corpus
from bench.page import View
from bench.page import report as page_report
from bench.tree import measured

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
# A process whose parent ends before it does: it works for a third of a second, and nobody waits for it.
ORPHAN = """
import os, time
if os.fork():
    os._exit(0)
os.setsid()
while time.process_time() < 0.3:
    pass
"""


def test_the_cpu_time_of_a_process_that_outlives_its_parent_is_counted():
    cost = measured([sys.executable, "-S", "-c", ORPHAN])
    assert (cost.status, cost.cpu >= 0.3) == (0, True)


@pytest.mark.parametrize("number", [0, 14, 19], ids=["rss", "atom", "rdf"])
def test_a_made_up_feed_is_like_a_real_one_and_its_next_version_has_one_new_entry(number: int):
    old, new = (document for _, document in corpus.feed(number, (0, 1), NOON))
    ids = [[entry.id or entry.link for entry in _parsed(document)] for document in (old, new)]
    assert 85_000 < len(old) < 125_000
    assert len(ids[0]) == corpus.ENTRIES == len(set(ids[0]))
    assert ids[1][1:] == ids[0][:-1]


def _parsed(document: bytes):
    polling = Polling()
    response = Response("https://site.example/feed", 200, body=document)
    return parse(response, max_body=polling.max_body, max_entries=polling.max_entries).entries


def test_a_page_that_asks_for_too_much_is_told_so():
    asked = (
        ("document", "http://h/"),
        ("script", "http://h/a"),
        ("script", "http://h/b"),
        ("image", "http://h/c"),
    )
    fits, late = View(asked, (), (1, 2, 3, 4)), View((*asked, ("font", "http://h/d")), (), (3, 4, 5, 6))
    good = "\n".join(page_report([fits], [fits], {"br": 59_999}))
    assert good.count("| yes |") == 2 and "**no**" not in good
    bad = "\n".join(page_report([fits, late], [fits, fits], {"br": 60_000}))
    assert bad.count("**no**") == 2
    assert "| first byte | 2 (1–3) | 1 (1–1) |" in bad
