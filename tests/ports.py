"""Ports for servers that a test starts by number, or starts again where they were."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

_LOWEST, _HIGHEST = 10_000, 65_535
_ATTEMPTS = 500
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """Return a port of 127.0.0.1 where nobody listens, and that the kernel gives to nobody who asks it for any.

    One of the kernel's may be another test's by the time that it is used, or while its server is away.

    Raises:
        AssertionError: every port that was tried is taken.
    """
    lowest_ephemeral = int(_EPHEMERAL.read_text().split()[0])
    count = (lowest_ephemeral if lowest_ephemeral > 2 * _LOWEST else _HIGHEST) - _LOWEST
    for _ in range(_ATTEMPTS):
        try:
            with socket.create_server(("127.0.0.1", _LOWEST + secrets.randbelow(count))) as listener:
                return int(listener.getsockname()[1])
        except OSError:
            continue
    raise AssertionError(f"{_ATTEMPTS} ports were tried, and somebody listens at each")
