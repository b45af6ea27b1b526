"""Two programs on one store: they decide one after the other, and nothing is doubled or lost."""

from __future__ import annotations

import multiprocessing
from datetime import timedelta

from newsroom import NOON, bring, configuration, entry
from several import processes

from aggregator.model import Choice
from aggregator.store import Store

BATCHES, IN_BATCH = 20, 25


def _tell_all(url: str, key: str) -> None:
    """Bring the same news as the other program, in the same order, batch by batch."""
    store = Store(url)
    for batch in range(BATCHES):
        titles = [f"Harbour notice number {batch * IN_BATCH + n}" for n in range(IN_BATCH)]
        news = [entry(title, id=f"{key}/{title}", link=f"https://{key}.example/{title}") for title in titles]
        bring(store, {key: news})
    store.close()


def test_two_programs_that_bring_the_same_news_at_once_found_each_headline_once(blank: str) -> None:
    # A store of its own: in one that hundreds of tests have emptied PostgreSQL is many times slower.
    store = Store(blank)
    store.create()
    store.accept(configuration("one", "two"), NOON)
    context = processes()
    programs = [context.Process(target=_tell_all, args=(blank, key)) for key in ("one", "two")]
    for program in programs:
        program.start()
    for program in programs:
        program.join(150)
    assert [program.exitcode for program in programs] == [0, 0]
    assert store.counts() == (BATCHES * IN_BATCH, 2 * BATCHES * IN_BATCH)
    for headline in store.ticker(Choice(), None, 1000):
        assert sorted(source.key for source in headline.sources) == ["one", "two"]
    store.close()


def _claim_all(url: str, owner: str, claimed: multiprocessing.Queue[str]) -> None:
    store = Store(url)
    while found := store.claim(NOON, 3, owner, timedelta(minutes=3)):
        for claim in found:
            claimed.put(claim.subscription.key)
    claimed.put("")
    store.close()


def test_two_programs_never_claim_the_same_feed(url: str, store: Store) -> None:
    keys = [f"feed{n}" for n in range(100)]
    store.accept(configuration(*keys), NOON)
    context = processes()
    claimed: multiprocessing.Queue[str] = context.Queue()
    programs = [context.Process(target=_claim_all, args=(url, owner, claimed)) for owner in ("one", "two")]
    for program in programs:
        program.start()
    found, ended = [], 0
    while ended < 2:
        key = claimed.get(timeout=60)
        ended += not key
        found += [key] if key else []
    for program in programs:
        program.join(60)
    assert sorted(found) == sorted(keys)
