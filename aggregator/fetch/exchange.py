"""Exchange: one request and its answer, through one libcurl handle, within bounds. Used again and again."""

from __future__ import annotations

import os
import re
import socket
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

import pycurl

from aggregator.errors import AGAIN, MEND, FeedError
from aggregator.fetch.bounds import CONNECT_SECONDS, MOST_HEADERS, Bounds
from aggregator.fetch.faults import Code, Failure, Phase, told
from aggregator.fetch.guard import refusal
from aggregator.fetch.headers import asking, authorization, head, length
from aggregator.fetch.held import Held
from aggregator.fetch.redirects import Errand

_UNPRINTABLE = re.compile(r"[^ -~]")
_REFUSE = 0  # from a callback that was given more bytes than this: libcurl ends the transfer
# libcurl drops what comes after the announced length, and tells only those who listen to its murmuring.
_EXCESS = re.compile(rb"Excess found[^:]*: excess = (\d+)")
_HARMLESS_EXCESS = 4  # some servers end a body with a line break that they did not count


_IN_MEMORY = 32_000  # bytes of a body; what it has more is in a file, and most feeds have not
# Elsewhere /tmp may be memory.
_FOLDER = next((folder for folder in ("/var/tmp",) if os.access(folder, os.W_OK)), None)  # noqa: S108

Body = SpooledTemporaryFile[bytes]


class Answer(NamedTuple):
    """A complete answer, as it came."""

    status: int
    headers: dict[str, str]
    body: Body
    size: int


