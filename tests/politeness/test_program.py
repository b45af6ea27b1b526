"""How we ask, as the real program does it: what a scheduler does at its start and at its end."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

from guest import DAYS, rss
from newsroom import settlement
from program import Program, health, run, wait_until, write_configuration
from publisher import Answer, Publisher

from aggregator.config import load
from aggregator.store import Store

FEEDS = 120


def test_started_after_a_week_it_asks_one_after_another_and_again_nothing_early(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(rss("Storm"))
    path = write_configuration(tmp_path, *(publisher.url(f"/{n}") for n in range(FEEDS)))
    long_ago = datetime.now(UTC) - 7 * DAYS
    store = Store(f"sqlite:///{tmp_path}/ticker.db")
    store.create()
    store.accept(load(path, {}), long_ago)
    with store.ledger(long_ago, [settlement(claim.feed, long_ago) for claim in store.peek()]):
        pass
    store.close()
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        address = program.address()
        wait_until(lambda: len(publisher.log) >= 3, lambda: program.output)
        dues = [datetime.fromisoformat(feed["next_due"]) for feed in health(address)["feeds"]]
        assert len(publisher.log) < FEEDS / 2
        assert min(dues) < datetime.now(UTC) + timedelta(minutes=2)
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    asked = {each.path for each in publisher.log}
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        program.address()
        wait_until(lambda: len(publisher.log) >= len(asked) + 3, lambda: program.output)
    assert len(publisher.log) == len({each.path for each in publisher.log})


def test_a_look_by_check_stops_at_a_host_that_had_enough(tmp_path: Path, publisher: Publisher) -> None:
    publisher.answers["*"] = Answer(status=429, headers={"Retry-After": "3600"})
    write_configuration(tmp_path, *(publisher.url(f"/{n}") for n in range(60)))
    told = run("check", "--fetch", cwd=tmp_path).stdout
    assert len(publisher.log) < 30
    assert told.count("not asked now: 127.0.0.1 asked to be left alone") == 60 - len(publisher.log)


def test_a_look_by_check_is_at_the_address_that_feeds_yaml_has_now(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.answers["*"] = Answer(rss("Storm"))
    write_configuration(tmp_path, publisher.url("/old"))
    run("poll", cwd=tmp_path)
    write_configuration(tmp_path, publisher.url("/new"))
    run("check", "--fetch", cwd=tmp_path)
    assert [asked.path for asked in publisher.log] == ["/old", "/new"]
