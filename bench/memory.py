"""What all of the program takes in memory while a good share of its publishers misbehaves.

It starts the real program as a process, with its feeds on a loopback publisher, and adds up the PSS of all
its processes (each page of memory counts once, shared ones in parts). Needs Linux and the test dependencies.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import brotli
import click
import psutil

from tests.program import Program, health, wait_until, write_configuration
from tests.publisher import Answer, Publisher, Raw, Reply, drip, endlessly

HEAD = b'<rss version="2.0"><channel><title>Kustkrant</title>'
TAIL = b"</channel></rss>"
OK = b"HTTP/1.1 200 OK\r\n"
SIZE = 9_700_000  # bytes; poll.max_body is 10 MB
GOOD_IN_TEN = 6


@click.command()
@click.option("-n", "count", default=1000, show_default=True, help="Feeds.")
@click.option("--seconds", default=90, show_default=True, help="How long to look.")
def memory(count: int, seconds: int) -> None:
    """Memory of the whole program with 1,000 feeds, four in ten of them hostile."""
    with tempfile.TemporaryDirectory() as folder, Publisher() as publisher:
        good = _look(Path(folder, "good"), publisher, _good(publisher, count), seconds=15)
        click.echo(_told("all feeds good", good))
        bad = _hostile(publisher, count)
        click.echo(_told("four in ten hostile", _look(Path(folder, "bad"), publisher, bad, seconds)))


def _good(publisher: Publisher, count: int) -> list[str]:
    for number in range(count):
        publisher.answers[f"/good/{number}"] = Answer(_feed(number))
    return [publisher.url(f"/good/{number}", _host(number)) for number in range(count)]


def _hostile(publisher: Publisher, count: int) -> list[str]:
    """Return the addresses of feeds of which only GOOD_IN_TEN in ten are good."""
    kinds = dict(_kinds())
    for name, reply in kinds.items():
        publisher.answers[f"/{name}"] = reply
    names = list(kinds)
    return [
        publisher.url(f"/good/{number}" if number % 10 < GOOD_IN_TEN else f"/{names[number % len(names)]}")
        if number % 10 < GOOD_IN_TEN
        else publisher.url(f"/{names[number % len(names)]}", _host(number)) + f"#{number}"
        for number in range(count)
    ]


def _kinds() -> Iterator[tuple[str, Reply]]:
    """Yield what hostile publishers send, each by its name."""
    yield "endless", lambda _: Raw(endlessly(OK + b"\r\n" + HEAD, b"<item><title>More</title></item>" * 500))
    yield "announced", lambda _: Raw(endlessly(OK + b"Content-Length: 200000000\r\n\r\n", b"x" * 16_000))
    yield "slow", lambda _: drip(OK + b"Content-Length: 900\r\n\r\n", b"x" * 900, every=0.1)
    yield "gzip", Answer(_bomb(), headers={"Content-Encoding": "gzip"})
    yield "nested", Answer(gzip.compress(_bomb()), headers={"Content-Encoding": "gzip, gzip"})
    yield "brotli", Answer(brotli.compress(bytes(50_000_000), quality=5), headers={"Content-Encoding": "br"})
    yield "deep", Answer(HEAD + b"<a>" * (SIZE // 3))
    yield "attributes", Answer(b"<rss " + b" ".join(b'a%d="1"' % n for n in range(SIZE // 13)) + b">" + TAIL)
    yield "elements", Answer(_item(b"".join(b"<e%d/>" % n for n in range(SIZE // 11))))
    yield "entries", Answer(HEAD + b"<item><guid>%d</guid></item>" * (SIZE // 28) + TAIL)
    yield "markup", Answer(_item(b"<description><![CDATA[" + b"<a " * (SIZE // 3) + b"]]></description>"))
    yield "text", Answer(_item(b"<description>" + b"x " * (SIZE // 2) + b"</description>"))
    yield "packed", Answer(gzip.compress(_item(b"<x/>" * (SIZE // 4))), headers={"Content-Encoding": "gzip"})


def _bomb() -> bytes:
    """Return 10 MB that unpack to 10 GB, as one member after the other."""
    return gzip.compress(bytes(100_000_000), 9) * 100


def _item(inside: bytes) -> bytes:
    return HEAD + b"<item><title>Storm</title>" + inside + b"</item>" + TAIL


def _feed(number: int) -> bytes:
    items = b"".join(
        b"<item><guid>%d-%d</guid><title>Headline %d of paper %d</title><description>%b</description></item>"
        % (number, n, n, number, b"What happened was this. " * 20)
        for n in range(30)
    )
    return HEAD + items + TAIL


def _host(number: int) -> str:
    return f"127.1.{number % 250}.1"


def _look(folder: Path, publisher: Publisher, urls: list[str], seconds: int) -> dict[str, list[float]]:
    """Run the program on *urls* for a while; return its PSS in MB, by process, when their sum was highest."""
    folder.mkdir()
    write_configuration(folder, *urls, every="20s")
    highest: dict[str, list[float]] = {}
    with Program("serve", "--port", "0", cwd=folder, cold=True) as program:
        address = program.address()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            found = _measured(program)
            highest = max(highest, found, key=lambda sizes: sum(map(sum, sizes.values())))
            time.sleep(0.2)
        wait_until(lambda: bool(health(address)["entries"]))
    return highest


def _measured(program: Program) -> dict[str, list[float]]:
    sizes: dict[str, list[float]] = {}
    for process in program.family():
        try:
            line, size = " ".join(process.cmdline()), process.memory_full_info().pss / 1e6
        except psutil.Error:
            continue
        name = next((name for name, part in _PARTS.items() if part in line), "pages")
        name = "polling" if process.pid == program.pid else name
        sizes.setdefault(name, []).append(size)
    return sizes


_PARTS = {"tracker": "resource_tracker", "workers": "forkserver"}


def _told(what: str, sizes: dict[str, list[float]]) -> str:
    parts = "; ".join(
        f"{name} {' + '.join(f'{size:.0f}' for size in sorted(each, reverse=True))}"
        for name, each in sorted(sizes.items())
    )
    return f"{what}: at most {sum(map(sum, sizes.values())):.0f} MB at once ({parts})"
