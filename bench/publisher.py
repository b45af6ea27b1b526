"""The publisher of bench/publisher.c: compiled where there is a compiler, else this, which does the same.

As a program: `python -m bench.publisher FOLDER COUNT VERSIONS` prints its port and ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
BEGIN = datetime(2026, 11, 2, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher that runs, each of its feeds on a host of its own."""

    port: int

    def url(self, number: int) -> str:
        """Return the address of a feed; there may be more feeds than documents."""
        place = number + 1
        host = f"127.{10 + place // 62500}.{place // 250 % 250}.{place % 250 + 1}"
        return f"http://{host}:{self.port}/feed/{number}"

    def control(self, version: int, validators: bool) -> dict[str, int]:
        """Set what is published; return how often it was asked since the last time."""
        query = f"version={version}&validators={validators:d}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}/control?{query}") as answer:
            counters: dict[str, int] = json.load(answer)
        return counters


@contextmanager
def publisher(folder: Path, count: int, versions: int) -> Iterator[Publisher]:
    """Start a publisher of the corpus in *folder*; stop it on leaving."""
    command = [*_program(folder), str(folder), str(count), str(versions)]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdin and started.stdout
    try:
        yield Publisher(int(started.stdout.readline()))
    finally:
        started.stdin.close()
        started.stdout.close()
        started.wait()


def _program(folder: Path) -> list[str]:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        return [sys.executable, "-m", "bench.publisher"]
    program = folder / "publisher"
    subprocess.run([compiler, "-O2", "-o", str(program), str(SOURCE)], check=True)
    return [str(program)]


@dataclass(slots=True)
class _State:
    folder: Path
    count: int
    version: int = 0
    validators: bool = True
    counters: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("requests", "full", "unchanged", "packed"), 0)
    )


class _Answering(asyncio.Protocol):
    def __init__(self, state: _State) -> None:
        self._state, self._got = state, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not transport.get_extra_info("sockname")[0].startswith("127."):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            request, _, self._got = self._got.partition(b"\r\n\r\n")
            self._transport.write(self._answer(request))
            if re.search(rb"(?i)\r\nconnection:[^\r]*close", request):
                self._transport.close()

    def _answer(self, request: bytes) -> bytes:
        state, path = self._state, request.split(b" ", 2)[1].decode()
        if path.startswith("/control"):
            told = json.dumps(state.counters).encode()
            state.version = int((re.findall(r"version=(\d+)", path) or [state.version])[0])
            state.validators = (re.findall(r"validators=(\d)", path) or ["1"])[0] == "1"
            state.counters = dict.fromkeys(state.counters, 0)
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told)
        state.counters["requests"] += 1
        number = int(path.removeprefix("/feed/")) % state.count
        document = state.folder / str(state.version) / f"{number}.xml"
        since = format_datetime(BEGIN.replace(minute=state.version), usegmt=True)
        tag = f'"{state.version}-{number}"'
        about = f"ETag: {tag}\r\nLast-Modified: {since}\r\n".encode() if state.validators else b""
        asked = _header(request, b"if-none-match")
        same = tag in asked if asked else _header(request, b"if-modified-since") == since
        if state.validators and same:
            state.counters["unchanged"] += 1
            return b"HTTP/1.1 304 Not Modified\r\n%b\r\n" % about
        state.counters["full"] += 1
        if "gzip" in _header(request, b"accept-encoding"):
            state.counters["packed"] += 1
            about += b"Content-Encoding: gzip\r\n"
            document = document.with_suffix(".xml.gz")
        body = document.read_bytes()
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n%bContent-Length: %d\r\n\r\n%b" % (
            about,
            len(body),
            body,
        )


def _header(request: bytes, name: bytes) -> str:
    found = re.search(rb"(?i)\r\n" + name + rb":[ \t]*([^\r]*)", request)
    return found[1].decode("latin-1") if found else ""


async def _serve(folder: Path, count: int) -> None:
    state = _State(folder, count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Answering(state), "0.0.0.0", 0, backlog=8192)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), int(sys.argv[2])))
