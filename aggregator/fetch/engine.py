"""Engine: one loop for all transfers. libcurl's multi interface, driven by events, and a bell to wake it.

`CurlMulti.select` goes by FD_SETSIZE and fails in a process with more than 1,024 files open; poll does not.
"""

from __future__ import annotations

import select
import socket
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import NamedTuple

import pycurl

_INTEREST = {
    pycurl.POLL_NONE: 0,
    pycurl.POLL_IN: select.POLLIN,
    pycurl.POLL_OUT: select.POLLOUT,
    pycurl.POLL_INOUT: select.POLLIN | select.POLLOUT,
}
_PATIENCE = 1.0  # seconds
_BROKEN = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Ended(NamedTuple):
    """A transfer that libcurl has done with."""

    curl: pycurl.Curl
    code: int  # 0: it went well
    detail: str


class Engine:
    """Drives transfers; used by one thread, save for `wake`."""

    def __init__(self, connections: int) -> None:
        self.woken = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_alarm)
        self._poll = select.poll()
        self._watched: set[int] = set()
        self._alarm: float | None = None
        self._bell, self._rope = socket.socketpair()
        self._bell.setblocking(False)
        self._rope.setblocking(False)
        self._poll.register(self._bell, select.POLLIN)

    def start(self, curl: pycurl.Curl) -> None:
        """Begin a transfer; nothing happens before `drive`."""
        self._multi.add_handle(curl)

    def abort(self, curl: pycurl.Curl) -> None:
        """End a transfer at once; its connection is closed."""
        self._multi.remove_handle(curl)

    def drive(self, seconds: float) -> list[Ended]:
        """Drive all transfers until one ends, the bell rings (`woken`), or *seconds* are over."""
        ends = monotonic() + seconds
        while True:
            self._turn(max(ends - monotonic(), 0))
            ended = self._ended()
            if ended or self.woken or monotonic() >= ends:
                return ended

    def wake(self) -> None:
        """Let `drive` return soon, from any thread."""
        with suppress(OSError):  # full: it rings already; closed: nobody listens any more
            self._rope.send(b"!")

    def close(self) -> None:
        """Close all connections."""
        # libcurl waits for the threads that look up names, which may take half a minute where the name server
        # is silent; nobody else should.
        closing = Thread(target=self._multi.close, daemon=True)
        closing.start()
        closing.join(_PATIENCE)
        self._bell.close()
        self._rope.close()

    def _turn(self, seconds: float) -> None:
        if self._alarm is not None:
            seconds = min(seconds, max(self._alarm - monotonic(), 0))
        for fd, events in self._poll.poll(seconds * 1000):
            if fd == self._bell.fileno():
                self.woken = bool(self._bell.recv(4096))
            elif fd in self._watched:  # not closed by what happened before it in this turn
                self._multi.socket_action(fd, _happened(events))
        if self._alarm is not None and monotonic() >= self._alarm:
            self._alarm = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)

    def _ended(self) -> list[Ended]:
        ended = []
        more = 1
        while more:
            more, well, badly = self._multi.info_read()
            ended += [Ended(curl, 0, "") for curl in well]
            ended += [Ended(curl, code, detail) for curl, code, detail in badly]
        for transfer in ended:
            self._multi.remove_handle(transfer.curl)
        return ended

    def _watch(self, what: int, fd: int, multi: object, mark: object) -> None:
        if what != pycurl.POLL_REMOVE:
            self._poll.register(fd, _INTEREST[what])
            self._watched.add(fd)
        elif fd in self._watched:
            self._poll.unregister(fd)
            self._watched.discard(fd)

    def _set_alarm(self, milliseconds: int) -> None:
        self._alarm = None if milliseconds < 0 else monotonic() + milliseconds / 1000


def _happened(events: int) -> int:
    happened = 0
    if events & select.POLLIN:
        happened |= pycurl.CSELECT_IN
    if events & select.POLLOUT:
        happened |= pycurl.CSELECT_OUT
    if events & _BROKEN:
        happened |= pycurl.CSELECT_ERR
    return happened
