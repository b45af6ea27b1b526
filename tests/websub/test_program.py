"""The whole program and a hub: subscribed, verified, pushed to, told of news; killed and started again."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hub import Hub, atom, item
from program import Program, get, headlines, health, run, wait_until, write_configuration
from publisher import Answer, Publisher

DIKE, FERRY, BRIDGE = (
    item("dike", "Dijk bij Lith dicht"),
    item("ferry", "Veerpont vaart weer"),
    item("bridge", "Brug bij Ravenstein open"),
)


@pytest.fixture
def hub(publisher: Publisher) -> Hub:
    return Hub(publisher)


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher, hub: Hub) -> Path:
    """A folder with a feeds.yaml of one feed that names a hub, which is ours too."""
    topic = publisher.url("/feed")
    publisher.answers["/feed"] = Answer(atom(hub.url, topic, DIKE))
    path = write_configuration(tmp_path, topic)
    path.write_text(f"{path.read_text()}publish: {{hub: '{hub.url}'}}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    with Program("serve", "--port", "0", cwd=folder) as program:
        yield program


def test_a_headline_is_pushed_and_appears_without_a_poll(
    program: Program, hub: Hub, publisher: Publisher
) -> None:
    hub.verifies = "864000"
    address, topic = program.address(), publisher.url("/feed")
    wait_until(lambda: [said.status for said in hub.verified] == [200], lambda: program.output)
    assert hub.deliver(atom(hub.url, topic, FERRY)).status == 202
    assert hub.deliver(atom(hub.url, topic, BRIDGE), secret="guessed").status == 202
    wait_until(lambda: sorted(headlines(address)) == ["Dijk bij Lith dicht", "Veerpont vaart weer"])
    assert len(publisher.asked("/feed")) == 1
    push = health(address)["feeds"][0]["push"]
    assert (push["hub"], push["slows_polling"], push["refused"], push["error"]) == (hub.url, True, 1, None)
    assert "bezorgd door 127.0.0.1" in get(f"{address}sources")


def test_our_hub_is_told_of_the_first_headlines(program: Program, hub: Hub) -> None:
    address = program.address()
    wait_until(lambda: bool(hub.told))
    feeds = {
        f"{address}{path}feed.{form}" for path in ("", "source/feed1/") for form in ("rss", "atom", "json")
    }
    assert set(hub.told[0]) == feeds
    wait_until(lambda: json.loads(get(f"{address}health.json"))["hub"]["last_told"] is not None)
    assert "kreeg het laatst nieuws gemeld" in get(f"{address}sources")


def test_chunked_deliveries_are_bounded_while_they_are_read(
    program: Program, hub: Hub, publisher: Publisher
) -> None:
    hub.verifies = "864000"
    program.address()
    wait_until(lambda: bool(hub.verified))
    where = urlsplit(hub.granted.callback)
    with closing(HTTPConnection(str(where.hostname), where.port)) as connection:
        pieces = iter([b"x" * 1_000_000] * 10 + [b"x"])
        connection.request("POST", where.path, pieces, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().status == 413


def test_killed_and_started_again_it_has_its_subscription_and_what_was_delivered(
    folder: Path, hub: Hub, publisher: Publisher
) -> None:
    hub.verifies, topic = "864000", publisher.url("/feed")
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        port = address.rstrip("/").rpartition(":")[2]
        wait_until(lambda: bool(hub.verified) and bool(hub.told))
        assert hub.deliver(atom(hub.url, topic, FERRY)).status == 202
        program.signal(signal.SIGKILL)  # whether it was read by then or not
        program.wait()
    with Program("serve", "--port", port, cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        assert health(address)["entries"] == 2
        assert hub.deliver(atom(hub.url, topic, BRIDGE)).status == 202
        wait_until(lambda: len(headlines(address)) == 3)
    assert [wish.mode for wish in hub.wishes] == ["subscribe"]


def test_a_poll_by_hand_bothers_no_hub(folder: Path, hub: Hub) -> None:
    assert run("poll", cwd=folder).returncode == 0
    assert (hub.wishes, hub.told) == ([], [])
