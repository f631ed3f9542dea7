"""Which addresses are public: global unicast that no registry reserves, with embedded IPv4 addresses checked."""

import ipaddress
from functools import lru_cache
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA IPv4 Special-Purpose Address Registry (RFC 6890), all entries; and multicast (RFC 5771). Some entries are marked
# as globally reachable (AS112, AMT, the anycast addresses of 192.0.0.0/24), but none is a web server's.
_SPECIAL_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network: RFC 791, 3.2; Linux connects to this machine
            "10.0.0.0/8",  # private: RFC 1918
            "100.64.0.0/10",  # shared by a provider's customers: RFC 6598
            "127.0.0.0/8",  # loopback: RFC 1122, 3.2.1.3
            "169.254.0.0/16",  # link-local: RFC 3927; a cloud's metadata service
            "172.16.0.0/12",  # private: RFC 1918
            "192.0.0.0/24",  # IETF protocol assignments: RFC 6890, 2.1; 192.0.0.9 and .10: RFC 7723, RFC 8155
            "192.0.2.0/24",  # documentation: RFC 5737
            "192.31.196.0/24",  # AS112: RFC 7535
            "192.52.193.0/24",  # AMT: RFC 7450
            "192.88.99.0/24",  # 6to4 relays, deprecated: RFC 7526
            "192.168.0.0/16",  # private: RFC 1918
            "192.175.48.0/24",  # AS112: RFC 7534
            "198.18.0.0/15",  # benchmarks: RFC 2544
            "198.51.100.0/24",  # documentation: RFC 5737
            "203.0.113.0/24",  # documentation: RFC 5737
            "224.0.0.0/4",  # multicast: RFC 5771
            "240.0.0.0/4",  # reserved, and broadcast: RFC 1112, 4; RFC 8190
        ),
    )
)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""What IANA assigns from (RFC 4291, 2.4); loopback, unique local, link-local, site-local and SRv6 are outside of it."""
# IANA IPv6 Special-Purpose Address Registry (RFC 6890): the entries within 2000::/3, but for 2002::/16.
_SPECIAL_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # IETF protocol assignments, among them Teredo: RFC 2928, RFC 4380
            "2001:db8::/32",  # documentation: RFC 3849
            "2620:4f:8000::/48",  # AS112: RFC 7534
            "3fff::/20",  # documentation: RFC 9637
        ),
    )
)
_EMBEDDING = tuple(
    (ipaddress.IPv6Network(prefix), shift)
    for prefix, shift in (
        ("::ffff:0:0/96", 0),  # IPv4-mapped: RFC 4291, 2.5.5.2; the system connects to the IPv4 address
        ("64:ff9b::/96", 0),  # NAT64: RFC 6052; how a host without IPv4 reaches the IPv4 Internet
        ("2002::/16", 80),  # 6to4: RFC 3056
    )
)
"""Prefixes of addresses that lead to an IPv4 address, and the bits behind it."""


@lru_cache(maxsize=1024)
def is_public(text: str) -> bool:
    """Return whether an address is one of the open network.

    An address with a zone (`fe80::1%eth0`) is local to a link.
    """
    try:
        return _is_public(ipaddress.ip_address(text)) if "%" not in text else False
    except ValueError:
        return False


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    for network, shift in _EMBEDDING:
        if address in network:
            return _is_public(ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF))
    return address in _GLOBAL_UNICAST and not any(address in network for network in _SPECIAL_IPV6)
