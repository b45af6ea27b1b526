"""A real HTTP server on loopback for tests: scriptable answers, a log of requests, and any misbehaviour.

    with Publisher() as publisher:
        publisher.answers["/feed"] = Answer(b"<rss/>", headers={"ETag": '"1"'})
        ask(publisher.url("/feed"))                     # http://127.0.0.1:PORT/feed
        ask(publisher.url("/feed", "127.9.9.9"))        # another host, the same publisher
        assert publisher.log[0].headers["user-agent"] == "…"

An answer is an `Answer`, a `Raw` (exact bytes, pauses and an ending), a list of these (one for each request,
the last one for all that follow), or a function from the `Asked` request to one of them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Literal

CRLF = b"\r\n"
TLS_HELLO = b"\x16"


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    method: str
    path: str  # with its query
    headers: Mapping[str, str]  # lower-case names; Latin-1; repeated ones joined by ", "
    at: float  # time.monotonic()
    address: str  # that was asked: 127.x.y.z or ::1
    raw: bytes  # the whole head
    resumed: bool = False  # the TLS session was an earlier one's
    body: bytes = b""  # of the announced length

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


@dataclass(frozen=True)
class Raw:
    """Exactly these bytes, with pauses (seconds) between them; then an ending."""

    steps: Iterable[bytes | float] = ()
    # keep: the connection is ready for another request; hold: it stays open, in silence, until the other goes
    end: Literal["close", "reset", "hold", "keep"] = "close"


@dataclass(frozen=True)
class Answer:
    """A well-formed answer, unless told otherwise."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = field(default_factory=dict)
    delay: float = 0.0  # seconds before the first byte
    length: int | None = None  # a Content-Length that lies
    chunked: bool = False
    cut: int | None = None  # only so many bytes of the body come …
    reset: bool = False  # … and the connection is reset after them, rather than closed

    def raw(self, method: str = "GET") -> Raw:
        fields = list(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)
        body = self.body[: self.cut] if self.cut is not None else self.body
        bodiless = method == "HEAD" or self.status in (204, 304)
        if self.chunked:
            fields.append(("Transfer-Encoding", "chunked"))
            body = b"%x\r\n%b\r\n" % (len(body), body) + (b"" if self.cut is not None else b"0\r\n\r\n")
        elif self.status not in (204, 304):
            fields.append(("Content-Length", str(len(self.body) if self.length is None else self.length)))
        head = f"HTTP/1.1 {self.status} {self.status}\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in fields
        )
        steps: list[bytes | float] = [self.delay] if self.delay else []
        steps += [head.encode("latin-1") + CRLF + (b"" if bodiless else body)]
        broken = self.cut is not None or self.length is not None
        return Raw(steps, "reset" if self.reset else "close" if broken else "keep")


Reply = Answer | Raw | Callable[[Asked], Answer | Raw]


