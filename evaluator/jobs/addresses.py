"""The addresses that a webhook may reach: the public internet, and networks that the operator allows.

A name may resolve to any address, and to another one a moment later. So it is resolved once, each address is checked as
a number (however it was written), and the connection goes to the address that was checked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from evaluator.errors import WebhookRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

RESOLVE_TIMEOUT_S = 5.0
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNICAST = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("2000::/3"))
"""The ranges from which public addresses are assigned. The rest of IPv6 is unassigned or local: loopback, unique local
(with Amazon's metadata), link-local, site-local, multicast, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), IPv4 in IPv6,
SRv6."""
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host, which serves metadata at a public address
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
        "2001::/23",  # protocol assignments: Teredo, AMT, AS112, ORCHID, DRIP, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which leads to an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone, no longer in use
        "3fff::/20",  # documentation
    )
)
"""IANA's registries of special-purpose addresses within ``_UNICAST``, and Azure's host. They are written out here since
``ipaddress`` has them as of its Python's release."""
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The 32 bits before the IPv4 address at the end of an ISATAP address; packets go to that IPv4 address."""


class NotResolved(Exception):
    """The webhook's name has no address at present."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a webhook's URL."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Parse a URL.

        Raises:
            WebhookRefused: a webhook cannot be posted to it.
        """
        if not url.isascii() or not url.isprintable() or any(letter in url for letter in ' \\"<>'):
            raise WebhookRefused("write the URL in ASCII without blanks, backslashes and quotes")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise WebhookRefused(f"this is no URL: {error}") from error
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise WebhookRefused("the URL must be http://host/... or https://host/...")
        if port == 0:
            raise WebhookRefused("the URL's port must be from 1 to 65535")
        if parts.username is not None or parts.password is not None:
            raise WebhookRefused("the URL must not hold a user or password; sign with a secret instead")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], path)

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, address: Address) -> str:
        """Return the URL with an address in place of the host's name."""
        host = f"[{address}]" if address.version == 6 else str(address)
        return f"{self.scheme}://{host}:{self.port}{self.path}"


async def permitted(target: Target, networks: Sequence[Network]) -> list[Address]:
    """Resolve a target and return its addresses, at least one, all of them allowed.

    Raises:
        WebhookRefused: one of them is not allowed.
        NotResolved: the name has no address at present.
    """
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            infos = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NotResolved(f"{target.host[:100]!r} has no address") from error
    addresses = [_plain(ipaddress.ip_address(entry[4][0])) for entry in infos]
    for address in addresses:
        if not may_reach(address, networks):
            raise WebhookRefused(
                f"{target.host[:100]!r} is not on the public internet; its network can be allowed (webhook_networks)"
            )
    if not addresses:
        raise NotResolved(f"{target.host[:100]!r} has no address")
    return list(dict.fromkeys(addresses))


def may_reach(address: Address, networks: Sequence[Network]) -> bool:
    """Tell whether a webhook may go to an address."""
    address = _plain(address)
    if any(address in network for network in networks):
        return True
    if address.version == 6 and (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    return any(address in network for network in _UNICAST) and not any(address in network for network in _SPECIAL)


def _plain(address: Address) -> Address:
    """Turn an IPv4 address written as IPv6 back into IPv4: the kernel connects to that."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
