"""Bare libcurl, the bound: asks for each address in a file, and drops what comes. No parse, no store.

`python -m bench.libcurl ADDRESSES [--since DATE] [--unpack]`; with --unpack each body is unpacked by zlib.
It imports little, so that its start is cheap; `bench fetch` has its loop too.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pycurl

AT_ONCE = 64


def statuses(urls: Sequence[str], headers: list[str], agent: str, unpack: bool = False) -> Iterator[int]:
    """Ask for each address, many at once; yield the status of each answer, 0 where none came."""
    multi = pycurl.CurlMulti()
    bodies: dict[pycurl.Curl, list[bytes]] = {}
    for _ in range(AT_ONCE):
        body: list[bytes] = []
        bodies[_handle(headers, agent, body)] = body
    idle, waiting, live = list(bodies), iter(urls), 0
    while True:
        while idle and (url := next(waiting, None)):
            handle = idle.pop()
            handle.setopt(pycurl.URL, url)
            multi.add_handle(handle)
            live += 1
        if not live:
            return
        multi.perform()
        _, done, failed = multi.info_read()
        for handle in (*done, *(handle for handle, _, _ in failed)):
            yield handle.getinfo(pycurl.RESPONSE_CODE)
            body = bodies[handle]
            if unpack and body:
                zlib.decompress(b"".join(body), 31)
            body.clear()
            multi.remove_handle(handle)
            idle.append(handle)
            live -= 1
        multi.select(0.1)


def _handle(headers: list[str], agent: str, body: list[bytes]) -> pycurl.Curl:
    handle = pycurl.Curl()
    handle.setopt(pycurl.USERAGENT, agent)
    handle.setopt(pycurl.HTTPHEADER, headers)
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.TIMEOUT, 20)
    handle.setopt(pycurl.WRITEFUNCTION, body.append)
    return handle


def main(arguments: list[str]) -> None:
    """Ask as the command line says; end with 1 where an answer is missing."""
    headers = ["Accept-Encoding: gzip"]
    if "--since" in arguments:
        headers.append("If-Modified-Since: " + arguments[arguments.index("--since") + 1])
    urls = Path(arguments[0]).read_text("utf-8").split()
    wanted = 304 if "--since" in arguments else 200
    sys.exit(any(status != wanted for status in statuses(urls, headers, "bench/1", "--unpack" in arguments)))


if __name__ == "__main__":
    main(sys.argv[1:])
