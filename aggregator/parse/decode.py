"""Decode: a body as it came over the wire to the bytes of its document. Never more than it may be.

What comes out is at most *max_body* bytes, and no step on the way holds more: a bomb is cut, not unpacked.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import brotli  # type: ignore[import-untyped]

from aggregator.errors import AGAIN, MEND, FeedError

_GZIP = b"\x1f\x8b"
_MOST_CODINGS = 2  # nobody compresses three times; a nest of bombs does


def unpacked(body: bytes, headers: Mapping[str, str], max_body: int) -> bytes:
    """Return *body* with its content codings undone, the last one first (RFC 9110, 8.4).

    A body that is gzip though nobody said so is unpacked as well: feeds are stored as feed.xml.gz.
    """
    names = _codings(headers.get("content-encoding", ""))
    if len(names) > _MOST_CODINGS:
        raise FeedError(
            "parse", f"the answer is compressed {len(names)} times over, which no server means; {MEND}"
        )
    for name in reversed(names):
        body = _undone(body, name, max_body)
    if body.startswith(_GZIP):
        body = _gunzipped(body, max_body)
    if len(body) > max_body:
        raise _too_large(max_body)
    return body


def _codings(header: str) -> list[str]:
    names = (name.strip().lower() for name in header.split(","))
    return [name for name in names if name not in {"", "identity"}]


def _undone(body: bytes, name: str, max_body: int) -> bytes:
    if not body:
        return body
    match name:
        case "gzip" | "x-gzip":
            # Some servers announce gzip and send the plain document.
            return _gunzipped(body, max_body) if body.startswith(_GZIP) else body
        case "deflate":
            return _inflated(body, max_body)
        case "br":
            return _unbrotlied(body, max_body)
    raise FeedError(
        "parse",
        f"the answer is in a content coding that was not asked for (only gzip, deflate and br); {MEND}",
    )


def _gunzipped(body: bytes, max_body: int) -> bytes:
    """Return all members of a gzip file, one after the other; what follows them is no part of it."""
    parts: list[bytes] = []
    while body.startswith(_GZIP):
        part, body = _member(body, 31, max_body - sum(map(len, parts)), max_body)
        parts.append(part)
    return b"".join(parts)


def _inflated(body: bytes, max_body: int) -> bytes:
    """Return deflate data undone: the zlib format that is meant, or the bare one that some servers send."""
    zlib_header = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _member(body, 15 if zlib_header else -15, max_body, max_body)[0]


def _member(body: bytes, window: int, room: int, max_body: int) -> tuple[bytes, bytes]:
    """Return one compressed stream undone, and what stands behind it."""
    stream = zlib.decompressobj(window)
    try:
        plain = stream.decompress(body, room + 1)  # one byte more than may be, or 0 would mean no bound
    except zlib.error as error:
        raise _broken() from error
    if len(plain) > room:
        raise _too_large(max_body, "when unpacked")
    if not stream.eof:
        raise _cut_off()
    return plain, stream.unused_data


BROTLI_STEP = 65_536  # bytes
_BROTLI_NEEDS = 20_000_000  # bytes: the largest window, and its tables


def _unbrotlied(body: bytes, max_body: int) -> bytes:
    stream = brotli.Decompressor()
    step: Callable[..., bytes] = stream.process
    parts: list[bytes] = []
    room = max_body
    try:
        while not stream.is_finished():
            # Little by little: what it has unpacked is in memory twice, and its window beside it.
            part = step(body, output_buffer_limit=min(room + 1, BROTLI_STEP))
            body, room = b"", room - len(part)
            if room < 0:
                raise _too_large(max_body, "when unpacked")
            if not part and stream.can_accept_more_data():
                raise _cut_off()
            parts.append(part)
    except brotli.error as error:
        # brotli has one word for broken data and for want of memory. Where there is less than a stream may
        # need, a MemoryError rises here and nothing is said of the data: a worker with more room looks again.
        bytearray(_BROTLI_NEEDS)
        raise _broken() from error
    return b"".join(parts)


def _too_large(max_body: int, when: str = "") -> FeedError:
    size = f"{max_body / 1_000_000:g} MB"
    return FeedError(
        "parse", f"larger than {size}{when and ' ' + when}; raise poll.max_body if that is meant"
    )


def _broken() -> FeedError:
    return FeedError("parse", f"the answer cannot be unpacked: its compression is broken; {MEND}")


def _cut_off() -> FeedError:
    return FeedError("parse", f"the answer is incomplete: its compressed body ends too early; {AGAIN}")