def conditional(
    body: bytes, etag: str = "", last_modified: str = "", **headers: str
) -> Callable[[Asked], Answer]:
    """Return a reply that is a 304 for those who have the *body*; in names of *headers* `_` is `-`."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    fields |= {"ETag": etag} if etag else {}
    fields |= {"Last-Modified": last_modified} if last_modified else {}

    def reply(asked: Asked) -> Answer:
        if "if-none-match" in asked.headers:
            known = bool(etag) and asked.headers["if-none-match"] == etag
        else:
            known = bool(last_modified) and asked.headers.get("if-modified-since") == last_modified
        return Answer(status=304, headers=fields) if known else Answer(body, headers=fields)

    return reply


def redirect(to: str, status: int = 302) -> Answer:
    """Return a redirect."""
    return Answer(status=status, headers={"Location": to})


def drip(head: bytes, body: bytes, every: float) -> Raw:
    """Return an answer whose body comes byte by byte, a byte *every* so many seconds."""
    return Raw([head, *(step for byte in body for step in (bytes([byte]), every))])


def endlessly(start: bytes, more: bytes) -> Iterator[bytes]:
    """Return *start*, then *more* again and again."""
    yield start
    while True:
        yield more


NEVER_A_BYTE = Raw(end="hold")
PLAIN_TEXT = Raw([b"220 this is no web server\r\n"])


class Publisher:
    """The server, in a thread of its own with one event loop: hundreds of connections at once are fine."""

    def __init__(
        self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None, greeting: Raw | None = None
    ) -> None:
        self.answers: dict[str, Reply | list[Reply]] = {}
        self.log: list[Asked] = []
        self.connections = 0  # ever made
        self.open_connections = 0
        self.most_at_once: Counter[str] = Counter()  # by address asked, and "" for all together
        self.port = 0
        self._at_once: Counter[str] = Counter()
        self._address, self._tls, self._greeting = address, tls, greeting
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._servers: dict[str, asyncio.Server] = {}

    def __enter__(self) -> Publisher:
        self._thread.start()
        self.listen(self._address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def url(self, path: str = "/", host: str | None = None) -> str:
        """Return the address of *path*; a *host* of the form 127.x.y.z is listened on from now on."""
        host = host or self._address
        if host.startswith("127."):
            self.listen(host)
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}{path}"

    def listen(self, address: str) -> None:
        """Answer at one more *address*, on the same port."""
        if address not in self._servers:
            self._servers[address] = self._run(self._listen(address))
            self.port = self.port or self._servers[address].sockets[0].getsockname()[1]

    def close_port(self) -> None:
        """Stop listening, so that connections are refused; `listen` begins again."""
        self._run(self._close_servers())

    def asked(self, path: str) -> list[Asked]:
        """Return the requests for *path*, oldest first."""
        return [asked for asked in self.log if asked.path == path]

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self, address: str) -> asyncio.Server:
        return await asyncio.start_server(
            self._serve, address, self.port, ssl=self._tls, limit=1_000_000, backlog=1024
        )

    async def _close_servers(self) -> None:
        for server in self._servers.values():
            server.close()
        self._servers.clear()

    async def _stop(self) -> None:
        await self._close_servers()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # the connections are closed by what comes next in the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        try:
            # Cancelled when the publisher stops, and asyncio would complain of it.
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
                if self._greeting:
                    await self._send(self._greeting, reader, writer)
                while not self._greeting and await self._one_request(reader, writer):
                    pass
        finally:
            self.open_connections -= 1
            with suppress(Exception):
                writer.close()

    async def _one_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether another may follow on this connection."""
        raw = await reader.readexactly(1)
        if raw == TLS_HELLO and not self._tls:
            return await self._send(PLAIN_TEXT, reader, writer)
        raw += await reader.readuntil(CRLF + CRLF)
        asked = _asked(raw, writer)
        if length := int(asked.headers.get("content-length", 0)):
            asked = replace(asked, body=await reader.readexactly(length))
        self.log.append(asked)
        for name in (asked.address, ""):
            self._at_once[name] += 1
            self.most_at_once[name] = max(self.most_at_once[name], self._at_once[name])
        try:
            return (
                await self._send(self._reply(asked), reader, writer)
                and asked.headers.get("connection") != "close"
            )
        finally:
            for name in (asked.address, ""):
                self._at_once[name] -= 1

    def _reply(self, asked: Asked) -> Raw:
        reply = self.answers.get(asked.path, self.answers.get("*", Answer(b"not here", 404)))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if callable(reply):
            reply = reply(asked)
        return reply.raw(asked.method) if isinstance(reply, Answer) else reply

    async def _send(self, raw: Raw, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        for step in raw.steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            else:
                await asyncio.sleep(step)
        match raw.end:
            case "hold":
                while await reader.read(65536):
                    pass
            case "reset":
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
        return raw.end == "keep"


def _asked(raw: bytes, writer: asyncio.StreamWriter) -> Asked:
    first, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, path, *_ = first.split(" ")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        key = name.lower()
        headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    tls = writer.get_extra_info("ssl_object")
    return Asked(
        method,
        path,
        headers,
        time.monotonic(),
        writer.get_extra_info("sockname")[0],
        raw,
        resumed=bool(tls and tls.session_reused),
    )
