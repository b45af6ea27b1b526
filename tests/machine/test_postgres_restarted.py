"""PostgreSQL is restarted underneath: all connections are gone at once, and everything goes on by itself."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
import sqlalchemy as sa
from outage import RSS, rss
from program import Program, get, headlines, wait_until, write_configuration
from publisher import Answer, Publisher

# Only those of this test: others use the server too.
END_ALL = sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name")


@pytest.mark.postgres
def test_when_all_connections_are_cut_the_program_and_its_pages_go_on(
    tmp_path: Path, publisher: Publisher, postgres: str
) -> None:
    name = f"cut-{tmp_path.name}"[:60]
    url = sa.make_url(postgres).update_query_dict({"application_name": name})
    address_of_store = url.render_as_string(hide_password=False)
    publisher.answers["/feed"] = Answer(rss("0"), headers=RSS)
    path = write_configuration(tmp_path, publisher.url("/feed"), every="1s")
    path.write_text(f"store: '{address_of_store}'\n{path.read_text()}")
    other = sa.create_engine(postgres)
    names = ["0"]
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 1)
        for again in range(3):
            with other.connect() as connection:
                assert len(connection.execute(END_ALL, {"name": name}).all()) >= 1
            assert "ok" in get(f"{address}healthz")
            names = [str(again + 1), *names]
            publisher.answers["/feed"] = Answer(rss(*names), headers=RSS)
            _wait_for_headlines(address, len(names))
        assert "Traceback" not in program.output
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    other.dispose()
    with sa.create_engine(postgres).connect() as connection:
        told = connection.execute(sa.text("SELECT title FROM entries")).scalars().all()
    assert sorted(told) == [f"Headline {name}" for name in sorted(names)]


def _wait_for_headlines(address: str, number: int) -> None:
    wait_until(lambda: len(headlines(address)) == number)
