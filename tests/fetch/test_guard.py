from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch.guard import networks, refusal

NAT64 = IPv6Network("64:ff9b::/96")
LOOPBACK = networks(["127.0.0.0/8"])


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "193.0.6.139", "223.255.255.255", "2001:67c:2e8:22::c100:68b"]
)
def test_global_unicast_is_asked(address: str) -> None:
    assert refusal(address, ()) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "an unspecified address"),
        ("0.1.2.3", "an unspecified address"),
        ("10.0.0.1", "a private address"),
        ("100.64.0.1", "a carrier's internal address"),
        ("127.0.0.1", "a loopback address"),
        ("127.255.255.254", "a loopback address"),
        ("169.254.169.254", "a link-local address"),
        ("172.31.255.255", "a private address"),
        ("192.0.0.170", "a reserved address"),
        ("192.0.2.1", "an address for documentation"),
        ("192.88.99.1", "a reserved address"),
        ("192.168.1.1", "a private address"),
        ("198.19.255.255", "an address for benchmarks"),
        ("198.51.100.1", "an address for documentation"),
        ("203.0.113.1", "an address for documentation"),
        ("224.0.0.1", "a multicast address"),
        ("239.255.255.255", "a multicast address"),
        ("240.0.0.1", "a reserved address"),
        ("255.255.255.255", "a reserved address"),
        ("::", "an unspecified address"),
        ("::1", "a loopback address"),
        ("::127.0.0.1", "a reserved address"),  # IPv4-compatible
        ("::ffff:127.0.0.1", "a loopback address"),
        ("::ffff:a9fe:a9fe", "a link-local address"),
        ("::ffff:0:127.0.0.1", "a reserved address"),  # IPv4-translated
        ("64:ff9b::7f00:1", "a loopback address"),  # NAT64
        ("64:ff9b::10.0.0.1", "a private address"),
        ("64:ff9b:1::1", "an address of a local translator"),
        ("64:ff9b:1:7f00:0:100::", "an address of a local translator"),
        ("100::1", "a reserved address"),  # discard
        ("2001::1", "a Teredo address"),
        ("2001:0:7f00:1::", "a Teredo address"),
        ("2001:2::1", "an address for benchmarks"),
        ("2001:10::1", "an ORCHID"),
        ("2001:20::1", "an ORCHID"),
        ("2001:1ff::1", "a reserved address"),
        ("2001:db8::1", "an address for documentation"),
        ("2002:7f00:1::", "a loopback address"),  # 6to4
        ("2002:a9fe:a9fe::1", "a link-local address"),
        ("3fff::1", "an address for documentation"),
        ("4000::1", "a reserved address"),
        ("fc00::1", "a private address"),
        ("fd12:3456::1", "a private address"),
        ("fe80::1", "a link-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("fec0::1", "a private address"),
        ("ff02::1", "a multicast address"),
        ("localhost", "no IP address"),
    ],
)
def test_everything_else_is_refused_by_its_kind(address: str, kind: str) -> None:
    assert refusal(address, ()) == kind


@pytest.mark.parametrize("address", ["::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"])
def test_an_ipv6_form_of_an_address_that_may_be_asked_may_be_asked(address: str) -> None:
    assert refusal(address, ()) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1"])
def test_an_allowed_network_is_asked_in_all_its_forms(address: str) -> None:
    assert refusal(address, LOOPBACK) is None


@pytest.mark.parametrize("address", ["::1", "10.0.0.1", "128.0.0.0.1"])
def test_an_allowed_network_opens_no_other(address: str) -> None:
    assert refusal(address, LOOPBACK) is not None


@given(st.ip_addresses())
def test_whatever_python_itself_knows_to_be_private_is_refused(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved:
        embedded = isinstance(address, IPv6Address) and (address.ipv4_mapped or address in NAT64)
        assert embedded or refusal(str(address), ()) is not None
