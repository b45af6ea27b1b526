"""The machine's clock is put an hour back and a day on: nothing is asked early, and nothing falls silent."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path

import pytest
from newsdesk import Newsdesk
from newsroom import HOUR, NOON, subscription
from outage import RSS, rss
from program import Program, headlines, wait_until, write_configuration
from publisher import Answer, Asked, Publisher

from aggregator.model import Choice

DAY = timedelta(days=1)


def _set(desk: Newsdesk, now: timedelta, leap: timedelta) -> None:
    """Let the time be noon and *now*, after the clock was put on by *leap*."""
    desk.now = NOON + now
    desk.store.put_clock_right(desk.now, leap)


def test_a_clock_put_back_an_hour_keeps_no_batch_and_no_feed_waiting(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = [Answer(rss("one"), headers=RSS), Answer(rss("two", "one"), headers=RSS)]
    desk.subscribe(subscription("kust", url=publisher.url("/feed")))
    desk.poll()
    _set(desk, -HOUR, -HOUR)
    assert desk.poll() == {}
    assert desk.after(minutes=14).poll() == {}
    assert desk.after(minutes=1).poll()["kust"].new == 1
    assert len(publisher.log) == 2


def test_a_clock_put_on_a_day_lets_nothing_be_asked_early_and_once_back_nothing_waits_a_day(
    desk: Newsdesk, publisher: Publisher
) -> None:
    bodies = [rss(*(f"{n}" for n in range(upto, 0, -1))) for upto in range(1, 9)]
    publisher.answers["/feed"] = [Answer(body, headers=RSS) for body in bodies]
    desk.subscribe(subscription("kust", url=publisher.url("/feed")))
    desk.poll()
    _set(desk, DAY + 5 * timedelta(minutes=1), DAY)
    assert desk.poll() == {}
    assert desk.after(minutes=10).poll()["kust"].new == 1
    _set(desk, timedelta(minutes=20), -DAY)
    assert desk.poll() == {}
    assert desk.after(minutes=15).poll()["kust"].new == 1
    lines = desk.store.ticker(Choice(), None, 10)
    assert [line.entry.title for line in lines] == ["Headline 3", "Headline 2", "Headline 1"]
    assert all(line.published <= desk.now for line in lines)


def test_what_a_publisher_asked_for_is_obeyed_whatever_becomes_of_the_clock(
    desk: Newsdesk, publisher: Publisher
) -> None:
    publisher.answers["/feed"] = Answer(status=503, headers={"Retry-After": "7200"})
    desk.subscribe(subscription("kust", url=publisher.url("/feed")))
    desk.poll()
    _set(desk, DAY, DAY)
    assert desk.after(minutes=119).poll(by_hand=True) == {}
    _set(desk, 2 * HOUR - timedelta(minutes=1), -DAY)
    assert desk.poll(by_hand=True) == {}


def test_a_weeks_sleep_is_survived(desk: Newsdesk, publisher: Publisher) -> None:
    publisher.answers["/feed"] = [Answer(rss("one"), headers=RSS), Answer(rss("two", "one"), headers=RSS)]
    desk.subscribe(subscription("kust", url=publisher.url("/feed")))
    desk.poll()
    assert desk.after(days=7).poll()["kust"].new == 1
    assert desk.poll() == {}
    assert len(publisher.log) == 2


def test_the_running_program_goes_on_whatever_becomes_of_the_clock(
    tmp_path: Path, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    offset = _movable_clock(tmp_path, monkeypatch)
    numbers = count(1)

    def ever_more(_asked: Asked) -> Answer:
        return Answer(rss(*(str(n) for n in range(next(numbers), 0, -1))), headers=RSS)

    publisher.answers["/often"] = ever_more
    publisher.answers["/rare"] = Answer(rss("rare"), headers=RSS)
    path = write_configuration(tmp_path, publisher.url("/often"), publisher.url("/rare"))
    path.write_text(path.read_text().replace("key: 'feed1'", "key: 'feed1', every: 1s"))
    with Program("serve", "--port", "0", cwd=tmp_path, cold=True) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) >= 2)
        for seconds, said in (
            (-3600, "back by 1:00:00"),
            (86400, "on by 1 day, 1:00:00"),
            (0, "back by 1 day"),
        ):
            offset.write_text(str(seconds))
            program.says(f"the clock was put {said}")
            twice_more = len(publisher.asked("/often")) + 2
            _wait_for(publisher, "/often", twice_more)
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
        assert "Traceback" not in program.output
    assert len(publisher.asked("/rare")) == 1
    times = [asked.at for asked in publisher.asked("/often")]
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.9
    with closing(sqlite3.connect(tmp_path / "ticker.db")) as store:
        told = Counter(title for (title,) in store.execute("SELECT title FROM entries"))
        newest = store.execute("SELECT max(published) FROM headlines").fetchone()[0]
    assert set(told.values()) == {1}
    assert newest <= time.time() * 1e6


def _wait_for(publisher: Publisher, path: str, asked: int) -> None:
    wait_until(lambda: len(publisher.asked(path)) >= asked, lambda: f"{path} is not asked any more")


def _movable_clock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let programs started from now on have a clock that is ahead by the seconds in the file returned."""
    compiler = shutil.which("cc")
    if compiler is None:
        if "CI" in os.environ:
            pytest.fail("a clock that can be put back needs a C compiler")
        pytest.skip("no C compiler")
    library, source = folder / "clock.so", Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    offset = folder / "offset"
    offset.write_text("0")
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("CLOCK_OFFSET", str(offset))
    return offset
