"""One real program among hostile publishers and a good one, for all tests of what they can do to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fault import Fault, Wire, news, rss
from hostile import sections
from program import Program, wait_until
from publisher import Answer, Asked, Publisher

GOOD_EVERY = 2.0  # seconds
CONFIGURATION = """\
site: {language: en}
poll:
  {every: 1h, floor: 1s, timeout: 4s, max_body: 4MB, allow_networks: [127.0.0.1/32, 127.1.0.0/16]}
feeds:
"""


@pytest.fixture(scope="session")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The program, after it asked every publisher, those of whom more is to be seen several times."""
    folder = tmp_path_factory.mktemp("faults")
    with Publisher() as publisher, Publisher("127.0.0.2") as outside:
        faults = {
            f"{section}.{name}": fault
            for section, each in sections(outside.url("").rstrip("/"), outside.port)
            for name, fault in each.items()
        }
        _publish(publisher, faults)
        _configure(folder, publisher, faults)
        with Program("serve", "--port", "0", cwd=folder) as program:
            wire = Wire(program, program.address(), publisher, outside, faults)
            for key in wire.faults:
                wait_until(lambda key=key: _is_polled(wire, key), lambda key=key: f"{key} is not polled")
            wait_until(lambda: len(wire.asked("good")) > 5)
            yield wire


def _publish(publisher: Publisher, faults: dict[str, Fault]) -> None:
    polls: list[bytes] = []

    def good(_: Asked) -> Answer:
        polls.append(news(f"Good news {len(polls)}"))
        return Answer(rss(*polls[-10:]))

    publisher.answers["/good"] = good
    replies = {f"/{key}": fault.reply for key, fault in faults.items()}
    publisher.answers |= {path: list(r) if isinstance(r, list) else r for path, r in replies.items()}
    chain = faults["redirects.chain"].reply
    publisher.answers |= {f"/chain?{n}": chain for n in range(40)}


def _configure(folder: Path, publisher: Publisher, faults: dict[str, Fault]) -> None:
    feeds = [f"  - {{key: good, url: '{publisher.url('/good')}', every: {GOOD_EVERY:.0f}s}}"]
    for number, (key, fault) in enumerate(faults.items()):
        url = publisher.url(f"/{key}", f"127.1.{number // 250}.{number % 250 + 1}")
        every = "1s" if fault.again else "1h"
        rule = f", {fault.rule}" if fault.rule else ""
        feeds.append(f"  - {{key: {key}, url: '{url}', every: {every}, dedupe: false{rule}}}")
    text = CONFIGURATION + "\n".join(feeds) + "\n"
    (folder / "feeds.yaml").write_text(text, encoding="utf-8")


def _is_polled(wire: Wire, key: str) -> bool:
    enough = not wire.faults[key].again or len(wire.asked(key)) > 2
    try:
        return enough and wire.feed(key)["last_polled"] is not None
    except OSError:  # a machine so busy that a page takes ten seconds is no reason to fail all tests
        return False
