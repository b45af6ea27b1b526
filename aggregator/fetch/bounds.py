"""Bounds: how much of anything an answer may take, and whom we trust."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aggregator.fetch.guard import Network, networks
from aggregator.model import Polling

CONNECT_SECONDS = 10.0  # for the name, the connection and the TLS handshake
MOST_HEADERS = 64_000  # bytes, over one hop, interim answers included

# Where systems keep the authorities that they trust: Debian and Arch, Fedora, SUSE, Alpine and macOS. The one
# that is built into pycurl's wheel is Fedora's, on every system.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an exchange may not exceed, and where it may go."""

    timeout: float  # seconds, over all hops
    max_body: int
    allowed: tuple[Network, ...]

    @classmethod
    def of(cls, polling: Polling) -> Bounds:
        return cls(polling.timeout / timedelta(seconds=1), polling.max_body, networks(polling.allow_networks))


def authorities() -> str | None:
    """Return the file of the certificate authorities that we trust: SSL_CERT_FILE or the system's."""
    bundles = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    return next((bundle for bundle in bundles if bundle and Path(bundle).is_file()), None)