class Exchange:
    """A libcurl handle, and what came through it since `ask`."""

    def __init__(self, user_agent: str, bundle: str | None, held: Held) -> None:
        self.curl = pycurl.Curl()
        self.paused = False
        self._held = held
        self._set_up(
            {
                pycurl.USERAGENT: _UNPRINTABLE.sub("", user_agent),
                pycurl.NOSIGNAL: True,
                pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
                pycurl.FOLLOWLOCATION: False,  # every hop is looked at first, by redirects.py
                pycurl.PROXY: "",  # none, whatever the environment says: the guard must see the real address
                pycurl.NETRC: pycurl.NETRC_IGNORED,
                pycurl.TCP_KEEPALIVE: True,
                pycurl.OPENSOCKETFUNCTION: self._open,
                pycurl.HEADERFUNCTION: self._hear,
                pycurl.WRITEFUNCTION: self._take,
                pycurl.DEBUGFUNCTION: self._overhear,
                pycurl.VERBOSE: True,  # measured: 5 µs a request
            }
        )
        if bundle:
            self.curl.setopt(pycurl.CAINFO, bundle)
        self._sockets: list[socket.socket] = []
        self._body = _body()

    def ask(self, errand: Errand, bounds: Bounds, fresh_connection: bool) -> None:
        """Make ready to ask for *errand*; the engine does the asking."""
        self._errand, self._bounds = errand, bounds
        self._lines: list[bytes] = []
        self._heard = 0
        self._body = _body()
        self._received = 0
        self._excess = False
        self._fault: str | None = None
        self._refused: str | None = None
        left = max(bounds.timeout - errand.spent, 0.001)
        form = errand.request.form
        self._set_up({pycurl.HTTPGET: True} if form is None else {pycurl.POST: True, pycurl.POSTFIELDS: form})
        self._set_up(
            {
                pycurl.URL: errand.url,
                pycurl.HTTPHEADER: asking(errand.request.validators, errand.login)
                if form is None
                else authorization(errand.login),
                pycurl.TIMEOUT_MS: int(left * 1000),
                pycurl.CONNECTTIMEOUT_MS: int(min(left, CONNECT_SECONDS) * 1000),
                pycurl.FRESH_CONNECT: fresh_connection,
                pycurl.MAXFILESIZE_LARGE: bounds.max_body,  # by what is announced; `_take` counts what comes
            }
        )

    def seconds(self) -> float:
        """Return how long the errand has taken, this hop included."""
        return self._errand.spent + float(self.curl.getinfo(pycurl.TOTAL_TIME))

    def answer(self) -> Answer:
        """Return what came, if libcurl took it for complete; FeedError if it is not, all the same.

        Its body is held until it is let go.
        """
        status, headers = head(self._lines)
        if self._fault:
            raise FeedError("fetch", self._fault)
        if self._excess:
            raise FeedError(
                "fetch",
                f"the answer of {self._errand.host} is longer than it says, so its end is lost; {MEND}",
            )
        self._held.complete(self._body)
        whole, self._body = self._body, _body()
        whole.seek(0)
        return Answer(status, headers, whole, self._received)

    def error(self, code: int, detail: str) -> FeedError:
        """Return in words why no complete answer came."""
        match code:
            case Code.FILESIZE_EXCEEDED:
                self._fault = _too_large(self._errand.host, self._bounds.max_body)
            case Code.TOO_LARGE:
                self._fault = _too_many_headers(self._errand.host)
            case Code.COULDNT_CONNECT:
                self._fault = self._refused
            case Code.OPERATION_TIMEDOUT if self.paused:
                host = self._errand.host
                self._fault = f"gave up on {host}: large answers of others took all the room; {AGAIN}"
        return FeedError("fetch", self._fault or told(self._failure(code, detail)))

    def finish(self) -> None:
        """Let go of what came, and of our hold on the connection: libcurl has its own."""
        for connection in self._sockets:
            connection.close()
        self._held.let_go(self._body)
        self._body.close()
        self._lines, self._sockets = [], []
        self.paused = False

    def go_on(self) -> None:
        """Take what comes again, after a pause; if there is no room yet, the pause goes on."""
        # What `_take` refuses now is told by `answer` or `error`, when libcurl has ended the transfer.
        with suppress(pycurl.error):
            self.curl.pause(pycurl.PAUSE_CONT)

    def close(self) -> None:
        """Free the handle, which must not be under way."""
        self.finish()
        self.curl.close()

    def _set_up(self, options: dict[int, Any]) -> None:
        for option, setting in options.items():
            self.curl.setopt(option, setting)

    def _open(self, purpose: int, address: tuple[int, int, int, tuple[Any, ...]]) -> socket.socket | int:
        """Open a socket for the very address that libcurl is about to connect to, unless it is refused."""
        family, kind, protocol, place = address
        refused = refusal(str(place[0]), self._bounds.allowed)
        if refused:
            self._refused = (
                f"refused to ask {self._errand.host}: it leads to {refused};"
                " poll.allow_networks can open that network"
            )
            return pycurl.SOCKET_BAD  # type: ignore[no-any-return]
        try:
            connection = socket.socket(family, kind, protocol)
        except OSError:  # too many open files, or no IPv6 here: libcurl tells that it could not connect
            return pycurl.SOCKET_BAD  # type: ignore[no-any-return]
        self._sockets.append(connection)  # libcurl makes a copy of it; ours is closed in `finish`
        return connection

    def _hear(self, line: bytes) -> int | None:
        self._heard += len(line)
        if self._heard > MOST_HEADERS:
            self._fault = _too_many_headers(self._errand.host)
            return _REFUSE
        self._lines.append(line)
        return None

    def _take(self, chunk: bytes) -> int | None:
        if self._received + len(chunk) > self._bounds.max_body:
            self._fault = _too_large(self._errand.host, self._bounds.max_body)
            return _REFUSE
        self.paused = not self._held.take(self._body, len(chunk))
        if self.paused:
            return pycurl.WRITEFUNC_PAUSE  # type: ignore[no-any-return]  # libcurl keeps the chunk
        self._received += len(chunk)
        try:
            self._body.write(chunk)
        except OSError as error:
            self._fault = f"its answer could not be kept: {os.strerror(error.errno or 0).lower()}"
            return _REFUSE
        return None

    def _overhear(self, kind: int, words: bytes) -> None:
        if kind == pycurl.INFOTYPE_TEXT and words.startswith(b"Excess"):
            excess = _EXCESS.match(words)
            self._excess = excess is not None and int(excess[1]) > _HARMLESS_EXCESS

    def _failure(self, code: int, detail: str) -> Failure:
        return Failure(
            code=code,
            detail=detail,
            host=self._errand.host,
            phase=self._phase(),
            seconds=self.seconds(),
            received=self._received,
            announced=length(head(self._lines).headers),
            errno=self.curl.getinfo(pycurl.OS_ERRNO),
            certificate=self.curl.getinfo(pycurl.SSL_VERIFYRESULT),
        )

    def _phase(self) -> Phase:
        """Return how far it came: of what has not happened, libcurl says that it took no time."""
        if self._received or (self._lines and not self._lines[-1].strip()):
            return "body"
        if not self._sockets:  # either none was needed, or it did not come to that
            return "answer" if self.curl.getinfo(pycurl.PRIMARY_IP) else "name"
        if not self.curl.getinfo(pycurl.CONNECT_TIME):
            return "connection"
        secure = self._errand.url.startswith("https:")
        return "handshake" if secure and not self.curl.getinfo(pycurl.APPCONNECT_TIME) else "answer"


def _body() -> Body:
    return SpooledTemporaryFile(_IN_MEMORY, dir=_FOLDER)


def _too_large(host: str, most: int) -> str:
    size = f"{most / 1_000_000:.3g} MB" if most >= 1_000_000 else f"{most:,} bytes"
    return f"the answer of {host} is larger than {size}; raise poll.max_body if that is meant"


def _too_many_headers(host: str) -> str:
    return f"{host} sends more than {MOST_HEADERS // 1000} kB of headers; {MEND}"
