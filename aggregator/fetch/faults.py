"""Faults: what libcurl says went wrong, in words that an admin understands. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from aggregator.errors import AGAIN, CHECK, IF_IT_STAYS, MEND
from aggregator.text import shorten, tidy

Phase = Literal["name", "connection", "handshake", "answer", "body"]


class Code(IntEnum):
    """libcurl's error numbers, which never change; pycurl lacks names for some."""

    UNSUPPORTED_PROTOCOL = 1
    COULDNT_RESOLVE_HOST = 6
    COULDNT_CONNECT = 7
    WEIRD_SERVER_REPLY = 8
    HTTP2 = 16
    PARTIAL_FILE = 18
    OPERATION_TIMEDOUT = 28
    SSL_CONNECT_ERROR = 35
    GOT_NOTHING = 52
    SEND_ERROR = 55
    RECV_ERROR = 56
    PEER_FAILED_VERIFICATION = 60
    BAD_CONTENT_ENCODING = 61  # with a quotation from the answer, which no message may have
    FILESIZE_EXCEEDED = 63
    SSL_CACERT_BADFILE = 77
    HTTP2_STREAM = 92
    TOO_LARGE = 100  # a header line, beyond libcurl's own bound


_TRUST = "name the authority in SSL_CERT_FILE if you trust it"
# X509_V_ERR_… of OpenSSL, as SSL_VERIFYRESULT gives them.
_CERTIFICATES = {
    9: f"is not valid yet; if this machine's clock is right, {MEND}",
    10: f"has expired; if this machine's clock is right, {MEND}",
    18: f"is self-signed; {MEND}, or {_TRUST}",
    19: f"comes from an authority that nobody vouches for (self-signed); {MEND}, or {_TRUST}",
    20: f"comes from an authority that this machine does not know; update ca-certificates, or {_TRUST}",
    21: f"comes without the certificates between it and its authority; {MEND}",
    23: f"was revoked; {MEND}",
}
_PHASES: dict[Phase, str] = {
    "name": "its name was still being looked up",
    "connection": "no connection came about",
    "handshake": "the TLS handshake did not end",
    "answer": "no complete head of an answer came",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What is known of a transfer that did not end well."""

    code: int
    detail: str  # in libcurl's words
    host: str
    phase: Phase  # that it was in
    seconds: float  # until it was given up
    received: int = 0  # bytes of the body
    announced: int | None = None  # by Content-Length
    errno: int = 0  # of the last connection
    certificate: int = 0


def told(failure: Failure) -> str:
    """Return *failure* as one sentence that says what to do where the admin can do something."""
    host = failure.host
    match failure.code:
        case Code.COULDNT_RESOLVE_HOST:
            return f"no such host: {host}; check the address, or this machine's name server"
        case Code.COULDNT_CONNECT:
            return f"could not connect to {host}: {_reason(failure)}; {IF_IT_STAYS}"
        case Code.OPERATION_TIMEDOUT:
            return f"gave up on {host} after {round(failure.seconds, 1):g} s: {_phase(failure)}"
        case Code.PEER_FAILED_VERIFICATION:
            return f"the certificate of {host} {_certificate(failure)}"
        case Code.SSL_CONNECT_ERROR:
            return f"no TLS connection to {host} came about: {_handshake(failure)}"
        case Code.SSL_CACERT_BADFILE:
            return "no certificate authorities on this machine: install ca-certificates, or set SSL_CERT_FILE"
        case Code.GOT_NOTHING:
            return f"{host} closed the connection without an answer; {IF_IT_STAYS}"
        case Code.PARTIAL_FILE | Code.SEND_ERROR | Code.RECV_ERROR | Code.HTTP2 | Code.HTTP2_STREAM:
            return _cut(failure)
        case Code.UNSUPPORTED_PROTOCOL | Code.WEIRD_SERVER_REPLY | Code.BAD_CONTENT_ENCODING:
            return f"what {host} answers is not HTTP; {CHECK}"
        case _:
            return f"asking {host} failed: {_detail(failure)}; {IF_IT_STAYS}"


def _reason(failure: Failure) -> str:
    return os.strerror(failure.errno).lower() if failure.errno else _detail(failure)


def _phase(failure: Failure) -> str:
    if failure.phase != "body":
        return f"{_PHASES[failure.phase]}; {IF_IT_STAYS}"
    return f"only {_came(failure)}; it is asked again by itself; if this stays so, raise poll.timeout"


def _certificate(failure: Failure) -> str:
    if failure.certificate in _CERTIFICATES:
        return _CERTIFICATES[failure.certificate]
    if "match" in failure.detail:
        return f"is for another name; {CHECK}"
    return f"is not to be trusted: {_detail(failure)}; {MEND}"


def _handshake(failure: Failure) -> str:
    if "wrong version number" in failure.detail or "http request" in failure.detail:
        return "it answers plain text on a TLS port; write http:// if it has no https://"
    return f"{_detail(failure)}; {IF_IT_STAYS}"


def _cut(failure: Failure) -> str:
    if failure.phase == "body":
        return f"the answer of {failure.host} was cut off: {_came(failure)}; {AGAIN}"
    reason = f": {_reason(failure)}" if failure.errno else ""
    return f"{failure.host} broke off the connection before it had answered{reason}; {IF_IT_STAYS}"


def _came(failure: Failure) -> str:
    whole = f" of {failure.announced:,}" if failure.announced else ""
    return f"{failure.received:,}{whole} bytes came"


def _detail(failure: Failure) -> str:
    return shorten(tidy(failure.detail), 200) or f"libcurl's error {failure.code}"
