"""Headers: what we say when we ask, and what an answer says of its freshness and of waiting. Pure.

Whatever a server sends, nothing here raises: what cannot be understood was not said.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from aggregator.model import Validators

LONGEST_VALIDATOR = 4096  # servers refuse header lines of 8 kB; without a validator they answer
_LONGEST_READ = 1000  # of a value that is looked into
_FOREVER = 2**31  # seconds; what is too big to count is this (RFC 9111, 1.2.2)

_ALWAYS = (
    b"Accept: application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml,"
    b" application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.3, */*;q=0.2",
    # As a plain header: libcurl then hands over the body as it came, still in its coding.
    b"Accept-Encoding: gzip, deflate, br",
    b"A-IM: feed",
)
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")
_DIRECTIVE = re.compile(r"""([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*("[^"]*"|[^\s,]*))?""")
_SECONDS = re.compile(r"(\d+)(?:\.\d*)?")


class Head(NamedTuple):
    """The head of an answer: its status, and its headers as `Response` has them."""

    status: int
    headers: dict[str, str]


def asking(validators: Validators, login: tuple[str, str] | None) -> list[bytes]:
    """Return the header lines of a request; a validator that cannot be sent as it was given is left out."""
    lines = [*_ALWAYS, *authorization(login)]
    known = sendable(validators)
    for name, value in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)):
        if value:
            lines.append(f"{name}: {value}".encode("latin-1"))
    return lines


def authorization(login: tuple[str, str] | None) -> list[bytes]:
    """Return the header line of a *login*, all that a form needs besides what libcurl gives it."""
    if login is None:
        return []
    return [b"Authorization: Basic " + b64encode(":".join(login).encode(errors="replace"))]


def sendable(validators: Validators) -> Validators:
    """Return *validators* without those that cannot be echoed byte for byte."""
    return Validators(_sendable(validators.etag), _sendable(validators.last_modified))


def _sendable(value: str | None) -> str | None:
    fits = value and len(value) <= LONGEST_VALIDATOR and not _UNSENDABLE.search(value)
    return value if fits else None


def head(lines: Iterable[bytes]) -> Head:
    """Return the head of the final answer in *lines*; interim answers (1xx) and trailers do not count."""
    status, headers, ended = 0, dict[str, str](), False
    for line in lines:
        if line.startswith(b"HTTP/") and not ended:
            status, headers = _status(line), {}
        elif not line.strip(b"\r\n"):
            ended = status >= 200
        elif not ended:
            _note(line, headers)
    return Head(status, headers)


def _status(line: bytes) -> int:
    code = line.split(maxsplit=2)[1:2]
    return int(code[0]) if code and re.fullmatch(rb"[0-9]{3}", code[0]) else 0


def _note(line: bytes, headers: dict[str, str]) -> None:
    name, colon, value = line.partition(b":")
    if not colon or not _TOKEN.fullmatch(name):
        return
    key, words = name.decode("ascii").lower(), value.strip(b" \t\r\n").decode("latin-1")
    headers[key] = f"{headers[key]}, {words}" if key in headers else words


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the answer stays fresh (RFC 9111, 4.2); None if it does not say.

    `s-maxage` is for shared caches; `no-cache` and `no-store` are fresh for no time at all, and what is said
    in a way that nobody understands counts as stale (4.2.1).
    """
    directives = _directives(headers.get("cache-control", ""))
    if "no-cache" in directives or "no-store" in directives:
        return timedelta(0)
    if "max-age" in directives:
        seconds = _seconds(directives["max-age"]) or 0
        age = _seconds(headers.get("age", "")) or 0
        return timedelta(seconds=max(seconds - age, 0))
    if "expires" in headers:
        expires, sent = _date(headers["expires"]), _date(headers.get("date", "")) or now
        return max(expires - sent, timedelta(0)) if expires else timedelta(0)
    return None


def length(headers: Mapping[str, str]) -> int | None:
    """Return the announced length of the body in bytes; None if there is none."""
    return _seconds(headers.get("content-length", ""))


def _directives(value: str) -> dict[str, str]:
    """Return Cache-Control's directives; of one that is given twice, the first."""
    found: dict[str, str] = {}
    for name, argument in _DIRECTIVE.findall(value[:_LONGEST_READ]):
        found.setdefault(name.lower(), argument.strip('"'))
    return found


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return until when Retry-After asks us to wait (RFC 9110, 10.2.3); None if it does not, or is nonsense.

    May lie as far ahead as the server likes: *cadence* decides how much of it is sane.
    """
    value = headers.get("retry-after", "")
    seconds = _seconds(value)
    until = _date(value) if seconds is None else now + timedelta(seconds=seconds)
    return until if until and until > now else None


def _seconds(value: str) -> int | None:
    digits = _SECONDS.fullmatch(value[:_LONGEST_READ].strip())
    return min(int(digits[1]), _FOREVER) if digits and digits[1].isascii() else None


def _date(value: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(value[:100])
        return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
