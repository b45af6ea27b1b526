"""Without news the feeds of the real program stay what they are, byte for byte."""

from __future__ import annotations

import signal
import urllib.request
from pathlib import Path

import pytest
from program import Program, headlines, wait_until
from program import run_cold as run  # each start has its own order of sets
from publisher import Answer, Publisher, conditional

FEEDS = ("feed.rss", "feed.atom", "feed.json", "source/kust/feed.atom")
CASES = Path(__file__).parent.parent / "cases"


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher) -> Path:
    publisher.answers["/kust"] = conditional((CASES / "nieuws.rss").read_bytes(), '"1"')
    publisher.answers["/always"] = Answer((CASES / "observatory.atom").read_bytes())
    (tmp_path / "feeds.yaml").write_text(
        f"""
site: {{title: De Draad, link: "https://draad.example/", language: nl, timezone: Africa/Casablanca}}
poll: {{every: 1s, floor: 1s, timeout: 5s, allow_networks: [127.0.0.0/8]}}
feeds:
  - {{url: "{publisher.url("/kust")}", key: kust}}
  - {{url: "{publisher.url("/always")}", key: always}}
"""
    )
    return tmp_path


def answers(address: str, path: str) -> set[tuple[bytes, str | None, str | None]]:
    """Ask many times, each time anew, so that each of the pages' processes answers; return what they say."""
    found = set()
    for _ in range(20):
        with urllib.request.urlopen(address + path, timeout=30) as answer:
            found.add((answer.read(), answer.headers["ETag"], answer.headers["Last-Modified"]))
    return found


def test_asked_of_two_processes_and_after_a_restart_a_feed_is_the_same(
    folder: Path, publisher: Publisher
) -> None:
    seen = []
    for _ in range(2):
        with Program("serve", "--port", "0", "--pages", "2", cwd=folder, cold=True) as program:
            address = program.address()
            wait_until(lambda: len(headlines(address)) == 4)  # noqa: B023
            count = len(publisher.log)
            wait_until(lambda: len(publisher.log) >= count + 4)  # noqa: B023  # polled again, without news
            seen.append({path: answers(address, path) for path in FEEDS})
            program.signal(signal.SIGTERM)
            assert program.wait() == 0
    assert [len(each) for each in seen[0].values()] == [1] * len(FEEDS)
    assert seen[1] == seen[0]


@pytest.mark.postgres
def test_a_store_moves_to_postgresql_and_its_feeds_stay_the_same(folder: Path, postgres: str) -> None:
    assert run("poll", cwd=folder).returncode == 0
    assert run("publish", "before", cwd=folder).returncode == 0
    copied = run("copy", postgres, cwd=folder)
    assert copied.returncode == 0, copied.stderr
    assert copied.stdout.startswith("4 headlines and 4 entries copied")
    path = folder / "feeds.yaml"
    path.write_text(f"store: '{postgres}'\n{path.read_text()}")
    assert run("poll", "--all", cwd=folder).returncode == 0
    assert run("publish", "after", cwd=folder).returncode == 0
    for name in FEEDS:
        assert (folder / "after" / name).read_bytes() == (folder / "before" / name).read_bytes()
    again = run("copy", postgres, cwd=folder)
    assert (again.returncode, again.stdout) == (1, "")
    assert "has feeds in it already; name an empty one" in again.stderr
