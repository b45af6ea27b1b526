"""Guard: may this address be asked? Pure; the exchange puts it before every connection.

Only global unicast may (IANA's special-purpose address registries). `ipaddress.is_global` is no help: it lets
NAT64, 6to4 and site-local addresses through, behind which a private network can lie.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# The narrower network stands before the wider one.
_CLOSED_V4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "an unspecified address"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a carrier's internal address"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
_CLOSED_V6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "an unspecified address"),
        ("::1/128", "a loopback address"),
        ("64:ff9b:1::/48", "an address of a local translator"),
        ("2001::/32", "a Teredo address"),
        ("2001:2::/48", "an address for benchmarks"),
        ("2001:10::/28", "an ORCHID"),
        ("2001:20::/28", "an ORCHID"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "an address for documentation"),
        ("3fff::/20", "an address for documentation"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")  # all that IANA has given out
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return `allow_networks` as networks; ValueError if one of them is none."""
    return tuple(ip_network(text, strict=False) for text in texts)


@lru_cache(maxsize=4096)
def refusal(address: str, allowed: tuple[Network, ...]) -> str | None:
    """Return what *address* is that it must not be asked; None if it may be.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as if it were asked itself.
    """
    try:
        asked = ip_address(address.partition("%")[0])
    except ValueError:
        return "no IP address"
    if any(asked in network for network in allowed):
        return None
    if isinstance(asked, IPv4Address):
        return _kind(asked, _CLOSED_V4)
    inner = _embedded(asked)
    if inner is not None:
        return refusal(str(inner), allowed)
    return _kind(asked, _CLOSED_V6) or (None if asked in _UNICAST_V6 else "a reserved address")


def is_public(host: str, allow_networks: Iterable[str]) -> bool:
    """Say whether others can be expected to reach *host*, by what it is called: no name is looked up.

    An address in one of *allow_networks* counts: who may be asked from here can ask here.
    """
    try:
        ip_address(host)
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not name.endswith(_AT_HOME)
    return refusal(host, networks(allow_networks)) is None


# Names that no public server has (RFC 6761, 6762, 8375; ICANN's .internal).
_AT_HOME = (".localhost", ".local", ".internal", ".home.arpa", ".test", ".invalid", ".lan")


def _kind(asked: IPv4Address | IPv6Address, closed: Iterable[tuple[Network, str]]) -> str | None:
    return next((kind for network, kind in closed if asked in network), None)


def _embedded(asked: IPv6Address) -> IPv4Address | None:
    if asked in _MAPPED or asked in _NAT64:
        return IPv4Address(int(asked) & 0xFFFFFFFF)
    if asked in _6TO4:
        return IPv4Address(int(asked) >> 80 & 0xFFFFFFFF)
    return None
