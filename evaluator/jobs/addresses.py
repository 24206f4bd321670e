"""Where a webhook may go: to the public internet, and to networks that were allowed; to nothing else of ours.

A name may resolve to anything, and to something else a moment later. So it is resolved once, every address is judged
as the number that it is (however it was written), and the connection goes to that very address.
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
_INNER = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's host, which serves metadata at a public address
        "192.0.0.0/24",  # protocols' own; Oracle's metadata
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # embed an IPv4 address, and may be a way to it: compatible,
        "64:ff9b::/96",  # NAT64,
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo,
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local, once
    )
)
"""Not for webhooks, beside what ``ipaddress`` knows not to be global: private, loopback, link-local, shared (100.64/10,
with Alibaba's metadata), unique local (with Amazon's metadata), documentation, benchmarks."""


class NotResolved(Exception):
    """The name has no address now."""


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook's address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """
        Raises:
            WebhookRefused: it is no URL that can be posted to.
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
        if parts.username is not None or parts.password is not None:
            raise WebhookRefused("the URL must not hold a user or password; sign with a secret instead")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], path)

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, address: Address) -> str:
        """The URL with the address instead of the name."""
        host = f"[{address}]" if address.version == 6 else str(address)
        return f"{self.scheme}://{host}:{self.port}{self.path}"


async def permitted(target: Target, networks: Sequence[Network]) -> list[Address]:
    """The addresses of a target, all of which may be connected to; at least one.

    Raises:
        WebhookRefused: one of them may not.
        NotResolved
    """
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise NotResolved(f"{target.host[:100]!r} has no address") from error
    addresses = [_plain(ipaddress.ip_address(entry[4][0])) for entry in found]
    for address in addresses:
        if not may_reach(address, networks):
            raise WebhookRefused(
                f"{target.host[:100]!r} is not on the public internet; its network can be allowed (webhook_networks)"
            )
    if not addresses:
        raise NotResolved(f"{target.host[:100]!r} has no address")
    return list(dict.fromkeys(addresses))


def may_reach(address: Address, networks: Sequence[Network]) -> bool:
    """Whether a webhook may go to an address."""
    address = _plain(address)
    if any(address in network for network in networks):
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved or any(address in n for n in _INNER))


def _plain(address: Address) -> Address:
    """An IPv4 address written as IPv6 is that IPv4 address, and the kernel connects to it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
