"""Two programs on one store: on SQLite one polls and the other waits, on PostgreSQL they share the work."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from outage import RSS, entries, rss, titles
from program import Program, get, headlines, health, run, wait_until, write_configuration
from publisher import Answer, Publisher


def test_when_the_one_that_polls_is_killed_the_other_takes_over(folder: Path, publisher: Publisher) -> None:
    write_configuration(folder, publisher.url("/feed"), every="2s")
    with Program("serve", "--port", "0", cwd=folder) as first:
        address = first.address()
        wait_until(lambda: len(headlines(address)) == 2)
        with Program("serve", "--port", "0", cwd=folder) as second:
            address = second.address()
            second.says("another program polls this store already: this one serves its pages")
            refused = run("poll", cwd=folder)
            assert (refused.returncode, refused.stdout) == (1, "")
            assert "another program polls this store already" in refused.stderr
            first.signal(signal.SIGKILL)
            first.wait()
            second.says("this one polls from now on")
            publisher.answers["/feed"] = Answer(rss("three", "one", "two"), headers=RSS)
            wait_until(lambda: "Headline three" in headlines(address))
            second.signal(signal.SIGTERM)
            assert second.wait() == 0
    assert entries(folder) == titles(["one", "two", "three"])


@pytest.mark.postgres
def test_on_postgresql_they_share_the_feeds_and_one_goes_on_with_those_of_the_dead(
    tmp_path: Path, publisher: Publisher, postgres: str
) -> None:
    names = [f"{feed}-{n}" for feed in range(30) for n in range(3)]
    for feed in range(30):
        own = [name for name in names if name.startswith(f"{feed}-")]
        slow = Answer(rss(*own), headers=RSS, delay=60)
        quick = Answer(rss(*own), headers=RSS, delay=0.2)
        # The last five keep whoever asks first waiting, until he is killed.
        publisher.answers[f"/{feed}"] = [slow, quick] if feed >= 25 else quick
    path = write_configuration(tmp_path, *(publisher.url(f"/{feed}") for feed in range(30)))
    path.write_text(f"store: '{postgres}'\n{path.read_text().replace('timeout: 5s', 'timeout: 90s')}")
    store = sa.create_engine(postgres)
    with Program("serve", "--port", "0", cwd=tmp_path) as first:
        first.address()
        with Program("serve", "--port", "0", cwd=tmp_path) as second:
            address = second.address()
            wait_until(lambda: len(_titles(store)) == 75)
            wait_until(lambda: len(publisher.log) == 30)
            with store.connect() as connection:
                holders = _holders(connection)
            dead = first if f"/{first._process.pid}/" in holders else second
            alive = second if dead is first else first
            dead.signal(signal.SIGKILL)
            dead.wait()
            address = alive.address()
            assert "ok" in get(f"{address}healthz")
            with store.begin() as connection:  # three minutes later
                connection.execute(sa.text("UPDATE feeds SET lease_until = 0 WHERE lease_until IS NOT NULL"))
            wait_until(lambda: _titles(store) == titles(names))
            assert {feed["state"] for feed in health(address)["feeds"]} == {"ok"}
            alive.signal(signal.SIGTERM)
            assert alive.wait() == 0
    store.dispose()
    asked = Counter(asked.path for asked in publisher.log)
    assert asked == {f"/{feed}": 2 if feed >= 25 else 1 for feed in range(30)}


def _titles(store: sa.Engine) -> Counter[str]:
    """Return the titles in the store; nothing before there is one."""
    try:
        with store.connect() as connection:
            return Counter(connection.execute(sa.text("SELECT title FROM entries")).scalars())
    except sa.exc.ProgrammingError:
        return Counter()


def _holders(connection: sa.Connection) -> str:
    rows = connection.execute(sa.text("SELECT DISTINCT lease_owner FROM feeds WHERE lease_owner IS NOT NULL"))
    (holder,) = rows.scalars()
    return str(holder)
